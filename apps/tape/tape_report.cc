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

}  // namespace nearline::apps
