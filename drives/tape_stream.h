// The buffer between the host and the tape, and the speed of the tape (physics sheet 4): GOOD means
// "in the buffer"; the tape drains it at one of the drive's speeds, and where a host is too slow
// for the slowest, the tape stops, backs up and starts again. Reading ahead is the same the other
// way.
//
// Nothing here has timers: it is asked how long something takes, and reckons from what it was told.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sim/time.h"

namespace nearline::drives {

struct StreamingProfile {
    std::vector<std::uint64_t> speeds;     // stored bytes per second, ascending; at least one
    std::uint64_t buffer = 1'000'000'000;  // bytes
    std::uint64_t interface_rate = 1'200'000'000;                // host bytes per second
    sim::Duration start = std::chrono::milliseconds(500);        // from rest to the first byte
    sim::Duration back_hitch = std::chrono::milliseconds(2500);  // stop, reverse and start
};

class TapeStream {
public:
    enum class Direction { Neither, Writing, Reading };

    explicit TapeStream(StreamingProfile profile);

    // How long until the drive can say GOOD to a WRITE, or has the data of a READ: `host` bytes on
    // the interface, `stored` bytes and `objects` on the tape.
    sim::Duration write(sim::Time now, std::uint64_t host, std::uint64_t stored,
                        std::uint64_t objects);
    sim::Duration read(sim::Time now, std::uint64_t host, std::uint64_t stored);
    // How long until everything written is on the tape. The tape stops behind it, and the next
    // write finds it stopped.
    sim::Duration flush(sim::Time now) const;
    // How long so much takes to pass the head at full speed.
    sim::Duration passing_time(std::uint64_t stored) const;
    // The tape rests: the buffer is empty, what was read ahead is forgotten.
    void stop();

    Direction direction() const { return direction_; }
    // When the tape comes to rest if nothing more is asked.
    sim::Time rests_at() const;
    // Written, but not on the tape yet.
    std::uint64_t buffered_bytes(sim::Time now) const;
    std::uint64_t buffered_objects(sim::Time now) const;
    // Of all stops since it was made, how often the host was too slow.
    std::uint64_t back_hitches() const { return back_hitches_; }
    std::uint64_t speed() const { return profile_.speeds[speed_]; }

private:
    struct Written {
        std::uint64_t end = 0;  // stored bytes, counted from the start of the stream
        std::uint64_t objects = 0;
    };

    void begin(sim::Time now, Direction direction);
    // Brings level_ up to `now`.
    void drain(sim::Time now);
    void fill(sim::Time now);
    std::uint64_t moved_by(sim::Time now) const;  // stored bytes since as_of_
    sim::Duration time_for(std::uint64_t bytes) const;
    sim::Duration interface_time(std::uint64_t bytes) const;
    void match_speed(sim::Time now, std::uint64_t stored);

    StreamingProfile profile_;
    Direction direction_ = Direction::Neither;
    std::size_t speed_ = 0;
    // Writing: bytes that wait for the tape. Reading: bytes read ahead of the host.
    std::uint64_t level_ = 0;
    sim::Time as_of_{};        // when level_ was true
    sim::Time moving_from_{};  // the tape passes data from then on
    std::uint64_t total_ = 0;  // stored bytes since the stream began
    std::deque<Written> waiting_;
    sim::Time window_begin_{};  // of measuring the host's rate
    std::uint64_t window_bytes_ = 0;
    std::uint64_t back_hitches_ = 0;
};

}  // namespace nearline::drives
