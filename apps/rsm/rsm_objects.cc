#include "apps/rsm/rsm_objects.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "ntmsapi/values.h"

namespace nearline::apps {
namespace {

using base::Failure;

struct TypeName {
    std::string_view name;
    DWORD type;
};
constexpr TypeName kTypes[] = {
    {"changer", NTMS_CHANGER},
    {"changer_type", NTMS_CHANGER_TYPE},
    {"computer", NTMS_COMPUTER},
    {"drive", NTMS_DRIVE},
    {"drive_type", NTMS_DRIVE_TYPE},
    {"iedoor", NTMS_IEDOOR},
    {"ieport", NTMS_IEPORT},
    {"library", NTMS_LIBRARY},
    {"librequest", NTMS_LIBREQUEST},
    {"libreq", NTMS_LIBREQUEST},
    {"logical_media", NTMS_LOGICAL_MEDIA},
    {"media_pool", NTMS_MEDIA_POOL},
    {"media_type", NTMS_MEDIA_TYPE},
    {"partition", NTMS_PARTITION},
    {"physical_media", NTMS_PHYSICAL_MEDIA},
    {"storageslot", NTMS_STORAGESLOT},
    {"oprequest", NTMS_OPREQUEST},
    {"opreq", NTMS_OPREQUEST},
};

RsmRefusal not_found(DWORD type, const std::string& name) {
    return {ERROR_OBJECT_NOT_FOUND,
            "no " + std::string(name_of_rsm_type(type)) + " is called '" + name + "'"};
}

}  // namespace

std::string to_digits(const GUID& id) {
    std::string digits = ntmsapi::to_text(id);
    std::erase(digits, '-');
    return digits;
}

DWORD rsm_type_of(std::string_view name) {
    const std::string lower = base::to_lower(name);
    const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                     [&](const TypeName& type) { return type.name == lower; });
    return found == std::end(kTypes) ? DWORD{NTMS_UNKNOWN} : found->type;
}

std::string_view name_of_rsm_type(DWORD type) {
    const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                     [&](const TypeName& known) { return known.type == type; });
    return found == std::end(kTypes) ? "object" : found->name;
}

RsmResult<RsmObjects> RsmObjects::open(const std::string& server) {
    const HANDLE session = OpenNtmsSessionA(server.c_str(), "rsm", 0);
    if (session == INVALID_HANDLE_VALUE) {
        const DWORD error = GetLastError();
        const std::string where = server.empty() ? "this user's usual socket" : server;
        const bool is_absent = error == ERROR_NOT_CONNECTED;
        return Failure{RsmRefusal{error, is_absent ? "no RSM service at " + where : ""}};
    }
    return RsmObjects(session);
}

RsmObjects::RsmObjects(RsmObjects&& other) noexcept
    : session_(std::exchange(other.session_, INVALID_HANDLE_VALUE)) {}

RsmObjects::~RsmObjects() {
    CloseNtmsSession(session_);  // Says so when it has been moved from; nobody listens.
}

RsmResult<std::vector<GUID>> RsmObjects::list(const GUID* container, DWORD type) const {
    GUID id = container == nullptr ? GUID{} : *container;
    std::vector<GUID> ids(64);
    for (;;) {
        auto count = static_cast<DWORD>(ids.size());
        const DWORD error = EnumerateNtmsObject(session_, container == nullptr ? nullptr : &id,
                                                ids.data(), &count, type, NTMS_ENUM_DEFAULT);
        const bool is_too_short = error == ERROR_INSUFFICIENT_BUFFER && count > ids.size();
        if (error != ERROR_SUCCESS && !is_too_short) return Failure{RsmRefusal{error, ""}};
        // Objects may be added meanwhile, so a little more.
        ids.resize(is_too_short ? count + 16 : count);
        if (!is_too_short) return ids;
    }
}

RsmResult<NTMS_OBJECTINFORMATIONA> RsmObjects::information(const GUID& id, DWORD type) const {
    GUID object = id;
    NTMS_OBJECTINFORMATIONA information = {};
    information.dwSize = sizeof(information);
    information.dwType = type;
    const DWORD error = GetNtmsObjectInformationA(session_, &object, &information);
    if (error != ERROR_SUCCESS) return Failure{RsmRefusal{error, ""}};
    return information;
}

RsmResult<void> RsmObjects::set(const NTMS_OBJECTINFORMATIONA& information) const {
    NTMS_OBJECTINFORMATIONA copy = information;
    const DWORD error = SetNtmsObjectInformationA(session_, &copy.ObjectGuid, &copy);
    if (error != ERROR_SUCCESS) return Failure{RsmRefusal{error, ""}};
    return {};
}

RsmResult<GUID> RsmObjects::with_id(DWORD type, const std::string& text) const {
    const auto id = ntmsapi::parse_guid(text);
    if (!id || text.empty()) {
        return Failure{RsmRefusal{ERROR_OBJECT_NOT_FOUND, "'" + text + "' is no GUID"}};
    }
    const auto found = information(*id, type);
    if (!found) return Failure{found.error()};
    return *id;
}

RsmResult<GUID> RsmObjects::named(DWORD type, const std::string& name,
                                  const GUID* container) const {
    const auto ids = list(container, type);
    if (!ids) return Failure{ids.error()};
    std::vector<GUID> found;
    for (const GUID& id : *ids) {
        const auto object = information(id, type);
        if (object && object->szName == name) found.push_back(id);
    }
    if (found.empty()) return Failure{not_found(type, name)};
    if (found.size() == 1) return found.front();
    return Failure{RsmRefusal{ERROR_INVALID_NAME, std::to_string(found.size()) + " are called '" +
                                                      name + "'; name it by GUID"}};
}

RsmResult<GUID> RsmObjects::pool(const std::string& path) const {
    std::string_view rest = path;
    if (rest.starts_with('\\')) rest.remove_prefix(1);
    GUID id = {};
    const GUID* parent = nullptr;
    for (const std::string_view level : base::split(rest, '\\')) {
        const auto found = named(NTMS_MEDIA_POOL, std::string(level), parent);
        if (!found) return found;
        id = *found;
        parent = &id;
    }
    return id;
}

}  // namespace nearline::apps
