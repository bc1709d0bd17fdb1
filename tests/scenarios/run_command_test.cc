#include "apps/run/run_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "base/bytes.h"
#include "base/memory_file_system.h"

namespace nearline::apps {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class RunCommand : public testing::Test {
protected:
    RunCommand() {
        write("good", "name: 'all is well' step { note: 'look' expect { ready: true } }");
        write("bad", "name: 'not so'\nstep { expect { ready: false } }");
        write("ugly", "name: 'a' stop {}");
    }
    void write(const std::string& path, const std::string& text) {
        EXPECT_TRUE(base::replace_file(files_, path, base::as_bytes(text)));
    }
    int run(const std::vector<std::string>& arguments) {
        out_.str("");
        err_.str("");
        return run_scenarios(arguments, files_, out_, err_);
    }
    std::string read(const std::string& path) {
        const auto content = base::read_whole_file(files_, path);
        return content ? std::string(base::as_text(*content)) : "";
    }

    base::MemoryFileSystem files_;
    std::ostringstream out_;
    std::ostringstream err_;
};

TEST_F(RunCommand, PrintsTapAndSucceeds) {
    EXPECT_EQ(run({"good"}), 0);
    EXPECT_THAT(out_.str(), StartsWith("TAP version 14\n1..1\n# Subtest: all is well\n    1..1\n"
                                       "    ok 1 - look\nok 1 - good: all is well\n"));
}

TEST_F(RunCommand, SaysWhatWasExpectedAndSeenAndFails) {
    EXPECT_EQ(run({"good", "bad"}), 1);
    EXPECT_THAT(out_.str(), HasSubstr("    not ok 1 - look\n      ---\n      failures:\n"
                                      "        - at: \"bad:2:17\"\n"
                                      "          expected: \"not ready\"\n"
                                      "          seen: \"ready\"\n      ...\n"
                                      "not ok 2 - bad: not so\n"));
}

TEST_F(RunCommand, PlaysNothingWhenAFileIsBad) {
    EXPECT_EQ(run({"good", "ugly"}), 2);
    EXPECT_EQ(out_.str(), "");
    EXPECT_THAT(err_.str(), HasSubstr("ugly:1:"));
    EXPECT_EQ(run({"none"}), 2);
    EXPECT_EQ(run({}), 2);
    EXPECT_EQ(run({"--seed", "many", "good"}), 2);
    EXPECT_EQ(run({"--help"}), 0);
}

TEST_F(RunCommand, WritesJUnitAndTrace) {
    EXPECT_EQ(run({"--junit", "report.xml", "--trace", "trace", "good", "bad"}), 1);
    EXPECT_THAT(read("report.xml"), HasSubstr("tests=\"2\" failures=\"1\""));
    EXPECT_THAT(read("report.xml"), HasSubstr("<failure message=\"expected not ready\">bad:2:17"));
    EXPECT_THAT(read("trace"), HasSubstr(" scenario step look\n"));
    EXPECT_EQ(run({"--junit", "no/such/place.xml", "good"}), 3);
}

}  // namespace
}  // namespace nearline::apps
