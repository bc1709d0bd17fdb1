#include "scsi/sense.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "scsi/field.h"

namespace nearline::scsi {
namespace {

constexpr std::uint8_t kFixedCurrent = 0x70;
constexpr std::uint8_t kFixedDeferred = 0x71;
constexpr std::uint8_t kDescriptorCurrent = 0x72;
constexpr std::uint8_t kDescriptorDeferred = 0x73;

// SPC-4 4.5.3.
struct FixedSense {
    static constexpr std::size_t length = 18;
    bool valid = false;
    std::uint8_t response_code = kFixedCurrent;
    bool filemark = false;
    bool end_of_medium = false;
    bool incorrect_length = false;
    SenseKey key{};
    std::uint32_t information = 0;
    std::uint8_t additional_length = 10;  // 18 bytes in all
    std::uint32_t command_specific = 0;
    std::uint8_t asc = 0;
    std::uint8_t ascq = 0;
    std::uint8_t field_replaceable_unit = 0;
    std::uint32_t sense_key_specific = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"VALID", &FixedSense::valid, 0, 7, 1},
            Field{"RESPONSE CODE", &FixedSense::response_code, 0, 6, 7},
            Field{"FILEMARK", &FixedSense::filemark, 2, 7, 1},
            Field{"EOM", &FixedSense::end_of_medium, 2, 6, 1},
            Field{"ILI", &FixedSense::incorrect_length, 2, 5, 1},
            Field{"SENSE KEY", &FixedSense::key, 2, 3, 4},
            Field{"INFORMATION", &FixedSense::information, 3, 7, 32},
            Field{"ADDITIONAL SENSE LENGTH", &FixedSense::additional_length, 7, 7, 8},
            Field{"COMMAND-SPECIFIC INFORMATION", &FixedSense::command_specific, 8, 7, 32},
            Field{"ADDITIONAL SENSE CODE", &FixedSense::asc, 12, 7, 8},
            Field{"ADDITIONAL SENSE CODE QUALIFIER", &FixedSense::ascq, 13, 7, 8},
            Field{"FIELD REPLACEABLE UNIT CODE", &FixedSense::field_replaceable_unit, 14, 7, 8},
            Field{"SENSE KEY SPECIFIC", &FixedSense::sense_key_specific, 15, 7, 24}};
    }
};

// SPC-4 4.5.2.1; descriptors follow.
struct DescriptorSense {
    static constexpr std::size_t length = 8;
    std::uint8_t response_code = kDescriptorCurrent;
    SenseKey key{};
    std::uint8_t asc = 0;
    std::uint8_t ascq = 0;
    std::uint8_t additional_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"RESPONSE CODE", &DescriptorSense::response_code, 0, 6, 7},
            Field{"SENSE KEY", &DescriptorSense::key, 1, 3, 4},
            Field{"ADDITIONAL SENSE CODE", &DescriptorSense::asc, 2, 7, 8},
            Field{"ADDITIONAL SENSE CODE QUALIFIER", &DescriptorSense::ascq, 3, 7, 8},
            Field{"ADDITIONAL SENSE LENGTH", &DescriptorSense::additional_length, 7, 7, 8}};
    }
};

// SPC-4 4.5.2.4: with key ILLEGAL REQUEST a field pointer, else progress: the number alone.
struct SenseKeySpecific {
    static constexpr std::size_t length = 3;
    bool valid = false;
    bool in_cdb = false;
    bool has_bit = false;
    std::uint8_t bit = 0;
    std::uint16_t number = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"SKSV", &SenseKeySpecific::valid, 0, 7, 1},
                          Field{"C/D", &SenseKeySpecific::in_cdb, 0, 6, 1},
                          Field{"BPV", &SenseKeySpecific::has_bit, 0, 3, 1},
                          Field{"BIT POINTER", &SenseKeySpecific::bit, 0, 2, 3},
                          Field{"FIELD POINTER", &SenseKeySpecific::number, 1, 7, 16}};
    }
};

enum DescriptorType : std::uint8_t {
    kInformation = 0x00,
    kCommandSpecificInformation = 0x01,
    kSenseKeySpecific = 0x02,
    kFieldReplaceableUnit = 0x03,
    kStreamCommands = 0x04,
};

// The bodies of the sense data descriptors, after DESCRIPTOR TYPE and ADDITIONAL LENGTH.
struct InformationBody {  // SPC-4 4.5.2.2; COMMAND-SPECIFIC INFORMATION is the same without VALID
    static constexpr std::size_t length = 10;
    bool valid = false;
    std::uint64_t value = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"VALID", &InformationBody::valid, 0, 7, 1},
                          Field{"INFORMATION", &InformationBody::value, 2, 7, 64}};
    }
};
struct SenseKeySpecificBody {
    static constexpr std::size_t length = 6;
    std::uint32_t bytes = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"SENSE KEY SPECIFIC", &SenseKeySpecificBody::bytes, 2, 7, 24}};
    }
};
struct FieldReplaceableUnitBody {
    static constexpr std::size_t length = 2;
    std::uint8_t code = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"FRU CODE", &FieldReplaceableUnitBody::code, 1, 7, 8}};
    }
};
struct StreamCommandsBody {  // SSC-4 4.2.16
    static constexpr std::size_t length = 2;
    bool filemark = false;
    bool end_of_medium = false;
    bool incorrect_length = false;
    static constexpr auto fields() {
        return std::tuple{Field{"FILEMARK", &StreamCommandsBody::filemark, 1, 7, 1},
                          Field{"EOM", &StreamCommandsBody::end_of_medium, 1, 6, 1},
                          Field{"ILI", &StreamCommandsBody::incorrect_length, 1, 5, 1}};
    }
};

std::uint32_t encode_sense_key_specific(const Sense& sense) {
    SenseKeySpecific specific;
    if (sense.field) {
        specific = {true, sense.field->in == FieldIn::Cdb, sense.field->bit.has_value(),
                    static_cast<std::uint8_t>(sense.field->bit.value_or(0) & 7), sense.field->byte};
    } else if (sense.progress) {
        specific = {true, false, false, 0, *sense.progress};
    }
    return static_cast<std::uint32_t>(
        base::load_big_endian(encode_fields(specific), 0, SenseKeySpecific::length));
}

void decode_sense_key_specific(Sense& sense, std::uint32_t bytes) {
    Bytes raw;
    base::ByteWriter(raw).u24(bytes);
    const auto specific = decode_fields<SenseKeySpecific>(raw);
    if (!specific.valid) return;
    if (sense.key != SenseKey::IllegalRequest) {
        sense.progress = specific.number;
        return;
    }
    FieldPointer field{specific.in_cdb ? FieldIn::Cdb : FieldIn::ParameterData, specific.number,
                       std::nullopt};
    if (specific.has_bit) field.bit = specific.bit;
    sense.field = field;
}

Bytes encode_fixed(const Sense& sense) {
    FixedSense fixed;
    fixed.valid = sense.information.has_value();
    fixed.response_code = sense.is_deferred ? kFixedDeferred : kFixedCurrent;
    fixed.filemark = sense.has_filemark;
    fixed.end_of_medium = sense.has_end_of_medium;
    fixed.incorrect_length = sense.has_incorrect_length;
    fixed.key = sense.key;
    fixed.information = static_cast<std::uint32_t>(sense.information.value_or(0));
    fixed.command_specific = static_cast<std::uint32_t>(sense.command_specific);
    fixed.asc = sense.asc;
    fixed.ascq = sense.ascq;
    fixed.field_replaceable_unit = sense.field_replaceable_unit;
    fixed.sense_key_specific = encode_sense_key_specific(sense);
    return encode_fields(fixed);
}

template <typename Body>
void add_descriptor(Bytes& bytes, DescriptorType type, const Body& body) {
    base::ByteWriter(bytes).u8(type).u8(Body::length).bytes(encode_fields(body));
}

Bytes encode_descriptors(const Sense& sense) {
    Bytes descriptors;
    if (sense.information) {
        add_descriptor(descriptors, kInformation, InformationBody{true, *sense.information});
    }
    if (sense.command_specific != 0) {
        add_descriptor(descriptors, kCommandSpecificInformation,
                       InformationBody{false, sense.command_specific});
    }
    if (sense.field || sense.progress) {
        add_descriptor(descriptors, kSenseKeySpecific,
                       SenseKeySpecificBody{encode_sense_key_specific(sense)});
    }
    if (sense.field_replaceable_unit != 0) {
        add_descriptor(descriptors, kFieldReplaceableUnit,
                       FieldReplaceableUnitBody{sense.field_replaceable_unit});
    }
    if (sense.has_filemark || sense.has_end_of_medium || sense.has_incorrect_length) {
        add_descriptor(descriptors, kStreamCommands,
                       StreamCommandsBody{sense.has_filemark, sense.has_end_of_medium,
                                          sense.has_incorrect_length});
    }
    Bytes bytes = encode_fields(
        DescriptorSense{sense.is_deferred ? kDescriptorDeferred : kDescriptorCurrent, sense.key,
                        sense.asc, sense.ascq, static_cast<std::uint8_t>(descriptors.size())});
    base::ByteWriter(bytes).bytes(descriptors);
    return bytes;
}

// Some devices end after the additional sense code; what is missing is zero.
std::optional<Sense> decode_fixed(BytesView bytes) {
    constexpr std::size_t kShortest = 14;
    if (bytes.size() < kShortest) return std::nullopt;
    Bytes whole(bytes.begin(), bytes.end());
    whole.resize(std::max(whole.size(), FixedSense::length));
    const auto fixed = decode_fields<FixedSense>(whole);
    Sense sense{fixed.key, fixed.asc, fixed.ascq};
    sense.is_deferred = fixed.response_code == kFixedDeferred;
    sense.has_filemark = fixed.filemark;
    sense.has_end_of_medium = fixed.end_of_medium;
    sense.has_incorrect_length = fixed.incorrect_length;
    if (fixed.valid) sense.information = fixed.information;
    sense.command_specific = fixed.command_specific;
    sense.field_replaceable_unit = fixed.field_replaceable_unit;
    decode_sense_key_specific(sense, fixed.sense_key_specific);
    return sense;
}

void apply_descriptor(Sense& sense, std::uint8_t type, BytesView body) {
    const auto holds = [&](std::size_t length) { return body.size() >= length; };
    if (type == kInformation && holds(InformationBody::length)) {
        const auto information = decode_fields<InformationBody>(body);
        if (information.valid) sense.information = information.value;
    } else if (type == kCommandSpecificInformation && holds(InformationBody::length)) {
        sense.command_specific = decode_fields<InformationBody>(body).value;
    } else if (type == kSenseKeySpecific && holds(SenseKeySpecificBody::length)) {
        decode_sense_key_specific(sense, decode_fields<SenseKeySpecificBody>(body).bytes);
    } else if (type == kFieldReplaceableUnit && holds(FieldReplaceableUnitBody::length)) {
        sense.field_replaceable_unit = decode_fields<FieldReplaceableUnitBody>(body).code;
    } else if (type == kStreamCommands && holds(StreamCommandsBody::length)) {
        const auto stream = decode_fields<StreamCommandsBody>(body);
        sense.has_filemark = stream.filemark;
        sense.has_end_of_medium = stream.end_of_medium;
        sense.has_incorrect_length = stream.incorrect_length;
    }  // others are a vendor's
}

std::optional<Sense> decode_descriptors(BytesView bytes) {
    if (bytes.size() < DescriptorSense::length) return std::nullopt;
    const auto header = decode_fields<DescriptorSense>(bytes);
    Sense sense{header.key, header.asc, header.ascq};
    sense.is_deferred = header.response_code == kDescriptorDeferred;
    const BytesView rest = bytes.subspan(DescriptorSense::length);
    base::ByteReader in(rest.first(std::min<std::size_t>(header.additional_length, rest.size())));
    constexpr std::size_t kDescriptorHeader = 2;
    while (in.remaining() >= kDescriptorHeader) {
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
    {0x00, 0x07, "PROGRAMMABLE EARLY WARNING DETECTED"},
    {0x00, 0x16, "OPERATION IN PROGRESS"},
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
    {0x3F, 0x05, "DEVICE IDENTIFIER CHANGED"},
    {0x3F, 0x0E, "REPORTED LUNS DATA HAS CHANGED"},
    {0x44, 0x00, "INTERNAL TARGET FAILURE"},
    {0x47, 0x05, "PROTOCOL SERVICE CRC ERROR"},
    {0x48, 0x00, "INITIATOR DETECTED ERROR MESSAGE RECEIVED"},
    {0x4E, 0x00, "OVERLAPPED COMMANDS ATTEMPTED"},
    {0x53, 0x00, "MEDIA LOAD OR EJECT FAILED"},
    {0x53, 0x01, "UNLOAD TAPE FAILURE"},
    {0x53, 0x02, "MEDIUM REMOVAL PREVENTED"},
    {0x55, 0x03, "INSUFFICIENT RESOURCES"},
    {0x55, 0x04, "INSUFFICIENT REGISTRATION RESOURCES"},
    {0x5D, 0x00, "FAILURE PREDICTION THRESHOLD EXCEEDED"},
    {0x5D, 0xFF, "FAILURE PREDICTION THRESHOLD EXCEEDED (FALSE)"},
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
    constexpr std::uint8_t kResponseCodeBits = 0x7F;
    if (bytes.empty()) return std::nullopt;
    switch (bytes.front() & kResponseCodeBits) {
        case kFixedCurrent:
        case kFixedDeferred:
            return decode_fixed(bytes);
        case kDescriptorCurrent:
        case kDescriptorDeferred:
            return decode_descriptors(bytes);
        default:
            return std::nullopt;
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
        "NO SENSE",       "RECOVERED ERROR", "NOT READY",      "MEDIUM ERROR",
        "HARDWARE ERROR", "ILLEGAL REQUEST", "UNIT ATTENTION", "DATA PROTECT",
        "BLANK CHECK",    "VENDOR SPECIFIC", "COPY ABORTED",   "ABORTED COMMAND",
        "RESERVED",       "VOLUME OVERFLOW", "MISCOMPARE",     "COMPLETED"};
    return kKeys[static_cast<std::size_t>(key) & 0xF];
}

}  // namespace nearline::scsi
