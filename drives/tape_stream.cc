#include "drives/tape_stream.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace nearline::drives {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint64_t kSecond = 1'000'000'000;
// How long the host's rate is watched before the speed follows it (physics sheet 4: 3 to 5 s).
constexpr sim::Duration kWatch = std::chrono::seconds(4);

// Rounded up: the last byte must have passed.
sim::Duration time_at(std::uint64_t bytes, std::uint64_t rate) {
    if (rate == 0) return {};
    const Wide nanoseconds = (Wide{bytes} * kSecond + rate - 1) / rate;
    return sim::Duration(static_cast<std::int64_t>(nanoseconds));
}

std::uint64_t bytes_in(sim::Duration time, std::uint64_t rate) {
    if (time <= sim::Duration{}) return 0;
    return static_cast<std::uint64_t>(Wide{static_cast<std::uint64_t>(time.count())} * rate /
                                      kSecond);
}

}  // namespace

TapeStream::TapeStream(StreamingProfile profile) : profile_(std::move(profile)) {
    CHECK(!profile_.speeds.empty());
    speed_ = profile_.speeds.size() - 1;
}

sim::Duration TapeStream::write(sim::Time now, std::uint64_t host, std::uint64_t stored,
                                std::uint64_t objects) {
    if (direction_ != Direction::Writing) begin(now, Direction::Writing);
    drain(now);
    match_speed(now, stored);
    const bool has_run_dry = level_ == 0 && total_ > 0;
    if (has_run_dry) {
        ++back_hitches_;
        moving_from_ = now + profile_.back_hitch;
    }
    level_ += stored;
    total_ += stored;
    waiting_.push_back({total_, objects});
    sim::Duration wait{};
    if (level_ > profile_.buffer) {
        wait = time_for(level_ - profile_.buffer);
        if (moving_from_ > now) wait += moving_from_ - now;
    }
    return std::max(wait, interface_time(host));
}

sim::Duration TapeStream::read(sim::Time now, std::uint64_t host, std::uint64_t stored) {
    if (direction_ != Direction::Reading) begin(now, Direction::Reading);
    fill(now);
    total_ += stored;
    sim::Duration wait{};
    if (stored > level_) {
        wait = time_for(stored - level_);
        if (moving_from_ > now) wait += moving_from_ - now;
        level_ = 0;
        as_of_ = now + wait;
    } else {
        level_ -= stored;
    }
    return std::max(wait, interface_time(host));
}

sim::Duration TapeStream::flush(sim::Time now) const {
    if (direction_ != Direction::Writing || level_ == 0) return {};
    const sim::Time drained = std::max(as_of_, moving_from_) + time_for(level_);
    return drained > now ? drained - now : sim::Duration{};
}

void TapeStream::stop() {
    direction_ = Direction::Neither;
    level_ = 0;
    total_ = 0;
    waiting_.clear();
}

sim::Duration TapeStream::passing_time(std::uint64_t stored) const {
    return time_at(stored, profile_.speeds.back());
}

// Stopping takes the reverse of starting: half a back-hitch.
sim::Time TapeStream::rests_at() const {
    switch (direction_) {
        case Direction::Neither:
            return as_of_;
        case Direction::Writing:
            return std::max(as_of_, moving_from_) + time_for(level_) + profile_.back_hitch / 2;
        case Direction::Reading:
            break;
    }
    const std::uint64_t ahead = profile_.buffer - std::min(profile_.buffer, level_);
    return std::max(as_of_, moving_from_) + time_for(ahead) + profile_.back_hitch / 2;
}

std::uint64_t TapeStream::buffered_bytes(sim::Time now) const {
    if (direction_ != Direction::Writing) return 0;
    return level_ - std::min(level_, moved_by(now));
}

std::uint64_t TapeStream::buffered_objects(sim::Time now) const {
    const std::uint64_t on_tape = total_ - buffered_bytes(now);
    std::uint64_t objects = 0;
    for (const Written& written : waiting_) {
        if (written.end > on_tape) objects += written.objects;
    }
    return objects;
}

// The other way: what was written must be on the tape first; what was read ahead lies behind the
// host's position, and the tape must go back there.
void TapeStream::begin(sim::Time now, Direction direction) {
    sim::Time free = now;
    if (direction_ == Direction::Writing) free = std::max(now, rests_at());
    if (direction_ == Direction::Reading) free = now + profile_.back_hitch / 2;
    stop();
    direction_ = direction;
    as_of_ = now;
    moving_from_ = free + profile_.start;
    window_begin_ = now;
    window_bytes_ = 0;
    speed_ = profile_.speeds.size() - 1;
}

void TapeStream::drain(sim::Time now) {
    level_ -= std::min(level_, moved_by(now));
    as_of_ = now;
    const std::uint64_t on_tape = total_ - level_;
    while (!waiting_.empty() && waiting_.front().end <= on_tape) waiting_.pop_front();
}

void TapeStream::fill(sim::Time now) {
    level_ = std::min(level_ + moved_by(now), profile_.buffer);
    as_of_ = std::max(as_of_, now);
}

std::uint64_t TapeStream::moved_by(sim::Time now) const {
    return bytes_in(now - std::max(as_of_, moving_from_), speed());
}

sim::Duration TapeStream::time_for(std::uint64_t bytes) const {
    return time_at(bytes, speed());
}

sim::Duration TapeStream::interface_time(std::uint64_t bytes) const {
    return time_at(bytes, profile_.interface_rate);
}

// The fastest speed the host can feed; the slowest when it can feed none. A full buffer says
// that it could feed more than it was let to.
void TapeStream::match_speed(sim::Time now, std::uint64_t stored) {
    window_bytes_ += stored;
    const sim::Duration watched = now - window_begin_;
    if (watched < kWatch) return;
    const Wide rate = Wide{window_bytes_} * kSecond / static_cast<std::uint64_t>(watched.count());
    const bool is_full = level_ + stored > profile_.buffer / 10 * 9;
    speed_ = profile_.speeds.size() - 1;
    while (!is_full && speed_ > 0 && profile_.speeds[speed_] > rate) --speed_;
    window_begin_ = now;
    window_bytes_ = 0;
}

}  // namespace nearline::drives
