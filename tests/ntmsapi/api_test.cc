// The functions against a service whose answers the test chooses: what they send, what they make of
// an answer, and what they refuse on their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <optional>

#include "tests/ntmsapi/api.h"

namespace nearline::ntmsapi {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// --- Sessions.

TEST_F(Api, OpeningSaysWhoCalls) {
    EXPECT_EQ(GetLastError(), ERROR_SUCCESS);
    const std::string request = service_.request("OpenSession");
    EXPECT_THAT(request, HasSubstr(R"("application":"test")"));
    EXPECT_THAT(request, HasSubstr(R"("clientName":")"));
    EXPECT_THAT(request, HasSubstr(R"("userName":")"));
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_SUCCESS);
    EXPECT_EQ(service_.request("CloseSession"), R"({"session":"s1"})");
}

TEST_F(Api, AClosedSessionsHandleIsInvalid) {
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_SUCCESS);
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_INVALID_HANDLE);
    EXPECT_EQ(DeleteNtmsMedia(session_, &id_), ERROR_INVALID_HANDLE);
    const HANDLE next = OpenNtmsSessionA(service_.server().c_str(), nullptr, 0);
    EXPECT_NE(next, session_);  // never given out twice
    EXPECT_EQ(CloseNtmsSession(next), ERROR_SUCCESS);
}

TEST_F(Api, NoHandleIsEverDereferenced) {
    for (const HANDLE handle : {HANDLE(nullptr), INVALID_HANDLE_VALUE, HANDLE(&session_)}) {
        EXPECT_EQ(CloseNtmsSession(handle), ERROR_INVALID_HANDLE);
        // The handle comes before the pointers.
        EXPECT_EQ(DeleteNtmsMedia(handle, nullptr), ERROR_INVALID_HANDLE);
        EXPECT_EQ(GetNtmsObjectInformationW(handle, nullptr, nullptr), ERROR_INVALID_HANDLE);
        EXPECT_EQ(EnumerateNtmsObject(handle, nullptr, nullptr, nullptr, 0, 0),
                  ERROR_INVALID_HANDLE);
    }
}

TEST_F(Api, WideNamesAreUtf16) {
    const std::u16string server = to_utf16(service_.server());
    const HANDLE wide =
        OpenNtmsSessionW(reinterpret_cast<LPCWSTR>(server.c_str()), u"Sicherung \u20AC", 0);
    ASSERT_NE(wide, INVALID_HANDLE_VALUE);
    EXPECT_THAT(service_.requests("OpenSession").back(),
                HasSubstr("\"application\":\"Sicherung \xE2\x82\xAC\""));
    CloseNtmsSession(wide);
}

TEST_F(Api, ARefusedSessionHasItsReasonInTheLastError) {
    service_.answer("OpenSession", R"({"error":5})");
    EXPECT_EQ(OpenNtmsSessionA(service_.server().c_str(), "test", 0), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_ACCESS_DENIED);
    service_.answer("OpenSession", "{}", 503);
    EXPECT_EQ(OpenNtmsSessionA(service_.server().c_str(), "test", 0), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_NOT_READY);
    service_.answer("OpenSession", "{}", 404);
    EXPECT_EQ(OpenNtmsSessionA(service_.server().c_str(), "test", 0), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), RPC_S_NO_INTERFACES);
    service_.answer("OpenSession", "not JSON");
    EXPECT_EQ(OpenNtmsSessionA(service_.server().c_str(), "test", 0), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_NOT_CONNECTED);
}

TEST_F(Api, OneConnectionServesCallAfterCall) {
    service_.answer("DeleteMedia", "{}");
    for (int call = 0; call < 3; ++call) EXPECT_EQ(DeleteNtmsMedia(session_, &id_), ERROR_SUCCESS);
    EXPECT_EQ(service_.connections(), 1U);
}

TEST_F(Api, ACallThatWaitsDoesNotKeepOthersWaiting) {
    service_.answer("AllocateMedia", R"({"mediaId":")" + kText + R"("})");
    service_.answer("DeleteMedia", "{}");
    service_.hold("AllocateMedia");
    auto allocation = std::async(std::launch::async, [&] {
        GUID media = {};
        return AllocateNtmsMedia(session_, &id_, nullptr, &media, 0, INFINITE, nullptr);
    });
    service_.wait_for_request("AllocateMedia");
    EXPECT_EQ(DeleteNtmsMedia(session_, &id_), ERROR_SUCCESS);
    service_.release();
    EXPECT_EQ(allocation.get(), ERROR_SUCCESS);
    EXPECT_EQ(service_.connections(), 2U);
}

TEST_F(Api, ClosingTheSessionCancelsCallsThatWait) {
    service_.hold("AllocateMedia");
    auto allocation = std::async(std::launch::async, [&] {
        GUID media = {};
        return AllocateNtmsMedia(session_, &id_, nullptr, &media, 0, INFINITE, nullptr);
    });
    service_.wait_for_request("AllocateMedia");
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_SUCCESS);
    EXPECT_EQ(allocation.get(), ERROR_CANCELLED);
}

TEST_F(Api, AServiceThatGoesAwayIsNotConnected) {
    service_.stop();
    EXPECT_EQ(DeleteNtmsMedia(session_, &id_), ERROR_NOT_CONNECTED);
    EXPECT_EQ(DeleteNtmsMedia(session_, &id_), ERROR_NOT_CONNECTED);
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_CONNECTION_UNAVAIL);
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_INVALID_HANDLE);
}

TEST_F(Api, WhatTheCarrierRefusesIsTold) {
    const std::array<std::pair<unsigned, DWORD>, 5> answers = {{
        {400, ERROR_INVALID_PARAMETER},
        {403, ERROR_ACCESS_DENIED},
        {404, ERROR_CALL_NOT_IMPLEMENTED},
        {503, ERROR_NOT_READY},
        {500, ERROR_NOT_CONNECTED},
    }};
    for (const auto& [status, error] : answers) {
        service_.answer("DeleteMedia", "{}", status);
        EXPECT_EQ(DeleteNtmsMedia(session_, &id_), error) << status;
    }
}

// --- Where the service is.

class Environment {
public:
    Environment(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before;
        ::setenv(name, value.c_str(), 1);
    }
    ~Environment() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

private:
    const char* name_;
    std::optional<std::string> before_;
};

TEST_F(Api, TheEnvironmentNamesThisComputersService) {
    const Environment named("NEARLINE_RSM", service_.path());
    for (const char* server :
         {static_cast<const char*>(nullptr), "", ".", "localhost", "\\\\LOCALHOST"}) {
        const HANDLE session = OpenNtmsSessionA(server, nullptr, 0);
        EXPECT_NE(session, INVALID_HANDLE_VALUE) << (server == nullptr ? "NULL" : server);
        EXPECT_EQ(CloseNtmsSession(session), ERROR_SUCCESS);
    }
    EXPECT_THAT(service_.requests("OpenSession"), SizeIs(6));
}

TEST(FindingTheService, UsesTheRuntimeDirectory) {
    FakeService service;
    const auto runtime = std::filesystem::path(service.path()).parent_path();
    std::filesystem::create_directory(runtime / "nearline");
    std::filesystem::create_symlink(service.path(), runtime / "nearline" / "rsm.sock");
    const Environment unnamed("NEARLINE_RSM", "");
    const Environment directory("XDG_RUNTIME_DIR", runtime.string());
    const HANDLE session = OpenNtmsSessionW(u"", nullptr, 0);
    EXPECT_NE(session, INVALID_HANDLE_VALUE);
    EXPECT_EQ(CloseNtmsSession(session), ERROR_SUCCESS);
}

TEST(FindingTheService, FailsWithADocumentedError) {
    const auto error_of = [](const std::string& server) {
        EXPECT_EQ(OpenNtmsSessionA(server.c_str(), nullptr, 0), INVALID_HANDLE_VALUE) << server;
        return GetLastError();
    };
    EXPECT_EQ(error_of("unix:/nowhere/rsm.sock"), ERROR_NOT_CONNECTED);
    EXPECT_EQ(error_of("another-computer"), ERROR_NOT_CONNECTED);
    EXPECT_EQ(error_of("unix:"), ERROR_INVALID_COMPUTERNAME);
    EXPECT_EQ(error_of("unix:/" + std::string(200, 'x')), ERROR_INVALID_COMPUTERNAME);
    EXPECT_EQ(error_of("no such*name"), ERROR_INVALID_COMPUTERNAME);
    EXPECT_EQ(error_of("\xFF"), ERROR_INVALID_COMPUTERNAME);
    const WCHAR lone_half[] = {0xD800, 0};
    EXPECT_EQ(OpenNtmsSessionW(nullptr, lone_half, 0), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

// --- Lists.

const std::string kThree =
    R"({"ids":[")" + kText + R"(",")" + kOtherText + R"(",")" + kText + R"("],"count":3})";
const std::string kTwoOfThree =
    R"({"error":122,"ids":[")" + kText + R"(",")" + kOtherText + R"("],"count":3})";

TEST_F(Api, AListThatFitsIsCounted) {
    service_.answer("EnumerateObject", kThree);
    std::array<GUID, 5> list = {};
    DWORD size = 5;
    EXPECT_EQ(EnumerateNtmsObject(session_, nullptr, list.data(), &size, NTMS_LIBRARY, 0),
              ERROR_SUCCESS);
    EXPECT_EQ(size, 3U);
    EXPECT_TRUE(list[0] == id_);
    EXPECT_TRUE(list[1] == other_id_);
    EXPECT_EQ(service_.request("EnumerateObject"), R"({"session":"s1","type":9,"capacity":5})");
}

TEST_F(Api, AListThatIsTooShortIsFilledAndTheWholeCounted) {
    // Whether the service cuts the list or leaves it to us.
    for (const std::string& answer : {kTwoOfThree, kThree}) {
        service_.answer("EnumerateObject", answer);
        std::array<GUID, 3> list = {};
        DWORD size = 2;
        EXPECT_EQ(EnumerateNtmsObject(session_, &id_, list.data(), &size, NTMS_DRIVE, 0),
                  ERROR_INSUFFICIENT_BUFFER);
        EXPECT_EQ(size, 3U);
        EXPECT_TRUE(list[1] == other_id_);
        EXPECT_TRUE(NTMS_IS_NULLGUID(list[2]));
    }
}

TEST_F(Api, WithoutAListTheCountIsAskedFor) {
    service_.answer("EnumerateObject", R"({"error":122,"count":3})");
    DWORD size = 7;
    EXPECT_EQ(EnumerateNtmsObject(session_, nullptr, nullptr, &size, NTMS_DRIVE, 0),
              ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(size, 3U);
    EXPECT_THAT(service_.request("EnumerateObject"), HasSubstr(R"("capacity":0)"));
    service_.answer("EnumerateObject", "{}");
    EXPECT_EQ(EnumerateNtmsObject(session_, nullptr, nullptr, &size, NTMS_DRIVE, 0), ERROR_SUCCESS);
    EXPECT_EQ(size, 0U);
}

TEST_F(Api, AListWithoutASizeIsRefusedHere) {
    EXPECT_EQ(EnumerateNtmsObject(session_, nullptr, &id_, nullptr, NTMS_DRIVE, 0),
              ERROR_INVALID_PARAMETER);
    EXPECT_THAT(service_.requests("EnumerateObject"), SizeIs(0));
}

TEST_F(Api, AnErrorLeavesListAndSizeAlone) {
    service_.answer("EnumerateObject", R"({"error":4312})");
    GUID list = id_;
    DWORD size = 1;
    EXPECT_EQ(EnumerateNtmsObject(session_, &id_, &list, &size, NTMS_DRIVE, 0),
              ERROR_OBJECT_NOT_FOUND);
    EXPECT_EQ(size, 1U);
    EXPECT_TRUE(list == id_);
}

TEST_F(Api, ANullContainerIdIsNotTheNullPointer) {
    service_.answer("EnumerateObject", R"({"error":4312})");
    GUID null_id = NTMS_NULLGUID;
    DWORD size = 0;
    EXPECT_EQ(EnumerateNtmsObject(session_, &null_id, nullptr, &size, NTMS_MEDIA_POOL,
                                  NTMS_ENUM_ROOTPOOL),
              ERROR_OBJECT_NOT_FOUND);
    EXPECT_EQ(service_.request("EnumerateObject"),
              R"({"session":"s1","containerId":"00000000-0000-0000-0000-000000000000",)"
              R"("type":12,"options":1,"capacity":0})");
}

// --- Objects.

TEST_F(Api, InformationFillsTheStructure) {
    service_.answer("GetObjectInformation", R"({"information":{"type":9,"objectGuid":")" + kText +
                                                R"(","enabled":true,"name":"vault","created":)" +
                                                R"("1795526055016","library":{"libraryType":2,)"
                                                R"("numberOfSlots":40},"newer":1}})");
    NTMS_OBJECTINFORMATIONA information = {};
    information.dwSize = sizeof(information);
    information.dwType = NTMS_UNKNOWN;
    EXPECT_EQ(GetNtmsObjectInformationA(session_, &id_, &information), ERROR_SUCCESS);
    EXPECT_EQ(information.dwSize, sizeof(information));
    EXPECT_EQ(information.dwType, DWORD{NTMS_LIBRARY});
    EXPECT_STREQ(information.szName, "vault");
    EXPECT_EQ(information.Created.wMonth, 11);
    EXPECT_EQ(information.Info.Library.dwNumberOfSlots, 40U);
    EXPECT_EQ(service_.request("GetObjectInformation"),
              R"({"session":"s1","objectId":")" + kText + R"("})");
}

TEST_F(Api, InformationNeedsASizeThatIsLargeEnough) {
    NTMS_OBJECTINFORMATIONW information = {};
    for (const std::size_t size :
         {std::size_t{0}, sizeof(NTMS_OBJECTINFORMATIONA), sizeof(information) - 1}) {
        information.dwSize = static_cast<DWORD>(size);
        EXPECT_EQ(GetNtmsObjectInformationW(session_, &id_, &information), ERROR_INVALID_PARAMETER);
        EXPECT_EQ(SetNtmsObjectInformationW(session_, &id_, &information), ERROR_INVALID_PARAMETER);
    }
    information.dwSize = sizeof(information);
    EXPECT_EQ(GetNtmsObjectInformationW(session_, nullptr, &information), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsObjectInformationW(session_, &id_, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(SetNtmsObjectInformationW(session_, nullptr, &information), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(SetNtmsObjectInformationW(session_, &id_, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_THAT(service_.requests("GetObjectInformation"), SizeIs(0));
    EXPECT_THAT(service_.requests("SetObjectInformation"), SizeIs(0));
}

TEST_F(Api, AnErrorLeavesTheStructureAlone) {
    service_.answer("GetObjectInformation", R"({"error":4312})");
    NTMS_OBJECTINFORMATIONA information = {};
    information.dwSize = sizeof(information);
    information.dwType = NTMS_DRIVE;
    copy_text("before", information.szName);
    EXPECT_EQ(GetNtmsObjectInformationA(session_, &id_, &information), ERROR_OBJECT_NOT_FOUND);
    EXPECT_STREQ(information.szName, "before");
    EXPECT_EQ(information.dwType, DWORD{NTMS_DRIVE});
}

TEST_F(Api, SettingInformationSendsTheSettableMembers) {
    service_.answer("SetObjectInformation", "{}");
    NTMS_OBJECTINFORMATIONA information = {};
    information.dwSize = sizeof(information);
    information.dwType = NTMS_DRIVE;
    copy_text("the left one", information.szDescription);
    information.Info.Drive.dwDeferDismountDelay = 60;
    EXPECT_EQ(SetNtmsObjectInformationA(session_, &id_, &information), ERROR_SUCCESS);
    EXPECT_EQ(service_.request("SetObjectInformation"),
              R"({"session":"s1","objectId":")" + kText +
                  R"(","information":{"type":5,"description":"the left one",)"
                  R"("drive":{"deferDismountDelay":60}}})");
}

TEST_F(Api, EnablingNamesTypeAndObject) {
    service_.answer("EnableObject", "{}");
    service_.answer("DisableObject", R"({"error":5023})");
    EXPECT_EQ(EnableNtmsObject(session_, NTMS_DRIVE, &id_), ERROR_SUCCESS);
    EXPECT_EQ(DisableNtmsObject(session_, NTMS_LIBRARY, &id_), ERROR_INVALID_STATE);
    EXPECT_EQ(service_.request("EnableObject"),
              R"({"session":"s1","type":5,"objectId":")" + kText + R"("})");
    EXPECT_EQ(EnableNtmsObject(session_, NTMS_DRIVE, nullptr), ERROR_INVALID_PARAMETER);
}

// --- Pools.

TEST_F(Api, CreatingAPoolGivesItsId) {
    service_.answer("CreateMediaPool", R"({"poolId":")" + kText + R"("})");
    GUID pool = NTMS_NULLGUID;
    EXPECT_EQ(CreateNtmsMediaPoolW(session_, u"API_Sample_Pool", &other_id_, NTMS_OPEN_ALWAYS,
                                   nullptr, &pool),
              ERROR_SUCCESS);
    EXPECT_TRUE(pool == id_);
    EXPECT_EQ(service_.request("CreateMediaPool"),
              R"({"session":"s1","name":"API_Sample_Pool","mediaType":")" + kOtherText +
                  R"(","action":3})");
}

TEST_F(Api, APoolWithoutAMediaTypeHoldsPools) {
    service_.answer("CreateMediaPool", R"({"error":183})");
    GUID pool = other_id_;
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, "\\App", nullptr, NTMS_CREATE_NEW, nullptr, &pool),
              ERROR_ALREADY_EXISTS);
    EXPECT_TRUE(pool == other_id_);
    EXPECT_EQ(service_.request("CreateMediaPool"), R"({"session":"s1","name":"\\App","action":2})");
}

TEST_F(Api, APoolThatCannotBeAskedForIsRefusedHere) {
    GUID pool = NTMS_NULLGUID;
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, nullptr, &id_, NTMS_OPEN_ALWAYS, nullptr, &pool),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, "Pool", &id_, NTMS_OPEN_ALWAYS, nullptr, nullptr),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, "\xFF", &id_, NTMS_OPEN_ALWAYS, nullptr, &pool),
              ERROR_INVALID_NAME);
    const std::string long_name(NTMS_POOLHIERARCHY_LENGTH, 'p');
    EXPECT_EQ(
        CreateNtmsMediaPoolA(session_, long_name.c_str(), &id_, NTMS_OPEN_ALWAYS, nullptr, &pool),
        ERROR_INVALID_NAME);
    SECURITY_DESCRIPTOR no_descriptor = {};
    SECURITY_ATTRIBUTES security = {sizeof(security), &no_descriptor, FALSE};
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, "Pool", &id_, NTMS_OPEN_ALWAYS, &security, &pool),
              ERROR_INVALID_PARAMETER);
    EXPECT_THAT(service_.requests("CreateMediaPool"), SizeIs(0));
}

TEST_F(Api, APoolsNameNeedsItsZero) {
    service_.answer("GetMediaPoolName", R"({"name":"\\App\\Pool"})");
    CHAR name[10] = "?";
    DWORD size = 9;
    EXPECT_EQ(GetNtmsMediaPoolNameA(session_, &id_, name, &size), ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(size, 10U);
    EXPECT_STREQ(name, "?");
    EXPECT_EQ(GetNtmsMediaPoolNameA(session_, &id_, name, &size), ERROR_SUCCESS);
    EXPECT_STREQ(name, "\\App\\Pool");
    WCHAR wide[10] = {};
    EXPECT_EQ(GetNtmsMediaPoolNameW(session_, &id_, wide, &size), ERROR_SUCCESS);
    EXPECT_EQ(std::u16string(wide), u"\\App\\Pool");
    EXPECT_EQ(GetNtmsMediaPoolNameW(session_, nullptr, wide, &size), ERROR_INVALID_MEDIA_POOL);
    EXPECT_EQ(GetNtmsMediaPoolNameW(session_, &id_, wide, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsMediaPoolNameW(session_, &id_, nullptr, &size), ERROR_INVALID_PARAMETER);
}

TEST_F(Api, MovingNamesMediumAndPool) {
    service_.answer("MoveToMediaPool", R"({"error":170})");
    EXPECT_EQ(MoveToNtmsMediaPool(session_, &id_, &other_id_), ERROR_BUSY);
    EXPECT_EQ(service_.request("MoveToMediaPool"),
              R"({"session":"s1","mediaId":")" + kText + R"(","poolId":")" + kOtherText + R"("})");
    EXPECT_EQ(MoveToNtmsMediaPool(session_, nullptr, &id_), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MoveToNtmsMediaPool(session_, &id_, nullptr), ERROR_INVALID_PARAMETER);
}

// --- Media.

TEST_F(Api, AllocatingGivesTheLogicalMediumAndItsOrigin) {
    service_.answer("AllocateMedia",
                    R"({"mediaId":")" + kText + R"(","allocatedFrom":")" + kOtherText + R"("})");
    GUID media = other_id_;  // not sent: only NEXT reads it
    NTMS_ALLOCATION_INFORMATION from = {};
    from.dwSize = sizeof(from);
    EXPECT_EQ(AllocateNtmsMedia(session_, &id_, nullptr, &media, NTMS_ALLOCATE_NEW, 0, &from),
              ERROR_SUCCESS);
    EXPECT_TRUE(media == id_);
    EXPECT_TRUE(from.AllocatedFrom == other_id_);
    EXPECT_EQ(service_.request("AllocateMedia"),
              R"({"session":"s1","poolId":")" + kText + R"(","options":1})");
}

TEST_F(Api, TheNextSideIsThatOfAnEarlierMedium) {
    service_.answer("AllocateMedia", R"({"error":4308})");
    GUID media = other_id_;
    EXPECT_EQ(
        AllocateNtmsMedia(session_, &id_, &id_, &media, NTMS_ALLOCATE_NEXT, INFINITE, nullptr),
        ERROR_MEDIA_UNAVAILABLE);
    EXPECT_TRUE(NTMS_IS_NULLGUID(media));  // nothing was allocated
    EXPECT_EQ(service_.request("AllocateMedia"),
              R"({"session":"s1","poolId":")" + kText + R"(","partitionId":")" + kText +
                  R"(","mediaId":")" + kOtherText + R"(","options":2,"timeoutMs":4294967295})");
}

TEST_F(Api, AllocatingNeedsPoolAndMedium) {
    EXPECT_EQ(AllocateNtmsMedia(session_, nullptr, nullptr, &id_, 0, 0, nullptr),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(AllocateNtmsMedia(session_, &id_, nullptr, nullptr, 0, 0, nullptr),
              ERROR_INVALID_PARAMETER);
}

struct OneId {
    const char* method;
    std::function<DWORD(HANDLE, GUID*)> call;
    const char* request;
};

TEST_F(Api, FunctionsOfOneIdSendItAndAnswerTheError) {
    const std::vector<OneId> functions = {
        {"DeleteMedia", DeleteNtmsMedia, R"("mediaId":"ID")"},
        {"SetMediaComplete", SetNtmsMediaComplete, R"("mediaId":"ID")"},
        {"DecommissionMedia", DecommissionNtmsMedia, R"("mediaId":"ID")"},
        {"DeleteMediaPool", DeleteNtmsMediaPool, R"("poolId":"ID")"},
        {"DeallocateMedia",
         [](HANDLE session, GUID* id) { return DeallocateNtmsMedia(session, id, 7); },
         R"("mediaId":"ID","options":7)"},
        {"InventoryLibrary",
         [](HANDLE session, GUID* id) {
             return InventoryNtmsLibrary(session, id, NTMS_INVENTORY_FAST);
         },
         R"("libraryId":"ID","action":1)"},
    };
    for (const OneId& function : functions) {
        EXPECT_EQ(function.call(session_, nullptr), ERROR_INVALID_PARAMETER) << function.method;
        service_.answer(function.method, R"({"error":5023})");
        EXPECT_EQ(function.call(session_, &id_), ERROR_INVALID_STATE) << function.method;
        std::string request = function.request;
        request.replace(request.find("ID"), 2, kText);
        EXPECT_EQ(service_.request(function.method), R"({"session":"s1",)" + request + "}");
    }
}

// --- Ejecting.

TEST_F(Api, EjectingGivesTheOperation) {
    service_.answer("EjectMedia", R"({"ejectOperation":")" + kOtherText + R"("})");
    GUID operation = NTMS_NULLGUID;
    EXPECT_EQ(EjectNtmsMedia(session_, &id_, &operation, NTMS_EJECT_START), ERROR_SUCCESS);
    EXPECT_TRUE(operation == other_id_);
    EXPECT_EQ(service_.request("EjectMedia"), R"({"session":"s1","mediaId":")" + kText + R"("})");
}

TEST_F(Api, StoppingAnEjectNamesTheOperation) {
    service_.answer("EjectMedia", R"({"error":4317})");
    EXPECT_EQ(EjectNtmsMedia(session_, &id_, &other_id_, NTMS_EJECT_STOP), ERROR_INVALID_OPERATION);
    EXPECT_EQ(service_.request("EjectMedia"), R"({"session":"s1","mediaId":")" + kText +
                                                  R"(","ejectOperation":")" + kOtherText +
                                                  R"(","action":1})");
}

TEST_F(Api, QueueingAnEjectGivesNoOperation) {
    service_.answer("EjectMedia", "{}");
    GUID operation = other_id_;
    EXPECT_EQ(EjectNtmsMedia(session_, &id_, &operation, NTMS_EJECT_QUEUE), ERROR_SUCCESS);
    EXPECT_TRUE(operation == other_id_);
}

TEST_F(Api, OnlyAQueuedBatchIsEjectedWithoutAMedium) {
    service_.answer("EjectMedia", "{}");
    GUID operation = NTMS_NULLGUID;
    EXPECT_EQ(EjectNtmsMedia(session_, nullptr, &operation, NTMS_EJECT_START), ERROR_SUCCESS);
    EXPECT_EQ(service_.request("EjectMedia"), R"({"session":"s1"})");
    for (const DWORD action : {NTMS_EJECT_STOP, NTMS_EJECT_QUEUE, NTMS_EJECT_FORCE}) {
        EXPECT_EQ(EjectNtmsMedia(session_, nullptr, &operation, action), ERROR_INVALID_PARAMETER);
    }
    EXPECT_EQ(EjectNtmsMedia(session_, &id_, nullptr, NTMS_EJECT_QUEUE), ERROR_INVALID_PARAMETER);
}

// --- The rest.

TEST(LastError, BelongsToItsThread) {
    SetLastError(ERROR_BUSY);
    auto other = std::async(std::launch::async, [] {
        const DWORD first = GetLastError();
        SetLastError(ERROR_TIMEOUT);
        return first;
    });
    EXPECT_EQ(other.get(), ERROR_SUCCESS);
    EXPECT_EQ(GetLastError(), ERROR_BUSY);
}

}  // namespace
}  // namespace nearline::ntmsapi
