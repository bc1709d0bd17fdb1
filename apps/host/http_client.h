// Asks one of our services one question, and waits for the answer: what the command line needs.
#pragma once

#include <chrono>
#include <string>

#include "apps/host/endpoint.h"
#include "base/result.h"

namespace nearline::apps {

struct HttpReply {
    unsigned status = 0;
    std::string body;
};

// POSTs `body` (JSON) to `path`. `token` is for TCP. The error is a sentence: no connection, or no
// answer.
base::Result<HttpReply, std::string> http_post(const Endpoint& endpoint, const std::string& path,
                                               const std::string& body, const std::string& token);

}  // namespace nearline::apps
