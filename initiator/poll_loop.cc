#include "initiator/poll_loop.h"

#include <poll.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace nearline::initiator {

class PollLoop::PollWatch final : public Watch {
public:
    PollWatch(PollLoop& loop, std::uint64_t id) : loop_(loop), id_(id) {}
    ~PollWatch() override { loop_.watched_.erase(id_); }
    void want(Readiness readiness) override { loop_.watched_.at(id_).wanted = readiness; }

private:
    PollLoop& loop_;
    std::uint64_t id_;
};

class PollLoop::PollDelayed final : public Delayed {
public:
    PollDelayed(PollLoop& loop, std::uint64_t id) : loop_(loop), id_(id) {}
    ~PollDelayed() override { loop_.delayed_.erase(id_); }

private:
    PollLoop& loop_;
    std::uint64_t id_;
};

std::unique_ptr<Loop::Watch> PollLoop::watch(int descriptor, std::function<void(Readiness)> ready) {
    const std::uint64_t id = next_id_++;
    watched_.emplace(id, Watched{descriptor, {}, std::move(ready)});
    return std::make_unique<PollWatch>(*this, id);
}

std::unique_ptr<Loop::Delayed> PollLoop::after(std::chrono::milliseconds delay,
                                               std::function<void()> action) {
    const std::uint64_t id = next_id_++;
    delayed_.emplace(id, Due{Clock::now() + delay, std::move(action)});
    return std::make_unique<PollDelayed>(*this, id);
}

void PollLoop::run_once(std::chrono::milliseconds limit) {
    std::vector<pollfd> descriptors;
    std::vector<std::uint64_t> ids;
    for (const auto& [id, watched] : watched_) {
        if (watched.wanted == Readiness{}) continue;
        const int events =
            (watched.wanted.can_read ? POLLIN : 0) | (watched.wanted.can_write ? POLLOUT : 0);
        descriptors.push_back({watched.descriptor, static_cast<short>(events), 0});
        ids.push_back(id);
    }
    // An interrupted poll leaves every revents zero: then only what is due runs.
    if (::poll(descriptors.data(), descriptors.size(), milliseconds_to_wait(limit)) < 0) {
        for (pollfd& descriptor : descriptors) descriptor.revents = 0;
    }
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
        const short events = descriptors[i].revents;
        const auto found = watched_.find(ids[i]);
        if (events == 0 || found == watched_.end()) continue;
        // A copy: the call may end the watch and with it the function.
        const auto ready = found->second.ready;
        ready({(events & (POLLIN | POLLERR | POLLHUP | POLLNVAL)) != 0, (events & POLLOUT) != 0});
    }
    run_due();
}

bool PollLoop::run_until(const std::function<bool()>& is_done, std::chrono::milliseconds limit) {
    const Clock::time_point end = Clock::now() + limit;
    while (!is_done()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        if (left.count() <= 0) return false;
        if (watched_.empty() && delayed_.empty()) return false;
        run_once(left);
    }
    return true;
}

// Only what is due now: an action that starts another with no delay cannot hold the loop.
void PollLoop::run_due() {
    const Clock::time_point now = Clock::now();
    std::vector<std::pair<Clock::time_point, std::uint64_t>> due;
    for (const auto& [id, delayed] : delayed_) {
        if (delayed.at <= now) due.emplace_back(delayed.at, id);
    }
    std::sort(due.begin(), due.end());
    for (const auto& [at, id] : due) {
        const auto found = delayed_.find(id);
        if (found == delayed_.end()) continue;
        const auto action = std::move(found->second.action);
        delayed_.erase(found);
        action();
    }
}

// Rounded up, so that the loop does not spin through the last millisecond.
int PollLoop::milliseconds_to_wait(std::chrono::milliseconds limit) const {
    std::chrono::milliseconds wait = limit;
    const Clock::time_point now = Clock::now();
    for (const auto& [id, delayed] : delayed_) {
        wait = std::min(wait, std::chrono::ceil<std::chrono::milliseconds>(delayed.at - now));
    }
    const auto most = static_cast<std::chrono::milliseconds::rep>(std::numeric_limits<int>::max());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(wait.count(), 0, most));
}

}  // namespace nearline::initiator
