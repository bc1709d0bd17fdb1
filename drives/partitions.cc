#include "drives/partitions.h"

#include <algorithm>
#include <numeric>

namespace nearline::drives {
namespace {

using base::Bytes;
using base::BytesView;
using base::Failure;
using base::Result;
using scsi::Sense;

// Bytes of the page's values (scsi-tape sheet 1.18), two fewer than its own.
constexpr std::uint16_t kMost = 0;
constexpr std::uint16_t kAdditional = 1;
constexpr std::uint16_t kDivision = 2;
constexpr std::uint16_t kTypeAndUnits = 4;
constexpr std::uint16_t kSizes = 6;
constexpr std::size_t kFewestListed = 2;  // sizes in the page, used or not: what LTFS reads

constexpr std::uint8_t kFixed = 0x80;        // FDP
constexpr std::uint8_t kEqual = 0x40;        // SDP
constexpr std::uint8_t kListed = 0x20;       // IDP
constexpr std::uint8_t kUnitBits = 0x18;     // PSUM
constexpr std::uint8_t kOwnUnits = 0x18;     // those of PARTITION UNITS
constexpr std::uint8_t kUnsupported = 0x03;  // CLEAR and ADDP
constexpr unsigned kWrapWise = 1;
constexpr std::uint8_t kLargestUnits = 12;  // terabytes

constexpr std::uint32_t kFewestWraps = 2;
constexpr std::uint32_t kWrapsBetween = 2;

Failure<Sense> invalid(std::uint16_t byte, std::uint8_t bit = 7) {
    return Failure{scsi::kInvalidFieldInParameterList.at_parameter_byte(byte, bit)};
}

std::uint64_t power_of_ten(unsigned exponent) {
    std::uint64_t power = 1;
    for (unsigned each = 0; each < exponent; ++each) power *= 10;
    return power;
}

std::uint64_t unit_of(std::uint8_t division, std::uint8_t units) {
    if ((division & kUnitBits) == kOwnUnits) return power_of_ten(units);
    return power_of_ten(3U * static_cast<unsigned>((division & kUnitBits) >> 3));
}

PartitionLayout::Division division_of(std::uint8_t flags) {
    if (flags == kFixed) return PartitionLayout::Division::Fixed;
    if (flags == kEqual) return PartitionLayout::Division::Equal;
    if (flags == kListed) return PartitionLayout::Division::AsListed;
    return PartitionLayout::Division::Unchanged;
}

// Of `count` partitions, what can be had in wraps.
std::uint32_t usable_wraps(const media::Format& format, std::size_t count) {
    const std::uint32_t lost = static_cast<std::uint32_t>(count - 1) * kWrapsBetween;
    return format.wraps - std::min<std::uint32_t>(format.wraps, lost);
}

std::vector<std::uint32_t> listed_wraps(const PartitionLayout& layout,
                                        const media::Format& format) {
    const std::uint64_t wrap = std::max<std::uint64_t>(format.native_bytes() / format.wraps, 1);
    std::vector<std::uint32_t> wraps;
    for (const std::uint16_t share : layout.shares) {
        if (share == PartitionLayout::kRest) {
            wraps.push_back(0);
            continue;
        }
        // A share is at most 65534 times 10^12.
        const std::uint64_t needed = (share * layout.unit + wrap - 1) / wrap;
        wraps.push_back(static_cast<std::uint32_t>(
            std::clamp<std::uint64_t>(needed, kFewestWraps, std::uint64_t{format.wraps} + 1)));
    }
    return wraps;
}

// None means "the rest" in `wraps`; at most one does.
Result<std::vector<std::uint32_t>, Sense> wraps_of(const PartitionLayout& layout,
                                                   const media::Format& format) {
    const std::size_t count = std::size_t{layout.additional} + 1;
    const std::uint32_t usable = usable_wraps(format, count);
    std::vector<std::uint32_t> wraps(count, kFewestWraps);
    switch (layout.division) {
        case PartitionLayout::Division::Fixed:
            wraps.front() = 0;
            break;
        case PartitionLayout::Division::Equal:
            std::fill(wraps.begin(), wraps.end(),
                      static_cast<std::uint32_t>(usable / count / 2 * 2));
            wraps.front() = 0;
            break;
        case PartitionLayout::Division::AsListed:
            wraps = listed_wraps(layout, format);
            break;
        case PartitionLayout::Division::Unchanged:
            return invalid(kDivision);
    }
    const std::uint32_t taken = std::accumulate(wraps.begin(), wraps.end(), std::uint32_t{0});
    const auto rest = std::find(wraps.begin(), wraps.end(), 0U);
    const std::uint32_t needed = taken + (rest == wraps.end() ? 0 : kFewestWraps);
    if (needed > usable) return invalid(kSizes);
    if (rest != wraps.end()) *rest = usable - taken;
    return wraps;
}

}  // namespace

Result<PartitionLayout, Sense> layout_of(BytesView values, unsigned most) {
    base::ByteReader in(values);
    in.skip(1);  // MAXIMUM ADDITIONAL PARTITIONS: not for MODE SELECT
    PartitionLayout layout;
    layout.additional = in.u8();
    const std::uint8_t division = in.u8();
    in.skip(1);  // MEDIUM FORMAT RECOGNITION
    const std::uint8_t type_and_units = in.u8();
    in.skip(1);
    if (!in.ok()) return Failure{scsi::kParameterListLengthError};
    if (layout.additional > most) return invalid(kAdditional);
    if ((division & kUnsupported) != 0) return invalid(kDivision, 1);
    const auto flags = static_cast<std::uint8_t>(division & (kFixed | kEqual | kListed));
    layout.division = division_of(flags);
    if (flags != 0 && layout.division == PartitionLayout::Division::Unchanged) {
        return invalid(kDivision);
    }
    const auto units = static_cast<std::uint8_t>(type_and_units & 0x0F);
    if (type_and_units >> 4 > kWrapWise) return invalid(kTypeAndUnits);
    if (units > kLargestUnits) return invalid(kTypeAndUnits, 3);
    layout.unit = unit_of(division, units);
    if (layout.division != PartitionLayout::Division::AsListed) return layout;
    bool has_rest = false;
    for (unsigned each = 0; each <= layout.additional; ++each) {
        const auto at = static_cast<std::uint16_t>(kSizes + 2 * each);
        const std::uint16_t share = in.u16();
        if (!in.ok()) return invalid(kAdditional);
        const bool is_rest = share == PartitionLayout::kRest;
        if (share == 0 || (is_rest && has_rest)) return invalid(at);
        has_rest = has_rest || is_rest;
        layout.shares.push_back(share);
    }
    return layout;
}

Result<std::vector<std::uint64_t>, Sense> partition_sizes(const PartitionLayout& layout,
                                                          const media::Format& format,
                                                          std::uint64_t capacity) {
    if (layout.additional >= format.partitions) return invalid(kAdditional);
    const auto wraps = wraps_of(layout, format);
    if (!wraps) return Failure{wraps.error()};
    if (wraps->size() == 1 && wraps->front() == format.wraps) return std::vector{capacity};
    std::vector<std::uint64_t> sizes;
    for (const std::uint32_t each : *wraps) sizes.push_back(capacity / format.wraps * each);
    return sizes;
}

std::uint64_t nominal_capacity(const media::CartridgeDescription& cartridge,
                               const media::Format& format) {
    constexpr std::uint64_t kMegabyte = 1'000'000;
    return cartridge.capacity_mb == 0 ? format.native_bytes() : cartridge.capacity_mb * kMegabyte;
}

Bytes layout_values(Bytes values, const media::Medium& medium, const media::Format& format,
                    std::uint64_t capacity) {
    const std::size_t count = medium.partition_count();
    if (values.size() < kSizes || count == 0) return values;
    const std::uint64_t unit =
        unit_of(values[kDivision], static_cast<std::uint8_t>(values[kTypeAndUnits] & 0x0F));
    values[kMost] = std::min<std::uint8_t>(values[kMost], format.partitions - 1);
    values[kAdditional] = static_cast<std::uint8_t>(count - 1);
    values.resize(kSizes);
    base::ByteWriter out(values);
    const std::uint64_t wrap = std::max<std::uint64_t>(format.native_bytes() / format.wraps, 1);
    const std::uint64_t wrap_here = std::max<std::uint64_t>(capacity / format.wraps, 1);
    for (std::size_t each = 0; each < std::max(count, kFewestListed); ++each) {
        const std::uint64_t size =
            each < count ? medium.partition_size(static_cast<std::uint8_t>(each)) : 0;
        const std::uint64_t nominal =
            size == capacity ? format.native_bytes() : size / wrap_here * wrap;
        out.u16(std::min<std::uint64_t>(nominal / unit, PartitionLayout::kRest));
    }
    return values;
}

}  // namespace nearline::drives
