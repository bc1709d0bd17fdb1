// The service as its callers see it: methods by name, JSON in and out, over a library of the
// test's own.
#include "rsm/service.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "tests/rsm/fake_library.h"
#include "tests/rsm/service_host.h"

namespace nearline::rsm {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Host = ServiceHost<ManualDelays>;

// A host that manages a library of four slots, two ports and a drive, with two cartridges.
class ManagedHost : public Host {
public:
    ManagedHost() {
        library.put(library.slot(0), "NL0001L9");
        library.put(library.slot(1), "NL0002L9");
        service->manage(library.managed("vault"));
        delays.pass(100);
    }

    std::string medium(const std::string& label) { return named(ObjectType::PhysicalMedia, label); }
    std::string vault() { return named(ObjectType::Library, "vault"); }
    // In the free pool, labelled.
    std::string free_medium(const std::string& label) {
        const std::string id = medium(label);
        EXPECT_EQ(move(id, free_pool()), kOk);
        delays.pass(60'000);
        return id;
    }

    FakeLibrary library{4, 2, 1};
};

// --- the face

TEST(RsmService, AnswersWhatItDoesNotKnowWithNotFound) {
    Host host;
    const Answer answer = host.raw("Frobnicate", "{}");
    EXPECT_EQ(answer.http_status, 404);
    EXPECT_THAT(answer.json, HasSubstr("not_found"));
}

TEST(RsmService, AnswersFunctionsNotServedYetWithTheirOwnCode) {
    Host host;
    for (const char* method : {"EjectDiskFromSADrive"}) {
        const Answer answer = host.raw(method, R"({"session":"whatever"})");
        EXPECT_EQ(answer.http_status, 200);
        EXPECT_EQ(answer.json, R"({"error":120})");
    }
}

TEST(RsmService, AnswersWhatIsNoJsonWithBadRequest) {
    Host host;
    for (const char* json : {"{", "[]", "nonsense", "{\"session\":7}", "{\"unknown\":1}",
                             "{\"capacity\":-1}", "\xFF\xFE", "{\"session\":\"\\ud800\"}"}) {
        const Answer answer = host.raw("EnumerateObject", json);
        const bool is_refused = answer.http_status == 400 || answer.http_status == 200;
        EXPECT_TRUE(is_refused) << json;
    }
    EXPECT_EQ(host.raw("EnumerateObject", "{").http_status, 400);
    EXPECT_THAT(host.raw("DeleteMedia", "{\"mediaID\":1").json, HasSubstr("invalid_argument"));
    std::string deep(10'000, '[');
    EXPECT_EQ(host.raw("DeleteMedia", deep).http_status, 400);
}

TEST(RsmService, WantsASessionOfTheSameUser) {
    Host host;
    v1::EnumerateObjectRequest request;
    request.set_type(number(ObjectType::Library));
    const auto error = [&](const std::string& session, const Caller& caller) {
        request.set_session(session);
        return host.call<v1::EnumerateObjectAnswer>("EnumerateObject", request, caller).error();
    };
    EXPECT_EQ(error("", kAdministrator), code(Error::InvalidHandle));
    EXPECT_EQ(error("nonsense", kAdministrator), code(Error::InvalidHandle));
    EXPECT_EQ(error(host.session, kStranger), code(Error::InvalidHandle));
    EXPECT_EQ(error(host.session, kAdministrator), kOk);
}

TEST(RsmService, EndsASessionWithItsConnectionOrWhenItIsClosed) {
    Host host;
    v1::CloseSessionRequest close;
    close.set_session(host.session);
    EXPECT_EQ(host.call<v1::CloseSessionAnswer>("CloseSession", close).error(), kOk);
    EXPECT_EQ(host.call<v1::CloseSessionAnswer>("CloseSession", close).error(),
              code(Error::InvalidHandle));
    close.set_session(host.open(kAdministrator));
    host.service->connection_closed(kAdministrator.connection);
    EXPECT_EQ(host.call<v1::CloseSessionAnswer>("CloseSession", close).error(),
              code(Error::InvalidHandle));
}

TEST(RsmService, RefusesComputerNamesThatAreNone) {
    Host host;
    v1::OpenSessionRequest request;
    request.set_server("not a name");
    EXPECT_EQ(host.call<v1::OpenSessionAnswer>("OpenSession", request).error(),
              code(Error::InvalidComputerName));
    request.set_server("\\\\vault-host");
    EXPECT_EQ(host.call<v1::OpenSessionAnswer>("OpenSession", request).error(), kOk);
}

// --- objects

TEST(RsmService, HasWhatEveryRsmHasFromTheFirstDay) {
    Host host;
    EXPECT_THAT(host.list(ObjectType::Computer), SizeIs(1));
    EXPECT_EQ(host.get(host.list(ObjectType::Computer).front()).name(), "vault-host");
    ASSERT_THAT(host.list(ObjectType::Library), SizeIs(1));
    const auto offline = host.get(host.list(ObjectType::Library).front());
    EXPECT_EQ(offline.library().library_type(), 1U);
    EXPECT_EQ(offline.library().flags(), 1U);
    std::vector<std::string> pools;
    for (const std::string& id : host.list(ObjectType::MediaPool)) {
        pools.push_back(host.get(id).name());
        EXPECT_EQ(host.get(id).media_pool().parent(), "");
    }
    EXPECT_THAT(pools, ElementsAre("Free", "Unrecognized", "Import"));
    EXPECT_THAT(host.list(ObjectType::MediaType), SizeIs(62));
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_OBJECT_NOT_FOUND
// returns: ERROR_SUCCESS
TEST(EnumerateObject, AnswersEveryPairOfTypesAsDocumented) {
    ManagedHost host;
    const std::string vault = host.vault();
    const std::string medium = host.medium("NL0001L9");
    const std::string side = host.list(ObjectType::Partition, medium).front();
    const std::string pool = host.get(medium).physical_media().media_pool();
    const auto error = [&](std::uint32_t type, const std::string& container,
                           std::uint32_t options = 0) {
        v1::EnumerateObjectRequest request;
        request.set_session(host.session);
        request.set_type(type);
        request.set_container_id(container);
        request.set_options(options);
        return host.call<v1::EnumerateObjectAnswer>("EnumerateObject", request).error();
    };
    for (std::uint32_t type = 2; type < 18; ++type) EXPECT_EQ(error(type, ""), kOk) << type;
    for (const std::uint32_t type : {0U, 1U, 18U, 19U, 4'000'000'000U}) {
        EXPECT_EQ(error(type, ""), code(Error::InvalidParameter)) << type;
    }
    const std::map<std::string, std::set<std::uint32_t>> contained = {
        {vault, {2, 5, 7, 8, 10, 13, 15, 16}},
        {pool, {11, 12, 14, 15}},
        {medium, {14}},
        {side, {11}},
    };
    for (const auto& [container, types] : contained) {
        for (std::uint32_t type = 2; type < 18; ++type) {
            EXPECT_EQ(error(type, container),
                      types.contains(type) ? kOk : code(Error::InvalidParameter))
                << host.get(container).type() << " holds " << type;
        }
    }
    EXPECT_EQ(error(15, "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e"), code(Error::ObjectNotFound));
    EXPECT_EQ(error(12, "", kEnumerateRootPool), kOk);
    EXPECT_EQ(error(15, "", kEnumerateRootPool), code(Error::InvalidParameter));
    EXPECT_EQ(error(12, pool, kEnumerateRootPool), code(Error::InvalidParameter));
}

// returns: ERROR_INSUFFICIENT_BUFFER
// returns: ERROR_SUCCESS
TEST(EnumerateObject, SaysHowManyThereAreWhenTheListIsShort) {
    ManagedHost host;
    v1::EnumerateObjectRequest request;
    request.set_session(host.session);
    request.set_type(number(ObjectType::StorageSlot));
    request.set_capacity(3);
    auto reply = host.call<v1::EnumerateObjectAnswer>("EnumerateObject", request);
    EXPECT_EQ(reply.error(), code(Error::InsufficientBuffer));
    EXPECT_EQ(reply.count(), 4U);
    EXPECT_EQ(reply.ids_size(), 3);
    request.set_capacity(4);
    reply = host.call<v1::EnumerateObjectAnswer>("EnumerateObject", request);
    EXPECT_EQ(reply.error(), kOk);
    EXPECT_EQ(reply.ids_size(), 4);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_OBJECT_NOT_FOUND
// returns: ERROR_SUCCESS
TEST(GetObjectInformation, ChecksPointerTypeAndId) {
    Host host;
    const auto error = [&](const std::string& id, std::uint32_t type) {
        v1::GetObjectInformationRequest request;
        request.set_session(host.session);
        request.set_object_id(id);
        request.set_type(type);
        return host.call<v1::GetObjectInformationAnswer>("GetObjectInformation", request).error();
    };
    const std::string computer = host.list(ObjectType::Computer).front();
    EXPECT_EQ(error("", 4), code(Error::InvalidParameter));
    EXPECT_EQ(error(computer, 1), code(Error::InvalidParameter));
    EXPECT_EQ(error(computer, 19), code(Error::InvalidParameter));
    EXPECT_EQ(error("6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e", 4), code(Error::ObjectNotFound));
    EXPECT_EQ(error("nonsense", 4), code(Error::ObjectNotFound));
    EXPECT_EQ(error(computer, 9), code(Error::ObjectNotFound));
    EXPECT_EQ(error(computer, 4), kOk);
    EXPECT_EQ(error(computer, 0), kOk);
}

// returns: ERROR_SUCCESS
TEST(SetObjectInformation, WritesWhatIsSettableAndNothingElse) {
    ManagedHost host;
    const std::string type = host.named(ObjectType::MediaType, "LTO_Ultrium");
    const std::string pool = host.create_pool("Backup", type).pool_id();
    v1::SetObjectInformationRequest request;
    request.set_session(host.session);
    request.set_object_id(pool);
    *request.mutable_information() = host.get(pool);
    request.mutable_information()->mutable_media_pool()->set_allocation_policy(1);
    request.mutable_information()->set_description("nightly");
    request.mutable_information()->set_enabled(false);
    EXPECT_EQ(host.call<v1::SetObjectInformationAnswer>("SetObjectInformation", request).error(),
              kOk);
    const auto kept = host.get(pool);
    EXPECT_EQ(kept.media_pool().allocation_policy(), 1U);
    EXPECT_EQ(kept.media_pool().media_type(), type);
    EXPECT_EQ(kept.description(), "nightly");
    EXPECT_EQ(kept.name(), "Backup");
    EXPECT_TRUE(kept.enabled());
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_NAME
// returns: ERROR_INVALID_MEDIA
// returns: ERROR_OBJECT_NOT_FOUND
// returns: ERROR_ALREADY_EXISTS
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_SUCCESS
TEST(CreateMediaPool, AnswersAsDocumented) {
    Host host;
    const auto answer = [&](const std::string& name, std::uint32_t action,
                            const std::string& type = "", const std::string& session = "",
                            const Caller& caller = kAdministrator) {
        v1::CreateMediaPoolRequest request;
        request.set_session(session.empty() ? host.session : session);
        request.set_name(name);
        request.set_media_type(type);
        request.set_action(action);
        return host.call<v1::CreateMediaPoolAnswer>("CreateMediaPool", request, caller);
    };
    const std::string lto = host.named(ObjectType::MediaType, "LTO_Ultrium");
    EXPECT_EQ(answer("", kCreateNew).error(), code(Error::InvalidParameter));
    EXPECT_EQ(answer("App", 0).error(), code(Error::InvalidParameter));
    EXPECT_EQ(answer("App", 4).error(), code(Error::InvalidParameter));
    EXPECT_EQ(answer("App\\\\Pool", kCreateNew).error(), code(Error::InvalidName));
    EXPECT_EQ(answer("\\", kCreateNew).error(), code(Error::InvalidName));
    EXPECT_EQ(answer(std::string(64, 'x'), kCreateNew).error(), code(Error::InvalidName));
    EXPECT_EQ(answer("App", kCreateNew, host.session).error(), code(Error::InvalidMedia));
    EXPECT_EQ(answer("App", kOpenExisting).error(), code(Error::ObjectNotFound));
    EXPECT_EQ(answer("App\\Pool", kCreateNew, lto).error(), code(Error::ObjectNotFound));
    const auto app = answer("App", kCreateNew);
    EXPECT_EQ(app.error(), kOk);
    EXPECT_EQ(answer("\\App", kOpenExisting).pool_id(), app.pool_id());
    EXPECT_EQ(answer("App", kCreateNew).error(), code(Error::AlreadyExists));
    EXPECT_EQ(answer("App\\Pool", kOpenAlways, lto).error(), kOk);
    EXPECT_EQ(answer("App\\Pool\\Deeper", kCreateNew, lto).error(), code(Error::InvalidParameter));
    EXPECT_EQ(answer("Free\\Mine", kCreateNew, lto).error(), code(Error::AccessDenied));
    const std::string stranger = host.open(kStranger);
    EXPECT_EQ(answer("Other", kCreateNew, lto, stranger, kStranger).error(),
              code(Error::AccessDenied));
    EXPECT_EQ(answer("App", kOpenExisting, "", stranger, kStranger).error(),
              code(Error::AccessDenied));
    EXPECT_EQ(answer("Free", kOpenExisting, "", stranger, kStranger).error(), kOk);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA_POOL
TEST(GetMediaPoolName, IsTheWholePath) {
    Host host;
    host.create_pool("App", "");
    const auto pool =
        host.create_pool("App\\Pool", host.named(ObjectType::MediaType, "LTO_Ultrium"));
    v1::GetMediaPoolNameRequest request;
    request.set_session(host.session);
    const auto call = [&](const std::string& id) {
        request.set_pool_id(id);
        return host.call<v1::GetMediaPoolNameAnswer>("GetMediaPoolName", request);
    };
    EXPECT_EQ(call("").error(), code(Error::InvalidParameter));
    EXPECT_EQ(call(host.session).error(), code(Error::InvalidMediaPool));
    EXPECT_EQ(call(pool.pool_id()).name(), "\\App\\Pool");
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA_POOL
// returns: ERROR_NOT_EMPTY
// returns: ERROR_SUCCESS
TEST(DeleteMediaPool, WantsItEmptyAndNotRsmsOwn) {
    ManagedHost host;
    const std::string app = host.create_pool("App", "").pool_id();
    const std::string leaf =
        host.create_pool("App\\Pool", host.named(ObjectType::MediaType, "LTO_Ultrium")).pool_id();
    v1::DeleteMediaPoolRequest request;
    request.set_session(host.session);
    const auto error = [&](const std::string& id) {
        request.set_pool_id(id);
        return host.call<v1::DeleteMediaPoolAnswer>("DeleteMediaPool", request).error();
    };
    EXPECT_EQ(error(""), code(Error::InvalidParameter));
    EXPECT_EQ(error(host.vault()), code(Error::InvalidMediaPool));
    EXPECT_EQ(error(host.free_pool()), code(Error::InvalidMediaPool));
    EXPECT_EQ(error(app), code(Error::NotEmpty));
    EXPECT_EQ(host.move(host.free_medium("NL0001L9"), leaf), kOk);
    EXPECT_EQ(error(leaf), code(Error::NotEmpty));
    EXPECT_EQ(host.move(host.medium("NL0001L9"), host.free_pool()), kOk);
    EXPECT_EQ(error(leaf), kOk);
    EXPECT_EQ(error(app), kOk);
}

// --- inventory

TEST(Inventory, MakesObjectsOfWhatTheLibraryHas) {
    ManagedHost host;
    const auto library = host.get(host.vault());
    EXPECT_EQ(library.library().library_type(), 2U);
    EXPECT_EQ(library.operational_state(), 0U);
    EXPECT_EQ(library.library().number_of_slots(), 4U);
    EXPECT_EQ(library.library().number_of_ports(), 2U);
    EXPECT_EQ(library.library().number_of_drives(), 1U);
    EXPECT_EQ(library.library().number_of_changers(), 1U);
    EXPECT_EQ(library.library().number_of_media(), 2U);
    EXPECT_EQ(library.library().number_of_media_types(), 1U);
    EXPECT_TRUE(library.library().bar_code_reader_installed());
    const auto drive = host.get(host.list(ObjectType::Drive).front());
    EXPECT_EQ(drive.drive().serial_number(), "DRIVE00001");
    EXPECT_EQ(host.get(drive.drive().drive_type()).drive_type().product(), "FAKE ULTRIUM");
    EXPECT_EQ(host.get(host.list(ObjectType::Changer).front()).changer().serial_number(),
              "CHANGER001");
}

TEST(Inventory, PutsNewCartridgesIntoTheUnrecognizedPool) {
    ManagedHost host;
    const auto medium = host.get(host.medium("NL0001L9"));
    EXPECT_EQ(medium.physical_media().bar_code(), "NL0001L9");
    EXPECT_EQ(medium.physical_media().number_of_partitions(), 1U);
    EXPECT_EQ(medium.physical_media().location_type(), 16U);
    EXPECT_EQ(medium.physical_media().home_slot(), medium.physical_media().location());
    EXPECT_EQ(host.get(medium.physical_media().media_pool()).media_pool().pool_type(), 2U);
    const auto side = host.get(host.list(ObjectType::Partition, medium.object_guid()).front());
    EXPECT_EQ(side.partition().state(), 7U);
    EXPECT_EQ(side.partition().physical_media(), medium.object_guid());
}

TEST(Inventory, IsRefusedForWhatIsNoLibraryInReach) {
    ManagedHost host;
    const std::string offline = host.named(ObjectType::Library, "Off-line Media");
    EXPECT_EQ(host.inventory("", InventoryMethod::Fast), code(Error::InvalidParameter));
    EXPECT_EQ(host.inventory(host.session, InventoryMethod::Fast), code(Error::InvalidLibrary));
    EXPECT_EQ(host.inventory(offline, InventoryMethod::Fast), code(Error::LibraryOffline));
    v1::DisableObjectRequest disable;
    disable.set_session(host.session);
    disable.set_type(number(ObjectType::Library));
    disable.set_object_id(host.vault());
    EXPECT_EQ(host.call<v1::DisableObjectAnswer>("DisableObject", disable).error(), kOk);
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), code(Error::ResourceDisabled));
}

TEST(Inventory, FindsWhatCameMovedAndWent) {
    ManagedHost host;
    const std::string first = host.free_medium("NL0001L9");
    host.library.take("NL0001L9");
    host.library.put(host.library.slot(3), "NL0003L9");
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(1'000);
    EXPECT_EQ(host.location_name(first), "outside");
    EXPECT_EQ(host.location_name(host.medium("NL0003L9")), "Slot 4");
    const auto offline = host.get(host.get(first).physical_media().current_library());
    EXPECT_EQ(offline.name(), "Off-line Media");
    // The same cartridge comes back as the same medium.
    host.library.put(host.library.slot(2), "NL0001L9");
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Default), kOk);
    host.delays.pass(1'000);
    EXPECT_EQ(host.location_name(first), "Slot 3");
    EXPECT_EQ(host.get(first).physical_media().home_slot(),
              host.get(first).physical_media().location());
}

TEST(Inventory, ForgetsUnrecognizedMediaThatAreGone) {
    ManagedHost host;
    host.library.take("NL0002L9");
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(1'000);
    EXPECT_EQ(host.medium("NL0002L9"), "");
}

TEST(Inventory, KeepsNoRecordOfCleaningCartridges) {
    ManagedHost host;
    host.library.put(host.library.slot(3), "CLNU01L1");
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(1'000);
    EXPECT_EQ(host.medium("CLNU01L1"), "");
    EXPECT_EQ(host.get(host.vault()).library().flags() & kCleanerPresent, kCleanerPresent);
}

TEST(Inventory, WaitsForALibraryThatIsBecomingReady) {
    Host host;
    FakeLibrary library(4, 1, 1);
    library.put(library.slot(0), "NL0001L9");
    library.not_ready = 5;
    host.service->manage(library.managed("vault"));
    EXPECT_EQ(host.named(ObjectType::PhysicalMedia, "NL0001L9"), "");
    host.delays.pass(30'000);
    EXPECT_NE(host.named(ObjectType::PhysicalMedia, "NL0001L9"), "");
}

TEST(Inventory, OfALibraryThatWasNotThereComesWhenItIs) {
    Host host;
    FakeLibrary library(4, 1, 1);
    library.put(library.slot(0), "NL0001L9");
    library.is_reachable = false;
    host.service->manage(library.managed("vault"));
    host.delays.pass(5'000);
    library.is_reachable = true;
    host.delays.pass(60'000);
    EXPECT_NE(host.named(ObjectType::PhysicalMedia, "NL0001L9"), "");
}

TEST(Inventory, NeverAsksForEverOfALibraryThatDoesNotAnswer) {
    Host host;
    FakeLibrary library(4, 1, 1);
    library.is_reachable = false;
    host.service->manage(library.managed("vault"));
    host.delays.pass(3'600'000);
    EXPECT_TRUE(host.delays.is_idle());
}

// --- the free label

TEST(FreeLabel, IsWrittenInADriveBeforeTheMediumCounts) {
    ManagedHost host;
    const std::string medium = host.medium("NL0001L9");
    const std::string side = host.list(ObjectType::Partition, medium).front();
    EXPECT_EQ(host.move(medium, host.free_pool()), kOk);
    EXPECT_EQ(host.get(side).partition().state(), 1U);
    EXPECT_EQ(host.move(medium, host.free_pool()), code(Error::Busy));
    host.delays.pass(60'000);
    EXPECT_EQ(host.get(side).partition().state(), 4U);
    EXPECT_EQ(host.get(side).partition().mount_count(), 1U);
    EXPECT_THAT(host.library.written(host.library.drive(0)), SizeIs(1));
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.get(medium).physical_media().media_state(), 0U);
    const auto request = host.get(host.list(ObjectType::LibRequest).back());
    EXPECT_EQ(request.lib_request().operation_code(), 18U);
    EXPECT_EQ(request.lib_request().state(), 2U);
}

TEST(FreeLabel, IsNotWrittenByDrivesThatDoNotWrite) {
    Host host;
    FakeLibrary library(2, 1, 1);
    library.drives_write = false;
    library.put(library.slot(0), "NL0001L9");
    host.service->manage(library.managed("vault"));
    host.delays.pass(100);
    const std::string medium = host.named(ObjectType::PhysicalMedia, "NL0001L9");
    library.commands.clear();
    EXPECT_EQ(host.move(medium, host.free_pool()), kOk);
    host.delays.pass(100);
    const std::string side = host.list(ObjectType::Partition, medium).front();
    EXPECT_EQ(host.get(side).partition().state(), 4U);
    for (const scsi::Bytes& command : library.commands) EXPECT_NE(command.front(), 0xA5);
}

TEST(FreeLabel, WaitsForADrive) {
    ManagedHost host;
    host.library.put(host.library.drive(0), "NL0004L9");  // no drive is free
    const std::string medium = host.medium("NL0001L9");
    const std::string side = host.list(ObjectType::Partition, medium).front();
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(1'000);
    EXPECT_EQ(host.move(medium, host.free_pool()), kOk);
    host.delays.pass(60'000);
    EXPECT_EQ(host.get(side).partition().state(), 1U);
    const auto request = host.get(host.list(ObjectType::LibRequest).back()).lib_request();
    EXPECT_EQ(request.state(), 0U);
    host.library.take("NL0004L9");
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(60'000);
    EXPECT_EQ(host.get(side).partition().state(), 4U);
}

TEST(FreeLabel, ThatCouldNotBeWrittenIsTriedAgainWithTheNextInventory) {
    ManagedHost host;
    host.library.tape_trouble = scsi::kMediaLoadOrEjectFailed;
    const std::string medium = host.medium("NL0001L9");
    const std::string side = host.list(ObjectType::Partition, medium).front();
    EXPECT_EQ(host.move(medium, host.free_pool()), kOk);
    host.delays.pass(60'000);
    EXPECT_EQ(host.get(side).partition().state(), 1U);
    const auto request = host.get(host.list(ObjectType::LibRequest).back()).lib_request();
    EXPECT_EQ(request.state(), 3U);
    EXPECT_EQ(request.error_code(), code(Error::MediumNotAccessible));
    host.library.tape_trouble.reset();
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(60'000);
    EXPECT_EQ(host.get(side).partition().state(), 4U);
}

TEST(FreeLabel, ThatAnEndedServiceOwesIsWrittenByTheNext) {
    std::string path = testing::TempDir() + "rsm-restart-XXXXXX";
    const std::string folder = mkdtemp(path.data());
    FakeLibrary library(2, 1, 1);
    library.put(library.slot(0), "NL0001L9");
    std::string medium;
    const auto open = [&](Host& host) {
        auto opened =
            Service::open({folder + "/rsm.db", "vault-host", kAdministrators, 7}, host.delays);
        ASSERT_TRUE(opened);
        host.service = std::move(*opened);
        host.session = host.open(kAdministrator);
        host.service->manage(library.managed("vault"));
        host.delays.pass(100);
    };
    {
        Host host;
        open(host);
        medium = host.named(ObjectType::PhysicalMedia, "NL0001L9");
        EXPECT_EQ(host.move(medium, host.free_pool()), kOk);
    }
    Host host;
    open(host);
    host.delays.pass(60'000);
    const std::string side = host.list(ObjectType::Partition, medium).front();
    EXPECT_EQ(host.get(side).partition().state(), 4U);
    EXPECT_EQ(host.get(medium).physical_media().media_state(), 0U);
    EXPECT_EQ(host.location_name(medium), "Slot 1");
    std::filesystem::remove_all(folder);
}

// --- eject, and what is inside and what is not

// returns: ERROR_SUCCESS
TEST(EjectMedia, BringsTheCartridgeToAPortWhereItIsStillInside) {
    ManagedHost host;
    const std::string medium = host.free_medium("NL0001L9");
    const auto ejected = host.eject(medium, EjectAction::Start);
    EXPECT_EQ(ejected.error(), kOk);
    host.delays.pass(100);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.port(0));
    EXPECT_EQ(host.location_name(medium), "Port 1");
    EXPECT_EQ(host.get(ejected.eject_operation()).lib_request().state(), 5U);  // waiting
    const auto asked = host.get(host.list(ObjectType::OpRequest).front());
    EXPECT_EQ(asked.op_request().request(), 4U);
    EXPECT_EQ(asked.op_request().arg1(), medium);
    EXPECT_EQ(host.remove(medium), code(Error::InvalidState));

    host.library.take("NL0001L9");
    EXPECT_EQ(host.remove(medium), kOk);  // the look sees that it is gone
    EXPECT_EQ(host.medium("NL0001L9"), "");
    EXPECT_EQ(host.get(ejected.eject_operation()).lib_request().state(), 2U);  // passed
    EXPECT_EQ(host.get(ejected.eject_operation()).lib_request().phys_media_id(), medium);
    EXPECT_EQ(host.remove(medium), code(Error::InvalidMedia));
}

TEST(EjectMedia, IsOverWhenTheOperatorIsSeenToHaveTakenIt) {
    ManagedHost host;
    const std::string medium = host.free_medium("NL0001L9");
    const auto ejected = host.eject(medium, EjectAction::Start);
    host.delays.pass(100);
    host.library.take("NL0001L9");
    host.delays.pass(10'000);
    EXPECT_EQ(host.location_name(medium), "outside");
    EXPECT_EQ(host.get(ejected.eject_operation()).lib_request().state(), 2U);
    EXPECT_EQ(host.get(host.list(ObjectType::OpRequest).front()).op_request().state(), 5U);
    host.delays.pass(3'600'000);
    EXPECT_TRUE(host.delays.is_idle());
}

// returns: ERROR_INVALID_STATE
// returns: ERROR_SUCCESS
TEST(DeleteMedia, OfACartridgePutBackIsRefusedWhateverTheRecordSays) {
    ManagedHost host;
    const std::string medium = host.free_medium("NL0001L9");
    host.eject(medium, EjectAction::Start);
    host.delays.pass(100);
    host.library.take("NL0001L9");
    host.delays.pass(10'000);
    EXPECT_EQ(host.location_name(medium), "outside");
    host.library.put(host.library.port(1), "NL0001L9");
    EXPECT_EQ(host.remove(medium), code(Error::InvalidState));
    EXPECT_EQ(host.location_name(medium), "Port 2");
    host.library.take("NL0001L9");
    EXPECT_EQ(host.remove(medium), kOk);
}

// returns: ERROR_INVALID_STATE
// returns: ERROR_SUCCESS
TEST(DeleteMedia, IsDecidedByTheRecordWhenNobodyCanLook) {
    ManagedHost host;
    const std::string seen_going = host.free_medium("NL0001L9");
    const std::string unseen = host.free_medium("NL0002L9");
    host.library.take("NL0001L9");
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(10'000);
    EXPECT_EQ(host.location_name(seen_going), "outside");
    host.library.take("NL0002L9");
    host.library.is_reachable = false;
    EXPECT_EQ(host.remove(unseen), code(Error::InvalidState));
    EXPECT_EQ(host.remove(seen_going), kOk);
    host.library.is_reachable = true;
    EXPECT_EQ(host.remove(unseen), kOk);
}

TEST(DeleteMedia, LooksOnceForManyThatAskTogether) {
    ManagedHost host;
    const std::string first = host.free_medium("NL0001L9");
    const std::string second = host.free_medium("NL0002L9");
    host.library.take("NL0001L9");
    host.library.take("NL0002L9");
    const auto json = [&](const std::string& id) {
        return R"({"session":")" + host.session + R"(","mediaId":")" + id + "\"}";
    };
    host.library.not_ready = 1;
    const auto one = host.start("DeleteMedia", json(first));
    const auto two = host.start("DeleteMedia", json(second));
    host.delays.pass(10'000);
    ASSERT_TRUE(one->has_value());
    ASSERT_TRUE(two->has_value());
    EXPECT_EQ((*one)->json, R"({"error":0})");
    EXPECT_EQ((*two)->json, R"({"error":0})");
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA
// returns: ERROR_INVALID_OPERATION
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_MEDIA_NOT_AVAILABLE
// returns: ERROR_LIBRARY_OFFLINE
// returns: ERROR_SUCCESS
TEST(EjectMedia, RefusesAsDocumented) {
    ManagedHost host;
    const std::string medium = host.free_medium("NL0001L9");
    EXPECT_EQ(host.eject("", EjectAction::Start).error(), code(Error::InvalidParameter));
    EXPECT_EQ(host.eject(medium, static_cast<EjectAction>(4)).error(),
              code(Error::InvalidParameter));
    EXPECT_EQ(host.eject(host.vault(), EjectAction::Start).error(), code(Error::InvalidMedia));
    EXPECT_EQ(host.eject(medium, EjectAction::Stop).error(), code(Error::InvalidParameter));
    EXPECT_EQ(host.eject(medium, EjectAction::Stop, medium).error(), code(Error::InvalidOperation));
    v1::EjectMediaRequest request;
    request.set_session(host.open(kStranger));
    request.set_media_id(medium);
    EXPECT_EQ(host.call<v1::EjectMediaAnswer>("EjectMedia", request, kStranger).error(),
              code(Error::AccessDenied));
    v1::DisableObjectRequest disable;
    disable.set_session(host.session);
    disable.set_type(number(ObjectType::PhysicalMedia));
    disable.set_object_id(medium);
    EXPECT_EQ(host.call<v1::DisableObjectAnswer>("DisableObject", disable).error(), kOk);
    EXPECT_EQ(host.eject(medium, EjectAction::Start).error(), code(Error::MediaNotAvailable));
    host.library.take("NL0001L9");
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(1'000);
    EXPECT_EQ(host.eject(medium, EjectAction::Start).error(), code(Error::LibraryOffline));
}

// returns: ERROR_BUSY
// returns: ERROR_SUCCESS
TEST(EjectMedia, CollectsABatchAndStartsItWithANullId) {
    ManagedHost host;
    host.library.put(host.library.slot(2), "NL0003L9");
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(1'000);
    EXPECT_EQ(host.eject(host.medium("NL0001L9"), EjectAction::Queue).error(), kOk);
    EXPECT_EQ(host.eject(host.medium("NL0002L9"), EjectAction::Queue).error(), kOk);
    EXPECT_EQ(host.eject(host.medium("NL0003L9"), EjectAction::Queue).error(), code(Error::Busy));
    const std::string null = "00000000-0000-0000-0000-000000000000";
    EXPECT_EQ(host.eject(null, EjectAction::Start).error(), kOk);
    host.delays.pass(100);
    // Those of one moment have no order among them.
    EXPECT_THAT((std::vector<std::uint16_t>{host.library.where("NL0001L9"),
                                            host.library.where("NL0002L9")}),
                testing::UnorderedElementsAre(host.library.port(0), host.library.port(1)));
    // No port is free for the third: its request fails.
    const auto third = host.eject(host.medium("NL0003L9"), EjectAction::Start);
    EXPECT_EQ(third.error(), kOk);
    host.delays.pass(100);
    const auto request = host.get(third.eject_operation()).lib_request();
    EXPECT_EQ(request.state(), 3U);
    EXPECT_EQ(request.error_code(), code(Error::IEPortFull));
}

// returns: ERROR_SUCCESS
TEST(EjectMedia, IsPlannedAnewWhenTheLibraryChangedMeanwhile) {
    ManagedHost host;
    const std::string medium = host.free_medium("NL0001L9");
    host.library.put(host.library.port(0), "NL0009L9");  // and nobody has looked yet
    EXPECT_EQ(host.eject(medium, EjectAction::Start).error(), kOk);
    host.delays.pass(1'000);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.port(1));
    EXPECT_EQ(host.location_name(medium), "Port 2");
}

// returns: ERROR_INVALID_OPERATION
// returns: ERROR_SUCCESS
TEST(EjectMedia, StoppedWhileItWaitsLeavesTheCartridgeInThePort) {
    ManagedHost host;
    const std::string medium = host.free_medium("NL0001L9");
    const auto ejected = host.eject(medium, EjectAction::Start);
    host.delays.pass(100);
    EXPECT_EQ(host.eject("", EjectAction::Stop, ejected.eject_operation()).error(), kOk);
    EXPECT_EQ(host.get(ejected.eject_operation()).lib_request().state(), 8U);
    EXPECT_EQ(host.eject("", EjectAction::Stop, ejected.eject_operation()).error(),
              code(Error::InvalidOperation));
    EXPECT_EQ(host.location_name(medium), "Port 1");
}

// --- allocation that waits

// returns: ERROR_TIMEOUT
// returns: ERROR_MEDIA_UNAVAILABLE
// returns: ERROR_CANCELLED
// returns: ERROR_SUCCESS
TEST(AllocateMedia, WaitsForMediaAsLongAsItIsTold) {
    ManagedHost host;
    const std::string type = host.named(ObjectType::MediaType, "LTO_Ultrium");
    const std::string pool = host.create_pool("Backup", type).pool_id();
    v1::AllocateMediaRequest request;
    request.set_session(host.session);
    request.set_pool_id(pool);
    const auto json = [&] {
        std::string text;
        EXPECT_TRUE(google::protobuf::util::MessageToJsonString(request, &text).ok());
        return text;
    };
    const auto error = [](const Answer& answer) {
        v1::AllocateMediaAnswer reply;
        EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(answer.json, &reply).ok());
        return reply.error();
    };
    EXPECT_EQ(error(host.raw("AllocateMedia", json())), code(Error::Timeout));
    request.set_options(kAllocateErrorIfUnavailable);
    EXPECT_EQ(error(host.raw("AllocateMedia", json())), code(Error::MediaUnavailable));
    request.set_options(0);
    request.set_timeout_ms(5'000);
    auto waiting = host.start("AllocateMedia", json());
    EXPECT_FALSE(waiting->has_value());
    EXPECT_THAT(host.list(ObjectType::OpRequest), SizeIs(1));
    host.delays.pass(5'000);
    ASSERT_TRUE(waiting->has_value());
    EXPECT_EQ(error(**waiting), code(Error::Timeout));
    EXPECT_THAT(host.list(ObjectType::OpRequest), IsEmpty());

    request.set_timeout_ms(kForever);
    waiting = host.start("AllocateMedia", json());
    const std::string medium = host.free_medium("NL0001L9");
    EXPECT_FALSE(waiting->has_value());
    EXPECT_EQ(host.move(medium, pool), kOk);
    ASSERT_TRUE(waiting->has_value());
    EXPECT_EQ(error(**waiting), kOk);
    EXPECT_THAT(host.list(ObjectType::OpRequest), IsEmpty());

    waiting = host.start("AllocateMedia", json());
    host.service->connection_closed(kAdministrator.connection);
    ASSERT_TRUE(waiting->has_value());
    EXPECT_EQ(error(**waiting), code(Error::Cancelled));
}

TEST(RsmService, EndsWhileMuchIsUnderWay) {
    ManagedHost host;
    host.library.not_ready = 1'000'000;
    host.eject(host.medium("NL0001L9"), EjectAction::Start);
    const auto waiting =
        host.start("DeleteMedia", R"({"session":")" + host.session + R"(","mediaId":")" +
                                      host.medium("NL0002L9") + "\"}");
    host.service.reset();
    host.delays.pass(3'600'000);  // late callbacks find nobody
    EXPECT_FALSE(waiting->has_value());
}

}  // namespace
}  // namespace nearline::rsm
