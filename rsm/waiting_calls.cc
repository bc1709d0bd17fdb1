#include "rsm/waiting_calls.h"

#include <algorithm>
#include <array>
#include <utility>

namespace nearline::rsm {
namespace {

constexpr std::size_t kLimit = 1'000;

constexpr std::array kFunctions = {
    WaitingFunction{"AllocateMedia", begin_allocate_media},
    WaitingFunction{"MountMedia", begin_mount_media},
    WaitingFunction{"WaitForOperatorRequest", begin_wait_for_operator_request},
    WaitingFunction{"IdentifySlot", begin_identify_slot},
};

}  // namespace

std::span<const WaitingFunction> waiting_functions() {
    return kFunctions;
}

WaitingCalls::WaitingCalls(Delays& delays, std::function<void()> changed)
    : delays_(delays), changed_(std::move(changed)) {}

void WaitingCalls::begin(const Guid& session, std::unique_ptr<WaitingCall> call, Transact transact,
                         std::function<void(Answer)> done) {
    if (waiting_.size() >= kLimit) return done(call->answer(Error::NotEnoughMemory));
    const std::uint64_t number = ++begun_;
    const std::uint32_t timeout_ms = call->timeout_ms();
    const std::shared_ptr<WaitingCall> kept = std::move(call);
    waiting_.push_back({number, session, kept, transact, std::move(done)});
    const auto outcome = kept->attempt(transact);
    if (outcome) return end(number, *outcome);
    // What it left is for others to do, who come before its time is over, however short.
    changed_();
    if (timeout_ms == kForever) return;
    delays_.in_full(timeout_ms, [this, number, alive = std::weak_ptr<char>(alive_)] {
        if (!alive.expired()) expire(number);
    });
}

void WaitingCalls::retry() {
    is_retry_due_ = true;
    if (is_retrying_) return;
    is_retrying_ = true;
    // It ends: only a call that ended, or its answer, makes another round due.
    while (is_retry_due_) {
        is_retry_due_ = false;
        retry_all();
    }
    is_retrying_ = false;
}

void WaitingCalls::retry_all() {
    std::vector<std::uint64_t> numbers;
    for (const Waiting& waiting : waiting_) numbers.push_back(waiting.number);
    for (const std::uint64_t number : numbers) {
        const auto waiting = find(number);
        if (!waiting) continue;
        const auto outcome = waiting->call->attempt(waiting->transact);
        if (outcome) end(number, *outcome);
    }
}

void WaitingCalls::expire(std::uint64_t number) {
    const auto waiting = find(number);
    if (!waiting) return;
    const auto outcome = waiting->call->expire(waiting->transact);
    if (outcome) end(number, *outcome);
}

void WaitingCalls::end_session(const Guid& session) {
    std::vector<std::uint64_t> numbers;
    for (const Waiting& waiting : waiting_) {
        if (waiting.session == session) numbers.push_back(waiting.number);
    }
    for (const std::uint64_t number : numbers) {
        const auto waiting = find(number);
        if (!waiting) continue;
        waiting->call->give_up(waiting->transact);
        end(number, Error::Cancelled);
    }
}

std::optional<WaitingCalls::Waiting> WaitingCalls::find(std::uint64_t number) const {
    const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) {
        return waiting.number == number;
    });
    if (found == waiting_.end()) return std::nullopt;
    return *found;
}

void WaitingCalls::end(std::uint64_t number, Error error) {
    const auto ended = find(number);
    if (!ended) return;
    std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.number == number; });
    ended->done(ended->call->answer(error));
    changed_();
}

}  // namespace nearline::rsm
