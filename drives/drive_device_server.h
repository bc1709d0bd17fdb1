// The SSC device server of a drive: what hosts may ask, and the sense for what they may not.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "drives/block_protection.h"
#include "drives/cartridge_memory.h"
#include "drives/drive.h"
#include "drives/drive_state.h"
#include "drives/encryption.h"
#include "drives/geometry.h"
#include "drives/log_pages.h"
#include "drives/odometer.h"
#include "drives/stream_commands.h"
#include "drives/tape.h"
#include "drives/tape_alerts.h"
#include "drives/tape_queue.h"
#include "drives/tape_statistics.h"
#include "drives/tape_stream.h"
#include "scsi/maintenance_server.h"

namespace nearline::drives {

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

    // Why what is inside is of no use.
    virtual Sense load_failure() const = 0;
    // What is threaded; there while the drive is ready.
    virtual Tape& tape() = 0;
    virtual const Tape& tape() const = 0;
    // What is inside and can be reached without its being threaded: while the drive is ready, and
    // in the hold position; else nullptr. And what its attributes are made of, while it is there.
    virtual media::Medium* medium() = 0;
    virtual MemoryFacts memory_facts() const = 0;
    // Something has been recorded: the first time in a load that renews the volume change
    // reference, durably, and makes what was recorded durable before.
    virtual media::MediumResult<void> note_change() = 0;
    // How what is threaded lies on its tape, and where a position on it is.
    virtual TapeGeometry geometry() const = 0;
    virtual TapeSpot spot_of(media::Position position) const = 0;
    virtual TapeStream& streaming() = 0;
    virtual TapeStatistics& statistics() = 0;
    virtual const TapeStatistics& statistics() const = 0;
    virtual Activity activity() const = 0;
    virtual sim::Time now() const = 0;

    using Continuation = std::function<void()>;
    // Data passes the head: `done` comes after `time`, at once when there is none to wait for.
    virtual void stream(Activity activity, sim::Duration time, Continuation done) = 0;
    // The tape has been moved from `from` to where it is now; `done` comes when it is there. What
    // waits in the buffer is written first.
    virtual void move(Activity activity, media::Position from, Continuation done) = 0;
    // A motion that takes `time`.
    virtual void move_for(Activity activity, sim::Duration time, Continuation done) = 0;
    // Of the motion that goes on: how much of it is over, of 65536.
    virtual std::uint16_t motion_progress() const = 0;
};

class DriveDeviceServer final : public scsi::MaintenanceServer {
public:
    explicit DriveDeviceServer(DriveControl& drive);

    using MaintenanceServer::on;
    void on(const ReceiveDiagnosticResults& command, scsi::Task& task);
    void on(const ReadEndOfWrapPosition& command, scsi::Task& task);
    void on(const GenerateRecommendedAccessOrder& command, scsi::Task& task);
    void on(const ReceiveRecommendedAccessOrder& command, scsi::Task& task);

    void on(const ReadBlockLimits& command, scsi::Task& task);
    void on(const LoadUnload& command, scsi::Task& task);
    void on(const FormatMedium& command, scsi::Task& task);
    void on(const SetCapacity& command, scsi::Task& task);
    void on(const AllowOverwrite& command, scsi::Task& task);
    void on(const ReportDensitySupport& command, scsi::Task& task);

    void on(const ReadAttribute& command, scsi::Task& task);
    void on(const WriteAttribute& command, scsi::Task& task);

    void on(const SecurityProtocolIn& command, scsi::Task& task);
    void on(const SecurityProtocolOut& command, scsi::Task& task);

    void on(const Read6& command, scsi::Task& task);
    void on(const Write6& command, scsi::Task& task);
    void on(const WriteFilemarks6& command, scsi::Task& task);
    void on(const Verify6& command, scsi::Task& task);
    void on(const Erase6& command, scsi::Task& task);

    void on(const Rewind& command, scsi::Task& task);
    void on(const Space6& command, scsi::Task& task);
    void on(const Space16& command, scsi::Task& task);
    void on(const Locate10& command, scsi::Task& task);
    void on(const Locate16& command, scsi::Task& task);
    void on(const ReadPosition& command, scsi::Task& task);

    std::optional<std::uint64_t> data_out_length(const scsi::Cdb& cdb) const override;
    std::span<const scsi::CommandDescriptor> commands() const override;
    bool supports(const scsi::CommandDescriptor& command) const override;
    std::optional<Sense> not_ready() const override;

    // A tape has been threaded; it is about to be let go.
    void tape_loaded();
    void tape_unloaded();
    // What was under way when the power went is never answered.
    void power_lost();
    // The cartridge has left the tape path.
    void demounted();
    // Something that had been answered GOOD has failed: the next command that uses the tape is
    // told.
    void defer(const Sense& failure);

protected:
    std::vector<scsi::ModePage> mode_pages() const override;
    std::vector<scsi::LogPage> log_pages(scsi::NexusId reader) const override;
    void log_page_read(scsi::NexusId reader, std::uint8_t page) override;
    void log_pages_reset(std::uint8_t page) override;
    bool keeps_mode_page(const scsi::ModePageKey& key) const override;
    std::optional<Sense> why_not_change(const scsi::ModePage& page) const override;
    void mode_page_changed(const scsi::ModePage& page) override;
    void show(scsi::ModePage& page) const override;
    void mode_selected(scsi::Task& task) override;
    scsi::Bytes default_values(const scsi::ModePage& page) const override;
    void about_to_answer(const scsi::Task& task, scsi::Outcome& outcome) override;
    std::uint8_t medium_type() const override;
    std::uint8_t device_specific_parameter() const override;
    scsi::Bytes block_descriptor() const override;
    std::optional<Sense> select_block_descriptor(scsi::BytesView descriptor) override;
    Sense polled_sense() const override;
    std::uint64_t clock_milliseconds() const override;
    bool keeps_error_history() const override { return true; }
    scsi::Bytes error_history() const override;
    std::optional<Sense> diagnose(scsi::BytesView page) override;
    void microcode_came(Microcode how) override;
    void nexus_closed(scsi::NexusId nexus) override;
    void was_reset() override;

private:
    static constexpr std::uint8_t kWriteProtectedBit = 0x80;  // device-specific parameter
    static constexpr scsi::ModePageKey kExceptionsPage{0x1C, 0};
    enum class Answer { WhenDone, AtOnce };  // IMMED

    // Runs `work` with the tape when its turn has come and the drive is ready then.
    template <class Work>
    void use_tape(scsi::Task& task, Work work);
    TransferLength transfer_length(bool is_fixed, std::uint32_t count) const;
    template <class Command>
    std::optional<Sense> why_not_transfer(const TransferLength& length) const;
    // Why nothing may be recorded on the cartridge at all; and at the position.
    std::optional<Sense> why_write_protected();
    std::optional<Sense> why_not_record();
    // What the mode pages say takes effect.
    void apply_modes();
    bool is_compressing() const;
    bool is_append_only() const;
    bool erases_short() const;
    void live_values(scsi::ModePage& page) const;
    std::optional<Sense> why_not_protect(const scsi::ModePage& page) const;
    std::optional<Sense> why_not_configure(const scsi::ModePage& page) const;
    std::optional<Sense> why_not_partition(const scsi::ModePage& page) const;
    std::optional<Sense> why_not_change_partition(const scsi::ModePage& page) const;
    // Informational exceptions: mode page 1Ch.
    std::uint8_t exception_method() const;
    std::optional<Sense> why_not_except(const scsi::ModePage& page) const;
    void flag_raised();
    void tell_exception(const Sense& exception);
    void try_exception(const scsi::ModePage& page);
    static void show_exceptions(scsi::ModePage& page);
    bool tells_exceptions_on_request() const;
    bool has_read_through() const;
    // Where a wrap ends: what is recorded there.
    struct WrapEnd {
        std::uint16_t wrap = 0;
        std::uint8_t partition = 0;
        std::uint64_t object = 0;
    };
    std::vector<WrapEnd> wrap_ends(const media::Medium& medium) const;
    scsi::Bytes all_wrap_ends() const;
    Result<scsi::Bytes, Sense> one_wrap_end(const ReadEndOfWrapPosition& command,
                                            const Tape& tape) const;
    std::optional<Sense> order(const Tape& tape, scsi::BytesView list);
    // Both of FORMAT MEDIUM and SET CAPACITY.
    std::optional<Sense> why_not_format();
    Result<std::vector<std::uint64_t>, Sense> sizes_to_format(const FormatMedium& command);
    void format(Tape& tape, const std::vector<std::uint64_t>& sizes, Answer answer);
    void read(Tape& tape, const TransferLength& length, IncorrectLength rule, scsi::Task& task);
    void write(Tape& tape, const TransferLength& length, scsi::Task& task);
    void write_filemarks(Tape& tape, const WriteFilemarks6& command);
    void verify(Tape& tape, const Verify6& command, TransferLength length);
    void erase(Tape& tape, const Erase6& command);
    void note_change(TapeReport& report);
    void note_diagnostic(const Sense& sense);
    std::optional<Sense> why_no_memory() const;
    // Also has the cipher do as the task's nexus wants it.
    std::optional<Sense> why_not_cipher(const scsi::Task& task, Activity activity);
    void note_encryption_failure(const scsi::Outcome& outcome);
    bool can_encrypt_volume() const;
    void tell_encryption(const SecurityProtocolIn& command, scsi::Task& task);
    void tell_of_keys(scsi::NexusId cause);
    void note_failure(const TapeReport& report, Activity activity);
    // What SPACE and LOCATE share: the motion that `act` makes, and the answer.
    template <class Act>
    void move(Tape& tape, Activity activity, Answer answer, Act act);
    // Ends the running command now, and the motion of `time` later; or both then.
    void finish(const scsi::Outcome& outcome, Answer answer, Activity activity, sim::Duration time);
    void space(SpaceCode code, std::int64_t count, scsi::Task& task);
    void locate(const Locate16& command, scsi::Task& task);
    Result<scsi::Bytes, Sense> position_data(const Tape& tape, const ReadPosition& command) const;
    std::optional<Sense> why_not_load(const LoadUnload& command) const;
    std::optional<Sense> why_not_unload(const LoadUnload& command);
    bool is_worm_loaded() const;
    void load_or_unload(const LoadUnload& command, scsi::Task& task);
    void load_again(Tape& tape, const LoadUnload& command);
    DriveControl::Done answer(scsi::Task& task, bool is_immediate);

    DriveControl& drive_;
    std::uint32_t block_length_ = 0;  // of the block descriptor; 0: variable
    TapeQueue queue_;
    // A block goes through them from the last to the first on its way to the tape.
    CompressingCodec compressing_;
    KeyRing keys_;
    EncryptingCodec cipher_{compressing_};
    ProtectingCodec codec_{cipher_};
    std::uint64_t random_numbers_ = 0;  // told
    scsi::Bytes wanted_layout_;  // page 11h of MODE SELECT, until it has come true; else empty
    // ALLOW OVERWRITE: once, here, or by formatting.
    std::optional<media::Position> may_overwrite_;
    bool may_format_ = false;
    std::optional<std::uint8_t> wanted_partition_;  // of page 10h, until the tape is on its way
    std::map<scsi::NexusId, Sense> exceptions_;     // that a command shall bring
    std::vector<WrapEnd> wrap_ends_;                // since they were first asked for; else empty
    std::optional<scsi::Bytes> access_order_;       // the rows of the list
    std::optional<Sense> deferred_;
    std::deque<DiagnosticEntry> diagnostics_;  // the newest first
    std::uint8_t sent_page_ = 0;               // of SEND DIAGNOSTIC
    bool is_moving_unasked_ = false;  // a command answered at once, and the tape still moves
};

}  // namespace nearline::drives
