#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/iscsi/test_world.h"

namespace nearline::iscsi {
namespace {

using testing::HasSubstr;

TEST(Session, BeginsWithALoginAndAnswersACommand) {
    World world;
    TestInitiator initiator(world);
    const Answer login = initiator.log_in();
    EXPECT_EQ(login.opcode(), Opcode::LoginResponse);
    const auto response = login.as<LoginResponse>();
    EXPECT_EQ(response.status, LoginStatus::Success);
    EXPECT_TRUE(response.is_final);
    EXPECT_EQ(response.next_stage, 3);
    EXPECT_NE(response.tsih, 0);
    EXPECT_THAT(login.text(), HasSubstr("TargetPortalGroupTag=1"));
    EXPECT_THAT(login.text(), HasSubstr("MaxRecvDataSegmentLength=262144"));
    EXPECT_TRUE(initiator.connection->is_logged_in());
    EXPECT_EQ(world.portal.session_count(), 1U);

    initiator.send(initiator.command({}));
    EXPECT_EQ(initiator.answer().outcome(), "CHECK 6/29/01");
    initiator.send(initiator.command({}));
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
}

TEST(Session, GivesDataAndStatusInOnePdu) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    initiator.send(initiator.fetch(100, 100));
    const Answer answer = initiator.answer();
    ASSERT_EQ(answer.opcode(), Opcode::DataIn);
    const auto data_in = answer.as<DataIn>();
    EXPECT_TRUE(data_in.has_status);
    EXPECT_TRUE(data_in.is_final);
    EXPECT_EQ(data_in.status, scsi::Status::Good);
    EXPECT_FALSE(data_in.is_underflow || data_in.is_overflow);
    EXPECT_EQ(answer.data, pattern(100));
}

TEST(Session, TakesImmediateDataIntoTheTask) {
    World world;
    TestInitiator initiator(world);
    initiator.settled();
    const Bytes data = pattern(4097);
    initiator.send(initiator.store(4097, 4097), data);
    EXPECT_EQ(initiator.answer().outcome(), "GOOD");
    ASSERT_EQ(world.unit.stored.size(), 1U);
    EXPECT_EQ(world.unit.stored.front(), data);
}

}  // namespace
}  // namespace nearline::iscsi
