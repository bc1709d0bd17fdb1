#include "changer/changer_commands.h"

#include <gtest/gtest.h>

#include "tests/changer/a_changer.h"

namespace nearline::changer {
namespace {

// Changer sheet 15a, "byte-exact examples": as clients send them.
TEST(ChangerCommands, AreTheBytesClientsSend) {
    EXPECT_EQ(hex(scsi::encode_cdb(InitializeElementStatus{})), "07 00 00 00 00 00");
    EXPECT_EQ(hex(scsi::encode_cdb(PositionToElement{{}, ElementAddress{0x1005}})),
              "2B 00 00 00 10 05 00 00 00 00");
    EXPECT_EQ(hex(scsi::encode_cdb(MoveMedium{{}, ElementAddress{0x1005}, ElementAddress{0x100}})),
              "A5 00 00 00 10 05 01 00 00 00 00 00");
    EXPECT_EQ(hex(scsi::encode_cdb(ExchangeMedium{
                  {}, ElementAddress{0x1002}, ElementAddress{0x100}, ElementAddress{0x1002}})),
              "A6 00 00 00 10 02 01 00 10 02 00 00");
    EXPECT_EQ(hex(scsi::encode_cdb(ReadElementStatus{
                  .voltag = true, .number_of_elements = 0xFFFF, .allocation_length = 8})),
              "B8 10 00 00 FF FF 00 00 00 08 00 00");
    EXPECT_EQ(hex(scsi::encode_cdb(ReadElementStatus{.voltag = true,
                                                     .element_type = 4,
                                                     .number_of_elements = 0xFFFF,
                                                     .dvcid = true,
                                                     .allocation_length = 0xFFFF})),
              "B8 14 00 00 FF FF 01 00 FF FF 00 00");
    EXPECT_EQ(hex(scsi::encode_cdb(OpenCloseImportExportElement{ElementAddress{0x10}})),
              "1B 00 00 10 00 00");
    EXPECT_EQ(hex(scsi::encode_cdb(
                  OpenCloseImportExportElement{ElementAddress{0x10}, ImportExportAction::Close})),
              "1B 00 00 10 01 00");
}

// SMC-3 table 12; the station option as mtx puts it (changer sheet 4.4).
TEST(ChangerCommands, ShareNoBits) {
    EXPECT_EQ(hex(scsi::encode_cdb(
                  InitializeElementStatusWithRange{{.fast = true,
                                                    .range = true,
                                                    .starting_element = ElementAddress{0x1234},
                                                    .number_of_elements = 0x5678}})),
              "37 03 12 34 00 00 56 78 00 00");
    LegacyInitializeElementStatusWithRange legacy;
    legacy.range = true;
    legacy.no_bar_code_label = true;
    EXPECT_EQ(hex(scsi::encode_cdb(legacy)), "E7 01 00 00 00 00 00 00 00 80");
    EXPECT_EQ(hex(scsi::encode_cdb(MoveMedium{ElementAddress{1}, ElementAddress{2},
                                              ElementAddress{3}, StationOption::Retract})),
              "A5 00 00 01 00 02 00 03 00 00 00 80");
    EXPECT_EQ(
        hex(scsi::encode_cdb(ReadElementStatus{.lun = 1, .element_type = 2, .curdata = true})),
        "B8 22 00 00 00 00 02 00 00 00 00 00");
}

template <typename Command>
void expect_round_trip(std::uint8_t fill) {
    scsi::Bytes all(Command::length, fill);
    const auto decoded = scsi::decode_fields<Command>(all);
    const auto again = scsi::encode_fields(decoded);
    const auto mask = scsi::field_mask<Command>();
    for (std::size_t at = 0; at < all.size(); ++at) {
        EXPECT_EQ(again[at], all[at] & mask[at]) << Command::name << " byte " << at;
    }
}

TEST(ChangerCommands, ComeBackAsTheyWereSent) {
    for (const std::uint8_t fill : {0x00, 0xFF, 0xA5, 0x5A}) {
        expect_round_trip<InitializeElementStatus>(fill);
        expect_round_trip<InitializeElementStatusWithRange>(fill);
        expect_round_trip<LegacyInitializeElementStatusWithRange>(fill);
        expect_round_trip<OpenCloseImportExportElement>(fill);
        expect_round_trip<PositionToElement>(fill);
        expect_round_trip<MoveMedium>(fill);
        expect_round_trip<ExchangeMedium>(fill);
        expect_round_trip<ReadElementStatus>(fill);
    }
}

}  // namespace
}  // namespace nearline::changer
