// The codes that the client answers by itself for want of a session, a pointer, or a service: one
// suite a function. A line `returns:` above a case names the code that it provokes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <future>

#include "ntmsapi/connection.h"
#include "tests/ntmsapi/api.h"

namespace nearline::ntmsapi {
namespace {

using testing::SizeIs;

// The suites are the functions.
using AccessLibraryDoor = Api;
using AddMediaType = Api;
using AllocateMedia = Api;
using CancelLibraryRequest = Api;
using CancelOperatorRequest = Api;
using ChangeMediaType = Api;
using CleanDrive = Api;
using CloseNotification = Api;
using CloseSession = Api;
using CreateMedia = Api;
using CreateMediaPool = Api;
using DeallocateMedia = Api;
using DecommissionMedia = Api;
using DeleteDrive = Api;
using DeleteLibrary = Api;
using DeleteMedia = Api;
using DeleteMediaPool = Api;
using DeleteMediaType = Api;
using DeleteRequests = Api;
using DisableObject = Api;
using DismountDrive = Api;
using DismountMedia = Api;
using EjectCleaner = Api;
using EjectMedia = Api;
using EnableObject = Api;
using EnumerateObject = Api;
using ExportDatabase = Api;
using GetMediaPoolName = Api;
using GetObjectAttribute = Api;
using GetObjectInformation = Api;
using GetObjectSecurity = Api;
using GetRequestOrder = Api;
using GetUIOptions = Api;
using IdentifySlot = Api;
using ImportDatabase = Api;
using InjectCleaner = Api;
using InjectMedia = Api;
using InventoryLibrary = Api;
using MountMedia = Api;
using MoveToMediaPool = Api;
using OpenNotification = Api;
using OpenSession = Api;
using ReleaseCleanerSlot = Api;
using ReserveCleanerSlot = Api;
using SatisfyOperatorRequest = Api;
using SetMediaComplete = Api;
using SetObjectAttribute = Api;
using SetObjectInformation = Api;
using SetObjectSecurity = Api;
using SetRequestOrder = Api;
using SetUIOptions = Api;
using SubmitOperatorRequest = Api;
using SwapMedia = Api;
using UpdateOmidInfo = Api;
using WaitForOperatorRequest = Api;

// A function of one id: the handle is asked for first, then the id.
void expect_handle_then_id(HANDLE session, const std::function<DWORD(HANDLE, GUID*)>& call) {
    GUID id = id_of(kText);
    EXPECT_EQ(call(nullptr, nullptr), ERROR_INVALID_HANDLE);
    EXPECT_EQ(call(&session, &id), ERROR_INVALID_HANDLE);
    EXPECT_EQ(call(session, nullptr), ERROR_INVALID_PARAMETER);
}

// The same for a function of two.
void expect_handle_then_ids(HANDLE session, DWORD (*call)(HANDLE, GUID*, GUID*)) {
    GUID id = id_of(kText);
    EXPECT_EQ(call(nullptr, nullptr, nullptr), ERROR_INVALID_HANDLE);
    EXPECT_EQ(call(session, nullptr, &id), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(call(session, &id, nullptr), ERROR_INVALID_PARAMETER);
}

// --- Sessions.

HANDLE open(const std::string& server, const char* application = "test") {
    return OpenNtmsSessionA(server.c_str(), application, 0);
}

// returns: ERROR_INVALID_COMPUTERNAME
TEST_F(OpenSession, AnswersInvalidComputernameForWhatCanBeNoServersName) {
    const std::string too_long(NTMS_COMPUTERNAME_LENGTH, 'a');
    for (const std::string& server :
         {std::string("a b"), std::string("unix:"), std::string("host:"), std::string(":3260"),
          std::string("host:0"), std::string("host:65536"), std::string("[]:1"), too_long,
          std::string("\xFF")}) {
        EXPECT_EQ(open(server), INVALID_HANDLE_VALUE) << server;
        EXPECT_EQ(GetLastError(), ERROR_INVALID_COMPUTERNAME) << server;
    }
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(OpenSession, AnswersInvalidParameterForAnApplicationsNameThatIsNoText) {
    EXPECT_EQ(open(service_.server(), "\xFF"), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(OpenSession, AnswersNotConnectedWhenNobodyListensOrTheComputerIsAnother) {
    EXPECT_EQ(open("unix:/nowhere/rsm.sock"), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_NOT_CONNECTED);
    EXPECT_EQ(open("\\\\some-other-computer"), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_NOT_CONNECTED);
}

// returns: ERROR_NO_NETWORK
TEST_F(OpenSession, AnswersNoNetworkWhenNoWayLeadsThere) {
    for (const int error : {ENETDOWN, ENETUNREACH, EHOSTUNREACH}) {
        EXPECT_EQ(error_of_connect(error), ERROR_NO_NETWORK);
    }
    for (const int error : {ECONNREFUSED, ENOENT, ETIMEDOUT, EAGAIN}) {
        EXPECT_EQ(error_of_connect(error), ERROR_NOT_CONNECTED);
    }
}

// returns: ERROR_ACCESS_DENIED
TEST_F(OpenSession, AnswersAccessDeniedOnTcpWithoutATokenAndWhenTheServiceSaysSo) {
    ::unsetenv("NEARLINE_RSM_TOKEN_FILE");
    for (const char* server : {"127.0.0.1:1", "[::1]:1", "localhost:1"}) {
        EXPECT_EQ(open(server), INVALID_HANDLE_VALUE);
        EXPECT_EQ(GetLastError(), ERROR_ACCESS_DENIED) << server;
    }
    service_.answer("OpenSession", R"({"error":5})");
    EXPECT_EQ(open(service_.server()), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_ACCESS_DENIED);
}

// returns: ERROR_NOT_READY
TEST_F(OpenSession, AnswersNotReadyWhenTheServiceIsNotYet) {
    service_.answer("OpenSession", "{}", 503);
    EXPECT_EQ(open(service_.server()), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_NOT_READY);
    service_.answer("OpenSession", R"({"error":21})");
    EXPECT_EQ(open(service_.server()), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_NOT_READY);
}

// returns: RPC_S_NO_INTERFACES
TEST_F(OpenSession, AnswersNoInterfacesForAServiceThatHasNoSessions) {
    service_.answer("OpenSession", "{}", 404);
    EXPECT_EQ(open(service_.server()), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), RPC_S_NO_INTERFACES);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(CloseSession, AnswersInvalidHandleForNoneAndForOneThatIsClosed) {
    EXPECT_EQ(CloseNtmsSession(nullptr), ERROR_INVALID_HANDLE);
    EXPECT_EQ(CloseNtmsSession(&session_), ERROR_INVALID_HANDLE);
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_SUCCESS);
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_INVALID_HANDLE);
}

// returns: ERROR_CONNECTION_UNAVAIL
TEST_F(CloseSession, AnswersConnectionUnavailWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_CONNECTION_UNAVAIL);
}

// --- Objects.

// returns: ERROR_INVALID_PARAMETER
TEST_F(EnumerateObject, AnswersInvalidParameterWithoutASize) {
    EXPECT_EQ(EnumerateNtmsObject(session_, nullptr, &id_, nullptr, NTMS_DRIVE, 0),
              ERROR_INVALID_PARAMETER);
}

// returns: ERROR_INSUFFICIENT_BUFFER
TEST_F(EnumerateObject, AnswersInsufficientBufferAndTheWholeCount) {
    service_.answer("EnumerateObject", R"({"error":122,"ids":[")" + kText + R"("],"count":2})");
    DWORD size = 1;
    EXPECT_EQ(EnumerateNtmsObject(session_, nullptr, &other_id_, &size, NTMS_DRIVE, 0),
              ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(size, 2U);
    EXPECT_TRUE(other_id_ == id_);
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(GetObjectInformation, AnswersInvalidParameterForAMissingPointerOrAWrongSize) {
    NTMS_OBJECTINFORMATIONW information = {};
    information.dwSize = sizeof(information);
    EXPECT_EQ(GetNtmsObjectInformationW(session_, nullptr, &information), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsObjectInformationW(session_, &id_, nullptr), ERROR_INVALID_PARAMETER);
    information.dwSize = sizeof(information) - 1;
    EXPECT_EQ(GetNtmsObjectInformationW(session_, &id_, &information), ERROR_INVALID_PARAMETER);
    EXPECT_THAT(service_.requests("GetObjectInformation"), SizeIs(0));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(SetObjectInformation, AnswersInvalidParameterForAMissingPointerAWrongSizeOrNoText) {
    NTMS_OBJECTINFORMATIONA information = {};
    information.dwSize = sizeof(information);
    EXPECT_EQ(SetNtmsObjectInformationA(session_, nullptr, &information), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(SetNtmsObjectInformationA(session_, &id_, nullptr), ERROR_INVALID_PARAMETER);
    *information.szName = '\xFF';
    EXPECT_EQ(SetNtmsObjectInformationA(session_, &id_, &information), ERROR_INVALID_PARAMETER);
    *information.szName = 'x';
    information.dwSize = 0;
    EXPECT_EQ(SetNtmsObjectInformationA(session_, &id_, &information), ERROR_INVALID_PARAMETER);
    EXPECT_THAT(service_.requests("SetObjectInformation"), SizeIs(0));
}

// --- Pools and media.

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_NAME
TEST_F(CreateMediaPool, AnswersInvalidParameterForAMissingPointerAndInvalidNameForALongOne) {
    const std::string longest(NTMS_POOLHIERARCHY_LENGTH - 1, 'p');
    service_.answer("CreateMediaPool", "{}");
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, nullptr, nullptr, 3, nullptr, &id_),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, "Pool", nullptr, 3, nullptr, nullptr),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, (longest + "p").c_str(), nullptr, 3, nullptr, &id_),
              ERROR_INVALID_NAME);
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, "\xFF", nullptr, 3, nullptr, &id_),
              ERROR_INVALID_NAME);
    EXPECT_EQ(CreateNtmsMediaPoolA(session_, longest.c_str(), nullptr, 3, nullptr, &id_),
              ERROR_SUCCESS);
}

// returns: ERROR_INVALID_MEDIA_POOL
// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INSUFFICIENT_BUFFER
TEST_F(GetMediaPoolName, AnswersInvalidMediaPoolInvalidParameterAndInsufficientBuffer) {
    service_.answer("GetMediaPoolName", R"({"name":"\\Pool"})");
    CHAR name[5] = {};
    DWORD size = sizeof(name);
    EXPECT_EQ(GetNtmsMediaPoolNameA(session_, nullptr, name, &size), ERROR_INVALID_MEDIA_POOL);
    EXPECT_EQ(GetNtmsMediaPoolNameA(session_, &id_, nullptr, &size), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsMediaPoolNameA(session_, &id_, name, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsMediaPoolNameA(session_, &id_, name, &size), ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(size, 6U);
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(AllocateMedia, AnswersInvalidParameterWithoutAPoolOrRoom) {
    EXPECT_EQ(AllocateNtmsMedia(session_, nullptr, nullptr, &id_, 0, 0, nullptr),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(AllocateNtmsMedia(session_, &id_, nullptr, nullptr, 0, 0, nullptr),
              ERROR_INVALID_PARAMETER);
}

// returns: ERROR_CANCELLED
TEST_F(AllocateMedia, AnswersCancelledWhenTheSessionIsClosedMeanwhile) {
    service_.hold("AllocateMedia");
    auto allocation = std::async(std::launch::async, [&] {
        GUID media = {};
        return AllocateNtmsMedia(session_, &id_, nullptr, &media, 0, INFINITE, nullptr);
    });
    service_.wait_for_request("AllocateMedia");
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_SUCCESS);
    EXPECT_EQ(allocation.get(), ERROR_CANCELLED);
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(EjectMedia, AnswersInvalidParameterWithoutRoomOrAMediumThatTheActionNeeds) {
    EXPECT_EQ(EjectNtmsMedia(session_, &id_, nullptr, NTMS_EJECT_START), ERROR_INVALID_PARAMETER);
    for (const DWORD action : {NTMS_EJECT_STOP, NTMS_EJECT_QUEUE, NTMS_EJECT_FORCE}) {
        EXPECT_EQ(EjectNtmsMedia(session_, nullptr, &id_, action), ERROR_INVALID_PARAMETER);
    }
}

// --- Functions of one or two ids.

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(AccessLibraryDoor, AnswersInvalidHandleAndInvalidParameterWithoutALibrary) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return AccessNtmsLibraryDoor(session, id, 0); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(CancelLibraryRequest, AnswersInvalidHandleAndInvalidParameterWithoutARequest) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return CancelNtmsLibraryRequest(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(CancelOperatorRequest, AnswersInvalidHandleAndInvalidParameterWithoutARequest) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return CancelNtmsOperatorRequest(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(CleanDrive, AnswersInvalidHandleAndInvalidParameterWithoutADrive) {
    expect_handle_then_id(session_,
                          [](HANDLE session, GUID* id) { return CleanNtmsDrive(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(DeallocateMedia, AnswersInvalidHandleAndInvalidParameterWithoutAMedium) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return DeallocateNtmsMedia(session, id, 0); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(DecommissionMedia, AnswersInvalidHandleAndInvalidParameterWithoutASide) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return DecommissionNtmsMedia(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(DeleteDrive, AnswersInvalidHandleAndInvalidParameterWithoutADrive) {
    expect_handle_then_id(session_,
                          [](HANDLE session, GUID* id) { return DeleteNtmsDrive(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(DeleteLibrary, AnswersInvalidHandleAndInvalidParameterWithoutALibrary) {
    expect_handle_then_id(session_,
                          [](HANDLE session, GUID* id) { return DeleteNtmsLibrary(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(DeleteMedia, AnswersInvalidHandleAndInvalidParameterWithoutAMedium) {
    expect_handle_then_id(session_,
                          [](HANDLE session, GUID* id) { return DeleteNtmsMedia(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(DeleteMediaPool, AnswersInvalidHandleAndInvalidParameterWithoutAPool) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return DeleteNtmsMediaPool(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(DisableObject, AnswersInvalidHandleAndInvalidParameterWithoutAnObject) {
    expect_handle_then_id(session_, [](HANDLE session, GUID* id) {
        return DisableNtmsObject(session, NTMS_DRIVE, id);
    });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(DismountDrive, AnswersInvalidHandleAndInvalidParameterWithoutADrive) {
    expect_handle_then_id(session_,
                          [](HANDLE session, GUID* id) { return DismountNtmsDrive(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(EnableObject, AnswersInvalidHandleAndInvalidParameterWithoutAnObject) {
    expect_handle_then_id(session_, [](HANDLE session, GUID* id) {
        return EnableNtmsObject(session, NTMS_DRIVE, id);
    });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(IdentifySlot, AnswersInvalidHandleAndInvalidParameterWithoutASlot) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return IdentifyNtmsSlot(session, id, 0); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(InventoryLibrary, AnswersInvalidHandleAndInvalidParameterWithoutALibrary) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return InventoryNtmsLibrary(session, id, 1); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(ReleaseCleanerSlot, AnswersInvalidHandleAndInvalidParameterWithoutALibrary) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return ReleaseNtmsCleanerSlot(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(SatisfyOperatorRequest, AnswersInvalidHandleAndInvalidParameterWithoutARequest) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return SatisfyNtmsOperatorRequest(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(SetMediaComplete, AnswersInvalidHandleAndInvalidParameterWithoutAMedium) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return SetNtmsMediaComplete(session, id); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(SetRequestOrder, AnswersInvalidHandleAndInvalidParameterWithoutARequest) {
    expect_handle_then_id(
        session_, [](HANDLE session, GUID* id) { return SetNtmsRequestOrder(session, id, 1); });
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(AddMediaType, AnswersInvalidHandleAndInvalidParameterWithoutATypeOrALibrary) {
    expect_handle_then_ids(session_, AddNtmsMediaType);
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(ChangeMediaType, AnswersInvalidHandleAndInvalidParameterWithoutAMediumOrAPool) {
    expect_handle_then_ids(session_, ChangeNtmsMediaType);
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(DeleteMediaType, AnswersInvalidHandleAndInvalidParameterWithoutATypeOrALibrary) {
    expect_handle_then_ids(session_, DeleteNtmsMediaType);
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(MoveToMediaPool, AnswersInvalidHandleAndInvalidParameterWithoutAMediumOrAPool) {
    expect_handle_then_ids(session_, MoveToNtmsMediaPool);
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(ReserveCleanerSlot, AnswersInvalidHandleAndInvalidParameterWithoutALibraryOrASlot) {
    expect_handle_then_ids(session_, ReserveNtmsCleanerSlot);
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(SwapMedia, AnswersInvalidHandleAndInvalidParameterWithoutTwoMedia) {
    expect_handle_then_ids(session_, SwapNtmsMedia);
}

// --- The handle comes before all that may be missing.

// returns: ERROR_INVALID_HANDLE
TEST_F(AllocateMedia, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(AllocateNtmsMedia(nullptr, nullptr, nullptr, nullptr, 0, 0, nullptr),
              ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(CreateMedia, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(CreateNtmsMediaW(nullptr, nullptr, nullptr, 0), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(CreateMediaPool, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(CreateNtmsMediaPoolA(nullptr, nullptr, nullptr, 0, nullptr, nullptr),
              ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(DeleteRequests, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(DeleteNtmsRequests(nullptr, nullptr, 0, 0), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(DismountMedia, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(DismountNtmsMedia(nullptr, nullptr, 0, 0), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(EjectCleaner, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(EjectNtmsCleaner(nullptr, nullptr, nullptr, 0), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(EjectMedia, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(EjectNtmsMedia(nullptr, nullptr, nullptr, 0), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(EnumerateObject, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(EnumerateNtmsObject(nullptr, nullptr, nullptr, nullptr, 0, 0), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(ExportDatabase, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(ExportNtmsDatabase(nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(GetMediaPoolName, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(GetNtmsMediaPoolNameA(nullptr, nullptr, nullptr, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(GetObjectAttribute, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(GetNtmsObjectAttributeA(nullptr, nullptr, 0, nullptr, nullptr, nullptr),
              ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(GetObjectInformation, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(GetNtmsObjectInformationA(nullptr, nullptr, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(GetObjectSecurity, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(GetNtmsObjectSecurity(nullptr, nullptr, 0, 0, nullptr, 0, nullptr),
              ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(GetRequestOrder, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(GetNtmsRequestOrder(nullptr, nullptr, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(GetUIOptions, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(GetNtmsUIOptionsA(nullptr, nullptr, 0, nullptr, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(ImportDatabase, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(ImportNtmsDatabase(nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(InjectCleaner, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(InjectNtmsCleaner(nullptr, nullptr, nullptr, 0, 0), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(InjectMedia, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(InjectNtmsMedia(nullptr, nullptr, nullptr, 0), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(MountMedia, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(MountNtmsMedia(nullptr, nullptr, nullptr, 0, 0, 0, 0, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(SetObjectAttribute, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(SetNtmsObjectAttributeA(nullptr, nullptr, 0, nullptr, nullptr, 0),
              ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(SetObjectInformation, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(SetNtmsObjectInformationA(nullptr, nullptr, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(SetObjectSecurity, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(SetNtmsObjectSecurity(nullptr, nullptr, 0, 0, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(SetUIOptions, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(SetNtmsUIOptionsA(nullptr, nullptr, 0, 0, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(SubmitOperatorRequest, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(SubmitNtmsOperatorRequestA(nullptr, 0, nullptr, nullptr, nullptr, nullptr),
              ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(UpdateOmidInfo, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(UpdateNtmsOmidInfo(nullptr, nullptr, 0, 0, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(WaitForOperatorRequest, AnswersInvalidHandleWithoutASession) {
    EXPECT_EQ(WaitForNtmsOperatorRequest(nullptr, nullptr, 0), ERROR_INVALID_HANDLE);
}

// --- A service that has gone.

// returns: ERROR_NOT_CONNECTED
TEST_F(CloseNotification, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.answer("OpenNotification", R"({"notification":"n1"})");
    const HANDLE channel = OpenNtmsNotification(session_, NTMS_DRIVE);
    service_.stop();
    EXPECT_EQ(CloseNtmsNotification(channel), ERROR_NOT_CONNECTED);
    EXPECT_EQ(CloseNtmsNotification(channel), ERROR_INVALID_HANDLE);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(EjectCleaner, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(EjectNtmsCleaner(session_, &id_, &other_id_, NTMS_EJECT_START), ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(ExportDatabase, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(ExportNtmsDatabase(session_), ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(GetObjectAttribute, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    DWORD size = sizeof(other_id_);
    EXPECT_EQ(GetNtmsObjectAttributeA(session_, &id_, NTMS_DRIVE, "Key", &other_id_, &size),
              ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(ImportDatabase, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(ImportNtmsDatabase(session_), ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(InventoryLibrary, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(InventoryNtmsLibrary(session_, &id_, NTMS_INVENTORY_FAST), ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(ReleaseCleanerSlot, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(ReleaseNtmsCleanerSlot(session_, &id_), ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(ReserveCleanerSlot, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(ReserveNtmsCleanerSlot(session_, &id_, &other_id_), ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(SetObjectAttribute, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, &id_, NTMS_DRIVE, "Key", &id_, 1),
              ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(SubmitOperatorRequest, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(
        SubmitNtmsOperatorRequestA(session_, NTMS_OPREQ_MESSAGE, "text", nullptr, nullptr, &id_),
        ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(UpdateOmidInfo, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(UpdateNtmsOmidInfo(session_, &id_, NTMS_OMID_TYPE_RAW_LABEL, 1, &other_id_),
              ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(WaitForOperatorRequest, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(WaitForNtmsOperatorRequest(session_, &id_, INFINITE), ERROR_NOT_CONNECTED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(OpenNotification, AnswersNotConnectedWhenTheServiceHasGone) {
    service_.stop();
    EXPECT_EQ(OpenNtmsNotification(session_, NTMS_DRIVE), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_NOT_CONNECTED);
}

}  // namespace
}  // namespace nearline::ntmsapi
