// Threads, events and time, as programs for RSM use them.
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "ntmsapi/values.h"
#include "ntmsapi/windows_objects.h"

namespace nearline::ntmsapi {
namespace {

class Event final : public Waitable {
public:
    Event(bool is_manual, bool is_set) : is_manual_(is_manual), is_set_(is_set) {}
    bool is_signalled() const override { return is_set_; }
    void on_waited() override { is_set_ = is_manual_ && is_set_; }
    void set(bool is_set) { is_set_ = is_set; }

private:
    bool is_manual_;
    bool is_set_;
};

class Thread final : public Waitable {
public:
    bool is_signalled() const override { return exit_code_.has_value(); }
    void end(DWORD exit_code) { exit_code_ = exit_code; }
    DWORD exit_code() const { return exit_code_.value_or(STILL_ACTIVE); }

private:
    std::optional<DWORD> exit_code_;
};

DWORD next_thread_number() {
    static std::atomic<DWORD> last{0};
    return last += 4;
}

// 0 until somebody asks.
thread_local DWORD thread_number = 0;

timespec now(clockid_t clock) {
    timespec time = {};
    ::clock_gettime(clock, &time);
    return time;
}

std::uint64_t milliseconds_of(const timespec& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1000 +
           static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;
}

SYSTEMTIME system_time_of(const tm& time, long nanoseconds) {
    SYSTEMTIME out = {};
    out.wYear = static_cast<WORD>(time.tm_year + 1900);
    out.wMonth = static_cast<WORD>(time.tm_mon + 1);
    out.wDayOfWeek = static_cast<WORD>(time.tm_wday);
    out.wDay = static_cast<WORD>(time.tm_mday);
    out.wHour = static_cast<WORD>(time.tm_hour);
    out.wMinute = static_cast<WORD>(time.tm_min);
    out.wSecond = static_cast<WORD>(time.tm_sec);
    out.wMilliseconds = static_cast<WORD>(nanoseconds / 1'000'000);
    return out;
}

}  // namespace
}  // namespace nearline::ntmsapi

using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

// --- Events.

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES, BOOL is_manual, BOOL is_set, LPCSTR name) {
    // Events are the process's own: none has a name.
    if (name != nullptr) {
        SetLastError(ERROR_NOT_SUPPORTED);
        return nullptr;
    }
    SetLastError(ERROR_SUCCESS);
    return windows_objects().add(std::make_shared<Event>(is_manual != FALSE, is_set != FALSE));
}

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL is_manual, BOOL is_set,
                           LPCWSTR name) {
    return CreateEventA(security, is_manual, is_set, name == nullptr ? nullptr : "");
}

BOOL WINAPI SetEvent(HANDLE handle) {
    const auto event = windows_objects().find<Event>(handle);
    if (event == nullptr) return FALSE;
    windows_objects().change([&] { event->set(true); });
    return TRUE;
}

BOOL WINAPI ResetEvent(HANDLE handle) {
    const auto event = windows_objects().find<Event>(handle);
    if (event == nullptr) return FALSE;
    windows_objects().change([&] { event->set(false); });
    return TRUE;
}

// --- Waiting.

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds) {
    return WaitForMultipleObjects(1, &handle, FALSE, milliseconds);
}

DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE* handles, BOOL for_all,
                                    DWORD milliseconds) {
    if (handles == nullptr || count == 0 || count > MAXIMUM_WAIT_OBJECTS) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return WAIT_FAILED;
    }
    std::vector<std::shared_ptr<Waitable>> objects;
    for (DWORD at = 0; at < count; ++at) {
        objects.push_back(windows_objects().find<Waitable>(handles[at]));
        if (objects.back() == nullptr) return WAIT_FAILED;
    }
    DWORD first = 0;
    const auto is_over = [&] {
        DWORD signalled = 0;
        for (DWORD at = count; at > 0; --at) {
            if (!objects.at(at - 1)->is_signalled()) continue;
            ++signalled;
            first = at - 1;
        }
        const bool is_enough = for_all != FALSE ? signalled == count : signalled > 0;
        if (!is_enough) return false;
        for (DWORD at = 0; at < count; ++at) {
            if (for_all != FALSE || at == first) objects.at(at)->on_waited();
        }
        return true;
    };
    if (!windows_objects().wait(milliseconds, is_over)) return WAIT_TIMEOUT;
    return WAIT_OBJECT_0 + (for_all != FALSE ? 0 : first);
}

// --- Threads.

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES, SIZE_T, LPTHREAD_START_ROUTINE start,
                           LPVOID parameter, DWORD flags, LPDWORD number) {
    if (start == nullptr || flags != 0) {
        SetLastError(start == nullptr ? ERROR_INVALID_PARAMETER : ERROR_NOT_SUPPORTED);
        return nullptr;
    }
    const auto thread = std::make_shared<Thread>();
    const DWORD own_number = next_thread_number();
    try {
        std::thread([thread, own_number, start, parameter] {
            thread_number = own_number;
            const DWORD exit_code = start(parameter);
            windows_objects().change([&] { thread->end(exit_code); });
        }).detach();
    } catch (const std::system_error&) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
    if (number != nullptr) *number = own_number;
    return windows_objects().add(thread);
}

BOOL WINAPI GetExitCodeThread(HANDLE handle, LPDWORD exit_code) {
    const auto thread = windows_objects().find<Thread>(handle);
    if (thread == nullptr) return FALSE;
    windows_objects().change([&] { *exit_code = thread->exit_code(); });
    return TRUE;
}

DWORD WINAPI GetCurrentThreadId() {
    if (thread_number == 0) thread_number = next_thread_number();
    return thread_number;
}

DWORD WINAPI GetCurrentProcessId() {
    return static_cast<DWORD>(::getpid());
}

void WINAPI Sleep(DWORD milliseconds) {
    windows_objects().wait(milliseconds, [] { return false; });
}

// --- Critical sections: a mutex that its owner may take again.

static_assert(sizeof(pthread_mutex_t) <= sizeof(CRITICAL_SECTION));

void WINAPI InitializeCriticalSection(LPCRITICAL_SECTION section) {
    pthread_mutexattr_t attributes;
    ::pthread_mutexattr_init(&attributes);
    ::pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    ::pthread_mutex_init(reinterpret_cast<pthread_mutex_t*>(section), &attributes);
    ::pthread_mutexattr_destroy(&attributes);
}

void WINAPI EnterCriticalSection(LPCRITICAL_SECTION section) {
    ::pthread_mutex_lock(reinterpret_cast<pthread_mutex_t*>(section));
}

void WINAPI LeaveCriticalSection(LPCRITICAL_SECTION section) {
    ::pthread_mutex_unlock(reinterpret_cast<pthread_mutex_t*>(section));
}

void WINAPI DeleteCriticalSection(LPCRITICAL_SECTION section) {
    ::pthread_mutex_destroy(reinterpret_cast<pthread_mutex_t*>(section));
}

// --- Time.

DWORD WINAPI GetTickCount() {
    return static_cast<DWORD>(milliseconds_of(now(CLOCK_MONOTONIC)));
}

void WINAPI GetSystemTime(LPSYSTEMTIME out) {
    *out = to_system_time(milliseconds_of(now(CLOCK_REALTIME)));
}

void WINAPI GetLocalTime(LPSYSTEMTIME out) {
    const timespec time = now(CLOCK_REALTIME);
    tm local = {};
    ::localtime_r(&time.tv_sec, &local);
    *out = system_time_of(local, time.tv_nsec);
}
