// A random life of a library, against a simple picture of what the documents say: media come, are
// moved between pools, labelled, allocated, completed, given back, taken out, put in again and
// deleted. After every call the records must be what the picture says.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "rsm/inventory.h"
#include "sim/random.h"
#include "tests/rsm/queue_host.h"
#include "tests/rsm/world.h"

namespace nearline::rsm {
namespace {

enum class Pool { Unrecognized, Free, First, Second, Import };
constexpr int kLabels = 12;
constexpr std::uint16_t kFirstSlot = 1000;

// What the picture knows of one cartridge and its record.
struct Cartridge {
    std::string label;
    bool is_inside = false;  // the plastic
    bool has_record = false;
    bool is_online = false;  // the record
    Pool pool = Pool::Unrecognized;
    SideState state = SideState::Foreign;
    bool is_in_use = false;  // its label waits to be written
    std::uint32_t allocations = 0;
    std::uint64_t sequence = 0;
    Guid medium;
    Guid side;
    Guid logical;
};

class Life {
public:
    explicit Life(std::uint64_t seed) : random_(seed) {
        for (int at = 0; at < kLabels; ++at) {
            cartridges_.push_back({.label = "NL00" + std::to_string(10 + at) + "L9"});
        }
        second_ = world_.create_pool("Second", world_.lto.id);
        world_.in([&](Store& store) {
            auto pool = store.find<MediaPool>(second_);
            pool->allocation_policy = kAllocateFromFree;
            pool->deallocation_policy = kDeallocateToFree;
            pool->max_allocates = 3;
            store.update(*pool);
        });
    }

    void live(int steps) {
        for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
            SCOPED_TRACE("step " + std::to_string(step));
            one_step();
            compare();
        }
    }

private:
    Cartridge& any() { return cartridges_.at(random_.below(cartridges_.size())); }
    Guid id_of(Pool pool) const {
        switch (pool) {
            case Pool::Unrecognized:
                return world_.unrecognized.id;
            case Pool::Free:
                return world_.free.id;
            case Pool::First:
                return world_.pool;
            case Pool::Second:
                return second_;
            case Pool::Import:
                break;
        }
        return world_.import.id;
    }

    void one_step() {
        switch (random_.below(10)) {
            case 0: {
                Cartridge& one = any();
                one.is_inside = !one.is_inside;
                break;
            }
            case 1:
                return take_inventory();
            case 2:
            case 3:
                return move(any(), static_cast<Pool>(random_.below(5)));
            case 4:
                return allocate(random_.chance(1, 2) ? Pool::First : Pool::Second);
            case 5:
                return deallocate(any());
            case 6:
                return complete(any());
            case 7:
                return decommission(any());
            case 8:
                return write_labels();
            case 9:
                return remove(any());
        }
    }

    // --- what the picture says, and the call

    void take_inventory() {
        Reading reading;
        for (std::size_t at = 0; at < cartridges_.size(); ++at) {
            SeenElement slot;
            slot.address = static_cast<std::uint16_t>(kFirstSlot + at);
            slot.is_full = cartridges_.at(at).is_inside;
            slot.is_accessible = true;
            if (slot.is_full) slot.label = cartridges_.at(at).label;
            reading.elements.push_back(slot);
        }
        world_.in([&](Store& store) {
            Library library = *store.find<Library>(world_.library.id);
            apply_reading(store, library, reading, {}, world_.now);
        });
        for (Cartridge& one : cartridges_) notice(one);
    }

    void notice(Cartridge& one) {
        if (one.is_inside && !one.has_record) {
            one.has_record = true;
            one.is_online = true;
            one.pool = Pool::Unrecognized;
            one.state = SideState::Foreign;
            one.allocations = 0;
            one.is_in_use = false;
            learn(one);
        } else if (one.is_inside && !one.is_online && one.has_record) {
            one.is_online = true;
            one.is_in_use = one.state == SideState::Unprepared;
        } else if (!one.is_inside && one.is_online) {
            one.is_online = false;
            one.is_in_use = false;
            const bool is_kept = one.pool != Pool::Unrecognized && one.pool != Pool::Import;
            if (!is_kept) forget(one);
        }
    }

    void learn(Cartridge& one) {
        world_.in([&](Store& store) {
            const auto medium = store.medium_of_bar_code(one.label);
            ASSERT_TRUE(medium);
            one.medium = medium->id;
            one.sequence = std::stoull(medium->sequence_number);
            one.side = store.sides_of(medium->id).front().id;
        });
    }

    static void forget(Cartridge& one) {
        one.has_record = false;
        one.is_online = false;
        one.is_in_use = false;
        one.logical = {};
    }

    static Error expected_move(const Cartridge& one, Pool to) {
        if (!one.has_record) return Error::InvalidMedia;
        if (one.is_in_use || one.state == SideState::Unprepared) return Error::Busy;
        const bool is_unavailable = is_blocking(one.state) || !one.is_online;
        if (to == Pool::Free && is_unavailable) return Error::Busy;
        if (to == Pool::Unrecognized || to == Pool::Import) return Error::InvalidMediaPool;
        if (one.pool == Pool::Unrecognized && to != Pool::Free) return Error::InvalidMediaPool;
        if (one.pool == Pool::Free && to == Pool::Free) return Error::InvalidMediaPool;
        return Error::Success;
    }

    void move(Cartridge& one, Pool to) {
        const Error expected = expected_move(one, to);
        EXPECT_EQ(world_.call([&](Context& context) {
            return move_to_media_pool(context, one.medium.is_null() ? Guid(1, 1) : one.medium,
                                      id_of(to));
        }),
                  expected)
            << one.label << " to " << static_cast<int>(to);
        if (expected != Error::Success) return;
        one.pool = to;
        if (to != Pool::Free || one.state == SideState::Decommissioned) return;
        one.state = SideState::Unprepared;
        one.is_in_use = true;
    }

    Cartridge* choose(Pool pool) {
        Cartridge* best = nullptr;
        for (Cartridge& one : cartridges_) {
            const bool fits = one.has_record && one.is_online && one.pool == pool &&
                              one.state == SideState::Available;
            if (!fits) continue;
            const auto rank = [](const Cartridge& it) {
                return std::pair{it.allocations, it.sequence};
            };
            if (best == nullptr || rank(one) < rank(*best)) best = &one;
        }
        return best;
    }

    void allocate(Pool pool) {
        Cartridge* chosen = choose(pool);
        if (chosen == nullptr && pool == Pool::Second) chosen = choose(Pool::Free);
        Allocated allocated;
        EXPECT_EQ(world_.call([&](Context& context) {
            return allocate_media(context, {.pool = id_of(pool)}, allocated);
        }),
                  chosen == nullptr ? Error::MediaUnavailable : Error::Success);
        if (chosen == nullptr) return;
        chosen->pool = pool;
        chosen->state = SideState::Allocated;
        chosen->logical = allocated.logical_medium;
        ++chosen->allocations;
    }

    void deallocate(Cartridge& one) {
        const bool is_allocated = !one.logical.is_null();
        EXPECT_EQ(world_.call([&](Context& context) {
            return deallocate_media(context, is_allocated ? one.logical : Guid(1, 1));
        }),
                  is_allocated ? Error::Success : Error::InvalidMedia);
        if (!is_allocated) return;
        one.logical = {};
        one.state = SideState::Available;
        if (one.pool != Pool::Second) return;
        if (one.allocations >= 3) {
            one.state = SideState::Decommissioned;
            return;
        }
        one.pool = Pool::Free;
        one.state = SideState::Unprepared;
        one.is_in_use = one.is_online;
    }

    void complete(Cartridge& one) {
        Error expected = Error::InvalidMedia;
        if (!one.logical.is_null()) {
            expected = one.state == SideState::Allocated ? Error::Success : Error::InvalidState;
        }
        EXPECT_EQ(world_.call([&](Context& context) {
            return set_media_complete(context, one.logical.is_null() ? Guid(1, 1) : one.logical);
        }),
                  expected);
        if (expected == Error::Success) one.state = SideState::Complete;
    }

    void decommission(Cartridge& one) {
        if (!random_.chance(1, 10)) return;  // it is for good: seldom
        Error expected = Error::InvalidMedia;
        if (one.has_record) {
            expected = one.state == SideState::Available ? Error::Success : Error::InvalidState;
        }
        EXPECT_EQ(world_.call([&](Context& context) {
            return decommission_media(context, one.has_record ? one.side : Guid(1, 1));
        }),
                  expected);
        if (expected == Error::Success) one.state = SideState::Decommissioned;
    }

    // What the library's worker does.
    void write_labels() {
        world_.in([&](Store& store) {
            for (LibRequest& request : store.open_requests_of(world_.library.id)) {
                request.state = RequestState::Passed;
                store.update(request);
                auto side = store.find<Side>(request.side);
                side->state = SideState::Available;
                store.update(*side);
                auto medium = store.find<PhysicalMedium>(request.medium);
                medium->media_state = MediaState::Idle;
                store.update(*medium);
            }
        });
        for (Cartridge& one : cartridges_) {
            if (!one.is_in_use) continue;
            one.is_in_use = false;
            one.state = SideState::Available;
        }
    }

    void remove(Cartridge& one) {
        Error expected = Error::Success;
        if (!one.has_record) {
            expected = Error::InvalidMedia;
        } else if (one.is_online || is_blocking(one.state)) {
            expected = Error::InvalidState;
        }
        EXPECT_EQ(world_.call([&](Context& context) {
            return delete_media(context, one.medium.is_null() ? Guid(1, 1) : one.medium);
        }),
                  expected)
            << one.label;
        if (expected == Error::Success) forget(one);
    }

    // --- the comparison

    void compare() {
        world_.in([&](Store& store) {
            std::size_t records = 0;
            for (const Cartridge& one : cartridges_) {
                const auto medium = store.medium_of_bar_code(one.label);
                ASSERT_EQ(medium.has_value(), one.has_record) << one.label;
                if (!medium) continue;
                ++records;
                EXPECT_EQ(medium->id, one.medium);
                EXPECT_EQ(medium->pool, id_of(one.pool)) << one.label;
                EXPECT_EQ(medium->library, one.is_online ? world_.library.id : world_.offline.id);
                EXPECT_EQ(medium->location.is_null(), !one.is_online);
                EXPECT_EQ(medium->media_state == MediaState::InUse, one.is_in_use) << one.label;
                compare_side(store, one);
            }
            EXPECT_EQ(store.ids(PhysicalMedium::type, ObjectType::Unknown, {})->size(), records);
            EXPECT_EQ(store.ids(Side::type, ObjectType::Unknown, {})->size(), records);
            const auto owned =
                std::count_if(cartridges_.begin(), cartridges_.end(),
                              [](const Cartridge& one) { return !one.logical.is_null(); });
            EXPECT_EQ(store.ids(LogicalMedium::type, ObjectType::Unknown, {})->size(),
                      static_cast<std::size_t>(owned));
        });
    }

    static void compare_side(Store& store, const Cartridge& one) {
        const auto side = store.find<Side>(one.side);
        ASSERT_TRUE(side);
        EXPECT_EQ(side->state, one.state) << one.label;
        EXPECT_EQ(side->logical_medium, one.logical);
        EXPECT_EQ(side->allocate_count, one.allocations);
        if (one.logical.is_null()) return;
        EXPECT_EQ(store.find<LogicalMedium>(one.logical)->pool,
                  store.find<PhysicalMedium>(one.medium)->pool);
    }

    sim::RandomStream random_;
    World world_;
    Guid second_;
    std::vector<Cartridge> cartridges_;
};

TEST(RandomLife, OfALibraryIsWhatTheDocumentsSay) {
    for (std::uint64_t seed = 1; seed <= 12 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Life(seed).live(400);
    }
}

// --- the work queue

// A random life of a work queue, over a library whose moves are real: mounts, dismounts, ejections,
// cancelled requests, operators who bring, take and refuse. After every call the records must agree
// with one another.
class QueueLife : public QueueHost {
public:
    explicit QueueLife(std::uint64_t seed) : random_(seed) {
        turn_all(true);
        allocated(label(1));
        allocated(label(2));
    }

    void live(int steps) {
        for (int step = 0; step < steps && !testing::Test::HasFailure(); ++step) {
            SCOPED_TRACE("step " + std::to_string(step));
            one_step();
            check();
        }
        if (!testing::Test::HasFailure()) come_to_rest();
    }

private:
    bool maybe(std::uint64_t one_in) { return random_.chance(1, one_in); }
    std::string any_label() { return label(static_cast<int>(random_.below(kCartridges)) + 1); }
    std::string any_side() {
        const std::string id = medium(any_label());
        const auto sides =
            id.empty() ? std::vector<std::string>{} : list(ObjectType::Partition, id);
        return sides.empty() ? id : sides.front();
    }
    std::string any_of(ObjectType type) {
        const auto all = list(type);
        return all.empty() ? std::string() : all.at(random_.below(all.size()));
    }

    void one_step() {
        switch (random_.below(12)) {
            case 0:
            case 1:
                return mount_some();
            case 2:
                static_cast<void>(dismount({any_side()}, random_.below(3)));
                return;
            case 3:
                static_cast<void>(dismount_drive(any_of(ObjectType::Drive)));
                return;
            case 4:
                static_cast<void>(cancel(any_of(ObjectType::LibRequest)));
                return;
            case 5:
            case 6:
                return delays.pass(random_.below(maybe(4) ? 400'000 : 2'000));
            case 7:
                return use_hands();
            case 8:
                static_cast<void>(inventory(vault(), InventoryMethod::Fast));
                return;
            case 9:
                return answer_question();
            case 10:
                static_cast<void>(
                    eject(medium(any_label()), maybe(3) ? EjectAction::Force : EjectAction::Start));
                return;
            case 11:
                return turn_or_delete();
        }
    }

    void mount_some() {
        auto request = mount_of({any_side()});
        if (maybe(3)) request.add_media_ids(any_side());
        request.set_priority(static_cast<std::int32_t>(random_.below(31)) - 15);
        request.set_timeout_ms(static_cast<std::uint32_t>(random_.below(60'000)));
        std::uint32_t options = 0;
        if (maybe(3)) options |= kMountNoWait;
        if (maybe(4)) options |= kMountErrorOffline;
        if (maybe(4)) options |= kMountErrorNotAvailable;
        if (maybe(4) && request.media_ids_size() == 1) {
            options |= kMountSpecificDrive;
            request.add_drive_ids(any_of(ObjectType::Drive));
        }
        request.set_options(options);
        mounts_.push_back(begin("MountMedia", request));
    }

    // Takes what stands in a slot or port, or puts back what is outside.
    void use_hands() {
        const std::string one = any_label();
        const std::uint16_t where = library.where(one);
        if (where == 0) {
            for (std::uint16_t at = 0; at < 6; ++at) {
                if (is_full(library.slot(at))) continue;
                return library.put(library.slot(at), one);
            }
        }
        if (where >= library.port(0)) library.take(one);
    }
    bool is_full(std::uint16_t element) const {
        for (int at = 1; at <= kCartridges; ++at) {
            if (library.where(label(at)) == element) return true;
        }
        return false;
    }

    void answer_question() {
        const std::string question = any_of(ObjectType::OpRequest);
        static_cast<void>(maybe(2) ? satisfy(question) : refuse(question));
    }

    void turn_or_delete() {
        if (maybe(3)) {
            static_cast<void>(remove(medium(any_label())));
        } else if (maybe(2)) {
            static_cast<void>(move(medium(any_label()), free_pool()));
        } else {
            const ObjectType type = maybe(2) ? ObjectType::Drive : ObjectType::PhysicalMedia;
            static_cast<void>(turn(type, any_of(type), maybe(2)));
        }
    }

    void turn_all(bool is_on) {
        for (const ObjectType type : {ObjectType::Drive, ObjectType::PhysicalMedia}) {
            for (const std::string& id : list(type)) static_cast<void>(turn(type, id, is_on));
        }
    }

    // --- the records, all of them at one moment

    using Objects = std::map<std::string, v1::ObjectInformation>;
    Objects all_of(ObjectType type) {
        Objects objects;
        for (const std::string& id : list(type)) objects.emplace(id, get(id));
        return objects;
    }

    void check() {
        const Objects media = all_of(ObjectType::PhysicalMedia);
        const Objects drives = all_of(ObjectType::Drive);
        sides_.clear();
        wanted_.clear();
        for (const auto& [id, side] : all_of(ObjectType::Partition)) {
            sides_[id] = side.partition().physical_media();
            EXPECT_TRUE(media.contains(sides_[id]));
        }
        for (const auto& [id, request] : all_of(ObjectType::LibRequest)) {
            check_request(id, request.lib_request(), media);
        }
        for (const auto& [id, request] : all_of(ObjectType::OpRequest)) {
            const auto& asked = request.op_request();
            if (asked.state() >= 4) continue;
            EXPECT_EQ(get(asked.arg1()).type(), asked.arg1_type());
        }
        std::set<std::string> places;
        for (const auto& [id, medium] : media) {
            SCOPED_TRACE(medium.name());
            check_medium(id, medium.physical_media(), drives, places);
        }
        for (const auto& [id, drive] : drives) {
            SCOPED_TRACE(drive.name());
            check_drive(id, drive.drive(), media);
        }
    }

    // None for a medium that is gone.
    void check_request(const std::string& id, const v1::LibRequestInformation& request,
                       const Objects& media) {
        const auto state = static_cast<RequestState>(request.state());
        const bool is_open = state == RequestState::Queued || state == RequestState::InProcess ||
                             state == RequestState::Waiting || state == RequestState::Deferred;
        if (!is_open) {
            EXPECT_GT(request.time_completed(), 0U) << id;
            return;
        }
        if (!request.phys_media_id().empty()) {
            EXPECT_TRUE(media.contains(request.phys_media_id()));
        }
        if (!request.partition_id().empty()) {
            EXPECT_EQ(sides_[request.partition_id()], request.phys_media_id());
        }
        if (!request.drive_id().empty()) {
            EXPECT_NE(get(request.drive_id()).name(), "");
        }
        const bool is_eject = request.operation_code() == 10;
        const bool is_wanting = state == RequestState::Queued || state == RequestState::InProcess ||
                                (state == RequestState::Waiting && !is_eject);
        if (is_wanting) wanted_.insert(request.phys_media_id());
    }

    // In one place, and what its place and its requests say.
    void check_medium(const std::string& id, const v1::PhysicalMediaInformation& medium,
                      const Objects& drives, std::set<std::string>& places) {
        const auto state = static_cast<MediaState>(medium.media_state());
        const bool is_outside = get(medium.current_library()).library().library_type() == 1;
        EXPECT_EQ(medium.location().empty(), is_outside);
        const bool is_wanted = wanted_.contains(id);
        if (is_outside) {
            EXPECT_EQ(state, is_wanted ? MediaState::OperatorRequired : MediaState::Idle);
            return;
        }
        EXPECT_TRUE(places.insert(medium.location()).second) << "two in one place";
        const auto drive = drives.find(medium.location());
        const auto in_drive = drive == drives.end()
                                  ? DriveState::Dismounted
                                  : static_cast<DriveState>(drive->second.drive().state());
        EXPECT_EQ(medium.mounted_partition().empty(), drive == drives.end());
        if (drive != drives.end()) {
            EXPECT_EQ(sides_[medium.mounted_partition()], id);
            EXPECT_EQ(drive->second.drive().saved_partition_id(), medium.mounted_partition());
            EXPECT_NE(in_drive, DriveState::Dismounted);
        }
        switch (state) {
            case MediaState::Loaded:
                EXPECT_EQ(in_drive, DriveState::Loaded);
                break;
            case MediaState::Mounted:
                EXPECT_EQ(in_drive, DriveState::Mounted);
                break;
            case MediaState::Unloaded:
                EXPECT_EQ(in_drive, DriveState::Unloaded);
                break;
            case MediaState::InUse:
                EXPECT_TRUE(is_wanted);
                break;
            default:
                EXPECT_EQ(state, MediaState::Idle);
                EXPECT_FALSE(is_wanted);
                EXPECT_TRUE(drive == drives.end() || in_drive == DriveState::Dismountable);
        }
    }

    void check_drive(const std::string& id, const v1::DriveInformation& drive,
                     const Objects& media) {
        const bool is_empty = static_cast<DriveState>(drive.state()) == DriveState::Dismounted;
        EXPECT_EQ(drive.saved_partition_id().empty(), is_empty);
        if (is_empty) return;
        const auto inside = media.find(sides_[drive.saved_partition_id()]);
        ASSERT_NE(inside, media.end());
        EXPECT_EQ(inside->second.physical_media().location(), id);
    }

    // Everything that can end does, and the records say what stands where.
    void come_to_rest() {
        turn_all(true);
        for (int round = 0; round < 3; ++round) {
            for (const std::string& id : list(ObjectType::LibRequest))
                static_cast<void>(cancel(id));
            for (const std::string& id : list(ObjectType::Drive)) {
                static_cast<void>(dismount_drive(id));
            }
            static_cast<void>(inventory(vault(), InventoryMethod::Fast));
            delays.pass(3'600'000);
        }
        EXPECT_TRUE(delays.is_idle());
        check();
        for (const Pending& mount : mounts_) EXPECT_TRUE(mount.is_over());
        for (const std::string& id : list(ObjectType::Drive)) {
            EXPECT_EQ(get(id).drive().state(), 0U);
        }
        for (const std::string& id : list(ObjectType::PhysicalMedia)) {
            const auto info = get(id);
            const std::uint16_t where = library.where(info.physical_media().bar_code());
            const bool is_inside = !info.physical_media().location().empty();
            EXPECT_EQ(is_inside, where != 0) << info.name();
        }
    }

    sim::RandomStream random_;
    std::vector<Pending> mounts_;
    std::map<std::string, std::string> sides_;  // and their media
    std::set<std::string> wanted_;              // media with a request that is not put off
};

TEST(RandomQueue, LeavesRecordsThatAgreeWhateverIsAskedOfIt) {
    for (std::uint64_t seed = 1; seed <= 4 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        QueueLife(seed).live(50);
    }
}

}  // namespace
}  // namespace nearline::rsm
