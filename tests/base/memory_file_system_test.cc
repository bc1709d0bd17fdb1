// What only the twin in memory can do: lose power, run out of space, fail at a chosen change.
#include "base/memory_file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearline::base {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string content_of(MemoryFileSystem& files, const std::string& path) {
    const auto content = read_whole_file(files, path);
    return content ? std::string(as_text(*content)) : "(none)";
}

std::unique_ptr<File> opened(MemoryFileSystem& files, const std::string& path) {
    return *files.open(path, OpenMode::Create);
}

TEST(Crash, LosesWhatWasNotSynced) {
    MemoryFileSystem files;
    ASSERT_TRUE(replace_file(files, "a", as_bytes("old")));
    const auto file = opened(files, "a");
    ASSERT_TRUE(file->write_at(0, as_bytes("new and longer")));
    files.crash();
    EXPECT_EQ(content_of(files, "a"), "old");
}

TEST(Crash, KeepsWhatWasSynced) {
    MemoryFileSystem files;
    ASSERT_TRUE(replace_file(files, "a", as_bytes("old")));
    const auto file = opened(files, "a");
    ASSERT_TRUE(file->write_at(0, as_bytes("new")));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(file->truncate(1));
    files.crash();
    EXPECT_EQ(content_of(files, "a"), "new");
}

TEST(Crash, FallsBackWhereverAWriteBegan) {
    constexpr std::size_t kSize = 3 * ChunkedBytes::kChunkSize;
    for (const std::size_t at : {std::size_t{0}, ChunkedBytes::kChunkSize - 1, kSize - 1, kSize}) {
        MemoryFileSystem files;
        const Bytes old(kSize, 'o');
        ASSERT_TRUE(replace_file(files, "a", old));
        const auto file = opened(files, "a");
        ASSERT_TRUE(file->write_at(at, Bytes(ChunkedBytes::kChunkSize + 2, 'n')));
        ASSERT_TRUE(file->truncate(at / 2));
        ASSERT_TRUE(file->write_at(kSize + 5, as_bytes("n")));
        files.crash();
        EXPECT_EQ(*read_whole_file(files, "a"), old) << at;
    }
}

TEST(Crash, LeavesTheHoleThatWasSynced) {
    MemoryFileSystem files;
    ASSERT_TRUE(replace_file(files, "a", Bytes(100'000, 'o')));
    const auto file = opened(files, "a");
    ASSERT_TRUE(file->truncate(10));
    ASSERT_TRUE(file->truncate(100'000));
    ASSERT_TRUE(file->sync());
    files.crash();
    Bytes expected(100'000);
    std::fill_n(expected.begin(), 10, std::uint8_t{'o'});
    EXPECT_EQ(*read_whole_file(files, "a"), expected);
}

TEST(Crash, ASyncedFileHasNoNameUntilItsDirectoryIsSynced) {
    MemoryFileSystem files;
    const auto file = opened(files, "a");
    ASSERT_TRUE(file->write_at(0, as_bytes("new")));
    ASSERT_TRUE(file->sync());
    files.crash();
    EXPECT_EQ(content_of(files, "a"), "(none)");
}

TEST(Crash, ANameWithoutItsContentIsAnEmptyFile) {
    MemoryFileSystem files;
    ASSERT_TRUE(opened(files, "a")->write_at(0, as_bytes("new")));
    ASSERT_TRUE(files.sync_directory("."));
    files.crash();
    EXPECT_EQ(content_of(files, "a"), "");
}

TEST(Crash, UndoesARenameThatWasNotSynced) {
    MemoryFileSystem files;
    ASSERT_TRUE(replace_file(files, "old", as_bytes("1")));
    ASSERT_TRUE(replace_file(files, "new", as_bytes("2")));
    ASSERT_TRUE(files.rename("old", "new"));
    files.crash();
    EXPECT_EQ(content_of(files, "old"), "1");
    EXPECT_EQ(content_of(files, "new"), "2");
}

TEST(Crash, BringsBackAFileWhoseRemovalWasNotSynced) {
    MemoryFileSystem files;
    ASSERT_TRUE(replace_file(files, "a", as_bytes("1")));
    ASSERT_TRUE(files.remove("a"));
    files.crash();
    EXPECT_EQ(content_of(files, "a"), "1");
    ASSERT_TRUE(files.remove("a"));
    ASSERT_TRUE(files.sync_directory("."));
    files.crash();
    EXPECT_EQ(content_of(files, "a"), "(none)");
}

TEST(Crash, SyncingOneDirectorySaysNothingOfAnother) {
    MemoryFileSystem files;
    ASSERT_TRUE(files.create_directories("x/y"));
    for (const char* path : {"a", "x/b", "x/y/c"}) ASSERT_TRUE(opened(files, path)->sync());
    ASSERT_TRUE(files.sync_directory("x"));
    files.crash();
    EXPECT_THAT(*files.list("."), ElementsAre("x"));
    EXPECT_THAT(*files.list("x"), ElementsAre("b", "y"));  // directories are durable when made
    EXPECT_THAT(*files.list("x/y"), IsEmpty());
}

TEST(ReplaceFile, LeavesTheOldContentOrTheNewWhereverItFailsAndPowerIsLost) {
    MemoryFileSystem whole;
    ASSERT_TRUE(replace_file(whole, "a", as_bytes("old")));
    const std::uint64_t before = whole.operations();
    ASSERT_TRUE(replace_file(whole, "a", as_bytes("new")));
    const std::uint64_t changes = whole.operations() - before;
    ASSERT_GE(changes, 5U);  // create, write, sync, rename, sync the directory

    for (std::uint64_t fails_at = 0; fails_at < changes; ++fails_at) {
        MemoryFileSystem files;
        ASSERT_TRUE(replace_file(files, "a", as_bytes("old")));
        files.fail_after(fails_at);
        EXPECT_FALSE(replace_file(files, "a", as_bytes("new")));
        files.stop_failing();
        const std::string running = content_of(files, "a");
        EXPECT_TRUE(running == "old" || running == "new") << fails_at << running;
        files.crash();
        EXPECT_EQ(content_of(files, "a"), "old") << fails_at;  // nothing was acknowledged
        EXPECT_TRUE(replace_file(files, "a", as_bytes("newer")))
            << fails_at;  // leftovers do not hurt
        files.crash();
        EXPECT_EQ(content_of(files, "a"), "newer") << fails_at;
    }
}

TEST(FailAfter, FailsThatChangeAndAllAfterIt) {
    MemoryFileSystem files;
    const auto file = opened(files, "a");
    files.fail_after(1);
    EXPECT_TRUE(file->write_at(0, as_bytes("1")));
    const auto first = file->write_at(1, as_bytes("23"));
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().kind, FileErrorKind::InputOutput);
    EXPECT_FALSE(file->write_at(3, as_bytes("45")));
    EXPECT_FALSE(file->sync());
    EXPECT_FALSE(file->truncate(0));
    EXPECT_FALSE(files.rename("a", "b"));
    EXPECT_FALSE(files.remove("a"));
    EXPECT_FALSE(files.sync_directory("."));
    EXPECT_FALSE(files.create_directories("x"));
    EXPECT_FALSE(files.open("new", OpenMode::Create));
    EXPECT_TRUE(files.open("a", OpenMode::Create));  // opening what is there changes nothing
    EXPECT_EQ(content_of(files, "a"), "12");         // torn in the middle; later ones left nothing
    files.stop_failing();
    EXPECT_TRUE(file->write_at(0, as_bytes("9")));
}

TEST(FailAfter, AskingWhatCannotBeIsNotAChange) {
    MemoryFileSystem files;
    EXPECT_FALSE(files.rename("missing", "new"));
    EXPECT_FALSE(files.remove("missing"));
    EXPECT_FALSE(files.sync_directory("missing"));
    EXPECT_EQ(files.operations(), 0U);
}

TEST(LimitSpace, WritesThePrefixThatFits) {
    MemoryFileSystem files;
    files.limit_space(10);
    const auto a = opened(files, "a");
    const auto b = opened(files, "b");
    ASSERT_TRUE(a->write_at(0, as_bytes("1234567")));
    const auto done = b->write_at(0, as_bytes("12345"));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, FileErrorKind::NoSpace);
    EXPECT_EQ(content_of(files, "b"), "123");
    EXPECT_TRUE(a->write_at(0, as_bytes("7654321")));  // overwriting needs no space
}

TEST(LimitSpace, AWriteWhollyBeyondItLeavesTheSizeAlone) {
    MemoryFileSystem files;
    files.limit_space(10);
    const auto file = opened(files, "a");
    EXPECT_FALSE(file->write_at(20, as_bytes("x")));
    EXPECT_EQ(*file->size(), 0U);
}

TEST(LimitSpace, IsGivenBackByTruncateAndRemove) {
    MemoryFileSystem files;
    files.limit_space(10);
    const auto a = opened(files, "a");
    ASSERT_TRUE(a->write_at(0, as_bytes("1234567890")));
    const auto b = opened(files, "b");
    EXPECT_FALSE(b->write_at(0, as_bytes("x")));
    ASSERT_TRUE(a->truncate(4));
    EXPECT_TRUE(b->write_at(0, as_bytes("123456")));
    EXPECT_FALSE(b->truncate(7));
    ASSERT_TRUE(files.remove("a"));
    EXPECT_TRUE(b->write_at(0, as_bytes("1234567890")));
}

TEST(LimitSpace, CountsAFileOnceHoweverItIsRenamed) {
    MemoryFileSystem files;
    files.limit_space(10);
    ASSERT_TRUE(opened(files, "a")->write_at(0, as_bytes("1234")));
    ASSERT_TRUE(opened(files, "b")->write_at(0, as_bytes("12345")));
    ASSERT_TRUE(files.rename("a", "a"));
    ASSERT_TRUE(files.rename("b", "a"));
    const auto file = opened(files, "c");
    EXPECT_TRUE(file->write_at(0, as_bytes("12345")));
    EXPECT_FALSE(file->write_at(5, as_bytes("6")));
    files.crash();  // no name was synced
    EXPECT_TRUE(opened(files, "d")->write_at(0, as_bytes("1234567890")));
}

TEST(LimitSpace, MayShrinkBelowWhatIsThere) {
    MemoryFileSystem files;
    const auto file = opened(files, "a");
    ASSERT_TRUE(file->write_at(0, as_bytes("1234567890")));
    files.limit_space(5);
    EXPECT_TRUE(file->write_at(8, as_bytes("xy")));
    EXPECT_FALSE(file->write_at(10, as_bytes("z")));
    EXPECT_EQ(content_of(files, "a"), "12345678xy");
}

TEST(LimitSpace, ARemovedFileThatIsStillOpenCanGrow) {
    MemoryFileSystem files;
    files.limit_space(10);
    const auto file = opened(files, "a");
    ASSERT_TRUE(file->write_at(0, as_bytes("12345")));
    ASSERT_TRUE(files.remove("a"));
    EXPECT_TRUE(file->write_at(5, as_bytes("67890")));
    EXPECT_FALSE(file->write_at(10, as_bytes("x")));
}

}  // namespace
}  // namespace nearline::base
