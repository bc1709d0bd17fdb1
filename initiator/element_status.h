// READ ELEMENT STATUS data (SMC-3 6.11) as a client reads it: from any changer, so nothing in it
// is believed. Lengths that do not fit end the reading, with what was whole until then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scsi/types.h"

namespace nearline::initiator {

using scsi::ElementAddress;

enum class ElementType : std::uint8_t {  // SMC-3 table 7
    All = 0,
    MediumTransport = 1,
    Storage = 2,
    ImportExport = 3,
    DataTransfer = 4,
};
std::string_view to_text(ElementType type);  // "robot", "slot", "station", "drive"

struct Element {
    ElementType type{};
    ElementAddress address{};
    bool is_full = false;
    bool is_abnormal = false;     // EXCEPT; asc and ascq say why
    bool is_accessible = false;   // ACCESS; always set for a robot
    bool is_imported = false;     // IMPEXP: the operator put it there
    bool can_export = false;      // EXENAB
    bool can_import = false;      // INENAB
    bool needs_operator = false;  // OIR
    bool is_disabled = false;     // ED
    std::uint8_t asc = 0;
    std::uint8_t ascq = 0;
    std::uint8_t medium_type = 0;  // 0 unspecified, 1 data, 2 cleaning, …
    std::optional<ElementAddress> source;
    std::string volume_tag;  // without padding; empty when there is none or it is unreadable
    std::string alternate_tag;
    std::uint8_t identifier_type = 0;  // of `identifier`: 0 vendor specific, 1 T10
    std::string identifier;            // DVCID: as sent, without padding

    // The drive's serial number, when its identifier has one: of 34 characters the last 10,
    // otherwise all of it.
    std::string drive_serial() const;
    // Vendor and product of a T10 identifier, else empty.
    std::string drive_product() const;
};

struct ElementReport {
    std::uint32_t byte_count = 0;     // of the whole report, whatever part of it was sent
    std::uint16_t element_count = 0;  // as the header says
    std::vector<Element> elements;    // those that came whole, in order
};

// Fails only when there is no whole header, or when a page's descriptors cannot be told apart.
base::Result<ElementReport, std::string> parse_element_report(scsi::BytesView data);

}  // namespace nearline::initiator
