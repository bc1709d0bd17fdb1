// One set of tests for both sides of the File seam: what holds on the disk holds in memory.
#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/memory_file_system.h"
#include "base/posix_file_system.h"

namespace nearline::base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A file system and an empty directory in it.
class World {
public:
    virtual ~World() = default;
    virtual FileSystem& files() = 0;
    virtual std::string path(const std::string& name) const = 0;
};

class PosixWorld final : public World {
public:
    PosixWorld() {
        std::string pattern = testing::TempDir() + "nearline-file-XXXXXX";
        root_ = mkdtemp(pattern.data());
    }
    ~PosixWorld() override {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    FileSystem& files() override { return files_; }
    std::string path(const std::string& name) const override {
        return name.empty() ? root_ : root_ + "/" + name;
    }

private:
    PosixFileSystem files_;
    std::string root_;
};

class MemoryWorld final : public World {
public:
    MemoryWorld() { static_cast<void>(files_.create_directories("world")); }
    FileSystem& files() override { return files_; }
    std::string path(const std::string& name) const override {
        return name.empty() ? "world" : "world/" + name;
    }

private:
    MemoryFileSystem files_;
};

using MakeWorld = std::unique_ptr<World> (*)();

class FileSeam : public testing::TestWithParam<MakeWorld> {
protected:
    std::unique_ptr<File> open(const std::string& name, OpenMode mode) {
        auto file = files().open(path(name), mode);
        EXPECT_TRUE(file) << (file ? "" : file.error().message);
        return file ? *std::move(file) : nullptr;
    }
    void write(const std::string& name, std::string_view content) {
        ASSERT_TRUE(replace_file(files(), path(name), as_bytes(content)));
    }
    std::string read(const std::string& name) {
        const auto content = read_whole_file(files(), path(name));
        return content ? std::string(as_text(*content)) : "(" + content.error().message + ")";
    }
    std::vector<std::string> list(const std::string& name = "") {
        const auto names = files().list(path(name));
        EXPECT_TRUE(names) << (names ? "" : names.error().message);
        return names ? *names : std::vector<std::string>{};
    }
    FileErrorKind open_error(const std::string& name, OpenMode mode) {
        const auto file = files().open(path(name), mode);
        EXPECT_FALSE(file);
        return file ? FileErrorKind::InputOutput : file.error().kind;
    }
    FileSystem& files() { return world_->files(); }
    std::string path(const std::string& name) const { return world_->path(name); }

private:
    std::unique_ptr<World> world_ = GetParam()();
};

INSTANTIATE_TEST_SUITE_P(
    Seam, FileSeam,
    testing::Values(
        +[]() -> std::unique_ptr<World> { return std::make_unique<PosixWorld>(); },
        +[]() -> std::unique_ptr<World> { return std::make_unique<MemoryWorld>(); }),
    [](const auto& info) { return info.index == 0 ? "Posix" : "Memory"; });

TEST_P(FileSeam, OpensByMode) {
    EXPECT_EQ(open_error("a", OpenMode::ReadOnly), FileErrorKind::NotFound);
    EXPECT_EQ(open_error("a", OpenMode::ReadWrite), FileErrorKind::NotFound);
    EXPECT_THAT(list(), IsEmpty());
    EXPECT_NE(open("a", OpenMode::CreateNew), nullptr);
    EXPECT_EQ(open_error("a", OpenMode::CreateNew), FileErrorKind::AlreadyExists);
    EXPECT_NE(open("a", OpenMode::ReadOnly), nullptr);
    EXPECT_NE(open("a", OpenMode::ReadWrite), nullptr);
    EXPECT_NE(open("b", OpenMode::Create), nullptr);
    EXPECT_THAT(list(), ElementsAre("a", "b"));
}

TEST_P(FileSeam, AnErrorNamesThePath) {
    const auto file = files().open(path("missing"), OpenMode::ReadOnly);
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().message, HasSubstr(path("missing")));
}

TEST_P(FileSeam, CreateKeepsWhatIsThere) {
    write("a", "old");
    const auto file = open("a", OpenMode::Create);
    EXPECT_EQ(*file->size(), 3U);
}

TEST_P(FileSeam, ReadsAndWritesAnywhere) {
    const auto file = open("a", OpenMode::CreateNew);
    ASSERT_TRUE(file->write_at(4, as_bytes("tape")));
    ASSERT_TRUE(file->write_at(1, as_bytes("x")));
    EXPECT_EQ(*file->size(), 8U);
    Bytes out(6, 0xEE);
    EXPECT_EQ(*file->read_at(0, out), 6U);
    EXPECT_THAT(out, ElementsAre(0, 'x', 0, 0, 't', 'a'));  // a hole reads as zeros
}

TEST_P(FileSeam, WritesPartsOneBehindTheOther) {
    const auto file = open("a", OpenMode::CreateNew);
    const std::array<BytesView, 7> parts = {as_bytes("the "), as_bytes(""),  as_bytes("tape"),
                                            as_bytes(" is"),  as_bytes(" "), as_bytes("threaded"),
                                            as_bytes("")};
    ASSERT_TRUE(file->write_at(2, parts));
    EXPECT_EQ(read("a"), std::string("\0\0the tape is threaded", 22));
    EXPECT_TRUE(file->write_at(100, std::span<const BytesView>{}));
    EXPECT_EQ(*file->size(), 22U);
}

TEST_P(FileSeam, KeepsWhatSpansManyChunks) {
    Bytes content(100'000);
    for (std::size_t at = 0; at < content.size(); ++at) {
        content[at] = static_cast<std::uint8_t>(at * 7 + at / 251);
    }
    const auto file = open("a", OpenMode::CreateNew);
    ASSERT_TRUE(file->write_at(0, content));
    ASSERT_TRUE(file->truncate(50'001));
    ASSERT_TRUE(file->write_at(70'000, as_bytes("x")));
    std::fill(content.begin() + 50'001, content.end(), std::uint8_t{0});
    content.resize(70'001);
    content.back() = 'x';
    EXPECT_EQ(*read_whole_file(files(), path("a")), content);
}

TEST_P(FileSeam, ReadsNoFurtherThanTheEnd) {
    write("a", "tape");
    const auto file = open("a", OpenMode::ReadOnly);
    Bytes out(10);
    EXPECT_EQ(*file->read_at(2, out), 2U);
    EXPECT_EQ(*file->read_at(4, out), 0U);
    EXPECT_EQ(*file->read_at(1000, out), 0U);
    EXPECT_EQ(*file->read_at(UINT64_MAX, out), 0U);
    EXPECT_EQ(*file->read_at(0, {}), 0U);
}

TEST_P(FileSeam, AnEmptyWriteChangesNothing) {
    const auto file = open("a", OpenMode::CreateNew);
    EXPECT_TRUE(file->write_at(100, BytesView{}));
    EXPECT_EQ(*file->size(), 0U);
}

TEST_P(FileSeam, WhatNoFileCanHoldIsRefused) {
    const auto file = open("a", OpenMode::CreateNew);
    const Bytes byte(1);
    for (const std::uint64_t offset : {UINT64_MAX, UINT64_MAX - 1, std::uint64_t{1} << 63}) {
        const auto done = file->write_at(offset, byte);
        ASSERT_FALSE(done) << offset;
        EXPECT_EQ(done.error().kind, FileErrorKind::NoSpace);
    }
    const auto done = file->truncate(UINT64_MAX);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, FileErrorKind::NoSpace);
    EXPECT_EQ(*file->size(), 0U);
}

TEST_P(FileSeam, TruncateCutsAndGrows) {
    write("a", "cartridge");
    const auto file = open("a", OpenMode::ReadWrite);
    ASSERT_TRUE(file->truncate(4));
    EXPECT_EQ(read("a"), "cart");
    ASSERT_TRUE(file->truncate(6));
    EXPECT_EQ(read("a"), std::string("cart\0\0", 6));  // what was cut does not come back
}

TEST_P(FileSeam, AFileOpenedForReadingIsNotChanged) {
    write("a", "tape");
    const auto file = open("a", OpenMode::ReadOnly);
    const auto written = file->write_at(0, as_bytes("x"));
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, FileErrorKind::Denied);
    const auto cut = file->truncate(0);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().kind, FileErrorKind::Denied);
    EXPECT_TRUE(file->sync());
    EXPECT_EQ(read("a"), "tape");
}

TEST_P(FileSeam, TwoOpeningsSeeOneFile) {
    const auto one = open("a", OpenMode::Create);
    const auto other = open("a", OpenMode::Create);
    ASSERT_TRUE(one->write_at(0, as_bytes("tape")));
    EXPECT_EQ(*other->size(), 4U);
}

TEST_P(FileSeam, RenameReplaces) {
    write("old", "1");
    write("new", "2");
    ASSERT_TRUE(files().rename(path("old"), path("new")));
    EXPECT_EQ(read("new"), "1");
    EXPECT_THAT(list(), ElementsAre("new"));
}

TEST_P(FileSeam, RenameToItselfChangesNothing) {
    write("a", "1");
    ASSERT_TRUE(files().rename(path("a"), path("a")));
    EXPECT_EQ(read("a"), "1");
}

TEST_P(FileSeam, RenameOfNothingIsNotFound) {
    const auto done = files().rename(path("missing"), path("new"));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, FileErrorKind::NotFound);
}

TEST(PosixFileSystem, RenamesOverNothingButFiles) {
    PosixWorld world;
    const std::string pipe = world.path("pipe");
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    const auto done = replace_file(world.files(), pipe, as_bytes("tape"));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, FileErrorKind::Denied);
    EXPECT_THAT(done.error().message, HasSubstr(pipe));
    EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST_P(FileSeam, AnOpenFileSurvivesItsNames) {
    write("a", "tape");
    const auto file = open("a", OpenMode::ReadWrite);
    ASSERT_TRUE(files().rename(path("a"), path("b")));
    ASSERT_TRUE(file->write_at(0, as_bytes("T")));
    EXPECT_EQ(read("b"), "Tape");
    ASSERT_TRUE(files().remove(path("b")));
    EXPECT_EQ(*file->size(), 4U);
    EXPECT_TRUE(file->write_at(4, as_bytes("s")));
    EXPECT_THAT(list(), IsEmpty());
}

TEST_P(FileSeam, RemoveTakesTheNameAway) {
    write("a", "1");
    ASSERT_TRUE(files().remove(path("a")));
    EXPECT_EQ(open_error("a", OpenMode::ReadOnly), FileErrorKind::NotFound);
    const auto again = files().remove(path("a"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, FileErrorKind::NotFound);
}

TEST_P(FileSeam, DirectoriesAreMadeWithAllThatLeadToThem) {
    EXPECT_EQ(open_error("x/y/a", OpenMode::Create), FileErrorKind::NotFound);
    ASSERT_TRUE(files().create_directories(path("x/y")));
    ASSERT_TRUE(files().create_directories(path("x/y/")));  // there already
    write("x/y/a", "1");
    write("x/b", "2");
    EXPECT_THAT(list(), ElementsAre("x"));
    EXPECT_THAT(list("x"), ElementsAre("b", "y"));
    EXPECT_THAT(list("x/y"), ElementsAre("a"));
}

TEST_P(FileSeam, AFileIsNoDirectory) {
    write("a", "1");
    EXPECT_FALSE(files().create_directories(path("a")));
    EXPECT_FALSE(files().create_directories(path("a/b")));
    EXPECT_EQ(open_error("a/b", OpenMode::Create), FileErrorKind::NotFound);
}

TEST_P(FileSeam, ADirectoryIsNoFile) {
    ASSERT_TRUE(files().create_directories(path("x")));
    EXPECT_EQ(open_error("x", OpenMode::ReadOnly), FileErrorKind::Denied);
    EXPECT_EQ(open_error("x", OpenMode::ReadWrite), FileErrorKind::Denied);
}

TEST_P(FileSeam, WhatIsNoDirectoryIsNotListedNorSynced) {
    EXPECT_FALSE(files().list(path("missing")));
    EXPECT_FALSE(files().sync_directory(path("missing")));
    EXPECT_TRUE(files().sync_directory(path("")));
}

TEST_P(FileSeam, OneNameHasSeveralSpellings) {
    ASSERT_TRUE(files().create_directories(path("x")));
    write("x//./a", "1");
    EXPECT_EQ(read("x/a"), "1");
    EXPECT_EQ(read("x/../x/a"), "1");
}

TEST_P(FileSeam, ReplaceFileLeavesOnlyTheNewContent) {
    write("a", "a long old content");
    write("a", "new");
    EXPECT_EQ(read("a"), "new");
    EXPECT_THAT(list(), ElementsAre("a"));
}

TEST_P(FileSeam, ReadsAWholeFileOfAnySize) {
    for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 300000U}) {
        const std::string content(size, 'n');
        write("a", content);
        EXPECT_EQ(read("a"), content) << size;
    }
}

TEST(DirectoryOf, NamesWhereAPathStands) {
    EXPECT_EQ(directory_of("a"), ".");
    EXPECT_EQ(directory_of("/a"), "/");
    EXPECT_EQ(directory_of("x/a"), "x");
    EXPECT_EQ(directory_of("/x/y/a"), "/x/y");
}

TEST(PosixFileSystem, ReadsASpecialFileThatSaysItIsEmpty) {
    PosixFileSystem files;
    const auto content = read_whole_file(files, "/proc/self/status");
    ASSERT_TRUE(content);
    EXPECT_THAT(std::string(as_text(*content)), HasSubstr("Pid:"));
}

TEST(PosixFileSystem, AFullDiskIsNoSpace) {
    PosixFileSystem files;
    const auto full = files.open("/dev/full", OpenMode::ReadWrite);
    ASSERT_TRUE(full);
    const auto done = (*full)->write_at(0, as_bytes("x"));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, FileErrorKind::NoSpace);
}

}  // namespace
}  // namespace nearline::base
