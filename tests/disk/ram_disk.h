// A small disk in memory: what iscsi-test-cu needs to hold our engine, gate, reservations and
// residuals against the standards, since it cannot test a changer or a tape drive. For tests only.
#pragma once

#include <string>

#include "scsi/primary_device_server.h"
#include "tests/disk/block_commands.h"

namespace nearline::disk {

class RamDisk final : public scsi::PrimaryDeviceServer {
public:
    RamDisk(std::string serial, std::uint64_t blocks);

    std::uint64_t block_count() const { return data_.size() / kBlockSize; }
    scsi::BytesView data() const { return data_; }

    using PrimaryDeviceServer::on;
    void on(const Read6& command, scsi::Task& task) { read(command, task); }
    void on(const Read10& command, scsi::Task& task) { read(command, task); }
    void on(const Read12& command, scsi::Task& task) { read(command, task); }
    void on(const Read16& command, scsi::Task& task) { read(command, task); }
    void on(const Write6& command, scsi::Task& task) { write(command, task); }
    void on(const Write10& command, scsi::Task& task) { write(command, task); }
    void on(const Write12& command, scsi::Task& task) { write(command, task); }
    void on(const Write16& command, scsi::Task& task) { write(command, task); }
    void on(const Verify10& command, scsi::Task& task) { verify(command, task); }
    void on(const Verify12& command, scsi::Task& task) { verify(command, task); }
    void on(const Verify16& command, scsi::Task& task) { verify(command, task); }
    void on(const WriteAndVerify10& command, scsi::Task& task) { write_and_verify(command, task); }
    void on(const WriteAndVerify12& command, scsi::Task& task) { write_and_verify(command, task); }
    void on(const WriteAndVerify16& command, scsi::Task& task) { write_and_verify(command, task); }
    void on(const StartStopUnit& command, scsi::Task& task);
    void on(const ReadCapacity10& command, scsi::Task& task);
    void on(const ReadCapacity16& command, scsi::Task& task);
    void on(const SynchronizeCache10& command, scsi::Task& task) { synchronize(command, task); }
    void on(const SynchronizeCache16& command, scsi::Task& task) { synchronize(command, task); }

    using Commands = scsi::Concatenate<scsi::PrimaryCommands, BlockCommands>::type;
    std::span<const scsi::CommandDescriptor> commands() const override {
        return scsi::CommandTable<RamDisk, Commands>::rows;
    }
    std::optional<scsi::Sense> not_ready() const override;

protected:
    std::uint8_t device_specific_parameter() const override;

private:
    template <typename Command>
    void read(const Command& command, scsi::Task& task);
    template <typename Command>
    void write(const Command& command, scsi::Task& task);
    template <typename Command>
    void verify(const Command& command, scsi::Task& task);
    template <typename Command>
    void write_and_verify(const Command& command, scsi::Task& task);
    template <typename Command>
    void synchronize(const Command& command, scsi::Task& task);

    bool holds(const Extent& extent) const;
    std::optional<scsi::Sense> put(const Extent& extent, scsi::BytesView data);
    bool is_write_protected() const;
    scsi::MutableBytes bytes_of(const Extent& extent);

    scsi::Bytes data_;
    bool is_ejected_ = false;  // the medium, by START STOP UNIT; it keeps its data
};

}  // namespace nearline::disk
