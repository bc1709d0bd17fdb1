#include "initiator/tape_commands.h"

namespace nearline::initiator::tape {
namespace {

using base::ByteWriter;

constexpr unsigned kImmed = 0x01;
constexpr std::uint8_t kTapeDataEncryption = 0x20;  // the security protocol

unsigned bit(bool is_set, unsigned mask) {
    return is_set ? mask : 0U;
}

Bytes six(std::uint8_t opcode, unsigned byte1, std::uint32_t bytes2_to_4) {
    Bytes cdb;
    ByteWriter(cdb).u8(opcode).u8(byte1).u24(bytes2_to_4 & kLargestCount).u8(0);
    return cdb;
}

}  // namespace

Bytes test_unit_ready() {
    return six(0x00, 0, 0);
}

Bytes rewind(Immediate immediate) {
    return six(0x01, bit(immediate == Immediate::Yes, kImmed), 0);
}

Bytes read_block_limits() {
    return six(0x05, 0, 0);
}

Bytes read(Blocks blocks, Length length, std::uint32_t count) {
    const unsigned byte1 =
        bit(blocks == Blocks::Fixed, 0x01) | bit(length == Length::MayBeShorter, 0x02);
    return six(0x08, byte1, count);
}

Bytes write(Blocks blocks, std::uint32_t count) {
    return six(0x0A, bit(blocks == Blocks::Fixed, 0x01), count);
}

Bytes write_filemarks(Marks marks, Immediate immediate, std::uint32_t count) {
    return six(0x10, bit(marks == Marks::Set, 0x02) | bit(immediate == Immediate::Yes, kImmed),
               count);
}

Bytes space(SpaceOver what, std::int32_t count) {
    return six(0x11, static_cast<unsigned>(what), static_cast<std::uint32_t>(count));
}

Bytes erase(bool is_long, Immediate immediate) {
    return six(0x19, bit(is_long, 0x01) | bit(immediate == Immediate::Yes, 0x02), 0);
}

Bytes load_unload(Load load, Immediate immediate) {
    return six(0x1B, bit(immediate == Immediate::Yes, kImmed), static_cast<std::uint8_t>(load));
}

Bytes prevent_removal(bool is_prevented) {
    return six(0x1E, 0, bit(is_prevented, 0x01));
}

Bytes locate(Address address, std::uint32_t object, std::optional<std::uint8_t> partition,
             Immediate immediate) {
    const unsigned byte1 = bit(address == Address::Vendor, 0x04) |
                           bit(partition.has_value(), 0x02) |
                           bit(immediate == Immediate::Yes, kImmed);
    Bytes cdb;
    ByteWriter(cdb).u8(0x2B).u8(byte1).u8(0).u32(object).u8(0).u8(partition.value_or(0)).u8(0);
    return cdb;
}

Bytes read_position(Address address) {
    Bytes cdb;
    ByteWriter(cdb).u8(0x34).u8(bit(address == Address::Vendor, 0x01)).zeros(8);
    return cdb;
}

Bytes read_long_position() {
    Bytes cdb;
    ByteWriter(cdb).u8(0x34).u8(0x06).zeros(8);
    return cdb;
}

Bytes format_medium(std::uint8_t format) {
    Bytes cdb;
    ByteWriter(cdb).u8(0x04).u8(0).u8(format).zeros(3);
    return cdb;
}

Bytes read_attributes(std::uint8_t partition, std::uint16_t first, std::uint32_t allocation) {
    Bytes cdb;
    ByteWriter(cdb).u8(0x8C).zeros(6).u8(partition).u16(first).u32(allocation).zeros(2);
    return cdb;
}

Bytes report_density_support(DensitiesOf whose, std::uint16_t allocation) {
    Bytes cdb;
    ByteWriter(cdb).u8(0x44).u8(bit(whose == DensitiesOf::Medium, 0x01)).zeros(5);
    ByteWriter(cdb).u16(allocation).u8(0);
    return cdb;
}

Bytes encryption_in(EncryptionPage page, std::uint32_t allocation) {
    Bytes cdb;
    ByteWriter(cdb).u8(0xA2).u8(kTapeDataEncryption).u16(static_cast<std::uint16_t>(page)).zeros(2);
    ByteWriter(cdb).u32(allocation).zeros(2);
    return cdb;
}

Bytes set_encryption(std::uint32_t length) {
    constexpr std::uint16_t kSetDataEncryptionPage = 0x0010;
    Bytes cdb;
    ByteWriter(cdb).u8(0xB5).u8(kTapeDataEncryption).u16(kSetDataEncryptionPage).zeros(2);
    ByteWriter(cdb).u32(length).zeros(2);
    return cdb;
}

Bytes locate_16(Destination destination, std::uint64_t number,
                std::optional<std::uint8_t> partition) {
    const unsigned byte1 =
        static_cast<unsigned>(destination) << 3 | bit(partition.has_value(), 0x02);
    Bytes cdb;
    ByteWriter(cdb).u8(0x92).u8(byte1).u8(0).u8(partition.value_or(0)).u64(number).zeros(4);
    return cdb;
}

Bytes mode_sense(std::uint8_t page, BlockDescriptor descriptor, std::uint8_t allocation) {
    Bytes cdb;
    const unsigned byte1 = bit(descriptor == BlockDescriptor::NotWanted, 0x08);
    ByteWriter(cdb).u8(0x1A).u8(byte1).u8(page).u8(0).u8(allocation).u8(0);
    return cdb;
}

Bytes mode_select(PageFormat format, std::uint8_t length) {
    return six(0x15, bit(format == PageFormat::Standard, 0x10), length);
}

}  // namespace nearline::initiator::tape
