#include "apps/host/control_service.h"

#include <google/protobuf/util/json_util.h>

#include "nearline/v1/control.pb.h"

namespace nearline::apps {
namespace {

using library::ElementType;
using library::Operator;
using library::OperatorRefusal;

std::string json_of(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    options.preserve_proto_field_names = true;
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
    CHECK(status.ok());
    return json;
}

// Empty when it is such a message, else what is wrong with it.
std::string parse(const std::string& json, google::protobuf::Message& message) {
    const auto status = google::protobuf::util::JsonStringToMessage(json, &message);
    return status.ok() ? "" : std::string(status.message());
}

v1::Place::Kind kind_of(ElementType type) {
    switch (type) {
        case ElementType::MediumTransport:
            return v1::Place::ROBOT;
        case ElementType::Storage:
            return v1::Place::SLOT;
        case ElementType::ImportExport:
            return v1::Place::STATION;
        case ElementType::DataTransfer:
            return v1::Place::DRIVE;
    }
    return v1::Place::KIND_UNSPECIFIED;
}

std::optional<library::Placement> placement_of(const v1::Place& place) {
    if (place.number() == 0 || place.number() > 0xFFFF) return std::nullopt;
    const auto number = static_cast<std::uint16_t>(place.number() - 1);
    switch (place.kind()) {
        case v1::Place::ROBOT:
            return library::Placement{ElementType::MediumTransport, number};
        case v1::Place::SLOT:
            return library::Placement{ElementType::Storage, number};
        case v1::Place::STATION:
            return library::Placement{ElementType::ImportExport, number};
        case v1::Place::DRIVE:
            return library::Placement{ElementType::DataTransfer, number};
        default:
            return std::nullopt;
    }
}

Operator::Done refused(std::string why) {
    return base::Failure{OperatorRefusal{std::move(why)}};
}

Operator::Done insert(Operator& hands, const v1::OperatorRequest& request) {
    if (!request.has_where()) return hands.insert(request.cartridge(), std::nullopt);
    const auto where = placement_of(request.where());
    if (!where) return refused("no such place");
    return hands.insert(request.cartridge(), where);
}

// The number of a magazine or drive, from 1, for an act that needs one.
template <typename Act>
Operator::Done numbered(const v1::OperatorRequest& request, Act act) {
    if (request.number() == 0 || request.number() > 0xFFFF) return refused("numbers are from 1");
    return act(static_cast<std::uint16_t>(request.number() - 1));
}

Operator::Done perform(Operator& hands, const v1::OperatorRequest& request) {
    using Request = v1::OperatorRequest;
    switch (request.act()) {
        case Request::OPEN_DOOR:
            return hands.open_door();
        case Request::CLOSE_DOOR:
            return hands.close_door();
        case Request::OPEN_STATION:
            return hands.open_station();
        case Request::CLOSE_STATION:
            return hands.close_station();
        case Request::TAKE:
            return hands.take(request.cartridge());
        case Request::INSERT:
            return insert(hands, request);
        case Request::PULL_MAGAZINE:
            return numbered(request, [&](auto number) { return hands.pull_magazine(number); });
        case Request::PUSH_MAGAZINE:
            return numbered(request, [&](auto number) { return hands.push_magazine(number); });
        case Request::SET_ONLINE:
            return hands.set_online(true);
        case Request::SET_OFFLINE:
            return hands.set_online(false);
        case Request::POWER_OFF:
            return hands.power_off();
        case Request::POWER_ON:
            return hands.power_on();
        case Request::PRESS_EJECT:
            return numbered(request, [&](auto drive) { return hands.press_eject(drive); });
        case Request::DRIVE_POWER_OFF:
            return numbered(request,
                            [&](auto drive) { return hands.set_drive_power(drive, false); });
        case Request::DRIVE_POWER_ON:
            return numbered(request,
                            [&](auto drive) { return hands.set_drive_power(drive, true); });
        default:
            return refused("no such act");
    }
}

void fill(v1::CartridgeView& out, const media::CartridgeDescription& cartridge) {
    out.set_id(static_cast<std::uint32_t>(cartridge.id));
    out.set_label(cartridge.label);
    out.set_type(std::string(media::to_text(cartridge.type)));
    out.set_generation(std::string(media::to_text(cartridge.generation)));
}

v1::StatusAnswer answer_of(const library::LibraryView& view) {
    v1::StatusAnswer answer;
    answer.set_library(view.name);
    answer.set_personality(view.personality);
    answer.set_is_powered(view.is_powered);
    answer.set_is_ready(view.is_ready);
    for (const library::PlaceView& place : view.places) {
        v1::PlaceView& out = *answer.add_places();
        out.mutable_place()->set_kind(kind_of(place.type));
        out.mutable_place()->set_number(place.place + 1U);
        out.set_address(static_cast<std::uint32_t>(place.address));
        out.set_is_accessible(place.is_accessible);
        if (place.cartridge) fill(*out.mutable_cartridge(), *place.cartridge);
    }
    for (const std::string& state : view.drive_states) answer.add_drive_states(state);
    for (const auto& cartridge : view.outside) fill(*answer.add_outside(), cartridge);
    return answer;
}

}  // namespace

HttpAnswer error_answer(const std::string& code, const std::string& message) {
    v1::Error error;
    error.set_code(code);
    error.set_message(message);
    unsigned status = 400;
    if (code == "not_found" || code == "unimplemented") status = 404;
    if (code == "refused") status = 409;
    if (code == "unavailable") status = 503;
    return {status, json_of(error)};
}

HttpAnswer ControlService::answer(const HttpRequest& request) {
    const std::string_view method = std::string_view(request.path).substr(kPrefix.size());
    before_act_();
    if (method == "Operator") return act(request.body);
    if (method == "Status") return status(request.body);
    return error_answer("unimplemented", "no method " + std::string(method));
}

HttpAnswer ControlService::act(const std::string& json) {
    v1::OperatorRequest request;
    if (const auto wrong = parse(json, request); !wrong.empty()) {
        return error_answer("invalid_argument", wrong);
    }
    if (!request.library().empty() && request.library() != library_.description().name) {
        return error_answer("not_found", "no library '" + request.library() + "' here");
    }
    const auto done = perform(library_.library_operator(), request);
    if (!done) return error_answer("refused", done.error().reason);
    return {200, json_of(v1::OperatorAnswer())};
}

HttpAnswer ControlService::status(const std::string& json) {
    v1::StatusRequest request;
    if (const auto wrong = parse(json, request); !wrong.empty()) {
        return error_answer("invalid_argument", wrong);
    }
    if (!request.library().empty() && request.library() != library_.description().name) {
        return error_answer("not_found", "no library '" + request.library() + "' here");
    }
    return {200, json_of(answer_of(library_.library_operator().view()))};
}

}  // namespace nearline::apps
