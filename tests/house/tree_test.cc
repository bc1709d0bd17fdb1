// The tests of the tests: a house rule that reads code wrongly would find nothing.
#include "tests/house/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearline::house {
namespace {

using testing::UnorderedElementsAre;

TEST(CodeOnly, BlanksCommentsAndLiteralsAndKeepsTheRest) {
    EXPECT_EQ(code_only("a; // b\nc"), "a;     \nc");
    EXPECT_EQ(code_only("a /* b\nc */ d"), "a     \n     d");
    EXPECT_EQ(code_only("f(\"x\\\"y\", 'z')"), "f(\"    \", ' ')");
    EXPECT_EQ(code_only("n = 1'000'000; m = 'a';"), "n = 1'000'000; m = ' ';");
    EXPECT_EQ(code_only("R\"(a \" // b)\" + c"), "              + c");
    EXPECT_EQ(code_only("\"//\" x"), "\"  \" x");
    EXPECT_EQ(code_only("#include \"scsi/sense.h\"\nx"), "#include \"scsi/sense.h\"\nx");
}

TEST(Included, NamesTheFileAndItsKind) {
    char quote = 0;
    EXPECT_EQ(included("#include \"scsi/sense.h\"", quote), "scsi/sense.h");
    EXPECT_EQ(quote, '"');
    EXPECT_EQ(included("#  include <vector>  // why", quote), "vector");
    EXPECT_EQ(quote, '<');
    EXPECT_EQ(included("// #include <vector>", quote), "");
    EXPECT_EQ(included("int include;", quote), "");
}

TEST(ClosureOf, FollowsEveryEdge) {
    const LayerGraph graph = closure_of({{"a", {"b"}}, {"b", {"c"}}, {"c", {}}, {"d", {}}});
    EXPECT_THAT(graph.at("a"), UnorderedElementsAre("a", "b", "c"));
    EXPECT_THAT(graph.at("d"), UnorderedElementsAre("d"));
}

TEST(Tree, IsThisCheckout) {
    const Tree& tree = Tree::here();
    EXPECT_NE(tree.find("tests/house/tree_test.cc"), nullptr);
    EXPECT_NE(tree.find("base/bytes.h"), nullptr);
    EXPECT_TRUE(tree.has("base"));
    EXPECT_FALSE(tree.folders().contains("build"));
    EXPECT_GT(tree.cpp().size(), 40U);
    ASSERT_TRUE(layers().contains("sim"));
    EXPECT_THAT(layers().at("sim"), UnorderedElementsAre("base", "sim"));
}

}  // namespace
}  // namespace nearline::house
