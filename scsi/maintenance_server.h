// The commands with which somebody looks after a unit (SPC-4): READ and WRITE BUFFER with echo,
// error history and microcode, SET and REPORT TIMESTAMP, SET and REPORT DEVICE IDENTIFIER.
//
// What is downloaded as microcode is checked for its order and thrown away: the unit stays what it
// is, its revision too. A buffer costs its memory when it is first written.
#pragma once

#include <map>

#include "scsi/error_history.h"
#include "scsi/maintenance_commands.h"
#include "scsi/primary_device_server.h"

namespace nearline::scsi {

class MaintenanceServer : public PrimaryDeviceServer {
public:
    using PrimaryDeviceServer::PrimaryDeviceServer;

    using PrimaryDeviceServer::on;
    void on(const ReadBuffer& command, Task& task);
    void on(const WriteBuffer& command, Task& task);
    void on(const ReportDeviceIdentifier& command, Task& task);
    void on(const SetDeviceIdentifier& command, Task& task);
    void on(const ReportTimestamp& command, Task& task);
    void on(const SetTimestamp& command, Task& task);

protected:
    // Of a clock that only ever runs forward.
    virtual std::uint64_t clock_milliseconds() const = 0;
    // What the unit remembers of its failures, as text; never empty where it keeps something.
    virtual bool keeps_error_history() const { return false; }
    virtual Bytes error_history() const { return {}; }
    enum class Microcode { Activated, Refused };
    virtual void microcode_came(Microcode how) { (void)how; }
    // A new dump for buffer 01h.
    void take_dump() { dump_ = error_history(); }

    // Since 1970, or since power on.
    std::uint64_t timestamp() const { return clock_milliseconds() + clock_offset_; }
    std::uint8_t timestamp_origin() const { return is_clock_set_ ? 0x02 : 0x00; }

    void nexus_closed(NexusId nexus) override;
    void was_reset() override;
    void powered_on() override;

private:
    // Microcode that comes in pieces.
    struct Download {
        NexusId sender{};
        BufferMode mode{};
        std::uint32_t first_length = 0;
        std::uint32_t received = 0;
    };

    Result<Bytes, Sense> read_data(const ReadBuffer& command);
    Result<Bytes, Sense> read_echo(NexusId reader) const;
    Bytes buffer_descriptor(std::uint8_t buffer_id);
    std::optional<Sense> write_data(const WriteBuffer& command, BytesView data);
    std::optional<Sense> write_echo(NexusId sender, BytesView data);
    std::optional<Sense> download_whole(const WriteBuffer& command, NexusId sender);
    std::optional<Sense> download_piece(const WriteBuffer& command, NexusId sender);
    std::optional<Sense> activate_deferred(const WriteBuffer& command, NexusId sender);
    std::optional<Sense> take_microcode(const WriteBuffer& command, NexusId sender);
    void activate(NexusId sender);
    const Bytes& dump();

    Bytes data_;                       // buffer 00h; empty: all zeros
    std::optional<Bytes> dump_;        // buffer 01h
    std::map<NexusId, Bytes> echoes_;  // what each nexus wrote last
    ErrorHistory history_;
    std::optional<Download> download_;
    bool has_deferred_ = false;  // microcode that waits for its activation
    Bytes identifier_;
    std::uint64_t clock_offset_ = 0;  // modulo 2^64
    bool is_clock_set_ = false;
};

}  // namespace nearline::scsi
