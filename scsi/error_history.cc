#include "scsi/error_history.h"

#include <algorithm>

#include "scsi/maintenance_commands.h"

namespace nearline::scsi {
namespace {

// BUFFER ID with mode 1Ch (SPC-4 table 216).
constexpr std::uint8_t kLastDirectory = 0x03;  // 00h to 03h: see the two bits
constexpr std::uint8_t kNewSnapshot = 0x01;
constexpr std::uint8_t kTakeOver = 0x02;
constexpr std::uint8_t kData = 0x10;  // the one buffer of history there is
constexpr std::uint8_t kLetGo = 0xFE;
constexpr std::uint8_t kLetGoAndRelease = 0xFF;

// Assumed: that somebody else reads is told so; the sheets have no sense for it.
constexpr Sense kReadByAnother{SenseKey::IllegalRequest, 0x00, 0x16};

// SPC-4 table 217: the vendor, version 0, of this unit (EHS_SOURCE 01b), one entry.
Bytes encode_directory(std::string_view vendor, std::size_t size) {
    constexpr unsigned kOfThisUnit = 0x02;
    constexpr unsigned kEntry = 8;
    Bytes data;
    base::ByteWriter out(data);
    out.padded_text(vendor, 8).u8(0).u8(kOfThisUnit).zeros(20).u16(kEntry);
    out.u8(kData).zeros(3).u32(size);
    return data;
}

}  // namespace

Result<Bytes, Sense> ErrorHistory::read(NexusId reader, std::uint8_t buffer_id,
                                        std::uint32_t offset, std::string_view vendor,
                                        const Source& source) {
    if (buffer_id <= kLastDirectory) {
        if (offset != 0) return Failure{invalid_field<ReadBuffer>("BUFFER OFFSET")};
        return directory(reader, buffer_id, vendor, source);
    }
    if (buffer_id != kData && buffer_id < kLetGo)
        return Failure{invalid_field<ReadBuffer>("BUFFER ID")};
    if (!reader_) return Failure{kCommandSequenceError};
    if (*reader_ != reader) return Failure{kReadByAnother};
    if (buffer_id == kData) {
        if (offset > snapshot_->size()) return Failure{invalid_field<ReadBuffer>("BUFFER OFFSET")};
        return Bytes(snapshot_->begin() + offset, snapshot_->end());
    }
    reader_.reset();
    if (buffer_id == kLetGoAndRelease) snapshot_.reset();
    return Bytes{};
}

Result<Bytes, Sense> ErrorHistory::directory(NexusId reader, std::uint8_t buffer_id,
                                             std::string_view vendor, const Source& source) {
    const bool takes_over = (buffer_id & kTakeOver) != 0;
    if (reader_ && *reader_ != reader && !takes_over) return Failure{kReadByAnother};
    reader_ = reader;
    if (!snapshot_ || (buffer_id & kNewSnapshot) != 0) snapshot_ = source();
    return encode_directory(vendor, snapshot_->size());
}

void ErrorHistory::forget(NexusId reader) {
    if (reader_ == reader) reader_.reset();
}

void ErrorHistory::clear() {
    reader_.reset();
    snapshot_.reset();
}

}  // namespace nearline::scsi
