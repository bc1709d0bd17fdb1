#include "iscsi/connection_machine.h"

namespace nearline::iscsi {

TransportUp::TransportUp(my_context context) : my_base(context) {
    machine().actions().enter(ConnectionPhase::TransportUp);
}

InLogin::InLogin(my_context context) : my_base(context) {
    machine().actions().enter(ConnectionPhase::InLogin);
}

FullFeature::FullFeature(my_context context) : my_base(context) {
    machine().actions().enter(ConnectionPhase::FullFeature);
}

FullFeature::~FullFeature() {
    machine().actions().leave_full_feature();
}

LoggedIn::LoggedIn(my_context context)
    : my_base(context),
      silence_(machine().simulation(), [this] { machine().tell(SilencePassed{}); }) {
    listen(machine().actions().keep_alive());
}

void LoggedIn::listen(sim::Duration patience) {
    if (patience > sim::Duration::zero()) silence_.start(patience);
}

LoggedIn::OnSilencePassed::Taken LoggedIn::react(const SilencePassed&) {
    ConnectionActions& actions = machine().actions();
    const sim::Duration left = actions.keep_alive() - actions.silent_for();
    if (left > sim::Duration::zero()) {
        listen(left);
    } else {
        actions.ping();
    }
    return OnSilencePassed::go<sim::Stay>(*this);
}

LoggedIn::OnPingAnswered::Taken LoggedIn::react(const PingAnswered&) {
    listen(machine().actions().keep_alive());
    return OnPingAnswered::go<sim::Stay>(*this);
}

InLogout::InLogout(my_context context) : my_base(context) {
    machine().actions().enter(ConnectionPhase::InLogout);
}

Closing::Closing(my_context context) : my_base(context) {
    machine().actions().enter(ConnectionPhase::Closing);
}

Closed::Closed(my_context context) : my_base(context) {
    machine().actions().enter(ConnectionPhase::Closed);
}

}  // namespace nearline::iscsi
