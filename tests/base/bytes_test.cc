#include "base/bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearline::base {
namespace {

using testing::ElementsAre;

TEST(ByteReader, ReadsBigEndianFieldsInOrder) {
    const Bytes bytes = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C,
                         0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18};
    ByteReader in(bytes);
    EXPECT_EQ(in.u8(), 0x01);
    EXPECT_EQ(in.u16(), 0x0203);
    EXPECT_EQ(in.u24(), 0x040506U);
    EXPECT_EQ(in.u32(), 0x0708090AU);
    EXPECT_EQ(in.u48(), 0x0B0C0D0E0F10U);
    EXPECT_EQ(in.u64(), 0x1112131415161718U);
    EXPECT_TRUE(in.ok());
    EXPECT_EQ(in.remaining(), 0U);
}

TEST(ByteReader, TakesBytesAndTextAsTheyStand) {
    const Bytes bytes = {'A', ' ', 0x00, 0xFF, 0x42};
    ByteReader in(bytes);
    EXPECT_EQ(in.text(3), std::string("A \0", 3));
    in.skip(1);
    EXPECT_THAT(in.bytes(1), ElementsAre(0x42));
    EXPECT_EQ(in.position(), 5U);
    EXPECT_TRUE(in.ok());
}

TEST(ByteReader, ReadingExactlyToTheEndIsFine) {
    const Bytes bytes = {1, 2};
    ByteReader in(bytes);
    EXPECT_EQ(in.u16(), 0x0102);
    in.skip(0);
    EXPECT_TRUE(in.ok());
}

TEST(ByteReader, PastTheEndYieldsZeroAndLatches) {
    const Bytes bytes = {0xAA, 0xBB, 0xCC};
    ByteReader in(bytes);
    EXPECT_EQ(in.u16(), 0xAABB);
    EXPECT_EQ(in.u32(), 0U);  // one byte is left: no half of a field is given out
    EXPECT_FALSE(in.ok());
    EXPECT_EQ(in.u8(), 0);  // the byte that was there is gone too
    EXPECT_EQ(in.remaining(), 0U);
    in.skip(0);
    EXPECT_FALSE(in.ok());  // nothing repairs it
}

TEST(ByteReader, AHugeCountNeitherWrapsNorReads) {
    const Bytes bytes = {1, 2, 3};
    ByteReader in(bytes);
    in.skip(1);
    EXPECT_TRUE(in.bytes(SIZE_MAX).empty());
    EXPECT_FALSE(in.ok());
    EXPECT_EQ(in.text(SIZE_MAX), "");
}

TEST(ByteReader, OfNothingIsFineUntilAsked) {
    ByteReader in{BytesView()};
    EXPECT_TRUE(in.ok());
    EXPECT_EQ(in.u8(), 0);
    EXPECT_FALSE(in.ok());
}

TEST(ByteWriter, AppendsBigEndianFields) {
    Bytes bytes = {0xEE};
    ByteWriter(bytes).u8(0x01).u16(0x0203).u24(0x040506).u32(0x0708090A).u48(0x0B0C0D0E0F10);
    EXPECT_EQ(bytes, (Bytes{0xEE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}));
    bytes.clear();
    ByteWriter(bytes).u64(0x8090A0B0C0D0E0F0).zeros(2);
    EXPECT_THAT(bytes, ElementsAre(0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0, 0, 0));
}

TEST(ByteWriter, KeepsTheLowBitsOfAValueTooWide) {
    Bytes bytes;
    ByteWriter(bytes).u8(0x1234).u16(0xABCDEF);
    EXPECT_THAT(bytes, ElementsAre(0x34, 0xCD, 0xEF));
}

TEST(ByteWriter, CutsOrPadsTextToItsWidth) {
    Bytes bytes;
    ByteWriter(bytes).padded_text("IBM", 5).padded_text("ULTRIUM", 3).padded_text("x", 2, '\0');
    EXPECT_EQ(as_text(bytes), std::string_view("IBM  ULTx\0", 10));
}

TEST(ByteWriter, PatchesALengthAfterWhatItCounts) {
    Bytes bytes;
    ByteWriter out(bytes);
    out.u16(0).u8(7).text("abc");
    out.patch(0, out.size() - 2, 2);
    EXPECT_THAT(bytes, ElementsAre(0, 4, 7, 'a', 'b', 'c'));
}

TEST(BigEndian, LoadsWhatItStoresForEveryWidth) {
    constexpr std::uint64_t kValue = 0x0123456789ABCDEF;
    for (std::size_t width = 0; width <= 8; ++width) {
        Bytes bytes(10, 0xEE);
        store_big_endian(bytes, 1, width, kValue);
        const std::uint64_t kept =
            width == 8 ? kValue : kValue & ((std::uint64_t{1} << (8 * width)) - 1);
        EXPECT_EQ(load_big_endian(bytes, 1, width), kept) << width;
        EXPECT_EQ(bytes.front(), 0xEE) << width;
        EXPECT_EQ(bytes[1 + width], 0xEE) << width;
    }
}

TEST(BigEndianDeathTest, OutsideTheBytesIsABrokenPromise) {
    Bytes bytes(4);
    EXPECT_DEATH(load_big_endian(bytes, 1, 4), "broken promise");
    EXPECT_DEATH(store_big_endian(bytes, 3, 2, 0), "broken promise");
    EXPECT_DEATH(load_big_endian(bytes, 0, 9), "width <= 8");
}

TEST(AsBytes, AndAsTextAreTheSameMemory) {
    const std::string text = "tape";
    EXPECT_EQ(as_text(as_bytes(text)).data(), text.data());
    EXPECT_EQ(as_bytes(text).size(), 4U);
}

}  // namespace
}  // namespace nearline::base
