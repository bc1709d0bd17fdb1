// The event loop an initiator runs on, in real time. The host fits it to its own; programs without
// one take PollLoop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace nearline::initiator {

class Loop {
public:
    struct Readiness {
        bool can_read = false;
        bool can_write = false;
        bool operator==(const Readiness&) const = default;
    };

    // A descriptor being watched. Destroying it, also from within its own call, ends the watch;
    // the descriptor stays its owner's.
    class Watch {
    public:
        virtual ~Watch() = default;
        // What to wait for from now on; nothing at first.
        virtual void want(Readiness readiness) = 0;
    };

    // An action that waits for its moment. Destroying it cancels it.
    class Delayed {
    public:
        virtual ~Delayed() = default;
    };

    virtual ~Loop() = default;

    // Calls `ready` whenever `descriptor` is ready for something wanted (level-triggered). An
    // error or a hang-up counts as readiness to read.
    virtual std::unique_ptr<Watch> watch(int descriptor, std::function<void(Readiness)> ready) = 0;
    // Calls `action` once, not before `delay` has passed and never from within this call.
    virtual std::unique_ptr<Delayed> after(std::chrono::milliseconds delay,
                                           std::function<void()> action) = 0;
};

}  // namespace nearline::initiator
