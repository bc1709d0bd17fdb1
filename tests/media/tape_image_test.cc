#include "media/tape_image.h"

#include <gmock/gmock.h>

#include "media/tape_image_recovery.h"
#include "tests/media/a_tape.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::MemoryFileSystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(TapeImage, IsBlankWhenNew) {
    MemoryFileSystem files;
    const auto tape = created(files);
    EXPECT_EQ(tape->partition_count(), 1);
    EXPECT_EQ(tape->partition_size(0), 1'000'000U);
    EXPECT_EQ(tape->end_of_data(0), 0U);
    EXPECT_EQ(tape->filemark_count(0), 0U);
    EXPECT_EQ(tape->kind({0, 0}), ObjectKind::EndOfData);
    EXPECT_EQ(tape->stored_before({0, 0}), 0U);
    EXPECT_EQ(tape->identity(), "NL0001L9");
    EXPECT_THAT(tape->memory(), IsEmpty());
}

TEST(TapeImage, IsThereAfterALossOfPowerRightAfterItsCreation) {
    MemoryFileSystem files;
    created(files, {"NL0002L9", 5000, true});
    files.crash();
    const auto tape = opened(files);
    EXPECT_EQ(tape->identity(), "NL0002L9");
    EXPECT_EQ(tape->capacity(), 5000U);
    EXPECT_TRUE(tape->is_discarding());
    EXPECT_THAT(tape->losses(), IsEmpty());
}

TEST(TapeImage, IsNotMadeOverAnother) {
    MemoryFileSystem files;
    created(files);
    EXPECT_FALSE(TapeImage::create(files, kTape, {}));
    EXPECT_EQ(opened(files)->identity(), "NL0001L9");
}

TEST(TapeImage, LeavesNoFileWhenItCannotBeMade) {
    for (std::uint64_t fails_at = 0; fails_at < 20; ++fails_at) {
        MemoryFileSystem files;
        files.fail_after(fails_at);
        const bool made = TapeImage::create(files, kTape, {}).has_value();
        files.stop_failing();
        if (made) return;
        if (TapeImage::open(files, kTape)) continue;  // all of it, and only the answer failed
        static_cast<void>(files.remove(kTape));
        EXPECT_TRUE(TapeImage::create(files, kTape, {})) << fails_at;
    }
    FAIL() << "never made";
}

TEST(TapeImage, GivesBackWhatWasWritten) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(add(*tape, "first"));
    ASSERT_TRUE(add(*tape, ""));
    ASSERT_TRUE(add_marks(*tape, 2));
    ASSERT_TRUE(add(*tape, block(4, 100'000)));
    const Objects all = {"first", "", kMark, kMark, block(4, 100'000)};
    EXPECT_EQ(objects(*tape), all);
    ASSERT_TRUE(tape->sync());
    files.crash();
    EXPECT_EQ(objects(*opened(files)), all);
}

TEST(TapeImage, KeepsTheFormOfABlock) {
    MemoryFileSystem files;
    BlockForm form = plain(4);
    form.length = 70'000;
    form.compression = Compression::Zstd;
    form.encryption =
        Encryption{Bytes(12, 1), Bytes(16, 2), Bytes(8, 3), Bytes(255, 4), {}, 2, true};
    {
        const auto tape = created(files);
        ASSERT_TRUE(tape->write_block({0, 0}, form, base::as_bytes("data")));
        ASSERT_TRUE(tape->write_block({0, 1}, form, base::as_bytes("more")));
        EXPECT_EQ(*tape->form({0, 1}), form);
    }
    const auto tape = opened(files);
    EXPECT_EQ(*tape->form({0, 0}), form);
    EXPECT_EQ(read(*tape, {0, 1}), "more");
}

TEST(TapeImage, WritingMakesTheEndOfData) {
    MemoryFileSystem files;
    const auto tape = created(files);
    for (int number = 0; number < 5; ++number) ASSERT_TRUE(add(*tape, block(number, 50)));
    ASSERT_TRUE(write(*tape, {0, 2}, "new"));
    const Objects all = {block(0, 50), block(1, 50), "new"};
    EXPECT_EQ(objects(*tape), all);
    EXPECT_EQ(objects(*opened(files)), all);
}

TEST(TapeImage, FilemarksAreCutInTheMiddleOfARun) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(add_marks(*tape, 5));
    ASSERT_TRUE(tape->sync());
    ASSERT_TRUE(write(*tape, {0, 3}, "new"));
    const Objects all = {kMark, kMark, kMark, "new"};
    EXPECT_EQ(objects(*tape), all);
    EXPECT_EQ(objects(*opened(files)), all);
    ASSERT_TRUE(tape->sync());
    files.crash();
    EXPECT_EQ(objects(*opened(files)), all);
}

TEST(TapeImage, WritingOverGivesTheSpaceBack) {
    MemoryFileSystem files;
    const auto tape = created(files);
    for (int number = 0; number < 20; ++number) ASSERT_TRUE(add(*tape, block(number, 10'000)));
    ASSERT_TRUE(tape->sync());
    const std::uint64_t full = *tape->file_size();
    ASSERT_TRUE(write(*tape, {0, 1}, "new"));
    EXPECT_LT(*tape->file_size(), full - 180'000);
}

TEST(TapeImage, KeepsWhatWasWrittenOverWhileAnotherPartitionLiesBehind) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(tape->format({100, 200}));
    ASSERT_TRUE(add(*tape, block(0, 10'000), 0));
    ASSERT_TRUE(add(*tape, "behind", 1));
    const std::uint64_t before = tape->dead_bytes();
    ASSERT_TRUE(write(*tape, {0, 0}, "new"));
    EXPECT_GT(tape->dead_bytes(), before + 10'000);
    ASSERT_TRUE(tape->sync());
    files.crash();
    const auto again = opened(files);
    EXPECT_THAT(objects(*again, 0), ElementsAre("new"));
    EXPECT_THAT(objects(*again, 1), ElementsAre("behind"));
}

TEST(TapeImage, AnErasedEndDoesNotComeBack) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(tape->format({100, 200}));
    for (int number = 0; number < 5; ++number) ASSERT_TRUE(add(*tape, block(number, 50), 0));
    ASSERT_TRUE(add(*tape, "behind", 1));
    ASSERT_TRUE(tape->sync());
    ASSERT_TRUE(tape->erase_from({0, 3}));
    ASSERT_TRUE(tape->sync());
    files.crash();
    EXPECT_EQ(opened(files)->end_of_data(0), 3U);
    EXPECT_EQ(opened(files)->end_of_data(1), 1U);
}

TEST(TapeImage, FormatMakesPartitionsAndTakesEverythingButTheCartridgeMemory) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(add(*tape, block(0, 10'000)));
    ASSERT_TRUE(tape->keep_memory({{{0, 0x0401}, bytes_of("maker")}}));
    ASSERT_TRUE(tape->format({700, 300, 5}));
    files.crash();
    const auto again = opened(files);
    EXPECT_EQ(again->partition_count(), 3);
    EXPECT_EQ(again->partition_size(1), 300U);
    EXPECT_EQ(again->end_of_data(0), 0U);
    EXPECT_THAT(again->memory(), SizeIs(1));
    ASSERT_TRUE(add(*again, "x", 2));
    EXPECT_EQ(read(*again, {2, 0}), "x");
}

TEST(TapeImage, CountsFilemarksAndBytes) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(add_marks(*tape, 1));        // 0
    ASSERT_TRUE(add(*tape, block(1, 100)));  // 1
    ASSERT_TRUE(add(*tape, block(2, 100)));  // 2
    ASSERT_TRUE(add_marks(*tape, 3));        // 3 to 5
    ASSERT_TRUE(add(*tape, block(6, 30)));   // 6
    constexpr std::uint64_t mark = Medium::kFilemarkSize;
    EXPECT_EQ(tape->filemark_count(0), 4U);
    EXPECT_EQ(tape->filemark(0, 0), 0U);
    EXPECT_EQ(tape->filemark(0, 1), 3U);
    EXPECT_EQ(tape->filemark(0, 3), 5U);
    EXPECT_EQ(tape->filemarks_before({0, 0}), 0U);
    EXPECT_EQ(tape->filemarks_before({0, 1}), 1U);
    EXPECT_EQ(tape->filemarks_before({0, 4}), 2U);
    EXPECT_EQ(tape->filemarks_before({0, 100}), 4U);
    EXPECT_EQ(tape->stored_before({0, 2}), mark + 100);
    EXPECT_EQ(tape->stored_before({0, 5}), 3 * mark + 200);
    EXPECT_EQ(tape->stored_before({0, 7}), 4 * mark + 230);
}

TEST(TapeImage, ReachesObjectNumbersBeyondThirtyTwoBits) {
    MemoryFileSystem files;
    constexpr std::uint64_t kMany = std::uint64_t{1} << 40;
    const auto tape = created(files);
    ASSERT_TRUE(add(*tape, "first"));
    ASSERT_TRUE(add_marks(*tape, kMany));
    ASSERT_TRUE(add(*tape, "far"));
    ASSERT_TRUE(tape->sync());
    files.crash();
    const auto again = opened(files);
    EXPECT_EQ(again->end_of_data(0), kMany + 2);
    EXPECT_EQ(again->filemark(0, kMany - 1), kMany);
    EXPECT_EQ(read(*again, {0, kMany + 1}), "far");
    ASSERT_TRUE(write(*again, {0, kMany - 7}, "nearer"));
    EXPECT_EQ(again->filemark_count(0), kMany - 8);
    const auto too_many = add_marks(*again, kMaximumObjects);
    ASSERT_FALSE(too_many);
    EXPECT_EQ(too_many.error().kind, MediumFault::Kind::NoSpace);
}

TEST(TapeImage, AnUnsyncedEndIsTakenUpAsFarAsItIsWhole) {
    MemoryFileSystem files;
    {
        const auto tape = created(files);
        ASSERT_TRUE(add(*tape, "kept"));
        ASSERT_TRUE(tape->sync());
        ASSERT_TRUE(add(*tape, "whole"));
        ASSERT_TRUE(add(*tape, block(2, 1000)));
        const auto file = files.open(kTape, base::OpenMode::ReadWrite);
        ASSERT_TRUE((*file)->truncate(*tape->file_size() - 1));
    }
    const auto tape = opened(files);
    EXPECT_THAT(objects(*tape), ElementsAre("kept", "whole"));
    EXPECT_THAT(tape->losses(), IsEmpty());
    ASSERT_TRUE(add(*tape, "more"));
    EXPECT_THAT(objects(*opened(files)), ElementsAre("kept", "whole", "more"));
}

TEST(TapeImage, CartridgeMemoryIsDurableWhenKept) {
    MemoryFileSystem files;
    created(files);
    for (int round = 0; round < 5; ++round) {
        const auto tape = opened(files);
        const CartridgeMemory memory = {{{0, 0x0800}, bytes_of("round " + std::to_string(round))},
                                        {{1, 0x0001}, Bytes(40'000, 7)}};
        ASSERT_TRUE(add(*tape, block(round, 20)));
        ASSERT_TRUE(tape->keep_memory(memory));
        files.crash();
        const auto again = TapeImage::open(files, kTape, base::OpenMode::ReadOnly);
        ASSERT_TRUE(again);
        EXPECT_EQ((*again)->memory(), memory);
        EXPECT_EQ((*again)->end_of_data(0), std::uint64_t(round) + 1);
    }
}

TEST(TapeImage, CartridgeMemoryHasALimit) {
    MemoryFileSystem files;
    const auto tape = created(files);
    ASSERT_TRUE(tape->keep_memory({{{0, 1}, bytes_of("old")}}));
    const auto done = tape->keep_memory({{{0, 1}, Bytes(40'000)}, {{0, 2}, Bytes(40'000)}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, MediumFault::Kind::NoSpace);
    EXPECT_THAT(tape->memory(), SizeIs(1));
}

TEST(TapeImage, ADiscardingOneKeepsEverythingButTheBytes) {
    MemoryFileSystem files;
    const auto tape = created(files, {"X", 1000, true});
    const std::uint64_t empty = *tape->file_size();
    ASSERT_TRUE(add(*tape, block(0, 1'000'000)));
    ASSERT_TRUE(add_marks(*tape, 1));
    ASSERT_TRUE(add(*tape, block(2, 50)));
    ASSERT_TRUE(tape->sync());
    EXPECT_LT(*tape->file_size(), empty + 1000);
    files.crash();
    const auto again = opened(files);
    EXPECT_EQ(again->form({0, 0})->length, 1'000'000U);
    EXPECT_EQ(again->stored_before({0, 3}), 1'000'050U + Medium::kFilemarkSize);
    EXPECT_EQ(read(*again, {0, 2}), "NEARLINE DISCARDED THIS BLOCK 0:0000000000000002\nN");
    EXPECT_THAT(*again->verify(), IsEmpty());
}

TEST(TapeImage, AFileOpenedForReadingIsNotChanged) {
    MemoryFileSystem files;
    {
        const auto tape = created(files);
        ASSERT_TRUE(add(*tape, "kept"));
    }
    const Bytes before = *base::read_whole_file(files, kTape);
    const auto tape = TapeImage::open(files, kTape, base::OpenMode::ReadOnly);
    ASSERT_TRUE(tape);
    EXPECT_EQ(read(**tape, {0, 0}), "kept");
    EXPECT_FALSE(add(**tape, "no"));
    EXPECT_FALSE((*tape)->sync());
    EXPECT_EQ(*base::read_whole_file(files, kTape), before);
}

TEST(TapeImage, OtherFilesAreToldFromTapes) {
    MemoryFileSystem files;
    const auto missing = TapeImage::open(files, kTape);
    ASSERT_FALSE(missing);
    for (const Bytes& content : {Bytes{}, bytes_of("text"), Bytes(300'000, 0), Bytes(20, 0xFF)}) {
        ASSERT_TRUE(base::replace_file(files, kTape, content));
        const auto tape = TapeImage::open(files, kTape);
        ASSERT_FALSE(tape);
        EXPECT_THAT(tape.error().message, HasSubstr("not a tape image"));
    }
}

// Loading reads the indexes and what lies behind them, never all records.
class CountingFile final : public base::File {
public:
    CountingFile(std::unique_ptr<base::File> file, std::uint64_t& reads)
        : file_(std::move(file)), reads_(reads) {}
    base::Result<std::size_t, base::FileError> read_at(std::uint64_t offset,
                                                       base::MutableBytes out) override {
        ++reads_;
        return file_->read_at(offset, out);
    }
    base::Result<void, base::FileError> write_at(std::uint64_t offset,
                                                 std::span<const base::BytesView> parts) override {
        return file_->write_at(offset, parts);
    }
    base::Result<std::uint64_t, base::FileError> size() override { return file_->size(); }
    base::Result<void, base::FileError> truncate(std::uint64_t size) override {
        return file_->truncate(size);
    }
    base::Result<void, base::FileError> sync() override { return file_->sync(); }

private:
    std::unique_ptr<base::File> file_;
    std::uint64_t& reads_;
};

TEST(TapeImage, OpensALongTapeByItsIndexes) {
    MemoryFileSystem files;
    constexpr std::uint64_t kBlocks = 100'000;
    {
        const auto tape = created(files, {"X", 1000, true});
        const Bytes data(300);
        for (std::uint64_t at = 0; at < kBlocks; ++at) {
            const auto size = static_cast<std::uint32_t>(100 + at % 150);
            ASSERT_TRUE(tape->write_block({0, at}, plain(size), base::BytesView(data).first(size)));
            ASSERT_TRUE(at % 1000 != 999 || tape->sync());
        }
    }
    std::uint64_t reads = 0;
    auto file = std::make_unique<CountingFile>(*files.open(kTape, base::OpenMode::ReadOnly), reads);
    auto content = recover_tape_image(*file, kTape);
    ASSERT_TRUE(content);
    EXPECT_LT(reads, 200U);
    EXPECT_EQ(content->partitions.front().index.objects(), kBlocks);
    EXPECT_LT(content->partitions.front().index.memory(), kBlocks * 8);
    TapeImage tape(std::move(file), std::move(*content));
    EXPECT_EQ(tape.form({0, 77'777})->length, 100 + 77'777 % 150);
    EXPECT_THAT(*tape.verify(), IsEmpty());
}

}  // namespace
}  // namespace nearline::media
