// DeleteNtmsLibrary and DeleteNtmsDrive: who may, when, and what is left.
#include "rsm/removal_rules.h"

#include <gtest/gtest.h>

#include "tests/rsm/world.h"

namespace nearline::rsm {
namespace {

using Where = World::Where;

// The library of the world, gone: enabled and not present, with a drive, a changer and a door.
struct Gone : World {
    Gone() {
        set(OperationalState::NotPresent);
        in([&](Store& rows) {
            drive.library = library.id;
            drive.number = 1;
            rows.insert(drive);
            Changer changer;
            changer.library = library.id;
            rows.insert(changer);
            IEDoor door;
            door.library = library.id;
            rows.insert(door);
        });
    }
    void set(OperationalState state, bool is_enabled = true) {
        in([&](Store& rows) {
            auto kept = *rows.find<Library>(library.id);
            kept.operational_state = state;
            kept.is_enabled = is_enabled;
            rows.update(kept);
        });
    }
    void set_drive(OperationalState state) {
        in([&](Store& rows) {
            drive.operational_state = state;
            rows.update(drive);
        });
    }
    void remove_slot() {
        in([&](Store& rows) { rows.erase<StorageSlot>(slot.id); });
    }
    Error remove(const Id& id, const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) { return delete_library(context, id); });
    }
    Error remove_drive(const Id& id, const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) { return delete_drive(context, id); });
    }
    std::size_t count(ObjectType type) {
        std::size_t found = 0;
        in([&](Store& rows) { found = rows.ids(type, ObjectType::Unknown, {})->size(); });
        return found;
    }
    Drive drive;
};

// returns: ERROR_SUCCESS
TEST(DeleteLibrary, SucceedsAndLeavesEveryMediumOffline) {
    Gone world;
    const auto owned =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    const auto foreign =
        world.add_medium("NL0002L9", world.unrecognized.id, Where::Inside, {SideState::Foreign});
    EXPECT_EQ(world.remove(world.library.id), Error::Success);
    for (const Guid& id : {owned.id, foreign.id}) {
        const auto medium = world.row<PhysicalMedium>(id);
        ASSERT_TRUE(medium);  // no record is lost, whatever its pool
        EXPECT_EQ(medium->library, world.offline.id);
        EXPECT_TRUE(medium->location.is_null());
        EXPECT_TRUE(medium->home_slot.is_null());
    }
    EXPECT_EQ(world.state_of(owned.sides.front()), SideState::Allocated);
    for (const ObjectType type : {ObjectType::Drive, ObjectType::Changer, ObjectType::StorageSlot,
                                  ObjectType::IEPort, ObjectType::IEDoor}) {
        EXPECT_EQ(world.count(type), 0U);
    }
    EXPECT_EQ(world.count(ObjectType::Library), 1U);  // the offline library
}

TEST(DeleteLibrary, CancelsWhatIsOpenAndKeepsTheRequest) {
    Gone world;
    LibRequest request;
    world.in([&](Store& rows) {
        request.library = world.library.id;
        rows.insert(request);
    });
    EXPECT_EQ(world.remove(world.library.id), Error::Success);
    EXPECT_EQ(world.row<LibRequest>(request.id)->state, RequestState::Cancelled);
    EXPECT_EQ(world.row<LibRequest>(request.id)->library, world.library.id);
}

// returns: ERROR_INVALID_PARAMETER
TEST(DeleteLibrary, AnswersInvalidParameterWithoutAnId) {
    EXPECT_EQ(Gone().remove(std::nullopt), Error::InvalidParameter);
}

// returns: ERROR_INVALID_LIBRARY
TEST(DeleteLibrary, AnswersInvalidLibraryForAnythingElse) {
    Gone world;
    EXPECT_EQ(world.remove(Guid()), Error::InvalidLibrary);
    EXPECT_EQ(world.remove(world.drive.id), Error::InvalidLibrary);
    EXPECT_EQ(world.remove(Guid(1, 2), kStranger), Error::InvalidLibrary);  // before the rights
}

// returns: ERROR_ACCESS_DENIED
TEST(DeleteLibrary, AnswersAccessDeniedWithoutModifyOnTheLibrary) {
    Gone world;
    EXPECT_EQ(world.remove(world.library.id, kStranger), Error::AccessDenied);
    world.in(
        [&](Store& rows) { grant(rows, world.library.id, unix_user(kStranger.user), kModify); });
    EXPECT_EQ(world.remove(world.library.id, kStranger), Error::Success);
}

// returns: ERROR_INVALID_STATE
TEST(DeleteLibrary, AnswersInvalidStateWhenItIsPresentOrDisabledOrTheOfflineOne) {
    Gone world;
    EXPECT_EQ(world.remove(world.offline.id), Error::InvalidState);
    world.set(OperationalState::NotPresent, false);
    EXPECT_EQ(world.remove(world.library.id), Error::InvalidState);
    world.set(OperationalState::Ready);
    EXPECT_EQ(world.remove(world.library.id), Error::InvalidState);
    EXPECT_EQ(world.count(ObjectType::Library), 2U);
}

// returns: ERROR_SUCCESS
TEST(DeleteDrive, SucceedsWhenItIsNotPresent) {
    Gone world;
    world.set(OperationalState::Ready);  // the library may be: the drive alone is gone
    world.set_drive(OperationalState::NotPresent);
    EXPECT_EQ(world.remove_drive(world.drive.id), Error::Success);
    EXPECT_EQ(world.count(ObjectType::Drive), 0U);
    EXPECT_EQ(world.count(ObjectType::Library), 2U);
}

TEST(DeleteDrive, OfAStandAloneLibraryTakesTheLibraryAlong) {
    Gone world;
    world.remove_slot();
    EXPECT_EQ(world.remove_drive(world.drive.id), Error::Success);
    EXPECT_EQ(world.count(ObjectType::Library), 1U);
}

// returns: ERROR_INVALID_STATE
TEST(DeleteDrive, AnswersInvalidStateWhenItIsPresent) {
    Gone world;
    EXPECT_EQ(world.remove_drive(world.drive.id), Error::InvalidState);
    world.remove_slot();
    world.set(OperationalState::Ready);  // a stand-alone library must be gone itself
    EXPECT_EQ(world.remove_drive(world.drive.id), Error::InvalidState);
    world.set(OperationalState::NotPresent, false);
    EXPECT_EQ(world.remove_drive(world.drive.id), Error::InvalidState);
}

// returns: ERROR_INVALID_PARAMETER
TEST(DeleteDrive, AnswersInvalidParameterWithoutAnId) {
    EXPECT_EQ(Gone().remove_drive(std::nullopt), Error::InvalidParameter);
}

// returns: ERROR_INVALID_DRIVE
TEST(DeleteDrive, AnswersInvalidDriveForAnythingElse) {
    Gone world;
    EXPECT_EQ(world.remove_drive(world.library.id), Error::InvalidDrive);
    EXPECT_EQ(world.remove_drive(Guid(1, 2), kStranger), Error::InvalidDrive);
}

// returns: ERROR_INVALID_LIBRARY
TEST(DeleteDrive, AnswersInvalidLibraryWhenItsLibraryIsNotOnRecord) {
    Gone world;
    world.in([&](Store& rows) { rows.erase<Library>(world.library.id); });
    EXPECT_EQ(world.remove_drive(world.drive.id), Error::InvalidLibrary);
}

// returns: ERROR_ACCESS_DENIED
TEST(DeleteDrive, AnswersAccessDeniedWithoutModifyOnTheLibrary) {
    Gone world;
    EXPECT_EQ(world.remove_drive(world.drive.id, kStranger), Error::AccessDenied);
}

}  // namespace
}  // namespace nearline::rsm
