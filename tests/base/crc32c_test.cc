#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace nearline::base {
namespace {

struct Vector {
    const char* name;
    Bytes bytes;
    std::uint32_t crc;
};

Bytes counting(int from, int step) {
    Bytes bytes(32);
    int value = from;
    for (std::uint8_t& byte : bytes) {
        byte = static_cast<std::uint8_t>(value);
        value += step;
    }
    return bytes;
}

// RFC 7143 appendix A.4 prints the digests as they go over the wire, least significant byte first:
// "aa 36 91 8a" is 8A9136AA.
const Vector kRfcVectors[] = {
    {"32 bytes of zeros", Bytes(32, 0x00), 0x8A9136AA},
    {"32 bytes of ones", Bytes(32, 0xFF), 0x62A8AB43},
    {"32 bytes of incrementing 00..1f", counting(0, 1), 0x46DD794E},
    {"32 bytes of decrementing 1f..00", counting(31, -1), 0x113FDB5C},
    {"an iSCSI SCSI Read (10) command PDU",
     {0x01, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00,
      0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x18, 0x28, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00},
     0xD9963A56},
};

TEST(Crc32c, GivesTheVectorsOfTheRfc) {
    for (const Vector& vector : kRfcVectors) {
        EXPECT_EQ(crc32c(vector.bytes), vector.crc) << vector.name;
        EXPECT_EQ(crc32c_portable(vector.bytes), vector.crc) << vector.name;
    }
}

TEST(Crc32c, OfNothingIsZero) {
    EXPECT_EQ(crc32c({}), 0U);
    EXPECT_EQ(crc32c_portable({}), 0U);
}

TEST(Crc32c, OfTheCheckStringIsTheCheckValue) {
    // The check value of CRC-32C in the catalogue of parametrised CRC algorithms.
    EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283U);
}

TEST(Crc32c, ContinuesOverPieces) {
    const Bytes& whole = kRfcVectors[4].bytes;
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        const BytesView view(whole);
        EXPECT_EQ(crc32c(view.subspan(cut), crc32c(view.first(cut))), kRfcVectors[4].crc) << cut;
    }
}

TEST(Crc32c, FastAndPortableAgreeAtEveryLengthAndAlignment) {
    std::mt19937 random(20261124);
    Bytes bytes(300);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    for (std::size_t from = 0; from < 9; ++from) {
        for (std::size_t count = 0; from + count <= bytes.size(); ++count) {
            const BytesView piece = BytesView(bytes).subspan(from, count);
            const auto start = static_cast<std::uint32_t>(random());
            ASSERT_EQ(crc32c(piece, start), crc32c_portable(piece, start)) << from << "+" << count;
        }
    }
}

TEST(Crc32c, FastAndPortableAgreeOnLongPieces) {
    std::mt19937 random(20261125);
    Bytes bytes(40'000);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    for (const std::size_t count : {3071, 3072, 3073, 6143, 6144, 9219, 39'990}) {
        for (std::size_t from = 0; from < 9; ++from) {
            const BytesView piece = BytesView(bytes).subspan(from, count);
            const auto start = static_cast<std::uint32_t>(random());
            ASSERT_EQ(crc32c(piece, start), crc32c_portable(piece, start)) << from << "+" << count;
        }
    }
}

}  // namespace
}  // namespace nearline::base
