#include "sim/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/random.h"

namespace nearline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// Notes its name when it fires.
class Note final : public Event {
public:
    Note(std::vector<std::string>& log, std::string name) : log_(log), name_(std::move(name)) {}

private:
    void fire() override { log_.push_back(name_); }

    std::vector<std::string>& log_;
    std::string name_;
};

class SimulationTest : public testing::Test {
protected:
    std::unique_ptr<Note> note(const std::string& name) {
        return std::make_unique<Note>(log, name);
    }
    void run_all() {
        while (simulation.run_next()) {
        }
    }

    std::vector<std::string> log;
    Simulation simulation;
};

TEST_F(SimulationTest, StandsAtPowerOnWithNothingToDo) {
    EXPECT_EQ(simulation.now(), kPowerOn);
    EXPECT_TRUE(simulation.is_idle());
    EXPECT_EQ(simulation.next_event_time(), kNever);
    EXPECT_FALSE(simulation.run_next());
    EXPECT_EQ(simulation.now(), kPowerOn);
    EXPECT_EQ(simulation.events_run(), 0U);
}

TEST_F(SimulationTest, RunsEventsInTheOrderOfTheirTimes) {
    const auto a = note("a"), b = note("b"), c = note("c");
    simulation.schedule(*b, kPowerOn + 2s);
    simulation.schedule(*c, kPowerOn + 3s);
    simulation.schedule(*a, kPowerOn + 1s);
    EXPECT_EQ(simulation.next_event_time(), kPowerOn + 1s);
    EXPECT_TRUE(simulation.run_next());
    EXPECT_EQ(simulation.now(), kPowerOn + 1s);
    EXPECT_FALSE(a->is_scheduled());
    run_all();
    EXPECT_THAT(log, ElementsAre("a", "b", "c"));
    EXPECT_EQ(simulation.now(), kPowerOn + 3s);
    EXPECT_EQ(simulation.events_run(), 3U);
}

TEST_F(SimulationTest, EqualTimesRunInTheOrderOfScheduling) {
    std::vector<std::unique_ptr<Note>> notes;
    std::vector<std::string> expected;
    for (int i = 0; i < 50; ++i) {
        expected.push_back(std::to_string(i));
        notes.push_back(note(expected.back()));
        simulation.schedule(*notes.back(), kPowerOn + 1s);
    }
    run_all();
    EXPECT_EQ(log, expected);
}

TEST_F(SimulationTest, SchedulingAgainGoesToTheEndOfItsTime) {
    const auto a = note("a"), b = note("b");
    simulation.schedule(*a, kPowerOn + 1s);
    simulation.schedule(*b, kPowerOn + 1s);
    simulation.cancel(*a);
    simulation.schedule(*a, kPowerOn + 1s);
    run_all();
    EXPECT_THAT(log, ElementsAre("b", "a"));
}

TEST_F(SimulationTest, ACancelledEventDoesNotRun) {
    const auto a = note("a"), b = note("b");
    simulation.schedule(*a, kPowerOn + 1s);
    simulation.schedule(*b, kPowerOn + 2s);
    simulation.cancel(*a);
    EXPECT_FALSE(a->is_scheduled());
    simulation.cancel(*a);  // nothing happens
    run_all();
    EXPECT_THAT(log, ElementsAre("b"));
}

TEST_F(SimulationTest, ADestroyedEventDoesNotRun) {
    auto a = note("a");
    const auto b = note("b");
    simulation.schedule(*a, kPowerOn + 1s);
    simulation.schedule(*b, kPowerOn + 2s);
    a.reset();
    EXPECT_EQ(simulation.next_event_time(), kPowerOn + 2s);
    run_all();
    EXPECT_THAT(log, ElementsAre("b"));
}

TEST_F(SimulationTest, EventsMayOutliveIt) {
    auto a = note("a");
    {
        Simulation brief;
        brief.schedule(*a, kPowerOn + 1s);
    }
    EXPECT_FALSE(a->is_scheduled());
    simulation.schedule(*a, kPowerOn + 1s);
    run_all();
    EXPECT_THAT(log, ElementsAre("a"));
}

TEST_F(SimulationTest, RunUntilRunsWhatIsDueAtItsBoundaryAndNothingLater) {
    const auto before = note("before"), at = note("at"), after = note("after");
    simulation.schedule(*after, kPowerOn + 10s + 1ns);
    simulation.schedule(*at, kPowerOn + 10s);
    simulation.schedule(*before, kPowerOn + 10s - 1ns);
    simulation.run_until(kPowerOn + 10s);
    EXPECT_THAT(log, ElementsAre("before", "at"));
    EXPECT_EQ(simulation.now(), kPowerOn + 10s);
    EXPECT_TRUE(after->is_scheduled());
}

TEST_F(SimulationTest, RunUntilAdvancesThoughNothingHappens) {
    simulation.run_until(kPowerOn + 5s);
    EXPECT_EQ(simulation.now(), kPowerOn + 5s);
    simulation.run_until(kPowerOn + 5s);
    EXPECT_EQ(simulation.now(), kPowerOn + 5s);
    EXPECT_EQ(simulation.events_run(), 0U);
}

TEST_F(SimulationTest, RunUntilIncludesWhatIsScheduledOnTheWay) {
    std::vector<Time> fired;
    std::unique_ptr<Timer> timer;
    timer = std::make_unique<Timer>(simulation, [&] {
        fired.push_back(simulation.now());
        timer->start(1s);
    });
    timer->start(1s);
    simulation.run_until(kPowerOn + 3s);
    EXPECT_THAT(fired, ElementsAre(kPowerOn + 1s, kPowerOn + 2s, kPowerOn + 3s));
    EXPECT_TRUE(timer->is_running());
}

TEST_F(SimulationTest, AnEventAtNowRunsWithoutTimePassing) {
    const auto a = note("a");
    simulation.run_until(kPowerOn + 1s);
    simulation.schedule(*a, simulation.now());
    simulation.run_until(simulation.now());
    EXPECT_THAT(log, ElementsAre("a"));
    EXPECT_EQ(simulation.now(), kPowerOn + 1s);
}

using SimulationDeathTest = SimulationTest;

TEST_F(SimulationDeathTest, TimeDoesNotGoBackAndAnEventIsScheduledOnce) {
    const auto a = note("a");
    simulation.run_until(kPowerOn + 2s);
    EXPECT_DEATH(simulation.schedule(*a, kPowerOn + 1s), "at >= now_");
    EXPECT_DEATH(simulation.run_until(kPowerOn + 1s), "until >= now_");
    simulation.schedule(*a, kPowerOn + 3s);
    EXPECT_DEATH(simulation.schedule(*a, kPowerOn + 4s), "is_scheduled");
    Simulation other;
    EXPECT_DEATH(other.cancel(*a), "event.simulation_ == this");
}

class TimerTest : public SimulationTest {};

TEST_F(TimerTest, FiresOnceAfterItsDelay) {
    int fired = 0;
    Timer timer(simulation, [&] { ++fired; });
    EXPECT_FALSE(timer.is_running());
    timer.start(1500ms);
    EXPECT_TRUE(timer.is_running());
    run_all();
    EXPECT_EQ(fired, 1);
    EXPECT_EQ(simulation.now(), kPowerOn + 1500ms);
    EXPECT_FALSE(timer.is_running());
}

TEST_F(TimerTest, StartingAgainForgetsTheEarlierStart) {
    std::vector<Time> fired;
    Timer timer(simulation, [&] { fired.push_back(simulation.now()); });
    timer.start(1s);
    timer.start(5s);
    run_all();
    EXPECT_THAT(fired, ElementsAre(kPowerOn + 5s));
}

TEST_F(TimerTest, StoppedDoesNotFire) {
    Timer timer(simulation, [] { FAIL(); });
    timer.start(1s);
    timer.stop();
    timer.stop();
    EXPECT_TRUE(simulation.is_idle());
    run_all();
}

TEST_F(TimerTest, LeavingItsScopeStopsIt) {
    {
        Timer timer(simulation, [] { FAIL(); });
        timer.start(1s);
    }
    EXPECT_TRUE(simulation.is_idle());
}

TEST_F(TimerTest, MayBeDestroyedByItsOwnAction) {
    // As when the action makes a machine leave the state that holds the timer.
    auto log = std::make_unique<std::vector<int>>();
    std::unique_ptr<Timer> timer;
    timer = std::make_unique<Timer>(simulation, [&timer, log = log.get()] {
        log->push_back(1);
        timer.reset();
    });
    timer->start(1s);
    run_all();
    EXPECT_EQ(timer, nullptr);
    EXPECT_THAT(*log, ElementsAre(1));
}

TEST_F(TimerTest, MayDestroyOthersThatAreDueAtTheSameMoment) {
    std::unique_ptr<Timer> other;
    Timer first(simulation, [&] { other.reset(); });
    other = std::make_unique<Timer>(simulation, [] { FAIL(); });
    first.start(1s);
    other->start(1s);
    run_all();
    EXPECT_EQ(simulation.events_run(), 1U);
}

TEST_F(TimerTest, AZeroDelayRunsAfterWhatIsDueAlready) {
    const auto waiting = note("waiting");
    Timer second(simulation, [&] { log.push_back("second"); });
    Timer first(simulation, [&] {
        log.push_back("first");
        second.start(0s);
    });
    first.start(1s);
    simulation.schedule(*waiting, kPowerOn + 1s);
    run_all();
    EXPECT_THAT(log, ElementsAre("first", "waiting", "second"));
}

TEST_F(TimerTest, ADelayBeyondTheEndOfTimeIsNever) {
    Timer timer(simulation, [] { FAIL(); });
    simulation.run_until(kPowerOn + 1s);
    timer.start(Duration::max());
    EXPECT_EQ(simulation.next_event_time(), kNever);
    simulation.run_until(kNever - 1ns);
    EXPECT_TRUE(timer.is_running());
}

TEST_F(TimerTest, ANegativeDelayIsABrokenPromise) {
    Timer timer(simulation, [] {});
    EXPECT_DEATH(timer.start(-1ns), "delay >= Duration::zero()");
}

// The heap against a plain ordered map: the same random schedule, cancel and run in both.
class OracleWalk {
public:
    explicit OracleWalk(std::uint64_t seed) : random_(seed) {
        for (std::size_t i = 0; i < kEvents; ++i) {
            events_.push_back(std::make_unique<Numbered>(fired_, i));
        }
        keys_.resize(kEvents);
    }

    void run(int steps) {
        for (int step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) {
            const std::size_t index = random_.below(kEvents);
            switch (random_.below(4)) {
                case 0:
                case 1:
                    toggle(index);
                    break;
                case 2:
                    run_one();
                    break;
                case 3:
                    replace(index);
                    break;
            }
            ASSERT_EQ(simulation_.next_event_time(),
                      oracle_.empty() ? kNever : oracle_.begin()->first.first);
            ASSERT_EQ(simulation_.is_idle(), oracle_.empty());
        }
        while (!oracle_.empty()) run_one();
        EXPECT_FALSE(simulation_.run_next());
    }

private:
    static constexpr std::size_t kEvents = 200;
    using Key = std::pair<Time, std::uint64_t>;

    class Numbered final : public Event {
    public:
        Numbered(std::vector<std::size_t>& fired, std::size_t number)
            : fired_(fired), number_(number) {}

    private:
        void fire() override { fired_.push_back(number_); }
        std::vector<std::size_t>& fired_;
        std::size_t number_;
    };

    void toggle(std::size_t index) {
        if (events_[index]->is_scheduled()) {
            simulation_.cancel(*events_[index]);
            oracle_.erase(keys_[index]);
        } else {
            // Few different times, so that many are equal.
            const Time at = simulation_.now() + Duration(random_.below(20));
            simulation_.schedule(*events_[index], at);
            keys_[index] = {at, sequence_++};
            oracle_[keys_[index]] = index;
        }
    }

    void replace(std::size_t index) {
        if (events_[index]->is_scheduled()) oracle_.erase(keys_[index]);
        events_[index] = std::make_unique<Numbered>(fired_, index);
    }

    void run_one() {
        fired_.clear();
        const bool ran = simulation_.run_next();
        ASSERT_EQ(ran, !oracle_.empty());
        if (!ran) return;
        ASSERT_THAT(fired_, ElementsAre(oracle_.begin()->second));
        ASSERT_EQ(simulation_.now(), oracle_.begin()->first.first);
        oracle_.erase(oracle_.begin());
    }

    RandomStream random_;
    Simulation simulation_;
    std::vector<std::unique_ptr<Event>> events_;
    std::vector<Key> keys_;
    std::map<Key, std::size_t> oracle_;
    std::uint64_t sequence_ = 0;
    std::vector<std::size_t> fired_;
};

class SimulationOracle : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SimulationOracle, AgreesWithASortedMap) {
    OracleWalk(GetParam()).run(20'000);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimulationOracle, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace nearline::sim
