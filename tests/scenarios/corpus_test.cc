// The corpus, a test for each of its files. A new file is a new test.
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "base/posix_file_system.h"
#include "base/text.h"
#include "scenarios/player.h"
#include "scenarios/scenario_reader.h"

namespace nearline::scenarios {
namespace {

std::vector<std::string> corpus() {
    std::vector<std::string> files;
    for (const auto file : base::split(NEARLINE_CORPUS, '\n')) files.emplace_back(file);
    return files;
}

// "scenarios/corpus/full_and_empty.textproto" is FullAndEmpty.
std::string test_name(const testing::TestParamInfo<std::string>& file) {
    const auto begin = file.param.rfind('/') + 1;
    std::string name;
    bool begins_word = true;
    for (const char c : file.param.substr(begin, file.param.rfind('.') - begin)) {
        if (c == '_') {
            begins_word = true;
            continue;
        }
        name.push_back(begins_word ? static_cast<char>(std::toupper(c)) : c);
        begins_word = false;
    }
    return name;
}

class Corpus : public testing::TestWithParam<std::string> {};

TEST_P(Corpus, IsPlayedAsWritten) {
    base::PosixFileSystem files;
    const auto scenario = read_scenario_file(NEARLINE_SOURCE "/" + GetParam(), files);
    if (!scenario) {
        for (const auto& problem : scenario.error()) ADD_FAILURE() << config::to_text(problem);
        return;
    }
    const Verdict verdict = play(*scenario, 1, nullptr);
    const auto report = [&](const ScenarioFailure& failure, const std::string& words) {
        ADD_FAILURE() << verdict.file << ":" << failure.at.line << ":" << failure.at.column << ": "
                      << words << ": expected " << failure.expected << ", seen " << failure.seen;
    };
    for (const auto& failure : verdict.failures) report(failure, verdict.name);
    for (const auto& step : verdict.steps) {
        for (const auto& failure : step.failures) report(failure, step.words);
    }
    for (const auto& record : verdict.last_records) std::cout << "  " << record << "\n";
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Corpus, testing::ValuesIn(corpus()), test_name);

}  // namespace
}  // namespace nearline::scenarios
