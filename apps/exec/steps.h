// A function that takes several commands, written as one: `co_await` gives the loop back and goes
// on when the answer is there. Nothing here is a thread.
//
// A Steps owns its own frame and, through it, those of the functions it waits for: destroying the
// outermost one forgets them all.
#pragma once

#include <coroutine>
#include <cstdlib>
#include <functional>
#include <utility>

namespace nearline::apps {

template <typename T>
class Steps {
public:
    struct promise_type;
    using Handle = std::coroutine_handle<promise_type>;

    struct promise_type {
        struct End {
            bool await_ready() noexcept { return false; }
            // The caller goes on; without one, `ended` may destroy the frame this stands in.
            std::coroutine_handle<> await_suspend(Handle self) noexcept {
                if (self.promise().caller) return self.promise().caller;
                const auto ended = std::move(self.promise().ended);
                if (ended) ended();
                return std::noop_coroutine();
            }
            void await_resume() noexcept {}
        };

        Steps get_return_object() { return Steps(Handle::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        End final_suspend() noexcept { return {}; }
        void return_value(T result) { value = std::move(result); }
        void unhandled_exception() { std::abort(); }  // we do not throw

        T value{};
        std::coroutine_handle<> caller;
        std::function<void()> ended;
    };

    class Wait {
    public:
        explicit Wait(Handle handle) : handle_(handle) {}
        bool await_ready() const { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
            handle_.promise().caller = caller;
            return handle_;
        }
        T await_resume() { return std::move(handle_.promise().value); }

    private:
        Handle handle_;
    };

    explicit Steps(Handle handle) : handle_(handle) {}
    Steps(Steps&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Steps& operator=(Steps&&) = delete;
    ~Steps() {
        if (handle_) handle_.destroy();
    }

    Wait operator co_await() { return Wait(handle_); }

    // Of the outermost function: begins it. `ended` runs once its result is there.
    void start(std::function<void()> ended) {
        handle_.promise().ended = std::move(ended);
        handle_.resume();
    }
    T take_result() { return std::move(handle_.promise().value); }

private:
    Handle handle_;
};

}  // namespace nearline::apps
