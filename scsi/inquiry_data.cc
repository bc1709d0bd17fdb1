#include "scsi/inquiry_data.h"

#include <algorithm>
#include <set>
#include <string>

namespace nearline::scsi {
namespace {

constexpr std::uint8_t kSupportedPages = 0x00;
constexpr std::uint8_t kUnitSerialNumber = 0x80;
constexpr std::uint8_t kDeviceIdentification = 0x83;
constexpr std::uint8_t kScsiPorts = 0x88;

constexpr std::uint8_t kIscsi = 0x5;  // PROTOCOL IDENTIFIER (SPC-4 7.6.1)
constexpr std::uint8_t kBinary = 1;
constexpr std::uint8_t kUtf8 = 3;
constexpr std::uint8_t kRelativeTargetPort = 4;
constexpr std::uint8_t kScsiName = 8;
constexpr std::uint8_t kProtocolIdentifierValid = 0x80;

void lay_over(Bytes& data, const InquiryOverlay& overlay) {
    for (std::size_t at = 0; at < overlay.bytes.size(); ++at) {
        if (overlay.offset + at < data.size()) data[overlay.offset + at] = overlay.bytes[at];
    }
}

// SPC-4 7.8.6.13: NUL-terminated UTF-8, padded to a multiple of four.
Bytes scsi_name(std::string_view name) {
    const BytesView bytes = base::as_bytes(name);
    Bytes padded(bytes.begin(), bytes.end());
    padded.resize((padded.size() / 4 + 1) * 4);
    return padded;
}

Designator relative_port(std::uint16_t number) {
    Bytes identifier;
    base::ByteWriter(identifier).u16(0).u16(number);
    return {kIscsi, kBinary, Designator::Association::TargetPort, kRelativeTargetPort, identifier};
}

std::vector<Designator> port_designators(const NexusNames& nexus) {
    return {relative_port(nexus.relative_target_port),
            {kIscsi, kUtf8, Designator::Association::TargetPort, kScsiName,
             scsi_name(nexus.target_port)}};
}

// "iqn.2026-11.test.nearline:vault,t,0x0001" is a port of "iqn.2026-11.test.nearline:vault".
std::string device_name(const std::string& port_name) {
    return port_name.substr(0, port_name.find(",t,"));
}

void write(base::ByteWriter& out, const Designator& designator) {
    const bool has_protocol =
        designator.association != Designator::Association::LogicalUnit && designator.protocol != 0;
    out.u8(static_cast<unsigned>(designator.protocol << 4 | designator.code_set));
    out.u8((has_protocol ? kProtocolIdentifierValid : 0U) |
           static_cast<unsigned>(designator.association) << 4 | designator.type);
    out.u8(0).u8(designator.identifier.size()).bytes(designator.identifier);
}

Bytes device_identification(const UnitProfile& profile, const NexusNames* nexus) {
    Bytes body;
    base::ByteWriter out(body);
    for (const Designator& designator : profile.designators) write(out, designator);
    if (nexus == nullptr || !profile.reports_ports || nexus->target_port.empty()) return body;
    for (const Designator& designator : port_designators(*nexus)) write(out, designator);
    write(out, {kIscsi, kUtf8, Designator::Association::TargetDevice, kScsiName,
                scsi_name(device_name(nexus->target_port))});
    return body;
}

// SPC-4 7.8.14, for the one port we know of: that of the nexus.
Bytes scsi_ports(const NexusNames& nexus) {
    Bytes descriptors;
    base::ByteWriter designators(descriptors);
    write(designators, port_designators(nexus).back());
    Bytes body;
    base::ByteWriter out(body);
    out.u16(0).u16(nexus.relative_target_port);
    out.u16(0).u16(0);  // no initiator port's TransportID
    out.u16(0).u16(descriptors.size()).bytes(descriptors);
    return body;
}

std::set<std::uint8_t> page_codes(const UnitProfile& profile) {
    std::set<std::uint8_t> codes = {kSupportedPages};
    if (!profile.serial.empty()) codes.insert(kUnitSerialNumber);
    if (!profile.designators.empty()) codes.insert(kDeviceIdentification);
    for (const VitalProductDataPage& page : profile.pages) codes.insert(page.code);
    return codes;
}

Bytes page_body(const UnitProfile& profile, std::uint8_t code, const NexusNames* nexus) {
    const auto given = std::find_if(profile.pages.begin(), profile.pages.end(),
                                    [&](const auto& page) { return page.code == code; });
    const bool is_given = given != profile.pages.end();
    if (code == kScsiPorts && is_given && given->body.empty() && nexus != nullptr) {
        return scsi_ports(*nexus);
    }
    if (is_given) return given->body;
    if (code == kUnitSerialNumber) {
        const BytesView serial = base::as_bytes(profile.serial);
        return Bytes(serial.begin(), serial.end());
    }
    if (code == kDeviceIdentification) return device_identification(profile, nexus);
    const std::set<std::uint8_t> codes = page_codes(profile);
    return Bytes(codes.begin(), codes.end());
}

}  // namespace

Bytes standard_inquiry_data(const UnitProfile& profile) {
    Bytes data;
    base::ByteWriter out(data);
    out.u8(profile.device_type).u8(profile.is_removable ? 0x80U : 0U).u8(profile.version);
    out.u8(profile.response_format).u8(0);
    out.u8(profile.inquiry_byte_5).u8(profile.inquiry_byte_6).u8(profile.inquiry_byte_7);
    out.padded_text(profile.vendor, 8).padded_text(profile.product, 16);
    out.padded_text(profile.revision, 4);
    out.zeros(22);  // vendor specific, clocking
    for (const std::uint16_t descriptor : profile.version_descriptors) out.u16(descriptor);
    data.resize(std::clamp<std::size_t>(profile.inquiry_length, 36, 260));
    for (const InquiryOverlay& overlay : profile.overlays) lay_over(data, overlay);
    constexpr std::size_t kAdditionalLength = 4;  // counts what follows it
    out.patch(kAdditionalLength, data.size() - (kAdditionalLength + 1), 1);
    return data;
}

std::optional<Bytes> vital_product_data(const UnitProfile& profile, std::uint8_t page_code,
                                        const NexusNames* nexus) {
    if (!page_codes(profile).contains(page_code)) return std::nullopt;
    const Bytes body = page_body(profile, page_code, nexus);
    Bytes data;
    base::ByteWriter out(data);
    out.u8(profile.device_type).u8(page_code).u16(body.size()).bytes(body);
    return data;
}

Bytes missing_unit_inquiry_data() {
    UnitProfile nothing;
    nothing.device_type = 0x7F;
    nothing.is_removable = false;
    nothing.inquiry_byte_7 = 0;
    nothing.inquiry_length = 36;
    return standard_inquiry_data(nothing);
}

}  // namespace nearline::scsi
