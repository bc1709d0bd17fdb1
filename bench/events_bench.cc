// The event kernel against std::priority_queue doing the same: a number of pending events, each of
// which schedules itself again when it runs (the classic hold model).
#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <vector>

#include "sim/random.h"
#include "sim/simulation.h"

namespace nearline::sim {
namespace {

// Delays drawn beforehand, so that drawing is not measured.
class Delays {
public:
    Delays() {
        RandomStream random(1);
        for (Duration& delay : delays_) delay = Duration(random.below(1'000'000));
    }
    Duration next() { return delays_[at_++ % delays_.size()]; }

private:
    std::array<Duration, 4096> delays_{};
    std::size_t at_ = 0;
};

class Repeating final : public Event {
public:
    Repeating(Simulation& simulation, Delays& delays) : simulation_(simulation), delays_(delays) {
        again();
    }

private:
    void fire() override { again(); }
    void again() { simulation_.schedule(*this, simulation_.now() + delays_.next()); }

    Simulation& simulation_;
    Delays& delays_;
};

void kernel(benchmark::State& state) {
    Simulation simulation;
    Delays delays;
    std::vector<std::unique_ptr<Repeating>> events;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        events.push_back(std::make_unique<Repeating>(simulation, delays));
    }
    for ([[maybe_unused]] auto _ : state) simulation.run_next();
    state.SetItemsProcessed(static_cast<std::int64_t>(simulation.events_run()));
}
BENCHMARK(kernel)->Name("events/kernel")->Arg(64)->Arg(1024)->Arg(65536);

void timers(benchmark::State& state) {
    Simulation simulation;
    Delays delays;
    std::vector<std::unique_ptr<Timer>> events;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        events.push_back(nullptr);
        std::unique_ptr<Timer>& timer = events.back();
        const auto index = static_cast<std::size_t>(i);
        timer = std::make_unique<Timer>(
            simulation, [&events, &delays, index] { events[index]->start(delays.next()); });
        timer->start(delays.next());
    }
    for ([[maybe_unused]] auto _ : state) simulation.run_next();
    state.SetItemsProcessed(static_cast<std::int64_t>(simulation.events_run()));
}
BENCHMARK(timers)->Name("events/timers")->Arg(64)->Arg(1024)->Arg(65536);

void priority_queue(benchmark::State& state) {
    struct Entry {
        Time at;
        std::uint64_t sequence;
        std::size_t event;
        bool operator>(const Entry& other) const {
            return at != other.at ? at > other.at : sequence > other.sequence;
        }
    };
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    Delays delays;
    std::uint64_t sequence = 0;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        queue.push({kPowerOn + delays.next(), sequence++, static_cast<std::size_t>(i)});
    }
    std::int64_t run = 0;
    for ([[maybe_unused]] auto _ : state) {
        const Entry due = queue.top();
        queue.pop();
        queue.push({due.at + delays.next(), sequence++, due.event});
        ++run;
    }
    state.SetItemsProcessed(run);
}
BENCHMARK(priority_queue)->Name("events/priority_queue")->Arg(64)->Arg(1024)->Arg(65536);

}  // namespace
}  // namespace nearline::sim
