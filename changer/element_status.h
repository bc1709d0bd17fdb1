// READ ELEMENT STATUS parameter data (SMC-3 6.10; changer sheet 4.8). The cost is linear in the
// elements sent: what the allocation length leaves out is counted, not looked at.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "changer/changer_profile.h"
#include "changer/element_table.h"

namespace nearline::changer {

// What the table does not know of an element: whether the robot reaches it, and what is wrong.
struct ElementCondition {
    bool is_accessible = true;
    bool is_disabled = false;      // ED
    bool is_content_known = true;  // a slot of a magazine that is out shows nothing
    std::uint8_t asc = 0;          // Except, unless both are zero
    std::uint8_t ascq = 0;
    bool is_exception() const { return asc != 0 || ascq != 0; }
};

struct ElementStatusQuery {
    std::optional<ElementType> type;  // nothing: all
    ElementAddress first{};
    std::uint16_t count = 0;
    bool with_volume_tags = false;
    bool with_device_identifiers = false;
    // What a search has found, and its action code (SMC-3 6.13): these alone, whatever stands
    // above.
    std::optional<std::vector<Place>> found{};
    std::uint8_t action = 0;
};

base::Bytes element_status(const ElementTable& table, const ChangerProfile& profile,
                           const std::function<ElementCondition(Place)>& condition_of,
                           const ElementStatusQuery& query, std::uint32_t allocation_length);

// How many elements `status`, maybe cut, tells of.
std::size_t elements_in(base::BytesView status);

}  // namespace nearline::changer
