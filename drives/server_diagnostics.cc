// Diagnostic pages of a drive, and the dump that hosts take after errors: our own, in words.
#include <string>

#include "base/text.h"
#include "drives/server_tape.h"

namespace nearline::drives {
namespace {

using scsi::Bytes;
using scsi::BytesView;
using scsi::Task;

constexpr std::uint8_t kSupportedPages = 0x00;
// The page with which hosts have a dump taken for READ BUFFER (scsi-tape sheet 1.21).
constexpr std::uint8_t kDumpPage = 0x80;
constexpr std::uint16_t kTakeDump = 0x0160;

template <class Duration>
std::string milliseconds(Duration time) {
    const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    return std::to_string(count) + " ms";
}

std::string hex(std::uint64_t value, std::size_t width) {
    Bytes bytes(width);
    base::store_big_endian(bytes, 0, width, value);
    return base::to_hex(bytes);
}

std::string line_of(const DiagnosticEntry& entry) {
    return milliseconds(entry.at.time_since_epoch()) + ": operation code " + hex(entry.opcode, 1) +
           "h, " + scsi::to_text(entry.sense) + ", medium " + entry.medium_serial +
           (entry.is_repeated ? ", again\n" : "\n");
}

}  // namespace

// Which drive, what it has done, which flags are raised, and its last failures, newest first.
Bytes DriveDeviceServer::error_history() const {
    const scsi::UnitProfile& unit = profile();
    const Odometer odometer = drive_.odometer();
    std::string text = unit.vendor + " " + unit.product + " " + unit.revision + " " + unit.serial;
    text += "\nat " + milliseconds(drive_.now().time_since_epoch());
    text += ", " + std::string(to_text(drive_.state()));
    text += "\npowered " + milliseconds(odometer.powered);
    text += ", in motion " + milliseconds(odometer.motion);
    text += ", power cycles " + std::to_string(odometer.power_cycles);
    text += ", loads " + std::to_string(odometer.loads);
    text += ", cleanings " + std::to_string(odometer.cleanings);
    text += "\nTapeAlert " + hex(drive_.alerts().as_bits(), 8) + "\n";
    for (const DiagnosticEntry& entry : diagnostics_) text += line_of(entry);
    const BytesView bytes = base::as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

std::optional<Sense> DriveDeviceServer::diagnose(BytesView page) {
    base::ByteReader in(page);
    const std::uint8_t code = in.u8();
    in.skip(1);
    const std::size_t length = in.u16();
    if (!in.ok() || in.remaining() != length) return scsi::kParameterListLengthError;
    sent_page_ = code;
    if (code == kSupportedPages && length == 0) return std::nullopt;
    if (code != kDumpPage) return scsi::kInvalidFieldInParameterList.at_parameter_byte(0);
    if (in.u16() != kTakeDump) return scsi::kInvalidFieldInParameterList.at_parameter_byte(4);
    take_dump();
    return std::nullopt;
}

// Only the list of pages can be read (SPC-4 7.2.4); the dump page is for sending.
void DriveDeviceServer::on(const ReceiveDiagnosticResults& command, Task& task) {
    const std::uint8_t wanted = command.pcv ? command.page_code : sent_page_;
    if (wanted != kSupportedPages) {
        return task.refuse(scsi::invalid_field<ReceiveDiagnosticResults>("PAGE CODE"));
    }
    Bytes list;
    base::ByteWriter(list).u8(kSupportedPages).u8(0).u16(2).u8(kSupportedPages).u8(kDumpPage);
    task.respond(list, command.allocation_length);
    task.good();
}

void DriveDeviceServer::microcode_came(Microcode how) {
    if (how == Microcode::Refused) return drive_.alerts().raise(TapeAlert::DownloadFailed);
    drive_.alerts().clear({TapeAlert::DownloadFailed});
}

std::uint64_t DriveDeviceServer::clock_milliseconds() const {
    return sim::milliseconds_of(drive_.now());
}

}  // namespace nearline::drives
