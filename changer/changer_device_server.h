// The changer as hosts see it: the SMC device server in front of the mechanics.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "changer/changer_commands.h"
#include "changer/mechanics.h"
#include "changer/tape_alerts.h"
#include "scsi/maintenance_server.h"

namespace nearline::changer {

class ChangerDeviceServer final : public scsi::MaintenanceServer, private MechanicsObserver {
public:
    ChangerDeviceServer(sim::Simulation& simulation, sim::TraceSink& trace, ChangerProfile profile,
                        const ElementMap& map, std::vector<DriveBay*> drive_bays, FactSink& facts);

    Mechanics& mechanics() { return mechanics_; }
    const Mechanics& mechanics() const { return mechanics_; }
    // What only power keeps.
    void forget_alerts() { alerts_.clear(); }

    using MaintenanceServer::on;
    void on(const InitializeElementStatus&, scsi::Task&);
    void on(const InitializeElementStatusWithRange&, scsi::Task&);
    void on(const LegacyInitializeElementStatusWithRange&, scsi::Task&);
    void on(const OpenCloseImportExportElement&, scsi::Task&);
    void on(const PositionToElement&, scsi::Task&);
    void on(const MoveMedium&, scsi::Task&);
    void on(const ExchangeMedium&, scsi::Task&);
    void on(const ReadElementStatus&, scsi::Task&);
    void on(const SendVolumeTag&, scsi::Task&);
    void on(const RequestVolumeElementAddress&, scsi::Task&);

    std::span<const scsi::CommandDescriptor> commands() const override;
    std::optional<Sense> not_ready() const override;

protected:
    std::vector<scsi::ModePage> mode_pages() const override;
    std::vector<scsi::LogPage> log_pages(scsi::NexusId reader) const override;
    void log_page_read(scsi::NexusId reader, std::uint8_t page) override;
    void log_pages_reset(std::uint8_t) override;
    std::uint64_t clock_milliseconds() const override;
    void removal_prevention_changed() override;
    void nexus_closed(scsi::NexusId nexus) override;
    void was_reset() override;

private:
    // MechanicsObserver
    void unit_attention(const Sense& condition) override;
    void raise(TapeAlert alert) override { alerts_.raise(alert); }
    void lower(TapeAlert alert) override { alerts_.lower(alert); }

    static Order order_of(scsi::Task& task);
    void scan(const ElementRangeToScan& command, std::uint16_t address_at, scsi::Task& task);

    // What SEND VOLUME TAG of a nexus has found and nobody has asked for yet.
    struct Search {
        VolumeTagAction action{};
        std::vector<Place> found;
    };
    std::optional<Sense> search(const SendVolumeTag& command, scsi::Task& task);

    std::map<scsi::NexusId, Search> searches_;
    sim::Simulation& simulation_;
    ChangerProfile profile_;
    TapeAlerts alerts_;
    Mechanics mechanics_;
};

}  // namespace nearline::changer
