#include "iscsi/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iscsi/chap.h"
#include "iscsi/keys.h"
#include "tests/iscsi/test_initiator.h"

namespace nearline::iscsi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

base::Result<std::vector<KeyValue>, TextError> parse(std::string_view text) {
    return parse_text(base::as_bytes(text));
}

TEST(Text, IsPairsThatEndInNul) {
    using namespace std::string_view_literals;
    const auto pairs = parse("A=1\0Key=a=b\0Empty=\0\0\0"sv);
    ASSERT_TRUE(pairs);
    EXPECT_THAT(*pairs,
                ElementsAre(KeyValue{"A", "1"}, KeyValue{"Key", "a=b"}, KeyValue{"Empty", ""}));
    EXPECT_TRUE(parse(""));
}

TEST(Text, OfBadFormIsRefusedWithTheReason) {
    using namespace std::string_view_literals;
    EXPECT_EQ(parse("A=1"sv).error(), TextError::MissingNul);
    EXPECT_EQ(parse("A=1\0B"sv).error(), TextError::MissingNul);
    EXPECT_EQ(parse("nothing\0"sv).error(), TextError::MissingEquals);
    EXPECT_EQ(parse("=x\0"sv).error(), TextError::BadKey);
    EXPECT_EQ(parse("a b=x\0"sv).error(), TextError::BadKey);
    EXPECT_EQ(parse("A=1\0A=1\0"sv).error(), TextError::DuplicateKey);
    const std::string long_key = std::string(64, 'k') + "=1" + '\0';
    EXPECT_EQ(parse(long_key).error(), TextError::BadKey);
    EXPECT_TRUE(parse(std::string(63, 'k') + "=1" + '\0'));
    EXPECT_EQ(parse("A=" + std::string(256, 'v') + '\0').error(), TextError::ValueTooLong);
    EXPECT_TRUE(parse("A=" + std::string(255, 'v') + '\0'));
    EXPECT_TRUE(parse("CHAP_R=" + std::string(2050, 'v') + '\0'));
    EXPECT_FALSE(parse("CHAP_R=" + std::string(2051, 'v') + '\0'));
}

TEST(Names, AreLowerCaseUtf8OfBoundedLength) {
    EXPECT_TRUE(is_valid_name("iqn.2026-11.test.nearline:vault"));
    EXPECT_TRUE(
        is_valid_name("iqn.2026-11.test:b\xC3\xBC"
                      "cher"));
    EXPECT_TRUE(is_valid_name(std::string(223, 'a')));
    for (const std::string& name :
         {std::string(), std::string(224, 'a'), std::string("iqn.A"), std::string("a b"),
          std::string("a\x01"), std::string("\xC3"), std::string("\xC0\xAF"),
          std::string("\xED\xA0\x80"), std::string("\xF4\x90\x80\x80"), std::string("\xFF")}) {
        EXPECT_FALSE(is_valid_name(name)) << name;
    }
}

TEST(Numbers, AreDecimalOrHexadecimal) {
    EXPECT_EQ(parse_number("0"), 0U);
    EXPECT_EQ(parse_number("0x1F"), 0x1FU);
    EXPECT_EQ(parse_number("18446744073709551615"), UINT64_MAX);
    for (const char* bad : {"", "-1", "+1", "0x", "1 ", "99999999999999999999", "1e9", "x1"}) {
        EXPECT_EQ(parse_number(bad), std::nullopt) << bad;
    }
}

TEST(BinaryValues, AreHexadecimalOrBase64) {
    EXPECT_EQ(parse_binary("0x00fF"), bytes("00ff"));
    EXPECT_EQ(parse_binary("0XabC"), bytes("0abc"));  // an odd digit has a zero before it
    EXPECT_EQ(parse_binary("0bAAE="), bytes("0001"));
    for (const char* bad : {"", "0x", "0b", "0xZZ", "0b=", "00ff", "0b*AAA"}) {
        EXPECT_EQ(parse_binary(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(binary_text(bytes("00AB")), "0x00ab");
    EXPECT_TRUE(parse_binary("0x" + std::string(2048, 'a')));
    EXPECT_FALSE(parse_binary("0x" + std::string(2049, 'a')));
}

// --- CHAP.

constexpr const char* kSecret = "0123456789abcdef";
constexpr std::uint8_t kIdentifier = 0x2A;

TEST(ChapResponses, AreThoseOfTheVectors) {
    const Bytes challenge = bytes("000102030405060708090a0b0c0d0e0f");
    const auto response = [&](ChapAlgorithm algorithm) {
        return base::to_hex(chap_response(algorithm, kIdentifier, kSecret, challenge).value());
    };
    EXPECT_EQ(response(ChapAlgorithm::Md5), "0fbee2a235349701655e644832d106bf");
    EXPECT_EQ(response(ChapAlgorithm::Sha1), "5617a555f0045171364ed82310b9c08c4d48faeb");
    EXPECT_EQ(response(ChapAlgorithm::Sha256),
              "d8c3aedd13f3e0017b09becc2da9c74a6d001ab22424256ad456063e668f5d14");
    EXPECT_EQ(response(ChapAlgorithm::Sha3With256),
              "972a2f638a858f5d97206e79fdf525a79b427550f3b79af445c6664fea05b508");
}

// Captured between libiscsi 1.19 and tgt 1.0.85.
TEST(ChapResponses, AreThoseOfTheCapture) {
    const Bytes challenge = bytes(
        "55ec085d64f95b3092c5862ef2da2e2b5c689a406ea57433a6ac9d7740ceef7f"
        "e3d3da9c1d72e021c931c3c9bcc8889d98ba");
    EXPECT_EQ(chap_response(ChapAlgorithm::Md5, 2, "secretsecret1", challenge),
              bytes("478B4F3A68EF9C061A97011FF2BB8F42"));
}

// --- Keys: one row each of RFC 7143 chapter 13 as this target answers it.

struct KeyRow {
    const char* key;
    const char* value;
    const char* answer;  // nullptr: silent; "!": protocol error
    SessionType type = SessionType::Normal;
};
std::ostream& operator<<(std::ostream& out, const KeyRow& row) {
    return out << row.key << "=" << row.value;
}

class Keys : public testing::TestWithParam<KeyRow> {};

TEST_P(Keys, AreAnsweredAsTheTableSays) {
    const KeyRow& row = GetParam();
    Parameters parameters;
    const KeyAnswer answer =
        negotiate({row.key, row.value}, {KeyStage::Operational, row.type, kOurOffer}, parameters);
    if (row.answer == nullptr) {
        EXPECT_EQ(answer.kind, KeyAnswer::Kind::Silent);
    } else if (row.answer == std::string("!")) {
        EXPECT_EQ(answer.kind, KeyAnswer::Kind::ProtocolError);
    } else {
        EXPECT_EQ(answer.value, row.answer);
    }
}

constexpr SessionType kDiscovery = SessionType::Discovery;
INSTANTIATE_TEST_SUITE_P(
    Operational, Keys,
    testing::Values(
        KeyRow{"HeaderDigest", "CRC32C", "CRC32C"}, KeyRow{"HeaderDigest", "None,CRC32C", "None"},
        KeyRow{"HeaderDigest", "foo,CRC32C,None", "CRC32C"},
        KeyRow{"HeaderDigest", "foo,bar", "Reject"}, KeyRow{"HeaderDigest", "", "Reject"},
        KeyRow{"MaxConnections", "8", "1"}, KeyRow{"MaxConnections", "0", "Reject"},
        KeyRow{"MaxConnections", "65536", "Reject"}, KeyRow{"InitialR2T", "No", "No"},
        KeyRow{"InitialR2T", "Yes", "Yes"}, KeyRow{"InitialR2T", "yes", "Reject"},
        KeyRow{"ImmediateData", "No", "No"}, KeyRow{"ImmediateData", "Yes", "Yes"},
        KeyRow{"ImmediateData", "1", "Reject"}, KeyRow{"MaxRecvDataSegmentLength", "512", nullptr},
        KeyRow{"MaxRecvDataSegmentLength", "511", "!"},
        KeyRow{"MaxRecvDataSegmentLength", "16777216", "!"},
        KeyRow{"MaxRecvDataSegmentLength", "", "!"}, KeyRow{"MaxBurstLength", "262144", "262144"},
        KeyRow{"MaxBurstLength", "0x40000", "262144"}, KeyRow{"MaxBurstLength", "511", "Reject"},
        KeyRow{"MaxBurstLength", "99999999999999999999", "Reject"},
        KeyRow{"FirstBurstLength", "16777215", "262144"}, KeyRow{"DefaultTime2Wait", "2", "2"},
        KeyRow{"DefaultTime2Wait", "3601", "Reject"}, KeyRow{"DefaultTime2Retain", "20", "0"},
        KeyRow{"MaxOutstandingR2T", "16", "1"}, KeyRow{"DataPDUInOrder", "No", "Yes"},
        KeyRow{"DataSequenceInOrder", "No", "Yes"}, KeyRow{"ErrorRecoveryLevel", "2", "0"},
        KeyRow{"ErrorRecoveryLevel", "3", "Reject"},
        KeyRow{"TaskReporting", "FastAbort,ResponseFence", "ResponseFence"},
        KeyRow{"TaskReporting", "RFC3720", "RFC3720"}, KeyRow{"TaskReporting", "no", "Reject"},
        KeyRow{"iSCSIProtocolLevel", "2", "1"}, KeyRow{"iSCSIProtocolLevel", "32", "Reject"},
        KeyRow{"X#NodeArchitecture", "Debian", nullptr}, KeyRow{"IFMarker", "No", "No"},
        KeyRow{"OFMarker", "Yes", "No"}, KeyRow{"IFMarkInt", "2048~8192", "Reject"},
        KeyRow{"X-com.example.key", "1", "NotUnderstood"},
        KeyRow{"initialR2T", "No", "NotUnderstood"}, KeyRow{"InitiatorAlias", "here", nullptr},
        KeyRow{"InitiatorAlias", "\xFF", "!"}, KeyRow{"TargetAlias", "x", "!"},
        KeyRow{"TargetAddress", "192.0.2.1", "!"}, KeyRow{"SendTargets", "All", "!"},
        KeyRow{"AuthMethod", "None", "!"}, KeyRow{"InitialR2T", "Irrelevant", "!"},
        KeyRow{"MaxBurstLength", "Reject", "!"}, KeyRow{"TaskReporting", "NotUnderstood", "!"},
        KeyRow{"InitialR2T", "No", "Irrelevant", kDiscovery},
        KeyRow{"MaxBurstLength", "512", "Irrelevant", kDiscovery},
        KeyRow{"ErrorRecoveryLevel", "2", "0", kDiscovery},
        KeyRow{"HeaderDigest", "None", "None", kDiscovery},
        KeyRow{"MaxRecvDataSegmentLength", "32768", nullptr, kDiscovery}));

TEST(Keys, HaveTheirPlace) {
    Parameters parameters;
    const KeyContext security{KeyStage::Security, SessionType::Normal, kOurOffer};
    EXPECT_EQ(negotiate({"HeaderDigest", "None"}, security, parameters).kind,
              KeyAnswer::Kind::ProtocolError);
    EXPECT_EQ(negotiate({"AuthMethod", "None"}, security, parameters).kind,
              KeyAnswer::Kind::Special);
    const KeyContext full{KeyStage::FullFeature, SessionType::Normal, kOurOffer};
    EXPECT_EQ(negotiate({"InitialR2T", "No"}, full, parameters).value, "Reject");
    EXPECT_TRUE(parameters.initial_r2t);
    EXPECT_EQ(negotiate({"MaxRecvDataSegmentLength", "4096"}, full, parameters).kind,
              KeyAnswer::Kind::Silent);
    EXPECT_EQ(parameters.max_recv_data_segment_length, 4096U);
    const KeyContext discovery{KeyStage::FullFeature, SessionType::Discovery, kOurOffer};
    EXPECT_EQ(negotiate({"MaxRecvDataSegmentLength", "512"}, discovery, parameters).value,
              "Irrelevant");
    EXPECT_EQ(parameters.max_recv_data_segment_length, 4096U);
}

TEST(Keys, SettleThatTheFirstBurstIsNoLongerThanABurst) {
    Parameters parameters;
    parameters.max_burst_length = 4096;
    parameters.first_burst_length = 65536;
    settle(parameters);
    EXPECT_EQ(parameters.first_burst_length, 4096U);
}

}  // namespace
}  // namespace nearline::iscsi
