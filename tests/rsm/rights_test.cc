// Every row of the table of rights, through the service: a caller who lacks one of the rights a
// function wants is refused, one who has them and nothing else is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "rsm/access.h"
#include "tests/rsm/named_host.h"

namespace nearline::rsm {
namespace {

Service::Settings settings_of(Edition edition) {
    Service::Settings settings{":memory:", "vault-host", kAdministrators, 7};
    settings.edition = edition;
    return settings;
}

struct Call {
    std::string row;
    std::string json;  // without the session
};

// How each row of the table is asked for. Those that ask nothing but a part of the pools, as
// "AllocateMedia: free pool", have tests of their own below.
std::vector<Call> calls() {
    return {
        {"AccessLibraryDoor", R"("libraryId":"$LIBRARY","action":1)"},
        {"AddMediaType", R"("libraryId":"$LIBRARY","mediaTypeId":"$TYPE")"},
        {"AllocateMedia", R"("poolId":"$POOL","options":4)"},
        {"ChangeMediaType", R"("mediaId":"$ONLINE_MEDIUM","poolId":"$POOL")"},
        {"CleanDrive", R"("driveId":"$DRIVE")"},
        {"CreateMediaPool: open", R"("name":"App\\Daily","action":1)"},
        {"DeallocateMedia", R"("mediaId":"$ALLOCATED")"},
        {"DecommissionMedia", R"("mediaId":"$SIDE")"},
        {"DeleteDrive", R"("driveId":"$DRIVE")"},
        {"DeleteLibrary", R"("libraryId":"$LIBRARY")"},
        {"DeleteMedia", R"("mediaId":"$OFFLINE_MEDIUM")"},
        {"DeleteMediaPool", R"("poolId":"$POOL")"},
        {"DeleteMediaType", R"("libraryId":"$LIBRARY","mediaTypeId":"$TYPE")"},
        {"DisableObject", R"("type":5,"objectId":"$DRIVE")"},
        {"DismountDrive", R"("driveId":"$DRIVE")"},
        {"EjectCleaner", R"("libraryId":"$LIBRARY","action":0)"},
        {"EjectMedia", R"("mediaId":"$ONLINE_MEDIUM","action":0)"},
        {"EnableObject", R"("type":5,"objectId":"$DRIVE")"},
        {"ExportDatabase", ""},
        {"GetMediaPoolName", R"("poolId":"$POOL")"},
        {"GetUIOptions: computer", R"("objectId":"$COMPUTER","type":1)"},
        {"GetUIOptions: library", R"("objectId":"$LIBRARY","type":1)"},
        {"IdentifySlot", R"("slotId":"$SLOT")"},
        {"ImportDatabase", ""},
        {"InjectCleaner", R"("libraryId":"$LIBRARY","numberOfCleansLeft":5,"action":0)"},
        {"InjectMedia", R"("libraryId":"$LIBRARY","action":0)"},
        {"InventoryLibrary", R"("libraryId":"$LIBRARY","action":1)"},
        {"OpenNotification", R"("type":5)"},
        {"OpenSession", ""},
        {"ReleaseCleanerSlot", R"("libraryId":"$LIBRARY")"},
        {"ReserveCleanerSlot", R"("libraryId":"$LIBRARY","slotId":"$SLOT")"},
        {"SetMediaComplete", R"("mediaId":"$ALLOCATED")"},
        {"SetUIOptions: computer",
         R"("objectId":"$COMPUTER","type":1,"operation":1,"destination":"desk")"},
        {"SetUIOptions: library",
         R"("objectId":"$LIBRARY","type":1,"operation":1,"destination":"desk")"},
    };
}

std::string method_of(const std::string& row) {
    return row.substr(0, row.find(':'));
}

std::string request_of(const Call& one) {
    const std::string session =
        method_of(one.row) == "OpenSession" ? "" : "\"session\":\"$SESSION\"";
    const bool is_both = !session.empty() && !one.json.empty();
    return "{" + session + (is_both ? "," : "") + one.json + "}";
}

bool is_served(std::optional<std::uint32_t> error) {
    return error != code(Error::CallNotImplemented);
}

// The rights of a row with one of its cells' bits missing, and everything else granted.
std::vector<Wanted> lacking(const Wanted& wanted) {
    std::vector<Wanted> all;
    for (const std::uint32_t bit : {kUse, kModify, kControl}) {
        if ((wanted.pool & bit) != 0) all.push_back({kAnyRight & ~bit, kAnyRight, kAnyRight});
        if ((wanted.library & bit) != 0) all.push_back({kAnyRight, kAnyRight & ~bit, kAnyRight});
        if ((wanted.computer & bit) != 0) all.push_back({kAnyRight, kAnyRight, kAnyRight & ~bit});
    }
    return all;
}

class Editions : public testing::TestWithParam<Edition> {};
INSTANTIATE_TEST_SUITE_P(Rights, Editions, testing::Values(Edition::Server2003, Edition::Xp));

TEST_P(Editions, RefuseWhoeverLacksOneOfTheRightsAndNobodyElse) {
    NamedHost refusing(settings_of(GetParam()));
    for (const Call& one : calls()) {
        const Wanted wanted = wanted_by(one.row, GetParam());
        const std::string request = request_of(one);
        refusing.grant({kAnyRight, kAnyRight, kAnyRight});
        for (const Wanted& rights : lacking(wanted)) {
            refusing.grant(rights);
            const auto error = refusing.error(method_of(one.row), request);
            if (!is_served(error)) continue;
            EXPECT_EQ(error, code(Error::AccessDenied)) << one.row;
        }
        NamedHost granting(settings_of(GetParam()));
        granting.grant(wanted);
        EXPECT_NE(granting.error(method_of(one.row), request), code(Error::AccessDenied))
            << one.row;
    }
}

TEST_P(Editions, WantTheRightsOfTheTypeForInformationAttributesAndSecurity) {
    NamedHost host(settings_of(GetParam()));
    const std::vector<std::pair<ObjectType, std::string>> objects = {
        {ObjectType::Computer, "COMPUTER"},
        {ObjectType::MediaType, "TYPE"},
        {ObjectType::Library, "LIBRARY"},
        {ObjectType::Drive, "DRIVE"},
        {ObjectType::StorageSlot, "SLOT"},
        {ObjectType::MediaPool, "POOL"},
        {ObjectType::LogicalMedia, "ALLOCATED"},
        {ObjectType::Partition, "SIDE"},
        {ObjectType::PhysicalMedia, "OFFLINE_MEDIUM"},
    };
    const std::vector<std::pair<std::string, std::string>> functions = {
        {"GetObjectInformation", ""},
        {"SetObjectInformation", R"(,"information":{"mediaType":{}})"},
        {"GetObjectAttribute", R"(,"name":"a")"},
        {"SetObjectAttribute", R"(,"name":"a","data":"QQ==")"},
        {"GetObjectSecurity", R"(,"information":4)"},
        {"SetObjectSecurity",
         R"(,"information":4,"securityDescriptor":"AQAEgAAAAAAAAAAAAAAAAAAAAAA=")"},
    };
    for (const auto& [type, object] : objects) {
        const auto row =
            std::find_if(type_rights().begin(), type_rights().end(),
                         [type = type](const TypeRights& one) { return one.type == type; });
        ASSERT_NE(row, type_rights().end());
        const auto on_holder = [&](std::uint32_t mask, std::uint32_t others) {
            return Wanted{row->holder == Holder::Pool ? mask : others,
                          row->holder == Holder::Library ? mask : others,
                          row->holder == Holder::Computer ? mask : others};
        };
        for (const auto& [function, more] : functions) {
            const std::uint32_t wanted = wanted_on(function, type, GetParam());
            const std::string request =
                R"({"session":"$SESSION","objectId":"$)" + object + "\"" + more + "}";
            if (wanted != 0) {
                host.grant(on_holder(kAnyRight & ~wanted, kAnyRight));
                EXPECT_EQ(host.error(function, request), code(Error::AccessDenied))
                    << function << " of " << object;
            }
            host.grant(on_holder(wanted, 0));
            EXPECT_NE(host.error(function, request), code(Error::AccessDenied))
                << function << " of " << object;
        }
    }
}

// --- the rows that concern a second object

TEST_P(Editions, WantRightsOnThePoolMediaAreDrawnFrom) {
    const Wanted on_pool = wanted_by("AllocateMedia", GetParam());
    const std::uint32_t on_free = wanted_by("AllocateMedia: free pool", GetParam()).pool;
    for (const bool has_it : {false, true}) {
        NamedHost host(settings_of(GetParam()));
        host.draw_from_free();
        host.set_rights({"POOL"}, on_pool.pool);
        host.set_rights({"FREE"}, has_it ? on_free : kAnyRight & ~on_free);
        const auto error =
            host.error("AllocateMedia", R"({"session":"$SESSION","poolId":"$POOL","options":4})");
        EXPECT_EQ(error == code(Error::AccessDenied), on_free != 0 && !has_it);
    }
}

TEST_P(Editions, WantRightsOnBothPoolsOfAMove) {
    const std::uint32_t on_pool = wanted_by("MoveToMediaPool", GetParam()).pool;
    const std::uint32_t on_free = wanted_by("MoveToMediaPool: free pool", GetParam()).pool;
    NamedHost host(settings_of(GetParam()));
    const std::string move =
        R"({"session":"$SESSION","mediaId":"$ONLINE_MEDIUM","poolId":"$FREE"})";
    host.set_rights({"POOL"}, kAnyRight & ~on_pool);
    host.set_rights({"FREE"}, kAnyRight);
    EXPECT_EQ(host.error("MoveToMediaPool", move), code(Error::AccessDenied));
    host.set_rights({"POOL"}, kAnyRight);
    host.set_rights({"FREE"}, kAnyRight & ~on_free);
    EXPECT_EQ(host.error("MoveToMediaPool", move), code(Error::AccessDenied));
    host.set_rights({"POOL"}, on_pool);
    host.set_rights({"FREE"}, on_free);
    EXPECT_EQ(host.error("MoveToMediaPool", move), kOk);
}

TEST_P(Editions, WantRightsOnTheParentOfANewPoolAndLaterOnTheRoot) {
    const std::uint32_t on_parent = wanted_by("CreateMediaPool", GetParam()).pool;
    const std::uint32_t on_root = wanted_by("CreateMediaPool: root pool", GetParam()).pool;
    NamedHost host(settings_of(GetParam()));
    const std::string create = R"({"session":"$SESSION","name":"App\\New","action":2})";
    host.set_rights({"PARENT"}, kAnyRight & ~on_parent);
    host.set_rights({"ROOT"}, kAnyRight);
    EXPECT_EQ(host.error("CreateMediaPool", create), code(Error::AccessDenied));
    host.set_rights({"PARENT"}, kAnyRight);
    host.set_rights({"ROOT"}, 0);
    EXPECT_EQ(host.error("CreateMediaPool", create),
              on_root == 0 ? kOk : code(Error::AccessDenied));
    const std::string another = R"({"session":"$SESSION","name":"App\\Another","action":2})";
    host.set_rights({"PARENT"}, on_parent);
    host.set_rights({"ROOT"}, on_root);
    EXPECT_EQ(host.error("CreateMediaPool", another), kOk);
}

TEST_P(Editions, WantRightsOnThePoolOfARecordAndOnOneMoreObject) {
    const Wanted wanted = wanted_by("CreateMedia", GetParam());
    NamedHost host(settings_of(GetParam()));
    for (const Wanted& rights : lacking(wanted)) {
        host.grant(rights);
        EXPECT_EQ(host.error("CreateMedia", NamedHost::record_request("OFF003", 4, "$POOL")),
                  code(Error::AccessDenied));
    }
    host.grant(wanted);
    EXPECT_EQ(host.error("CreateMedia", NamedHost::record_request("OFF003", 4, "$POOL")), kOk);
}

TEST(Rights, AreAskedForByRowsThatTestsReach) {
    std::set<std::string> reached;
    for (const Call& one : calls()) reached.insert(one.row);
    // Second objects, above; and functions of requests and mounts, which have tests of their own.
    for (const char* row : {"AllocateMedia: free pool",
                            "AllocateMedia: other source",
                            "CreateMedia",
                            "CreateMediaPool",
                            "CreateMediaPool: root pool",
                            "DeallocateMedia: free pool",
                            "MoveToMediaPool",
                            "MoveToMediaPool: free pool",
                            "CancelLibraryRequest",
                            "CancelOperatorRequest",
                            "DeleteRequests",
                            "DismountMedia",
                            "GetRequestOrder",
                            "MountMedia",
                            "SatisfyOperatorRequest",
                            "SetRequestOrder",
                            "SubmitOperatorRequest: CLEANER",
                            "SubmitOperatorRequest: DEVICESERVICE",
                            "SubmitOperatorRequest: MESSAGE",
                            "SubmitOperatorRequest: MOVEMEDIA",
                            "SubmitOperatorRequest: NEWMEDIA",
                            "SwapMedia",
                            "UpdateOmidInfo"}) {
        reached.insert(row);
    }
    for (const FunctionRights& row : function_rights()) {
        EXPECT_TRUE(reached.contains(std::string(row.name))) << row.name;
    }
}

}  // namespace
}  // namespace nearline::rsm
