#include "ntmsapi/service_address.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "base/text.h"

namespace nearline::ntmsapi {
namespace {

using base::Failure;
using base::Result;

constexpr std::string_view kUnix = "unix:";
// A socket's path with its zero: sockaddr_un has no room for more.
constexpr std::size_t kMaxPath = 107;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

Result<std::string, DWORD> checked(std::string_view path) {
    const bool is_path =
        !path.empty() && path.size() <= kMaxPath && path.find('\0') == std::string_view::npos;
    if (!is_path) return Failure<DWORD>{ERROR_INVALID_COMPUTERNAME};
    return std::string(path);
}

// Anybody may make a directory in /tmp, and wait there for somebody to take it for the service.
bool is_ours(const std::string& directory) {
    struct stat status = {};
    return ::lstat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == ::geteuid();
}

Result<std::string, DWORD> usual_service() {
    std::string named = variable("NEARLINE_RSM");
    if (named.starts_with(kUnix)) named.erase(0, kUnix.size());
    if (!named.empty()) return checked(named);
    const std::string runtime = variable("XDG_RUNTIME_DIR");
    if (!runtime.empty()) return checked(runtime + "/nearline/rsm.sock");
    const std::string directory = "/tmp/nearline-" + std::to_string(::geteuid());
    if (!is_ours(directory)) return Failure<DWORD>{ERROR_NOT_CONNECTED};
    return checked(directory + "/rsm.sock");
}

// Letters, digits, '-', '_' and '.'; two backslashes may stand before it.
bool could_be_a_computer(std::string_view name) {
    return !name.empty() && name.size() < NTMS_COMPUTERNAME_LENGTH &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ||
                      c == '.';
           });
}

bool is_this_computer(std::string_view name) {
    const std::string lower = base::to_lower(name);
    const std::string own = base::to_lower(computer_name());
    return lower == "." || lower == "localhost" || lower == own ||
           lower == own.substr(0, own.find('.'));
}

}  // namespace

Result<std::string, DWORD> find_service(std::string_view server) {
    if (server.empty()) return usual_service();
    if (server.starts_with(kUnix)) return checked(server.substr(kUnix.size()));
    if (server.starts_with("\\\\")) server.remove_prefix(2);
    if (!could_be_a_computer(server)) return Failure<DWORD>{ERROR_INVALID_COMPUTERNAME};
    if (!is_this_computer(server)) return Failure<DWORD>{ERROR_NOT_CONNECTED};
    return usual_service();
}

std::string computer_name() {
    std::array<char, 256> name = {};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    return name.data();
}

std::string user_name() {
    std::array<char, 4096> buffer = {};
    passwd entry = {};
    passwd* found = nullptr;
    const uid_t user = ::geteuid();
    if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0) found = nullptr;
    return found == nullptr ? std::to_string(user) : std::string(found->pw_name);
}

}  // namespace nearline::ntmsapi
