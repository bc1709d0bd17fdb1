// The control service: what an operator standing before the library can do and see, as JSON
// messages (proto/nearline/v1/control.proto).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "apps/host/http_server.h"
#include "library/library.h"

namespace nearline::apps {

class ControlService {
public:
    static constexpr std::string_view kPrefix = "/nearline.v1.ControlService/";

    // `before_act` brings the simulation up to now. Both must outlive it.
    ControlService(library::Library& library, std::function<void()> before_act)
        : library_(library), before_act_(std::move(before_act)) {}

    // `path` begins with the prefix.
    HttpAnswer answer(const HttpRequest& request);

private:
    HttpAnswer act(const std::string& json);
    HttpAnswer status(const std::string& json);

    library::Library& library_;
    std::function<void()> before_act_;
};

// An Error message of control.proto with the HTTP status that goes with its code.
HttpAnswer error_answer(const std::string& code, const std::string& message);

}  // namespace nearline::apps
