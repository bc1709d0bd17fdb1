#include "apps/host/token_file.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/posix_file_system.h"

namespace nearline::apps {

base::Result<std::string, std::string> read_token_file(const std::string& path) {
    base::PosixFileSystem files;
    const auto content = base::read_whole_file(files, path);
    if (!content) return base::Failure{content.error().message};
    struct stat status {};
    constexpr unsigned kOthers = 0077;
    if (::stat(path.c_str(), &status) == 0 && (status.st_mode & kOthers) != 0) {
        return base::Failure{path + ": others may read it: chmod 600"};
    }
    const auto end = std::find(content->begin(), content->end(), '\n');
    std::string token(content->begin(), end);
    if (!token.empty() && token.back() == '\r') token.pop_back();
    const bool is_plain =
        std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (token.size() < kShortestToken || !is_plain) {
        return base::Failure{path + ": its first line must be " + std::to_string(kShortestToken) +
                             " characters or more, without blanks"};
    }
    return token;
}

}  // namespace nearline::apps
