// IdentifyNtmsSlot: returns when the label of the slot's medium has been read, and at once for an
// empty slot.
#include "rsm/intake_rules.h"
#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/waiting_calls.h"

namespace nearline::rsm {
namespace {

class IdentifyCall final : public WaitingCall {
public:
    explicit IdentifyCall(v1::IdentifySlotRequest request) : request_(std::move(request)) {}

    std::string session() const override { return request_.session(); }
    std::uint32_t timeout_ms() const override { return kForever; }

    std::optional<Error> attempt(const Transact& transact) override {
        if (!is_queued_) return begin(transact);
        bool is_open = false;
        const Error error = transact([&](Context& context) {
            const auto queued = context.store.find<LibRequest>(queued_);
            is_open = queued && (queued->state == RequestState::Queued ||
                                 queued->state == RequestState::InProcess);
            return Error::Success;
        });
        if (error != Error::Success) return error;
        // Whether the label could be read is the request's to tell: no code here says so.
        return is_open ? std::nullopt : std::optional(Error::Success);
    }

    std::optional<Error> expire(const Transact&) override { return std::nullopt; }
    // What is queued in a library goes on.
    void give_up(const Transact&) override {}

    Answer answer(Error error) override {
        v1::IdentifySlotAnswer reply;
        return answer_of(reply, error);
    }

private:
    std::optional<Error> begin(const Transact& transact) {
        const Error error = transact([&](Context& context) {
            return identify_slot(context, id_of(request_.slot_id()), request_.option(), queued_);
        });
        is_queued_ = error == Error::Success && !queued_.is_null();
        return is_queued_ ? std::nullopt : std::optional(error);
    }

    v1::IdentifySlotRequest request_;
    bool is_queued_ = false;
    Guid queued_;
};

}  // namespace

std::unique_ptr<WaitingCall> begin_identify_slot(std::string_view json, Answer& refusal) {
    return begin_call<IdentifyCall, v1::IdentifySlotRequest>(json, refusal);
}

}  // namespace nearline::rsm
