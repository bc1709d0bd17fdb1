#include "sim/simulation.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace nearline::sim {

namespace {
constexpr std::size_t kArity = 4;
}  // namespace

Event::~Event() {
    if (simulation_ != nullptr) simulation_->cancel(*this);
}

Simulation::~Simulation() {
    for (const Entry& entry : heap_) {
        entry.event->simulation_ = nullptr;
    }
}

void Simulation::schedule(Event& event, Time at) {
    CHECK(!event.is_scheduled());
    CHECK(at >= now_);
    event.simulation_ = this;
    heap_.emplace_back();
    sift_up(heap_.size() - 1, Entry{at, next_sequence_++, &event});
}

void Simulation::cancel(Event& event) {
    if (!event.is_scheduled()) return;
    CHECK(event.simulation_ == this);
    event.simulation_ = nullptr;
    take_out(event.place_);
}

bool Simulation::run_next() {
    if (heap_.empty()) return false;
    const Entry due = heap_.front();
    take_out(0);
    due.event->simulation_ = nullptr;
    now_ = due.at;
    ++events_run_;
    due.event->fire();
    return true;
}

void Simulation::run_until(Time until) {
    CHECK(until >= now_);
    while (next_event_time() <= until && run_next()) {
    }
    now_ = until;
}

void Simulation::put(std::size_t place, const Entry& entry) {
    heap_[place] = entry;
    entry.event->place_ = place;
}

void Simulation::sift_up(std::size_t place, const Entry& entry) {
    while (place > 0) {
        const std::size_t parent = (place - 1) / kArity;
        if (!is_before(entry, heap_[parent])) break;
        put(place, heap_[parent]);
        place = parent;
    }
    put(place, entry);
}

void Simulation::sift_down(std::size_t place, const Entry& entry) {
    while (true) {
        const std::size_t first = place * kArity + 1;
        if (first >= heap_.size()) break;
        const std::size_t last = std::min(first + kArity, heap_.size());
        std::size_t least = first;
        for (std::size_t child = first + 1; child < last; ++child) {
            if (is_before(heap_[child], heap_[least])) least = child;
        }
        if (!is_before(heap_[least], entry)) break;
        put(place, heap_[least]);
        place = least;
    }
    put(place, entry);
}

void Simulation::take_out(std::size_t place) {
    const Entry last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
    if (place > 0 && is_before(last, heap_[(place - 1) / kArity])) {
        sift_up(place, last);
    } else {
        sift_down(place, last);
    }
}

void Timer::start(Duration delay) {
    CHECK(delay >= Duration::zero());
    const Time now = simulation_.now();
    start_at(delay > kNever - now ? kNever : now + delay);
}

void Timer::start_at(Time at) {
    simulation_.cancel(*this);
    simulation_.schedule(*this, at);
}

}  // namespace nearline::sim
