// Files, and drives as files: CreateFile and what reads and writes them. A drive is what the system
// calls /dev/nstN, be it a real one or one of `nearline exec`.
#include "ntmsapi/windows_file.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mtio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/text.h"
#include "ntmsapi/values.h"

namespace nearline::ntmsapi {
namespace {

// Where the drives are: the number follows.
std::string tape_path() {
    const char* given = std::getenv("NEARLINE_TAPES");
    return given == nullptr || *given == '\0' ? "/dev/nst" : given;
}

// The number in "\\.\Tape0", in any case; nullopt: another name.
std::optional<std::uint64_t> tape_number(std::string_view name) {
    constexpr std::string_view kPrefix = "\\\\.\\tape";
    if (!base::to_lower(name).starts_with(kPrefix)) return std::nullopt;
    return base::parse_unsigned(name.substr(kPrefix.size()));
}

std::string path_of(std::string_view name) {
    std::string path(name);
    std::replace(path.begin(), path.end(), '\\', '/');
    return path;
}

// nullopt: there is no such disposition.
std::optional<int> creation_flags(DWORD disposition) {
    switch (disposition) {
        case CREATE_NEW:
            return O_CREAT | O_EXCL;
        case CREATE_ALWAYS:
            return O_CREAT | O_TRUNC;
        case OPEN_EXISTING:
            return 0;
        case OPEN_ALWAYS:
            return O_CREAT;
        case TRUNCATE_EXISTING:
            return O_TRUNC;
        default:
            return std::nullopt;
    }
}

int access_flags(DWORD access) {
    const bool reads = (access & (GENERIC_READ | GENERIC_ALL)) != 0;
    const bool writes = (access & (GENERIC_WRITE | GENERIC_ALL)) != 0;
    return writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
}

// A drive is opened without a cartridge, too: what asks for one says that there is none.
int open_tape(const std::string& path, DWORD access) {
    // For its status the drive must be read, whatever else is wanted.
    const int flags = (access & (GENERIC_WRITE | GENERIC_ALL)) != 0 ? O_RDWR : O_RDONLY;
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor >= 0) return descriptor;
    if (errno == EROFS || errno == EACCES) return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (errno != ENOMEDIUM) return -1;
    return ::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC);
}

HANDLE failed(DWORD error) {
    SetLastError(error);
    return INVALID_HANDLE_VALUE;
}

template <typename Character>
HANDLE create_file(const Character* name, DWORD access, DWORD disposition) {
    if (name == nullptr) return failed(ERROR_INVALID_PARAMETER);
    const auto text = to_utf8(std::basic_string_view<Character>(name));
    const auto creation = creation_flags(disposition);
    if (!text || !creation) return failed(text ? ERROR_INVALID_PARAMETER : ERROR_INVALID_NAME);
    const auto number = tape_number(*text);
    constexpr mode_t kMode = 0666;  // less what the user's mask takes
    const int descriptor = number ? open_tape(tape_path() + std::to_string(*number), access)
                                  : ::open(path_of(*text).c_str(),
                                           access_flags(access) | *creation | O_CLOEXEC, kMode);
    if (descriptor < 0) return failed(error_of_errno(errno));
    SetLastError(ERROR_SUCCESS);
    return windows_objects().add(std::make_shared<WindowsFile>(descriptor, number.has_value()));
}

// What a read of a tape met that gave no bytes.
DWORD reason_of_nothing(int descriptor) {
    mtget status = {};
    if (::ioctl(descriptor, MTIOCGET, &status) != 0) return ERROR_IO_DEVICE;
    return GMT_EOD(status.mt_gstat) != 0 ? ERROR_NO_DATA_DETECTED : ERROR_FILEMARK_DETECTED;
}

bool space_records(int descriptor, short operation) {
    mtop request = {};
    request.mt_op = operation;
    request.mt_count = 1;
    return ::ioctl(descriptor, MTIOCTOP, &request) == 0;
}

// Where no filemark stands before the end of the data, the driver tells it like any other failure
// of a read. Whether there is no record to step over tells the two apart.
bool is_at_end_of_data(int descriptor) {
    if (reason_of_nothing(descriptor) == ERROR_NO_DATA_DETECTED) return true;
    if (space_records(descriptor, MTFSR)) {
        space_records(descriptor, MTBSR);
        return false;
    }
    return reason_of_nothing(descriptor) == ERROR_NO_DATA_DETECTED;
}

// Why a read of a tape failed.
DWORD error_of_read(int descriptor, int error) {
    if (error == ENOMEM) return ERROR_MORE_DATA;  // The block is longer than the buffer.
    const bool is_end = error == EIO && is_at_end_of_data(descriptor);
    return is_end ? ERROR_NO_DATA_DETECTED : error_of_errno(error);
}

}  // namespace

WindowsFile::~WindowsFile() {
    ::close(descriptor_);
}

DWORD error_of_errno(int error) {
    switch (error) {
        case 0:
            return ERROR_SUCCESS;
        case ENOENT:
        case ENXIO:
        case ENODEV:
            return ERROR_FILE_NOT_FOUND;
        case ENOTDIR:
            return ERROR_PATH_NOT_FOUND;
        case EMFILE:
        case ENFILE:
            return ERROR_TOO_MANY_OPEN_FILES;
        case EACCES:
        case EPERM:
            return ERROR_ACCESS_DENIED;
        case EBADF:
            return ERROR_INVALID_HANDLE;
        case ENOMEM:
            return ERROR_NOT_ENOUGH_MEMORY;
        case EROFS:
            return ERROR_WRITE_PROTECT;
        case EAGAIN:
            return ERROR_NOT_READY;
        case EBUSY:
            return ERROR_SHARING_VIOLATION;
        case EEXIST:
            return ERROR_FILE_EXISTS;
        case EINVAL:
            return ERROR_INVALID_PARAMETER;
        case ENOSPC:
            return ERROR_END_OF_MEDIA;
        case ENOMEDIUM:
            return ERROR_NO_MEDIA_IN_DRIVE;
        case ENOTTY:
        case EOPNOTSUPP:
        case ENOSYS:
            return ERROR_NOT_SUPPORTED;
        default:
            return ERROR_IO_DEVICE;
    }
}

}  // namespace nearline::ntmsapi

using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD, LPSECURITY_ATTRIBUTES,
                          DWORD disposition, DWORD, HANDLE) {
    return create_file(name, access, disposition);
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD, LPSECURITY_ATTRIBUTES,
                          DWORD disposition, DWORD, HANDLE) {
    return create_file(name, access, disposition);
}

BOOL WINAPI ReadFile(HANDLE handle, LPVOID buffer, DWORD size, LPDWORD count,
                     LPOVERLAPPED overlapped) {
    const auto file = windows_objects().find<WindowsFile>(handle);
    if (file == nullptr) return FALSE;
    if (count != nullptr) *count = 0;
    if (overlapped != nullptr) return succeed_or(false, ERROR_NOT_SUPPORTED);
    const ssize_t got = ::read(file->descriptor(), buffer, size);
    if (got < 0) {
        const int error = errno;
        return succeed_or(false, file->is_tape() ? error_of_read(file->descriptor(), error)
                                                 : error_of_errno(error));
    }
    if (count != nullptr) *count = static_cast<DWORD>(got);
    if (got == 0 && size > 0 && file->is_tape()) {
        return succeed_or(false, reason_of_nothing(file->descriptor()));
    }
    return TRUE;
}

BOOL WINAPI WriteFile(HANDLE handle, LPCVOID buffer, DWORD size, LPDWORD count,
                      LPOVERLAPPED overlapped) {
    const auto file = windows_objects().find<WindowsFile>(handle);
    if (file == nullptr) return FALSE;
    if (count != nullptr) *count = 0;
    if (overlapped != nullptr) return succeed_or(false, ERROR_NOT_SUPPORTED);
    const ssize_t put = ::write(file->descriptor(), buffer, size);
    if (put < 0) return succeed_or(false, error_of_errno(errno));
    if (count != nullptr) *count = static_cast<DWORD>(put);
    // A tape that is near its end takes less, or nothing.
    const bool is_short = static_cast<DWORD>(put) < size;
    return succeed_or(!is_short, file->is_tape() ? ERROR_END_OF_MEDIA : ERROR_DISK_FULL);
}

BOOL WINAPI FlushFileBuffers(HANDLE handle) {
    const auto file = windows_objects().find<WindowsFile>(handle);
    if (file == nullptr) return FALSE;
    if (!file->is_tape()) {
        return succeed_or(::fsync(file->descriptor()) == 0, error_of_errno(errno));
    }
    mtop flush = {};
    flush.mt_op = MTWEOF;  // None of them: what is in the buffer goes to the tape.
    const bool is_done = ::ioctl(file->descriptor(), MTIOCTOP, &flush) == 0;
    return succeed_or(is_done, error_of_errno(errno));
}

BOOL WINAPI CloseHandle(HANDLE handle) {
    return succeed_or(windows_objects().remove(handle), ERROR_INVALID_HANDLE);
}
