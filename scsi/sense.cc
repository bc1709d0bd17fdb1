#include "scsi/sense.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace nearline::scsi {
namespace {

// Sense key specific bytes (SPC-4 4.5.2.4): SKSV, C/D, BPV and the bit, then a number.
constexpr std::uint8_t kSksv = 0x80;
constexpr std::uint8_t kInCdb = 0x40;
constexpr std::uint8_t kBitPointerValid = 0x08;

constexpr std::uint8_t kFilemark = 0x80;
constexpr std::uint8_t kEndOfMedium = 0x40;
constexpr std::uint8_t kIncorrectLength = 0x20;
constexpr std::uint8_t kInformationValid = 0x80;

enum DescriptorType : std::uint8_t {
    kInformationDescriptor = 0x00,
    kCommandSpecificDescriptor = 0x01,
    kSenseKeySpecificDescriptor = 0x02,
    kFieldReplaceableUnitDescriptor = 0x03,
    kStreamCommandsDescriptor = 0x04,
};

std::array<std::uint8_t, 3> sense_key_specific(const Sense& sense) {
    std::array<std::uint8_t, 3> bytes{};
    if (sense.field) {
        bytes[0] = kSksv;
        if (sense.field->in == FieldIn::Cdb) bytes[0] |= kInCdb;
        if (sense.field->bit) {
            bytes[0] = static_cast<std::uint8_t>(bytes[0] | kBitPointerValid |
                                                 (*sense.field->bit & 7));
        }
        base::store_big_endian(bytes, 1, 2, sense.field->byte);
    } else if (sense.progress) {
        bytes[0] = kSksv;
        base::store_big_endian(bytes, 1, 2, *sense.progress);
    }
    return bytes;
}

void set_sense_key_specific(Sense& sense, BytesView bytes) {
    if ((bytes[0] & kSksv) == 0) return;
    const auto number = static_cast<std::uint16_t>(base::load_big_endian(bytes, 1, 2));
    if (sense.key != SenseKey::IllegalRequest) {
        sense.progress = number;
        return;
    }
    FieldPointer field{(bytes[0] & kInCdb) != 0 ? FieldIn::Cdb : FieldIn::ParameterData, number,
                       std::nullopt};
    if ((bytes[0] & kBitPointerValid) != 0) field.bit = bytes[0] & 7;
    sense.field = field;
}

std::uint8_t stream_bits(const Sense& sense) {
    return static_cast<std::uint8_t>((sense.has_filemark ? kFilemark : 0) |
                                     (sense.has_end_of_medium ? kEndOfMedium : 0) |
                                     (sense.has_incorrect_length ? kIncorrectLength : 0));
}

void set_stream_bits(Sense& sense, std::uint8_t bits) {
    sense.has_filemark = (bits & kFilemark) != 0;
    sense.has_end_of_medium = (bits & kEndOfMedium) != 0;
    sense.has_incorrect_length = (bits & kIncorrectLength) != 0;
}

// SPC-4 4.5.3.
Bytes encode_fixed(const Sense& sense) {
    Bytes bytes;
    base::ByteWriter out(bytes);
    const std::uint8_t response_code = sense.is_deferred ? 0x71 : 0x70;
    out.u8(response_code | (sense.information ? kInformationValid : 0U));
    out.u8(0);
    out.u8(stream_bits(sense) | static_cast<unsigned>(sense.key));
    out.u32(sense.information.value_or(0));
    out.u8(10);  // additional sense length: 18 bytes in all
    out.u32(sense.command_specific);
    out.u8(sense.asc).u8(sense.ascq).u8(sense.field_replaceable_unit);
    out.bytes(sense_key_specific(sense));
    return bytes;
}

// SPC-4 4.5.2.
Bytes encode_descriptors(const Sense& sense) {
    Bytes bytes;
    base::ByteWriter out(bytes);
    out.u8(sense.is_deferred ? 0x73U : 0x72U).u8(static_cast<unsigned>(sense.key));
    out.u8(sense.asc).u8(sense.ascq).zeros(4);
    if (sense.information) {
        out.u8(kInformationDescriptor).u8(0x0A).u8(0x80).u8(0).u64(*sense.information);
    }
    if (sense.command_specific != 0) {
        out.u8(kCommandSpecificDescriptor).u8(0x0A).zeros(2).u64(sense.command_specific);
    }
    if (sense.field || sense.progress) {
        out.u8(kSenseKeySpecificDescriptor).u8(0x06).zeros(2);
        out.bytes(sense_key_specific(sense)).u8(0);
    }
    if (sense.field_replaceable_unit != 0) {
        out.u8(kFieldReplaceableUnitDescriptor).u8(0x02).u8(0).u8(sense.field_replaceable_unit);
    }
    if (stream_bits(sense) != 0) {
        out.u8(kStreamCommandsDescriptor).u8(0x02).u8(0).u8(stream_bits(sense));
    }
    out.patch(7, bytes.size() - 8, 1);
    return bytes;
}

std::optional<Sense> decode_fixed(BytesView bytes) {
    if (bytes.size() < 14) return std::nullopt;
    Sense sense;
    sense.is_deferred = (bytes[0] & 0x7F) == 0x71;
    sense.key = static_cast<SenseKey>(bytes[2] & 0x0F);
    set_stream_bits(sense, bytes[2]);
    if ((bytes[0] & kInformationValid) != 0) sense.information = base::load_big_endian(bytes, 3, 4);
    sense.command_specific = base::load_big_endian(bytes, 8, 4);
    sense.asc = bytes[12];
    sense.ascq = bytes[13];
    if (bytes.size() > 14) sense.field_replaceable_unit = bytes[14];
    if (bytes.size() >= 18) set_sense_key_specific(sense, bytes.subspan(15, 3));
    return sense;
}

void apply_descriptor(Sense& sense, std::uint8_t type, BytesView body) {
    switch (type) {
        case kInformationDescriptor:
            if (body.size() >= 10 && (body[0] & 0x80) != 0) {
                sense.information = base::load_big_endian(body, 2, 8);
            }
            break;
        case kCommandSpecificDescriptor:
            if (body.size() >= 10) sense.command_specific = base::load_big_endian(body, 2, 8);
            break;
        case kSenseKeySpecificDescriptor:
            if (body.size() >= 5) set_sense_key_specific(sense, body.subspan(2, 3));
            break;
        case kFieldReplaceableUnitDescriptor:
            if (body.size() >= 2) sense.field_replaceable_unit = body[1];
            break;
        case kStreamCommandsDescriptor:
            if (body.size() >= 2) set_stream_bits(sense, body[1]);
            break;
        default: break;  // a vendor's
    }
}

std::optional<Sense> decode_descriptors(BytesView bytes) {
    if (bytes.size() < 8) return std::nullopt;
    Sense sense;
    sense.is_deferred = (bytes[0] & 0x7F) == 0x73;
    sense.key = static_cast<SenseKey>(bytes[1] & 0x0F);
    sense.asc = bytes[2];
    sense.ascq = bytes[3];
    base::ByteReader in(bytes.subspan(8, std::min<std::size_t>(bytes[7], bytes.size() - 8)));
    while (in.remaining() >= 2) {
        const std::uint8_t type = in.u8();
        const BytesView body = in.bytes(in.u8());
        if (in.ok()) apply_descriptor(sense, type, body);
    }
    return sense;
}

struct NamedCode {
    std::uint8_t asc;
    std::uint8_t ascq;
    std::string_view name;
};

// The pairs that changers, tapes and this program's own units return (SPC-4 table 49).
constexpr NamedCode kNames[] = {
    {0x00, 0x00, "NO ADDITIONAL SENSE INFORMATION"},
    {0x00, 0x01, "FILEMARK DETECTED"},
    {0x00, 0x02, "END-OF-PARTITION/MEDIUM DETECTED"},
    {0x00, 0x04, "BEGINNING-OF-PARTITION/MEDIUM DETECTED"},
    {0x00, 0x05, "END-OF-DATA DETECTED"},
    {0x00, 0x17, "CLEANING REQUESTED"},
    {0x04, 0x00, "LOGICAL UNIT NOT READY, CAUSE NOT REPORTABLE"},
    {0x04, 0x01, "LOGICAL UNIT IS IN PROCESS OF BECOMING READY"},
    {0x04, 0x02, "LOGICAL UNIT NOT READY, INITIALIZING COMMAND REQUIRED"},
    {0x04, 0x03, "LOGICAL UNIT NOT READY, MANUAL INTERVENTION REQUIRED"},
    {0x04, 0x07, "LOGICAL UNIT NOT READY, OPERATION IN PROGRESS"},
    {0x04, 0x12, "LOGICAL UNIT NOT READY, OFFLINE"},
    {0x04, 0x18, "LOGICAL UNIT NOT READY, A DOOR IS OPEN"},
    {0x0C, 0x0C, "WRITE ERROR - UNEXPECTED UNSOLICITED DATA"},
    {0x0C, 0x0D, "WRITE ERROR - NOT ENOUGH UNSOLICITED DATA"},
    {0x15, 0x01, "MECHANICAL POSITIONING ERROR"},
    {0x1A, 0x00, "PARAMETER LIST LENGTH ERROR"},
    {0x20, 0x00, "INVALID COMMAND OPERATION CODE"},
    {0x21, 0x00, "LOGICAL BLOCK ADDRESS OUT OF RANGE"},
    {0x21, 0x01, "INVALID ELEMENT ADDRESS"},
    {0x24, 0x00, "INVALID FIELD IN CDB"},
    {0x25, 0x00, "LOGICAL UNIT NOT SUPPORTED"},
    {0x26, 0x00, "INVALID FIELD IN PARAMETER LIST"},
    {0x26, 0x01, "PARAMETER NOT SUPPORTED"},
    {0x26, 0x02, "PARAMETER VALUE INVALID"},
    {0x26, 0x04, "INVALID RELEASE OF PERSISTENT RESERVATION"},
    {0x28, 0x00, "NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED"},
    {0x28, 0x01, "IMPORT OR EXPORT ELEMENT ACCESSED"},
    {0x29, 0x00, "POWER ON, RESET, OR BUS DEVICE RESET OCCURRED"},
    {0x29, 0x01, "POWER ON OCCURRED"},
    {0x29, 0x02, "SCSI BUS RESET OCCURRED"},
    {0x29, 0x03, "BUS DEVICE RESET FUNCTION OCCURRED"},
    {0x29, 0x04, "DEVICE INTERNAL RESET"},
    {0x29, 0x07, "I_T NEXUS LOSS OCCURRED"},
    {0x2A, 0x01, "MODE PARAMETERS CHANGED"},
    {0x2A, 0x02, "LOG PARAMETERS CHANGED"},
    {0x2A, 0x03, "RESERVATIONS PREEMPTED"},
    {0x2A, 0x04, "RESERVATIONS RELEASED"},
    {0x2A, 0x05, "REGISTRATIONS PREEMPTED"},
    {0x2A, 0x10, "TIMESTAMP CHANGED"},
    {0x2A, 0x15, "MEDIUM REMOVAL PREVENTION PREEMPTED"},
    {0x2C, 0x00, "COMMAND SEQUENCE ERROR"},
    {0x2F, 0x00, "COMMANDS CLEARED BY ANOTHER INITIATOR"},
    {0x30, 0x00, "INCOMPATIBLE MEDIUM INSTALLED"},
    {0x30, 0x03, "CLEANING CARTRIDGE INSTALLED"},
    {0x39, 0x00, "SAVING PARAMETERS NOT SUPPORTED"},
    {0x3A, 0x00, "MEDIUM NOT PRESENT"},
    {0x3A, 0x02, "MEDIUM NOT PRESENT - TRAY OPEN"},
    {0x3B, 0x0D, "MEDIUM DESTINATION ELEMENT FULL"},
    {0x3B, 0x0E, "MEDIUM SOURCE ELEMENT EMPTY"},
    {0x3B, 0x11, "MEDIUM MAGAZINE NOT ACCESSIBLE"},
    {0x3B, 0x12, "MEDIUM MAGAZINE REMOVED"},
    {0x3B, 0x13, "MEDIUM MAGAZINE INSERTED"},
    {0x3B, 0x18, "ELEMENT DISABLED"},
    {0x3B, 0x1A, "DATA TRANSFER DEVICE REMOVED"},
    {0x3F, 0x01, "MICROCODE HAS BEEN CHANGED"},
    {0x3F, 0x03, "INQUIRY DATA HAS CHANGED"},
    {0x3F, 0x0E, "REPORTED LUNS DATA HAS CHANGED"},
    {0x44, 0x00, "INTERNAL TARGET FAILURE"},
    {0x47, 0x05, "PROTOCOL SERVICE CRC ERROR"},
    {0x48, 0x00, "INITIATOR DETECTED ERROR MESSAGE RECEIVED"},
    {0x4E, 0x00, "OVERLAPPED COMMANDS ATTEMPTED"},
    {0x53, 0x00, "MEDIA LOAD OR EJECT FAILED"},
    {0x53, 0x01, "UNLOAD TAPE FAILURE"},
    {0x53, 0x02, "MEDIUM REMOVAL PREVENTED"},
    {0x55, 0x03, "INSUFFICIENT RESOURCES"},
};

std::string hex_byte(std::uint8_t byte) {
    return base::to_upper(base::to_hex(BytesView(&byte, 1)));
}

}  // namespace

Sense Sense::at_byte(std::uint16_t byte, std::optional<std::uint8_t> bit, FieldIn in) const {
    Sense pointed = *this;
    pointed.field = FieldPointer{in, byte, bit};
    return pointed;
}

Sense Sense::at_parameter_byte(std::uint16_t byte, std::optional<std::uint8_t> bit) const {
    return at_byte(byte, bit, FieldIn::ParameterData);
}

Sense Sense::with_progress(std::uint16_t of_65536) const {
    Sense progressed = *this;
    progressed.progress = of_65536;
    return progressed;
}

Sense Sense::with_information(std::uint64_t value) const {
    Sense informed = *this;
    informed.information = value;
    return informed;
}

Bytes encode_sense(const Sense& sense, SenseFormat format) {
    return format == SenseFormat::Fixed ? encode_fixed(sense) : encode_descriptors(sense);
}

std::optional<Sense> decode_sense(BytesView bytes) {
    if (bytes.empty()) return std::nullopt;
    switch (bytes[0] & 0x7F) {
        case 0x70:
        case 0x71: return decode_fixed(bytes);
        case 0x72:
        case 0x73: return decode_descriptors(bytes);
        default: return std::nullopt;
    }
}

std::string to_text(const Sense& sense) {
    std::string text;
    text += static_cast<char>("0123456789ABCDEF"[static_cast<int>(sense.key) & 0xF]);
    text += "/" + hex_byte(sense.asc) + "/" + hex_byte(sense.ascq) + " " +
            additional_sense_text(sense.asc, sense.ascq);
    if (sense.field) {
        text += sense.field->in == FieldIn::Cdb ? ", CDB byte " : ", parameter byte ";
        text += std::to_string(sense.field->byte);
        if (sense.field->bit) text += " bit " + std::to_string(*sense.field->bit);
    }
    return text;
}

std::string additional_sense_text(std::uint8_t asc, std::uint8_t ascq) {
    const auto* found = std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& entry) {
        return entry.asc == asc && entry.ascq == ascq;
    });
    if (found != std::end(kNames)) return std::string(found->name);
    return "ASC/ASCQ " + hex_byte(asc) + "/" + hex_byte(ascq);
}

std::string_view to_text(SenseKey key) {
    constexpr std::array<std::string_view, 16> kKeys = {
        "NO SENSE",        "RECOVERED ERROR", "NOT READY",     "MEDIUM ERROR",
        "HARDWARE ERROR",  "ILLEGAL REQUEST", "UNIT ATTENTION", "DATA PROTECT",
        "BLANK CHECK",     "VENDOR SPECIFIC", "COPY ABORTED",  "ABORTED COMMAND",
        "RESERVED",        "VOLUME OVERFLOW", "MISCOMPARE",    "COMPLETED"};
    return kKeys[static_cast<std::size_t>(key) & 0xF];
}

}  // namespace nearline::scsi
