// scsi::Initiator without a wire: one nexus with a target device in the same process. What
// scenarios, RSM and tests use when runs must repeat. The answer comes when the unit completes the
// task: at once, or during a later run of the simulation.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "scsi/initiator.h"
#include "scsi/target_device.h"

namespace nearline::scsi {

class LocalInitiator final : public Initiator {
public:
    // The device must outlive it. Opens the nexus now, closes it when destroyed.
    LocalInitiator(TargetDevice& device, const NexusNames& names);
    ~LocalInitiator() override;

    void execute(Request request, std::function<void(Response)> done) override;
    // Drops the nexus and opens it again, as a new login by the same initiator port does.
    void reconnect();
    NexusId nexus() const { return nexus_; }

private:
    struct Alive;  // what late answers check: the initiator owns it, answers watch it

    TargetDevice& device_;
    NexusNames names_;
    NexusId nexus_{};
    std::uint64_t next_tag_ = 1;
    std::shared_ptr<Alive> alive_;
};

}  // namespace nearline::scsi
