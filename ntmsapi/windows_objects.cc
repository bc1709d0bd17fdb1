#include "ntmsapi/windows_objects.h"

namespace nearline::ntmsapi {

HANDLE WindowsObjects::add(std::shared_ptr<WindowsObject> object) {
    const std::lock_guard lock(mutex_);
    last_ += 4;
    objects_.emplace(last_, std::move(object));
    return reinterpret_cast<HANDLE>(last_);
}

std::shared_ptr<WindowsObject> WindowsObjects::find_any(HANDLE handle) {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(reinterpret_cast<std::uintptr_t>(handle));
    return found == objects_.end() ? nullptr : found->second;
}

bool WindowsObjects::remove(HANDLE handle) {
    std::shared_ptr<WindowsObject> removed;  // Ends outside the lock: a drive takes time to close.
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(reinterpret_cast<std::uintptr_t>(handle));
    if (found == objects_.end()) return false;
    removed = std::move(found->second);
    objects_.erase(found);
    return true;
}

void WindowsObjects::change(const std::function<void()>& change) {
    {
        const std::lock_guard lock(mutex_);
        change();
    }
    changed_.notify_all();
}

bool WindowsObjects::wait(DWORD milliseconds, const std::function<bool()>& is_over) {
    std::unique_lock lock(mutex_);
    if (milliseconds == INFINITE) {
        changed_.wait(lock, is_over);
        return true;
    }
    return changed_.wait_for(lock, std::chrono::milliseconds(milliseconds), is_over);
}

WindowsObjects& windows_objects() {
    // Lives until the process is gone: a thread may still wait when the program returns from main.
    static WindowsObjects& objects = *std::make_unique<WindowsObjects>().release();
    return objects;
}

BOOL succeed_or(bool is_done, DWORD error) {
    if (!is_done) SetLastError(error);
    return is_done ? TRUE : FALSE;
}

}  // namespace nearline::ntmsapi
