#include "scenarios/checker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "initiator/element_status.h"
#include "scenarios/json_path.h"
#include "scsi/outcome.h"

namespace nearline::scenarios {
namespace {

struct Mismatch {
    std::string expected;
    std::string seen;
};
using Check = std::optional<Mismatch>;

Check differs(std::string expected, std::string seen) {
    return Mismatch{std::move(expected), std::move(seen)};
}

std::string words_of(const scsi::Response& response) {
    if (response.delivery == scsi::Delivery::TransportFailed) return response.failure;
    return scsi::to_text(scsi::Outcome{response.status, response.sense});
}

std::string words_of(const DataIs& data) {
    std::string text;
    for (const auto& byte : data.bytes) {
        text += byte ? fmt::format("{:02x}", *byte) : std::string("??");
    }
    return data.may_have_more ? text + " ..." : text;
}

std::string to_text(bool value) {
    return value ? "yes" : "no";
}

std::string seconds(sim::Duration duration) {
    return sim::to_text(duration) + " s";
}

// Puts together what an element is expected to be and is, member by member.
class ElementComparison {
public:
    explicit ElementComparison(const std::string& name) : expected_(name), seen_(name) {}

    void member(std::string_view name, const std::string& expected, const std::string& seen) {
        if (expected == seen) return;
        is_equal_ = false;
        expected_ += fmt::format(" {}: {}", name, expected.empty() ? "none" : expected);
        seen_ += fmt::format(" {}: {}", name, seen.empty() ? "none" : seen);
    }
    Check result() const { return is_equal_ ? Check{} : Check{Mismatch{expected_, seen_}}; }

private:
    std::string expected_;
    std::string seen_;
    bool is_equal_ = true;
};

// An observer of its own asks, so that nobody's unit attention is consumed by looking.
class Checker {
public:
    Checker(const StepResult& result, World& world) : result_(result), world_(world) {}

    Check operator()(const StatusIs& expected) const {
        const auto* response = answer();
        if (response == nullptr) return differs("an answer", "none");
        if (!expected.status) return {};
        const bool is_met =
            response->delivery == scsi::Delivery::Answered && response->status == *expected.status;
        return is_met ? Check{}
                      : differs(std::string(scsi::to_text(*expected.status)), words_of(*response));
    }
    Check operator()(const SenseIs& expected) const {
        const auto* response = answer();
        if (response == nullptr || response->status != scsi::Status::CheckCondition) {
            return {};  // said by its status
        }
        if (expected.sense.matches(response->sense)) return {};
        return differs(scenarios::to_text(expected.sense), scsi::to_text(response->sense));
    }
    Check operator()(const FieldPointerIs& expected) const {
        const auto* response = answer();
        const auto pointer = response == nullptr ? std::nullopt : response->sense.field;
        std::string wanted = fmt::format("field pointer: byte {}", expected.byte);
        if (expected.bit) wanted += fmt::format(" bit {}", *expected.bit);
        if (!pointer) return differs(wanted, "no field pointer");
        const bool is_met =
            pointer->byte == expected.byte && (!expected.bit || pointer->bit == expected.bit);
        std::string seen = fmt::format("field pointer: byte {}", pointer->byte);
        if (pointer->bit) seen += fmt::format(" bit {}", *pointer->bit);
        return is_met ? Check{} : differs(wanted, seen);
    }
    Check operator()(const DataIs& expected) const {
        const auto* response = answer();
        if (response == nullptr) return {};
        const auto& data = response->data_in;
        const bool has_length = expected.may_have_more ? data.size() >= expected.bytes.size()
                                                       : data.size() == expected.bytes.size();
        const bool is_met =
            has_length && std::equal(expected.bytes.begin(), expected.bytes.end(), data.begin(),
                                     [](const auto& wanted, std::uint8_t seen) {
                                         return !wanted || *wanted == seen;
                                     });
        return is_met ? Check{} : differs(words_of(expected), base::to_hex(data));
    }
    Check operator()(const DataLengthIs& expected) const {
        const auto* response = answer();
        if (response == nullptr || response->data_in.size() == expected.length) return {};
        return differs(fmt::format("{} bytes", expected.length),
                       fmt::format("{} bytes", response->data_in.size()));
    }
    Check operator()(const TakesAtLeast& expected) const {
        if (result_.took >= expected.duration) return {};
        return differs("at least " + seconds(expected.duration), seconds(result_.took));
    }
    Check operator()(const TakesAtMost& expected) const {
        if (result_.took <= expected.duration) return {};
        return differs("at most " + seconds(expected.duration), seconds(result_.took));
    }
    Check operator()(const NoAnswerComes&) const {
        const auto* response = answer();
        return response == nullptr ? Check{} : differs("no answer", words_of(*response));
    }
    Check operator()(const ActIsDone&) const {
        if (!result_.act || result_.act->has_value()) return {};
        return differs("the operator can do it", "refused: " + result_.act->error().reason);
    }
    Check operator()(const ActIsRefused& expected) const {
        const std::string wanted = "refused: " + expected.part;
        if (!result_.act || result_.act->has_value()) return differs(wanted, "it was done");
        const std::string& reason = result_.act->error().reason;
        const bool is_met = reason.find(expected.part) != std::string::npos;
        return is_met ? Check{} : differs(wanted, "refused: " + reason);
    }
    Check operator()(const RsmErrorIs& expected) const;
    Check operator()(const JsonIs& expected) const;
    Check operator()(const ElementIs& expected) const;
    Check operator()(const CartridgeIs& expected) const;
    Check operator()(const AttentionIs& expected) const;
    Check operator()(const DriveStateIs& expected) const;
    Check operator()(const ReadinessIs& expected) const {
        const bool is_ready = world_.library().changer().is_ready();
        if (is_ready == expected.is_ready) return {};
        return differs(expected.is_ready ? "ready" : "not ready", is_ready ? "ready" : "not ready");
    }
    Check operator()(const OutsideAre& expected) const {
        const auto view = world_.library().library_operator().view();
        if (view.outside.size() == expected.count) return {};
        return differs(fmt::format("{} cartridges outside", expected.count),
                       fmt::format("{}", view.outside.size()));
    }

private:
    const scsi::Response* answer() const {
        const bool is_there = result_.answer != nullptr && result_.answer->response.has_value();
        return is_there ? &*result_.answer->response : nullptr;
    }
    base::Result<initiator::Element, std::string> look_at(scsi::ElementAddress address) const;

    const StepResult& result_;
    World& world_;
};

Check Checker::operator()(const RsmErrorIs& expected) const {
    constexpr std::uint16_t kOk = 200;
    const std::string wanted = fmt::format("error {}", expected.error);
    if (!result_.rsm) return differs(wanted, "no answer");
    if (result_.rsm->http_status != kOk) {
        return differs(wanted,
                       fmt::format("HTTP {} {}", result_.rsm->http_status, result_.rsm->json));
    }
    const auto value = json_value(result_.rsm->json, "error");
    if (!value) return differs(wanted, "not JSON: " + result_.rsm->json);
    const std::string seen = value->empty() ? "0" : *value;
    return seen == std::to_string(expected.error) ? Check{} : differs(wanted, "error " + seen);
}

Check Checker::operator()(const JsonIs& expected) const {
    if (!result_.rsm) return {};
    if (expected.count) {
        const auto count = json_count(result_.rsm->json, expected.path).value_or(0);
        if (count == *expected.count) return {};
        return differs(fmt::format("{}: {} of them", expected.path, *expected.count),
                       fmt::format("{}", count));
    }
    const std::string seen = json_value(result_.rsm->json, expected.path).value_or("not JSON");
    const bool is_zero =
        expected.value.empty() || expected.value == "0" || expected.value == "false";
    if (seen == expected.value || (is_zero && seen.empty())) return {};
    return differs(fmt::format("{}: {}", expected.path, expected.value),
                   seen.empty() ? "none" : seen);
}

base::Result<initiator::Element, std::string> Checker::look_at(scsi::ElementAddress address) const {
    const auto number = static_cast<std::uint16_t>(address);
    // READ ELEMENT STATUS with VOLTAG and CURDATA, all types, one element from `address` on.
    Bytes cdb;
    base::ByteWriter(cdb).u8(0xB8).u8(0x10).u16(number).u16(1).u8(0x02).u24(0xFFFF).u16(0);
    const std::string observer = "observer";
    world_.connect(observer);
    std::string refusal = "no answer";
    // Its own unit attentions come first; each is told once.
    constexpr int kMostAttentions = 8;
    for (int i = 0; i < kMostAttentions; ++i) {
        const auto pending = world_.send(observer, {}, {{}, cdb, {}, 0xFFFF});
        world_.run_until(world_.now(), [&] { return pending->response.has_value(); });
        if (!pending->response) break;
        const auto response = *pending->response;
        if (!response.is_good()) {
            refusal = words_of(response);
            if (response.sense.key == scsi::SenseKey::UnitAttention) continue;
            break;
        }
        world_.disconnect(observer);
        const auto report = initiator::parse_element_report(response.data_in);
        if (!report) return base::Failure{report.error()};
        for (const auto& element : report->elements) {
            if (element.address == address) return element;
        }
        return base::Failure{std::string("not in the element status")};
    }
    world_.disconnect(observer);
    return base::Failure{refusal};
}

Check Checker::operator()(const ElementIs& expected) const {
    const std::string name = scenarios::to_text(expected.at);
    const auto& map = world_.elements();
    const auto address = find(expected.at, map);
    if (!address) return differs(name, "there is no such element");
    const auto element = look_at(*address);
    if (!element) return differs(name, element.error());
    ElementComparison comparison(name);
    if (expected.is_full) {
        comparison.member("full", to_text(*expected.is_full), to_text(element->is_full));
    }
    if (expected.label) comparison.member("label", *expected.label, element->volume_tag);
    if (expected.source) {
        const auto wanted = *expected.source ? find(**expected.source, map) : std::nullopt;
        comparison.member("source", wanted ? name_of(*wanted, map) : "",
                          element->source ? name_of(*element->source, map) : "");
    }
    if (expected.is_accessible) {
        comparison.member("accessible", to_text(*expected.is_accessible),
                          to_text(element->is_accessible));
    }
    if (expected.is_imported) {
        comparison.member("imported", to_text(*expected.is_imported),
                          to_text(element->is_imported));
    }
    if (expected.exception) {
        const std::string seen =
            element->is_abnormal ? fmt::format("{:02X}/{:02X}", element->asc, element->ascq) : "";
        comparison.member("exception", *expected.exception, seen);
    }
    if (expected.medium_type) {
        comparison.member("medium_type", std::to_string(*expected.medium_type),
                          std::to_string(element->medium_type));
    }
    return comparison.result();
}

bool is_called(const media::CartridgeDescription& cartridge, const std::string& name) {
    if (name.starts_with('#')) {
        return name.substr(1) == std::to_string(static_cast<std::uint32_t>(cartridge.id));
    }
    return cartridge.label == name;
}

Check Checker::operator()(const CartridgeIs& expected) const {
    const auto& map = world_.elements();
    std::string seen = "nowhere";
    const auto view = world_.library().library_operator().view();
    for (const auto& place : view.places) {
        if (place.cartridge && is_called(*place.cartridge, expected.label)) {
            seen = name_of(place.address, map);
        }
    }
    for (const auto& cartridge : view.outside) {
        if (is_called(cartridge, expected.label)) seen = "outside";
    }
    std::string wanted = "outside";
    if (expected.at) {
        const auto address = find(*expected.at, map);
        wanted = address ? name_of(*address, map) : scenarios::to_text(*expected.at);
    }
    if (seen == wanted) return {};
    return differs(expected.label + " in " + wanted, seen);
}

Check Checker::operator()(const AttentionIs& expected) const {
    const auto pending = world_.pending_attention(expected.initiator, expected.unit);
    const std::string seen = pending ? scsi::to_text(*pending) : "none pending";
    if (!expected.sense) {
        return pending ? differs("no unit attention pending", seen) : Check{};
    }
    if (pending && expected.sense->matches(*pending)) return {};
    return differs("pending " + scenarios::to_text(*expected.sense), seen);
}

Check Checker::operator()(const DriveStateIs& expected) const {
    const std::string name = fmt::format("drive {}: ", expected.drive + 1);
    if (expected.drive >= world_.library().description().drives.size()) {
        return differs(name + expected.state, "there is no such drive");
    }
    const std::string seen = world_.library().drive(expected.drive).state();
    return seen == expected.state ? Check{} : differs(name + expected.state, name + seen);
}

}  // namespace

std::optional<ScenarioFailure> check(const Expectation& expectation, const StepResult& result,
                                     World& world) {
    auto mismatch = std::visit(Checker(result, world), expectation.what);
    if (!mismatch) return std::nullopt;
    return ScenarioFailure{expectation.at, std::move(mismatch->expected),
                           std::move(mismatch->seen)};
}

}  // namespace nearline::scenarios
