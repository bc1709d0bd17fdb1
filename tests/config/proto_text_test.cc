#include "config/proto_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nearline/v1/library.pb.h"

namespace nearline::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines_of(const Problems& problems) {
    std::vector<std::string> lines;
    for (const auto& problem : problems) lines.push_back(to_text(problem));
    return lines;
}

std::vector<std::string> problems_in(std::string_view text) {
    ProblemList problems("f");
    (void)parse_located<v1::Library>(text, problems);
    return lines_of(problems.take());
}

TEST(ProtoText, TellsWhereEverythingStands) {
    ProblemList problems("f");
    const auto located = parse_located<v1::Library>(
        "name: 'a'\n\n  storage { count: 4 }\ndrives { model: 'x' }\ndrives {\n  model: 'y'\n}\n",
        problems);
    ASSERT_TRUE(problems.is_empty());
    using L = v1::Library;
    const auto where = located.where();
    EXPECT_EQ(where.of(L::kNameFieldNumber), (Position{1, 1}));
    const auto storage = where.into(L::kStorageFieldNumber);
    EXPECT_EQ(storage.own(), (Position{3, 3}));
    EXPECT_EQ(storage.of(L::Storage::kCountFieldNumber), (Position{3, 13}));
    const auto second = where.into(L::kDrivesFieldNumber, 1);
    EXPECT_EQ(second.of(L::Drives::kModelFieldNumber), (Position{6, 3}));
    EXPECT_EQ(second.of(L::Drives::kCountFieldNumber), (Position{5, 1})) << "absent: the message";
    EXPECT_EQ(where.into(L::kAccessFieldNumber).of(1), (Position{1, 1})) << "absent: the whole";
}

TEST(ProtoText, FindsEveryErrorNotJustTheFirst) {
    EXPECT_THAT(problems_in("nam: 'a'\n"
                            "storage { count: many }\n"
                            "import_export { count: 99999999999 }\n"
                            "device_layout: SOME_TARGETS\n"
                            "personality: 7\n"
                            "name: 'b'\n"
                            "name: 'c'\n"),
                ElementsAre(testing::StartsWith("f:1:4: "), "f:2:18: Expected integer, got: many",
                            "f:3:24: Integer out of range (99999999999)",
                            testing::StartsWith("f:4:16: Unknown enumeration value of "
                                                "\"SOME_TARGETS\""),
                            "f:5:14: Expected string, got: 7",
                            testing::StartsWith("f:7:1: Non-repeated field \"name\"")));
}

TEST(ProtoText, StopsWhereNothingCanBeMadeOfTheRest) {
    EXPECT_THAT(problems_in("name: 'a'\nstorage { count: 4\n"), testing::SizeIs(1));
    EXPECT_THAT(problems_in("name: 'a\n"), testing::Not(IsEmpty()));
    EXPECT_THAT(problems_in("}"), testing::SizeIs(1));
    EXPECT_THAT(problems_in(""), IsEmpty());
}

TEST(ProtoText, NamesTheFieldsAtTheTopLevel) {
    EXPECT_THAT(top_level_names("name: 'a' # c\nstorage { count: 4 } drives [{}, {}] x: -3"),
                ElementsAre("name", "storage", "drives", "x"));
    EXPECT_THAT(top_level_names("}} : name"), IsEmpty());
}

}  // namespace
}  // namespace nearline::config
