// The state of a whole library: what survives restarts, `kill -9` and files that fail.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "base/memory_file_system.h"
#include "tests/library/a_library.h"

namespace nearline::library {
namespace {

using base::MemoryFileSystem;
using testing::ElementsAre;
using testing::IsEmpty;

ALibrary a_kept_library(base::FileSystem& files) {
    return a_library()
        .with_slots(4)
        .with_stations(2)
        .with_drives(1)
        .with_cartridge("ABC001L9", slot(1))
        .with_cartridge("ABC002L9", slot(2))
        .with_cartridge("ABC003L9", {})
        .with_state(files);
}

// Where every cartridge is, by number.
std::map<std::uint32_t, std::string> places(Operator& hands) {
    std::map<std::uint32_t, std::string> places;
    const LibraryView view = hands.view();
    for (const PlaceView& place : view.places) {
        if (!place.cartridge) continue;
        places[static_cast<std::uint32_t>(place.cartridge->id)] =
            std::string(to_text(place.type)) + std::to_string(place.place);
    }
    for (const auto& held : view.outside) places[static_cast<std::uint32_t>(held.id)] = "outside";
    return places;
}

TEST(State, IsThereAfterARestart) {
    MemoryFileSystem files;
    auto library = a_kept_library(files);
    EXPECT_EQ(library.move(slot(1), drive(1)), good());
    EXPECT_EQ(library.move(slot(2), station(1)), good());
    EXPECT_TRUE(library.hands().take("ABC002L9"));
    library.settle();
    EXPECT_TRUE(library.hands().insert("NEW004L8", station(2)));
    library.settle();
    EXPECT_TRUE(library.hands().insert("ABC003L9", {}));
    library.settle();
    const auto before = places(library.hands());
    library.kill();
    files.crash();
    EXPECT_EQ(places(library.hands()), before);
    EXPECT_THAT(library.outside(), ElementsAre("ABC002L9"));
    EXPECT_EQ(library.library().drive(0).state(), "ready");
    EXPECT_THAT(library.library().losses(), IsEmpty());
    EXPECT_EQ(library.move(drive(1), slot(1)), good());
}

TEST(State, RemembersWhereACartridgeCameFromAndWhoImportedIt) {
    MemoryFileSystem files;
    auto library = a_kept_library(files);
    library.move(slot(1), drive(1));
    EXPECT_TRUE(library.hands().insert("ABC003L9", station(1)));
    library.settle();
    library.clear_attentions();
    library.move(slot(2), station(2));
    library.restart();
    std::map<std::string, changer::ElementView> views;
    library.library().changer().for_each_element([&](const changer::ElementView& view) {
        if (view.cartridge != nullptr) views[view.cartridge->label()] = view;
    });
    EXPECT_EQ(views["ABC001L9"].source, library.address_of(slot(1)));
    EXPECT_TRUE(views["ABC003L9"].is_imported);
    EXPECT_FALSE(views["ABC002L9"].is_imported);
}

TEST(State, ACartridgeInTheRobotsHandGoesOnFromThere) {
    MemoryFileSystem files;
    auto library = a_kept_library(files);
    EXPECT_EQ(library.move(slot(1), robot()), good());
    library.restart();
    EXPECT_EQ(library.cartridge_in(robot()), "ABC001L9");
    EXPECT_EQ(library.move(robot(), slot(3)), good());
}

TEST(State, KeepsWhatWasRecordedUpToTheLastSync) {
    MemoryFileSystem files;
    auto library = a_kept_library(files);
    library.move(slot(1), drive(1));
    library.clear_attentions();
    const auto write = [&](std::uint8_t content) {
        const drives::Write6 command{.transfer_length = 10};
        return library.run(command, library.lun_of(drive(1)), scsi::Bytes(10, content));
    };
    EXPECT_EQ(write(0x11), good());
    EXPECT_EQ(library.run(drives::WriteFilemarks6{.count = 1}, library.lun_of(drive(1))), good());
    EXPECT_EQ(write(0x22), good());  // nobody was promised this one
    library.kill();
    files.crash();
    library.settle();
    library.clear_attentions();
    const drives::Read6 read{.transfer_length = 10};
    const auto answer = library.host().send(read, {}, library.lun_of(drive(1)));
    library.settle();
    EXPECT_EQ(answer->outcome, good());
    EXPECT_EQ(answer->data, scsi::Bytes(10, 0x11));
}

TEST(State, ACartridgesCapacityAndWhatItDiscardsAreRemembered) {
    MemoryFileSystem files;
    auto library = a_kept_library(files).with([](LibraryDescription& description) {
        description.cartridges.front().cartridge.capacity_mb = 20;
        description.cartridges.front().cartridge.is_discarding = true;
    });
    library.settle();
    library.restart();
    const auto cartridge = library.description_in(slot(1));
    ASSERT_TRUE(cartridge.has_value());
    EXPECT_EQ(cartridge->capacity_mb, 20U);
    EXPECT_TRUE(cartridge->is_discarding);
}

TEST(State, OfAnotherDescriptionIsRefused) {
    MemoryFileSystem files;
    a_kept_library(files).library();
    sim::Simulation simulation;
    sim::NullTrace trace;
    const auto refused = Library::open(simulation, trace, plain_description(1, 1, 1),
                                       Library::State{files, "state"});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error(),
                testing::HasSubstr("belongs to library \"plain\" (1 robot, 4 slots"));
}

TEST(State, ThatCannotBeWrittenIsRefusedAtOpen) {
    MemoryFileSystem files;
    files.fail_after(0);
    sim::Simulation simulation;
    sim::NullTrace trace;
    EXPECT_FALSE(Library::open(simulation, trace, plain_description(1, 1, 1),
                               Library::State{files, "state"}));
}

TEST(State, AMoveThatCannotBeKeptEndsWithHardwareError) {
    MemoryFileSystem files;
    auto library = a_kept_library(files);
    library.library();
    files.fail_after(0);
    EXPECT_EQ(library.move(slot(1), slot(3)), check_condition(scsi::kInternalTargetFailure));
    EXPECT_EQ(library.cartridge_in(slot(3)), "ABC001L9");  // it is there all the same
    EXPECT_FALSE(library.hands().insert("ABC003L9", {}));
    EXPECT_FALSE(library.hands().insert("NEW004L9", {}));
    EXPECT_EQ(library.library().cartridge_count(), 3U);
    files.stop_failing();
    EXPECT_EQ(library.move(slot(2), slot(4)), good());
    library.kill();
    files.crash();
    EXPECT_EQ(library.cartridge_in(slot(3)), "ABC001L9");
    EXPECT_EQ(library.cartridge_in(slot(4)), "ABC002L9");
}

ALibrary a_library_with_a_savable_page(base::FileSystem& files) {
    return a_library().with_state(files).with([](LibraryDescription& description) {
        description.drives.front().profile.unit.mode_pages.push_back(
            {0x0F, 0, true, scsi::Bytes(14), scsi::Bytes(14, 0xFF)});
    });
}

scsi::Outcome save_page(ALibrary& library, std::uint8_t value) {
    scsi::ModeSelect6 command;
    command.pf = true;
    command.sp = true;
    command.parameter_list_length = 20;
    scsi::Bytes list{0, 0, 0x10, 0, 0x0F, 14, value};
    list.resize(20);
    return library.run(command, scsi::simple_lun(1), list);
}

// The first byte of the page's values, as MODE SENSE tells it.
int page_value(ALibrary& library) {
    scsi::ModeSense6 command;
    command.dbd = true;
    command.page_code = 0x0F;
    command.allocation_length = 255;
    const auto answer = library.host().send(command, {}, scsi::simple_lun(1));
    constexpr std::size_t kHeaders = 4 + 2;
    return answer->data.size() > kHeaders ? answer->data.at(kHeaders) : -1;
}

TEST(State, HasSavedModePages) {
    MemoryFileSystem files;
    auto library = a_library_with_a_savable_page(files);
    EXPECT_EQ(save_page(library, 0x80), good());
    library.kill();
    files.crash();
    EXPECT_EQ(page_value(library), 0x80);
}

TEST(State, HasWhatIsLeftOfACleaningCartridge) {
    MemoryFileSystem files;
    auto library = a_library().with_cartridge("CLNU01L1", slot(1)).with_state(files);
    EXPECT_EQ(library.move(slot(1), drive(1)), good());
    library.kill();
    files.crash();
    EXPECT_EQ(library.description_in(drive(1))->cleanings_left, media::kCleanings - 1);
}

TEST(State, AModePageThatCannotBeKeptEndsWithHardwareError) {
    MemoryFileSystem files;
    auto library = a_library_with_a_savable_page(files);
    EXPECT_EQ(save_page(library, 0x80), good());
    files.fail_after(0);
    EXPECT_EQ(save_page(library, 0x40), check_condition(scsi::kInternalTargetFailure));
    library.kill();
    files.crash();
    files.stop_failing();
    EXPECT_EQ(page_value(library), 0x80);
}

scsi::NexusNames cluster_node(const std::string& name) {
    return {"iqn.1994-05.com.example:" + name + ",i,0x00023d000001", "target,t,0x0001", 1};
}

// A host of a cluster that shares the first drive.
class Node {
public:
    Node(ALibrary& library, const std::string& name)
        : initiator_(*library.library().targets().front().device, cluster_node(name)) {
        ask(scsi::TestUnitReady{});
    }
    template <typename Command>
    scsi::Status ask(const Command& command, const scsi::Bytes& data_out = {}) {
        scsi::Status status = scsi::Status::Busy;
        initiator_.execute({scsi::simple_lun(1), scsi::encode_cdb(command), data_out, 65536},
                           [&](const scsi::Response& response) { status = response.status; });
        return status;
    }
    template <typename Command>
    bool reserve(std::uint64_t key, std::uint64_t action_key, bool outlives_power = true) {
        scsi::PersistentReserveOutParameters list;
        list.reservation_key = key;
        list.service_action_reservation_key = action_key;
        list.aptpl = outlives_power;
        Command command;
        command.type = 3;
        command.parameter_list_length = scsi::PersistentReserveOutParameters::length;
        return ask(command, scsi::encode_fields(list)) == scsi::Status::Good;
    }

private:
    scsi::LocalInitiator initiator_;
};

const scsi::ReservationState& reservations(ALibrary& library) {
    const auto& device = *library.library().targets().front().device;
    return device.find(scsi::simple_lun(1))->persistent_reservations().state();
}

TEST(State, HasThePersistentReservationsThatOutlivePower) {
    for (const bool outlives_power : {true, false}) {
        MemoryFileSystem files;
        auto library = a_kept_library(files);
        {
            Node first(library, "first");
            Node second(library, "second");
            EXPECT_TRUE(first.reserve<scsi::PersistentRegister>(0, 0xA1, true));
            EXPECT_TRUE(second.reserve<scsi::PersistentRegister>(0, 0xB2, outlives_power));
            EXPECT_TRUE(first.reserve<scsi::PersistentReserve>(0xA1, 0));
        }
        library.kill();
        files.crash();
        EXPECT_EQ(reservations(library).registrations.size(), outlives_power ? 2U : 0U);
        Node first(library, "first");
        Node second(library, "second");
        EXPECT_EQ(second.ask(scsi::PreventAllowMediumRemoval{.prevent = 1}),
                  outlives_power ? scsi::Status::ReservationConflict : scsi::Status::Good);
        EXPECT_EQ(first.ask(scsi::PreventAllowMediumRemoval{.prevent = 1}), scsi::Status::Good);
    }
}

// With power off and on the process lives on, and so does what APTPL keeps.
TEST(State, PowerOfTheLibraryEndsReservationsThatDoNotOutliveIt) {
    for (const bool outlives_power : {true, false}) {
        auto library = a_library();
        {
            Node first(library, "first");
            EXPECT_TRUE(first.reserve<scsi::PersistentRegister>(0, 0xA1, outlives_power));
        }
        EXPECT_TRUE(library.hands().power_off());
        EXPECT_TRUE(library.hands().power_on());
        library.settle();
        EXPECT_EQ(reservations(library).registrations.size(), outlives_power ? 1U : 0U);
    }
}

// What two nodes do to each other. True when it was acknowledged.
bool contend(Node& first, Node& second, int step) {
    switch (step) {
        case 0:
            return first.reserve<scsi::PersistentRegister>(0, 0xA1);
        case 1:
            return second.reserve<scsi::PersistentRegister>(0, 0xB2);
        case 2:
            return first.reserve<scsi::PersistentReserve>(0xA1, 0);
        case 3:
            return second.reserve<scsi::PersistentPreempt>(0xB2, 0xA1);
        case 4:
            return second.reserve<scsi::PersistentRegister>(0xB2, 0xB3);
        case 5:
            return second.reserve<scsi::PersistentRelease>(0xB3, 0);
        case 6:
            return second.reserve<scsi::PersistentClear>(0xB3, 0);
        default:
            return first.reserve<scsi::PersistentRegisterAndIgnoreExistingKey>(0, 0xA4);
    }
}
constexpr int kContentions = 8;

// As far as the states after each step, when all goes well.
std::vector<scsi::ReservationState> states_of_contention() {
    auto library = a_library();
    Node first(library, "first");
    Node second(library, "second");
    std::vector<scsi::ReservationState> states = {reservations(library)};
    for (int step = 0; step < kContentions; ++step) {
        EXPECT_TRUE(contend(first, second, step)) << step;
        first.ask(scsi::TestUnitReady{});  // takes the news of being preempted
        states.push_back(reservations(library));
    }
    return states;
}

TEST(StateCrash, AtEveryWriteKeepsTheReservationsAcknowledged) {
    const std::vector<scsi::ReservationState> states = states_of_contention();
    for (std::uint64_t count = 0;; ++count) {
        MemoryFileSystem files;
        auto library = a_kept_library(files);
        int acknowledged = 0;
        {
            Node first(library, "first");
            Node second(library, "second");
            files.fail_after(count);
            while (acknowledged < kContentions && contend(first, second, acknowledged)) {
                first.ask(scsi::TestUnitReady{});
                ++acknowledged;
            }
            EXPECT_EQ(reservations(library), states.at(static_cast<std::size_t>(acknowledged)));
        }
        library.kill();
        files.crash();
        files.stop_failing();
        const bool is_over = acknowledged == kContentions;
        const auto at = static_cast<std::size_t>(acknowledged);
        const scsi::ReservationState& next = states.at(is_over ? at : at + 1);
        EXPECT_THAT(reservations(library), testing::AnyOf(states.at(at), next))
            << "failing after " << count;
        if (is_over) break;
    }
}

// A little of everything. True when all of it was acknowledged.
bool act(ALibrary& library, int step) {
    switch (step) {
        case 0:
            return library.move(slot(1), drive(1)).is_good();
        case 1:
            return library.hands().insert("ABC003L9", station(1)).has_value();
        case 2:
            return library.move(slot(2), station(2)).is_good();
        case 3:
            return library.hands().take("ABC002L9").has_value();
        case 4:
            return library.hands().insert("NEW004L8", station(2)).has_value();
        case 5:
            return library.move(drive(1), slot(4)).is_good();
        case 6:
            return library.move(station(1), drive(1)).is_good();
        default:
            return library.move(station(2), slot(1)).is_good();
    }
}
constexpr int kSteps = 8;

void make_ready(ALibrary& library) {
    library.settle();
    library.clear_attentions();
}

TEST(StateCrash, AfterEveryActLosesNothing) {
    for (int last = 0; last < kSteps; ++last) {
        MemoryFileSystem files;
        auto library = a_kept_library(files);
        for (int step = 0; step <= last; ++step) {
            make_ready(library);
            EXPECT_TRUE(act(library, step)) << step;
        }
        const auto before = places(library.hands());
        library.kill();
        files.crash();
        EXPECT_EQ(places(library.hands()), before) << "after step " << last;
        library.library().cartridge_count();
    }
}

TEST(StateCrash, AtEveryEventOfAMoveLeavesTheCartridgeSomewhereOnItsWay) {
    for (int events = 0;; ++events) {
        MemoryFileSystem files;
        auto library = a_kept_library(files);
        const auto answer = library.host().send(
            changer::MoveMedium{{}, library.address_of(slot(1)), library.address_of(slot(4))});
        bool is_over = false;
        for (int at = 0; at < events && !is_over; ++at) is_over = !library.simulation().run_next();
        const bool was_good = answer->has_come && answer->outcome.is_good();
        library.kill();
        files.crash();
        const std::string now = places(library.hands())[1];
        if (was_good) {
            EXPECT_EQ(now, "slot3");
        } else {
            EXPECT_THAT(now, testing::AnyOf("slot0", "robot0", "slot3")) << events;
        }
        EXPECT_EQ(library.library().cartridge_count(), 3U);
        if (is_over) break;
    }
}

TEST(StateCrash, AtEveryOperationOfTheFilesLosesNothingAcknowledged) {
    for (std::uint64_t count = 0;; ++count) {
        MemoryFileSystem files;
        auto library = a_kept_library(files);
        make_ready(library);
        const std::uint64_t begun = files.operations();
        files.fail_after(count);
        // Where each cartridge has been since a command about it was last acknowledged.
        std::map<std::uint32_t, std::set<std::string>> possible;
        const auto see = [&] {
            for (const auto& [id, place] : places(library.hands())) possible[id].insert(place);
        };
        see();
        for (int step = 0; step < kSteps; ++step) {
            if (act(library, step)) possible.clear();
            see();
            make_ready(library);
        }
        see();
        const bool has_failed = files.operations() - begun > count;
        library.kill();
        files.crash();
        files.stop_failing();
        const auto after = places(library.hands());
        for (const auto& [id, places_of] : possible) {
            ASSERT_TRUE(after.contains(id)) << "failing after " << count;
            EXPECT_TRUE(places_of.contains(after.at(id)))
                << "failing after " << count << ": cartridge " << id << " at " << after.at(id);
        }
        EXPECT_EQ(library.library().cartridge_count(), after.size());
        if (!has_failed) break;
    }
}

}  // namespace
}  // namespace nearline::library
