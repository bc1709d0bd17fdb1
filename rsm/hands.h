// Requests that wait for the operator's hands: what a fresh look at the library means for them, how
// long they wait, and what the operator is asked when that is too long.
#pragma once

#include <cstdint>
#include <string>

#include "rsm/element_reading.h"
#include "rsm/store.h"

namespace nearline::rsm {

struct Sight {
    const Reading* reading = nullptr;  // null while the library cannot be read
    bool was_door_open = false;        // since the door was unlocked
};

// Inside a transaction. Requests that can go on are queued again, those whose end the look shows
// end; the operator is asked about ports and doors that stay open too long.
void look_at_waiting_requests(Store& store, const Guid& library, const Sight& sight,
                              std::uint64_t now_ms);

// Until when there is somebody to wait for; 0 when nobody sets a limit.
std::uint64_t last_time_limit(Store& store, const Guid& library);

// The longest MaxExtendSecs of the library's ports, in milliseconds; 0: no limit.
std::uint64_t port_time_limit(Store& store, const Guid& library);

// An operator request of RSM's own about one object, unless the same is asked already.
void ask_operator(Store& store, OpCommand command, ObjectType type, const Guid& object,
                  const std::string& message, std::uint64_t now_ms);

// The ports with a cartridge that is to come in: those an eject has filled are not among them.
std::vector<std::uint16_t> ports_to_empty(Store& store, const Guid& library,
                                          const Reading& reading);

// No port stands open, and none is being looked into.
bool are_ports_closed(const Reading& reading);

bool looks_like_cleaner(const Library& library, const SeenElement& element);

}  // namespace nearline::rsm
