// What a handle of Windows itself may stand for: files and drives, events, threads. Any thread may
// use them; one that waits sees every change of any of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "ntmsapi/include/windows.h"

namespace nearline::ntmsapi {

class WindowsObject {
public:
    virtual ~WindowsObject() = default;
};

// Something that can be waited for. Its state is guarded by the mutex of the table.
class Waitable : public WindowsObject {
public:
    virtual bool is_signalled() const = 0;
    // A wait that ended on it: one that resets itself does.
    virtual void on_waited() {}
};

class WindowsObjects {
public:
    HANDLE add(std::shared_ptr<WindowsObject> object);
    // nullptr, with ERROR_INVALID_HANDLE as last error: no such handle of this kind.
    template <typename Kind>
    std::shared_ptr<Kind> find(HANDLE handle) {
        auto found = std::dynamic_pointer_cast<Kind>(find_any(handle));
        if (found == nullptr) SetLastError(ERROR_INVALID_HANDLE);
        return found;
    }
    bool remove(HANDLE handle);

    // Runs `change` while nobody looks, and wakes whoever waits.
    void change(const std::function<void()>& change);
    // Waits until `is_over` says so, which is asked after every change. False: the time ran out.
    bool wait(DWORD milliseconds, const std::function<bool()>& is_over);

private:
    std::shared_ptr<WindowsObject> find_any(HANDLE handle);

    std::mutex mutex_;
    std::condition_variable changed_;
    // Numbers of their own, far from those of RSM's handles.
    std::uintptr_t last_ = 0x10000000;
    std::map<std::uintptr_t, std::shared_ptr<WindowsObject>> objects_;
};

// The process's own.
WindowsObjects& windows_objects();

// Ends a function that returns BOOL.
BOOL succeed_or(bool is_done, DWORD error);

}  // namespace nearline::ntmsapi
