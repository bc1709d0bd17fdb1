// initiator::Loop on the host's own event loop: what libiscsi sessions of this process run on.
#pragma once

#include <boost/asio/io_context.hpp>

#include "initiator/loop.h"

namespace nearline::apps {

class AsioLoop final : public initiator::Loop {
public:
    // The loop must outlive it and all it hands out.
    explicit AsioLoop(boost::asio::io_context& loop) : loop_(loop) {}

    std::unique_ptr<Watch> watch(int descriptor, std::function<void(Readiness)> ready) override;
    std::unique_ptr<Delayed> after(std::chrono::milliseconds delay,
                                   std::function<void()> action) override;

private:
    boost::asio::io_context& loop_;
};

}  // namespace nearline::apps
