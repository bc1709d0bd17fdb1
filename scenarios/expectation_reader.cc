#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "scenarios/step_reader.h"

namespace nearline::scenarios {
namespace {

using config::ProblemList;
using config::Where;
using E = v1::Expect;

constexpr std::array<scsi::Status, 8> kStatuses = {
    scsi::Status::Good,      scsi::Status::CheckCondition,      scsi::Status::ConditionMet,
    scsi::Status::Busy,      scsi::Status::ReservationConflict, scsi::Status::TaskSetFull,
    scsi::Status::AcaActive, scsi::Status::TaskAborted};

class ExpectationReader {
public:
    ExpectationReader(const E& expect, const Where& where, ProblemList& problems)
        : expect_(expect), where_(where), problems_(problems) {}

    std::vector<Expectation> read(const Action& action, Position step_at);

private:
    void read_answer(Position step_at);
    void read_status(Position step_at);
    void read_act(Position step_at);
    void read_rsm(Position step_at);
    void read_times();
    void read_world();
    void read_element(const E::Element& element, const Where& where);
    void read_cartridge(const E::Cartridge& cartridge, const Where& where);
    void refuse_foreign_fields(const Action& action);
    std::optional<SensePattern> sense_at(const std::string& text, Position at);
    void add(Position at, Expected what) { out_.push_back({at, std::move(what)}); }
    void add_at(int field, Expected what) { add(where_.of(field), std::move(what)); }

    const E& expect_;
    const Where& where_;
    ProblemList& problems_;
    std::vector<Expectation> out_;
};

std::optional<SensePattern> ExpectationReader::sense_at(const std::string& text, Position at) {
    auto sense = parse_sense(text);
    if (!sense) {
        problems_.add(at, fmt::format("\"{}\" is no sense: 5/3B/0D, or the standard's words for an "
                                      "additional sense code",
                                      text));
    }
    return sense;
}

void ExpectationReader::read_status(Position step_at) {
    const auto at = where_.of(E::kStatusFieldNumber);
    if (expect_.status() == "ANY") {
        add(at, StatusIs{std::nullopt});
        return;
    }
    for (const auto status : kStatuses) {
        if (scsi::to_text(status) == expect_.status()) {
            add(at, StatusIs{status});
            return;
        }
    }
    if (!expect_.status().empty()) {
        problems_.add(at, fmt::format("status: there is no \"{}\"", expect_.status()));
        return;
    }
    add(step_at,
        StatusIs{expect_.sense().empty() ? scsi::Status::Good : scsi::Status::CheckCondition});
}

std::optional<FieldPointerIs> parse_field_pointer(const std::string& text) {
    const auto words = base::split(text, ' ');
    if ((words.size() != 2 && words.size() != 4) || words.front() != "byte") return std::nullopt;
    const auto byte = base::parse_unsigned(words.at(1));
    if (!byte || *byte > 0xFFFF) return std::nullopt;
    FieldPointerIs pointer{static_cast<std::uint16_t>(*byte), std::nullopt};
    if (words.size() == 4) {
        const auto bit = base::parse_unsigned(words.at(3));
        if (words.at(2) != "bit" || !bit || *bit > 7) return std::nullopt;
        pointer.bit = static_cast<std::uint8_t>(*bit);
    }
    return pointer;
}

std::optional<DataIs> parse_data(std::string text) {
    DataIs data;
    std::erase(text, ' ');
    std::erase(text, '\n');
    for (const std::string_view more : {"…", "..."}) {
        if (!text.ends_with(more)) continue;
        data.may_have_more = true;
        text.resize(text.size() - more.size());
        break;
    }
    if (text.size() % 2 != 0) return std::nullopt;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        const std::string digits = text.substr(at, 2);
        const auto byte = base::from_hex(digits);
        if (digits != "??" && !byte) return std::nullopt;
        data.bytes.push_back(byte ? std::optional(byte->front()) : std::nullopt);
    }
    return data;
}

void ExpectationReader::read_answer(Position step_at) {
    if (expect_.no_answer()) {
        add_at(E::kNoAnswerFieldNumber, NoAnswerComes{});
        return;
    }
    read_status(step_at);
    if (!expect_.sense().empty()) {
        const auto at = where_.of(E::kSenseFieldNumber);
        if (const auto sense = sense_at(expect_.sense(), at)) add(at, SenseIs{*sense});
    }
    if (!expect_.field_pointer().empty()) {
        const auto at = where_.of(E::kFieldPointerFieldNumber);
        const auto pointer = parse_field_pointer(expect_.field_pointer());
        if (pointer) add(at, *pointer);
        if (!pointer) {
            problems_.add(at,
                          fmt::format("field_pointer: \"{}\" is neither \"byte 6\" nor \"byte 6 "
                                      "bit 4\"",
                                      expect_.field_pointer()));
        }
    }
    if (!expect_.data_in().empty()) {
        const auto at = where_.of(E::kDataInFieldNumber);
        auto data = parse_data(expect_.data_in());
        if (data)
            add(at, std::move(*data));
        else
            problems_.add(at, "data_in: not whole bytes in hexadecimal, with ?? and a last ...");
    }
    if (expect_.has_data_in_length()) {
        add_at(E::kDataInLengthFieldNumber, DataLengthIs{expect_.data_in_length()});
    }
}

void ExpectationReader::read_act(Position step_at) {
    if (expect_.refused().empty()) {
        add(step_at, ActIsDone{});
    } else {
        add_at(E::kRefusedFieldNumber, ActIsRefused{expect_.refused()});
    }
}

void ExpectationReader::read_rsm(Position step_at) {
    const auto at = expect_.has_error() ? where_.of(E::kErrorFieldNumber) : step_at;
    add(at, RsmErrorIs{expect_.error()});
    for (int i = 0; i < expect_.json_size(); ++i) {
        const auto& json = expect_.json(i);
        const auto place = where_.into(E::kJsonFieldNumber, i);
        if (json.path().empty()) problems_.add_missing(place.own(), "json: say path");
        std::optional<std::uint32_t> count;
        if (json.has_count()) count = json.count();
        add(place.own(), JsonIs{json.path(), json.value(), count});
    }
}

void ExpectationReader::read_times() {
    if (!expect_.at_least().empty()) {
        const auto at = where_.of(E::kAtLeastFieldNumber);
        add(at, TakesAtLeast{read_duration(expect_.at_least(), at, problems_)});
    }
    if (!expect_.at_most().empty()) {
        const auto at = where_.of(E::kAtMostFieldNumber);
        add(at, TakesAtMost{read_duration(expect_.at_most(), at, problems_)});
    }
}

void ExpectationReader::read_element(const E::Element& element, const Where& where) {
    const auto at =
        scenarios::read_element(element.at(), where.of(E::Element::kAtFieldNumber), problems_);
    if (!at) return;
    ElementIs out;
    out.at = *at;
    if (element.has_full()) out.is_full = element.full();
    if (element.has_label()) out.label = element.label();
    if (element.has_accessible()) out.is_accessible = element.accessible();
    if (element.has_imported()) out.is_imported = element.imported();
    if (element.has_exception()) out.exception = element.exception();
    if (element.has_medium_type()) out.medium_type = element.medium_type();
    if (element.has_source()) {
        out.source.emplace();
        if (!element.source().empty()) {
            out.source = scenarios::read_element(
                element.source(), where.of(E::Element::kSourceFieldNumber), problems_);
        }
    }
    add(where.own(), std::move(out));
}

void ExpectationReader::read_cartridge(const E::Cartridge& cartridge, const Where& where) {
    CartridgeIs out{cartridge.label(), std::nullopt};
    if (cartridge.label().empty()) problems_.add_missing(where.own(), "cartridge: say its label");
    if (cartridge.at() != "outside") {
        out.at = scenarios::read_element(cartridge.at(), where.of(E::Cartridge::kAtFieldNumber),
                                         problems_);
    }
    add(where.own(), std::move(out));
}

void ExpectationReader::read_world() {
    for (int i = 0; i < expect_.element_size(); ++i) {
        read_element(expect_.element(i), where_.into(E::kElementFieldNumber, i));
    }
    for (int i = 0; i < expect_.cartridge_size(); ++i) {
        read_cartridge(expect_.cartridge(i), where_.into(E::kCartridgeFieldNumber, i));
    }
    for (int i = 0; i < expect_.attention_size(); ++i) {
        const auto& attention = expect_.attention(i);
        const auto at = where_.into(E::kAttentionFieldNumber, i);
        AttentionIs out{read_unit(attention.of(), at.of(E::Attention::kOfFieldNumber), problems_),
                        initiator_or_host(attention.from()), std::nullopt};
        if (!attention.sense().empty()) {
            out.sense = sense_at(attention.sense(), at.of(E::Attention::kSenseFieldNumber));
        }
        add(at.own(), std::move(out));
    }
    for (int i = 0; i < expect_.drive_size(); ++i) {
        const auto& drive = expect_.drive(i);
        const auto at = where_.into(E::kDriveFieldNumber, i).own();
        if (drive.number() == 0 || drive.number() > 0xFFFF || drive.state().empty()) {
            problems_.add_missing(at, "drive: say its number, from 1 on, and its state");
            continue;
        }
        add(at, DriveStateIs{static_cast<std::uint16_t>(drive.number() - 1), drive.state()});
    }
    if (expect_.has_ready()) add_at(E::kReadyFieldNumber, ReadinessIs{expect_.ready()});
    if (expect_.has_outside()) add_at(E::kOutsideFieldNumber, OutsideAre{expect_.outside()});
}

bool has_answer(const Action& action) {
    const auto* command = std::get_if<SendCommand>(&action);
    return (command != nullptr && command->as.empty()) ||
           std::holds_alternative<AwaitAnswer>(action);
}

// An expectation about an answer that never comes would be met by nothing.
void ExpectationReader::refuse_foreign_fields(const Action& action) {
    const bool is_act = std::holds_alternative<OperatorAct>(action);
    const bool is_rsm = std::holds_alternative<CallRsm>(action);
    const bool expects_answer = !expect_.status().empty() || !expect_.sense().empty() ||
                                !expect_.field_pointer().empty() || !expect_.data_in().empty() ||
                                expect_.has_data_in_length() || expect_.no_answer();
    if (expects_answer && !has_answer(action)) {
        problems_.add(where_.own(), "expect: there is no command's answer here");
    }
    if (!expect_.refused().empty() && !is_act) {
        problems_.add(where_.of(E::kRefusedFieldNumber), "refused: the operator does nothing here");
    }
    if ((expect_.has_error() || expect_.json_size() > 0) && !is_rsm) {
        problems_.add(where_.own(), "expect: Removable Storage is not called here");
    }
    const bool expects_time = !expect_.at_least().empty() || !expect_.at_most().empty();
    if (expects_time && std::holds_alternative<std::monostate>(action)) {
        problems_.add(where_.own(), "expect: nothing is done here that could take time");
    }
}

std::vector<Expectation> ExpectationReader::read(const Action& action, Position step_at) {
    refuse_foreign_fields(action);
    if (has_answer(action)) read_answer(step_at);
    if (std::holds_alternative<OperatorAct>(action)) read_act(step_at);
    if (std::holds_alternative<CallRsm>(action)) read_rsm(step_at);
    read_times();
    read_world();
    return std::move(out_);
}

}  // namespace

std::vector<Expectation> read_expectations(const v1::Step& step, const Action& action,
                                           const Where& where, ProblemList& problems) {
    const auto expect_where = where.into(v1::Step::kExpectFieldNumber);
    ExpectationReader reader(step.expect(), expect_where, problems);
    return reader.read(action, where.own());
}

}  // namespace nearline::scenarios
