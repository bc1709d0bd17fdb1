// What an HPE MSL3040 logical library said when it was asked (1 robot, 2 drives, 40 slots, no mail
// slot): READ ELEMENT STATUS data as captured, with three of its slots.
#pragma once

#include <string>

#include "base/text.h"
#include "tests/initiator/scripted_initiator.h"

namespace nearline::initiator {

inline std::string hex_of_text(const std::string& text) {
    return base::to_hex(base::as_bytes(text));
}

inline std::string tag_field(const std::string& label) {
    return hex_of_text(label + std::string(32 - label.size(), ' ')) + "00000000";
}

inline const std::string kNoTag(72, '0');

inline std::string msl3040_robots() {
    return "01 80 0034 00 000034"
           "0000 00 00 0000 000000 00 0000" +
           kNoTag + "00000000";
}

inline std::string msl3040_drives() {
    return "04 80 0056 00 0000AC"
           "0001 09 00 0000 000000 81 040A" +
           tag_field("S30002L9") + "02 01 00 22" +
           hex_of_text("HPE     Ultrium 9-SCSI  8031BDC7D1") + "0002 09 00 0000 000000 81 03EE" +
           tag_field("Z20001L9") + "02 01 00 22" +
           hex_of_text("HPE     Ultrium 9-SCSI  8031BDC7DB");
}

inline std::string msl3040_slots() {
    return "02 80 0034 00 00009C"
           "03E9 09 00 0000 000000 02 0000" +
           tag_field("CLNU01L9") + "00000000" + "03EA 09 00 0000 000000 81 03EA" +
           tag_field("S20001L9") + "00000000" + "03EB 08 00 0000 000000 00 0000" + kNoTag +
           "00000000";
}

// MODE SENSE (6) data without block descriptors: the header, then pages 1Dh and 1Fh.
inline std::string msl3040_element_map() {
    return "17 00 00 00"
           "1D 12 0000 0001 03E9 0003 0065 0000 0001 0002 0000";
}

inline std::string msl3040_capabilities() {
    return "17 00 00 00"
           "1F 12 0E 02 00 0A 00 0A 00000000 00 00 00 00 00000000";
}

inline std::string msl3040_inquiry() {
    return "08 80 06 02 3A 00 00 02" + hex_of_text("HPE     MSL G3 Series   3350");
}

inline std::string with_report_header(const std::string& pages, const std::string& count) {
    scsi::Bytes header;
    base::ByteWriter(header)
        .u16(0)
        .u16(*base::parse_unsigned(count))
        .u8(0)
        .u24(bytes_of(pages).size());
    return base::to_hex(header) + pages;
}

// The whole library, asked for one element type at a time; moves succeed and change nothing.
inline scsi::Response msl3040(const scsi::Request& request) {
    const std::string cdb = base::to_hex(request.cdb);
    if (cdb.starts_with("00") || cdb.starts_with("a5") || cdb.starts_with("2b")) return good();
    if (cdb.starts_with("1200")) return good(bytes_of(msl3040_inquiry()));
    if (cdb.starts_with("120100")) return good(bytes_of("08 00 0003 00 80 83"));
    if (cdb.starts_with("120180")) {
        return good(bytes_of("08 80 000F" + hex_of_text("DEC418146K_LL02")));
    }
    if (cdb.starts_with("120183")) return good(bytes_of("08 83 000C 01 03 00 08 5001438031BDC7D4"));
    if (cdb.starts_with("1a081d")) return good(bytes_of(msl3040_element_map()));
    if (cdb.starts_with("1a081f")) return good(bytes_of(msl3040_capabilities()));
    if (cdb.starts_with("b811")) return good(bytes_of(with_report_header(msl3040_robots(), "1")));
    if (cdb.starts_with("b812")) return good(bytes_of(with_report_header(msl3040_slots(), "3")));
    if (cdb.starts_with("b814")) return good(bytes_of(with_report_header(msl3040_drives(), "2")));
    return refused(scsi::kInvalidCommandOperationCode);
}

}  // namespace nearline::initiator
