#include <gmock/gmock.h>

#include "base/text.h"
#include "drives/medium_codes.h"
#include "tests/drives/a_drive.h"

namespace nearline::drives {
namespace {

using namespace std::chrono_literals;

using scsi::check_condition;
using scsi::good;

std::string hex(const scsi::Bytes& bytes) {
    return base::to_hex(bytes);
}

scsi::ModeSense6 sense_page(std::uint8_t page) {
    scsi::ModeSense6 command;
    command.page_code = page;
    command.allocation_length = 255;
    return command;
}

scsi::LogSense log_page(std::uint8_t page) {
    scsi::LogSense command;
    command.page_control = scsi::LogPageControl::Cumulative;
    command.page_code = page;
    command.allocation_length = 4096;
    return command;
}

DriveProfile profile_with_pages() {
    DriveProfile profile = plain_profile();
    profile.unit.mode_pages.push_back({0x00, 0, false, {}, {}});
    profile.unit.mode_pages.push_back({0x1D, 0, false, scsi::Bytes(30), scsi::Bytes(30)});
    return profile;
}

class Pages : public DriveTest {
protected:
    Pages() : DriveTest(profile_with_pages()) {}
    scsi::Bytes page(std::uint8_t code) { return host.send(log_page(code))->data; }
    // TapeAlert flags of page 2Eh that are set for `reader`.
    std::vector<int> alerts(Host& reader) {
        const scsi::Bytes data = reader.send(log_page(0x2E))->data;
        std::vector<int> set;
        base::ByteReader in(data);
        in.skip(4);
        while (in.remaining() > 0) {
            const int flag = in.u16();
            in.skip(2);
            if (in.u8() == 1) set.push_back(flag);
        }
        EXPECT_TRUE(in.ok());
        return set;
    }
};

// The captured LTO-9: type 98h, device-specific 10h, block descriptor 60 00…; an empty drive
// shows type and density 00h (scsi-tape sheet 1.18).
TEST_F(Pages, TheModeHeaderTellsWhatIsLoaded) {
    power_on();
    EXPECT_EQ(hex(host.send(sense_page(0x00))->data),
              "0b001008"
              "0000000000000000");
    load();
    EXPECT_EQ(hex(host.send(sense_page(0x00))->data),
              "0b981008"
              "6000000000000000");
}

TEST_F(Pages, AWriteProtectedOrOldCartridgeIsToldByWP) {
    power_on();
    media::CartridgeDescription description = a_cartridge().description();
    description.is_write_protected = true;
    load(media::Cartridge(description));
    EXPECT_EQ(hex(host.send(sense_page(0x00))->data),
              "0b989008"
              "6000000000000000");
    present();
    pass(60s);
    drive.remove();
    load(a_cartridge(Generation::Lto8));
    EXPECT_EQ(hex(host.send(sense_page(0x00))->data),
              "0b889008"
              "5e00000000000000");
    EXPECT_THAT(alerts(host), testing::ElementsAre(17));
}

TEST_F(Pages, AWormCartridgeIsToldByTypeAndPage1D) {
    power_on();
    load(a_cartridge(Generation::Lto9, CartridgeType::Worm));
    const std::string page = hex(host.send(sense_page(0x1D))->data);
    EXPECT_EQ(page.substr(0, 8), "2b9c1008");
    EXPECT_EQ(page.substr(24, 8), "1d1e0100");
}

TEST_F(Pages, ModeSelectTakesABlockLengthAndTheMediumsOwnDensity) {
    power_on();
    load();
    const auto select = [&](const char* list) {
        scsi::ModeSelect6 command;
        command.pf = true;
        command.parameter_list_length = 12;
        return host.send(command, *base::from_hex(list))->outcome;
    };
    EXPECT_EQ(select("00001008"
                     "0000000000010000"),
              good());
    EXPECT_EQ(hex(host.send(sense_page(0x00))->data),
              "0b981008"
              "6000000000010000");
    EXPECT_EQ(select("00001008"
                     "7f00000000000200"),
              good());
    EXPECT_EQ(select("00001008"
                     "6000000000000000"),
              good());
    EXPECT_EQ(select("00001008"
                     "5e00000000000000")
                  .sense.asc,
              0x26);
    EXPECT_EQ(select("00001008"
                     "00000000ff800001")
                  .sense.asc,
              0x26);
}

// 00 800000 0001: IBM LTO, scsi-tape sheet 1.6. Allowed with no medium.
TEST_F(Pages, ReadBlockLimits) {
    power_on();
    EXPECT_EQ(hex(host.send(ReadBlockLimits{})->data), "008000000001");
}

// Loaded and idle: 31 17 00; empty: 11 20 00 (captured 15 20 wanted cleaning; scsi-tape 1.19).
TEST_F(Pages, DeviceStatusFollowsTheCartridge) {
    power_on();
    EXPECT_EQ(hex(page(0x11)).substr(8, 16), "0000430411200000");
    insert(a_cartridge());
    EXPECT_EQ(hex(page(0x11)).substr(8, 16), "0000430411940200");
    pass(15s);
    host.clear_attentions();
    EXPECT_EQ(hex(page(0x11)).substr(8, 16), "0000430431170000");
    ASSERT_TRUE(prevent(1));
    EXPECT_EQ(hex(page(0x11)).substr(8, 16), "00004304b1170000");
}

TEST_F(Pages, TapeAlertsAreToldOnceToEachHostAndKeptAsALevel) {
    power_on();
    load();
    ASSERT_TRUE(prevent(1));
    host.at_once(LoadUnload{});
    EXPECT_EQ(hex(page(0x12)),
              "1200000c"
              "00004308"
              "0040000000000000");
    EXPECT_THAT(alerts(host), testing::ElementsAre(10));
    EXPECT_THAT(alerts(host), testing::IsEmpty());
    EXPECT_THAT(alerts(other), testing::ElementsAre(10));
    EXPECT_EQ(hex(page(0x12)),
              "1200000c"
              "00004308"
              "0040000000000000");
    host.at_once(LoadUnload{});
    EXPECT_THAT(alerts(host), testing::ElementsAre(10));  // it happened again
    ASSERT_TRUE(prevent(0));
    host.send(LoadUnload{});
    pass(60s);
    EXPECT_THAT(alerts(other), testing::IsEmpty());
}

TEST_F(Pages, TapeAlertPageHasItsExactLength) {
    power_on();
    EXPECT_EQ(page(0x2E).size(), 4U + 0x140U);
}

TEST_F(Pages, AForeignAndACleaningCartridgeRaiseTheirFlags) {
    power_on();
    load(a_cartridge(Generation::Lto7));
    EXPECT_THAT(alerts(host), testing::ElementsAre(12));
    present();
    pass(3s);
    drive.remove();
    load(a_cartridge(Generation::Lto1, CartridgeType::Cleaning));
    EXPECT_THAT(alerts(host), testing::ElementsAre(11));
}

TEST_F(Pages, StatisticsCountLoadsCleaningsAndHours) {
    power_on();
    load();
    present();
    pass(60s);
    drive.remove();
    load(a_cartridge(Generation::Lto1, CartridgeType::Cleaning));
    pass(2h);
    EXPECT_EQ(hex(page(0x14)).substr(8, 48),
              "0000400400000001"
              "0001400400000001"
              "0002400400000002");
}

TEST_F(Pages, CapacityIsThatOfTheMediumInMebibytes) {
    power_on();
    EXPECT_EQ(hex(page(0x31)).substr(8, 16), "0001c00400000000");
    load();
    // 17166137 MiB are 18 TB, as captured from an LTO-9 (scsi-tape sheet 1.19).
    EXPECT_EQ(hex(page(0x31)).substr(8, 16), "0001c0040105ef39");
}

TEST_F(Pages, LogSelectWithPcrClearsTheFlags) {
    power_on();
    load();
    ASSERT_TRUE(prevent(1));
    host.at_once(LoadUnload{});
    scsi::LogSelect command;
    command.pcr = true;
    command.page_control = scsi::LogPageControl::DefaultCumulative;
    EXPECT_EQ(host.at_once(command), good());
    EXPECT_THAT(alerts(host), testing::IsEmpty());
}

TEST(MediumCodes, AreThoseOfTheConsortiumAndOfThePersonality) {
    EXPECT_EQ(density_code(Generation::Lto9), 0x60);
    EXPECT_EQ(density_code(Generation::LtoM8), 0x5D);
    EXPECT_EQ(density_code(Generation::Unknown), 0x00);
    EXPECT_EQ(medium_type(MediumTypeCoding::Generation, Generation::Lto5, CartridgeType::Worm),
              0x5C);
    EXPECT_EQ(medium_type(MediumTypeCoding::Kind, Generation::Lto5, CartridgeType::Worm), 0x01);
    EXPECT_EQ(medium_type(MediumTypeCoding::Kind, Generation::Lto5, CartridgeType::Data), 0x00);
    EXPECT_EQ(native_capacity_mb(Generation::Lto6), 2'500'000U);
}

}  // namespace
}  // namespace nearline::drives
