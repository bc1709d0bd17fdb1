// One session with RSM, as a command line sees it: objects by GUID or by friendly name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ntmsapi/include/ntmsapi.h"

namespace nearline::apps {

// Why RSM did not do it.
struct RsmRefusal {
    DWORD error = ERROR_SUCCESS;
    std::string detail;  // a sentence's end, or empty: the error says it all
};

template <typename T>
using RsmResult = base::Result<T, RsmRefusal>;

// As the tool prints them: 32 digits.
std::string to_digits(const GUID& id);
// "library", "physical_media": the names of types that can be listed. NTMS_UNKNOWN: no such name.
DWORD rsm_type_of(std::string_view name);
std::string_view name_of_rsm_type(DWORD type);

class RsmObjects {
public:
    // No session: for what needs none.
    RsmObjects() = default;
    // `server` as OpenNtmsSession takes it; empty: this user's.
    static RsmResult<RsmObjects> open(const std::string& server);
    RsmObjects(RsmObjects&& other) noexcept;
    RsmObjects& operator=(RsmObjects&&) = delete;
    ~RsmObjects();

    HANDLE session() const { return session_; }

    RsmResult<std::vector<GUID>> list(const GUID* container, DWORD type) const;
    RsmResult<NTMS_OBJECTINFORMATIONA> information(const GUID& id, DWORD type) const;
    RsmResult<void> set(const NTMS_OBJECTINFORMATIONA& information) const;

    // By GUID text.
    RsmResult<GUID> with_id(DWORD type, const std::string& text) const;
    // The only one of that name, in its exact case; `container` nullptr: anywhere.
    RsmResult<GUID> named(DWORD type, const std::string& name, const GUID* container) const;
    // By its path; the first backslash may be missing.
    RsmResult<GUID> pool(const std::string& path) const;

private:
    explicit RsmObjects(HANDLE session) : session_(session) {}

    HANDLE session_ = INVALID_HANDLE_VALUE;
};

}  // namespace nearline::apps
