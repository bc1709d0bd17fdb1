// The commands every logical unit answers (SPC-4): identity, mode and log pages, RESERVE and
// RELEASE, what is supported. A changer, a drive and the test disk derive from it, add their rows
// and give the pages only they know:
//
//     class ChangerDeviceServer : public PrimaryDeviceServer {
//         using PrimaryDeviceServer::on;
//         void on(const MoveMedium&, Task&);
//         using Commands = Concatenate<PrimaryCommands, ChangerCommands>::type;
//         std::span<const CommandDescriptor> commands() const override {
//             return CommandTable<ChangerDeviceServer, Commands>::rows;
//         }
//     };
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "scsi/logical_unit.h"
#include "scsi/primary_commands.h"
#include "scsi/unit_profile.h"

namespace nearline::scsi {

class PrimaryDeviceServer : public LogicalUnit {
public:
    explicit PrimaryDeviceServer(UnitProfile profile);

    const UnitProfile& profile() const { return profile_; }
    bool supports(const CommandDescriptor& command) const override;

    void on(const TestUnitReady&, Task&);
    void on(const RequestSense&, Task&);
    void on(const Inquiry&, Task&);
    void on(const ReportLuns&, Task&);
    void on(const ModeSense6&, Task&);
    void on(const ModeSense10&, Task&);
    void on(const ModeSelect6&, Task&);
    void on(const ModeSelect10&, Task&);
    void on(const LogSense&, Task&);
    void on(const LogSelect&, Task&);
    void on(const PreventAllowMediumRemoval&, Task&);
    void on(const Reserve6&, Task&);
    void on(const Reserve10&, Task&);
    void on(const Release6&, Task&);
    void on(const Release10&, Task&);
    void on(const SendDiagnostic&, Task&);
    void on(const ReportSupportedOperationCodes&, Task&);
    void on(const ReportSupportedTaskManagementFunctions&, Task&);

    // PREVENT ALLOW MEDIUM REMOVAL: kept per nexus, in force while any nexus has it.
    bool is_removal_prevented() const { return !preventing_.empty(); }

protected:
    // All mode and log pages as they are now: the profile's, and in derived classes the live ones.
    // Mode pages' `values` are the current ones.
    virtual std::vector<ModePage> mode_pages() const;
    virtual std::vector<LogPage> log_pages(NexusId reader) const;
    // LOG SENSE of a page has told its content to `reader`: TapeAlert flags are cleared then.
    virtual void log_page_read(NexusId reader, std::uint8_t page) { (void)reader, (void)page; }
    virtual void log_pages_reset() {}  // LOG SELECT with PCR
    // The header's medium type and device-specific parameter; the block descriptor, if any.
    virtual std::uint8_t medium_type() const { return 0; }
    virtual std::uint8_t device_specific_parameter() const { return 0; }
    virtual Bytes block_descriptor() const;
    // MODE SELECT has been checked and is to take effect: body of the page as it shall be.
    virtual void mode_page_changed(const ModePage& page) { (void)page; }
    // MODE SELECT with a block descriptor; nothing may refuse it.
    virtual std::optional<Sense> select_block_descriptor(BytesView descriptor);
    virtual std::optional<Sense> self_test() { return std::nullopt; }
    virtual void removal_prevention_changed() {}

    SenseFormat sense_format() const override;
    bool has_field_pointers() const override { return profile_.has_field_pointers; }
    void nexus_closed(NexusId nexus) override;
    void was_reset() override;

private:
    UnitProfile profile_;
    std::set<NexusId> preventing_;
    std::map<std::pair<std::uint8_t, std::uint8_t>, Bytes> changed_modes_;  // by page, subpage
};

}  // namespace nearline::scsi
