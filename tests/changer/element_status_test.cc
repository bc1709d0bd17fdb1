#include "changer/element_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/changer/a_changer.h"

namespace nearline::changer {
namespace {

using base::Bytes;
using base::ByteWriter;

void add_tag(ByteWriter& out, std::string_view label) {
    out.padded_text(label, 36);
}

// The rows of the sheet's example, put together as it prints them.
Bytes captured() {
    Bytes data;
    ByteWriter out(data);
    out.bytes(bytes("0000 002B 00 000918"));
    out.bytes(bytes("01 80 0034 00 000034"));
    out.bytes(bytes("0000 00 00 0000 000000 00 0000")).zeros(36).zeros(4);
    out.bytes(bytes("04 80 0056 00 0000AC"));
    out.bytes(bytes("0001 09 00 0000 000000 81 040A"));
    add_tag(out, "S30002L9");
    out.bytes(bytes("02 01 00 22")).text("HPE     Ultrium 9-SCSI  8031BDC7D0");
    out.bytes(bytes("0002 09 00 0000 000000 81 03EE"));
    add_tag(out, "Z20001L9");
    out.bytes(bytes("02 01 00 22")).text("HPE     Ultrium 9-SCSI  8031BDC7D1");
    out.bytes(bytes("02 80 0034 00 000820"));
    out.bytes(bytes("03E9 09 00 0000 000000 02 0000"));
    add_tag(out, "CLNU01L9");
    out.zeros(4);
    out.bytes(bytes("03EA 09 00 0000 000000 81 03EA"));
    add_tag(out, "S20001L9");
    out.zeros(4);
    for (std::uint16_t address = 0x03EB; address < 0x03E9 + 40; ++address) {
        out.u16(address).bytes(bytes("08 00 0000 000000 00 0000")).zeros(36).zeros(4);
    }
    return data;
}

TEST(ReadElementStatus, IsTheCaptureOfAnMsl3040ByteForByte) {
    auto library = an_msl3040().on();
    const auto response = library->run(bytes("B8 10 00 00 01 00 03 01 00 00 00 00"));
    ASSERT_TRUE(response.is_good());
    EXPECT_EQ(response.data_in.size(), 2336U);
    EXPECT_EQ(hex(response.data_in), hex(captured()));
}

TEST(ReadElementStatus, TellsTheWholeLengthToWhoAsksForEightBytes) {
    auto library = an_msl3040().on();
    const auto response = library->run(bytes("B8 10 00 00 FF FF 01 00 00 08 00 00"));
    EXPECT_EQ(hex(response.data_in), "00 00 00 2B 00 00 09 18");
}

TEST(ReadElementStatus, SendsOnlyWholeDescriptorsAndWholePageHeaders) {
    auto library = an_msl3040().on();
    const Bytes whole = captured();
    const auto length_for = [&](std::uint32_t allocation_length) {
        const auto response = library->run(
            scsi::encode_cdb(ReadElementStatus{.voltag = true,
                                               .number_of_elements = 0xFFFF,
                                               .dvcid = true,
                                               .allocation_length = allocation_length}));
        EXPECT_TRUE(response.is_good());
        EXPECT_TRUE(std::equal(response.data_in.begin(), response.data_in.end(), whole.begin()));
        return response.data_in.size();
    };
    EXPECT_EQ(length_for(0), 0U);
    EXPECT_EQ(length_for(8), 8U);
    EXPECT_EQ(length_for(15), 8U);   // no partial page header
    EXPECT_EQ(length_for(16), 16U);  // a page header with nothing behind it
    EXPECT_EQ(length_for(67), 16U);
    EXPECT_EQ(length_for(68), 68U);  // and its only descriptor
    EXPECT_EQ(length_for(75), 68U);
    EXPECT_EQ(length_for(76 + 85), 76U);
    EXPECT_EQ(length_for(76 + 86), 162U);
    EXPECT_EQ(length_for(2335), 2336U - 52U);
    EXPECT_EQ(length_for(2336), 2336U);
}

TEST(ReadElementStatus, HasTheFourLengthsOfADescriptor) {
    auto library = an_msl3040().on();
    const auto length = [&](std::uint8_t type, bool voltag, bool dvcid) {
        const auto response =
            library->run(scsi::encode_cdb(ReadElementStatus{.voltag = voltag,
                                                            .element_type = type,
                                                            .number_of_elements = 1,
                                                            .dvcid = dvcid,
                                                            .allocation_length = 0xFFFF}));
        return response.data_in.size() - 16;
    };
    EXPECT_EQ(length(4, false, false), 0x10U);  // changer sheet 4.8.3
    EXPECT_EQ(length(4, true, false), 0x34U);
    EXPECT_EQ(length(4, false, true), 0x32U);
    EXPECT_EQ(length(4, true, true), 0x56U);
    EXPECT_EQ(length(2, true, true), 0x34U);  // identifiers are for drives only
}

TEST(ReadElementStatus, CountsOverAllTypesTogetherInOrderOfAddress) {
    auto library = an_msl3040().on();
    const auto response = library->run(bytes("B8 00 00 00 00 04 00 00 FF FF 00 00"));
    // Robot 0, drives 1 and 2, and the first slot: three pages.
    EXPECT_EQ(hex(response.data_in).substr(0, 23), "00 00 00 04 00 00 00 58");
    EXPECT_EQ(response.data_in.size(), 8U + 3 * 8 + 4 * 16);
}

TEST(ReadElementStatus, BeginsAtTheStartingAddressWhetherItExistsOrNot) {
    auto library = an_msl3040().on();
    const auto header = [&](const char* cdb) {
        return hex(library->run(bytes(cdb)).data_in).substr(0, 11);
    };
    EXPECT_EQ(header("B8 02 04 10 FF FF 00 00 FF FF 00 00"), "04 10 00 01");
    EXPECT_EQ(header("B8 00 00 03 FF FF 00 00 FF FF 00 00"), "03 E9 00 28");  // between the types
}

TEST(ReadElementStatus, OfATypePastItsEndIsEmptyNotWrong) {
    auto library = an_msl3040().on();
    EXPECT_EQ(hex(library->run(bytes("B8 02 04 11 FF FF 00 00 FF FF 00 00")).data_in),
              "00 00 00 00 00 00 00 00");
    EXPECT_EQ(hex(library->run(bytes("B8 03 00 00 FF FF 00 00 FF FF 00 00")).data_in),
              "00 00 00 00 00 00 00 00");  // this library has no station
    EXPECT_EQ(hex(library->run(bytes("B8 00 00 00 00 00 00 00 FF FF 00 00")).data_in),
              "00 00 00 00 00 00 00 00");  // none asked for
}

TEST(ReadElementStatus, OfAllTypesPastTheEndIsAnInvalidAddress) {
    auto library = an_msl3040().on();
    const auto response = library->run(bytes("B8 00 04 11 FF FF 00 00 FF FF 00 00"));
    EXPECT_EQ(response.sense, scsi::kInvalidElementAddress.at_byte(2));
}

TEST(ReadElementStatus, RefusesUnknownTypesAndReservedBits) {
    auto library = an_msl3040().on();
    EXPECT_EQ(library->run(bytes("B8 05 00 00 FF FF 00 00 FF FF 00 00")).sense,
              scsi::kInvalidFieldInCdb.at_byte(1, 3));
    // Captured: byte 6 of 12h gives sense bytes 15 to 17 of CC 00 06.
    const auto sense = library->run(bytes("B8 10 00 00 FF FF 12 00 FF FF 00 00")).sense;
    EXPECT_EQ(hex(scsi::encode_sense(sense, scsi::SenseFormat::Fixed)),
              "70 00 05 00 00 00 00 0A 00 00 00 00 24 00 00 CC 00 06");
    // MIXED.
    EXPECT_EQ(library->run(bytes("B8 10 00 00 FF FF 04 00 FF FF 00 00")).sense,
              scsi::kInvalidFieldInCdb.at_byte(6, 2));
}

TEST(ReadElementStatus, IgnoresTheLunOldInitiatorsPutIntoByteOne) {
    auto library = an_msl3040().on();
    EXPECT_TRUE(library->run(bytes("B8 E2 00 00 FF FF 00 00 FF FF 00 00")).is_good());
}

TEST(Descriptor, OfAStationSaysWhoPutTheCartridgeThere) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    // Changer sheet 4.8.4: 38h empty, 39h exported, 3Bh imported.
    EXPECT_EQ(hex(changer->descriptor(station(0))).substr(0, 8), "00 10 38");
    ASSERT_TRUE(changer->move(slot(0), station(0)).is_good());
    EXPECT_EQ(hex(changer->descriptor(station(0))).substr(0, 8), "00 10 39");
    ASSERT_TRUE(changer->changer->insert(media::Cartridge({.label = "NEW001L9"}), station(1)));
    changer->run_until_idle();
    changer->attentions();
    // Changer sheet 15a: imported data cartridge.
    EXPECT_EQ(hex(changer->descriptor(station(1))).substr(0, 35),
              "00 11 3B 00 00 00 00 00 00 01 00 00");
}

TEST(Descriptor, PadsLabelsAsTheProfileSays) {
    const auto tag = [](LabelPadding padding, EmptyTag empty, ElementAddress address) {
        auto changer = a_changer()
                           .with_cartridge("ABC001L9", slot(0))
                           .with_profile([&](ChangerProfile& profile) {
                               profile.label_padding = padding;
                               profile.empty_tag = empty;
                           })
                           .on();
        const Bytes descriptor = changer->descriptor(address);
        return std::string(descriptor.begin() + 12, descriptor.begin() + 48);
    };
    const std::string zeros(4, '\0');
    EXPECT_EQ(tag(LabelPadding::BlanksThenZeros, EmptyTag::Zeros, slot(0)),
              "ABC001L9" + std::string(24, ' ') + zeros);
    EXPECT_EQ(tag(LabelPadding::AllBlanks, EmptyTag::Zeros, slot(0)),
              "ABC001L9" + std::string(28, ' '));
    EXPECT_EQ(tag(LabelPadding::AllBlanks, EmptyTag::Zeros, slot(1)), std::string(36, '\0'));
    EXPECT_EQ(tag(LabelPadding::AllBlanks, EmptyTag::Blanks, slot(1)), std::string(36, ' '));
}

TEST(Descriptor, OfAnUnreadableOrMissingLabelIsFullAndExceptional) {
    auto changer = a_changer()
                       .with({.label = "ABC001L9", .is_label_readable = false}, slot(0))
                       .with(media::CartridgeDescription{}, slot(1))
                       .on();
    for (const int number : {0, 1}) {
        const Bytes descriptor = changer->descriptor(slot(number));
        // Full, Except, Access; 83/01.
        EXPECT_EQ(hex(descriptor).substr(6, 11), "0D 00 83 01") << number;
        EXPECT_EQ(std::string(descriptor.begin() + 12, descriptor.begin() + 48),
                  std::string(36, '\0'));
    }
}

TEST(Descriptor, NamesTheKindOfMedium) {
    auto changer = a_changer()
                       .with_cartridge("ABC001L9", slot(0))
                       .with_cartridge("CLNU01L1", slot(1))
                       .with_cartridge("DG 001L9", slot(2))
                       .with_cartridge("ABC001LZ", slot(3))
                       .on();
    const auto type = [&](int number) {
        return hex(changer->descriptor(slot(number))).substr(9 * 3, 2);
    };
    EXPECT_EQ(type(0), "01");
    EXPECT_EQ(type(1), "02");
    EXPECT_EQ(type(2), "03");
    EXPECT_EQ(type(3), "04");
    EXPECT_EQ(type(4), "00");
}

TEST(Descriptor, OfALoadedDriveIsInaccessibleWhereTheProfileSaysSo) {
    for (const bool is_accessible : {false, true}) {
        auto changer = a_changer()
                           .with_cartridge("ABC001L9", drive(0))
                           .with_profile([&](ChangerProfile& profile) {
                               profile.loaded_drive_is_accessible = is_accessible;
                           })
                           .on();
        EXPECT_EQ(hex(changer->descriptor(drive(0))).substr(6, 2), is_accessible ? "09" : "01");
        EXPECT_EQ(hex(changer->descriptor(drive(1))).substr(6, 2), "08");
        changer->drives[0]->is_loaded = false;  // the host has unloaded it
        EXPECT_EQ(hex(changer->descriptor(drive(0))).substr(6, 2), "09");
    }
}

TEST(Descriptor, OfADriveWithoutPowerIsDisabled) {
    auto changer = a_changer().on();
    changer->drives[1]->has_power = false;
    // Except; 3B/18; ED.
    EXPECT_EQ(hex(changer->descriptor(drive(1))).substr(0, 35),
              "01 01 04 00 3B 18 00 00 00 08 00 00");
}

TEST(Descriptor, OfADriveMayCarryItsSerialNumberAlone) {
    auto changer = a_changer()
                       .with_profile([](ChangerProfile& profile) {
                           profile.drive_identifier = DriveIdentifier::SerialOnly;
                       })
                       .on();
    const Bytes descriptor = changer->descriptor(drive(1), true);
    EXPECT_EQ(descriptor.size(), 52U + 10U);
    EXPECT_EQ(std::string(descriptor.begin() + 48, descriptor.end()),
              std::string("\x02\x00\x00\x0A", 4) + "8031BDC7D1");
}

// The cost is that of what is sent: 60,000 elements, and one of 60,000.
TEST(ReadElementStatus, OfALargeLibraryCostsWhatIsAskedFor) {
    auto changer =
        a_changer()
            .with_slots(60'000)
            .with_profile([](ChangerProfile& profile) { profile.kinematics.scan_per_slot = {}; })
            .on();
    const auto all = changer->run(
        scsi::encode_cdb(ReadElementStatus{
            .voltag = true, .number_of_elements = 0xFFFF, .allocation_length = 0xFFFFFF}),
        0xFFFFFF);
    EXPECT_EQ(all.data_in.size(), 8U + 4 * 8 + 52U * (60'000 + 1 + 2 + 2));
    const auto last =
        changer->run(scsi::encode_cdb(ReadElementStatus{.starting_element = slot(59'999),
                                                        .number_of_elements = 1,
                                                        .allocation_length = 0xFFFFFF}),
                     0xFFFFFF);
    EXPECT_EQ(last.data_in.size(), 32U);
}

}  // namespace
}  // namespace nearline::changer
