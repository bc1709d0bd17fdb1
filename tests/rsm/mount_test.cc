// Mounting and dismounting, as callers see them: over a library whose moves are real, and a clock
// that the test moves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rsm/queue_host.h"

namespace nearline::rsm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kLoading = 300;  // milliseconds in which a drive is still loading
constexpr std::uint64_t kMinute = 60'000;

const std::string kNobody = "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e";

// --- mounting

// returns: ERROR_SUCCESS
TEST(MountMedia, AnswersSuccessWhenTheDriveIsReady) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    const Pending mount = host.begin_mount({side});
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::InUse);
    host.delays.pass(kLoading);
    EXPECT_FALSE(mount.is_over());
    EXPECT_EQ(host.drive_state(1), DriveState::Mounted);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Mounted);
    host.delays.pass(kMinute);
    ASSERT_TRUE(mount.is_over());
    EXPECT_EQ(mount.error(), kOk);
    EXPECT_THAT(mount.drives(), ElementsAre(host.drive(1)));
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.drive(0));
    const auto drive = host.get(host.drive(1)).drive();
    EXPECT_EQ(drive.state(), 2U);  // loaded
    EXPECT_EQ(drive.mount_count(), 1U);
    EXPECT_EQ(drive.saved_partition_id(), side);
    const auto medium = host.get(host.medium("NL0001L9")).physical_media();
    EXPECT_EQ(medium.media_state(), 3U);
    EXPECT_EQ(medium.location(), host.drive(1));
    EXPECT_EQ(medium.mounted_partition(), side);
    EXPECT_EQ(host.get(side).partition().mount_count(), 1U);
    const auto request = host.get(host.requests(Operation::Mount).front()).lib_request();
    EXPECT_EQ(request.state(), 2U);
    EXPECT_EQ(request.partition_id(), side);
    EXPECT_EQ(request.drive_id(), host.drive(1));
    EXPECT_EQ(request.phys_media_id(), host.medium("NL0001L9"));
}

TEST(MountMedia, TakesALogicalMediumForItsSide) {
    QueueHost host;
    const std::string logical = host.allocated("NL0001L9");
    EXPECT_EQ(host.mount({logical}, kMountRead | kMountWrite).error(), kOk);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Loaded);
}

// returns: ERROR_INVALID_PARAMETER
TEST(MountMedia, AnswersInvalidParameterWithoutMediaOrWithWhatIsNoOption) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({}).error(), code(Error::InvalidParameter));
    EXPECT_EQ(host.mount({side}, 0x40).error(), code(Error::InvalidParameter));
    EXPECT_EQ(host.mount({side}, kMountSpecificDrive).error(), code(Error::InvalidParameter));
    for (const std::int32_t priority : {16, -16}) {
        auto request = host.mount_of({side});
        request.set_priority(priority);
        EXPECT_EQ(host.run(request).error(), code(Error::InvalidParameter));
    }
    EXPECT_THAT(host.requests(Operation::Mount), IsEmpty());
}

// returns: ERROR_INVALID_MEDIA
TEST(MountMedia, AnswersInvalidMediaForWhatIsNoSideAndForMediaGivenTwice) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({kNobody}).error(), code(Error::InvalidMedia));
    EXPECT_EQ(host.mount({"nonsense"}).error(), code(Error::InvalidMedia));
    EXPECT_EQ(host.mount({host.medium("NL0001L9")}).error(), code(Error::InvalidMedia));
    EXPECT_EQ(host.mount({side, side}).error(), code(Error::InvalidMedia));
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
}

// returns: ERROR_INVALID_DRIVE
TEST(MountMedia, AnswersInvalidDriveForWhatIsNoDriveAndForDrivesGivenTwice) {
    QueueHost host;
    auto request = host.mount_of({host.side("NL0001L9")}, kMountSpecificDrive);
    request.add_drive_ids(host.vault());
    EXPECT_EQ(host.run(request).error(), code(Error::InvalidDrive));
    request = host.mount_of({host.side("NL0001L9"), host.side("NL0002L9")}, kMountSpecificDrive);
    request.add_drive_ids(host.drive(1));
    request.add_drive_ids(host.drive(1));
    EXPECT_EQ(host.run(request).error(), code(Error::InvalidDrive));
}

// A second library beside the host's.
class TwoLibraries : public QueueHost {
public:
    TwoLibraries() {
        annex.put(annex.slot(0), "NL0009L9");
        service->manage(annex.managed("annex"));
        delays.pass(100);
    }
    std::string annex_drive() {
        return list(ObjectType::Drive, named(ObjectType::Library, "annex")).front();
    }
    FakeLibrary annex{2, 1, 1};
};

// returns: ERROR_DRIVE_MEDIA_MISMATCH
TEST(MountMedia, AnswersDriveMediaMismatchWhenTheDriveIsInAnotherLibrary) {
    TwoLibraries host;
    auto request = host.mount_of({host.side("NL0001L9")}, kMountSpecificDrive);
    request.add_drive_ids(host.annex_drive());
    EXPECT_EQ(host.run(request).error(), code(Error::DriveMediaMismatch));
}

// returns: ERROR_INVALID_LIBRARY
TEST(MountMedia, AnswersInvalidLibraryWhenTheMediaAreInSeveral) {
    TwoLibraries host;
    EXPECT_EQ(host.mount({host.side("NL0001L9"), host.side("NL0009L9")}).error(),
              code(Error::InvalidLibrary));
    EXPECT_EQ(host.mount({host.side("NL0009L9")}).error(), kOk);
}

// returns: ERROR_ACCESS_DENIED
TEST(MountMedia, AnswersAccessDeniedWithoutUseOfThePool) {
    QueueHost host;
    const std::string logical = host.allocated("NL0001L9");
    auto request = host.mount_of({logical});
    request.set_session(host.open(kStranger));
    EXPECT_EQ(host.run(request, kStranger).error(), code(Error::AccessDenied));
}

// returns: ERROR_WRITE_PROTECT
TEST(MountMedia, AnswersWriteProtectWhenACompleteSideIsToBeWritten) {
    QueueHost host;
    const std::string logical = host.allocated("NL0001L9");
    v1::SetMediaCompleteRequest complete;
    complete.set_session(host.session);
    complete.set_media_id(logical);
    EXPECT_EQ(host.call<v1::SetMediaCompleteAnswer>("SetMediaComplete", complete).error(), kOk);
    EXPECT_EQ(host.mount({logical}, kMountWrite).error(), code(Error::WriteProtect));
    EXPECT_EQ(host.mount({logical}, kMountRead | kMountWrite).error(), code(Error::WriteProtect));
    EXPECT_EQ(host.mount({logical}, kMountRead).error(), kOk);
}

// returns: ERROR_INVALID_STATE
TEST(MountMedia, AnswersInvalidStateForASideThatIsNotToBeUsed) {
    QueueHost host;
    EXPECT_EQ(host.move(host.medium("NL0001L9"), host.free_pool()), kOk);
    EXPECT_EQ(host.side_state("NL0001L9"), SideState::Unprepared);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), code(Error::InvalidState));
    host.delays.pass(kMinute);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), kOk);
    v1::DecommissionMediaRequest decommission;
    decommission.set_session(host.session);
    decommission.set_media_id(host.side("NL0001L9"));
    EXPECT_EQ(host.call<v1::DecommissionMediaAnswer>("DecommissionMedia", decommission).error(),
              kOk);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), code(Error::InvalidState));
}

// returns: ERROR_INVALID_STATE
TEST(MountMedia, AnswersInvalidStateWhenTheDriveDoesNotLoadAndBringsTheMediumBack) {
    QueueHost host;
    host.library.tape_trouble = scsi::kMediaLoadOrEjectFailed;
    const auto reply = host.mount({host.side("NL0001L9")});
    EXPECT_EQ(reply.error(), code(Error::InvalidState));
    const auto request = host.get(host.requests(Operation::Mount).front()).lib_request();
    EXPECT_EQ(request.state(), 3U);
    EXPECT_EQ(request.error_code(), code(Error::UnableToLoadMedium));
    host.delays.pass(kMinute);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
    EXPECT_EQ(host.drive_state(1), DriveState::Dismounted);
    EXPECT_EQ(host.get(host.drive(1)).drive().mount_count(), 0U);
    // Somebody should have a look at the drive.
    ASSERT_THAT(host.list(ObjectType::OpRequest), SizeIs(1));
    const auto asked = host.get(host.list(ObjectType::OpRequest).front()).op_request();
    EXPECT_EQ(asked.request(), 3U);
    EXPECT_EQ(asked.arg1(), host.drive(1));
}

// returns: ERROR_RESOURCE_DISABLED
TEST(MountMedia, AnswersResourceDisabledForADisabledMediumDriveOrLibrary) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.turn(ObjectType::PhysicalMedia, host.medium("NL0001L9"), false), kOk);
    EXPECT_EQ(host.mount({side}).error(), code(Error::ResourceDisabled));
    EXPECT_EQ(host.turn(ObjectType::PhysicalMedia, host.medium("NL0001L9"), true), kOk);
    EXPECT_EQ(host.turn(ObjectType::Drive, host.drive(1), false), kOk);
    auto request = host.mount_of({side}, kMountSpecificDrive);
    request.add_drive_ids(host.drive(1));
    EXPECT_EQ(host.run(request).error(), code(Error::ResourceDisabled));
    EXPECT_EQ(host.turn(ObjectType::Library, host.vault(), false), kOk);
    EXPECT_EQ(host.mount({side}).error(), code(Error::ResourceDisabled));
}

// returns: ERROR_RESOURCE_DISABLED
TEST(MountMedia, AnswersResourceDisabledWhenTheMediumIsDisabledWhileItWaits) {
    QueueHost host(1);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    const Pending waiting = host.begin_mount({host.side("NL0002L9")});
    EXPECT_EQ(host.turn(ObjectType::PhysicalMedia, host.medium("NL0002L9"), false), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(waiting.error(), code(Error::ResourceDisabled));
    EXPECT_EQ(host.media_state("NL0002L9"), MediaState::Idle);
}

// returns: ERROR_RESOURCE_NOT_AVAILABLE
TEST(MountMedia, AnswersResourceNotAvailableWhenTheLibraryHasTooFewDrives) {
    QueueHost host(1);
    EXPECT_EQ(host.mount({host.side("NL0001L9"), host.side("NL0002L9")}).error(),
              code(Error::ResourceNotAvailable));
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.mount({host.side("NL0002L9")}, kMountErrorNotAvailable).error(),
              code(Error::ResourceNotAvailable));
}

// returns: ERROR_BUSY
TEST(MountMedia, AnswersBusyAtOnceWhenMediumOrDriveIsInUseAndTheCallerWillNotWait) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({side}).error(), kOk);
    EXPECT_EQ(host.mount({side}, kMountErrorNotAvailable).error(), code(Error::Busy));
    auto request =
        host.mount_of({host.side("NL0002L9")}, kMountSpecificDrive | kMountErrorNotAvailable);
    request.add_drive_ids(host.drive(1));
    EXPECT_EQ(host.run(request).error(), code(Error::Busy));
    request.set_drive_ids(0, host.drive(2));
    EXPECT_EQ(host.run(request).error(), kOk);
}

// returns: ERROR_TIMEOUT
TEST(MountMedia, AnswersTimeoutWhenNoDriveIsFreeInTimeAndCancelsTheRequest) {
    QueueHost host(1);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    auto request = host.mount_of({host.side("NL0002L9")});
    request.set_timeout_ms(5'000);
    const Pending waiting = host.begin("MountMedia", request);
    host.delays.pass(4'999);
    EXPECT_FALSE(waiting.is_over());
    host.delays.pass(1);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), code(Error::Timeout));
    EXPECT_THAT(waiting.drives(), IsEmpty());
    EXPECT_EQ(host.request_state(host.requests(Operation::Mount).back()), RequestState::Cancelled);
    EXPECT_EQ(host.media_state("NL0002L9"), MediaState::Idle);
}

// returns: ERROR_TIMEOUT
TEST(MountMedia, AnswersTimeoutInTheMiddleOfAMountAndBringsTheMediumBack) {
    QueueHost host;
    auto request = host.mount_of({host.side("NL0001L9")});
    request.set_timeout_ms(kLoading);
    const Pending waiting = host.begin("MountMedia", request);
    host.delays.pass(kLoading);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), code(Error::Timeout));
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.drive(0));
    host.delays.pass(kMinute);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
    EXPECT_EQ(host.get(host.drive(1)).drive().mount_count(), 0U);
}

// returns: ERROR_TIMEOUT
TEST(MountMedia, WithATimeOutOfZeroWaitsForTheMountButNotForResources) {
    QueueHost host(1);
    auto request = host.mount_of({host.side("NL0001L9")});
    request.set_timeout_ms(0);
    EXPECT_EQ(host.run(request).error(), kOk);
    request.set_media_ids(0, host.side("NL0002L9"));
    EXPECT_EQ(host.run(request).error(), code(Error::Timeout));
}

// returns: ERROR_CANCELLED
TEST(MountMedia, AnswersCancelledWhenItsSessionIsClosed) {
    QueueHost host(1);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    auto request = host.mount_of({host.side("NL0002L9")});
    request.set_session(host.open(kAdministrator));
    const Pending waiting = host.begin("MountMedia", request);
    v1::CloseSessionRequest close;
    close.set_session(request.session());
    EXPECT_EQ(host.call<v1::CloseSessionAnswer>("CloseSession", close).error(), kOk);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), code(Error::Cancelled));
    EXPECT_EQ(host.request_state(host.requests(Operation::Mount).back()), RequestState::Cancelled);
}

// returns: ERROR_INVALID_HANDLE
TEST(MountMedia, AnswersInvalidHandleWithoutASession) {
    QueueHost host;
    auto request = host.mount_of({host.side("NL0001L9")});
    request.set_session("nonsense");
    EXPECT_EQ(host.run(request).error(), code(Error::InvalidHandle));
}

TEST(MountMedia, WaitsForADriveAndGetsItWhenOneIsDismounted) {
    QueueHost host(1);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    const Pending waiting = host.begin_mount({host.side("NL0002L9")});
    host.delays.pass(10 * kMinute);
    EXPECT_FALSE(waiting.is_over());
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), kOk);
    host.delays.pass(kMinute);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), kOk);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.library.where("NL0002L9"), host.library.drive(0));
}

TEST(MountMedia, WaitsForAMediumThatIsMountedUntilItIsReleased) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({side}).error(), kOk);
    const Pending waiting = host.begin_mount({side});
    host.delays.pass(kMinute);
    EXPECT_FALSE(waiting.is_over());
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Loaded);
    EXPECT_EQ(host.dismount({side}), kOk);
    host.delays.pass(kMinute);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), kOk);
    EXPECT_EQ(host.get(host.side("NL0001L9")).partition().mount_count(), 2U);
}

TEST(MountMedia, ReturnsAtOnceWithNowaitAndIgnoresTheTimeOut) {
    QueueHost host(1);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    auto request = host.mount_of({host.side("NL0002L9")}, kMountNoWait);
    request.set_timeout_ms(1);
    const Pending left = host.begin("MountMedia", request);
    ASSERT_TRUE(left.is_over());
    EXPECT_EQ(left.error(), kOk);
    host.delays.pass(kMinute);
    const std::string mount = host.requests(Operation::Mount).back();
    EXPECT_EQ(host.request_state(mount), RequestState::Queued);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.request_state(mount), RequestState::Passed);
    EXPECT_EQ(host.media_state("NL0002L9"), MediaState::Loaded);
}

TEST(MountMedia, OfSeveralMediaTakesAllDrivesTogetherOrNone) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    const Pending pair = host.begin_mount({host.side("NL0002L9"), host.side("NL0003L9")});
    host.delays.pass(kMinute);
    EXPECT_FALSE(pair.is_over());
    EXPECT_EQ(host.library.where("NL0002L9"), host.library.slot(1));  // though a drive is free
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), kOk);
    host.delays.pass(kMinute);
    ASSERT_TRUE(pair.is_over());
    EXPECT_EQ(pair.error(), kOk);
    ASSERT_THAT(pair.drives(), SizeIs(2));
    EXPECT_EQ(host.get(host.medium("NL0002L9")).physical_media().location(), pair.drives()[0]);
    EXPECT_EQ(host.get(host.medium("NL0003L9")).physical_media().location(), pair.drives()[1]);
}

TEST(MountMedia, OfSeveralMediaTakesBackAllWhenOneCannotBeMounted) {
    QueueHost host;
    host.library.refused_move_of = "NL0003L9";
    const auto reply = host.mount({host.side("NL0002L9"), host.side("NL0003L9")});
    EXPECT_EQ(reply.error(), code(Error::InvalidState));
    host.delays.pass(kMinute);
    for (const std::string label : {"NL0002L9", "NL0003L9"}) {
        EXPECT_EQ(host.media_state(label), MediaState::Idle) << label;
        EXPECT_GE(host.library.where(label), host.library.slot(0)) << label;
    }
    EXPECT_EQ(host.drive_state(1), DriveState::Dismounted);
    EXPECT_EQ(host.drive_state(2), DriveState::Dismounted);
}

TEST(MountMedia, OfTheGivenDriveUsesIt) {
    QueueHost host;
    auto request = host.mount_of({host.side("NL0001L9")}, kMountSpecificDrive);
    request.add_drive_ids(host.drive(2));
    const auto reply = host.run(request);
    EXPECT_EQ(reply.error(), kOk);
    EXPECT_EQ(reply.drive_ids(0), host.drive(2));
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.drive(1));
}

TEST(MountMedia, IsPlannedAnewWhenTheLibraryChangedMeanwhile) {
    QueueHost host;
    host.library.take("NL0001L9");
    host.library.put(host.library.slot(5), "NL0001L9");  // and nobody has looked yet
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.drive(0));
}

// --- media that are outside

// returns: ERROR_MEDIA_OFFLINE
TEST(MountMedia, AnswersMediaOfflineWhenNobodyIsToBeAsked) {
    QueueHost host;
    const std::string logical = host.outside("NL0001L9");
    EXPECT_EQ(host.mount({logical}, kMountErrorOffline).error(), code(Error::MediaOffline));
    EXPECT_THAT(host.list(ObjectType::OpRequest), IsEmpty());
}

// returns: ERROR_MEDIA_OFFLINE
TEST(MountMedia, AnswersMediaOfflineForAMediumOfALibraryThatDoesNotAnswer) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    host.library.is_reachable = false;
    EXPECT_EQ(host.remove(host.medium("NL0001L9")), code(Error::InvalidState));  // has a look
    EXPECT_EQ(host.mount({side}).error(), code(Error::MediaOffline));
}

// returns: ERROR_MEDIA_OFFLINE
TEST(MountMedia, AnswersMediaOfflineWhenTheMediumIsTakenWhileItWaits) {
    QueueHost host(1);
    const std::string logical = host.allocated("NL0002L9");
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    const Pending waiting = host.begin_mount({logical});
    host.take_out("NL0002L9");
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), code(Error::MediaOffline));
}

TEST(MountMedia, AsksTheOperatorForAMediumThatIsOutsideAndMountsItWhenItIsBrought) {
    QueueHost host;
    const std::string logical = host.outside("NL0001L9");
    const Pending waiting = host.begin_mount({logical});
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::OperatorRequired);
    ASSERT_THAT(host.list(ObjectType::OpRequest), SizeIs(1));
    const std::string question = host.list(ObjectType::OpRequest).front();
    const auto asked = host.get(question).op_request();
    EXPECT_EQ(asked.request(), 4U);  // MOVEMEDIA
    EXPECT_EQ(asked.arg1(), host.medium("NL0001L9"));
    EXPECT_EQ(asked.arg2(), host.vault());
    EXPECT_EQ(asked.application(), "Removable Storage");
    EXPECT_EQ(host.request_state(host.requests(Operation::Mount).back()), RequestState::Waiting);
    host.delays.pass(10 * kMinute);
    EXPECT_FALSE(waiting.is_over());
    host.library.put(host.library.port(0), "NL0001L9");
    EXPECT_EQ(host.satisfy(question), kOk);
    host.delays.pass(kMinute);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), kOk);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Loaded);
    EXPECT_EQ(host.get(question).op_request().state(), 5U);
}

TEST(MountMedia, SeesAMediumThatTheOperatorBringsWithoutAWord) {
    QueueHost host;
    const Pending waiting = host.begin_mount({host.outside("NL0001L9")});
    host.delays.pass(1'000);
    host.library.put(host.library.port(0), "NL0001L9");
    host.delays.pass(kMinute);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), kOk);
    EXPECT_EQ(host.get(host.list(ObjectType::OpRequest).front()).op_request().state(), 5U);
}

TEST(MountMedia, MountsNoneOfSeveralUntilAllAreInside) {
    QueueHost host;
    const std::string outside = host.outside("NL0001L9");
    const Pending pair = host.begin_mount({host.side("NL0002L9"), outside});
    host.delays.pass(10 * kMinute);
    EXPECT_FALSE(pair.is_over());
    EXPECT_EQ(host.library.where("NL0002L9"), host.library.slot(1));
    EXPECT_EQ(host.media_state("NL0002L9"), MediaState::InUse);
    host.library.put(host.library.slot(5), "NL0001L9");
    EXPECT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(kMinute);
    ASSERT_TRUE(pair.is_over());
    EXPECT_EQ(pair.error(), kOk);
}

TEST(MountMedia, FollowsAMediumThatIsBroughtToAnotherLibrary) {
    TwoLibraries host;
    const Pending waiting = host.begin_mount({host.outside("NL0001L9")});
    host.annex.put(host.annex.slot(1), "NL0001L9");
    EXPECT_EQ(host.inventory(host.named(ObjectType::Library, "annex"), InventoryMethod::Fast), kOk);
    host.delays.pass(kMinute);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), kOk);
    EXPECT_THAT(waiting.drives(), ElementsAre(host.annex_drive()));
}

// returns: ERROR_REQUEST_REFUSED
TEST(MountMedia, AnswersRequestRefusedWhenTheOperatorDoesNotBringTheMedium) {
    QueueHost host;
    const Pending waiting = host.begin_mount({host.outside("NL0001L9")});
    const std::string question = host.list(ObjectType::OpRequest).front();
    EXPECT_EQ(host.refuse(question), kOk);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), code(Error::RequestRefused));
    EXPECT_EQ(host.get(question).op_request().state(), 4U);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
}

TEST(MountMedia, IsRefusedWhenTheMediumIsDeletedMeanwhile) {
    QueueHost host;
    const std::string logical = host.outside("NL0001L9");
    const Pending waiting = host.begin_mount({logical});
    v1::DeallocateMediaRequest deallocate;
    deallocate.set_session(host.session);
    deallocate.set_media_id(logical);
    EXPECT_EQ(host.call<v1::DeallocateMediaAnswer>("DeallocateMedia", deallocate).error(), kOk);
    EXPECT_EQ(host.remove(host.medium("NL0001L9")), kOk);
    host.delays.pass(1);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), code(Error::RequestRefused));
}

// returns: ERROR_TIMEOUT
TEST(MountMedia, AnswersTimeoutWhenTheOperatorIsLateAndTakesTheQuestionBack) {
    QueueHost host;
    auto request = host.mount_of({host.outside("NL0001L9")});
    request.set_timeout_ms(5'000);
    EXPECT_EQ(host.run(request).error(), code(Error::Timeout));
    EXPECT_THAT(host.list(ObjectType::OpRequest), IsEmpty());
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
    host.delays.pass(60 * kMinute);
    EXPECT_TRUE(host.delays.is_idle());
}

TEST(MountMedia, AsksAgainWhenTheOperatorIsMistaken) {
    QueueHost host;
    const Pending waiting = host.begin_mount({host.outside("NL0001L9")});
    const std::string question = host.list(ObjectType::OpRequest).front();
    host.delays.pass(1);
    EXPECT_EQ(host.satisfy(question), kOk);
    host.delays.pass(1'000);
    EXPECT_FALSE(waiting.is_over());
    ASSERT_THAT(host.list(ObjectType::OpRequest), SizeIs(2));
    EXPECT_EQ(host.refuse(host.list(ObjectType::OpRequest).back()), kOk);
    ASSERT_TRUE(waiting.is_over());
}

// --- dismounting

// returns: ERROR_SUCCESS
TEST(DismountMedia, AnswersSuccessAtOnceAndBringsTheMediumHome) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({side}).error(), kOk);
    EXPECT_EQ(host.dismount({side}), kOk);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::InUse);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
    EXPECT_EQ(host.drive_state(1), DriveState::Dismounted);
    const auto request = host.get(host.requests(Operation::Dismount).front()).lib_request();
    EXPECT_EQ(request.state(), 2U);
    EXPECT_EQ(request.partition_id(), side);
    EXPECT_EQ(request.drive_id(), host.drive(1));
}

// returns: ERROR_INVALID_PARAMETER
TEST(DismountMedia, AnswersInvalidParameterWithoutMediaOrWithWhatIsNoOption) {
    QueueHost host;
    EXPECT_EQ(host.dismount({}), code(Error::InvalidParameter));
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}, 3), code(Error::InvalidParameter));
}

// returns: ERROR_INVALID_MEDIA
TEST(DismountMedia, AnswersInvalidMediaForWhatIsNoSideAndForMediaGivenTwice) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({side}).error(), kOk);
    EXPECT_EQ(host.dismount({kNobody}), code(Error::InvalidMedia));
    EXPECT_EQ(host.dismount({side, side}), code(Error::InvalidMedia));
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Loaded);
}

// returns: ERROR_ACCESS_DENIED
TEST(DismountMedia, AnswersAccessDeniedWithoutUseOfThePool) {
    QueueHost host;
    const std::string logical = host.allocated("NL0001L9");
    EXPECT_EQ(host.mount({logical}).error(), kOk);
    v1::DismountMediaRequest request;
    request.set_session(host.open(kStranger));
    request.add_media_ids(logical);
    EXPECT_EQ(host.call<v1::DismountMediaAnswer>("DismountMedia", request, kStranger).error(),
              code(Error::AccessDenied));
}

// returns: ERROR_MEDIA_OFFLINE
TEST(DismountMedia, AnswersMediaOfflineForAMediumThatIsOutside) {
    QueueHost host;
    EXPECT_EQ(host.dismount({host.outside("NL0001L9")}), code(Error::MediaOffline));
}

// returns: ERROR_INVALID_STATE
TEST(DismountMedia, AnswersInvalidStateForAMediumThatIsNotMounted) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.dismount({side}), code(Error::InvalidState));
    const Pending mount = host.begin_mount({side});
    host.delays.pass(kLoading);
    EXPECT_EQ(host.dismount({side}), code(Error::InvalidState));  // not yet
    host.delays.pass(kMinute);
    EXPECT_EQ(host.dismount({side}), kOk);
    EXPECT_EQ(host.dismount({side}), code(Error::InvalidState));  // not any more
}

// returns: ERROR_DEVICE_NOT_AVAILABLE
TEST(DismountMedia, AnswersDeviceNotAvailableForADisabledDrive) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.turn(ObjectType::Drive, host.drive(1), false), kOk);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), code(Error::DeviceNotAvailable));
    EXPECT_EQ(host.turn(ObjectType::Drive, host.drive(1), true), kOk);
    EXPECT_EQ(host.turn(ObjectType::Library, host.vault(), false), kOk);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), code(Error::DeviceNotAvailable));
}

// returns: ERROR_MEDIA_NOT_AVAILABLE
TEST(DismountMedia, AnswersMediaNotAvailableForADisabledMedium) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.turn(ObjectType::PhysicalMedia, host.medium("NL0001L9"), false), kOk);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), code(Error::MediaNotAvailable));
}

TEST(DismountMedia, IsFollowedByADeallocationWhileItIsQueued) {
    QueueHost host;
    const std::string logical = host.allocated("NL0001L9");
    EXPECT_EQ(host.mount({logical}).error(), kOk);
    EXPECT_EQ(host.dismount({logical}), kOk);
    v1::DeallocateMediaRequest request;
    request.set_session(host.session);
    request.set_media_id(logical);
    EXPECT_EQ(host.call<v1::DeallocateMediaAnswer>("DeallocateMedia", request).error(), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
    EXPECT_EQ(host.side_state("NL0001L9"), SideState::Available);
}

TEST(DismountMedia, OfAMediumWhoseRemovalIsPreventedFailsAndLeavesItLoaded) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({side}).error(), kOk);
    host.library.is_removal_prevented = true;
    EXPECT_EQ(host.dismount({side}), kOk);
    host.delays.pass(kMinute);
    const auto request = host.get(host.requests(Operation::Dismount).front()).lib_request();
    EXPECT_EQ(request.state(), 3U);
    EXPECT_EQ(request.error_code(), code(Error::UnableToEjectMountedMedia));
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Loaded);
    host.library.is_removal_prevented = false;
    EXPECT_EQ(host.dismount({side}), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
}

// --- deferred dismounts

TEST(DismountMedia, DeferredLeavesTheMediumInItsDriveForAWhile) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({side}).error(), kOk);
    EXPECT_EQ(host.dismount({side}, kDismountDeferred), kOk);
    const std::string request = host.requests(Operation::Dismount).front();
    EXPECT_EQ(host.request_state(request), RequestState::Deferred);
    EXPECT_EQ(host.get(request).lib_request().operation_option(), 1U);
    EXPECT_EQ(host.drive_state(1), DriveState::Dismountable);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
    host.delays.pass(299'000);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.drive(0));
    host.delays.pass(2'000);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.request_state(request), RequestState::Passed);
    EXPECT_EQ(host.drive_state(1), DriveState::Dismounted);
    host.delays.pass(60 * kMinute);
    EXPECT_TRUE(host.delays.is_idle());
}

TEST(DismountMedia, DeferredIsOverWhenTheMediumIsMountedAgainWhereItIs) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({side}).error(), kOk);
    EXPECT_EQ(host.dismount({side}, kDismountDeferred), kOk);
    host.library.commands.clear();
    EXPECT_EQ(host.mount({side}).error(), kOk);
    for (const scsi::Bytes& command : host.library.commands) EXPECT_NE(command.front(), 0xA5);
    EXPECT_EQ(host.drive_state(1), DriveState::Loaded);
    EXPECT_EQ(host.get(host.drive(1)).drive().mount_count(), 2U);
    host.delays.pass(10 * kMinute);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.drive(0));
    EXPECT_EQ(host.request_state(host.requests(Operation::Dismount).front()), RequestState::Passed);
}

TEST(DismountMedia, DeferredGivesWayToAMountThatNeedsItsDrive) {
    QueueHost host(1);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}, kDismountDeferred), kOk);
    const auto reply = host.mount({host.side("NL0002L9")}, kMountErrorNotAvailable);
    EXPECT_EQ(reply.error(), kOk);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.library.where("NL0002L9"), host.library.drive(0));
}

TEST(DismountMedia, DeferredGivesWayToItsOwnMediumWantedInAnotherDrive) {
    QueueHost host;
    const std::string side = host.side("NL0001L9");
    EXPECT_EQ(host.mount({side}).error(), kOk);
    EXPECT_EQ(host.dismount({side}, kDismountDeferred), kOk);
    auto request = host.mount_of({side}, kMountSpecificDrive);
    request.add_drive_ids(host.drive(2));
    EXPECT_EQ(host.run(request).error(), kOk);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.drive(1));
}

TEST(DismountMedia, DeferredIsNotChosenWhileAnEmptyDriveIsThere) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}, kDismountDeferred), kOk);
    EXPECT_EQ(host.mount({host.side("NL0002L9")}).error(), kOk);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.drive(0));
    EXPECT_EQ(host.library.where("NL0002L9"), host.library.drive(1));
}

TEST(DismountMedia, DeferredMediaAreIdleForLabelsAndEjections) {
    QueueHost host(1);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}, kDismountDeferred), kOk);
    EXPECT_EQ(host.move(host.medium("NL0002L9"), host.free_pool()), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.side_state("NL0002L9"), SideState::Available);

    EXPECT_EQ(host.mount({host.side("NL0003L9")}).error(), kOk);
    EXPECT_EQ(host.dismount({host.side("NL0003L9")}, kDismountDeferred), kOk);
    EXPECT_EQ(host.eject(host.medium("NL0003L9"), EjectAction::Start).error(), kOk);
    host.delays.pass(1'000);
    EXPECT_EQ(host.library.where("NL0003L9"), host.library.port(0));
    EXPECT_EQ(host.request_state(host.requests(Operation::Dismount).back()), RequestState::Passed);
}

// --- by drive

// returns: ERROR_SUCCESS
TEST(DismountDrive, AnswersSuccessAndBringsHomeWhateverIsInTheDrive) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.dismount_drive(host.drive(1)), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.mount({host.side("NL0002L9")}).error(), kOk);
    EXPECT_EQ(host.dismount({host.side("NL0002L9")}, kDismountDeferred), kOk);
    EXPECT_EQ(host.dismount_drive(host.drive(1)), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.library.where("NL0002L9"), host.library.slot(1));
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_DRIVE
TEST(DismountDrive, AnswersInvalidParameterWithoutADriveAndInvalidDriveForWhatIsNone) {
    QueueHost host;
    EXPECT_EQ(host.dismount_drive(""), code(Error::InvalidParameter));
    EXPECT_EQ(host.dismount_drive(kNobody), code(Error::InvalidDrive));
    EXPECT_EQ(host.dismount_drive(host.vault()), code(Error::InvalidDrive));
}

// returns: ERROR_ACCESS_DENIED
TEST(DismountDrive, AnswersAccessDeniedWithoutModifyOfTheLibrary) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    v1::DismountDriveRequest request;
    request.set_session(host.open(kStranger));
    request.set_drive_id(host.drive(1));
    EXPECT_EQ(host.call<v1::DismountDriveAnswer>("DismountDrive", request, kStranger).error(),
              code(Error::AccessDenied));
}

// returns: ERROR_INVALID_STATE
TEST(DismountDrive, AnswersInvalidStateWhenTheDriveIsEmptyOrAtWork) {
    QueueHost host;
    EXPECT_EQ(host.dismount_drive(host.drive(1)), code(Error::InvalidState));
    const Pending mount = host.begin_mount({host.side("NL0001L9")});
    host.delays.pass(kLoading);
    EXPECT_EQ(host.dismount_drive(host.drive(1)), code(Error::InvalidState));
    host.delays.pass(kMinute);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), kOk);
    EXPECT_EQ(host.dismount_drive(host.drive(1)), code(Error::InvalidState));
}

// returns: ERROR_DEVICE_NOT_AVAILABLE
TEST(DismountDrive, AnswersDeviceNotAvailableWhenDriveOrLibraryIsDisabled) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.turn(ObjectType::Drive, host.drive(1), false), kOk);
    EXPECT_EQ(host.dismount_drive(host.drive(1)), code(Error::DeviceNotAvailable));
}

TEST(DismountDrive, BringsHomeWhatTheRobotCouldNotGripBefore) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    host.library.refused_move_of = "NL0001L9";
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.request_state(host.requests(Operation::Dismount).front()), RequestState::Failed);
    EXPECT_EQ(host.drive_state(1), DriveState::Unloaded);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Unloaded);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), code(Error::InvalidState));
    host.library.refused_move_of.clear();
    EXPECT_EQ(host.dismount_drive(host.drive(1)), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Idle);
}

TEST(DisableObject, OfADriveBringsHomeWhatIsInIt) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    EXPECT_EQ(host.turn(ObjectType::Drive, host.drive(1), false), kOk);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
    EXPECT_EQ(host.drive_state(1), DriveState::Dismounted);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);  // in the other one
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.drive(1));
}

// returns: ERROR_LIBRARY_OFFLINE
TEST(DismountDrive, AnswersLibraryOfflineWhenTheLibraryDoesNotAnswer) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    host.library.is_reachable = false;
    EXPECT_EQ(host.remove(host.medium("NL0001L9")), code(Error::InvalidState));  // has a look
    EXPECT_EQ(host.dismount_drive(host.drive(1)), code(Error::LibraryOffline));
}

// --- exchanging sides

std::uint32_t swapped(QueueHost& host, const std::string& first, const std::string& second) {
    v1::SwapMediaRequest request;
    request.set_session(host.session);
    request.set_media_id1(first);
    request.set_media_id2(second);
    return host.call<v1::SwapMediaAnswer>("SwapMedia", request).error();
}

// returns: ERROR_SUCCESS
TEST(SwapMedia, ExchangesTheSidesBehindTwoLogicalMedia) {
    QueueHost host;
    const std::string first = host.allocated("NL0001L9");
    const std::string second = host.allocated("NL0002L9");
    EXPECT_EQ(swapped(host, first, second), kOk);
    EXPECT_EQ(host.get(host.side("NL0001L9")).partition().logical_media(), second);
    EXPECT_EQ(host.get(host.side("NL0002L9")).partition().logical_media(), first);
    EXPECT_EQ(host.mount({first}).error(), kOk);
    EXPECT_EQ(host.media_state("NL0002L9"), MediaState::Loaded);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_INVALID_MEDIA
TEST(SwapMedia, AnswersInvalidMediaForWhatIsNoLogicalMediumOrIsInUse) {
    QueueHost host;
    const std::string first = host.allocated("NL0001L9");
    const std::string second = host.allocated("NL0002L9");
    EXPECT_EQ(swapped(host, first, ""), code(Error::InvalidParameter));
    EXPECT_EQ(swapped(host, kNobody, second), code(Error::InvalidMedia));
    EXPECT_EQ(swapped(host, host.side("NL0001L9"), second), code(Error::InvalidMedia));
    EXPECT_EQ(swapped(host, first, first), code(Error::InvalidMedia));
    EXPECT_EQ(host.mount({first}).error(), kOk);
    EXPECT_EQ(swapped(host, first, second), code(Error::InvalidMedia));
}

// returns: ERROR_ACCESS_DENIED
TEST(SwapMedia, AnswersAccessDeniedWithoutModifyOfThePool) {
    QueueHost host;
    v1::SwapMediaRequest request;
    request.set_media_id1(host.allocated("NL0001L9"));
    request.set_media_id2(host.allocated("NL0002L9"));
    request.set_session(host.open(kStranger));
    EXPECT_EQ(host.call<v1::SwapMediaAnswer>("SwapMedia", request, kStranger).error(),
              code(Error::AccessDenied));
}

// returns: ERROR_INVALID_STATE
TEST(SwapMedia, AnswersInvalidStateWhenASideIsNotAllocated) {
    QueueHost host;
    const std::string first = host.allocated("NL0001L9");
    const std::string second = host.allocated("NL0002L9");
    v1::SetMediaCompleteRequest complete;
    complete.set_session(host.session);
    complete.set_media_id(second);
    EXPECT_EQ(host.call<v1::SetMediaCompleteAnswer>("SetMediaComplete", complete).error(), kOk);
    EXPECT_EQ(swapped(host, first, second), code(Error::InvalidState));
}

// returns: ERROR_INVALID_MEDIA_POOL
TEST(SwapMedia, AnswersInvalidMediaPoolForMediaOfDifferentPools) {
    QueueHost host;
    const std::string first = host.allocated("NL0001L9");
    const std::string second = host.allocated("NL0002L9");
    const std::string type = host.named(ObjectType::MediaType, "LTO_Ultrium");
    EXPECT_EQ(host.move(host.medium("NL0002L9"), host.create_pool("Archive", type).pool_id()), kOk);
    EXPECT_EQ(swapped(host, first, second), code(Error::InvalidMediaPool));
}

}  // namespace
}  // namespace nearline::rsm
