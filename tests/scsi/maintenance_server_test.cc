#include "scsi/maintenance_server.h"

#include <gtest/gtest.h>

#include "tests/scsi/test_unit.h"

namespace nearline::scsi {
namespace {

class MaintainedUnit final : public MaintenanceServer {
public:
    using MaintenanceServer::MaintenanceServer;
    std::span<const CommandDescriptor> commands() const override {
        return CommandTable<MaintainedUnit,
                            Concatenate<PrimaryCommands, MaintenanceCommands>::type>::rows;
    }
    std::optional<Sense> not_ready() const override { return std::nullopt; }

    std::uint64_t clock = 1000;
    std::string history = "it broke";
    std::vector<Microcode> microcodes;
    using MaintenanceServer::Microcode;

protected:
    std::uint64_t clock_milliseconds() const override { return clock; }
    bool keeps_error_history() const override { return !history.empty(); }
    Bytes error_history() const override {
        const BytesView text = base::as_bytes(history);
        return {text.begin(), text.end()};
    }
    void microcode_came(Microcode how) override { microcodes.push_back(how); }
};

UnitProfile a_profile() {
    UnitProfile profile;
    profile.vendor = "NEARLINE";
    profile.mode_pages = {{0x0A, 0x01, false, Bytes{0x02, 0x00}, Bytes{0x02, 0x00}}};
    return profile;
}

class Maintenance : public testing::Test {
protected:
    explicit Maintenance(UnitProfile profile = a_profile()) : unit(std::move(profile)) {
        device.add(simple_lun(0), unit);
        device.power_on();
        clock_goes(500);
        host.settle();
        other.settle();
    }
    void clock_goes(std::uint64_t milliseconds) { unit.clock += milliseconds; }

    MaintainedUnit unit;
    TargetDevice device;
    Host host{device, "host"};
    Host other{device, "other"};
};

using Buffers = Maintenance;
using Microcode = Maintenance;
using History = Maintenance;
using Clock = Maintenance;
using Identifier = Maintenance;

// The CDBs are written out from SPC-4's tables and the two sheets, by hand.
TEST_F(Buffers, AreEncodedAsTheStandardDrawsThem) {
    EXPECT_EQ(hex(encode_cdb(ReadBuffer{.mode = BufferMode::Descriptor,
                                        .buffer_id = 1,
                                        .buffer_offset = 0x010203,
                                        .allocation_length = 0x040506})),
              "3C 03 01 01 02 03 04 05 06 00");
    EXPECT_EQ(hex(encode_cdb(WriteBuffer{.mode = BufferMode::DownloadWithOffsetsAndDefer,
                                         .buffer_offset = 0x8000,
                                         .parameter_list_length = 0x4000})),
              "3B 0E 00 00 80 00 00 40 00 00");
    EXPECT_EQ(hex(encode_cdb(ReportTimestamp{.allocation_length = 12})),
              "A3 0F 00 00 00 00 00 00 00 0C 00 00");
    EXPECT_EQ(hex(encode_cdb(SetTimestamp{.parameter_list_length = 12})),
              "A4 0F 00 00 00 00 00 00 00 0C 00 00");
    EXPECT_EQ(hex(encode_cdb(ReportDeviceIdentifier{.allocation_length = 68})),
              "A3 05 00 00 00 00 00 00 00 44 00 00");
    EXPECT_EQ(hex(encode_cdb(SetDeviceIdentifier{.parameter_list_length = 4, .type = 1})),
              "A4 06 00 00 00 00 00 00 00 04 02 00");
}

TEST_F(Buffers, KeepWhatWasWritten) {
    EXPECT_EQ(host.ask("3C 03 00 00 00 00 00 00 04 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 01 00 00");  // any offset, 64 KiB
    EXPECT_EQ(host.ask("3C 03 07 00 00 00 00 00 04 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 00 00 00");
    EXPECT_EQ(host.ask("3C 02 00 00 00 00 00 00 02 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 00");
    EXPECT_EQ(host.ask("3B 02 00 00 FF FE 00 00 02 00", "12 34"), "GOOD");
    EXPECT_EQ(other.ask("3C 02 00 00 FF FD 00 00 08 00"), "GOOD");
    EXPECT_EQ(other.data(), "00 12 34");
    device.power_on();
    host.settle();
    EXPECT_EQ(host.ask("3C 02 00 00 FF FE 00 00 02 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 00");
}

TEST_F(Buffers, PointAtWhatTheyRefuse) {
    const std::string refused = "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte ";
    EXPECT_EQ(host.ask("3C 00 00 00 00 00 00 00 08 00"), refused + "1 bit 4");
    EXPECT_EQ(host.ask("3C 02 02 00 00 00 00 00 08 00"), refused + "2 bit 7");
    EXPECT_EQ(host.ask("3C 02 00 01 00 01 00 00 08 00"), refused + "3 bit 7");
    EXPECT_EQ(host.ask("3B 03 00 00 00 00 00 00 00 00"), refused + "1 bit 4");
    EXPECT_EQ(host.ask("3B 02 01 00 00 00 00 00 01 00", "AA"), refused + "2 bit 7");
    EXPECT_EQ(host.ask("3B 02 00 00 FF FF 00 00 02 00", "AA BB"), refused + "6 bit 7");
    EXPECT_EQ(host.ask("3B 02 00 00 00 00 00 00 02 00", "AA").substr(0, 24),
              "CHECK CONDITION B/0C/0D ");
}

TEST_F(Buffers, EchoToEachNexusItsOwn) {
    EXPECT_EQ(host.ask("3C 0B 00 00 00 00 00 00 04 00"), "GOOD");
    EXPECT_EQ(host.data(), "01 00 10 00");  // EBOS, 4096 bytes
    EXPECT_EQ(host.ask("3C 0A 00 00 00 00 00 00 04 00"),
              "CHECK CONDITION 5/2C/00 COMMAND SEQUENCE ERROR");
    EXPECT_EQ(host.ask("3B 0A 00 00 00 00 00 00 03 00", "01 02 03"), "GOOD");
    EXPECT_EQ(other.ask("3B 0A 00 00 00 00 00 00 01 00", "09"), "GOOD");
    EXPECT_EQ(host.ask("3C 0A 00 00 00 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "01 02 03");
    EXPECT_EQ(host.ask(encode_cdb(WriteBuffer{.mode = BufferMode::EchoData,
                                              .parameter_list_length = 4097}),
                       Bytes(4097)),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 6 bit 7");
}

// LTFS reads 03h, then 02h, of buffer 01h.
TEST_F(Buffers, GiveTheDumpTheirUnitMade) {
    EXPECT_EQ(host.ask("3C 03 01 00 00 00 00 00 04 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 00 00 08");
    unit.history = "later";  // than the dump
    EXPECT_EQ(host.ask("3C 02 01 00 00 03 00 00 08 00"), "GOOD");
    EXPECT_EQ(host.data(), "62 72 6F 6B 65");
}

TEST_F(Microcode, IsTakenWholeAndToldToOthers) {
    EXPECT_EQ(host.ask("3B 05 00 00 00 00 00 00 04 00", "01 02 03 04"), "GOOD");
    EXPECT_EQ(host.ask(TestUnitReady{}), "GOOD");
    EXPECT_EQ(other.ask(TestUnitReady{}), "CHECK CONDITION 6/3F/01 MICROCODE HAS BEEN CHANGED");
    EXPECT_EQ(host.ask("3B 04 00 00 00 01 00 00 01 00", "01"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 3 bit 7");
    EXPECT_EQ(host.ask("3B 04 01 00 00 00 00 00 01 00", "01"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 7");
    EXPECT_EQ(host.ask("3B 04 00 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(other.ask(TestUnitReady{}), "GOOD");
    using How = MaintainedUnit::Microcode;
    EXPECT_EQ(unit.microcodes, (std::vector{How::Activated, How::Refused, How::Refused}));
}

TEST_F(Microcode, ComesInPiecesOfWhichTheShortOneIsTheLast) {
    EXPECT_EQ(host.ask("3B 07 00 00 00 00 00 00 02 00", "01 02"), "GOOD");
    EXPECT_EQ(host.ask("3B 07 00 00 00 02 00 00 02 00", "03 04"), "GOOD");
    EXPECT_EQ(other.ask(TestUnitReady{}), "GOOD");
    EXPECT_EQ(other.ask("3B 07 00 00 00 04 00 00 01 00", "05"),
              "CHECK CONDITION 5/2C/00 COMMAND SEQUENCE ERROR");
    EXPECT_EQ(host.ask("3B 07 00 00 00 04 00 00 01 00", "05"), "GOOD");
    EXPECT_EQ(other.ask(TestUnitReady{}), "CHECK CONDITION 6/3F/01 MICROCODE HAS BEEN CHANGED");
    EXPECT_EQ(host.ask("3B 07 00 00 00 05 00 00 01 00", "05"),
              "CHECK CONDITION 5/2C/00 COMMAND SEQUENCE ERROR");
}

TEST_F(Microcode, LeavesNoGapBetweenPieces) {
    EXPECT_EQ(host.ask("3B 07 00 00 00 00 00 00 02 00", "01 02"), "GOOD");
    EXPECT_EQ(host.ask("3B 07 00 00 00 03 00 00 01 00", "04"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 3 bit 7");
    EXPECT_EQ(host.ask("3B 07 00 00 00 02 00 00 01 00", "03"),
              "CHECK CONDITION 5/2C/00 COMMAND SEQUENCE ERROR");
    EXPECT_EQ(other.ask(TestUnitReady{}), "GOOD");
}

TEST_F(Microcode, WaitsForItsActivationWhereItIsDeferred) {
    EXPECT_EQ(host.ask("3B 0F 00 00 00 00 00 00 00 00"),
              "CHECK CONDITION 5/2C/00 COMMAND SEQUENCE ERROR");
    EXPECT_EQ(host.ask("3B 0E 00 00 00 00 00 00 02 00", "01 02"), "GOOD");
    EXPECT_EQ(host.ask("3B 0E 00 00 00 02 00 00 01 00", "03"), "GOOD");
    EXPECT_EQ(other.ask(TestUnitReady{}), "GOOD");
    EXPECT_EQ(host.ask("3B 0F 00 00 00 00 00 00 01 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 6 bit 7");
    EXPECT_EQ(host.ask("3B 0F 00 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(other.ask(TestUnitReady{}), "CHECK CONDITION 6/3F/01 MICROCODE HAS BEEN CHANGED");
}

// SPC-4 6.18.9: a directory of one buffer, then the buffer.
TEST_F(History, IsReadByOneAtATime) {
    EXPECT_EQ(host.ask("3C 1C 10 00 00 00 00 00 FF 00"),
              "CHECK CONDITION 5/2C/00 COMMAND SEQUENCE ERROR");
    EXPECT_EQ(host.ask("3C 1C 01 00 00 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(),
              "4E 45 41 52 4C 49 4E 45 00 02 00 00 00 00 00 00 "
              "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 08 "
              "10 00 00 00 00 00 00 08");
    unit.history = "and again";
    EXPECT_EQ(host.ask("3C 1C 10 00 00 03 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "62 72 6F 6B 65");
    EXPECT_EQ(other.ask("3C 1C 00 00 00 00 00 00 FF 00"),
              "CHECK CONDITION 5/00/16 OPERATION IN PROGRESS");
    EXPECT_EQ(other.ask("3C 1C 03 00 00 00 00 00 FF 00"), "GOOD");  // takes it over
    EXPECT_EQ(other.data().substr(32 * 3), "10 00 00 00 00 00 00 09");
    EXPECT_EQ(host.ask("3C 1C FE 00 00 00 00 00 00 00"),
              "CHECK CONDITION 5/00/16 OPERATION IN PROGRESS");
    EXPECT_EQ(other.ask("3C 1C FF 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(host.ask("3C 1C 00 00 00 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.ask("3C 1C 11 00 00 00 00 00 FF 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 7");
    EXPECT_EQ(host.ask("3C 1C 10 00 00 0A 00 00 FF 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 3 bit 7");
}

TEST_F(History, IsNotThereWhereAUnitKeepsNone) {
    unit.history.clear();
    EXPECT_EQ(host.ask("3C 1C 00 00 00 00 00 00 FF 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 4");
    EXPECT_EQ(host.ask("3C 02 01 00 00 00 00 00 08 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 7");
}

// Changer sheet 3.10: 000Ah, the origin, six bytes of milliseconds.
TEST_F(Clock, CountsFromPowerOnUntilItIsSet) {
    EXPECT_EQ(host.ask("A3 0F 00 00 00 00 00 00 00 0C 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 0A 00 00 00 00 00 00 01 F4 00 00");
    EXPECT_EQ(
        host.ask("A4 0F 00 00 00 00 00 00 00 0C 00 00", "00 00 00 00 01 9A BC DE F0 00 00 00"),
        "GOOD");
    EXPECT_EQ(host.ask(TestUnitReady{}), "GOOD");
    EXPECT_EQ(other.ask(TestUnitReady{}), "CHECK CONDITION 6/2A/10 TIMESTAMP CHANGED");
    clock_goes(2);
    EXPECT_EQ(other.ask("A3 0F 00 00 00 00 00 00 00 0C 00 00"), "GOOD");
    EXPECT_EQ(other.data(), "00 0A 02 00 01 9A BC DE F0 02 00 00");
    unit.reset(kLogicalUnitReset);
    host.settle();
    EXPECT_EQ(host.ask("A3 0F 00 00 00 00 00 00 00 0C 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 0A 02 00 01 9A BC DE F0 02 00 00");  // not by a reset
    device.power_on();
    host.settle();
    clock_goes(1);
    EXPECT_EQ(host.ask("A3 0F 00 00 00 00 00 00 00 0C 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 0A 00 00 00 00 00 00 00 01 00 00");
}

TEST_F(Clock, IsSetByExactlyTwelveBytes) {
    EXPECT_EQ(host.ask("A4 0F 00 00 00 00 00 00 00 0B 00 00", "00 00 00 00 00 00 00 00 00 00 00"),
              "CHECK CONDITION 5/1A/00 PARAMETER LIST LENGTH ERROR");
    EXPECT_EQ(host.ask("A4 0F 00 00 00 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(other.ask(TestUnitReady{}), "GOOD");
}

// SCSIP of page 0Ah/01h.
TEST_F(Clock, IsNotSetByHostsThatMayNot) {
    EXPECT_EQ(host.ask("15 10 00 00 0A 00", "00 00 00 00 4A 01 00 02 00 00"), "GOOD");
    EXPECT_EQ(
        host.ask("A4 0F 00 00 00 00 00 00 00 0C 00 00", "00 00 00 00 01 9A BC DE F0 00 00 00"),
        "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 4");
}

TEST_F(Identifier, IsWhatItsOwnerCallsIt) {
    EXPECT_EQ(host.ask("A3 05 00 00 00 00 00 00 00 44 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 00 00 00");
    EXPECT_EQ(host.ask("A4 06 00 00 00 00 00 00 00 03 00 00", "41 42 43"), "GOOD");
    EXPECT_EQ(other.ask(TestUnitReady{}), "CHECK CONDITION 6/3F/05 DEVICE IDENTIFIER CHANGED");
    device.power_on();
    other.settle();
    EXPECT_EQ(other.ask("A3 05 00 00 00 00 00 00 00 44 00 00"), "GOOD");
    EXPECT_EQ(other.data(), "00 00 00 03 41 42 43");
    EXPECT_EQ(host.ask(TestUnitReady{}).substr(0, 23), "CHECK CONDITION 6/29/00");
    EXPECT_EQ(host.ask("A4 06 00 00 00 00 00 00 00 41 00 00", std::string(130, '4')),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 6 bit 7");
    EXPECT_EQ(host.ask("A4 06 00 00 00 00 00 00 00 03 02 00", "41 42 43"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 10 bit 7");
    EXPECT_EQ(host.ask("A4 06 00 00 00 00 00 00 00 03 00 00", "41 42"),
              "CHECK CONDITION 5/1A/00 PARAMETER LIST LENGTH ERROR");
}

// Changer sheet 9.2.
TEST_F(Maintenance, ConflictsWithReservationsAsItsCommandsDo) {
    EXPECT_EQ(host.ask("16 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(other.ask("A3 0F 00 00 00 00 00 00 00 0C 00 00"), "GOOD");
    EXPECT_EQ(other.ask("3C 03 00 00 00 00 00 00 04 00"), "RESERVATION CONFLICT");
    EXPECT_EQ(other.ask("A3 05 00 00 00 00 00 00 00 44 00 00"), "RESERVATION CONFLICT");
    EXPECT_EQ(other.ask("A4 0F 00 00 00 00 00 00 00 0C 00 00", std::string(24, '0')),
              "RESERVATION CONFLICT");
}

class Lacking : public Maintenance {
protected:
    static UnitProfile profile() {
        UnitProfile lacking = a_profile();
        lacking.unsupported_actions = {{Opcode{0xA3}, ServiceAction{0x05}}};
        return lacking;
    }
    Lacking() : Maintenance(profile()) {}
};

// As a service action nobody knows; the others of its code stay.
TEST_F(Lacking, OneServiceActionRefusesThatOne) {
    EXPECT_EQ(host.ask("A3 05 00 00 00 00 00 00 00 44 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 4");
    EXPECT_EQ(host.ask("A3 0F 00 00 00 00 00 00 00 0C 00 00"), "GOOD");
    EXPECT_EQ(host.ask("A3 0C 03 A3 00 05 00 00 00 40 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 01 00 00");
    EXPECT_EQ(host.ask("A3 0C 03 A3 00 0F 00 00 00 40 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 03 00 0C A3 0F 00 00 00 00 FF FF FF FF 00 00");
}

}  // namespace
}  // namespace nearline::scsi
