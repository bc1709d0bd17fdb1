#include "base/bytes.h"

#include <algorithm>

#include "base/check.h"

namespace nearline::base {

BytesView ByteReader::bytes(std::size_t count) {
    if (count > remaining()) {
        ok_ = false;
        position_ = bytes_.size();
        return {};
    }
    const BytesView taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
}

std::string ByteReader::text(std::size_t count) {
    return std::string(as_text(bytes(count)));
}

std::uint64_t ByteReader::big_endian(std::size_t count) {
    const BytesView taken = bytes(count);
    return load_big_endian(taken, 0, taken.size());
}

ByteWriter& ByteWriter::bytes(BytesView bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    return *this;
}

ByteWriter& ByteWriter::zeros(std::size_t count) {
    out_.resize(out_.size() + count);
    return *this;
}

ByteWriter& ByteWriter::padded_text(std::string_view text, std::size_t width, char pad) {
    const std::string_view kept = text.substr(0, width);
    this->text(kept);
    out_.resize(out_.size() + (width - kept.size()), static_cast<std::uint8_t>(pad));
    return *this;
}

ByteWriter& ByteWriter::text(std::string_view text) {
    return bytes(as_bytes(text));
}

void ByteWriter::patch(std::size_t offset, std::uint64_t value, std::size_t width) {
    store_big_endian(out_, offset, width, value);
}

ByteWriter& ByteWriter::big_endian(std::uint64_t value, std::size_t count) {
    const std::size_t offset = out_.size();
    out_.resize(offset + count);
    store_big_endian(out_, offset, count, value);
    return *this;
}

std::uint64_t load_big_endian(BytesView bytes, std::size_t offset, std::size_t width) {
    CHECK(width <= 8);
    CHECK(offset + width <= bytes.size());
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes.subspan(offset, width)) {
        value = value << 8 | byte;
    }
    return value;
}

void store_big_endian(MutableBytes bytes, std::size_t offset, std::size_t width,
                      std::uint64_t value) {
    CHECK(width <= 8);
    CHECK(offset + width <= bytes.size());
    for (std::size_t at = width; at-- > 0;) {
        bytes[offset + at] = static_cast<std::uint8_t>(value);
        value >>= 8;
    }
}

BytesView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace nearline::base
