// `nearline tape URL VERB …`: looks at and works any iSCSI tape drive.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "apps/changer/target_session.h"

namespace nearline::apps {

// `arguments` are those after the word `tape`. Returns the exit status: 0 done, 1 the drive
// refused, 2 bad usage or bad file, 3 the target cannot be reached or has no drive. Notes and
// errors go to `err`; what is read from the tape, to `out`, when no file is named.
int run_tape(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

// The same over transports of the caller's making.
int run_tape(std::span<const std::string> arguments, std::ostream& out, std::ostream& err,
             const MakeInitiator& make_initiator);

}  // namespace nearline::apps
