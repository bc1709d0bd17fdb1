// The File seam on the host's file system.
#pragma once

#include "base/file.h"

namespace nearline::base {

class PosixFileSystem final : public FileSystem {
public:
    Result<std::unique_ptr<File>, FileError> open(const std::string& path, OpenMode mode) override;
    Result<void, FileError> rename(const std::string& from, const std::string& to) override;
    Result<void, FileError> remove(const std::string& path) override;
    Result<void, FileError> create_directories(const std::string& path) override;
    Result<void, FileError> sync_directory(const std::string& path) override;
    Result<std::vector<std::string>, FileError> list(const std::string& path) override;
};

}  // namespace nearline::base
