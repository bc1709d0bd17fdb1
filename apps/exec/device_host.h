// The owner's end of the devices that a command's processes see: listens on an address for each,
// and carries calls and data between the sockets and the open files.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/exec/generic_device.h"
#include "base/result.h"
#include "initiator/loop.h"

namespace nearline::apps {

class DeviceHost {
public:
    // The loop must outlive it. `token` tells this host's addresses from all others.
    DeviceHost(initiator::Loop& loop, std::string token);
    ~DeviceHost();

    // Serves `device`, which must outlive this, as /dev/NAME. The error is a sentence.
    base::Result<void, std::string> serve(const std::string& name, GenericDevice& device);
    // Another name for it.
    void link(const std::string& name, const std::string& target);

    // What the preload library reads from NEARLINE_DEVICES.
    std::string variable() const;

private:
    class Listener;
    class Connection;

    void accept(Listener& listener);

    initiator::Loop& loop_;
    std::string token_;
    std::string names_;
    std::uint64_t next_id_ = 1;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
};

}  // namespace nearline::apps
