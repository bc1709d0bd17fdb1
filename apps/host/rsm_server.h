// The Removable Storage Manager alone: `nearline rsm serve`. Its libraries are on any iSCSI
// targets.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "apps/host/rsm_host.h"

namespace nearline::apps {

// Serves until SIGTERM or SIGINT. Prints `ready unix:PATH` on `out` when clients may come, then
// logs to standard error. Returns the exit status; the error of a start is a sentence.
base::Result<int, std::string> serve_rsm(RsmHost::Settings settings, std::ostream& out);

}  // namespace nearline::apps
