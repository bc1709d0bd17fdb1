// The commands every logical unit answers (SPC-4): identity, mode and log pages, reservations, what
// is supported. A changer, a drive and the test disk derive from it, add their rows and give the
// pages only they know:
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

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "scsi/mode_parameters.h"
#include "scsi/primary_commands.h"
#include "scsi/reservation_server.h"
#include "scsi/unit_profile.h"

namespace nearline::scsi {

class PrimaryDeviceServer : public ReservationServer {
public:
    explicit PrimaryDeviceServer(UnitProfile profile);

    const UnitProfile& profile() const { return profile_; }
    bool supports(const CommandDescriptor& command) const override;

    using ReservationServer::on;
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
    void on(const SendDiagnostic&, Task&);
    void on(const ReportSupportedOperationCodes&, Task&);
    void on(const ReportSupportedTaskManagementFunctions&, Task&);

    // PREVENT ALLOW MEDIUM REMOVAL: kept per nexus, in force while any nexus has it.
    bool is_removal_prevented() const { return !preventing_.empty(); }

    // Pages of MODE SELECT with SP, by page and subpage: facts that outlive power.
    using SavedModePages = std::map<ModePageKey, Bytes>;
    const SavedModePages& saved_mode_pages() const { return saved_modes_; }
    // At power on; pages the unit does not have or cannot save are forgotten.
    void restore_saved_mode_pages(const SavedModePages& pages);
    // Given the pages to keep before MODE SELECT with SP is answered; when it returns false the
    // command ends with HARDWARE ERROR.
    using ModeKeeper = std::function<bool(const SavedModePages&)>;
    void keep_saved_mode_pages_with(ModeKeeper keeper) { mode_keeper_ = std::move(keeper); }

protected:
    // All mode and log pages as they are now: the profile's, and in derived classes the live ones.
    // What MODE SELECT changed is laid over them where they are changeable.
    virtual std::vector<ModePage> mode_pages() const;
    virtual std::vector<LogPage> log_pages(NexusId reader) const;
    // LOG SENSE of a page has told its content to `reader`: TapeAlert flags are cleared then.
    virtual void log_page_read(NexusId reader, std::uint8_t page) { (void)reader, (void)page; }
    // LOG SELECT with PCR: the counters of a page or, with page 0, of all.
    virtual void log_pages_reset(std::uint8_t page) { (void)page; }
    // The header's medium type and device-specific parameter; the block descriptor, if any.
    virtual std::uint8_t medium_type() const { return 0; }
    virtual std::uint8_t device_specific_parameter() const { return 0; }
    virtual Bytes block_descriptor() const;
    // Why MODE SELECT may not give a page these values, although the bits are changeable. A field
    // pointer into the page's values is moved to where they stand in the list.
    virtual std::optional<Sense> why_not_change(const ModePage& page) const {
        return (void)page, std::nullopt;
    }
    // MODE SELECT has been checked and is to take effect, or a reset brings back what was saved:
    // the page as it shall be.
    virtual void mode_page_changed(const ModePage& page) { (void)page; }
    // The last word on what a page shows: fields that tell what is, whatever was selected.
    virtual void show(ModePage& page) const { (void)page; }
    // MODE SELECT has taken effect: the task is answered when what it set in motion is over.
    virtual void mode_selected(Task& task) { task.good(); }
    // What MODE SENSE tells as the default of a page.
    virtual Bytes default_values(const ModePage& page) const;
    // A page whose values the unit keeps itself: MODE SELECT may bring it in any length and with
    // any bits, why_not_change alone judges it, and mode_pages() shows what has become of it.
    virtual bool keeps_mode_page(const ModePageKey& key) const { return (void)key, false; }
    // Gives a page new values, as MODE SELECT would; whether they differ.
    bool change(const ModePage& page);
    // MODE SELECT with a block descriptor of eight bytes; nothing may refuse it. Nothing has taken
    // effect before it.
    virtual std::optional<Sense> select_block_descriptor(BytesView descriptor);
    // The header's device-specific parameter in MODE SELECT, told after all was checked.
    virtual void device_specific_parameter_selected(std::uint8_t parameter) { (void)parameter; }
    // What REQUEST SENSE returns when no unit attention is pending.
    virtual Sense polled_sense() const { return not_ready().value_or(kNoSense); }
    virtual std::optional<Sense> self_test() { return std::nullopt; }
    // A diagnostic page of SEND DIAGNOSTIC; why not, where the unit has none like it.
    virtual std::optional<Sense> diagnose(BytesView page) {
        return (void)page, kInvalidFieldInParameterList.at_parameter_byte(0);
    }
    virtual void removal_prevention_changed() {}

    // The values a page has now, with what MODE SELECT changed; nothing when there is no such page.
    std::optional<Bytes> mode_page_values(std::uint8_t code, std::uint8_t subpage = 0) const;

    SenseFormat sense_format() const override;
    bool has_field_pointers() const override { return profile_.has_field_pointers; }
    Sense power_on_condition() const override;
    void nexus_closed(NexusId nexus) override;
    void end_prevention(NexusId nexus) override;
    void was_reset() override;

private:
    struct ModeSense {
        ModeHeaderForm form{};
        bool dbd = false;
        ModePageControl page_control{};
        std::uint8_t page_code = 0;
        std::uint8_t subpage_code = 0;
        std::size_t allocation_length = 0;
    };
    struct ModeSelect {
        ModeHeaderForm form{};
        bool pf = false;
        bool sp = false;
        std::size_t list_length = 0;
    };
    // A page that MODE SELECT has changed since reset.
    struct ChangedModePage {
        Bytes original;
        Bytes current;
    };

    void answer(const ModeSense& request, Task& task);
    void answer(const ModeSelect& request, Task& task);

    std::vector<ModePage> current_mode_pages() const;
    Result<std::vector<ModePage>, Sense> asked_mode_pages(const ModeSense& request) const;
    Bytes values_for(ModePageControl control, const ModePage& page) const;
    Result<std::vector<ModePage>, Sense> checked_pages(const ModeSelect& request,
                                                       const ModeParameters& parameters) const;
    std::optional<Sense> checked_descriptor(const ModeParameters& parameters);
    bool save_modes();
    void fall_back_to_saved_modes();

    UnitProfile profile_;
    std::set<NexusId> preventing_;
    std::map<ModePageKey, ChangedModePage> changed_modes_;
    SavedModePages saved_modes_;
    ModeKeeper mode_keeper_;  // empty: memory is enough
};

}  // namespace nearline::scsi
