#include "apps/operator/operator_command.h"

#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>

#include "apps/host/endpoint.h"
#include "apps/host/http_client.h"
#include "base/text.h"
#include "nearline/v1/control.pb.h"

namespace nearline::apps {
namespace {

using Request = v1::OperatorRequest;

constexpr int kRefused = 1;
constexpr int kUsage = 2;
constexpr int kEnvironment = 3;

enum class Needs { Nothing, Cartridge, CartridgeAndMaybePlace, Number };

struct Verb {
    const char* word;
    Request::Act act;
    Needs needs;
    const char* help;
};

constexpr Verb kVerbs[] = {
    {"open-door", Request::OPEN_DOOR, Needs::Nothing, "open the library's door"},
    {"close-door", Request::CLOSE_DOOR, Needs::Nothing, "close it"},
    {"open-station", Request::OPEN_STATION, Needs::Nothing, "open the import/export station"},
    {"close-station", Request::CLOSE_STATION, Needs::Nothing, "close it"},
    {"take", Request::TAKE, Needs::Cartridge, "take a cartridge out: by label, or #NUMBER"},
    {"insert", Request::INSERT, Needs::CartridgeAndMaybePlace,
     "put a cartridge in: one taken before, or a new one of that label"},
    {"pull-magazine", Request::PULL_MAGAZINE, Needs::Number, "pull a magazine, from 1"},
    {"push-magazine", Request::PUSH_MAGAZINE, Needs::Number, "push it back in"},
    {"online", Request::SET_ONLINE, Needs::Nothing, "put the library online"},
    {"offline", Request::SET_OFFLINE, Needs::Nothing, "put it offline"},
    {"power-off", Request::POWER_OFF, Needs::Nothing, "switch the library off"},
    {"power-on", Request::POWER_ON, Needs::Nothing, "switch it on"},
    {"press", Request::PRESS_EJECT, Needs::Number, "press a drive's eject button, drives from 1"},
    {"drive-off", Request::DRIVE_POWER_OFF, Needs::Number, "switch a drive off, from 1"},
    {"drive-on", Request::DRIVE_POWER_ON, Needs::Number, "switch it on"},
};

constexpr std::pair<const char*, v1::Place::Kind> kKinds[] = {
    {"slot", v1::Place::SLOT}, {"station", v1::Place::STATION}, {"drive", v1::Place::DRIVE}};

// "station:1": a kind and a number from 1.
std::optional<v1::Place> parse_place(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto number = base::parse_unsigned(std::string_view(text).substr(colon + 1));
    if (!number || *number == 0 || *number > 0xFFFF) return std::nullopt;
    for (const auto& [word, kind] : kKinds) {
        if (text.substr(0, colon) != word) continue;
        v1::Place place;
        place.set_kind(kind);
        place.set_number(static_cast<std::uint32_t>(*number));
        return place;
    }
    return std::nullopt;
}

std::string name_of(const v1::Place& place) {
    const char* kind = "robot";
    for (const auto& [word, value] : kKinds) {
        if (value == place.kind()) kind = word;
    }
    return std::string(kind) + ":" + std::to_string(place.number());
}

std::string name_of(const v1::CartridgeView& cartridge) {
    return (cartridge.label().empty() ? "(no label)" : cartridge.label()) + " #" +
           std::to_string(cartridge.id());
}

void print(std::ostream& out, const v1::StatusAnswer& answer) {
    const char* state = answer.is_ready() ? "ready" : answer.is_powered() ? "not ready" : "off";
    out << answer.library() << " (" << answer.personality() << "): " << state << '\n';
    int drive = 0;
    for (const auto& place : answer.places()) {
        const bool is_drive = place.place().kind() == v1::Place::DRIVE;
        const std::string drive_state =
            is_drive && drive < answer.drive_states_size() ? answer.drive_states(drive++) : "";
        if (!place.has_cartridge() && place.place().kind() == v1::Place::SLOT) continue;
        out << "  " << name_of(place.place()) << '\t'
            << (place.has_cartridge() ? name_of(place.cartridge()) : "empty");
        if (is_drive) out << '\t' << drive_state;
        if (!place.is_accessible()) out << "\tnot accessible";
        out << '\n';
    }
    for (const auto& cartridge : answer.outside()) {
        out << "  outside\t" << name_of(cartridge) << '\n';
    }
}

std::string json_of(const google::protobuf::Message& message) {
    std::string json;
    (void)google::protobuf::util::MessageToJsonString(message, &json);
    return json;
}

struct Asked {
    int status = 0;
    std::string json;  // of a good answer
};

class Control {
public:
    Control(Endpoint endpoint, std::ostream& err) : endpoint_(std::move(endpoint)), err_(err) {}

    Asked ask(const std::string& method, const google::protobuf::Message& request) const {
        const char* token = std::getenv("NEARLINE_CONTROL_TOKEN");
        const auto reply = http_post(endpoint_, "/nearline.v1.ControlService/" + method,
                                     json_of(request), token == nullptr ? "" : token);
        if (!reply) {
            err_ << "nearline operator: " << reply.error() << '\n';
            return {kEnvironment, {}};
        }
        if (reply->status == 200) return {0, reply->body};
        v1::Error error;
        google::protobuf::util::JsonParseOptions lenient;
        lenient.ignore_unknown_fields = true;
        (void)google::protobuf::util::JsonStringToMessage(reply->body, &error, lenient);
        err_ << "nearline operator: "
             << (error.message().empty() ? "HTTP " + std::to_string(reply->status)
                                         : error.message())
             << '\n';
        return {error.code() == "refused" ? kRefused : kEnvironment, {}};
    }

private:
    Endpoint endpoint_;
    std::ostream& err_;
};

int show_status(const Control& control, bool as_json, std::ostream& out) {
    const Asked asked = control.ask("Status", v1::StatusRequest());
    if (asked.status != 0) return asked.status;
    if (as_json) {
        out << asked.json << '\n';
        return 0;
    }
    v1::StatusAnswer answer;
    google::protobuf::util::JsonParseOptions lenient;
    lenient.ignore_unknown_fields = true;
    if (!google::protobuf::util::JsonStringToMessage(asked.json, &answer, lenient).ok()) {
        return kEnvironment;
    }
    print(out, answer);
    return 0;
}

// What the words after CONTROL come to.
struct Words {
    std::string control;
    std::string cartridge;
    std::string where;
    std::uint32_t number = 0;
    bool as_json = false;
    const Verb* verb = nullptr;  // nullptr: status
};

void declare(CLI::App& app, Words& words) {
    app.add_option("CONTROL", words.control, "the control service: unix:PATH or HOST:PORT")
        ->required();
    auto* status = app.add_subcommand("status", "what is where, as one sees it");
    status->add_flag("--json", words.as_json, "as JSON");
    for (const Verb& verb : kVerbs) {
        auto* command = app.add_subcommand(verb.word, verb.help);
        command->callback([&words, &verb] { words.verb = &verb; });
        if (verb.needs == Needs::Number) {
            command->add_option("NUMBER", words.number)->required()->check(CLI::Range(1, 65535));
        } else if (verb.needs != Needs::Nothing) {
            command->add_option("CARTRIDGE", words.cartridge)->required();
        }
        if (verb.needs == Needs::CartridgeAndMaybePlace) {
            command->add_option("WHERE", words.where,
                                "station:1, slot:7; else the first free station element");
        }
    }
    app.require_subcommand(1);
}

}  // namespace

int run_operator(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
    Words words;
    CLI::App app("Does what an operator can do before a running library.", "nearline operator");
    declare(app, words);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err) == 0 ? 0 : kUsage;
    }
    const auto endpoint = parse_endpoint(words.control);
    if (!endpoint) {
        err << "nearline operator: " << endpoint.error() << '\n';
        return kUsage;
    }
    const Control control(*endpoint, err);
    if (words.verb == nullptr) return show_status(control, words.as_json, out);

    Request request;
    request.set_act(words.verb->act);
    request.set_cartridge(words.cartridge);
    request.set_number(words.number);
    if (!words.where.empty()) {
        const auto place = parse_place(words.where);
        if (!place) {
            err << "nearline operator: '" << words.where << "' is no place: station:1, slot:7\n";
            return kUsage;
        }
        *request.mutable_where() = *place;
    }
    return control.ask("Operator", request).status;
}

}  // namespace nearline::apps
