// The functions of the API that are rules and nothing else: a request that names a session, one
// transaction, an answer with a code. Each area lists its own; the service serves them by name.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "rsm/rules.h"

namespace nearline::rsm {

// Runs `rule` in one transaction of the session of this name; InvalidHandle when there is none.
using InSession =
    std::function<Error(const std::string& session, const std::function<Error(Context&)>& rule)>;

struct Served {
    Error error = Error::Success;
    Answer answer;
};

struct Function {
    std::string_view method;  // the name after the slash: "MoveToMediaPool"
    Served (*serve)(std::string_view json, const InSession& in_session);
};

std::span<const Function> media_functions();
std::span<const Function> pool_functions();
std::span<const Function> object_functions();
std::span<const Function> library_functions();
std::span<const Function> detail_functions();
std::span<const Function> record_functions();
std::span<const Function> removal_functions();
std::span<const Function> cleaner_functions();
std::span<const Function> mount_functions();
std::span<const Function> request_functions();
std::span<const Function> operator_functions();
std::span<const Function> intake_functions();
std::span<const Function> security_functions();

}  // namespace nearline::rsm
