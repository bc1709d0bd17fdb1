#include "apps/exec/generic_device.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>

#include "fixtures/preload/sg_codes.h"

namespace nearline::apps {
namespace {

using fixtures::Call;
using fixtures::Direction;
using fixtures::Operation;
using initiator::RawResponse;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

// Holds every command until the test answers it.
class HeldUnit final : public GenericUnit {
public:
    struct Held {
        scsi::Request request;
        std::chrono::milliseconds timeout;
        std::function<void(RawResponse)> done;
    };

    void execute(scsi::Request request, std::chrono::milliseconds timeout,
                 std::function<void(RawResponse)> done) override {
        held.push_back({std::move(request), timeout, std::move(done)});
    }
    void reset(Reset reset, std::function<void(bool)> done) override {
        resets.push_back(reset);
        done(true);
    }
    void answer(RawResponse response) {
        const Held next = std::move(held.front());
        held.pop_front();
        next.done(std::move(response));
    }

    std::deque<Held> held;
    std::vector<Reset> resets;
};

RawResponse good(scsi::Bytes data = {}) {
    RawResponse raw;
    raw.response.data_in = std::move(data);
    return raw;
}

Call call_of(Operation operation) {
    Call call{};
    call.version = fixtures::kVersion;
    call.operation = operation;
    return call;
}

Call command(Operation operation, std::initializer_list<std::uint8_t> cdb,
             std::uint64_t data_in_length = 0, std::int32_t pack_id = 0) {
    Call call = call_of(operation);
    std::copy(cdb.begin(), cdb.end(), call.command.cdb);
    call.command.cdb_length = static_cast<std::uint32_t>(cdb.size());
    call.command.direction = data_in_length > 0 ? Direction::FromDevice : Direction::None;
    call.command.data_length = data_in_length;
    call.command.pack_id = pack_id;
    return call;
}

struct FileWorld {
    explicit FileWorld(GenericDevice& device) : file(device, [this] { ++outcomes_waiting; }) {}

    std::size_t send(const Call& call, scsi::Bytes data_out = {}) {
        const std::size_t index = replies.size();
        replies.emplace_back();
        file.call(call, std::move(data_out),
                  [this, index](DeviceReply reply) { replies[index].emplace(std::move(reply)); });
        return index;
    }
    int open(int flags = 0) {
        Call call = call_of(Operation::Open);
        call.flags = static_cast<std::uint32_t>(flags);
        const std::size_t index = send(call);
        return replies[index] ? replies[index]->answer.error : -1;
    }
    DeviceReply control(unsigned long code, std::int32_t value = 0) {
        Call call = call_of(Operation::Control);
        call.code = static_cast<std::int64_t>(code);
        std::memcpy(call.inline_data, &value, sizeof(value));
        return replies[send(call)].value();
    }
    std::int32_t get(unsigned long code) {
        const DeviceReply reply = control(code);
        std::int32_t value = -2;
        std::memcpy(&value, reply.answer.inline_data, sizeof(value));
        return value;
    }

    std::deque<std::optional<DeviceReply>> replies;
    int outcomes_waiting = 0;
    GenericFile file;
};

struct World {
    World() : device(unit, {0, 2, 1, 3, 8, "a host"}), file(device) {
        EXPECT_EQ(file.open(), 0);
        file.replies.clear();
    }
    HeldUnit unit;
    GenericDevice device;
    FileWorld file;
};

TEST(GenericFile, PassesACommandOnAndItsAnswerBack) {
    World world;
    Call call = command(Operation::Execute, {0x12, 0, 0, 0, 36, 0}, 36);
    call.command.timeout_ms = 1500;
    world.file.send(call);
    ASSERT_THAT(world.unit.held, SizeIs(1));
    EXPECT_EQ(world.unit.held.front().request.data_in_length, 36U);
    EXPECT_EQ(world.unit.held.front().timeout, 1500ms);
    EXPECT_THAT(world.unit.held.front().request.cdb, ElementsAre(0x12, 0, 0, 0, 36, 0));
    world.unit.answer(good({8, 0x80, 6}));
    const DeviceReply& reply = world.file.replies.front().value();
    EXPECT_EQ(reply.answer.error, 0);
    EXPECT_EQ(reply.answer.outcome.status, 0U);
    EXPECT_EQ(reply.answer.outcome.data_length, 3U);
    EXPECT_EQ(reply.answer.outcome.residual, 33U);
    EXPECT_THAT(reply.data, ElementsAre(8, 0x80, 6));
}

TEST(GenericFile, PassesSenseOnToTheByte) {
    World world;
    world.file.send(command(Operation::Execute, {0, 0, 0, 0, 0, 0}));
    RawResponse raw;
    raw.response.status = scsi::Status::CheckCondition;
    raw.sense = {0x72, 0x05, 0x24, 0x00, 0, 0, 0, 0};
    world.unit.answer(std::move(raw));
    const fixtures::CommandOutcome& outcome = world.file.replies.front()->answer.outcome;
    EXPECT_EQ(outcome.status, 2U);
    EXPECT_EQ(outcome.driver_status, 8U);
    EXPECT_THAT(std::vector<int>(outcome.sense, outcome.sense + outcome.sense_length),
                ElementsAre(0x72, 0x05, 0x24, 0, 0, 0, 0, 0));
}

TEST(GenericFile, TellsATimeoutFromALostConnection) {
    World world;
    for (const bool has_timed_out : {true, false}) {
        world.file.send(command(Operation::Execute, {0, 0, 0, 0, 0, 0}));
        RawResponse raw;
        raw.response.delivery = scsi::Delivery::TransportFailed;
        raw.has_timed_out = has_timed_out;
        world.unit.answer(std::move(raw));
        const fixtures::CommandOutcome& outcome = world.file.replies.back()->answer.outcome;
        EXPECT_EQ(outcome.host_status, has_timed_out ? 0x03U : 0x0EU);
    }
}

TEST(GenericFile, SendsDataAndTellsWhatWasNotTaken) {
    World world;
    Call call = command(Operation::Execute, {0x15, 0x10, 0, 0, 4, 0});
    call.command.direction = Direction::ToDevice;
    call.command.data_length = 4;
    world.file.send(call, {1, 2, 3, 4});
    EXPECT_THAT(world.unit.held.front().request.data_out, ElementsAre(1, 2, 3, 4));
    RawResponse raw = good();
    raw.residual = 1;
    world.unit.answer(std::move(raw));
    EXPECT_EQ(world.file.replies.front()->answer.outcome.residual, 1U);
}

TEST(GenericFile, KeepsOutcomesOfSubmittedCommandsUntilTheyAreReceived) {
    World world;
    world.file.send(command(Operation::Submit, {0, 0, 0, 0, 0, 0}, 0, 7));
    EXPECT_EQ(world.file.replies.at(0)->answer.error, 0);
    EXPECT_EQ(world.file.get(SG_GET_NUM_WAITING), 0);
    EXPECT_EQ(world.file.get(SG_GET_PACK_ID), -1);
    world.unit.answer(good());
    EXPECT_EQ(world.file.outcomes_waiting, 1);
    EXPECT_EQ(world.file.get(SG_GET_NUM_WAITING), 1);
    EXPECT_EQ(world.file.get(SG_GET_PACK_ID), 7);
    const std::size_t received = world.file.send(call_of(Operation::Receive));
    EXPECT_EQ(world.file.replies.at(received)->answer.error, 0);
    EXPECT_EQ(world.file.get(SG_GET_NUM_WAITING), 0);
}

TEST(GenericFile, ReceivesByPackIdWhereThatIsForced) {
    World world;
    world.file.control(SG_SET_FORCE_PACK_ID, 1);
    Call call = command(Operation::Submit, {0, 0, 0, 0, 0, 0}, 0, 1);
    call.header[0] = 1;
    world.file.send(call);
    call.command.pack_id = 2;
    call.header[0] = 2;
    world.file.send(call);
    world.unit.answer(good());
    Call receive = call_of(Operation::Receive);
    receive.code = 2;
    const std::size_t second = world.file.send(receive);
    EXPECT_FALSE(world.file.replies.at(second).has_value());  // only the first is done
    world.unit.answer(good());
    ASSERT_TRUE(world.file.replies.at(second).has_value());
    EXPECT_EQ(world.file.replies.at(second)->answer.header[0], 2);
    EXPECT_EQ(world.file.get(SG_GET_PACK_ID), 1);
}

TEST(GenericFile, ReceivingWithoutWaitingMayHaveToBeTriedAgain) {
    World world;
    Call receive = call_of(Operation::Receive);
    receive.flags = O_NONBLOCK;
    EXPECT_EQ(world.file.replies.at(world.file.send(receive))->answer.error, EAGAIN);
}

TEST(GenericFile, TakesSixteenCommandsAtATime) {
    World world;
    for (int i = 0; i < 16; ++i) world.file.send(command(Operation::Submit, {0, 0, 0, 0, 0, 0}));
    const std::size_t last = world.file.send(command(Operation::Submit, {0, 0, 0, 0, 0, 0}));
    EXPECT_EQ(world.file.replies.at(last)->answer.error, EDOM);
    EXPECT_THAT(world.unit.held, SizeIs(16));
}

TEST(GenericFile, AnswersNobodyOnceItIsClosed) {
    World world;
    bool is_answered = false;
    {
        GenericFile file(world.device, [] {});
        file.call(call_of(Operation::Open), {}, [](const DeviceReply&) {});
        file.call(command(Operation::Execute, {0, 0, 0, 0, 0, 0}), {},
                  [&](const DeviceReply&) { is_answered = true; });
    }
    world.unit.answer(good());
    EXPECT_FALSE(is_answered);
}

TEST(GenericFile, OpenedExclusivelyKeepsOthersOut) {
    HeldUnit unit;
    GenericDevice device(unit, {});
    auto first = std::make_unique<FileWorld>(device);
    EXPECT_EQ(first->open(O_EXCL), 0);
    FileWorld second(device);
    EXPECT_EQ(second.open(O_NONBLOCK), EBUSY);
    FileWorld third(device);
    EXPECT_EQ(third.open(), -1);  // waits
    first.reset();
    ASSERT_TRUE(third.replies.front().has_value());
    EXPECT_EQ(third.replies.front()->answer.error, 0);
    FileWorld fourth(device);
    EXPECT_EQ(fourth.open(O_EXCL | O_NONBLOCK), EBUSY);
}

TEST(GenericFile, TellsAndTakesTheDriversSettings) {
    World world;
    EXPECT_EQ(world.file.get(SG_GET_VERSION_NUM), 30536);
    EXPECT_EQ(world.file.get(SG_EMULATED_HOST), 0);
    EXPECT_EQ(world.file.get(SG_GET_RESERVED_SIZE), 32768);
    world.file.control(SG_SET_RESERVED_SIZE, 65536);
    EXPECT_EQ(world.file.get(SG_GET_RESERVED_SIZE), 65536);
    EXPECT_EQ(world.file.control(SG_SET_RESERVED_SIZE, -1).answer.error, EINVAL);
    EXPECT_EQ(world.file.control(SG_GET_TIMEOUT).answer.value, 6000);
    world.file.control(SG_SET_TIMEOUT, 500);
    EXPECT_EQ(world.file.control(SG_GET_TIMEOUT).answer.value, 500);
    world.file.send(command(Operation::Execute, {0, 0, 0, 0, 0, 0}));
    EXPECT_EQ(world.unit.held.front().timeout, 5s);
    EXPECT_EQ(world.file.get(fixtures::kScsiGetBusNumber), 2);
    EXPECT_EQ(world.file.get(fixtures::kScsiGetIdlun), 0x02000301);
    EXPECT_EQ(world.file.control(0x5399).answer.error, EINVAL);
}

TEST(GenericFile, ResetsTheUnitOrTheTarget) {
    World world;
    EXPECT_EQ(world.file.control(SG_SCSI_RESET, SG_SCSI_RESET_NOTHING).answer.error, 0);
    EXPECT_THAT(world.unit.resets, IsEmpty());
    world.file.control(SG_SCSI_RESET, SG_SCSI_RESET_DEVICE);
    world.file.control(SG_SCSI_RESET, SG_SCSI_RESET_BUS);
    EXPECT_THAT(world.unit.resets,
                ElementsAre(GenericUnit::Reset::Unit, GenericUnit::Reset::Target));
    EXPECT_EQ(world.file.control(SG_SCSI_RESET, 99).answer.error, EINVAL);
}

TEST(GenericFile, RefusesCallsThatMakeNoSense) {
    World world;
    Call old = call_of(Operation::Receive);
    old.version = fixtures::kVersion + 1;
    EXPECT_EQ(world.file.replies.at(world.file.send(old))->answer.error, EPROTO);
    Call long_cdb = command(Operation::Execute, {0, 0, 0, 0, 0, 0});
    long_cdb.command.cdb_length = 253;
    EXPECT_EQ(world.file.replies.at(world.file.send(long_cdb))->answer.error, EPROTO);
    Call huge = command(Operation::Execute, {0, 0, 0, 0, 0, 0}, fixtures::kMostData + 1);
    EXPECT_EQ(world.file.replies.at(world.file.send(huge))->answer.error, EPROTO);
    FileWorld closed(world.device);
    EXPECT_EQ(closed.replies.at(closed.send(call_of(Operation::Receive)))->answer.error, ENODEV);
    EXPECT_THAT(world.unit.held, IsEmpty());
}

}  // namespace
}  // namespace nearline::apps
