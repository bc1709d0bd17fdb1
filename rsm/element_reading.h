// What a changer says of its elements (SMC-3 6.11), as RSM reads it: from any changer, so lengths
// that do not fit end the reading and nothing is believed that was not whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scsi/types.h"

namespace nearline::rsm {

enum class ElementKind : std::uint8_t { Robot = 1, Slot = 2, Port = 3, Drive = 4 };

struct SeenElement {
    ElementKind kind = ElementKind::Slot;
    std::uint16_t address = 0;
    bool is_full = false;
    bool is_accessible = false;
    bool is_removed = false;  // its magazine is out, and what was in it with it
    bool is_hidden = false;   // it may hold something, but the changer cannot say what now
    bool is_absent = false;   // a drive that is not there, or has no power
    bool can_export = false;
    bool is_cleaning = false;  // a cleaning cartridge
    std::optional<std::uint16_t> source;
    std::string label;   // empty: none, or unreadable
    std::string vendor;  // of a drive, as its identifier has them
    std::string product;
    std::string serial;
    bool operator==(const SeenElement&) const = default;
};

struct ElementCounts {
    std::uint16_t robots = 0;
    std::uint16_t slots = 0;
    std::uint16_t ports = 0;
    std::uint16_t drives = 0;
};

// A whole library at one moment.
struct Reading {
    std::vector<SeenElement> elements;  // robots, slots, ports, drives; by address within each
    bool is_door_open = false;
    bool operator==(const Reading&) const = default;
    const SeenElement* find(std::uint16_t address) const;
    bool has_labels() const;
    // Whether something may stand where nobody has looked yet.
    bool has_hidden() const;
};

// Mode page 1Dh in a MODE SENSE (6) answer, with or without a block descriptor.
std::optional<ElementCounts> parse_element_map(scsi::BytesView mode_data);

struct ElementReport {
    std::uint32_t byte_count = 0;  // of the whole report, whatever part of it was sent
    std::vector<SeenElement> elements;
};
std::optional<ElementReport> parse_element_report(scsi::BytesView data);

}  // namespace nearline::rsm
