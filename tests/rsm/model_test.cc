// A random life of a library, against a simple picture of what the documents say: media come, are
// moved between pools, labelled, allocated, completed, given back, taken out, put in again and
// deleted. After every call the records must be what the picture says.
#include <gtest/gtest.h>

#include <algorithm>

#include "rsm/inventory.h"
#include "sim/random.h"
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

}  // namespace
}  // namespace nearline::rsm
