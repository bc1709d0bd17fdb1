#include "media/tape_image_format.h"

#include <algorithm>
#include <cstdio>

#include "base/check.h"
#include "base/crc32c.h"

namespace nearline::media {
namespace {

using base::ByteReader;
using base::Bytes;
using base::BytesView;
using base::ByteWriter;

constexpr std::size_t kCrcSize = 4;
constexpr std::uint8_t kDiscarding = 1;
constexpr std::uint8_t kRawReadDisabled = 1;

void append_crc(Bytes& out, BytesView of) {
    ByteWriter(out).u32(base::crc32c(of));
}

bool ends_with_its_crc(BytesView bytes) {
    const BytesView covered = bytes.first(bytes.size() - kCrcSize);
    return base::load_big_endian(bytes, covered.size(), kCrcSize) == base::crc32c(covered);
}

bool is_kind(std::uint8_t kind) {
    return kind >= static_cast<std::uint8_t>(RecordKind::Block) &&
           kind <= static_cast<std::uint8_t>(RecordKind::Commit);
}

// One of the byte strings of an encryption: length(1) bytes.
void write_string(ByteWriter& writer, BytesView bytes) {
    CHECK(bytes.size() <= UINT8_MAX);
    writer.u8(bytes.size()).bytes(bytes);
}

Bytes read_string(ByteReader& in) {
    const BytesView bytes = in.bytes(in.u8());
    return {bytes.begin(), bytes.end()};
}

}  // namespace

Bytes encode_head(const Head& head) {
    CHECK(head.identity.size() <= kMaximumIdentity);
    Bytes out;
    ByteWriter writer(out);
    writer.u64(kHeadMagic).u16(kFormatVersion).u8(head.is_discarding ? kDiscarding : 0);
    writer.u8(head.partitions).u64(head.capacity).u64(head.sequence).u64(head.generation);
    writer.u64(head.memory).u64(head.log_end).u64(head.scan_from);
    for (const PartitionHead& partition : head.partition) {
        writer.u64(partition.size).u64(partition.end_of_data).u64(partition.index);
        writer.u64(partition.cut.object).u32(partition.cut.number);
    }
    writer.u8(head.identity.size()).text(head.identity);
    writer.zeros(kHeadSize - kCrcSize - out.size());
    append_crc(out, out);
    return out;
}

HeadRead decode_head(BytesView bytes) {
    HeadRead read;
    if (bytes.size() != kHeadSize || !ends_with_its_crc(bytes)) return read;
    ByteReader in(bytes);
    if (in.u64() != kHeadMagic) return read;
    if (in.u16() > kFormatVersion) {
        read.state = HeadState::LaterVersion;
        return read;
    }
    Head& head = read.head;
    head.is_discarding = (in.u8() & kDiscarding) != 0;
    head.partitions = in.u8();
    head.capacity = in.u64();
    head.sequence = in.u64();
    head.generation = in.u64();
    head.memory = in.u64();
    head.log_end = in.u64();
    head.scan_from = in.u64();
    for (PartitionHead& partition : head.partition) {
        partition.size = in.u64();
        partition.end_of_data = in.u64();
        partition.index = in.u64();
        partition.cut.object = in.u64();
        partition.cut.number = in.u32();
        if (partition.end_of_data > kMaximumObjects) return read;
    }
    head.identity = in.text(in.u8());
    const bool is_sound = in.ok() && head.partitions >= 1 &&
                          head.partitions <= kMaximumPartitions && head.scan_from >= kLogBegin &&
                          head.scan_from <= head.log_end;
    if (is_sound) read.state = HeadState::Whole;
    return read;
}

std::optional<Bytes> encode_memory(const MemoryCopy& copy) {
    Bytes content;
    ByteWriter writer(content);
    writer.u32(copy.memory.size());
    for (const auto& [key, value] : copy.memory) {
        if (value.size() > UINT16_MAX || content.size() > kMaximumMemory) return std::nullopt;
        writer.u8(key.partition).u16(key.attribute).u16(value.size()).bytes(value);
    }
    if (content.size() > kMaximumMemory) return std::nullopt;
    Bytes out;
    ByteWriter(out).u64(copy.sequence).u32(content.size());
    ByteWriter(out).u32(base::crc32c(content, base::crc32c(out))).bytes(content);
    return out;
}

std::optional<MemoryCopy> decode_memory(BytesView bytes) {
    ByteReader in(bytes);
    MemoryCopy copy;
    copy.sequence = in.u64();
    const std::uint32_t length = in.u32();
    const std::uint32_t crc = in.u32();
    const BytesView content = in.bytes(length);
    if (!in.ok() || copy.sequence == 0) return std::nullopt;
    const BytesView covered = bytes.first(kMemoryHeadSize - kCrcSize);
    if (crc != base::crc32c(content, base::crc32c(covered))) return std::nullopt;
    ByteReader entries(content);
    for (std::uint32_t left = entries.u32(); left > 0 && entries.ok(); --left) {
        MemoryKey key;
        key.partition = entries.u8();
        key.attribute = entries.u16();
        const BytesView value = entries.bytes(entries.u16());
        copy.memory[key] = Bytes(value.begin(), value.end());
    }
    if (!entries.ok()) return std::nullopt;
    return copy;
}

void RecordHeader::set_filemarks(std::uint64_t count) {
    length = static_cast<std::uint32_t>(count >> 32);
    stored = static_cast<std::uint32_t>(count);
}

std::uint64_t RecordHeader::payload_size(bool is_discarding) const {
    switch (kind) {
        case RecordKind::Block:
            return is_discarding ? 0 : stored;
        case RecordKind::Filemarks:
            return 0;
        case RecordKind::Index:
        case RecordKind::Commit:
            break;
    }
    return stored;
}

Bytes encode_header(const RecordHeader& header, BytesView extension) {
    CHECK(header.extension == extension.size());
    Bytes out;
    out.reserve(kHeaderSize + extension.size());
    ByteWriter writer(out);
    writer.u32(kRecordMagic).u8(static_cast<std::uint8_t>(header.kind)).u8(header.partition);
    writer.u8(static_cast<std::uint8_t>(header.compression)).u8(0);
    writer.u64(header.generation).u64(header.object).u64(header.cut.object).u64(header.offset);
    writer.u32(header.length).u32(header.stored).u32(header.cut.number);
    writer.u16(header.extension).u16(0);
    writer.u32(header.payload_crc);
    writer.u32(base::crc32c(extension, base::crc32c(out)));
    writer.bytes(extension);
    return out;
}

std::optional<RecordHeader> decode_header(BytesView bytes) {
    ByteReader in(bytes);
    if (in.u32() != kRecordMagic) return std::nullopt;
    RecordHeader header;
    const std::uint8_t kind = in.u8();
    header.partition = in.u8();
    const std::uint8_t compression = in.u8();
    in.skip(1);
    header.generation = in.u64();
    header.object = in.u64();
    header.cut.object = in.u64();
    header.offset = in.u64();
    header.length = in.u32();
    header.stored = in.u32();
    header.cut.number = in.u32();
    header.extension = in.u16();
    in.skip(2);
    header.payload_crc = in.u32();
    in.skip(kCrcSize);
    const bool is_sound = in.ok() && is_kind(kind) && header.partition < kMaximumPartitions &&
                          compression <= static_cast<std::uint8_t>(Compression::Zstd) &&
                          header.extension <= kMaximumExtension;
    if (!is_sound) return std::nullopt;
    header.kind = static_cast<RecordKind>(kind);
    header.compression = static_cast<Compression>(compression);
    return header;
}

bool is_whole(BytesView header_and_extension) {
    constexpr std::size_t kCovered = kHeaderSize - kCrcSize;
    if (header_and_extension.size() < kHeaderSize) return false;
    const std::uint32_t crc = base::crc32c(header_and_extension.subspan(kHeaderSize),
                                           base::crc32c(header_and_extension.first(kCovered)));
    return base::load_big_endian(header_and_extension, kCovered, kCrcSize) == crc;
}

Bytes encode_encryption(const Encryption& encryption) {
    Bytes out;
    ByteWriter writer(out);
    writer.u8(encryption.kad_format).u8(encryption.is_raw_read_disabled ? kRawReadDisabled : 0);
    write_string(writer, encryption.nonce);
    write_string(writer, encryption.tag);
    write_string(writer, encryption.key_check);
    write_string(writer, encryption.unauthenticated_kad);
    write_string(writer, encryption.authenticated_kad);
    return out;
}

std::optional<Encryption> decode_encryption(BytesView extension) {
    ByteReader in(extension);
    Encryption encryption;
    encryption.kad_format = in.u8();
    encryption.is_raw_read_disabled = (in.u8() & kRawReadDisabled) != 0;
    encryption.nonce = read_string(in);
    encryption.tag = read_string(in);
    encryption.key_check = read_string(in);
    encryption.unauthenticated_kad = read_string(in);
    encryption.authenticated_kad = read_string(in);
    if (!in.ok() || in.remaining() != 0) return std::nullopt;
    return encryption;
}

void fill_discarded(Position at, base::MutableBytes out) {
    char text[64] = {};
    const int size =
        std::snprintf(text, sizeof text, "NEARLINE DISCARDED THIS BLOCK %u:%016llX\n",
                      unsigned{at.partition}, static_cast<unsigned long long>(at.object));
    CHECK(size > 0);
    const BytesView pattern = base::as_bytes(text).first(static_cast<std::size_t>(size));
    for (std::size_t done = 0; done < out.size(); done += pattern.size()) {
        const std::size_t step = std::min(pattern.size(), out.size() - done);
        std::copy_n(pattern.data(), step, out.data() + done);
    }
}

}  // namespace nearline::media
