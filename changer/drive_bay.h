// The mouth of a drive as the robot meets it: the changer declares it, the library fits a drive.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "media/cartridge.h"
#include "scsi/sense.h"

namespace nearline::changer {

using base::Failure;
using base::Result;
using scsi::Sense;

// What DVCID reports of a drive: the strings of its own INQUIRY and page 80h.
struct DriveIdentity {
    std::string vendor;
    std::string product;
    std::string serial;
    bool operator==(const DriveIdentity&) const = default;
};

class DriveBay {
public:
    // Why it went wrong, as the MOVE MEDIUM that waits for it reports it.
    using Done = std::function<void(Result<void, Sense>)>;

    virtual ~DriveBay() = default;

    virtual DriveIdentity identity() const = 0;
    virtual bool is_powered() const = 0;
    // In it, loaded or at its mouth; nullptr when it is empty.
    virtual const media::Cartridge* cartridge() const = 0;
    // Whether a gripper finds room or a cartridge at the mouth: empty, or unloaded.
    virtual bool is_accessible() const = 0;

    // Whether the drive would take this cartridge (generation, type); asked before the robot moves.
    virtual std::optional<Sense> why_not_accept(const media::Cartridge& cartridge) const = 0;
    // Whether it would give its cartridge up (its own PREVENT); asked before the robot moves.
    virtual std::optional<Sense> why_not_release() const = 0;

    // Puts the cartridge in: is_accessible() and cartridge() == nullptr. `loaded` runs once the
    // drive has loaded it, or failed to; the cartridge is in the drive either way.
    virtual void insert(media::Cartridge cartridge, Done loaded) = 0;
    // Brings the cartridge to the mouth, unloading it if need be; `done` may run at once.
    virtual void present(Done done) = 0;
    // Takes it from the mouth: after present() has succeeded.
    virtual media::Cartridge remove() = 0;
};

}  // namespace nearline::changer
