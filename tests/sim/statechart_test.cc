#include "sim/statechart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/machine_page.h"

namespace nearline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// A lamp with a door: shining ends by itself; a push while it is dark may find it broken.
struct Pushed : MachineEvent<Pushed> {};
struct BurntDown : MachineEvent<BurntDown> {};
struct Opened : MachineEvent<Opened> {};
struct Closed : MachineEvent<Closed> {};

struct Working;
struct Dark;
struct Shining;
struct Broken;
struct OpenLamp;

struct LampMachine : StateMachine<LampMachine, Working> {
    using StateMachine::StateMachine;
    ~LampMachine() { terminate(); }
    int shines_left = 2;
    int wished = 0;
};

struct Working : MachineState<Working, LampMachine, Dark> {
    using MachineState::MachineState;
    using reactions = boost::mpl::list<Transition<Opened, OpenLamp>>;
};

struct Dark : MachineState<Dark, Working> {
    using MachineState::MachineState;
    using OnPushed = Choice<Pushed, Shining, Broken>;
    using reactions = OnPushed;
    OnPushed::Taken react(const Pushed&) {
        if (machine().shines_left == 0) return OnPushed::go<Broken>(*this);
        --machine().shines_left;
        return OnPushed::go<Shining>(*this);
    }
};

struct Shining : MachineState<Shining, Working> {
    using OnPushed = Choice<Pushed, Stay>;
    using reactions = boost::mpl::list<Transition<BurntDown, Dark>, OnPushed>;
    explicit Shining(my_context context)
        : my_base(context), end_(machine().simulation(), [this] { machine().tell(BurntDown{}); }) {
        end_.start(3s);
    }
    OnPushed::Taken react(const Pushed&) {
        ++machine().wished;
        machine().tell(Opened{});  // heard as soon as this reaction is over
        EXPECT_EQ(machine().state(), "Shining");
        return OnPushed::go<Stay>(*this);
    }
    Timer end_;
};

struct Broken : MachineState<Broken, Working> {
    using MachineState::MachineState;
};

struct OpenLamp : MachineState<OpenLamp, LampMachine> {
    using MachineState::MachineState;
    using reactions = Transition<Closed, Working>;
};

class Statechart : public testing::Test {
protected:
    void start() { lamp.start(); }

    Simulation simulation;
    TextTrace trace;
    LampMachine lamp{simulation, trace, "lamp"};
};

TEST_F(Statechart, TracesTheInnermostStates) {
    start();
    lamp.tell(Pushed{});
    simulation.run_until(kPowerOn + 10s);
    EXPECT_EQ(lamp.state(), "Dark");
    EXPECT_THAT(trace.lines(),
                ElementsAre("0.000000000 lamp state dark",  //
                            "0.000000000 lamp state shining", "3.000000000 lamp state dark"));
}

TEST_F(Statechart, LeavingAStateStopsItsTimer) {
    start();
    lamp.tell(Pushed{});
    lamp.tell(Opened{});
    EXPECT_TRUE(simulation.is_idle());
    EXPECT_EQ(lamp.state(), "OpenLamp");
}

TEST_F(Statechart, WhatIsToldInsideAReactionIsHeardAfterIt) {
    start();
    lamp.tell(Pushed{});
    lamp.tell(Pushed{});
    EXPECT_EQ(lamp.wished, 1);
    EXPECT_EQ(lamp.state(), "OpenLamp");
}

TEST_F(Statechart, AnEventWithoutARowChangesNothing) {
    start();
    lamp.tell(Closed{});
    EXPECT_EQ(lamp.state(), "Dark");
}

TEST(Diagram, HasEveryStateAndRowThatCanBeReached) {
    const MachineDiagram diagram = diagram_of<LampMachine>();
    EXPECT_EQ(diagram.initial, "Working");
    std::vector<std::string> rows;
    for (const TransitionRow& row : diagram.rows) rows.push_back(to_text(row));
    EXPECT_THAT(rows, ElementsAre("Working, Opened: OpenLamp", "Dark, Pushed: Shining",
                                  "Dark, Pushed: Broken", "Shining, BurntDown: Dark",
                                  "Shining, Pushed: stays", "OpenLamp, Closed: Working"));
}

TEST(Diagram, IsAPageWithADrawingAndATable) {
    EXPECT_EQ(to_markdown(diagram_of<LampMachine>(), "The lamp", "It shines."),
              R"(# The lamp

It shines.

Generated from the reaction lists; a test compares. An event without a row in a state, or in
one around it, changes nothing there.

```mermaid
stateDiagram-v2
    [*] --> Working
    state Working {
        [*] --> Dark
        Dark
        Shining
        Broken
    }
    OpenLamp
    Working --> OpenLamp: Opened
    Dark --> Shining: Pushed
    Dark --> Broken: Pushed
    Shining --> Dark: BurntDown
    Shining --> Shining: Pushed
    OpenLamp --> Working: Closed
```

| state | event | next |
| --- | --- | --- |
| Working | Opened | OpenLamp |
| Dark | Pushed | Shining |
| Dark | Pushed | Broken |
| Shining | BurntDown | Dark |
| Shining | Pushed | stays |
| OpenLamp | Closed | Working |
)");
}

TEST_F(Statechart, AWalkTakesEveryRow) {
    TakenRows rows;
    lamp.observe(std::ref(rows));
    start();
    lamp.tell(Pushed{});
    lamp.tell(Pushed{});
    lamp.tell(Closed{});
    lamp.tell(Pushed{});
    simulation.run_next();
    lamp.tell(Pushed{});
    rows.expect_all_of(diagram_of<LampMachine>());
}

TEST(InWords, SeparatesTheWordsOfAName) {
    EXPECT_EQ(in_words("SelfTest"), "self test");
    EXPECT_EQ(in_words("Ready"), "ready");
    EXPECT_EQ(in_words(""), "");
}

}  // namespace
}  // namespace nearline::sim
