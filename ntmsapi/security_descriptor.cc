#include "ntmsapi/security_descriptor.h"

#include <cstring>

namespace nearline::ntmsapi {
namespace {

// Programs' structures may lie anywhere.
template <typename Structure>
Structure copy_of(const void* at) {
    Structure structure;
    std::memcpy(&structure, at, sizeof(structure));
    return structure;
}

bool is_self_relative(SECURITY_DESCRIPTOR_CONTROL control) {
    return (control & SE_SELF_RELATIVE) != 0;
}

// Offset 0 is no part.
const BYTE* part_at(const void* descriptor, DWORD offset) {
    return offset == 0 ? nullptr : static_cast<const BYTE*>(descriptor) + offset;
}

// Walks the entries. nullopt: one of them does not fit.
std::optional<std::size_t> end_of_entries(const void* acl) {
    const auto header = copy_of<ACL>(acl);
    std::size_t end = sizeof(ACL);
    for (WORD entry = 0; entry < header.AceCount; ++entry) {
        if (header.AclSize - end < sizeof(ACE_HEADER)) return std::nullopt;
        const auto ace = copy_of<ACE_HEADER>(static_cast<const BYTE*>(acl) + end);
        if (ace.AceSize < sizeof(ACE_HEADER) || ace.AceSize > header.AclSize - end) {
            return std::nullopt;
        }
        end += ace.AceSize;
    }
    return end;
}

// Puts a part behind what is there, on a multiple of four, and its offset into the header.
void append(std::string& bytes, const BYTE* part, std::size_t size, std::size_t offset_at) {
    if (part == nullptr) return;
    bytes.resize((bytes.size() + 3) / 4 * 4);
    const auto offset = static_cast<DWORD>(bytes.size());
    std::memcpy(bytes.data() + offset_at, &offset, sizeof(offset));
    bytes.append(reinterpret_cast<const char*>(part), size);
}

}  // namespace

std::optional<SecurityParts> parts_of(const void* descriptor) {
    // Both forms begin alike.
    const auto relative = copy_of<SECURITY_DESCRIPTOR_RELATIVE>(descriptor);
    if (relative.Revision != SECURITY_DESCRIPTOR_REVISION) return std::nullopt;
    SecurityParts parts;
    parts.control = relative.Control;
    if (is_self_relative(relative.Control)) {
        parts.owner = part_at(descriptor, relative.Owner);
        parts.group = part_at(descriptor, relative.Group);
        parts.sacl = part_at(descriptor, relative.Sacl);
        parts.dacl = part_at(descriptor, relative.Dacl);
    } else {
        const auto absolute = copy_of<SECURITY_DESCRIPTOR>(descriptor);
        parts.owner = static_cast<const BYTE*>(absolute.Owner);
        parts.group = static_cast<const BYTE*>(absolute.Group);
        parts.sacl = reinterpret_cast<const BYTE*>(absolute.Sacl);
        parts.dacl = reinterpret_cast<const BYTE*>(absolute.Dacl);
    }
    if ((parts.control & SE_SACL_PRESENT) == 0) parts.sacl = nullptr;
    if ((parts.control & SE_DACL_PRESENT) == 0) parts.dacl = nullptr;
    return parts;
}

std::size_t size_of_sid(const void* sid) {
    if (sid == nullptr) return 0;
    const auto* bytes = static_cast<const BYTE*>(sid);
    const BYTE revision = bytes[0];  // Subscript: SID.Revision, wherever it lies.
    const BYTE count = bytes[1];     // Subscript: SID.SubAuthorityCount.
    if (revision != SID_REVISION || count > SID_MAX_SUB_AUTHORITIES) return 0;
    return offsetof(SID, SubAuthority) + count * sizeof(DWORD);
}

std::size_t size_of_acl(const void* acl) {
    if (acl == nullptr) return 0;
    const auto header = copy_of<ACL>(acl);
    const bool is_known =
        header.AclRevision >= ACL_REVISION && header.AclRevision <= ACL_REVISION_DS;
    if (!is_known || header.AclSize < sizeof(ACL) || !end_of_entries(acl)) return 0;
    return header.AclSize;
}

std::size_t used_of_acl(const void* acl) {
    return end_of_entries(acl).value_or(sizeof(ACL));
}

std::optional<std::string> to_self_relative(const void* descriptor) {
    const auto parts = parts_of(descriptor);
    if (!parts) return std::nullopt;
    SECURITY_DESCRIPTOR_RELATIVE header = {};
    header.Revision = SECURITY_DESCRIPTOR_REVISION;
    header.Control = parts->control | SE_SELF_RELATIVE;
    std::string bytes(sizeof(header), '\0');
    std::memcpy(bytes.data(), &header, sizeof(header));
    const std::size_t owner = size_of_sid(parts->owner);
    const std::size_t group = size_of_sid(parts->group);
    const std::size_t sacl = size_of_acl(parts->sacl);
    const std::size_t dacl = size_of_acl(parts->dacl);
    if (parts->owner != nullptr && owner == 0) return std::nullopt;
    if (parts->group != nullptr && group == 0) return std::nullopt;
    if (parts->sacl != nullptr && sacl == 0) return std::nullopt;
    if (parts->dacl != nullptr && dacl == 0) return std::nullopt;
    append(bytes, parts->owner, owner, offsetof(SECURITY_DESCRIPTOR_RELATIVE, Owner));
    append(bytes, parts->group, group, offsetof(SECURITY_DESCRIPTOR_RELATIVE, Group));
    append(bytes, parts->sacl, sacl, offsetof(SECURITY_DESCRIPTOR_RELATIVE, Sacl));
    append(bytes, parts->dacl, dacl, offsetof(SECURITY_DESCRIPTOR_RELATIVE, Dacl));
    return bytes;
}

}  // namespace nearline::ntmsapi
