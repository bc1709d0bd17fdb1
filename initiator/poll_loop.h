// A Loop on poll(2), for command line programs and tests: one thread, run by hand.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "initiator/loop.h"

namespace nearline::initiator {

// Must outlive every Watch and Delayed it gave out.
class PollLoop final : public Loop {
public:
    std::unique_ptr<Watch> watch(int descriptor, std::function<void(Readiness)> ready) override;
    std::unique_ptr<Delayed> after(std::chrono::milliseconds delay,
                                   std::function<void()> action) override;

    // Waits at most `limit` for something to happen, and runs what is due.
    void run_once(std::chrono::milliseconds limit);
    // Runs until `is_done` says so; false when `limit` passed first, or nothing is left to wait
    // for.
    bool run_until(const std::function<bool()>& is_done, std::chrono::milliseconds limit);

private:
    using Clock = std::chrono::steady_clock;
    class PollWatch;
    class PollDelayed;

    struct Watched {
        int descriptor = -1;
        Readiness wanted;
        std::function<void(Readiness)> ready;
    };
    struct Due {
        Clock::time_point at;
        std::function<void()> action;
    };

    void run_due();
    int milliseconds_to_wait(std::chrono::milliseconds limit) const;

    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, Watched> watched_;
    std::map<std::uint64_t, Due> delayed_;
};

}  // namespace nearline::initiator
