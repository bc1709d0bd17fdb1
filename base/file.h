// The File seam: everything that lasts goes through here, so that a test can lose power at any
// write and a library can live in memory. MemoryFileSystem is the twin of PosixFileSystem.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace nearline::base {

enum class FileErrorKind { NotFound, AlreadyExists, NoSpace, Denied, ReadOnly, InputOutput };

struct FileError {
    FileErrorKind kind = FileErrorKind::InputOutput;
    std::string message;  // path, what was tried, the system's reason
};

enum class OpenMode {
    ReadOnly,   // must exist
    ReadWrite,  // must exist
    Create,     // read and write; created when missing, kept when there
    CreateNew,  // read and write; must not exist
};

// One open file. Positions and counts are bytes. Closing is destruction and makes nothing durable.
class File {
public:
    virtual ~File() = default;

    // Fills as much of `out` as the file has from `offset` on; returns how much, 0 at its end.
    virtual Result<std::size_t, FileError> read_at(std::uint64_t offset, MutableBytes out) = 0;
    // Writes all of `bytes` or fails; after a failure any prefix may have been written.
    Result<void, FileError> write_at(std::uint64_t offset, BytesView bytes) {
        return write_at(offset, std::span<const BytesView>(&bytes, 1));
    }
    // The same of several parts, one behind the other and as one change.
    virtual Result<void, FileError> write_at(std::uint64_t offset,
                                             std::span<const BytesView> parts) = 0;
    virtual Result<std::uint64_t, FileError> size() = 0;
    virtual Result<void, FileError> truncate(std::uint64_t size) = 0;
    // After success what was written before survives a loss of power.
    virtual Result<void, FileError> sync() = 0;
};

class FileSystem {
public:
    virtual ~FileSystem() = default;

    virtual Result<std::unique_ptr<File>, FileError> open(const std::string& path,
                                                          OpenMode mode) = 0;
    // Replaces `to` in one step. Durable after sync_directory, as a creation or a removal is.
    virtual Result<void, FileError> rename(const std::string& from, const std::string& to) = 0;
    virtual Result<void, FileError> remove(const std::string& path) = 0;
    // With all that lead to it; durable when it returns. Fine when it is there already.
    virtual Result<void, FileError> create_directories(const std::string& path) = 0;
    virtual Result<void, FileError> sync_directory(const std::string& path) = 0;
    // Names (not paths) of the files and directories in a directory, sorted.
    virtual Result<std::vector<std::string>, FileError> list(const std::string& path) = 0;
};

// The directory that holds `path`: "." for a bare name.
std::string directory_of(const std::string& path);

Result<Bytes, FileError> read_whole_file(FileSystem& files, const std::string& path);

// Leaves either the old content or the new one at `path`, whatever happens in between: writes
// PATH.new, syncs it, renames it over PATH and syncs the directory.
Result<void, FileError> replace_file(FileSystem& files, const std::string& path, BytesView content);

}  // namespace nearline::base
