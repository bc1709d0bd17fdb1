// A whole library whose process ends, or whose power goes, at any change of a file while a host
// writes: what a host was told to be on the tape is there, and what follows is a clean prefix of
// what it sent. The host is asked by READ, as any other.
#include <gmock/gmock.h>

#include <algorithm>

#include "base/memory_file_system.h"
#include "drives/data_commands.h"
#include "drives/position_commands.h"
#include "sim/random.h"
#include "tests/library/a_library.h"
#include "tests/tape_model/tape_model.h"

namespace nearline::tape_model {
namespace {

using base::Bytes;
using library::ALibrary;
using library::drive;
using Contents = TapeModel::Contents;

enum class Ending { Killed, PowerLost };

class Story {
public:
    explicit Story(std::uint64_t seed)
        : random_(sim::RandomSource(seed).stream("sudden end")),
          library_(library::a_library().with_cartridge("ABC001L9", drive(1)).with_state(files_)) {
        library_.settle();
        lun_ = library_.lun_of(drive(1));
    }

    // Works until change `changes` from now on has failed, or `steps` are done; true when it
    // failed.
    bool work(std::uint64_t changes, int steps) {
        const std::uint64_t last = files_.operations() + changes;
        const auto has_failed = [&] { return files_.operations() > last; };
        files_.fail_after(changes);
        for (int step = 0; step < steps && !has_failed(); ++step) act(has_failed);
        return has_failed();
    }

    void end(Ending ending) {
        library_.kill();
        if (ending == Ending::PowerLost) files_.crash();
        files_.stop_failing();
        library_.restart();
        library_.load(drive(1));
        library_.clear_attentions();
    }

    Contents contents_of_tape() {
        EXPECT_TRUE(library_.run(drives::Rewind{}, lun_).is_good());
        Contents contents;
        while (!testing::Test::HasFailure()) {
            drives::Read6 command;
            command.sili = true;
            command.transfer_length = 65'536;
            const auto answer = library_.host().send(command, {}, lun_);
            library_.settle();
            const scsi::Sense& sense = answer->outcome.sense;
            if (answer->outcome.is_good()) {
                contents.emplace_back(answer->data);
            } else if (sense.has_filemark) {
                contents.emplace_back(std::nullopt);
            } else {
                EXPECT_EQ(sense.key, scsi::SenseKey::BlankCheck) << to_text(answer->outcome);
                break;
            }
        }
        return contents;
    }

    bool may_be(const Contents& contents) const {
        return std::find(possible_.begin(), possible_.end(), contents) != possible_.end();
    }
    std::size_t possible() const { return possible_.size(); }

private:
    using HasFailed = std::function<bool()>;

    void act(const HasFailed& has_failed) {
        const std::uint64_t choice = random_.below(20);
        if (choice < 9) return write();
        if (choice < 12) return mark(true, has_failed);
        if (choice < 15) return mark(false, has_failed);
        if (choice < 17) return locate();
        if (choice < 18) return erase();
        if (choice < 19) return rewind();
        unload(has_failed);
    }

    void write() {
        Bytes block(random_.below(10) == 0 ? random_.below(60'000) + 1 : random_.below(500) + 1);
        for (std::uint8_t& byte : block) byte = static_cast<std::uint8_t>(random_.next());
        cut();
        const auto length = static_cast<std::uint32_t>(block.size());
        model_.write(false, length, block);
        note();
        drives::Write6 command;
        command.transfer_length = length;
        library_.run(command, lun_, block);
    }
    void mark(bool is_immediate, const HasFailed& has_failed) {
        const auto count = static_cast<std::uint32_t>(random_.below(3));
        if (count > 0) cut();
        model_.write_filemarks(count);
        note();
        drives::WriteFilemarks6 command;
        command.immed = is_immediate;
        command.count = count;
        const scsi::Outcome outcome = library_.run(command, lun_);
        if (outcome.is_good() && !is_immediate && !has_failed()) settle();
    }
    void locate() {
        const std::uint64_t object = random_.below(model_.objects() + 1);
        model_.locate({}, object);
        drives::Locate16 command;
        command.identifier = object;
        library_.run(command, lun_);
    }
    void erase() {
        cut();
        drives::Erase6 command;
        command.is_long = true;
        library_.run(command, lun_);
    }
    void rewind() {
        model_.rewind();
        library_.run(drives::Rewind{}, lun_);
    }
    void unload(const HasFailed& has_failed) {
        const scsi::Outcome outcome = library_.unload(drive(1));
        if (outcome.is_good() && !has_failed()) settle();
        library_.load(drive(1));
        library_.clear_attentions();
        model_.load();
    }

    void cut() {
        model_.erase();
        note();
    }
    void note() { possible_.push_back(model_.contents()); }
    void settle() { possible_ = {model_.contents()}; }

    sim::RandomStream random_;
    base::MemoryFileSystem files_;
    ALibrary library_;
    scsi::Lun lun_{};
    TapeModel model_{{UINT64_MAX / 2, 0, 4096}};
    std::vector<Contents> possible_{{}};
};

class SuddenEnd : public testing::TestWithParam<Ending> {};
INSTANTIATE_TEST_SUITE_P(Ending, SuddenEnd, testing::Values(Ending::Killed, Ending::PowerLost),
                         [](const auto& info) {
                             return info.param == Ending::Killed ? "Killed" : "PowerLost";
                         });

// False when nothing was left to fail.
bool end_at(std::uint64_t seed, std::uint64_t changes, int steps, Ending ending) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", change " + std::to_string(changes));
    Story story(seed);
    const bool has_failed = story.work(changes, steps);
    story.end(ending);
    const Contents found = story.contents_of_tape();
    EXPECT_TRUE(story.may_be(found))
        << found.size() << " objects, none of " << story.possible() << " possible tapes";
    return has_failed;
}

TEST_P(SuddenEnd, TakesNothingThatTheDriveAcknowledged) {
    std::uint64_t ends = 0;
    for (std::uint64_t seed = 0; seed < 20 && !HasFailure(); ++seed) {
        std::uint64_t changes = 0;
        while (!HasFailure() && end_at(seed, changes, 12, GetParam())) ++changes;
        ends += changes;
    }
    EXPECT_GT(ends, 20U * 12U);
}

TEST_P(SuddenEnd, TakesNothingInLongRuns) {
    for (std::uint64_t seed = 100; seed < 250 && !HasFailure(); ++seed) {
        end_at(seed, seed * 37 % 500, 200, GetParam());
    }
}

}  // namespace
}  // namespace nearline::tape_model
