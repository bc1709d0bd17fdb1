// What scenarios write in words: durations, elements, units, sense, commands, JSON paths.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "scenarios/command_book.h"
#include "scenarios/duration_text.h"
#include "scenarios/json_path.h"
#include "scenarios/names.h"

namespace nearline::scenarios {
namespace {

std::int64_t nanoseconds(std::string_view text) {
    const auto duration = parse_duration(text);
    return duration ? duration->count() : -1;
}

TEST(Durations, AreNumbersWithUnits) {
    EXPECT_EQ(nanoseconds("0s"), 0);
    EXPECT_EQ(nanoseconds("500ms"), 500'000'000);
    EXPECT_EQ(nanoseconds("1.5s"), 1'500'000'000);
    EXPECT_EQ(nanoseconds("1min 30s"), 90'000'000'000);
    EXPECT_EQ(nanoseconds("1h30min"), 5'400'000'000'000);
    EXPECT_EQ(nanoseconds("2d"), 172'800'000'000'000);
    EXPECT_EQ(nanoseconds("0.000000001s"), 1);
    EXPECT_EQ(nanoseconds("1.9ns"), 1) << "what is finer is cut off";
}

TEST(Durations, RefuseEverythingElse) {
    for (const char* text : {"", " ", "5", "s", "-1s", "1.s", "1,5s", "1 s", "1fortnight", "1e3s",
                             "99999999999s", "101000d"}) {
        EXPECT_EQ(nanoseconds(text), -1) << text;
    }
}

TEST(ElementNames, AreKindAndNumberOrAddress) {
    const auto slot = parse_element("slot 12");
    ASSERT_TRUE(slot);
    EXPECT_EQ(slot->type, changer::ElementType::Storage);
    EXPECT_EQ(slot->number, 12);
    EXPECT_EQ(to_text(*slot), "slot 12");
    const auto address = parse_element("0x1004");
    ASSERT_TRUE(address);
    EXPECT_FALSE(address->type);
    EXPECT_EQ(to_text(*address), "0x1004");
    for (const char* text : {"", "slot", "slot 0", "slot -1", "slot 70000", "slots 1", "1004",
                             "0x10000", "Slot 1", "slot  1"}) {
        EXPECT_FALSE(parse_element(text)) << text;
    }
}

TEST(UnitNames, AreTheChangerAndTheDrives) {
    EXPECT_EQ(parse_unit(""), UnitName{});
    EXPECT_EQ(parse_unit("changer"), UnitName{});
    EXPECT_EQ(parse_unit("drive 2"), UnitName{1});
    EXPECT_FALSE(parse_unit("slot 1"));
    EXPECT_FALSE(parse_unit("drive"));
}

TEST(SensePatterns, AreCodesOrTheStandardsWords) {
    const auto full = parse_sense("5/3B/0D");
    ASSERT_TRUE(full);
    EXPECT_TRUE(full->matches(scsi::kMediumDestinationElementFull));
    EXPECT_FALSE(full->matches(scsi::kMediumSourceElementEmpty));
    const auto words = parse_sense("medium source element empty");
    ASSERT_TRUE(words);
    EXPECT_TRUE(words->matches(scsi::kMediumSourceElementEmpty));
    const auto pair = parse_sense("3B/12");
    ASSERT_TRUE(pair);
    EXPECT_TRUE(pair->matches(scsi::kMagazineRemoved)) << "any key";
    EXPECT_TRUE(pair->matches(scsi::kMediumMagazineRemoved));
    for (const char* text : {"", "5", "5/3B", "10/3B/0D/00", "5/XX/00", "10/3B/0D", "NO SUCH"}) {
        const auto sense = parse_sense(text);
        EXPECT_TRUE(!sense || std::string_view(text) == "5/3B") << text;
    }
}

TEST(CommandBook, EncodesByTheStandardsNames) {
    const auto move = find_command("MOVE MEDIUM");
    ASSERT_TRUE(move);
    std::vector<std::string> names;
    FieldValues values;
    std::uint64_t next = 0x1000;
    for (const auto& field : move->fields()) {
        if (field.width == 16) values[std::string(field.name)] = next++;
    }
    // Robot 1000h, source 1001h, destination 1002h (SMC-3 6.6).
    EXPECT_EQ(base::to_hex(move->encode(values)), "a50010001001100200000000");
    EXPECT_FALSE(find_command("MOVE MEDIA"));
    EXPECT_EQ(name_of_cdb(move->encode({})), "MOVE MEDIUM");
    const base::Bytes unknown = {0xFF, 0, 0, 0, 0, 0};
    EXPECT_EQ(name_of_cdb(unknown), "command ff0000000000");
}

TEST(JsonPath, FindsWhatStandsThere) {
    const char* json = R"({"error": 4300, "ids": ["a", "b"], "is": true, "info": {"n": {"x": 1}}})";
    EXPECT_EQ(json_value(json, "error"), "4300");
    EXPECT_EQ(json_value(json, "ids[1]"), "b");
    EXPECT_EQ(json_value(json, "is"), "true");
    EXPECT_EQ(json_value(json, "info.n.x"), "1");
    EXPECT_EQ(json_value(json, "ids"), "a list of 2");
    EXPECT_EQ(json_value(json, "ids[2]"), "");
    EXPECT_EQ(json_value(json, "none.at.all"), "");
    EXPECT_EQ(json_count(json, "ids"), 2U);
    EXPECT_EQ(json_count(json, "none"), 0U);
    EXPECT_EQ(json_value("nonsense", "error"), std::nullopt);
}

}  // namespace
}  // namespace nearline::scenarios
