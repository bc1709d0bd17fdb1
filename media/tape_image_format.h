// The tape image's bytes, as its reader and its writer share them; docs/formats/tape-image.md has
// the grammar and a worked example.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "media/medium.h"

namespace nearline::media {

inline constexpr std::uint8_t kMaximumPartitions = 4;
inline constexpr std::uint64_t kMaximumObjects = std::uint64_t{1} << 50;  // of a partition

// The file: two heads, two copies of the cartridge memory, then the log.
inline constexpr std::size_t kHeadSize = 512;
inline constexpr std::array<std::uint64_t, 2> kHeadOffsets = {0, 4096};
inline constexpr std::size_t kMemorySize = 65'536;
inline constexpr std::array<std::uint64_t, 2> kMemoryOffsets = {8192, 8192 + kMemorySize};
inline constexpr std::uint64_t kLogBegin = 8192 + 2 * kMemorySize;

// head: what the image is, and what it held when it was last made durable. The one with the higher
// sequence counts.
inline constexpr std::uint64_t kHeadMagic = 0x4E4C544150450D0A;  // "NLTAPE\r\n"
inline constexpr std::uint16_t kFormatVersion = 1;
inline constexpr std::size_t kMaximumIdentity = 255;

// Where the end of data of a partition was last moved back to, and how often it was: tells a reader
// that has to do without some records whether objects that it knows were written over by them.
struct LastCut {
    std::uint64_t object = 0;
    std::uint32_t number = 0;  // how many cuts there were
    bool operator==(const LastCut&) const = default;
};

struct PartitionHead {
    std::uint64_t size = 0;         // its share of the nominal capacity, bytes
    std::uint64_t end_of_data = 0;  // object number
    std::uint64_t index = 0;        // offset of its last index record; 0: none
    LastCut cut;
    bool operator==(const PartitionHead&) const = default;
};

struct Head {
    bool is_discarding = false;
    std::uint8_t partitions = 1;
    std::uint64_t capacity = 0;    // nominal, bytes
    std::uint64_t sequence = 0;    // of heads, from 1
    std::uint64_t generation = 0;  // of what is written
    std::uint64_t memory = 0;      // sequence of the cartridge memory that was there already
    std::uint64_t log_end = kLogBegin;
    std::uint64_t scan_from = kLogBegin;  // no record before it is missing from the indexes
    std::array<PartitionHead, kMaximumPartitions> partition{};
    std::string identity;
    bool operator==(const Head&) const = default;
};

enum class HeadState : std::uint8_t { Whole, Damaged, LaterVersion };
struct HeadRead {
    HeadState state = HeadState::Damaged;
    Head head;
};

base::Bytes encode_head(const Head& head);  // kHeadSize bytes
HeadRead decode_head(base::BytesView bytes);

// memory: sequence(8) length(4) crc(4) content(length), twice; the higher sequence counts.
inline constexpr std::size_t kMemoryHeadSize = 16;
inline constexpr std::size_t kMaximumMemory = kMemorySize - kMemoryHeadSize;

struct MemoryCopy {
    std::uint64_t sequence = 0;
    CartridgeMemory memory;
};
// Nothing when it does not fit.
std::optional<base::Bytes> encode_memory(const MemoryCopy& copy);
std::optional<MemoryCopy> decode_memory(base::BytesView bytes);

// record = header(64) extension payload, all big-endian.
inline constexpr std::uint32_t kRecordMagic = 0x4E4C5452;  // "NLTR"
inline constexpr std::size_t kHeaderSize = 64;
inline constexpr std::size_t kMaximumExtension = 2 + 5 * 256;

enum class RecordKind : std::uint8_t {
    Block = 1,
    Filemarks = 2,
    Index = 3,   // where a run of objects lies
    Commit = 4,  // a copy of the head that was written next
};

struct RecordHeader {
    RecordKind kind = RecordKind::Block;
    std::uint8_t partition = 0;
    Compression compression = Compression::None;
    std::uint64_t generation = 0;
    std::uint64_t object = 0;  // its number, or that of the first
    LastCut cut;               // of its partition, when it was written
    std::uint64_t offset = 0;  // of the record in the file
    // Block: length as hosts see it, and bytes on tape. Filemarks: together their count.
    std::uint32_t length = 0;
    std::uint32_t stored = 0;
    std::uint16_t extension = 0;  // bytes between header and payload
    std::uint32_t payload_crc = 0;
    bool operator==(const RecordHeader&) const = default;

    std::uint64_t filemarks() const { return std::uint64_t{length} << 32 | stored; }
    void set_filemarks(std::uint64_t count);
    // What follows the extension in the file: a discarding image keeps no block's bytes.
    std::uint64_t payload_size(bool is_discarding) const;
    std::uint64_t size(bool is_discarding) const {
        return kHeaderSize + extension + payload_size(is_discarding);
    }
};

// Header and extension; the header's CRC covers both.
base::Bytes encode_header(const RecordHeader& header, base::BytesView extension);
// Nothing when the first kHeaderSize bytes are no header. Its CRC is is_whole()'s matter, which
// wants header and extension.
std::optional<RecordHeader> decode_header(base::BytesView bytes);
bool is_whole(base::BytesView header_and_extension);

base::Bytes encode_encryption(const Encryption& encryption);
std::optional<Encryption> decode_encryption(base::BytesView extension);

// What read() gives of a block whose bytes were discarded: "NEARLINE DISCARDED THIS BLOCK p:n\n",
// again and again, with the partition and sixteen hexadecimal digits of the object number.
void fill_discarded(Position at, base::MutableBytes out);

}  // namespace nearline::media
