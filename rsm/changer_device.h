// The changer of a managed library: reads every element, moves cartridges.
#pragma once

#include "rsm/device.h"
#include "rsm/element_reading.h"

namespace nearline::rsm {

class ChangerDevice {
public:
    ChangerDevice(scsi::Initiator& initiator, scsi::Lun lun, Delays& delays)
        : device_(initiator, lun, delays) {}

    Device& device() { return device_; }

    // Waits until the changer is ready, as long as it says it will be; MODE SENSE 1Dh, then READ
    // ELEMENT STATUS type by type, with volume tags; drives with their identity. Begins again when
    // the library changes meanwhile, a few times.
    void read(Reply<Reading> done);
    // MOVE MEDIUM by the default robot. With GiveUp, a unit attention that tells of a change ends
    // it unmoved: what stands where has to be read first.
    void move(std::uint16_t from, std::uint16_t to, Device::OnChange on_change,
              Reply<scsi::Bytes> done);

    enum class Removal { Allowed, Prevented };
    // PREVENT ALLOW MEDIUM REMOVAL: the station's lock, and the door's where it has one.
    void set_removal(Removal removal, Reply<scsi::Bytes> done);

private:
    struct Progress;

    void read_map(std::shared_ptr<Progress> progress);
    void read_next_kind(std::shared_ptr<Progress> progress);
    void read_kind(std::shared_ptr<Progress> progress, ElementKind kind, std::uint32_t length,
                   bool with_identity);
    void got_kind(std::shared_ptr<Progress> progress, ElementKind kind, std::uint32_t length,
                  bool with_identity, base::Result<scsi::Bytes, Trouble> answer);
    void read_identities(std::shared_ptr<Progress> progress, std::uint32_t length);
    void finish(std::shared_ptr<Progress> progress);

    Device device_;
};

}  // namespace nearline::rsm
