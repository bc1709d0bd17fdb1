#include "media/compression.h"

#include <gmock/gmock.h>

#include <random>

namespace nearline::media {
namespace {

using base::Bytes;

Bytes text(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t at = 0; at < size; ++at) {
        bytes[at] = static_cast<std::uint8_t>("the same again, "[at % 16]);
    }
    return bytes;
}

Bytes noise(std::size_t size) {
    std::minstd_rand random(7);
    Bytes bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 8);
    return bytes;
}

std::optional<Bytes> compress(Compression method, base::BytesView block) {
    Bytes room(3, 0xEE);
    const auto smaller = media::compress(method, block, room);
    if (!smaller) return std::nullopt;
    return Bytes(smaller->begin(), smaller->end());
}

class EachMethod : public testing::TestWithParam<Compression> {};
INSTANTIATE_TEST_SUITE_P(Method, EachMethod, testing::Values(Compression::Lz4, Compression::Zstd));

TEST_P(EachMethod, GivesBackWhatItMadeSmaller) {
    for (const std::size_t size : {std::size_t{100}, std::size_t{65'537}, kLargestCompressed}) {
        const Bytes block = text(size);
        const auto stored = compress(GetParam(), block);
        ASSERT_TRUE(stored) << size;
        EXPECT_LT(stored->size(), block.size());
        Bytes back(size);
        EXPECT_TRUE(decompress(GetParam(), *stored, back)) << size;
        EXPECT_EQ(back, block) << size;
    }
}

TEST_P(EachMethod, LeavesWhatDoesNotGetSmaller) {
    for (const std::size_t size : {0, 1, 2, 10, 262'144}) {
        EXPECT_FALSE(compress(GetParam(), noise(size))) << size;
    }
    EXPECT_FALSE(compress(GetParam(), text(kLargestCompressed + 1)));
}

TEST_P(EachMethod, RefusesAnotherLength) {
    const Bytes stored = *compress(GetParam(), text(1000));
    for (const std::size_t size : {0, 1, 999, 1001, 100'000}) {
        Bytes back(size);
        EXPECT_FALSE(decompress(GetParam(), stored, back)) << size;
    }
}

TEST_P(EachMethod, SurvivesAnyBytes) {
    const Bytes good = *compress(GetParam(), text(1000));
    Bytes back(1000);
    for (std::size_t at = 0; at < good.size(); ++at) {
        Bytes damaged = good;
        damaged[at] ^= 0x41;
        static_cast<void>(decompress(GetParam(), damaged, back));
        EXPECT_FALSE(decompress(GetParam(), base::BytesView(good).first(at), back));
    }
    for (std::size_t size = 0; size < 2000; size += 7) {
        EXPECT_FALSE(decompress(GetParam(), noise(size), back)) << size;
    }
}

TEST(Uncompressed, IsCopiedWhenTheLengthIsRight) {
    EXPECT_FALSE(compress(Compression::None, text(1000)));
    Bytes back(10);
    EXPECT_TRUE(decompress(Compression::None, text(10), back));
    EXPECT_EQ(back, text(10));
    EXPECT_FALSE(decompress(Compression::None, text(11), back));
    EXPECT_FALSE(decompress(static_cast<Compression>(9), text(10), back));
}

}  // namespace
}  // namespace nearline::media
