// The TransportID of an iSCSI initiator port (SPC-4 7.6.4.6): how PERSISTENT RESERVE IN and OUT
// name the port at the other end of a nexus.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "scsi/types.h"

namespace nearline::scsi {

// The form with the ISID (45h); a port whose name has none is written as its device (05h).
Bytes encode_transport_id(std::string_view initiator_port);

// The next one, which must name a port; nothing when it is malformed or of another protocol.
std::optional<std::string> decode_transport_id(base::ByteReader& in);

}  // namespace nearline::scsi
