#include "scsi/field.h"

#include <algorithm>
#include <bit>

#include "base/text.h"

namespace nearline::scsi {
namespace detail {
namespace {

// How a field lies in its bytes: how many it touches and how many bits follow it in the last.
struct Span {
    std::size_t bytes;
    unsigned bits_below;
};

Span span_of(unsigned bit, unsigned width) {
    CHECK(bit < 8);
    CHECK(width > 0);
    CHECK(width <= 64);
    const unsigned lead = 7 - bit;
    const std::size_t bytes = (lead + width + 7) / 8;
    CHECK(bytes <= 8);
    return {bytes, static_cast<unsigned>(bytes * 8 - lead - width)};
}

std::uint64_t ones(unsigned width) {
    return width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

}  // namespace

std::uint64_t load_bits(BytesView bytes, std::size_t byte, unsigned bit, unsigned width) {
    const Span span = span_of(bit, width);
    return base::load_big_endian(bytes, byte, span.bytes) >> span.bits_below & ones(width);
}

void store_bits(MutableBytes bytes, std::size_t byte, unsigned bit, unsigned width,
                std::uint64_t value) {
    const Span span = span_of(bit, width);
    CHECK((value & ~ones(width)) == 0);
    const std::uint64_t kept =
        base::load_big_endian(bytes, byte, span.bytes) & ~(ones(width) << span.bits_below);
    base::store_big_endian(bytes, byte, span.bytes, kept | value << span.bits_below);
}

std::string load_text(BytesView bytes, std::size_t byte, std::size_t width) {
    return std::string(base::trim_right(base::as_text(bytes.subspan(byte, width)), ' '));
}

void store_text(MutableBytes bytes, std::size_t byte, std::size_t width, std::string_view text) {
    const MutableBytes place = bytes.subspan(byte, width);
    std::fill(place.begin(), place.end(), std::uint8_t{' '});
    const BytesView kept = base::as_bytes(text.substr(0, width));
    std::copy(kept.begin(), kept.end(), place.begin());
}

}  // namespace detail

std::optional<BitPosition> first_reserved_bit(BytesView bytes, BytesView mask) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const std::uint8_t allowed = at < mask.size() ? mask[at] : std::uint8_t{0};
        const auto stray = static_cast<std::uint8_t>(bytes[at] & ~allowed);
        if (stray != 0) {
            return BitPosition{static_cast<std::uint16_t>(at),
                               static_cast<std::uint8_t>(7 - std::countl_zero(stray))};
        }
    }
    return std::nullopt;
}

}  // namespace nearline::scsi
