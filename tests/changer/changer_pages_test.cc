// Mode and log pages, TapeAlert, and what the command table says of itself.
#include "changer/changer_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/changer/a_changer.h"

namespace nearline::changer {
namespace {

using scsi::good;

std::string page(TestChanger& changer, std::string_view cdb) {
    const auto response = changer.run(bytes(cdb));
    EXPECT_TRUE(response.is_good()) << scsi::to_text(response.sense);
    return hex(response.data_in);
}

// Changer sheet 15a; the page's bytes are captured from an HPE MSL3040.
TEST(ElementAddressAssignment, IsTheCaptureOfAnMsl3040) {
    auto changer = an_msl3040().on();
    EXPECT_EQ(page(*changer, "1A 08 1D 00 FF 00"),
              "17 00 00 00 9D 12 00 00 00 01 03 E9 00 28 00 65 00 00 00 01 00 02 00 00");
}

// Changer sheet 15a: a library in the style of IBM's 3573 with 23 slots, a station and a drive.
TEST(ElementAddressAssignment, HasTheCountsOfAllFourTypes) {
    auto changer = a_changer().with_slots(23).with_stations(1).with_drives(1).on();
    EXPECT_EQ(page(*changer, "1A 08 1D 00 FF 00"),
              "17 00 00 00 1D 12 00 01 00 01 10 00 00 17 00 10 00 01 01 00 00 01 00 00");
    EXPECT_EQ(page(*changer, "1A 08 5D 00 FF 00"),  // nothing is changeable
              "17 00 00 00 1D 12" + std::string([] {
                  std::string zeros;
                  for (int at = 0; at < 18; ++at) zeros += " 00";
                  return zeros;
              }()));
}

TEST(TransportGeometry, HasTwoBytesForEachRobot) {
    auto one = a_changer().on();
    EXPECT_EQ(page(*one, "1A 08 1E 00 FF 00"), "07 00 00 00 1E 02 00 00");  // as HPE's
    auto description = a_changer();
    description.counts.robots = 2;
    auto two = std::move(description).on();
    EXPECT_EQ(page(*two, "1A 08 1E 00 FF 00"), "09 00 00 00 1E 04 00 00 00 01");
}

// Changer sheet 5.3, HPE without a station: 0A, 07, 0A 0A 00 0A, 00 0A 00 0A.
TEST(DeviceCapabilities, LacksTheBitsOfKindsThatAreMissing) {
    auto changer = an_msl3040().on();
    EXPECT_EQ(page(*changer, "1A 08 1F 00 FF 00"),
              "17 00 00 00 1F 12 0A 07 0A 0A 00 0A 00 00 00 00 00 0A 00 0A 00 00 00 00");
}

TEST(DeviceCapabilities, PromisesNoExchangeThatIsUnsupported) {
    auto changer = a_changer()
                       .with_profile([](ChangerProfile& profile) {
                           profile.unit.unsupported.insert(ExchangeMedium::opcode);
                       })
                       .on();
    EXPECT_EQ(page(*changer, "1A 08 1F 00 FF 00"),
              "17 00 00 00 1F 12 0E 03 0E 0E 0E 0E 00 00 00 00 00 00 00 00 00 00 00 00");
}

constexpr std::string_view kReadTapeAlert = "4D 00 6E 00 00 00 00 01 44 00";  // sheet 15a

// The flags of TapeAlert that are set for `host`, which thereby reads them.
std::vector<unsigned> flags(TestChanger& changer, scsi::LocalInitiator& host) {
    changer.attentions(host);
    const auto response = changer.run(host, bytes(kReadTapeAlert), 0x144);
    EXPECT_EQ(response.data_in.size(), 324U);
    base::ByteReader in(response.data_in);
    in.skip(4);
    std::vector<unsigned> set;
    while (in.remaining() > 0) {
        const unsigned flag = in.u16();
        in.skip(2);
        if (in.u8() != 0) set.push_back(flag);
    }
    return set;
}
std::vector<unsigned> flags(TestChanger& changer) {
    return flags(changer, *changer.host);
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TapeAlert, HasSixtyFourParametersOfOneByte) {
    auto changer = a_changer().on();
    const std::string data = page(*changer, kReadTapeAlert);
    // Changer sheet 6.1: HPE's begins so.
    EXPECT_EQ(data.substr(0, 26), "2E 00 01 40 00 01 40 01 00");
    EXPECT_THAT(flags(*changer), IsEmpty());
}

TEST(TapeAlert, IsClearedByReadingForTheReaderAlone) {
    auto changer = a_changer().on();
    ASSERT_TRUE(changer->changer->set_online(false));
    changer->attentions();
    // Four bytes of header tell nothing, so they clear nothing.
    EXPECT_EQ(page(*changer, "4D 00 6E 00 00 00 00 00 04 00"), "2E 00 01 40");
    EXPECT_THAT(flags(*changer), ElementsAre(21U));
    EXPECT_THAT(flags(*changer), IsEmpty());
    EXPECT_THAT(flags(*changer, *changer->other), ElementsAre(21U));
    ASSERT_TRUE(changer->changer->set_online(true));
    ASSERT_TRUE(changer->changer->set_online(false));  // gone and come again
    EXPECT_THAT(flags(*changer), ElementsAre(21U));
}

TEST(TapeAlert, TellsOfDoorMagazineLabelAndRobot) {
    auto changer = a_changer()
                       .with_magazines_of(5)
                       .with({.label = "ABC001L9", .is_label_readable = false}, slot(0))
                       .on();
    EXPECT_THAT(flags(*changer), ElementsAre(32U));
    ASSERT_TRUE(changer->changer->open_door());
    EXPECT_THAT(flags(*changer), ElementsAre(16U, 19U));
    ASSERT_TRUE(changer->changer->close_door());
    changer->run_until_idle();
    flags(*changer);
    ASSERT_TRUE(changer->changer->pull_magazine(1));
    EXPECT_THAT(flags(*changer), ElementsAre(18U));
    changer->changer->obstruct_robot(RobotAction::Pick, 1);
    changer->changer->obstruct_robot(RobotAction::Place, 2);
    changer->move(slot(0), slot(1));
    EXPECT_THAT(flags(*changer), ElementsAre(12U, 13U, 14U));
    changer->changer->obstruct_robot(RobotAction::Stop, 2);
    changer->move(kRobot, slot(1));
    EXPECT_THAT(flags(*changer), ElementsAre(3U, 12U));
}

TEST(TapeAlert, IsForgottenByResetAndLogSelect) {
    auto changer = a_changer().on();
    ASSERT_TRUE(changer->changer->set_online(false));
    changer->device.manage(scsi::TaskManagementFunction::LogicalUnitReset, changer->host->nexus(),
                           scsi::simple_lun(0));
    EXPECT_THAT(flags(*changer), IsEmpty());
    ASSERT_TRUE(changer->changer->set_online(true));
    ASSERT_TRUE(changer->changer->set_online(false));
    changer->attentions();
    ASSERT_TRUE(changer->run(bytes("4C 02 40 00 00 00 00 00 00 00")).is_good());  // PCR
    EXPECT_THAT(flags(*changer, *changer->other), IsEmpty());
}

AChanger with_statistics() {
    return a_changer().with_profile([](ChangerProfile& profile) {
        profile.unit.log_pages.push_back({.code = 0x14, .subpage = 0, .parameters = {}});
        profile.unit.log_pages.push_back({.code = 0x15, .subpage = 0, .parameters = {}});
    });
}

std::map<unsigned, std::vector<std::uint32_t>> counters(TestChanger& changer,
                                                        std::string_view cdb) {
    std::map<unsigned, std::vector<std::uint32_t>> found;
    const auto response = changer.run(bytes(cdb));
    base::ByteReader in(response.data_in);
    in.skip(4);
    while (in.remaining() > 0) {
        const unsigned code = in.u16();
        in.skip(1);
        for (int left = in.u8() / 4; left > 0; --left) found[code].push_back(in.u32());
    }
    EXPECT_TRUE(in.ok());
    return found;
}

TEST(Statistics, CountWhatTheRobotDid) {
    auto changer = with_statistics().with_cartridge("ABC001L9", slot(0)).on();
    changer->changer->obstruct_robot(RobotAction::Pick, 1);
    ASSERT_EQ(changer->move(slot(0), slot(1)), good());
    auto all = counters(*changer, "4D 00 54 00 00 00 00 FF FF 00");
    EXPECT_THAT(all[0], ElementsAre(1U));   // moves
    EXPECT_THAT(all[1], ElementsAre(1U));   // picks
    EXPECT_THAT(all[2], ElementsAre(1U));   // pick retries
    EXPECT_THAT(all[3], ElementsAre(1U));   // places
    EXPECT_THAT(all[4], ElementsAre(0U));   // place retries
    EXPECT_THAT(all[5], ElementsAre(1U));   // volume tags read
    EXPECT_THAT(all[9], ElementsAre(1U));   // inventory scans
    EXPECT_THAT(all[11], ElementsAre(1U));  // recovered errors
    auto elements = counters(*changer, "4D 00 55 00 00 00 00 FF FF 00");
    EXPECT_THAT(elements[0x1000], ElementsAre(0U, 0U, 1U, 1U, 1U, 0U));
    EXPECT_THAT(elements[0x1001], ElementsAre(1U, 0U, 0U, 0U, 0U, 0U));
}

TEST(Statistics, AreNotThereUnlessTheProfileListsThem) {
    auto with = with_statistics().on();
    EXPECT_EQ(page(*with, "4D 00 40 00 00 00 00 00 FF 00"), "00 00 00 04 00 14 15 2E");
    auto without = a_changer().on();
    EXPECT_EQ(page(*without, "4D 00 40 00 00 00 00 00 FF 00"), "00 00 00 02 00 2E");
    EXPECT_TRUE(
        without->run(bytes("4D 00 54 00 00 00 00 FF FF 00")).sense.is(scsi::kInvalidFieldInCdb));
}

// SPC-4 6.35.3: one command, with the bits it evaluates.
TEST(ReportSupportedOperationCodes, ShowsTheBitsOfMoveMedium) {
    auto changer = a_changer().on();
    EXPECT_EQ(page(*changer, "A3 0C 01 A5 00 00 00 00 00 FF 00 00"),
              "00 03 00 0C A5 00 FF FF FF FF FF FF 00 00 00 C0");
    EXPECT_EQ(page(*changer, "A3 0C 01 B8 00 00 00 00 00 FF 00 00"),
              "00 03 00 0C B8 FF FF FF FF FF 03 FF FF FF 00 00");
    EXPECT_EQ(page(*changer, "A3 0C 01 A7 00 00 00 00 00 FF 00 00").substr(0, 5), "00 01");
}

}  // namespace
}  // namespace nearline::changer
