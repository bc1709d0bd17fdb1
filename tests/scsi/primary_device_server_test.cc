#include "scsi/primary_device_server.h"

#include <gtest/gtest.h>

#include "tests/scsi/test_unit.h"

namespace nearline::scsi {
namespace {

constexpr auto kTestUnitReady = "00 00 00 00 00 00";
constexpr auto kPrevent = "1E 00 00 00 01 00";
constexpr auto kAllow = "1E 00 00 00 00 00";
constexpr auto kLogModesChanged = "CHECK CONDITION 6/2A/02 LOG PARAMETERS CHANGED";

std::string invalid_field(const std::string& where) {
    return "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB " + where;
}

// The HPE MSL3040 of the captures, as far as SPC goes.
UnitProfile msl3040() {
    UnitProfile profile;
    profile.device_type = kMediumChanger;
    profile.version = 0x05;
    profile.inquiry_byte_6 = 0x11;
    profile.inquiry_length = 74;
    profile.vendor = "HPE";
    profile.product = "MSL3040";
    profile.revision = "3350";
    profile.version_descriptors = {0x005C, 0x0000, 0x030F, 0x02FE};
    profile.overlays = {{41, {0x1C}}, {43, {0x01}}, {55, {0x01}}};
    profile.serial = "DEC418146K_LL02";
    profile.designators = {{.code_set = 1, .type = 3, .identifier = bytes("5001438031BDC7D4")},
                           {.code_set = 2,
                            .type = 1,
                            .identifier = bytes("4850452020202020 4D534C33303430202020202020202020"
                                                "4445433431383134364B5F4C4C3032")}};
    profile.reports_ports = false;
    profile.pages = {{0xC0, {}}, {0xC8, {}}, {0xCC, {}}, {0xD0, {}}, {0x85, {}}};
    return profile;
}

class Server : public testing::Test {
protected:
    explicit Server(UnitProfile profile = msl3040()) : unit(std::move(profile)) {
        device.add(simple_lun(0), unit);
        host.settle();
        other.settle();
    }

    TestUnit unit;
    TargetDevice device;
    Host host{device, "host"};
    Host other{device, "other"};
};

// HPE MSL3040, firmware 3350, as captured: 74 bytes.
TEST_F(Server, AnswersInquiryAsTheLibraryDoes) {
    EXPECT_EQ(host.ask("12 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(),
              "08 80 05 02 45 00 11 02 | 48 50 45 20 20 20 20 20 | "
              "4D 53 4C 33 30 34 30 20 20 20 20 20 20 20 20 20 | 33 33 35 30 | "
              "00 00 00 00 00 1C 00 01 00 00 00 00 00 00 00 00 00 00 00 01 | 00 00 | "
              "00 5C 00 00 03 0F 02 FE 00 00 00 00 00 00 00 00"_hex);
}

TEST_F(Server, CutsInquiryToTheAllocationLength) {
    EXPECT_EQ(host.ask("12 00 00 00 05 00"), "GOOD");
    EXPECT_EQ(host.data(), "08 80 05 02 45");
    EXPECT_EQ(host.ask("12 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "");
    EXPECT_EQ(host.ask("12 00 00 01 00 00"), "GOOD");
    EXPECT_EQ(host.response.data_in.size(), 74u) << "the length has two bytes";
}

TEST_F(Server, RefusesAPageWithoutEvpdAndOneItLacks) {
    EXPECT_EQ(host.ask("12 00 80 00 FF 00"), invalid_field("byte 2 bit 7"));
    EXPECT_EQ(host.ask("12 01 86 00 FF 00"), invalid_field("byte 2 bit 7"));
}

// The page lists of the same library.
TEST_F(Server, ListsItsVitalProductDataAscending) {
    host.ask("12 01 00 00 FF 00");
    EXPECT_EQ(host.data(), "08 00 00 08 | 00 80 83 85 C0 C8 CC D0"_hex);
    host.ask("12 01 80 00 FF 00");
    EXPECT_EQ(host.data(), "08 80 00 0F | 44 45 43 34 31 38 31 34 36 4B 5F 4C 4C 30 32"_hex);
    host.ask("12 01 83 00 FF 00");
    EXPECT_EQ(host.data(),
              "08 83 00 37 | 01 03 00 08 50 01 43 80 31 BD C7 D4 | 02 01 00 27 | "
              "48 50 45 20 20 20 20 20 | 4D 53 4C 33 30 34 30 20 20 20 20 20 20 20 20 20 | "
              "44 45 43 34 31 38 31 34 36 4B 5F 4C 4C 30 32"_hex);
}

class PlainServer : public Server {
protected:
    PlainServer() : Server(UnitProfile{}) {}
};

TEST_F(PlainServer, ListsNoPageItHasNoContentFor) {
    host.ask("12 01 00 00 FF 00");
    EXPECT_EQ(host.data(), "1F 00 00 01 | 00"_hex);
    EXPECT_EQ(host.ask("12 01 80 00 FF 00"), invalid_field("byte 2 bit 7"));
}

TEST(PortDesignators, ComeFromTheNexus) {
    UnitProfile profile{.device_type = kMediumChanger,
                        .designators = {{.code_set = 1, .type = 3, .identifier = {0x50}}},
                        .pages = {{0x88, {}}}};
    TestUnit unit(profile);
    TargetDevice device;
    device.add(simple_lun(0), unit);
    LocalInitiator initiator(device, {"iqn.a,i,0x1", "iqn.b,t,0x0002", 2});
    std::string data;
    const auto keep = [&](const Response& response) { data = hex(response.data_in); };
    // SPC-4 7.8.6: relative target port, name of the port, name of the device; iSCSI is 5h.
    initiator.execute({.cdb = bytes("12 01 83 00 FF 00"), .data_in_length = 255}, keep);
    EXPECT_EQ(data,
              "08 83 00 2D | 01 03 00 01 50 | 51 94 00 04 00 00 00 02 | "
              "53 98 00 10 69 71 6E 2E 62 2C 74 2C 30 78 30 30 30 32 00 00 | "
              "53 A8 00 08 69 71 6E 2E 62 00 00 00"_hex);
    // SPC-4 7.8.14.
    initiator.execute({.cdb = bytes("12 01 88 00 FF 00"), .data_in_length = 255}, keep);
    EXPECT_EQ(data,
              "08 88 00 20 | 00 00 00 02 00 00 00 00 00 00 00 14 | "
              "53 98 00 10 69 71 6E 2E 62 2C 74 2C 30 78 30 30 30 32 00 00"_hex);
}

TEST_F(Server, TellsWhyItIsNotReadyToRequestSense) {
    EXPECT_EQ(host.ask("03 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "70 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 00 00 00");
    unit.reason_not_ready = kBecomingReady.with_progress(0x8000);
    EXPECT_EQ(host.ask("03 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "70 00 02 00 00 00 00 0A 00 00 00 00 04 01 00 80 80 00");
    EXPECT_EQ(host.ask("03 01 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "72 02 04 01 00 00 00 08 02 06 00 00 80 80 00 00");
    EXPECT_EQ(host.ask("03 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "");
}

TEST_F(Server, KeepsNoSenseOfARefusalForRequestSense) {
    host.ask("FF 00 00 00 00 00");
    host.ask("03 00 00 00 FF 00");
    EXPECT_EQ(host.data(), "70 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 00 00 00");
}

TEST_F(Server, PreventsRemovalWhileAnyNexusDoes) {
    EXPECT_EQ(host.ask(kPrevent), "GOOD");
    EXPECT_EQ(other.ask(kPrevent), "GOOD");
    EXPECT_EQ(host.ask(kAllow), "GOOD");
    EXPECT_TRUE(unit.is_removal_prevented());
    EXPECT_EQ(other.ask(kAllow), "GOOD");
    EXPECT_FALSE(unit.is_removal_prevented());
    EXPECT_EQ(unit.prevention_changes, 2) << "told when it begins and when it ends";
    EXPECT_EQ(host.ask("1E 00 00 00 02 00"), invalid_field("byte 4 bit 1"));
}

TEST_F(Server, AllowsRemovalWhenTheNexusIsLostAndWhenReset) {
    host.ask(kPrevent);
    host.initiator.reconnect();
    EXPECT_FALSE(unit.is_removal_prevented());
    other.ask(kPrevent);
    unit.reset(kLogicalUnitReset);
    EXPECT_FALSE(unit.is_removal_prevented());
    EXPECT_EQ(unit.prevention_changes, 4);
}

TEST_F(Server, TestsItself) {
    EXPECT_EQ(host.ask("1D 04 00 00 00 00"), "GOOD");
    EXPECT_EQ(host.ask("1D B0 00 00 00 00"), "GOOD") << "the foreground test by its code";
    EXPECT_EQ(host.ask("1D 00 00 00 00 00"), "GOOD");
    unit.self_test_result = kInternalTargetFailure;
    EXPECT_EQ(host.ask("1D 04 00 00 00 00"), "CHECK CONDITION 4/44/00 INTERNAL TARGET FAILURE");
    EXPECT_EQ(host.ask("1D 24 00 00 00 00"), invalid_field("byte 1 bit 7"));
    EXPECT_EQ(host.ask("1D 20 00 00 00 00"), invalid_field("byte 1 bit 7")) << "background";
    EXPECT_EQ(host.ask("1D 04 00 00 04 00", "00 00 00 00"), invalid_field("byte 3 bit 7"));
    EXPECT_EQ(host.ask("1D 10 00 00 04 00", "80 00 00 00"),
              "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST, parameter byte 0");
}

UnitProfile with_logs() {
    UnitProfile profile;
    profile.log_pages = {{0x2E, 0, {{1, 0x40, {0}}, {2, 0x40, {1}}, {0x40, 0x40, {0}}}},
                         {0x0D, 0, {{0, 0x40, {0, 0x2F}}, {1, 0x40, {0, 0x5F}}}},
                         {0x07, 0, {}}};
    return profile;
}

class Logs : public Server {
protected:
    explicit Logs(UnitProfile profile = with_logs()) : Server(std::move(profile)) {}
};

TEST_F(Logs, AreListedAscending) {
    host.ask("4D 00 40 00 00 00 00 00 FF 00");
    EXPECT_EQ(host.data(), "00 00 00 04 | 00 07 0D 2E"_hex);
    EXPECT_EQ(host.ask("4D 00 40 00 00 00 01 00 FF 00"), invalid_field("byte 5 bit 7"));
    EXPECT_EQ(host.ask("4D 00 40 FF 00 00 00 00 FF 00"), invalid_field("byte 2 bit 5"))
        << "no page has subpages";
}

// Page 0Dh of the HPE MSL3040 captures: 47 degrees now, 95 the reference.
TEST_F(Logs, AreSentByParameter) {
    host.ask("4D 00 4D 00 00 00 00 00 FF 00");
    EXPECT_EQ(host.data(), "0D 00 00 0C | 00 00 40 02 00 2F | 00 01 40 02 00 5F"_hex);
    host.ask("4D 00 4D 00 00 00 01 00 FF 00");
    EXPECT_EQ(host.data(), "0D 00 00 06 | 00 01 40 02 00 5F"_hex);
    EXPECT_EQ(host.ask("4D 00 4D 00 00 00 02 00 FF 00"), invalid_field("byte 5 bit 7"));
    host.ask("4D 00 47 00 00 00 00 00 FF 00");
    EXPECT_EQ(host.data(), "07 00 00 00");
    host.ask("4D 00 4D 00 00 00 00 00 06 00");
    EXPECT_EQ(host.data(), "0D 00 00 0C 00 00") << "the page length stays whole";
}

TEST_F(Logs, AreRefusedByTheFieldThatIsWrong) {
    EXPECT_EQ(host.ask("4D 00 50 00 00 00 00 00 FF 00"), invalid_field("byte 2 bit 5"));
    EXPECT_EQ(host.ask("4D 00 4D 01 00 00 00 00 FF 00"), invalid_field("byte 3 bit 7"));
    EXPECT_EQ(host.ask("4D 01 4D 00 00 00 00 00 FF 00"), invalid_field("byte 1 bit 0"));
    EXPECT_EQ(host.ask("4D 02 4D 00 00 00 00 00 FF 00"), invalid_field("byte 1 bit 1"));
    EXPECT_EQ(host.ask("4D 00 8D 00 00 00 00 00 FF 00"), invalid_field("byte 2 bit 7"));
    EXPECT_EQ(host.ask("4D 00 CD 00 00 00 00 00 FF 00"), invalid_field("byte 2 bit 7"));
    EXPECT_EQ(host.ask("4D 00 0D 00 00 00 00 00 FF 00"), "GOOD") << "PC 00b, as IBM's 3573";
}

TEST_F(Logs, AreReadOnlyWhenMoreThanTheHeaderWasAskedFor) {
    host.ask("4D 00 6E 00 00 00 00 00 04 00");
    EXPECT_TRUE(unit.read_log_pages.empty());
    host.ask("4D 00 6E 00 00 00 00 00 05 00");
    EXPECT_EQ(unit.read_log_pages, std::vector<std::uint8_t>{0x2E});
}

TEST_F(Logs, AreResetByLogSelect) {
    EXPECT_EQ(host.ask("4C 02 C0 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(unit.log_resets, 1);
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
    EXPECT_EQ(other.ask(kTestUnitReady), kLogModesChanged);
    EXPECT_EQ(host.ask("4C 00 40 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(unit.log_resets, 1) << "an empty list without PCR is nothing to do";
}

TEST_F(Logs, CannotBeSet) {
    EXPECT_EQ(host.ask("4C 02 40 00 00 00 00 00 04 00", "0D 00 00 00"),
              invalid_field("byte 1 bit 1"));
    EXPECT_EQ(host.ask("4C 01 40 00 00 00 00 00 00 00"), invalid_field("byte 1 bit 0"));
    EXPECT_EQ(host.ask("4C 02 50 00 00 00 00 00 00 00"), invalid_field("byte 2 bit 5"));
    EXPECT_EQ(host.ask("4C 00 40 00 00 00 00 00 04 00", "0D 00 00"),
              "CHECK CONDITION 5/1A/00 PARAMETER LIST LENGTH ERROR");
    EXPECT_EQ(host.ask("4C 00 40 00 00 00 00 00 04 00", "0D 00 00 00"),
              "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST, parameter byte 0");
    EXPECT_EQ(unit.log_resets, 0);
}

UnitProfile with_log_subpages() {
    UnitProfile profile;
    profile.log_pages = {{0x0D, 1, {{0, 0x03, {7}}}}, {0x17, 0, {}}, {0x17, 1, {}}};
    return profile;
}

class LogSubpages : public Server {
protected:
    LogSubpages() : Server(with_log_subpages()) {}
};

TEST_F(LogSubpages, AreListedWithTheirPages) {
    host.ask("4D 00 40 00 00 00 00 00 FF 00");
    EXPECT_EQ(host.data(), "00 00 00 03 | 00 0D 17"_hex);
    host.ask("4D 00 40 FF 00 00 00 00 FF 00");
    EXPECT_EQ(host.data(), "40 FF 00 0A | 00 00 | 00 FF | 0D 01 | 17 00 | 17 01"_hex);
    host.ask("4D 00 57 FF 00 00 00 00 FF 00");
    EXPECT_EQ(host.data(), "57 FF 00 04 | 17 00 | 17 01"_hex);
    host.ask("4D 00 4D 01 00 00 00 00 FF 00");
    EXPECT_EQ(host.data(), "4D 01 00 05 | 00 00 03 01 07"_hex);
    EXPECT_EQ(host.ask("4D 00 4D 00 00 00 00 00 FF 00"), invalid_field("byte 2 bit 5"))
        << "an LTO-9 drive has 0Dh/01h and no 0Dh/00h";
}

UnitProfile with_timeouts() {
    UnitProfile profile;
    profile.timeouts = {{Opcode{0x00}, {.nominal_seconds = 1, .recommended_seconds = 60}}};
    return profile;
}

class SupportedCodes : public Server {
protected:
    SupportedCodes() : Server(with_timeouts()) {}
};

TEST_F(SupportedCodes, AreListedFromTheTable) {
    EXPECT_EQ(host.ask("A3 0C 00 00 00 00 00 00 10 00 00 00"), "GOOD");
    const Bytes all = host.response.data_in;
    ASSERT_EQ(all.size(), 4 + 31 * 8u);
    EXPECT_EQ(hex(BytesView(all).first(20)),
              "00 00 00 F8 | 00 00 00 00 00 00 00 06 | 03 00 00 00 00 00 00 06"_hex);
    // REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS: SERVACTV and its service action.
    EXPECT_EQ(hex(BytesView(all).last(16)),
              "A3 00 00 0D 00 01 00 0C | C0 00 00 00 00 00 00 0A"_hex);
}

TEST_F(SupportedCodes, HaveTimeoutsOnRequest) {
    EXPECT_EQ(host.ask("A3 0C 80 00 00 00 00 00 10 00 00 00"), "GOOD");
    ASSERT_EQ(host.response.data_in.size(), 4 + 31 * 20u);
    EXPECT_EQ(hex(BytesView(host.response.data_in).first(24)),
              "00 00 02 6C | 00 00 00 00 00 02 00 06 | 00 0A 00 00 00 00 00 01 00 00 00 3C"_hex);
}

TEST_F(SupportedCodes, AreToldOneByOneWithTheirUsage) {
    EXPECT_EQ(host.ask("A3 0C 01 1A 00 00 00 00 10 00 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 03 00 06 | 1A 08 FF FF FF 00"_hex);
    EXPECT_EQ(host.ask("A3 0C 02 A3 00 0C 00 00 10 00 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 03 00 0C | A3 0C 87 FF FF FF FF FF FF FF 00 00"_hex);
    EXPECT_EQ(host.ask("A3 0C 03 A3 00 0D 00 00 10 00 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 03 00 0C | A3 0D 80 00 00 00 FF FF FF FF 00 00"_hex);
    EXPECT_EQ(host.ask("A3 0C 02 5F 00 04 00 00 10 00 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 03 00 0A | 5F 04 FF 00 00 FF FF FF FF 00"_hex);
    EXPECT_EQ(host.ask("A3 0C 83 00 00 00 00 00 10 00 00 00"), "GOOD");
    EXPECT_EQ(host.data(),
              "00 83 00 06 | 00 00 00 00 00 00 | 00 0A 00 00 00 00 00 01 00 00 00 3C"_hex);
}

TEST_F(SupportedCodes, AreNotSupportedWhenUnknown) {
    for (const auto* cdb :
         {"A3 0C 01 FF 00 00 00 00 10 00 00 00", "A3 0C 02 A3 00 1F 00 00 10 00 00 00",
          "A3 0C 03 A3 00 1F 00 00 10 00 00 00", "A3 0C 03 00 00 01 00 00 10 00 00 00"}) {
        EXPECT_EQ(host.ask(cdb), "GOOD") << cdb;
        EXPECT_EQ(host.data(), "00 01 00 00") << cdb;
    }
}

TEST_F(SupportedCodes, RefuseAnOptionThatDoesNotFitTheCommand) {
    EXPECT_EQ(host.ask("A3 0C 01 A3 00 00 00 00 10 00 00 00"), invalid_field("byte 2 bit 2"));
    EXPECT_EQ(host.ask("A3 0C 02 00 00 00 00 00 10 00 00 00"), invalid_field("byte 2 bit 2"));
    EXPECT_EQ(host.ask("A3 0C 04 00 00 00 00 00 10 00 00 00"), invalid_field("byte 2 bit 2"));
}

TEST_F(Server, NamesTheTaskManagementFunctionsItHas) {
    EXPECT_EQ(host.ask("A3 0D 00 00 00 00 00 00 00 04 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "DE 03 00 00");
    EXPECT_EQ(host.ask("A3 0D 80 00 00 00 00 00 00 FF 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "DE 03 00 0C | 00 00 00 00 00 00 00 00 00 00 00 00"_hex);
    EXPECT_EQ(host.ask("A3 0D 00 00 00 00 00 00 00 03 00 00"), invalid_field("byte 6 bit 7"));
}

}  // namespace
}  // namespace nearline::scsi
