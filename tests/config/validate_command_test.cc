#include "apps/validate/validate_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "base/bytes.h"
#include "base/memory_file_system.h"

namespace nearline::apps {
namespace {

using testing::HasSubstr;

struct Run {
    int status = 0;
    std::string out;
    std::string err;
};

Run validate(const std::vector<std::string>& arguments, base::FileSystem& files) {
    std::ostringstream out;
    std::ostringstream err;
    const int status = run_validate(arguments, files, out, err);
    return {status, out.str(), err.str()};
}

Run personalities(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    const int status = run_personalities(arguments, out, err);
    return {status, out.str(), err.str()};
}

TEST(Validate, TellsGoodFilesFromBadOnes) {
    base::MemoryFileSystem files;
    const auto write = [&](const char* path, const char* text) {
        ASSERT_TRUE(base::replace_file(files, path, base::as_bytes(text)));
    };
    write("good.textproto", "name: 'a' storage { count: 1 }");
    write("bad.textproto", "name: 'a'\nstorage { count: 70000 }");
    const auto good = validate({"good.textproto"}, files);
    EXPECT_EQ(good.status, 0);
    EXPECT_EQ(good.out, "good.textproto: a library, and all is well\n");
    write("story.textproto", "name: 'a' step { advance: '1s' }");
    EXPECT_EQ(validate({"story.textproto"}, files).out,
              "story.textproto: a scenario, and all is well\n");
    write("story.textproto", "name: 'a' step { advance: '1' }");
    EXPECT_THAT(validate({"story.textproto"}, files).err, HasSubstr("story.textproto:1:18: "));
    const auto both = validate({"good.textproto", "bad.textproto", "none.textproto"}, files);
    EXPECT_EQ(both.status, 2);
    EXPECT_THAT(both.err, HasSubstr("bad.textproto:2:11: slots: 70000 exceeds 64512"));
    EXPECT_THAT(both.err, HasSubstr("none.textproto:1:1: "));
    EXPECT_EQ(validate({}, files).status, 2);
    EXPECT_EQ(validate({"--help"}, files).status, 0);
}

TEST(Personalities, AreListedAndPrintedAsFilesToBeginFrom) {
    const auto list = personalities({});
    EXPECT_EQ(list.status, 0);
    EXPECT_THAT(list.out, HasSubstr("hpe-msl3040      HPE StoreEver MSL3040\n"));
    const auto one = personalities({"plain"});
    EXPECT_EQ(one.status, 0);
    base::MemoryFileSystem files;
    ASSERT_TRUE(base::replace_file(files, "mine.textproto", base::as_bytes(one.out)));
    EXPECT_EQ(validate({"mine.textproto"}, files).out,
              "mine.textproto: a personality, and all is well\n");
    EXPECT_EQ(personalities({"none"}).status, 2);
    EXPECT_EQ(personalities({"none", "--whole"}).status, 2);
    EXPECT_EQ(personalities({"plain", "more"}).status, 2);
}

// What it inherits stands in it, and says the same.
TEST(Personalities, ArePrintedAsAWholeWhenAsked) {
    const auto short_form = personalities({"hpe-lto6-hh"});
    EXPECT_THAT(short_form.out, HasSubstr("base: \"hpe-lto6-fh\""));
    const auto whole = personalities({"hpe-lto6-hh", "--whole"});
    EXPECT_EQ(whole.status, 0);
    EXPECT_THAT(whole.out, HasSubstr("product: \"Ultrium 6-SCSI\""));
    EXPECT_THAT(whole.out, HasSubstr("writes: [LTO_6, LTO_5]"));
    EXPECT_THAT(whole.out, testing::Not(HasSubstr("\nbase:")));
    EXPECT_THAT(whole.out, testing::Not(HasSubstr("absent:")));
    base::MemoryFileSystem files;
    ASSERT_TRUE(base::replace_file(files, "mine.textproto", base::as_bytes(whole.out)));
    EXPECT_EQ(validate({"mine.textproto"}, files).out,
              "mine.textproto: a personality, and all is well\n");
}

}  // namespace
}  // namespace nearline::apps
