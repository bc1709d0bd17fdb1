#include "iscsi/session_machine.h"

#include "iscsi/session.h"

namespace nearline::iscsi {

void SessionMachine::open_nexus() {
    session_.open_nexus();
}

void SessionMachine::close_nexus() {
    session_.close_nexus();
}

SessionLoggedIn::SessionLoggedIn(my_context context) : my_base(context) {
    machine().open_nexus();
}

SessionLoggedIn::~SessionLoggedIn() {
    machine().close_nexus();
}

}  // namespace nearline::iscsi
