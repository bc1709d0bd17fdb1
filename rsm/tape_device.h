// A tape drive of a managed library, as far as RSM needs it: to write the free label on a medium
// that has been put into it.
#pragma once

#include "rsm/device.h"

namespace nearline::rsm {

class TapeDevice {
public:
    TapeDevice(scsi::Initiator& initiator, scsi::Lun lun, Delays& delays);

    Device& device() { return device_; }
    // Waits until the medium is loaded, rewinds, writes `label` as one block and a filemark behind
    // it, synchronized. What was recorded before is gone.
    void write_label(scsi::Bytes label, Reply<scsi::Bytes> done);
    void unload(Reply<scsi::Bytes> done);

private:
    Device device_;
};

}  // namespace nearline::rsm
