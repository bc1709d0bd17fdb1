#include "rsm/media_label.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace nearline::rsm {
namespace {

using base::ByteReader;
using base::Bytes;
using base::BytesView;

constexpr std::size_t kTypeLength = 63;   // of OmidLabelType, without the terminator
constexpr std::size_t kIdLength = 255;    // bytes of OmidLabelId
constexpr std::size_t kInfoLength = 255;  // of OmidLabelInfo, without the terminator

// Blanks and zeros end a field; what is not printable is shown as a question mark.
std::string printable(std::string text) {
    text.resize(std::min(text.find('\0'), text.size()));
    for (char& c : text) {
        if (c < ' ' || c > '~') c = '?';
    }
    return std::string(base::trim(text));
}

std::string text_field(ByteReader& in, std::size_t width) {
    return printable(in.text(width));
}

std::uint16_t little_u16(ByteReader& in) {
    const std::uint16_t low = in.u8();
    return static_cast<std::uint16_t>(low | (std::uint16_t{in.u8()} << 8U));
}

// UTF-16, little-endian, as Windows programs write it.
std::string wide_field(ByteReader& in, std::size_t width) {
    constexpr std::uint16_t kLastAscii = 0x7E;
    std::string text;
    for (std::size_t at = 0; at < width / 2; ++at) {
        const std::uint16_t character = little_u16(in);
        text += character <= kLastAscii ? static_cast<char>(character) : '?';
    }
    return printable(std::move(text));
}

MediaLabel label_of(std::string_view type, BytesView id, std::string info) {
    return {std::string(type.substr(0, kTypeLength)),
            base::to_hex(id.first(std::min(id.size(), kIdLength))), info.substr(0, kInfoLength)};
}

// A GUID as Windows keeps it in memory: its first three numbers are little-endian.
Bytes guid_bytes(const Guid& guid) {
    std::string digits = guid.text();
    std::erase(digits, '-');
    Bytes bytes = base::from_hex(digits).value_or(Bytes());
    const auto at = [&](std::ptrdiff_t offset) { return bytes.begin() + offset; };
    std::reverse(at(0), at(4));
    std::reverse(at(4), at(6));
    std::reverse(at(6), at(8));
    return bytes;
}

// --- the recognisers

std::optional<MediaLabel> free_label_of(BytesView block) {
    constexpr std::size_t kGuidText = 36;
    ByteReader in(block);
    if (in.text(kFreeLabelType.size()) != kFreeLabelType || in.u8() != '\n') return std::nullopt;
    const BytesView id = in.bytes(kGuidText);
    if (!in.ok() || !Guid::parse(base::as_text(id))) return std::nullopt;
    return label_of(kFreeLabelType, id, {});
}

// The volume header label of ANSI X3.27, ISO 1001 and ECMA-13: one block of 80 characters. LTFS and
// other programs write their name as the implementation that made it.
std::optional<MediaLabel> ansi_label(BytesView block) {
    constexpr std::size_t kLength = 80;
    constexpr std::size_t kVolumeIdentifier = 6;
    if (block.size() != kLength) return std::nullopt;
    ByteReader in(block);
    if (in.text(4) != "VOL1") return std::nullopt;
    const BytesView id = in.bytes(kVolumeIdentifier);
    const bool is_text =
        std::all_of(id.begin(), id.end(), [](std::uint8_t c) { return c >= ' ' && c <= '~'; });
    if (!is_text) return std::nullopt;
    in.skip(1 + 13);  // accessibility, reserved
    const std::string implementation = text_field(in, 13);
    const std::string owner = text_field(in, 14);
    return label_of(kAnsiLabelType, id, implementation.empty() ? owner : implementation);
}

// The TAPE descriptor block of Microsoft Tape Format 1.00a. Numbers are little-endian; the header
// ends with the exclusive or of its words.
bool has_format_checksum(BytesView block) {
    constexpr std::size_t kWords = 25;
    ByteReader in(block);
    std::uint16_t sum = 0;
    for (std::size_t at = 0; at < kWords; ++at) sum ^= little_u16(in);
    return sum == little_u16(in) && in.ok();
}

// A string is its size in bytes and its offset from the block's beginning.
std::string format_string(BytesView block, ByteReader& address, std::uint8_t string_type) {
    constexpr std::uint8_t kUnicode = 2;
    const std::size_t size = little_u16(address);
    const std::size_t offset = little_u16(address);
    if (offset > block.size() || size > block.size() - offset) return {};
    ByteReader in(block.subspan(offset, size));
    return string_type == kUnicode ? wide_field(in, size) : text_field(in, size);
}

std::optional<MediaLabel> tape_format_label(BytesView block) {
    ByteReader in(block);
    if (in.text(4) != "TAPE" || !has_format_checksum(block)) return std::nullopt;
    in.skip(44);
    const std::uint8_t string_type = in.u8();
    in.skip(3);  // reserved, checksum
    // All tapes of one family have its id; the number tells them apart.
    const BytesView family = in.bytes(4);
    in.skip(4);  // attributes
    const BytesView number = in.bytes(2);
    in.skip(6);  // password algorithm, soft filemark size, catalog type
    const std::string name = format_string(block, in, string_type);
    const std::string description = format_string(block, in, string_type);
    if (!in.ok()) return std::nullopt;
    Bytes id(family.begin(), family.end());
    id.insert(id.end(), number.begin(), number.end());
    return label_of(kTapeFormatLabelType, id, name.empty() ? description : name);
}

// The label of the documents' sample programs: type, version, vendor, time, application, the tape's
// name and a GUID, in 506 bytes of wide characters.
std::optional<MediaLabel> simple_label(BytesView block) {
    ByteReader in(block);
    if (wide_field(in, 48) != kSimpleLabelType) return std::nullopt;
    if (wide_field(in, 10) != "2.60") return std::nullopt;
    if (wide_field(in, 44) != "Microsoft Corporation") return std::nullopt;
    in.skip(40);
    if (wide_field(in, 30) != "RSM Sample App") return std::nullopt;
    const std::string name = wide_field(in, 256);
    const auto id = Guid::parse(wide_field(in, 78));
    if (!in.ok() || !id) return std::nullopt;
    return label_of(kSimpleLabelType, guid_bytes(*id), name);
}

using Recogniser = std::optional<MediaLabel> (*)(BytesView block);
constexpr std::array<Recogniser, 4> kRecognisers = {free_label_of, ansi_label, tape_format_label,
                                                    simple_label};

}  // namespace

std::optional<MediaLabel> recognize_label(BytesView first_block) {
    for (const Recogniser recogniser : kRecognisers) {
        if (auto label = recogniser(first_block)) return label;
    }
    return std::nullopt;
}

// { WCHAR FileSystemType[64]; WCHAR VolumeName[256]; DWORD SerialNumber }
std::optional<MediaLabel> file_system_label(BytesView information) {
    ByteReader in(information);
    const std::string type = wide_field(in, 128);
    const std::string name = wide_field(in, 512);
    const BytesView serial = in.bytes(4);
    if (!in.ok() || type.empty()) return std::nullopt;
    return label_of(type, serial, name);
}

Bytes free_label(const Guid& identifier) {
    constexpr std::size_t kBlock = 512;
    Bytes block;
    base::ByteWriter(block).padded_text(
        std::string(kFreeLabelType) + "\n" + identifier.text() + "\n", kBlock);
    return block;
}

}  // namespace nearline::rsm
