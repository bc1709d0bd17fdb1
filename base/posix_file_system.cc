#include "base/posix_file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace nearline::base {
namespace {

FileErrorKind kind_of(int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR: return FileErrorKind::NotFound;
        case EEXIST: return FileErrorKind::AlreadyExists;
        case ENOSPC:
        case EDQUOT:
        case EFBIG: return FileErrorKind::NoSpace;
        case EACCES:
        case EPERM: return FileErrorKind::Denied;
        case EROFS: return FileErrorKind::ReadOnly;
        default: return FileErrorKind::InputOutput;
    }
}

Failure<FileError> failed(const std::string& path, const char* what, int error) {
    return Failure{FileError{kind_of(error),
                             path + ": " + what + ": " + std::generic_category().message(error)}};
}

class PosixFile final : public File {
public:
    PosixFile(int descriptor, std::string path)
        : descriptor_(descriptor), path_(std::move(path)) {}
    ~PosixFile() override { ::close(descriptor_); }
    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;

    Result<std::size_t, FileError> read_at(std::uint64_t offset, MutableBytes out) override {
        std::size_t done = 0;
        while (done < out.size()) {
            const ssize_t count = ::pread(descriptor_, out.data() + done, out.size() - done,
                                          static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return failed(path_, "read", errno);
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    Result<void, FileError> write_at(std::uint64_t offset, BytesView bytes) override {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const ssize_t count = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                           static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return failed(path_, "write", errno);
            done += static_cast<std::size_t>(count);
        }
        return {};
    }

    Result<std::uint64_t, FileError> size() override {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) return failed(path_, "stat", errno);
        return static_cast<std::uint64_t>(status.st_size);
    }

    Result<void, FileError> truncate(std::uint64_t size) override {
        if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
            return failed(path_, "truncate", errno);
        }
        return {};
    }

    Result<void, FileError> sync() override {
        if (::fdatasync(descriptor_) != 0) return failed(path_, "sync", errno);
        return {};
    }

private:
    int descriptor_;
    std::string path_;
};

int flags_for(OpenMode mode) {
    switch (mode) {
        case OpenMode::ReadOnly: return O_RDONLY;
        case OpenMode::ReadWrite: return O_RDWR;
        case OpenMode::Create: return O_RDWR | O_CREAT;
        case OpenMode::CreateNew: return O_RDWR | O_CREAT | O_EXCL;
    }
    return O_RDONLY;
}

}  // namespace

Result<std::unique_ptr<File>, FileError> PosixFileSystem::open(const std::string& path,
                                                               OpenMode mode) {
    const int descriptor = ::open(path.c_str(), flags_for(mode) | O_CLOEXEC, 0600);
    if (descriptor < 0) return failed(path, "open", errno);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(descriptor, path));
}

Result<void, FileError> PosixFileSystem::rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return failed(from, "rename", errno);
    return {};
}

Result<void, FileError> PosixFileSystem::remove(const std::string& path) {
    if (::unlink(path.c_str()) != 0) return failed(path, "remove", errno);
    return {};
}

Result<void, FileError> PosixFileSystem::create_directories(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return failed(path, "create directory", error.value());
    return {};
}

Result<void, FileError> PosixFileSystem::sync_directory(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return failed(path, "open directory", errno);
    const int outcome = ::fsync(descriptor);
    const int error = errno;
    ::close(descriptor);
    if (outcome != 0) return failed(path, "sync directory", error);
    return {};
}

Result<std::vector<std::string>, FileError> PosixFileSystem::list(const std::string& path) {
    std::error_code error;
    std::vector<std::string> names;
    for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
        names.push_back(entry->path().filename().string());
    }
    if (error) return failed(path, "list", error.value());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace nearline::base
