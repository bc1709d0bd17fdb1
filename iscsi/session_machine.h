// The life of a session on the target's side (RFC 7143 8.3), as far as one connection and error
// recovery level 0 have it. The nexus is open as long as it is logged in. Q4 FAILED and Q5
// IN_CONTINUE do not exist: when the connection fails, nothing is retained, and the session is
// over.
#pragma once

#include "sim/statechart.h"

namespace nearline::iscsi {

class Session;

struct LoginCompleted : sim::MachineEvent<LoginCompleted> {};
struct SessionEnded : sim::MachineEvent<SessionEnded> {};

struct SessionActive;
struct SessionLoggedIn;
struct SessionFree;

class SessionMachine : public sim::StateMachine<SessionMachine, SessionActive> {
public:
    SessionMachine(Session& session, sim::Simulation& simulation, sim::TraceSink& trace,
                   std::string name)
        : StateMachine(simulation, trace, std::move(name)), session_(session) {}
    ~SessionMachine() { terminate(); }

    void open_nexus();
    void close_nexus();

private:
    Session& session_;
};

struct SessionActive : sim::MachineState<SessionActive, SessionMachine> {  // Q2: leading login
    using MachineState::MachineState;
    using reactions = boost::mpl::list<sim::Transition<LoginCompleted, SessionLoggedIn>,
                                       sim::Transition<SessionEnded, SessionFree>>;
};

struct SessionLoggedIn : sim::MachineState<SessionLoggedIn, SessionMachine> {  // Q3
    using reactions = sim::Transition<SessionEnded, SessionFree>;
    explicit SessionLoggedIn(my_context context);
    ~SessionLoggedIn();
};

struct SessionFree : sim::MachineState<SessionFree, SessionMachine> {  // Q1: nothing is left
    using MachineState::MachineState;
};

}  // namespace nearline::iscsi
