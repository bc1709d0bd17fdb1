// Verbs about objects and what becomes of them: view, info, rename, ui, requests, watch.
#include <algorithm>
#include <utility>

#include "apps/changer/json_writer.h"
#include "apps/rsm/rsm_finding.h"
#include "apps/rsm/rsm_members.h"
#include "ntmsapi/values.h"

namespace nearline::apps {

using base::Failure;
using Command = RsmCommand;

namespace {

// --- Destinations of messages.

constexpr Word<DWORD> kUiTypes[] = {
    {"info", NTMS_UITYPE_INFO}, {"request", NTMS_UITYPE_REQ}, {"error", NTMS_UITYPE_ERR}};
constexpr Word<DWORD> kUiOperations[] = {
    {"add", NTMS_UIDEST_ADD}, {"delete", NTMS_UIDEST_DELETE}, {"deleteall", NTMS_UIDEST_DELETEALL}};

RsmResult<GUID> the_computer(const Command& command) {
    const auto ids = command.rsm.list(nullptr, NTMS_COMPUTER);
    if (!ids) return Failure{ids.error()};
    if (ids->empty()) return Failure{RsmRefusal{ERROR_OBJECT_NOT_FOUND, "there is no computer"}};
    return ids->front();
}

// The library that /l names (in view: the container), or else the computer.
RsmResult<GUID> find_ui_object(const Command& command, const std::string& letter) {
    const auto library = find_object(command, letter, NTMS_LIBRARY);
    if (!library) return Failure{library.error()};
    return *library ? RsmResult<GUID>(**library) : the_computer(command);
}

// A list of texts, each with its zero, and an empty one at the end.
std::vector<std::string> texts_of(std::string_view list) {
    std::vector<std::string> texts;
    while (!list.empty() && list.front() != '\0') {
        texts.emplace_back(list.substr(0, list.find('\0')));
        list.remove_prefix(std::min(list.size(), texts.back().size() + 1));
    }
    return texts;
}

RsmResult<std::vector<std::string>> destinations(const Command& command, GUID object, DWORD type) {
    std::string list(4096, '\0');
    auto size = static_cast<DWORD>(list.size());
    DWORD error = GetNtmsUIOptionsA(command.rsm.session(), &object, type, list.data(), &size);
    if (error == ERROR_INSUFFICIENT_BUFFER) {
        list.resize(size);
        error = GetNtmsUIOptionsA(command.rsm.session(), &object, type, list.data(), &size);
    }
    if (error != ERROR_SUCCESS) return Failure{RsmRefusal{error, ""}};
    return texts_of(std::string_view(list).substr(0, size));
}

// --- view, info

// What EnumerateNtmsObject looks into for a type: where a container's name is searched.
std::vector<DWORD> containers_of(DWORD type) {
    switch (type) {
        case NTMS_LOGICAL_MEDIA:
            return {NTMS_MEDIA_POOL, NTMS_PARTITION};
        case NTMS_MEDIA_POOL:
            return {NTMS_MEDIA_POOL};
        case NTMS_PARTITION:
            return {NTMS_LOGICAL_MEDIA, NTMS_PHYSICAL_MEDIA, NTMS_MEDIA_POOL};
        case NTMS_PHYSICAL_MEDIA:
            return {NTMS_MEDIA_POOL, NTMS_LIBRARY};
        default:
            return {NTMS_LIBRARY};
    }
}

RsmResult<GUID> find_container(const Command& command, DWORD type) {
    const std::string name = command.switches.value("cf");
    std::optional<GUID> found;
    for (const DWORD kind : containers_of(type)) {
        const auto here = kind == NTMS_MEDIA_POOL ? command.rsm.pool(name)
                                                  : command.rsm.named(kind, name, nullptr);
        if (!here && here.error().error == ERROR_OBJECT_NOT_FOUND) continue;
        if (!here) return here;
        if (found) {
            return Failure{RsmRefusal{
                ERROR_INVALID_NAME,
                "several kinds of container are called '" + name + "'; name it by GUID"}};
        }
        found = *here;
    }
    if (found) return *found;
    return Failure{RsmRefusal{ERROR_OBJECT_NOT_FOUND, "no container is called '" + name + "'"}};
}

void print_destinations(const Command& command, const std::vector<std::string>& names) {
    if (wants_json(command)) {
        JsonWriter json;
        json.begin_array();
        for (const std::string& name : names) json.value(name);
        command.out << json.end_array().text() << "\n";
        return;
    }
    if (!is_bare(command)) command.out << "ui_destination: " << names.size() << "\n";
    for (const std::string& name : names) command.out << name << "\n";
}

void write_members(JsonWriter& json, const NTMS_OBJECTINFORMATIONA& object) {
    json.begin_object().member("type", name_of_rsm_type(object.dwType));
    for (const RsmMember& member : members_of(object)) {
        if (member.is_number) {
            json.member(member.name, *base::parse_unsigned(member.value));
        } else {
            json.member(member.name, member.value);
        }
    }
    json.end_object();
}

// The objects that are still there when they are asked for.
RsmResult<void> print_as_json(const Command& command, const std::vector<GUID>& ids, DWORD type) {
    JsonWriter json;
    json.begin_array();
    for (const GUID& id : ids) {
        const auto object = command.rsm.information(id, type);
        if (!object && object.error().error == ERROR_OBJECT_NOT_FOUND) continue;
        if (!object) return Failure{object.error()};
        write_members(json, *object);
    }
    command.out << json.end_array().text() << "\n";
    return {};
}

RsmResult<void> print_object(const Command& command, const GUID& id, DWORD type) {
    const bool with_id = command.switches.has("guiddisplay");
    if (is_bare(command) && with_id) {
        command.out << to_digits(id) << "\n";
        return {};
    }
    const auto object = command.rsm.information(id, type);
    // It may have gone since it was listed.
    if (!object && object.error().error == ERROR_OBJECT_NOT_FOUND) return {};
    if (!object) return Failure{object.error()};
    command.out << object->szName;
    if (with_id) command.out << " " << to_digits(id);
    command.out << "\n";
    return {};
}

RsmResult<void> view_destinations(const Command& command) {
    const std::string word = command.switches.has("k") ? command.switches.value("k") : "request";
    const auto type = number_of("k", word, kUiTypes);
    if (!type) return Failure{type.error()};
    const auto object = find_ui_object(command, "c");
    if (!object) return Failure{object.error()};
    const auto names = destinations(command, *object, *type);
    if (!names) return Failure{names.error()};
    print_destinations(command, *names);
    return {};
}

}  // namespace

RsmResult<void> rsm_view(const RsmCommand& command) {
    const std::string name = command.switches.value("t");
    if (base::to_lower(name) == "ui_destination") return view_destinations(command);
    const DWORD type = rsm_type_of(name);
    if (type == NTMS_UNKNOWN) return Failure{wrong_usage("/t names no type: '" + name + "'")};
    GUID container = {};
    const bool by_id = command.switches.has("cg");
    const bool by_name = command.switches.has("cf");
    if (by_id && by_name) return Failure{wrong_usage("/cg and /cf name the same object")};
    if (by_id || by_name) {
        const auto found = by_id ? command.rsm.with_id(NTMS_UNKNOWN, command.switches.value("cg"))
                                 : find_container(command, type);
        if (!found) return Failure{found.error()};
        container = *found;
    }
    const auto ids = command.rsm.list(by_id || by_name ? &container : nullptr, type);
    if (!ids) return Failure{ids.error()};
    if (wants_json(command)) return print_as_json(command, *ids, type);
    if (!is_bare(command)) {
        command.out << name_of_rsm_type(type) << ": " << ids->size() << "\n";
    }
    for (const GUID& id : *ids) {
        const auto printed = print_object(command, id, type);
        if (!printed) return printed;
    }
    return {};
}

RsmResult<void> rsm_info(const RsmCommand& command) {
    const auto id = ntmsapi::parse_guid(command.switches.value("g"));
    if (!id || command.switches.value("g").empty()) {
        return Failure{wrong_usage("/g takes the GUID of an object")};
    }
    const auto object = command.rsm.information(*id, NTMS_UNKNOWN);
    if (!object) return Failure{object.error()};
    if (wants_json(command)) {
        JsonWriter json;
        write_members(json, *object);
        command.out << json.text() << "\n";
        return {};
    }
    command.out << name_of_rsm_type(object->dwType) << "\n";
    for (const RsmMember& member : members_of(*object)) {
        command.out << member.name << ": " << member.value << "\n";
    }
    return {};
}

namespace {

// --- rename

struct Named {
    GUID id = {};
    DWORD type = NTMS_UNKNOWN;
};

constexpr struct {
    const char* letter;
    DWORD type;
} kNameable[] = {{"t", NTMS_MEDIA_TYPE},  {"l", NTMS_LOGICAL_MEDIA}, {"p", NTMS_PHYSICAL_MEDIA},
                 {"s", NTMS_STORAGESLOT}, {"b", NTMS_LIBRARY},       {"c", NTMS_CHANGER}};

// The object that one switch names.
RsmResult<Named> find_nameable(const Command& command) {
    std::vector<Named> found;
    for (const auto& [letter, type] : kNameable) {
        const auto object = find_object(command, letter, type);
        if (!object) return Failure{object.error()};
        if (*object) found.push_back({**object, type});
    }
    if (command.switches.has("m")) {
        const auto pool = find_pool(command);
        if (!pool) return Failure{pool.error()};
        found.push_back({*pool, NTMS_MEDIA_POOL});
    }
    if (command.switches.has("g")) {
        const auto id = command.rsm.with_id(NTMS_UNKNOWN, command.switches.value("g"));
        if (!id) return Failure{id.error()};
        found.push_back({*id, NTMS_UNKNOWN});
    }
    if (found.size() != 1) return Failure{wrong_usage("one switch must name the object")};
    return found.front();
}

}  // namespace

RsmResult<void> rsm_rename(const RsmCommand& command) {
    if (!command.switches.has("n") && !command.switches.has("d")) {
        return Failure{wrong_usage("/n or /d must say what is new")};
    }
    const auto object = find_nameable(command);
    if (!object) return Failure{object.error()};
    return describe(command, object->id, object->type, "n", "d");
}

RsmResult<void> rsm_ui(const RsmCommand& command) {
    const auto type = number_of("t", command.switches.value("t"), kUiTypes);
    if (!type) return Failure{type.error()};
    const auto operation = number_of("a", command.switches.value("a"), kUiOperations);
    if (!operation) return Failure{operation.error()};
    if (*operation != NTMS_UIDEST_DELETEALL && !command.switches.has("d")) {
        return Failure{wrong_usage("/d must name the destination")};
    }
    auto object = find_ui_object(command, "l");
    if (!object) return Failure{object.error()};
    return outcome_of(SetNtmsUIOptionsA(command.rsm.session(), &*object, *type, *operation,
                                        command.switches.value("d").c_str()));
}

namespace {

// --- requests

bool is_finished(const NTMS_OBJECTINFORMATIONA& request) {
    if (request.dwType == NTMS_OPREQUEST) {
        return request.Info.OpRequest.State >= NTMS_OPSTATE_REFUSED;
    }
    const DWORD state = request.Info.LibRequest.State;
    return state != NTMS_LM_QUEUED && state != NTMS_LM_INPROCESS && state != NTMS_LM_WAITING &&
           state != NTMS_LM_DEFERRED;
}

void print_request(const Command& command, const NTMS_OBJECTINFORMATIONA& request) {
    command.out << to_digits(request.ObjectGuid) << " ";
    if (request.dwType == NTMS_OPREQUEST) {
        const auto& info = request.Info.OpRequest;
        command.out << "operator " << operator_command_name(info.Request) << " "
                    << operator_state_name(info.State) << " " << info.szMessage << "\n";
        return;
    }
    const auto& info = request.Info.LibRequest;
    command.out << "library " << operation_name(info.OperationCode) << " "
                << request_state_name(info.State);
    if (info.dwErrorCode != 0) command.out << " " << info.dwErrorCode;
    command.out << " " << info.szApplication << "\n";
}

RsmResult<std::vector<NTMS_OBJECTINFORMATIONA>> all_requests(const Command& command) {
    std::vector<NTMS_OBJECTINFORMATIONA> requests;
    for (const DWORD type : {DWORD{NTMS_LIBREQUEST}, DWORD{NTMS_OPREQUEST}}) {
        const auto ids = command.rsm.list(nullptr, type);
        if (!ids) return Failure{ids.error()};
        for (const GUID& id : *ids) {
            const auto request = command.rsm.information(id, type);
            if (!request && request.error().error == ERROR_OBJECT_NOT_FOUND) continue;
            if (!request) return Failure{request.error()};
            if (command.switches.has("all") || !is_finished(*request)) {
                requests.push_back(*request);
            }
        }
    }
    return requests;
}

// The operator's answers, and what takes a request out of a queue.
RsmResult<void> answer_request(const Command& command) {
    using Function = DWORD (*)(HANDLE, LPNTMS_GUID);
    constexpr struct {
        const char* name;
        Function function;
    } kAnswers[] = {{"satisfy", SatisfyNtmsOperatorRequest},
                    {"refuse", CancelNtmsOperatorRequest},
                    {"cancel", CancelNtmsLibraryRequest}};
    for (const auto& [name, function] : kAnswers) {
        if (!command.switches.has(name)) continue;
        auto id = ntmsapi::parse_guid(command.switches.value(name));
        if (!id) return Failure{wrong_usage("/" + std::string(name) + " takes a GUID")};
        const auto done = outcome_of(function(command.rsm.session(), &*id));
        if (!done) return done;
    }
    return {};
}

}  // namespace

RsmResult<void> rsm_requests(const RsmCommand& command) {
    for (const char* answer : {"satisfy", "refuse", "cancel"}) {
        if (command.switches.has(answer)) return answer_request(command);
    }
    const auto requests = all_requests(command);
    if (!requests) return Failure{requests.error()};
    if (!wants_json(command)) {
        for (const auto& request : *requests) print_request(command, request);
        return {};
    }
    JsonWriter json;
    json.begin_array();
    for (const auto& request : *requests) write_members(json, request);
    command.out << json.end_array().text() << "\n";
    return {};
}

namespace {

// --- watch

std::string change_name(DWORD operation) {
    switch (operation) {
        case NTMS_OBJ_UPDATE:
            return "update";
        case NTMS_OBJ_INSERT:
            return "insert";
        case NTMS_OBJ_DELETE:
            return "delete";
        case NTMS_EVENT_SIGNAL:
            return "signal";
        case NTMS_EVENT_COMPLETE:
            return "complete";
        default:
            return std::to_string(operation);
    }
}

// JSON without its line breaks and what indents: a change a line.
std::string one_line(const std::string& json) {
    std::string line;
    for (const std::string_view part : base::split(json, '\n')) {
        line.append(part.substr(std::min(part.find_first_not_of(' '), part.size())));
    }
    return line;
}

void print_change(const Command& command, const NTMS_NOTIFICATIONINFORMATION& change, DWORD type) {
    // What was deleted has no name any more, and what comes and goes may have none yet.
    const auto object = command.rsm.information(change.ObjectId, type);
    const std::string name = object ? object->szName : "";
    if (wants_json(command)) {
        JsonWriter json;
        json.begin_object().member("change", change_name(change.dwOperation));
        json.member("id", ntmsapi::to_text(change.ObjectId)).member("name", name).end_object();
        command.out << one_line(json.text()) << std::endl;
        return;
    }
    command.out << change_name(change.dwOperation) << " " << to_digits(change.ObjectId)
                << (name.empty() ? "" : " ") << name << std::endl;
}

RsmResult<std::uint64_t> changes_wanted(const Command& command) {
    if (!command.switches.has("n")) return ~std::uint64_t{0};
    const auto count = base::parse_unsigned(command.switches.value("n"));
    if (!count) return Failure{wrong_usage("/n takes a number of changes")};
    return *count;
}

}  // namespace

RsmResult<void> rsm_watch(const RsmCommand& command) {
    const std::string name = command.switches.value("k");
    const DWORD type = rsm_type_of(name);
    if (type == NTMS_UNKNOWN) return Failure{wrong_usage("/k names no type: '" + name + "'")};
    const auto timeout = timeout_of(command);
    if (!timeout) return Failure{timeout.error()};
    const auto count = changes_wanted(command);
    if (!count) return Failure{count.error()};
    const HANDLE channel = OpenNtmsNotification(command.rsm.session(), type);
    if (channel == INVALID_HANDLE_VALUE) return outcome_of(GetLastError());
    DWORD error = ERROR_SUCCESS;
    for (std::uint64_t seen = 0; seen < *count && error == ERROR_SUCCESS; ++seen) {
        NTMS_NOTIFICATIONINFORMATION change = {};
        error = WaitForNtmsNotification(channel, &change, *timeout);
        if (error == ERROR_SUCCESS) print_change(command, change, type);
    }
    CloseNtmsNotification(channel);
    // Silence for as long as was asked for is an end like another.
    return outcome_of(error == ERROR_TIMEOUT ? ERROR_SUCCESS : error);
}

}  // namespace nearline::apps
