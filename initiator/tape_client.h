// A client of a tape drive, over any scsi::Initiator: what is loaded and where it stands, moving
// it, and passing data. It retries nothing: what a unit attention means for a tape, its caller
// decides.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "initiator/changer_client.h"
#include "initiator/tape_commands.h"
#include "initiator/tape_encryption.h"

namespace nearline::initiator {

struct BlockLimits {
    std::uint32_t longest = 0;
    std::uint32_t shortest = 0;
};

// The head of the mode parameters.
struct DriveModes {
    std::uint8_t medium_type = 0;
    std::uint8_t density = 0;
    std::uint32_t block_length = 0;  // 0: variable
    bool is_write_protected = false;
};

struct TapePosition {
    std::uint32_t partition = 0;
    std::uint64_t object = 0;
    std::optional<std::uint64_t> file{};  // of drives that count filemarks
    bool is_at_beginning = false;
    bool is_near_end = false;
};

// What a read has come to.
struct TapeRead {
    enum class Met { Block, Filemark, EndOfData };
    Met met = Met::Block;
    scsi::Bytes block;
};

enum class TapeWritten { Fine, NearEnd, Full };  // Full: the block is not on the tape

// MAM: the memory of the cartridge (SPC-4 7.4).
struct MediumAttribute {
    enum class Format : std::uint8_t { Binary = 0, Ascii = 1, Text = 2 };
    std::uint16_t id = 0;
    Format format = Format::Binary;
    bool is_read_only = false;
    scsi::Bytes value;
};

// The initiator must outlive it, and it must outlive its commands (or the initiator goes first).
class TapeClient {
public:
    TapeClient(scsi::Initiator& initiator, scsi::Lun lun) : initiator_(&initiator), lun_(lun) {}

    void block_limits(Reply<BlockLimits> done);
    void modes(Reply<DriveModes> done);
    // The long form; of drives without it the short one.
    void position(Reply<TapePosition> done);
    void attributes(std::uint8_t partition, Reply<std::vector<MediumAttribute>> done);

    // Those of the drive, or of what is loaded.
    void densities(tape::DensitiesOf whose, Reply<std::vector<Density>> done);
    void encryption(Reply<EncryptionStatus> done);
    void next_block(Reply<NextBlock> done);
    void encryption_algorithms(Reply<std::vector<EncryptionAlgorithm>> done);
    // As `page` says: encryption_on, encryption_off.
    void set_encryption(scsi::Bytes page, Reply<std::monostate> done);

    void rewind(Reply<std::monostate> done);
    void locate(tape::Destination destination, std::uint64_t number,
                std::optional<std::uint8_t> partition, Reply<std::monostate> done);
    // Blocks or filemarks, back with a negative count; or to the end of the data.
    void space(tape::SpaceOver what, std::int32_t count, Reply<std::monostate> done);
    void write_filemarks(std::uint32_t count, Reply<TapeWritten> done);
    void erase(bool is_long, Reply<std::monostate> done);
    void load(Reply<std::monostate> done);
    void unload(Reply<std::monostate> done);

    // One block, of any length up to `longest`; a longer one is a failure.
    void read(std::uint32_t longest, Reply<TapeRead> done);
    void write(scsi::Bytes block, Reply<TapeWritten> done);

private:
    using Answered = std::function<void(scsi::Response)>;

    void send(scsi::Bytes cdb, std::uint32_t data_in_length, Answered done);
    // What `parse` makes of the answer.
    template <typename T>
    void ask(const char* command, scsi::Bytes cdb, std::uint32_t data_in_length,
             std::optional<T> (*parse)(base::BytesView), Reply<T> done);
    void order(std::string command, scsi::Bytes cdb, Reply<std::monostate> done);
    void short_position(Reply<TapePosition> done);

    scsi::Initiator* initiator_;
    scsi::Lun lun_;
};

}  // namespace nearline::initiator
