// `nearline changer URL VERB …`: looks at and works any iSCSI medium changer.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "apps/changer/target_session.h"

namespace nearline::apps {

// `arguments` are those after the word `changer`. Returns the exit status: 0 done, 1 the changer
// refused, 2 bad usage, 3 the target cannot be reached or is no changer. Notes and errors go to
// `err`.
int run_changer(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

// The same over transports of the caller's making.
int run_changer(std::span<const std::string> arguments, std::ostream& out, std::ostream& err,
                const MakeInitiator& make_initiator);

}  // namespace nearline::apps
