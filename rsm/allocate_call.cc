// AllocateNtmsMedia: when nothing fits it asks the operator for new media, and searches again after
// every change.
#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/waiting_calls.h"

namespace nearline::rsm {
namespace {

class AllocateCall final : public WaitingCall {
public:
    explicit AllocateCall(v1::AllocateMediaRequest request)
        : request_(std::move(request)),
          wanted_{id_of(request_.pool_id()), id_of(request_.partition_id()),
                  id_of(request_.media_id()), request_.options()} {}

    std::string session() const override { return request_.session(); }
    std::uint32_t timeout_ms() const override { return request_.timeout_ms(); }

    std::optional<Error> attempt(const Transact& transact) override {
        if (is_refused(transact)) return Error::Cancelled;
        const Error error = transact([&](Context& context) {
            const Error outcome = allocate_media(context, wanted_, allocated_);
            if (outcome == Error::Success) context.store.erase<OpRequest>(asked_);
            return outcome;
        });
        if (error != Error::MediaUnavailable || !may_wait()) return error;
        if (timeout_ms() == 0) return Error::Timeout;
        ask(transact);
        return std::nullopt;
    }

    std::optional<Error> expire(const Transact& transact) override {
        give_up(transact);
        return Error::Timeout;
    }

    void give_up(const Transact& transact) override {
        static_cast<void>(transact([&](Context& context) {
            context.store.erase<OpRequest>(asked_);
            return Error::Success;
        }));
    }

    Answer answer(Error error) override {
        v1::AllocateMediaAnswer reply;
        if (error == Error::Success) {
            reply.set_media_id(allocated_.logical_medium.text());
            reply.set_allocated_from(allocated_.from.text());
        }
        return answer_of(reply, error);
    }

private:
    // A particular side, or the next of a medium, is there or is not: no new media help.
    bool may_wait() const {
        const bool is_open_choice = !wanted_.side && (wanted_.options & kAllocateNext) == 0;
        return is_open_choice && (wanted_.options & kAllocateErrorIfUnavailable) == 0;
    }

    bool is_refused(const Transact& transact) {
        bool is_refused = false;
        static_cast<void>(transact([&](Context& context) {
            const auto asked = context.store.find<OpRequest>(asked_);
            is_refused = asked && asked->state == OpState::Refused;
            return Error::Success;
        }));
        return is_refused;
    }

    // Once; and again when the operator says it is done, yet there is still nothing.
    void ask(const Transact& transact) {
        static_cast<void>(transact([&](Context& context) {
            const auto asked = context.store.find<OpRequest>(asked_);
            if (asked && asked->state != OpState::Complete) return Error::Success;
            context.store.erase<OpRequest>(asked_);
            const auto pool = context.store.find<MediaPool>(wanted_.pool.value_or(Guid()));
            OpRequest request;
            request.command = OpCommand::NewMedia;
            request.submitted = context.now;
            request.message = "New media are needed in the pool " + (pool ? pool->name : "") + ".";
            request.argument1_type = ObjectType::MediaPool;
            request.argument1 = wanted_.pool.value_or(Guid());
            request.application = context.session.application;
            request.user = context.session.user_name;
            request.computer = context.session.computer;
            context.store.insert(request);
            asked_ = request.id;
            return Error::Success;
        }));
    }

    const v1::AllocateMediaRequest request_;
    const Allocation wanted_;
    Allocated allocated_;
    Guid asked_;  // the operator request
};

}  // namespace

std::unique_ptr<WaitingCall> begin_allocate_media(std::string_view json, Answer& refusal) {
    return begin_call<AllocateCall, v1::AllocateMediaRequest>(json, refusal);
}

}  // namespace nearline::rsm
