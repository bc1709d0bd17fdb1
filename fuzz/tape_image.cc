// Any bytes as a tape image: it is opened or refused, everything in it is read or refused, and what
// is then written on it is there after a loss of power.
//
// Input: a byte of options (bit 0: the rest is the pieces of an image that matter: both heads, the
// first 64 bytes of both memories, the log; else it is the file; bit 1: checksums are mended
// first).
#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "base/crc32c.h"
#include "base/memory_file_system.h"
#include "media/tape_image.h"

namespace nearline::media {
namespace {

using base::ByteReader;
using base::Bytes;
using base::BytesView;
using base::MemoryFileSystem;
using base::MutableBytes;

constexpr char kPath[] = "tape";
constexpr std::size_t kMemoryPiece = 64;
constexpr std::uint64_t kSpace = std::uint64_t{1} << 24;
constexpr std::uint64_t kEnough = 2000;  // objects looked at from each end of a partition

void put(Bytes& file, std::uint64_t offset, BytesView piece) {
    if (piece.empty()) return;
    file.resize(std::max<std::size_t>(file.size(), offset + piece.size()));
    std::copy(piece.begin(), piece.end(), file.begin() + static_cast<std::ptrdiff_t>(offset));
}

Bytes spread_out(ByteReader& in) {
    Bytes file;
    const auto piece = [&](std::uint64_t offset, std::size_t size) {
        put(file, offset, in.bytes(std::min(size, in.remaining())));
    };
    for (const std::uint64_t offset : kHeadOffsets) piece(offset, kHeadSize);
    for (const std::uint64_t offset : kMemoryOffsets) piece(offset, kMemoryPiece);
    piece(kLogBegin, in.remaining());
    return file;
}

void mend_head(MutableBytes head) {
    base::store_big_endian(head, kHeadSize - 4, 4, base::crc32c(head.first(kHeadSize - 4)));
}

// Makes whole headers of what looks like one, from the log's beginning on.
void mend(Bytes& file) {
    const MutableBytes all = file;
    for (const std::uint64_t offset : kHeadOffsets) {
        if (offset + kHeadSize <= all.size()) mend_head(all.subspan(offset, kHeadSize));
    }
    const HeadRead head = all.size() < kHeadSize ? HeadRead{} : decode_head(all.first(kHeadSize));
    for (std::uint64_t offset = kLogBegin; offset + kHeaderSize <= all.size();) {
        const MutableBytes rest = all.subspan(offset);
        const auto header = decode_header(rest);
        if (!header) return;
        const std::uint64_t size = header->size(head.head.is_discarding);
        const std::size_t before = kHeaderSize + header->extension;
        if (size > rest.size() || before > rest.size()) return;
        const MutableBytes payload = rest.subspan(before, size - before);
        if (header->kind == RecordKind::Commit && payload.size() == kHeadSize) mend_head(payload);
        base::store_big_endian(rest, kHeaderSize - 8, 4, base::crc32c(payload));
        const std::uint32_t crc = base::crc32c(rest.subspan(kHeaderSize, header->extension),
                                               base::crc32c(rest.first(kHeaderSize - 4)));
        base::store_big_endian(rest, kHeaderSize - 4, 4, crc);
        offset += size;
    }
}

void look_at(TapeImage& tape, Position at) {
    CHECK(tape.kind(at) != ObjectKind::EndOfData);
    const std::uint64_t before = tape.filemarks_before(at);
    if (tape.kind(at) == ObjectKind::Filemark) {
        CHECK(tape.filemark(at.partition, before) == at.object);
        return;
    }
    const auto form = tape.form(at);
    if (!form || form->stored > kSpace) return;
    Bytes stored(form->stored);
    static_cast<void>(tape.read(at, stored));
    CHECK(tape.stored_before({at.partition, at.object + 1}) ==
          tape.stored_before(at) + form->stored);
}

// Whether all of it is there.
bool look_at_all(TapeImage& tape) {
    for (std::uint8_t partition = 0; partition < tape.partition_count(); ++partition) {
        const std::uint64_t end = tape.end_of_data(partition);
        for (std::uint64_t object = 0; object < end; ++object) {
            if (object == kEnough && end > 2 * kEnough) object = end - kEnough;
            look_at(tape, {partition, object});
        }
        CHECK(tape.kind({partition, end}) == ObjectKind::EndOfData);
    }
    const auto losses = tape.verify();
    CHECK(losses.has_value());
    for (const Loss& loss : *losses) CHECK(!loss.text.empty());
    static_cast<void>(tape.dead_bytes());
    return losses->empty();
}

// Writes over the middle of the last partition; false when there is no room.
bool write_on(TapeImage& tape, Position& at) {
    at.partition = static_cast<std::uint8_t>(tape.partition_count() - 1);
    at.object = tape.end_of_data(at.partition) / 2;
    BlockForm form;
    form.length = form.stored = 4;
    return tape.write_block(at, form, base::as_bytes("tape")).has_value() &&
           tape.write_filemarks({at.partition, at.object + 1}, 2).has_value() &&
           tape.keep_memory({{{0, 1}, {1, 2, 3}}}).has_value();
}

void run(BytesView input) {
    ByteReader in(input);
    const unsigned options = in.u8();
    Bytes file;
    if ((options & 1) != 0) {
        file = spread_out(in);
    } else {
        const BytesView rest = in.bytes(in.remaining());
        file.assign(rest.begin(), rest.end());
    }
    if ((options & 2) != 0) mend(file);
    MemoryFileSystem files;
    files.limit_space(kSpace);
    CHECK(base::replace_file(files, kPath, file).has_value());
    auto tape = TapeImage::open(files, kPath);
    if (!tape) return;
    const bool is_whole = look_at_all(**tape);
    Position at;
    if (!write_on(**tape, at)) return;
    look_at_all(**tape);
    tape->reset();
    files.crash();
    const auto again = TapeImage::open(files, kPath);
    CHECK(again.has_value());
    look_at_all(**again);
    // With mended checksums an index may lie: where it does, nothing written can be relied on.
    if ((options & 2) != 0 && !is_whole) return;
    CHECK((*again)->end_of_data(at.partition) == at.object + 3);
    Bytes stored(4);
    CHECK((*again)->read(at, stored).has_value());
    CHECK(base::as_text(stored) == "tape" || (*again)->is_discarding());
    CHECK((*again)->memory().size() == 1);
}

}  // namespace
}  // namespace nearline::media

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kLargest = 262'144;
    if (size > kLargest) return 0;
    nearline::media::run({data, size});
    return 0;
}
