// Operator requests as callers see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rsm/queue_host.h"

namespace nearline::rsm {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const std::string kNobody = "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e";
const std::string kNull = "00000000-0000-0000-0000-000000000000";

class OperatorHost : public QueueHost {
public:
    v1::SubmitOperatorRequestAnswer submit(OpCommand command, const std::string& first = "",
                                           const std::string& second = "",
                                           const Caller& caller = kAdministrator) {
        v1::SubmitOperatorRequestRequest request;
        request.set_session(caller.user == kAdministrator.user ? session : open(caller));
        request.set_request(static_cast<std::uint32_t>(command));
        request.set_message(message);
        request.set_argument1_id(first);
        request.set_argument2_id(second);
        return call<v1::SubmitOperatorRequestAnswer>("SubmitOperatorRequest", request, caller);
    }
    std::uint32_t error(OpCommand command, const std::string& first = "",
                        const std::string& second = "", const Caller& caller = kAdministrator) {
        return submit(command, first, second, caller).error();
    }
    Pending wait(const std::string& id, std::uint32_t timeout_ms = kForever) {
        v1::WaitForOperatorRequestRequest request;
        request.set_session(session);
        request.set_request_id(id);
        request.set_timeout_ms(timeout_ms);
        return begin("WaitForOperatorRequest", request);
    }
    std::uint32_t wait_now(const std::string& id, std::uint32_t timeout_ms = 0) {
        const Pending waiting = wait(id, timeout_ms);
        delays.pass(timeout_ms);
        return waiting.error();
    }
    OpState state(const std::string& id) {
        return static_cast<OpState>(get(id).op_request().state());
    }
    std::string pool() { return get(medium("NL0001L9")).physical_media().media_pool(); }

    std::string message = "Coffee, please.";
};

// --- submitting

// returns: ERROR_SUCCESS
TEST(SubmitOperatorRequest, KeepsWhatIsAskedAndByWhom) {
    OperatorHost host;
    const auto reply = host.submit(OpCommand::MoveMedia, host.medium("NL0001L9"), host.vault());
    EXPECT_EQ(reply.error(), kOk);
    const auto asked = host.get(reply.request_id()).op_request();
    EXPECT_EQ(asked.request(), 4U);
    EXPECT_EQ(asked.state(), 1U);  // submitted
    EXPECT_EQ(asked.message(), "Coffee, please.");
    EXPECT_EQ(asked.arg1_type(), number(ObjectType::PhysicalMedia));
    EXPECT_EQ(asked.arg1(), host.medium("NL0001L9"));
    EXPECT_EQ(asked.arg2_type(), number(ObjectType::Library));
    EXPECT_EQ(asked.arg2(), host.vault());
    EXPECT_EQ(asked.application(), "a test");
    EXPECT_EQ(asked.computer(), "vault-host");
    EXPECT_GT(asked.submitted(), 0U);
}

TEST(SubmitOperatorRequest, TakesTheArgumentsOfItsCommand) {
    OperatorHost host;
    EXPECT_EQ(host.error(OpCommand::NewMedia, host.pool()), kOk);
    EXPECT_EQ(host.error(OpCommand::NewMedia, host.pool(), host.vault()), kOk);
    EXPECT_EQ(host.error(OpCommand::Cleaner, host.vault()), kOk);
    EXPECT_EQ(host.error(OpCommand::Cleaner, host.list(ObjectType::StorageSlot).front()), kOk);
    EXPECT_EQ(host.error(OpCommand::DeviceService, host.drive(1)), kOk);
    EXPECT_EQ(host.error(OpCommand::DeviceService, host.medium("NL0001L9"), kNull), kOk);
    EXPECT_EQ(host.error(OpCommand::Message), kOk);
    EXPECT_EQ(host.error(OpCommand::Message, kNull, kNull), kOk);
    host.message = "";
    EXPECT_EQ(host.error(OpCommand::Message), kOk);
}

TEST(SubmitOperatorRequest, KeepsTheFirst255CharactersOfAMessage) {
    OperatorHost host;
    host.message = std::string(1'000, 'x');
    const std::string id = host.submit(OpCommand::Message).request_id();
    EXPECT_EQ(host.get(id).op_request().message(), std::string(255, 'x'));
}

// returns: ERROR_INVALID_PARAMETER
TEST(SubmitOperatorRequest, AnswersInvalidParameterForNoCommandOrTheWrongArguments) {
    OperatorHost host;
    const auto invalid = code(Error::InvalidParameter);
    EXPECT_EQ(host.error(OpCommand::Unknown), invalid);
    EXPECT_EQ(host.error(static_cast<OpCommand>(6)), invalid);
    EXPECT_EQ(host.error(OpCommand::NewMedia), invalid);
    EXPECT_EQ(host.error(OpCommand::NewMedia, kNull), invalid);
    EXPECT_EQ(host.error(OpCommand::Cleaner), invalid);
    EXPECT_EQ(host.error(OpCommand::Cleaner, host.vault(), host.vault()), invalid);
    EXPECT_EQ(host.error(OpCommand::DeviceService), invalid);
    EXPECT_EQ(host.error(OpCommand::DeviceService, host.drive(1), host.vault()), invalid);
    EXPECT_EQ(host.error(OpCommand::MoveMedia, host.medium("NL0001L9")), invalid);
    EXPECT_EQ(host.error(OpCommand::MoveMedia, "", host.vault()), invalid);
    EXPECT_EQ(host.error(OpCommand::Message, host.vault()), invalid);
    EXPECT_THAT(host.list(ObjectType::OpRequest), IsEmpty());
}

// returns: ERROR_OBJECT_NOT_FOUND
TEST(SubmitOperatorRequest, AnswersObjectNotFoundForArgumentsOfAnotherKind) {
    OperatorHost host;
    const auto not_found = code(Error::ObjectNotFound);
    EXPECT_EQ(host.error(OpCommand::NewMedia, host.vault()), not_found);
    EXPECT_EQ(host.error(OpCommand::NewMedia, host.pool(), kNobody), not_found);
    EXPECT_EQ(host.error(OpCommand::Cleaner, host.drive(1)), not_found);
    EXPECT_EQ(host.error(OpCommand::DeviceService, host.pool()), not_found);
    EXPECT_EQ(host.error(OpCommand::DeviceService, kNobody), not_found);
    EXPECT_EQ(host.error(OpCommand::MoveMedia, host.side("NL0001L9"), host.vault()), not_found);
    EXPECT_EQ(host.error(OpCommand::MoveMedia, host.medium("NL0001L9"), host.drive(1)), not_found);
}

// returns: ERROR_ACCESS_DENIED
TEST(SubmitOperatorRequest, AnswersAccessDeniedWithoutTheRightOfItsCommand) {
    OperatorHost host;
    const auto denied = code(Error::AccessDenied);
    EXPECT_EQ(host.error(OpCommand::NewMedia, host.pool(), "", kStranger), denied);
    EXPECT_EQ(host.error(OpCommand::Cleaner, host.vault(), "", kStranger), denied);
    EXPECT_EQ(host.error(OpCommand::DeviceService, host.drive(1), "", kStranger), denied);
    EXPECT_EQ(host.error(OpCommand::DeviceService, host.medium("NL0001L9"), "", kStranger), denied);
    EXPECT_EQ(host.error(OpCommand::MoveMedia, host.medium("NL0001L9"), host.vault(), kStranger),
              denied);
    EXPECT_EQ(host.error(OpCommand::Message, "", "", kStranger), kOk);  // USE is everybody's
}

// --- waiting

// returns: ERROR_SUCCESS
TEST(WaitForOperatorRequest, AnswersSuccessWhenItIsSatisfied) {
    OperatorHost host;
    const std::string id = host.submit(OpCommand::Message).request_id();
    const Pending waiting = host.wait(id);
    host.delays.pass(3'600'000);
    EXPECT_FALSE(waiting.is_over());
    EXPECT_EQ(host.satisfy(id), kOk);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), kOk);
    EXPECT_EQ(host.wait_now(id), kOk);
}

// returns: ERROR_CANCELLED
TEST(WaitForOperatorRequest, AnswersCancelledWhenItIsRefusedOrItsSessionEnds) {
    OperatorHost host;
    const std::string id = host.submit(OpCommand::Message).request_id();
    const Pending waiting = host.wait(id);
    EXPECT_EQ(host.refuse(id), kOk);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), code(Error::Cancelled));
    const Pending left = host.wait(host.submit(OpCommand::Message).request_id());
    host.service->connection_closed(kAdministrator.connection);
    ASSERT_TRUE(left.is_over());
    EXPECT_EQ(left.error(), code(Error::Cancelled));
}

// returns: ERROR_TIMEOUT
TEST(WaitForOperatorRequest, AnswersTimeoutWhenNobodyActsInTime) {
    OperatorHost host;
    const std::string id = host.submit(OpCommand::Message).request_id();
    EXPECT_EQ(host.wait_now(id, 0), code(Error::Timeout));
    const Pending waiting = host.wait(id, 5'000);
    host.delays.pass(4'999);
    EXPECT_FALSE(waiting.is_over());
    host.delays.pass(1);
    EXPECT_EQ(waiting.error(), code(Error::Timeout));
    EXPECT_EQ(host.state(id), OpState::Submitted);
}

// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_OBJECT_NOT_FOUND
// returns: ERROR_INVALID_HANDLE
TEST(WaitForOperatorRequest, AnswersObjectNotFoundForWhatIsNoRequest) {
    OperatorHost host;
    EXPECT_EQ(host.wait_now(""), code(Error::InvalidParameter));
    EXPECT_EQ(host.wait_now(kNobody), code(Error::ObjectNotFound));
    host.session = "nonsense";
    EXPECT_EQ(host.wait_now(kNobody), code(Error::InvalidHandle));
}

// returns: ERROR_OBJECT_NOT_FOUND
TEST(WaitForOperatorRequest, AnswersObjectNotFoundWhenItIsDeletedMeanwhile) {
    OperatorHost host;
    const std::string id = host.submit(OpCommand::Message).request_id();
    EXPECT_EQ(host.satisfy(id), kOk);
    v1::DeleteRequestsRequest request;
    request.set_session(host.session);
    request.add_request_ids(id);
    request.set_type(number(ObjectType::OpRequest));
    EXPECT_EQ(host.call<v1::DeleteRequestsAnswer>("DeleteRequests", request).error(), kOk);
    EXPECT_EQ(host.wait_now(id), code(Error::ObjectNotFound));
}

// --- cancelling and satisfying

// returns: ERROR_SUCCESS
// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_OBJECT_NOT_FOUND
// returns: ERROR_INVALID_STATE
TEST(CancelOperatorRequest, RefusesWhatIsOpenAndNothingElse) {
    OperatorHost host;
    const std::string id = host.submit(OpCommand::Message).request_id();
    EXPECT_EQ(host.refuse(""), code(Error::InvalidParameter));
    EXPECT_EQ(host.refuse(kNobody), code(Error::ObjectNotFound));
    EXPECT_EQ(host.refuse(id), kOk);
    EXPECT_EQ(host.state(id), OpState::Refused);
    EXPECT_EQ(host.refuse(id), code(Error::InvalidState));
}

// returns: ERROR_ACCESS_DENIED
TEST(CancelOperatorRequest, AnswersAccessDeniedToWhoDoesNotControlTheComputer) {
    OperatorHost host;
    v1::CancelOperatorRequestRequest request;
    request.set_session(host.open(kStranger));
    request.set_request_id(host.submit(OpCommand::Message).request_id());
    EXPECT_EQ(
        host.call<v1::CancelOperatorRequestAnswer>("CancelOperatorRequest", request, kStranger)
            .error(),
        code(Error::AccessDenied));
}

// returns: ERROR_SUCCESS
// returns: ERROR_INVALID_PARAMETER
// returns: ERROR_OBJECT_NOT_FOUND
TEST(SatisfyOperatorRequest, CompletesWhatIsOpenAndNothingElse) {
    OperatorHost host;
    const std::string id = host.submit(OpCommand::Message).request_id();
    EXPECT_EQ(host.satisfy(""), code(Error::InvalidParameter));
    EXPECT_EQ(host.satisfy(kNobody), code(Error::ObjectNotFound));
    EXPECT_EQ(host.satisfy(id), kOk);
    EXPECT_EQ(host.state(id), OpState::Complete);
    EXPECT_EQ(host.satisfy(id), code(Error::ObjectNotFound));
}

// returns: ERROR_ACCESS_DENIED
TEST(SatisfyOperatorRequest, AnswersAccessDeniedToWhoDoesNotControlTheComputer) {
    OperatorHost host;
    v1::SatisfyOperatorRequestRequest request;
    request.set_session(host.open(kStranger));
    request.set_request_id(host.submit(OpCommand::Message).request_id());
    EXPECT_EQ(
        host.call<v1::SatisfyOperatorRequestAnswer>("SatisfyOperatorRequest", request, kStranger)
            .error(),
        code(Error::AccessDenied));
}

// --- allocations that wait for the operator

class AllocatingHost : public OperatorHost {
public:
    AllocatingHost() {
        backup = create_pool("Backup", named(ObjectType::MediaType, "LTO_Ultrium")).pool_id();
    }
    Pending allocate(std::uint32_t timeout_ms = kForever) {
        v1::AllocateMediaRequest request;
        request.set_session(session);
        request.set_pool_id(backup);
        request.set_timeout_ms(timeout_ms);
        return begin("AllocateMedia", request);
    }
    // The request for new media that is open.
    std::string question() {
        for (const std::string& id : list(ObjectType::OpRequest)) {
            if (state(id) == OpState::Submitted) return id;
        }
        return {};
    }
    std::string backup;
};

// returns: ERROR_CANCELLED
TEST(AllocateMedia, AnswersCancelledWhenTheOperatorRefusesNewMedia) {
    AllocatingHost host;
    const Pending waiting = host.allocate();
    const std::string question = host.question();
    EXPECT_EQ(host.get(question).op_request().request(), 1U);
    EXPECT_EQ(host.get(question).op_request().arg1(), host.backup);
    EXPECT_EQ(host.refuse(question), kOk);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), code(Error::Cancelled));
    EXPECT_EQ(host.state(question), OpState::Refused);
}

// returns: ERROR_TIMEOUT
TEST(AllocateMedia, SearchesAgainWhenTheOperatorSaysItIsDoneAndAsksAgainWhenNothingIsThere) {
    AllocatingHost host;
    const Pending waiting = host.allocate(5'000);
    const std::string first = host.question();
    host.delays.pass(1'000);
    EXPECT_EQ(host.satisfy(first), kOk);
    host.delays.pass(100);
    EXPECT_FALSE(waiting.is_over());
    const std::string second = host.question();
    EXPECT_NE(second, "");
    EXPECT_NE(second, first);
    EXPECT_THAT(host.list(ObjectType::OpRequest), SizeIs(1));  // the first is deleted
    host.delays.pass(4'000);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), code(Error::Timeout));
    EXPECT_THAT(host.list(ObjectType::OpRequest), IsEmpty());
}

// returns: ERROR_SUCCESS
TEST(AllocateMedia, TakesWhatTheOperatorHasBroughtBack) {
    AllocatingHost host;
    const std::string medium = host.medium("NL0001L9");
    EXPECT_EQ(host.move(medium, host.free_pool()), kOk);
    host.delays.pass(60'000);
    EXPECT_EQ(host.move(medium, host.backup), kOk);
    host.take_out("NL0001L9");
    const Pending waiting = host.allocate();
    EXPECT_FALSE(waiting.is_over());
    host.library.put(host.library.slot(5), "NL0001L9");
    EXPECT_EQ(host.satisfy(host.question()), kOk);
    host.delays.pass(1'000);
    ASSERT_TRUE(waiting.is_over());
    EXPECT_EQ(waiting.error(), kOk);
    EXPECT_THAT(host.list(ObjectType::OpRequest), IsEmpty());
}

}  // namespace
}  // namespace nearline::rsm
