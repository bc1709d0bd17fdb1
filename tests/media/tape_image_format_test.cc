// The bytes of a tape image, as docs/formats/tape-image.md has them, and what damage to any of them
// does: it takes the object that it hits, says so, and no other.
#include "media/tape_image_format.h"

#include <gmock/gmock.h>

#include "base/crc32c.h"
#include "base/text.h"
#include "media/tape_image_recovery.h"
#include "tests/media/a_tape.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::BytesView;
using base::MemoryFileSystem;
using testing::IsEmpty;
using testing::SizeIs;

std::string hex(BytesView bytes) {
    return base::to_hex(bytes);
}

// The document's example.
void write_example(base::FileSystem& files) {
    const auto tape = created(files, {"ABC001L9", 18'000'000, false});
    ASSERT_TRUE(add(*tape, "tape"));
    ASSERT_TRUE(add_marks(*tape, 1));
    ASSERT_TRUE(tape->sync());
    ASSERT_TRUE(tape->keep_memory({{{0, 0x0806}, bytes_of("ABC001L9")}}));
}

TEST(TapeImageFormat, IsThatOfTheDocument) {
    MemoryFileSystem files;
    write_example(files);
    const Bytes content = *base::read_whole_file(files, kTape);
    const BytesView all = content;
    const auto expect = [&](std::uint64_t offset, const std::string& golden) {
        EXPECT_EQ(hex(all.subspan(offset, golden.size() / 2)), golden) << offset;
    };
    // The newer head, up to the identity, and its CRC.
    expect(4096,
           "4e4c544150450d0a00010001000000000112a88000000000000000030000000000000001"
           "000000000000000000000000000225040000000000022240000000000112a88000000000"
           "000000020000000000000000000000000000000000000000000000000000000000000000"
           "000000000000000000000000000000000000000000000000000000000000000000000000"
           "000000000000000000000000000000000000000000000000000000000000000000000000"
           "000000000000000000000000000000000000000000000000084142433030314c39");
    expect(4604, "2f4dbb5f");
    expect(73'728, "000000000000000100000011c8952c230000000100080600084142433030314c39");
    // A commit, whose payload is a head; a block; a filemark; the commit of the sync.
    expect(139'264,
           "4e4c54520400000000000000000000010000000000000000000000000000000000000000"
           "00022000000000000000020000000000000000002752fffe8a7424794e4c544150450d0a");
    expect(139'840,
           "4e4c54520100000000000000000000010000000000000000000000000000000000000000"
           "0002224000000004000000040000000000000000ceac3a2fca56470874617065");
    expect(139'908,
           "4e4c54520200000000000000000000010000000000000001000000000000000000000000"
           "000222840000000000000001000000000000000000000000796a8d85");
    expect(139'972,
           "4e4c54520400000000000000000000010000000000000000000000000000000000000000"
           "000222c4000000000000020000000000000000008d581dc46f0951d3");
    EXPECT_EQ(all.size(), kLogBegin + 708 + 576);
}

TEST(TapeImageFormat, AHeadKeepsAllItSays) {
    Head head;
    head.is_discarding = true;
    head.partitions = 3;
    head.capacity = 18'000'000'000'000;
    head.sequence = 7;
    head.generation = 9;
    head.memory = 4;
    head.log_end = kLogBegin + 1000;
    head.scan_from = kLogBegin + 10;
    head.partition = {{{1, 2, 3, {4, 5}}, {6, 7, 8, {}}, {9, 10, 11, {}}, {}}};
    head.identity = std::string(kMaximumIdentity, 'i');
    const HeadRead read = decode_head(encode_head(head));
    EXPECT_EQ(read.state, HeadState::Whole);
    EXPECT_EQ(read.head, head);
}

TEST(TapeImageFormat, ALaterFormatIsRefused) {
    MemoryFileSystem files;
    created(files);
    Bytes content = *base::read_whole_file(files, kTape);
    for (const std::uint64_t offset : kHeadOffsets) {
        const base::MutableBytes head = base::MutableBytes(content).subspan(offset, kHeadSize);
        base::store_big_endian(head, 8, 2, kFormatVersion + 1);
        base::store_big_endian(head, kHeadSize - 4, 4,
                               base::crc32c(BytesView(head).first(kHeadSize - 4)));
    }
    ASSERT_TRUE(base::replace_file(files, kTape, content));
    const auto tape = TapeImage::open(files, kTape);
    ASSERT_FALSE(tape);
    EXPECT_THAT(tape.error().message, testing::HasSubstr("later format"));
}

// A tape with something of everything, and what it holds.
class Sample {
public:
    Sample() {
        auto tape = created(files_);
        static_cast<void>(tape->format({500, 500}));
        static_cast<void>(tape->keep_memory({{{0, 1}, bytes_of("old")}}));
        for (std::uint64_t at = 0; at < 4; ++at) static_cast<void>(add(*tape, block(at, 40)));
        static_cast<void>(add_marks(*tape, 3));
        static_cast<void>(add(*tape, block(9, 30), 1));
        static_cast<void>(tape->sync());
        static_cast<void>(write(*tape, {0, 3}, block(3, 50)));
        static_cast<void>(add_marks(*tape, 2));
        BlockForm form = plain(4);
        form.encryption = Encryption{Bytes(12, 1), Bytes(16, 2), Bytes(8, 3), {}, {}, 0, false};
        static_cast<void>(tape->write_block({0, 6}, form, base::as_bytes("data")));
        static_cast<void>(add(*tape, block(10, 30), 1));
        static_cast<void>(tape->keep_memory({{{0, 1}, bytes_of("new")}}));
        static_cast<void>(add(*tape, block(11, 10), 1));
        static_cast<void>(tape->sync());
        content = *base::read_whole_file(files_, kTape);
        for (std::uint8_t at = 0; at < 2; ++at) partitions.push_back(objects(*tape, at));
    }

    Bytes content;
    std::vector<Objects> partitions;

private:
    MemoryFileSystem files_;
};

bool is_told(const std::vector<Loss>& losses, Position at) {
    return std::any_of(losses.begin(), losses.end(), [&](const Loss& loss) {
        return loss.partition == at.partition && loss.count > 0 && at.object >= loss.first &&
               at.object - loss.first < loss.count;
    });
}

// How many objects differ from the sample's; each of them is told of, and no other.
std::size_t differences(TapeImage& tape, const Sample& sample, const std::string& where) {
    std::size_t count = 0;
    const auto losses = *tape.verify();
    for (std::uint8_t partition = 0; partition < 2; ++partition) {
        const Objects now = objects(tape, partition);
        EXPECT_EQ(now.size(), sample.partitions[partition].size()) << where;
        for (std::size_t at = 0; at < now.size(); ++at) {
            const bool is_same = now[at] == sample.partitions[partition][at];
            if (!is_same) ++count;
            // A damaged filemark that the index knows is still one.
            if (now[at] == kMark) continue;
            EXPECT_EQ(is_same, !is_told(losses, {partition, at})) << where << " object " << at;
            EXPECT_TRUE(is_same || now[at] == kUnreadable) << where << now[at];
        }
    }
    return count;
}

// Goes on with the damaged tape; what is lost stays told, and no more gets lost.
void go_on(MemoryFileSystem& files, std::unique_ptr<TapeImage> tape, const std::string& where) {
    const std::size_t lost = tape->losses().size();
    EXPECT_TRUE(add(*tape, "more", 1)) << where;
    EXPECT_TRUE(tape->sync()) << where;
    const std::uint64_t end = tape->end_of_data(1);
    tape.reset();
    files.crash();
    const auto again = opened(files);
    EXPECT_EQ(read(*again, {1, end - 1}), "more") << where;
    EXPECT_LE(again->losses().size(), lost) << where;  // a memory kept anew is whole
}

TEST(DamagedTape, LosesNoMoreThanTheObjectThatAFlippedByteHits) {
    const Sample sample;
    std::size_t most = 0;
    std::size_t hits = 0;
    for (std::size_t at = 0; at < sample.content.size(); ++at) {
        const bool is_unused = (at >= kHeadSize && at < kHeadOffsets[1]) ||
                               (at >= kHeadOffsets[1] + kHeadSize && at < kMemoryOffsets[0]) ||
                               (at >= kMemoryOffsets[0] + 100 && at < kMemoryOffsets[1]) ||
                               (at >= kMemoryOffsets[1] + 100 && at < kLogBegin);
        if (is_unused) continue;
        const std::string where = "byte " + std::to_string(at);
        Bytes content = sample.content;
        content[at] ^= 0x10;
        MemoryFileSystem files;
        ASSERT_TRUE(base::replace_file(files, kTape, content));
        auto tape = TapeImage::open(files, kTape);
        ASSERT_TRUE(tape) << where << tape.error().message;
        const std::size_t count = differences(**tape, sample, where);
        most = std::max(most, count);
        if (count > 0) ++hits;
        if (at >= kLogBegin && at % 5 == 0) go_on(files, std::move(*tape), where);
        ASSERT_FALSE(HasFailure());
    }
    EXPECT_EQ(most, 2U);  // the record of two filemarks
    EXPECT_GT(hits, 9 * kHeaderSize);
}

TEST(DamagedTape, TellsOfACartridgeMemoryThatIsLost) {
    const Sample sample;
    const auto memory_without = [&](std::vector<std::size_t> copies) {
        Bytes content = sample.content;
        for (const std::size_t copy : copies) content[kMemoryOffsets[copy] + 20] ^= 1;
        MemoryFileSystem files;
        CHECK(base::replace_file(files, kTape, content).has_value());
        const auto tape = opened(files);
        return std::pair(tape->memory(), tape->losses().size());
    };
    const CartridgeMemory older = {{{0, 1}, bytes_of("old")}};
    const CartridgeMemory newer = {{{0, 1}, bytes_of("new")}};
    const bool is_first_newer = memory_without({1}).first == newer;
    const std::size_t newest = is_first_newer ? 0 : 1;
    EXPECT_EQ(memory_without({}), std::pair(newer, std::size_t{0}));
    EXPECT_EQ(memory_without({1 - newest}), std::pair(newer, std::size_t{0}));
    EXPECT_EQ(memory_without({newest}), std::pair(older, std::size_t{1}));
    EXPECT_EQ(memory_without({0, 1}), std::pair(CartridgeMemory{}, std::size_t{1}));
}

TEST(DamagedTape, IsReadAsFarAsAFileThatWasCutReaches) {
    const Sample sample;
    for (std::size_t size = kLogBegin; size < sample.content.size(); ++size) {
        const std::string where = "cut at " + std::to_string(size);
        MemoryFileSystem files;
        ASSERT_TRUE(base::replace_file(files, kTape, BytesView(sample.content).first(size)));
        auto tape = TapeImage::open(files, kTape);
        ASSERT_TRUE(tape) << where;
        differences(**tape, sample, where);
        go_on(files, std::move(*tape), where);
        ASSERT_FALSE(HasFailure());
    }
    for (std::size_t size = 0; size < kLogBegin; size += 97) {
        MemoryFileSystem files;
        ASSERT_TRUE(base::replace_file(files, kTape, BytesView(sample.content).first(size)));
        const auto tape = TapeImage::open(files, kTape);
        EXPECT_EQ(tape.has_value(), size >= kHeadSize) << size;
        EXPECT_TRUE(!tape || !(*tape)->losses().empty()) << size;
    }
}

TEST(DamagedTape, IsRecoveredFromItsLogWithoutHeads) {
    const Sample sample;
    Bytes content = sample.content;
    std::fill_n(content.begin(), kMemoryOffsets[0], std::uint8_t{0});
    MemoryFileSystem files;
    ASSERT_TRUE(base::replace_file(files, kTape, content));
    auto tape = opened(files);
    EXPECT_EQ(tape->identity(), "NL0001L9");
    EXPECT_EQ(differences(*tape, sample, "no heads"), 0U);
    go_on(files, std::move(tape), "no heads");
}

// A long tape, whose objects are known by index records.
class LongTape : public testing::Test {
protected:
    static constexpr std::uint64_t kBlocks = 9000;

    LongTape() {
        const auto tape = created(files_);
        for (std::uint64_t at = 0; at < kBlocks; ++at) {
            static_cast<void>(add(*tape, block(at, 20 + at % 7)));
        }
        static_cast<void>(tape->sync());
        content_ = *base::read_whole_file(files_, kTape);
    }

    // Offset of the record of a block.
    std::size_t record_of(std::uint64_t number) const {
        const std::string text = block(number, 20 + number % 7);
        const auto at = std::search(content_.begin(), content_.end(), text.begin(), text.end());
        return static_cast<std::size_t>(at - content_.begin()) - kHeaderSize;
    }

    MemoryFileSystem files_;
    Bytes content_;
};

TEST_F(LongTape, ReadsOnBehindADamagedRecord) {
    for (const std::size_t offset : {record_of(5000), record_of(5000) + kHeaderSize}) {
        Bytes content = content_;
        content[offset] ^= 1;
        ASSERT_TRUE(base::replace_file(files_, kTape, content));
        const auto tape = opened(files_);
        const auto read_it = tape->form({0, 5000});
        Bytes stored(read_it ? read_it->stored : 0);
        const auto why = read_it ? tape->read({0, 5000}, stored) : base::Failure{read_it.error()};
        ASSERT_FALSE(why);
        EXPECT_EQ(why.error().kind, MediumFault::Kind::Unreadable);
        EXPECT_EQ(read(*tape, {0, 4999}), block(4999, 20 + 4999 % 7));
        EXPECT_EQ(read(*tape, {0, 5001}), block(5001, 20 + 5001 % 7));
        const auto losses = *tape->verify();
        ASSERT_THAT(losses, SizeIs(1));
        EXPECT_EQ(losses.front().text, "partition 0: object 5000: cannot be read");
    }
}

TEST_F(LongTape, NeedsNoIndexRecordToFindEverything) {
    std::size_t records = 0;
    for (std::size_t at = kLogBegin; at + kHeaderSize < content_.size(); ++at) {
        const auto header = decode_header(BytesView(content_).subspan(at));
        if (!header || header->kind != RecordKind::Index) continue;
        ++records;
        Bytes content = content_;
        content[at + kHeaderSize + 20] ^= 1;
        ASSERT_TRUE(base::replace_file(files_, kTape, content));
        const auto tape = opened(files_);
        EXPECT_THAT(tape->losses(), IsEmpty());
        EXPECT_EQ(tape->end_of_data(0), kBlocks);
        EXPECT_EQ(read(*tape, {0, 7000}), block(7000, 20));
        // The next durable point mends it.
        ASSERT_TRUE(add(*tape, "more"));
        ASSERT_TRUE(tape->sync());
        files_.crash();
        EXPECT_THAT(*opened(files_)->verify(), IsEmpty());
    }
    EXPECT_EQ(records, 3U);
}

TEST_F(LongTape, WritesOverWhatItsIndexRecordsKnow) {
    for (const std::uint64_t at : {0, 1, 4095, 4096, 4097, 8500, 8999}) {
        ASSERT_TRUE(base::replace_file(files_, kTape, content_));
        {
            const auto tape = opened(files_);
            ASSERT_TRUE(write(*tape, {0, at}, "new"));
            ASSERT_TRUE(tape->sync());
        }
        files_.crash();
        const auto tape = opened(files_);
        EXPECT_EQ(tape->end_of_data(0), at + 1);
        EXPECT_EQ(read(*tape, {0, at}), "new");
        EXPECT_THAT(*tape->verify(), IsEmpty()) << at;
    }
}

}  // namespace
}  // namespace nearline::media
