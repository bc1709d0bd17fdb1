#include "media/volume_tag.h"

#include <gtest/gtest.h>

namespace nearline::media {
namespace {

TEST(Label, EndsInAMediaIdentifier) {
    const auto data = [](Generation generation) {
        return LabelMeaning{generation, CartridgeType::Data};
    };
    EXPECT_EQ(meaning_of("ABC001L1"), data(Generation::Lto1));
    EXPECT_EQ(meaning_of("ABC001L2"), data(Generation::Lto2));
    EXPECT_EQ(meaning_of("ABC001L3"), data(Generation::Lto3));
    EXPECT_EQ(meaning_of("ABC001L4"), data(Generation::Lto4));
    EXPECT_EQ(meaning_of("ABC001L5"), data(Generation::Lto5));
    EXPECT_EQ(meaning_of("ABC001L6"), data(Generation::Lto6));
    EXPECT_EQ(meaning_of("ABC001L7"), data(Generation::Lto7));
    EXPECT_EQ(meaning_of("ABC001M8"), data(Generation::LtoM8));
    EXPECT_EQ(meaning_of("ABC001L8"), data(Generation::Lto8));
    EXPECT_EQ(meaning_of("ABC001L9"), data(Generation::Lto9));
    EXPECT_EQ(meaning_of("ABC001LA"), data(Generation::Lto10));
    EXPECT_EQ(meaning_of("ABC001PA"), data(Generation::Lto10P));
}

TEST(Label, TellsCartridgesThatAreWrittenOnce) {
    const auto worm = [](Generation generation) {
        return LabelMeaning{generation, CartridgeType::Worm};
    };
    EXPECT_EQ(meaning_of("ABC001LT"), worm(Generation::Lto3));
    EXPECT_EQ(meaning_of("ABC001LU"), worm(Generation::Lto4));
    EXPECT_EQ(meaning_of("ABC001LV"), worm(Generation::Lto5));
    EXPECT_EQ(meaning_of("ABC001LW"), worm(Generation::Lto6));
    EXPECT_EQ(meaning_of("ABC001LX"), worm(Generation::Lto7));
    EXPECT_EQ(meaning_of("ABC001LY"), worm(Generation::Lto8));
    EXPECT_EQ(meaning_of("ABC001LZ"), worm(Generation::Lto9));
    EXPECT_EQ(meaning_of("ABC001LH"), worm(Generation::Lto10));
}

// The newest format the cartridge can have; the drives of a library may choose an elder one.
TEST(Label, OfA3592OrAT10000NamesTheCartridge) {
    EXPECT_EQ(meaning_of("ABC001JA"), (LabelMeaning{Generation::JaE06, CartridgeType::Data}));
    EXPECT_EQ(meaning_of("ABC001JB"), (LabelMeaning{Generation::JbE07, CartridgeType::Data}));
    EXPECT_EQ(meaning_of("ABC001JC"), (LabelMeaning{Generation::JcE08, CartridgeType::Data}));
    EXPECT_EQ(meaning_of("ABC001JD"), (LabelMeaning{Generation::Jd55, CartridgeType::Data}));
    EXPECT_EQ(meaning_of("ABC001JE"), (LabelMeaning{Generation::Je60, CartridgeType::Data}));
    EXPECT_EQ(meaning_of("ABC001JW"), (LabelMeaning{Generation::JaE06, CartridgeType::Worm}));
    EXPECT_EQ(meaning_of("ABC001JX"), (LabelMeaning{Generation::JbE07, CartridgeType::Worm}));
    EXPECT_EQ(meaning_of("ABC001JY"), (LabelMeaning{Generation::JcE08, CartridgeType::Worm}));
    EXPECT_EQ(meaning_of("ABC001JZ"), (LabelMeaning{Generation::Jd55, CartridgeType::Worm}));
    EXPECT_EQ(meaning_of("ABC001JV"), (LabelMeaning{Generation::Je60, CartridgeType::Worm}));
    EXPECT_EQ(meaning_of("ABC001T1"), (LabelMeaning{Generation::T1T10000B, CartridgeType::Data}));
    EXPECT_EQ(meaning_of("ABC001T2"), (LabelMeaning{Generation::T2T10000D, CartridgeType::Data}));
}

TEST(Label, OfDltHasALetterInItsSeventhPlace) {
    EXPECT_EQ(meaning_of("ABC001D"), (LabelMeaning{Generation::DltIv8000, CartridgeType::Data}));
    EXPECT_EQ(meaning_of("ABC001S"), (LabelMeaning{Generation::SdltI320, CartridgeType::Data}));
    for (const char* label : {"ABC0012", "ABC0014", "BC001D", "ABC0001D"}) {
        EXPECT_EQ(meaning_of(label), LabelMeaning{}) << label;
    }
}

TEST(Label, OfACleaningCartridgeSaysNoGeneration) {
    const LabelMeaning cleaning{Generation::Unknown, CartridgeType::Cleaning};
    EXPECT_EQ(meaning_of("CLNU01L1"), cleaning);
    EXPECT_EQ(meaning_of("CLNU01L9"), cleaning);  // HPE MSL3040 capture, changer sheet 4.8.8
    EXPECT_EQ(meaning_of("CLNU01CU"), cleaning);
    EXPECT_EQ(meaning_of("CLN001"), cleaning);
}

TEST(Label, OfADiagnosticCartridgeBeginsWithDgAndABlank) {
    EXPECT_EQ(meaning_of("DG 001L9"), (LabelMeaning{Generation::Lto9, CartridgeType::Diagnostic}));
    EXPECT_EQ(meaning_of("DG0001L9").type, CartridgeType::Data);
}

TEST(Label, WithoutAMediaIdentifierSaysNothing) {
    for (const char* label : {"", "L9", "ABC001", "BC001L9", "ABC001XX", "ABC001L0"}) {
        EXPECT_EQ(meaning_of(label), LabelMeaning{}) << label;
    }
    EXPECT_EQ(meaning_of("ABCDEFGH012345L9").generation, Generation::Lto9);  // 14 + 2 (Quantum)
}

TEST(Label, HasTheCharactersOfCode39) {
    EXPECT_TRUE(is_valid_label("ABC001L9"));
    EXPECT_TRUE(is_valid_label("A-B.C$D/E+F%G H"));
    EXPECT_TRUE(is_valid_label("Z"));
    EXPECT_TRUE(is_valid_label(std::string(32, 'A')));
    for (const char* label : {"", "abc001L9", "ABC_01L9", "ABC*01L9", " ABC001L9", "ABC001L9 ",
                              "ABC\t01L9", "\xC3\x84"}) {
        EXPECT_FALSE(is_valid_label(label)) << label;
    }
    EXPECT_FALSE(is_valid_label(std::string(33, 'A')));
}

TEST(Generation, IsNamedAsOnTheBox) {
    EXPECT_EQ(to_text(Generation::Lto9), "LTO-9");
    EXPECT_EQ(to_text(Generation::LtoM8), "LTO-M8");
    EXPECT_EQ(to_text(Generation::Lto10P), "LTO-10P");
    EXPECT_EQ(to_text(Generation::JcE07), "JC-E07");
    EXPECT_EQ(to_text(Generation::DltS4), "DLT-S4");
    EXPECT_EQ(to_text(static_cast<Generation>(200)), "unknown");
    EXPECT_EQ(to_text(Generation::Unknown), "unknown");
    EXPECT_FALSE(is_lto(Generation::Unknown));
    EXPECT_TRUE(is_lto(Generation::Lto1));
    EXPECT_TRUE(is_lto(Generation::Lto10P));
    EXPECT_FALSE(is_lto(Generation::JaJ1a));
    EXPECT_EQ(to_text(CartridgeType::Worm), "WORM");
    EXPECT_EQ(to_text(CartridgeType::Cleaning), "cleaning");
}

}  // namespace
}  // namespace nearline::media
