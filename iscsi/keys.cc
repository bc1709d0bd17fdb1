#include "iscsi/keys.h"

#include <algorithm>
#include <array>
#include <variant>

#include "base/text.h"

namespace nearline::iscsi {
namespace {

enum class Function {
    Special,
    Declared,
    FirstOfList,  // the first of the initiator's list that we do as well
    And,
    Or,
    Minimum,
    Maximum,
    ObsoleteBoolean,
    ObsoleteRange,
};

// Where a key may stand, as a set of bits.
constexpr unsigned kSecurity = 1;
constexpr unsigned kOperational = 2;
constexpr unsigned kFullFeature = 4;
constexpr unsigned kLogin = kSecurity | kOperational;
constexpr unsigned kAnywhere = kLogin | kFullFeature;
constexpr unsigned kTargetOnly = 0;  // from an initiator it is an error everywhere

enum class InDiscovery { Applies, Irrelevant };

using Member = std::variant<std::monostate, bool Parameters::*, std::uint32_t Parameters::*>;

struct KeyRule {
    std::string_view name;
    Function function;
    unsigned where;
    InDiscovery in_discovery = InDiscovery::Applies;
    Member member{};
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::array<std::string_view, 2> choices{};  // FirstOfList; the first means true
};

constexpr std::uint64_t kLengthLow = 512;
constexpr std::uint64_t kLengthHigh = 16777215;

const KeyRule kRules[] = {
    {"AuthMethod", Function::Special, kSecurity},
    {"CHAP_A", Function::Special, kSecurity},
    {"CHAP_I", Function::Special, kSecurity},
    {"CHAP_C", Function::Special, kSecurity},
    {"CHAP_N", Function::Special, kSecurity},
    {"CHAP_R", Function::Special, kSecurity},
    {"InitiatorName", Function::Special, kLogin},
    {"TargetName", Function::Special, kLogin},
    {"SessionType", Function::Special, kLogin},
    {"SendTargets", Function::Special, kFullFeature},
    {"InitiatorAlias", Function::Declared, kAnywhere},
    {"TargetAlias", Function::Declared, kTargetOnly},
    {"TargetAddress", Function::Declared, kTargetOnly},
    {"TargetPortalGroupTag", Function::Declared, kTargetOnly},
    {"HeaderDigest",
     Function::FirstOfList,
     kOperational,
     InDiscovery::Applies,
     &Parameters::header_digest,
     0,
     0,
     {"CRC32C", "None"}},
    {"DataDigest",
     Function::FirstOfList,
     kOperational,
     InDiscovery::Applies,
     &Parameters::data_digest,
     0,
     0,
     {"CRC32C", "None"}},
    {"MaxConnections", Function::Minimum, kOperational, InDiscovery::Irrelevant,
     &Parameters::max_connections, 1, 65535},
    {"InitialR2T", Function::Or, kOperational, InDiscovery::Irrelevant, &Parameters::initial_r2t},
    {"ImmediateData", Function::And, kOperational, InDiscovery::Irrelevant,
     &Parameters::immediate_data},
    {"MaxRecvDataSegmentLength", Function::Declared, kOperational | kFullFeature,
     InDiscovery::Applies, &Parameters::max_recv_data_segment_length, kLengthLow, kLengthHigh},
    {"MaxBurstLength", Function::Minimum, kOperational, InDiscovery::Irrelevant,
     &Parameters::max_burst_length, kLengthLow, kLengthHigh},
    {"FirstBurstLength", Function::Minimum, kOperational, InDiscovery::Irrelevant,
     &Parameters::first_burst_length, kLengthLow, kLengthHigh},
    {"DefaultTime2Wait", Function::Maximum, kOperational, InDiscovery::Applies,
     &Parameters::time2wait, 0, 3600},
    {"DefaultTime2Retain", Function::Minimum, kOperational, InDiscovery::Applies,
     &Parameters::time2retain, 0, 3600},
    {"MaxOutstandingR2T", Function::Minimum, kOperational, InDiscovery::Irrelevant,
     &Parameters::max_outstanding_r2t, 1, 65535},
    {"DataPDUInOrder", Function::Or, kOperational, InDiscovery::Irrelevant,
     &Parameters::data_pdu_in_order},
    {"DataSequenceInOrder", Function::Or, kOperational, InDiscovery::Irrelevant,
     &Parameters::data_sequence_in_order},
    {"ErrorRecoveryLevel", Function::Minimum, kOperational, InDiscovery::Applies,
     &Parameters::error_recovery_level, 0, 2},
    {"TaskReporting",
     Function::FirstOfList,
     kOperational,
     InDiscovery::Irrelevant,
     {},
     0,
     0,
     {"RFC3720", "ResponseFence"}},
    {"iSCSIProtocolLevel", Function::Minimum, kOperational, InDiscovery::Irrelevant,
     &Parameters::protocol_level, 0, 31},
    {"X#NodeArchitecture", Function::Declared, kLogin},
    {"IFMarker", Function::ObsoleteBoolean, kOperational},
    {"OFMarker", Function::ObsoleteBoolean, kOperational},
    {"IFMarkInt", Function::ObsoleteRange, kOperational},
    {"OFMarkInt", Function::ObsoleteRange, kOperational},
};

const KeyRule* find_rule(std::string_view name) {
    const auto at = std::find_if(std::begin(kRules), std::end(kRules),
                                 [&](const KeyRule& rule) { return rule.name == name; });
    return at == std::end(kRules) ? nullptr : at;
}

unsigned bit_of(KeyStage stage) {
    switch (stage) {
        case KeyStage::Security:
            return kSecurity;
        case KeyStage::Operational:
            return kOperational;
        case KeyStage::FullFeature:
            return kFullFeature;
    }
    return 0;
}

KeyAnswer answered(std::string value) {
    return {KeyAnswer::Kind::Answered, std::move(value)};
}
KeyAnswer rejected() {
    return answered("Reject");
}
KeyAnswer protocol_error() {
    return {KeyAnswer::Kind::ProtocolError};
}

KeyAnswer first_of_list(const KeyRule& rule, std::string_view list, Parameters& parameters) {
    for (const std::string_view offered : base::split(list, ',')) {
        for (const std::string_view choice : rule.choices) {
            if (offered != choice) continue;
            if (const auto* member = std::get_if<bool Parameters::*>(&rule.member)) {
                parameters.** member = choice == rule.choices.front();
            }
            return answered(std::string(choice));
        }
    }
    return rejected();
}

KeyAnswer boolean(const KeyRule& rule, std::string_view value, const Parameters& offer,
                  Parameters& parameters) {
    if (value != "Yes" && value != "No") return rejected();
    const auto member = std::get<bool Parameters::*>(rule.member);
    const bool theirs = value == "Yes";
    const bool ours = offer.*member;
    const bool result = rule.function == Function::And ? theirs && ours : theirs || ours;
    parameters.*member = result;
    return answered(result ? "Yes" : "No");
}

KeyAnswer number(const KeyRule& rule, std::string_view value, const Parameters& offer,
                 Parameters& parameters) {
    const auto member = std::get<std::uint32_t Parameters::*>(rule.member);
    const auto theirs = parse_number(value);
    const bool is_legal = theirs && *theirs >= rule.low && *theirs <= rule.high;
    if (!is_legal) return rejected();
    const auto proposal = static_cast<std::uint32_t>(*theirs);
    const std::uint32_t ours = offer.*member;
    const std::uint32_t result =
        rule.function == Function::Minimum ? std::min(proposal, ours) : std::max(proposal, ours);
    parameters.*member = result;
    return answered(std::to_string(result));
}

// A declared value cannot be negotiated down, so an illegal one fails the negotiation.
KeyAnswer declared(const KeyRule& rule, const KeyValue& pair, Parameters& parameters) {
    if (const auto* member = std::get_if<std::uint32_t Parameters::*>(&rule.member)) {
        const auto value = parse_number(pair.value);
        if (!value || *value < rule.low || *value > rule.high) return protocol_error();
        parameters.** member = static_cast<std::uint32_t>(*value);
    } else if (!is_valid_utf8(pair.value)) {
        return protocol_error();
    }
    return {};
}

KeyAnswer apply(const KeyRule& rule, const KeyValue& pair, const Parameters& offer,
                Parameters& parameters) {
    switch (rule.function) {
        case Function::Special:
            return {KeyAnswer::Kind::Special};
        case Function::Declared:
            return declared(rule, pair, parameters);
        case Function::FirstOfList:
            return first_of_list(rule, pair.value, parameters);
        case Function::And:
        case Function::Or:
            return boolean(rule, pair.value, offer, parameters);
        case Function::Minimum:
        case Function::Maximum:
            return number(rule, pair.value, offer, parameters);
        case Function::ObsoleteBoolean:
            return answered("No");
        case Function::ObsoleteRange:
            return rejected();
    }
    return protocol_error();
}

}  // namespace

KeyAnswer negotiate(const KeyValue& pair, const KeyContext& context, Parameters& parameters) {
    const KeyRule* rule = find_rule(pair.key);
    if (rule == nullptr) return answered("NotUnderstood");
    const bool in_full_feature = context.stage == KeyStage::FullFeature;
    if ((rule->where & bit_of(context.stage)) == 0) {
        return in_full_feature && rule->where != kTargetOnly ? rejected() : protocol_error();
    }
    if (pair.value == "Reject" || pair.value == "Irrelevant" || pair.value == "NotUnderstood") {
        return protocol_error();
    }
    const bool is_discovery = context.session_type == SessionType::Discovery;
    if (is_discovery && rule->in_discovery == InDiscovery::Irrelevant)
        return answered("Irrelevant");
    if (is_discovery && in_full_feature && pair.key == "MaxRecvDataSegmentLength") {
        return answered("Irrelevant");
    }
    return apply(*rule, pair, context.offer, parameters);
}

void settle(Parameters& parameters) {
    parameters.first_burst_length =
        std::min(parameters.first_burst_length, parameters.max_burst_length);
}

}  // namespace nearline::iscsi
