// One session with one target, and its logical units as generic devices: what a host's SCSI
// midlayer makes of a target when it has logged in.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/exec/generic_device.h"
#include "apps/exec/tape_file.h"
#include "initiator/poll_loop.h"

namespace nearline::apps {

class Attachment {
public:
    // The loop must outlive it. `index` is the target's number on the host.
    Attachment(initiator::PollLoop& loop, const initiator::IscsiUrl& url,
               const initiator::IscsiOptions& options, int index);
    ~Attachment();

    // Logs in and looks at every unit; numbers its devices from `first` on. The error is a
    // sentence. Waits for units that are becoming ready, and takes the unit attentions of the login
    // and of that, as a host's drivers do, so that no program's first command is answered by one.
    base::Result<void, std::string> find_devices(int first);

    const std::vector<std::unique_ptr<GenericDevice>>& devices() const { return devices_; }
    // Those of them that are drives, once more: as the tape driver has them.
    const std::vector<std::unique_ptr<TapeDevice>>& tapes() const { return tapes_; }

private:
    class Unit;

    base::Result<void, std::string> add_device(scsi::Lun lun, int number);
    void settle(scsi::Lun lun);
    void wait(std::chrono::milliseconds pause);
    void pause(std::chrono::milliseconds time, std::function<void()> action);

    initiator::PollLoop& loop_;
    int index_;
    initiator::IscsiInitiator session_;
    std::vector<std::unique_ptr<Unit>> units_;
    std::vector<std::unique_ptr<GenericDevice>> devices_;
    std::vector<std::unique_ptr<TapeDevice>> tapes_;
    std::map<std::uint64_t, std::unique_ptr<initiator::Loop::Delayed>> pauses_;
    std::uint64_t next_pause_ = 1;
};

// The targets behind a portal; the error is a sentence.
base::Result<std::vector<initiator::IscsiUrl>, std::string> targets_of(
    initiator::PollLoop& loop, const initiator::Portal& portal,
    const initiator::IscsiOptions& options);

}  // namespace nearline::apps
