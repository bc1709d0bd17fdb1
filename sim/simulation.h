// The event kernel: virtual now, and what is to happen later, in a total order.
//
// An event's key is (time, sequence of scheduling), so equal times have an order and runs repeat.
// Events belong to whoever waits for them (see Timer); the queue is a heap of pointers, so that
// scheduling and cancelling cost O(log n) and allocate nothing once the heap has grown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "sim/time.h"

namespace nearline::sim {

class Simulation;

// Something that can be scheduled, at most once at a time. Destroying it cancels it.
class Event {
public:
    Event() = default;
    virtual ~Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    bool is_scheduled() const { return simulation_ != nullptr; }

protected:
    // Runs at the scheduled time; the event is no longer scheduled then, may schedule itself
    // again, and may be destroyed by what it sets in motion.
    virtual void fire() = 0;

private:
    friend class Simulation;
    Simulation* simulation_ = nullptr;
    std::size_t place_ = 0;  // index in the heap while scheduled
};

class Simulation {
public:
    Simulation() = default;
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    Time now() const { return now_; }

    // `event` must not be scheduled; `at` must not be in the past.
    void schedule(Event& event, Time at);
    // Nothing happens when it is not scheduled.
    void cancel(Event& event);

    bool is_idle() const { return heap_.empty(); }
    // kNever when nothing is scheduled.
    Time next_event_time() const { return heap_.empty() ? kNever : heap_.front().at; }
    // Advances to the next event and runs it; false when there is none.
    bool run_next();
    // Runs everything due at or before `until`, then stands at `until`.
    void run_until(Time until);
    std::uint64_t events_run() const { return events_run_; }

private:
    struct Entry {
        Time at;
        std::uint64_t sequence;
        Event* event;
    };
    static bool is_before(const Entry& a, const Entry& b) {
        return a.at != b.at ? a.at < b.at : a.sequence < b.sequence;
    }
    void put(std::size_t place, const Entry& entry);
    void sift_up(std::size_t place, const Entry& entry);
    void sift_down(std::size_t place, const Entry& entry);
    void take_out(std::size_t place);

    Time now_ = kPowerOn;
    std::uint64_t next_sequence_ = 0;
    std::uint64_t events_run_ = 0;
    std::vector<Entry> heap_;  // 4-ary: shallower, and four children share a cache line or two
};

// A one-shot timer with its action: a member of the state that waits, so leaving cancels it. The
// action may destroy the timer; what it captured is gone then.
class Timer final : public Event {
public:
    Timer(Simulation& simulation, std::function<void()> action)
        : simulation_(simulation), action_(std::move(action)) {}

    // (Re)starts: an earlier start is forgotten. `delay` is not negative; one beyond the end of
    // time is never.
    void start(Duration delay);
    void start_at(Time at);
    void stop() { simulation_.cancel(*this); }
    bool is_running() const { return is_scheduled(); }

private:
    void fire() override { action_(); }

    Simulation& simulation_;
    std::function<void()> action_;
};

}  // namespace nearline::sim
