// The cleaner: its slot, its way in and out, and what it is there for.
#include <gtest/gtest.h>

#include "rsm/cleaner_rules.h"
#include "tests/rsm/over_a_library.h"

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

// --- in and out, and into a drive

class Cleaning : public RsmOverALibrary {
protected:
    std::string slot(const std::string& name) {
        return host_.named(ObjectType::StorageSlot, name, vault());
    }
    std::string drive() { return host_.list(ObjectType::Drive).front(); }
    template <typename Reply, typename Request>
    Reply call(const std::string& method, Request request) {
        request.set_session(host_.session);
        return host_.call<Reply>(method, request);
    }
    std::uint32_t reserve() {
        v1::ReserveCleanerSlotRequest request;
        request.set_library_id(vault());
        request.set_slot_id(slot("Slot 4"));
        return call<v1::ReserveCleanerSlotAnswer>("ReserveCleanerSlot", request).error();
    }
    v1::InjectCleanerAnswer inject(std::uint32_t uses, std::uint32_t action = 0,
                                   const std::string& operation = "") {
        v1::InjectCleanerRequest request;
        request.set_library_id(vault());
        request.set_number_of_cleans_left(uses);
        request.set_action(action);
        request.set_inject_operation(operation);
        return call<v1::InjectCleanerAnswer>("InjectCleaner", request);
    }
    v1::EjectCleanerAnswer eject(std::uint32_t action = 0, const std::string& operation = "") {
        v1::EjectCleanerRequest request;
        request.set_library_id(vault());
        request.set_action(action);
        request.set_eject_operation(operation);
        return call<v1::EjectCleanerAnswer>("EjectCleaner", request);
    }
    std::uint32_t clean() {
        v1::CleanDriveRequest request;
        request.set_drive_id(drive());
        return call<v1::CleanDriveAnswer>("CleanDrive", request).error();
    }
    std::uint32_t state(const std::string& request) {
        return host_.get(request).lib_request().state();
    }
    std::uint32_t uses() { return host_.get(vault()).library().cleaner_uses_remaining(); }
    std::size_t asked_for_cleaner() {
        std::size_t count = 0;
        for (const std::string& id : host_.list(ObjectType::OpRequest)) {
            const auto asked = host_.get(id).op_request();
            if (asked.request() == 2 && asked.state() == 1) ++count;
        }
        return count;
    }
    std::string last_cleaning() {
        std::string found;
        for (const std::string& id : host_.list(ObjectType::LibRequest, vault())) {
            if (host_.get(id).lib_request().operation_code() == 15) found = id;
        }
        return found;
    }
    void insert_cleaner() {
        EXPECT_TRUE(library_.hands().open_station());
        EXPECT_TRUE(library_.hands().insert("CLNU01L1", library::station(1)));
        EXPECT_TRUE(library_.hands().close_station());
    }
};

// returns: InjectNtmsCleaner ERROR_SUCCESS
// returns: InjectNtmsCleaner ERROR_CLEANER_SLOT_NOT_SET
// returns: InjectNtmsCleaner ERROR_RESOURCE_NOT_AVAILABLE
// returns: EjectNtmsCleaner ERROR_SUCCESS
// returns: EjectNtmsCleaner ERROR_CLEANER_SLOT_NOT_SET
// returns: EjectNtmsCleaner ERROR_EMPTY
// returns: CleanNtmsDrive ERROR_SUCCESS
TEST_F(Cleaning, TakesACleanerInUsesItUpAndLetsItOut) {
    EXPECT_EQ(inject(1).error(), code(Error::CleanerSlotNotSet));
    EXPECT_EQ(eject().error(), code(Error::CleanerSlotNotSet));
    EXPECT_EQ(reserve(), kOk);
    EXPECT_EQ(eject().error(), code(Error::Empty));
    const std::string operation = inject(1).inject_operation();
    host_.delays.pass(2'000);
    EXPECT_EQ(state(operation), 5U);
    insert_cleaner();
    host_.delays.pass(120'000);
    EXPECT_EQ(state(operation), 2U);
    EXPECT_EQ(library_.cartridge_in(library::slot(4)), "CLNU01L1");
    EXPECT_EQ(uses(), 1U);
    EXPECT_EQ(medium("CLNU01L1"), "");  // a cleaner has no record
    EXPECT_EQ(inject(1).error(), code(Error::ResourceNotAvailable));

    EXPECT_EQ(clean(), kOk);
    host_.delays.pass(600'000);
    EXPECT_EQ(state(last_cleaning()), 2U);
    EXPECT_NE(host_.get(drive()).drive().last_cleaned(), 0U);
    EXPECT_EQ(library_.cartridge_in(library::slot(4)), "CLNU01L1");
    EXPECT_EQ(uses(), 0U);
    EXPECT_EQ(asked_for_cleaner(), 1U);  // it is used up

    const std::string out = eject().eject_operation();
    host_.delays.pass(30'000);
    EXPECT_EQ(library_.cartridge_in(library::station(1)), "CLNU01L1");
    EXPECT_EQ(state(out), 5U);
    EXPECT_TRUE(library_.hands().open_station());
    EXPECT_TRUE(library_.hands().take("CLNU01L1"));
    EXPECT_TRUE(library_.hands().close_station());
    host_.delays.pass(120'000);
    EXPECT_EQ(state(out), 2U);
    EXPECT_EQ(medium("CLNU01L1"), "");
}

TEST_F(Cleaning, WaitsForACleanerThatTheOperatorIsAskedFor) {
    EXPECT_EQ(clean(), kOk);
    host_.delays.pass(5'000);
    EXPECT_EQ(host_.get(last_cleaning()).lib_request().state(), 5U);
    EXPECT_EQ(asked_for_cleaner(), 1U);
    EXPECT_EQ(reserve(), kOk);
    EXPECT_EQ(inject(kForever).error(), kOk);
    insert_cleaner();
    host_.delays.pass(900'000);
    EXPECT_EQ(state(last_cleaning()), 2U);
    EXPECT_NE(host_.get(drive()).drive().last_cleaned(), 0U);
    EXPECT_EQ(uses(), kForever);  // not counted
    EXPECT_EQ(asked_for_cleaner(), 0U);
}

// returns: InjectNtmsCleaner ERROR_INVALID_OPERATION
// returns: EjectNtmsCleaner ERROR_INVALID_OPERATION
TEST_F(Cleaning, StopsWhatWaitsForTheOperator) {
    EXPECT_EQ(reserve(), kOk);
    const std::string operation = inject(5).inject_operation();
    host_.delays.pass(2'000);
    EXPECT_EQ(inject(0, 1, operation).error(), kOk);
    EXPECT_EQ(state(operation), 8U);
    EXPECT_EQ(inject(0, 1, operation).error(), code(Error::InvalidOperation));
    EXPECT_EQ(eject(1, operation).error(), code(Error::InvalidOperation));
}

struct Cleaner : Slots {
    Error inject(const CleanerMove& wanted, const Caller& caller = kAdministrator) {
        Guid operation;
        return call(caller,
                    [&](Context& context) { return inject_cleaner(context, wanted, operation); });
    }
    Error eject(const CleanerMove& wanted, const Caller& caller = kAdministrator) {
        Guid operation;
        return call(caller,
                    [&](Context& context) { return eject_cleaner(context, wanted, operation); });
    }
    Error clean(const Id& id, const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) { return clean_drive(context, id); });
    }
    Guid add_drive(OperationalState state = OperationalState::Ready, bool is_enabled = true) {
        Drive drive;
        drive.library = library.id;
        drive.operational_state = state;
        drive.is_enabled = is_enabled;
        in([&](Store& rows) { rows.insert(drive); });
        return drive.id;
    }
    void remove_port() {
        in([&](Store& rows) { rows.erase<IEPort>(port.id); });
    }
};

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_LIBRARY
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_LIBRARY_OFFLINE
// returns: ERROR_RESOURCE_DISABLED
// returns: ERROR_DEVICE_NOT_AVAILABLE
TEST(InjectCleaner, AnswersForParametersCallerAndStateOfTheLibraryInTheirOrder) {
    Cleaner world;
    EXPECT_EQ(world.inject({std::nullopt, {}, 0, 1}), Error::InvalidParameter);
    EXPECT_EQ(world.inject({world.library.id, {}, 2, 1}), Error::InvalidParameter);
    EXPECT_EQ(world.inject({world.library.id, {}, 1, 1}), Error::InvalidParameter);
    EXPECT_EQ(world.inject({world.slot.id, {}, 0, 1}, kStranger), Error::InvalidLibrary);
    EXPECT_EQ(world.inject({world.library.id, {}, 0, 1}, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.inject({world.offline.id, {}, 0, 1}), Error::LibraryOffline);
    world.set_library(OperationalState::Ready, false);
    EXPECT_EQ(world.inject({world.library.id, {}, 0, 1}), Error::ResourceDisabled);
    world.set_library(OperationalState::NotPresent, true);
    EXPECT_EQ(world.inject({world.library.id, {}, 0, 1}), Error::DeviceNotAvailable);
}

// returns: ERROR_CLEANER_SLOT_NOT_SET
// returns: ERROR_RESOURCE_NOT_AVAILABLE
// returns: ERROR_NOT_SUPPORTED
// returns: ERROR_SUCCESS
TEST(InjectCleaner, AnswersForTheReservedSlotAndForStopWithoutAPort) {
    Cleaner world;
    const CleanerMove wanted{world.library.id, {}, 0, 1};
    EXPECT_EQ(world.inject(wanted), Error::CleanerSlotNotSet);
    EXPECT_EQ(world.reserve(), Error::Success);
    world.set_slot(world.slot, SlotState::Full);
    EXPECT_EQ(world.inject(wanted), Error::ResourceNotAvailable);
    world.set_slot(world.slot, SlotState::Empty);
    EXPECT_EQ(world.inject(wanted), Error::Success);
    world.remove_port();
    EXPECT_EQ(world.inject({world.library.id, Guid(1, 2), 1, 1}), Error::NotSupported);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_LIBRARY
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_LIBRARY_OFFLINE
// returns: ERROR_RESOURCE_DISABLED
// returns: ERROR_RESOURCE_NOT_PRESENT
// returns: ERROR_INVALID_OPERATION
TEST(EjectCleaner, AnswersForParametersCallerSlotAndStop) {
    Cleaner world;
    EXPECT_EQ(world.eject({std::nullopt, {}, 0, 0}), Error::InvalidParameter);
    EXPECT_EQ(world.eject({world.library.id, {}, 2, 0}), Error::InvalidParameter);
    EXPECT_EQ(world.eject({world.slot.id, {}, 0, 0}, kStranger), Error::InvalidLibrary);
    EXPECT_EQ(world.eject({world.library.id, {}, 0, 0}, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.eject({world.offline.id, {}, 0, 0}), Error::LibraryOffline);
    EXPECT_EQ(world.reserve(), Error::Success);
    world.set_slot(world.slot, SlotState::NotPresent);
    EXPECT_EQ(world.eject({world.library.id, {}, 0, 0}), Error::ResourceNotPresent);
    world.remove_port();
    EXPECT_EQ(world.eject({world.library.id, Guid(1, 2), 1, 0}), Error::InvalidOperation);
    world.set_library(OperationalState::Ready, false);
    EXPECT_EQ(world.eject({world.library.id, {}, 0, 0}), Error::ResourceDisabled);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_DRIVE
// returns: ERROR_INVALID_LIBRARY
// returns: ERROR_ACCESS_DENIED
TEST(CleanDrive, AnswersForParametersAndCallerInTheirOrder) {
    Cleaner world;
    const Guid drive = world.add_drive();
    EXPECT_EQ(world.clean(std::nullopt, kStranger), Error::InvalidParameter);
    EXPECT_EQ(world.clean(world.slot.id, kStranger), Error::InvalidDrive);
    EXPECT_EQ(world.clean(drive, kStranger), Error::AccessDenied);
    world.in([&](Store& rows) { rows.erase<Library>(world.library.id); });
    EXPECT_EQ(world.clean(drive), Error::InvalidLibrary);
}

// returns: ERROR_RESOURCE_DISABLED
// returns: ERROR_RESOURCE_NOT_PRESENT
// returns: ERROR_DEVICE_NOT_AVAILABLE
// returns: ERROR_SUCCESS
TEST(CleanDrive, AnswersForStatesOfLibraryAndDrive) {
    Cleaner world;
    const Guid drive = world.add_drive();
    EXPECT_EQ(world.clean(world.add_drive(OperationalState::Ready, false)),
              Error::ResourceDisabled);
    EXPECT_EQ(world.clean(world.add_drive(OperationalState::NotPresent)),
              Error::DeviceNotAvailable);
    world.set_library(OperationalState::Ready, false);
    EXPECT_EQ(world.clean(drive), Error::ResourceDisabled);
    world.set_library(OperationalState::NotPresent, true);
    EXPECT_EQ(world.clean(drive), Error::ResourceNotPresent);
    world.set_library(OperationalState::Ready, true);
    EXPECT_EQ(world.clean(drive), Error::Success);
    EXPECT_EQ(world.row<Drive>(drive)->last_cleaned, 0U);  // queued
}

TEST(CleanDrive, OfAStandAloneDriveOnlyNotesTheTime) {
    Cleaner world;
    const Guid drive = world.add_drive();
    world.in([&](Store& rows) {
        rows.erase<StorageSlot>(world.slot.id);
        rows.erase<StorageSlot>(world.other.id);
    });
    EXPECT_EQ(world.clean(drive), Error::Success);
    EXPECT_EQ(world.row<Drive>(drive)->last_cleaned, world.now);
}

}  // namespace
}  // namespace nearline::rsm
