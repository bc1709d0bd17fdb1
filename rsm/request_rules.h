// Library and operator requests as objects: their order, their cancelling, their end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rsm/rules.h"

namespace nearline::rsm {

// --- library requests (request_rules.cc)

// From 1; 0 when the request has no place in the order.
Error request_order(Context& context, const Id& request, std::uint32_t& order);
Error set_request_order(Context& context, const Id& request, std::uint32_t order);
Error cancel_library_request(Context& context, const Id& request);
// Those of `ids` that are finished; the others are left, and no error.
Error delete_requests(Context& context, const std::vector<Guid>& ids, std::uint32_t type);

// --- operator requests (operator_rules.cc)

struct Question {
    std::uint32_t command = 0;
    std::string message;
    Id argument1;
    Id argument2;
};
Error submit_operator_request(Context& context, const Question& question, Guid& request);
// Nothing while it is open.
std::optional<Error> outcome_of_operator_request(Context& context, const Id& request);
Error cancel_operator_request(Context& context, const Id& request);
Error satisfy_operator_request(Context& context, const Id& request);
// The operator says the media are there, and a look has not found them: he is asked again.
void ask_again_for_media(Store& store, std::uint64_t now_ms);

}  // namespace nearline::rsm
