#include "config/label_pattern.h"

#include <cctype>

namespace nearline::config {
namespace {

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

base::Result<LabelPattern, std::string> LabelPattern::parse(std::string_view text) {
    LabelPattern pattern;
    std::string* part = &pattern.before_;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            part->push_back(text[at]);
            continue;
        }
        const std::string_view rest = text.substr(at + 1);
        if (rest.starts_with('%')) {
            part->push_back('%');
            ++at;
            continue;
        }
        const bool has_width =
            rest.size() >= 3 && rest.front() == '0' && is_digit(rest.at(1)) && rest.at(2) == 'd';
        if (!has_width && !rest.starts_with('d')) {
            return base::Failure{std::string("after % comes d, a width like 02d, or %")};
        }
        if (pattern.has_number_) return base::Failure{std::string("has two running numbers")};
        pattern.has_number_ = true;
        pattern.digits_ = has_width ? static_cast<std::size_t>(rest.at(1) - '0') : 0;
        part = &pattern.after_;
        at += has_width ? 3 : 1;
    }
    return pattern;
}

std::string LabelPattern::label(std::uint64_t number) const {
    if (!has_number_) return before_;
    std::string digits = std::to_string(number);
    if (digits.size() < digits_) digits.insert(0, digits_ - digits.size(), '0');
    return before_ + digits + after_;
}

}  // namespace nearline::config
