// Any bytes as a security descriptor: refused, or read as one whose own bytes read the same again
// and that answers every question.
#include "rsm/security_descriptor.h"

#include <cstdint>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nearline::rsm;
    auto parsed = parse_descriptor({data, size});
    if (!parsed) return 0;
    const auto again = parse_descriptor(to_bytes(*parsed));
    CHECK(again.has_value());
    CHECK(*again == *parsed);
    if (parsed->dacl) map_generic_rights(*parsed->dacl);
    static_cast<void>(allows(*parsed, {kEveryone, kBuiltinUsers}, kAllAccess));
    return 0;
}
