// A wire format declared once. A struct names its fields with byte, bit and width, as the
// standard's table does; decoding, encoding, usage masks and the reserved-bit check come from it.
//
//     struct PreventAllowMediumRemoval {
//         static constexpr std::size_t length = 6;
//         std::uint8_t prevent = 0;
//         static constexpr auto fields() {
//             return std::tuple{Field{"PREVENT", &PreventAllowMediumRemoval::prevent, 4, 1, 2}};
//         }
//     };
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "base/check.h"
#include "scsi/types.h"

namespace nearline::scsi {

// `width` bits, the leftmost of which is bit `bit` (7 is the most significant) of byte `byte`.
// A field wider than 64 bits is text, padded with blanks to whole bytes.
template <typename Struct, typename Member>
struct Field {
    using struct_type = Struct;
    using member_type = Member;

    const char* name;
    Member Struct::*member;
    std::uint16_t byte;
    std::uint8_t bit;
    std::uint16_t width;
};
template <typename Struct, typename Member>
Field(const char*, Member Struct::*, int, int, int) -> Field<Struct, Member>;

// Byte `byte` and bit `bit`, as a field pointer wants them.
struct BitPosition {
    std::uint16_t byte = 0;
    std::uint8_t bit = 0;
    bool operator==(const BitPosition&) const = default;
};

namespace detail {

std::uint64_t load_bits(BytesView bytes, std::size_t byte, unsigned bit, unsigned width);
void store_bits(MutableBytes bytes, std::size_t byte, unsigned bit, unsigned width,
                std::uint64_t value);
std::string load_text(BytesView bytes, std::size_t byte, std::size_t width);
void store_text(MutableBytes bytes, std::size_t byte, std::size_t width, std::string_view text);

template <typename Member>
inline constexpr bool is_text = std::is_same_v<Member, std::string>;

template <typename Struct, typename F>
void load_field(Struct& out, const F& field, BytesView bytes) {
    using Member = typename F::member_type;
    if constexpr (is_text<Member>) {
        out.*field.member = load_text(bytes, field.byte, field.width / 8U);
    } else {
        out.*field.member =
            static_cast<Member>(load_bits(bytes, field.byte, field.bit, field.width));
    }
}

template <typename Struct, typename F>
void store_field(const Struct& in, const F& field, MutableBytes bytes) {
    using Member = typename F::member_type;
    if constexpr (is_text<Member>) {
        store_text(bytes, field.byte, field.width / 8U, in.*field.member);
    } else {
        store_bits(bytes, field.byte, field.bit, field.width,
                   static_cast<std::uint64_t>(in.*field.member));
    }
}

template <std::size_t Length>
constexpr void mark_bits(std::array<std::uint8_t, Length>& mask, std::size_t byte, unsigned bit,
                         unsigned width) {
    for (std::size_t at = byte * 8 + (7 - bit), end = at + width; at < end; ++at) {
        mask[at / 8] = static_cast<std::uint8_t>(mask[at / 8] | (0x80U >> at % 8));
    }
}

}  // namespace detail

// Reads every field; `bytes` must hold T::length of them.
template <typename T>
T decode_fields(BytesView bytes) {
    CHECK(bytes.size() >= T::length);
    T out;
    std::apply([&](const auto&... field) { (detail::load_field(out, field, bytes), ...); },
               T::fields());
    return out;
}

// Writes every field over `bytes` and leaves all other bits as they are.
template <typename T>
void encode_fields(const T& in, MutableBytes bytes) {
    CHECK(bytes.size() >= T::length);
    std::apply([&](const auto&... field) { (detail::store_field(in, field, bytes), ...); },
               T::fields());
}

// T::length bytes: the fields, and zeros between them.
template <typename T>
Bytes encode_fields(const T& in) {
    Bytes bytes(T::length);
    encode_fields(in, MutableBytes(bytes));
    return bytes;
}

// A one wherever a field has a bit.
template <typename T>
constexpr std::array<std::uint8_t, T::length> field_mask() {
    std::array<std::uint8_t, T::length> mask{};
    std::apply(
        [&](const auto&... field) {
            (detail::mark_bits(mask, field.byte, field.bit, field.width), ...);
        },
        T::fields());
    return mask;
}

// The first bit set in `bytes` where `mask` has none.
std::optional<BitPosition> first_reserved_bit(BytesView bytes, BytesView mask);

// Where the field called `name` begins: for a field pointer. The name must be one of T's.
template <typename T>
BitPosition position_of(std::string_view name) {
    std::optional<BitPosition> found;
    std::apply(
        [&](const auto&... field) {
            ((name == field.name ? void(found = BitPosition{field.byte, field.bit}) : void()), ...);
        },
        T::fields());
    CHECK(found.has_value());
    return *found;
}

}  // namespace nearline::scsi
