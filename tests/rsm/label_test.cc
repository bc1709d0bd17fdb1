#include "rsm/media_label.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace nearline::rsm {
namespace {

using base::Bytes;
using base::BytesView;

Bytes bytes_of(std::string_view text) {
    const BytesView view = base::as_bytes(text);
    return {view.begin(), view.end()};
}

// A field of `width` bytes of UTF-16, little-endian, filled up with zeros.
void put_wide(Bytes& out, std::string_view text, std::size_t width) {
    const std::size_t begin = out.size();
    for (const char c : text) {
        out.push_back(static_cast<std::uint8_t>(c));
        out.push_back(0);
    }
    out.resize(begin + width);
}

std::string padded(std::string text, std::size_t width) {
    text.resize(width, ' ');
    return text;
}

// ECMA-13 7.3: the fields of VOL1 in their order.
Bytes ansi(const std::string& volume, const std::string& implementation, const std::string& owner) {
    return bytes_of("VOL1" + padded(volume, 6) + " " + padded("", 13) + padded(implementation, 13) +
                    padded(owner, 14) + padded("", 28) + "4");
}

// A TAPE block of Microsoft Tape Format as a backup program writes it: family 04030201h, the second
// tape, its name in wide characters behind the block's fixed part.
Bytes tape_format(std::string_view name) {
    constexpr std::size_t kFixed = 94;
    Bytes block = bytes_of("TAPE");
    base::ByteWriter out(block);
    out.zeros(44).u8(2).u8(0).u16(0);                         // string type: Unicode
    out.u8(1).u8(2).u8(3).u8(4).u32(0).u8(2).u8(0);           // family, attributes, number
    out.zeros(6).u8(name.size() * 2).u8(0).u8(kFixed).u8(0);  // the name: size and offset
    out.zeros(kFixed - out.size());
    put_wide(block, name, name.size() * 2);
    std::uint8_t low = 0;
    std::uint8_t high = 0;
    for (std::size_t at = 0; at < 50; at += 2) {
        low ^= block.at(at);
        high ^= block.at(at + 1);
    }
    block.at(50) = low;
    block.at(51) = high;
    block.resize(1024);
    return block;
}

Bytes simple(std::string_view version) {
    Bytes block;
    put_wide(block, "Simple Tape Label (STL)", 48);
    put_wide(block, version, 10);
    put_wide(block, "Microsoft Corporation", 44);
    put_wide(block, "", 40);
    put_wide(block, "RSM Sample App", 30);
    put_wide(block, "Monday", 256);
    put_wide(block, "{6E9A0C1E-0F5B-4C1D-9B7E-1F2A3B4C5D6E}", 78);
    return block;
}

TEST(RecognizeLabel, ReadsTheVolumeOfAnAnsiLabel) {
    const auto label = recognize_label(ansi("NL0042", "LTFS", ""));
    ASSERT_TRUE(label);
    EXPECT_EQ(label->type, "ANSI VOL1");
    EXPECT_EQ(label->id, base::to_hex(base::as_bytes("NL0042")));
    EXPECT_EQ(label->info, "LTFS");
    EXPECT_EQ(recognize_label(ansi("NL0042", "", "ACCOUNTS"))->info, "ACCOUNTS");
}

TEST(RecognizeLabel, WantsAnAnsiLabelWholeAndAlone) {
    Bytes block = ansi("NL0042", "", "");
    block.pop_back();
    EXPECT_FALSE(recognize_label(block));
    block.resize(512);
    EXPECT_FALSE(recognize_label(block));
    EXPECT_FALSE(recognize_label(bytes_of("HDR1" + std::string(76, ' '))));
}

TEST(RecognizeLabel, ReadsFamilyNumberAndNameOfAMicrosoftTape) {
    const auto label = recognize_label(tape_format("Full backup"));
    ASSERT_TRUE(label);
    EXPECT_EQ(label->type, "MTF");
    EXPECT_EQ(label->id, "010203040200");
    EXPECT_EQ(label->info, "Full backup");
}

TEST(RecognizeLabel, RefusesAMicrosoftTapeWithAWrongChecksum) {
    Bytes block = tape_format("Full backup");
    block.at(8) ^= 1;
    EXPECT_FALSE(recognize_label(block));
}

TEST(RecognizeLabel, ReadsNoNameBeyondTheBlock) {
    Bytes block = tape_format("Full backup");
    block.at(70) = 0xFF;  // the name's offset
    block.at(71) = 0xFF;
    const auto label = recognize_label(block);
    ASSERT_TRUE(label);
    EXPECT_EQ(label->info, "");
}

TEST(RecognizeLabel, KnowsItsOwnFreeLabel) {
    const Guid identifier(0x0123456789abcdef, 0xfedcba9876543210);
    const auto label = recognize_label(free_label(identifier));
    ASSERT_TRUE(label);
    EXPECT_EQ(label->type, kFreeLabelType);
    EXPECT_EQ(label->id, base::to_hex(base::as_bytes(identifier.text())));
    EXPECT_FALSE(recognize_label(bytes_of("Removable Storage free label\nno identifier")));
}

// The label that the documents' sample programs write, 506 bytes: its id is the GUID's 16 bytes.
TEST(RecognizeLabel, ReadsTheSampleProgramsLabel) {
    ASSERT_EQ(simple("2.60").size(), 506U);
    const auto label = recognize_label(simple("2.60"));
    ASSERT_TRUE(label);
    EXPECT_EQ(label->type, "Simple Tape Label (STL)");
    EXPECT_EQ(label->id, "1e0c9a6e5b0f1d4c9b7e1f2a3b4c5d6e");
    EXPECT_EQ(label->info, "Monday");
    EXPECT_FALSE(recognize_label(simple("2.50")));
}

TEST(RecognizeLabel, ClaimsNeitherNothingNorAnything) {
    EXPECT_FALSE(recognize_label({}));
    EXPECT_FALSE(recognize_label(Bytes(512)));
    EXPECT_FALSE(recognize_label(bytes_of("TAPE")));
    EXPECT_FALSE(recognize_label(bytes_of("ustar archive of somebody")));
}

TEST(FileSystemLabel, IsTypeSerialNumberAndVolumeName) {
    Bytes information;
    put_wide(information, "NTFS", 128);
    put_wide(information, "Archive", 512);
    base::ByteWriter(information).u32(0x11223344);
    const auto label = file_system_label(information);
    ASSERT_TRUE(label);
    EXPECT_EQ(*label, (MediaLabel{"NTFS", "11223344", "Archive"}));
    information.pop_back();
    EXPECT_FALSE(file_system_label(information));
    EXPECT_FALSE(file_system_label(Bytes(644)));
}

}  // namespace
}  // namespace nearline::rsm
