// Attributes, user-interface destinations and device change detection.
#include "rsm/detail_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rsm/service_host.h"

namespace nearline::rsm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Guid kNobody(1, 2);
constexpr std::uint32_t kInfo = 1;
constexpr std::uint32_t kReq = 2;
constexpr std::uint32_t kErr = 3;
constexpr std::uint32_t kAdd = 1;
constexpr std::uint32_t kDelete = 2;
constexpr std::uint32_t kDeleteAll = 3;

// --- attributes

class Attributes : public World {
public:
    Error set(const Id& id, const std::string& name, const std::string& data,
              const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) {
            return set_object_attribute(context, id, name, data);
        });
    }
    Error get(const Id& id, const std::string& name, std::uint32_t type = 0,
              const Caller& caller = kAdministrator) {
        data.clear();
        return call(caller, [&](Context& context) {
            return object_attribute(context, id, type, name, data);
        });
    }
    std::string data;
};

// returns: ERROR_SUCCESS
TEST(GetObjectAttribute, SuccessGivesTheBytesAsTheyWereSet) {
    Attributes world;
    const std::string bytes("a\0b\xFF", 4);
    for (const Guid& object : {world.pool, world.library.id, world.slot.id}) {
        ASSERT_EQ(world.set(object, "Backup set", bytes), Error::Success);
        EXPECT_EQ(world.get(object, "Backup set"), Error::Success);
        EXPECT_EQ(world.data, bytes);
    }
}

// returns: ERROR_OBJECT_NOT_FOUND
TEST(GetObjectAttribute, ObjectNotFoundForAMissingAttributeOrObject) {
    Attributes world;
    ASSERT_EQ(world.set(world.pool, "name", "data"), Error::Success);
    EXPECT_EQ(world.get(world.pool, "Name"), Error::ObjectNotFound);  // exactly, or not
    EXPECT_EQ(world.get(world.library.id, "name"), Error::ObjectNotFound);
    EXPECT_EQ(world.get(kNobody, "name"), Error::ObjectNotFound);
}

// returns: ERROR_INVALID_PARAMETER
TEST(GetObjectAttribute, InvalidParameterForMissingPointersAndTypesThatAreNone) {
    Attributes world;
    ASSERT_EQ(world.set(world.pool, "name", "data"), Error::Success);
    EXPECT_EQ(world.get(std::nullopt, "name"), Error::InvalidParameter);
    EXPECT_EQ(world.get(world.pool, ""), Error::InvalidParameter);
    EXPECT_EQ(world.get(world.pool, "name", 1), Error::InvalidParameter);
    EXPECT_EQ(world.get(world.pool, "name", 18), Error::InvalidParameter);
    // A type that is one, but another's, does not matter.
    EXPECT_EQ(world.get(world.pool, "name", number(ObjectType::Drive)), Error::Success);
}

// returns: ERROR_ACCESS_DENIED
TEST(GetObjectAttribute, AccessDeniedWithoutUse) {
    Attributes world;
    ASSERT_EQ(world.set(world.pool, "name", "data"), Error::Success);
    ASSERT_EQ(world.set(world.library.id, "name", "data"), Error::Success);
    EXPECT_EQ(world.get(world.pool, "name", 0, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.get(world.library.id, "name", 0, kStranger), Error::Success);
}

// returns: ERROR_NO_DATA
TEST(GetObjectAttribute, NoDataForOneTooLongToHaveBeenSetHere) {
    Attributes world;
    world.in(
        [&](Store& store) { store.set_attribute(world.pool, "long", std::string(0x10000, 'x')); });
    EXPECT_EQ(world.get(world.pool, "long"), Error::NoData);
    EXPECT_THAT(world.data, IsEmpty());
}

// returns: ERROR_SUCCESS
TEST(SetObjectAttribute, SuccessReplacesAndWithNothingTakesAway) {
    Attributes world;
    ASSERT_EQ(world.set(world.pool, "name", "old"), Error::Success);
    ASSERT_EQ(world.set(world.pool, "name", "new"), Error::Success);
    EXPECT_EQ(world.get(world.pool, "name"), Error::Success);
    EXPECT_EQ(world.data, "new");
    EXPECT_EQ(world.set(world.pool, "name", ""), Error::Success);
    EXPECT_EQ(world.get(world.pool, "name"), Error::ObjectNotFound);
    EXPECT_EQ(world.set(world.pool, "name", ""), Error::Success);
}

TEST(SetObjectAttribute, SuccessLastsAsLongAsTheObject) {
    Attributes world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, World::Where::Outside, {SideState::Available});
    ASSERT_EQ(world.set(medium.id, "name", "data"), Error::Success);
    ASSERT_EQ(world.set(medium.sides.front(), "name", "data"), Error::Success);
    ASSERT_EQ(world.call([&](Context& context) { return delete_media(context, medium.id); }),
              Error::Success);
    world.in([&](Store& store) {
        EXPECT_FALSE(store.attribute(medium.id, "name"));
        EXPECT_FALSE(store.attribute(medium.sides.front(), "name"));
    });
}

// returns: ERROR_ACCESS_DENIED
TEST(SetObjectAttribute, AccessDeniedWithoutModify) {
    Attributes world;
    EXPECT_EQ(world.set(world.library.id, "name", "data", kStranger), Error::AccessDenied);
    EXPECT_EQ(world.set(world.pool, "name", "data", kStranger), Error::AccessDenied);
}

// returns: ERROR_INVALID_NAME
TEST(SetObjectAttribute, InvalidNameWhenTooLongOrNotPrintable) {
    Attributes world;
    EXPECT_EQ(world.set(world.pool, std::string(31, 'n'), "data"), Error::Success);
    EXPECT_EQ(world.set(world.pool, std::string(32, 'n'), "data"), Error::InvalidName);
    EXPECT_EQ(world.set(world.pool, "a\nb", "data"), Error::InvalidName);
    // Characters count, not bytes; those beyond the first plane count twice.
    std::string umlauts;
    std::string notes;
    for (int at = 0; at < 31; ++at) umlauts += "\u00e4";
    for (int at = 0; at < 16; ++at) notes += "\U0001D11E";
    EXPECT_EQ(world.set(world.pool, umlauts, "data"), Error::Success);
    EXPECT_EQ(world.set(world.pool, notes, "data"), Error::InvalidName);
}

// returns: ERROR_INVALID_PARAMETER
TEST(SetObjectAttribute, InvalidParameterForMissingPointers) {
    Attributes world;
    EXPECT_EQ(world.set(std::nullopt, "name", "data"), Error::InvalidParameter);
    EXPECT_EQ(world.set(world.pool, "", "data"), Error::InvalidParameter);
}

// returns: ERROR_NO_DATA
TEST(SetObjectAttribute, NoDataFromTheDocumentedLengthOn) {
    Attributes world;
    EXPECT_EQ(world.set(world.pool, "name", std::string(0xFFFF, 'x')), Error::Success);
    EXPECT_EQ(world.get(world.pool, "name"), Error::Success);
    EXPECT_EQ(world.data.size(), 0xFFFFU);
    EXPECT_EQ(world.set(world.pool, "name", std::string(0x10000, 'x')), Error::NoData);
}

// returns: ERROR_OBJECT_NOT_FOUND
TEST(SetObjectAttribute, ObjectNotFoundForAnIdNobodyHas) {
    Attributes world;
    EXPECT_EQ(world.set(kNobody, "name", "data"), Error::ObjectNotFound);
}

// --- destinations

class Destinations : public World {
public:
    Error change(const Id& object, std::uint32_t type, std::uint32_t operation,
                 const std::string& name, const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) {
            return set_ui_options(context, {object, type, operation, name});
        });
    }
    Error list(const Id& object, std::uint32_t type, const Caller& caller = kAdministrator) {
        names.clear();
        return call(caller,
                    [&](Context& context) { return ui_options(context, object, type, names); });
    }
    Guid computer() {
        Guid id;
        in([&](Store& store) { id = store.computer().id; });
        return id;
    }
    std::vector<std::string> names;
};

// returns: ERROR_SUCCESS
TEST(GetUIOptions, SuccessListsWhatWasAddedEachKindForItself) {
    Destinations world;
    EXPECT_EQ(world.list(world.library.id, kReq), Error::Success);
    EXPECT_THAT(world.names, IsEmpty());
    ASSERT_EQ(world.change(world.library.id, kReq, kAdd, "desk"), Error::Success);
    ASSERT_EQ(world.change(world.library.id, kReq, kAdd, "attic"), Error::Success);
    ASSERT_EQ(world.change(world.library.id, kErr, kAdd, "cellar"), Error::Success);
    EXPECT_EQ(world.list(world.library.id, kReq), Error::Success);
    EXPECT_THAT(world.names, ElementsAre("desk", "attic"));
    EXPECT_EQ(world.list(world.computer(), kReq), Error::Success);
    EXPECT_THAT(world.names, IsEmpty());
}

// returns: ERROR_ACCESS_DENIED
TEST(GetUIOptions, AccessDeniedWithoutUseOfTheLibrary) {
    Destinations world;
    world.in([&](Store& store) { store.set_descriptor(world.library.id, default_descriptor(0)); });
    EXPECT_EQ(world.list(world.library.id, kInfo, kStranger), Error::AccessDenied);
    EXPECT_EQ(world.list(world.computer(), kInfo, kStranger), Error::Success);
}

// returns: ERROR_INVALID_PARAMETER
TEST(GetUIOptions, InvalidParameterForOtherObjectsAndKindsThatAreNone) {
    Destinations world;
    EXPECT_EQ(world.list(world.pool, kInfo), Error::InvalidParameter);
    EXPECT_EQ(world.list(world.library.id, 0), Error::InvalidParameter);
    EXPECT_EQ(world.list(world.library.id, 4), Error::InvalidParameter);
    EXPECT_EQ(world.list(std::nullopt, 4), Error::InvalidParameter);
}

// returns: ERROR_OBJECT_NOT_FOUND
TEST(GetUIOptions, ObjectNotFoundForAnIdNobodyHas) {
    Destinations world;
    EXPECT_EQ(world.list(kNobody, kInfo), Error::ObjectNotFound);
}

// returns: ERROR_SUCCESS
TEST(SetUIOptions, SuccessAddsDeletesAndDeletesAll) {
    Destinations world;
    for (const Id& object : {Id(world.library.id), Id(world.computer()), Id()}) {
        ASSERT_EQ(world.change(object, kInfo, kAdd, "desk"), Error::Success);
        ASSERT_EQ(world.change(object, kInfo, kAdd, "attic"), Error::Success);
        ASSERT_EQ(world.change(object, kInfo, kDelete, "DESK"), Error::Success);
        ASSERT_EQ(world.change(object, kInfo, kDelete, "nowhere"), Error::Success);
        EXPECT_EQ(world.list(object, kInfo), Error::Success);
        EXPECT_THAT(world.names, ElementsAre("attic"));
        ASSERT_EQ(world.change(object, kInfo, kDeleteAll, "whatever"), Error::Success);
        EXPECT_EQ(world.list(object, kInfo), Error::Success);
        EXPECT_THAT(world.names, IsEmpty());
    }
}

TEST(SetUIOptions, SuccessWithoutADestinationMeansTheCallersComputer) {
    Destinations world;
    world.session.computer = "workstation";
    ASSERT_EQ(world.change(std::nullopt, kInfo, kAdd, ""), Error::Success);
    EXPECT_EQ(world.list(std::nullopt, kInfo), Error::Success);
    EXPECT_THAT(world.names, ElementsAre("workstation"));
}

TEST(SetUIOptions, SuccessForTheSessionIsGoneWithIt) {
    Destinations world;
    ASSERT_EQ(world.change(std::nullopt, kInfo, kAdd, "desk"), Error::Success);
    ASSERT_EQ(world.change(world.library.id, kInfo, kAdd, "desk"), Error::Success);
    world.session = {};
    EXPECT_EQ(world.list(std::nullopt, kInfo), Error::Success);
    EXPECT_THAT(world.names, IsEmpty());
    EXPECT_EQ(world.list(world.library.id, kInfo), Error::Success);
    EXPECT_THAT(world.names, ElementsAre("desk"));
}

// returns: ERROR_ACCESS_DENIED
TEST(SetUIOptions, AccessDeniedWithoutUseAndModify) {
    Destinations world;
    EXPECT_EQ(world.change(world.library.id, kInfo, kAdd, "desk", kStranger), Error::AccessDenied);
    EXPECT_EQ(world.change(world.computer(), kInfo, kAdd, "desk", kStranger), Error::AccessDenied);
    EXPECT_EQ(world.change(std::nullopt, kInfo, kAdd, "desk", kStranger), Error::Success);
}

// returns: ERROR_ALREADY_EXISTS
TEST(SetUIOptions, AlreadyExistsWhateverTheCase) {
    Destinations world;
    ASSERT_EQ(world.change(world.library.id, kInfo, kAdd, "desk"), Error::Success);
    EXPECT_EQ(world.change(world.library.id, kInfo, kAdd, "Desk"), Error::AlreadyExists);
}

// returns: ERROR_INVALID_PARAMETER
TEST(SetUIOptions, InvalidParameterForWhatIsNoListAndNoOperation) {
    Destinations world;
    EXPECT_EQ(world.change(world.pool, kInfo, kAdd, "desk"), Error::InvalidParameter);
    EXPECT_EQ(world.change(world.library.id, 4, kAdd, "desk"), Error::InvalidParameter);
    EXPECT_EQ(world.change(world.library.id, kInfo, 0, "desk"), Error::InvalidParameter);
    EXPECT_EQ(world.change(world.library.id, kInfo, 4, "desk"), Error::InvalidParameter);
    EXPECT_EQ(world.change(world.library.id, kInfo, kAdd, std::string(64, 'd')),
              Error::InvalidParameter);
}

// returns: ERROR_OBJECT_NOT_FOUND
TEST(SetUIOptions, ObjectNotFoundForAnIdNobodyHas) {
    Destinations world;
    EXPECT_EQ(world.change(kNobody, kInfo, kAdd, "desk"), Error::ObjectNotFound);
}

// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(SetUIOptions, NotEnoughMemoryBeyondTheLimitOfAList) {
    Destinations world;
    for (int at = 0; at < 1'000; ++at) {
        ASSERT_EQ(world.change(std::nullopt, kInfo, kAdd, std::to_string(at)), Error::Success);
    }
    EXPECT_EQ(world.change(std::nullopt, kInfo, kAdd, "desk"), Error::NotEnoughMemory);
}

// --- device change detection

class Detection : public World {
public:
    Guid begin() {
        Guid handle;
        EXPECT_EQ(call([&](Context& context) { return begin_detection(context, handle); }),
                  Error::Success);
        return handle;
    }
    Error set(const Id& handle, const std::vector<Guid>& ids, ObjectType type) {
        return call(
            [&](Context& context) { return set_detection(context, handle, ids, number(type)); });
    }
    Error end(const Id& handle) {
        return call([&](Context& context) { return end_detection(context, handle); });
    }
};

// returns: ERROR_SUCCESS
TEST(BeginDeviceChangeDetection, SuccessGivesAHandle) {
    Detection world;
    EXPECT_NE(world.begin(), world.begin());
}

// returns: ERROR_INVALID_HANDLE
TEST(BeginDeviceChangeDetection, InvalidHandleWithoutASession) {
    ServiceHost<ManualDelays> host;
    EXPECT_EQ(host.raw("BeginDeviceChangeDetection", R"({"session":"none"})").json,
              R"({"error":6,"detection":""})");
}

// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(BeginDeviceChangeDetection, NotEnoughMemoryBeyondTheLimitOfASession) {
    Detection world;
    for (int at = 0; at < 64; ++at) world.begin();
    Guid handle;
    EXPECT_EQ(world.call([&](Context& context) { return begin_detection(context, handle); }),
              Error::NotEnoughMemory);
}

// returns: ERROR_SUCCESS
TEST(SetDeviceChangeDetection, SuccessForLibrariesMediaAndTypesWithAHandleOrOnce) {
    Detection world;
    const auto medium = world.add_medium("NL0001L9", world.pool, World::Where::Inside, {});
    const Guid handle = world.begin();
    for (const Id& with : {Id(handle), Id()}) {
        EXPECT_EQ(world.set(with, {world.library.id}, ObjectType::Library), Error::Success);
        EXPECT_EQ(world.set(with, {medium.id}, ObjectType::PhysicalMedia), Error::Success);
        EXPECT_EQ(world.set(with, {world.lto.id}, ObjectType::MediaType), Error::Success);
    }
}

// returns: ERROR_INVALID_HANDLE
TEST(SetDeviceChangeDetection, InvalidHandleForOneThatIsNotOpenHere) {
    Detection world;
    EXPECT_EQ(world.set(kNobody, {world.library.id}, ObjectType::Library), Error::InvalidHandle);
}

// returns: ERROR_INVALID_PARAMETER
TEST(SetDeviceChangeDetection, InvalidParameterForOtherTypesAndMixedOnes) {
    Detection world;
    EXPECT_EQ(world.set({}, {world.slot.id}, ObjectType::StorageSlot), Error::InvalidParameter);
    EXPECT_EQ(world.set({}, {world.library.id, world.lto.id}, ObjectType::Library),
              Error::InvalidParameter);
    EXPECT_EQ(world.set({}, {}, ObjectType::Library), Error::InvalidParameter);
}

// returns: ERROR_INVALID_LIBRARY
TEST(SetDeviceChangeDetection, InvalidLibraryForAnIdNobodyHas) {
    Detection world;
    EXPECT_EQ(world.set({}, {world.library.id, kNobody}, ObjectType::Library),
              Error::InvalidLibrary);
}

// returns: ERROR_INVALID_MEDIA
TEST(SetDeviceChangeDetection, InvalidMediaForAMediumOrTypeNobodyHas) {
    Detection world;
    EXPECT_EQ(world.set({}, {kNobody}, ObjectType::PhysicalMedia), Error::InvalidMedia);
    EXPECT_EQ(world.set({}, {kNobody}, ObjectType::MediaType), Error::InvalidMedia);
}

// returns: ERROR_SUCCESS
// returns: ERROR_INVALID_HANDLE
TEST(EndDeviceChangeDetection, SuccessOnceThenInvalidHandle) {
    Detection world;
    const Guid handle = world.begin();
    EXPECT_EQ(world.end(handle), Error::Success);
    EXPECT_EQ(world.end(handle), Error::InvalidHandle);
    EXPECT_EQ(world.end(std::nullopt), Error::InvalidHandle);
}

// --- through the service

TEST(DetailFunctions, CarryBytesNamesAndHandlesThroughTheService) {
    ServiceHost<ManualDelays> host;
    v1::SetObjectAttributeRequest set;
    set.set_session(host.session);
    set.set_object_id(host.list(ObjectType::Computer).front());
    set.set_name("key");
    set.set_data(std::string("\0\x01", 2));
    EXPECT_EQ(host.call<v1::SetObjectAttributeAnswer>("SetObjectAttribute", set).error(), kOk);
    v1::GetObjectAttributeRequest get;
    get.set_session(host.session);
    get.set_object_id(set.object_id());
    get.set_name("key");
    EXPECT_EQ(host.call<v1::GetObjectAttributeAnswer>("GetObjectAttribute", get).data(),
              set.data());

    v1::SetUIOptionsRequest add;
    add.set_session(host.session);
    add.set_type(kInfo);
    add.set_operation(kAdd);
    EXPECT_EQ(host.call<v1::SetUIOptionsAnswer>("SetUIOptions", add).error(), kOk);
    v1::GetUIOptionsRequest list;
    list.set_session(host.session);
    list.set_type(kInfo);
    EXPECT_THAT(host.call<v1::GetUIOptionsAnswer>("GetUIOptions", list).destinations(),
                ElementsAre("vault-host"));

    v1::BeginDeviceChangeDetectionRequest begin;
    begin.set_session(host.session);
    const auto begun =
        host.call<v1::BeginDeviceChangeDetectionAnswer>("BeginDeviceChangeDetection", begin);
    v1::SetDeviceChangeDetectionRequest detect;
    detect.set_session(host.session);
    detect.set_detection(begun.detection());
    detect.add_ids(host.list(ObjectType::Library).front());
    detect.set_type(number(ObjectType::Library));
    EXPECT_EQ(
        host.call<v1::SetDeviceChangeDetectionAnswer>("SetDeviceChangeDetection", detect).error(),
        kOk);
    v1::EndDeviceChangeDetectionRequest end;
    end.set_session(host.session);
    end.set_detection(begun.detection());
    EXPECT_EQ(
        host.call<v1::EndDeviceChangeDetectionAnswer>("EndDeviceChangeDetection", end).error(),
        kOk);
}

}  // namespace
}  // namespace nearline::rsm
