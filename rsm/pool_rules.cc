#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "rsm/rules.h"
#include "rsm/security_rules.h"

namespace nearline::rsm {
namespace {

// The names of a path, from the top: "\App\Pool" and "App\Pool" are the same. Empty when the path
// is not a name.
std::vector<std::string> names_of(std::string_view path) {
    if (path.size() > kPoolPathLength) return {};
    if (path.starts_with('\\')) path.remove_prefix(1);
    std::vector<std::string> names;
    for (const std::string_view name : base::split(path, '\\')) {
        const bool is_printable = std::none_of(name.begin(), name.end(), [](char c) {
            return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
        });
        if (name.empty() || name.size() > kNameLength || !is_printable) return {};
        names.emplace_back(name);
    }
    return names;
}

std::optional<MediaPool> find_pool(Store& store, const std::vector<std::string>& names) {
    std::optional<MediaPool> pool = store.root_pool();
    for (const std::string& name : names) {
        pool = store.pool_named(pool->id, name);
        if (!pool) break;
    }
    return pool;
}

bool is_root(const MediaPool& pool) {
    return pool.parent.is_null();
}

Error make_pool(Context& context, const NewPool& wanted, std::vector<std::string> names, Guid& id) {
    const std::string name = names.back();
    names.pop_back();
    const auto parent = find_pool(context.store, names);
    if (!parent) return Error::ObjectNotFound;
    const Guid root = context.store.root_pool().id;
    if (!context.rights.may("CreateMediaPool: root pool", {root, {}}) ||
        !context.rights.may("CreateMediaPool", {parent->id, {}})) {
        return Error::AccessDenied;
    }
    // Below a system pool only RSM makes pools, and a pool holds media or pools, not both.
    if (!is_root(*parent) && parent->is_system()) return Error::AccessDenied;
    if (!parent->media_type.is_null()) return Error::InvalidParameter;
    MediaPool pool;
    pool.name = name;
    pool.parent = parent->id;
    pool.pool_type = PoolType::Application;
    pool.media_type = wanted.media_type.value_or(Guid());
    SecurityDescriptor descriptor;
    const Error refusal = descriptor_of_new_pool(context, *parent, wanted.descriptor, descriptor);
    if (refusal != Error::Success) return refusal;
    context.store.insert(pool);
    context.store.set_descriptor(pool.id, descriptor);
    id = pool.id;
    return Error::Success;
}

}  // namespace

Error create_media_pool(Context& context, const NewPool& wanted, Guid& id) {
    const auto& [path, media_type, action, bytes] = wanted;
    if (!path || action < kOpenExisting || action > kOpenAlways) return Error::InvalidParameter;
    const std::vector<std::string> names = names_of(*path);
    if (names.empty()) return Error::InvalidName;
    if (media_type && !context.store.find<MediaType>(*media_type)) return Error::InvalidMedia;
    if (const auto pool = find_pool(context.store, names)) {
        if (!context.rights.may("CreateMediaPool: open", {pool->id, {}})) {
            return Error::AccessDenied;
        }
        if (action == kCreateNew) return Error::AlreadyExists;
        id = pool->id;
        return Error::Success;
    }
    if (action == kOpenExisting) return Error::ObjectNotFound;
    return make_pool(context, wanted, names, id);
}

Error media_pool_name(Context& context, const Id& id, std::string& name) {
    if (!id) return Error::InvalidParameter;
    auto pool = context.store.find<MediaPool>(*id);
    if (!pool) return Error::InvalidMediaPool;
    if (!context.rights.may("GetMediaPoolName", {pool->id, {}})) return Error::AccessDenied;
    while (pool && !is_root(*pool)) {
        name = "\\" + pool->name + name;
        pool = context.store.find<MediaPool>(pool->parent);
    }
    if (name.empty()) name = "\\";
    return Error::Success;
}

Error delete_media_pool(Context& context, const Id& id) {
    Store& store = context.store;
    if (!id) return Error::InvalidParameter;
    const auto pool = store.find<MediaPool>(*id);
    if (!pool) return Error::InvalidMediaPool;
    if (!context.rights.may("DeleteMediaPool", {pool->id, {}})) return Error::AccessDenied;
    if (pool->is_system()) return Error::InvalidMediaPool;
    if (store.count(Store::Counted::MediaOfPool, pool->id) != 0 ||
        store.count(Store::Counted::PoolsOfPool, pool->id) != 0) {
        return Error::NotEmpty;
    }
    store.erase_attributes(pool->id);
    store.erase<MediaPool>(pool->id);
    return Error::Success;
}

}  // namespace nearline::rsm
