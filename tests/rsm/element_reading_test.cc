#include "rsm/element_reading.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace nearline::rsm {
namespace {

scsi::Bytes from_digits(const std::string& digits) {
    return base::from_hex(digits).value();
}

std::string blanks(std::size_t count) {
    std::string digits;
    for (std::size_t at = 0; at < count; ++at) digits += "20";
    return digits;
}

std::string ascii(const std::string& text) {
    return base::to_hex(base::as_bytes(text));
}

// Page bytes as an HPE MSL3040 sends them, behind a mode parameter header (6).
TEST(ElementMap, OfAnMsl3040IsRead) {
    const std::string page = "9d120000000103e9002800650000000100020000";
    for (const std::string header : {"17000000", "1f0000080000000000000000"}) {
        const auto counts = parse_element_map(from_digits(header + page));
        ASSERT_TRUE(counts) << header;
        EXPECT_EQ(counts->robots, 1);
        EXPECT_EQ(counts->slots, 40);
        EXPECT_EQ(counts->ports, 0);
        EXPECT_EQ(counts->drives, 2);
    }
}

TEST(ElementMap, ThatIsCutShortOrAnotherPageIsNotRead) {
    EXPECT_FALSE(parse_element_map(from_digits("")));
    EXPECT_FALSE(parse_element_map(from_digits("170000009d120000000103e90028")));
    EXPECT_FALSE(
        parse_element_map(from_digits("170000009f120000000103e9002800650000000100020000")));
}

// READ ELEMENT STATUS with VOLTAG and DVCID, as an HPE MSL3040 answered it: two drives, and of its
// slots the first three.
std::string msl3040_report() {
    const std::string drives =
        "04800056000000ac"
        "000109000000000000 81040a" +
        ascii("S30002L9") + blanks(28) + "02010022" + ascii("HPE     Ultrium 9-SCSI  8031BDC7D1") +
        "000209000000000000 8103ee" + ascii("Z20001L9") + blanks(28) + "02010022" +
        ascii("HPE     Ultrium 9-SCSI  8031BDC7DB");
    const std::string slots =
        "028000340000009c"
        "03e909000000000000 020000" +
        ascii("CLNU01L9") + blanks(28) +
        "00000000"
        "03ea09000000000000 8103ea" +
        ascii("S20001L9") + blanks(28) +
        "00000000"
        "03eb08000000000000 000000" +
        std::string(72, '0') + "00000000";
    std::string digits = "0001000500000158" + drives + slots;
    std::erase(digits, ' ');
    return digits;
}

TEST(ElementReport, OfAnMsl3040IsRead) {
    const auto report = parse_element_report(from_digits(msl3040_report()));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->byte_count, 0x158U);
    ASSERT_EQ(report->elements.size(), 5U);
    const SeenElement& drive = report->elements.at(0);
    EXPECT_EQ(drive.kind, ElementKind::Drive);
    EXPECT_EQ(drive.address, 1);
    EXPECT_TRUE(drive.is_full);
    EXPECT_EQ(drive.label, "S30002L9");
    EXPECT_EQ(drive.source, 0x040A);
    EXPECT_EQ(drive.vendor, "HPE");
    EXPECT_EQ(drive.product, "Ultrium 9-SCSI");
    EXPECT_EQ(drive.serial, "8031BDC7D1");
    EXPECT_TRUE(report->elements.at(2).is_cleaning);
    EXPECT_EQ(report->elements.at(3).label, "S20001L9");
    EXPECT_FALSE(report->elements.at(4).is_full);
    EXPECT_EQ(report->elements.at(4).label, "");
}

TEST(ElementReport, CutAnywhereHasOnlyWhatCameWhole) {
    const auto whole = from_digits(msl3040_report());
    const auto all = parse_element_report(whole)->elements;
    for (std::size_t length = 8; length < whole.size(); ++length) {
        const auto part = parse_element_report(scsi::BytesView(whole).first(length));
        ASSERT_TRUE(part) << length;
        ASSERT_LE(part->elements.size(), all.size());
        for (std::size_t at = 0; at < part->elements.size(); ++at) {
            EXPECT_EQ(part->elements.at(at), all.at(at)) << length;
        }
    }
}

TEST(ElementReport, WithDescriptorsTooShortIsNotRead) {
    EXPECT_FALSE(
        parse_element_report(from_digits("0001000100000010"
                                         "0200000400000004"
                                         "03e90900")));
    EXPECT_FALSE(parse_element_report(from_digits("000100")));
}

}  // namespace
}  // namespace nearline::rsm
