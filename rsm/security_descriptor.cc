#include "rsm/security_descriptor.h"

#include <algorithm>

#include "base/check.h"

namespace nearline::rsm {
namespace {

using base::Bytes;
using base::BytesView;
using base::Failure;
using base::Result;

constexpr std::size_t kHeader = 20;
constexpr std::size_t kAclHeader = 8;
constexpr std::size_t kAceHeader = 8;  // with the mask
constexpr std::size_t kSidHeader = 8;
constexpr std::size_t kSubAuthorities = 15;
constexpr std::size_t kLongest = 0x10000;  // of a descriptor: bytes
constexpr std::uint8_t kRevision = 1;
constexpr std::uint8_t kAclRevision = 2;
constexpr std::uint8_t kAclRevisionOfObjects = 4;
constexpr std::uint8_t kAceFlags = 0xDF;
constexpr std::uint16_t kDaclPresent = 0x0004;
constexpr std::uint16_t kSaclPresent = 0x0010;
constexpr std::uint16_t kSelfRelative = 0x8000;
constexpr std::size_t kAlignment = 4;

// Windows' numbers begin with their lowest byte. Reading beyond the end fails for good.
class Reader {
public:
    explicit Reader(BytesView bytes) : reader_(bytes) {}
    std::uint8_t u8() { return reader_.u8(); }
    std::uint16_t u16() {
        const std::uint16_t low = u8();
        return static_cast<std::uint16_t>(low | (u8() << 8));
    }
    std::uint32_t u32() {
        const std::uint32_t low = u16();
        return low | (std::uint32_t{u16()} << 16);
    }
    std::uint64_t u48_big_endian() { return reader_.u48(); }
    bool ok() const { return reader_.ok(); }

private:
    base::ByteReader reader_;
};

class Writer {
public:
    Writer& u8(std::uint32_t value) {
        out.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    Writer& u16(std::uint32_t value) { return u8(value & 0xFF).u8((value >> 8) & 0xFF); }
    Writer& u32(std::uint32_t value) { return u16(value & 0xFFFF).u16(value >> 16); }
    Writer& bytes(const Bytes& more) {
        out.insert(out.end(), more.begin(), more.end());
        return *this;
    }
    Bytes out;
};

std::size_t length_of(const Sid& sid) {
    return kSidHeader + kAlignment * sid.parts.size();
}

std::size_t length_of(const Acl& acl) {
    std::size_t length = kAclHeader;
    for (const Ace& ace : acl) length += kAceHeader + length_of(ace.sid);
    return length;
}

std::size_t length_of(const SecurityDescriptor& descriptor) {
    std::size_t length = kHeader;
    if (descriptor.owner) length += length_of(*descriptor.owner);
    if (descriptor.group) length += length_of(*descriptor.group);
    if (descriptor.sacl) length += length_of(*descriptor.sacl);
    if (descriptor.dacl) length += length_of(*descriptor.dacl);
    return length;
}

// The SID that `bytes` begin with.
Result<Sid, Error> parse_sid(BytesView bytes) {
    Reader in(bytes);
    const std::uint8_t revision = in.u8();
    const std::size_t count = in.u8();
    Sid sid;
    sid.authority = in.u48_big_endian();
    if (!in.ok() || revision != kRevision || count > kSubAuthorities) {
        return Failure{Error::InvalidSid};
    }
    for (std::size_t at = 0; at < count; ++at) sid.parts.push_back(in.u32());
    if (!in.ok()) return Failure{Error::InvalidSid};
    return sid;
}

// An entry is its header, its mask and one SID, to the last byte.
Result<Ace, Error> parse_ace(BytesView bytes, bool is_audited) {
    Reader in(bytes);
    Ace ace;
    ace.kind = static_cast<Ace::Kind>(in.u8());
    ace.flags = in.u8();
    in.u16();
    ace.mask = in.u32();
    const bool is_kind = is_audited ? ace.kind == Ace::Kind::Audit : ace.kind <= Ace::Kind::Denied;
    if (!in.ok() || !is_kind || (ace.flags & ~kAceFlags) != 0) return Failure{Error::InvalidAcl};
    auto sid = parse_sid(bytes.subspan(kAceHeader));
    if (!sid) return Failure{sid.error()};
    if (kAceHeader + length_of(*sid) != bytes.size()) return Failure{Error::InvalidAcl};
    ace.sid = *std::move(sid);
    return ace;
}

// Behind the last entry there may be room for more.
Result<Acl, Error> parse_acl(BytesView bytes, bool is_audited) {
    Reader in(bytes);
    const std::uint8_t revision = in.u8();
    const bool is_padded = in.u8() == 0;
    const std::size_t size = in.u16();
    const std::size_t count = in.u16();
    const bool is_header = is_padded && in.u16() == 0;
    const bool is_revision = revision == kAclRevision || revision == kAclRevisionOfObjects;
    if (!in.ok() || !is_header || !is_revision) return Failure{Error::InvalidAcl};
    if (size < kAclHeader || size > bytes.size()) return Failure{Error::InvalidAcl};
    Acl acl;
    std::size_t at = kAclHeader;
    for (std::size_t number = 0; number < count; ++number) {
        if (size - at < kAceHeader) return Failure{Error::InvalidAcl};
        const std::size_t length = Reader(bytes.subspan(at + 2, 2)).u16();
        if (length < kAceHeader || length > size - at) return Failure{Error::InvalidAcl};
        auto ace = parse_ace(bytes.subspan(at, length), is_audited);
        if (!ace) return Failure{ace.error()};
        acl.push_back(*std::move(ace));
        at += length;
    }
    return acl;
}

bool is_place(std::size_t offset, std::size_t end) {
    return offset >= kHeader && offset < end && offset % kAlignment == 0;
}

Result<std::optional<Sid>, Error> sid_at(BytesView bytes, std::size_t offset) {
    if (offset == 0) return std::optional<Sid>();
    if (!is_place(offset, bytes.size())) return Failure{Error::InvalidSecurityDescriptor};
    auto sid = parse_sid(bytes.subspan(offset));
    if (!sid) return Failure{sid.error()};
    return std::optional<Sid>(*std::move(sid));
}

enum class ListOf { Access, Audit };
Result<std::optional<Acl>, Error> acl_at(BytesView bytes, std::size_t offset, bool is_present,
                                         ListOf what) {
    if (offset == 0) return std::optional<Acl>();
    if (!is_present || !is_place(offset, bytes.size())) {
        return Failure{Error::InvalidSecurityDescriptor};
    }
    auto acl = parse_acl(bytes.subspan(offset), what == ListOf::Audit);
    if (!acl) return Failure{acl.error()};
    return std::optional<Acl>(*std::move(acl));
}

Bytes bytes_of(const Sid& sid) {
    CHECK(sid.parts.size() <= kSubAuthorities);
    Writer out;
    out.u8(kRevision).u8(static_cast<std::uint32_t>(sid.parts.size()));
    base::ByteWriter(out.out).u48(sid.authority);
    for (const std::uint32_t part : sid.parts) out.u32(part);
    return out.out;
}

Bytes bytes_of(const Acl& acl) {
    Writer entries;
    for (const Ace& ace : acl) {
        entries.u8(static_cast<std::uint32_t>(ace.kind)).u8(ace.flags);
        entries.u16(static_cast<std::uint32_t>(kAceHeader + length_of(ace.sid)));
        entries.u32(ace.mask).bytes(bytes_of(ace.sid));
    }
    Writer out;
    out.u8(kAclRevision).u8(0);
    out.u16(static_cast<std::uint32_t>(kAclHeader + entries.out.size()));
    out.u16(static_cast<std::uint32_t>(acl.size())).u16(0).bytes(entries.out);
    return out.out;
}

}  // namespace

std::string Sid::text() const {
    std::string text = "S-1-" + std::to_string(authority);
    for (const std::uint32_t part : parts) text += "-" + std::to_string(part);
    return text;
}

Sid unix_user(std::uint32_t user) {
    return {22, {1, user}};
}

Sid unix_group(std::uint32_t group) {
    return {22, {2, group}};
}

Result<SecurityDescriptor, Error> parse_descriptor(BytesView bytes) {
    Reader in(bytes);
    const std::uint8_t revision = in.u8();
    const std::uint8_t padding = in.u8();
    const std::uint16_t control = in.u16();
    const std::size_t owner_at = in.u32();
    const std::size_t group_at = in.u32();
    const std::size_t sacl_at = in.u32();
    const std::size_t dacl_at = in.u32();
    const bool is_known = revision == kRevision && padding == 0 && (control & kSelfRelative) != 0;
    if (!in.ok() || !is_known || bytes.size() > kLongest) {
        return Failure{Error::InvalidSecurityDescriptor};
    }
    SecurityDescriptor descriptor;
    descriptor.has_dacl = (control & kDaclPresent) != 0;
    descriptor.has_sacl = (control & kSaclPresent) != 0;
    auto owner = sid_at(bytes, owner_at);
    if (!owner) return Failure{owner.error()};
    auto group = sid_at(bytes, group_at);
    if (!group) return Failure{group.error()};
    auto sacl = acl_at(bytes, sacl_at, descriptor.has_sacl, ListOf::Audit);
    if (!sacl) return Failure{sacl.error()};
    auto dacl = acl_at(bytes, dacl_at, descriptor.has_dacl, ListOf::Access);
    if (!dacl) return Failure{dacl.error()};
    descriptor.owner = *std::move(owner);
    descriptor.group = *std::move(group);
    descriptor.sacl = *std::move(sacl);
    descriptor.dacl = *std::move(dacl);
    // Parts that share bytes would not find room when they no longer do.
    if (length_of(descriptor) > bytes.size()) return Failure{Error::InvalidSecurityDescriptor};
    return descriptor;
}

bool fits(const SecurityDescriptor& descriptor) {
    constexpr std::size_t kLongestAcl = 0xFFFF;
    const bool has_long_list = (descriptor.dacl && length_of(*descriptor.dacl) > kLongestAcl) ||
                               (descriptor.sacl && length_of(*descriptor.sacl) > kLongestAcl);
    return !has_long_list && length_of(descriptor) <= kLongest;
}

Bytes to_bytes(const SecurityDescriptor& descriptor) {
    CHECK(fits(descriptor));
    Writer parts;
    const auto place = [&](const Bytes& part) {
        const std::size_t at = kHeader + parts.out.size();
        parts.bytes(part);
        return static_cast<std::uint32_t>(at);
    };
    const std::uint32_t owner = descriptor.owner ? place(bytes_of(*descriptor.owner)) : 0;
    const std::uint32_t group = descriptor.group ? place(bytes_of(*descriptor.group)) : 0;
    const std::uint32_t sacl = descriptor.sacl ? place(bytes_of(*descriptor.sacl)) : 0;
    const std::uint32_t dacl = descriptor.dacl ? place(bytes_of(*descriptor.dacl)) : 0;
    std::uint32_t control = kSelfRelative;
    if (descriptor.has_dacl) control |= kDaclPresent;
    if (descriptor.has_sacl) control |= kSaclPresent;
    Writer out;
    out.u8(kRevision).u8(0).u16(control);
    out.u32(owner).u32(group).u32(sacl).u32(dacl).bytes(parts.out);
    return out.out;
}

void map_generic_rights(Acl& acl) {
    constexpr std::uint32_t kGenericAll = 0x10000000;
    constexpr std::uint32_t kGenericExecute = 0x20000000;
    constexpr std::uint32_t kGenericWrite = 0x40000000;
    constexpr std::uint32_t kGenericRead = 0x80000000;
    for (Ace& ace : acl) {
        const std::uint32_t given = ace.mask;
        ace.mask &= ~(kGenericAll | kGenericExecute | kGenericWrite | kGenericRead);
        if ((given & kGenericRead) != 0) ace.mask |= kUse | kReadControl;
        if ((given & kGenericWrite) != 0) ace.mask |= kUse | kModify | kWriteDac;
        if ((given & (kGenericExecute | kGenericAll)) != 0) ace.mask |= kAllAccess;
    }
}

bool allows(const SecurityDescriptor& descriptor, const std::vector<Sid>& sids,
            std::uint32_t mask) {
    const auto is_meant = [&](const Sid& sid) {
        return std::find(sids.begin(), sids.end(), sid) != sids.end();
    };
    if (descriptor.owner && is_meant(*descriptor.owner)) mask &= ~(kReadControl | kWriteDac);
    if (!descriptor.dacl) return descriptor.has_dacl || mask == 0;
    for (const Ace& ace : *descriptor.dacl) {
        if (mask == 0) return true;
        if ((ace.flags & Ace::kInheritOnly) != 0 || !is_meant(ace.sid)) continue;
        if (ace.kind == Ace::Kind::Denied && (ace.mask & mask) != 0) return false;
        if (ace.kind == Ace::Kind::Allowed) mask &= ~ace.mask;
    }
    return mask == 0;
}

}  // namespace nearline::rsm
