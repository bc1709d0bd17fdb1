#include "apps/rsm/rsm_error.h"

#include "ntmsapi/error_names.h"

namespace nearline::apps {

std::string to_text_of_error(DWORD error) {
    const std::string number = std::to_string(error);
    const char* name = ntmsapi::name_of_error(error);
    return name == nullptr ? "error " + number : std::string(name) + " (" + number + ")";
}

}  // namespace nearline::apps
