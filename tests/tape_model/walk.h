// A host that sends a drive whatever it likes, and knows from the model what must come back. In
// process and over a network alike: it knows its initiator only.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "scsi/initiator.h"
#include "sim/random.h"
#include "tests/tape_model/tape_model.h"

namespace nearline::tape_model {

class Walk {
public:
    // Lets time pass until `is_done`; false when it never will be.
    using Wait = std::function<bool(const std::function<bool()>& is_done)>;
    struct Drive {
        scsi::Initiator& initiator;
        scsi::Lun lun;
        Wait wait;
    };

    // A cartridge of LTO-9 with a capacity of one megabyte, in a drive of ours.
    static constexpr TapeModel::Limits kMegabyteOfLto9{1'000'000, 2'000'000, 4096};
    // 280 wraps, of which two stay unused between partitions of an even number (scsi-tape sheet
    // 1.15).
    static constexpr std::uint64_t kWrap = 1'000'000 / 280;

    // `depth` commands are under way at most; nobody else may use the drive, and the cartridge in
    // it has the limits above.
    Walk(Drive drive, std::uint64_t seed, std::size_t depth);

    // Formats the cartridge and sends `steps` commands. The first difference in words; nothing when
    // the drive did as the model says.
    std::optional<std::string> run(std::uint64_t steps);

private:
    struct Command {
        std::string text;
        base::Bytes cdb;
        base::Bytes data_out;
        std::uint32_t data_in_length = 0;
    };
    using Check = std::function<std::string(const scsi::Response&)>;  // "" when it is as expected

    void begin();
    void step();
    void write();
    void write_filemarks();
    void read();
    void verify();
    void space();
    void locate();
    void read_position();
    void set_block_length();
    void divide();
    void unload_and_load();

    void send(Command command, Check check);
    void expect(Command command, const Expected& expected);
    // Those that must succeed, whatever the model; all that is under way ends first.
    scsi::Response order(Command command);
    void become_ready();
    void drain(std::size_t left);
    void differ(const std::string& what);
    std::uint32_t any_length();
    base::Bytes noise(std::size_t size);

    Drive drive_;
    std::size_t depth_;
    sim::RandomStream random_;
    TapeModel model_;
    bool writes_long_blocks_;
    std::size_t under_way_ = 0;
    std::uint64_t step_ = 0;
    std::optional<std::string> difference_;
};

}  // namespace nearline::tape_model
