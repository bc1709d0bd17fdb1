// Tapes for tests: images in memory, blocks that are told apart, and what a tape holds as a list
// that can be compared.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/memory_file_system.h"
#include "media/tape_image.h"

namespace nearline::media {

inline const std::string kTape = "tape";

inline base::Bytes bytes_of(std::string_view text) {
    const base::BytesView bytes = base::as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

// A block that says what it is, as long as wanted.
inline std::string block(std::uint64_t number, std::size_t size) {
    std::string text = "block " + std::to_string(number) + ";";
    while (text.size() < size) text += static_cast<char>('a' + (text.size() * 7 + number) % 26);
    text.resize(size);
    return text;
}

inline BlockForm plain(std::size_t size) {
    BlockForm form;
    form.length = static_cast<std::uint32_t>(size);
    form.stored = form.length;
    return form;
}

inline MediumResult<void> write(Medium& tape, Position at, std::string_view text) {
    return tape.write_block(at, plain(text.size()), base::as_bytes(text));
}

// At the end of data of a partition.
inline MediumResult<void> add(Medium& tape, std::string_view text, std::uint8_t partition = 0) {
    return write(tape, {partition, tape.end_of_data(partition)}, text);
}
inline MediumResult<void> add_marks(Medium& tape, std::uint64_t count, std::uint8_t partition = 0) {
    return tape.write_filemarks({partition, tape.end_of_data(partition)}, count);
}

inline constexpr char kMark[] = "<mark>";
inline constexpr char kUnreadable[] = "<unreadable>";

inline std::string read(Medium& tape, Position at) {
    if (tape.kind(at) == ObjectKind::EndOfData) return "<end>";
    if (tape.kind(at) == ObjectKind::Filemark) return kMark;
    const auto form = tape.form(at);
    if (!form) return kUnreadable;
    base::Bytes stored(form->stored);
    if (!tape.read(at, stored)) return kUnreadable;
    return std::string(base::as_text(stored));
}

using Objects = std::vector<std::string>;

inline Objects objects(Medium& tape, std::uint8_t partition = 0) {
    Objects all;
    for (std::uint64_t at = 0; at < tape.end_of_data(partition); ++at) {
        all.push_back(read(tape, {partition, at}));
    }
    return all;
}

inline std::unique_ptr<TapeImage> created(base::FileSystem& files,
                                          const TapeImage::Options& options = {"NL0001L9",
                                                                               1'000'000, false}) {
    auto tape = TapeImage::create(files, kTape, options);
    CHECK(tape.has_value());
    return std::move(*tape);
}

inline std::unique_ptr<TapeImage> opened(base::FileSystem& files) {
    auto tape = TapeImage::open(files, kTape);
    CHECK(tape.has_value());
    return std::move(*tape);
}

}  // namespace nearline::media
