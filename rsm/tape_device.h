// A tape drive of a managed library, as far as RSM needs it: to write and to read the label of
// a medium that has been put into it.
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
    // Waits until the medium is loaded, rewinds and reads how its first block begins: nothing for a
    // blank tape, and for one whose beginning holds no block that can be read.
    void read_label(Reply<scsi::Bytes> done);
    // Waits until the medium can be used; has the drive load it when it does not by itself.
    void load(Reply<scsi::Bytes> done);
    // Until a cleaning cartridge in it has done its work: then the drive says that it is empty.
    void wait_while_cleaning(Reply<scsi::Bytes> done);
    void unload(Reply<scsi::Bytes> done);

    // Asks once, by REPORT SUPPORTED OPERATION CODES, whether the drive has WRITE (6) at all. One
    // that does not say is taken to write.
    void learn_whether_it_writes(std::function<void()> done);
    bool can_write() const { return can_write_; }

private:
    void wait_while_cleaning(std::uint64_t waited_ms, Reply<scsi::Bytes> done);

    Device device_;
    Delays& delays_;
    bool can_write_ = true;
    std::shared_ptr<char> alive_ = std::make_shared<char>();  // watched by late callbacks
};

}  // namespace nearline::rsm
