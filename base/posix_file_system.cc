#include "base/posix_file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <system_error>

namespace nearline::base {
namespace {

FileErrorKind kind_of(int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return FileErrorKind::NotFound;
        case EEXIST:
            return FileErrorKind::AlreadyExists;
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return FileErrorKind::NoSpace;
        case EACCES:
        case EISDIR:
        case EPERM:
            return FileErrorKind::Denied;
        case EROFS:
            return FileErrorKind::ReadOnly;
        default:
            return FileErrorKind::InputOutput;
    }
}

Failure<FileError> failed(const std::string& path, const char* what, int error) {
    return Failure{FileError{kind_of(error),
                             path + ": " + what + ": " + std::generic_category().message(error)}};
}

// off_t is signed: what lies beyond it can be neither read nor written.
bool is_beyond_files(std::uint64_t offset, std::size_t count) {
    constexpr std::uint64_t kLargestOffset = std::numeric_limits<off_t>::max();
    return offset > kLargestOffset || count > kLargestOffset - offset;
}

class PosixFile final : public File {
public:
    PosixFile(int descriptor, std::string path, OpenMode mode)
        : descriptor_(descriptor), path_(std::move(path)), mode_(mode) {}
    ~PosixFile() override { ::close(descriptor_); }
    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;

    Result<std::size_t, FileError> read_at(std::uint64_t offset, MutableBytes out) override {
        if (is_beyond_files(offset, out.size())) return std::size_t{0};
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

    Result<void, FileError> write_at(std::uint64_t offset,
                                     std::span<const BytesView> parts) override {
        if (mode_ == OpenMode::ReadOnly) return opened_for_reading();
        std::size_t done = 0;  // of the first of `parts`
        while (!parts.empty()) {
            const auto written = write_some(offset, parts, done);
            if (!written) return Failure{written.error()};
            offset += *written;
            done += *written;
            while (!parts.empty() && done >= parts.front().size()) {
                done -= parts.front().size();
                parts = parts.subspan(1);
            }
        }
        return {};
    }

    Result<std::uint64_t, FileError> size() override {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) return failed(path_, "stat", errno);
        return static_cast<std::uint64_t>(status.st_size);
    }

    Result<void, FileError> truncate(std::uint64_t size) override {
        if (mode_ == OpenMode::ReadOnly) return opened_for_reading();
        if (is_beyond_files(size, 0)) return failed(path_, "truncate", EFBIG);
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
    // One system call's worth of `parts`, without the first `done` bytes; returns how much it was.
    Result<std::size_t, FileError> write_some(std::uint64_t offset,
                                              std::span<const BytesView> parts, std::size_t done) {
        std::array<iovec, 4> vectors{};
        std::size_t used = 0;
        std::size_t bytes = 0;
        for (const BytesView part : parts.first(std::min(parts.size(), vectors.size()))) {
            const BytesView left = part.subspan(used == 0 ? done : 0);
            // writev reads only, though its type does not say so.
            vectors[used++] = {const_cast<std::uint8_t*>(left.data()), left.size()};
            bytes += left.size();
        }
        if (is_beyond_files(offset, bytes)) return failed(path_, "write", EFBIG);
        while (true) {
            const ssize_t count = ::pwritev(descriptor_, vectors.data(), static_cast<int>(used),
                                            static_cast<off_t>(offset));
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) return failed(path_, "write", errno);
        }
    }

    Failure<FileError> opened_for_reading() const {
        return Failure{FileError{FileErrorKind::Denied, path_ + ": opened for reading"}};
    }

    int descriptor_;
    std::string path_;
    OpenMode mode_;
};

int flags_for(OpenMode mode) {
    switch (mode) {
        case OpenMode::ReadOnly:
            return O_RDONLY;
        case OpenMode::ReadWrite:
            return O_RDWR;
        case OpenMode::Create:
            return O_RDWR | O_CREAT;
        case OpenMode::CreateNew:
            return O_RDWR | O_CREAT | O_EXCL;
    }
    return O_RDONLY;
}

Result<void, FileError> sync_one_directory(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return failed(path, "open directory", errno);
    const int outcome = ::fsync(descriptor);
    const int error = errno;
    ::close(descriptor);
    if (outcome != 0) return failed(path, "sync directory", error);
    return {};
}

}  // namespace

Result<std::unique_ptr<File>, FileError> PosixFileSystem::open(const std::string& path,
                                                               OpenMode mode) {
    const int descriptor = ::open(path.c_str(), flags_for(mode) | O_CLOEXEC, 0600);
    if (descriptor < 0) return failed(path, "open", errno);
    auto file = std::make_unique<PosixFile>(descriptor, path, mode);
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return failed(path, "stat", errno);
    if (S_ISDIR(status.st_mode)) return failed(path, "open", EISDIR);
    return std::unique_ptr<File>(std::move(file));
}

Result<void, FileError> PosixFileSystem::rename(const std::string& from, const std::string& to) {
    // A file may replace a file. That root may put one in the place of /dev/null helps nobody.
    struct stat there {};
    if (::lstat(to.c_str(), &there) == 0 && !S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode)) {
        return Failure{FileError{FileErrorKind::Denied, to + ": rename: not a plain file"}};
    }
    if (::rename(from.c_str(), to.c_str()) != 0) return failed(from, "rename", errno);
    return {};
}

Result<void, FileError> PosixFileSystem::remove(const std::string& path) {
    if (::unlink(path.c_str()) != 0) return failed(path, "remove", errno);
    return {};
}

Result<void, FileError> PosixFileSystem::create_directories(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<fs::path> changed;  // directories that get a new entry
    for (fs::path at = fs::absolute(path, error).lexically_normal();
         !error && !fs::exists(at, error) && at.has_relative_path(); at = at.parent_path()) {
        changed.push_back(at.parent_path());
    }
    if (!error) fs::create_directories(path, error);
    if (!error && !fs::is_directory(path, error)) {
        error = std::make_error_code(std::errc::file_exists);
    }
    if (error) return failed(path, "create directory", error.value());
    for (const fs::path& directory : changed) {
        if (auto done = sync_one_directory(directory.string()); !done) return done;
    }
    return {};
}

Result<void, FileError> PosixFileSystem::sync_directory(const std::string& path) {
    return sync_one_directory(path);
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
