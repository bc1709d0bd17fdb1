#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "rsm/rules.h"

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

// The parent's list is inherited unless the parent is the root; the creator gets everything.
void secure_new_pool(Context& context, const MediaPool& pool, const MediaPool& parent) {
    if (!is_root(parent)) {
        for (AccessEntry entry : context.store.access_of(parent.id)) {
            entry.object = pool.id;
            context.store.grant(entry);
        }
    }
    context.store.grant({.object = pool.id,
                         .kind = AccessEntry::Kind::User,
                         .principal = context.rights.caller().user,
                         .rights = kUse | kModify | kControl});
}

Error make_pool(Context& context, std::vector<std::string> names, const Guid& media_type,
                Guid& id) {
    const std::string name = names.back();
    names.pop_back();
    const auto parent = find_pool(context.store, names);
    if (!parent) return Error::ObjectNotFound;
    if (!context.rights.allow(context.store.root_pool().id, kControl) ||
        !context.rights.allow(parent->id, kControl)) {
        return Error::AccessDenied;
    }
    // Below a system pool only RSM makes pools, and a pool holds media or pools, not both.
    if (!is_root(*parent) && parent->is_system()) return Error::AccessDenied;
    if (!parent->media_type.is_null()) return Error::InvalidParameter;
    MediaPool pool;
    pool.name = name;
    pool.parent = parent->id;
    pool.pool_type = PoolType::Application;
    pool.media_type = media_type;
    context.store.insert(pool);
    secure_new_pool(context, pool, *parent);
    id = pool.id;
    return Error::Success;
}

}  // namespace

Error create_media_pool(Context& context, const std::optional<std::string>& path,
                        const Id& media_type, std::uint32_t action, Guid& id) {
    if (!path || action < kOpenExisting || action > kOpenAlways) return Error::InvalidParameter;
    const std::vector<std::string> names = names_of(*path);
    if (names.empty()) return Error::InvalidName;
    if (media_type && !context.store.find<MediaType>(*media_type)) return Error::InvalidMedia;
    if (const auto pool = find_pool(context.store, names)) {
        if (!context.rights.allow(pool->id, kUse)) return Error::AccessDenied;
        if (action == kCreateNew) return Error::AlreadyExists;
        id = pool->id;
        return Error::Success;
    }
    if (action == kOpenExisting) return Error::ObjectNotFound;
    return make_pool(context, names, media_type.value_or(Guid()), id);
}

Error media_pool_name(Context& context, const Id& id, std::string& name) {
    if (!id) return Error::InvalidParameter;
    auto pool = context.store.find<MediaPool>(*id);
    if (!pool) return Error::InvalidMediaPool;
    if (!context.rights.allow(pool->id, kUse)) return Error::AccessDenied;
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
    if (!context.rights.allow(pool->id, kModify)) return Error::AccessDenied;
    if (pool->is_system()) return Error::InvalidMediaPool;
    if (store.count(Store::Counted::MediaOfPool, pool->id) != 0 ||
        store.count(Store::Counted::PoolsOfPool, pool->id) != 0) {
        return Error::NotEmpty;
    }
    store.erase_attributes(pool->id);
    store.erase_access(pool->id);
    store.erase<MediaPool>(pool->id);
    return Error::Success;
}

}  // namespace nearline::rsm
