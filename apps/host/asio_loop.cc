#include "apps/host/asio_loop.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace nearline::apps {
namespace {

using boost::asio::posix::stream_descriptor;
using Error = boost::system::error_code;
using Readiness = initiator::Loop::Readiness;

// What waits holds it, so that destroying the watch from within its own call is safe.
class Watching : public std::enable_shared_from_this<Watching> {
public:
    Watching(boost::asio::io_context& loop, int descriptor, std::function<void(Readiness)> ready)
        : descriptor_(loop, descriptor), ready_(std::move(ready)) {}

    void want(Readiness wanted) {
        wanted_ = wanted;
        wait_to_read();
        wait_to_write();
    }

    // The descriptor stays its owner's.
    void end() {
        is_ended_ = true;
        descriptor_.release();
    }

private:
    void wait_to_read() {
        if (!wanted_.can_read || is_waiting_to_read_) return;
        is_waiting_to_read_ = true;
        descriptor_.async_wait(stream_descriptor::wait_read,
                               [self = shared_from_this()](const Error& error) {
                                   self->is_waiting_to_read_ = false;
                                   if (error || self->is_ended_) return;
                                   if (self->wanted_.can_read) self->ready_({.can_read = true});
                                   if (!self->is_ended_) self->wait_to_read();
                               });
    }

    void wait_to_write() {
        if (!wanted_.can_write || is_waiting_to_write_) return;
        is_waiting_to_write_ = true;
        descriptor_.async_wait(stream_descriptor::wait_write,
                               [self = shared_from_this()](const Error& error) {
                                   self->is_waiting_to_write_ = false;
                                   if (error || self->is_ended_) return;
                                   if (self->wanted_.can_write) self->ready_({.can_write = true});
                                   if (!self->is_ended_) self->wait_to_write();
                               });
    }

    stream_descriptor descriptor_;
    std::function<void(Readiness)> ready_;
    Readiness wanted_;
    bool is_waiting_to_read_ = false;
    bool is_waiting_to_write_ = false;
    bool is_ended_ = false;
};

class AsioWatch final : public initiator::Loop::Watch {
public:
    explicit AsioWatch(std::shared_ptr<Watching> watching) : watching_(std::move(watching)) {}
    ~AsioWatch() override { watching_->end(); }
    void want(Readiness readiness) override { watching_->want(readiness); }

private:
    std::shared_ptr<Watching> watching_;  // with the operations that wait
};

class AsioDelayed final : public initiator::Loop::Delayed {
public:
    AsioDelayed(boost::asio::io_context& loop, std::chrono::milliseconds delay,
                std::function<void()> action)
        : timer_(loop, delay) {
        timer_.async_wait(
            [action = std::move(action), alive = std::weak_ptr<bool>(alive_)](const Error& error) {
                if (!error && !alive.expired()) action();
            });
    }

private:
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the wait watches it
    boost::asio::steady_timer timer_;
};

}  // namespace

std::unique_ptr<initiator::Loop::Watch> AsioLoop::watch(int descriptor,
                                                        std::function<void(Readiness)> ready) {
    return std::make_unique<AsioWatch>(
        std::make_shared<Watching>(loop_, descriptor, std::move(ready)));
}

std::unique_ptr<initiator::Loop::Delayed> AsioLoop::after(std::chrono::milliseconds delay,
                                                          std::function<void()> action) {
    return std::make_unique<AsioDelayed>(loop_, delay, std::move(action));
}

}  // namespace nearline::apps
