#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearline::base {
namespace {

using testing::ElementsAre;
using testing::Optional;

TEST(Hex, GoesBothWays) {
    const Bytes bytes = {0x00, 0x0A, 0x1B, 0xFF};
    EXPECT_EQ(to_hex(bytes), "000a1bff");
    EXPECT_THAT(from_hex("000a1bff"), Optional(bytes));
    EXPECT_THAT(from_hex("000A1BFF"), Optional(bytes));
    EXPECT_EQ(to_hex({}), "");
    EXPECT_THAT(from_hex(""), Optional(Bytes{}));
}

TEST(Hex, RefusesHalfBytesAndOtherCharacters) {
    for (const char* bad : {"0", "000", "0g", "g0", "0x00", " 00", "00 "}) {
        EXPECT_EQ(from_hex(bad), std::nullopt) << bad;
    }
}

TEST(Base64, GivesTheVectorsOfTheRfc) {
    // RFC 4648 10.
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [plain, coded] : vectors) {
        EXPECT_EQ(to_base64(as_bytes(plain)), coded);
        const auto decoded = from_base64(coded);
        ASSERT_TRUE(decoded.has_value()) << coded;
        EXPECT_EQ(as_text(*decoded), plain);
    }
}

TEST(Base64, CarriesEveryByte) {
    Bytes all(256);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
    EXPECT_THAT(from_base64(to_base64(all)), Optional(all));
}

TEST(Base64, RefusesWhatIsNotPaddedBase64) {
    for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "====", "=Zg=", "Zm=v", "Zm9v\n", "Zm-_",
                            "Z g=", "Zg==Zg=="}) {
        EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
    }
}

TEST(Split, KeepsEmptyParts) {
    EXPECT_THAT(split("a,b,c", ','), ElementsAre("a", "b", "c"));
    EXPECT_THAT(split(",a,,", ','), ElementsAre("", "a", "", ""));
    EXPECT_THAT(split("", ','), ElementsAre(""));
    EXPECT_THAT(split("abc", ','), ElementsAre("abc"));
}

TEST(Trim, TakesBlanksOffBothEndsOnly) {
    EXPECT_EQ(trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(trim("   "), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim_right("ABC   ", ' '), "ABC");
    EXPECT_EQ(trim_right("  ABC", ' '), "  ABC");
    EXPECT_EQ(trim_right(std::string_view("A\0\0", 3), '\0'), "A");
}

TEST(Case, ChangesAsciiLettersOnly) {
    EXPECT_EQ(to_lower("IQN.2026-11[Z\xC3\x84"), "iqn.2026-11[z\xC3\x84");
    EXPECT_EQ(to_upper("l9`z{\xC3\xA4"), "L9`Z{\xC3\xA4");
}

TEST(ParseUnsigned, TakesDecimalAndHexadecimal) {
    EXPECT_THAT(parse_unsigned("0"), Optional(0U));
    EXPECT_THAT(parse_unsigned("0042"), Optional(42U));
    EXPECT_THAT(parse_unsigned("0x1F"), Optional(0x1FU));
    EXPECT_THAT(parse_unsigned("0Xff"), Optional(0xFFU));
    EXPECT_THAT(parse_unsigned("18446744073709551615"), Optional(UINT64_MAX));
    EXPECT_THAT(parse_unsigned("0xFFFFFFFFFFFFFFFF"), Optional(UINT64_MAX));
}

TEST(ParseUnsigned, RefusesEverythingElse) {
    for (const char* bad : {"", " 1", "1 ", "-1", "+1", "1.5", "1e3", "0x", "0x-1", "x1", "12a",
                            "18446744073709551616", "0x10000000000000000"}) {
        EXPECT_EQ(parse_unsigned(bad), std::nullopt) << bad;
    }
}

}  // namespace
}  // namespace nearline::base
