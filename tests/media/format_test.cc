#include "media/format.h"

#include <gtest/gtest.h>

namespace nearline::media {
namespace {

struct Row {
    Generation generation;
    std::uint8_t density;
    std::uint8_t data_type;
    std::uint8_t worm_type;
    std::uint64_t native_gb;
};

// Scsi-tape sheet 1.18, 3.1 and 3.4.
TEST(Format, HasTheCodesAndCapacitiesOfTheTables) {
    const Row rows[] = {
        {Generation::Lto1, 0x40, 0x18, 0x00, 100},
        {Generation::Lto3, 0x44, 0x38, 0x3C, 400},
        {Generation::LtoM8, 0x5D, 0x78, 0x00, 9'000},
        {Generation::Lto9, 0x60, 0x98, 0x9C, 18'000},
        {Generation::Lto10, 0x62, 0xA8, 0xAC, 30'000},
        {Generation::Lto10P, 0x63, 0xA9, 0x00, 40'000},
        {Generation::JaJ1a, 0x51, 0x91, 0xA1, 300},
        {Generation::JaE05, 0x52, 0x91, 0xA1, 500},
        {Generation::JaE06, 0x53, 0x91, 0xA1, 640},
        {Generation::JbE06, 0x53, 0x92, 0xA2, 1'000},
        {Generation::JbE07, 0x54, 0x92, 0xA2, 1'600},
        {Generation::JcE07, 0x54, 0x93, 0xA3, 4'000},
        {Generation::JcE08, 0x55, 0x93, 0xA3, 7'000},
        {Generation::JdE08, 0x55, 0x94, 0xA4, 10'000},
        {Generation::Jd55, 0x56, 0x94, 0xA4, 15'000},
        {Generation::Je60, 0x57, 0x95, 0xA5, 20'000},
        {Generation::T1T10000A, 0x4A, 0x00, 0x00, 500},
        {Generation::T1T10000B, 0x4B, 0x00, 0x00, 1'000},
        {Generation::T2T10000C, 0x4C, 0x00, 0x00, 5'500},
        {Generation::T2T10000D, 0x4D, 0x00, 0x00, 8'500},
        {Generation::DltIv4000, 0x1A, 0x85, 0x00, 20},
        {Generation::DltIv7000, 0x1B, 0x85, 0x00, 35},
        {Generation::DltIv8000, 0x41, 0x85, 0x00, 40},
        {Generation::SdltI220, 0x48, 0x86, 0x00, 110},
        {Generation::SdltI320, 0x49, 0x86, 0x00, 160},
        {Generation::SdltIi600, 0x4A, 0x87, 0x00, 300},
        {Generation::DltS4, 0x4B, 0x91, 0x00, 800},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(to_text(row.generation));
        const Format* format = format_of(row.generation);
        ASSERT_NE(format, nullptr);
        EXPECT_EQ(format->generation, row.generation);
        EXPECT_EQ(format->density, row.density);
        EXPECT_EQ(format->data_type, row.data_type);
        EXPECT_EQ(format->worm_type, row.worm_type);
        EXPECT_EQ(format->native_mb, row.native_gb * 1000);
        EXPECT_LE(format->density_name.size(), 8U);
        EXPECT_LE(format->density_description.size(), 20U);
        EXPECT_LE(format->organization.size(), 8U);
        EXPECT_GT(format->wraps, 3U);
        EXPECT_GT(format->length_m, 0U);
    }
    EXPECT_EQ(format_of(Generation::Unknown), nullptr);
    EXPECT_EQ(format_of(static_cast<Generation>(200)), nullptr);
}

TEST(Format, EncryptsAndDividesFromWhereTheTablesSay) {
    EXPECT_FALSE(format_of(Generation::JaJ1a)->has_encryption);
    EXPECT_TRUE(format_of(Generation::JaE05)->has_encryption);
    EXPECT_EQ(format_of(Generation::JbE06)->partitions, 1);
    EXPECT_EQ(format_of(Generation::JbE07)->partitions, 4);
    EXPECT_FALSE(format_of(Generation::DltS4)->has_encryption);
    // 35 GB on 208 tracks of 557 m: 280 * 10^9 bits on 115,856,000 mm.
    EXPECT_EQ(format_of(Generation::DltIv7000)->bits_per_mm, 2416U);
}

// A chain of formats is of one cartridge, each holding less than the one after it.
TEST(Format, OfTheSameCartridgeBefore) {
    EXPECT_EQ(older_format(Generation::JcE08), Generation::JcE07);
    EXPECT_EQ(older_format(Generation::JcE07), Generation::Unknown);
    EXPECT_EQ(older_format(Generation::Lto9), Generation::Unknown);
    int chains = 0;
    for (int value = 1; value <= static_cast<int>(Generation::DltS4); ++value) {
        const auto generation = static_cast<Generation>(value);
        const Format* older = format_of(older_format(generation));
        if (older == nullptr) continue;
        ++chains;
        EXPECT_EQ(older->data_type, format_of(generation)->data_type) << to_text(generation);
        EXPECT_LT(older->native_mb, format_of(generation)->native_mb) << to_text(generation);
    }
    EXPECT_EQ(chains, 11);
}

}  // namespace
}  // namespace nearline::media
