// GetNtmsObjectSecurity and SetNtmsObjectSecurity.
#pragma once

#include <string>

#include "rsm/rules.h"

namespace nearline::rsm {

struct SecurityOf {
    Id object;
    std::uint32_t information = 0;  // SECURITY_INFORMATION: which parts
};
// Self-relative bytes of the parts asked for.
Error object_security(Context& context, const SecurityOf& of, std::string& bytes);
Error set_object_security(Context& context, const SecurityOf& of, const std::string& bytes);

// The descriptor of a pool that is new: the one its maker gave, else the default.
Error descriptor_of_new_pool(const Context& context, const MediaPool& parent,
                             const std::string& given, SecurityDescriptor& descriptor);

}  // namespace nearline::rsm
