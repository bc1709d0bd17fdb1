// A file or a drive that CreateFile has opened.
#pragma once

#include "ntmsapi/windows_objects.h"

namespace nearline::ntmsapi {

class WindowsFile final : public WindowsObject {
public:
    WindowsFile(int descriptor, bool is_tape) : descriptor_(descriptor), is_tape_(is_tape) {}
    WindowsFile(const WindowsFile&) = delete;
    WindowsFile& operator=(const WindowsFile&) = delete;
    ~WindowsFile() override;

    int descriptor() const { return descriptor_; }
    bool is_tape() const { return is_tape_; }

private:
    int descriptor_;
    bool is_tape_;
};

// The error number of Windows that says what an errno says.
DWORD error_of_errno(int error);

}  // namespace nearline::ntmsapi
