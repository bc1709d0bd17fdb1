// Media that come in by the port, and the door: what RSM waits for, does and asks.
#include <gtest/gtest.h>

#include "rsm/intake_rules.h"
#include "tests/rsm/over_a_library.h"

namespace nearline::rsm {
namespace {

constexpr std::uint32_t kStart = 0;
constexpr std::uint32_t kStop = 1;
constexpr std::uint32_t kRetract = 2;
constexpr std::uint32_t kStartMany = 3;
constexpr std::uint32_t kPassed = 2;
constexpr std::uint32_t kFailed = 3;
constexpr std::uint32_t kWaiting = 5;
constexpr std::uint32_t kStopped = 8;
constexpr std::uint32_t kDeviceService = 3;

class Intake : public RsmOverALibrary {
protected:
    Intake() = default;
    explicit Intake(library::ALibrary library) : RsmOverALibrary(std::move(library)) {}

    v1::InjectMediaAnswer inject(std::uint32_t action, const std::string& operation = "") {
        v1::InjectMediaRequest request;
        request.set_session(host_.session);
        request.set_library_id(vault());
        request.set_inject_operation(operation);
        request.set_action(action);
        return host_.call<v1::InjectMediaAnswer>("InjectMedia", request);
    }
    std::uint32_t access_door(InventoryMethod method) {
        v1::AccessLibraryDoorRequest request;
        request.set_session(host_.session);
        request.set_library_id(vault());
        request.set_action(static_cast<std::uint32_t>(method));
        return host_.call<v1::AccessLibraryDoorAnswer>("AccessLibraryDoor", request).error();
    }
    v1::LibRequestInformation request(const std::string& id) { return host_.get(id).lib_request(); }
    void insert(const std::string& label, std::uint16_t station) {
        EXPECT_TRUE(library_.hands().open_station());
        EXPECT_TRUE(library_.hands().insert(label, library::station(station)));
        EXPECT_TRUE(library_.hands().close_station());
    }
    // Open requests of the operator for service.
    std::size_t asked_for_service() {
        std::size_t count = 0;
        for (const std::string& id : host_.list(ObjectType::OpRequest)) {
            const auto asked = host_.get(id).op_request();
            if (asked.request() == kDeviceService && asked.state() == 1) ++count;
        }
        return count;
    }
    std::string last_request(std::uint32_t operation) {
        std::string found;
        for (const std::string& id : host_.list(ObjectType::LibRequest, vault())) {
            if (request(id).operation_code() == operation) found = id;
        }
        return found;
    }
    void set_time_limit(std::uint32_t seconds) {
        for (const std::string& id : host_.list(ObjectType::IEPort)) {
            v1::SetObjectInformationRequest change;
            change.set_session(host_.session);
            change.set_object_id(id);
            *change.mutable_information() = host_.get(id);
            change.mutable_information()->mutable_ie_port()->set_max_extend_secs(seconds);
            EXPECT_EQ(
                host_.call<v1::SetObjectInformationAnswer>("SetObjectInformation", change).error(),
                kOk);
        }
    }
};

TEST_F(Intake, OfANewCartridgeEndsInASlotWithItsLabelRead) {
    const auto answer = inject(kStart);
    EXPECT_EQ(answer.error(), kOk);
    host_.delays.pass(5'000);
    EXPECT_EQ(request(answer.inject_operation()).state(), kWaiting);
    insert("NL0007L9", 1);
    host_.delays.pass(600'000);
    EXPECT_EQ(request(answer.inject_operation()).state(), kPassed);
    const std::string id = medium("NL0007L9");
    EXPECT_EQ(host_.location_name(id), "Slot 3");
    EXPECT_EQ(state_of(id), SideState::Foreign);  // blank
    const std::string identified = last_request(14);
    ASSERT_NE(identified, "");
    EXPECT_EQ(request(identified).state(), kPassed);
    EXPECT_EQ(request(identified).phys_media_id(), id);
}

TEST_F(Intake, OfAKnownCartridgeBringsItsRecordBackAsItWas) {
    const std::string id = free_medium("NL0001L9");
    eject_and_take("NL0001L9");
    host_.delays.pass(200'000);
    EXPECT_EQ(host_.location_name(id), "outside");
    EXPECT_EQ(inject(kStart).error(), kOk);
    insert("NL0001L9", 2);
    host_.delays.pass(600'000);
    EXPECT_EQ(host_.location_name(id), "Slot 1");
    EXPECT_EQ(state_of(id), SideState::Available);
    EXPECT_EQ(last_request(14), "");  // its bar code is enough
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
}

TEST_F(Intake, LeavesAloneWhatAnEjectHasPutIntoThePort) {
    const std::string id = free_medium("NL0001L9");
    EXPECT_EQ(host_.eject(id, EjectAction::Start).error(), kOk);
    host_.delays.pass(60'000);
    EXPECT_EQ(inject(kStart).error(), kOk);
    insert("NL0007L9", 2);
    host_.delays.pass(600'000);
    EXPECT_EQ(host_.location_name(id), "Port 1");
    EXPECT_NE(host_.location_name(medium("NL0007L9")), "Port 2");
}

TEST_F(Intake, FailsWhenNobodyComesInTime) {
    const auto answer = inject(kStart);
    host_.delays.pass(50'000);
    EXPECT_EQ(request(answer.inject_operation()).state(), kWaiting);
    host_.delays.pass(120'000);
    EXPECT_EQ(request(answer.inject_operation()).state(), kFailed);
    EXPECT_EQ(request(answer.inject_operation()).error_code(), code(Error::Timeout));
    EXPECT_EQ(asked_for_service(), 0U);
}

TEST_F(Intake, AsksTheOperatorToCloseAPortThatStaysOpen) {
    EXPECT_EQ(inject(kStart).error(), kOk);
    host_.delays.pass(2'000);
    EXPECT_TRUE(library_.hands().open_station());
    host_.delays.pass(200'000);
    EXPECT_EQ(asked_for_service(), 2U);  // one a port
}

// returns: InjectNtmsMedia ERROR_INVALID_OPERATION
TEST_F(Intake, OfManyGoesOnUntilItIsStopped) {
    set_time_limit(0);
    const auto answer = inject(kStartMany);
    const std::string operation = answer.inject_operation();
    host_.delays.pass(2'000);
    insert("NL0007L9", 1);
    EXPECT_EQ(inject(kRetract, operation).error(), kOk);
    host_.delays.pass(300'000);  // in its slot, its label read, and back
    EXPECT_EQ(library_.cartridge_in(library::slot(3)), "NL0007L9");
    EXPECT_EQ(request(operation).state(), kWaiting);
    insert("NL0008L9", 1);
    EXPECT_EQ(inject(kStop, operation).error(), kOk);
    host_.delays.pass(300'000);
    EXPECT_EQ(request(operation).state(), kStopped);
    EXPECT_EQ(library_.cartridge_in(library::slot(4)), "NL0008L9");
    EXPECT_EQ(inject(kStop, operation).error(), code(Error::InvalidOperation));
    EXPECT_EQ(inject(kRetract, operation).error(), code(Error::InvalidOperation));
}

class AlmostFull : public Intake {
protected:
    AlmostFull()
        : Intake(library::a_library().with_slots(2).with_stations(2).with_drives(1).with_cartridge(
              "NL0001L9", library::slot(1))) {}
};

// returns: InjectNtmsMedia ERROR_LIBRARY_FULL
TEST_F(AlmostFull, InjectLeavesInThePortWhatFindsNoSlot) {
    EXPECT_EQ(inject(kStart).error(), kOk);
    host_.delays.pass(2'000);
    EXPECT_TRUE(library_.hands().open_station());
    EXPECT_TRUE(library_.hands().insert("NL0007L9", library::station(1)));
    EXPECT_TRUE(library_.hands().insert("NL0008L9", library::station(2)));
    EXPECT_TRUE(library_.hands().close_station());
    host_.delays.pass(600'000);
    EXPECT_EQ(library_.cartridge_in(library::slot(2)), "NL0007L9");
    EXPECT_EQ(host_.location_name(medium("NL0008L9")), "Port 2");
    EXPECT_EQ(asked_for_service(), 1U);
    EXPECT_EQ(inject(kStart).error(), code(Error::LibraryFull));
}

TEST_F(Intake, AsksTheOperatorToTakeWhatAnEjectOffersTooLong) {
    set_time_limit(30);
    EXPECT_EQ(host_.eject(free_medium("NL0001L9"), EjectAction::Start).error(), kOk);
    host_.delays.pass(20'000);
    EXPECT_EQ(asked_for_service(), 0U);
    host_.delays.pass(200'000);
    EXPECT_EQ(asked_for_service(), 1U);
    EXPECT_EQ(host_.location_name(medium("NL0001L9")), "Port 1");
}

// --- the door

TEST_F(Intake, ByTheDoorIsSeenWhenItIsClosedAgain) {
    const std::string id = free_medium("NL0002L9");
    EXPECT_EQ(access_door(InventoryMethod::Fast), kOk);
    host_.delays.pass(500);
    const std::string access = last_request(9);
    EXPECT_EQ(request(access).state(), kWaiting);
    const std::string door = host_.list(ObjectType::IEDoor, vault()).front();
    EXPECT_EQ(host_.get(door).ie_door().state(), 1U);
    EXPECT_TRUE(library_.hands().open_door());
    host_.delays.pass(10'000);
    EXPECT_EQ(host_.get(door).ie_door().state(), 2U);
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_TRUE(library_.hands().take("NL0002L9"));
    EXPECT_TRUE(library_.hands().insert("NL0009L9", library::slot(4)));
    EXPECT_TRUE(library_.hands().close_door());
    host_.delays.pass(300'000);
    EXPECT_EQ(host_.get(door).ie_door().state(), 1U);
    EXPECT_EQ(request(access).state(), kPassed);
    EXPECT_EQ(request(last_request(8)).state(), kPassed);  // the inventory behind it
    EXPECT_EQ(host_.location_name(id), "outside");
    EXPECT_EQ(host_.location_name(medium("NL0009L9")), "Slot 4");
    EXPECT_EQ(host_.remove(id), kOk);
}

TEST_F(Intake, ByTheDoorIsKnownWhenNobodySawItOpen) {
    EXPECT_EQ(access_door(InventoryMethod::None), kOk);
    host_.delays.pass(1'500);  // the first look is past
    EXPECT_TRUE(library_.hands().open_door());
    EXPECT_TRUE(library_.hands().close_door());
    host_.delays.pass(300'000);
    EXPECT_EQ(request(last_request(9)).state(), kPassed);
    EXPECT_EQ(last_request(8), "");
}

TEST_F(Intake, ByTheDoorIsStillAwaitedWhenItStayedClosed) {
    EXPECT_EQ(access_door(InventoryMethod::Fast), kOk);
    host_.delays.pass(300'000);
    EXPECT_EQ(request(last_request(9)).state(), kWaiting);
}

// --- the rules alone

struct Rules : World {
    Error inject(const Injection& wanted, const Caller& caller = kAdministrator) {
        Guid operation;
        return call(caller,
                    [&](Context& context) { return inject_media(context, wanted, operation); });
    }
    Error open(const Id& id, std::uint32_t action, const Caller& caller = kAdministrator) {
        return call(caller,
                    [&](Context& context) { return access_library_door(context, id, action); });
    }
    void set_library(OperationalState state, bool is_enabled) {
        in([&](Store& rows) {
            auto kept = *rows.find<Library>(library.id);
            kept.operational_state = state;
            kept.is_enabled = is_enabled;
            rows.update(kept);
        });
    }
    void empty_slot() {
        in([&](Store& rows) {
            slot.state = SlotState::Empty;
            rows.update(slot);
        });
    }
    void add_door() {
        in([&](Store& rows) {
            IEDoor door;
            door.library = library.id;
            rows.insert(door);
        });
    }
};

// returns: ERROR_INVALID_PARAMETER
TEST(InjectMedia, AnswersInvalidParameterWithoutIdsOrWithAnotherAction) {
    Rules world;
    EXPECT_EQ(world.inject({std::nullopt, {}, kStart}), Error::InvalidParameter);
    EXPECT_EQ(world.inject({world.library.id, {}, 4}), Error::InvalidParameter);
    EXPECT_EQ(world.inject({world.library.id, {}, kStop}), Error::InvalidParameter);
}

// returns: ERROR_INVALID_LIBRARY
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_LIBRARY_OFFLINE
TEST(InjectMedia, AnswersForTheWrongLibraryAndCallerInTheirOrder) {
    Rules world;
    EXPECT_EQ(world.inject({world.slot.id, {}, kStart}, kStranger), Error::InvalidLibrary);
    EXPECT_EQ(world.inject({world.library.id, {}, kStart}, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.inject({world.offline.id, {}, kStart}), Error::LibraryOffline);
    world.set_library(OperationalState::NotPresent, true);
    EXPECT_EQ(world.inject({world.library.id, {}, kStart}), Error::LibraryOffline);
}

// returns: ERROR_DEVICE_NOT_AVAILABLE
TEST(InjectMedia, AnswersDeviceNotAvailableWhenTheLibraryIsDisabled) {
    Rules world;
    world.set_library(OperationalState::Ready, false);
    EXPECT_EQ(world.inject({world.library.id, {}, kStart}), Error::DeviceNotAvailable);
}

// returns: ERROR_LIBRARY_FULL
// returns: ERROR_SUCCESS
TEST(InjectMedia, AnswersLibraryFullWithoutAFreeSlot) {
    Rules world;
    EXPECT_EQ(world.inject({world.library.id, {}, kStart}), Error::LibraryFull);
    world.empty_slot();
    EXPECT_EQ(world.inject({world.library.id, {}, kStart}), Error::Success);
}

TEST(InjectMedia, AnswersInvalidOperationForWhatIsNoInjectionOfTheLibrary) {
    Rules world;
    EXPECT_EQ(world.inject({world.library.id, Guid(1, 2), kStop}), Error::InvalidOperation);
    EXPECT_EQ(world.inject({world.library.id, Guid(1, 2), kRetract}), Error::InvalidOperation);
}

// returns: ERROR_SUCCESS
TEST(AccessLibraryDoor, SucceedsWhenThereIsADoor) {
    Rules world;
    world.add_door();
    EXPECT_EQ(world.open(world.library.id, 5), Error::Success);
}

// returns: ERROR_RESOURCE_NOT_PRESENT
TEST(AccessLibraryDoor, AnswersResourceNotPresentWithoutADoor) {
    Rules world;
    EXPECT_EQ(world.open(world.library.id, 0), Error::ResourceNotPresent);
}

// returns: ERROR_INVALID_PARAMETER
TEST(AccessLibraryDoor, AnswersInvalidParameterWithoutAnIdOrWithAnotherAction) {
    Rules world;
    EXPECT_EQ(world.open(std::nullopt, 0), Error::InvalidParameter);
    EXPECT_EQ(world.open(world.library.id, 6), Error::InvalidParameter);
}

// returns: ERROR_ACCESS_DENIED
// returns: ERROR_RESOURCE_DISABLED
// returns: ERROR_LIBRARY_OFFLINE
TEST(AccessLibraryDoor, AnswersForCallerAndStateOfTheLibraryInTheirOrder) {
    Rules world;
    world.add_door();
    world.set_library(OperationalState::Ready, false);
    EXPECT_EQ(world.open(world.library.id, 0, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.open(world.library.id, 0), Error::ResourceDisabled);
    EXPECT_EQ(world.open(world.offline.id, 0), Error::LibraryOffline);
}

}  // namespace
}  // namespace nearline::rsm
