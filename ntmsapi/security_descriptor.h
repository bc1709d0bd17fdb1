// Security descriptors as programs hold them, with pointers or with offsets, and as the service
// takes them: self-relative, as [MS-DTYP] 2.4.6 lays it out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "ntmsapi/include/windows.h"

namespace nearline::ntmsapi {

// The parts of a descriptor, in either form; nullptr where it has none.
struct SecurityParts {
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    const BYTE* owner = nullptr;
    const BYTE* group = nullptr;
    const BYTE* sacl = nullptr;
    const BYTE* dacl = nullptr;
};

// nullopt: it is of no revision that is known.
std::optional<SecurityParts> parts_of(const void* descriptor);

// Bytes of a SID, by its number of subauthorities; 0: it is none.
std::size_t size_of_sid(const void* sid);
// Bytes of a list, by its header; 0: its entries do not fit it.
std::size_t size_of_acl(const void* acl);
// Bytes of a list that entries fill, its header among them. The list is valid.
std::size_t used_of_acl(const void* acl);

// nullopt: a part of it is not what it should be.
std::optional<std::string> to_self_relative(const void* descriptor);

}  // namespace nearline::ntmsapi
