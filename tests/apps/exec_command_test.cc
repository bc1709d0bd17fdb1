#include "apps/exec/exec_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <sstream>

#include "apps/exec/child_process.h"
#include "initiator/poll_loop.h"

namespace nearline::apps {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Ran {
    int status = -1;
    std::string out;
    std::string err;
};

Ran run(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    Ran ran;
    ran.status = run_exec(arguments, out, err);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
}

TEST(ExecCommand, BadUsageIsStatusTwo) {
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {},
             {"--"},
             {"true"},
             {"--library"},
             {"--juggle", "--", "true"},
             {"--library", "a", "--attach", "iscsi://h/t/0", "--", "true"}}) {
        const Ran ran = run(arguments);
        EXPECT_EQ(ran.status, 2) << testing::PrintToString(arguments);
        EXPECT_THAT(ran.err, Not(IsEmpty()));
        EXPECT_THAT(ran.out, IsEmpty());
    }
}

TEST(ExecCommand, HelpTellsWhatTheCommandSees) {
    const Ran ran = run({"--help"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr("/dev/changer"));
    EXPECT_THAT(ran.out, HasSubstr("-- COMMAND"));
}

TEST(ExecCommand, OptionsOfTheCommandAreItsOwn) {
    // --help behind the separator is for the command: here it fails for want of a target.
    setenv("NEARLINE_PRELOAD", "/proc/self/exe", 1);
    const Ran ran = run({"--attach", "iscsi://127.0.0.1", "--", "mtx", "--help"});
    unsetenv("NEARLINE_PRELOAD");
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("is not of the form"));
}

TEST(ExecCommand, WithoutItsLibraryIsStatusThree) {
    setenv("NEARLINE_PRELOAD", "/nowhere/lib.so", 1);
    const Ran ran = run({"--", "true"});
    unsetenv("NEARLINE_PRELOAD");
    EXPECT_EQ(ran.status, 3);
    EXPECT_THAT(ran.err, HasSubstr("/nowhere/lib.so"));
}

// What waitpid says of `command`, as an exit status; -1 when it cannot be started.
int status_of(const std::vector<std::string>& command,
              const std::map<std::string, std::string>& environment = {}) {
    Program program;
    program.command = command;
    program.environment = environment;
    const auto started = start_program(program);
    if (!started) return -started.error().error;
    int status = 0;
    EXPECT_EQ(waitpid(*started, &status, 0), *started);
    return exit_status_of(status);
}

TEST(Programs, EndWithAStatusOrASignal) {
    EXPECT_EQ(status_of({"true"}), 0);
    EXPECT_EQ(status_of({"sh", "-c", "exit 7"}), 7);
    EXPECT_EQ(status_of({"sh", "-c", "kill -TERM $$"}), 128 + SIGTERM);
}

TEST(Programs, ThatCannotBeStartedSayWhy) {
    EXPECT_EQ(status_of({"/nowhere/at/all"}), -ENOENT);
    EXPECT_EQ(status_of({"no-such-program-anywhere"}), -ENOENT);
    EXPECT_EQ(status_of({"/dev/null"}), -EACCES);
}

TEST(Programs, SeeWhatWasAddedToTheEnvironment) {
    setenv("NEARLINE_TEST", "old", 1);
    EXPECT_EQ(status_of({"sh", "-c", "[ \"$NEARLINE_TEST\" = new ] && [ -n \"$PATH\" ]"},
                        {{"NEARLINE_TEST", "new"}}),
              0);
    unsetenv("NEARLINE_TEST");
}

TEST(SignalWatch, DeliversThroughTheLoopAndLeavesChildrenTheirSignals) {
    initiator::PollLoop loop;
    std::vector<int> signals;
    SignalWatch watch(loop, [&](SignalWatch::Arrived arrived) {
        EXPECT_FALSE(arrived.is_from_terminal);
        signals.push_back(arrived.signal);
    });
    raise(SIGUSR1);
    raise(SIGTERM);
    loop.run_until([&] { return signals.size() == 2; }, std::chrono::seconds(10));
    EXPECT_THAT(signals, testing::UnorderedElementsAre(SIGUSR1, SIGTERM));
    EXPECT_EQ(status_of({"sh", "-c", "kill -USR1 $$; exit 3"}), 128 + SIGUSR1);
}

}  // namespace
}  // namespace nearline::apps
