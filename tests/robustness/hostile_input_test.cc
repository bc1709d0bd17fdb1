// Every way we know in which an initiator can be wrong (RFC 7143, and what has broken other
// targets), with the answer it gets. A row's steps speak bytes; the words its answer is told in:
//
//     "Reject 09"  "0200"  "CHECK B/0C/0D"  "GOOD"  "NopIn"  …  one for each PDU the target sent
//     "closed"     the target ends the connection;   "nothing"  no PDU, and the session goes on
//
// After every row the daemon is whole: another initiator logs in and is served.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/iscsi/test_initiator.h"

namespace nearline::iscsi {
namespace {

std::string hex2(unsigned value) {
    const Bytes byte = {static_cast<std::uint8_t>(value)};
    return base::to_upper(base::to_hex(byte));
}

std::string name_of(const Answer& answer) {
    switch (answer.opcode()) {
        case Opcode::NopIn:
            return "NopIn";
        case Opcode::ScsiResponse:
            return answer.outcome();
        case Opcode::DataIn:
            return answer.as<DataIn>().has_status ? answer.outcome() : "DataIn";
        case Opcode::ReadyToTransfer:
            return "R2T";
        case Opcode::TaskManagementResponse:
            return "Managed " + std::to_string(answer.as<TaskManagementResponse>().response);
        case Opcode::TextResponse:
            return "Text " + answer.text();
        case Opcode::LogoutResponse:
            return "Logout " + std::to_string(answer.as<LogoutResponse>().response);
        case Opcode::AsyncMessage:
            return "Async";
        case Opcode::Reject: {
            // It carries the header it is about (RFC 7143 11.17).
            EXPECT_GE(answer.data.size(), kBasicHeaderLength);
            return "Reject " + hex2(static_cast<unsigned>(answer.as<Reject>().reason));
        }
        case Opcode::LoginResponse: {
            const auto status = static_cast<unsigned>(answer.as<LoginResponse>().status);
            if (status != 0) return hex2(status >> 8) + hex2(status & 0xFF);
            return answer.as<LoginResponse>().is_final ? "login on" : "login more";
        }
        default:
            return "?";
    }
}

// What a row sees: an initiator and its world.
struct Stage4 {
    World world;
    TestInitiator initiator;

    explicit Stage4(TargetAccess access) : world({}, std::move(access)), initiator(world) {}

    std::string heard() {
        std::string out;
        for (const Answer& answer : initiator.answers()) {
            out += (out.empty() ? "" : ", ") + name_of(answer);
        }
        if (initiator.connection->wants_close()) return out + (out.empty() ? "closed" : ", closed");
        return out.empty() ? "nothing" : out;
    }
    void login_pdu(const LoginRequest& request, BytesView text) {
        initiator.send(encode_request(request), text);
    }
    LoginRequest first(Stage from = Stage::OperationalNegotiation,
                       Stage to = Stage::FullFeaturePhase) {
        return initiator.login_request(from, to);
    }
    void login_with(std::vector<KeyValue> keys) {
        auto pairs = initiator.names();
        pairs.insert(pairs.end(), keys.begin(), keys.end());
        login_pdu(first(), text_of(pairs));
    }
    void login_with_raw(std::string_view text) {
        Bytes all = text_of(initiator.names());
        const BytesView more = base::as_bytes(text);
        all.insert(all.end(), more.begin(), more.end());
        login_pdu(first(), all);
    }
    // What the target says of one key in an otherwise good login.
    std::string key_answer(const std::string& key, const std::string& value) {
        login_with({{key, value}});
        const auto found = initiator.answers();
        if (found.size() != 1) return "no answer";
        if (found.front().as<LoginResponse>().status != LoginStatus::Success) {
            return name_of(found.front());
        }
        const std::string text = " " + found.front().text() + " ";
        const std::size_t at = text.find(" " + key + "=");
        if (at == std::string::npos) return "silence";
        const std::size_t begin = at + key.size() + 2;
        return text.substr(begin, text.find(' ', begin) - begin);
    }
};

TargetAccess with_chap() {
    TargetAccess access;
    access.chap.initiators = {{"backup", "secretsecret1"}};
    access.chap.target = {{"vault", "another secret"}};
    return access;
}

struct Row {
    int number;
    const char* what;
    std::function<std::string(Stage4&)> steps;
    std::string expected;
    bool has_chap = false;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
    return out << row.number << ": " << row.what;
}

class HostileInput : public testing::TestWithParam<Row> {};

TEST_P(HostileInput, GetsTheAnswerItShould) {
    const Row& row = GetParam();
    Stage4 stage(row.has_chap ? with_chap() : TargetAccess{});
    EXPECT_EQ(row.steps(stage), row.expected);

    // Another initiator is served as if nothing had been.
    if (row.has_chap) return;
    TestInitiator other(stage.world);
    other.isid = 0x00023D0000FF;
    other.name = "iqn.1994-05.com.example:other";
    other.settled();
    other.send(other.command({}));
    EXPECT_EQ(other.answer().outcome(), "GOOD");
}

using S = Stage4;

// --- Connection and login.

std::string first_bytes(S& s, std::string_view raw) {
    Bytes all(base::as_bytes(raw).begin(), base::as_bytes(raw).end());
    all.resize(std::max<std::size_t>(all.size(), kBasicHeaderLength));
    s.initiator.send_bytes(BytesView(all).first(kBasicHeaderLength));
    return s.heard();
}

std::string login_without(S& s, std::string_view key) {
    std::vector<KeyValue> pairs;
    for (const KeyValue& pair : s.initiator.names()) {
        if (pair.key != key) pairs.push_back(pair);
    }
    s.login_pdu(s.first(), text_of(pairs));
    return s.heard();
}

std::string changed_login(S& s, const std::function<void(LoginRequest&)>& change) {
    LoginRequest request = s.first();
    change(request);
    s.login_pdu(request, text_of(s.initiator.names()));
    return s.heard();
}

// A first request that leaves the login open, and a second one that differs.
std::string changed_second_login(S& s, const std::function<void(LoginRequest&)>& change) {
    LoginRequest request = s.first();
    request.is_final = false;
    s.login_pdu(request, text_of(s.initiator.names()));
    EXPECT_EQ(s.heard(), "login more");
    request.is_final = true;
    change(request);
    s.login_pdu(request, {});
    return s.heard();
}

std::string split_login(S& s) {
    const Bytes text = text_of({{"InitiatorName", kInitiatorName},
                                {"TargetName", kTargetName},
                                {"MaxBurstLength", "262144"}});
    for (std::size_t at = 0; at < text.size(); at += 10) {
        LoginRequest request = s.first();
        const bool is_last = at + 10 >= text.size();
        request.continues = !is_last;
        request.is_final = is_last;
        s.login_pdu(request,
                    BytesView(text).subspan(at, std::min<std::size_t>(10, text.size() - at)));
        if (is_last) break;
        const Answer answer = s.initiator.answer();
        EXPECT_TRUE(answer.data.empty());
        EXPECT_FALSE(answer.as<LoginResponse>().is_final);
    }
    return s.heard();
}

std::string endless_text(S& s, std::size_t piece) {
    LoginRequest request = s.first();
    request.is_final = false;
    request.continues = true;
    for (int count = 0; count < 10000; ++count) {
        s.login_pdu(request, Bytes(piece, 'a'));
        const std::string heard = s.heard();
        if (heard != "login more") return heard;
    }
    return "for ever";
}

std::string begin_security(S& s, std::vector<KeyValue> keys, bool is_final = false) {
    auto pairs = s.initiator.names();
    pairs.insert(pairs.end(), keys.begin(), keys.end());
    LoginRequest request = s.first(Stage::SecurityNegotiation, Stage::OperationalNegotiation);
    request.is_final = is_final;
    s.login_pdu(request, text_of(pairs));
    return s.heard();
}

std::string security_step(S& s, const std::vector<KeyValue>& keys, bool is_final = false) {
    LoginRequest request = s.first(Stage::SecurityNegotiation, Stage::OperationalNegotiation);
    request.is_final = is_final;
    s.login_pdu(request, text_of(keys));
    return s.heard();
}

// Up to the challenge.
Answer challenged(S& s) {
    begin_security(s, {{"AuthMethod", "CHAP,None"}});
    LoginRequest request = s.first(Stage::SecurityNegotiation, Stage::OperationalNegotiation);
    request.is_final = false;
    s.login_pdu(request, text_of({{"CHAP_A", "5"}}));
    return s.initiator.answer();
}

std::string with_response(S& s, const std::string& response) {
    challenged(s);
    return security_step(s, {{"CHAP_N", "backup"}, {"CHAP_R", response}}, true);
}

std::string value_in(const Answer& answer, const std::string& key) {
    const auto pairs = parse_text(answer.data);
    for (const KeyValue& pair : *pairs) {
        if (pair.key == key) return pair.value;
    }
    return "";
}

std::string right_response(const Answer& challenge) {
    const auto id = parse_number(value_in(challenge, "CHAP_I"));
    const auto bytes = parse_binary(value_in(challenge, "CHAP_C"));
    return binary_text(*chap_response(ChapAlgorithm::Md5, static_cast<std::uint8_t>(*id),
                                      "secretsecret1", *bytes));
}

const std::string kNul(1, '\0');

INSTANTIATE_TEST_SUITE_P(
    Login, HostileInput,
    testing::Values(
        Row{5, "NOP before login", [](S& s) { return first_bytes(s, "\x40\x80"); }, "closed"},
        Row{5, "zeros before login", [](S& s) { return first_bytes(s, ""); }, "closed"},
        Row{5, "HTTP before login",
            [](S& s) { return first_bytes(s, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); },
            "closed"},
        Row{5, "TLS before login", [](S& s) { return first_bytes(s, "\x16\x03\x01\x02"); },
            "closed"},
        Row{6, "a command during login",
            [](S& s) {
                changed_login(s, [](LoginRequest& r) { r.is_final = false; });
                s.initiator.send(s.initiator.command({}));
                return s.heard();
            },
            "020B, closed"},
        Row{8, "no InitiatorName", [](S& s) { return login_without(s, "InitiatorName"); },
            "0207, closed"},
        Row{9, "no TargetName", [](S& s) { return login_without(s, "TargetName"); },
            "0207, closed"},
        Row{10, "unknown TargetName",
            [](S& s) {
                s.login_pdu(s.first(), text_of({{"InitiatorName", kInitiatorName},
                                                {"TargetName", "iqn.2026-11.test:nobody"}}));
                return s.heard();
            },
            "0203, closed"},
        Row{11, "VersionMin above 0",
            [](S& s) { return changed_login(s, [](LoginRequest& r) { r.version_min = 1; }); },
            "0205, closed"},
        Row{12, "a new ISID with a TSIH",
            [](S& s) { return changed_login(s, [](LoginRequest& r) { r.tsih = 0x1234; }); },
            "020A, closed"},
        Row{13, "CSG 2",
            [](S& s) { return changed_login(s, [](LoginRequest& r) { r.current_stage = 2; }); },
            "0200, closed"},
        Row{14, "NSG equal to CSG",
            [](S& s) { return changed_login(s, [](LoginRequest& r) { r.next_stage = 1; }); },
            "0200, closed"},
        Row{14, "NSG below CSG",
            [](S& s) { return changed_login(s, [](LoginRequest& r) { r.next_stage = 0; }); },
            "0200, closed"},
        Row{14, "NSG 2",
            [](S& s) { return changed_login(s, [](LoginRequest& r) { r.next_stage = 2; }); },
            "0200, closed"},
        Row{15, "T and C together",
            [](S& s) { return changed_login(s, [](LoginRequest& r) { r.continues = true; }); },
            "0200, closed"},
        Row{16, "keys cut over many PDUs", [](S& s) { return split_login(s); }, "login on"},
        Row{17, "C for ever, much text", [](S& s) { return endless_text(s, 8192); },
            "0302, closed"},
        Row{17, "C for ever, no text", [](S& s) { return endless_text(s, 0); }, "0302, closed"},
        Row{18, "a last pair without NUL",
            [](S& s) {
                s.login_with_raw("MaxBurstLength=512");
                return s.heard();
            },
            "0200, closed"},
        Row{19, "text without equals",
            [](S& s) {
                s.login_with_raw("MaxBurstLength" + kNul);
                return s.heard();
            },
            "0200, closed"},
        Row{19, "an empty key",
            [](S& s) {
                s.login_with_raw("=512" + kNul);
                return s.heard();
            },
            "0200, closed"},
        Row{19, "a key of 64 characters",
            [](S& s) {
                s.login_with_raw(std::string(64, 'X') + "=1" + kNul);
                return s.heard();
            },
            "0200, closed"},
        Row{20, "a key twice",
            [](S& s) {
                s.login_with_raw("MaxBurstLength=512" + kNul + "MaxBurstLength=1024" + kNul);
                return s.heard();
            },
            "0200, closed"},
        Row{21, "InitiatorName again in a later PDU",
            [](S& s) {
                LoginRequest request = s.first();
                request.is_final = false;
                s.login_pdu(request, text_of(s.initiator.names()));
                EXPECT_EQ(s.heard(), "login more");
                s.login_pdu(request, text_of({{"InitiatorName", kInitiatorName}}));
                return s.heard();
            },
            "0200, closed"},
        Row{22, "an alias of 2000 bytes",
            [](S& s) {
                s.login_with({{"InitiatorAlias", std::string(2000, 'a')}});
                return s.heard();
            },
            "0200, closed"},
        Row{22, "a name of 224 bytes",
            [](S& s) {
                s.initiator.name = std::string(224, 'a');
                s.login_with({});
                return s.heard();
            },
            "0200, closed"},
        Row{22, "a name in upper case",
            [](S& s) {
                s.initiator.name = "iqn.1994-05.com.Example";
                s.login_with({});
                return s.heard();
            },
            "0200, closed"},
        Row{22, "a name that is no UTF-8",
            [](S& s) {
                s.initiator.name = "iqn.1994-05.com.example:\xC3";
                s.login_with({});
                return s.heard();
            },
            "0200, closed"},
        Row{23, "MaxRecvDataSegmentLength 0",
            [](S& s) { return s.key_answer("MaxRecvDataSegmentLength", "0"); }, "0200"},
        Row{23, "MaxRecvDataSegmentLength 16777216",
            [](S& s) { return s.key_answer("MaxRecvDataSegmentLength", "16777216"); }, "0200"},
        Row{23, "MaxRecvDataSegmentLength -1",
            [](S& s) { return s.key_answer("MaxRecvDataSegmentLength", "-1"); }, "0200"},
        Row{23, "MaxBurstLength with 20 digits",
            [](S& s) { return s.key_answer("MaxBurstLength", "99999999999999999999"); },
            "Reject"},
        Row{23, "MaxBurstLength 0x", [](S& s) { return s.key_answer("MaxBurstLength", "0x"); },
            "Reject"},
        Row{23, "MaxBurstLength empty", [](S& s) { return s.key_answer("MaxBurstLength", ""); },
            "Reject"},
        Row{24, "FirstBurstLength above MaxBurstLength",
            [](S& s) {
                s.login_with({{"FirstBurstLength", "65536"}, {"MaxBurstLength", "4096"}});
                const std::string text = s.initiator.answer().text();
                return text.find("FirstBurstLength=4096") == std::string::npos ? text : "lowered";
            },
            "lowered"},
        Row{25, "a boolean in lower case", [](S& s) { return s.key_answer("InitialR2T", "yes"); },
            "Reject"},
        Row{25, "a boolean that is a number", [](S& s) { return s.key_answer("InitialR2T", "1"); },
            "Reject"},
        Row{25, "an empty boolean", [](S& s) { return s.key_answer("InitialR2T", ""); }, "Reject"},
        Row{26, "Reject proposed", [](S& s) { return s.key_answer("InitialR2T", "Reject"); },
            "0200"},
        Row{26, "Irrelevant proposed",
            [](S& s) { return s.key_answer("MaxBurstLength", "Irrelevant"); }, "0200"},
        Row{26, "NotUnderstood proposed",
            [](S& s) { return s.key_answer("HeaderDigest", "NotUnderstood"); }, "0200"},
        Row{27, "HeaderDigest CRC32C only",
            [](S& s) { return s.key_answer("HeaderDigest", "CRC32C"); }, "CRC32C"},
        Row{28, "HeaderDigest nobody has",
            [](S& s) { return s.key_answer("HeaderDigest", "foo,bar"); }, "Reject"},
        Row{29, "TaskReporting", [](S& s) { return s.key_answer("TaskReporting", "FastAbort"); },
            "Reject"},
        Row{29, "iSCSIProtocolLevel",
            [](S& s) { return s.key_answer("iSCSIProtocolLevel", "2"); }, "1"},
        Row{29, "X#NodeArchitecture",
            [](S& s) { return s.key_answer("X#NodeArchitecture", "here"); }, "silence"},
        Row{30, "IFMarkInt", [](S& s) { return s.key_answer("IFMarkInt", "2048~8192"); },
            "Reject"},
        Row{31, "SendTargets in login", [](S& s) { return s.key_answer("SendTargets", "All"); },
            "0200"},
        Row{31, "TargetAddress from the initiator",
            [](S& s) { return s.key_answer("TargetAddress", "192.0.2.1"); }, "0200"},
        Row{31, "an operational key in security stage",
            [](S& s) { return begin_security(s, {{"HeaderDigest", "None"}}); }, "0200, closed"},
        Row{32, "a login with additional header segments",
            [](S& s) {
                s.initiator.send(encode_request(s.first()), text_of(s.initiator.names()),
                                 bytes("0005010011223344"));
                return s.heard();
            },
            "0200, closed"},
        Row{33, "a login longer than 8192 bytes",
            [](S& s) {
                BasicHeader header = encode_request(s.first());
                base::store_big_endian(header, 5, 3, 8193);
                s.initiator.send_bytes(header);
                return s.heard();
            },
            "0200, closed"},
        Row{33, "a login of 16 megabytes",
            [](S& s) {
                BasicHeader header = encode_request(s.first());
                base::store_big_endian(header, 5, 3, 0xFFFFFF);
                s.initiator.send_bytes(header);
                return s.heard();
            },
            "0200, closed"},
        Row{34, "ITT changes",
            [](S& s) {
                return changed_second_login(s, [](auto& r) { r.initiator_task_tag = 9; });
            },
            "0200, closed"},
        Row{34, "CID changes",
            [](S& s) { return changed_second_login(s, [](auto& r) { r.connection_id = 9; }); },
            "0200, closed"},
        Row{34, "ISID changes",
            [](S& s) { return changed_second_login(s, [](auto& r) { r.isid = 9; }); },
            "0200, closed"},
        Row{34, "TSIH changes",
            [](S& s) { return changed_second_login(s, [](auto& r) { r.tsih = 9; }); },
            "0200, closed"},
        Row{34, "CSG changes",
            [](S& s) {
                return changed_second_login(s, [](auto& r) {
                    r.current_stage = 0;
                    r.next_stage = 1;
                });
            },
            "0200, closed"},
        Row{35, "a login in full feature phase",
            [](S& s) {
                s.initiator.settled();
                s.login_with({});
                return s.heard();
            },
            "Reject 04, closed"},
        Row{41, "a second connection",
            [](S& s) {
                const auto tsih = s.initiator.log_in().as<LoginResponse>().tsih;
                TestInitiator second(s.world);
                LoginRequest request = s.first();
                request.tsih = tsih;
                request.connection_id = 2;
                second.send(encode_request(request), text_of(second.names()));
                const std::string heard = name_of(second.answer());
                EXPECT_TRUE(s.initiator.is_alive());
                return heard;
            },
            "0206"},
        Row{42, "the same ISID anew",
            [](S& s) {
                s.initiator.settled();
                s.initiator.send(s.initiator.dawdle());
                TestInitiator second(s.world);
                second.log_in();
                EXPECT_EQ(s.world.portal.session_count(), 1U);
                EXPECT_EQ(s.world.portal.task_count(), 0U);
                EXPECT_TRUE(second.is_alive());
                return s.heard();
            },
            "closed"},
        Row{44, "gone right after the last login request",
            [](S& s) {
                s.login_with({});
                s.initiator.connection->lost();
                s.initiator.connection.reset();
                EXPECT_EQ(s.world.portal.session_count(), 0U);
                return std::to_string(s.world.portal.connection_count());
            },
            "0"}));

INSTANTIATE_TEST_SUITE_P(
    Authentication, HostileInput,
    testing::Values(Row{36, "CHAP_R before CHAP_A",
                        [](S& s) {
                            begin_security(s, {{"AuthMethod", "CHAP"}});
                            return security_step(s, {{"CHAP_N", "backup"}, {"CHAP_R", "0x00"}});
                        },
                        "0201, closed", true},
                    Row{36, "straight to operational stage",
                        [](S& s) {
                            s.login_with({});
                            return s.heard();
                        },
                        "0201, closed", true},
                    Row{36, "on without AuthMethod",
                        [](S& s) { return begin_security(s, {}, true); }, "0201, closed", true},
                    Row{36, "AuthMethod None",
                        [](S& s) {
                            return begin_security(s, {{"AuthMethod", "None"}});
                        },
                        "0201, closed", true},
                    Row{36, "on in the middle of the exchange",
                        [](S& s) {
                            begin_security(s, {{"AuthMethod", "CHAP,None"}}, true);
                            return security_step(s, {}, true);
                        },
                        "0201, closed", true},
                    Row{36, "CHAP_A with AuthMethod",
                        [](S& s) {
                            return begin_security(s, {{"AuthMethod", "CHAP"}, {"CHAP_A", "5"}});
                        },
                        "0201, closed", true},
                    Row{37, "CHAP_A=56",
                        [](S& s) {
                            begin_security(s, {{"AuthMethod", "CHAP"}});
                            return security_step(s, {{"CHAP_A", "56"}});
                        },
                        "0201, closed", true},
                    Row{37, "CHAP_A empty",
                        [](S& s) {
                            begin_security(s, {{"AuthMethod", "CHAP"}});
                            return security_step(s, {{"CHAP_A", ""}});
                        },
                        "0201, closed", true},
                    Row{37, "CHAP_A=5x",
                        [](S& s) {
                            begin_security(s, {{"AuthMethod", "CHAP"}});
                            return security_step(s, {{"CHAP_A", "5x"}});
                        },
                        "0201, closed", true},
                    Row{37, "a long list of algorithms",
                        [](S& s) {
                            begin_security(s, {{"AuthMethod", "CHAP"}});
                            std::string list = "9";
                            for (int count = 0; count < 120; ++count) list += ",9";
                            return security_step(s, {{"CHAP_A", list}});
                        },
                        "0201, closed", true},
                    Row{38, "a response of nothing", [](S& s) { return with_response(s, ""); },
                        "0201, closed", true},
                    Row{38, "a response of 1 byte", [](S& s) { return with_response(s, "0x00"); },
                        "0201, closed", true},
                    Row{38, "a response of 15 bytes",
                        [](S& s) { return with_response(s, "0x" + std::string(30, '0')); },
                        "0201, closed", true},
                    Row{38, "a response of 17 bytes",
                        [](S& s) { return with_response(s, "0x" + std::string(34, '0')); },
                        "0201, closed", true},
                    Row{38, "a response of 1024 bytes",
                        [](S& s) { return with_response(s, "0x" + std::string(2048, '0')); },
                        "0201, closed", true},
                    Row{38, "a response of 4000 bytes",
                        [](S& s) { return with_response(s, "0x" + std::string(7000, '0')); },
                        "0200, closed", true},
                    Row{38, "a response of odd digits",
                        [](S& s) { return with_response(s, "0x123"); }, "0201, closed", true},
                    Row{38, "a response of no digits",
                        [](S& s) { return with_response(s, "0xZZ"); }, "0201, closed", true},
                    Row{38, "an empty hexadecimal response",
                        [](S& s) { return with_response(s, "0x"); }, "0201, closed", true},
                    Row{38, "a base64 response of padding",
                        [](S& s) { return with_response(s, "0b="); }, "0201, closed", true},
                    Row{39, "the challenge reflected",
                        [](S& s) {
                            const Answer challenge = challenged(s);
                            return security_step(s,
                                                 {{"CHAP_N", "backup"},
                                                  {"CHAP_R", right_response(challenge)},
                                                  {"CHAP_I", "1"},
                                                  {"CHAP_C", value_in(challenge, "CHAP_C")}},
                                                 true);
                        },
                        "0201, closed", true},
                    Row{40, "the challenge is fresh each time",
                        [](S& s) {
                            const std::string one = value_in(challenged(s), "CHAP_C");
                            s.initiator.connection = s.world.portal.accept("192.0.2.7:3260", [] {});
                            return value_in(challenged(s), "CHAP_C") == one ? "repeated" : "fresh";
                        },
                        "fresh", true},
                    Row{43, "the same ISID, and authentication fails",
                        [](S& s) {
                            const Answer challenge = challenged(s);
                            EXPECT_EQ(security_step(s,
                                                    {{"CHAP_N", "backup"},
                                                     {"CHAP_R", right_response(challenge)}},
                                                    true),
                                      "login on");
                            s.login_pdu(s.first(), {});
                            EXPECT_EQ(s.heard(), "login on");
                            S* whole = &s;
                            TestInitiator second(whole->world);
                            std::swap(second.connection, s.initiator.connection);
                            EXPECT_EQ(with_response(s, "0x00"), "0201, closed");
                            std::swap(second.connection, s.initiator.connection);
                            return std::string(s.initiator.is_alive() ? "alive" : "dead");
                        },
                        "alive", true}));

// --- Headers in full feature phase.

BasicHeader raw(S& s, std::uint8_t byte0, std::uint8_t byte1 = 0x80) {
    auto request = s.initiator.make<NopOut>(Opcode::NopOut);
    BasicHeader header = encode_request(request);
    header.front() = byte0;
    base::store_big_endian(header, 1, 1, byte1);
    return header;
}

std::string after(S& s, const BasicHeader& header, BytesView data = {}, BytesView segments = {}) {
    s.initiator.send(header, data, segments);
    return s.heard();
}

std::string with_opcode(S& s, std::uint8_t opcode) {
    s.initiator.settled();
    return after(s, raw(s, opcode), pattern(5));
}

std::string only_header(S& s, BasicHeader header, std::size_t data_length) {
    base::store_big_endian(header, 5, 3, data_length);
    s.initiator.send_bytes(header);
    return s.heard();
}

std::string command_with_segments(S& s, std::string_view segments, bool is_bidirectional = false) {
    s.initiator.settled();
    const BasicHeader header =
        s.initiator.command({.reads = is_bidirectional, .writes = is_bidirectional});
    return after(s, header, {}, bytes(segments));
}

INSTANTIATE_TEST_SUITE_P(
    Headers, HostileInput,
    testing::Values(
        Row{50, "opcode 07", [](S& s) { return with_opcode(s, 0x07); }, "Reject 05"},
        Row{50, "opcode 1B", [](S& s) { return with_opcode(s, 0x1B); }, "Reject 05"},
        Row{50, "opcode 1F", [](S& s) { return with_opcode(s, 0x1F); }, "Reject 05"},
        Row{51, "a target's opcode", [](S& s) { return with_opcode(s, 0x21); },
            "Reject 04, closed"},
        Row{52, "a vendor's opcode", [](S& s) { return with_opcode(s, 0x1C); }, "Reject 05"},
        Row{53, "SNACK",
            [](S& s) {
                s.initiator.settled();
                return after(s, raw(s, 0x10));
            },
            "Reject 04"},
        Row{54, "a ping longer than was declared",
            [](S& s) {
                s.initiator.settled();
                return only_header(s, raw(s, 0x40), 262145);
            },
            "Reject 04, closed"},
        Row{55, "a command with 16 megabytes to come",
            [](S& s) {
                s.initiator.settled();
                return only_header(s, s.initiator.store(16, 16), 0xFFFFFF);
            },
            "Reject 04, closed"},
        Row{56, "data with a task management request",
            [](S& s) {
                s.initiator.settled();
                const std::string heard = after(s, raw(s, 0x42, 0x85), pattern(8));
                return heard + (s.initiator.is_alive() ? ", alive" : ", dead");
            },
            "Reject 09, alive"},
        Row{57, "segments with a ping",
            [](S& s) {
                s.initiator.settled();
                return after(s, raw(s, 0x40), {}, bytes("0005010011223344"));
            },
            "Reject 04, closed"},
        Row{58, "255 words of rubbish",
            [](S& s) {
                s.initiator.settled();
                return after(s, s.initiator.command({}), {}, Bytes(1020, 0xA5));
            },
            "Reject 04, closed"},
        Row{58, "an unknown type",
            [](S& s) { return command_with_segments(s, "0005 03 00 11223344"); },
            "Reject 04, closed"},
        Row{58, "a length beyond the end",
            [](S& s) { return command_with_segments(s, "ffff 01 00 11223344"); },
            "Reject 04, closed"},
        Row{58, "two of one type",
            [](S& s) {
                return command_with_segments(s, "0002 01 00 11 000000 0002 01 00 11 000000");
            },
            "Reject 04, closed"},
        Row{58, "an empty extended CDB",
            [](S& s) { return command_with_segments(s, "0000 01 00"); }, "Reject 04, closed"},
        Row{59, "an extended CDB that adds nothing",
            [](S& s) { return command_with_segments(s, "0001 01 00"); }, "Reject 04, closed"},
        Row{60, "reserved bits",
            [](S& s) {
                s.initiator.settled();
                BasicHeader header = s.initiator.command({});
                header.front() = static_cast<std::uint8_t>(header.front() | 0x80);
                base::store_big_endian(header, 2, 2, 0xFFFF);
                return after(s, header);
            },
            "GOOD"},
        Row{61, "the I bit on Data-Out",
            [](S& s) {
                s.initiator.settled({{"InitialR2T", "Yes"}, {"ImmediateData", "No"}});
                s.initiator.send(s.initiator.store(8, 8));
                const auto r2t = s.initiator.answer().as<ReadyToTransfer>();
                BasicHeader header =
                    s.initiator.data_out({s.initiator.tag, r2t.target_transfer_tag});
                header.front() = static_cast<std::uint8_t>(header.front() | 0x40);
                return after(s, header, pattern(8));
            },
            "GOOD"},
        Row{62, "a wrong header digest",
            [](S& s) {
                s.initiator.settled({{"HeaderDigest", "CRC32C"}});
                Bytes wire = s.initiator.wire(s.initiator.command({}));
                wire.back() = static_cast<std::uint8_t>(wire.back() ^ 1);
                s.initiator.send_bytes(wire);
                return s.heard();
            },
            "closed"},
        Row{63, "a wrong data digest on a command; its retry is carried out",
            [](S& s) {
                s.initiator.settled({{"DataDigest", "CRC32C"}});
                const BasicHeader header = s.initiator.store(8, 8);
                Bytes wire = s.initiator.wire(header, pattern(8));
                wire.back() = static_cast<std::uint8_t>(wire.back() ^ 1);
                s.initiator.send_bytes(wire);
                const std::string heard = s.heard();
                EXPECT_TRUE(s.world.unit.stored.empty());
                return heard + "; " + after(s, header, pattern(8));
            },
            "Reject 02; GOOD"},
        Row{63, "a wrong data digest on Data-Out",
            [](S& s) {
                s.initiator.settled({{"DataDigest", "CRC32C"}, {"InitialR2T", "Yes"}});
                s.initiator.send(s.initiator.store(8, 8));
                const auto r2t = s.initiator.answer().as<ReadyToTransfer>();
                Bytes wire = s.initiator.wire(
                    s.initiator.data_out({s.initiator.tag, r2t.target_transfer_tag}), pattern(8));
                wire.back() = static_cast<std::uint8_t>(wire.back() ^ 1);
                s.initiator.send_bytes(wire);
                return s.heard();
            },
            "Reject 02, CHECK B/47/05"},
        Row{64, "padding that is not zero",
            [](S& s) {
                s.initiator.settled();
                Bytes wire = s.initiator.wire(s.initiator.store(5, 5), pattern(5));
                wire.back() = 0xFF;
                s.initiator.send_bytes(wire);
                return s.heard();
            },
            "GOOD"}));

// --- Commands.

std::string changed_command(S& s, const std::function<void(ScsiCommand&)>& change) {
    s.initiator.settled();
    ScsiCommand request = s.initiator.request({});
    change(request);
    s.initiator.send(encode_request(request));
    return s.heard();
}

std::string residual_of(const Answer& answer) {
    const auto describe = [](const auto& pdu) {
        if (pdu.is_overflow) return " O" + std::to_string(pdu.residual_count);
        if (pdu.is_underflow) return " U" + std::to_string(pdu.residual_count);
        return std::string();
    };
    return answer.opcode() == Opcode::DataIn ? describe(answer.as<DataIn>())
                                             : describe(answer.as<ScsiResponse>());
}

// Outcome, bytes of data and residual.
std::string told(S& s, const BasicHeader& header, BytesView data = {}) {
    s.initiator.send(header, data);
    const auto found = s.initiator.answers();
    if (found.size() != 1) return std::to_string(found.size()) + " answers";
    const std::size_t length =
        found.front().opcode() == Opcode::DataIn ? found.front().data.size() : 0;
    return found.front().outcome() + ", " + std::to_string(length) + residual_of(found.front());
}

const Bytes kInquiry255 = bytes("120000 00ff 00");

INSTANTIATE_TEST_SUITE_P(
    Commands, HostileInput,
    testing::Values(
        Row{70, "neither F nor W",
            [](S& s) { return changed_command(s, [](auto& r) { r.is_final = false; }); },
            "Reject 09, closed"},
        Row{71, "a length and no direction",
            [](S& s) { return changed_command(s, [](auto& r) { r.expected_length = 1; }); },
            "Reject 09, closed"},
        Row{72, "4 GiB expected of INQUIRY",
            [](S& s) {
                s.initiator.settled();
                return told(
                    s, s.initiator.command(
                           {.cdb = kInquiry255, .reads = true, .expected_length = 0xFFFFFFFF}));
            },
            "GOOD, 96 U4294967199"},
        Row{73, "2 GiB promised to a small write",
            [](S& s) {
                s.initiator.settled({{"ImmediateData", "No"}, {"InitialR2T", "Yes"}});
                s.initiator.send(s.initiator.store(512, 0x80000000));
                const auto r2t = s.initiator.answer().as<ReadyToTransfer>();
                EXPECT_EQ(r2t.desired_length, 512U);
                return told(s, s.initiator.data_out({s.initiator.tag, r2t.target_transfer_tag}),
                            pattern(512));
            },
            "GOOD, 0 U2147483136"},
        Row{74, "data, and nobody expects any",
            [](S& s) {
                s.initiator.settled();
                return told(s, s.initiator.command({.cdb = kInquiry255}));
            },
            "GOOD, 0 O96"},
        Row{75, "less expected than there is",
            [](S& s) {
                s.initiator.settled();
                return told(s, s.initiator.command(
                                   {.cdb = kInquiry255, .reads = true, .expected_length = 36}));
            },
            "GOOD, 36 O60"},
        Row{76, "a read flagged as a write",
            [](S& s) {
                s.initiator.settled();
                return told(s, s.initiator.command(
                                   {.cdb = kInquiry255, .writes = true, .expected_length = 96}));
            },
            "CHECK 5/0E/03, 0 U96"},
        Row{76, "a write flagged as a read",
            [](S& s) {
                s.initiator.settled();
                return told(s, s.initiator.command({.cdb = scsi::encode_cdb(Store{8}),
                                                    .reads = true,
                                                    .expected_length = 8}));
            },
            "CHECK 5/0E/03, 0 U8"},
        Row{76, "a write of more than was promised",
            [](S& s) {
                s.initiator.settled();
                const std::string heard = told(s, s.initiator.store(512, 200), pattern(200));
                EXPECT_TRUE(s.world.unit.stored.empty());
                return heard;
            },
            "CHECK 5/0E/03, 0 O312"},
        Row{77, "bidirectional without its segment",
            [](S& s) { return changed_command(s, [](auto& r) { r.reads = r.writes = true; }); },
            "Reject 04, closed"},
        Row{77, "bidirectional",
            [](S& s) { return command_with_segments(s, "0005 02 00 00000010", true); },
            "CHECK 5/24/00"},
        Row{78, "a reserved task attribute",
            [](S& s) { return changed_command(s, [](auto& r) { r.attribute = 5; }); },
            "Reject 04, closed"},
        Row{78, "ACA where there is none",
            [](S& s) { return changed_command(s, [](auto& r) { r.attribute = 4; }); },
            "CHECK 5/49/00"},
        Row{79, "the reserved task tag",
            [](S& s) { return changed_command(s, [](auto& r) { r.initiator_task_tag = kNoTag; }); },
            "Reject 09, closed"},
        Row{80, "the tag of a living command",
            [](S& s) {
                s.initiator.settled();
                s.initiator.send(s.initiator.dawdle());
                ScsiCommand request = s.initiator.request({});
                request.initiator_task_tag = s.initiator.tag - 1;
                s.initiator.send(encode_request(request));
                return s.heard();
            },
            "Reject 07"},
        Row{81, "a retry of a living command",
            [](S& s) {
                s.initiator.settled();
                const BasicHeader header = s.initiator.dawdle();
                s.initiator.send(header);
                s.initiator.send(header);
                EXPECT_EQ(s.heard(), "nothing");
                EXPECT_EQ(s.world.unit.dawdling.size(), 1U);
                s.world.unit.finish();
                return s.heard();
            },
            "GOOD"},
        Row{82, "CmdSN beyond the window",
            [](S& s) {
                s.initiator.settled();
                const std::uint32_t right = s.initiator.cmd_sn;
                s.initiator.cmd_sn = right + 128;
                EXPECT_EQ(after(s, s.initiator.command({})), "nothing");
                s.initiator.cmd_sn = right + 0x7FFFFFFF;
                EXPECT_EQ(after(s, s.initiator.command({})), "nothing");
                s.initiator.cmd_sn = right - 1;
                EXPECT_EQ(after(s, s.initiator.command({})), "nothing");
                return after(s, s.initiator.command({}));
            },
            "GOOD"},
        Row{82, "Data-Out of a command that was ignored",
            [](S& s) {
                s.initiator.settled();
                const std::uint32_t right = s.initiator.cmd_sn;
                s.initiator.cmd_sn = right - 1;
                s.initiator.send(s.initiator.store(8, 8, false));
                const std::string heard =
                    after(s, s.initiator.data_out({s.initiator.tag}), pattern(8));
                EXPECT_TRUE(s.world.unit.stored.empty());
                return heard;
            },
            "Reject 09"},
        Row{83, "a gap in CmdSN",
            [](S& s) {
                s.initiator.settled();
                const std::uint32_t right = s.initiator.cmd_sn;
                s.initiator.cmd_sn = right + 2;
                EXPECT_EQ(after(s, s.initiator.store(4, 4), pattern(4, 3)), "nothing");
                s.initiator.cmd_sn = right + 1;
                EXPECT_EQ(after(s, s.initiator.store(4, 4), pattern(4, 2)), "nothing");
                s.initiator.cmd_sn = right;
                const std::string heard = after(s, s.initiator.store(4, 4), pattern(4, 1));
                EXPECT_THAT(s.world.unit.stored,
                            testing::ElementsAre(pattern(4, 1), pattern(4, 2), pattern(4, 3)));
                return heard;
            },
            "GOOD, GOOD, GOOD"},
        Row{84, "CmdSN goes round",
            [](S& s) {
                s.initiator.cmd_sn = 0xFFFFFFFC;
                s.initiator.settled();
                std::string heard;
                for (int count = 0; count < 5; ++count) {
                    heard += after(s, s.initiator.command({})) + " ";
                }
                return heard;
            },
            "GOOD GOOD GOOD GOOD GOOD "},
        Row{85, "very many immediate commands",
            [](S& s) {
                s.initiator.settled();
                std::size_t rejected = 0;
                for (int count = 0; count < 1000; ++count) {
                    s.initiator.send(s.initiator.command(
                        {.cdb = scsi::encode_cdb(Dawdle{}), .is_immediate = true}));
                    const std::string heard = s.heard();
                    EXPECT_TRUE(heard == "nothing" || heard == "Reject 06") << heard;
                    if (heard != "nothing") ++rejected;
                }
                EXPECT_EQ(s.world.unit.dawdling.size(), 1000 - rejected);
                return std::string(rejected > 900 ? "bounded" : "unbounded");
            },
            "bounded"},
        Row{86, "a unit that is not there",
            [](S& s) {
                s.initiator.settled();
                return after(s, s.initiator.command({.lun = 9}));
            },
            "CHECK 5/25/00"},
        Row{86, "a reserved form of LUN",
            [](S& s) {
                return changed_command(s, [](auto& r) { r.lun = Lun{0xC1FF000000000000}; });
            },
            "CHECK 5/25/00"},
        Row{86, "a second level that is not there",
            [](S& s) {
                return changed_command(s, [](auto& r) { r.lun = Lun{0x0000000000000001}; });
            },
            "CHECK 5/25/00"},
        Row{86, "the flat form of a LUN",
            [](S& s) {
                return changed_command(s, [](auto& r) { r.lun = Lun{0x4001000000000000}; });
            },
            "GOOD"},
        Row{87, "more immediate data than promised",
            [](S& s) {
                s.initiator.settled();
                return after(s, s.initiator.store(8, 8), pattern(12));
            },
            "CHECK B/0C/0D"},
        Row{88, "immediate data that was ruled out",
            [](S& s) {
                s.initiator.settled({{"ImmediateData", "No"}});
                return after(s, s.initiator.store(8, 8), pattern(8));
            },
            "CHECK B/0C/0C"},
        Row{89, "immediate data beyond the first burst",
            [](S& s) {
                s.initiator.settled({{"FirstBurstLength", "512"}});
                return after(s, s.initiator.store(1024, 1024), pattern(1024));
            },
            "CHECK B/0C/0C"},
        Row{90, "immediate data on a read",
            [](S& s) {
                s.initiator.settled();
                return after(s, s.initiator.fetch(8, 8), pattern(8));
            },
            "CHECK B/0C/0C"},
        Row{91, "an unknown operation with data",
            [](S& s) {
                s.initiator.settled();
                return after(
                    s,
                    s.initiator.command(
                        {.cdb = bytes("ff0000000000"), .writes = true, .expected_length = 4096}),
                    pattern(4096));
            },
            "CHECK 5/20/00"},
        Row{92, "ExpStatSN ahead of StatSN",
            [](S& s) { return changed_command(s, [](auto& r) { r.exp_stat_sn = 0x7FFFFFFF; }); },
            "GOOD"}));

// --- Parameter lists of PERSISTENT RESERVE OUT.

// REGISTER with `list` behind it, of which the CDB claims `claimed` bytes.
std::string registered(S& s, std::size_t claimed, const Bytes& list) {
    Bytes cdb;
    base::ByteWriter(cdb).u8(0x5F).zeros(4).u32(claimed).u8(0);
    s.initiator.settled();
    const std::string heard =
        told(s,
             s.initiator.command({.cdb = cdb,
                                  .writes = true,
                                  .expected_length = static_cast<std::uint32_t>(list.size())}),
             list);
    EXPECT_TRUE(s.world.unit.persistent_reservations().state().registrations.empty());
    return heard;
}
// With SPEC_I_PT: `length` bytes of TransportIDs, it says.
std::string registered_others(S& s, std::uint32_t length, std::string_view ids) {
    Bytes list = bytes("0000000000000000 00000000000000a1 00000000 08 000000");
    base::ByteWriter(list).u32(length).bytes(bytes(ids));
    return registered(s, list.size(), list);
}

INSTANTIATE_TEST_SUITE_P(
    Reservations, HostileInput,
    testing::Values(
        Row{93, "a list of 4 GiB",
            [](S& s) {
                s.initiator.settled({{"ImmediateData", "No"}, {"InitialR2T", "Yes"}});
                s.initiator.send(s.initiator.command({.cdb = bytes("5f00000000 ffffffff 00"),
                                                      .writes = true,
                                                      .expected_length = 0xFFFFFFFF}));
                const auto r2t = s.initiator.answer().as<ReadyToTransfer>();
                EXPECT_EQ(r2t.desired_length, 32768U) << "no more than a list can be";
                return told(s, s.initiator.data_out({s.initiator.tag, r2t.target_transfer_tag}),
                            pattern(32768));
            },
            "CHECK 5/1A/00, 0 U4294934527"},
        Row{93, "no list", [](S& s) { return registered(s, 0, {}); }, "CHECK 5/1A/00, 0"},
        Row{93, "a list that is too short", [](S& s) { return registered(s, 23, Bytes(23)); },
            "CHECK 5/1A/00, 0"},
        Row{93, "a list of which less comes than it claims",
            [](S& s) { return registered(s, 24, Bytes(16)); }, "CHECK 5/0E/03, 0 O8"},
        Row{93, "TransportIDs beyond the end of the list",
            [](S& s) { return registered_others(s, 0xFFFFFFFC, "45000014"); }, "CHECK 5/1A/00, 0"},
        Row{93, "a TransportID beyond the end of the list",
            [](S& s) { return registered_others(s, 4, "4500fffc"); }, "CHECK 5/26/00, 0"},
        Row{93, "a TransportID of no length",
            [](S& s) { return registered_others(s, 4, "45000000"); }, "CHECK 5/26/00, 0"},
        Row{93, "a TransportID without the end of its name",
            [](S& s) {
                return registered_others(
                    s, 32, "4500001c 69716e2e613a626364 65662c692c3078 303030323364303030303031");
            },
            "CHECK 5/26/00, 0"},
        Row{93, "a TransportID of another protocol",
            [](S& s) {
                return registered_others(s, 24,
                                         "06000000 500104f000000001 000000000000000000000000");
            },
            "CHECK 5/26/00, 0"}));

// --- Data-Out.

// A write of 1000 bytes that the target has asked for whole.
ReadyToTransfer asked(S& s, std::uint32_t length = 1000) {
    s.initiator.settled({{"InitialR2T", "Yes"}, {"ImmediateData", "No"}});
    s.initiator.send(s.initiator.store(length, length));
    return s.initiator.answer().as<ReadyToTransfer>();
}

std::string data_out(S& s, const TestInitiator::DataOutPart& part, std::size_t length) {
    return after(s, s.initiator.data_out(part), pattern(length));
}

INSTANTIATE_TEST_SUITE_P(
    DataOut, HostileInput,
    testing::Values(
        Row{100, "for a command nobody knows",
            [](S& s) {
                s.initiator.settled();
                return data_out(s, {.tag = 0x9999}, 100);
            },
            "Reject 09"},
        Row{101, "with a tag that was never given",
            [](S& s) {
                const auto r2t = asked(s);
                const std::uint32_t tag = s.initiator.tag;
                EXPECT_EQ(data_out(s, {tag, r2t.target_transfer_tag + 1}, 1000), "Reject 09");
                return data_out(s, {tag, r2t.target_transfer_tag}, 1000);
            },
            "GOOD"},
        Row{102, "with a tag of the past",
            [](S& s) {
                const auto r2t = asked(s);
                const std::uint32_t tag = s.initiator.tag;
                EXPECT_EQ(data_out(s, {tag, r2t.target_transfer_tag}, 1000), "GOOD");
                return data_out(s, {tag, r2t.target_transfer_tag}, 1000);
            },
            "Reject 09"},
        Row{102, "with the tag of another session",
            [](S& s) {
                const auto r2t = asked(s);
                TestInitiator other(s.world);
                other.isid = 7;
                other.settled();
                other.send(other.data_out({s.initiator.tag, r2t.target_transfer_tag}),
                           pattern(1000));
                return name_of(other.answer());
            },
            "Reject 09"},
        Row{103, "unsolicited under InitialR2T",
            [](S& s) {
                s.initiator.settled({{"InitialR2T", "Yes"}});
                EXPECT_EQ(after(s, s.initiator.store(1000, 1000, false)), "nothing");
                const std::uint32_t tag = s.initiator.tag;
                EXPECT_EQ(data_out(s, {.tag = tag, .is_final = false}, 500), "nothing");
                return data_out(s, {.tag = tag, .data_sn = 1, .offset = 500}, 500);
            },
            "CHECK B/0C/0C"},
        Row{104, "longer than asked for",
            [](S& s) {
                const auto r2t = asked(s);
                return data_out(s, {s.initiator.tag, r2t.target_transfer_tag}, 1001);
            },
            "Reject 04, CHECK B/0C/0D"},
        Row{105, "far outside",
            [](S& s) {
                const auto r2t = asked(s);
                return data_out(s, {s.initiator.tag, r2t.target_transfer_tag, 0, 0x10000000}, 100);
            },
            "Reject 09, CHECK B/0C/0D"},
        Row{105, "at an offset that wraps",
            [](S& s) {
                const auto r2t = asked(s);
                return data_out(s, {s.initiator.tag, r2t.target_transfer_tag, 0, 0xFFFFFFF0}, 100);
            },
            "Reject 09, CHECK B/0C/0D"},
        Row{106, "the same offset twice",
            [](S& s) {
                const auto r2t = asked(s);
                const std::uint32_t tag = s.initiator.tag;
                const std::uint32_t ttt = r2t.target_transfer_tag;
                EXPECT_EQ(data_out(s, {tag, ttt, 0, 0, false}, 500), "nothing");
                return data_out(s, {tag, ttt, 1, 0, true}, 500);
            },
            "Reject 09, CHECK B/0C/0D"},
        Row{107, "DataSN 0 twice",
            [](S& s) {
                const auto r2t = asked(s);
                const std::uint32_t tag = s.initiator.tag;
                const std::uint32_t ttt = r2t.target_transfer_tag;
                EXPECT_EQ(data_out(s, {tag, ttt, 0, 0, false}, 500), "nothing");
                return data_out(s, {tag, ttt, 0, 500, true}, 500);
            },
            "Reject 04, CHECK B/47/05"},
        Row{107, "DataSN 27",
            [](S& s) {
                const auto r2t = asked(s);
                return data_out(s, {s.initiator.tag, r2t.target_transfer_tag, 27}, 1000);
            },
            "Reject 04, CHECK B/47/05"},
        Row{107, "DataSN -1",
            [](S& s) {
                const auto r2t = asked(s);
                return data_out(s, {s.initiator.tag, r2t.target_transfer_tag, 0xFFFFFFFF}, 1000);
            },
            "Reject 04, CHECK B/47/05"},
        Row{107, "DataSN 1 before 0",
            [](S& s) {
                const auto r2t = asked(s);
                const std::uint32_t tag = s.initiator.tag;
                const std::uint32_t ttt = r2t.target_transfer_tag;
                EXPECT_EQ(data_out(s, {tag, ttt, 1, 500, false}, 500), "Reject 04");
                return data_out(s, {tag, ttt, 0, 0, true}, 500);
            },
            "CHECK B/47/05"},
        Row{108, "final too early",
            [](S& s) {
                const auto r2t = asked(s);
                return data_out(s, {s.initiator.tag, r2t.target_transfer_tag}, 500);
            },
            "CHECK B/0C/0D"},
        Row{109, "never final",
            [](S& s) {
                const auto r2t = asked(s);
                return data_out(s, {s.initiator.tag, r2t.target_transfer_tag, 0, 0, false}, 1000);
            },
            "Reject 04"},
        Row{110, "empty ones for ever",
            [](S& s) {
                const auto r2t = asked(s);
                const std::uint32_t tag = s.initiator.tag;
                std::string heard;
                for (std::uint32_t sn = 0; sn < 100000; ++sn) {
                    heard = data_out(s, {tag, r2t.target_transfer_tag, sn, 0, false}, 0);
                    if (heard != "nothing") break;
                }
                return heard;
            },
            "Reject 04, closed"},
        Row{111, "for a read",
            [](S& s) {
                s.initiator.settled();
                s.initiator.send(s.initiator.dawdle());
                return data_out(s, {.tag = s.initiator.tag}, 100);
            },
            "Reject 09"},
        Row{112, "for another unit than its command",
            [](S& s) {
                const auto r2t = asked(s);
                BasicHeader header =
                    s.initiator.data_out({s.initiator.tag, r2t.target_transfer_tag});
                base::store_big_endian(header, 8, 8, 0x0001000000000000);
                EXPECT_EQ(after(s, header, pattern(1000)), "Reject 09");
                return data_out(s, {s.initiator.tag, r2t.target_transfer_tag}, 1000);
            },
            "GOOD"},
        Row{113, "after the command was aborted",
            [](S& s) {
                const auto r2t = asked(s);
                const std::uint32_t tag = s.initiator.tag;
                EXPECT_EQ(name_of(s.initiator.manage(1, tag)), "Managed 0");
                const std::uint32_t ttt = r2t.target_transfer_tag;
                EXPECT_EQ(data_out(s, {tag, ttt, 0, 0, false}, 500), "nothing");
                EXPECT_EQ(data_out(s, {tag, ttt, 1, 500, true}, 500), "nothing");
                EXPECT_TRUE(s.world.unit.stored.empty());
                return std::string(s.initiator.is_alive() ? "alive" : "dead");
            },
            "alive"},
        Row{113, "after the unit was reset",
            [](S& s) {
                const auto r2t = asked(s);
                const std::uint32_t tag = s.initiator.tag;
                EXPECT_EQ(name_of(s.initiator.manage(5)), "Managed 0");
                return data_out(s, {tag, r2t.target_transfer_tag}, 1000);
            },
            "nothing"},
        Row{114, "that never comes, and others are served",
            [](S& s) {
                asked(s);
                return after(s, s.initiator.command({.lun = 1}));
            },
            "GOOD"}));

// --- Other requests.

std::string managed(S& s, std::uint8_t function, std::uint16_t lun = 0) {
    return name_of(s.initiator.manage(function, kNoTag, 0, lun));
}

std::string text_pdu(S& s, const std::function<void(TextRequest&)>& change, std::string_view text) {
    auto request = s.initiator.make<TextRequest>(Opcode::TextRequest);
    change(request);
    return after(s, encode_request(request), base::as_bytes(text));
}

std::string logout(S& s, std::uint8_t reason, std::uint16_t connection_id) {
    s.initiator.settled();
    auto request = s.initiator.make<LogoutRequest>(Opcode::LogoutRequest);
    request.reason = reason;
    request.connection_id = connection_id;
    return after(s, encode_request(request));
}

std::string own_target() {
    return std::string("Text TargetName=") + kTargetName + " TargetAddress=127.0.0.1:3260,1";
}

INSTANTIATE_TEST_SUITE_P(
    Others, HostileInput,
    testing::Values(
        Row{120, "a ping without tag that is not immediate",
            [](S& s) {
                s.initiator.settled();
                auto request = s.initiator.make<NopOut>(Opcode::NopOut, false);
                request.initiator_task_tag = kNoTag;
                return after(s, encode_request(request));
            },
            "Reject 09, closed"},
        Row{121, "an answer to a ping nobody sent",
            [](S& s) {
                s.initiator.settled();
                auto request = s.initiator.make<NopOut>(Opcode::NopOut);
                request.initiator_task_tag = kNoTag;
                request.target_transfer_tag = 0x1234;
                return after(s, encode_request(request));
            },
            "nothing"},
        Row{122, "a ping longer than its sender takes",
            [](S& s) {
                s.initiator.settled({{"MaxRecvDataSegmentLength", "512"}});
                s.initiator.send(encode_request(s.initiator.make<NopOut>(Opcode::NopOut)),
                                 pattern(1000));
                const Answer answer = s.initiator.answer();
                EXPECT_EQ(answer.data, pattern(512));
                return name_of(answer);
            },
            "NopIn"},
        Row{123, "ABORT TASK of what is over",
            [](S& s) {
                s.initiator.settled();
                return name_of(s.initiator.manage(1, 0x9999, s.initiator.cmd_sn - 1));
            },
            "Managed 1"},
        Row{123, "ABORT TASK of what never came",
            [](S& s) {
                s.initiator.settled();
                const std::uint32_t lost = s.initiator.cmd_sn++;
                EXPECT_EQ(after(s, s.initiator.command({})), "nothing");  // it waits for the lost
                const auto request = [&] {
                    auto out =
                        s.initiator.make<TaskManagementRequest>(Opcode::TaskManagementRequest);
                    out.function = 1;
                    out.referenced_task_tag = 0x9999;
                    out.ref_cmd_sn = lost;
                    return out;
                }();
                return after(s, encode_request(request));
            },
            "Managed 0, GOOD"},
        Row{124, "function 0",
            [](S& s) {
                s.initiator.settled();
                return managed(s, 0);
            },
            "Managed 255"},
        Row{124, "function 13",
            [](S& s) {
                s.initiator.settled();
                return managed(s, 13);
            },
            "Managed 255"},
        Row{124, "function 127",
            [](S& s) {
                s.initiator.settled();
                return managed(s, 127);
            },
            "Managed 255"},
        Row{125, "functions of RFC 7144",
            [](S& s) {
                s.initiator.settled();
                return managed(s, 9) + ", " + managed(s, 10) + ", " + managed(s, 11) + ", " +
                       managed(s, 12);
            },
            "Managed 5, Managed 5, Managed 5, Managed 5"},
        Row{126, "CLEAR TASK SET",
            [](S& s) {
                s.initiator.settled();
                return managed(s, 4);
            },
            "Managed 0"},
        Row{126, "TARGET WARM RESET",
            [](S& s) {
                s.initiator.settled();
                return managed(s, 6);
            },
            "Managed 0"},
        Row{126, "TARGET COLD RESET",
            [](S& s) {
                s.initiator.settled();
                const std::string heard = managed(s, 7);
                return heard + (s.initiator.connection->wants_close() ? ", closed" : "");
            },
            "Managed 0, closed"},
        Row{127, "LOGICAL UNIT RESET of nothing",
            [](S& s) {
                s.initiator.settled();
                return managed(s, 5, 9);
            },
            "Managed 2"},
        Row{128, "ABORT TASK of itself",
            [](S& s) {
                s.initiator.settled();
                return name_of(s.initiator.manage(1, s.initiator.tag + 1));
            },
            "Managed 255"},
        Row{129, "TASK REASSIGN",
            [](S& s) {
                s.initiator.settled();
                return managed(s, 8);
            },
            "Managed 4"},
        Row{130, "text with C and F",
            [](S& s) {
                s.initiator.settled();
                return text_pdu(
                    s, [](auto& r) { r.continues = true; }, "A=1");
            },
            "Reject 04"},
        Row{131, "text with C and nothing else",
            [](S& s) {
                s.initiator.settled();
                const auto change = [](auto& r) {
                    r.continues = true;
                    r.is_final = false;
                };
                return text_pdu(s, change, "");
            },
            "Text "},
        Row{132, "text with a stale tag",
            [](S& s) {
                s.initiator.settled();
                return text_pdu(
                    s, [](auto& r) { r.target_transfer_tag = 0x77; }, "");
            },
            "Reject 09"},
        Row{133, "two exchanges at a time",
            [](S& s) {
                s.initiator.settled();
                text_pdu(
                    s, [](auto& r) { r.is_final = false; }, "");
                return text_pdu(
                    s, [](auto&) {}, "");
            },
            "Reject 04"},
        Row{134, "SendTargets=All in a normal session",
            [](S& s) {
                s.initiator.settled();
                return name_of(s.initiator.text_request({{"SendTargets", "All"}}));
            },
            "Text SendTargets=Reject"},
        Row{135, "SendTargets= in a normal session",
            [](S& s) {
                s.initiator.settled();
                return name_of(s.initiator.text_request({{"SendTargets", ""}}));
            },
            own_target()},
        Row{136, "a login key later",
            [](S& s) {
                s.initiator.settled();
                return name_of(s.initiator.text_request({{"InitialR2T", "No"}}));
            },
            "Text InitialR2T=Reject"},
        Row{137, "a ping in a discovery session",
            [](S& s) {
                s.initiator.is_discovery = true;
                s.initiator.log_in();
                return after(s, encode_request(s.initiator.make<NopOut>(Opcode::NopOut)));
            },
            "Reject 04"},
        Row{137, "a command in a discovery session",
            [](S& s) {
                s.initiator.is_discovery = true;
                s.initiator.log_in();
                return after(s, s.initiator.command({}));
            },
            "Reject 04"},
        Row{138, "logout of a connection nobody knows", [](S& s) { return logout(s, 1, 9); },
            "Logout 1"},
        Row{139, "logout for recovery", [](S& s) { return logout(s, 2, 1); }, "Logout 2"},
        Row{140, "logout for a reserved reason", [](S& s) { return logout(s, 3, 1); }, "Reject 09"},
        Row{141, "anything after logout",
            [](S& s) {
                EXPECT_EQ(logout(s, 0, 1), "Logout 0, closed");
                return after(s, s.initiator.command({}));
            },
            "closed"},
        Row{143, "a peer that never reads",
            [](S& s) {
                s.initiator.settled();
                int count = 0;
                while (!s.initiator.connection->is_stalled() && count < 10000) {
                    s.initiator.send(s.initiator.fetch(1 << 20, 1 << 20));
                    ++count;
                }
                return std::string(count < 10 ? "not read from" : "fed");
            },
            "not read from"},
        Row{144, "gone with commands under way",
            [](S& s) {
                s.initiator.settled();
                s.initiator.send(s.initiator.dawdle());
                s.initiator.connection->lost();
                EXPECT_EQ(s.world.portal.session_count(), 0U);
                EXPECT_EQ(s.world.portal.task_count(), 0U);
                s.world.unit.finish();  // what is in motion goes on to its end
                return s.heard();
            },
            "closed"}));

}  // namespace
}  // namespace nearline::iscsi
