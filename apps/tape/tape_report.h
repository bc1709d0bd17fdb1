// What `nearline tape` prints.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "initiator/tape_client.h"

namespace nearline::apps {

struct TapeStatus {
    scsi::Lun lun{};
    initiator::InquiryData inquiry;
    std::string not_ready;  // in the drive's words; empty: there is a tape
    initiator::BlockLimits limits;
    initiator::DriveModes modes;
    std::optional<initiator::TapePosition> position{};
};

void print(std::ostream& out, const TapeStatus& status);
std::string to_json(const TapeStatus& status);

void print(std::ostream& out, const std::vector<initiator::MediumAttribute>& attributes);
std::string to_json(const std::vector<initiator::MediumAttribute>& attributes);

}  // namespace nearline::apps
