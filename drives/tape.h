// The tape as a drive has threaded it: a position on a medium, and SSC-4's rules for reading,
// writing and finding. Everything happens at once; how long it takes is the drive's matter.
//
// Each command tells what it met as an Outcome whose sense has flags and INFORMATION, and how much
// passed the head. Positions follow the scsi-tape sheet, 1.7 to 1.11.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "drives/block_codec.h"
#include "media/medium.h"
#include "scsi/outcome.h"

namespace nearline::drives {

// What passed the head, for the clock and the counters.
struct Passed {
    std::uint64_t host = 0;    // bytes the host gave or got
    std::uint64_t stored = 0;  // bytes on tape
    std::uint64_t objects = 0;
};

struct TapeReport {
    scsi::Outcome outcome;
    Passed passed;
    // The medium failed, beyond what the outcome says.
    std::optional<media::MediumFault> fault;
};

// READ and WRITE speak of bytes of one block, or of blocks of the length in the block descriptor.
struct TransferLength {
    bool is_fixed = false;
    std::uint32_t count = 0;         // blocks, or the bytes of the one block
    std::uint32_t block_length = 0;  // when fixed; else whether any is set matters to SILI only

    std::uint64_t bytes() const { return is_fixed ? std::uint64_t{count} * block_length : count; }
};

// Whether READ tells of a block of another length (SILI).
enum class IncorrectLength { Tells, Suppresses };

class Tape {
public:
    // A partition takes its size, then warns, and has room for `end_zone` bytes more.
    Tape(std::unique_ptr<media::Medium> medium, std::uint64_t end_zone);

    media::Medium& medium() { return *medium_; }
    const media::Medium& medium() const { return *medium_; }
    std::unique_ptr<media::Medium> release() { return std::move(medium_); }

    media::Position position() const { return position_; }
    bool is_at_beginning() const { return position_.object == 0; }
    bool is_at_end_of_data() const {
        return position_.object == medium_->end_of_data(position_.partition);
    }
    // Between early warning and the end of the partition; in the zone before it that page 10h/01h
    // sets; both by what lies before the position.
    bool is_in_end_zone() const;
    bool is_in_programmable_zone() const;
    // WORM media may be added to at the end of data, and over the filemarks just before it, but for
    // the first filemark of the partition.
    bool is_where_worm_appends() const;
    std::uint64_t bytes_to_end_of_partition() const { return room(); }
    void set_programmable_zone(std::uint64_t bytes) { programmable_zone_ = bytes; }
    std::uint64_t end_zone() const { return end_zone_; }

    // Fills `data` with the blocks; never with more than length.bytes().
    TapeReport read(const TransferLength& length, IncorrectLength rule, BlockCodec& codec,
                    base::Bytes& data);
    // READ without its data (VERIFY).
    TapeReport verify(const TransferLength& length);
    // Reads what lies before object `end` and passes its filemarks, but no more than a step: the
    // position tells how far it came.
    TapeReport verify_towards(std::uint64_t end);
    static constexpr std::uint64_t kVerifyStep = 256;  // blocks
    // Behind filemark `count` from here on; nothing when there are not as many.
    std::optional<std::uint64_t> behind_filemark(std::uint64_t count) const;
    // `data` has exactly length.bytes().
    TapeReport write(const TransferLength& length, BlockCodec& codec, base::BytesView data);
    TapeReport write_filemarks(std::uint64_t count);
    TapeReport erase_from_here();
    // Everything is gone, and there are partitions of these sizes.
    TapeReport format(const std::vector<std::uint64_t>& sizes);
    TapeReport sync();

    // SPACE: positive counts go to the end of the tape. At most what std::int64_t holds either way.
    TapeReport space_blocks(std::int64_t count);
    TapeReport space_filemarks(std::int64_t count);
    TapeReport space_to_end_of_data();

    // LOCATE. The partition must exist.
    TapeReport locate(media::Position to);
    TapeReport locate_file(std::uint8_t partition, std::uint64_t file);
    TapeReport locate_end_of_data(std::uint8_t partition);
    void rewind() { position_.object = 0; }

    // Power was lost: what had not reached the medium is not there.
    void lose_after(media::Position kept);

private:
    TapeReport read_variable(const TransferLength& length, IncorrectLength rule, BlockCodec& codec,
                             base::Bytes& data);
    TapeReport read_fixed(const TransferLength& length, BlockCodec& codec, base::Bytes& data);
    // The block at the position into `block`; the position stays.
    std::optional<TapeReport> take_block(const media::BlockForm& form, BlockCodec& codec,
                                         base::MutableBytes block);
    // And what the codec appends to it.
    std::optional<TapeReport> take_whole(const media::BlockForm& form, BlockCodec& codec,
                                         base::MutableBytes given);
    TapeReport verify_block(std::uint32_t& length);
    // What stands at the position instead of a block; a filemark is passed.
    Sense not_a_block();
    TapeReport write_block(BlockCodec& codec, base::BytesView block);
    TapeReport written() const;
    TapeReport space_blocks_forward(std::uint64_t count);
    TapeReport space_blocks_backward(std::uint64_t count);
    TapeReport space_filemarks_forward(std::uint64_t count);
    TapeReport space_filemarks_backward(std::uint64_t count);
    std::uint64_t end_of_data() const { return medium_->end_of_data(position_.partition); }
    std::uint64_t room() const;

    std::unique_ptr<media::Medium> medium_;
    std::uint64_t end_zone_;
    std::uint64_t programmable_zone_ = 0;
    media::Position position_;
};

}  // namespace nearline::drives
