// A drive's mouth fitted to the bay a changer puts cartridges into.
#pragma once

#include "changer/drive_bay.h"
#include "drives/drive.h"

namespace nearline::library {

class DriveMouth final : public changer::DriveBay {
public:
    explicit DriveMouth(drives::Drive& drive) : drive_(drive) {}

    // What the drive itself says in INQUIRY and page 80h, so that hosts can match the two.
    changer::DriveIdentity identity() const override {
        const scsi::UnitProfile& unit = drive_.profile().unit;
        return {unit.vendor, unit.product, unit.serial};
    }
    bool is_powered() const override { return drive_.is_powered(); }
    const media::Cartridge* cartridge() const override { return drive_.cartridge(); }
    bool is_accessible() const override { return drive_.is_accessible(); }
    std::optional<scsi::Sense> why_not_accept(const media::Cartridge& cartridge) const override {
        return drive_.why_not_accept(cartridge);
    }
    std::optional<scsi::Sense> why_not_release() const override { return drive_.why_not_release(); }
    void insert(media::Cartridge cartridge, Done loaded) override {
        drive_.insert(std::move(cartridge), std::move(loaded));
    }
    void present(Done done) override { drive_.present(std::move(done)); }
    media::Cartridge remove() override { return drive_.remove(); }

private:
    drives::Drive& drive_;
};

}  // namespace nearline::library
