// The machines against their diagrams: pages generated from the reaction lists, and a walk that
// takes every row.
#include <gtest/gtest.h>

#include "iscsi/connection_machine.h"
#include "iscsi/session_machine.h"
#include "sim/random.h"
#include "tests/sim/machine_page.h"

namespace nearline::iscsi {
namespace {

using namespace std::chrono_literals;

TEST(MachinePages, OfIscsiAreThoseOfTheReactionLists) {
    sim::expect_page(
        "connection",
        sim::to_markdown(
            sim::diagram_of<ConnectionMachine>(), "The iSCSI connection",
            "One TCP connection on the target's side, by the states of RFC 7143 8.1\n"
            "([connection_machine.h](../../iscsi/connection_machine.h)). Leaving FullFeature, "
            "however, ends the session."));
    sim::expect_page(
        "session",
        sim::to_markdown(sim::diagram_of<SessionMachine>(), "The iSCSI session",
                         "RFC 7143 8.3 with one connection and error recovery level 0\n"
                         "([session_machine.h](../../iscsi/session_machine.h)). The nexus is open "
                         "in SessionLoggedIn."));
}

// A connection of which only the phase is there.
class Watched final : public ConnectionActions {
public:
    void enter(ConnectionPhase phase) override { phase_ = phase; }
    void leave_full_feature() override { ++sessions_ended; }
    sim::Duration keep_alive() const override { return 10s; }
    sim::Duration silent_for() const override { return silence; }
    void ping() override { ++pings; }

    ConnectionPhase phase() const { return phase_; }
    sim::Duration silence = 0s;
    int pings = 0;
    int sessions_ended = 0;

private:
    ConnectionPhase phase_ = ConnectionPhase::TransportUp;
};

template <typename Machine>
void tell_any(Machine& machine, std::uint64_t which) {
    switch (which) {
        case 0:
            return machine.tell(LoginBegan{});
        case 1:
            return machine.tell(LoginSucceeded{});
        case 2:
            return machine.tell(LogoutAsked{});
        case 3:
            return machine.tell(LogoutReceived{});
        case 4:
            return machine.tell(ConnectionFailed{});
        case 5:
            return machine.tell(TransportLost{});
        case 6:
            return machine.tell(SilencePassed{});
        default:
            return machine.tell(PingAnswered{});
    }
}

TEST(ConnectionMachine, TakesEveryRowAndNoOther) {
    sim::TakenRows taken;
    auto random = sim::RandomSource(7).stream("walk");
    for (int life = 0; life < 400; ++life) {
        sim::Simulation simulation;
        sim::NullTrace trace;
        Watched watched;
        ConnectionMachine machine(watched, simulation, trace, "connection 1");
        machine.observe(std::ref(taken));
        machine.start();
        bool has_session = false;
        for (int step = 0; step < 12; ++step) {
            tell_any(machine, random.below(8));
            has_session = has_session || watched.phase() == ConnectionPhase::FullFeature;
            const bool is_in = watched.phase() == ConnectionPhase::FullFeature;
            EXPECT_EQ(watched.sessions_ended, has_session && !is_in ? 1 : 0);
        }
    }
    taken.expect_all_of(sim::diagram_of<ConnectionMachine>());
}

TEST(ConnectionMachine, PingsAfterSilenceOnly) {
    sim::Simulation simulation;
    sim::NullTrace trace;
    Watched watched;
    ConnectionMachine machine(watched, simulation, trace, "connection 1");
    machine.start();
    machine.tell(LoginBegan{});
    machine.tell(LoginSucceeded{});
    watched.silence = 4s;  // something was heard in between
    simulation.run_until(sim::kPowerOn + 15s);
    EXPECT_EQ(watched.pings, 0);
    watched.silence = 10s;
    simulation.run_until(sim::kPowerOn + 16s);
    EXPECT_EQ(watched.pings, 1);
    machine.tell(LogoutReceived{});
    EXPECT_TRUE(simulation.is_idle());
}

}  // namespace
}  // namespace nearline::iscsi
