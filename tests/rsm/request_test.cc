// Library requests as callers see them: their order, cancelling and deleting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/rsm/queue_host.h"

namespace nearline::rsm {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::uint64_t kMinute = 60'000;
const std::string kNobody = "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e";

// One drive, which is taken: mounts wait.
class BusyHost : public QueueHost {
public:
    BusyHost() : QueueHost(1) { EXPECT_EQ(mount({side("NL0001L9")}).error(), kOk); }

    // Queues a mount; its library request.
    std::string queue(const std::string& label, std::int32_t priority = 0) {
        auto request = mount_of({side(label)}, kMountNoWait);
        request.set_priority(priority);
        EXPECT_EQ(run(request).error(), kOk);
        for (const std::string& id : requests(Operation::Mount)) {
            if (get(id).lib_request().phys_media_id() == medium(label)) return id;
        }
        return {};
    }
    v1::GetRequestOrderAnswer order_answer(const std::string& id) {
        v1::GetRequestOrderRequest request;
        request.set_session(session);
        request.set_request_id(id);
        return call<v1::GetRequestOrderAnswer>("GetRequestOrder", request);
    }
    std::uint32_t order(const std::string& id) { return order_answer(id).order(); }
    std::uint32_t set_order(const std::string& id, std::uint32_t order) {
        v1::SetRequestOrderRequest request;
        request.set_session(session);
        request.set_request_id(id);
        request.set_order(order);
        return call<v1::SetRequestOrderAnswer>("SetRequestOrder", request).error();
    }
    std::uint32_t erase(const std::vector<std::string>& ids,
                        ObjectType type = ObjectType::LibRequest) {
        v1::DeleteRequestsRequest request;
        request.set_session(session);
        for (const std::string& id : ids) request.add_request_ids(id);
        request.set_type(number(type));
        return call<v1::DeleteRequestsAnswer>("DeleteRequests", request).error();
    }
    // Frees the drive, and tells who gets it.
    std::string next() {
        const std::string in_drive = label_in_drive();
        EXPECT_EQ(dismount({side(in_drive)}), kOk);
        delays.pass(kMinute);
        return label_in_drive();
    }
    std::string label_in_drive() {
        for (int at = 1; at <= kCartridges; ++at) {
            if (library.where(label(at)) == library.drive(0)) return label(at);
        }
        return {};
    }
};

// --- the order

TEST(WorkQueue, ServesMountsByPriorityAndThenByAge) {
    BusyHost host;
    const std::string plain = host.queue("NL0002L9");
    const std::string late = host.queue("NL0003L9");
    const std::string urgent = host.queue("NL0004L9", kHighestPriority);
    EXPECT_EQ(host.order(urgent), 1U);
    EXPECT_EQ(host.order(plain), 2U);
    EXPECT_EQ(host.order(late), 3U);
    EXPECT_EQ(host.get(urgent).lib_request().priority(), 15U);
    EXPECT_EQ(host.next(), "NL0004L9");
    EXPECT_EQ(host.order(urgent), 0U);
    EXPECT_EQ(host.order(plain), 1U);
    EXPECT_EQ(host.next(), "NL0002L9");
    EXPECT_EQ(host.next(), "NL0003L9");
}

TEST(WorkQueue, PutsTheLowestPriorityLast) {
    BusyHost host;
    const std::string low = host.queue("NL0002L9", kLowestPriority);
    const std::string plain = host.queue("NL0003L9");
    EXPECT_EQ(host.order(plain), 1U);
    EXPECT_EQ(host.order(low), 2U);
    EXPECT_EQ(host.get(low).lib_request().priority(), static_cast<std::uint32_t>(-15));
    EXPECT_EQ(host.next(), "NL0003L9");
}

TEST(WorkQueue, ServesADismountBeforeAMountThatIsOlder) {
    QueueHost host(1);
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    const Pending waiting = host.begin_mount({host.side("NL0002L9")});
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), kOk);
    host.delays.pass(kMinute);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), kOk);
}

TEST(WorkQueue, LetsASmallMountPassALargeOneThatCannotBegin) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    const Pending pair = host.begin_mount({host.side("NL0002L9"), host.side("NL0003L9")});
    EXPECT_EQ(host.mount({host.side("NL0004L9")}).error(), kOk);
    EXPECT_FALSE(pair.is_over());
}

// returns: ERROR_SUCCESS
TEST(GetRequestOrder, CountsFromOneAndIsZeroForWhatHasNoOrder) {
    BusyHost host;
    EXPECT_EQ(host.order(host.requests(Operation::Mount).front()), 0U);  // done
    const std::string waiting = host.queue("NL0002L9");
    EXPECT_EQ(host.order(waiting), 1U);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}, kDismountDeferred), kOk);
    EXPECT_EQ(host.order(host.requests(Operation::Dismount).front()), 0U);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_OBJECT_NOT_FOUND
TEST(GetRequestOrder, AnswersInvalidParameterWithoutARequestAndObjectNotFoundForWhatIsNone) {
    BusyHost host;
    EXPECT_EQ(host.order_answer("").error(), code(Error::InvalidParameter));
    EXPECT_EQ(host.order_answer(kNobody).error(), code(Error::ObjectNotFound));
    EXPECT_EQ(host.order_answer(host.vault()).error(), code(Error::ObjectNotFound));
}

// returns: ERROR_ACCESS_DENIED
TEST(GetRequestOrder, AnswersAccessDeniedWithoutControlOfTheComputer) {
    BusyHost host;
    v1::GetRequestOrderRequest request;
    request.set_session(host.open(kStranger));
    request.set_request_id(host.queue("NL0002L9"));
    EXPECT_EQ(host.call<v1::GetRequestOrderAnswer>("GetRequestOrder", request, kStranger).error(),
              code(Error::AccessDenied));
}

// returns: ERROR_SUCCESS
TEST(SetRequestOrder, MovesAMountForwardAndBack) {
    BusyHost host;
    const std::string first = host.queue("NL0002L9");
    const std::string second = host.queue("NL0003L9");
    const std::string third = host.queue("NL0004L9");
    EXPECT_EQ(host.set_order(third, 1), kOk);
    EXPECT_EQ(host.order(third), 1U);
    EXPECT_EQ(host.order(first), 2U);
    EXPECT_EQ(host.set_order(third, 0xFFFFFFFF), kOk);
    EXPECT_EQ(host.order(third), 3U);
    EXPECT_EQ(host.set_order(first, 2), kOk);
    EXPECT_EQ(host.order(second), 1U);
    EXPECT_EQ(host.order(first), 2U);
    EXPECT_EQ(host.next(), "NL0003L9");
    EXPECT_EQ(host.next(), "NL0002L9");
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_OBJECT_NOT_FOUND
TEST(SetRequestOrder, AnswersInvalidParameterForANumberOrARequestThatHasNone) {
    BusyHost host;
    const std::string done = host.requests(Operation::Mount).front();
    const std::string waiting = host.queue("NL0002L9");
    EXPECT_EQ(host.set_order("", 1), code(Error::InvalidParameter));
    EXPECT_EQ(host.set_order(waiting, 0), code(Error::InvalidParameter));
    EXPECT_EQ(host.set_order(done, 1), code(Error::InvalidParameter));
    EXPECT_EQ(host.set_order(kNobody, 1), code(Error::ObjectNotFound));
}

// returns: ERROR_ACCESS_DENIED
TEST(SetRequestOrder, AnswersAccessDeniedWithoutControlOfTheComputer) {
    BusyHost host;
    v1::SetRequestOrderRequest request;
    request.set_session(host.open(kStranger));
    request.set_request_id(host.queue("NL0002L9"));
    request.set_order(1);
    EXPECT_EQ(host.call<v1::SetRequestOrderAnswer>("SetRequestOrder", request, kStranger).error(),
              code(Error::AccessDenied));
}

// --- cancelling

// returns: ERROR_SUCCESS
TEST(CancelLibraryRequest, EndsAMountThatWaitsWithAllTheMediaOfItsCall) {
    QueueHost host;
    EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
    const Pending pair = host.begin_mount({host.side("NL0002L9"), host.side("NL0003L9")});
    EXPECT_EQ(host.cancel(host.requests(Operation::Mount).back()), kOk);
    ASSERT_TRUE(pair.is_over());
    EXPECT_EQ(pair.error(), code(Error::Cancelled));
    EXPECT_EQ(host.media_state("NL0002L9"), MediaState::Idle);
    EXPECT_EQ(host.media_state("NL0003L9"), MediaState::Idle);
    int cancelled = 0;
    for (const std::string& id : host.requests(Operation::Mount)) {
        if (host.request_state(id) == RequestState::Cancelled) ++cancelled;
    }
    EXPECT_EQ(cancelled, 2);
}

TEST(CancelLibraryRequest, OfADeferredDismountLeavesTheMediumWhereItIs) {
    BusyHost host;
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}, kDismountDeferred), kOk);
    EXPECT_EQ(host.cancel(host.requests(Operation::Dismount).front()), kOk);
    host.delays.pass(60 * kMinute);
    EXPECT_EQ(host.drive_state(1), DriveState::Dismountable);
    EXPECT_EQ(host.mount({host.side("NL0002L9")}).error(), kOk);  // which needs the drive
    EXPECT_EQ(host.library.where("NL0001L9"), host.library.slot(0));
}

TEST(CancelLibraryRequest, OfAnEjectionLeavesTheCartridgeInThePortAndAsksNobody) {
    QueueHost host;
    const auto ejected = host.eject(host.medium("NL0001L9"), EjectAction::Start);
    host.delays.pass(100);
    EXPECT_EQ(host.cancel(ejected.eject_operation()), kOk);
    EXPECT_EQ(host.request_state(ejected.eject_operation()), RequestState::Cancelled);
    EXPECT_EQ(host.get(host.list(ObjectType::OpRequest).front()).op_request().state(), 4U);
    EXPECT_EQ(host.location_name(host.medium("NL0001L9")), "Port 1");
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_OBJECT_NOT_FOUND
TEST(CancelLibraryRequest, AnswersObjectNotFoundForWhatIsNoRequestOrIsOver) {
    BusyHost host;
    EXPECT_EQ(host.cancel(""), code(Error::InvalidParameter));
    EXPECT_EQ(host.cancel(kNobody), code(Error::ObjectNotFound));
    EXPECT_EQ(host.cancel(host.requests(Operation::Mount).front()), code(Error::ObjectNotFound));
}

// returns: ERROR_ACCESS_DENIED
TEST(CancelLibraryRequest, AnswersAccessDeniedForWhatIsBeingDone) {
    QueueHost host;
    const Pending mount = host.begin_mount({host.side("NL0001L9")});
    host.delays.pass(300);
    EXPECT_EQ(host.cancel(host.requests(Operation::Mount).front()), code(Error::AccessDenied));
    host.delays.pass(kMinute);
    EXPECT_EQ(mount.error(), kOk);
}

// returns: ERROR_ACCESS_DENIED
TEST(CancelLibraryRequest, AnswersAccessDeniedWithoutControlOfTheLibrary) {
    BusyHost host;
    v1::CancelLibraryRequestRequest request;
    request.set_session(host.open(kStranger));
    request.set_request_id(host.queue("NL0002L9"));
    EXPECT_EQ(host.call<v1::CancelLibraryRequestAnswer>("CancelLibraryRequest", request, kStranger)
                  .error(),
              code(Error::AccessDenied));
}

// --- deleting

// returns: ERROR_SUCCESS
TEST(DeleteRequests, DeletesWhatIsOverAndLeavesTheRest) {
    BusyHost host;
    const std::string done = host.requests(Operation::Mount).front();
    const std::string waiting = host.queue("NL0002L9");
    const std::string cancelled = host.queue("NL0003L9");
    EXPECT_EQ(host.cancel(cancelled), kOk);
    EXPECT_EQ(host.erase({done, waiting, cancelled, kNobody, host.vault()}), kOk);
    EXPECT_THAT(host.list(ObjectType::LibRequest), Not(Contains(done)));
    EXPECT_THAT(host.list(ObjectType::LibRequest), Not(Contains(cancelled)));
    EXPECT_THAT(host.list(ObjectType::LibRequest), Contains(waiting));
}

// returns: ERROR_INVALID_PARAMETER
TEST(DeleteRequests, AnswersInvalidParameterForAnotherTypeOrNoRequest) {
    BusyHost host;
    const std::string done = host.requests(Operation::Mount).front();
    EXPECT_EQ(host.erase({}), code(Error::InvalidParameter));
    EXPECT_EQ(host.erase({done}, ObjectType::Library), code(Error::InvalidParameter));
    EXPECT_EQ(host.erase({done}, ObjectType::OpRequest), kOk);  // there is none of that id
    EXPECT_THAT(host.list(ObjectType::LibRequest), Contains(done));
}

// returns: ERROR_ACCESS_DENIED
TEST(DeleteRequests, AnswersAccessDeniedWithoutModifyOfTheComputer) {
    BusyHost host;
    v1::DeleteRequestsRequest request;
    request.set_session(host.open(kStranger));
    request.add_request_ids(host.requests(Operation::Mount).front());
    request.set_type(number(ObjectType::LibRequest));
    EXPECT_EQ(host.call<v1::DeleteRequestsAnswer>("DeleteRequests", request, kStranger).error(),
              code(Error::AccessDenied));
}

// --- what a service leaves behind

TEST(WorkQueue, OfAnEndedServiceIsCancelledAndItsDrivesAreEmptied) {
    std::string path = testing::TempDir() + "rsm-queue-XXXXXX";
    const std::string folder = mkdtemp(path.data());
    FakeLibrary library(4, 1, 2);
    library.put(library.slot(0), "NL0001L9");
    library.put(library.slot(1), "NL0002L9");
    library.put(library.slot(2), "NL0003L9");
    std::string waiting;
    const auto open = [&](QueueHost& host) {
        auto opened =
            Service::open({folder + "/rsm.db", "vault-host", kAdministrators, 7}, host.delays);
        ASSERT_TRUE(opened);
        host.service = std::move(*opened);
        host.session = host.open(kAdministrator);
        host.service->manage(library.managed("vault"));
        host.delays.pass(100);
    };
    {
        QueueHost host;
        open(host);
        EXPECT_EQ(host.mount({host.side("NL0001L9")}).error(), kOk);
        EXPECT_EQ(host.mount({host.side("NL0002L9")}).error(), kOk);
        EXPECT_EQ(host.mount({host.side("NL0003L9")}, kMountNoWait).error(), kOk);
        waiting = host.requests(Operation::Mount).back();
        EXPECT_EQ(host.request_state(waiting), RequestState::Queued);
        EXPECT_EQ(host.dismount({host.side("NL0002L9")}, kDismountDeferred), kOk);
        host.service.reset();
    }
    QueueHost host;
    open(host);
    host.delays.pass(kMinute);
    EXPECT_EQ(host.request_state(waiting), RequestState::Cancelled);
    EXPECT_EQ(host.media_state("NL0001L9"), MediaState::Loaded);  // somebody may be using it
    EXPECT_EQ(host.drive_state(1), DriveState::Loaded);
    EXPECT_EQ(host.media_state("NL0002L9"), MediaState::Idle);
    EXPECT_EQ(library.where("NL0002L9"), library.slot(1));
    EXPECT_EQ(host.media_state("NL0003L9"), MediaState::Idle);
    EXPECT_EQ(host.dismount({host.side("NL0001L9")}), kOk);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace nearline::rsm
