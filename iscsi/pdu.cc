#include "iscsi/pdu.h"

namespace nearline::iscsi {
namespace {

constexpr std::uint8_t kExtendedCdb = 1;
constexpr std::uint8_t kBidirectionalRead = 2;
constexpr std::size_t kLengthAndType = 3;
constexpr std::uint8_t kTypeMask = 0x3F;
constexpr std::size_t kBidirectionalReadLength = 5;

}  // namespace

// Each segment: 2 bytes effective length of what follows the type, 1 byte type, padded to 4.
base::Result<AdditionalHeaders, AhsError> parse_additional_headers(BytesView segments) {
    AdditionalHeaders found;
    base::ByteReader in(segments);
    while (in.remaining() > 0) {
        const std::size_t length = in.u16();
        const auto type = static_cast<std::uint8_t>(in.u8() & kTypeMask);
        base::ByteReader content(in.bytes(length));
        in.skip(padding_of(kLengthAndType + length));
        if (!in.ok()) return base::Failure{AhsError::Malformed};
        if (type == kExtendedCdb) {
            // The reserved byte and at least one byte of CDB.
            if (length < 2 || !found.extended_cdb.empty())
                return base::Failure{AhsError::Malformed};
            content.skip(1);
            const BytesView rest = content.bytes(length - 1);
            found.extended_cdb.assign(rest.begin(), rest.end());
            if (ScsiCommand::cdb_length + rest.size() > scsi::Cdb::kMaximumLength) {
                return base::Failure{AhsError::Malformed};
            }
        } else if (type == kBidirectionalRead) {
            if (length != kBidirectionalReadLength || found.bidirectional_read) {
                return base::Failure{AhsError::Malformed};
            }
            content.skip(1);
            found.bidirectional_read = content.u32();
        } else {
            return base::Failure{AhsError::Malformed};
        }
    }
    return found;
}

Lun canonical(Lun lun) {
    constexpr std::uint64_t kFlatSpace = 0x40;
    const auto value = static_cast<std::uint64_t>(lun);
    const bool is_flat = value >> 56 == kFlatSpace;  // flat, and the number's high byte is 0
    return is_flat ? static_cast<Lun>(value & 0x00FFFFFFFFFFFFFF) : lun;
}

}  // namespace nearline::iscsi
