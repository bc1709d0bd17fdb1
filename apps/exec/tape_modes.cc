// What MTIOCTOP sets: block length, density, buffering, compression, partitions, and the driver's
// own options.
#include <linux/mtio.h>

#include <cerrno>
#include <utility>

#include "apps/exec/tape_driver.h"
#include "initiator/tape_commands.h"

namespace nearline::apps {
namespace {

namespace tape = initiator::tape;

constexpr std::uint8_t kCompressionPage = 0x0F;
constexpr std::uint8_t kConfigurationPage = 0x10;
constexpr std::uint8_t kPartitionPage = 0x11;

constexpr std::size_t kHeaderLength = 4;  // of the six-byte forms' mode parameters

}  // namespace

// --- The block descriptor.

TapeDriver::Number TapeDriver::set_modes(std::uint8_t buffering, std::uint8_t density,
                                         std::uint32_t block_size) {
    constexpr std::uint8_t kLength = 12;
    scsi::Bytes list;
    base::ByteWriter(list)
        .u16(0)
        .u8(static_cast<std::uint64_t>(buffering) << 4)
        .u8(8)
        .u8(density)
        .zeros(4)
        .u24(block_size);
    const TapeAnswer answer =
        co_await send_data(tape::mode_select(tape::PageFormat::Standard, kLength), list);
    if (!answer.is_good) co_return -EIO;
    buffering_ = buffering;
    density_ = density;
    block_size_ = block_size;
    leftover_.clear();
    co_return 0;
}

TapeDriver::Number TapeDriver::set_mode_operation(std::int32_t operation, std::int32_t count) {
    const auto value = static_cast<std::uint32_t>(count);
    std::uint8_t buffering = buffering_;
    std::uint8_t density = density_;
    std::uint32_t block_size = block_size_;
    if (!leftover_.empty()) co_return -EIO;
    if (operation == MTSETBLK) {
        block_size = value & MT_ST_BLKSIZE_MASK;
        const bool has_limits = block_size != 0 && longest_block_ != 0;
        if (has_limits && (block_size < shortest_block_ || block_size > longest_block_)) {
            co_return -EINVAL;
        }
        has_set_block_size_ = true;
    } else if (operation == MTSETDENSITY) {
        density = static_cast<std::uint8_t>(value);
        has_set_density_ = true;
    } else {
        buffering = static_cast<std::uint8_t>(value & 7);
    }
    const std::int64_t result = co_await set_modes(buffering, density, block_size);
    co_return result;
}

// What was laid down for every new tape, unless this one was told otherwise.
TapeDriver::Number TapeDriver::apply_defaults() {
    const std::uint8_t density = has_set_density_ ? density_ : defaults_.density.value_or(density_);
    const std::uint32_t block_size =
        has_set_block_size_ ? block_size_ : defaults_.block_size.value_or(block_size_);
    const std::uint8_t buffering = defaults_.buffering.value_or(buffering_);
    if (density != density_ || block_size != block_size_ || buffering != buffering_) {
        const std::int64_t set = co_await set_modes(buffering, density, block_size);
        if (set != 0) co_return -EINVAL;
    }
    if (defaults_.compression && !has_set_compression_) co_await compress(*defaults_.compression);
    co_return 0;
}

// --- Mode pages.

// The page without what stands before it.
Steps<std::optional<scsi::Bytes>> TapeDriver::read_mode_page(std::uint8_t page) {
    constexpr std::uint8_t kMost = 255;
    const TapeAnswer answer = co_await send(
        tape::mode_sense(page, tape::BlockDescriptor::NotWanted, kMost), Limit::Normal, kMost);
    base::ByteReader in(answer.data);
    in.skip(3);
    const std::uint8_t descriptor_length = in.u8();
    if (!answer.is_good || !in.ok()) co_return std::nullopt;
    const std::size_t begin = kHeaderLength + descriptor_length;
    if (answer.data.size() < begin + 2) co_return std::nullopt;
    scsi::Bytes bytes(answer.data.begin() + static_cast<std::ptrdiff_t>(begin), answer.data.end());
    const std::size_t length = std::size_t{bytes.at(1)} + 2;
    if ((bytes.front() & 0x3F) != page || length > bytes.size()) co_return std::nullopt;
    bytes.resize(length);
    co_return bytes;
}

TapeDriver::Number TapeDriver::write_mode_page(scsi::Bytes page) {
    page.front() &= 0x3F;  // PS is the drive's to say
    scsi::Bytes list;
    base::ByteWriter(list).u16(0).u8(static_cast<std::uint64_t>(buffering_) << 4).u8(0).bytes(page);
    const auto length = static_cast<std::uint8_t>(list.size());
    const TapeAnswer answer =
        co_await send_data(tape::mode_select(tape::PageFormat::Standard, length), list);
    co_return answer.is_good ? 0 : -EIO;
}

// Data compression (page 0Fh); drives without it have byte 14 of device configuration (10h).
TapeDriver::Number TapeDriver::compress(bool is_wanted) {
    constexpr std::size_t kEnableAndCapable = 2;
    constexpr std::uint8_t kEnable = 0x80;
    constexpr std::uint8_t kCapable = 0x40;
    constexpr std::size_t kAlgorithm = 14;
    if (readiness_ != Readiness::Ready) co_return -EIO;
    std::optional<scsi::Bytes> page = co_await read_mode_page(kCompressionPage);
    if (page) {
        std::uint8_t& byte = page->at(kEnableAndCapable);
        if ((byte & kCapable) == 0) co_return -EIO;
        byte = static_cast<std::uint8_t>(is_wanted ? byte | kEnable : byte & ~kEnable);
    } else {
        page = co_await read_mode_page(kConfigurationPage);
        if (!page || page->size() <= kAlgorithm) co_return -EIO;
        page->at(kAlgorithm) = is_wanted ? 1 : 0;
    }
    const std::int64_t result = co_await write_mode_page(*page);
    if (result == 0) has_set_compression_ = true;
    co_return result;
}

// Medium partition (page 11h): how many there are behind the first.
TapeDriver::Number TapeDriver::partition_count() {
    constexpr std::size_t kAdditionalDefined = 3;
    const std::optional<scsi::Bytes> page = co_await read_mode_page(kPartitionPage);
    if (!page || page->size() <= kAdditionalDefined) co_return -EIO;
    co_return page->at(kAdditionalDefined) + 1;
}

// One partition, or two: the second with so many megabytes, with a negative size the first. Drives
// that want it so are then told to format.
TapeDriver::Number TapeDriver::format_partitions(std::int32_t megabytes) {
    constexpr std::size_t kMostAdditional = 2;
    constexpr std::size_t kAdditionalDefined = 3;
    constexpr std::size_t kHow = 4;
    constexpr std::size_t kUnits = 6;
    constexpr std::size_t kSizes = 8;
    constexpr std::uint8_t kInitiatorDefines = 0x20;
    constexpr std::uint8_t kInMegabytes = 0x10;
    constexpr std::uint8_t kOnFormat = 0x04;
    constexpr std::uint8_t kKept = 0x07;
    constexpr std::uint16_t kTheRest = 0xFFFF;
    if (!has(MT_ST_CAN_PARTITIONS)) co_return -EINVAL;
    // Drives divide a tape only from its very beginning.
    wanted_partition_ = 0;
    if (const std::int64_t error = co_await seek(0, 0, true); error != 0) co_return error;
    std::optional<scsi::Bytes> page = co_await read_mode_page(kPartitionPage);
    if (!page || page->size() < kSizes) co_return -EIO;
    const bool is_two = megabytes != 0;
    if (is_two && page->at(kMostAdditional) == 0) co_return -EINVAL;
    const bool needs_format = (page->at(kHow) & kOnFormat) != 0;
    page->at(kAdditionalDefined) = is_two ? 1 : 0;
    page->at(kHow) =
        static_cast<std::uint8_t>((page->at(kHow) & kKept) | kInitiatorDefines | kInMegabytes);
    page->at(kUnits) = 0;
    scsi::Bytes sizes;
    const auto size = static_cast<std::uint16_t>(std::min(std::abs(megabytes), 0xFFFE));
    if (is_two) {
        base::ByteWriter(sizes).u16(megabytes > 0 ? kTheRest : size);
        base::ByteWriter(sizes).u16(megabytes > 0 ? size : kTheRest);
    } else {
        base::ByteWriter(sizes).u16(kTheRest);
    }
    page->resize(kSizes);
    page->insert(page->end(), sizes.begin(), sizes.end());
    page->at(1) = static_cast<std::uint8_t>(page->size() - 2);
    std::int64_t result = co_await write_mode_page(*page);
    if (result != 0) co_return result;
    if (needs_format) {
        const TapeAnswer answer = co_await send(tape::format_medium(is_two ? 1 : 0), Limit::Long);
        if (!answer.is_good) co_return -EIO;
    }
    partitions_.fill({});
    partition_ = wanted_partition_ = 0;
    partition_count_ = 0;
    co_return 0;
}

// --- The driver's own: MTSETDRVBUFFER with an option word.

std::int64_t TapeDriver::set_options(std::uint32_t options) {
    const std::uint32_t value = options & ~std::uint32_t{MT_ST_OPTIONS};
    switch (options & MT_ST_OPTIONS) {
        case MT_ST_BOOLEANS:
            options_ = value;
            return 0;
        case MT_ST_SETBOOLEANS:
            options_ |= value;
            return 0;
        case MT_ST_CLEARBOOLEANS:
            options_ &= ~value;
            return 0;
        case MT_ST_WRITE_THRESHOLD:  // of a buffer that is not there: every write goes out
            return value == 0 ? -EIO : 0;
        case MT_ST_DEF_BLKSIZE:
            if (value == (~std::uint32_t{MT_ST_OPTIONS})) {
                defaults_.block_size.reset();
            } else {
                defaults_.block_size = value & MT_ST_BLKSIZE_MASK;
            }
            return 0;
        case MT_ST_TIMEOUTS: {
            constexpr std::uint32_t kLong = MT_ST_SET_LONG_TIMEOUT & ~std::uint32_t{MT_ST_OPTIONS};
            if ((value & kLong) != 0) {
                long_limit_ = std::chrono::seconds(value & ~kLong);
            } else {
                normal_limit_ = std::chrono::seconds(value);
            }
            return 0;
        }
        case MT_ST_DEF_OPTIONS:
            return set_default(options);
        case MT_ST_SET_CLN: {
            constexpr std::uint8_t kFirst = 18;  // behind what SPC has laid down
            constexpr std::uint8_t kEnd = 96;
            const auto byte = static_cast<std::uint8_t>(value);
            if (byte != 0 && (byte < kFirst || byte >= kEnd)) return -EINVAL;
            cleaning_sense_ = {byte, static_cast<std::uint8_t>(value >> 8),
                               static_cast<std::uint8_t>(value >> 16)};
            return 0;
        }
        default:
            return -EIO;
    }
}

std::int64_t TapeDriver::set_default(std::uint32_t options) {
    const std::uint32_t value = options & MT_ST_CLEAR_DEFAULT;
    const bool is_cleared = value == MT_ST_CLEAR_DEFAULT;
    switch (options & ~std::uint32_t{MT_ST_CLEAR_DEFAULT}) {
        case MT_ST_DEF_DENSITY:
            defaults_.density.reset();
            if (!is_cleared) defaults_.density = static_cast<std::uint8_t>(value);
            return 0;
        case MT_ST_DEF_DRVBUFFER:
            defaults_.buffering.reset();
            if (!is_cleared) defaults_.buffering = static_cast<std::uint8_t>(value & 7);
            return 0;
        case MT_ST_DEF_COMPRESSION:
            defaults_.compression.reset();
            if (!is_cleared) defaults_.compression = (value & 1) != 0;
            return 0;
        default:
            return -EIO;
    }
}

}  // namespace nearline::apps
