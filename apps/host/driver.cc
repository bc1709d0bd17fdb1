#include "apps/host/driver.h"

#include <boost/asio/error.hpp>

#include "base/text.h"

namespace nearline::apps {

base::Result<Pace, std::string> parse_pace(const std::string& text) {
    if (text == "instant") return Pace{};
    constexpr std::uint64_t kFastest = 1'000'000;
    if (text.ends_with('x')) {
        const auto factor = base::parse_unsigned(std::string_view(text).substr(0, text.size() - 1));
        if (factor && *factor >= 1 && *factor <= kFastest) {
            return Pace{static_cast<std::uint32_t>(*factor)};
        }
    }
    return base::Failure{"'" + text + "' is no pace: instant, or 1x to 1000000x"};
}

Driver::Driver(boost::asio::io_context& loop, sim::Simulation& simulation, Pace pace)
    : loop_(loop),
      work_(loop.get_executor()),
      simulation_(simulation),
      pace_(pace),
      started_at_(simulation.now()),
      timer_(loop) {}

void Driver::before_input() {
    if (!pace_.is_instant()) simulation_.run_until(virtual_now());
}

void Driver::run() {
    if (pace_.is_instant()) {
        run_instant();
    } else {
        run_paced();
    }
}

void Driver::stop() {
    is_stopped_ = true;
    loop_.stop();
}

// Rounds down: an event never runs before its time.
sim::Time Driver::virtual_now() const {
    const auto real = std::chrono::duration_cast<sim::Duration>(Clock::now() - started_);
    const auto factor = static_cast<std::int64_t>(*pace_.factor);
    const sim::Duration rest = sim::kNever - started_at_;
    return real > rest / factor ? sim::kNever : started_at_ + real * factor;
}

void Driver::run_instant() {
    while (!is_stopped_) {
        if (loop_.poll() > 0) continue;
        if (is_stopped_) return;
        if (!simulation_.run_next() && loop_.run_one() == 0) return;
    }
}

void Driver::run_paced() {
    while (!is_stopped_) {
        simulation_.run_until(virtual_now());
        wait_for_next_event();
        if (loop_.run_one() == 0) return;
    }
}

void Driver::wait_for_next_event() {
    const sim::Time next = simulation_.next_event_time();
    if (next == timer_is_for_) return;
    timer_is_for_ = next;
    timer_.cancel();
    if (next == sim::kNever) return;
    // Rounds up by one, so that the event is due when the timer fires.
    const sim::Duration real =
        (next - started_at_) / static_cast<std::int64_t>(*pace_.factor) + sim::Duration(1);
    timer_.expires_at(started_ + std::chrono::duration_cast<Clock::duration>(real));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error != boost::asio::error::operation_aborted) timer_is_for_ = sim::kNever;
    });
}

}  // namespace nearline::apps
