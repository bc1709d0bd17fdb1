// Calls that wait: each is tried at once and after every change, until an attempt ends it, its time
// is over or its session ends. Every call ends once, whatever ends it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rsm/rules.h"

namespace nearline::rsm {

// Runs a rule in one transaction of the call's session; what it did is kept when it succeeds.
using Transact = std::function<Error(const std::function<Error(Context&)>&)>;

// One call of a function that waits.
class WaitingCall {
public:
    virtual ~WaitingCall() = default;
    virtual std::string session() const = 0;
    virtual std::uint32_t timeout_ms() const = 0;  // kForever: none

    // One attempt: the code the call ends with, or nothing while it has to wait.
    virtual std::optional<Error> attempt(const Transact& transact) = 0;
    // Its time is over: the code it ends with, or nothing to go on without a time-out.
    virtual std::optional<Error> expire(const Transact& transact) = 0;
    // Its session has ended: takes back what the call has left for others to do.
    virtual void give_up(const Transact& transact) = 0;
    virtual Answer answer(Error error) = 0;
};

// A function that waits. `begin` reads a call; nothing, with the refusal, when it cannot be read.
struct WaitingFunction {
    std::string_view method;
    std::unique_ptr<WaitingCall> (*begin)(std::string_view json, Answer& refusal);
};
std::span<const WaitingFunction> waiting_functions();

std::unique_ptr<WaitingCall> begin_identify_slot(std::string_view json, Answer& refusal);
std::unique_ptr<WaitingCall> begin_allocate_media(std::string_view json, Answer& refusal);
std::unique_ptr<WaitingCall> begin_mount_media(std::string_view json, Answer& refusal);
std::unique_ptr<WaitingCall> begin_wait_for_operator_request(std::string_view json,
                                                             Answer& refusal);

class WaitingCalls {
public:
    // `changed` runs when a call has ended: what it did or took back concerns others.
    WaitingCalls(Delays& delays, std::function<void()> changed);
    WaitingCalls(const WaitingCalls&) = delete;
    WaitingCalls& operator=(const WaitingCalls&) = delete;

    void begin(const Guid& session, std::unique_ptr<WaitingCall> call, Transact transact,
               std::function<void(Answer)> done);
    // Something changed: every call is tried again.
    void retry();
    void end_session(const Guid& session);

private:
    struct Waiting {
        std::uint64_t number = 0;
        Guid session;
        std::shared_ptr<WaitingCall> call;
        Transact transact;
        std::function<void(Answer)> done;
    };

    void retry_all();
    void expire(std::uint64_t number);
    std::optional<Waiting> find(std::uint64_t number) const;
    void end(std::uint64_t number, Error error);

    Delays& delays_;
    std::function<void()> changed_;
    std::vector<Waiting> waiting_;
    std::uint64_t begun_ = 0;
    bool is_retrying_ = false;
    bool is_retry_due_ = false;
    std::shared_ptr<char> alive_ = std::make_shared<char>();  // watched by late callbacks
};

}  // namespace nearline::rsm
