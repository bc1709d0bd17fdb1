// SEND VOLUME TAG and REQUEST VOLUME ELEMENT ADDRESS, byte for byte (changer sheet 4.9 and 4.10).
#include <gtest/gtest.h>

#include "changer/volume_search.h"
#include "tests/changer/a_changer.h"

namespace nearline::changer {
namespace {

TEST(LabelTemplates, KnowTwoWildCards) {
    const auto matches = [](std::string_view sent, std::string_view label) {
        return LabelTemplate::from(sent)->matches(label);
    };
    EXPECT_TRUE(matches("ABC001L9", "ABC001L9"));
    EXPECT_TRUE(matches("ABC001L9        ", "ABC001L9"));
    EXPECT_TRUE(matches(std::string_view("ABC001L9\0\0", 10), "ABC001L9"));
    EXPECT_FALSE(matches("ABC001", "ABC001L9"));
    EXPECT_FALSE(matches("ABC001L9X", "ABC001L9"));
    EXPECT_TRUE(matches("ABC*", "ABC001L9"));
    EXPECT_TRUE(matches("*", "ABC001L9"));
    EXPECT_TRUE(matches("?BC??1L9", "ABC001L9"));
    EXPECT_FALSE(matches("?BC??2L9", "ABC001L9"));
    EXPECT_FALSE(matches("", "ABC001L9"));
    EXPECT_FALSE(LabelTemplate::from("ABC*L9").has_value());
}

class VolumeTags : public testing::Test {
protected:
    std::string ask(scsi::LocalInitiator& from, std::string_view cdb, scsi::Bytes list = {}) {
        const auto answer = changer->run(from, bytes(cdb), 0x10000, std::move(list));
        return answer.is_good() ? "GOOD " + hex(answer.data_in) : scsi::to_text(answer.sense);
    }
    std::string ask(std::string_view cdb, scsi::Bytes list = {}) {
        return ask(*changer->host, cdb, std::move(list));
    }
    static scsi::Bytes list(std::string_view label, std::uint16_t least = 0) {
        scsi::Bytes bytes;
        base::ByteWriter(bytes).padded_text(label, 32).u16(0).u16(least).u16(0).u16(0xFFFF);
        return bytes;
    }

    std::unique_ptr<TestChanger> changer = a_changer()
                                               .with_slots(4)
                                               .with_drives(1)
                                               .with_cartridge("ABC001L9", slot(1))
                                               .with_cartridge("ABC002L9", slot(2))
                                               .with_cartridge("XYZ003L9", slot(3))
                                               .with_cartridge("ABC004L9", drive(0))
                                               .on();
};

// Linux ch and CASTOR send action 5 with 40 bytes; a drive stands before the slots here.
TEST_F(VolumeTags, FindElementsByTheirLabels) {
    EXPECT_EQ(ask("B6 00 00 00 00 05 00 00 00 28 00 00", list("ABC001L9")), "GOOD ");
    EXPECT_EQ(ask("B5 10 00 00 FF FF 00 00 10 00 00 00"),
              "GOOD 10 01 00 01 05 00 00 3C "
              "02 80 00 34 00 00 00 34 "
              "10 01 09 00 00 00 00 00 00 01 00 00 " +
                  hex(bytes("4142433030314C39")) + " " + hex(scsi::Bytes(24, 0x20)) + " " +
                  hex(scsi::Bytes(4)) + " 00 00 00 00");
    // Once for each search.
    EXPECT_EQ(ask("B5 10 00 00 FF FF 00 00 10 00 00 00"), "GOOD 00 00 00 00 05 00 00 00");
}

TEST_F(VolumeTags, TellWhatDidNotFitTheNextTime) {
    EXPECT_EQ(ask("B6 00 00 00 00 05 00 00 00 28 00 00", list("ABC*")), "GOOD ");
    EXPECT_EQ(ask("B5 00 00 00 FF FF 00 00 00 20 00 00").substr(0, 28),
              "GOOD 01 00 00 03 05 00 00 40");  // three there are; the drive's is told
    const std::string rest = ask("B5 00 00 00 FF FF 00 00 FF FF 00 00");
    EXPECT_EQ(rest.substr(0, 28), "GOOD 10 01 00 02 05 00 00 28");
    EXPECT_EQ(ask("B5 00 00 00 FF FF 00 00 FF FF 00 00"), "GOOD 00 00 00 00 05 00 00 00");
}

TEST_F(VolumeTags, AskForAKindAPlaceAndACount) {
    EXPECT_EQ(ask("B6 02 10 02 00 00 00 00 00 28 00 00", list("???00?L9")), "GOOD ");
    EXPECT_EQ(ask("B5 02 00 00 00 01 00 00 FF FF 00 00").substr(0, 16), "GOOD 10 02 00 01");
    EXPECT_EQ(ask("B5 04 00 00 FF FF 00 00 FF FF 00 00").substr(0, 16), "GOOD 00 00 00 00");
    EXPECT_EQ(ask("B5 00 00 00 FF FF 00 00 FF FF 00 00").substr(0, 16), "GOOD 10 03 00 01");
}

TEST_F(VolumeTags, HaveNoAlternatesAndNoSequenceNumbers) {
    for (const auto* action : {"02", "06"}) {
        EXPECT_EQ(ask("B6 00 00 00 00 " + std::string(action) + " 00 00 00 28 00 00", list("*")),
                  "GOOD ");
        EXPECT_EQ(ask("B5 00 00 00 FF FF 00 00 FF FF 00 00").substr(0, 16), "GOOD 00 00 00 00");
    }
    EXPECT_EQ(ask("B6 00 00 00 00 01 00 00 00 28 00 00", list("*", 1)), "GOOD ");
    EXPECT_EQ(ask("B5 00 00 00 FF FF 00 00 FF FF 00 00").substr(0, 16), "GOOD 00 00 00 00");
    EXPECT_EQ(ask("B6 00 00 00 00 05 00 00 00 28 00 00", list("*", 1)), "GOOD ");
    EXPECT_EQ(ask("B5 00 00 00 FF FF 00 00 FF FF 00 00").substr(0, 16), "GOOD 01 00 00 04");
}

TEST_F(VolumeTags, ArePrintedAndNotSet) {
    EXPECT_EQ(ask("B6 00 10 01 00 08 00 00 00 28 00 00", list("NEW001L9")),
              "5/24/00 INVALID FIELD IN CDB, CDB byte 5 bit 4");
}

TEST_F(VolumeTags, RefuseWhatMakesNoSense) {
    EXPECT_EQ(ask("B5 00 00 00 FF FF 00 00 FF FF 00 00"), "5/2C/00 COMMAND SEQUENCE ERROR");
    EXPECT_EQ(ask("B6 05 00 00 00 05 00 00 00 28 00 00", list("*")),
              "5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 3");
    EXPECT_EQ(ask("B6 00 20 00 00 05 00 00 00 28 00 00", list("*")),
              "5/21/01 INVALID ELEMENT ADDRESS, CDB byte 2");
    EXPECT_EQ(ask("B6 00 00 00 00 05 00 00 00 27 00 00", scsi::Bytes(39)),
              "5/1A/00 PARAMETER LIST LENGTH ERROR");
    EXPECT_EQ(ask("B6 00 00 00 00 05 00 00 00 28 00 00", list("A*B")),
              "5/26/00 INVALID FIELD IN PARAMETER LIST, parameter byte 0");
    // 255 bytes stated, 40 sent.
    EXPECT_EQ(ask("B6 00 00 00 00 05 00 00 00 FF 00 00", list("*")), "GOOD ");
    EXPECT_EQ(ask("B5 05 00 00 FF FF 00 00 FF FF 00 00"),
              "5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 3");
    EXPECT_EQ(ask(*changer->other, "B5 00 00 00 FF FF 00 00 FF FF 00 00"),
              "5/2C/00 COMMAND SEQUENCE ERROR");  // a search of one's own
}

}  // namespace
}  // namespace nearline::changer
