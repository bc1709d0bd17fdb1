// The identity of every RSM object, as text: 8-4-4-4-12 lower-case hexadecimal digits. The null
// GUID, "none", is the empty text.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nearline::rsm {

class Guid {
public:
    Guid() = default;  // null
    // A random GUID (RFC 4122 4.4) of these 128 bits.
    Guid(std::uint64_t high, std::uint64_t low);

    // Reads 32 hexadecimal digits, hyphens and braces as they come; nullopt for anything else.
    static std::optional<Guid> parse(std::string_view text);
    // What a column of the database holds: canonical text or nothing.
    static Guid from_canonical(std::string text);

    bool is_null() const { return text_.empty(); }
    const std::string& text() const { return text_; }
    auto operator<=>(const Guid&) const = default;

private:
    std::string text_;
};

}  // namespace nearline::rsm
