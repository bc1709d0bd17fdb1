// The cleaner: its slot, its way in and out, and what it is there for.
#include <gtest/gtest.h>

#include "rsm/cleaner_rules.h"
#include "tests/rsm/world.h"

namespace nearline::rsm {
namespace {

struct Slots : World {
    Slots() {
        set_slot(slot, SlotState::Empty);
        other.library = library.id;
        other.number = 2;
        other.state = SlotState::Empty;
        in([&](Store& rows) { rows.insert(other); });
    }
    void set_slot(StorageSlot& which, SlotState state) {
        in([&](Store& rows) {
            which.state = state;
            rows.update(which);
        });
    }
    void set_library(OperationalState state, bool is_enabled) {
        in([&](Store& rows) {
            auto kept = *rows.find<Library>(library.id);
            kept.operational_state = state;
            kept.is_enabled = is_enabled;
            rows.update(kept);
        });
    }
    Error reserve(const Id& library_id, const Id& slot_id, const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) {
            return reserve_cleaner_slot(context, library_id, slot_id);
        });
    }
    Error reserve() { return reserve(library.id, slot.id); }
    Error release(const Id& library_id, const Caller& caller = kAdministrator) {
        return call(caller,
                    [&](Context& context) { return release_cleaner_slot(context, library_id); });
    }
    Guid reserved() { return row<Library>(library.id)->cleaner_slot; }
    StorageSlot other;
};

// returns: ERROR_SUCCESS
TEST(ReserveCleanerSlot, SucceedsOnceAndLeavesARequestThatIsDone) {
    Slots world;
    EXPECT_EQ(world.reserve(), Error::Success);
    EXPECT_EQ(world.reserved(), world.slot.id);
    world.in([&](Store& rows) {
        const auto requests = rows.ids(ObjectType::LibRequest, ObjectType::Unknown, {});
        ASSERT_EQ(requests->size(), 1U);
        const auto request = rows.find<LibRequest>(requests->front());
        EXPECT_EQ(request->operation, Operation::ReserveCleaner);
        EXPECT_EQ(request->state, RequestState::Passed);
        EXPECT_EQ(request->slot, world.slot.id);
    });
}

// returns: ERROR_CLEANER_SLOT_SET
TEST(ReserveCleanerSlot, AnswersCleanerSlotSetWhenTheLibraryHasOne) {
    Slots world;
    EXPECT_EQ(world.reserve(), Error::Success);
    EXPECT_EQ(world.reserve(), Error::CleanerSlotSet);
    EXPECT_EQ(world.reserve(world.library.id, world.other.id), Error::CleanerSlotSet);
}

// returns: ERROR_RESOURCE_NOT_AVAILABLE
TEST(ReserveCleanerSlot, AnswersResourceNotAvailableForASlotThatIsFullOrNotThere) {
    Slots world;
    world.set_slot(world.slot, SlotState::Full);
    EXPECT_EQ(world.reserve(), Error::ResourceNotAvailable);
    world.set_slot(world.slot, SlotState::NotPresent);
    EXPECT_EQ(world.reserve(), Error::ResourceNotAvailable);
    EXPECT_EQ(world.reserve(world.library.id, world.port.id), Error::ResourceNotAvailable);
}

// returns: ERROR_INVALID_PARAMETER
TEST(ReserveCleanerSlot, AnswersInvalidParameterWithoutIds) {
    Slots world;
    EXPECT_EQ(world.reserve(std::nullopt, world.slot.id), Error::InvalidParameter);
    EXPECT_EQ(world.reserve(world.library.id, std::nullopt), Error::InvalidParameter);
}

// returns: ERROR_INVALID_LIBRARY
TEST(ReserveCleanerSlot, AnswersInvalidLibraryForAnythingElse) {
    Slots world;
    EXPECT_EQ(world.reserve(world.slot.id, world.slot.id), Error::InvalidLibrary);
}

// returns: ERROR_ACCESS_DENIED
TEST(ReserveCleanerSlot, AnswersAccessDeniedWithoutControlOnTheLibrary) {
    Slots world;
    EXPECT_EQ(world.reserve(world.library.id, world.slot.id, kStranger), Error::AccessDenied);
}

// returns: ERROR_LIBRARY_OFFLINE
TEST(ReserveCleanerSlot, AnswersLibraryOfflineForTheOfflineLibrary) {
    Slots world;
    EXPECT_EQ(world.reserve(world.offline.id, world.slot.id), Error::LibraryOffline);
}

// returns: ERROR_DEVICE_NOT_AVAILABLE
TEST(ReserveCleanerSlot, AnswersDeviceNotAvailableWhenTheLibraryIsNotConnectedOrDisabled) {
    Slots world;
    world.set_library(OperationalState::NotPresent, true);
    EXPECT_EQ(world.reserve(), Error::DeviceNotAvailable);
    world.set_library(OperationalState::Ready, false);
    EXPECT_EQ(world.reserve(), Error::DeviceNotAvailable);
}

// returns: ERROR_SUCCESS
TEST(ReleaseCleanerSlot, SucceedsWhenItIsEmptyAndAnotherCanBeReserved) {
    Slots world;
    EXPECT_EQ(world.reserve(), Error::Success);
    EXPECT_EQ(world.release(world.library.id), Error::Success);
    EXPECT_TRUE(world.reserved().is_null());
    EXPECT_EQ(world.reserve(world.library.id, world.other.id), Error::Success);
}

// returns: ERROR_CLEANER_SLOT_NOT_SET
TEST(ReleaseCleanerSlot, AnswersCleanerSlotNotSetWhenNoneIsReserved) {
    Slots world;
    EXPECT_EQ(world.release(world.library.id), Error::CleanerSlotNotSet);
}

// returns: ERROR_RESOURCE_NOT_AVAILABLE
TEST(ReleaseCleanerSlot, AnswersResourceNotAvailableWhileTheCleanerIsInside) {
    Slots world;
    EXPECT_EQ(world.reserve(), Error::Success);
    world.set_slot(world.slot, SlotState::Full);
    EXPECT_EQ(world.release(world.library.id), Error::ResourceNotAvailable);
    EXPECT_EQ(world.reserved(), world.slot.id);
}

// returns: ERROR_RESOURCE_NOT_PRESENT
TEST(ReleaseCleanerSlot, AnswersResourceNotPresentWhenTheSlotIsNotInstalled) {
    Slots world;
    EXPECT_EQ(world.reserve(), Error::Success);
    world.set_slot(world.slot, SlotState::NotPresent);
    EXPECT_EQ(world.release(world.library.id), Error::ResourceNotPresent);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_LIBRARY
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_LIBRARY_OFFLINE
TEST(ReleaseCleanerSlot, AnswersForTheWrongLibraryOrCallerInTheirOrder) {
    Slots world;
    EXPECT_EQ(world.release(std::nullopt, kStranger), Error::InvalidParameter);
    EXPECT_EQ(world.release(world.slot.id, kStranger), Error::InvalidLibrary);
    EXPECT_EQ(world.release(world.library.id, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.release(world.offline.id), Error::LibraryOffline);
}

// returns: ERROR_RESOURCE_DISABLED
// returns: ERROR_DEVICE_NOT_AVAILABLE
TEST(ReleaseCleanerSlot, AnswersForALibraryThatIsDisabledOrNotConnected) {
    Slots world;
    EXPECT_EQ(world.reserve(), Error::Success);
    world.set_library(OperationalState::Ready, false);
    EXPECT_EQ(world.release(world.library.id), Error::ResourceDisabled);
    world.set_library(OperationalState::NotPresent, true);
    EXPECT_EQ(world.release(world.library.id), Error::DeviceNotAvailable);
}

}  // namespace
}  // namespace nearline::rsm
