// An open of /dev/stN or /dev/nstN: the preload library's calls, for the tape driver. SG_IO and the
// controls that all SCSI devices have pass the driver by, as they do in the kernel.
#pragma once

#include <memory>

#include "apps/exec/tape_driver.h"

namespace nearline::apps {

// A drive, whichever of its names it is opened by. The unit must outlive it.
class TapeDevice {
public:
    TapeDevice(GenericUnit& unit, const GenericIdentity& identity, TapeDriver::Pause pause)
        : driver_(unit, std::move(pause)), generic_(unit, identity) {}

    TapeDriver& driver() { return driver_; }
    GenericDevice& generic() { return generic_; }

private:
    TapeDriver driver_;
    GenericDevice generic_;
};

class TapeFile final : public DeviceFile {
public:
    // The device must outlive it.
    TapeFile(TapeDevice& device, TapeDriver::AtClose at_close);

    void call(const fixtures::Call& call, scsi::Bytes data_out, Answered done) override;
    void close(Answered done) override;

private:
    void open(const fixtures::Call& call, const Answered& done);
    void control(const fixtures::Call& call, const Answered& done);

    TapeDevice& device_;
    TapeDriver::AtClose at_close_;
    enum class State { Closed, Opening, Open };
    // Shared with the open and the close, which may outlast the file.
    std::shared_ptr<State> state_ = std::make_shared<State>(State::Closed);
    bool may_read_ = false;
    bool may_write_ = false;
    GenericFile generic_;
};

}  // namespace nearline::apps
