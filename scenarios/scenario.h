// A scenario as it is played: read from text and checked. Steps are done in order; each says what
// is expected afterwards.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/problem.h"
#include "library/library.h"
#include "scenarios/names.h"
#include "scsi/target_device.h"

namespace nearline::scenarios {

using base::Bytes;
using config::Position;

// --- What is done.

// A field of a command that names an element is filled in when the library is there.
struct ElementField {
    std::string field;
    ElementName element;
};

struct SendCommand {
    std::string initiator;
    UnitName unit;
    std::string name;  // the standard's; empty: `cdb` is the command
    std::vector<std::pair<std::string, std::uint64_t>> values;
    std::vector<ElementField> elements;
    Bytes cdb;
    Bytes data_out;
    std::uint32_t data_in_length = 0;
    std::string as;  // not empty: goes on without waiting for the answer
};
struct OperatorAct {
    std::string words;  // "TAKE ABC001L9"
    std::function<library::Operator::Done(library::Operator&)> act;
};
struct CallRsm {
    std::string method;
    std::string json;
    std::vector<std::pair<std::string, std::string>> captures;  // path, name
};
struct Advance {
    sim::Duration by{};
};
struct RunUntil {
    enum class Condition { Ready, Idle, TimeReached, DriveState };
    Condition condition = Condition::Ready;
    sim::Duration time{};  // since the scenario began
    std::uint16_t drive = 0;
    std::string state;
    sim::Duration within{};
};
struct AwaitAnswer {
    std::string name;
};
struct ChangeLogin {
    enum class Change { Connect, Disconnect, Reconnect };
    Change change = Change::Connect;
    std::string initiator;
};
struct ManageTasks {
    scsi::TaskManagementFunction function{};
    std::string initiator;
    UnitName unit;
};
using Action = std::variant<std::monostate, SendCommand, OperatorAct, CallRsm, Advance, RunUntil,
                            AwaitAnswer, ChangeLogin, ManageTasks>;

// --- What is expected.

struct StatusIs {
    std::optional<scsi::Status> status;  // nothing: any
};
struct SenseIs {
    SensePattern sense;
};
struct FieldPointerIs {
    std::uint16_t byte = 0;
    std::optional<std::uint8_t> bit;
};
struct DataIs {
    std::vector<std::optional<std::uint8_t>> bytes;  // nothing: any byte
    bool may_have_more = false;
};
struct DataLengthIs {
    std::uint32_t length = 0;
};
struct TakesAtLeast {
    sim::Duration duration{};
};
struct TakesAtMost {
    sim::Duration duration{};
};
struct NoAnswerComes {};
struct ActIsDone {};
struct ActIsRefused {
    std::string part;  // of the reason
};
struct RsmErrorIs {
    std::uint32_t error = 0;
};
struct JsonIs {
    std::string path;
    std::string value;
    std::optional<std::uint32_t> count;
};
struct ElementIs {
    ElementName at;
    std::optional<bool> is_full;
    std::optional<std::string> label;
    std::optional<std::optional<ElementName>> source;
    std::optional<bool> is_accessible;
    std::optional<bool> is_imported;
    std::optional<std::string> exception;
    std::optional<std::uint32_t> medium_type;
};
struct CartridgeIs {
    std::string label;
    std::optional<ElementName> at;  // nothing: outside
};
struct AttentionIs {
    UnitName unit;
    std::string initiator;
    std::optional<SensePattern> sense;  // nothing: none is pending
};
struct DriveStateIs {
    std::uint16_t drive = 0;
    std::string state;
};
struct ReadinessIs {
    bool is_ready = true;
};
struct OutsideAre {
    std::uint32_t count = 0;
};
using Expected =
    std::variant<StatusIs, SenseIs, FieldPointerIs, DataIs, DataLengthIs, TakesAtLeast, TakesAtMost,
                 NoAnswerComes, ActIsDone, ActIsRefused, RsmErrorIs, JsonIs, ElementIs, CartridgeIs,
                 AttentionIs, DriveStateIs, ReadinessIs, OutsideAre>;

struct Expectation {
    Position at;
    Expected what;
};

struct Step {
    Position at;
    std::string note;
    Action action;
    std::vector<Expectation> expectations;
};

struct Scenario {
    std::string file;
    std::string name;
    library::LibraryDescription library;
    bool begins_powered_off = false;
    bool has_rsm = false;
    std::string computer_name;
    std::vector<std::string> initiators;  // logged in from the beginning
    std::vector<Step> steps;
};

// "MOVE MEDIUM", "operator: OPEN_DOOR", "advance 10s": for reports.
std::string to_text(const Action& action);

}  // namespace nearline::scenarios
