// What is refused, in which order, and what the functions on media do when nothing is in the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rsm/world.h"

namespace nearline::rsm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Where = World::Where;

Error remove(World& world, const Id& id, const Caller& caller = kAdministrator) {
    return world.call(caller, [&](Context& context) { return delete_media(context, id); });
}

// --- DeleteNtmsMedia

// returns: ERROR_INVALID_PARAMETER
TEST(DeleteMedia, WithoutAnIdIsAnInvalidParameter) {
    World world;
    EXPECT_EQ(remove(world, std::nullopt), Error::InvalidParameter);
    EXPECT_EQ(remove(world, std::nullopt, kStranger), Error::InvalidParameter);
}

// returns: ERROR_INVALID_MEDIA
TEST(DeleteMedia, OfAnythingButAPhysicalMediumIsInvalidMedia) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Allocated});
    EXPECT_EQ(remove(world, Guid()), Error::InvalidMedia);
    EXPECT_EQ(remove(world, Guid(1, 2)), Error::InvalidMedia);
    EXPECT_EQ(remove(world, medium.sides.front()), Error::InvalidMedia);
    EXPECT_EQ(remove(world, world.logical_on(medium.sides.front())), Error::InvalidMedia);
    EXPECT_EQ(remove(world, world.pool), Error::InvalidMedia);
    EXPECT_EQ(remove(world, Guid(1, 2), kStranger), Error::InvalidMedia);  // before the rights
}

// returns: ERROR_INVALID_MEDIA_POOL
TEST(DeleteMedia, WhosePoolIsGoneIsInvalidMediaPool) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    world.in([&](Store& store) { store.erase<MediaPool>(world.pool); });
    EXPECT_EQ(remove(world, medium.id), Error::InvalidMediaPool);
    EXPECT_EQ(remove(world, medium.id, kStranger), Error::InvalidMediaPool);
}

// returns: ERROR_ACCESS_DENIED
TEST(DeleteMedia, NeedsModifyOnThePoolAndOnTheComputer) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    const auto grant = [&](const Guid& object, std::uint32_t rights) {
        world.in(
            [&](Store& store) { rsm::grant(store, object, unix_user(kStranger.user), rights); });
    };
    Guid computer;
    world.in([&](Store& store) { computer = store.computer().id; });
    // Online and allocated as it is: the rights are asked first.
    EXPECT_EQ(remove(world, medium.id, kStranger), Error::AccessDenied);
    grant(world.pool, kUse | kControl);
    grant(computer, kModify);
    EXPECT_EQ(remove(world, medium.id, kStranger), Error::AccessDenied);
    grant(world.pool, kModify);
    grant(computer, kUse | kControl);
    EXPECT_EQ(remove(world, medium.id, kStranger), Error::AccessDenied);
    grant(computer, kModify);
    EXPECT_EQ(remove(world, medium.id, kStranger), Error::InvalidState);
}

struct DeletionCase {
    Where where;
    std::vector<SideState> sides;
    Error answer;
};

// returns: ERROR_SUCCESS
// returns: ERROR_INVALID_STATE
TEST(DeleteMedia, IsDecidedByWhereItIsAndByEverySide) {
    using S = SideState;
    const std::vector<DeletionCase> cases = {
        {Where::Outside, {S::Unknown}, Error::Success},
        {Where::Outside, {S::Unprepared}, Error::Success},
        {Where::Outside, {S::Incompatible}, Error::Success},
        {Where::Outside, {S::Decommissioned}, Error::Success},
        {Where::Outside, {S::Available}, Error::Success},
        {Where::Outside, {S::Foreign}, Error::Success},
        {Where::Outside, {S::Import}, Error::Success},
        {Where::Outside, {S::Available, S::Import}, Error::Success},
        {Where::Outside, {}, Error::Success},
        {Where::Outside, {S::Allocated}, Error::InvalidState},
        {Where::Outside, {S::Complete}, Error::InvalidState},
        {Where::Outside, {S::Reserved}, Error::InvalidState},
        {Where::Outside, {S::Available, S::Allocated}, Error::InvalidState},
        {Where::Outside, {S::Available, S::Reserved}, Error::InvalidState},
        {Where::Inside, {S::Unknown}, Error::InvalidState},
        {Where::Inside, {S::Available}, Error::InvalidState},
        {Where::Inside, {S::Decommissioned}, Error::InvalidState},
        {Where::Inside, {S::Foreign}, Error::InvalidState},
        {Where::Inside, {S::Import}, Error::InvalidState},
        {Where::Inside, {S::Allocated}, Error::InvalidState},
        {Where::Inside, {S::Complete}, Error::InvalidState},
        {Where::Inside, {S::Reserved}, Error::InvalidState},
    };
    for (const DeletionCase& one : cases) {
        World world;
        const auto medium = world.add_medium("NL0001L9", world.pool, one.where, one.sides);
        EXPECT_EQ(remove(world, medium.id), one.answer)
            << (one.where == Where::Inside ? "inside " : "outside ")
            << testing::PrintToString(std::vector<int>(one.sides.size()));
        const bool is_gone = one.answer == Error::Success;
        EXPECT_EQ(world.row<PhysicalMedium>(medium.id).has_value(), !is_gone);
        for (const Guid& side : medium.sides) {
            EXPECT_EQ(world.row<Side>(side).has_value(), !is_gone);
        }
    }
}

// returns: ERROR_INVALID_STATE
TEST(DeleteMedia, OfAMediumInADisconnectedLibraryIsRefused) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Available});
    world.in([&](Store& store) {
        world.library.operational_state = OperationalState::NotPresent;
        world.library.library_type = LibraryType::Offline;
        store.update(world.library);
    });
    EXPECT_EQ(remove(world, medium.id), Error::InvalidState);
}

// returns: ERROR_SUCCESS
TEST(DeleteMedia, OfADisabledMediumIsDone) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Available});
    world.in([&](Store& store) {
        auto row = store.find<PhysicalMedium>(medium.id);
        row->is_enabled = false;
        store.update(*row);
    });
    EXPECT_EQ(remove(world, medium.id), Error::Success);
}

// returns: ERROR_INVALID_MEDIA
TEST(DeleteMedia, TwiceIsInvalidMediaTheSecondTime) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Available});
    EXPECT_EQ(remove(world, medium.id), Error::Success);
    EXPECT_EQ(remove(world, medium.id), Error::InvalidMedia);
}

// returns: ERROR_SUCCESS
TEST(DeleteMedia, TakesEveryReferenceWithIt) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Available});
    OpRequest asked;
    asked.command = OpCommand::MoveMedia;
    asked.argument1 = medium.id;
    LibRequest waiting;
    waiting.medium = medium.id;
    waiting.library = world.library.id;
    waiting.state = RequestState::Waiting;
    LibRequest finished = waiting;
    finished.state = RequestState::Passed;
    world.in([&](Store& store) {
        store.insert(asked);
        store.insert(waiting);
        store.insert(finished);
    });
    EXPECT_EQ(remove(world, medium.id), Error::Success);
    world.in([&](Store& store) {
        EXPECT_EQ(store.count(Store::Counted::MediaOfPool, world.pool), 0U);
        EXPECT_EQ(store.count(Store::Counted::MediaOfLibrary, world.offline.id), 0U);
        EXPECT_THAT(*store.ids(ObjectType::Partition, ObjectType::Unknown, {}), IsEmpty());
        EXPECT_FALSE(store.medium_of_bar_code("NL0001L9"));  // free for another
    });
    EXPECT_EQ(world.row<OpRequest>(asked.id)->state, OpState::Refused);
    EXPECT_EQ(world.row<LibRequest>(waiting.id)->state, RequestState::Cancelled);
    // What is finished keeps the stale id: the documents say work items are not updated.
    EXPECT_EQ(world.row<LibRequest>(finished.id)->medium, medium.id);
}

// returns: ERROR_DATABASE_FAILURE
TEST(DeleteMedia, LeavesAllAsItWasWhenTheDatabaseFails) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Available});
    const auto other =
        world.add_medium("NL0002L9", world.pool, Where::Outside, {SideState::Available});
    EXPECT_EQ(world.call([&](Context& context) {
        const Error deleted = delete_media(context, medium.id);
        auto twin = context.store.find<PhysicalMedium>(other.id);
        twin->id = {};
        context.store.insert(*twin);  // its bar code is taken: the database refuses
        return deleted;
    }),
              Error::DatabaseFailure);
    EXPECT_TRUE(world.row<PhysicalMedium>(medium.id));
    EXPECT_TRUE(world.row<Side>(medium.sides.front()));
}

// --- AllocateNtmsMedia

struct AllocationAnswer {
    Error error;
    Allocated allocated;
};

AllocationAnswer allocate(World& world, const Allocation& wanted,
                          const Caller& caller = kAdministrator) {
    AllocationAnswer answer{};
    answer.error = world.call(caller, [&](Context& context) {
        return allocate_media(context, wanted, answer.allocated);
    });
    return answer;
}

void draw_from_free(World& world) {
    world.in([&](Store& store) {
        auto pool = store.find<MediaPool>(world.pool);
        pool->allocation_policy = kAllocateFromFree;
        store.update(*pool);
    });
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA_POOL
// returns: ERROR_ACCESS_DENIED
TEST(AllocateMedia, RefusesWhatIsNoApplicationPoolOfMedia) {
    World world;
    const Guid folder = world.create_pool("Folder", std::nullopt);
    EXPECT_EQ(allocate(world, {}).error, Error::InvalidParameter);
    EXPECT_EQ(allocate(world, {.pool = Guid(1, 2)}).error, Error::InvalidMediaPool);
    EXPECT_EQ(allocate(world, {.pool = world.free.id}).error, Error::InvalidMediaPool);
    EXPECT_EQ(allocate(world, {.pool = folder}).error, Error::InvalidMediaPool);
    EXPECT_EQ(allocate(world, {.pool = world.pool, .options = kAllocateNew | kAllocateNext}).error,
              Error::InvalidParameter);
    EXPECT_EQ(allocate(world, {.pool = world.pool}, kStranger).error, Error::AccessDenied);
}

// returns: ERROR_SUCCESS
TEST(AllocateMedia, TakesAnAvailableSideOfThePool) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Available});
    const auto answer = allocate(world, {.pool = world.pool});
    EXPECT_EQ(answer.error, Error::Success);
    EXPECT_EQ(answer.allocated.from, world.pool);
    EXPECT_EQ(world.state_of(medium.sides.front()), SideState::Allocated);
    EXPECT_EQ(world.logical_on(medium.sides.front()), answer.allocated.logical_medium);
    EXPECT_EQ(world.row<Side>(medium.sides.front())->allocate_count, 1U);
    EXPECT_EQ(world.row<LogicalMedium>(answer.allocated.logical_medium)->pool, world.pool);
}

// returns: ERROR_MEDIA_UNAVAILABLE
TEST(AllocateMedia, NeverTakesWhatIsOfflineDisabledOrInAnotherState) {
    World world;
    world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Available});
    world.add_medium("NL0002L9", world.pool, Where::Inside, {SideState::Allocated});
    world.add_medium("NL0003L9", world.pool, Where::Inside, {SideState::Decommissioned});
    const auto disabled =
        world.add_medium("NL0004L9", world.pool, Where::Inside, {SideState::Available});
    world.in([&](Store& store) {
        auto row = store.find<PhysicalMedium>(disabled.id);
        row->is_enabled = false;
        store.update(*row);
    });
    EXPECT_EQ(allocate(world, {.pool = world.pool}).error, Error::MediaUnavailable);
}

// returns: ERROR_MEDIA_UNAVAILABLE
// returns: ERROR_SUCCESS
TEST(AllocateMedia, DrawsFromTheFreePoolOnlyByPolicy) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.free.id, Where::Inside, {SideState::Available});
    EXPECT_EQ(allocate(world, {.pool = world.pool}).error, Error::MediaUnavailable);
    draw_from_free(world);
    const auto answer = allocate(world, {.pool = world.pool});
    EXPECT_EQ(answer.error, Error::Success);
    EXPECT_EQ(answer.allocated.from, world.free.id);
    EXPECT_EQ(world.row<PhysicalMedium>(medium.id)->pool, world.pool);
}

// returns: ERROR_MEDIA_UNAVAILABLE
TEST(AllocateMedia, DoesNotDrawWhatHasNoFreeLabelYet) {
    World world;
    draw_from_free(world);
    world.add_medium("NL0001L9", world.free.id, Where::Inside, {SideState::Unprepared});
    EXPECT_EQ(allocate(world, {.pool = world.pool}).error, Error::MediaUnavailable);
}

// returns: ERROR_INVALID_MEDIA
// returns: ERROR_MEDIA_OFFLINE
// returns: ERROR_MEDIA_UNAVAILABLE
// returns: ERROR_SUCCESS
TEST(AllocateMedia, OfANamedSideSaysWhyNot) {
    World world;
    const auto outside =
        world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Available});
    const auto taken =
        world.add_medium("NL0002L9", world.pool, Where::Inside, {SideState::Complete});
    const auto imported = world.add_medium("NL0003L9", world.import.id, Where::Inside,
                                           {SideState::Import, SideState::Import});
    const auto of = [&](const Guid& side) {
        return allocate(world, {.pool = world.pool, .side = side}).error;
    };
    EXPECT_EQ(of(Guid(1, 2)), Error::InvalidMedia);
    EXPECT_EQ(of(outside.id), Error::InvalidMedia);
    EXPECT_EQ(of(outside.sides.front()), Error::MediaOffline);
    EXPECT_EQ(of(taken.sides.front()), Error::MediaUnavailable);
    // An import medium comes into the pool; its other side stays IMPORT.
    EXPECT_EQ(of(imported.sides.front()), Error::Success);
    EXPECT_EQ(world.row<PhysicalMedium>(imported.id)->pool, world.pool);
    EXPECT_EQ(world.state_of(imported.sides.front()), SideState::Allocated);
    EXPECT_EQ(world.state_of(imported.sides.back()), SideState::Import);
}

// returns: ERROR_SUCCESS
// returns: ERROR_INVALID_MEDIA
// returns: ERROR_MEDIA_UNAVAILABLE
TEST(AllocateMedia, WithNewKeepsTheOtherSideAndWithNextTakesIt) {
    World world;
    const auto medium = world.add_medium("NL0001L9", world.pool, Where::Inside,
                                         {SideState::Available, SideState::Available});
    const auto first = allocate(world, {.pool = world.pool, .options = kAllocateNew});
    EXPECT_EQ(first.error, Error::Success);
    EXPECT_EQ(world.state_of(medium.sides.back()), SideState::Reserved);
    const Id logical = first.allocated.logical_medium;
    const auto next = [&](const Id& id) {
        return allocate(world,
                        {.pool = world.pool, .logical_medium = id, .options = kAllocateNext});
    };
    EXPECT_EQ(next(std::nullopt).error, Error::InvalidMedia);
    EXPECT_EQ(next(medium.id).error, Error::InvalidMedia);
    EXPECT_EQ(next(logical).error, Error::Success);
    EXPECT_EQ(world.state_of(medium.sides.back()), SideState::Allocated);
    EXPECT_EQ(next(logical).error, Error::MediaUnavailable);
}

// --- DeallocateNtmsMedia, SetNtmsMediaComplete, DecommissionNtmsMedia

Error deallocate(World& world, const Id& id, const Caller& caller = kAdministrator) {
    return world.call(caller, [&](Context& context) { return deallocate_media(context, id); });
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA
// returns: ERROR_ACCESS_DENIED
TEST(DeallocateMedia, RefusesWhatIsNoLogicalMedium) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    EXPECT_EQ(deallocate(world, std::nullopt), Error::InvalidParameter);
    EXPECT_EQ(deallocate(world, medium.id), Error::InvalidMedia);
    EXPECT_EQ(deallocate(world, medium.sides.front()), Error::InvalidMedia);
    EXPECT_EQ(deallocate(world, world.logical_on(medium.sides.front()), kStranger),
              Error::AccessDenied);
}

// returns: ERROR_SUCCESS
// returns: ERROR_INVALID_MEDIA
TEST(DeallocateMedia, MakesTheSideAvailableFromAllocatedAndComplete) {
    for (const SideState state : {SideState::Allocated, SideState::Complete}) {
        World world;
        const auto medium =
            world.add_medium("NL0001L9", world.pool, Where::Outside, {state, SideState::Reserved});
        const Guid logical = world.logical_on(medium.sides.front());
        EXPECT_EQ(deallocate(world, logical), Error::Success);
        EXPECT_EQ(world.state_of(medium.sides.front()), SideState::Available);
        EXPECT_EQ(world.state_of(medium.sides.back()), SideState::Available);
        EXPECT_FALSE(world.row<LogicalMedium>(logical));
        EXPECT_EQ(deallocate(world, logical), Error::InvalidMedia);
        EXPECT_EQ(remove(world, medium.id), Error::Success);
    }
}

// returns: ERROR_SUCCESS
TEST(DeallocateMedia, RetiresASideThatWasAllocatedOftenEnough) {
    World world;
    world.in([&](Store& store) {
        auto pool = store.find<MediaPool>(world.pool);
        pool->max_allocates = 2;
        store.update(*pool);
    });
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Available});
    const auto once = [&] {
        const auto answer = allocate(world, {.pool = world.pool});
        EXPECT_EQ(answer.error, Error::Success);
        EXPECT_EQ(deallocate(world, answer.allocated.logical_medium), Error::Success);
        return world.state_of(medium.sides.front());
    };
    EXPECT_EQ(once(), SideState::Available);
    EXPECT_EQ(once(), SideState::Decommissioned);
}

// returns: ERROR_SUCCESS
TEST(DeallocateMedia, GivesBackToTheFreePoolByPolicy) {
    for (const Where where : {Where::Inside, Where::Outside}) {
        World world;
        world.in([&](Store& store) {
            auto pool = store.find<MediaPool>(world.pool);
            pool->deallocation_policy = kDeallocateToFree;
            store.update(*pool);
        });
        const auto medium = world.add_medium("NL0001L9", world.pool, where, {SideState::Allocated});
        EXPECT_EQ(deallocate(world, world.logical_on(medium.sides.front())), Error::Success);
        EXPECT_EQ(world.row<PhysicalMedium>(medium.id)->pool, world.free.id);
        EXPECT_EQ(world.state_of(medium.sides.front()), SideState::Unprepared);
        // Only what is inside can be labelled now.
        world.in([&](Store& store) {
            EXPECT_EQ(store.open_requests_for(medium.id).size(), where == Where::Inside ? 1U : 0U);
        });
    }
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_INVALID_STATE
// returns: ERROR_SUCCESS
TEST(SetMediaComplete, IsForAllocatedSidesThatNobodyUses) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    const Guid logical = world.logical_on(medium.sides.front());
    const auto complete = [&](const Id& id, const Caller& caller = kAdministrator) {
        return world.call(caller,
                          [&](Context& context) { return set_media_complete(context, id); });
    };
    EXPECT_EQ(complete(std::nullopt), Error::InvalidParameter);
    EXPECT_EQ(complete(medium.id), Error::InvalidMedia);
    EXPECT_EQ(complete(logical, kStranger), Error::AccessDenied);
    const auto put_in_state = [&](MediaState state) {
        world.in([&](Store& store) {
            auto row = store.find<PhysicalMedium>(medium.id);
            row->media_state = state;
            store.update(*row);
        });
    };
    put_in_state(MediaState::Loaded);
    EXPECT_EQ(complete(logical), Error::InvalidState);
    put_in_state(MediaState::Idle);
    EXPECT_EQ(complete(logical), Error::Success);
    EXPECT_EQ(world.state_of(medium.sides.front()), SideState::Complete);
    EXPECT_EQ(complete(logical), Error::InvalidState);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_INVALID_STATE
// returns: ERROR_SUCCESS
TEST(DecommissionMedia, IsForAvailableSidesAndForGood) {
    World world;
    const auto medium = world.add_medium("NL0001L9", world.pool, Where::Outside,
                                         {SideState::Available, SideState::Reserved});
    const auto retire = [&](const Id& id, const Caller& caller = kAdministrator) {
        return world.call(caller,
                          [&](Context& context) { return decommission_media(context, id); });
    };
    EXPECT_EQ(retire(std::nullopt), Error::InvalidParameter);
    EXPECT_EQ(retire(medium.id), Error::InvalidMedia);
    EXPECT_EQ(retire(medium.sides.front(), kStranger), Error::AccessDenied);
    EXPECT_EQ(retire(medium.sides.back()), Error::InvalidState);
    EXPECT_EQ(retire(medium.sides.front()), Error::Success);
    EXPECT_EQ(retire(medium.sides.front()), Error::InvalidState);
}

// --- MoveToNtmsMediaPool

enum class To { Free, Import, Unrecognized, Application };
struct MoveCase {
    To from;
    To to;
    Where where;
    SideState side;
    Error answer;
};

// returns: ERROR_SUCCESS
// returns: ERROR_BUSY
// returns: ERROR_INVALID_MEDIA_POOL
TEST(MoveToMediaPool, FollowsTheTableOfPools) {
    using S = SideState;
    const Where in = Where::Inside;
    const Where out = Where::Outside;
    const std::vector<MoveCase> cases = {
        {To::Unrecognized, To::Free, in, S::Foreign, Error::Success},
        {To::Unrecognized, To::Free, out, S::Foreign, Error::Busy},
        {To::Unrecognized, To::Application, in, S::Foreign, Error::InvalidMediaPool},
        {To::Unrecognized, To::Import, in, S::Foreign, Error::InvalidMediaPool},
        {To::Unrecognized, To::Free, in, S::Incompatible, Error::InvalidMediaPool},
        {To::Import, To::Free, in, S::Import, Error::Success},
        {To::Import, To::Application, in, S::Import, Error::Success},
        {To::Import, To::Unrecognized, in, S::Import, Error::InvalidMediaPool},
        {To::Application, To::Free, in, S::Available, Error::Success},
        {To::Application, To::Free, in, S::Allocated, Error::Busy},
        {To::Application, To::Free, in, S::Complete, Error::Busy},
        {To::Application, To::Free, in, S::Reserved, Error::Busy},
        {To::Application, To::Import, in, S::Import, Error::Success},
        {To::Application, To::Import, in, S::Available, Error::InvalidMediaPool},
        {To::Application, To::Application, out, S::Allocated, Error::Success},
        {To::Free, To::Application, in, S::Available, Error::Success},
        {To::Free, To::Application, in, S::Unprepared, Error::Busy},
        {To::Free, To::Free, in, S::Available, Error::InvalidMediaPool},
    };
    for (const MoveCase& one : cases) {
        World world;
        const Guid other = world.create_pool("Other", world.lto.id);
        const auto pool_of = [&](To which, const Guid& application) {
            switch (which) {
                case To::Free:
                    return world.free.id;
                case To::Import:
                    return world.import.id;
                case To::Unrecognized:
                    return world.unrecognized.id;
                case To::Application:
                    break;
            }
            return application;
        };
        const Guid from = pool_of(one.from, world.pool);
        const Guid to = pool_of(one.to, other);
        const auto medium = world.add_medium("NL0001L9", from, one.where, {one.side});
        EXPECT_EQ(world.call(
                      [&](Context& context) { return move_to_media_pool(context, medium.id, to); }),
                  one.answer)
            << static_cast<int>(one.from) << " to " << static_cast<int>(one.to) << " in state "
            << static_cast<int>(one.side);
        const bool has_moved = one.answer == Error::Success;
        EXPECT_EQ(world.row<PhysicalMedium>(medium.id)->pool, has_moved ? to : from);
        if (has_moved && one.to == To::Free) {
            EXPECT_EQ(world.state_of(medium.sides.front()), SideState::Unprepared);
        }
        const Guid logical = world.logical_on(medium.sides.front());
        if (!logical.is_null()) {
            EXPECT_EQ(world.row<LogicalMedium>(logical)->pool, has_moved ? to : from);
        }
    }
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA
// returns: ERROR_INVALID_MEDIA_POOL
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_MEDIA_INCOMPATIBLE
TEST(MoveToMediaPool, ChecksInTheDocumentedOrder) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.unrecognized.id, Where::Inside, {SideState::Foreign});
    MediaType dlt;
    Guid wrong_type;
    world.in([&](Store& store) { dlt = *store.media_type_of_code(0x27); });
    wrong_type = world.create_pool("DLT", dlt.id);
    const auto move = [&](const Id& id, const Id& pool, const Caller& caller = kAdministrator) {
        return world.call(caller,
                          [&](Context& context) { return move_to_media_pool(context, id, pool); });
    };
    EXPECT_EQ(move(std::nullopt, world.free.id), Error::InvalidParameter);
    EXPECT_EQ(move(medium.id, std::nullopt), Error::InvalidParameter);
    EXPECT_EQ(move(medium.sides.front(), Guid(1, 2)), Error::InvalidMedia);
    EXPECT_EQ(move(medium.id, Guid(1, 2)), Error::InvalidMediaPool);
    EXPECT_EQ(move(medium.id, wrong_type, kStranger), Error::AccessDenied);
    EXPECT_EQ(move(medium.id, wrong_type), Error::MediaIncompatible);
}

}  // namespace
}  // namespace nearline::rsm
