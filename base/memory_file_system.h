// The File seam in memory: for libraries without --state and for tests that cut the power or fill
// the disk. What was not synced is lost at crash(), as on iron. Cost: a sync takes as long as what
// was written since the last one; holes take no memory. How much memory all may take is the owner's
// to say, with limit_space().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/chunked_bytes.h"
#include "base/file.h"

namespace nearline::base {

class MemoryFileSystem final : public FileSystem {
public:
    // No file grows beyond it, however much space there is.
    static constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 34;

    Result<std::unique_ptr<File>, FileError> open(const std::string& path, OpenMode mode) override;
    Result<void, FileError> rename(const std::string& from, const std::string& to) override;
    Result<void, FileError> remove(const std::string& path) override;
    Result<void, FileError> create_directories(const std::string& path) override;
    Result<void, FileError> sync_directory(const std::string& path) override;
    Result<std::vector<std::string>, FileError> list(const std::string& path) override;

    // Power is lost: every file falls back to what its last sync made durable, and every name to
    // what its directory's last sync did. Open files are of no use afterwards.
    void crash();
    // Bytes all files together may hold; a write beyond it fails with NoSpace after a prefix.
    void limit_space(std::uint64_t bytes) { space_ = bytes; }
    // The change (write, truncate, sync, rename, removal, creation) after `count` more of them
    // fails with InputOutput, and all after it; a write that fails first leaves half of its bytes.
    void fail_after(std::uint64_t count) {
        changes_left_ = count;
        has_failed_ = false;
    }
    void stop_failing() { changes_left_.reset(); }
    // Changes asked for so far: tells a test how many places there are to fail at.
    std::uint64_t operations() const { return changes_; }

private:
    friend class MemoryFile;
    struct Node {
        ChunkedBytes content;
        bool is_named = false;  // counts for the space of all
    };
    using Names = std::map<std::string, std::shared_ptr<Node>>;  // shared with open files
    enum class Change { Works, FailsFirst, Fails };

    Change next_change();
    std::optional<FileError> refuse_change(const std::string& path);
    std::optional<FileError> refuse_name(const std::string& path) const;
    bool is_directory(const std::string& path) const;
    std::uint64_t room_for(const Node& node) const;
    void resize(Node& node, std::uint64_t size);
    void forget_name_of(Node& node);

    Names names_;
    Names durable_names_;
    std::set<std::string> directories_;
    std::uint64_t space_ = UINT64_MAX;
    std::uint64_t named_bytes_ = 0;  // of all files that have a name
    std::uint64_t changes_ = 0;
    std::optional<std::uint64_t> changes_left_;
    bool has_failed_ = false;
};

}  // namespace nearline::base
