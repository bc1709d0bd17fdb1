#include "apps/tape/tape_report.h"

#include <fmt/format.h>

#include "apps/changer/json_writer.h"
#include "base/text.h"

namespace nearline::apps {
namespace {

using initiator::MediumAttribute;

constexpr std::size_t kLongestNumber = 8;  // bytes of a binary attribute that is shown as a number

struct AttributeName {
    std::uint16_t id;
    const char* name;
};
// SPC-4 7.4.2.
constexpr AttributeName kAttributeNames[] = {
    {0x0000, "remaining capacity in partition (MiB)"},
    {0x0001, "maximum capacity in partition (MiB)"},
    {0x0002, "TapeAlert flags"},
    {0x0003, "load count"},
    {0x0004, "MAM space remaining"},
    {0x0005, "assigning organization"},
    {0x0006, "formatted density code"},
    {0x0007, "initialization count"},
    {0x0008, "volume identifier"},
    {0x0009, "volume change reference"},
    {0x020A, "device at last load"},
    {0x020B, "device at load before"},
    {0x020C, "device two loads before"},
    {0x020D, "device three loads before"},
    {0x0220, "total MiB written in medium life"},
    {0x0221, "total MiB read in medium life"},
    {0x0222, "total MiB written in current load"},
    {0x0223, "total MiB read in current load"},
    {0x0400, "medium manufacturer"},
    {0x0401, "medium serial number"},
    {0x0402, "medium length (m)"},
    {0x0403, "medium width (0.1 mm)"},
    {0x0404, "assigning organization"},
    {0x0405, "medium density code"},
    {0x0406, "medium manufacture date"},
    {0x0407, "MAM capacity"},
    {0x0408, "medium type"},
    {0x0409, "medium type information"},
    {0x0800, "application vendor"},
    {0x0801, "application name"},
    {0x0802, "application version"},
    {0x0803, "user medium text label"},
    {0x0804, "date and time last written"},
    {0x0805, "text localization identifier"},
    {0x0806, "barcode"},
    {0x0807, "owning host textual name"},
    {0x0808, "media pool"},
    {0x080B, "application format version"},
    {0x080C, "volume coherency information"},
};

std::string name_of(std::uint16_t id) {
    for (const AttributeName& each : kAttributeNames) {
        if (each.id == id) return each.name;
    }
    return {};
}

// Text as text, short numbers as numbers, the rest as bytes.
std::string text_of(const MediumAttribute& attribute) {
    if (attribute.format != MediumAttribute::Format::Binary) {
        return std::string(base::trim(base::as_text(attribute.value)));
    }
    if (attribute.value.empty() || attribute.value.size() > kLongestNumber) {
        return base::to_hex(attribute.value);
    }
    std::uint64_t number = 0;
    for (const std::uint8_t byte : attribute.value) number = number << 8 | byte;
    return fmt::format("{}", number);
}

// --- Encryption.

using initiator::EncryptionStatus;
using initiator::KeyAssociatedData;
using initiator::NextBlock;

const char* text_of(EncryptionStatus::Encryption encryption) {
    switch (encryption) {
        case EncryptionStatus::Encryption::Off:
            return "off";
        case EncryptionStatus::Encryption::External:
            return "external";
        case EncryptionStatus::Encryption::On:
            return "on";
    }
    return "unknown";
}

const char* text_of(EncryptionStatus::Decryption decryption) {
    switch (decryption) {
        case EncryptionStatus::Decryption::Off:
            return "off";
        case EncryptionStatus::Decryption::Raw:
            return "raw";
        case EncryptionStatus::Decryption::On:
            return "on";
        case EncryptionStatus::Decryption::Mixed:
            return "mixed";
    }
    return "unknown";
}

const char* text_of(EncryptionStatus::Scope scope) {
    switch (scope) {
        case EncryptionStatus::Scope::Nobody:
            return "nobody";
        case EncryptionStatus::Scope::OneInitiator:
            return "one initiator";
        case EncryptionStatus::Scope::AllInitiators:
            return "all initiators";
    }
    return "unknown";
}

const char* text_of(NextBlock::Encryption encryption) {
    switch (encryption) {
        case NextBlock::Encryption::NotTold:
        case NextBlock::Encryption::NotKnown:
            break;
        case NextBlock::Encryption::NoBlock:
            return "no block";
        case NextBlock::Encryption::Plain:
            return "not encrypted";
        case NextBlock::Encryption::OtherAlgorithm:
            return "encrypted by another algorithm";
        case NextBlock::Encryption::ThisKey:
            return "encrypted with the key that is set";
        case NextBlock::Encryption::OtherKey:
            return "encrypted with another key";
    }
    return "unknown";
}

std::string algorithm_text(std::uint32_t code) {
    if (code == initiator::EncryptionAlgorithm::kAes256Gcm) return "AES-256-GCM";
    return fmt::format("0x{:08x}", code);
}

// Text as text, everything else as bytes.
std::string kad_text(const scsi::Bytes& kad) {
    for (const std::uint8_t byte : kad) {
        constexpr std::uint8_t kFirstPrintable = 0x20;
        constexpr std::uint8_t kLastPrintable = 0x7E;
        if (byte < kFirstPrintable || byte > kLastPrintable) return base::to_hex(kad);
    }
    return std::string(base::as_text(kad));
}

void print_kad(std::ostream& out, const KeyAssociatedData& kad) {
    if (!kad.unauthenticated.empty()) {
        out << "  key-associated data: " << kad_text(kad.unauthenticated) << "\n";
    }
    if (!kad.authenticated.empty()) {
        out << "  key-associated data, authenticated: " << kad_text(kad.authenticated) << "\n";
    }
}

void add_kad(JsonWriter& json, const KeyAssociatedData& kad) {
    if (!kad.unauthenticated.empty()) json.member("kad", kad_text(kad.unauthenticated));
    if (!kad.authenticated.empty()) {
        json.member("authenticated_kad", kad_text(kad.authenticated));
    }
}

bool is_encrypted(const NextBlock& next) {
    return next.encryption >= NextBlock::Encryption::OtherAlgorithm &&
           next.encryption <= NextBlock::Encryption::OtherKey;
}

}  // namespace

void print(std::ostream& out, const TapeStatus& status) {
    const initiator::InquiryData& inquiry = status.inquiry;
    out << fmt::format("{} {} {}, LUN {}\n", inquiry.vendor, inquiry.product, inquiry.revision,
                       scsi::to_text(status.lun));
    if (!status.not_ready.empty()) {
        out << "not ready: " << status.not_ready << "\n";
        return;
    }
    out << fmt::format("density 0x{:02x}, medium type 0x{:02x}{}\n", status.modes.density,
                       status.modes.medium_type,
                       status.modes.is_write_protected ? ", write protected" : "");
    const std::string length = status.modes.block_length == 0
                                   ? std::string("of any length")
                                   : fmt::format("of {} bytes", status.modes.block_length);
    out << fmt::format("blocks {}, from {} to {}\n", length, status.limits.shortest,
                       status.limits.longest);
    if (!status.position) return;
    const initiator::TapePosition& at = *status.position;
    out << fmt::format("partition {}, object {}", at.partition, at.object);
    if (at.file) out << fmt::format(", file {}", *at.file);
    out << (at.is_at_beginning ? ", at the beginning" : "")
        << (at.is_near_end ? ", near the end" : "") << "\n";
}

std::string to_json(const TapeStatus& status) {
    JsonWriter json;
    json.begin_object()
        .member("lun", scsi::to_text(status.lun))
        .member("vendor", status.inquiry.vendor)
        .member("product", status.inquiry.product)
        .member("revision", status.inquiry.revision)
        .member("ready", status.not_ready.empty());
    if (!status.not_ready.empty()) {
        json.member("not_ready", status.not_ready).end_object();
        return json.text();
    }
    json.member("density", std::uint64_t{status.modes.density})
        .member("medium_type", std::uint64_t{status.modes.medium_type})
        .member("write_protected", status.modes.is_write_protected)
        .member("block_length", std::uint64_t{status.modes.block_length})
        .member("shortest_block", std::uint64_t{status.limits.shortest})
        .member("longest_block", std::uint64_t{status.limits.longest});
    if (status.position) {
        json.member("partition", std::uint64_t{status.position->partition})
            .member("object", status.position->object);
        if (status.position->file) json.member("file", *status.position->file);
        json.member("at_beginning", status.position->is_at_beginning)
            .member("near_end", status.position->is_near_end);
    }
    json.end_object();
    return json.text();
}

void print(std::ostream& out, const std::vector<MediumAttribute>& attributes) {
    for (const MediumAttribute& each : attributes) {
        out << fmt::format("0x{:04x}  {:<40}{}\n", each.id, name_of(each.id), text_of(each));
    }
}

std::string to_json(const std::vector<MediumAttribute>& attributes) {
    JsonWriter json;
    json.begin_array();
    for (const MediumAttribute& each : attributes) {
        json.begin_object()
            .member("id", std::uint64_t{each.id})
            .member("name", name_of(each.id))
            .member("value", text_of(each))
            .member("read_only", each.is_read_only)
            .end_object();
    }
    json.end_array();
    return json.text();
}

void print(std::ostream& out, const std::vector<initiator::Density>& densities) {
    out << "code  name      capacity      tracks  bits/mm  \n";
    for (const initiator::Density& each : densities) {
        out << fmt::format("0x{:02x}  {:<8}  {:>9} MB  {:>6}  {:>7}  {}, {}{}\n", each.code,
                           each.name, each.capacity_mb, each.tracks, each.bits_per_mm,
                           each.description, each.is_writable ? "read and written" : "read only",
                           each.is_default ? ", default" : "");
    }
}

std::string to_json(const std::vector<initiator::Density>& densities) {
    JsonWriter json;
    json.begin_array();
    for (const initiator::Density& each : densities) {
        json.begin_object()
            .member("code", std::uint64_t{each.code})
            .member("name", each.name)
            .member("organization", each.organization)
            .member("description", each.description)
            .member("capacity_mb", std::uint64_t{each.capacity_mb})
            .member("tracks", std::uint64_t{each.tracks})
            .member("bits_per_mm", std::uint64_t{each.bits_per_mm})
            .member("writable", each.is_writable)
            .member("default", each.is_default)
            .end_object();
    }
    json.end_array();
    return json.text();
}

void print(std::ostream& out, const TapeEncryption& encryption) {
    const EncryptionStatus& status = encryption.status;
    out << fmt::format("encryption {}, decryption {}, set for {}\n", text_of(status.encryption),
                       text_of(status.decryption), text_of(status.scope));
    if (encryption.algorithm) {
        out << fmt::format("{}, key instance {}, raw reads of what is written {}\n",
                           algorithm_text(*encryption.algorithm), status.key_instance,
                           status.is_raw_read_disabled ? "disabled" : "enabled");
    }
    print_kad(out, status.kad);
    if (!encryption.next) return;
    const NextBlock& next = *encryption.next;
    out << fmt::format(
        "object {}: {}{}\n", next.object, text_of(next.encryption),
        is_encrypted(next) && !next.is_raw_read_disabled ? ", raw reads enabled" : "");
    print_kad(out, next.kad);
}

std::string to_json(const TapeEncryption& encryption) {
    const EncryptionStatus& status = encryption.status;
    JsonWriter json;
    json.begin_object()
        .member("encryption", text_of(status.encryption))
        .member("decryption", text_of(status.decryption))
        .member("set_for", text_of(status.scope))
        .member("key_instance", std::uint64_t{status.key_instance});
    if (encryption.algorithm) {
        json.member("algorithm", algorithm_text(*encryption.algorithm))
            .member("raw_read", !status.is_raw_read_disabled);
    }
    add_kad(json, status.kad);
    if (encryption.next) {
        const NextBlock& next = *encryption.next;
        json.key("next_block")
            .begin_object()
            .member("object", next.object)
            .member("encryption", text_of(next.encryption));
        if (is_encrypted(next)) json.member("raw_read", !next.is_raw_read_disabled);
        add_kad(json, next.kad);
        json.end_object();
    }
    json.end_object();
    return json.text();
}

}  // namespace nearline::apps
