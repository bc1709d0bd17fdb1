// Identities, lists of who may do what, and security descriptors: the functions of Windows that
// programs build and change them with. Layouts are those of [MS-DTYP] 2.4.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "ntmsapi/security_descriptor.h"

namespace nearline::ntmsapi {
namespace {

BOOL succeed(bool is_done, DWORD error) {
    if (!is_done) SetLastError(error);
    return is_done ? TRUE : FALSE;
}

// The descriptor, when it is one whose parts can be set: absolute, and of the revision.
SECURITY_DESCRIPTOR* absolute(PSECURITY_DESCRIPTOR descriptor) {
    const auto parts =
        descriptor == nullptr ? std::optional<SecurityParts>() : parts_of(descriptor);
    const bool can_be_set = parts && (parts->control & SE_SELF_RELATIVE) == 0;
    if (!can_be_set) SetLastError(ERROR_INVALID_SECURITY_DESCR);
    return can_be_set ? static_cast<SECURITY_DESCRIPTOR*>(descriptor) : nullptr;
}

void set_flag(SECURITY_DESCRIPTOR& descriptor, WORD flag, BOOL is_on) {
    const unsigned control = descriptor.Control;
    descriptor.Control = static_cast<WORD>(is_on != FALSE ? control | flag : control & ~flag);
}

std::optional<SecurityParts> checked_parts(PSECURITY_DESCRIPTOR descriptor) {
    auto parts = descriptor == nullptr ? std::optional<SecurityParts>() : parts_of(descriptor);
    if (!parts) SetLastError(ERROR_INVALID_SECURITY_DESCR);
    return parts;
}

BYTE* entry_at(PACL acl, DWORD index) {
    auto* at = reinterpret_cast<BYTE*>(acl) + sizeof(ACL);
    for (; index > 0; --index) at += reinterpret_cast<ACE_HEADER*>(at)->AceSize;
    return at;
}

// Makes room for `size` bytes of `count` entries before the entry at `index`, and copies them in.
BOOL insert_entries(PACL acl, DWORD index, const void* entries, std::size_t size, WORD count) {
    const std::size_t used = used_of_acl(acl);
    if (acl->AclSize - used < size) return succeed(false, ERROR_ALLOTTED_SPACE_EXCEEDED);
    auto* start = reinterpret_cast<BYTE*>(acl);
    BYTE* at = index >= acl->AceCount ? start + used : entry_at(acl, index);
    std::memmove(at + size, at, static_cast<std::size_t>(start + used - at));
    std::memcpy(at, entries, size);
    acl->AceCount = static_cast<WORD>(acl->AceCount + count);
    return TRUE;
}

BOOL add_ace(PACL acl, DWORD revision, BYTE type, DWORD flags, DWORD mask, PSID sid) {
    if (size_of_acl(acl) == 0) return succeed(false, ERROR_INVALID_ACL);
    const std::size_t sid_size = size_of_sid(sid);
    if (sid_size == 0) return succeed(false, ERROR_INVALID_SID);
    if (revision < acl->AclRevision || revision > ACL_REVISION_DS) {
        return succeed(false, ERROR_REVISION_MISMATCH);
    }
    std::array<BYTE, 128> ace = {};
    const std::size_t size = offsetof(ACCESS_ALLOWED_ACE, SidStart) + sid_size;
    const ACE_HEADER header = {type, static_cast<BYTE>(flags), static_cast<WORD>(size)};
    std::memcpy(ace.data(), &header, sizeof(header));
    std::memcpy(ace.data() + offsetof(ACCESS_ALLOWED_ACE, Mask), &mask, sizeof(mask));
    std::memcpy(ace.data() + offsetof(ACCESS_ALLOWED_ACE, SidStart), sid, sid_size);
    return insert_entries(acl, acl->AceCount, ace.data(), size, 1);
}

// How many entries fill a buffer exactly; 0: they do not.
WORD entries_in(const void* list, std::size_t length) {
    std::size_t at = 0;
    WORD count = 0;
    while (length - at >= sizeof(ACE_HEADER)) {
        ACE_HEADER header;
        std::memcpy(&header, static_cast<const BYTE*>(list) + at, sizeof(header));
        if (header.AceSize < sizeof(header) || header.AceSize > length - at) return 0;
        at += header.AceSize;
        ++count;
    }
    return at == length ? count : 0;
}

}  // namespace
}  // namespace nearline::ntmsapi

using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

// --- Identities.

BOOL WINAPI AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY authority, BYTE count, DWORD first,
                                     DWORD second, DWORD third, DWORD fourth, DWORD fifth,
                                     DWORD sixth, DWORD seventh, DWORD eighth, PSID* sid) {
    const std::array<DWORD, 8> all = {first, second, third, fourth, fifth, sixth, seventh, eighth};
    if (sid == nullptr) return succeed(false, ERROR_INVALID_PARAMETER);
    if (authority == nullptr || count > all.size()) return succeed(false, ERROR_INVALID_SID);
    *sid = std::malloc(GetSidLengthRequired(count));
    if (*sid == nullptr) return succeed(false, ERROR_NOT_ENOUGH_MEMORY);
    InitializeSid(*sid, authority, count);
    std::memcpy(static_cast<SID*>(*sid)->SubAuthority, all.data(), count * sizeof(DWORD));
    return TRUE;
}

PVOID WINAPI FreeSid(PSID sid) {
    std::free(sid);
    return nullptr;
}

BOOL WINAPI InitializeSid(PSID sid, PSID_IDENTIFIER_AUTHORITY authority, BYTE count) {
    if (sid == nullptr || authority == nullptr || count > SID_MAX_SUB_AUTHORITIES) {
        return succeed(false, ERROR_INVALID_PARAMETER);
    }
    auto* out = static_cast<SID*>(sid);
    out->Revision = SID_REVISION;
    out->SubAuthorityCount = count;
    out->IdentifierAuthority = *authority;
    return TRUE;
}

BOOL WINAPI IsValidSid(PSID sid) {
    return size_of_sid(sid) > 0 ? TRUE : FALSE;
}

BOOL WINAPI EqualSid(PSID one, PSID other) {
    const std::size_t size = size_of_sid(one);
    if (size == 0 || size != size_of_sid(other)) return FALSE;
    return std::memcmp(one, other, size) == 0 ? TRUE : FALSE;
}

BOOL WINAPI CopySid(DWORD length, PSID to, PSID from) {
    const std::size_t size = size_of_sid(from);
    if (size == 0 || to == nullptr) return succeed(false, ERROR_INVALID_SID);
    if (size > length) return succeed(false, ERROR_INSUFFICIENT_BUFFER);
    std::memcpy(to, from, size);
    return TRUE;
}

DWORD WINAPI GetLengthSid(PSID sid) {
    return static_cast<DWORD>(size_of_sid(sid));
}

DWORD WINAPI GetSidLengthRequired(UCHAR count) {
    return static_cast<DWORD>(offsetof(SID, SubAuthority) + count * sizeof(DWORD));
}

DWORD* WINAPI GetSidSubAuthority(PSID sid, DWORD index) {
    return static_cast<SID*>(sid)->SubAuthority + index;
}

UCHAR* WINAPI GetSidSubAuthorityCount(PSID sid) {
    return &static_cast<SID*>(sid)->SubAuthorityCount;
}

// --- Lists.

BOOL WINAPI InitializeAcl(PACL acl, DWORD length, DWORD revision) {
    if (acl == nullptr || length < sizeof(ACL) || length > 0xFFFF) {
        return succeed(false, ERROR_INVALID_PARAMETER);
    }
    if (revision < ACL_REVISION || revision > ACL_REVISION_DS) {
        return succeed(false, ERROR_INVALID_PARAMETER);
    }
    *acl = {static_cast<BYTE>(revision), 0, static_cast<WORD>(length), 0, 0};
    return TRUE;
}

BOOL WINAPI IsValidAcl(PACL acl) {
    return size_of_acl(acl) > 0 ? TRUE : FALSE;
}

BOOL WINAPI GetAclInformation(PACL acl, LPVOID information, DWORD length,
                              ACL_INFORMATION_CLASS kind) {
    if (size_of_acl(acl) == 0) return succeed(false, ERROR_INVALID_ACL);
    if (information == nullptr) return succeed(false, ERROR_INVALID_PARAMETER);
    if (kind == AclRevisionInformation) {
        const ACL_REVISION_INFORMATION revision = {acl->AclRevision};
        if (length < sizeof(revision)) return succeed(false, ERROR_INSUFFICIENT_BUFFER);
        std::memcpy(information, &revision, sizeof(revision));
        return TRUE;
    }
    if (kind != AclSizeInformation) return succeed(false, ERROR_INVALID_PARAMETER);
    const auto used = static_cast<DWORD>(used_of_acl(acl));
    const ACL_SIZE_INFORMATION size = {acl->AceCount, used, acl->AclSize - used};
    if (length < sizeof(size)) return succeed(false, ERROR_INSUFFICIENT_BUFFER);
    std::memcpy(information, &size, sizeof(size));
    return TRUE;
}

BOOL WINAPI AddAccessAllowedAce(PACL acl, DWORD revision, DWORD mask, PSID sid) {
    return add_ace(acl, revision, ACCESS_ALLOWED_ACE_TYPE, 0, mask, sid);
}

BOOL WINAPI AddAccessAllowedAceEx(PACL acl, DWORD revision, DWORD flags, DWORD mask, PSID sid) {
    return add_ace(acl, revision, ACCESS_ALLOWED_ACE_TYPE, flags, mask, sid);
}

BOOL WINAPI AddAccessDeniedAce(PACL acl, DWORD revision, DWORD mask, PSID sid) {
    return add_ace(acl, revision, ACCESS_DENIED_ACE_TYPE, 0, mask, sid);
}

BOOL WINAPI AddAce(PACL acl, DWORD revision, DWORD index, LPVOID list, DWORD length) {
    if (size_of_acl(acl) == 0) return succeed(false, ERROR_INVALID_ACL);
    if (revision < acl->AclRevision || revision > ACL_REVISION_DS) {
        return succeed(false, ERROR_REVISION_MISMATCH);
    }
    const WORD count = list == nullptr ? WORD{0} : entries_in(list, length);
    if (count == 0) return succeed(false, ERROR_INVALID_PARAMETER);
    return insert_entries(acl, index, list, length, count);
}

BOOL WINAPI GetAce(PACL acl, DWORD index, LPVOID* ace) {
    if (size_of_acl(acl) == 0) return succeed(false, ERROR_INVALID_ACL);
    if (ace == nullptr || index >= acl->AceCount) return succeed(false, ERROR_INVALID_PARAMETER);
    *ace = entry_at(acl, index);
    return TRUE;
}

BOOL WINAPI DeleteAce(PACL acl, DWORD index) {
    if (size_of_acl(acl) == 0) return succeed(false, ERROR_INVALID_ACL);
    if (index >= acl->AceCount) return succeed(false, ERROR_INVALID_PARAMETER);
    BYTE* at = entry_at(acl, index);
    BYTE* next = entry_at(acl, index + 1);
    const BYTE* end = reinterpret_cast<BYTE*>(acl) + used_of_acl(acl);
    std::memmove(at, next, static_cast<std::size_t>(end - next));
    --acl->AceCount;
    return TRUE;
}

// --- Security descriptors.

BOOL WINAPI InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, DWORD revision) {
    if (descriptor == nullptr) return succeed(false, ERROR_INVALID_PARAMETER);
    if (revision != SECURITY_DESCRIPTOR_REVISION) return succeed(false, ERROR_REVISION_MISMATCH);
    const SECURITY_DESCRIPTOR empty = {
        SECURITY_DESCRIPTOR_REVISION, 0, 0, nullptr, nullptr, nullptr, nullptr};
    std::memcpy(descriptor, &empty, sizeof(empty));
    return TRUE;
}

BOOL WINAPI IsValidSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor) {
    return descriptor != nullptr && to_self_relative(descriptor) ? TRUE : FALSE;
}

DWORD WINAPI GetSecurityDescriptorLength(PSECURITY_DESCRIPTOR descriptor) {
    const auto bytes =
        descriptor == nullptr ? std::optional<std::string>() : to_self_relative(descriptor);
    return bytes ? static_cast<DWORD>(bytes->size()) : 0;
}

BOOL WINAPI GetSecurityDescriptorControl(PSECURITY_DESCRIPTOR descriptor,
                                         PSECURITY_DESCRIPTOR_CONTROL control, LPDWORD revision) {
    const auto parts = checked_parts(descriptor);
    if (!parts) return FALSE;
    if (control == nullptr || revision == nullptr) return succeed(false, ERROR_INVALID_PARAMETER);
    *control = parts->control;
    *revision = SECURITY_DESCRIPTOR_REVISION;
    return TRUE;
}

BOOL WINAPI GetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor, BOOL* present, PACL* dacl,
                                      BOOL* defaulted) {
    const auto parts = checked_parts(descriptor);
    if (!parts) return FALSE;
    if (present == nullptr) return succeed(false, ERROR_INVALID_PARAMETER);
    *present = (parts->control & SE_DACL_PRESENT) != 0 ? TRUE : FALSE;
    if (*present == FALSE) return TRUE;
    // The program owns the descriptor, and may change its list.
    if (dacl != nullptr) *dacl = reinterpret_cast<PACL>(const_cast<BYTE*>(parts->dacl));
    if (defaulted != nullptr) *defaulted = (parts->control & SE_DACL_DEFAULTED) != 0 ? TRUE : FALSE;
    return TRUE;
}

BOOL WINAPI SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor, BOOL present, PACL dacl,
                                      BOOL defaulted) {
    SECURITY_DESCRIPTOR* out = absolute(descriptor);
    if (out == nullptr) return FALSE;
    out->Dacl = present != FALSE ? dacl : nullptr;
    set_flag(*out, SE_DACL_PRESENT, present);
    set_flag(*out, SE_DACL_DEFAULTED, present != FALSE ? defaulted : FALSE);
    return TRUE;
}

BOOL WINAPI GetSecurityDescriptorOwner(PSECURITY_DESCRIPTOR descriptor, PSID* owner,
                                       BOOL* defaulted) {
    const auto parts = checked_parts(descriptor);
    if (!parts) return FALSE;
    if (owner == nullptr) return succeed(false, ERROR_INVALID_PARAMETER);
    *owner = const_cast<BYTE*>(parts->owner);
    if (defaulted != nullptr) {
        *defaulted = (parts->control & SE_OWNER_DEFAULTED) != 0 ? TRUE : FALSE;
    }
    return TRUE;
}

BOOL WINAPI SetSecurityDescriptorOwner(PSECURITY_DESCRIPTOR descriptor, PSID owner,
                                       BOOL defaulted) {
    SECURITY_DESCRIPTOR* out = absolute(descriptor);
    if (out == nullptr) return FALSE;
    out->Owner = owner;
    set_flag(*out, SE_OWNER_DEFAULTED, defaulted);
    return TRUE;
}

BOOL WINAPI GetSecurityDescriptorGroup(PSECURITY_DESCRIPTOR descriptor, PSID* group,
                                       BOOL* defaulted) {
    const auto parts = checked_parts(descriptor);
    if (!parts) return FALSE;
    if (group == nullptr) return succeed(false, ERROR_INVALID_PARAMETER);
    *group = const_cast<BYTE*>(parts->group);
    if (defaulted != nullptr) {
        *defaulted = (parts->control & SE_GROUP_DEFAULTED) != 0 ? TRUE : FALSE;
    }
    return TRUE;
}

BOOL WINAPI SetSecurityDescriptorGroup(PSECURITY_DESCRIPTOR descriptor, PSID group,
                                       BOOL defaulted) {
    SECURITY_DESCRIPTOR* out = absolute(descriptor);
    if (out == nullptr) return FALSE;
    out->Group = group;
    set_flag(*out, SE_GROUP_DEFAULTED, defaulted);
    return TRUE;
}

BOOL WINAPI MakeSelfRelativeSD(PSECURITY_DESCRIPTOR descriptor, PSECURITY_DESCRIPTOR out,
                               LPDWORD length) {
    if (length == nullptr) return succeed(false, ERROR_INVALID_PARAMETER);
    if (absolute(descriptor) == nullptr) return FALSE;
    const auto bytes = to_self_relative(descriptor);
    if (!bytes) return succeed(false, ERROR_INVALID_SECURITY_DESCR);
    const DWORD capacity = *length;
    *length = static_cast<DWORD>(bytes->size());
    if (*length > capacity) return succeed(false, ERROR_INSUFFICIENT_BUFFER);
    std::memcpy(out, bytes->data(), bytes->size());
    return TRUE;
}
