#include "media/interchange.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "media/compression.h"
#include "tests/media/a_tape.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::MemoryFileSystem;
using testing::ElementsAre;
using testing::HasSubstr;

// A tape imported from the bytes given as hexadecimal digits.
struct Imported {
    Objects objects;
    std::string error;
};

Imported imported(InterchangeFormat format, const std::string& digits) {
    MemoryFileSystem files;
    CHECK(base::replace_file(files, "from", *base::from_hex(digits)).has_value());
    const auto from = *files.open("from", base::OpenMode::ReadOnly);
    const auto tape = created(files);
    const auto done = import_tape(*from, format, *tape);
    return {objects(*tape), done ? "" : done.error()};
}

std::string exported(Medium& tape, InterchangeFormat format, std::uint8_t partition = 0) {
    MemoryFileSystem files;
    const auto to = *files.open("to", base::OpenMode::CreateNew);
    const auto done = export_tape(tape, partition, format, *to);
    if (!done) return done.error();
    return base::to_hex(*base::read_whole_file(files, "to"));
}

TEST(SimhTape, HasLengthsAroundBlocksPaddedToEven) {
    const std::string bytes =
        "03000000"
        "61626300"
        "03000000"
        "00000000"
        "02000000"
        "6465"
        "02000000"
        "ffffffff";
    EXPECT_THAT(imported(InterchangeFormat::Simh, bytes).objects, ElementsAre("abc", kMark, "de"));
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(add(*tape, "abc"));
    ASSERT_TRUE(add_marks(*tape, 1));
    ASSERT_TRUE(add(*tape, "de"));
    EXPECT_EQ(exported(*tape, InterchangeFormat::Simh), bytes);
}

TEST(SimhTape, MayEndWithItsFileAndHaveGaps) {
    const auto tape = imported(InterchangeFormat::Simh,
                               "feffffff00000000feffffff0200000061620200"
                               "0000");
    EXPECT_THAT(tape.objects, ElementsAre(kMark, "ab"));
    EXPECT_EQ(tape.error, "");
}

TEST(SimhTape, IsRefusedAtTheOffsetOfWhatIsWrong) {
    const auto error = [](const std::string& digits) {
        return imported(InterchangeFormat::Simh, digits).error;
    };
    EXPECT_EQ(error("000000000200"), "offset 4: the file ends within a length");
    EXPECT_EQ(error("00000000020000006162"),
              "offset 10: the file ends within the length behind a "
              "block");
    EXPECT_EQ(error("0400000061"), "offset 4: the file ends within a block");
    EXPECT_EQ(error("02000000616203000000"),
              "offset 6: the block from 0 has the length 2 before and 3 behind it");
    EXPECT_THAT(error("020000806162"), HasSubstr("offset 0: neither a block nor a filemark"));
}

TEST(Awstape, HasAHeaderBeforeEachChunk) {
    const std::string bytes =
        "03000000a000616263"
        "000003004000"
        "02000000a0006465";
    EXPECT_THAT(imported(InterchangeFormat::Awstape, bytes).objects,
                ElementsAre("abc", kMark, "de"));
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(add(*tape, "abc"));
    ASSERT_TRUE(add_marks(*tape, 1));
    ASSERT_TRUE(add(*tape, "de"));
    EXPECT_EQ(exported(*tape, InterchangeFormat::Awstape), bytes);
}

TEST(Awstape, JoinsTheChunksOfABlock) {
    EXPECT_THAT(imported(InterchangeFormat::Awstape,
                         "020000008000616201000200000063"
                         "0200010020006465")
                    .objects,
                ElementsAre("abcde"));
}

TEST(Awstape, IsRefusedAtTheOffsetOfWhatIsWrong) {
    const auto error = [](const std::string& digits) {
        return imported(InterchangeFormat::Awstape, digits).error;
    };
    EXPECT_EQ(error("0000000040000100"), "offset 8: the file ends within a header");
    EXPECT_EQ(error("000001004000"),
              "offset 0: the chunk before is said to have 1 bytes and has 0");
    EXPECT_EQ(error("0300000081006162"), "offset 0: compressed, or no AWSTAPE: unknown flags");
    EXPECT_EQ(error("020000002000"), "offset 0: the middle of a block that has no beginning");
    EXPECT_EQ(error("0100000080006101000100a00062"), "offset 7: the block from 0 has no end");
    EXPECT_EQ(error("01000000800061000001000000"), "offset 7: an empty part of a block");
    EXPECT_EQ(error("010000004000"), "offset 0: a filemark with bytes");
    EXPECT_EQ(error("03000000a0006162"), "offset 6: the file ends within a block");
}

class RoundTrip : public testing::TestWithParam<InterchangeFormat> {};
INSTANTIATE_TEST_SUITE_P(Format, RoundTrip,
                         testing::Values(InterchangeFormat::Simh, InterchangeFormat::Awstape));

TEST_P(RoundTrip, GivesBackEveryObject) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(add_marks(*tape, 2));
    for (const std::size_t size : {1, 2, 511, 65'535, 65'536, 65'537, 200'001}) {
        ASSERT_TRUE(add(*tape, block(size, size)));
    }
    ASSERT_TRUE(add_marks(*tape, 3));
    EXPECT_EQ(imported(GetParam(), exported(*tape, GetParam())).objects, objects(*tape));
}

TEST_P(RoundTrip, SurvivesAnyCutAndAnyFlippedByte) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(add(*tape, "abc"));
    ASSERT_TRUE(add_marks(*tape, 1));
    ASSERT_TRUE(add(*tape, "de"));
    const std::string digits = exported(*tape, GetParam());
    for (std::size_t size = 2; size < digits.size(); size += 2) {
        imported(GetParam(), digits.substr(0, size));
        for (const char digit : {'0', '4', '8', 'f'}) {
            std::string damaged = digits;
            damaged[size - 2] = digit;
            imported(GetParam(), damaged);
        }
    }
}

TEST(Export, TakesOnePartition) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(tape->format({1, 1}));
    ASSERT_TRUE(add(*tape, "ab", 1));
    EXPECT_EQ(exported(*tape, InterchangeFormat::Simh, 1), "02000000616202000000ffffffff");
    EXPECT_EQ(exported(*tape, InterchangeFormat::Simh, 0), "ffffffff");
}

TEST(Export, DecompressesBlocks) {
    MemoryFileSystem files;
    const auto tape = created(files);
    const std::string text(1000, 'a');
    Bytes room;
    const auto smaller = compress(Compression::Lz4, base::as_bytes(text), room);
    ASSERT_TRUE(smaller);
    const Bytes stored(smaller->begin(), smaller->end());
    BlockForm form = plain(text.size());
    form.stored = static_cast<std::uint32_t>(stored.size());
    form.compression = Compression::Lz4;
    ASSERT_TRUE(tape->write_block({0, 0}, form, stored));
    EXPECT_THAT(imported(InterchangeFormat::Simh, exported(*tape, InterchangeFormat::Simh)).objects,
                ElementsAre(text));
}

TEST(Export, SaysWhyItCannot) {
    MemoryFileSystem files;
    auto tape = created(files);
    BlockForm form = plain(4);
    form.encryption = Encryption{Bytes(12, 1), Bytes(16, 2), Bytes(8, 3), {}, {}, 0, false};
    ASSERT_TRUE(tape->write_block({0, 0}, form, base::as_bytes("data")));
    EXPECT_EQ(exported(*tape, InterchangeFormat::Simh),
              "object 0 is encrypted: only a drive that has its key can read it");
    ASSERT_TRUE(write(*tape, {0, 0}, ""));
    EXPECT_EQ(exported(*tape, InterchangeFormat::Simh),
              "object 0: SIMH's format has no empty blocks");
    ASSERT_TRUE(files.remove(kTape));
    tape = created(files, {"X", 1, true});
    EXPECT_EQ(exported(*tape, InterchangeFormat::Simh), "the image keeps no bytes of its blocks");
}

TEST(Format, IsToldByNameOrByTheFiles) {
    EXPECT_EQ(interchange_format("simh"), InterchangeFormat::Simh);
    EXPECT_EQ(interchange_format("awstape"), InterchangeFormat::Awstape);
    EXPECT_EQ(interchange_format("tar"), std::nullopt);
    EXPECT_EQ(interchange_format_of_file("a/b.TAP"), InterchangeFormat::Simh);
    EXPECT_EQ(interchange_format_of_file("b.aws"), InterchangeFormat::Awstape);
    EXPECT_EQ(interchange_format_of_file("tap"), std::nullopt);
}

}  // namespace
}  // namespace nearline::media
