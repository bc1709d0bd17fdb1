#include "apps/changer/changer_report.h"

#include <algorithm>
#include <iomanip>

#include "apps/changer/element_name.h"
#include "apps/changer/json_writer.h"
#include "base/text.h"

namespace nearline::apps {
namespace {

using base::ByteReader;
using base::BytesView;
using initiator::Capabilities;
using initiator::Element;
using initiator::ElementMap;
using initiator::ElementRange;
using initiator::ElementType;
using initiator::Inventory;
using initiator::VitalProductPage;

constexpr std::uint8_t kUnitSerialNumber = 0x80;
constexpr std::uint8_t kDeviceIdentification = 0x83;

// The order of capability bits (SMC-3 7.3.4): robot, slot, station, drive.
constexpr ElementType kCapabilityOrder[] = {ElementType::MediumTransport, ElementType::Storage,
                                            ElementType::ImportExport, ElementType::DataTransfer};
constexpr ElementType kPrintOrder[] = {ElementType::MediumTransport, ElementType::DataTransfer,
                                       ElementType::Storage, ElementType::ImportExport};

std::string printable(BytesView bytes) {
    std::string text(base::as_text(bytes));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, ' ');
    return std::string(base::trim(text));
}

std::string hex_byte(std::uint8_t byte) {
    return base::to_upper(base::to_hex(BytesView(&byte, 1)));
}

std::string_view medium_name(std::uint8_t medium_type) {
    switch (medium_type) {  // SMC-3 table 24
        case 1:
            return "data";
        case 2:
            return "cleaning";
        case 3:
            return "diagnostic";
        case 4:
            return "worm";
        case 5:
            return "microcode";
        default:
            return "";
    }
}

std::string plural(std::size_t count, std::string_view one) {
    return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

std::string of_the_changer(const initiator::InquiryData& inquiry) {
    return inquiry.vendor + " " + inquiry.product + " " + inquiry.revision;
}

// --- Elements.

std::vector<std::string> remarks_on(const Inventory& inventory, const Element& element) {
    std::vector<std::string> remarks;
    if (element.is_full && element.source && *element.source != element.address) {
        remarks.push_back("from " + name_of(inventory, *element.source));
    }
    if (element.is_full && element.medium_type > 1) {
        remarks.emplace_back(medium_name(element.medium_type));
    }
    if (element.type == ElementType::ImportExport) {
        if (element.is_full) remarks.emplace_back(element.is_imported ? "imported" : "exported");
        if (!element.can_import) remarks.emplace_back("no import");
        if (!element.can_export) remarks.emplace_back("no export");
        if (element.needs_operator) remarks.emplace_back("needs the operator");
    }
    if (!element.is_accessible) remarks.emplace_back("not accessible");
    if (element.is_disabled) remarks.emplace_back("disabled");
    if (element.is_abnormal) {
        remarks.push_back("exception " + hex_byte(element.asc) + "/" + hex_byte(element.ascq) +
                          " " + scsi::additional_sense_text(element.asc, element.ascq));
    }
    if (!element.alternate_tag.empty()) remarks.push_back("alternate tag " + element.alternate_tag);
    if (!element.drive_serial().empty()) {
        const std::string product = element.drive_product();
        remarks.push_back((product.empty() ? "" : product + ", ") + "serial " +
                          element.drive_serial());
    }
    return remarks;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
    return text;
}

void print_element(std::ostream& out, const Inventory& inventory, const Element& element) {
    constexpr int kNameWidth = 12;
    constexpr int kLabelWidth = 10;
    const std::string label = !element.is_full             ? ""
                              : element.volume_tag.empty() ? "(no label)"
                                                           : element.volume_tag;
    const std::string remarks = joined(remarks_on(inventory, element));
    out << std::left << std::setw(kNameWidth) << name_of(inventory, element.address)
        << hex_of(element.address) << "  " << (element.is_full ? "full " : "empty");
    if (!remarks.empty()) {
        out << "  " << std::setw(kLabelWidth) << label << "  " << remarks;
    } else if (!label.empty()) {
        out << "  " << label;
    }
    out << "\n";
}

void write_element(JsonWriter& json, const Inventory& inventory, const Element& element) {
    json.begin_object();
    if (const auto place = place_of(inventory, element.address)) {
        json.member("number", std::uint64_t{*place});
    }
    json.member("address", std::uint64_t{static_cast<std::uint16_t>(element.address)});
    json.member("full", element.is_full);
    json.member("accessible", element.is_accessible);
    if (element.is_full) json.member("label", element.volume_tag);
    if (!element.alternate_tag.empty()) json.member("alternate_label", element.alternate_tag);
    if (element.is_full) json.member("medium", medium_name(element.medium_type));
    if (element.source) {
        json.key("source").begin_object();
        json.member("name", name_of(inventory, *element.source));
        json.member("address", std::uint64_t{static_cast<std::uint16_t>(*element.source)});
        json.end_object();
    }
    if (element.type == ElementType::ImportExport) {
        json.member("imported", element.is_imported);
        json.member("can_import", element.can_import);
        json.member("can_export", element.can_export);
        json.member("needs_operator", element.needs_operator);
    }
    if (element.type == ElementType::DataTransfer) {
        json.member("serial", element.drive_serial());
        json.member("product", element.drive_product());
    }
    json.member("disabled", element.is_disabled);
    if (element.is_abnormal) {
        json.key("exception").begin_object();
        json.member("asc", std::uint64_t{element.asc}).member("ascq", std::uint64_t{element.ascq});
        json.member("text", scsi::additional_sense_text(element.asc, element.ascq));
        json.end_object();
    }
    json.end_object();
}

// --- Identity.

struct Designator {
    std::string association;
    std::string kind;
    std::string value;
};

std::string_view designator_kind(std::uint8_t type) {
    switch (type) {  // SPC-4 7.8.6.1
        case 0:
            return "vendor specific";
        case 1:
            return "T10";
        case 2:
            return "EUI-64";
        case 3:
            return "NAA";
        case 4:
            return "relative target port";
        case 5:
            return "target port group";
        case 6:
            return "logical unit group";
        case 7:
            return "MD5";
        case 8:
            return "SCSI name";
        default:
            return "unknown";
    }
}

std::string_view association_name(std::uint8_t association) {
    switch (association) {
        case 0:
            return "unit";
        case 1:
            return "port";
        case 2:
            return "target";
        default:
            return "reserved";
    }
}

std::vector<Designator> designators_in(const VitalProductPage& page) {
    constexpr std::uint8_t kBinary = 1;
    ByteReader in(page.body);
    std::vector<Designator> designators;
    while (in.remaining() >= 4) {
        const std::uint8_t code_set = in.u8() & 0x0F;
        const std::uint8_t byte1 = in.u8();
        in.skip(1);
        const BytesView value = in.bytes(in.u8());
        if (!in.ok()) break;
        designators.push_back({std::string(association_name(byte1 >> 4 & 3)),
                               std::string(designator_kind(byte1 & 0x0F)),
                               code_set == kBinary ? base::to_hex(value) : printable(value)});
    }
    return designators;
}

std::vector<std::string> types_in(std::uint8_t bits) {
    std::vector<std::string> types;
    for (std::size_t bit = 0; bit < std::size(kCapabilityOrder); ++bit) {
        if ((bits >> bit & 1) != 0) types.emplace_back(to_text(kCapabilityOrder[bit]));
    }
    return types;
}

std::string with_commas(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text.empty() ? "nothing" : text;
}

void print_map(std::ostream& out, const ElementMap& map) {
    out << "elements:\n";
    for (const ElementType type : kPrintOrder) {
        const ElementRange& range = map.of(type);
        out << "  " << plural(range.count, to_text(type));
        if (range.count > 0) out << " from " << hex_of(range.first);
        out << "\n";
    }
}

void print_capabilities(std::ostream& out, const Capabilities& capabilities) {
    out << "can hold a cartridge: " << with_commas(types_in(capabilities.storage)) << "\n";
    for (std::size_t i = 0; i < std::size(kCapabilityOrder); ++i) {
        if (capabilities.move_from[i] == 0) continue;
        out << "moves from " << to_text(kCapabilityOrder[i])
            << " to: " << with_commas(types_in(capabilities.move_from[i])) << "\n";
    }
    for (std::size_t i = 0; i < std::size(kCapabilityOrder); ++i) {
        if (capabilities.exchange_from[i] == 0) continue;
        out << "exchanges " << to_text(kCapabilityOrder[i])
            << " with: " << with_commas(types_in(capabilities.exchange_from[i])) << "\n";
    }
}

void print_page(std::ostream& out, const VitalProductPage& page) {
    out << "page " << hex_byte(page.code) << "h:";
    if (page.code == kUnitSerialNumber) {
        out << " serial number " << printable(page.body) << "\n";
    } else if (page.code == kDeviceIdentification) {
        out << " identification\n";
        for (const Designator& designator : designators_in(page)) {
            out << "  " << designator.association << ", " << designator.kind << ": "
                << designator.value << "\n";
        }
    } else {
        out << " " << base::to_hex(page.body) << "\n";
    }
}

void write_types(JsonWriter& json, std::uint8_t bits) {
    json.begin_array();
    for (const std::string& type : types_in(bits)) json.value(type);
    json.end_array();
}

void write_capabilities(JsonWriter& json, const Capabilities& capabilities) {
    json.key("capabilities").begin_object();
    json.key("storage");
    write_types(json, capabilities.storage);
    json.member("volume_tag_reader", capabilities.has_volume_tag_reader);
    const std::pair<const char*, const std::array<std::uint8_t, 4>*> tables[] = {
        {"move", &capabilities.move_from}, {"exchange", &capabilities.exchange_from}};
    for (const auto& [name, table] : tables) {
        json.key(name).begin_object();
        for (std::size_t i = 0; i < table->size(); ++i) {
            json.key(to_text(kCapabilityOrder[i]));
            write_types(json, (*table)[i]);
        }
        json.end_object();
    }
    json.end_object();
}

void write_page(JsonWriter& json, const VitalProductPage& page) {
    json.begin_object();
    json.member("code", std::uint64_t{page.code}).member("bytes", base::to_hex(page.body));
    if (page.code == kDeviceIdentification) {
        json.key("designators").begin_array();
        for (const Designator& designator : designators_in(page)) {
            json.begin_object();
            json.member("association", designator.association);
            json.member("kind", designator.kind).member("value", designator.value);
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
}

void write_inquiry(JsonWriter& json, scsi::Lun lun, const initiator::InquiryData& inquiry) {
    json.member("lun", scsi::to_text(lun));
    json.member("vendor", inquiry.vendor).member("product", inquiry.product);
    json.member("revision", inquiry.revision);
}

}  // namespace

std::string Identity::serial() const {
    const auto page = std::find_if(pages.begin(), pages.end(), [](const VitalProductPage& each) {
        return each.code == kUnitSerialNumber;
    });
    return page == pages.end() ? std::string() : printable(page->body);
}

void print(std::ostream& out, const Status& status) {
    const Inventory& inventory = status.inventory;
    out << of_the_changer(status.inquiry) << ", LUN " << scsi::to_text(status.lun);
    for (const ElementType type : kPrintOrder) {
        out << ", " << plural(inventory.of(type).size(), to_text(type));
    }
    out << "\n";
    for (const ElementType type : kPrintOrder) {
        for (const Element* element : inventory.of(type)) print_element(out, inventory, *element);
    }
}

void print(std::ostream& out, const Identity& identity) {
    const initiator::InquiryData& inquiry = identity.inquiry;
    out << "vendor:   " << inquiry.vendor << "\nproduct:  " << inquiry.product
        << "\nfirmware: " << inquiry.revision << "\n";
    if (!identity.serial().empty()) out << "serial:   " << identity.serial() << "\n";
    out << "LUN:      " << scsi::to_text(identity.lun)
        << "\ninquiry:  " << base::to_hex(inquiry.raw) << "\n";
    if (identity.map) print_map(out, *identity.map);
    if (identity.capabilities) print_capabilities(out, *identity.capabilities);
    for (const VitalProductPage& page : identity.pages) print_page(out, page);
}

void print(std::ostream& out, const Inventory& inventory, const Movement& movement) {
    out << (movement.label.empty() ? "a cartridge without label" : movement.label) << " moved from "
        << name_of(inventory, movement.source) << " to " << name_of(inventory, movement.destination)
        << "\n";
}

std::string to_json(const Status& status) {
    JsonWriter json;
    json.begin_object();
    write_inquiry(json, status.lun, status.inquiry);
    for (const ElementType type : kPrintOrder) {
        json.key(std::string(to_text(type)) + "s").begin_array();
        for (const Element* element : status.inventory.of(type)) {
            write_element(json, status.inventory, *element);
        }
        json.end_array();
    }
    json.end_object();
    return json.text();
}

std::string to_json(const Identity& identity) {
    JsonWriter json;
    json.begin_object();
    write_inquiry(json, identity.lun, identity.inquiry);
    json.member("serial", identity.serial());
    json.member("inquiry", base::to_hex(identity.inquiry.raw));
    if (identity.map) {
        json.key("elements").begin_object();
        for (const ElementType type : kPrintOrder) {
            const ElementRange& range = identity.map->of(type);
            json.key(std::string(to_text(type)) + "s").begin_object();
            json.member("first", std::uint64_t{static_cast<std::uint16_t>(range.first)});
            json.member("count", std::uint64_t{range.count});
            json.end_object();
        }
        json.end_object();
    }
    if (identity.capabilities) write_capabilities(json, *identity.capabilities);
    json.key("pages").begin_array();
    for (const VitalProductPage& page : identity.pages) write_page(json, page);
    json.end_array();
    json.end_object();
    return json.text();
}

std::string to_json(const std::string& command, const Inventory& inventory,
                    const std::vector<Movement>& movements) {
    JsonWriter json;
    json.begin_object();
    json.member("command", command);
    json.key("moved").begin_array();
    for (const Movement& movement : movements) {
        json.begin_object();
        json.member("label", movement.label);
        json.member("source", name_of(inventory, movement.source));
        json.member("source_address", std::uint64_t{static_cast<std::uint16_t>(movement.source)});
        json.member("destination", name_of(inventory, movement.destination));
        json.member("destination_address",
                    std::uint64_t{static_cast<std::uint16_t>(movement.destination)});
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return json.text();
}

}  // namespace nearline::apps
