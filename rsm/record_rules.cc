#include "rsm/record_rules.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "rsm/catalogue.h"

namespace nearline::rsm {
namespace {

constexpr std::uint32_t kErrorOnDuplicate = 1;
constexpr std::size_t kBarCodeLength = 63;
constexpr std::size_t kLabelTypeLength = 63;
constexpr std::size_t kLabelInfoLength = 255;
constexpr std::size_t kLabelIdDigits = 2 * 255;
constexpr PoolType kSystemPools[] = {PoolType::Free, PoolType::Unrecognized, PoolType::Import};

bool holds_logical_medium(SideState state) {
    return state == SideState::Allocated || state == SideState::Complete;
}

bool is_acceptable(const Side& side) {
    return side.state <= SideState::Reserved && !side.label_id.empty() &&
           side.label_id.size() <= kLabelIdDigits && !side.label_type.empty() &&
           side.label_type.size() <= kLabelTypeLength &&
           side.label_info.size() <= kLabelInfoLength && side.name.size() <= kNameLength &&
           side.description.size() <= kDescriptionLength;
}

bool is_acceptable(Store& store, const NewMedium& wanted) {
    const PhysicalMedium& medium = wanted.medium;
    if (wanted.stated_sides != wanted.sides.size()) return false;
    if (!medium.library.is_null() && medium.library != store.offline_library().id) return false;
    return medium.name.size() <= kNameLength && medium.description.size() <= kDescriptionLength &&
           medium.bar_code.size() <= kBarCodeLength &&
           std::all_of(wanted.sides.begin(), wanted.sides.end(),
                       [](const Side& side) { return is_acceptable(side); });
}

// The ids the caller chose, of objects that are to be made.
std::vector<Guid> chosen_ids(const NewMedium& wanted) {
    std::vector<Guid> ids{wanted.medium.id};
    for (const Side& side : wanted.sides) {
        ids.push_back(side.id);
        ids.push_back(side.logical_medium);
    }
    std::erase_if(ids, [](const Guid& id) { return id.is_null(); });
    return ids;
}

bool are_new(Store& store, const std::vector<Guid>& ids) {
    const std::set<Guid> distinct(ids.begin(), ids.end());
    if (distinct.size() != ids.size()) return false;
    return std::none_of(ids.begin(), ids.end(),
                        [&](const Guid& id) { return store.type_of(id).has_value(); });
}

bool has_known_label(Store& store, const std::vector<Side>& sides) {
    return std::any_of(sides.begin(), sides.end(), [&](const Side& side) {
        return store.knows_label(side.label_type, side.label_id);
    });
}

std::string default_name(const PhysicalMedium& medium, const std::vector<Side>& sides) {
    if (!medium.bar_code.empty()) return medium.bar_code;
    const std::string& info = sides.front().label_info;
    if (sides.size() == 1 && !info.empty()) return info.substr(0, kNameLength);
    return medium.sequence_number;
}

void record_side(Store& store, const PhysicalMedium& medium, std::uint32_t number, Side& side) {
    side.medium = medium.id;
    side.number = number;
    side.operational_state = OperationalState::Ready;
    if (side.name.empty()) side.name = medium.name;
    if (!side.logical_medium.is_null() || holds_logical_medium(side.state)) {
        LogicalMedium logical;
        logical.id = side.logical_medium;
        logical.pool = medium.pool;
        logical.name = medium.name;
        logical.is_enabled = side.is_enabled;
        store.insert(logical);
        side.logical_medium = logical.id;
    }
    store.insert(side);
}

void record(Store& store, const MediaPool& pool, NewMedium& made) {
    PhysicalMedium& medium = made.medium;
    medium.library = store.offline_library().id;
    medium.media_type = pool.media_type;
    medium.sequence_number = store.new_sequence_number();
    if (medium.name.empty()) medium.name = default_name(medium, made.sides);
    store.insert(medium);
    std::uint32_t number = 0;
    for (Side& side : made.sides) record_side(store, medium, number++, side);
}

// Nobody has media of it, no library takes it: its pools go, if nothing holds them.
void drop_system_pools(Store& store, const Guid& type) {
    if (store.is_supported(type) || store.has_media_of(type, {})) return;
    for (const PoolType kind : kSystemPools) {
        const auto pool = store.system_pool(kind, type);
        if (!pool) continue;
        store.erase_attributes(pool->id);
        store.erase<MediaPool>(pool->id);
    }
}

}  // namespace

Error create_media(Context& context, const NewMedium& wanted, NewMedium& made) {
    Store& store = context.store;
    if (!wanted.is_given || wanted.options > kErrorOnDuplicate) return Error::InvalidParameter;
    const bool minds_duplicates = wanted.options == kErrorOnDuplicate;
    if (minds_duplicates && has_known_label(store, wanted.sides)) return Error::InvalidMedia;
    const auto pool = store.find<MediaPool>(wanted.medium.pool);
    if (pool && !context.rights.may("CreateMedia", {pool->id, store.offline_library().id})) {
        return Error::AccessDenied;
    }
    if (!wanted.is_well_formed || !is_acceptable(store, wanted)) return Error::InvalidParameter;
    const bool takes_records =
        pool && !pool->media_type.is_null() &&
        (pool->pool_type == PoolType::Import || pool->pool_type == PoolType::Application);
    if (!takes_records) return Error::InvalidMediaPool;
    const auto type = store.find<MediaType>(pool->media_type);
    if (!type || type->sides != wanted.sides.size()) return Error::MediaIncompatible;
    if (store.medium_of_bar_code(wanted.medium.bar_code)) return Error::InvalidMedia;
    if (!are_new(store, chosen_ids(wanted))) return Error::InvalidMedia;
    made = wanted;
    record(store, *pool, made);
    return Error::Success;
}

Error add_media_type(Context& context, const Id& type_id, const Id& library_id) {
    Store& store = context.store;
    if (!type_id || !library_id) return Error::InvalidParameter;
    const auto library = store.find<Library>(*library_id);
    if (!library) return Error::InvalidLibrary;
    const auto type = store.find<MediaType>(*type_id);
    if (!type) return Error::InvalidMedia;
    if (!context.rights.may("AddMediaType", {{}, library->id})) return Error::AccessDenied;
    if (library->is_offline_library()) return Error::LibraryOffline;
    relate_media_type(store, library->id, *type);
    return Error::Success;
}

Error delete_media_type(Context& context, const Id& type_id, const Id& library_id) {
    Store& store = context.store;
    if (!type_id || !library_id) return Error::InvalidParameter;
    const auto library = store.find<Library>(*library_id);
    if (!library) return Error::InvalidLibrary;
    if (!store.find<MediaType>(*type_id)) return Error::InvalidMedia;
    if (!context.rights.may("DeleteMediaType", {{}, library->id})) return Error::AccessDenied;
    if (store.has_media_of(*type_id, library->id)) return Error::NotEmpty;
    store.remove_media_type(library->id, *type_id);
    drop_system_pools(store, *type_id);
    return Error::Success;
}

}  // namespace nearline::rsm
