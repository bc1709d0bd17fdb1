#include "config/identity.h"

#include "base/fingerprint.h"
#include "nearline/v1/personality.pb.h"

namespace nearline::config {
namespace {

constexpr std::size_t kNaaDigits = 16;

// The last `digits` digits of `number`.
std::string digits_of(std::uint64_t number, std::uint32_t digits, std::uint32_t base) {
    std::string text(digits, '0');
    for (std::size_t at = digits; at > 0; --at) {
        text[at - 1] = "0123456789ABCDEF"[number % base];
        number /= base;
    }
    return text;
}

}  // namespace

std::uint64_t unit_number(std::string_view library_name, std::uint32_t unit) {
    return base::fingerprint_of(library_name) + unit;
}

Identity identity_of(const v1::Unit& unit, std::uint64_t number) {
    const auto& form = unit.serial();
    const std::uint32_t base = form.base() == 0 ? 10 : form.base();
    Identity identity;
    identity.serial = form.prefix() + digits_of(number, form.digits(), base) + form.suffix();
    if (!unit.naa_prefix().empty()) {
        const auto rest = static_cast<std::uint32_t>(kNaaDigits - unit.naa_prefix().size());
        identity.naa = unit.naa_prefix() + digits_of(number, rest, 16);
    }
    return identity;
}

}  // namespace nearline::config
