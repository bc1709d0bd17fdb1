#include "base/file.h"

namespace nearline::base {
namespace {

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Result<void, FileError> write_whole_file(FileSystem& files, const std::string& path,
                                         BytesView content) {
    auto file = files.open(path, OpenMode::Create);
    if (!file) return Failure{file.error()};
    if (auto done = (*file)->truncate(0); !done) return done;
    if (auto done = (*file)->write_at(0, content); !done) return done;
    return (*file)->sync();
}

}  // namespace

Result<Bytes, FileError> read_whole_file(FileSystem& files, const std::string& path) {
    auto file = files.open(path, OpenMode::ReadOnly);
    if (!file) return Failure{file.error()};
    const auto size = (*file)->size();
    if (!size) return Failure{size.error()};
    Bytes content(static_cast<std::size_t>(*size));
    const auto count = (*file)->read_at(0, content);
    if (!count) return Failure{count.error()};
    content.resize(*count);
    return content;
}

Result<void, FileError> replace_file(FileSystem& files, const std::string& path,
                                     BytesView content) {
    const std::string fresh = path + ".new";
    if (auto done = write_whole_file(files, fresh, content); !done) return done;
    if (auto done = files.rename(fresh, path); !done) return done;
    return files.sync_directory(directory_of(path));
}

}  // namespace nearline::base
