#include "iscsi/pdu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/iscsi/test_initiator.h"

namespace nearline::iscsi {
namespace {

BasicHeader header(std::string_view text) {
    const Bytes all = bytes(text);
    CHECK(all.size() == kBasicHeaderLength);
    BasicHeader out{};
    std::copy(all.begin(), all.end(), out.begin());
    return out;
}

// Captured between libiscsi 1.19 and tgt 1.0.85.
TEST(CapturedPdus, OfALogin) {
    const auto request = scsi::decode_fields<LoginRequest>(
        header("43 87 00 00 00 00 01 b0  80 0d ce 6f 00 00 00 00  0f 12 07 23  00 00 00 00"
               "0f bd fd 82  00 00 00 01  00000000000000000000000000000000"));
    EXPECT_EQ(request.opcode, Opcode::LoginRequest);
    EXPECT_TRUE(request.is_immediate);
    EXPECT_TRUE(request.is_final);
    EXPECT_FALSE(request.continues);
    EXPECT_EQ(request.current_stage, 1);
    EXPECT_EQ(request.next_stage, 3);
    EXPECT_EQ(request.data_length, 0x1B0U);
    EXPECT_EQ(request.isid, 0x800DCE6F0000U);
    EXPECT_EQ(request.tsih, 0);
    EXPECT_EQ(request.initiator_task_tag, 0x0F120723U);
    EXPECT_EQ(request.cmd_sn, 0x0FBDFD82U);

    LoginResponse response;
    response.current_stage = 1;
    response.next_stage = 3;
    response.isid = 0x800DCE6F0000;
    response.tsih = 0x0100;
    response.initiator_task_tag = 0x0F120723;
    BasicHeader encoded = encode_response(response);
    scsi::encode_fields(SequenceNumbers{0x12C, 0, 0x0FBDFD82, 0x0FBDFD83}, MutableBytes(encoded));
    EXPECT_EQ(encoded, header("23 87 00 00 00 00 01 2c  80 0d ce 6f 00 00 01 00  0f 12 07 23"
                              "00 00 00 00  00 00 00 00  0f bd fd 82  0f bd fd 83"
                              "000000000000000000000000"));
}

TEST(CapturedPdus, OfACommandAndItsCheckCondition) {
    const BasicHeader command = header(
        "01 81 00 00 00 00 00 00  00 01 00 00 00 00 00 00  0f 12 07 24  00 00 00 00"
        "0f bd fd 82  00 00 00 01  00000000000000000000000000000000");
    const auto request = scsi::decode_fields<ScsiCommand>(command);
    EXPECT_EQ(request.attribute, 1);
    EXPECT_EQ(request.lun, scsi::simple_lun(1));
    EXPECT_FALSE(request.reads || request.writes || request.is_immediate);

    ScsiResponse response;
    response.initiator_task_tag = 0x0F120724;
    response.status = scsi::Status::CheckCondition;
    BasicHeader encoded = encode_response(response);
    scsi::encode_fields(SequenceNumbers{0x14, 1, 0x0FBDFD83, 0x0FBDFE03}, MutableBytes(encoded));
    EXPECT_EQ(encoded, header("21 80 00 02 00 00 00 14  0000000000000000  0f 12 07 24"
                              "00 00 00 00  00 00 00 01  0f bd fd 83  0f bd fe 03"
                              "000000000000000000000000"));
}

TEST(CapturedPdus, OfARead) {
    const auto request = scsi::decode_fields<ScsiCommand>(
        header("01 c1 00 00 00 00 00 00  00 01 00 00 00 00 00 00  0f 12 07 26  00 00 00 40"
               "0f bd fd 84  00 00 00 03  12 00 00 00 40 00 00000000000000000000"));
    EXPECT_TRUE(request.reads);
    EXPECT_EQ(request.expected_length, 0x40U);

    DataIn data_in;
    data_in.initiator_task_tag = 0x0F120726;
    data_in.has_status = true;
    BasicHeader encoded = encode_response(data_in);
    scsi::encode_fields(SequenceNumbers{0x40, 3, 0x0FBDFD85, 0x0FBDFE05}, MutableBytes(encoded));
    EXPECT_EQ(encoded, header("25 81 00 00 00 00 00 40  0000000000000000  0f 12 07 26"
                              "ff ff ff ff  00 00 00 03  0f bd fd 85  0f bd fe 05"
                              "00 00 00 00  00 00 00 00  00 00 00 00"));
}

TEST(CapturedPdus, OfAWrite) {
    const auto command = scsi::decode_fields<ScsiCommand>(
        header("01 a1 00 00 00 00 20 00  00 01 00 00 00 00 00 00  05 e9 02 36  00 06 1a 80"
               "65 5f e5 f3  00 00 00 07  0a 00 06 1a 80 00 00000000000000000000"));
    EXPECT_TRUE(command.writes);
    EXPECT_TRUE(command.is_final);
    EXPECT_EQ(command.expected_length, 400000U);

    ReadyToTransfer r2t;
    r2t.lun = scsi::simple_lun(1);
    r2t.initiator_task_tag = 0x05E90236;
    r2t.target_transfer_tag = 0x703CCB9E;
    r2t.buffer_offset = 0x2000;
    r2t.desired_length = 0x40000;
    BasicHeader encoded = encode_response(r2t);
    scsi::encode_fields(SequenceNumbers{0, 7, 0x655FE5F4, 0x655FE674}, MutableBytes(encoded));
    EXPECT_EQ(encoded, header("31 80 00 00 00 00 00 00  00 01 00 00 00 00 00 00  05 e9 02 36"
                              "70 3c cb 9e  00 00 00 07  65 5f e5 f4  65 5f e6 74"
                              "00 00 00 00  00 00 20 00  00 04 00 00"));

    const auto data_out = scsi::decode_fields<DataOut>(
        header("05 00 00 00 00 00 20 00  00 01 00 00 00 00 00 00  05 e9 02 36  70 3c cb 9e"
               "00 00 00 00  00 00 00 08  00 00 00 00  00 00 00 00  00 00 20 00  00 00 00 00"));
    EXPECT_FALSE(data_out.is_final);
    EXPECT_EQ(data_out.target_transfer_tag, 0x703CCB9EU);
    EXPECT_EQ(data_out.data_sn, 0U);
    EXPECT_EQ(data_out.buffer_offset, 0x2000U);
}

TEST(CapturedPdus, OfPingResetTextAndLogout) {
    const auto ping = scsi::decode_fields<NopOut>(
        header("00 80 00 00 00 00 00 05  0000000000000000  05 e9 02 32  ff ff ff ff  65 5f e5 f1"
               "00 00 00 03  00000000000000000000000000000000"));
    EXPECT_EQ(ping.target_transfer_tag, kNoTag);
    EXPECT_FALSE(ping.is_immediate);

    const auto reset = scsi::decode_fields<TaskManagementRequest>(
        header("42 85 00 00 00 00 00 00  00 01 00 00 00 00 00 00  05 e9 02 33  ff ff ff ff"
               "65 5f e5 f2  00 00 00 04  00000000000000000000000000000000"));
    EXPECT_EQ(reset.function, 5);
    EXPECT_TRUE(reset.is_immediate);

    const auto text = scsi::decode_fields<TextRequest>(
        header("44 80 00 00 00 00 00 10  0000000000000000  55 31 28 61  ff ff ff ff  52 34 d0 0d"
               "00 00 00 01  00000000000000000000000000000000"));
    EXPECT_TRUE(text.is_final);
    EXPECT_EQ(text.data_length, 16U);

    const auto logout = scsi::decode_fields<LogoutRequest>(
        header("46 80 00 00 00 00 00 00  0000000000000000  0f 12 07 28  00 00 00 00  0f bd fd 86"
               "00 00 00 05  00000000000000000000000000000000"));
    EXPECT_EQ(logout.reason, 0);
    EXPECT_EQ(logout.connection_id, 0);
}

// Every bit of every PDU that a field claims comes back; no two fields claim the same one.
template <typename Pdu>
class EveryPdu : public testing::Test {};
using Pdus =
    testing::Types<NopOut, ScsiCommand, TaskManagementRequest, LoginRequest, TextRequest, DataOut,
                   LogoutRequest, NopIn, ScsiResponse, TaskManagementResponse, LoginResponse,
                   TextResponse, DataIn, LogoutResponse, ReadyToTransfer, AsyncMessage, Reject>;
TYPED_TEST_SUITE(EveryPdu, Pdus);

TYPED_TEST(EveryPdu, ComesBackBitForBit) {
    const auto mask = scsi::field_mask<TypeParam>();
    for (unsigned seed = 0; seed < 64; ++seed) {
        BasicHeader in{};
        for (std::size_t at = 0; at < in.size(); ++at) {
            in[at] = static_cast<std::uint8_t>(mask[at] & (seed * 97 + at * 61 + (at << seed % 8)));
        }
        BasicHeader out{};
        scsi::encode_fields(scsi::decode_fields<TypeParam>(in), MutableBytes(out));
        EXPECT_EQ(out, in) << seed;
    }
}

TYPED_TEST(EveryPdu, HasFieldsThatDoNotOverlap) {
    std::size_t bits = 0;
    std::apply([&](const auto&... field) { ((bits += field.width), ...); }, TypeParam::fields());
    std::size_t claimed = 0;
    for (const std::uint8_t byte : scsi::field_mask<TypeParam>()) {
        claimed += static_cast<std::size_t>(std::popcount(byte));
    }
    // Where other requests have the LUN, a login has ISID and TSIH.
    if (std::is_same_v<TypeParam, LoginRequest>) bits -= 64;
    EXPECT_EQ(claimed, bits);
}

// RFC 7143 11.2.2.
TEST(AdditionalHeaderSegments, CarryTheRestOfALongCdb) {
    const auto parsed = parse_additional_headers(bytes("0005 01 00 11223344"));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->extended_cdb, bytes("11223344"));
    EXPECT_FALSE(parsed->bidirectional_read);
}

TEST(AdditionalHeaderSegments, CarryTheReadLengthOfABidirectionalCommand) {
    const auto parsed =
        parse_additional_headers(bytes("0005 02 00 00010000  0003 01 00 aabb 0000"));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->bidirectional_read, 0x10000U);
    EXPECT_EQ(parsed->extended_cdb, bytes("aabb"));
}

TEST(AdditionalHeaderSegments, IgnoreTheReservedBitsOfTheirType) {
    EXPECT_TRUE(parse_additional_headers(bytes("0005 c2 00 00010000")));
}

TEST(AdditionalHeaderSegments, ThatLieAreMalformed) {
    for (const char* lie :
         {"0000 01 00", "0001 01 00", "ffff 01 00", "0005 03 00 00000000", "0005 00 00 00000000",
          "0004 02 00 00000000", "0006 02 00 00000000 00000000", "0009 01 00 11223344",
          "0005 02 00 00000001 0005 02 00 00000001", "0005 01 00 11223344 0005 01 00 11223344"}) {
        EXPECT_FALSE(parse_additional_headers(bytes(lie))) << lie;
    }
}

TEST(AdditionalHeaderSegments, HoldACdbOf260BytesAndNoMore) {
    Bytes segment = bytes("00f5 01 00");
    segment.resize(4 + 244);
    EXPECT_TRUE(parse_additional_headers(segment));
    segment = bytes("00f6 01 00");
    segment.resize(4 + 248);
    EXPECT_FALSE(parse_additional_headers(segment));
}

TEST(CanonicalLun, TakesFlatAndPeripheralAddressingForTheSame) {
    EXPECT_EQ(canonical(Lun{0x4003000000000000}), scsi::simple_lun(3));
    EXPECT_EQ(canonical(scsi::simple_lun(3)), scsi::simple_lun(3));
    EXPECT_EQ(canonical(scsi::simple_lun(300)), scsi::simple_lun(300));
}

}  // namespace
}  // namespace nearline::iscsi
