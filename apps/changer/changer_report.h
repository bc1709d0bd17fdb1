// What `nearline changer` prints: a library for people, and the same as JSON for programs.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "initiator/changer_client.h"

namespace nearline::apps {

// What a changer says of itself. Pages it refused are absent.
struct Identity {
    scsi::Lun lun{};
    initiator::InquiryData inquiry;
    std::vector<initiator::VitalProductPage> pages;  // in the order of page 00h, without it
    std::optional<initiator::ElementMap> map;
    std::optional<initiator::Capabilities> capabilities;
    // The content of page 80h; empty when there is none.
    std::string serial() const;
};

struct Status {
    scsi::Lun lun{};
    initiator::InquiryData inquiry;
    initiator::Inventory inventory;
};

// A cartridge's way: one for a load, two for an exchange.
struct Movement {
    std::string label;  // empty when it has none
    initiator::ElementAddress source{};
    initiator::ElementAddress destination{};
};

void print(std::ostream& out, const Status& status);
void print(std::ostream& out, const Identity& identity);
void print(std::ostream& out, const initiator::Inventory& inventory, const Movement& movement);

std::string to_json(const Status& status);
std::string to_json(const Identity& identity);
std::string to_json(const std::string& command, const initiator::Inventory& inventory,
                    const std::vector<Movement>& movements);

}  // namespace nearline::apps
