// Security descriptors as Windows lays them out ([MS-DTYP] 2.4): who owns an object, and who may do
// what to it. Kept and carried as self-relative bytes; every other form of bytes is refused with
// the code that names what is wrong with it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "rsm/constants.h"

namespace nearline::rsm {

// A security identifier: S-1-5-32-544.
struct Sid {
    std::uint64_t authority = 0;  // 48 bits
    std::vector<std::uint32_t> parts;
    auto operator<=>(const Sid&) const = default;
    std::string text() const;
};

inline const Sid kEveryone{1, {0}};
inline const Sid kLocalSystem{5, {18}};
inline const Sid kBuiltinAdministrators{5, {32, 544}};
inline const Sid kBuiltinUsers{5, {32, 545}};
inline const Sid kBackupOperators{5, {32, 551}};
// Users and groups of a Unix system, as Samba numbers them.
Sid unix_user(std::uint32_t user);
Sid unix_group(std::uint32_t group);

struct Ace {
    enum class Kind : std::uint8_t { Allowed = 0, Denied = 1, Audit = 2 };
    static constexpr std::uint8_t kInheritOnly = 0x08;
    static constexpr std::uint8_t kInherited = 0x10;
    Kind kind = Kind::Allowed;
    std::uint8_t flags = 0;
    std::uint32_t mask = 0;
    Sid sid;
    bool operator==(const Ace&) const = default;
};
using Acl = std::vector<Ace>;

struct SecurityDescriptor {
    std::optional<Sid> owner;
    std::optional<Sid> group;
    // A list that is present and null lets everybody do everything; nobody may by an empty one.
    bool has_dacl = false;
    std::optional<Acl> dacl;
    bool has_sacl = false;
    std::optional<Acl> sacl;
    bool operator==(const SecurityDescriptor&) const = default;
};

// InvalidSecurityDescriptor, InvalidAcl or InvalidSid for bytes that are not one.
base::Result<SecurityDescriptor, Error> parse_descriptor(base::BytesView bytes);
// Whether its bytes can say it: lists grow by inheritance.
bool fits(const SecurityDescriptor& descriptor);
// Of one that fits.
base::Bytes to_bytes(const SecurityDescriptor& descriptor);

// Generic rights become the server's own (READ: USE and READ_CONTROL, and so on).
void map_generic_rights(Acl& acl);

// Whether one of whom `sids` stand for holds all of `mask`. The owner may always read and change
// the list.
bool allows(const SecurityDescriptor& descriptor, const std::vector<Sid>& sids, std::uint32_t mask);

}  // namespace nearline::rsm
