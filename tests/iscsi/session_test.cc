// Sessions in full feature phase, spoken to in bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scsi/logical_unit.h"
#include "tests/iscsi/test_initiator.h"

namespace nearline::iscsi {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::string status_of(const std::vector<Answer>& answers) {
    std::string out;
    for (const Answer& answer : answers) out += (out.empty() ? "" : ", ") + answer.outcome();
    return out;
}

TEST(Session, BeginsWithALoginAndAnswersACommand) {
    World world;
    TestInitiator initiator(world);
    const auto response = initiator.log_in().as<LoginResponse>();
    EXPECT_EQ(response.status, LoginStatus::Success);
    EXPECT_TRUE(initiator.connection->is_logged_in());
    EXPECT_EQ(world.portal.session_count(), 1U);
    initiator.send(initiator.command({}));
    EXPECT_EQ(initiator.answer().outcome(), "CHECK 6/29/00");
    initiator.send(initiator.command({}));
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
    EXPECT_EQ(initiator.wakes, 0);  // all of it was said while the host was in received()
}

TEST(Session, NamesItsNexusAsScsiNamesPorts) {
    World world;
    TestInitiator initiator(world);
    initiator.log_in();
    const auto* names = world.device.names_of(scsi::NexusId{1});
    ASSERT_NE(names, nullptr);
    EXPECT_EQ(names->initiator_port, "iqn.1994-05.com.example:host,i,0x00023d000001");
    EXPECT_EQ(names->target_port, "iqn.2026-11.test.nearline:vault,t,0x0001");
}

// --- Data-In.

TEST(DataIn, CarriesStatusWithTheLastPdu) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    initiator.send(initiator.fetch(100, 100));
    const Answer answer = initiator.answer();
    const auto pdu = answer.as<DataIn>();
    EXPECT_TRUE(pdu.has_status && pdu.is_final);
    EXPECT_EQ(pdu.target_transfer_tag, kNoTag);
    EXPECT_FALSE(pdu.is_underflow || pdu.is_overflow);
    EXPECT_EQ(answer.data, pattern(100));
}

TEST(DataIn, ComesInSegmentsTheInitiatorTakesAndSequencesOfABurst) {
    World world;
    TestInitiator initiator(world);
    // 515 is no multiple of four: all but the last PDU are cut at 512.
    initiator.settled({{"MaxRecvDataSegmentLength", "515"}, {"MaxBurstLength", "1024"}});
    initiator.send(initiator.fetch(2600, 2600));
    const auto answers = initiator.answers();
    ASSERT_EQ(answers.size(), 6U);
    Bytes whole;
    for (std::size_t at = 0; at < answers.size(); ++at) {
        const auto pdu = answers[at].as<DataIn>();
        EXPECT_EQ(pdu.data_sn, at);
        EXPECT_EQ(pdu.buffer_offset, whole.size());
        EXPECT_EQ(pdu.is_final, at % 2 == 1 || at == 5) << at;
        EXPECT_EQ(pdu.has_status, at == 5);
        whole.insert(whole.end(), answers[at].data.begin(), answers[at].data.end());
    }
    EXPECT_EQ(whole, pattern(2600));
}

TEST(DataIn, ThatEndsInACheckConditionHasAResponseOfItsOwn) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    Fetch cdb;
    cdb.transfer_length = 100;
    cdb.is_short = true;
    initiator.send(
        initiator.command({.cdb = scsi::encode_cdb(cdb), .reads = true, .expected_length = 300}));
    const auto answers = initiator.answers();
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_FALSE(answers[0].as<DataIn>().has_status);
    EXPECT_TRUE(answers[0].as<DataIn>().is_final);
    EXPECT_EQ(answers[0].data.size(), 100U);
    EXPECT_EQ(answers[1].outcome(), "CHECK 0/00/00");
    const auto response = answers[1].as<ScsiResponse>();
    EXPECT_EQ(response.exp_data_sn, 1U);
    EXPECT_TRUE(response.is_underflow);
    EXPECT_EQ(response.residual_count, 200U);
}

TEST(DataIn, OfNothingIsOnlyAResponse) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    initiator.send(initiator.fetch(0, 50));
    const auto response = initiator.answer().as<ScsiResponse>();
    EXPECT_TRUE(response.is_underflow);
    EXPECT_EQ(response.residual_count, 50U);
}

// --- Data-Out.

TEST(DataOutOfACommand, ComesWithIt) {
    World world;
    TestInitiator initiator(world);
    initiator.settled({{"FirstBurstLength", "262144"}});
    for (const std::size_t length : {1, 4, 4097, 262144}) {
        const Bytes data = pattern(length);
        const auto size = static_cast<std::uint32_t>(length);
        initiator.send(initiator.store(size, size), data);
        EXPECT_EQ(initiator.answer().outcome(), "GOOD");
        EXPECT_EQ(world.unit.stored.back(), data);
    }
}

// The host writes where the engine says: into the task's own buffer.
TEST(DataOutOfACommand, LandsInTheTaskItself) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    const Bytes wire = initiator.wire(initiator.store(1000, 1000), pattern(1000));
    initiator.send_bytes(BytesView(wire).first(48));
    EXPECT_EQ(initiator.connection->place().size(), 1000U);
    const std::uint8_t* place = initiator.connection->place().data();
    initiator.send_bytes(BytesView(wire).subspan(48));
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
    EXPECT_NE(place, nullptr);
    EXPECT_EQ(world.unit.stored.back(), pattern(1000));
}

TEST(DataOutOfACommand, ComesUnsolicitedThenAsAskedFor) {
    World world;
    TestInitiator initiator(world);
    initiator.settled(
        {{"InitialR2T", "No"}, {"FirstBurstLength", "1024"}, {"MaxBurstLength", "2048"}});
    const Bytes data = pattern(5000);
    const BytesView all(data);
    initiator.send(initiator.store(5000, 5000, false), all.first(400));
    const std::uint32_t tag = initiator.tag;
    initiator.send(initiator.data_out({tag, kNoTag, 0, 400, false}), all.subspan(400, 100));
    EXPECT_TRUE(initiator.answers().empty());
    initiator.send(initiator.data_out({tag, kNoTag, 1, 500, true}), all.subspan(500, 524));
    std::uint32_t offset = 1024;
    std::set<std::uint32_t> tags;
    for (std::uint32_t r2t_sn = 0; offset < 5000; ++r2t_sn) {
        const Answer answer = initiator.answer();
        ASSERT_EQ(answer.opcode(), Opcode::ReadyToTransfer);
        const auto r2t = answer.as<ReadyToTransfer>();
        EXPECT_EQ(r2t.r2t_sn, r2t_sn);
        EXPECT_EQ(r2t.buffer_offset, offset);
        EXPECT_EQ(r2t.desired_length, std::min<std::uint32_t>(2048, 5000 - offset));
        EXPECT_EQ(r2t.initiator_task_tag, tag);
        EXPECT_TRUE(tags.insert(r2t.target_transfer_tag).second);
        const std::uint32_t half = r2t.desired_length / 2;
        initiator.send(initiator.data_out({tag, r2t.target_transfer_tag, 0, offset, false}),
                       all.subspan(offset, half));
        initiator.send(initiator.data_out({tag, r2t.target_transfer_tag, 1, offset + half, true}),
                       all.subspan(offset + half, r2t.desired_length - half));
        offset += r2t.desired_length;
    }
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
    EXPECT_EQ(world.unit.stored.back(), data);
}

TEST(DataOutOfACommand, BeyondWhatTheUnitTakesIsForgotten) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    initiator.send(initiator.store(100, 300), pattern(300));
    const auto response = initiator.answer().as<ScsiResponse>();
    EXPECT_TRUE(response.is_underflow);
    EXPECT_EQ(response.residual_count, 200U);
    EXPECT_EQ(world.unit.stored.back(), pattern(100));
}

TEST(DataOutOfACommand, KeepsCommandsOfAUnitInOrder) {
    World world;
    TestInitiator initiator(world);
    initiator.settled(
        {{"ImmediateData", "Yes"}, {"InitialR2T", "Yes"}, {"FirstBurstLength", "512"}});
    initiator.send(initiator.store(1000, 1000), pattern(512, 1));  // needs an R2T
    const std::uint32_t first = initiator.tag;
    const auto r2t = initiator.answer().as<ReadyToTransfer>();
    initiator.send(initiator.store(10, 10), pattern(10, 2));  // all there, and behind it
    EXPECT_TRUE(initiator.answers().empty());
    // Another unit, and an immediate command, do not wait.
    initiator.send(initiator.command({.lun = 1}));
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
    initiator.send(initiator.command({.is_immediate = true}));
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
    initiator.send(initiator.data_out({first, r2t.target_transfer_tag, 0, 512, true}),
                   pattern(488, 3));
    EXPECT_EQ(status_of(initiator.answers()), "GOOD, GOOD");
    ASSERT_EQ(world.unit.stored.size(), 2U);
    EXPECT_EQ(world.unit.stored[0].size(), 1000U);
    EXPECT_EQ(world.unit.stored[1], pattern(10, 2));
}

TEST(DataOutOfACommand, IsAskedForOnlyAsMemoryGoes) {
    Portal::Settings settings;
    settings.limits.outstanding_bytes = 100000;
    World world(settings);
    TestInitiator initiator(world);
    initiator.settled({{"InitialR2T", "Yes"}, {"ImmediateData", "No"}});
    std::vector<std::uint32_t> tags;
    for (int count = 0; count < 5; ++count) {
        initiator.send(initiator.store(60000, 60000));
        tags.push_back(initiator.tag);
    }
    for (const std::uint32_t tag : tags) {
        const auto answers = initiator.answers();
        ASSERT_FALSE(answers.empty());
        ASSERT_EQ(answers.back().opcode(), Opcode::ReadyToTransfer);  // one at a time
        const auto r2t = answers.back().as<ReadyToTransfer>();
        EXPECT_EQ(r2t.initiator_task_tag, tag);
        initiator.send(initiator.data_out({tag, r2t.target_transfer_tag}), pattern(60000));
    }
    EXPECT_EQ(status_of(initiator.answers()), "GOOD");
    EXPECT_EQ(world.unit.stored.size(), 5U);
    // What no memory would do for is refused.
    initiator.send(initiator.store(100001, 100001));
    EXPECT_EQ(initiator.answer().outcome(), "CHECK 5/55/03");
}

TEST(DataOutOfACommand, MayBeShortForUnitsThatLikeIt) {
    World world({}, {}, LengthMismatch::Executed);
    TestInitiator initiator(world);
    initiator.settled();
    initiator.send(initiator.store(512, 0));
    const auto response = initiator.answer().as<ScsiResponse>();
    EXPECT_EQ(response.status, scsi::Status::Good);
    EXPECT_TRUE(response.is_overflow);
    EXPECT_EQ(response.residual_count, 512U);
    EXPECT_TRUE(world.unit.stored.back().empty());
}

TEST(ExtendedCdb, ReachesTheUnit) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    const Bytes cdb = bytes("c3 000000000000000000000000000000 12345678");
    initiator.send(initiator.command({.cdb = cdb}), {}, bytes("0005 01 00 12345678"));
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
    EXPECT_THAT(world.unit.marks, ElementsAre(0x12345678U));
}

// --- The window.

TEST(CommandWindowOfASession, ClosesWithAsManyCommandsAndOpensAsTheyEnd) {
    Portal::Settings settings;
    settings.limits.command_window = 4;
    World world(settings);
    TestInitiator initiator(world);
    initiator.settled();
    for (int count = 0; count < 4; ++count) initiator.send(initiator.dawdle());
    EXPECT_EQ(world.portal.task_count(), 4U);
    initiator.send(initiator.command({}));  // outside the window: ignored
    --initiator.cmd_sn;
    EXPECT_TRUE(initiator.answers().empty());
    // Pings and task management that are immediate are served all the same.
    EXPECT_TRUE(initiator.is_alive());
    world.unit.finish();
    EXPECT_EQ(initiator.wakes, 1);
    const Answer done = initiator.answer();
    EXPECT_EQ(done.numbers().max_cmd_sn, initiator.cmd_sn);
    initiator.send(initiator.command({.lun = 1}));
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
}

TEST(CommandWindowOfASession, ThatOpensBecauseOfOthersIsTold) {
    Portal::Settings settings;
    settings.limits.command_window = 2;
    World world(settings);
    TestInitiator initiator(world);
    initiator.settled();
    for (int count = 0; count < 2; ++count) initiator.send(initiator.dawdle());
    TestInitiator other(world);
    other.isid = 2;
    other.settled();
    other.manage(5);  // LOGICAL UNIT RESET
    const Answer told = initiator.answer();
    EXPECT_EQ(told.opcode(), Opcode::NopIn);
    EXPECT_EQ(told.as<NopIn>().initiator_task_tag, kNoTag);
    EXPECT_EQ(told.as<NopIn>().target_transfer_tag, kNoTag);
    EXPECT_EQ(told.numbers().max_cmd_sn, initiator.cmd_sn + 1);
    EXPECT_EQ(world.portal.task_count(), 0U);
    EXPECT_EQ(initiator.wakes, 1);
}

// --- Task management.

TEST(TaskManagement, AbortsOneCommandAndItsAnswer) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    initiator.send(initiator.dawdle());
    const Answer answer = initiator.manage(1, initiator.tag, initiator.cmd_sn - 1);
    EXPECT_EQ(answer.as<TaskManagementResponse>().response, 0);
    world.unit.finish();  // the motion goes on to its end
    EXPECT_TRUE(initiator.answers().empty());
    EXPECT_EQ(world.portal.task_count(), 0U);
}

TEST(TaskManagement, AbortsACommandWhoseTurnHasNotCome) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    const std::uint32_t gap = initiator.cmd_sn++;
    initiator.send(initiator.store(4, 4), pattern(4));
    const std::uint32_t tag = initiator.tag;
    EXPECT_EQ(initiator.manage(1, tag).as<TaskManagementResponse>().response, 0);
    const std::uint32_t next = std::exchange(initiator.cmd_sn, gap);
    initiator.send(initiator.command({}));
    initiator.cmd_sn = next;
    initiator.send(initiator.command({}));
    EXPECT_EQ(status_of(initiator.answers()), "GOOD, GOOD");
    EXPECT_TRUE(world.unit.stored.empty());
}

TEST(TaskManagement, AbortsAllOfASessionAtOneUnitOnly) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    initiator.send(initiator.dawdle());
    initiator.send(initiator.dawdle());
    initiator.send(initiator.dawdle(1));
    TestInitiator other(world);
    other.isid = 2;
    other.settled();
    other.send(other.dawdle());
    EXPECT_EQ(initiator.manage(2).as<TaskManagementResponse>().response, 0);
    EXPECT_EQ(world.portal.task_count(), 2U);
    while (!world.unit.dawdling.empty()) world.unit.finish();
    world.other_unit.finish();
    EXPECT_EQ(status_of(initiator.answers()), "GOOD");
    EXPECT_EQ(status_of(other.answers()), "GOOD");
}

TEST(TaskManagement, OfOthersEndsWhatTheyResetWithoutAWord) {
    World world;
    TestInitiator initiator(world);
    initiator.settled({{"InitialR2T", "Yes"}, {"ImmediateData", "No"}});
    initiator.send(initiator.dawdle());
    initiator.send(initiator.store(8, 8));
    const auto r2t = initiator.answer().as<ReadyToTransfer>();
    const std::uint32_t tag = initiator.tag;
    TestInitiator other(world);
    other.isid = 2;
    other.settled();
    EXPECT_EQ(other.manage(5).as<TaskManagementResponse>().response, 0);
    EXPECT_EQ(world.portal.task_count(), 0U);
    initiator.send(initiator.data_out({tag, r2t.target_transfer_tag}), pattern(8));
    EXPECT_TRUE(initiator.answers().empty());
    EXPECT_TRUE(world.unit.stored.empty());
    initiator.send(initiator.command({}));
    EXPECT_EQ(initiator.answer().outcome(), "CHECK 6/29/03");
}

// While a PDU's data comes in, its command is reset by somebody else: the place stays valid.
TEST(TaskManagement, OfOthersDoesNotTakeThePlaceFromUnderTheHost) {
    for (const std::uint8_t function : {5, 7}) {
        World world;
        TestInitiator initiator(world);
        initiator.settled({{"InitialR2T", "Yes"}, {"ImmediateData", "No"}});
        initiator.send(initiator.store(1000, 1000));
        const auto r2t = initiator.answer().as<ReadyToTransfer>();
        const Bytes wire = initiator.wire(
            initiator.data_out({initiator.tag, r2t.target_transfer_tag}), pattern(1000));
        initiator.send_bytes(BytesView(wire).first(500));
        const MutableBytes place = initiator.connection->place();
        TestInitiator other(world);
        other.isid = 2;
        other.settled();
        other.manage(function);
        std::fill(place.begin(), place.end(), std::uint8_t{0xEE});
        initiator.connection->received(place.size());
        EXPECT_TRUE(initiator.answers().empty());
        EXPECT_TRUE(world.unit.stored.empty());
        EXPECT_EQ(world.portal.task_count(), 0U);
        EXPECT_EQ(initiator.connection->wants_close(), function == 7);
    }
}

TEST(TaskManagement, ColdResetEndsAllSessionsOfTheTarget) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    TestInitiator other(world);
    other.isid = 2;
    other.settled();
    EXPECT_EQ(initiator.manage(7).as<TaskManagementResponse>().response, 0);
    EXPECT_TRUE(initiator.connection->wants_close());
    EXPECT_TRUE(other.connection->wants_close());
    EXPECT_GT(other.wakes, 0);
    EXPECT_EQ(world.portal.session_count(), 0U);
}

// --- Pings, text, logout.

TEST(Ping, BringsItsDataBackWhileCommandsRun) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    initiator.send(initiator.dawdle());
    for (const bool is_immediate : {true, false}) {
        const auto ping = initiator.make<NopOut>(Opcode::NopOut, is_immediate);
        initiator.send(encode_request(ping), base::as_bytes("hello"));
        const Answer answer = initiator.answer();
        EXPECT_EQ(answer.opcode(), Opcode::NopIn);
        EXPECT_EQ(answer.as<NopIn>().initiator_task_tag, ping.initiator_task_tag);
        EXPECT_EQ(answer.as<NopIn>().target_transfer_tag, kNoTag);
        EXPECT_EQ(base::as_text(answer.data), "hello");
        EXPECT_EQ(answer.numbers().exp_cmd_sn, initiator.cmd_sn);
    }
}

TEST(KeepAlive, PingsOnceAndWaitsForLife) {
    World world({.keep_alive = 30s});
    TestInitiator initiator(world);
    initiator.settled();
    world.simulation.run_until(sim::kPowerOn + 29s);
    EXPECT_TRUE(initiator.answers().empty());
    EXPECT_TRUE(initiator.is_alive());  // heard at 29 s
    world.simulation.run_until(sim::kPowerOn + 58s);
    EXPECT_TRUE(initiator.answers().empty());
    // Virtual time jumps: one ping, however far, and nothing ends.
    world.simulation.run_until(sim::kPowerOn + 100h);
    const Answer ping = initiator.answer();
    EXPECT_EQ(ping.opcode(), Opcode::NopIn);
    EXPECT_EQ(ping.as<NopIn>().initiator_task_tag, kNoTag);
    EXPECT_NE(ping.as<NopIn>().target_transfer_tag, kNoTag);
    EXPECT_TRUE(world.simulation.is_idle());
    const std::uint32_t stat_sn = ping.numbers().stat_sn;
    auto pong = initiator.make<NopOut>(Opcode::NopOut);
    pong.initiator_task_tag = kNoTag;
    pong.target_transfer_tag = ping.as<NopIn>().target_transfer_tag;
    initiator.send(encode_request(pong));
    world.simulation.run_until(sim::kPowerOn + 100h + 31s);
    EXPECT_EQ(initiator.answer().numbers().stat_sn, stat_sn);  // shown, not consumed
}

TEST(KeepAlive, IsOffUnlessAskedFor) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    EXPECT_TRUE(world.simulation.is_idle());
}

TEST(TextRequests, ChangeWhatMayChangeWhenTheExchangeEnds) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    auto first = initiator.make<TextRequest>(Opcode::TextRequest);
    first.is_final = false;
    first.continues = true;
    const Bytes text = text_of({{"MaxRecvDataSegmentLength", "512"}});
    initiator.send(encode_request(first), BytesView(text).first(20));
    const Answer more = initiator.answer();
    EXPECT_FALSE(more.as<TextResponse>().is_final);
    EXPECT_NE(more.as<TextResponse>().target_transfer_tag, kNoTag);
    EXPECT_TRUE(more.data.empty());
    auto second = first;
    second.is_final = true;
    second.continues = false;
    second.target_transfer_tag = more.as<TextResponse>().target_transfer_tag;
    initiator.send(encode_request(second), BytesView(text).subspan(20));
    EXPECT_TRUE(initiator.answer().as<TextResponse>().is_final);
    initiator.send(initiator.fetch(1000, 1000));
    EXPECT_EQ(initiator.answers().size(), 2U);
}

TEST(TextRequests, ThatFailLeaveThingsAsTheyWere) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    auto request = initiator.make<TextRequest>(Opcode::TextRequest);
    Bytes text = text_of({{"MaxRecvDataSegmentLength", "512"}});
    const Bytes twice = text;
    text.insert(text.end(), twice.begin(), twice.end());
    initiator.send(encode_request(request), text);
    EXPECT_EQ(initiator.answer().as<Reject>().reason, RejectReason::ProtocolError);
    initiator.send(initiator.fetch(1000, 1000));
    EXPECT_EQ(initiator.answers().size(), 1U);
    EXPECT_EQ(initiator.text_request({{"X-a", "1"}}).text(), "X-a=NotUnderstood");
}

TEST(Logout, ClosesTheSessionAndItsCommands) {
    for (const std::uint8_t reason : {0, 1}) {
        World world;
        TestInitiator initiator(world);
        initiator.settled();
        initiator.send(initiator.dawdle());
        auto request = initiator.make<LogoutRequest>(Opcode::LogoutRequest);
        request.reason = reason;
        request.connection_id = 1;
        initiator.send(encode_request(request));
        EXPECT_EQ(initiator.answer().as<LogoutResponse>().response, 0);
        EXPECT_TRUE(initiator.connection->wants_close());
        EXPECT_EQ(world.portal.session_count(), 0U);
        EXPECT_FALSE(world.device.has_nexus(scsi::NexusId{1}));
        world.unit.finish();
        EXPECT_TRUE(initiator.answers().empty());
    }
}

TEST(Shutdown, AsksEverybodyToLogOut) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    TestInitiator finder(world);
    finder.is_discovery = true;
    finder.isid = 3;
    finder.log_in();
    world.portal.request_logout();
    const Answer asked = initiator.answer();
    EXPECT_EQ(asked.opcode(), Opcode::AsyncMessage);
    EXPECT_EQ(asked.as<AsyncMessage>().event, AsyncEvent::LogoutRequested);
    EXPECT_EQ(asked.as<AsyncMessage>().parameter3, 3);
    EXPECT_TRUE(finder.connection->wants_close());  // discovery gets no message
    EXPECT_TRUE(initiator.is_alive());
    initiator.send(encode_request(initiator.make<LogoutRequest>(Opcode::LogoutRequest)));
    EXPECT_EQ(initiator.answer().opcode(), Opcode::LogoutResponse);
    EXPECT_EQ(world.portal.session_count(), 0U);
}

TEST(ChangedUnits, AreAnnounced) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    world.portal.announce_changed_units(kTargetName);
    const Answer message = initiator.answer();
    EXPECT_EQ(message.as<AsyncMessage>().event, AsyncEvent::ScsiEvent);
    const auto sense = scsi::decode_sense(BytesView(message.data).subspan(2));
    ASSERT_TRUE(sense);
    EXPECT_TRUE(sense->is(scsi::kReportLunsDataChanged));
}

// --- Reinstatement.

TEST(Reinstatement, OfASessionIsALossOfTheNexus) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    initiator.send(initiator.dawdle());
    TestInitiator again(world);
    const auto response = again.log_in().as<LoginResponse>();
    EXPECT_NE(response.tsih, 1);
    EXPECT_TRUE(initiator.connection->wants_close());
    EXPECT_TRUE(initiator.answers().empty());
    again.send(again.command({}));
    EXPECT_EQ(again.answer().outcome(), "CHECK 6/29/07");
    EXPECT_EQ(world.portal.session_count(), 1U);
    initiator.connection.reset();  // what goes now is not the session
    EXPECT_EQ(world.portal.session_count(), 1U);
    EXPECT_TRUE(again.is_alive());
}

TEST(Reinstatement, OfAConnectionKeepsTheSession) {
    World world;
    TestInitiator initiator(world);
    const std::uint16_t tsih = initiator.log_in().as<LoginResponse>().tsih;
    initiator.send(initiator.command({}));
    initiator.send(initiator.command({.cdb = bytes("160000000000")}));  // RESERVE(6)
    initiator.send(initiator.dawdle());
    initiator.answers();
    TestInitiator again(world);
    again.cmd_sn = initiator.cmd_sn;
    LoginRequest request =
        again.login_request(Stage::OperationalNegotiation, Stage::FullFeaturePhase);
    request.tsih = tsih;
    again.send(encode_request(request), text_of(again.names()));
    const Answer answer = again.answer();
    EXPECT_EQ(answer.as<LoginResponse>().status, LoginStatus::Success);
    EXPECT_EQ(answer.as<LoginResponse>().tsih, tsih);
    EXPECT_TRUE(initiator.connection->wants_close());
    // What was under way died, and the units say so; the reservation is still there.
    again.send(again.command({}));
    EXPECT_EQ(again.answer().outcome(), "CHECK 6/47/7F");
    EXPECT_EQ(world.unit.reservation_holder(), scsi::NexusId{1});
    world.unit.finish();
    EXPECT_TRUE(again.answers().empty());
    initiator.connection.reset();
    EXPECT_TRUE(again.is_alive());
    EXPECT_EQ(world.portal.session_count(), 1U);
}

TEST(Sessions, OfOneInitiatorWithOtherIsidsLiveSideBySide) {
    World world;
    TestInitiator one(world);
    one.settled();
    TestInitiator other(world);
    other.isid = 2;
    other.settled();
    EXPECT_EQ(world.portal.session_count(), 2U);
    EXPECT_TRUE(one.is_alive());
    EXPECT_TRUE(other.is_alive());
}

// --- The stream may be cut anywhere.

// A session's whole input, and what the target says to it, in one piece each.
Bytes run(const std::vector<KeyValue>& keys, std::size_t piece) {
    World world;
    TestInitiator initiator(world);
    initiator.piece = piece;
    Bytes said;
    const auto keep = [&] {
        initiator.collect();
        said.insert(said.end(), initiator.unread.begin(), initiator.unread.end());
        initiator.unread.clear();
    };
    initiator.log_in(keys);
    initiator.send(initiator.command({}));
    initiator.send(initiator.fetch(3000, 2000));
    initiator.send(initiator.store(3000, 3000, false), pattern(101));
    initiator.send(initiator.data_out({initiator.tag, kNoTag, 0, 101, true}), pattern(923));
    keep();
    initiator.send(initiator.data_out({initiator.tag, 1, 0, 1024, true}), pattern(1976));
    initiator.send(initiator.command({.cdb = bytes("c3000000000000000000000000000000")}), {},
                   bytes("0005 01 00 12345678"));
    initiator.send(encode_request(initiator.make<NopOut>(Opcode::NopOut)), pattern(7));
    initiator.send(initiator.data_out({.tag = 0x7777}), pattern(9));
    initiator.send(encode_request(initiator.make<TextRequest>(Opcode::TextRequest)),
                   text_of({{"SendTargets", ""}}));
    initiator.send(encode_request(initiator.make<LogoutRequest>(Opcode::LogoutRequest)));
    keep();
    return said;
}

TEST(Stream, GivesTheSameAnswersHoweverItIsCut) {
    for (const std::string digest : {"None", "CRC32C"}) {
        const std::vector<KeyValue> keys = {{"FirstBurstLength", "1024"},
                                            {"InitialR2T", "No"},
                                            {"HeaderDigest", digest},
                                            {"DataDigest", digest}};
        const Bytes whole = run(keys, SIZE_MAX);
        EXPECT_GT(whole.size(), 2500U);
        for (const std::size_t piece : {1, 2, 3, 5, 47, 48, 49, 1000}) {
            EXPECT_EQ(run(keys, piece), whole) << piece;
        }
    }
}

TEST(Digests, OfBothKindsGuardEveryPdu) {
    World world;
    TestInitiator initiator(world);
    initiator.settled({{"HeaderDigest", "CRC32C"}, {"DataDigest", "CRC32C,None"}});
    EXPECT_TRUE(initiator.header_digest && initiator.data_digest);
    initiator.send(initiator.fetch(1001, 1001));
    EXPECT_EQ(initiator.answer().data, pattern(1001));
    initiator.send(initiator.store(1001, 1001), pattern(1001));
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
    EXPECT_EQ(world.unit.stored.back(), pattern(1001));
}

}  // namespace
}  // namespace nearline::iscsi
