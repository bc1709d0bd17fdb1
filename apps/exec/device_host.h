// The owner's end of the devices that a command's processes see: listens on an address for each,
// and carries calls and data between the sockets and the open files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/exec/device_file.h"
#include "base/result.h"
#include "initiator/loop.h"

namespace nearline::apps {

class DeviceHost {
public:
    // The loop must outlive it. `token` tells this host's addresses from all others.
    DeviceHost(initiator::Loop& loop, std::string token);
    ~DeviceHost();

    // Makes the file for one more open of a device. Each call of `outcome_waits` shows those who
    // poll that there is one thing more to be received.
    using Opener = std::function<std::unique_ptr<DeviceFile>(std::function<void()> outcome_waits)>;

    // Serves what `opener` opens as /dev/NAME. The error is a sentence.
    base::Result<void, std::string> serve(const std::string& name, Opener opener);
    // Another name for it.
    void link(const std::string& name, const std::string& target);

    // What the preload library reads from NEARLINE_DEVICES.
    std::string variable() const;

    // Whether every file that nobody has open any more is closed, with all that this entails.
    bool has_settled();

private:
    class Listener;
    class Connection;

    void accept(Listener& listener);
    void serve_call(std::uint64_t id);
    void find_abandoned();
    void close(std::uint64_t id);

    initiator::Loop& loop_;
    std::string token_;
    std::string names_;
    std::uint64_t next_id_ = 1;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
    std::shared_ptr<DeviceHost*> self_;  // owners: this, and each close while it ends
};

}  // namespace nearline::apps
