#include "rsm/security_rules.h"

#include <algorithm>

namespace nearline::rsm {
namespace {

constexpr std::uint32_t kOwner = 1;  // SECURITY_INFORMATION
constexpr std::uint32_t kGroup = 2;
constexpr std::uint32_t kDacl = 4;
constexpr std::uint32_t kSacl = 8;
constexpr std::uint32_t kParts = kOwner | kGroup | kDacl | kSacl;

bool is_parts(std::uint32_t information) {
    return information != 0 && (information & ~kParts) == 0;
}

// The list of audited accesses wants a privilege that only administrators have.
bool may_audit(const Context& context, std::uint32_t information) {
    return (information & kSacl) == 0 || context.rights.is_administrator();
}

bool may_be_owner(const Context& context, const Sid& owner) {
    const auto& sids = context.rights.sids();
    return context.rights.is_administrator() ||
           std::find(sids.begin(), sids.end(), owner) != sids.end();
}

bool may_set(const Context& context, ObjectType type, const SecurityOf& of) {
    if ((of.information & kDacl) != 0 &&
        !context.rights.may("SetObjectSecurity", type, *of.object)) {
        return false;
    }
    if ((of.information & (kOwner | kGroup)) != 0) {
        const Guid holder = protector_of(context.store, type, *of.object);
        const auto kept = context.store.descriptor(holder);
        const bool owns = kept && kept->owner && may_be_owner(context, *kept->owner);
        if (!owns && !context.rights.allow(holder, kWriteOwner)) return false;
    }
    return may_audit(context, of.information);
}

// The parts of `given` that are asked for, in place of those of `kept`.
void put_parts(std::uint32_t information, const SecurityDescriptor& given,
               SecurityDescriptor& kept) {
    if ((information & kOwner) != 0) kept.owner = given.owner;
    if ((information & kGroup) != 0) kept.group = given.group;
    if ((information & kDacl) != 0) {
        kept.has_dacl = given.has_dacl;
        kept.dacl = given.dacl;
    }
    if ((information & kSacl) != 0) {
        kept.has_sacl = given.has_sacl;
        kept.sacl = given.sacl;
    }
}

// Bytes of a caller's as a descriptor with the server's own rights.
base::Result<SecurityDescriptor, Error> given_descriptor(const std::string& bytes) {
    auto given = parse_descriptor(base::as_bytes(bytes));
    if (given && given->dacl) map_generic_rights(*given->dacl);
    return given;
}

}  // namespace

Error object_security(Context& context, const SecurityOf& of, std::string& bytes) {
    if (!of.object || !is_parts(of.information)) return Error::InvalidParameter;
    const auto type = context.store.type_of(*of.object);
    if (!type) return Error::ObjectNotFound;
    if (!context.rights.may("GetObjectSecurity", *type, *of.object) ||
        !may_audit(context, of.information)) {
        return Error::AccessDenied;
    }
    const auto kept = context.store.descriptor(*of.object);
    if (!kept) return Error::NoSecurityOnObject;
    SecurityDescriptor told;
    put_parts(of.information, *kept, told);
    bytes = base::as_text(to_bytes(told));
    return Error::Success;
}

Error set_object_security(Context& context, const SecurityOf& of, const std::string& bytes) {
    if (!of.object || bytes.empty() || !is_parts(of.information)) return Error::InvalidParameter;
    const auto given = given_descriptor(bytes);
    if (!given) return given.error();
    const auto type = context.store.type_of(*of.object);
    if (!type) return Error::ObjectNotFound;
    if (!may_set(context, *type, of)) return Error::AccessDenied;
    auto kept = context.store.descriptor(*of.object);
    if (!kept) return Error::NoSecurityOnObject;
    const bool names_owner = (of.information & kOwner) != 0;
    if (names_owner && (!given->owner || !may_be_owner(context, *given->owner))) {
        return Error::InvalidOwner;
    }
    put_parts(of.information, *given, *kept);
    if (!fits(*kept)) return Error::InvalidAcl;
    context.store.set_descriptor(*of.object, *kept);
    context.store.announce({*type, NotificationOperation::Update, *of.object});
    return Error::Success;
}

Error descriptor_of_new_pool(const Context& context, const MediaPool& parent,
                             const std::string& bytes, SecurityDescriptor& descriptor) {
    descriptor = pool_descriptor(context.store, context.rights, parent);
    if (bytes.empty()) return fits(descriptor) ? Error::Success : Error::InvalidAcl;
    const auto given = given_descriptor(bytes);
    if (!given) return given.error();
    if (given->owner && !may_be_owner(context, *given->owner)) return Error::InvalidOwner;
    if (given->has_sacl && !context.rights.is_administrator()) return Error::AccessDenied;
    std::uint32_t parts = 0;
    if (given->owner) parts |= kOwner;
    if (given->group) parts |= kGroup;
    if (given->has_dacl) parts |= kDacl;
    if (given->has_sacl) parts |= kSacl;
    put_parts(parts, *given, descriptor);
    return fits(descriptor) ? Error::Success : Error::InvalidAcl;
}

}  // namespace nearline::rsm
