#include "ntmsapi/service_address.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fstream>

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

Result<ServiceAddress, DWORD> unix_address(std::string_view path) {
    const bool is_path =
        !path.empty() && path.size() <= kMaxPath && path.find('\0') == std::string_view::npos;
    if (!is_path) return Failure<DWORD>{ERROR_INVALID_COMPUTERNAME};
    ServiceAddress address;
    address.path = path;
    return address;
}

// The first line of the file that the environment names; empty: there is none.
std::string read_token() {
    std::ifstream file(variable("NEARLINE_RSM_TOKEN_FILE"));
    std::string token;
    std::getline(file, token);
    if (!token.empty() && token.back() == '\r') token.pop_back();
    return token;
}

bool is_port(std::string_view text) {
    const auto number = base::parse_unsigned(text);
    return number && *number >= 1 && *number <= 65535;
}

// "HOST:PORT" and "[IPV6]:PORT". Computers' names have no colon.
bool is_tcp(std::string_view server) {
    return server.find(':') != std::string_view::npos && server.find('/') == std::string_view::npos;
}

Result<ServiceAddress, DWORD> tcp_address(std::string_view server) {
    ServiceAddress address;
    const std::size_t colon = server.rfind(':');
    std::string_view host = server.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    address.host = host;
    address.port = server.substr(colon + 1);
    const bool is_name = !host.empty() && host.find('\0') == std::string_view::npos;
    if (!is_name || !is_port(address.port)) return Failure<DWORD>{ERROR_INVALID_COMPUTERNAME};
    address.token = read_token();
    if (address.token.empty()) return Failure<DWORD>{ERROR_ACCESS_DENIED};
    return address;
}

// Anybody may make a directory in /tmp, and wait there for somebody to take it for the service.
bool is_ours(const std::string& directory) {
    struct stat status = {};
    return ::lstat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == ::geteuid();
}

Result<ServiceAddress, DWORD> usual_service() {
    const std::string named = variable("NEARLINE_RSM");
    if (named.starts_with(kUnix)) return unix_address(named.substr(kUnix.size()));
    if (is_tcp(named)) return tcp_address(named);
    if (!named.empty()) return unix_address(named);
    const std::string runtime = variable("XDG_RUNTIME_DIR");
    if (!runtime.empty()) return unix_address(runtime + "/nearline/rsm.sock");
    const std::string directory = "/tmp/nearline-" + std::to_string(::geteuid());
    if (!is_ours(directory)) return Failure<DWORD>{ERROR_NOT_CONNECTED};
    return unix_address(directory + "/rsm.sock");
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

Result<ServiceAddress, DWORD> find_service(std::string_view server) {
    if (server.empty()) return usual_service();
    if (server.starts_with(kUnix)) return unix_address(server.substr(kUnix.size()));
    if (is_tcp(server)) return tcp_address(server);
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
