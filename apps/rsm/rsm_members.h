// What is known of an object, as names and values in the order of its structure.
#pragma once

#include <string>
#include <vector>

#include "ntmsapi/include/ntmsapi.h"

namespace nearline::apps {

struct RsmMember {
    std::string name;   // "media_pool"
    std::string value;  // text, or a number in decimal
    bool is_number = false;
};

std::vector<RsmMember> members_of(const NTMS_OBJECTINFORMATIONA& object);

// "2026-11-25T14:06:00.000Z"; empty for never.
std::string to_text(const SYSTEMTIME& time);

// The words for numbers: "queued", "mount"; the number itself where there is none.
std::string operation_name(DWORD operation);
std::string request_state_name(DWORD state);
std::string operator_command_name(DWORD command);
std::string operator_state_name(DWORD state);

}  // namespace nearline::apps
