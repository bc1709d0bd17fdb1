// What a logical unit says of itself and leaves out, as data: filled from a personality file by
// config, or by a test. No code asks who the vendor is; it reads this.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "scsi/command.h"

namespace nearline::scsi {

// Peripheral device types (SPC-4 table 138).
inline constexpr std::uint8_t kDirectAccessDevice = 0x00;
inline constexpr std::uint8_t kSequentialAccessDevice = 0x01;
inline constexpr std::uint8_t kMediumChanger = 0x08;

// Vendor bytes laid over INQUIRY data: `bytes` at `offset`.
struct InquiryOverlay {
    std::uint16_t offset = 0;
    Bytes bytes;
};

// One designation descriptor of VPD page 83h (SPC-4 7.8.6).
struct Designator {
    enum class Association : std::uint8_t { LogicalUnit = 0, TargetPort = 1, TargetDevice = 2 };
    std::uint8_t protocol = 0;  // with a PIV bit when the association is a port's
    std::uint8_t code_set = 0;  // 1 binary, 2 ASCII, 3 UTF-8
    Association association = Association::LogicalUnit;
    std::uint8_t type = 0;  // 1 T10 vendor id, 3 NAA, 4 relative port, 5 port group, 8 SCSI name
    Bytes identifier;
};

struct VitalProductDataPage {
    std::uint8_t code = 0;
    Bytes body;  // what follows the four header bytes
};

// A mode page as a device keeps it. Bodies follow the two (or, with a subpage, four) header bytes.
struct ModePage {
    std::uint8_t code = 0;
    std::uint8_t subpage = 0;
    bool is_savable = false;  // PS
    Bytes values;             // current; in a profile those after reset
    Bytes changeable;         // a one wherever MODE SELECT may change; same size as `values`
};

struct LogParameter {
    std::uint16_t code = 0;
    std::uint8_t control = 0;
    Bytes value;
};
struct LogPage {
    std::uint8_t code = 0;
    std::uint8_t subpage = 0;
    std::vector<LogParameter> parameters;
};

// What REPORT SUPPORTED OPERATION CODES says of a command's time (SPC-4 6.35.4); 0 says nothing.
struct CommandTimeout {
    std::uint8_t command_specific = 0;
    std::uint32_t nominal_seconds = 0;
    std::uint32_t recommended_seconds = 0;
};

struct UnitProfile {
    std::uint8_t device_type = 0x1F;
    bool is_removable = true;     // RMB
    std::uint8_t version = 0x06;  // SPC-4
    std::uint8_t response_format = 0x02;
    std::uint8_t inquiry_byte_5 = 0;                 // SCCS, TPGS, …
    std::uint8_t inquiry_byte_6 = 0;                 // MULTIP, MCHNGR, BARC, …
    std::uint8_t inquiry_byte_7 = 0x02;              // CMDQUE
    std::uint16_t inquiry_length = 96;               // of the whole standard INQUIRY data
    std::string vendor;                              // 8 characters at most
    std::string product;                             // 16
    std::string revision;                            // 4
    std::vector<std::uint16_t> version_descriptors;  // up to 8, from byte 58 on
    std::vector<InquiryOverlay> overlays;
    std::string serial;                   // page 80h, as sent
    std::vector<Designator> designators;  // page 83h, without those of ports
    bool reports_ports = true;  // page 83h ends with the port of the nexus and the target device
    // All others, as sent; 00h comes from the list. Page 88h without a body is made from the
    // port of the nexus.
    std::vector<VitalProductDataPage> pages;
    std::set<Opcode> unsupported;  // commands of the table this model lacks
    std::set<std::pair<Opcode, ServiceAction>> unsupported_actions;  // of those it has, these not
    std::map<Opcode, CommandTimeout> timeouts;
    // ASCQ of UNIT ATTENTION 29h after power on: 00h the general one, which every initiator knows
    // (iscsi-ls of libiscsi knows no other), 01h POWER ON OCCURRED.
    std::uint8_t power_on_qualifier = 0x00;
    // Those that are plain values; units add live ones. A page 00h without values makes a request
    // for it succeed with header and block descriptor.
    std::vector<ModePage> mode_pages;
    bool has_block_descriptor = false;    // MODE SENSE with DBD 0 sends eight bytes of it
    std::vector<LogPage> log_pages;       // those that are plain values
    bool sends_descriptor_sense = false;  // D_SENSE at power on
    bool has_field_pointers = true;       // sense-key specific bytes of ILLEGAL REQUEST
};

}  // namespace nearline::scsi
