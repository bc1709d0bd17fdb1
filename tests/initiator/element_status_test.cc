#include "initiator/element_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/initiator/msl3040.h"
#include "tests/initiator/scripted_initiator.h"

namespace nearline::initiator {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// 52 + 8, 172 + 8 and 156 + 8 bytes: 0194h.
scsi::Bytes whole_report() {
    return bytes_of("0000 0006 00 000194" + msl3040_robots() + msl3040_drives() + msl3040_slots());
}

TEST(ElementReport, OfAnMsl3040IsReadWhole) {
    const auto report = parse_element_report(whole_report());
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->element_count, 6);
    EXPECT_EQ(report->byte_count, 0x194U);
    ASSERT_THAT(report->elements, SizeIs(6));

    const Element& robot = report->elements.at(0);
    EXPECT_EQ(robot.type, ElementType::MediumTransport);
    EXPECT_TRUE(robot.is_accessible);  // a robot has no ACCESS bit and can always be used
    EXPECT_FALSE(robot.is_full);

    const Element& drive = report->elements.at(1);
    EXPECT_EQ(drive.type, ElementType::DataTransfer);
    EXPECT_EQ(drive.address, ElementAddress{1});
    EXPECT_TRUE(drive.is_full);
    EXPECT_EQ(drive.volume_tag, "S30002L9");
    EXPECT_EQ(drive.source, ElementAddress{0x040A});
    EXPECT_EQ(drive.medium_type, 1);
    EXPECT_EQ(drive.drive_serial(), "8031BDC7D1");
    EXPECT_EQ(drive.drive_product(), "HPE Ultrium 9-SCSI");

    const Element& cleaning = report->elements.at(3);
    EXPECT_EQ(cleaning.address, ElementAddress{0x03E9});
    EXPECT_EQ(cleaning.medium_type, 2);
    EXPECT_FALSE(cleaning.source.has_value());  // SVALID is clear

    const Element& empty = report->elements.at(5);
    EXPECT_FALSE(empty.is_full);
    EXPECT_TRUE(empty.is_accessible);
    EXPECT_EQ(empty.volume_tag, "");
}

TEST(ElementReport, CutShortHasWhatCameWhole) {
    const scsi::Bytes whole = whole_report();
    for (std::size_t size = 8; size <= whole.size(); ++size) {
        const auto report = parse_element_report(scsi::BytesView(whole).first(size));
        ASSERT_TRUE(report.has_value()) << size;
        EXPECT_EQ(report->byte_count, 0x194U);
        EXPECT_LE(report->elements.size(), 6U);
        EXPECT_EQ(report->elements.size() == 6, size == whole.size()) << size;
    }
}

TEST(ElementReport, WithoutAWholeHeaderIsNone) {
    const scsi::Bytes whole = whole_report();
    for (std::size_t size = 0; size < 8; ++size) {
        EXPECT_FALSE(parse_element_report(scsi::BytesView(whole).first(size)).has_value());
    }
}

TEST(ElementReport, WithDescriptorsTooShortToTellApartIsNonsense) {
    const auto report =
        parse_element_report(bytes_of("0000 0001 00 000010"
                                      "02 00 0000 00 000008 0000000000000000"));
    ASSERT_FALSE(report.has_value());
    EXPECT_THAT(report.error(), HasSubstr("descriptors of 0 bytes"));
}

TEST(ElementReport, HidesWhatATerminalMustNotSee) {
    std::string label = "AB\x1b[2J";
    const auto report =
        parse_element_report(bytes_of("0000 0001 00 000038 02 80 0030 00 000030"
                                      "03E9 09 00 0000 000000 01 0000" +
                                      tag_field(label)));
    ASSERT_TRUE(report.has_value());
    ASSERT_THAT(report->elements, SizeIs(1));
    EXPECT_EQ(report->elements.at(0).volume_tag, "AB?[2J");
}

TEST(ElementReport, TellsExceptionsAndTheStationsFlags) {
    // EXCEPT with 83h/00h; then a station with OIR, INENAB, EXENAB, ACCESS, IMPEXP and FULL.
    const auto report =
        parse_element_report(bytes_of("0000 0002 00 000034"
                                      "02 00 0010 00 000010 0400 0D 00 8300 000000 00 0000 00000000"
                                      "03 00 000C 00 00000C 0010 BB 00 0000 000000 00 0000"));
    ASSERT_TRUE(report.has_value());
    ASSERT_THAT(report->elements, SizeIs(2));
    const Element& slot = report->elements.at(0);
    EXPECT_TRUE(slot.is_abnormal);
    EXPECT_EQ(slot.asc, 0x83);
    EXPECT_FALSE(slot.can_import);
    const Element& station = report->elements.at(1);
    EXPECT_TRUE(station.needs_operator);
    EXPECT_TRUE(station.can_import);
    EXPECT_TRUE(station.can_export);
    EXPECT_TRUE(station.is_imported);
    EXPECT_FALSE(station.is_abnormal);
}

TEST(ElementReport, SkipsTypesThatNoStandardKnows) {
    const auto report =
        parse_element_report(bytes_of("0000 0001 00 000014"
                                      "0F 00 000C 00 00000C"
                                      "0010 09 00 0000 000000 00 0000"));
    ASSERT_TRUE(report.has_value());
    EXPECT_THAT(report->elements, IsEmpty());
}

TEST(DriveSerial, IsAllOfAVendorSpecificIdentifier) {
    Element drive;
    drive.identifier = "HU1234567A";
    EXPECT_EQ(drive.drive_serial(), "HU1234567A");
    EXPECT_EQ(drive.drive_product(), "");
}

}  // namespace
}  // namespace nearline::initiator
