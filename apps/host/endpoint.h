// Where a service listens, in words: "127.0.0.1:3260", "[::1]:0", "unix:/run/nearline/control".
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace nearline::apps {

struct Endpoint {
    std::string host;        // empty for a Unix socket
    std::uint16_t port = 0;  // 0: any free one
    std::string path;        // of a Unix socket
    bool is_unix() const { return !path.empty(); }
};

// The error is a sentence.
base::Result<Endpoint, std::string> parse_endpoint(const std::string& text);
std::string to_text(const Endpoint& endpoint);

}  // namespace nearline::apps
