// What is recorded on a cartridge: partitions, each a sequence of logical objects (blocks and
// filemarks) numbered from 0 and ended by the end of data. The drive that has threaded the tape
// owns it; TapeImage keeps it in a file.
//
// Nothing here knows time, position of the head or SCSI. Navigation costs a logarithm of the number
// of objects, never a scan.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace nearline::media {

// Where the next object is: in front of object `object` of `partition`.
struct Position {
    std::uint8_t partition = 0;
    std::uint64_t object = 0;
    bool operator==(const Position&) const = default;
};

enum class ObjectKind : std::uint8_t { Block, Filemark, EndOfData };

// How a drive made the stored bytes of a block from the host's.
enum class Compression : std::uint8_t { None = 0, Lz4 = 1, Zstd = 2 };

// What decrypting a block needs, but for the key (SSC-4 annex D: AES-256-GCM).
struct Encryption {
    base::Bytes nonce;                // 12 bytes
    base::Bytes tag;                  // 16 bytes
    base::Bytes key_check;            // tells one key from another, and nothing about it
    base::Bytes unauthenticated_kad;  // as the host gave them, at most 255 bytes each
    base::Bytes authenticated_kad;
    std::uint8_t kad_format = 0;
    bool is_raw_read_disabled = false;  // RDMD: may not be read without its key
    bool operator==(const Encryption&) const = default;
};

// A block as the medium keeps it: the form says what the stored bytes are.
struct BlockForm {
    std::uint32_t length = 0;  // of the block as hosts see it, bytes
    std::uint32_t stored = 0;  // bytes on tape: after compression and encryption
    Compression compression = Compression::None;
    std::optional<Encryption> encryption;
    bool operator==(const BlockForm&) const = default;
};

struct MediumFault {
    enum class Kind : std::uint8_t {
        Unreadable,   // this object is damaged; its neighbours may be fine
        NoSpace,      // the host's storage is full: nothing was recorded
        InputOutput,  // the host's storage failed
    };
    Kind kind = Kind::InputOutput;
    std::string message;
};

template <typename T>
using MediumResult = base::Result<T, MediumFault>;

// What the cartridge memory holds beyond the tape: MAM attributes by identifier, those of a
// partition by its number. The values are as READ ATTRIBUTE sends them; which may exist, and what
// they mean, is the drive's matter.
struct MemoryKey {
    std::uint8_t partition = 0;  // 0 for those of the volume
    std::uint16_t attribute = 0;
    auto operator<=>(const MemoryKey&) const = default;
};
using CartridgeMemory = std::map<MemoryKey, base::Bytes>;

class Medium {
public:
    virtual ~Medium() = default;

    // The layout: one partition, or as many as FORMAT MEDIUM made. A size is the share of the
    // tape's nominal capacity in bytes; nothing enforces it here.
    virtual std::uint8_t partition_count() const = 0;
    virtual std::uint64_t partition_size(std::uint8_t partition) const = 0;

    // The object number of the end of data: how many objects the partition has.
    virtual std::uint64_t end_of_data(std::uint8_t partition) const = 0;
    virtual std::uint64_t filemark_count(std::uint8_t partition) const = 0;
    // The object number of filemark `index`, from 0; it must exist.
    virtual std::uint64_t filemark(std::uint8_t partition, std::uint64_t index) const = 0;
    // How many filemarks lie before `at`.
    virtual std::uint64_t filemarks_before(Position at) const = 0;
    // What comes next at `at`; at or beyond the end of data, EndOfData.
    virtual ObjectKind kind(Position at) const = 0;
    // Stored bytes between the beginning of the partition and `at`, filemarks counted as
    // kFilemarkSize: how far along the tape it lies.
    virtual std::uint64_t stored_before(Position at) const = 0;
    static constexpr std::uint32_t kFilemarkSize = 4096;  // Assumed: what a mark takes of capacity

    // Of the block at `at`; it must be one.
    virtual MediumResult<BlockForm> form(Position at) = 0;
    // Fills `stored`, of exactly form().stored bytes. Unreadable when they are not those that were
    // written.
    virtual MediumResult<void> read(Position at, base::MutableBytes stored) = 0;
    // Whether blocks keep their length and checksum only; read() then gives a stated pattern.
    virtual bool is_discarding() const = 0;

    // Each makes what it adds the last thing of the partition: whatever lay at or after `at` is
    // gone, even when it fails. `at` is at most the end of data. `form.stored` is the size of
    // `stored`. What is added lasts once sync() has returned.
    virtual MediumResult<void> write_block(Position at, const BlockForm& form,
                                           base::BytesView stored) = 0;
    virtual MediumResult<void> write_filemarks(Position at, std::uint64_t count) = 0;
    virtual MediumResult<void> erase_from(Position at) = 0;
    // Everything recorded is gone, in all partitions; they become as many as `sizes`, at least one.
    // Durable when it returns. The cartridge memory stays.
    virtual MediumResult<void> format(const std::vector<std::uint64_t>& sizes) = 0;
    // Everything written so far survives a loss of power; the rest is a clean prefix.
    virtual MediumResult<void> sync() = 0;

    virtual const CartridgeMemory& memory() const = 0;
    // Durable when it returns: all of the new memory, or after a failure all of the old. What was
    // written to the tape before is durable too, so that a change reference never runs ahead.
    virtual MediumResult<void> keep_memory(CartridgeMemory memory) = 0;
};

}  // namespace nearline::media
