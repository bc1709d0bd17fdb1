#include "library/journal.h"

#include <gmock/gmock.h>

#include "base/crc32c.h"
#include "base/memory_file_system.h"
#include "base/text.h"
#include "library/state_format.h"
#include "sim/random.h"
#include "tests/library/plain_profiles.h"

namespace nearline::library {
namespace {

using base::Bytes;
using base::MemoryFileSystem;
using changer::ElementType;
using media::CartridgeId;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kPath = std::string("state/") + kJournalName;

Placement slot(std::uint16_t place) {
    return {ElementType::Storage, place};
}
Placement drive(std::uint16_t place) {
    return {ElementType::DataTransfer, place};
}

LibraryDescription description_with(std::size_t cartridges) {
    LibraryDescription description = plain_description(10, 2, 1);
    for (std::uint16_t at = 0; at < cartridges; ++at) {
        media::CartridgeDescription cartridge;
        cartridge.id = static_cast<CartridgeId>(at + 1);
        cartridge.label = "ABC00" + std::to_string(at + 1) + "L9";
        cartridge.generation = media::Generation::Lto9;
        description.cartridges.push_back({cartridge, slot(at)});
    }
    return description;
}

media::CartridgeDescription newcomer() {
    media::CartridgeDescription cartridge;
    cartridge.id = CartridgeId{20};
    cartridge.label = "NEW020L8";
    cartridge.generation = media::Generation::Lto8;
    cartridge.is_write_protected = true;
    return cartridge;
}

std::unique_ptr<Journal> open(base::FileSystem& files,
                              const LibraryDescription& description = description_with(3)) {
    auto journal = Journal::open(files, "state", description);
    CHECK(journal.has_value());
    return std::move(journal).value();
}

scsi::ReservationState a_reservation() {
    const auto port = [](const std::string& host) {
        return scsi::NexusNames{"iqn.1994-05.com.example:" + host + ",i,0x00023d000001",
                                "iqn.2026-11.test.nearline:plain,t,0x0001", 1};
    };
    return {{{port("a"), 0x0123456789ABCDEF, scsi::TargetPorts::All, true}, {port("b"), 2}},
            scsi::ReservationType::ExclusiveAccess};
}

// One of everything.
void fill(Journal& journal) {
    EXPECT_TRUE(journal.stands(CartridgeId{1}, drive(0), slot(0)));
    EXPECT_TRUE(journal.came(newcomer(), Placement{ElementType::ImportExport, 1}));
    EXPECT_TRUE(journal.imported(1, true));
    EXPECT_TRUE(journal.left(CartridgeId{2}));
    EXPECT_TRUE(journal.saved(1, {{{1, 0x0F, 0}, Bytes{1, 2, 3}}}));
    EXPECT_TRUE(journal.reserved(1, a_reservation()));
}

Bytes content(base::FileSystem& files) {
    return base::read_whole_file(files, kPath).value();
}

void replace(base::FileSystem& files, const Bytes& content) {
    CHECK(base::replace_file(files, kPath, content).has_value());
}

TEST(Journal, BeginsWithWhatTheDescriptionSays) {
    MemoryFileSystem files;
    EXPECT_EQ(open(files)->facts(), initial_facts(description_with(3)));
    EXPECT_EQ(open(files)->facts(), initial_facts(description_with(3)));
}

TEST(Journal, KeepsEveryKindOfFactThroughALossOfPower) {
    MemoryFileSystem files;
    Facts before;
    {
        const auto journal = open(files);
        fill(*journal);
        before = journal->facts();
    }
    files.crash();
    const auto journal = open(files);
    EXPECT_EQ(journal->facts(), before);
    EXPECT_THAT(journal->losses(), IsEmpty());
    EXPECT_EQ(journal->facts().cartridges.at(CartridgeId{20}).description, newcomer());
    EXPECT_EQ(journal->facts().cartridges.at(CartridgeId{2}).at, std::nullopt);
}

TEST(Journal, ForgetsReservationsThatHaveEnded) {
    MemoryFileSystem files;
    {
        const auto journal = open(files);
        EXPECT_TRUE(journal->reserved(0, a_reservation()));
        EXPECT_TRUE(journal->reserved(1, a_reservation()));
        EXPECT_TRUE(journal->reserved(0, {}));
    }
    files.crash();
    const auto journal = open(files);
    EXPECT_EQ(journal->facts().reservations,
              (std::map<std::uint16_t, scsi::ReservationState>{{1, a_reservation()}}));
    EXPECT_THAT(journal->losses(), IsEmpty());
}

TEST(Journal, HasRoomForAllReservationsThereCanBe) {
    MemoryFileSystem files;
    scsi::ReservationState full = a_reservation();
    full.registrations.resize(scsi::PersistentReservations::kMaximumRegistrations);
    for (std::size_t at = 0; at < full.registrations.size(); ++at) {
        scsi::Registration& one = full.registrations.at(at);
        one.key = at + 1;
        one.nexus.initiator_port =
            std::string(scsi::PersistentReservations::kMaximumNameLength, 'i');
        one.nexus.target_port = one.nexus.initiator_port;
    }
    EXPECT_TRUE(open(files)->reserved(0, full));
    files.crash();
    const auto journal = open(files);
    EXPECT_EQ(journal->facts().reservations.at(0), full);
    EXPECT_THAT(journal->losses(), IsEmpty());
}

TEST(Journal, GrowsByAppendingAndShrinksWhenOpened) {
    MemoryFileSystem files;
    std::size_t grown = 0;
    {
        const auto journal = open(files);
        const std::size_t before = content(files).size();
        for (int at = 0; at < 100; ++at) {
            journal->stands(CartridgeId{1}, slot(static_cast<std::uint16_t>(3 + at % 2)), {});
        }
        grown = content(files).size();
        EXPECT_GT(grown, before + 100 * kHeadSize);
    }
    open(files);
    EXPECT_LT(content(files).size(), grown / 2);
}

TEST(Journal, DoesNotGrowWithoutEnd) {
    MemoryFileSystem files;
    const auto journal = open(files);
    std::size_t largest = 0;
    for (std::uint8_t round = 0; round < 200; ++round) {
        journal->saved(0, {{{0, 0x1D, 0}, Bytes(60'000, round)}});
        largest = std::max(largest, content(files).size());
    }
    EXPECT_LT(largest, 2U * 60'000 + 1200 * 1024);
}

TEST(Journal, BelongsToOneDescription) {
    MemoryFileSystem files;
    open(files);
    LibraryDescription other = description_with(3);
    other.name = "other";
    other.slots = 11;
    const auto refused = Journal::open(files, "state", other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(),
              "the state in state belongs to library \"plain\" (1 robot, 10 slots, 2 station "
              "elements, 1 drive, begun with 3 cartridges), not to library \"other\" (1 robot, 11 "
              "slots, 2 station elements, 1 drive, begun with 3 cartridges)");
    EXPECT_FALSE(Journal::open(files, "state", description_with(4)));
    EXPECT_TRUE(Journal::open(files, "state", description_with(3)));
}

// Hexadecimal without its blanks.
std::string digits(std::string_view text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char c) { return c != ' ' && c != '\n'; });
    return digits;
}

// docs/formats/library-state.md, the worked example.
TEST(JournalBytes, AreThoseOfTheDocument) {
    MemoryFileSystem files;
    LibraryDescription description = plain_description(2, 0, 1);
    description.name = "tiny";
    media::CartridgeDescription cartridge;
    cartridge.id = CartridgeId{1};
    cartridge.label = "ABC001L9";
    cartridge.generation = media::Generation::Lto9;
    description.cartridges.push_back({cartridge, slot(0)});
    const auto journal = open(files, description);
    journal->stands(CartridgeId{1}, drive(0), slot(0));
    EXPECT_EQ(base::to_hex(content(files)), digits(R"(
        4e4c524a 0000000000000001 01 00000012 01 0001 0002 0000 0001 00000001
                                              04 74696e79                            ade76ce5
        4e4c524a 0000000000000002 02 00000013 00000001 00 0a 01 00 0032 08
                                              4142433030314c39                       c4f6e644
        4e4c524a 0000000000000003 03 0000000a 00000001 02 0000 00 0000               c8d6aea1
        4e4c524a 0000000000000004 01 00000012 01 0001 0002 0000 0001 00000001
                                              04 74696e79                            f54f49b1
        4e4c524a 0000000000000005 03 0000000a 00000001 04 0000 02 0000               c930aafe)"));
    const std::size_t before = content(files).size();
    journal->reserved(1,
                      {{{{"iqn.a:b,i,0x00023d000001", "iqn.c:tiny,t,0x0001", 1}, 0xA1, {}, true}},
                       scsi::ReservationType::ExclusiveAccess});
    EXPECT_EQ(base::to_hex(base::BytesView(content(files)).subspan(before)), digits(R"(
        4e4c524a 0000000000000006 06 0000003d 0001 03 0001
                                              01 00000000000000a1 0001
                                              18 69716e2e613a622c692c3078303030323364303030303031
                                              13 69716e2e633a74696e792c742c307830303031
                                                                                      64485de6)"));
}

TEST(DamagedJournal, EveryFlippedBitCostsOneFactAtMostAndIsTold) {
    MemoryFileSystem files;
    Facts before;
    {
        const auto journal = open(files);
        fill(*journal);
        before = journal->facts();
    }
    const Bytes whole = content(files);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const std::uint8_t bit : {0x01, 0x80}) {
            Bytes damaged = whole;
            damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ bit);
            replace(files, damaged);
            const auto journal = open(files);
            ASSERT_THAT(journal->losses(), testing::Not(IsEmpty())) << "byte " << at;
            std::size_t differences = 0;
            for (const auto& [id, fact] : before.cartridges) {
                const auto found = journal->facts().cartridges.find(id);
                const bool is_same =
                    found != journal->facts().cartridges.end() && found->second == fact;
                if (!is_same) ++differences;
            }
            EXPECT_LE(differences, 1U) << "byte " << at;
            EXPECT_EQ(journal->facts().cartridges.size(), before.cartridges.size());
        }
    }
}

TEST(DamagedJournal, IsKeptAsideAndTheNewOneIsWhole) {
    MemoryFileSystem files;
    open(files);
    Bytes damaged = content(files);
    damaged[damaged.size() / 2] ^= 0x10;
    replace(files, damaged);
    open(files);
    EXPECT_EQ(base::read_whole_file(files, std::string("state/") + kDamagedName).value(), damaged);
    EXPECT_THAT(open(files)->losses(), IsEmpty());
}

TEST(DamagedJournal, CutAnywhereKeepsWhatStandsBefore) {
    MemoryFileSystem files;
    std::vector<std::pair<std::size_t, Facts>> whole_at;  // sizes after each change, and the facts
    {
        const auto journal = open(files);
        whole_at.emplace_back(content(files).size(), journal->facts());
        journal->stands(CartridgeId{1}, drive(0), slot(0));
        whole_at.emplace_back(content(files).size(), journal->facts());
        journal->left(CartridgeId{2});
        whole_at.emplace_back(content(files).size(), journal->facts());
        journal->imported(0, true);
        whole_at.emplace_back(content(files).size(), journal->facts());
    }
    const Bytes whole = content(files);
    for (std::size_t size = whole_at.front().first; size <= whole.size(); ++size) {
        replace(files, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        const Facts* expected = nullptr;
        bool is_whole = false;
        for (const auto& [at, facts] : whole_at) {
            if (at <= size) expected = &facts;
            is_whole = is_whole || at == size;
        }
        const auto journal = open(files);
        EXPECT_EQ(journal->facts(), *expected) << size;
        EXPECT_EQ(journal->losses().empty(), is_whole) << size;
    }
}

TEST(DamagedJournal, CutWithinTheSnapshotLosesNoCartridge) {
    MemoryFileSystem files;
    open(files);
    const Bytes whole = content(files);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        replace(files, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        EXPECT_EQ(open(files)->facts().cartridges.size(), 3U);
    }
}

TEST(DamagedJournal, NoiseLosesNoCartridge) {
    MemoryFileSystem files;
    {
        const auto journal = open(files);
        fill(*journal);
    }
    const Bytes whole = content(files);
    sim::RandomStream random = sim::RandomSource(7).stream("noise");
    for (int round = 0; round < 300; ++round) {
        Bytes damaged = whole;
        for (std::uint64_t flips = 1 + random.below(40); flips > 0; --flips) {
            damaged[random.below(damaged.size())] = static_cast<std::uint8_t>(random.next());
        }
        replace(files, damaged);
        const auto opened = Journal::open(files, "state", description_with(3));
        ASSERT_TRUE(opened.has_value());
        EXPECT_GE(opened.value()->facts().cartridges.size(), 3U);
        EXPECT_THAT(open(files)->losses(), IsEmpty());
    }
}

// Two cartridges in one slot: the move that had emptied it is lost.
TEST(DamagedJournal, OfTwoInOnePlaceTheLaterOneIsThere) {
    MemoryFileSystem files;
    std::size_t begin = 0;
    {
        const auto journal = open(files);
        begin = content(files).size();
        journal->stands(CartridgeId{1}, drive(0), slot(0));
        journal->stands(CartridgeId{2}, slot(0), {});
    }
    Bytes damaged = content(files);
    damaged[begin + kHeadSize] ^= 1;
    replace(files, damaged);
    const auto journal = open(files);
    EXPECT_EQ(journal->facts().cartridges.at(CartridgeId{2}).at, slot(0));
    EXPECT_EQ(journal->facts().cartridges.at(CartridgeId{1}).at, std::nullopt);
    EXPECT_THAT(journal->losses(),
                testing::Contains(HasSubstr("where cartridge #1 (ABC001L9) stands is lost")));
}

TEST(DamagedJournal, OfALaterProgramIsLeftAlone) {
    MemoryFileSystem files;
    open(files);
    Bytes later = content(files);
    const std::size_t identity_size = 14 + description_with(3).name.size();
    later[kHeadSize] = 2;  // the version, which the checksum covers
    base::store_big_endian(later, kHeadSize + identity_size, kTailSize,
                           base::crc32c(base::BytesView(later).subspan(
                               sizeof kMarker, kHeadSize - sizeof kMarker + identity_size)));
    replace(files, later);
    const auto refused = Journal::open(files, "state", description_with(3));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error(), HasSubstr("has format 2, which is later than this program"));
    EXPECT_EQ(content(files), later);
}

// Ten changes; the file system fails at each of its operations in turn. What was acknowledged is
// there after the crash.
TEST(JournalCrash, AtEveryOperationLosesNothingAcknowledged) {
    const auto change = [](Journal& journal, int step) {
        const auto place = static_cast<std::uint16_t>(3 + step % 5);
        if (step % 4 == 3) return journal.imported(0, step % 8 == 3);
        if (step % 4 == 2) return journal.saved(0, {{{0, 0x1D, 0}, Bytes{std::uint8_t(step)}}});
        return journal.stands(CartridgeId{1}, slot(place), slot(0));
    };
    MemoryFileSystem counting;
    open(counting);
    const std::uint64_t begun = counting.operations();
    {
        const auto journal = open(counting);
        for (int step = 0; step < 10; ++step) change(*journal, step);
    }
    const std::uint64_t operations = counting.operations() - begun;
    for (std::uint64_t count = 0; count <= operations; ++count) {
        MemoryFileSystem files;
        Facts acknowledged = open(files)->facts();
        Facts last = acknowledged;
        files.fail_after(count);
        if (auto opened = Journal::open(files, "state", description_with(3))) {
            Journal& journal = *opened.value();
            for (int step = 0; step < 10; ++step) {
                if (change(journal, step)) acknowledged = journal.facts();
                last = journal.facts();
            }
        }
        files.crash();
        files.stop_failing();
        const auto journal = open(files);
        const bool is_kept = journal->facts() == acknowledged || journal->facts() == last;
        EXPECT_TRUE(is_kept) << "failing after " << count;
        EXPECT_THAT(journal->losses(), testing::SizeIs(testing::Le(1U)));
    }
}

TEST(JournalCrash, AfterAFailureTheNextChangeMakesAllDurable) {
    MemoryFileSystem files;
    const auto journal = open(files);
    files.fail_after(0);
    EXPECT_FALSE(journal->stands(CartridgeId{1}, drive(0), slot(0)));
    EXPECT_FALSE(journal->left(CartridgeId{3}));
    EXPECT_NE(journal->facts().cartridges.at(CartridgeId{3}).at, std::nullopt);
    files.stop_failing();
    EXPECT_TRUE(journal->imported(1, true));
    files.crash();
    EXPECT_EQ(open(files)->facts(), journal->facts());
    EXPECT_EQ(open(files)->facts().cartridges.at(CartridgeId{1}).at, drive(0));
}

TEST(JournalCrash, AFullDiskRefusesAndKeepsWhatWas) {
    MemoryFileSystem files;
    {
        const auto journal = open(files);
        files.limit_space(content(files).size() + 10);
        EXPECT_FALSE(journal->stands(CartridgeId{1}, drive(0), slot(0)));
    }
    files.crash();
    files.limit_space(UINT64_MAX);
    EXPECT_EQ(open(files)->facts(), initial_facts(description_with(3)));
}

}  // namespace
}  // namespace nearline::library
