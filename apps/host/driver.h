// Drives a simulation from the host's event loop: decides when virtual time may pass.
//
// Instant: sockets come first; when no byte waits, jump to the next event. Paced: virtual time
// follows the real one at a factor. Either way input enters only between events: whoever has input
// calls before_input() first.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "sim/simulation.h"

namespace nearline::apps {

// How fast virtual time passes: `factor` times the real one; nothing: instantly.
struct Pace {
    std::optional<std::uint32_t> factor;
    bool is_instant() const { return !factor.has_value(); }
};
// "instant", "1x", "60x": a whole factor from 1 to 1000000.
base::Result<Pace, std::string> parse_pace(const std::string& text);

class Driver {
public:
    Driver(boost::asio::io_context& loop, sim::Simulation& simulation, Pace pace);

    // Brings the simulation to the moment of the input that has just arrived.
    void before_input();
    // Runs loop and simulation until stop().
    void run();
    void stop();
    bool is_instant() const { return pace_.is_instant(); }

private:
    using Clock = std::chrono::steady_clock;

    sim::Time virtual_now() const;
    void run_instant();
    void run_paced();
    void wait_for_next_event();

    boost::asio::io_context& loop_;
    // A loop that runs out of work would stop, and run nothing that comes later.
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    sim::Simulation& simulation_;
    Pace pace_;
    Clock::time_point started_ = Clock::now();
    sim::Time started_at_;
    boost::asio::steady_timer timer_;
    sim::Time timer_is_for_ = sim::kNever;
    bool is_stopped_ = false;
};

}  // namespace nearline::apps
