// Any bytes as another program's tape: it is read or refused at an offset, and what was read is the
// same after an export and another import.
//
// Input: a byte (bit 0: AWSTAPE, else SIMH), and the tape.
#include <cstdint>
#include <memory>

#include "base/check.h"
#include "base/memory_file_system.h"
#include "media/interchange.h"
#include "media/tape_image.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::BytesView;
using base::MemoryFileSystem;

constexpr std::uint64_t kSpace = std::uint64_t{1} << 24;

Bytes bytes_of(TapeImage& tape, std::uint64_t object) {
    if (tape.kind({0, object}) == ObjectKind::Filemark) return {};
    Bytes stored(tape.form({0, object})->stored);
    CHECK(tape.read({0, object}, stored).has_value());
    return stored;
}

std::unique_ptr<TapeImage> imported(MemoryFileSystem& files, const char* from,
                                    InterchangeFormat format, const char* to) {
    const auto file = files.open(from, base::OpenMode::ReadOnly);
    auto tape = TapeImage::create(files, to, {});
    CHECK(tape.has_value());
    const auto done = import_tape(**file, format, **tape);
    if (done) return std::move(*tape);
    CHECK(!done.error().empty());
    return nullptr;
}

void run(BytesView input) {
    if (input.empty()) return;
    const auto format =
        (input.front() & 1) != 0 ? InterchangeFormat::Awstape : InterchangeFormat::Simh;
    MemoryFileSystem files;
    files.limit_space(kSpace);
    CHECK(base::replace_file(files, "from", input.subspan(1)).has_value());
    const auto tape = imported(files, "from", format, "tape");
    if (tape == nullptr) return;
    const auto to = files.open("to", base::OpenMode::CreateNew);
    CHECK(export_tape(*tape, 0, format, **to).has_value());
    const auto again = imported(files, "to", format, "again");
    CHECK(again != nullptr);
    CHECK(again->end_of_data(0) == tape->end_of_data(0));
    for (std::uint64_t object = 0; object < tape->end_of_data(0); ++object) {
        CHECK(tape->kind({0, object}) == again->kind({0, object}));
        CHECK(bytes_of(*tape, object) == bytes_of(*again, object));
    }
}

}  // namespace
}  // namespace nearline::media

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kLargest = 262'144;
    if (size > kLargest) return 0;
    nearline::media::run({data, size});
    return 0;
}
