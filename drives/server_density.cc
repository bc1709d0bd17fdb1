// REPORT DENSITY SUPPORT (scsi-tape sheet 1.16): what a drive can read and write, as data of the
// formats.
#include <algorithm>
#include <set>
#include <string>

#include "base/bytes.h"
#include "drives/drive_device_server.h"
#include "drives/partitions.h"
#include "media/format.h"

namespace nearline::drives {
namespace {

using base::ByteWriter;
using media::Format;
using scsi::Bytes;
using scsi::Task;

constexpr std::uint16_t kTapeWidth = 127;  // tenths of a millimetre: half an inch
constexpr std::uint8_t kWritable = 0x80;   // WRTOK
constexpr std::uint8_t kDuplicate = 0x40;  // DUP: the code stands in an earlier descriptor
constexpr std::uint8_t kDefault = 0x20;    // DEFLT
constexpr std::size_t kMostDensities = 9;  // of a medium type descriptor
constexpr std::uint16_t kMediumTypeLength = 52;
constexpr std::uint64_t kMegabyte = 1'000'000;

// In ascending order of their codes, as hosts count on.
std::vector<const Format*> formats_of(const std::set<media::Generation>& generations) {
    std::vector<const Format*> formats;
    for (const media::Generation each : generations) {
        if (const Format* format = media::format_of(each)) formats.push_back(format);
    }
    std::stable_sort(formats.begin(), formats.end(),
                     [](const Format* a, const Format* b) { return a->density < b->density; });
    return formats;
}

std::uint32_t bits_per_mm(const Format& format, const DriveProfile& profile) {
    const auto own = profile.bits_per_mm.find(format.generation);
    return own == profile.bits_per_mm.end() ? format.bits_per_mm : own->second;
}

void add_density(const Format& format, std::uint32_t bits_per_mm, std::uint8_t flags,
                 std::uint64_t capacity_mb, Bytes& list) {
    ByteWriter(list)
        .u8(format.density)
        .u8(format.density)  // there is no other code for it
        .u8(flags)
        .u16(0)  // DESCRIPTOR LENGTH, which DLV does not make valid
        .u24(bits_per_mm)
        .u16(kTapeWidth)
        .u16(format.tracks)
        .u32(capacity_mb)
        .padded_text(format.organization, 8)
        .padded_text(format.density_name, 8)
        .padded_text(format.density_description, 20);
}

struct MediumKind {
    std::uint8_t type = 0;
    std::vector<const Format*> formats;
    media::CartridgeType cartridge = media::CartridgeType::Data;
};

// "Ultrium 9 Data": the description of the density up to its tracks.
std::string description_of(const MediumKind& kind) {
    const std::string_view density = kind.formats.back()->density_description;
    const bool is_worm = kind.cartridge == media::CartridgeType::Worm;
    return std::string(density.substr(0, density.find('/'))) + (is_worm ? " WORM" : " Data");
}

void add_medium(const MediumKind& kind, Bytes& list) {
    const Format& format = *kind.formats.back();
    const std::size_t count = std::min(kind.formats.size(), kMostDensities);
    ByteWriter out(list);
    out.u8(kind.type).u8(0).u16(kMediumTypeLength).u8(count);
    for (std::size_t each = 0; each < count; ++each) out.u8(kind.formats[each]->density);
    out.zeros(kMostDensities - count).u16(kTapeWidth).u16(format.length_m).zeros(2);
    out.padded_text(format.organization, 8)
        .padded_text(format.density_name, 8)
        .padded_text(description_of(kind), 20);
}

void add_kind(const Format& format, media::CartridgeType cartridge, std::uint8_t type,
              std::vector<MediumKind>& kinds) {
    const auto found = std::find_if(kinds.begin(), kinds.end(),
                                    [&](const MediumKind& kind) { return kind.type == type; });
    if (found == kinds.end()) return kinds.push_back({type, {&format}, cartridge});
    found->formats.push_back(&format);
}

std::vector<MediumKind> kinds_of(const std::vector<const Format*>& formats,
                                 MediumTypeCoding coding) {
    std::vector<MediumKind> kinds;
    for (const Format* format : formats) {
        using media::CartridgeType;
        add_kind(*format, CartridgeType::Data,
                 medium_type(coding, format->generation, CartridgeType::Data), kinds);
        if (!format->has_worm()) continue;
        add_kind(*format, CartridgeType::Worm,
                 medium_type(coding, format->generation, CartridgeType::Worm), kinds);
    }
    std::sort(kinds.begin(), kinds.end(),
              [](const MediumKind& a, const MediumKind& b) { return a.type < b.type; });
    return kinds;
}

}  // namespace

void DriveDeviceServer::on(const ReportDensitySupport& command, Task& task) {
    if (command.media) {
        if (const auto reason = not_ready()) return task.refuse(*reason);
    }
    const DriveProfile& profile = drive_.profile();
    std::set<media::Generation> generations = profile.reads;
    if (command.media) generations = {drive_.cartridge()->description().generation};
    const auto formats = formats_of(generations);
    Bytes list;
    if (command.medium_type) {
        for (const MediumKind& kind : kinds_of(formats, profile.medium_types)) {
            const bool is_asked =
                !command.media || kind.cartridge == drive_.cartridge()->description().type;
            if (is_asked) add_medium(kind, list);
        }
    } else {
        const Format* before = nullptr;
        for (const Format* format : formats) {
            const bool is_default = command.media || format->generation == profile.generation;
            std::uint8_t flags = is_default ? kDefault : std::uint8_t{0};
            if (profile.writes.contains(format->generation)) flags |= kWritable;
            if (before != nullptr && before->density == format->density) flags |= kDuplicate;
            before = format;
            const std::uint64_t capacity_mb =
                command.media
                    ? nominal_capacity(drive_.cartridge()->description(), *format) / kMegabyte
                    : format->native_mb;
            add_density(*format, bits_per_mm(*format, profile), flags, capacity_mb, list);
        }
    }
    Bytes data;
    ByteWriter(data).u16(list.size() + 2).u16(0).bytes(list);
    task.respond(data, command.allocation_length);
    task.good();
}

}  // namespace nearline::drives
