#include "scsi/persistent_reservations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "scsi/transport_id.h"
#include "tests/scsi/test_unit.h"

namespace nearline::scsi {
namespace {

constexpr std::string_view kConflict = "RESERVATION CONFLICT";
constexpr std::string_view kTestUnitReady = "00 00 00 00 00 00";
constexpr std::string_view kPrevent = "1E 00 00 00 01 00";
constexpr std::string_view kReadKeys = "5E 00 00 00 00 00 00 10 00 00";
constexpr std::string_view kReadReservation = "5E 01 00 00 00 00 00 10 00 00";
constexpr std::string_view kReportCapabilities = "5E 02 00 00 00 00 00 10 00 00";
constexpr std::string_view kReadFullStatus = "5E 03 00 00 00 00 00 10 00 00";
constexpr std::string_view kPreempted = "CHECK CONDITION 6/2A/03 RESERVATIONS PREEMPTED";
constexpr std::string_view kReleased = "CHECK CONDITION 6/2A/04 RESERVATIONS RELEASED";
constexpr std::string_view kUnregistered = "CHECK CONDITION 6/2A/05 REGISTRATIONS PREEMPTED";
constexpr std::string_view kWrongLength = "CHECK CONDITION 5/1A/00 PARAMETER LIST LENGTH ERROR";
constexpr std::uint64_t kNoKey = 0;
constexpr std::uint64_t kHostKey = 0xA1;
constexpr std::uint64_t kOtherKey = 0xB2;
constexpr unsigned kTypes[] = {1, 3, 5, 6, 7, 8};

constexpr unsigned kOutlivesPower = 0x01;
constexpr unsigned kAllTargetPorts = 0x04;
constexpr unsigned kNamesInitiators = 0x08;

enum Action : std::uint8_t {
    kRegister,
    kReserve,
    kRelease,
    kClear,
    kPreempt,
    kPreemptAndAbort,
    kRegisterAndIgnore,
    kRegisterAndMove,
};

bool is_all_registrants(unsigned type) {
    return type >= 7;
}
bool is_shared(unsigned type) {
    return type >= 5;
}
bool is_write_exclusive(unsigned type) {
    return type == 1 || type == 5 || type == 7;
}

Bytes out_cdb(Action action, unsigned scope_and_type, std::size_t length) {
    Bytes cdb;
    base::ByteWriter(cdb).u8(0x5F).u8(action).u8(scope_and_type).u16(0).u32(length).u8(0);
    return cdb;
}
// The 24 bytes of the list, with byte 20 as `flags`.
Bytes list_of(std::uint64_t key, std::uint64_t action_key, unsigned flags = 0) {
    Bytes list;
    base::ByteWriter(list).u64(key).u64(action_key).u32(0).u8(flags).zeros(3);
    return list;
}
Bytes move_list(std::uint64_t key, std::uint64_t action_key, unsigned flags, unsigned port,
                const Bytes& transport_id) {
    Bytes list;
    base::ByteWriter(list).u64(key).u64(action_key).u8(0).u8(flags).u16(port);
    base::ByteWriter(list).u32(transport_id.size()).bytes(transport_id);
    return list;
}
Bytes transport_id_of(const std::string& host) {
    return encode_transport_id(names_of_host(host).initiator_port);
}

// A unit and three hosts, of which nobody has registered yet.
struct World {
    World() {
        device.add(simple_lun(0), unit);
        for (Host* each : {&host, &other, &stranger}) each->settle();
    }
    static std::string out(Host& from, Action action, std::uint64_t key, std::uint64_t action_key,
                           unsigned scope_and_type = 0, unsigned flags = 0) {
        return from.ask(out_cdb(action, scope_and_type, 24), list_of(key, action_key, flags));
    }
    static std::string send_list(Host& from, Action action, const Bytes& list) {
        return from.ask(out_cdb(action, 0, list.size()), list);
    }
    // Host and other have registered; host holds a reservation of `type`.
    World& reserved(unsigned type) {
        registered();
        EXPECT_EQ(out(host, kReserve, kHostKey, kNoKey, type), "GOOD");
        return *this;
    }
    World& registered() {
        EXPECT_EQ(out(host, kRegister, kNoKey, kHostKey), "GOOD");
        EXPECT_EQ(out(other, kRegister, kNoKey, kOtherKey), "GOOD");
        return *this;
    }
    std::string answer(std::string_view cdb) {
        EXPECT_EQ(stranger.ask(cdb), "GOOD");
        return stranger.data();
    }
    std::string keys() { return answer(kReadKeys); }
    std::string reservation() { return answer(kReadReservation); }
    bool is_reserved() const { return unit.persistent_reservations().state().type.has_value(); }
    std::size_t registrations() const {
        return unit.persistent_reservations().state().registrations.size();
    }

    TestUnit unit{{.device_type = kMediumChanger, .mode_pages = {{0x1F, 0, false, {0}, {0}}}}};
    TargetDevice device;
    Host host{device, "host"};
    Host other{device, "other"};
    Host stranger{device, "stranger"};
};

std::string hex_of(const Bytes& bytes) {
    return hex(bytes);
}

// The rows of the conflict table, each command by the letters of what a stranger gets: under a
// reservation of writing, and under one of all access. C conflicts, A is allowed.
TEST(PersistentReservation, StopsOthersAsTheConflictTableSays) {
    struct Row {
        std::string_view cdb;
        char write_exclusive;
        char exclusive_access;
    };
    const Row table[] = {
        {"12 00 00 00 FF 00", 'A', 'A'},                    // INQUIRY
        {"A0 00 00 00 00 00 00 00 00 FF 00 00", 'A', 'A'},  // REPORT LUNS
        {"03 00 00 00 FF 00", 'A', 'A'},                    // REQUEST SENSE
        {"4D 00 40 00 00 00 00 00 FF 00", 'A', 'A'},        // LOG SENSE
        {"00 00 00 00 00 00", 'A', 'A'},                    // TEST UNIT READY
        {"1A 08 3F 00 FF 00", 'A', 'C'},                    // MODE SENSE(6)
        {"5A 08 3F 00 00 00 00 00 FF 00", 'A', 'C'},        // MODE SENSE(10)
        {"15 10 00 00 00 00", 'C', 'C'},                    // MODE SELECT(6)
        {"55 10 00 00 00 00 00 00 00 00", 'C', 'C'},        // MODE SELECT(10)
        {"4C 02 40 00 00 00 00 00 00 00", 'C', 'C'},        // LOG SELECT
        {"1D 04 00 00 00 00", 'C', 'C'},                    // SEND DIAGNOSTIC
        {"A3 0C 00 00 00 00 00 00 00 FF 00 00", 'A', 'C'},  // supported codes
        {"A3 0D 00 00 00 00 00 00 00 FF 00 00", 'A', 'C'},  // supported functions
        {"1E 00 00 00 01 00", 'C', 'C'},                    // PREVENT
        {"1E 00 00 00 00 00", 'A', 'A'},                    // ALLOW
        {kReadKeys, 'A', 'A'},
        {kReadFullStatus, 'A', 'A'},
        {"16 00 00 00 00 00", 'C', 'C'},              // RESERVE(6)
        {"56 00 00 00 00 00 00 00 00 00", 'C', 'C'},  // RESERVE(10)
        {"17 00 00 00 00 00", 'C', 'C'},              // RELEASE(6)
        {"57 00 00 00 00 00 00 00 00 00", 'C', 'C'},  // RELEASE(10)
    };
    for (const unsigned type : kTypes) {
        World world;
        world.reserved(type);
        for (const Row& row : table) {
            SCOPED_TRACE(testing::Message() << "type " << type << ", " << row.cdb);
            const char column =
                is_write_exclusive(type) ? row.write_exclusive : row.exclusive_access;
            const std::string_view as_stranger = column == 'A' ? "GOOD" : kConflict;
            EXPECT_EQ(world.host.settle().ask(row.cdb), "GOOD");
            EXPECT_EQ(world.other.settle().ask(row.cdb), is_shared(type) ? "GOOD" : as_stranger);
            EXPECT_EQ(world.stranger.settle().ask(row.cdb), as_stranger);
        }
        EXPECT_EQ(world.unit.reservation_holder(), std::nullopt) << "RESERVE did nothing";
    }
}

// What each service action gets from the holder, another registrant, a stranger, and the registrant
// with a wrong key. "R" stands for an INVALID RELEASE, "C" for a conflict, "G" for GOOD; where
// reservations of all registrants differ, there are two columns.
TEST(PersistentReservation, ServiceActionsDependOnWhoSendsThem) {
    constexpr std::string_view kInvalidRelease =
        "CHECK CONDITION 5/26/04 INVALID RELEASE OF PERSISTENT RESERVATION";
    enum class Type { None, Same, Different };
    struct Row {
        Action action;
        Type type;
        std::string_view one_holder;
        std::string_view all_registrants;
    };
    const Row table[] = {
        {kRegister, Type::None, "GGGC", "GGGC"},
        {kReserve, Type::Same, "GCCC", "GGCC"},
        {kReserve, Type::Different, "CCCC", "CCCC"},
        {kRelease, Type::Same, "GGCC", "GGCC"},
        {kRelease, Type::Different, "RGCC", "RRCC"},
        {kClear, Type::None, "GGCC", "GGCC"},
        {kPreempt, Type::Same, "GGCC", "GGCC"},
        {kPreemptAndAbort, Type::Same, "GGCC", "GGCC"},
        {kRegisterAndIgnore, Type::None, "GGGG", "GGGG"},
        {kRegisterAndMove, Type::None, "GCCC", "CCCC"},
    };
    for (const unsigned type : kTypes) {
        for (const Row& row : table) {
            const auto expected = is_all_registrants(type) ? row.all_registrants : row.one_holder;
            for (std::size_t role = 0; role < expected.size(); ++role) {
                World world;
                world.reserved(type);
                Host* const hosts[] = {&world.host, &world.other, &world.stranger, &world.other};
                constexpr std::uint64_t kKeys[] = {kHostKey, kOtherKey, kNoKey, 0xBAD};
                constexpr std::uint64_t kNewKey = 0xC3;
                const bool preempts = row.action == kPreempt || row.action == kPreemptAndAbort;
                const std::uint64_t action_key = preempts ? kOtherKey : kNewKey;
                const Bytes list =
                    row.action == kRegisterAndMove
                        ? move_list(kKeys[role], kNewKey, 0, 1, transport_id_of("stranger"))
                        : list_of(kKeys[role], action_key);
                const unsigned named = row.type == Type::None   ? 0
                                       : row.type == Type::Same ? type
                                                                : (type == 1 ? 3 : 1);
                const std::string_view answer = expected[role] == 'G'   ? "GOOD"
                                                : expected[role] == 'C' ? kConflict
                                                                        : kInvalidRelease;
                EXPECT_EQ(hosts[role]->ask(out_cdb(row.action, named, list.size()), list), answer)
                    << "type " << type << ", action " << row.action << ", role " << role;
            }
        }
    }
}

TEST(PersistentReserveIn, TellsKeysInTheOrderTheyCame) {
    World world;
    EXPECT_EQ(world.keys(), "00 00 00 00 | 00 00 00 00"_hex);
    world.registered();
    EXPECT_EQ(world.keys(),
              "00 00 00 02 | 00 00 00 10 | 00 00 00 00 00 00 00 A1 | 00 00 00 00 00 00 00 B2"_hex);
    EXPECT_EQ(world.answer("5E 00 00 00 00 00 00 00 0C 00"),
              "00 00 00 02 | 00 00 00 10 | 00 00 00 00"_hex)
        << "cut short, with the whole length";
}

TEST(PersistentReserveIn, TellsTheReservation) {
    World world;
    EXPECT_EQ(world.reservation(), "00 00 00 00 | 00 00 00 00"_hex);
    world.reserved(6);
    EXPECT_EQ(world.reservation(),
              "00 00 00 02 | 00 00 00 10 | 00 00 00 00 00 00 00 A1 | 00 00 00 00 00 06 00 00"_hex);
    World shared;
    shared.reserved(8);
    EXPECT_EQ(shared.reservation(),
              "00 00 00 02 | 00 00 00 10 | 00 00 00 00 00 00 00 00 | 00 00 00 00 00 08 00 00"_hex)
        << "which all registrants hold";
}

TEST(PersistentReserveIn, TellsCapabilities) {
    World world;
    EXPECT_EQ(world.answer(kReportCapabilities), "00 08 1D B0 EA 01 00 00"_hex);
    EXPECT_EQ(World::out(world.host, kRegister, kNoKey, kHostKey, 0, kOutlivesPower), "GOOD");
    EXPECT_EQ(world.answer(kReportCapabilities), "00 08 1D B1 EA 01 00 00"_hex);
}

// SPC-4 tables 192 and 193, drawn by hand.
TEST(PersistentReserveIn, TellsTheFullStatus) {
    World world;
    world.reserved(3);
    EXPECT_EQ(world.answer(kReadFullStatus),
              "00 00 00 02 | 00 00 00 98"
              "00 00 00 00 00 00 00 A1 | 00 00 00 00 | 01 03 00 00 00 00 00 01 | 00 00 00 34"
              "45 00 00 30 | 69 71 6E 2E 31 39 39 34 2D 30 35 2E 63 6F 6D 2E 65 78 61 6D 70 6C 65"
              "3A 68 6F 73 74 2C 69 2C 30 78 30 30 30 32 33 64 30 30 30 30 30 31 00 00 00"
              "00 00 00 00 00 00 00 B2 | 00 00 00 00 | 00 00 00 00 00 00 00 01 | 00 00 00 34"
              "45 00 00 30 | 69 71 6E 2E 31 39 39 34 2D 30 35 2E 63 6F 6D 2E 65 78 61 6D 70 6C 65"
              "3A 6F 74 68 65 72 2C 69 2C 30 78 30 30 30 32 33 64 30 30 30 30 30 31 00 00"_hex);
    World shared;
    EXPECT_EQ(World::out(shared.host, kRegister, kNoKey, kHostKey, 0, kAllTargetPorts), "GOOD");
    EXPECT_EQ(World::out(shared.host, kReserve, kHostKey, kNoKey, 7), "GOOD");
    EXPECT_EQ(shared.answer(kReadFullStatus).substr(0, 32 * 3 - 1),
              "00 00 00 01 | 00 00 00 4C"
              "00 00 00 00 00 00 00 A1 | 00 00 00 00 | 03 07 00 00 00 00 00 00 | 00 00 00 34"_hex);
}

TEST(PersistentReserveOut, ChangesAndRemovesTheKeyOfANexus) {
    World world;
    EXPECT_EQ(World::out(world.host, kRegister, 0x99, kHostKey), kConflict);
    EXPECT_EQ(World::out(world.host, kRegister, kNoKey, kNoKey), "GOOD");
    EXPECT_EQ(world.keys(), "00 00 00 00 | 00 00 00 00"_hex) << "nothing was asked for";
    EXPECT_EQ(World::out(world.host, kRegister, kNoKey, kHostKey), "GOOD");
    EXPECT_EQ(World::out(world.host, kRegister, kNoKey, 0xA2), kConflict);
    EXPECT_EQ(World::out(world.host, kRegister, kHostKey, 0xA2), "GOOD");
    EXPECT_EQ(world.keys(), "00 00 00 02 | 00 00 00 08 | 00 00 00 00 00 00 00 A2"_hex);
    EXPECT_EQ(World::out(world.host, kRegisterAndIgnore, 0x55, 0xA3), "GOOD");
    EXPECT_EQ(world.keys(), "00 00 00 03 | 00 00 00 08 | 00 00 00 00 00 00 00 A3"_hex);
    EXPECT_EQ(World::out(world.host, kRegisterAndIgnore, 0x55, kNoKey), "GOOD");
    EXPECT_EQ(world.keys(), "00 00 00 04 | 00 00 00 00"_hex);
}

TEST(PersistentReserveOut, ReservesWithTheKeyOfItsHolder) {
    World world;
    world.reserved(1);
    EXPECT_EQ(World::out(world.host, kRegister, kHostKey, 0xA2), "GOOD");
    EXPECT_EQ(world.reservation().substr(8 * 3, 8 * 3 - 1), "00 00 00 00 00 00 00 A2");
}

// Who unregisters while holding releases; those who could work beside it are told.
TEST(PersistentReserveOut, ReleasesWhenTheHolderUnregisters) {
    for (const unsigned type : kTypes) {
        World world;
        world.reserved(type);
        EXPECT_EQ(World::out(world.host, kRegister, kHostKey, kNoKey), "GOOD");
        EXPECT_EQ(world.is_reserved(), is_all_registrants(type)) << "another registrant holds it";
        const bool is_told = is_shared(type) && !is_all_registrants(type);
        EXPECT_EQ(world.other.ask(kTestUnitReady), is_told ? kReleased : "GOOD") << type;
        EXPECT_EQ(World::out(world.other, kRegister, kOtherKey, kNoKey), "GOOD");
        EXPECT_FALSE(world.is_reserved());
    }
}

TEST(PersistentReserveOut, ToldReleasesToThoseWhoSharedIt) {
    for (const unsigned type : kTypes) {
        World world;
        world.reserved(type);
        EXPECT_EQ(World::out(world.host, kRelease, kHostKey, kNoKey, type), "GOOD");
        EXPECT_FALSE(world.is_reserved());
        EXPECT_EQ(world.registrations(), 2u);
        EXPECT_EQ(world.host.ask(kTestUnitReady), "GOOD");
        EXPECT_EQ(world.stranger.ask(kTestUnitReady), "GOOD");
        EXPECT_EQ(world.other.ask(kTestUnitReady), is_shared(type) ? kReleased : "GOOD") << type;
    }
}

TEST(PersistentReserveOut, ClearsEverything) {
    World world;
    world.reserved(3);
    EXPECT_EQ(World::out(world.other, kClear, kOtherKey, kNoKey), "GOOD");
    EXPECT_EQ(world.keys(), "00 00 00 03 | 00 00 00 00"_hex);
    EXPECT_FALSE(world.is_reserved());
    EXPECT_EQ(world.host.ask(kTestUnitReady), kPreempted);
    EXPECT_EQ(world.other.ask(kTestUnitReady), "GOOD");
    EXPECT_EQ(world.stranger.ask(kTestUnitReady), "GOOD");
}

TEST(PersistentReserveOut, PreemptsTheHolder) {
    World world;
    world.reserved(1);
    EXPECT_EQ(World::out(world.stranger, kRegister, kNoKey, 0xC3), "GOOD");
    EXPECT_EQ(World::out(world.other, kPreempt, kOtherKey, kHostKey, 6), "GOOD");
    EXPECT_EQ(world.host.ask(kTestUnitReady), kUnregistered);
    EXPECT_EQ(world.stranger.ask(kTestUnitReady), kReleased) << "the type is another";
    EXPECT_EQ(world.other.ask(kTestUnitReady), "GOOD");
    EXPECT_EQ(world.reservation(),
              "00 00 00 04 | 00 00 00 10 | 00 00 00 00 00 00 00 B2 | 00 00 00 00 00 06 00 00"_hex);
    EXPECT_EQ(world.keys(),
              "00 00 00 04 | 00 00 00 10 | 00 00 00 00 00 00 00 B2 | 00 00 00 00 00 00 00 C3"_hex);
}

TEST(PersistentReserveOut, PreemptsItselfToChangeTheType) {
    World world;
    world.reserved(1);
    EXPECT_EQ(World::out(world.host, kPreempt, kHostKey, kHostKey, 3), "GOOD");
    EXPECT_EQ(world.registrations(), 2u);
    EXPECT_EQ(world.reservation().substr(8 * 3),
              "00 00 00 00 00 00 00 A1 | 00 00 00 00 00 03 00 00"_hex);
}

TEST(PersistentReserveOut, PreemptsRegistrationsBesideTheReservation) {
    World world;
    world.reserved(1);
    EXPECT_EQ(World::out(world.host, kPreempt, kHostKey, kOtherKey), "GOOD") << "TYPE is ignored";
    EXPECT_EQ(world.other.ask(kTestUnitReady), kUnregistered);
    EXPECT_EQ(world.registrations(), 1u);
    EXPECT_TRUE(world.is_reserved());
    EXPECT_EQ(World::out(world.host, kPreempt, kHostKey, 0x77), kConflict) << "nobody's key";
    EXPECT_EQ(World::out(world.host, kPreempt, kHostKey, kNoKey, 1),
              "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST, parameter byte 8 bit 7");
    EXPECT_EQ(World::out(world.host, kPreempt, kHostKey, kHostKey, 2),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 3");
    EXPECT_EQ(World::out(world.host, kPreempt, kHostKey, kHostKey, 0x11),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 7");
    EXPECT_EQ(world.registrations(), 1u);
}

TEST(PersistentReserveOut, PreemptsAllRegistrantsByNoKey) {
    World world;
    world.reserved(8);
    EXPECT_EQ(World::out(world.other, kPreempt, kOtherKey, kNoKey, 1), "GOOD");
    EXPECT_EQ(world.host.ask(kTestUnitReady), kUnregistered);
    EXPECT_EQ(world.reservation().substr(8 * 3),
              "00 00 00 00 00 00 00 B2 | 00 00 00 00 00 01 00 00"_hex);
    EXPECT_EQ(world.registrations(), 1u);
}

TEST(PersistentReserveOut, PreemptsWhereNothingIsReserved) {
    World world;
    world.registered();
    EXPECT_EQ(World::out(world.host, kPreempt, kHostKey, kOtherKey, 1), "GOOD");
    EXPECT_FALSE(world.is_reserved());
    EXPECT_EQ(World::out(world.host, kPreemptAndAbort, kHostKey, kHostKey, 1), "GOOD");
    EXPECT_EQ(world.registrations(), 0u) << "one may name one's own key";
    EXPECT_EQ(world.host.ask(kTestUnitReady), "GOOD");
}

TEST(PersistentReserveOut, AbortsTheTasksOfThePreempted) {
    for (const Action action : {kPreempt, kPreemptAndAbort}) {
        World world;
        world.reserved(5);
        for (Host* each : {&world.host, &world.other}) {
            each->send(bytes("C0 00 00 00 00 00 00 00 00 00"));
        }
        const bool aborts = action == kPreemptAndAbort;
        const auto still_runs = [&](const Host& one) {
            return world.unit.task_set().contains(
                [&](const Task& task) { return task.nexus() == one.initiator.nexus(); });
        };
        EXPECT_EQ(World::out(world.other, action, kOtherKey, kHostKey, 5), "GOOD");
        EXPECT_EQ(still_runs(world.host), !aborts);
        EXPECT_TRUE(still_runs(world.other));
        while (!world.unit.dawdling.empty()) world.unit.finish(0);
    }
}

TEST(PersistentReserveOut, EndsThePreventionOfThoseItAborts) {
    for (const Action action : {kPreempt, kPreemptAndAbort}) {
        World world;
        world.reserved(5);
        EXPECT_EQ(world.host.ask(kPrevent), "GOOD");
        EXPECT_EQ(World::out(world.other, action, kOtherKey, kHostKey, 5), "GOOD");
        EXPECT_EQ(world.unit.is_removal_prevented(), action == kPreempt);
    }
}

TEST(PersistentReserveOut, MovesTheReservation) {
    for (const bool unregisters : {false, true}) {
        World world;
        world.reserved(3);
        const unsigned flags = unregisters ? 2 : 0;
        const Bytes to = transport_id_of("stranger");
        EXPECT_EQ(
            World::send_list(world.host, kRegisterAndMove, move_list(kHostKey, 0xC3, flags, 1, to)),
            "GOOD");
        EXPECT_EQ(world.stranger.ask(kPrevent), "GOOD") << "it holds the unit now";
        EXPECT_EQ(world.host.ask(kPrevent), kConflict);
        EXPECT_EQ(world.registrations(), unregisters ? 2u : 3u);
        EXPECT_EQ(world.reservation().substr(8 * 3),
                  "00 00 00 00 00 00 00 C3 | 00 00 00 00 00 03 00 00"_hex);
    }
}

TEST(PersistentReserveOut, MovesToOtherPortsOnly) {
    World world;
    world.reserved(3);
    const auto ask = [&](const Bytes& list) {
        return World::send_list(world.host, kRegisterAndMove, list);
    };
    const Bytes other = transport_id_of("other");
    constexpr std::string_view kInvalid =
        "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST, "
        "parameter byte ";
    EXPECT_EQ(ask(move_list(kHostKey, 0xC3, 0, 1, transport_id_of("host"))),
              std::string(kInvalid) + "24");
    EXPECT_EQ(ask(move_list(kHostKey, 0xC3, 0, 2, other)), std::string(kInvalid) + "18");
    EXPECT_EQ(ask(move_list(kHostKey, kNoKey, 0, 1, other)), std::string(kInvalid) + "8 bit 7");
    EXPECT_EQ(ask(move_list(kHostKey, 0xC3, 4, 1, other)), std::string(kInvalid) + "17 bit 2");
    Bytes two = other;
    two.insert(two.end(), other.begin(), other.end());
    EXPECT_EQ(ask(move_list(kHostKey, 0xC3, 0, 1, two)), std::string(kInvalid) + "24");
    Bytes cut = move_list(kHostKey, 0xC3, 0, 1, other);
    cut.pop_back();
    EXPECT_EQ(ask(cut), kWrongLength);
    EXPECT_EQ(ask(list_of(kHostKey, 0xC3)), std::string(kInvalid) + "24");
    EXPECT_EQ(world.host.ask(kPrevent), "GOOD") << "it still holds the unit";
}

TEST(PersistentReserveOut, RegistersThePortsItNames) {
    World world;
    Bytes list = list_of(kNoKey, kHostKey, kNamesInitiators);
    const Bytes other = transport_id_of("other");
    const Bytes absent = transport_id_of("absent");
    base::ByteWriter(list).u32(other.size() + absent.size()).bytes(other).bytes(absent);
    EXPECT_EQ(World::send_list(world.host, kRegister, list), "GOOD");
    EXPECT_EQ(world.registrations(), 3u);
    EXPECT_EQ(World::out(world.other, kReserve, kHostKey, kNoKey, 3), "GOOD");
    Host absentee(world.device, "absent");
    absentee.settle();
    EXPECT_EQ(World::out(absentee, kRegister, kHostKey, 0xC3), "GOOD") << "it had been registered";
    EXPECT_EQ(World::send_list(world.host, kRegister, list), kConflict);
    list.at(7) = kHostKey;
    EXPECT_EQ(World::send_list(world.host, kRegister, list),
              "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST, parameter byte 20 bit 3")
        << "by one that is registered";
    list.at(7) = 0;
    EXPECT_EQ(World::send_list(world.stranger, kRegister, list), kConflict)
        << "when one of them is registered";
    EXPECT_EQ(world.registrations(), 3u);
}

TEST(PersistentReserveOut, RefusesMoreRegistrationsThanItKeeps) {
    World world;
    Bytes ids;
    for (int at = 0; at < 128; ++at) {
        base::ByteWriter(ids).bytes(transport_id_of("h" + std::to_string(at)));
    }
    Bytes list = list_of(kNoKey, kHostKey, kNamesInitiators);
    base::ByteWriter(list).u32(ids.size()).bytes(ids);
    EXPECT_EQ(World::send_list(world.host, kRegister, list),
              "CHECK CONDITION 5/55/04 INSUFFICIENT REGISTRATION RESOURCES");
    EXPECT_EQ(world.registrations(), 0u) << "all or nothing";
    EXPECT_EQ(World::out(world.host, kRegister, kNoKey, kHostKey), "GOOD");
}

TEST(PersistentReserveOut, RefusesListsThatAreNone) {
    World world;
    world.registered();
    for (const Action action :
         {kRegister, kReserve, kRelease, kClear, kPreempt, kPreemptAndAbort, kRegisterAndIgnore}) {
        for (const std::size_t length : {0, 8, 23, 25, 28}) {
            Bytes list = list_of(kHostKey, 0xC3);
            list.resize(length);
            EXPECT_EQ(world.host.ask(out_cdb(action, 1, length), list), kWrongLength)
                << "action " << action << ", length " << length;
        }
        EXPECT_EQ(world.host.ask(out_cdb(action, 1, 24), Bytes(16)), kWrongLength)
            << "less has come than was announced";
        Bytes stray = list_of(kHostKey, 0xC3);
        stray.at(21) = 0x10;
        EXPECT_EQ(world.host.ask(out_cdb(action, 1, 24), stray),
                  "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST, "
                  "parameter byte 21 bit 4");
    }
    EXPECT_EQ(world.host.ask(out_cdb(kRegister, 0, 0x00FFFFFF), Bytes(24)), kWrongLength);
    EXPECT_EQ(World::out(world.host, kRegisterAndIgnore, kNoKey, 0xC3, 0, kNamesInitiators),
              "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST, parameter byte 20 bit 3");
    EXPECT_EQ(world.keys(),
              "00 00 00 02 | 00 00 00 10 | 00 00 00 00 00 00 00 A1 | 00 00 00 00 00 00 00 B2"_hex);
}

TEST(PersistentReserveOut, RefusesWhatNamesNoPort) {
    World world;
    const auto ask = [&](std::uint32_t length, const Bytes& ids) {
        Bytes list = list_of(kNoKey, kHostKey, kNamesInitiators);
        base::ByteWriter(list).u32(length).bytes(ids);
        return World::send_list(world.host, kRegister, list);
    };
    const Bytes good = transport_id_of("other");
    constexpr std::string_view kInvalid =
        "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST, parameter byte 28";
    EXPECT_EQ(ask(static_cast<std::uint32_t>(good.size() + 1), good), kWrongLength);
    EXPECT_EQ(ask(0, good), kWrongLength);
    EXPECT_EQ(ask(3, {0x45, 0, 0}), kInvalid);
    EXPECT_EQ(World::send_list(world.host, kRegister, list_of(kNoKey, 1, kNamesInitiators)),
              kWrongLength);
    for (const std::size_t at : {0, 2, 3}) {  // form, and length
        Bytes bad = good;
        bad.at(at) = static_cast<std::uint8_t>(bad.at(at) ^ 0x40);
        EXPECT_EQ(ask(static_cast<std::uint32_t>(bad.size()), bad), kInvalid) << at;
    }
    EXPECT_EQ(world.registrations(), 0u);
    EXPECT_EQ(World::out(world.host, kReserve, kNoKey, kNoKey, 0),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 3");
    EXPECT_EQ(World::out(world.host, kReserve, kNoKey, kNoKey, 0x23),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 7");
}

TEST(PersistentReserveOut, IsNoServiceActionBeyondThoseThereAre) {
    World world;
    for (unsigned action = 8; action < 32; ++action) {
        EXPECT_EQ(World::out(world.host, static_cast<Action>(action), kNoKey, kHostKey),
                  "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 4");
    }
    for (std::uint8_t action = 4; action < 32; ++action) {
        EXPECT_EQ(world.host.ask(Bytes{0x5E, action, 0, 0, 0, 0, 0, 0, 255, 0}),
                  "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 4");
    }
}

TEST(TransportId, NamesAPortOrADevice) {
    EXPECT_EQ(
        hex_of(encode_transport_id("iqn.a:b,i,0x00023d000001")),
        "45 00 00 1C | 69 71 6E 2E 61 3A 62 2C 69 2C 30 78 30 30 30 32 33 64 30 30 30 30 30 31"
        "00 00 00 00"_hex);
    EXPECT_EQ(hex_of(encode_transport_id("iqn.a:b")),
              "05 00 00 14 | 69 71 6E 2E 61 3A 62 00 00 00 00 00 00 00 00 00 00 00 00 00"_hex);
    const Bytes upper = encode_transport_id("iqn.a:b,i,0x00023D00000F");
    base::ByteReader in(upper);
    EXPECT_EQ(decode_transport_id(in), "iqn.a:b,i,0x00023d00000f");
    for (const char* no_port : {"iqn.a:b", ",i,0x00023d000001", "iqn.a:b,i,0x00023d0000",
                                "iqn.a:b,i,0x00023d00000g", "iqn.a:b,i,0x00023d00000102"}) {
        const Bytes id = encode_transport_id(no_port);
        base::ByteReader reader(id);
        EXPECT_EQ(decode_transport_id(reader), std::nullopt) << no_port;
    }
    Bytes endless = encode_transport_id("iqn.a:bcde,i,0x00023d000001");
    endless.resize(endless.size() - 4);
    endless.at(3) = static_cast<std::uint8_t>(endless.size() - 4);
    ASSERT_NE(endless.back(), 0);
    base::ByteReader reader(endless);
    EXPECT_EQ(decode_transport_id(reader), std::nullopt) << "without its NUL";
}

// They belong to the ports, not to the session.
TEST(PersistentReservation, OutlivesSessionsAndResets) {
    World world;
    world.reserved(3);
    world.host.initiator.reconnect();
    world.host.settle();
    EXPECT_EQ(world.stranger.ask(kPrevent), kConflict);
    EXPECT_EQ(world.host.ask(kPrevent), "GOOD");
    world.unit.reset(kLogicalUnitReset);
    EXPECT_EQ(world.host.settle().ask(kPrevent), "GOOD");
    EXPECT_EQ(world.stranger.settle().ask(kPrevent), kConflict);
}

TEST(PersistentReservation, EndsWithPowerUnlessItWasMadeToLast) {
    for (const bool lasts : {false, true}) {
        World world;
        world.reserved(3);
        const unsigned flags = lasts ? kOutlivesPower : 0;
        EXPECT_EQ(World::out(world.other, kRegister, kOtherKey, kOtherKey, 0, flags), "GOOD");
        world.device.power_on();
        for (Host* each : {&world.host, &world.other, &world.stranger}) each->settle();
        EXPECT_EQ(world.is_reserved(), lasts);
        EXPECT_EQ(world.stranger.ask(kPrevent), lasts ? kConflict : "GOOD");
        EXPECT_EQ(world.keys().substr(0, 4 * 3 - 1), "00 00 00 00") << "PRgeneration begins anew";
    }
}

// Through another target port the same initiator is another nexus, unless it said ALL_TG_PT.
TEST(PersistentReservation, IsOfOneTargetPortOrOfAll) {
    for (const bool all : {false, true}) {
        World world;
        EXPECT_EQ(World::out(world.host, kRegister, kNoKey, kHostKey, 0, all ? kAllTargetPorts : 0),
                  "GOOD");
        EXPECT_EQ(World::out(world.host, kReserve, kHostKey, kNoKey, 3), "GOOD");
        NexusNames names = names_of_host("host");
        names.target_port = "iqn.2026-11.test.nearline:vault,t,0x0002";
        names.relative_target_port = 2;
        LocalInitiator through_two(world.device, names);
        std::string answer;
        for (int at = 0; at < 2; ++at) {
            through_two.execute({simple_lun(0), bytes(kPrevent), {}, 0},
                                [&](Response response) { answer = to_text(response.status); });
        }
        EXPECT_EQ(answer, all ? "GOOD" : kConflict);
    }
}

// The host's waiting command is all that holds the other's back; when it is dropped, the other goes
// on at once, and changes another unit that has not heard of the host's end yet.
TEST(PersistentReservation, ChangesWhileANexusCloses) {
    World world;
    TestUnit second{{.device_type = kMediumChanger}};
    world.device.add(simple_lun(1), second);
    for (Host* each : {&world.host, &world.other}) {
        each->settle();
        each->ask(kTestUnitReady, "", simple_lun(1));
        EXPECT_EQ(each->ask(out_cdb(kRegister, 0, 24), list_of(kNoKey, 0xA1), simple_lun(1)),
                  "GOOD");
    }
    const auto submit = [&](Host& from, TaskAttribute attribute, std::string_view cdb,
                            Task::Completion done) {
        world.device.submit(std::make_unique<Task>(
            Task::Address{from.initiator.nexus(), simple_lun(0), TaskTag{1000}, attribute},
            Cdb(bytes(cdb)), Bytes{}, std::move(done)));
    };
    submit(world.other, TaskAttribute::Simple, "C0 00 00 00 00 00 00 00 00 00", [](TaskResult) {});
    submit(world.host, TaskAttribute::Ordered, kTestUnitReady, [](TaskResult) {});
    std::string answer;
    submit(world.other, TaskAttribute::Simple, kTestUnitReady, [&](TaskResult) {
        answer = world.other.ask(out_cdb(kClear, 0, 24), list_of(0xA1, kNoKey), simple_lun(1));
    });
    EXPECT_EQ(answer, "");
    world.device.close_nexus(world.host.initiator.nexus());
    EXPECT_EQ(answer, "GOOD");
    EXPECT_TRUE(second.persistent_reservations().state().registrations.empty());
    world.unit.finish(0);
    world.device.remove(simple_lun(1));
}

// Whatever three hosts ask for, what the model says of itself stays true.
TEST(PersistentReservation, StaysConsistentThroughAnyRequests) {
    World world;
    Host* const hosts[] = {&world.host, &world.other, &world.stranger};
    std::mt19937 random(7);
    const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
    unsigned good = 0;
    std::set<unsigned> types_seen;
    for (int round = 0; round < 20000; ++round) {
        const auto action = static_cast<Action>(below(8));
        const Bytes to = transport_id_of(below(2) == 0 ? "other" : "stranger");
        const std::uint64_t key = below(3);
        const unsigned flags = (below(2) * kOutlivesPower) | (below(8) == 0 ? kAllTargetPorts : 0);
        const Bytes list = action == kRegisterAndMove ? move_list(key, below(3), below(4), 1, to)
                                                      : list_of(key, below(3), flags);
        if (hosts[below(3)]->ask(out_cdb(action, below(9), list.size()), list) == "GOOD") ++good;

        const PersistentReservations& now = world.unit.persistent_reservations();
        const auto& registrations = now.state().registrations;
        const auto holders =
            std::count_if(registrations.begin(), registrations.end(),
                          [&](const Registration& one) { return now.is_held_by(one); });
        if (!now.state().type) {
            EXPECT_EQ(holders, 0);
        } else {
            const auto type = static_cast<unsigned>(*now.state().type);
            types_seen.insert(type);
            const auto all = static_cast<std::ptrdiff_t>(registrations.size());
            EXPECT_EQ(holders, is_all_registrants(type) ? all : 1);
            EXPECT_GE(holders, 1);
        }
        std::set<std::string> ports;
        for (const Registration& one : registrations) {
            EXPECT_NE(one.key, 0u);
            EXPECT_TRUE(ports.insert(one.nexus.initiator_port).second);
        }
        PersistentReservations again;
        again.restore(now.kept_state());
        EXPECT_EQ(again.state(), now.kept_state());
        if (testing::Test::HasFailure()) break;
    }
    EXPECT_GT(good, 1000u);
    EXPECT_EQ(types_seen, (std::set<unsigned>{1, 3, 5, 6, 7, 8}));
}

TEST(PersistentReservation, AndReserveExcludeEachOther) {
    World world;
    EXPECT_EQ(world.host.ask("16 00 00 00 00 00"), "GOOD");
    for (Host* each : {&world.host, &world.other}) {
        EXPECT_EQ(each->ask(kReadKeys), kConflict) << "the holder too";
        EXPECT_EQ(World::out(*each, kRegister, kNoKey, kHostKey), kConflict);
    }
    EXPECT_EQ(world.host.ask("17 00 00 00 00 00"), "GOOD");
    world.registered();
    for (Host* each : {&world.host, &world.stranger}) {
        EXPECT_EQ(each->ask("16 00 00 00 00 00"), kConflict) << "nobody holds the unit";
    }
}

TEST(PersistentReservation, IsWrittenDownBeforeItIsAnswered) {
    World world;
    std::vector<ReservationState> kept;
    bool can_keep = true;
    world.unit.keep_persistent_reservations_with([&](const ReservationState& state) {
        kept.push_back(state);
        return can_keep;
    });
    EXPECT_EQ(World::out(world.host, kRegister, kNoKey, kHostKey), "GOOD");
    EXPECT_EQ(kept.size(), 0u) << "without APTPL nothing is";
    EXPECT_EQ(World::out(world.other, kRegister, kNoKey, kOtherKey, 0, kOutlivesPower), "GOOD");
    ASSERT_EQ(kept.size(), 1u);
    EXPECT_EQ(kept.back().registrations.size(), 2u);
    can_keep = false;
    EXPECT_EQ(World::out(world.host, kReserve, kHostKey, kNoKey, 3),
              "CHECK CONDITION 4/44/00 INTERNAL TARGET FAILURE");
    EXPECT_FALSE(world.is_reserved());
    can_keep = true;
    EXPECT_EQ(World::out(world.host, kReserve, kHostKey, kNoKey, 3), "GOOD");
    EXPECT_EQ(kept.back(), world.unit.persistent_reservations().state());
    EXPECT_EQ(World::out(world.host, kReserve, kHostKey, kNoKey, 3), "GOOD");
    EXPECT_EQ(kept.size(), 3u) << "nothing has changed";
    EXPECT_EQ(World::out(world.host, kRegister, kHostKey, kHostKey), "GOOD");
    EXPECT_EQ(kept.back(), ReservationState{}) << "the latest registration does without";
}

TEST(PersistentReservation, TakesUpOnlyWhatCanBe) {
    const NexusNames host = names_of_host("host");
    const NexusNames other = names_of_host("other");
    ReservationState state;
    state.type = ReservationType::ExclusiveAccess;
    state.registrations = {{host, 1}, {host, 2}, {other, 0}, {{std::string(300, 'x'), "", 1}, 3}};
    PersistentReservations reservations;
    reservations.restore(state);
    EXPECT_EQ(reservations.state().registrations, (std::vector<Registration>{{host, 1}}));
    EXPECT_EQ(reservations.state().type, std::nullopt) << "nobody holds it";
    EXPECT_TRUE(reservations.outlives_power());
}

}  // namespace
}  // namespace nearline::scsi
