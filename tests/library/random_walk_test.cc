// Hosts and an operator who do anything at any time: whatever happens, no cartridge is lost or
// twice, every command ends, and the same seed gives the same run.
#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "changer/changer_commands.h"
#include "drives/stream_commands.h"
#include "library/library.h"
#include "sim/random.h"
#include "tests/drives/host.h"
#include "tests/library/plain_profiles.h"

namespace nearline::library {
namespace {

using drives::Answer;
using drives::Host;

LibraryDescription walked_description(std::uint64_t seed) {
    LibraryDescription description = plain_description(12, 3, 3);
    description.changer.slots_per_magazine = 4;
    if (seed % 3 == 0) description.changer.magazine = changer::MagazineRule::WholeLibrary;
    if (seed % 2 == 0) description.robots = 2;
    const std::vector<std::string> labels = {"ABC001L9", "ABC002L9", "ABC003L8", "ABC004LZ",
                                             "ABC005L5", "CLNU01L1", "ABC007L9", "ABC007L9"};
    for (std::uint16_t at = 0; at < labels.size(); ++at) {
        media::CartridgeDescription cartridge;
        cartridge.id = static_cast<media::CartridgeId>(at + 1);
        cartridge.label = labels[at];
        cartridge.type = media::meaning_of(cartridge.label).type;
        cartridge.generation = media::meaning_of(cartridge.label).generation;
        description.cartridges.push_back({cartridge, Placement{ElementType::Storage, at}});
    }
    description.cartridges.back().at.reset();
    return description;
}

class Walk {
public:
    Walk(std::uint64_t seed, base::MemoryFileSystem& files)
        : description_(walked_description(seed)),
          random_(sim::RandomSource(seed).stream("walk")),
          library_(open(files)) {
        for (const char* name : {"first", "second"})
            hosts_.push_back(std::make_unique<Host>(device(), name));
        library_->power_on();
    }

    void run(int steps) {
        for (int step = 0; step < steps; ++step) {
            act();
            for (std::uint64_t events = random_.below(6); events > 0; --events) {
                if (!simulation_.run_next()) break;
                check();
            }
            check();
        }
        while (simulation_.run_next()) check();
    }

    std::uint64_t fingerprint() const { return trace_.value(); }
    std::size_t answers() const {
        std::size_t count = 0;
        for (const auto& answer : answers_) count += answer->has_come ? 1 : 0;
        return count;
    }
    std::size_t silenced() const { return silenced_; }
    std::size_t commands() const { return answers_.size(); }
    LibraryView view() { return library_->library_operator().view(); }

private:
    std::unique_ptr<Library> open(base::MemoryFileSystem& files) {
        auto opened =
            Library::open(simulation_, trace_, description_, Library::State{files, "state"});
        CHECK(opened.has_value());
        return std::move(opened).value();
    }
    scsi::TargetDevice& device() { return *library_->targets().front().device; }

    // Aborts the process itself when a cartridge is lost or in two places.
    void check() { library_->cartridge_count(); }

    void act() {
        switch (random_.below(16)) {
            case 0:
                return operate_station();
            case 1:
                return operate_door_or_magazine();
            case 2:
                return operate_power();
            case 3:
                return reset();
            case 4:
                return carry();
            case 5:
                return send(scsi::PreventAllowMediumRemoval{static_cast<std::uint8_t>(
                                random_.below(3) == 0 ? 1 : 0)},
                            any_lun());
            case 6:
                return send(drives::LoadUnload{.immed = random_.chance(1, 2),
                                               .hold = random_.chance(1, 4),
                                               .load = random_.chance(1, 2)},
                            drive_lun());
            case 7:
                return send(scsi::TestUnitReady{}, any_lun());
            case 8:
                return send(changer::ExchangeMedium{{}, any_place(), any_place(), any_place()});
            case 9:
                return send(changer::InitializeElementStatus{});
            case 10:
                return send(random_.chance(1, 2) ? scsi::encode_cdb(scsi::Reserve6{})
                                                 : scsi::encode_cdb(scsi::Release6{}),
                            any_lun());
            case 11:
                return press();
            default:
                return send(changer::MoveMedium{{}, any_place(), any_place()});
        }
    }

    void send(scsi::Bytes cdb, scsi::Lun lun = {}) {
        answers_.push_back(hosts_[random_.below(hosts_.size())]->send(std::move(cdb), {}, lun));
    }
    template <typename Command>
    void send(const Command& command, scsi::Lun lun = {}) {
        send(scsi::encode_cdb(command), lun);
    }

    void reset() {
        constexpr std::array kFunctions = {scsi::TaskManagementFunction::AbortTaskSet,
                                           scsi::TaskManagementFunction::ClearTaskSet,
                                           scsi::TaskManagementFunction::LogicalUnitReset,
                                           scsi::TaskManagementFunction::TargetWarmReset,
                                           scsi::TaskManagementFunction::TargetColdReset};
        Host& host = *hosts_[random_.below(hosts_.size())];
        if (random_.chance(1, 3)) return host.reconnect();
        ++silenced_;
        device().manage(kFunctions[random_.below(kFunctions.size())], host.nexus(), any_lun());
    }

    void operate_station() {
        if (random_.chance(1, 2)) {
            note(hands().open_station());
        } else {
            note(hands().close_station());
        }
    }
    void operate_door_or_magazine() {
        const auto magazine = static_cast<std::uint16_t>(random_.below(4));
        switch (random_.below(4)) {
            case 0:
                return note(hands().open_door());
            case 1:
                return note(hands().close_door());
            case 2:
                return note(hands().pull_magazine(magazine));
            default:
                return note(hands().push_magazine(magazine));
        }
    }
    void operate_power() {
        const auto drive = static_cast<std::uint16_t>(random_.below(4));
        switch (random_.below(8)) {
            case 0:
                ++silenced_;
                return note(hands().power_off());
            case 1:
                return note(hands().set_online(random_.chance(1, 2)));
            case 2:
                ++silenced_;
                return note(hands().set_drive_power(drive, random_.chance(1, 2)));
            case 3:
                return note(hands().set_drive_power(drive, true));
            default:
                return note(hands().power_on());
        }
    }
    void press() { note(hands().press_eject(static_cast<std::uint16_t>(random_.below(4)))); }
    // Takes one out, or puts one in.
    void carry() {
        const std::string name = "#" + std::to_string(1 + random_.below(12));
        if (random_.chance(1, 2)) return note(hands().take(name));
        if (random_.chance(1, 8)) return note(hands().insert("NEW001L9", {}));
        std::optional<Placement> where;
        if (random_.chance(1, 2)) {
            where = Placement{ElementType::Storage, static_cast<std::uint16_t>(random_.below(12))};
        }
        note(hands().insert(name, where));
    }
    // Refusals are as good as anything: they are in the trace.
    void note(const Operator::Done&) {}

    Operator& hands() { return library_->library_operator(); }
    scsi::Lun any_lun() { return scsi::simple_lun(static_cast<std::uint16_t>(random_.below(5))); }
    scsi::Lun drive_lun() {
        return scsi::simple_lun(static_cast<std::uint16_t>(1 + random_.below(3)));
    }
    ElementAddress any_place() {
        const changer::ElementMap& map = library_->changer().elements();
        constexpr std::array kTypes = {ElementType::Storage, ElementType::Storage,
                                       ElementType::DataTransfer, ElementType::ImportExport,
                                       ElementType::MediumTransport};
        const changer::ElementRange& range = map.of(kTypes[random_.below(kTypes.size())]);
        // One beyond now and then.
        return static_cast<ElementAddress>(
            static_cast<std::uint16_t>(range.first) +
            random_.below(range.count + (random_.chance(1, 9) ? 1U : 0U)));
    }

    LibraryDescription description_;
    sim::Simulation simulation_;
    sim::FingerprintTrace trace_;
    sim::RandomStream random_;
    std::unique_ptr<Library> library_;
    std::vector<std::unique_ptr<Host>> hosts_;
    std::vector<std::shared_ptr<Answer>> answers_;
    std::size_t silenced_ = 0;
};

constexpr std::uint64_t kSeeds = 60;
constexpr int kSteps = 150;

TEST(RandomWalk, LosesNoCartridgeAndRepeats) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        base::MemoryFileSystem files;
        base::MemoryFileSystem others;
        Walk walk(seed, files);
        Walk again(seed, others);
        walk.run(kSteps);
        again.run(kSteps);
        EXPECT_EQ(walk.fingerprint(), again.fingerprint());
        EXPECT_EQ(walk.answers(), again.answers());
        if (walk.silenced() == 0) {
            EXPECT_EQ(walk.answers(), walk.commands());
        }
    }
}

// What the journal says after a loss of power is what stood there.
TEST(RandomWalk, TheStateOnDiskIsTheWorld) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        base::MemoryFileSystem files;
        LibraryView before;
        {
            Walk walk(seed, files);
            walk.run(kSteps);
            before = walk.view();
        }
        files.crash();
        Walk after(seed, files);
        const LibraryView now = after.view();
        ASSERT_EQ(now.places.size(), before.places.size());
        for (std::size_t at = 0; at < now.places.size(); ++at) {
            EXPECT_EQ(now.places[at].cartridge, before.places[at].cartridge);
        }
        EXPECT_EQ(now.outside, before.outside);
    }
}

}  // namespace
}  // namespace nearline::library
