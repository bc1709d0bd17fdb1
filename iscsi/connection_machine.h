// The life of one connection on the target's side (RFC 7143 8.1), by its names of states; S8
// CLEANUP_WAIT passes in no time at error recovery level 0. The session lives in FullFeature:
// leaving that, however, ends it.
#pragma once

#include "sim/statechart.h"

namespace nearline::iscsi {

struct LoginBegan : sim::MachineEvent<LoginBegan> {};
struct LoginSucceeded : sim::MachineEvent<LoginSucceeded> {};
struct LogoutAsked : sim::MachineEvent<LogoutAsked> {};  // by an Async Message of ours
struct LogoutReceived : sim::MachineEvent<LogoutReceived> {};
struct ConnectionFailed : sim::MachineEvent<ConnectionFailed> {};
struct TransportLost : sim::MachineEvent<TransportLost> {};
struct SilencePassed : sim::MachineEvent<SilencePassed> {};
struct PingAnswered : sim::MachineEvent<PingAnswered> {};

// Where a connection is: what the way of every PDU asks, without asking the machine.
enum class ConnectionPhase { TransportUp, InLogin, FullFeature, InLogout, Closing, Closed };

// What the machine does to its connection.
class ConnectionActions {
public:
    virtual ~ConnectionActions() = default;
    virtual void enter(ConnectionPhase phase) = 0;
    virtual void leave_full_feature() = 0;
    // How long an initiator may be silent before it is pinged; zero: for ever.
    virtual sim::Duration keep_alive() const = 0;
    virtual sim::Duration silent_for() const = 0;
    virtual void ping() = 0;
};

struct Open;
struct TransportUp;
struct InLogin;
struct FullFeature;
struct LoggedIn;
struct LogoutRequested;
struct InLogout;
struct Closing;
struct Closed;

class ConnectionMachine : public sim::StateMachine<ConnectionMachine, Open> {
public:
    ConnectionMachine(ConnectionActions& actions, sim::Simulation& simulation,
                      sim::TraceSink& trace, std::string name)
        : StateMachine(simulation, trace, std::move(name)), actions_(actions) {}
    ~ConnectionMachine() { terminate(); }
    ConnectionActions& actions() { return actions_; }

private:
    ConnectionActions& actions_;
};

struct Open : sim::MachineState<Open, ConnectionMachine, TransportUp> {
    using MachineState::MachineState;
    using reactions = boost::mpl::list<sim::Transition<ConnectionFailed, Closing>,
                                       sim::Transition<TransportLost, Closed>>;
};

struct TransportUp : sim::MachineState<TransportUp, Open> {  // S3
    using reactions = sim::Transition<LoginBegan, InLogin>;
    explicit TransportUp(my_context context);
};

struct InLogin : sim::MachineState<InLogin, Open> {  // S4
    using reactions = sim::Transition<LoginSucceeded, FullFeature>;
    explicit InLogin(my_context context);
};

struct FullFeature : sim::MachineState<FullFeature, Open, LoggedIn> {
    using reactions = sim::Transition<LogoutReceived, InLogout>;
    explicit FullFeature(my_context context);
    ~FullFeature();
};

struct LoggedIn : sim::MachineState<LoggedIn, FullFeature> {  // S5
    using OnSilencePassed = sim::Choice<SilencePassed, sim::Stay>;
    using OnPingAnswered = sim::Choice<PingAnswered, sim::Stay>;
    using reactions = boost::mpl::list<sim::Transition<LogoutAsked, LogoutRequested>,
                                       OnSilencePassed, OnPingAnswered>;
    explicit LoggedIn(my_context context);
    OnSilencePassed::Taken react(const SilencePassed&);  // long enough? a ping; else a look later
    OnPingAnswered::Taken react(const PingAnswered&);    // the silence begins anew

private:
    void listen(sim::Duration patience);
    sim::Timer silence_;
};

struct LogoutRequested : sim::MachineState<LogoutRequested, FullFeature> {  // S7
    using MachineState::MachineState;
};

struct InLogout : sim::MachineState<InLogout, Open> {  // S6: what still comes is forgotten
    explicit InLogout(my_context context);
};

struct Closing : sim::MachineState<Closing, ConnectionMachine> {  // what was said is still sent
    using reactions = sim::Transition<TransportLost, Closed>;
    explicit Closing(my_context context);
};

struct Closed : sim::MachineState<Closed, ConnectionMachine> {  // S1
    explicit Closed(my_context context);
};

}  // namespace nearline::iscsi
