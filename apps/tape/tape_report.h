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

void print(std::ostream& out, const std::vector<initiator::Density>& densities);
std::string to_json(const std::vector<initiator::Density>& densities);

struct TapeEncryption {
    initiator::EncryptionStatus status;
    std::optional<std::uint32_t> algorithm{};    // of the key in use
    std::optional<initiator::NextBlock> next{};  // where there is a tape
};

void print(std::ostream& out, const TapeEncryption& encryption);
std::string to_json(const TapeEncryption& encryption);

}  // namespace nearline::apps
