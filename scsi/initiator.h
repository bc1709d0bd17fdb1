// The other end of a nexus: how everything of ours that is a client (RSM, the command line,
// scenarios) reaches a SCSI target. In process it is deterministic; over iSCSI it is libiscsi.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "scsi/sense.h"
#include "scsi/types.h"

namespace nearline::scsi {

struct Request {
    Lun lun{};
    Bytes cdb;
    Bytes data_out;                    // sent when not empty
    std::uint32_t data_in_length = 0;  // expected; the target may send less
};

enum class Delivery {
    Answered,         // status (and sense) are the target's
    TransportFailed,  // no answer, and whether the command was carried out is unknown
};

struct Response {
    Delivery delivery = Delivery::Answered;
    Status status = Status::Good;
    Sense sense;  // of CHECK CONDITION
    Bytes data_in;
    std::string failure;  // of TransportFailed, in words
    bool is_good() const { return delivery == Delivery::Answered && status == Status::Good; }
};

// Asynchronous: `done` runs exactly once, later or at once, on the caller's own loop. Commands go
// out in the order of the calls. A caller that goes away first must destroy the Initiator first;
// outstanding `done` are then dropped without being run.
class Initiator {
public:
    virtual ~Initiator() = default;
    virtual void execute(Request request, std::function<void(Response)> done) = 0;
};

}  // namespace nearline::scsi
