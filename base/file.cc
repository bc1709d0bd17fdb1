#include "base/file.h"

namespace nearline::base {
namespace {

Result<void, FileError> write_whole_file(FileSystem& files, const std::string& path,
                                         BytesView content) {
    auto file = files.open(path, OpenMode::Create);
    if (!file) return Failure{file.error()};
    if (auto done = (*file)->truncate(0); !done) return done;
    if (auto done = (*file)->write_at(0, content); !done) return done;
    return (*file)->sync();
}

}  // namespace

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Result<Bytes, FileError> read_whole_file(FileSystem& files, const std::string& path) {
    auto file = files.open(path, OpenMode::ReadOnly);
    if (!file) return Failure{file.error()};
    // Read until nothing comes: the size of a special file says 0, and a file may still grow.
    constexpr std::size_t kStep = std::size_t{1} << 16;
    Bytes content;
    while (true) {
        const std::size_t have = content.size();
        content.resize(have + kStep);
        const auto count = (*file)->read_at(have, MutableBytes(content).subspan(have));
        if (!count) return Failure{count.error()};
        content.resize(have + *count);
        if (*count < kStep) return content;
    }
}

Result<void, FileError> replace_file(FileSystem& files, const std::string& path,
                                     BytesView content) {
    const std::string fresh = path + ".new";
    if (auto done = write_whole_file(files, fresh, content); !done) return done;
    if (auto done = files.rename(fresh, path); !done) return done;
    return files.sync_directory(directory_of(path));
}

}  // namespace nearline::base
