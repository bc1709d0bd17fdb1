#include "rsm/request_rules.h"

#include <algorithm>

#include "rsm/queue_rules.h"

namespace nearline::rsm {
namespace {

// The place of a request in its library's queue, counted from 1; 0 when it has none.
std::uint32_t place_of(Store& store, const LibRequest& request) {
    const auto mounts = waiting_mounts(store, request.library);
    const auto found = std::find_if(mounts.begin(), mounts.end(), [&](const LibRequest& mount) {
        return mount.id == request.id;
    });
    return found == mounts.end() ? 0 : static_cast<std::uint32_t>(found - mounts.begin()) + 1;
}

template <typename Row, typename IsFinished>
void delete_finished(Store& store, const std::vector<Guid>& ids, IsFinished&& is_finished) {
    for (const Guid& id : ids) {
        const auto request = store.find<Row>(id);
        if (request && is_finished(*request)) store.erase<Row>(id);
    }
}

}  // namespace

Error request_order(Context& context, const Id& id, std::uint32_t& order) {
    order = 0;
    if (!id) return Error::InvalidParameter;
    if (!context.rights.may("GetRequestOrder", {})) return Error::AccessDenied;
    const auto request = context.store.find<LibRequest>(*id);
    if (!request) return Error::ObjectNotFound;
    order = place_of(context.store, *request);
    return Error::Success;
}

Error set_request_order(Context& context, const Id& id, std::uint32_t order) {
    if (!id || order == 0) return Error::InvalidParameter;
    if (!context.rights.may("SetRequestOrder", {})) return Error::AccessDenied;
    const auto request = context.store.find<LibRequest>(*id);
    if (!request) return Error::ObjectNotFound;
    if (place_of(context.store, *request) == 0) return Error::InvalidParameter;
    reorder_mounts(context.store, request->library, {request->id}, order);
    return Error::Success;
}

Error cancel_library_request(Context& context, const Id& id) {
    if (!id) return Error::InvalidParameter;
    auto request = context.store.find<LibRequest>(*id);
    if (!request || !is_open(request->state)) return Error::ObjectNotFound;
    if (!context.rights.may("CancelLibraryRequest", {{}, request->library})) {
        return Error::AccessDenied;
    }
    // What the robot has begun cannot be removed.
    if (request->state == RequestState::InProcess) return Error::AccessDenied;
    if (request->operation == Operation::Eject) {
        context.store.end_operator_requests(request->medium, OpState::Refused);
    }
    end_request(context.store, *request, RequestState::Cancelled, Error::Cancelled, context.now);
    return Error::Success;
}

Error delete_requests(Context& context, const std::vector<Guid>& ids, std::uint32_t type_number) {
    const auto type = static_cast<ObjectType>(type_number);
    const bool is_type = type == ObjectType::LibRequest || type == ObjectType::OpRequest;
    if (ids.empty() || !is_type) return Error::InvalidParameter;
    if (!context.rights.may("DeleteRequests", {})) return Error::AccessDenied;
    if (type == ObjectType::LibRequest) {
        delete_finished<LibRequest>(
            context.store, ids, [](const LibRequest& request) { return !is_open(request.state); });
    } else {
        delete_finished<OpRequest>(context.store, ids, [](const OpRequest& request) {
            return request.state == OpState::Refused || request.state == OpState::Complete;
        });
    }
    return Error::Success;
}

}  // namespace nearline::rsm
