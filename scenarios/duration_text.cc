#include "scenarios/duration_text.h"

#include <array>
#include <cctype>
#include <cstdint>

namespace nearline::scenarios {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::array<Unit, 7> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", kSecond},
                                         {"min", 60 * kSecond},
                                         {"h", 3600 * kSecond},
                                         {"d", 24 * 3600 * kSecond}}};
constexpr std::int64_t kMostNumber = 1'000'000'000;
constexpr std::int64_t kLongest = kSecond * 3600 * 24 * 365 * 100;  // a century

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

template <typename Is>
std::string_view take_while(std::string_view& text, Is is) {
    std::size_t length = 0;
    while (length < text.size() && is(text.at(length))) ++length;
    const auto taken = text.substr(0, length);
    text.remove_prefix(length);
    return taken;
}

// One number with its unit, taken from the front.
std::optional<std::int64_t> take_part(std::string_view& text) {
    const auto whole = take_while(text, is_digit);
    std::string_view fraction;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = take_while(text, is_digit);
        if (fraction.empty()) return std::nullopt;
    }
    const auto name = take_while(text, is_letter);
    if (whole.empty() || whole.size() > 10 || fraction.size() > 9) return std::nullopt;
    for (const Unit& unit : kUnits) {
        if (unit.name != name) continue;
        std::int64_t number = 0;
        for (const char c : whole) number = number * 10 + (c - '0');
        if (number > kMostNumber || number > kLongest / unit.nanoseconds) return std::nullopt;
        std::int64_t nanoseconds = number * unit.nanoseconds;
        std::int64_t digit_worth = unit.nanoseconds;
        for (const char c : fraction) {  // what is finer than a nanosecond is cut off
            digit_worth /= 10;
            nanoseconds += (c - '0') * digit_worth;
        }
        return nanoseconds;
    }
    return std::nullopt;
}

}  // namespace

std::optional<sim::Duration> parse_duration(std::string_view text) {
    std::int64_t sum = 0;
    bool has_part = false;
    while (!text.empty()) {
        if (text.starts_with(' ')) {
            text.remove_prefix(1);
            continue;
        }
        const auto part = take_part(text);
        if (!part || *part > kLongest - sum) return std::nullopt;
        sum += *part;
        has_part = true;
    }
    if (!has_part) return std::nullopt;
    return sim::Duration(sum);
}

}  // namespace nearline::scenarios
