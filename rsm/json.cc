#include "rsm/json.h"

#include <google/protobuf/util/json_util.h>

#include "base/text.h"
#include "nearline/v1/control.pb.h"

namespace nearline::rsm {

std::string to_json(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
    return status.ok() ? json : std::string("{}");
}

Answer refusal(std::uint16_t http_status, const std::string& code, std::string message) {
    for (char& c : message) {
        if (c < ' ' || c > '~') c = '?';
    }
    v1::Error error;
    error.set_code(code);
    error.set_message(message);
    return {http_status, to_json(error)};
}

std::optional<Answer> read_json(std::string_view json, google::protobuf::Message& request) {
    const std::string text(base::trim(json).empty() ? "{}" : json);
    const auto status = google::protobuf::util::JsonStringToMessage(text, &request);
    if (status.ok()) return std::nullopt;
    return refusal(400, "invalid_argument", std::string(status.message()));
}

}  // namespace nearline::rsm
