#include "config/personalities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "base/text.h"
#include "config/check_text.h"
#include "config/library_reader.h"
#include "config/personality_reader.h"
#include "config/text_kind.h"

namespace nearline::config {
namespace {

using testing::IsEmpty;

std::vector<std::string> problems_in(std::string_view text) {
    base::MemoryFileSystem files;
    std::vector<std::string> lines;
    for (const auto& problem : check_text(TextKind::Personality, text, "p", files)) {
        lines.push_back(to_text(problem));
    }
    return lines;
}

TEST(Personalities, AllLoadAndAreCalledWhatTheirFilesAre) {
    EXPECT_GE(built_in_personalities().size(), 10U);
    for (const auto& personality : built_in_personalities()) {
        EXPECT_THAT(problems_in(personality.text), IsEmpty()) << personality.name;
        EXPECT_EQ(kind_of(personality.text), TextKind::Personality) << personality.name;
        ProblemList problems("p");
        const auto model = read_personality(personality.text, problems);
        ASSERT_TRUE(model);
        EXPECT_EQ(model->name(), personality.name);
        EXPECT_FALSE(model->title().empty()) << personality.name;
    }
    EXPECT_FALSE(find_personality("none"));
}

TEST(Personalities, SayWhereTheirValuesComeFrom) {
    for (const auto& personality : built_in_personalities()) {
        EXPECT_TRUE(personality.text.starts_with("# ")) << personality.name;
        EXPECT_NE(personality.text.find("Source"), std::string_view::npos);
    }
}

// Byte for byte what was captured from an MSL3040 with firmware 3350 (changer sheet 7.4).
TEST(Personalities, OfTheMsl3040IdentifiesItselfAsCaptured) {
    base::MemoryFileSystem files;
    const auto library = read_library(R"(name: 'a' personality: 'hpe-msl3040'
        serial: 'DEC418146K_LL02' naa: '5001438031BDC7D4' storage { count: 40 }
        drives { model: 'hpe-lto9-hh' serials: '8031BDC7D1' naas: '5001438031BDC7D1' }
        drives { model: 'hpe-lto7-hh' })",
                                      "l", files);
    ASSERT_TRUE(library);
    const auto& unit = library->changer.unit;
    ASSERT_EQ(unit.designators.size(), 2U);
    EXPECT_EQ(base::to_hex(unit.designators.front().identifier), "5001438031bdc7d4");
    EXPECT_EQ(base::as_text(unit.designators.back().identifier),
              "HPE     MSL3040         DEC418146K_LL02");
    EXPECT_EQ(unit.designators.back().identifier.size(), 0x27U);
    std::vector<std::uint8_t> codes;
    for (const auto& page : unit.pages) codes.push_back(page.code);
    EXPECT_THAT(codes, testing::ElementsAre(0x85, 0xC0, 0xC8, 0xCC, 0xD0));
    EXPECT_EQ(unit.pages.at(0).body.size(), 0x2CU);
    EXPECT_EQ(unit.pages.at(1).body.size(), 0x3CU);
    EXPECT_EQ(base::as_text(unit.pages.at(1).body).substr(4, 14), "258907-26-2024");
    EXPECT_EQ(base::as_text(unit.pages.at(3).body).substr(4), "HPE     MSL3040         3350");
    const auto& drive = library->drives.front().profile.unit;
    EXPECT_EQ(base::as_text(drive.designators.front().identifier),
              "HPE     Ultrium 9-SCSI  8031BDC7D1");
    EXPECT_EQ(library->drives.back().profile.unit.vendor, "HP");
}

// D: serial at byte 38, 12 characters of 16 (changer sheet 12.3).
TEST(Personalities, OfThe3573PutsItsSerialIntoTheInquiry) {
    base::MemoryFileSystem files;
    const auto library = read_library(
        "name: 'a' personality: 'ibm-3573-tl' serial: '00X2U78A1234_LL0' storage { count: 23 }",
        "l", files);
    ASSERT_TRUE(library);
    const auto& unit = library->changer.unit;
    EXPECT_EQ(unit.overlays.front().offset, 38);
    EXPECT_EQ(base::as_text(unit.overlays.front().bytes), "00X2U78A1234");
    EXPECT_EQ(unit.designators.front().identifier.size(), 0x28U);
    std::vector<std::size_t> sizes;
    for (const auto& page : unit.pages) sizes.push_back(page.body.size() + 4);
    EXPECT_THAT(sizes, testing::ElementsAre(64, 196, 36));
}

TEST(Personalities, DrawSerialsInTheirOwnForm) {
    base::MemoryFileSystem files;
    const auto library = read_library(
        "name: 'a' personality: 'hpe-msl3040' storage { count: 1 } "
        "drives { model: 'hpe-lto9-hh' }",
        "l", files);
    ASSERT_TRUE(library);
    EXPECT_THAT(library->changer.unit.serial, testing::MatchesRegex("DEC[0-9A-F]{7}_LL01"));
    const auto& drive = library->drives.front().profile.unit;
    EXPECT_THAT(drive.serial, testing::MatchesRegex("80[0-9A-F]{8}"));
    const auto naa = base::to_upper(base::to_hex(drive.designators.back().identifier));
    EXPECT_EQ(naa, "500143" + drive.serial) << "its last ten digits, as captured";
}

struct Refusal {
    const char* text;
    std::vector<std::string> problems;
};

TEST(Personality, RefusesWithThePlace) {
    const std::string head = "name: 'x' unit { vendor: 'V' product: 'P' }\n";
    const Refusal refusals[] = {
        {"", {"p:1:1: a personality has one of changer and drive"}},
        {"drive {}", {"p:2:1: drive: say its generation", "p:2:1: drive: say what it reads"}},
        {"drive { generation: LTO_9 reads: LTO_9 writes: LTO_8 }",
         {"p:2:40: writes: LTO_8 is not among what it reads"}},
        {"drive { generation: LTO_9 reads: LTO_9 load_ms: 86400001 }",
         {"p:2:40: load_ms: 86400001 is not from 0 to 86400000"}},
        {"changer { slots { first: 1 } stations { first: 2 } drives { first: 3 } }",
         {"p:2:1: changer: say its kinematics"}},
    };
    for (const Refusal& refusal : refusals) {
        EXPECT_EQ(problems_in(head + refusal.text), refusal.problems) << refusal.text;
    }
}

TEST(Personality, RefusesUnitsThatCannotBeSaid) {
    const std::string tail = "}\ndrive { generation: LTO_9 reads: LTO_9 }";
    const Refusal refusals[] = {
        {"product: 'SEVENTEEN LETTERS'",
         {"p:2:1: product: \"SEVENTEEN LETTERS\" is longer than 16 characters"}},
        {"version: 256", {"p:2:1: version: 0x100 exceeds 0xff"}},
        {"inquiry_length: 35", {"p:2:1: inquiry_length: 35 is not from 36 to 260"}},
        {"version_descriptors: [1, 2, 3, 4, 5, 6, 7, 8, 9]",
         {"p:1:11: version_descriptors: 9 exceed the 8 INQUIRY has room for"}},
        {"overlays { offset: 300 }", {"p:2:12: offset: 0x12c exceeds 0x103"}},
        {"pages { code: 0x80 content { hex: '1' } }",
         {"p:2:30: hex: \"1\" is not whole bytes in hexadecimal"}},
        {"pages { code: 0x86 content { hex: '11' text: 'a' } }",
         {"p:2:20: content: say one of hex, text and value"}},
        {"pages { code: 0x86 } pages { code: 0x86 }", {"p:2:22: pages: 86h is there twice"}},
        {"mode_pages { code: 0x0A values: '0000' changeable: '00' }",
         {"p:2:40: changeable: 1 bytes for a page of 2"}},
        {"mode_pages { code: 0x40 }", {"p:2:14: code: 0x40 exceeds 0x3e"}},
        {"log_pages { code: 0x40 parameters { code: 65536 value: 'zz' } }",
         {"p:2:13: code: 0x40 exceeds 0x3f", "p:2:37: code: 0x10000 exceeds 0xffff",
          "p:2:49: value: \"zz\" is not whole bytes in hexadecimal"}},
        {"unsupported: 65536", {"p:2:1: unsupported: 0x10000 exceeds 0xffff"}},
        {"serial { base: 2 }", {"p:2:10: base: 2 is neither 10 nor 16"}},
        {"naa_prefix: 'x'", {"p:2:1: naa_prefix: \"x\" is not up to 15 hexadecimal digits"}},
    };
    for (const Refusal& refusal : refusals) {
        std::string text = "name: 'x' unit { vendor: 'V' ";
        if (std::string_view(refusal.text).find("product") == std::string_view::npos) {
            text += "product: 'P' ";
        }
        EXPECT_EQ(problems_in(text + "\n" + refusal.text + "\n" + tail), refusal.problems)
            << refusal.text;
    }
}

v1::Personality whole(const std::string& text) {
    ProblemList problems("p");
    const auto model = read_personality(text, problems);
    EXPECT_TRUE(model) << text;
    return model.value_or(v1::Personality{});
}

const v1::Unit::ModePage* mode_page(const v1::Personality& model, std::uint32_t code,
                                    std::uint32_t subpage = 0) {
    for (const auto& page : model.unit().mode_pages()) {
        if (page.code() == code && page.subpage() == subpage) return &page;
    }
    return nullptr;
}

// What is said takes the place of what the base says, whole; pages go by their codes.
TEST(Personality, SaysOnlyHowItDiffersFromItsBase) {
    const auto base = whole(std::string(*find_personality("plain-lto9")));
    const auto model = whole(
        "name: 'mine' base: 'plain-lto9' "
        "unit { product: 'MINE' byte_5: 0 unsupported: 4 "
        "mode_pages { code: 0x1C values: '0800' } "
        "mode_pages { code: 0x0A subpage: 0xF0 absent: true } "
        "mode_pages { code: 0x3D values: '11' } "
        "pages { code: 0xB5 absent: true } } "
        "drive { reads: LTO_9 writes: LTO_9 load_ms: 5 }");
    EXPECT_EQ(model.unit().vendor(), "NEARLINE");
    EXPECT_EQ(model.unit().product(), "MINE");
    EXPECT_EQ(base.unit().byte_5(), 1U);
    EXPECT_EQ(model.unit().byte_5(), 0U);
    EXPECT_THAT(model.unit().unsupported(), testing::ElementsAre(4));
    EXPECT_EQ(mode_page(model, 0x1C)->values(), "0800");
    EXPECT_EQ(mode_page(model, 0x3D)->values(), "11");
    EXPECT_NE(mode_page(base, 0x0A, 0xF0), nullptr);
    EXPECT_EQ(mode_page(model, 0x0A, 0xF0), nullptr);
    EXPECT_EQ(mode_page(model, 0x0A)->values(), mode_page(base, 0x0A)->values());
    EXPECT_EQ(model.unit().mode_pages_size(), base.unit().mode_pages_size());
    EXPECT_EQ(model.unit().pages_size(), base.unit().pages_size() - 1);
    EXPECT_THAT(model.drive().reads(), testing::ElementsAre(v1::LTO_9));
    EXPECT_EQ(model.drive().generation(), v1::LTO_9);
    EXPECT_EQ(model.drive().load_ms(), 5U);
    EXPECT_EQ(model.drive().unload_ms(), base.drive().unload_ms());
    EXPECT_EQ(model.title(), "") << "a title is a model's own";
}

TEST(Personality, RefusesABaseThatIsNone) {
    const Refusal refusals[] = {
        {"name: 'x' base: 'none'",
         {"p:1:11: base: no personality is called \"none\"; `nearline personalities` lists them"}},
        // What it says itself is still where it says it.
        {"name: 'x' base: 'plain-lto9'\nunit { mode_pages { code: 0x11 absent: true }\n"
         "  mode_pages { code: 0x3D absent: true } pages { code: 0xC9 absent: true }\n"
         "  mode_pages { code: 0x0A values: 'z' } }",
         {"p:3:3: mode_pages: 3Dh/00h is absent anyhow", "p:3:42: pages: C9h/00h is absent anyhow",
          "p:4:27: values: \"z\" is not whole bytes in hexadecimal"}},
        {"name: 'x' base: 'plain-lto9' drive { writes: LTO_1 }",
         {"p:1:38: writes: LTO_1 is not among what it reads"}},
        {"name: 'x' base: 'plain-lto9' changer {}",
         {"p:1:1: a personality has one of changer and drive",
          "p:1:30: changer: say its kinematics"}},
    };
    for (const Refusal& refusal : refusals) {
        EXPECT_THAT(problems_in(refusal.text), testing::IsSupersetOf(refusal.problems))
            << refusal.text;
    }
}

TEST(TextKind, IsToldByTheFields) {
    EXPECT_EQ(kind_of("name: 'a' storage { count: 4 }"), TextKind::Library);
    EXPECT_EQ(kind_of("name: 'a' unit { vendor: 'b' }"), TextKind::Personality);
    EXPECT_EQ(kind_of("name: 'a' library { name: 'b' } step {}"), TextKind::Scenario);
    EXPECT_EQ(kind_of(""), TextKind::Library);
}

}  // namespace
}  // namespace nearline::config
