// `nearline rsm serve`: the Removable Storage Manager of libraries that are on iSCSI targets.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace nearline::apps {

// `arguments` are those after `rsm serve`. Returns the exit status: 0 ended by a signal, 2 bad
// usage, 3 the environment failed.
int run_rsm_serve(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace nearline::apps
