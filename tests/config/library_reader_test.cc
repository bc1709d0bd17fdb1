#include "config/library_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/bytes.h"
#include "base/memory_file_system.h"

namespace nearline::config {
namespace {

using changer::ElementAddress;
using changer::ElementType;
using library::CartridgePlacement;
using media::CartridgeType;
using media::Generation;
using testing::ElementsAre;
using testing::IsEmpty;

struct Files {
    base::MemoryFileSystem files;

    void write(const std::string& path, const std::string& content) {
        (void)files.create_directories(base::directory_of(path));
        ASSERT_TRUE(base::replace_file(files, path, base::as_bytes(content)));
    }
};

std::vector<std::string> problems_of(const ReadLibrary& read) {
    std::vector<std::string> lines;
    if (read) return lines;
    for (const auto& problem : read.error()) lines.push_back(to_text(problem));
    return lines;
}

std::vector<std::string> problems_in(const std::string& text) {
    base::MemoryFileSystem files;
    return problems_of(read_library(text, "l.textproto", files));
}

library::LibraryDescription description_of(const std::string& text) {
    base::MemoryFileSystem files;
    auto read = read_library(text, "l.textproto", files);
    EXPECT_THAT(problems_of(read), IsEmpty());
    return read ? *std::move(read) : library::LibraryDescription{};
}

const char* const kVault = R"(name: "vault"
personality: "ibm-ts4300"
storage { count: 40 }  import_export { count: 5 }
drives { model: "ibm-lto9-hh" count: 2 }
cartridges { labels: "VLT0%02dL9" first: 1 count: 30 where: STORAGE }
cartridges { labels: "CLNU01L1" type: CLEANING }
access { chap { user: "backup" secret_file: "chap.secret" }
         initiators: "iqn.2004-10.com.example:*" }
)";

TEST(Library, IsReadFromText) {
    Files disk;
    disk.write("/etc/nearline/chap.secret", "correct horse\n");
    const auto read = read_library(kVault, "/etc/nearline/vault.textproto", disk.files);
    ASSERT_THAT(problems_of(read), IsEmpty());
    const auto& library = *read;
    EXPECT_EQ(library.name, "vault");
    EXPECT_EQ(library.personality, "ibm-ts4300");
    EXPECT_EQ(library.robots, 1);
    EXPECT_EQ(library.slots, 40);
    EXPECT_EQ(library.stations, 5);
    ASSERT_EQ(library.drives.size(), 2U);
    EXPECT_EQ(library.drives.at(1).profile.unit.product, "ULT3580-HH9");
    ASSERT_EQ(library.cartridges.size(), 31U);
    EXPECT_EQ(library.cartridges.front().cartridge.label, "VLT001L9");
    EXPECT_EQ(library.cartridges.front().cartridge.generation, Generation::Lto9);
    EXPECT_EQ(library.cartridges.back().cartridge.type, CartridgeType::Cleaning);
    EXPECT_EQ(library.cartridges.back().cartridge.id, media::CartridgeId{31});
    ASSERT_TRUE(library.cartridges.back().at);
    EXPECT_EQ(library.cartridges.back().at->place, 30) << "the first free one";
    EXPECT_EQ(library.layout, library::DeviceLayout::OneTarget);
    ASSERT_EQ(library.access.initiators_secrets.size(), 1U);
    EXPECT_EQ(library.access.initiators_secrets.front().user, "backup");
    EXPECT_EQ(library.access.initiators_secrets.front().secret, "correct horse");
    EXPECT_THAT(library.access.initiators, ElementsAre("iqn.2004-10.com.example:*"));
}

TEST(Library, ByDefaultIsTheOneOfTheManual) {
    const auto library = default_library();
    EXPECT_EQ(library.slots, 24);
    EXPECT_EQ(library.stations, 2);
    EXPECT_EQ(library.robots, 1);
    EXPECT_EQ(library.drives.size(), 2U);
    ASSERT_EQ(library.cartridges.size(), 21U);
    EXPECT_EQ(library.cartridges.at(19).cartridge.label, "NL0020L9");
    EXPECT_EQ(library.cartridges.at(19).at->place, 19);
    EXPECT_EQ(library.cartridges.at(20).cartridge.label, "CLNU01L1");
    EXPECT_EQ(library.cartridges.at(20).at->place, 23);
}

TEST(Library, GivesEveryUnitItsOwnNumberAndKeepsIt) {
    const auto once = default_library();
    const auto again = default_library();
    EXPECT_EQ(once.changer.unit.serial, again.changer.unit.serial);
    std::set<std::string> serials = {once.changer.unit.serial};
    for (const auto& drive : once.drives) serials.insert(drive.profile.unit.serial);
    EXPECT_EQ(serials.size(), 3U);
    const auto other = description_of("name: 'other' storage { count: 1 }");
    EXPECT_NE(other.changer.unit.serial, once.changer.unit.serial);
}

TEST(Library, TakesIdentitiesFromTheFile) {
    const auto library = description_of(R"(name: 'a' personality: 'hpe-msl3040'
        serial: 'DEC418146K_LL02' naa: '5001438031BDC7D4' storage { count: 40 }
        drives { model: 'hpe-lto9-hh' count: 2 serials: '8031BDC7D1' naas: '5001438031BDC7D1' })");
    EXPECT_EQ(library.changer.unit.serial, "DEC418146K_LL02");
    EXPECT_EQ(library.drives.front().profile.unit.serial, "8031BDC7D1");
    EXPECT_NE(library.drives.back().profile.unit.serial, "8031BDC7D1") << "drawn, not given";
}

std::string name_of(ElementType type) {
    switch (type) {
        case ElementType::Storage:
            return "slot";
        case ElementType::ImportExport:
            return "station";
        case ElementType::DataTransfer:
            return "drive";
        default:
            return "robot";
    }
}

TEST(Library, PutsCartridgesWhereTheFileSays) {
    const auto library = description_of(R"(name: 'a' storage { count: 4 } import_export { count: 2 }
        drives { model: 'plain-lto9' }
        cartridges { labels: 'A%05dL9' count: 2 }
        cartridges { labels: 'IN0001L9' where: IMPORT_EXPORT place: 2 }
        cartridges { labels: 'DRV001L9' where: DRIVE }
        cartridges { labels: 'OUT001L9' where: OUTSIDE }
        cartridges { labels: ['S00001L9', 'S00002L9'] place: 1 })");
    std::map<std::string, std::string> places;
    for (const CartridgePlacement& cartridge : library.cartridges) {
        places[cartridge.cartridge.label] =
            cartridge.at ? name_of(cartridge.at->type) + " " + std::to_string(cartridge.at->place)
                         : "outside";
    }
    EXPECT_EQ(places["S00001L9"], "slot 0");
    EXPECT_EQ(places["S00002L9"], "slot 1");
    EXPECT_EQ(places["A00001L9"], "slot 2") << "the named places are taken first";
    EXPECT_EQ(places["A00002L9"], "slot 3");
    EXPECT_EQ(places["IN0001L9"], "station 1");
    EXPECT_EQ(places["DRV001L9"], "drive 0");
    EXPECT_EQ(places["OUT001L9"], "outside");
}

// A label names the cartridge; the drives, what is recorded on it.
TEST(Library, HasCartridgesInTheFormatOfItsDrives) {
    const auto library = description_of(R"(name: 'a' storage { count: 8 }
        drives { model: 'ibm-3592-e07' }
        drives { model: 'quantum-dlt7000' }
        cartridges { labels: 'ABC001JC' labels: 'ABC001JY' labels: 'ABC001D' }
        cartridges { labels: 'ABC002JC' generation: JC_E08 })");
    ASSERT_EQ(library.cartridges.size(), 4U);
    EXPECT_EQ(library.cartridges.at(0).cartridge.generation, Generation::JcE07);
    EXPECT_EQ(library.cartridges.at(1).cartridge.generation, Generation::JcE07);
    EXPECT_EQ(library.cartridges.at(1).cartridge.type, CartridgeType::Worm);
    EXPECT_EQ(library.cartridges.at(2).cartridge.generation, Generation::DltIv7000);
    EXPECT_EQ(library.cartridges.at(3).cartridge.generation, Generation::JcE08);
}

TEST(Library, HasOddCartridges) {
    const auto library = description_of(R"(name: 'a' storage { count: 8 }
        cartridges { generation: LTO_8 count: 2 }
        cartridges { labels: 'DIRTY1L9' is_label_unreadable: true is_write_protected: true }
        cartridges { labels: 'TWIN01LZ' count: 2 is_duplicate: true }
        cartridges { labels: 'BACKUP' generation: LTO_7 type: WORM })");
    ASSERT_EQ(library.cartridges.size(), 6U);
    const auto& bare = library.cartridges.at(1).cartridge;
    EXPECT_EQ(bare.label, "");
    EXPECT_EQ(bare.generation, Generation::Lto8);
    const auto& dirty = library.cartridges.at(2).cartridge;
    EXPECT_FALSE(dirty.is_label_readable);
    EXPECT_TRUE(dirty.is_write_protected);
    EXPECT_EQ(library.cartridges.at(4).cartridge.label, "TWIN01LZ");
    EXPECT_EQ(library.cartridges.at(4).cartridge.type, CartridgeType::Worm);
    EXPECT_EQ(library.cartridges.at(5).cartridge.type, CartridgeType::Worm);
    EXPECT_EQ(library.cartridges.at(5).cartridge.generation, Generation::Lto7);
}

TEST(Library, TakesPersonalitiesThatStandBesideIt) {
    Files disk;
    const std::string text =
        R"(name: "mine" unit { vendor: "ME" product: "MINE" serial { digits: 8 } }
        changer { robots { first: 1 } slots { first: 100 } stations { first: 10 }
                  drives { first: 50 }
                  kinematics { horizontal { speed_mm_per_s: 1 acceleration_mm_per_s2: 1 }
                               vertical { speed_mm_per_s: 1 acceleration_mm_per_s2: 1 }
                               column_pitch_mm: 1 row_pitch_mm: 1 rows_per_column: 1 } })";
    disk.write("/lib/mine.textproto", text);
    const auto read = read_library("name: 'a' personality: 'mine.textproto' storage { count: 1 }",
                                   "/lib/a.textproto", disk.files);
    ASSERT_THAT(problems_of(read), IsEmpty());
    EXPECT_EQ(read->personality, "mine");
    EXPECT_EQ(read->changer.first_slot, ElementAddress{100});

    disk.write("/lib/mine.textproto", "name: 'mine'\nunit { vendor: 'TOO LONG A NAME' }");
    EXPECT_THAT(problems_of(read_library("name: 'a' personality: 'mine.textproto' "
                                         "storage { count: 1 }",
                                         "/lib/a.textproto", disk.files)),
                ElementsAre("/lib/mine.textproto:1:1: a personality has one of changer and drive",
                            "/lib/mine.textproto:2:1: unit: say its product",
                            "/lib/mine.textproto:2:8: vendor: \"TOO LONG A NAME\" is longer than 8 "
                            "characters"));
}

// Every refusal: what stands in the file, and what is said of it.
struct Refusal {
    const char* text;
    std::vector<std::string> problems;
};

TEST(Library, RefusesWithThePlace) {
    const std::string head = "name: 'a' storage { count: 4 } import_export { count: 1 }\n";
    const Refusal refusals[] = {
        {"drives {}", {"2:1: drives: say their model"}},
        {"drives { model: 'plain-lto19' }",
         {"2:10: no personality is called \"plain-lto19\"; `nearline personalities` lists them"}},
        {"drives { model: 'plain' }", {"2:10: model: \"plain\" is a library's"}},
        {"drives { model: 'x.textproto' }", {"2:10: x.textproto: no such file"}},
        {"drives { model: 'plain-lto9' serials: ['A', 'B'] }", {"2:1: 2 identities for 1 drives"}},
        {"drives { model: 'plain-lto9' count: 2 serials: 'A' serials: 'A' }",
         {"2:52: serial: \"A\" is that of another unit"}},
        {"drives { model: 'plain-lto9' naas: '12' }",
         {"2:30: naa: \"12\" is not 16 hexadecimal digits"}},
        {"personality: 'plain-lto9'", {"2:1: personality: \"plain-lto9\" is a drive's"}},
        {"robots { count: 0 }", {"2:10: robots: a library has at least one"}},
        {"robots { count: 2 }", {"2:10: robots: 2 exceeds 1, the most \"plain\" takes"}},
        {"personality: 'ibm-3573-tl' drives { model: 'ibm-lto6-hh' count: 3 }\n"
         "drives { model: 'ibm-lto7-hh' count: 2 }",
         {"3:31: drives: 5 exceeds 4, the most \"ibm-3573-tl\" takes"}},
        {"drives { model: 'plain-lto9' count: 800 }",
         {"2:30: drives: 800 exceeds 768, the element addresses from 0100h to the slots at "
          "0400h"}},
        {"cartridges { labels: 'lower1L9' }",
         {"2:14: labels: \"lower1L9\" is no bar code: up to 32 of A-Z, 0-9 and - . $ / + % and "
          "blank"}},
        {"cartridges { labels: 'A%sL9' }",
         {"2:14: labels: \"A%sL9\": after % comes d, a width like 02d, or %"}},
        {"cartridges { labels: '' }",
         {"2:14: labels: empty; leave it out for cartridges without a label"}},
        {"cartridges { labels: 'A00001L9' count: 2 }",
         {"2:33: count: 2 cartridges with one label; write a number into it, as %02d"}},
        {"cartridges { labels: 'A00001L9' }\ncartridges { labels: 'A00001L9' }",
         {"3:14: labels: \"A00001L9\" is there twice; say is_duplicate: true if it shall be"}},
        {"cartridges { labels: 'BACKUP' }",
         {"2:14: labels: \"BACKUP\" does not tell the generation: say generation"}},
        {"cartridges { count: 2 }",
         {"2:1: cartridges: without a label, say generation",
          "2:1: cartridges: without a label, say generation"}},
        {"cartridges { labels: 'A%05dL9' count: 6 }",
         {"2:32: cartridges: no free place for 2 of 6: there are 4 slots"}},
        {"cartridges { labels: 'A%05dL9' where: DRIVE }",
         {"2:1: cartridges: no free place for 1 of 1: there are 0 drives"}},
        {"cartridges { labels: 'A00001L9' place: 5 }",
         {"2:33: place: 5 exceeds 4, the number of slots"}},
        {"cartridges { labels: 'A%05dL9' count: 2 place: 2 }\n"
         "cartridges { labels: 'B00001L9' place: 3 }",
         {"3:33: place: two cartridges in place 3 of the slots"}},
        {"cartridges { labels: 'A00001L9' where: OUTSIDE place: 1 }",
         {"2:48: place: there are none outside"}},
        {"cartridges { labels: 'A%07dL9' count: 1000001 where: OUTSIDE }",
         {"2:32: cartridges: more than 1000000 in all"}},
        {"access { chap { user: 'u' } }", {"2:10: chap: say one of secret_file and secret"}},
        {"access { chap { secret: '0123456789ab' } }", {"2:10: chap: say its user"}},
        {"access { chap { user: 'u' secret: 'short' } }",
         {"2:27: a CHAP secret has 12 to 256 characters, this one 5"}},
        {"access { chap { user: 'u' secret_file: 'f' } }", {"2:27: secret_file: f: no such file"}},
        {"access { chap { user: 'u' secret: '0123456789ab' }\n"
         "chap { user: 'u' secret: '0123456789ac' } }",
         {"3:8: user: \"u\" is there twice"}},
        {"access { mutual { user: 't' secret: '0123456789ab' } }",
         {"2:10: mutual: a target proves itself to an initiator that did: say chap too"}},
        {"access { chap { user: 'u' secret: '0123456789ab' }\n"
         "mutual { user: 't' secret: '0123456789ab' } }",
         {"3:1: mutual: its secret is that of \"u\"; the two directions need different ones"}},
        {"access { initiators: 'host' }",
         {"2:10: initiators: \"host\" does not begin with iqn., eui. or naa."}},
        {"access { initiators: 'iqn.*.host' }",
         {"2:10: initiators: \"iqn.*.host\" has characters other than a-z, 0-9, -, . and :, or a * "
          "before its end"}},
    };
    for (const Refusal& refusal : refusals) {
        std::vector<std::string> expected;
        for (const auto& problem : refusal.problems) expected.push_back("l.textproto:" + problem);
        EXPECT_EQ(problems_in(head + refusal.text), expected) << refusal.text;
    }
}

TEST(Library, RefusesBadNamesAndCounts) {
    EXPECT_THAT(problems_in(""),
                ElementsAre("l.textproto:1:1: a library needs a name",
                            "l.textproto:1:1: storage: a library has at least one slot"));
    EXPECT_THAT(problems_in("name: 'Vault!' storage { count: 1 }"),
                ElementsAre("l.textproto:1:1: name: \"Vault!\" has characters other than a-z, 0-9, "
                            "- and ."));
    EXPECT_THAT(problems_in("name: '" + std::string(129, 'a') + "' storage { count: 1 }"),
                ElementsAre("l.textproto:1:1: name: longer than 128 characters"));
    EXPECT_THAT(problems_in("name: 'a'\nstorage { count: 70000 }"),
                ElementsAre("l.textproto:2:11: slots: 70000 exceeds 64512, the element addresses "
                            "from 0400h to FFFFh"));
    EXPECT_THAT(problems_in("name: 'a'\nserial: 'x\\001' storage { count: 1 }"),
                ElementsAre("l.textproto:2:1: serial: has characters that do not print"));
}

TEST(Library, SaysAllThatIsWrongAtOnce) {
    EXPECT_THAT(problems_in("name: 'A'\n"
                            "storage { count: 2 shelves: 4 }\n"
                            "drives { model: 'nope' count: -1 }\n"
                            "cartridges { labels: 'a' }\n"),
                ElementsAre("l.textproto:1:1: name: \"A\" has characters other than a-z, 0-9, - "
                            "and .",
                            testing::StartsWith("l.textproto:2:"),
                            "l.textproto:3:10: no personality is called \"nope\"; `nearline "
                            "personalities` lists them",
                            testing::StartsWith("l.textproto:3:31: "),
                            testing::StartsWith("l.textproto:4:14: labels: \"a\"")));
}

TEST(Library, ThatIsNoFileIsAProblem) {
    base::MemoryFileSystem files;
    EXPECT_THAT(problems_of(read_library_file("none.textproto", files)), testing::SizeIs(1));
}

TEST(Library, OfSixtyThousandSlotsIsReadAtOnce) {
    const auto library = description_of(
        "name: 'big' storage { count: 60000 } drives { model: 'plain-lto9' count: 64 }"
        "cartridges { labels: 'B%05dL9' count: 60000 }");
    EXPECT_EQ(library.cartridges.size(), 60000U);
    EXPECT_EQ(library.drives.size(), 64U);
}

}  // namespace
}  // namespace nearline::config
