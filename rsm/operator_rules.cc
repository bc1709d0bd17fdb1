#include "rsm/queue_rules.h"
#include "rsm/request_rules.h"

namespace nearline::rsm {
namespace {

// The null GUID is no argument, as a NULL pointer is.
Id given(const Id& id) {
    return id && !id->is_null() ? id : Id();
}

bool is_finished(const OpRequest& request) {
    return request.state == OpState::Refused || request.state == OpState::Complete;
}

bool is_device(ObjectType type) {
    switch (type) {
        case ObjectType::Changer:
        case ObjectType::Drive:
        case ObjectType::IEDoor:
        case ObjectType::IEPort:
        case ObjectType::Library:
        case ObjectType::PhysicalMedia:
        case ObjectType::StorageSlot:
            return true;
        default:
            return false;
    }
}

// Which arguments a command takes, and whose right it needs.
class Submission {
public:
    Submission(Context& context, const Question& question)
        : context_(context), store_(context.store), question_(question) {
        request_.command = static_cast<OpCommand>(question.command);
        request_.submitted = context.now;
        request_.message = question.message.substr(0, kMessageLength);
        request_.application = context.session.application;
        request_.user = context.session.user_name;
        request_.computer = context.session.computer;
    }

    Error check() {
        const Id first = given(question_.argument1);
        const Id second = given(question_.argument2);
        switch (request_.command) {
            case OpCommand::NewMedia:
                return check_new_media(first, second);
            case OpCommand::Cleaner:
                return second ? Error::InvalidParameter : check_cleaner(first);
            case OpCommand::DeviceService:
                return second ? Error::InvalidParameter : check_service(first);
            case OpCommand::MoveMedia:
                return check_move(first, second);
            case OpCommand::Message:
                if (first || second) return Error::InvalidParameter;
                return allowed("SubmitOperatorRequest: MESSAGE", {});
            case OpCommand::Unknown:
                break;
        }
        return Error::InvalidParameter;
    }

    OpRequest& request() { return request_; }

private:
    Error check_new_media(const Id& pool, const Id& library) {
        if (!pool) return Error::InvalidParameter;
        if (!store_.find<MediaPool>(*pool)) return Error::ObjectNotFound;
        if (library && !store_.find<Library>(*library)) return Error::ObjectNotFound;
        set_first(ObjectType::MediaPool, *pool);
        if (library) set_second(*library);
        return allowed("SubmitOperatorRequest: NEWMEDIA", {*pool, {}});
    }

    Error check_cleaner(const Id& place) {
        if (!place) return Error::InvalidParameter;
        const auto type = store_.type_of(*place);
        const bool is_place = type == ObjectType::Library || type == ObjectType::StorageSlot;
        if (!is_place) return Error::ObjectNotFound;
        set_first(*type, *place);
        return allowed("SubmitOperatorRequest: CLEANER", {{}, protector_of(store_, *type, *place)});
    }

    Error check_service(const Id& device) {
        if (!device) return Error::InvalidParameter;
        const auto type = store_.type_of(*device);
        if (!type || !is_device(*type)) return Error::ObjectNotFound;
        set_first(*type, *device);
        const auto medium = store_.find<PhysicalMedium>(*device);
        return allowed("SubmitOperatorRequest: DEVICESERVICE",
                       {{}, medium ? medium->library : protector_of(store_, *type, *device)});
    }

    Error check_move(const Id& medium_id, const Id& library) {
        if (!medium_id || !library) return Error::InvalidParameter;
        const auto medium = store_.find<PhysicalMedium>(*medium_id);
        if (!medium || !store_.find<Library>(*library)) return Error::ObjectNotFound;
        set_first(ObjectType::PhysicalMedia, medium->id);
        set_second(*library);
        return allowed("SubmitOperatorRequest: MOVEMEDIA", {medium->pool, {}});
    }

    void set_first(ObjectType type, const Guid& id) {
        request_.argument1_type = type;
        request_.argument1 = id;
    }
    void set_second(const Guid& library) {
        request_.argument2_type = ObjectType::Library;
        request_.argument2 = library;
    }
    Error allowed(std::string_view row, const Rights::On& on) const {
        return context_.rights.may(row, on) ? Error::Success : Error::AccessDenied;
    }

    Context& context_;
    Store& store_;
    const Question& question_;
    OpRequest request_;
};

// Nobody brings the medium: the mounts that wait for it are refused.
void refuse_mounts(Context& context, const OpRequest& request) {
    const bool is_for_mount = request.command == OpCommand::MoveMedia &&
                              request.argument2 != context.store.offline_library().id;
    if (!is_for_mount) return;
    for (LibRequest& waiting : context.store.open_requests_for(request.argument1)) {
        const bool is_waiting =
            waiting.operation == Operation::Mount && waiting.state == RequestState::Waiting;
        if (!is_waiting) continue;
        end_request(context.store, waiting, RequestState::Cancelled, Error::RequestRefused,
                    context.now);
    }
}

}  // namespace

Error submit_operator_request(Context& context, const Question& question, Guid& request) {
    Submission submission(context, question);
    const Error error = submission.check();
    if (error != Error::Success) return error;
    context.store.insert(submission.request());
    request = submission.request().id;
    return Error::Success;
}

std::optional<Error> outcome_of_operator_request(Context& context, const Id& id) {
    if (!id) return Error::InvalidParameter;
    const auto request = context.store.find<OpRequest>(*id);
    if (!request) return Error::ObjectNotFound;
    if (request->state == OpState::Complete) return Error::Success;
    if (request->state == OpState::Refused) return Error::Cancelled;
    return std::nullopt;
}

Error cancel_operator_request(Context& context, const Id& id) {
    if (!id) return Error::InvalidParameter;
    if (!context.rights.may("CancelOperatorRequest", {})) return Error::AccessDenied;
    auto request = context.store.find<OpRequest>(*id);
    if (!request) return Error::ObjectNotFound;
    if (is_finished(*request)) return Error::InvalidState;
    request->state = OpState::Refused;
    context.store.update(*request);
    refuse_mounts(context, *request);
    return Error::Success;
}

Error satisfy_operator_request(Context& context, const Id& id) {
    if (!id) return Error::InvalidParameter;
    if (!context.rights.may("SatisfyOperatorRequest", {})) return Error::AccessDenied;
    auto request = context.store.find<OpRequest>(*id);
    if (!request || is_finished(*request)) return Error::ObjectNotFound;
    request->state = OpState::Complete;
    context.store.update(*request);
    return Error::Success;
}

void ask_again_for_media(Store& store, std::uint64_t now_ms) {
    const auto libraries = store.ids(ObjectType::Library, ObjectType::Unknown, {});
    for (const Guid& library : libraries.value_or(std::vector<Guid>{})) {
        for (const LibRequest& mount : waiting_mounts(store, library)) {
            const auto medium = store.find<PhysicalMedium>(mount.medium);
            if (medium && is_offline(store, *medium)) ask_for_medium(store, mount, now_ms);
        }
    }
}

}  // namespace nearline::rsm
