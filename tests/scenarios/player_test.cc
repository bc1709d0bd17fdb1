#include "scenarios/player.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/memory_file_system.h"
#include "scenarios/scenario_reader.h"

namespace nearline::scenarios {
namespace {

constexpr const char* kLibrary =
    "name: 'a' library { name: 'a' storage { count: 4 } drives { model: 'plain-lto9' }\n"
    "cartridges { labels: 'A%05dL9' count: 1 } }\n";

Verdict verdict_of(const std::string& steps) {
    base::MemoryFileSystem files;
    const auto scenario = read_scenario(kLibrary + steps, "s", files);
    EXPECT_TRUE(scenario);
    if (!scenario) {
        for (const auto& problem : scenario.error()) ADD_FAILURE() << to_text(problem);
        return {};
    }
    return play(*scenario, 1, nullptr);
}

// The one failure of a scenario, as "line: expected / seen".
std::string failure_of(const std::string& steps) {
    const auto verdict = verdict_of(steps);
    std::string text;
    for (const auto& step : verdict.steps) {
        for (const auto& failure : step.failures) {
            text += std::to_string(failure.at.line) + ": " + failure.expected + " / " +
                    failure.seen + "\n";
        }
    }
    return text;
}

TEST(Player, FailsWithPlaceExpectedAndSeen) {
    EXPECT_EQ(failure_of("step { command { name: 'MOVE MEDIUM' source: 'slot 1'\n"
                         "destination: 'slot 2' } }"),
              "");
    EXPECT_EQ(failure_of("step { command { name: 'MOVE MEDIUM' source: 'slot 2'\n"
                         "destination: 'slot 3' } }"),
              "3: GOOD / CHECK CONDITION 5/3B/0E MEDIUM SOURCE ELEMENT EMPTY\n");
    EXPECT_EQ(failure_of("step { command { name: 'MOVE MEDIUM' source: 'slot 2'\n"
                         "destination: 'slot 3' }\n"
                         "expect { sense: '5/3B/0D' } }"),
              "5: 5/3B/0D MEDIUM DESTINATION ELEMENT FULL / 5/3B/0E MEDIUM SOURCE ELEMENT EMPTY\n");
    EXPECT_EQ(failure_of("step {\nexpect { cartridge { label: 'A00001L9' at: 'slot 2' } } }"),
              "4: A00001L9 in slot 2 / slot 1\n");
    EXPECT_EQ(failure_of("step {\nexpect { cartridge { label: 'X' at: 'outside' } } }"),
              "4: X in outside / nowhere\n");
    EXPECT_EQ(failure_of("step {\nexpect { element { at: 'slot 1' full: false label: 'B' } } }"),
              "4: slot 1 full: no label: B / slot 1 full: yes label: A00001L9\n");
    EXPECT_EQ(failure_of("step {\nexpect { drive { number: 1 state: 'ready' } } }"),
              "4: drive 1: ready / drive 1: empty\n");
    EXPECT_EQ(failure_of("step {\nexpect { ready: false } }"), "4: not ready / ready\n");
    EXPECT_EQ(failure_of("step {\nexpect { outside: 1 } }"), "4: 1 cartridges outside / 0\n");
    EXPECT_EQ(failure_of("step { advance: '1s'\nexpect { at_least: '2s' } }"),
              "4: at least 2.000000000 s / 1.000000000 s\n");
    EXPECT_EQ(failure_of("step { command { name: 'INQUIRY' }\nexpect { data_in: '01 ??...' } }")
                  .substr(0, 12),
              "4: 01?? ... ");
}

TEST(Player, GoesOnAfterAFailure) {
    const auto verdict = verdict_of("step { expect { ready: false } } step {}");
    EXPECT_EQ(verdict.steps.size(), 2U);
    EXPECT_FALSE(verdict.is_pass());
    EXPECT_TRUE(verdict.steps.back().failures.empty());
    EXPECT_FALSE(verdict.last_records.empty());
}

TEST(Player, PlaysAlikeEveryTime) {
    const std::string steps =
        "step { command { name: 'MOVE MEDIUM' source: 'slot 1' destination: 'drive 1' } }";
    EXPECT_EQ(verdict_of(steps).fingerprint, verdict_of(steps).fingerprint);
    EXPECT_NE(verdict_of(steps).fingerprint, verdict_of("step { advance: '1s' }").fingerprint);
}

TEST(Player, SaysWhenNoAnswerComesAndWhoIsNotThere) {
    EXPECT_THAT(failure_of("step { disconnect: 'host' } step { command { name: 'INQUIRY' } }"),
                testing::HasSubstr("host is logged in / it is not"));
    EXPECT_THAT(failure_of("step { run_until { drive: 1 state: 'ready' within: '1min' } }"),
                testing::HasSubstr("it is empty"));
    EXPECT_THAT(failure_of("step { command { name: 'MOVE MEDIUM' source: 'slot 9' } }"),
                testing::HasSubstr("slot 9 / this library has none"));
}

}  // namespace
}  // namespace nearline::scenarios
