#include "rsm/classification.h"

#include <utility>

#include "rsm/inventory.h"
#include "rsm/rules.h"

namespace nearline::rsm {
namespace {

class Classification {
public:
    Classification(Store& store, PhysicalMedium medium, Side side, const Finding& finding,
                   std::uint64_t now_ms)
        : store_(store),
          medium_(std::move(medium)),
          side_(std::move(side)),
          finding_(finding),
          now_(now_ms) {}

    void run() {
        if (finding_.kind == Finding::Kind::Cleaner) {
            if (!is_settled()) erase_medium(store_, medium_);
            return;
        }
        if (is_same_label()) return;
        if (!is_settled()) return settle();
        // A bar code that is known decides alone (the states of the record are trusted), and where
        // no label was ever kept there is nothing to compare.
        if (!medium_.bar_code.empty() || side_.label_id.empty()) return;
        replace();
    }

private:
    bool is_labelled() const { return finding_.kind == Finding::Kind::Labelled; }

    bool is_same_label() const {
        return is_labelled() && side_.label_type == finding_.label.type &&
               side_.label_id == finding_.label.id;
    }

    // Somebody has taken it for his, or it is free: more is known than a label.
    bool is_settled() const {
        switch (side_.state) {
            case SideState::Unknown:
            case SideState::Foreign:
            case SideState::Import:
            case SideState::Incompatible:
                return false;
            default:
                return true;
        }
    }

    // A cartridge that nobody knows yet.
    void settle() {
        if (!is_labelled()) {
            const bool is_usable = finding_.kind != Finding::Kind::Unusable;
            keep(is_usable ? SideState::Foreign : SideState::Incompatible, PoolType::Unrecognized);
            return;
        }
        if (auto known = known_elsewhere()) {
            if (is_offline(store_, *known)) return come_back(std::move(*known));
            return exchange(std::move(*known));
        }
        keep(SideState::Import, PoolType::Import);
    }

    void keep(SideState state, PoolType pool_type) {
        side_.state = state;
        side_.label_type = finding_.label.type;
        side_.label_id = finding_.label.id;
        side_.label_info = finding_.label.info;
        store_.update(side_);
        const auto pool = store_.system_pool(pool_type, medium_.media_type);
        if (!pool || medium_.pool == pool->id) return;
        medium_.pool = pool->id;
        store_.update(medium_);
    }

    // The record of this label, when nothing says that it belongs to another cartridge: offline, or
    // in this library at a place where only its place told which one stands there.
    std::optional<PhysicalMedium> known_elsewhere() {
        for (const Side& side : store_.sides_labelled(finding_.label.type, finding_.label.id)) {
            auto medium = store_.find<PhysicalMedium>(side.medium);
            if (!medium || medium->id == medium_.id) continue;
            const bool is_another = !medium->bar_code.empty() && !medium_.bar_code.empty();
            if (is_another) continue;
            if (is_offline(store_, *medium)) return medium;
            if (medium->library == medium_.library && medium->bar_code.empty()) return medium;
        }
        return std::nullopt;
    }

    void come_back(PhysicalMedium known) {
        const PhysicalMedium stranger = medium_;
        erase_medium(store_, stranger);  // a bar code belongs to one record
        known.library = stranger.library;
        known.location = stranger.location;
        known.location_type = stranger.location_type;
        known.home_slot = stranger.home_slot;
        if (known.bar_code.empty()) known.bar_code = stranger.bar_code;
        known.media_state = stranger.media_state;
        known.mounted_side = stranger.mounted_side.is_null() ? Guid() : side_of(known.id);
        store_.update(known);
        store_.end_operator_requests(known.id, OpState::Complete);
        queue_free_label(store_, known,
                         system_request(Operation::WriteFreeLabel, known.library, now_));
    }

    Guid side_of(const Guid& medium) {
        const auto sides = store_.sides_of(medium);
        return sides.empty() ? Guid() : sides.front().id;
    }

    // Two cartridges without bar codes have changed places by hand: both are inside, so neither
    // goes offline. What stands at the other place is read next.
    void exchange(PhysicalMedium known) {
        std::swap(known.location, medium_.location);
        std::swap(known.location_type, medium_.location_type);
        std::swap(known.home_slot, medium_.home_slot);
        std::swap(known.media_state, medium_.media_state);
        known.mounted_side = known.location_type == ObjectType::Drive ? side_of(known.id) : Guid();
        medium_.mounted_side =
            medium_.location_type == ObjectType::Drive ? side_of(medium_.id) : Guid();
        store_.update(known);
        store_.update(medium_);
        LibRequest request = system_request(Operation::Classify, medium_.library, now_);
        request.medium = medium_.id;
        if (medium_.location_type == ObjectType::StorageSlot) request.slot = medium_.location;
        store_.insert(request);
    }

    // Another cartridge stands where this one was recorded.
    void replace() {
        if (is_labelled()) {
            auto known = known_elsewhere();
            if (known && !is_offline(store_, *known)) return exchange(std::move(*known));
        }
        PhysicalMedium stranger = medium_;
        stranger.id = store_.new_id();
        stranger.sequence_number = store_.new_sequence_number();
        stranger.name = medium_.name;
        stranger.is_enabled = true;
        const auto pool = store_.system_pool(PoolType::Unrecognized, medium_.media_type);
        if (!pool) return;
        stranger.pool = pool->id;
        medium_departed(store_, medium_, now_);
        Side side;
        side.medium = stranger.id;
        side.state = SideState::Foreign;
        side.name = stranger.name;
        store_.insert(side);
        if (!stranger.mounted_side.is_null()) stranger.mounted_side = side.id;
        store_.insert(stranger);
        medium_ = stranger;
        side_ = side;
        settle();
    }

    Store& store_;
    PhysicalMedium medium_;
    Side side_;
    const Finding& finding_;
    std::uint64_t now_;
};

}  // namespace

void classify(Store& store, const Guid& id, const Finding& finding, std::uint64_t now_ms) {
    const auto medium = store.find<PhysicalMedium>(id);
    const auto sides = store.sides_of(id);
    if (!medium || sides.empty()) return;
    Classification(store, *medium, sides.front(), finding, now_ms).run();
}

}  // namespace nearline::rsm
