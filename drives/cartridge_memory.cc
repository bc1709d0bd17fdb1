#include "drives/cartridge_memory.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/check.h"
#include "media/format.h"
#include "scsi/field.h"

namespace nearline::drives {
namespace {

using base::ByteReader;
using base::Bytes;
using base::BytesView;
using base::ByteWriter;
using media::CartridgeMemory;
using media::MemoryKey;

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

enum class AttributeFormat : std::uint8_t { Binary = 0, Ascii = 1, Text = 2 };
enum class Owner { Device, Host };  // who writes it
enum class Of { Volume, Partition };

struct Attribute {
    std::uint16_t identifier = 0;
    std::uint16_t length = 0;  // of a host's: the longest
    AttributeFormat format = AttributeFormat::Binary;
    Owner owner = Owner::Device;
    Of of = Of::Volume;
    bool is_variable = false;  // any length up to the longest
};

enum : std::uint16_t {
    kRemainingCapacity = 0x0000,
    kMaximumCapacity = 0x0001,
    kTapeAlertFlags = 0x0002,
    kLoadCount = 0x0003,
    kSpaceRemaining = 0x0004,
    kAssigningOrganization = 0x0005,
    kFormattedDensity = 0x0006,
    kInitializationCount = 0x0007,
    kVolumeIdentifier = 0x0008,
    kVolumeChangeReference = 0x0009,
    kDriveAtLastLoad = 0x020A,
    kDriveFourLoadsAgo = 0x020D,
    kLifetimeWritten = 0x0220,
    kLifetimeRead = 0x0221,
    kWrittenInLoad = 0x0222,
    kReadInLoad = 0x0223,
    kMediumUsage = 0x0340,
    kPartitionUsage = 0x0341,
    kMediumManufacturer = 0x0400,
    kMediumSerial = 0x0401,
    kMediumLength = 0x0402,
    kMediumWidth = 0x0403,
    kMediumOrganization = 0x0404,
    kMediumDensity = 0x0405,
    kManufactureDate = 0x0406,
    kMemoryCapacity = 0x0407,
    kMediumType = 0x0408,
    kTypeInformation = 0x0409,
    kUniqueCartridgeIdentity = 0x1000,
    kAlternateCartridgeIdentity = 0x1001,
};

using enum AttributeFormat;
// Scsi-tape sheet 1.17, ascending.
constexpr std::array kAttributes = {
    Attribute{kRemainingCapacity, 8, Binary, Owner::Device, Of::Partition},
    Attribute{kMaximumCapacity, 8, Binary, Owner::Device, Of::Partition},
    Attribute{kTapeAlertFlags, 8},
    Attribute{kLoadCount, 8},
    Attribute{kSpaceRemaining, 8},
    Attribute{kAssigningOrganization, 8, Ascii},
    Attribute{kFormattedDensity, 1},
    Attribute{kInitializationCount, 2},
    Attribute{kVolumeIdentifier, 32, Ascii},
    Attribute{kVolumeChangeReference, 4},
    Attribute{kDriveAtLastLoad, 40, Ascii},
    Attribute{0x020B, 40, Ascii},
    Attribute{0x020C, 40, Ascii},
    Attribute{kDriveFourLoadsAgo, 40, Ascii},
    Attribute{kLifetimeWritten, 8},
    Attribute{kLifetimeRead, 8},
    Attribute{kWrittenInLoad, 8},
    Attribute{kReadInLoad, 8},
    Attribute{kMediumUsage, 90},
    Attribute{kPartitionUsage, 60, Binary, Owner::Device, Of::Partition},
    Attribute{kMediumManufacturer, 8, Ascii},
    Attribute{kMediumSerial, 32, Ascii},
    Attribute{kMediumLength, 4},
    Attribute{kMediumWidth, 4},
    Attribute{kMediumOrganization, 8, Ascii},
    Attribute{kMediumDensity, 1},
    Attribute{kManufactureDate, 8, Ascii},
    Attribute{kMemoryCapacity, 8},
    Attribute{kMediumType, 1},
    Attribute{kTypeInformation, 2},
    Attribute{0x0800, 8, Ascii, Owner::Host},                  // application vendor
    Attribute{0x0801, 32, Ascii, Owner::Host},                 // application name
    Attribute{0x0802, 8, Ascii, Owner::Host},                  // application version
    Attribute{0x0803, 160, Text, Owner::Host},                 // user medium text label
    Attribute{0x0804, 12, Ascii, Owner::Host},                 // date and time last written
    Attribute{0x0805, 1, Binary, Owner::Host},                 // text localization identifier
    Attribute{0x0806, 32, Ascii, Owner::Host},                 // barcode
    Attribute{0x0807, 80, Text, Owner::Host},                  // owning host
    Attribute{0x0808, 160, Text, Owner::Host},                 // media pool
    Attribute{0x0809, 16, Ascii, Owner::Host, Of::Partition},  // partition user label
    Attribute{0x080A, 1, Binary, Owner::Host},                 // load and unload at partition
    Attribute{0x080B, 16, Ascii, Owner::Host},                 // application format version
    Attribute{0x080C, 256, Binary, Owner::Host, Of::Partition, true},  // volume coherency
    Attribute{0x0820, 36, Binary, Owner::Host},                        // medium GUID
    Attribute{0x0821, 36, Binary, Owner::Host},                        // media pool GUID
    Attribute{kUniqueCartridgeIdentity, 28},
    Attribute{kAlternateCartridgeIdentity, 24},
    Attribute{0x1623, 1, Binary, Owner::Host},  // IBM: volume locked (LTFS)
};

const Attribute* find(std::uint16_t identifier) {
    const auto* const found =
        std::find_if(kAttributes.begin(), kAttributes.end(),
                     [&](const Attribute& one) { return one.identifier == identifier; });
    return found == kAttributes.end() ? nullptr : &*found;
}

MemoryKey key_of(const Attribute& attribute, std::uint8_t partition) {
    return {attribute.of == Of::Partition ? partition : std::uint8_t{0}, attribute.identifier};
}

// What a drive and its medium did to each other in one load, in the previous one, and in all.
template <typename Number>
struct Usage {
    Number written = 0;  // MiB
    Number write_retries = 0;
    Number read = 0;  // MiB
    Number read_retries = 0;
};

// SPC-4 7.4.2.2: MEDIUM USAGE HISTORY has fields of six bytes, PARTITION USAGE HISTORY of four.
template <typename Number, std::size_t Width>
struct UsageHistory {
    static constexpr std::size_t length = 15 * Width;
    Usage<Number> current;
    Usage<Number> previous;
    Usage<Number> total;
    Number loads = 0;
    Number partition_changes = 0;
    Number initializations = 1;

    static UsageHistory decoded(BytesView bytes) {
        UsageHistory history;
        std::size_t at = 0;
        history.for_each([&](Number& number) {
            number = static_cast<Number>(base::load_big_endian(bytes, at, Width));
            at += Width;
        });
        return history;
    }
    Bytes encoded() const {
        UsageHistory copy = *this;
        Bytes bytes(length);
        std::size_t at = 0;
        copy.for_each([&](Number& number) {
            base::store_big_endian(bytes, at, Width, number);
            at += Width;
        });
        return bytes;
    }

private:
    template <typename Act>
    void for_each(Act act) {
        for (Usage<Number>* usage : {&current, &previous, &total}) {
            act(usage->written);
            act(usage->write_retries);
            act(usage->read);
            act(usage->read_retries);
        }
        act(loads);
        act(partition_changes);
        act(initializations);
    }
};
using MediumUsage = UsageHistory<std::uint64_t, 6>;
using PartitionUsage = UsageHistory<std::uint32_t, 4>;

const Bytes* kept(const CartridgeMemory& memory, MemoryKey key) {
    const auto found = memory.find(key);
    return found == memory.end() ? nullptr : &found->second;
}

template <typename History>
History kept_history(const CartridgeMemory& memory, MemoryKey key) {
    const Bytes* bytes = kept(memory, key);
    return bytes == nullptr ? History{} : History::decoded(*bytes);
}

// As the load that goes on makes it.
template <typename History>
History with_load(History history, const DataCount& load) {
    history.previous = history.current;
    history.current = {};
    const auto mebibytes = [](std::uint64_t bytes) {
        return static_cast<decltype(history.loads)>(bytes / kMebibyte);
    };
    history.current.written = mebibytes(load.to_tape);
    history.current.read = mebibytes(load.from_tape);
    history.total.written += history.current.written;
    history.total.read += history.current.read;
    ++history.loads;
    return history;
}

MediumUsage medium_usage(const MemoryFacts& facts) {
    const auto history = kept_history<MediumUsage>(facts.medium.memory(), {0, kMediumUsage});
    return facts.load == nullptr ? history : with_load(history, facts.load->of_load);
}

PartitionUsage partition_usage(const MemoryFacts& facts, std::uint8_t partition) {
    const MemoryKey key{partition, kPartitionUsage};
    const auto history = kept_history<PartitionUsage>(facts.medium.memory(), key);
    if (facts.load == nullptr) return history;
    const auto& loads = facts.load->of_partition;
    const auto load = loads.find(partition);
    return with_load(history, load == loads.end() ? DataCount{} : load->second);
}

Bytes number(std::uint64_t value, std::size_t width) {
    Bytes bytes(width);
    base::store_big_endian(bytes, 0, width, value);
    return bytes;
}

Bytes text(std::string_view value, std::size_t width) {
    Bytes bytes;
    ByteWriter(bytes).padded_text(value, width);
    return bytes;
}

Bytes drive_name(const MemoryFacts& facts) {
    Bytes bytes;
    ByteWriter(bytes).padded_text(facts.drive_vendor, 8).padded_text(facts.drive_serial, 32);
    return bytes;
}

// The drive `loads_ago` loads ago, if there were as many.
std::optional<Bytes> drive_at_load(const MemoryFacts& facts, std::uint16_t identifier) {
    if (facts.load != nullptr) {
        if (identifier == kDriveAtLastLoad) return drive_name(facts);
        --identifier;  // what is kept knows nothing of this load
    }
    const Bytes* name = kept(facts.medium.memory(), {0, identifier});
    return name == nullptr ? std::nullopt : std::optional(*name);
}

// SPC-4 7.4.2.4: 00h data, 01h cleaning, 80h WORM.
std::uint8_t medium_type_code(media::CartridgeType type) {
    switch (type) {
        case media::CartridgeType::Cleaning:
            return 0x01;
        case media::CartridgeType::Worm:
            return 0x80;
        case media::CartridgeType::Data:
        case media::CartridgeType::Diagnostic:
            break;
    }
    return 0x00;
}

constexpr MemoryKey kVolumeStatistics{0, 0xFFFF};  // no attribute has this number

constexpr std::size_t kEntryHeader = 5;  // identifier, format, length

// What hosts may fill: 1014 of the 4096 bytes of an LTO-2 (scsi-tape sheet 1.17). Assumed: as large
// a share in every generation. DLT has no memory.
std::uint64_t host_space(const media::Format& format) {
    constexpr std::uint64_t kShare = 4;
    constexpr std::uint64_t kOverhead = 10;
    if (format.memory_bytes == 0) return 0;
    return format.memory_bytes / kShare - kOverhead;
}

std::uint64_t space_used_by_hosts(const CartridgeMemory& memory) {
    std::uint64_t used = 0;
    for (const auto& [key, value] : memory) {
        const Attribute* attribute = find(key.attribute);
        const bool is_hosts = attribute != nullptr && attribute->owner == Owner::Host;
        if (is_hosts) used += kEntryHeader + value.size();
    }
    return used;
}

const media::Format& format_of(const MemoryFacts& facts) {
    const media::Format* format = media::format_of(facts.cartridge.generation);
    CHECK(format != nullptr);
    return *format;
}

std::uint64_t space_remaining(const MemoryFacts& facts) {
    const std::uint64_t space = host_space(format_of(facts));
    return space - std::min(space, space_used_by_hosts(facts.medium.memory()));
}

std::uint64_t remaining_mib(const media::Medium& medium, std::uint8_t partition) {
    const std::uint64_t size = medium.partition_size(partition);
    const std::uint64_t used = medium.stored_before({partition, medium.end_of_data(partition)});
    return (size - std::min(size, used)) / kMebibyte;
}

// Assumed: the day the project's first cartridges were made; nothing knows another.
constexpr std::string_view kDateOfManufacture = "20260101";

std::optional<Bytes> device_value(const MemoryFacts& facts, std::uint8_t partition,
                                  const Attribute& attribute) {
    const media::Format& format = format_of(facts);
    const std::size_t width = attribute.length;
    switch (attribute.identifier) {
        case kRemainingCapacity:
            return number(remaining_mib(facts.medium, partition), width);
        case kMaximumCapacity:
            return number(facts.medium.partition_size(partition) / kMebibyte, width);
        case kTapeAlertFlags: {
            if (facts.load != nullptr) return number(facts.tape_alerts, width);
            const Bytes* flags = kept(facts.medium.memory(), {0, kTapeAlertFlags});
            return flags == nullptr ? number(0, width) : *flags;
        }
        case kLoadCount:
            return number(medium_usage(facts).loads, width);
        case kSpaceRemaining:
            return number(space_remaining(facts), width);
        case kAssigningOrganization:
        case kMediumOrganization:
            return text(format.organization, width);
        case kFormattedDensity:
        case kMediumDensity:
            return number(format.density, width);
        case kInitializationCount:
            return number(medium_usage(facts).initializations, width);
        case kVolumeIdentifier:
            return text(facts.cartridge.label, width);
        case kVolumeChangeReference: {
            const Bytes* reference = kept(facts.medium.memory(), {0, kVolumeChangeReference});
            return reference == nullptr ? number(0, width) : *reference;
        }
        case kLifetimeWritten:
            return number(medium_usage(facts).total.written, width);
        case kLifetimeRead:
            return number(medium_usage(facts).total.read, width);
        case kWrittenInLoad:
            return number(medium_usage(facts).current.written, width);
        case kReadInLoad:
            return number(medium_usage(facts).current.read, width);
        case kMediumUsage:
            return medium_usage(facts).encoded();
        case kPartitionUsage:
            return partition_usage(facts, partition).encoded();
        case kMediumManufacturer:
            return text(medium_manufacturer(), width);
        case kMediumSerial:
            return text(medium_serial(facts.cartridge), width);
        case kMediumLength:
            return number(format.length_m, width);
        case kMediumWidth: {
            constexpr std::uint64_t kHalfAnInch = 127;  // tenths of a millimetre
            return number(kHalfAnInch, width);
        }
        case kManufactureDate:
            return text(kDateOfManufacture, width);
        case kMemoryCapacity:
            return number(format.memory_bytes, width);
        case kMediumType:
            return number(medium_type_code(facts.cartridge.type), width);
        case kTypeInformation:
            return number(0, width);  // of a cleaning cartridge, which has no medium
        case kUniqueCartridgeIdentity:
        case kAlternateCartridgeIdentity:
            // Assumed: what the maker printed on the plastic; the consortium's layout is not
            // public.
            return text(medium_manufacturer() + medium_serial(facts.cartridge), width);
        default:
            return drive_at_load(facts, attribute.identifier);
    }
}

std::optional<Bytes> value_of(const MemoryFacts& facts, std::uint8_t partition,
                              const Attribute& attribute) {
    if (attribute.owner == Owner::Device) return device_value(facts, partition, attribute);
    const Bytes* value = kept(facts.medium.memory(), key_of(attribute, partition));
    return value == nullptr ? std::nullopt : std::optional(*value);
}

// LTO-7 cartridges were the first to keep it (scsi-tape sheet 1.17).
bool has_volume_identifier(media::Generation generation) {
    return generation >= media::Generation::Lto7 && media::is_lto(generation);
}

bool is_supported(const MemoryFacts& facts, const Attribute& attribute) {
    return attribute.identifier != kVolumeIdentifier ||
           has_volume_identifier(facts.cartridge.generation);
}

// Calls act(attribute, value) for those that are there, from `first` on. False when the first one
// is none of them.
template <typename Act>
bool for_each_from(const MemoryFacts& facts, std::uint8_t partition, std::uint16_t first, Act act) {
    bool has_first = false;
    for (const Attribute& attribute : kAttributes) {
        if (attribute.identifier < first || !is_supported(facts, attribute)) continue;
        const auto value = value_of(facts, partition, attribute);
        if (!value) continue;
        has_first = has_first || attribute.identifier == first;
        if (!has_first) return false;
        act(attribute, *value);
    }
    return has_first;
}

Sense invalid_at(std::size_t byte) {
    return scsi::kInvalidFieldInParameterList.at_parameter_byte(static_cast<std::uint16_t>(byte));
}

bool is_length_right(const Attribute& attribute, std::size_t length) {
    if (length == 0) return true;  // it is to go
    return attribute.is_variable ? length <= attribute.length : length == attribute.length;
}

constexpr std::uint64_t kLargestReference = 0xFFFFFFFE;

}  // namespace

std::string medium_manufacturer() {
    return "NEARLINE";
}

std::string medium_serial(const media::CartridgeDescription& cartridge) {
    constexpr std::size_t kDigits = 8;
    const std::string number = std::to_string(static_cast<std::uint32_t>(cartridge.id));
    return "NL" + std::string(kDigits - std::min(kDigits, number.size()), '0') + number;
}

std::uint64_t load_count(const MemoryFacts& facts) {
    return medium_usage(facts).loads;
}

std::uint64_t data_sets(media::Generation generation, std::uint64_t bytes) {
    const media::Format* format = media::format_of(generation);
    if (format == nullptr || format->data_set_bytes == 0) return 0;
    return (bytes + format->data_set_bytes - 1) / format->data_set_bytes;
}

VolumeStatistics volume_statistics(const MemoryFacts& facts) {
    const Bytes* bytes = kept(facts.medium.memory(), kVolumeStatistics);
    const bool is_known = bytes != nullptr && bytes->size() == VolumeStatistics::length;
    auto all = is_known ? scsi::decode_fields<VolumeStatistics>(*bytes) : VolumeStatistics{};
    if (facts.load == nullptr) return all;
    const DataCount& load = facts.load->of_load;
    all.bytes_written += load.to_tape;
    all.bytes_read += load.from_tape;
    all.data_sets_written += data_sets(facts.cartridge.generation, load.to_tape);
    all.data_sets_read += data_sets(facts.cartridge.generation, load.from_tape);
    all.unrecovered_writes += static_cast<std::uint32_t>(load.unrecovered_writes);
    all.unrecovered_reads += static_cast<std::uint32_t>(load.unrecovered_reads);
    all.beginning_passes += facts.load->beginning_passes;
    all.middle_passes += facts.load->middle_passes;
    return all;
}

// Physics sheet 5.
std::uint64_t load_cycles(media::Generation generation) {
    constexpr std::uint64_t kFirst = 5'000;
    constexpr std::uint64_t kSecond = 10'000;
    constexpr std::uint64_t kLater = 20'000;
    if (generation == media::Generation::Lto1) return kFirst;
    return generation == media::Generation::Lto2 ? kSecond : kLater;
}

std::optional<Bytes> attribute_values(const MemoryFacts& facts, std::uint8_t partition,
                                      std::uint16_t first) {
    constexpr unsigned kReadOnly = 0x80;
    Bytes data;
    ByteWriter out(data);
    const bool has_first =
        for_each_from(facts, partition, first, [&](const Attribute& attribute, const Bytes& value) {
            const unsigned flags = attribute.owner == Owner::Device ? kReadOnly : 0;
            out.u16(attribute.identifier).u8(flags | static_cast<unsigned>(attribute.format));
            out.u16(value.size()).bytes(value);
        });
    return has_first ? std::optional(data) : std::nullopt;
}

std::optional<Bytes> attribute_identifiers(const MemoryFacts& facts, std::uint8_t partition,
                                           std::uint16_t first) {
    Bytes data;
    ByteWriter out(data);
    const bool has_first = for_each_from(
        facts, partition, first,
        [&](const Attribute& attribute, const Bytes&) { out.u16(attribute.identifier); });
    return has_first ? std::optional(data) : std::nullopt;
}

std::optional<Bytes> supported_attributes(const MemoryFacts& facts, std::uint16_t first) {
    const Attribute* beginning = find(first);
    if (beginning == nullptr || !is_supported(facts, *beginning)) return std::nullopt;
    Bytes data;
    ByteWriter out(data);
    for (const Attribute& attribute : kAttributes) {
        const bool is_asked = attribute.identifier >= first && is_supported(facts, attribute);
        if (is_asked) out.u16(attribute.identifier);
    }
    return data;
}

Result<CartridgeMemory, Sense> memory_written(const MemoryFacts& facts, std::uint8_t partition,
                                              BytesView list) {
    constexpr std::size_t kListHeader = 4;
    constexpr std::uint8_t kFormatMask = 0x03;
    CartridgeMemory memory = facts.medium.memory();
    ByteReader in(list);
    std::optional<std::uint16_t> last;
    while (in.remaining() > 0) {
        const std::size_t at = kListHeader + in.position();
        const std::uint16_t identifier = in.u16();
        const std::uint8_t format = in.u8();
        const std::size_t length = in.u16();
        const BytesView value = in.bytes(length);
        if (!in.ok()) return base::Failure{scsi::kParameterListLengthError};
        const Attribute* attribute = find(identifier);
        const bool is_hosts = attribute != nullptr && attribute->owner == Owner::Host;
        if (!is_hosts || (last && identifier <= *last)) return base::Failure{invalid_at(at)};
        if ((format & kFormatMask) != static_cast<std::uint8_t>(attribute->format)) {
            return base::Failure{invalid_at(at + 2)};
        }
        if (!is_length_right(*attribute, length)) return base::Failure{invalid_at(at + 3)};
        last = identifier;
        const MemoryKey key = key_of(*attribute, partition);
        if (length == 0) {
            memory.erase(key);
        } else {
            memory[key].assign(value.begin(), value.end());
        }
    }
    if (space_used_by_hosts(memory) > host_space(format_of(facts))) {
        return base::Failure{kMemoryIsFull};
    }
    return memory;
}

CartridgeMemory memory_at_unload(const MemoryFacts& facts) {
    CHECK(facts.load != nullptr);
    CartridgeMemory memory = facts.medium.memory();
    memory[{0, kMediumUsage}] = medium_usage(facts).encoded();
    for (std::uint8_t each = 0; each < facts.medium.partition_count(); ++each) {
        memory[{each, kPartitionUsage}] = partition_usage(facts, each).encoded();
    }
    for (std::uint16_t each = kDriveAtLastLoad; each <= kDriveFourLoadsAgo; ++each) {
        if (const auto drive = drive_at_load(facts, each)) memory[{0, each}] = *drive;
    }
    memory[{0, kTapeAlertFlags}] = number(facts.tape_alerts, 8);
    memory[kVolumeStatistics] = scsi::encode_fields(volume_statistics(facts));
    return memory;
}

// Never 0 nor FFFFFFFFh, which say that nothing is known (scsi-tape sheet 4.3).
CartridgeMemory memory_with_change(CartridgeMemory memory) {
    Bytes& reference = memory[{0, kVolumeChangeReference}];
    const std::uint64_t last = reference.empty() ? 0 : base::load_big_endian(reference, 0, 4);
    reference = number(last % kLargestReference + 1, 4);
    return memory;
}

CartridgeMemory memory_after_format(CartridgeMemory memory) {
    auto history = kept_history<MediumUsage>(memory, {0, kMediumUsage});
    ++history.initializations;
    memory[{0, kMediumUsage}] = history.encoded();
    return memory;
}

}  // namespace nearline::drives
