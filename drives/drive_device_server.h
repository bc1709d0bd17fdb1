// The SSC device server of a drive: what hosts may ask, and the sense for what they may not.
#pragma once

#include <functional>
#include <optional>

#include "drives/drive.h"
#include "drives/drive_state.h"
#include "drives/stream_commands.h"
#include "drives/tape_alerts.h"
#include "scsi/primary_device_server.h"

namespace nearline::drives {

// How often things happened, since the drive was made.
struct Odometer {
    std::uint32_t loads = 0;
    std::uint32_t loads_since_power_on = 0;
    std::uint32_t cleanings = 0;
    std::uint32_t power_cycles = 0;
    sim::Duration powered{};
};

// The drive as its device server sees it.
class DriveControl {
public:
    using Done = std::function<void(Result<void, Sense>)>;
    virtual ~DriveControl() = default;
    virtual const DriveProfile& profile() const = 0;
    virtual DriveState state() const = 0;
    virtual const media::Cartridge* cartridge() const = 0;
    // Whether the robot has been told to come for the cartridge at the mouth.
    virtual bool is_claimed() const = 0;
    virtual Odometer odometer() const = 0;
    virtual TapeAlerts& alerts() = 0;
    virtual const TapeAlerts& alerts() const = 0;
    virtual void load(LoadTo to, Done done) = 0;
    virtual void unload(UnloadTo to, Done done) = 0;
};

class DriveDeviceServer final : public scsi::PrimaryDeviceServer {
public:
    explicit DriveDeviceServer(DriveControl& drive);

    using PrimaryDeviceServer::on;
    void on(const ReadBlockLimits&, scsi::Task& task);
    void on(const LoadUnload& command, scsi::Task& task);

    std::span<const scsi::CommandDescriptor> commands() const override;
    std::optional<Sense> not_ready() const override;

    // What was under way when the power went is never answered.
    void power_lost();

protected:
    std::vector<scsi::ModePage> mode_pages() const override;
    std::vector<scsi::LogPage> log_pages(scsi::NexusId reader) const override;
    void log_page_read(scsi::NexusId reader, std::uint8_t page) override;
    void log_pages_reset() override;
    std::uint8_t medium_type() const override;
    std::uint8_t device_specific_parameter() const override;
    scsi::Bytes block_descriptor() const override;
    std::optional<Sense> select_block_descriptor(scsi::BytesView descriptor) override;
    void nexus_closed(scsi::NexusId nexus) override;
    void was_reset() override;

private:
    std::optional<Sense> why_not_load(const LoadUnload& command) const;
    std::optional<Sense> why_not_unload(const LoadUnload& command);
    bool is_worm_loaded() const;
    DriveControl::Done answer(scsi::Task& task, bool is_immediate);

    DriveControl& drive_;
    std::uint32_t block_length_ = 0;  // of the block descriptor; 0: variable
};

}  // namespace nearline::drives
