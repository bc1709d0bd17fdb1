// Who reads the error history of a unit (SPC-4 5.5, READ BUFFER mode 1Ch): one nexus at a time,
// from a snapshot that stays as it is until somebody wants a new one.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "scsi/sense.h"

namespace nearline::scsi {

class ErrorHistory {
public:
    using Source = std::function<Bytes()>;  // what there is to tell now

    // The data of one READ BUFFER: `vendor` heads the directory.
    Result<Bytes, Sense> read(NexusId reader, std::uint8_t buffer_id, std::uint32_t offset,
                              std::string_view vendor, const Source& source);
    void forget(NexusId reader);
    void clear();

private:
    Result<Bytes, Sense> directory(NexusId reader, std::uint8_t buffer_id, std::string_view vendor,
                                   const Source& source);

    std::optional<NexusId> reader_;  // the error history I_T nexus
    std::optional<Bytes> snapshot_;
};

}  // namespace nearline::scsi
