// Bytes in and out. Wire formats are big-endian; both cursors latch failure, so a caller reads
// everything and checks once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nearline::base {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

// Reads big-endian fields from a view. Past the end every read yields 0 and ok() turns false.
class ByteReader {
public:
    explicit ByteReader(BytesView bytes) : bytes_(bytes) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }
    std::uint32_t u24() { return static_cast<std::uint32_t>(big_endian(3)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
    std::uint64_t u48() { return big_endian(6); }
    std::uint64_t u64() { return big_endian(8); }

    // The next `count` bytes; empty, and failed, when fewer are left.
    BytesView bytes(std::size_t count);
    // The next `count` bytes as text, exactly as they stand.
    std::string text(std::size_t count);
    void skip(std::size_t count) { bytes(count); }

    bool ok() const { return ok_; }
    std::size_t position() const { return position_; }
    std::size_t remaining() const { return bytes_.size() - position_; }

private:
    std::uint64_t big_endian(std::size_t count);

    BytesView bytes_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

// Appends big-endian fields to a buffer that somebody else owns.
class ByteWriter {
public:
    explicit ByteWriter(Bytes& out) : out_(out) {}

    ByteWriter& u8(std::uint64_t value) { return big_endian(value, 1); }
    ByteWriter& u16(std::uint64_t value) { return big_endian(value, 2); }
    ByteWriter& u24(std::uint64_t value) { return big_endian(value, 3); }
    ByteWriter& u32(std::uint64_t value) { return big_endian(value, 4); }
    ByteWriter& u48(std::uint64_t value) { return big_endian(value, 6); }
    ByteWriter& u64(std::uint64_t value) { return big_endian(value, 8); }
    ByteWriter& bytes(BytesView bytes);
    ByteWriter& zeros(std::size_t count);
    // Text cut or padded with blanks to exactly `width` bytes, as INQUIRY strings are.
    ByteWriter& padded_text(std::string_view text, std::size_t width, char pad = ' ');
    ByteWriter& text(std::string_view text);

    std::size_t size() const { return out_.size(); }
    // Overwrites `width` bytes at `offset`: for a length known only after what it counts.
    void patch(std::size_t offset, std::uint64_t value, std::size_t width);

private:
    ByteWriter& big_endian(std::uint64_t value, std::size_t count);

    Bytes& out_;
};

// Big-endian value of `width` (at most 8) bytes at `offset`; the bytes must be there.
std::uint64_t load_big_endian(BytesView bytes, std::size_t offset, std::size_t width);
void store_big_endian(MutableBytes bytes, std::size_t offset, std::size_t width,
                      std::uint64_t value);

BytesView as_bytes(std::string_view text);
std::string_view as_text(BytesView bytes);

}  // namespace nearline::base
