// Function by function: what goes to the service, what comes back to the program, and the codes
// that the client itself answers. A line `returns:` above a case names the code that it provokes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <future>
#include <vector>

#include "tests/ntmsapi/api.h"

// Suites have these names.
#undef EjectDiskFromSADrive
#undef GetVolumesFromDrive

namespace nearline::ntmsapi {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// The suites are the functions.
using MountMedia = Api;
using DismountMedia = Api;
using CreateMedia = Api;
using UpdateOmidInfo = Api;
using InjectMedia = Api;
using InjectCleaner = Api;
using EjectCleaner = Api;
using EjectDiskFromSADrive = Api;
using GetVolumesFromDrive = Api;
using GetRequestOrder = Api;
using DeleteRequests = Api;
using SubmitOperatorRequest = Api;
using WaitForOperatorRequest = Api;
using OpenNotification = Api;
using WaitForNotification = Api;
using CloseNotification = Api;
using GetObjectAttribute = Api;
using SetObjectAttribute = Api;
using GetObjectSecurity = Api;
using SetObjectSecurity = Api;
using GetUIOptions = Api;
using SetUIOptions = Api;
using BeginDeviceChangeDetection = Api;
using SetDeviceChangeDetection = Api;
using EndDeviceChangeDetection = Api;
using Every = Api;

// A request's JSON with this session and `rest`.
std::string with(const std::string& rest) {
    return R"({"session":"s1")" + (rest.empty() ? "" : "," + rest) + "}";
}

std::string named(const std::string& member, const std::string& id = kText) {
    return "\"" + member + "\":\"" + id + "\"";
}

// --- Functions of one or two ids.

struct Function {
    const char* method;
    std::function<DWORD(HANDLE, GUID*, GUID*)> call;
    std::string request;  // behind the session
};

std::vector<Function> functions_of_ids() {
    const auto one = [](DWORD (*function)(HANDLE, GUID*)) {
        return [function](HANDLE session, GUID* id, GUID*) { return function(session, id); };
    };
    return {
        {"DismountDrive", one(DismountNtmsDrive), named("driveId")},
        {"DeleteLibrary", one(DeleteNtmsLibrary), named("libraryId")},
        {"DeleteDrive", one(DeleteNtmsDrive), named("driveId")},
        {"CleanDrive", one(CleanNtmsDrive), named("driveId")},
        {"ReleaseCleanerSlot", one(ReleaseNtmsCleanerSlot), named("libraryId")},
        {"CancelLibraryRequest", one(CancelNtmsLibraryRequest), named("requestId")},
        {"CancelOperatorRequest", one(CancelNtmsOperatorRequest), named("requestId")},
        {"SatisfyOperatorRequest", one(SatisfyNtmsOperatorRequest), named("requestId")},
        {"SetRequestOrder",
         [](HANDLE session, GUID* id, GUID*) { return SetNtmsRequestOrder(session, id, 7); },
         named("requestId") + R"(,"order":7)"},
        {"AccessLibraryDoor",
         [](HANDLE session, GUID* id, GUID*) {
             return AccessNtmsLibraryDoor(session, id, NTMS_INVENTORY_FAST);
         },
         named("libraryId") + R"(,"action":1)"},
        {"IdentifySlot",
         [](HANDLE session, GUID* id, GUID*) {
             return IdentifyNtmsSlot(session, id, NTMS_DISMOUNT_IMMEDIATE);
         },
         named("slotId") + R"(,"option":2)"},
        {"SwapMedia", SwapNtmsMedia, named("mediaId1") + "," + named("mediaId2", kOtherText)},
        {"AddMediaType", AddNtmsMediaType,
         named("mediaTypeId") + "," + named("libraryId", kOtherText)},
        {"DeleteMediaType", DeleteNtmsMediaType,
         named("mediaTypeId") + "," + named("libraryId", kOtherText)},
        {"ChangeMediaType", ChangeNtmsMediaType,
         named("mediaId") + "," + named("poolId", kOtherText)},
        {"ReserveCleanerSlot", ReserveNtmsCleanerSlot,
         named("libraryId") + "," + named("slotId", kOtherText)},
    };
}

TEST_F(Every, FunctionOfIdsSendsThemAndAnswersTheServicesCode) {
    for (const Function& function : functions_of_ids()) {
        service_.answer(function.method, R"({"error":4312})");
        EXPECT_EQ(function.call(session_, &id_, &other_id_), ERROR_OBJECT_NOT_FOUND)
            << function.method;
        EXPECT_EQ(service_.request(function.method), with(function.request));
    }
}

TEST_F(Every, FunctionOfIdsAsksForTheHandleFirstAndThenForTheIds) {
    for (const Function& function : functions_of_ids()) {
        EXPECT_EQ(function.call(nullptr, nullptr, nullptr), ERROR_INVALID_HANDLE)
            << function.method;
        EXPECT_EQ(function.call(session_, nullptr, &id_), ERROR_INVALID_PARAMETER)
            << function.method;
    }
    for (auto* function : {SwapNtmsMedia, AddNtmsMediaType, DeleteNtmsMediaType,
                           ChangeNtmsMediaType, ReserveNtmsCleanerSlot}) {
        EXPECT_EQ(function(session_, &id_, nullptr), ERROR_INVALID_PARAMETER);
    }
}

TEST_F(Every, FunctionOfTheDatabaseNeedsTheSessionOnly) {
    service_.answer("ExportDatabase", R"({"error":32})");
    service_.answer("ImportDatabase", "{}");
    EXPECT_EQ(ExportNtmsDatabase(session_), ERROR_SHARING_VIOLATION);
    EXPECT_EQ(ImportNtmsDatabase(session_), ERROR_SUCCESS);
    EXPECT_EQ(service_.request("ImportDatabase"), with(""));
    EXPECT_EQ(ExportNtmsDatabase(nullptr), ERROR_INVALID_HANDLE);
    EXPECT_EQ(ImportNtmsDatabase(nullptr), ERROR_INVALID_HANDLE);
}

// --- Mounting.

TEST_F(MountMedia, GivesTheDrivesThatWereChosen) {
    service_.answer("MountMedia", R"({"driveIds":[")" + kOtherText + R"("]})");
    GUID drive = id_;  // what it holds is not read
    EXPECT_EQ(MountNtmsMedia(session_, &id_, &drive, 1, NTMS_MOUNT_READ, NTMS_PRIORITY_LOW,
                             INFINITE, nullptr),
              ERROR_SUCCESS);
    EXPECT_TRUE(drive == other_id_);
    EXPECT_EQ(service_.request("MountMedia"),
              with(R"("mediaIds":[")" + kText +
                   R"("],"options":1,"priority":-7,"timeoutMs":4294967295)"));
}

TEST_F(MountMedia, NamesTheDrivesThatAreWanted) {
    service_.answer("MountMedia", R"({"error":4303})");
    EXPECT_EQ(
        MountNtmsMedia(session_, &id_, &other_id_, 1, NTMS_MOUNT_SPECIFIC_DRIVE, 0, 0, nullptr),
        ERROR_DRIVE_MEDIA_MISMATCH);
    EXPECT_THAT(service_.request("MountMedia"), HasSubstr(R"("driveIds":[")" + kOtherText + "\"]"));
}

TEST_F(MountMedia, LeavesTheDrivesAloneWhenTheTimeRunsOut) {
    service_.answer("MountMedia", R"({"error":1460})");
    GUID drive = other_id_;
    EXPECT_EQ(MountNtmsMedia(session_, &id_, &drive, 1, 0, 0, 5, nullptr), ERROR_TIMEOUT);
    EXPECT_TRUE(drive == other_id_);
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(MountMedia, AnswersInvalidParameterWithoutMediaOrDrives) {
    EXPECT_EQ(MountNtmsMedia(session_, nullptr, &id_, 1, 0, 0, 0, nullptr),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MountNtmsMedia(session_, &id_, nullptr, 1, 0, 0, 0, nullptr),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MountNtmsMedia(session_, &id_, &other_id_, 0, 0, 0, 0, nullptr),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MountNtmsMedia(nullptr, nullptr, nullptr, 0, 0, 0, 0, nullptr), ERROR_INVALID_HANDLE);
}

// returns: ERROR_INVALID_MEDIA
TEST_F(MountMedia, AnswersInvalidMediaWhenOneIsNamedTwice) {
    std::array<GUID, 2> media = {id_, id_};
    std::array<GUID, 2> drives = {};
    EXPECT_EQ(MountNtmsMedia(session_, media.data(), drives.data(), 2, 0, 0, 0, nullptr),
              ERROR_INVALID_MEDIA);
    EXPECT_THAT(service_.requests("MountMedia"), SizeIs(0));
}

// returns: ERROR_CANCELLED
TEST_F(MountMedia, AnswersCancelledWhenTheSessionIsClosedMeanwhile) {
    service_.hold("MountMedia");
    auto mount = std::async(std::launch::async, [&] {
        GUID drive = {};
        return MountNtmsMedia(session_, &id_, &drive, 1, 0, 0, INFINITE, nullptr);
    });
    service_.wait_for_request("MountMedia");
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_SUCCESS);
    EXPECT_EQ(mount.get(), ERROR_CANCELLED);
}

// returns: ERROR_NOT_CONNECTED
TEST_F(MountMedia, AnswersNotConnectedWhenTheServiceDiesMeanwhile) {
    service_.hold("MountMedia");
    auto mount = std::async(std::launch::async, [&] {
        GUID drive = {};
        return MountNtmsMedia(session_, &id_, &drive, 1, 0, 0, INFINITE, nullptr);
    });
    service_.wait_for_request("MountMedia");
    service_.stop();
    EXPECT_EQ(mount.get(), ERROR_NOT_CONNECTED);
}

// --- A service that keeps silent.

TEST_F(MountMedia, IsGivenUpWhenTheServiceOutstaysItsTime) {
    be_impatient();
    service_.hold("MountMedia");
    GUID drive = {};
    EXPECT_EQ(MountNtmsMedia(session_, &id_, &drive, 1, 0, 0, 1, nullptr), ERROR_NOT_CONNECTED);
    // With NOWAIT the time-out does not count.
    EXPECT_EQ(MountNtmsMedia(session_, &id_, &drive, 1, NTMS_MOUNT_NOWAIT, 0, INFINITE, nullptr),
              ERROR_NOT_CONNECTED);
    // The session was opened on another connection, and lives.
    service_.release();
    be_patient_for(std::chrono::minutes(1));
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_SUCCESS);
}

TEST_F(Every, CallThatTheServiceDoesNotAnswerIsGivenUpWithTheSession) {
    be_impatient();
    service_.hold("DeleteMedia");
    EXPECT_EQ(DeleteNtmsMedia(session_, &id_), ERROR_NOT_CONNECTED);
    service_.wait_for_request("DeleteMedia");  // sent it was, however late it is read
    service_.release();
    // Its first connection is gone, and with it the session.
    EXPECT_EQ(DeleteNtmsMedia(session_, &id_), ERROR_NOT_CONNECTED);
    EXPECT_THAT(service_.requests("DeleteMedia"), SizeIs(1));
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_CONNECTION_UNAVAIL);
}

TEST_F(Every, CallThatIsTooLongForTheServiceIsNotSent) {
    const std::string application(std::size_t{5} << 20, 'a');
    EXPECT_EQ(OpenNtmsSessionA(service_.server().c_str(), application.c_str(), 0),
              INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
}

// --- Dismounting.

TEST_F(DismountMedia, NamesTheMedia) {
    service_.answer("DismountMedia", "{}");
    std::array<GUID, 2> media = {id_, other_id_};
    EXPECT_EQ(DismountNtmsMedia(session_, media.data(), 2, NTMS_DISMOUNT_DEFERRED), ERROR_SUCCESS);
    EXPECT_EQ(service_.request("DismountMedia"),
              with(R"("mediaIds":[")" + kText + R"(",")" + kOtherText + R"("],"options":1)"));
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA
TEST_F(DismountMedia, AnswersInvalidParameterWithoutMediaAndInvalidMediaForTheSameTwice) {
    std::array<GUID, 2> media = {id_, id_};
    EXPECT_EQ(DismountNtmsMedia(session_, nullptr, 1, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(DismountNtmsMedia(session_, &id_, 0, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(DismountNtmsMedia(session_, &id_, 0xFFFFFFFF, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(DismountNtmsMedia(session_, media.data(), 2, 0), ERROR_INVALID_MEDIA);
}

// --- Recording a medium.

template <typename Information>
Information information_of(DWORD type) {
    Information information = {};
    information.dwSize = sizeof(information);
    information.dwType = type;
    return information;
}

TEST_F(CreateMedia, SendsTheMediumWithItsSideAndGivesThemAsTheyWereRecorded) {
    service_.answer("CreateMedia", R"({"media":{"type":15,"objectGuid":")" + kText +
                                       R"(","name":"ABC001"},"partitions":[{"type":14,)" +
                                       R"("objectGuid":")" + kOtherText + R"("}]})");
    auto medium = information_of<NTMS_OBJECTINFORMATIONA>(NTMS_PHYSICAL_MEDIA);
    medium.Enabled = TRUE;
    medium.Info.PhysicalMedia.MediaPool = other_id_;
    medium.Info.PhysicalMedia.dwNumberOfPartitions = 1;
    copy_text("ABC001", medium.Info.PhysicalMedia.szBarCode);
    auto side = information_of<NTMS_OBJECTINFORMATIONA>(NTMS_PARTITION);
    side.Info.Partition.State = NTMS_PARTSTATE_AVAILABLE;
    side.Info.Partition.dwOmidLabelIdLength = 3;
    std::memcpy(side.Info.Partition.OmidLabelId, "abc", 3);
    copy_text("STL", side.Info.Partition.szOmidLabelType);
    side.Info.Partition.Capacity.QuadPart = 1000;
    EXPECT_EQ(CreateNtmsMediaA(session_, &medium, &side, NTMS_ERROR_ON_DUPLICATE), ERROR_SUCCESS);
    EXPECT_STREQ(medium.szName, "ABC001");
    EXPECT_TRUE(medium.ObjectGuid == id_);
    EXPECT_TRUE(side.ObjectGuid == other_id_);
    EXPECT_EQ(
        service_.request("CreateMedia"),
        with(R"("media":{"type":15,"enabled":true,"physicalMedia":{"mediaPool":")" + kOtherText +
             R"(","barCode":"ABC001","numberOfPartitions":1}},"partitions":[{"type":14,)"
             R"("partition":{"state":4,"omidLabelId":"YWJj","omidLabelType":"STL",)"
             R"("capacity":"1000"}}],"options":1)"));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(CreateMedia, AnswersInvalidParameterForAMissingOrMistakenStructure) {
    auto medium = information_of<NTMS_OBJECTINFORMATIONW>(NTMS_PHYSICAL_MEDIA);
    auto side = information_of<NTMS_OBJECTINFORMATIONW>(NTMS_PARTITION);
    medium.Info.PhysicalMedia.dwNumberOfPartitions = 1;
    EXPECT_EQ(CreateNtmsMediaW(session_, nullptr, &side, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(CreateNtmsMediaW(session_, &medium, nullptr, 0), ERROR_INVALID_PARAMETER);
    side.dwSize = sizeof(NTMS_OBJECTINFORMATIONA);
    EXPECT_EQ(CreateNtmsMediaW(session_, &medium, &side, 0), ERROR_INVALID_PARAMETER);
    side = information_of<NTMS_OBJECTINFORMATIONW>(NTMS_DRIVE);
    EXPECT_EQ(CreateNtmsMediaW(session_, &medium, &side, 0), ERROR_INVALID_PARAMETER);
    side = information_of<NTMS_OBJECTINFORMATIONW>(NTMS_PARTITION);
    side.Info.Partition.dwOmidLabelIdLength = NTMS_OMIDLABELID_LENGTH + 1;
    EXPECT_EQ(CreateNtmsMediaW(session_, &medium, &side, 0), ERROR_INVALID_PARAMETER);
    medium.dwType = NTMS_PARTITION;
    EXPECT_EQ(CreateNtmsMediaW(session_, &medium, &side, 0), ERROR_INVALID_PARAMETER);
    EXPECT_THAT(service_.requests("CreateMedia"), SizeIs(0));
}

// returns: ERROR_MEDIA_INCOMPATIBLE
TEST_F(CreateMedia, AnswersMediaIncompatibleForMoreSidesThanAnyMediumHas) {
    auto medium = information_of<NTMS_OBJECTINFORMATIONW>(NTMS_PHYSICAL_MEDIA);
    auto side = information_of<NTMS_OBJECTINFORMATIONW>(NTMS_PARTITION);
    medium.Info.PhysicalMedia.dwNumberOfPartitions = 0xFFFFFFFF;  // the list is not read
    EXPECT_EQ(CreateNtmsMediaW(session_, &medium, &side, 0), ERROR_MEDIA_INCOMPATIBLE);
}

// --- Labels.

TEST_F(UpdateOmidInfo, SendsTheLabelsBytes) {
    service_.answer("UpdateOmidInfo", "{}");
    BYTE label[] = {0x00, 0xFF};
    EXPECT_EQ(UpdateNtmsOmidInfo(session_, &id_, NTMS_OMID_TYPE_RAW_LABEL, sizeof(label), label),
              ERROR_SUCCESS);
    EXPECT_EQ(service_.request("UpdateOmidInfo"),
              with(named("mediaId") + R"(,"labelType":1,"label":"AP8=")"));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(UpdateOmidInfo, AnswersInvalidParameterWithoutMediumOrBytes) {
    BYTE label = 0;
    EXPECT_EQ(UpdateNtmsOmidInfo(session_, nullptr, 1, 1, &label), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(UpdateNtmsOmidInfo(session_, &id_, 1, 1, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(UpdateNtmsOmidInfo(session_, &id_, 1, 0xFFFFFFFF, &label), ERROR_INVALID_PARAMETER);
}

// --- Injecting and ejecting.

TEST_F(InjectMedia, GivesTheOperationAndTakesItBack) {
    service_.answer("InjectMedia", R"({"injectOperation":")" + kOtherText + R"("})");
    GUID operation = NTMS_NULLGUID;
    EXPECT_EQ(InjectNtmsMedia(session_, &id_, &operation, NTMS_INJECT_START), ERROR_SUCCESS);
    EXPECT_TRUE(operation == other_id_);
    EXPECT_EQ(InjectNtmsMedia(session_, &id_, &operation, NTMS_INJECT_RETRACT), ERROR_SUCCESS);
    const auto requests = service_.requests("InjectMedia");
    ASSERT_THAT(requests, SizeIs(2));
    EXPECT_EQ(requests.front(), with(named("libraryId")));
    EXPECT_EQ(requests.back(), with(named("libraryId") + "," +
                                    named("injectOperation", kOtherText) + R"(,"action":2)"));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(InjectMedia, AnswersInvalidParameterWithoutLibraryOrOperation) {
    EXPECT_EQ(InjectNtmsMedia(session_, nullptr, &id_, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(InjectNtmsMedia(session_, &id_, nullptr, 0), ERROR_INVALID_PARAMETER);
}

TEST_F(InjectCleaner, SendsTheCleansLeft) {
    service_.answer("InjectCleaner", R"({"injectOperation":")" + kOtherText + R"("})");
    GUID operation = NTMS_NULLGUID;
    EXPECT_EQ(InjectNtmsCleaner(session_, &id_, &operation, 20, NTMS_INJECT_START), ERROR_SUCCESS);
    EXPECT_TRUE(operation == other_id_);
    EXPECT_EQ(service_.request("InjectCleaner"),
              with(named("libraryId") + R"(,"numberOfCleansLeft":20)"));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(InjectCleaner, AnswersInvalidParameterWithoutLibraryOrOperation) {
    EXPECT_EQ(InjectNtmsCleaner(session_, nullptr, &id_, 1, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(InjectNtmsCleaner(session_, &id_, nullptr, 1, 0), ERROR_INVALID_PARAMETER);
}

TEST_F(EjectCleaner, NamesTheOperationToStop) {
    service_.answer("EjectCleaner", R"({"error":4317})");
    EXPECT_EQ(EjectNtmsCleaner(session_, &id_, &other_id_, NTMS_EJECT_STOP),
              ERROR_INVALID_OPERATION);
    EXPECT_EQ(
        service_.request("EjectCleaner"),
        with(named("libraryId") + "," + named("ejectOperation", kOtherText) + R"(,"action":1)"));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(EjectCleaner, AnswersInvalidParameterWithoutLibraryOrOperation) {
    EXPECT_EQ(EjectNtmsCleaner(session_, nullptr, &id_, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(EjectNtmsCleaner(session_, &id_, nullptr, 0), ERROR_INVALID_PARAMETER);
}

TEST_F(EjectDiskFromSADrive, NeedsNoSession) {
    service_.answer("EjectDiskFromSADrive", R"({"error":4318})");
    EXPECT_EQ(EjectDiskFromSADriveA(service_.server().c_str(), "App", "\\\\.\\Tape0", nullptr,
                                    nullptr, nullptr, NTMS_EJECT_FORCE),
              ERROR_MEDIA_NOT_AVAILABLE);
    EXPECT_EQ(service_.request("EjectDiskFromSADrive"),
              R"({"application":"App","deviceName":"\\\\.\\Tape0","options":3})");
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(EjectDiskFromSADrive, AnswersInvalidParameterWithoutADeviceOrForAnUnknownOption) {
    EXPECT_EQ(EjectDiskFromSADriveW(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, 0),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(EjectDiskFromSADriveW(nullptr, nullptr, u"Tape0", nullptr, nullptr, nullptr,
                                    NTMS_EJECT_ASK_USER + 1),
              ERROR_INVALID_PARAMETER);
}

TEST_F(GetVolumesFromDrive, HasNoneOnASystemWithoutDriveLetters) {
    CHAR drive[] = "\\\\.\\Tape0";
    CHAR* volume = drive;
    CHAR* letter = drive;
    EXPECT_EQ(GetVolumesFromDriveA(drive, &volume, &letter), ERROR_NOT_SUPPORTED);
    EXPECT_EQ(volume, nullptr);
    EXPECT_EQ(letter, nullptr);
    EXPECT_EQ(GetVolumesFromDriveA(nullptr, &volume, &letter), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetVolumesFromDriveW(nullptr, nullptr, nullptr), ERROR_INVALID_PARAMETER);
}

// --- Requests.

TEST_F(GetRequestOrder, GivesTheNumber) {
    service_.answer("GetRequestOrder", R"({"order":3})");
    DWORD order = 0;
    EXPECT_EQ(GetNtmsRequestOrder(session_, &id_, &order), ERROR_SUCCESS);
    EXPECT_EQ(order, 3U);
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(GetRequestOrder, AnswersInvalidParameterWithoutRequestOrRoom) {
    DWORD order = 0;
    EXPECT_EQ(GetNtmsRequestOrder(session_, nullptr, &order), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsRequestOrder(session_, &id_, nullptr), ERROR_INVALID_PARAMETER);
}

TEST_F(DeleteRequests, SendsAListInAsManyPartsAsItNeeds) {
    service_.answer("DeleteRequests", "{}");
    std::vector<GUID> ids(10'001, id_);
    ids.back() = other_id_;
    EXPECT_EQ(DeleteNtmsRequests(session_, ids.data(), NTMS_LIBREQUEST, 10'001), ERROR_SUCCESS);
    const auto requests = service_.requests("DeleteRequests");
    ASSERT_THAT(requests, SizeIs(2));
    EXPECT_EQ(requests.back(), with(R"("requestIds":[")" + kOtherText + R"("],"type":10)"));
}

TEST_F(DeleteRequests, OfNoneAsksAllTheSame) {
    service_.answer("DeleteRequests", R"({"error":87})");
    EXPECT_EQ(DeleteNtmsRequests(session_, &id_, NTMS_DRIVE, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(service_.request("DeleteRequests"), with(R"("type":5)"));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(DeleteRequests, AnswersInvalidParameterWithoutAList) {
    EXPECT_EQ(DeleteNtmsRequests(session_, nullptr, NTMS_LIBREQUEST, 1), ERROR_INVALID_PARAMETER);
}

TEST_F(SubmitOperatorRequest, SendsTextAndArgumentsInBothForms) {
    service_.answer("SubmitOperatorRequest", R"({"requestId":")" + kText + R"("})");
    GUID request = NTMS_NULLGUID;
    EXPECT_EQ(SubmitNtmsOperatorRequestW(session_, NTMS_OPREQ_MESSAGE, u"\u00C4pfel", nullptr,
                                         nullptr, &request),
              ERROR_SUCCESS);
    EXPECT_TRUE(request == id_);
    EXPECT_EQ(service_.request("SubmitOperatorRequest"),
              with("\"request\":5,\"message\":\"\xC3\x84pfel\""));
    EXPECT_EQ(SubmitNtmsOperatorRequestA(session_, NTMS_OPREQ_MOVEMEDIA, nullptr, &id_, &other_id_,
                                         &request),
              ERROR_SUCCESS);
    EXPECT_EQ(
        service_.requests("SubmitOperatorRequest").back(),
        with(R"("request":4,)" + named("argument1Id") + "," + named("argument2Id", kOtherText)));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(SubmitOperatorRequest, AnswersInvalidParameterWithoutRoomOrForAMessageThatIsNoText) {
    EXPECT_EQ(SubmitNtmsOperatorRequestA(session_, 5, "text", nullptr, nullptr, nullptr),
              ERROR_INVALID_PARAMETER);
    GUID request = NTMS_NULLGUID;
    EXPECT_EQ(SubmitNtmsOperatorRequestA(session_, 5, "\xFF", nullptr, nullptr, &request),
              ERROR_INVALID_PARAMETER);
}

TEST_F(WaitForOperatorRequest, KeepsNoOtherCallWaiting) {
    service_.answer("WaitForOperatorRequest", R"({"error":1223})");
    service_.answer("SatisfyOperatorRequest", "{}");
    service_.hold("WaitForOperatorRequest");
    auto wait = std::async(std::launch::async,
                           [&] { return WaitForNtmsOperatorRequest(session_, &id_, INFINITE); });
    service_.wait_for_request("WaitForOperatorRequest");
    EXPECT_EQ(SatisfyNtmsOperatorRequest(session_, &id_), ERROR_SUCCESS);
    service_.release();
    EXPECT_EQ(wait.get(), ERROR_CANCELLED);
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(WaitForOperatorRequest, AnswersInvalidParameterWithoutARequest) {
    EXPECT_EQ(WaitForNtmsOperatorRequest(session_, nullptr, 0), ERROR_INVALID_PARAMETER);
}

// --- Notifications.

HANDLE open_notification(FakeService& service, HANDLE session) {
    service.answer("OpenNotification", R"({"notification":"n1"})");
    return OpenNtmsNotification(session, NTMS_DRIVE);
}

TEST_F(OpenNotification, GivesAHandleOfItsOwn) {
    const HANDLE handle = open_notification(service_, session_);
    ASSERT_NE(handle, INVALID_HANDLE_VALUE);
    EXPECT_NE(handle, session_);
    EXPECT_EQ(GetLastError(), ERROR_SUCCESS);
    EXPECT_EQ(service_.request("OpenNotification"), with(R"("type":5)"));
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_ACCESS_DENIED
TEST_F(OpenNotification, LeavesItsCodeToTheLastError) {
    EXPECT_EQ(OpenNtmsNotification(nullptr, NTMS_DRIVE), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_INVALID_HANDLE);
    service_.answer("OpenNotification", R"({"error":5})");
    EXPECT_EQ(OpenNtmsNotification(session_, NTMS_DRIVE), INVALID_HANDLE_VALUE);
    EXPECT_EQ(GetLastError(), ERROR_ACCESS_DENIED);
}

TEST_F(WaitForNotification, GivesOneChange) {
    const HANDLE handle = open_notification(service_, session_);
    service_.answer("WaitForNotification", R"({"operation":2,"objectId":")" + kOtherText + R"("})");
    NTMS_NOTIFICATIONINFORMATION information = {};
    EXPECT_EQ(WaitForNtmsNotification(handle, &information, 100), ERROR_SUCCESS);
    EXPECT_EQ(information.dwOperation, DWORD{NTMS_OBJ_INSERT});
    EXPECT_TRUE(information.ObjectId == other_id_);
    EXPECT_EQ(service_.request("WaitForNotification"), R"({"notification":"n1","timeoutMs":100})");
    service_.answer("WaitForNotification", R"({"error":1460})");
    EXPECT_EQ(WaitForNtmsNotification(handle, &information, 0), ERROR_TIMEOUT);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(WaitForNotification, AnswersInvalidHandleForWhatIsNoNotification) {
    HANDLE handle = open_notification(service_, session_);
    NTMS_NOTIFICATIONINFORMATION information = {};
    EXPECT_EQ(WaitForNtmsNotification(nullptr, &information, 0), ERROR_INVALID_HANDLE);
    EXPECT_EQ(WaitForNtmsNotification(session_, &information, 0), ERROR_INVALID_HANDLE);
    // As the samples do it: the address of the handle.
    EXPECT_EQ(WaitForNtmsNotification(&handle, &information, 0), ERROR_INVALID_HANDLE);
    EXPECT_EQ(WaitForNtmsNotification(handle, nullptr, 0), ERROR_INVALID_PARAMETER);
    CloseNtmsSession(session_);
    EXPECT_EQ(WaitForNtmsNotification(handle, &information, 0), ERROR_INVALID_HANDLE);
}

// returns: ERROR_NO_DATA
// returns: ERROR_NOT_CONNECTED
TEST_F(WaitForNotification, AnswersNoDataWhenTheServiceDiesMeanwhileAndNotConnectedAfterwards) {
    const HANDLE handle = open_notification(service_, session_);
    service_.hold("WaitForNotification");
    const auto wait = [handle] {
        NTMS_NOTIFICATIONINFORMATION information = {};
        return WaitForNtmsNotification(handle, &information, INFINITE);
    };
    auto waiting = std::async(std::launch::async, wait);
    service_.wait_for_request("WaitForNotification");
    service_.stop();
    EXPECT_EQ(waiting.get(), ERROR_NO_DATA);
    EXPECT_EQ(wait(), ERROR_NOT_CONNECTED);
}

// returns: ERROR_NO_DATA
TEST_F(WaitForNotification, AnswersNoDataWhenTheSessionIsClosedMeanwhile) {
    const HANDLE handle = open_notification(service_, session_);
    service_.hold("WaitForNotification");
    auto waiting = std::async(std::launch::async, [handle] {
        NTMS_NOTIFICATIONINFORMATION information = {};
        return WaitForNtmsNotification(handle, &information, INFINITE);
    });
    service_.wait_for_request("WaitForNotification");
    EXPECT_EQ(CloseNtmsSession(session_), ERROR_SUCCESS);
    EXPECT_EQ(waiting.get(), ERROR_NO_DATA);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_HANDLE
TEST_F(CloseNotification, AnswersInvalidParameterForNullAndInvalidHandleForWhatIsNone) {
    HANDLE handle = open_notification(service_, session_);
    service_.answer("CloseNotification", "{}");
    EXPECT_EQ(CloseNtmsNotification(nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(CloseNtmsNotification(&handle), ERROR_INVALID_HANDLE);
    EXPECT_EQ(CloseNtmsNotification(handle), ERROR_SUCCESS);
    EXPECT_EQ(CloseNtmsNotification(handle), ERROR_INVALID_HANDLE);
    EXPECT_EQ(service_.request("CloseNotification"), R"({"notification":"n1"})");
}

TEST_F(CloseNotification, KeepsOneThatTheServiceSaysIsWaitedFor) {
    const HANDLE handle = open_notification(service_, session_);
    service_.answer("CloseNotification", R"({"error":170})");
    EXPECT_EQ(CloseNtmsNotification(handle), ERROR_BUSY);
    service_.answer("CloseNotification", "{}");
    EXPECT_EQ(CloseNtmsNotification(handle), ERROR_SUCCESS);
}

// --- Attributes.

TEST_F(GetObjectAttribute, GivesTheBytesAndTheirNumber) {
    service_.answer("GetObjectAttribute", R"({"data":"AP8="})");
    BYTE data[4] = {};
    DWORD size = sizeof(data);
    EXPECT_EQ(GetNtmsObjectAttributeW(session_, &id_, NTMS_DRIVE, u"Key", data, &size),
              ERROR_SUCCESS);
    EXPECT_EQ(size, 2U);
    EXPECT_EQ(data[1], 0xFF);
    EXPECT_EQ(service_.request("GetObjectAttribute"),
              with(named("objectId") + R"(,"type":5,"name":"Key")"));
}

// returns: ERROR_INSUFFICIENT_BUFFER
TEST_F(GetObjectAttribute, AnswersInsufficientBufferWithTheSizeThatIsNeeded) {
    service_.answer("GetObjectAttribute", R"({"data":"AP8="})");
    BYTE data = 7;
    DWORD size = 1;
    EXPECT_EQ(GetNtmsObjectAttributeA(session_, &id_, NTMS_DRIVE, "Key", &data, &size),
              ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(size, 2U);
    EXPECT_EQ(data, 7);
    size = 0;
    EXPECT_EQ(GetNtmsObjectAttributeA(session_, &id_, NTMS_DRIVE, "Key", nullptr, &size),
              ERROR_INSUFFICIENT_BUFFER);
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(GetObjectAttribute, AnswersInvalidParameterForAMissingPointer) {
    BYTE data = 0;
    DWORD size = 1;
    EXPECT_EQ(GetNtmsObjectAttributeA(session_, nullptr, 5, "Key", &data, &size),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsObjectAttributeA(session_, &id_, 5, nullptr, &data, &size),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsObjectAttributeA(session_, &id_, 5, "Key", nullptr, &size),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsObjectAttributeA(session_, &id_, 5, "Key", &data, nullptr),
              ERROR_INVALID_PARAMETER);
}

TEST_F(SetObjectAttribute, SendsTheBytes) {
    service_.answer("SetObjectAttribute", "{}");
    BYTE data[] = {0, 0xFF};
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, &id_, 5, "Key", data, sizeof(data)), ERROR_SUCCESS);
    EXPECT_EQ(service_.request("SetObjectAttribute"),
              with(named("objectId") + R"(,"type":5,"name":"Key","data":"AP8=")"));
    EXPECT_EQ(SetNtmsObjectAttributeW(session_, &id_, 5, u"Key", nullptr, 0), ERROR_SUCCESS);
}

// returns: ERROR_INVALID_NAME
TEST_F(SetObjectAttribute, AnswersInvalidNameForOneThatIsTooLongOrNoText) {
    BYTE data = 0;
    const std::string longest(NTMS_MAXATTR_NAMELEN - 1, 'n');
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, &id_, 5, (longest + "n").c_str(), &data, 1),
              ERROR_INVALID_NAME);
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, &id_, 5, "\xFF", &data, 1), ERROR_INVALID_NAME);
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, &id_, 5, "", &data, 1), ERROR_INVALID_NAME);
    service_.answer("SetObjectAttribute", "{}");
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, &id_, 5, longest.c_str(), &data, 1), ERROR_SUCCESS);
}

// returns: ERROR_NO_DATA
TEST_F(SetObjectAttribute, AnswersNoDataForMoreBytesThanAnAttributeHolds) {
    service_.answer("SetObjectAttribute", "{}");
    std::vector<BYTE> data(NTMS_MAXATTR_LENGTH);
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, &id_, 5, "Key", data.data(), NTMS_MAXATTR_LENGTH),
              ERROR_NO_DATA);
    EXPECT_EQ(
        SetNtmsObjectAttributeA(session_, &id_, 5, "Key", data.data(), NTMS_MAXATTR_LENGTH - 1),
        ERROR_SUCCESS);
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(SetObjectAttribute, AnswersInvalidParameterForAMissingPointer) {
    BYTE data = 0;
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, nullptr, 5, "Key", &data, 1),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, &id_, 5, nullptr, &data, 1),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(SetNtmsObjectAttributeA(session_, &id_, 5, "Key", nullptr, 1),
              ERROR_INVALID_PARAMETER);
}

// --- Security.

TEST_F(GetObjectSecurity, GivesTheDescriptorWhenThereIsRoom) {
    service_.answer("GetObjectSecurity", R"({"securityDescriptor":"AQAEgAAAAAA="})");
    BYTE descriptor[8] = {};
    DWORD needed = 0;
    EXPECT_EQ(GetNtmsObjectSecurity(session_, &id_, NTMS_MEDIA_POOL, DACL_SECURITY_INFORMATION,
                                    descriptor, sizeof(descriptor), &needed),
              ERROR_SUCCESS);
    EXPECT_EQ(needed, 8U);
    EXPECT_EQ(descriptor[3], 0x80);
    EXPECT_EQ(service_.request("GetObjectSecurity"),
              with(named("objectId") + R"(,"type":12,"information":4)"));
}

// returns: ERROR_INSUFFICIENT_BUFFER
TEST_F(GetObjectSecurity, AnswersInsufficientBufferWithTheSizeThatIsNeeded) {
    service_.answer("GetObjectSecurity", R"({"securityDescriptor":"AQAEgAAAAAA="})");
    BYTE descriptor[5] = {};
    DWORD needed = sizeof(descriptor);
    EXPECT_EQ(GetNtmsObjectSecurity(session_, &id_, NTMS_MEDIA_POOL, DACL_SECURITY_INFORMATION,
                                    descriptor, needed, &needed),
              ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(needed, 8U);
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(GetObjectSecurity, AnswersInvalidParameterForAMissingPointer) {
    BYTE descriptor = 0;
    DWORD needed = 0;
    EXPECT_EQ(GetNtmsObjectSecurity(session_, nullptr, 12, 4, &descriptor, 1, &needed),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsObjectSecurity(session_, &id_, 12, 4, nullptr, 0, &needed),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsObjectSecurity(session_, &id_, 12, 4, &descriptor, 1, nullptr),
              ERROR_INVALID_PARAMETER);
}

TEST_F(SetObjectSecurity, SendsAnAbsoluteDescriptorWithOffsets) {
    service_.answer("SetObjectSecurity", "{}");
    SECURITY_DESCRIPTOR descriptor = {};
    ASSERT_TRUE(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
    ACL list = {};
    ASSERT_TRUE(InitializeAcl(&list, sizeof(list), ACL_REVISION));
    ASSERT_TRUE(SetSecurityDescriptorDacl(&descriptor, TRUE, &list, FALSE));
    EXPECT_EQ(SetNtmsObjectSecurity(session_, &id_, NTMS_MEDIA_POOL, DACL_SECURITY_INFORMATION,
                                    &descriptor),
              ERROR_SUCCESS);
    // 01 00 04 80, three offsets of 0, offset 14h, then the list: 02 00 08 00 00 00 00 00.
    EXPECT_EQ(service_.request("SetObjectSecurity"),
              with(named("objectId") + R"(,"type":12,"information":4,)" +
                   R"("securityDescriptor":"AQAEgAAAAAAAAAAAAAAAABQAAAACAAgAAAAAAA==")"));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(SetObjectSecurity, AnswersInvalidParameterForAMissingOrMalformedDescriptor) {
    SECURITY_DESCRIPTOR descriptor = {};
    EXPECT_EQ(SetNtmsObjectSecurity(session_, &id_, 12, 4, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(SetNtmsObjectSecurity(session_, &id_, 12, 4, &descriptor), ERROR_INVALID_PARAMETER);
    InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    EXPECT_EQ(SetNtmsObjectSecurity(session_, nullptr, 12, 4, &descriptor),
              ERROR_INVALID_PARAMETER);
}

// --- Destinations of messages.

TEST_F(GetUIOptions, GivesAListOfTextsThatEndsWithAnEmptyOne) {
    service_.answer("GetUIOptions", R"({"destinations":["one","two"]})");
    WCHAR list[9] = {};
    DWORD size = 9;
    EXPECT_EQ(GetNtmsUIOptionsW(session_, &id_, NTMS_UITYPE_REQ, list, &size), ERROR_SUCCESS);
    EXPECT_EQ(size, 9U);
    EXPECT_EQ(std::u16string_view(list, 9), std::u16string_view(u"one\0two\0\0", 9));
    EXPECT_EQ(service_.request("GetUIOptions"), with(named("objectId") + R"(,"type":2)"));
}

TEST_F(GetUIOptions, OfNoneHasTheLengthNought) {
    service_.answer("GetUIOptions", "{}");
    CHAR list[1] = {'x'};
    DWORD size = 1;
    EXPECT_EQ(GetNtmsUIOptionsA(session_, nullptr, NTMS_UITYPE_INFO, list, &size), ERROR_SUCCESS);
    EXPECT_EQ(size, 0U);
    EXPECT_EQ(service_.request("GetUIOptions"), with(R"("type":1)"));
}

// returns: ERROR_INSUFFICIENT_BUFFER
TEST_F(GetUIOptions, AnswersInsufficientBufferWithTheSizeThatIsNeeded) {
    service_.answer("GetUIOptions", R"({"destinations":["one"]})");
    CHAR list[4] = {'x'};
    DWORD size = 4;
    EXPECT_EQ(GetNtmsUIOptionsA(session_, nullptr, 1, list, &size), ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(size, 5U);
    EXPECT_EQ(list[0], 'x');
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(GetUIOptions, AnswersInvalidParameterForAMissingPointer) {
    CHAR list = 0;
    DWORD size = 1;
    EXPECT_EQ(GetNtmsUIOptionsA(session_, nullptr, 1, nullptr, &size), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(GetNtmsUIOptionsA(session_, nullptr, 1, &list, nullptr), ERROR_INVALID_PARAMETER);
}

TEST_F(SetUIOptions, NamesTheDestinationUnlessAllAreDeleted) {
    service_.answer("SetUIOptions", "{}");
    EXPECT_EQ(SetNtmsUIOptionsW(session_, &id_, NTMS_UITYPE_REQ, NTMS_UIDEST_ADD, u"desk"),
              ERROR_SUCCESS);
    EXPECT_EQ(service_.request("SetUIOptions"),
              with(named("objectId") + R"(,"type":2,"operation":1,"destination":"desk")"));
    EXPECT_EQ(SetNtmsUIOptionsA(session_, nullptr, NTMS_UITYPE_REQ, NTMS_UIDEST_DELETEALL, nullptr),
              ERROR_SUCCESS);
    EXPECT_EQ(service_.requests("SetUIOptions").back(), with(R"("type":2,"operation":3)"));
}

// returns: ERROR_INVALID_PARAMETER
TEST_F(SetUIOptions, AnswersInvalidParameterWithoutADestinationOrForOneThatIsNoText) {
    EXPECT_EQ(SetNtmsUIOptionsA(session_, nullptr, 1, NTMS_UIDEST_ADD, nullptr),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(SetNtmsUIOptionsA(session_, nullptr, 1, NTMS_UIDEST_DELETE, "\xFF"),
              ERROR_INVALID_PARAMETER);
}

// --- Changes of devices.

HANDLE begin_detection(FakeService& service, HANDLE session) {
    service.answer("BeginDeviceChangeDetection", R"({"detection":"d1"})");
    HANDLE detection = nullptr;
    EXPECT_EQ(BeginNtmsDeviceChangeDetection(session, &detection), ERROR_SUCCESS);
    return detection;
}

// returns: ERROR_INVALID_HANDLE
TEST_F(BeginDeviceChangeDetection, AnswersInvalidHandleWithoutASessionOrRoom) {
    HANDLE detection = nullptr;
    EXPECT_EQ(BeginNtmsDeviceChangeDetection(nullptr, &detection), ERROR_INVALID_HANDLE);
    EXPECT_EQ(BeginNtmsDeviceChangeDetection(session_, nullptr), ERROR_INVALID_HANDLE);
}

TEST_F(SetDeviceChangeDetection, AddsTargetsToADetectionOrLooksOnce) {
    service_.answer("SetDeviceChangeDetection", "{}");
    const HANDLE detection = begin_detection(service_, session_);
    EXPECT_EQ(SetNtmsDeviceChangeDetection(session_, detection, &id_, NTMS_LIBRARY, 1),
              ERROR_SUCCESS);
    EXPECT_EQ(service_.request("SetDeviceChangeDetection"),
              with(R"("detection":"d1","ids":[")" + kText + R"("],"type":9)"));
    EXPECT_EQ(SetNtmsDeviceChangeDetection(session_, nullptr, &id_, NTMS_LIBRARY, 1),
              ERROR_SUCCESS);
    EXPECT_EQ(service_.requests("SetDeviceChangeDetection").back(),
              with(R"("ids":[")" + kText + R"("],"type":9)"));
}

// returns: ERROR_INVALID_HANDLE
// returns: ERROR_INVALID_PARAMETER
TEST_F(SetDeviceChangeDetection, AnswersInvalidHandleForAnothersDetectionAndInvalidParameter) {
    const HANDLE other = OpenNtmsSessionA(service_.server().c_str(), "other", 0);
    const HANDLE detection = begin_detection(service_, other);
    EXPECT_EQ(SetNtmsDeviceChangeDetection(session_, detection, &id_, NTMS_LIBRARY, 1),
              ERROR_INVALID_HANDLE);
    EXPECT_EQ(SetNtmsDeviceChangeDetection(other, detection, nullptr, NTMS_LIBRARY, 1),
              ERROR_INVALID_PARAMETER);
    CloseNtmsSession(other);
}

// returns: ERROR_INVALID_HANDLE
TEST_F(EndDeviceChangeDetection, AnswersInvalidHandleForWhatIsNoDetection) {
    service_.answer("EndDeviceChangeDetection", "{}");
    HANDLE detection = begin_detection(service_, session_);
    EXPECT_EQ(EndNtmsDeviceChangeDetection(session_, nullptr), ERROR_INVALID_HANDLE);
    // As the samples do it: the address of the handle.
    EXPECT_EQ(EndNtmsDeviceChangeDetection(session_, &detection), ERROR_INVALID_HANDLE);
    EXPECT_EQ(EndNtmsDeviceChangeDetection(nullptr, detection), ERROR_INVALID_HANDLE);
    EXPECT_EQ(EndNtmsDeviceChangeDetection(session_, detection), ERROR_SUCCESS);
    EXPECT_EQ(EndNtmsDeviceChangeDetection(session_, detection), ERROR_INVALID_HANDLE);
}

}  // namespace
}  // namespace nearline::ntmsapi
