// The commands a client sends to a tape drive, as bytes (SSC-4, SPC-4).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace nearline::initiator::tape {

using base::Bytes;

// What the length of a READ or WRITE counts.
enum class Blocks { Variable, Fixed };
enum class Length { MustMatch, MayBeShorter };  // SILI
enum class Immediate { No, Yes };

enum class SpaceOver : std::uint8_t { Blocks = 0, Filemarks = 1, EndOfData = 3, Setmarks = 4 };
enum class Marks { File, Set };
enum class Load : std::uint8_t { Unload = 0, Load = 1, Retension = 3 };
// How LOCATE(10) and the short form of READ POSITION count: as SCSI-2 has it, or as the vendor does
// (the BT bit), which the drives of today take for the same.
enum class Address { Logical, Vendor };

inline constexpr std::uint32_t kLargestCount = 0xFFFFFF;  // of blocks, bytes or marks: 24 bits

Bytes test_unit_ready();
Bytes rewind(Immediate immediate);
Bytes read_block_limits();
Bytes read(Blocks blocks, Length length, std::uint32_t count);
Bytes write(Blocks blocks, std::uint32_t count);
Bytes write_filemarks(Marks marks, Immediate immediate, std::uint32_t count);
Bytes space(SpaceOver what, std::int32_t count);
Bytes erase(bool is_long, Immediate immediate);
Bytes load_unload(Load load, Immediate immediate);
Bytes prevent_removal(bool is_prevented);
// In the partition where the tape stands, or in another.
Bytes locate(Address address, std::uint32_t object, std::optional<std::uint8_t> partition,
             Immediate immediate);
enum class Destination : std::uint8_t { Object = 0, File = 1, EndOfData = 3 };
Bytes locate_16(Destination destination, std::uint64_t number,
                std::optional<std::uint8_t> partition);
Bytes read_position(Address address);
Bytes read_long_position();
Bytes format_medium(std::uint8_t format);

// SPC-4 6.18: what the cartridge's memory holds of a partition, from an attribute on.
Bytes read_attributes(std::uint8_t partition, std::uint16_t first, std::uint32_t allocation);

// Scsi-tape sheet 1.16; SPC-4 6.40 and 6.41 with the pages of SSC-4 8.5.
enum class DensitiesOf { Drive, Medium };
Bytes report_density_support(DensitiesOf whose, std::uint16_t allocation);
enum class EncryptionPage : std::uint16_t {
    Capabilities = 0x0010,
    Status = 0x0020,
    NextBlock = 0x0021,
};
Bytes encryption_in(EncryptionPage page, std::uint32_t allocation);
Bytes set_encryption(std::uint32_t length);

// SPC-4 6.11 and 6.9: the six-byte forms.
enum class BlockDescriptor { Wanted, NotWanted };
Bytes mode_sense(std::uint8_t page, BlockDescriptor descriptor, std::uint8_t allocation);
enum class PageFormat { Vendor, Standard };
Bytes mode_select(PageFormat format, std::uint8_t length);

}  // namespace nearline::initiator::tape
