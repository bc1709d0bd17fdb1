#include "iscsi/login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/iscsi/test_initiator.h"

namespace nearline::iscsi {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string status_of(const Answer& answer) {
    const auto status = static_cast<std::uint16_t>(answer.as<LoginResponse>().status);
    Bytes raw(2);
    base::store_big_endian(raw, 0, 2, status);
    return base::to_hex(raw);
}

Answer say(TestInitiator& initiator, Stage from, Stage to, const std::vector<KeyValue>& keys,
           bool is_final = true) {
    LoginRequest request = initiator.login_request(from, to);
    request.is_final = is_final;
    initiator.send(encode_request(request), text_of(keys));
    return initiator.answer();
}

constexpr Stage kSecurity = Stage::SecurityNegotiation;
constexpr Stage kOperational = Stage::OperationalNegotiation;
constexpr Stage kFull = Stage::FullFeaturePhase;

TEST(Login, OfLibiscsiIsAnsweredKeyByKey) {
    World world;
    TestInitiator initiator(world);
    // What libiscsi 1.19 sends, in its order.
    const Answer answer = initiator.log_in({{"HeaderDigest", "None,CRC32C"},
                                            {"DataDigest", "None"},
                                            {"InitialR2T", "No"},
                                            {"ImmediateData", "Yes"},
                                            {"MaxBurstLength", "262144"},
                                            {"FirstBurstLength", "262144"},
                                            {"DefaultTime2Wait", "2"},
                                            {"DefaultTime2Retain", "0"},
                                            {"MaxOutstandingR2T", "1"},
                                            {"ErrorRecoveryLevel", "0"},
                                            {"IFMarker", "No"},
                                            {"OFMarker", "No"},
                                            {"MaxConnections", "1"},
                                            {"MaxRecvDataSegmentLength", "262144"},
                                            {"DataPDUInOrder", "Yes"},
                                            {"DataSequenceInOrder", "Yes"}});
    EXPECT_EQ(answer.text(),
              "TargetPortalGroupTag=1 HeaderDigest=None DataDigest=None InitialR2T=No "
              "ImmediateData=Yes MaxBurstLength=262144 FirstBurstLength=262144 DefaultTime2Wait=2 "
              "DefaultTime2Retain=0 MaxOutstandingR2T=1 ErrorRecoveryLevel=0 IFMarker=No "
              "OFMarker=No MaxConnections=1 DataPDUInOrder=Yes DataSequenceInOrder=Yes "
              "MaxRecvDataSegmentLength=262144");
    // The window opens with the CmdSN of the login; StatSN begins and goes on from there.
    EXPECT_EQ(answer.numbers().exp_cmd_sn, 0x1000U);
    EXPECT_EQ(answer.numbers().max_cmd_sn, 0x1000U + 127);
    const std::uint32_t stat_sn = answer.numbers().stat_sn;
    initiator.send(initiator.command({}));
    const Answer next = initiator.answer();
    EXPECT_EQ(next.numbers().stat_sn, stat_sn + 1);
    EXPECT_EQ(next.numbers().exp_cmd_sn, 0x1001U);
    EXPECT_EQ(next.numbers().max_cmd_sn, 0x1001U + 127);
}

TEST(Login, GoesThroughBothStages) {
    World world;
    TestInitiator initiator(world);
    auto keys = initiator.names();
    keys.push_back({"AuthMethod", "CHAP,None"});
    const Answer first = say(initiator, kSecurity, kOperational, keys);
    EXPECT_THAT(first.text(), HasSubstr("AuthMethod=None"));
    EXPECT_THAT(first.text(), HasSubstr("TargetPortalGroupTag=1"));
    EXPECT_TRUE(first.as<LoginResponse>().is_final);
    EXPECT_EQ(first.as<LoginResponse>().next_stage, 1);
    EXPECT_EQ(first.as<LoginResponse>().tsih, 0);  // none until the session is there
    // Without T the stage goes on, as long as the initiator likes.
    const Answer second =
        say(initiator, kOperational, kFull, {{"InitialR2T", "No"}}, /*is_final=*/false);
    EXPECT_FALSE(second.as<LoginResponse>().is_final);
    EXPECT_THAT(second.text(), HasSubstr("InitialR2T=No"));
    EXPECT_THAT(second.text(), Not(HasSubstr("TargetPortalGroupTag")));
    const Answer third = say(initiator, kOperational, kFull, {{"MaxBurstLength", "512"}});
    EXPECT_NE(third.as<LoginResponse>().tsih, 0);
    EXPECT_THAT(third.text(), Not(HasSubstr("MaxRecvDataSegmentLength")));  // said once
    EXPECT_TRUE(initiator.is_alive());
}

TEST(Login, MaySkipTheOperationalStage) {
    World world;
    TestInitiator initiator(world);
    const Answer answer = say(initiator, kSecurity, kFull, initiator.names());
    EXPECT_EQ(answer.text(), "TargetPortalGroupTag=1");
    EXPECT_TRUE(initiator.connection->is_logged_in());
    // All defaults hold then: 8192 bytes a PDU.
    initiator.send(encode_request(initiator.make<NopOut>(Opcode::NopOut)), pattern(8192));
    EXPECT_EQ(initiator.answer().opcode(), Opcode::NopIn);
    BasicHeader header = encode_request(initiator.make<NopOut>(Opcode::NopOut));
    base::store_big_endian(header, 5, 3, 8193);
    initiator.send_bytes(header);
    EXPECT_EQ(initiator.answer().opcode(), Opcode::Reject);
}

TEST(Login, TellsTheAliasOfTheTarget) {
    World world;
    world.portal.add_target(
        {.name = "iqn.2026-11.test:other", .alias = "the other one", .device = &world.device});
    TestInitiator initiator(world);
    const Answer answer =
        say(initiator, kOperational, kFull,
            {{"InitiatorName", kInitiatorName}, {"TargetName", "iqn.2026-11.test:other"}});
    EXPECT_THAT(answer.text(), HasSubstr("TargetAlias=the other one"));
}

TEST(Login, AnswersInPiecesWhatDoesNotFitOnePdu) {
    World world;
    TestInitiator initiator(world);
    // Each of these keys is answered NotUnderstood, which is longer than what asked.
    std::vector<KeyValue> keys;
    for (int at = 0; at < 600; ++at) keys.push_back({"X-" + std::to_string(at), ""});
    Bytes text = text_of(initiator.names());
    const Bytes more = text_of(keys);
    text.insert(text.end(), more.begin(), more.end());
    ASSERT_LT(text.size(), Login::kMaximumText);
    initiator.send(encode_request(initiator.login_request(kOperational, kFull)), text);
    Answer answer = initiator.answer();
    Bytes whole;
    int pieces = 1;
    for (; answer.as<LoginResponse>().continues; ++pieces) {
        EXPECT_FALSE(answer.as<LoginResponse>().is_final);
        EXPECT_EQ(answer.data.size(), Login::kMaximumText);
        whole.insert(whole.end(), answer.data.begin(), answer.data.end());
        answer = say(initiator, kOperational, kFull, {});
    }
    whole.insert(whole.end(), answer.data.begin(), answer.data.end());
    EXPECT_EQ(pieces, 2);
    EXPECT_TRUE(answer.as<LoginResponse>().is_final);
    const auto pairs = parse_text(whole);
    ASSERT_TRUE(pairs);
    EXPECT_EQ(pairs->size(), 602U);
    EXPECT_TRUE(initiator.is_alive());
}

TEST(Login, IsForThoseOnTheList) {
    World world({}, {.initiators = {"iqn.1994-05.com.example:host", "iqn.2004-10.com.example:*"}});
    const auto attempt = [&](const std::string& name) {
        TestInitiator initiator(world);
        initiator.name = name;
        return status_of(initiator.log_in());
    };
    EXPECT_EQ(attempt("iqn.1994-05.com.example:host"), "0000");
    EXPECT_EQ(attempt("iqn.2004-10.com.example:any"), "0000");
    EXPECT_EQ(attempt("iqn.1994-05.com.example:host2"), "0202");
    EXPECT_EQ(attempt("iqn.2004-10.com"), "0202");
}

TEST(Login, IsRefusedWhenTheTargetIsGoingDown) {
    World world;
    TestInitiator initiator(world);
    world.portal.request_logout();
    EXPECT_EQ(status_of(initiator.log_in()), "0301");
}

TEST(Login, OfAnUnknownSessionTypeIsRefused) {
    World world;
    TestInitiator initiator(world);
    EXPECT_EQ(status_of(say(initiator, kOperational, kFull,
                            {{"InitiatorName", kInitiatorName}, {"SessionType", "Other"}})),
              "0209");
}

TEST(Portal, TakesOnlySoManyConnections) {
    Portal::Settings settings;
    settings.limits.connections = 3;
    settings.limits.connections_in_login = 2;
    World world(settings);
    TestInitiator one(world);
    TestInitiator two(world);
    EXPECT_EQ(world.portal.accept("", [] {}), nullptr);  // two are logging in already
    one.log_in();
    TestInitiator three(world);
    two.isid = 2;
    two.log_in();
    EXPECT_EQ(world.portal.connection_count(), 3U);
    EXPECT_EQ(world.portal.accept("", [] {}), nullptr);
    three.connection.reset();
    EXPECT_NE(world.portal.accept("", [] {}), nullptr);
}

// --- CHAP.

constexpr const char* kSecret = "0123456789abcdef";

struct ChapWorld : World {
    ChapWorld() : World({}, {.chap = {{{"backup", kSecret}}, {{"vault", "fedcba9876543210"}}}}) {}
};

std::string value_in(const Answer& answer, const std::string& key) {
    const auto pairs = parse_text(answer.data);
    for (const KeyValue& pair : *pairs) {
        if (pair.key == key) return pair.value;
    }
    return "nothing";
}

// Up to the challenge; the response that is right for it.
std::string begin_chap(TestInitiator& initiator, const std::string& algorithms,
                       Answer* challenge_out = nullptr) {
    auto keys = initiator.names();
    keys.push_back({"AuthMethod", "CHAP,None"});
    const Answer method = say(initiator, kSecurity, kOperational, keys);
    EXPECT_EQ(value_in(method, "AuthMethod"), "CHAP");
    EXPECT_FALSE(method.as<LoginResponse>().is_final);
    const Answer challenge =
        say(initiator, kSecurity, kOperational, {{"CHAP_A", algorithms}}, false);
    if (challenge_out != nullptr) *challenge_out = challenge;
    const auto algorithm = parse_number(value_in(challenge, "CHAP_A"));
    const auto id = parse_number(value_in(challenge, "CHAP_I"));
    const auto bytes = parse_binary(value_in(challenge, "CHAP_C"));
    EXPECT_EQ(bytes->size(), 16U);
    return binary_text(*chap_response(static_cast<ChapAlgorithm>(*algorithm),
                                      static_cast<std::uint8_t>(*id), kSecret, *bytes));
}

TEST(Chap, LetsThoseInWhoKnowTheSecret) {
    for (const std::string algorithms : {"5", "6,5", "7", "8,7,6,5", "9,5"}) {
        ChapWorld world;
        TestInitiator initiator(world);
        const std::string response = begin_chap(initiator, algorithms);
        const Answer proved =
            say(initiator, kSecurity, kOperational, {{"CHAP_N", "backup"}, {"CHAP_R", response}});
        EXPECT_TRUE(proved.as<LoginResponse>().is_final) << algorithms;
        EXPECT_TRUE(proved.data.empty());
        EXPECT_TRUE(say(initiator, kOperational, kFull, {}).as<LoginResponse>().is_final);
        EXPECT_TRUE(initiator.is_alive());
    }
}

TEST(Chap, RefusesWrongSecretsNamesAndPrefixes) {
    const auto attempt = [](const std::string& name, bool is_right) {
        ChapWorld world;
        TestInitiator initiator(world);
        std::string response = begin_chap(initiator, "5");
        if (!is_right) response.back() = response.back() == '0' ? '1' : '0';
        return status_of(
            say(initiator, kSecurity, kOperational, {{"CHAP_N", name}, {"CHAP_R", response}}));
    };
    EXPECT_EQ(attempt("backup", true), "0000");
    EXPECT_EQ(attempt("backup", false), "0201");
    EXPECT_EQ(attempt("back", true), "0201");
    EXPECT_EQ(attempt("backup2", true), "0201");
    EXPECT_EQ(attempt("0x6261636b7570", true), "0201");  // names are text, never decoded
}

TEST(Chap, AcceptsAResponseInBase64) {
    ChapWorld world;
    TestInitiator initiator(world);
    const std::string response = begin_chap(initiator, "5");
    const std::string base64 = "0b" + base::to_base64(*parse_binary(response));
    EXPECT_EQ(status_of(say(initiator, kSecurity, kOperational,
                            {{"CHAP_N", "backup"}, {"CHAP_R", base64}})),
              "0000");
}

TEST(Chap, ProvesTheTargetWhenAsked) {
    ChapWorld world;
    TestInitiator initiator(world);
    const std::string response = begin_chap(initiator, "7");
    const Bytes challenge = pattern(16);
    const Answer proof = say(initiator, kSecurity, kOperational,
                             {{"CHAP_N", "backup"},
                              {"CHAP_R", response},
                              {"CHAP_I", "200"},
                              {"CHAP_C", binary_text(challenge)}});
    EXPECT_TRUE(proof.as<LoginResponse>().is_final);
    EXPECT_EQ(value_in(proof, "CHAP_N"), "vault");
    EXPECT_EQ(
        value_in(proof, "CHAP_R"),
        binary_text(*chap_response(ChapAlgorithm::Sha256, 200, "fedcba9876543210", challenge)));
}

TEST(Chap, OfATargetWithoutASecretRefusesToBeProved) {
    World world({}, {.chap = {{{"backup", kSecret}}, {}}});
    TestInitiator initiator(world);
    const std::string response = begin_chap(initiator, "5");
    EXPECT_EQ(
        status_of(say(
            initiator, kSecurity, kOperational,
            {{"CHAP_N", "backup"}, {"CHAP_R", response}, {"CHAP_I", "1"}, {"CHAP_C", "0x0102"}})),
        "0201");
}

// --- Discovery.

TEST(Discovery, ListsWhatTheInitiatorMayUse) {
    World world;
    world.portal.add_target({.name = "iqn.2026-11.test:hidden",
                             .alias = "",
                             .device = &world.device,
                             .access = {.chap = {}, .initiators = {"iqn.2004-10.com.example:*"}}});
    world.portal.add_target(
        {.name = "iqn.2026-11.test:second", .alias = "", .device = &world.device});
    TestInitiator initiator(world);
    initiator.is_discovery = true;
    EXPECT_EQ(status_of(initiator.log_in()), "0000");
    EXPECT_EQ(initiator.text_request({{"SendTargets", "All"}}).text(),
              std::string("TargetName=") + kTargetName +
                  " TargetAddress=127.0.0.1:3260,1 TargetName=iqn.2026-11.test:second"
                  " TargetAddress=127.0.0.1:3260,1");
    EXPECT_EQ(initiator.text_request({{"SendTargets", "iqn.2026-11.test:second"}}).text(),
              "TargetName=iqn.2026-11.test:second TargetAddress=127.0.0.1:3260,1");
    EXPECT_EQ(initiator.text_request({{"SendTargets", "iqn.2026-11.test:hidden"}}).text(), "");
    for (const char* wrong : {"Alle", "A", "all", ""}) {
        EXPECT_EQ(initiator.text_request({{"SendTargets", wrong}}).text(), "SendTargets=Reject");
    }
    EXPECT_EQ(initiator.text_request({{"SendTargetsPlease", "All"}}).text(),
              "SendTargetsPlease=NotUnderstood");
    EXPECT_EQ(initiator.text_request({{"MaxRecvDataSegmentLength", "512"}}).text(),
              "MaxRecvDataSegmentLength=Irrelevant");
}

TEST(Discovery, NamesTheAddressThatWasReachedWhenThePortalIsEverywhere) {
    for (const char* everywhere : {"0.0.0.0:3260", "[::]:3260"}) {
        World world({.address = everywhere});
        TestInitiator initiator(world);
        initiator.is_discovery = true;
        initiator.log_in();
        EXPECT_THAT(initiator.text_request({{"SendTargets", "All"}}).text(),
                    HasSubstr("TargetAddress=192.0.2.7:3260,1"));
    }
}

TEST(Discovery, AnswersInPiecesWhatTheInitiatorCannotTakeAtOnce) {
    World world;
    for (int at = 0; at < 20; ++at) {
        world.portal.add_target({.name = "iqn.2026-11.test:number." + std::to_string(at),
                                 .alias = "",
                                 .device = &world.device});
    }
    TestInitiator initiator(world);
    initiator.is_discovery = true;
    initiator.log_in({{"MaxRecvDataSegmentLength", "512"}});
    Answer answer = initiator.text_request({{"SendTargets", "All"}});
    const std::uint32_t tag = initiator.tag;
    Bytes whole;
    int pieces = 1;
    for (; !answer.as<TextResponse>().is_final; ++pieces) {
        ASSERT_LT(pieces, 10);
        EXPECT_TRUE(answer.as<TextResponse>().continues);
        EXPECT_EQ(answer.data.size(), 512U);
        whole.insert(whole.end(), answer.data.begin(), answer.data.end());
        auto more = initiator.make<TextRequest>(Opcode::TextRequest);
        more.initiator_task_tag = tag;
        more.target_transfer_tag = answer.as<TextResponse>().target_transfer_tag;
        initiator.send(encode_request(more));
        answer = initiator.answer();
    }
    EXPECT_EQ(answer.as<TextResponse>().target_transfer_tag, kNoTag);
    whole.insert(whole.end(), answer.data.begin(), answer.data.end());
    std::size_t names = 0;
    // Pairs repeat in this answer, so it is counted, not parsed.
    const std::string_view text = base::as_text(whole);
    for (std::size_t at = text.find("TargetName="); at != std::string_view::npos;
         at = text.find("TargetName=", at + 1)) {
        ++names;
    }
    EXPECT_EQ(names, 21U);
    EXPECT_GT(pieces, 2);
}

TEST(Discovery, MayWantProofOfItsOwn) {
    Portal::Settings settings;
    settings.discovery.chap.initiators = {{"finder", kSecret}};
    World world(settings);
    TestInitiator initiator(world);
    initiator.is_discovery = true;
    EXPECT_EQ(status_of(initiator.log_in()), "0201");
    TestInitiator normal(world);
    EXPECT_EQ(status_of(normal.log_in()), "0000");
}

}  // namespace
}  // namespace nearline::iscsi
