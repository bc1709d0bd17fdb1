// An open device, as the process that owns it sees it: what the preload library's calls are
// answered by. There are no sockets here.
#pragma once

#include <functional>

#include "base/bytes.h"
#include "fixtures/preload/protocol.h"

namespace nearline::apps {

struct DeviceReply {
    fixtures::Answer answer{};
    base::Bytes data;  // of a call that receives some
};

inline DeviceReply failed(int error) {
    DeviceReply reply;
    reply.answer.error = error;
    return reply;
}

class DeviceFile {
public:
    using Answered = std::function<void(DeviceReply)>;

    virtual ~DeviceFile() = default;
    // `done` runs once, at once or later, unless the file goes away first. A call that makes no
    // sense gets an errno, as the kernel would give it.
    virtual void call(const fixtures::Call& call, base::Bytes data_out, Answered done) = 0;
    // The last process has closed it; `done` when all is over that this brings about.
    virtual void close(Answered done) { done({}); }
};

}  // namespace nearline::apps
