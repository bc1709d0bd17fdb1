// The File seam in memory: for libraries without --state and for tests that cut the power or fill
// the disk. What was not synced is lost at crash(), as on iron.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/file.h"

namespace nearline::base {

class MemoryFileSystem final : public FileSystem {
public:
    Result<std::unique_ptr<File>, FileError> open(const std::string& path, OpenMode mode) override;
    Result<void, FileError> rename(const std::string& from, const std::string& to) override;
    Result<void, FileError> remove(const std::string& path) override;
    Result<void, FileError> create_directories(const std::string& path) override;
    Result<void, FileError> sync_directory(const std::string& path) override;
    Result<std::vector<std::string>, FileError> list(const std::string& path) override;

    // Power is lost: every file falls back to what its last sync made durable, and every name to
    // what its directory's last sync did.
    void crash();
    // Bytes all files together may hold; a write beyond it fails with NoSpace after a prefix.
    void limit_space(std::uint64_t bytes) { space_ = bytes; }
    // The write, sync or rename after `count` more of them fails with InputOutput, and all after.
    void fail_after(std::uint64_t count) { operations_left_ = count; }
    void stop_failing() { operations_left_.reset(); }
    std::uint64_t operations() const { return operations_; }

private:
    friend class MemoryFile;
    struct Node {
        Bytes content;
        Bytes durable;
    };
    using Names = std::map<std::string, std::shared_ptr<Node>>;  // shared with open files

    bool operation_fails();
    std::uint64_t used() const;

    Names names_;
    Names durable_names_;
    std::uint64_t space_ = UINT64_MAX;
    std::uint64_t operations_ = 0;
    std::optional<std::uint64_t> operations_left_;
};

}  // namespace nearline::base
