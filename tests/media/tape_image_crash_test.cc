// Random work on a tape beside a plain list of what it must hold; the host fails, fills up, dies or
// loses power at every change of a file. What sync() acknowledged is there, what came after is a
// clean prefix, and nothing that was written over comes back beside what replaced it.
#include <gmock/gmock.h>

#include <random>

#include "tests/media/a_tape.h"
#include "tests/media/torn_file_system.h"

namespace nearline::media {
namespace {

using base::MemoryFileSystem;

struct State {
    std::vector<Objects> partitions;
    CartridgeMemory memory;
    bool operator==(const State&) const = default;
};

std::string to_text(const State& state) {
    std::string text;
    for (const Objects& partition : state.partitions) {
        text += "[";
        for (const std::string& object : partition) text += object.substr(0, 12) + " ";
        text += "] ";
    }
    return text + "memory " + std::to_string(state.memory.size());
}

State state_of(TapeImage& tape) {
    State state;
    for (std::uint8_t at = 0; at < tape.partition_count(); ++at) {
        state.partitions.push_back(objects(tape, at));
    }
    state.memory = tape.memory();
    return state;
}

// The image, the list, and what the image may be after a sudden end.
class Worker {
public:
    Worker(std::uint64_t seed, TapeImage& tape) : random_(static_cast<unsigned>(seed) * 7919 + 1) {
        now_ = state_of(tape);
        settle();
    }

    // One piece of work; true when it was done.
    bool work(TapeImage& tape) {
        const std::uint64_t choice = below(100);
        const auto partition = static_cast<std::uint8_t>(below(now_.partitions.size()));
        const std::size_t end = now_.partitions[partition].size();
        if (choice < 40) return write(tape, partition, end, below(300));
        if (choice < 45) return write(tape, partition, end, below(30'000));
        if (choice < 57) return write(tape, partition, below(end + 1), below(300));
        if (choice < 67) return mark(tape, partition, end, below(4));
        if (choice < 72) return mark(tape, partition, below(end + 1), below(4));
        if (choice < 77) return erase(tape, partition, below(end + 1));
        if (choice < 92) return sync(tape);
        if (choice < 97) return keep_memory(tape);
        return format(tape);
    }

    const State& now() const { return now_; }
    bool may_be(const State& state) const {
        return std::find(possible_.begin(), possible_.end(), state) != possible_.end();
    }
    std::string possible_text() const {
        std::string text;
        for (const State& state : possible_) text += "\n  " + to_text(state);
        return text;
    }
    // The image was opened again and is `state`.
    void goes_on_from(const State& state) {
        now_ = state;
        settle();
    }

    bool sync(TapeImage& tape) {
        if (!tape.sync()) return false;
        settle();
        return true;
    }

private:
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

    void note() { possible_.push_back(now_); }
    void settle() { possible_ = {now_}; }
    void cut(std::uint8_t partition, std::size_t end) {
        now_.partitions[partition].resize(end);
        note();
    }

    bool write(TapeImage& tape, std::uint8_t partition, std::size_t at, std::size_t size) {
        const std::string text = block(++number_, size);
        cut(partition, at);
        if (!media::write(tape, {partition, at}, text)) return false;
        now_.partitions[partition].push_back(text);
        note();
        return true;
    }

    bool mark(TapeImage& tape, std::uint8_t partition, std::size_t at, std::size_t count) {
        cut(partition, at);
        if (!tape.write_filemarks({partition, at}, count)) return false;
        now_.partitions[partition].insert(now_.partitions[partition].end(), count, kMark);
        note();
        return true;
    }

    bool erase(TapeImage& tape, std::uint8_t partition, std::size_t at) {
        cut(partition, at);
        return tape.erase_from({partition, at}).has_value();
    }

    bool keep_memory(TapeImage& tape) {
        State after = now_;
        after.memory[{0, static_cast<std::uint16_t>(below(3))}] =
            base::Bytes(below(100), static_cast<std::uint8_t>(++number_));
        possible_.push_back(after);
        if (!tape.keep_memory(after.memory)) return false;
        now_ = after;
        settle();
        return true;
    }

    bool format(TapeImage& tape) {
        const std::vector<std::uint64_t> sizes(1 + below(kMaximumPartitions), 100);
        State after = now_;
        after.partitions.assign(sizes.size(), {});
        possible_.push_back(after);
        if (!tape.format(sizes)) return false;
        now_ = after;
        settle();
        return true;
    }

    std::minstd_rand random_;
    State now_;
    std::vector<State> possible_;
    std::uint64_t number_ = 0;
};

enum class Ending { PowerLost, Killed, GoesOn };

void expect_whole(TapeImage& tape, const std::string& where) {
    EXPECT_THAT(tape.losses(), testing::IsEmpty()) << where;
    EXPECT_THAT(*tape.verify(), testing::IsEmpty()) << where;
}

// Works until the change after `changes` more has failed, ends so, and works on. Returns whether it
// failed at all.
bool fail_and_go_on(std::uint64_t seed, std::uint64_t changes, int pieces, Ending ending) {
    const std::string where = "seed " + std::to_string(seed) + ", change " +
                              std::to_string(changes) + ", ending " +
                              std::to_string(static_cast<int>(ending));
    MemoryFileSystem files;
    auto tape = created(files);
    Worker worker(seed, *tape);
    files.fail_after(changes);
    bool has_failed = false;
    for (int piece = 0; piece < pieces && !has_failed; ++piece) has_failed = !worker.work(*tape);
    files.stop_failing();
    if (ending == Ending::GoesOn) {
        EXPECT_EQ(to_text(state_of(*tape)), to_text(worker.now())) << where;
    } else {
        tape.reset();
        if (ending == Ending::PowerLost) files.crash();
        tape = opened(files);
        const State state = state_of(*tape);
        EXPECT_TRUE(worker.may_be(state))
            << where << " is " << to_text(state) << " and may be" << worker.possible_text();
        expect_whole(*tape, where);
        worker.goes_on_from(state);
    }
    for (int piece = 0; piece < pieces / 2; ++piece) EXPECT_TRUE(worker.work(*tape)) << where;
    EXPECT_TRUE(worker.sync(*tape)) << where;
    tape.reset();
    files.crash();
    tape = opened(files);
    EXPECT_EQ(to_text(state_of(*tape)), to_text(worker.now())) << where;
    EXPECT_EQ(state_of(*tape), worker.now()) << where;
    expect_whole(*tape, where);
    return has_failed;
}

class CrashingTape : public testing::TestWithParam<Ending> {};

std::string name_of(const testing::TestParamInfo<Ending>& info) {
    const std::vector<std::string> names = {"PowerLost", "Killed", "GoesOn"};
    return names[static_cast<std::size_t>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Ending, CrashingTape,
                         testing::Values(Ending::PowerLost, Ending::Killed, Ending::GoesOn),
                         name_of);

TEST_P(CrashingTape, KeepsItsPromiseWhereverAChangeFails) {
    std::uint64_t failures = 0;
    for (std::uint64_t seed = 0; seed < 30 && !HasFailure(); ++seed) {
        for (std::uint64_t changes = 0; !HasFailure(); ++changes) {
            if (!fail_and_go_on(seed, changes, 25, GetParam())) break;
            ++failures;
        }
    }
    EXPECT_GT(failures, 30U * 25U);
}

TEST_P(CrashingTape, KeepsItsPromiseInLongRuns) {
    for (std::uint64_t seed = 1000; seed < 1150 && !HasFailure(); ++seed) {
        fail_and_go_on(seed, seed * 31 % 400, 300, GetParam());
    }
}

// Power is lost again and again while the disk writes in any order.
TEST(TornTape, IsAlwaysACleanPrefix) {
    std::size_t changed = 0;
    for (std::uint64_t seed = 0; seed < 300 && !HasFailure(); ++seed) {
        std::minstd_rand random(static_cast<unsigned>(seed) + 1);
        TornFileSystem files;
        auto tape = created(files);
        Worker worker(seed, *tape);
        for (int loss = 0; loss < 6; ++loss) {
            const std::string where =
                "seed " + std::to_string(seed) + ", loss " + std::to_string(loss);
            for (auto piece = random() % 20; piece > 0; --piece) {
                ASSERT_TRUE(worker.work(*tape)) << where;
            }
            tape.reset();
            files.lose_power(random);
            tape = opened(files);
            const State state = state_of(*tape);
            ASSERT_TRUE(worker.may_be(state))
                << where << " is " << to_text(state) << " and may be" << worker.possible_text();
            expect_whole(*tape, where);
            if (!(state == worker.now())) ++changed;
            worker.goes_on_from(state);
        }
    }
    EXPECT_GT(changed, 300U);
}

// The disk runs full at every write: nothing acknowledged is lost, the fault says so, and with
// space again the next write is fine.
TEST(FullDisk, TakesNothingThatWasAcknowledged) {
    for (std::uint64_t seed = 0; seed < 60 && !HasFailure(); ++seed) {
        MemoryFileSystem files;
        auto tape = created(files);
        Worker worker(seed, *tape);
        std::uint64_t space = *tape->file_size() + seed * 37;
        files.limit_space(space);
        for (int piece = 0; piece < 200; ++piece) {
            if (worker.work(*tape)) continue;
            // It is full; what fits no more can be tried again when there is room.
            EXPECT_EQ(state_of(*tape), worker.now());
            EXPECT_TRUE(worker.sync(*tape)) << "seed " << seed;
            space += 700;
            files.limit_space(space);
        }
        tape.reset();
        files.crash();
        tape = opened(files);
        const State state = state_of(*tape);
        EXPECT_TRUE(worker.may_be(state)) << "seed " << seed << " is " << to_text(state);
        expect_whole(*tape, "seed " + std::to_string(seed));
    }
}

TEST(FullDisk, IsToldAsNoSpace) {
    MemoryFileSystem files;
    const auto tape = created(files);
    files.limit_space(*tape->file_size() + 1000);
    const auto done = add(*tape, block(0, 2000));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, MediumFault::Kind::NoSpace);
    EXPECT_TRUE(add(*tape, block(0, 20)));
}

}  // namespace
}  // namespace nearline::media
