// WaitForNtmsOperatorRequest.
#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/request_rules.h"

namespace nearline::rsm {
namespace {

class OperatorCall final : public WaitingCall {
public:
    explicit OperatorCall(v1::WaitForOperatorRequestRequest request)
        : request_(std::move(request)) {}

    std::string session() const override { return request_.session(); }
    std::uint32_t timeout_ms() const override { return request_.timeout_ms(); }

    std::optional<Error> attempt(const Transact& transact) override {
        std::optional<Error> outcome;
        const Error error = transact([&](Context& context) {
            outcome = outcome_of_operator_request(context, id_of(request_.request_id()));
            return Error::Success;
        });
        return error == Error::Success ? outcome : error;
    }

    std::optional<Error> expire(const Transact&) override { return Error::Timeout; }
    void give_up(const Transact&) override {}

    Answer answer(Error error) override {
        v1::WaitForOperatorRequestAnswer reply;
        return answer_of(reply, error);
    }

private:
    const v1::WaitForOperatorRequestRequest request_;
};

}  // namespace

std::unique_ptr<WaitingCall> begin_wait_for_operator_request(std::string_view json,
                                                             Answer& refusal) {
    return begin_call<OperatorCall, v1::WaitForOperatorRequestRequest>(json, refusal);
}

}  // namespace nearline::rsm
