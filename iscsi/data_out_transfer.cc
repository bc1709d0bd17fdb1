#include "iscsi/data_out_transfer.h"

#include <algorithm>

#include "base/check.h"

namespace nearline::iscsi {
namespace {

// Empty Data-Out are legal, but nobody needs many: this many more than one for each 512 bytes, the
// smallest MaxRecvDataSegmentLength there is.
constexpr std::uint64_t kSpareDataOut = 64;
constexpr std::uint64_t kSmallestSegment = 512;

}  // namespace

DataOutTransfer::DataOutTransfer(const Terms& terms, std::uint32_t immediate, bool is_final)
    : terms_(terms), offset_(immediate) {
    const std::uint32_t unsolicited = std::min(terms.first_burst, terms.expected_length);
    if (immediate > terms.expected_length) spoil(scsi::kIncorrectAmountOfData);
    if (immediate > 0 && (!terms.immediate_data || immediate > terms.first_burst)) {
        spoil(scsi::kUnexpectedUnsolicitedData);
    }
    if (is_final) return;
    if (terms.initial_r2t) spoil(scsi::kUnexpectedUnsolicitedData);
    open(std::max(unsolicited, immediate), kNoTag);
}

void DataOutTransfer::spoil(const scsi::Sense& sense) {
    if (!failure_) failure_ = sense;
}

DataOutTransfer::Verdict DataOutTransfer::examine(const DataOut& pdu) {
    if (!is_open_ || pdu.target_transfer_tag != tag_) return Verdict::Unsolicited;
    if (pdus_left_ == 0) return Verdict::Endless;
    --pdus_left_;
    if (failure_) return Verdict::Forgotten;
    if (pdu.data_sn != data_sn_) {
        return fail(Verdict::ProtocolError, scsi::kProtocolServiceCrcError);
    }
    ++data_sn_;
    if (pdu.buffer_offset != offset_) {
        return fail(Verdict::InvalidField, scsi::kIncorrectAmountOfData);
    }
    const std::uint32_t missing = end_ - offset_;
    if (pdu.data_length > missing) {
        return fail(Verdict::ProtocolError, scsi::kIncorrectAmountOfData);
    }
    const bool is_end = pdu.data_length == missing;
    if (is_end && !pdu.is_final && pdu.data_length > 0) {
        return fail(Verdict::ProtocolError, scsi::kIncorrectAmountOfData);
    }
    // Too little is told once the sequence has ended, and it ends here.
    if (!is_end && pdu.is_final) spoil(scsi::kIncorrectAmountOfData);
    return Verdict::Accepted;
}

void DataOutTransfer::arrived(const DataOut& pdu, Verdict verdict, Digest digest) {
    if (verdict == Verdict::Unsolicited || verdict == Verdict::Endless) return;
    if (digest == Digest::Wrong) spoil(scsi::kProtocolServiceCrcError);
    if (verdict == Verdict::Accepted) offset_ += pdu.data_length;
    if (pdu.is_final) is_open_ = false;
}

DataOutTransfer::Burst DataOutTransfer::next_burst() const {
    return {offset_, std::min(terms_.wanted - offset_, terms_.max_burst), r2t_sn_};
}

void DataOutTransfer::solicited(std::uint32_t target_transfer_tag) {
    CHECK(needs_r2t());
    const Burst burst = next_burst();
    ++r2t_sn_;
    open(burst.offset + burst.length, target_transfer_tag);
}

DataOutTransfer::Verdict DataOutTransfer::fail(Verdict verdict, const scsi::Sense& sense) {
    spoil(sense);
    return verdict;
}

void DataOutTransfer::open(std::uint32_t end, std::uint32_t tag) {
    is_open_ = true;
    tag_ = tag;
    end_ = end;
    data_sn_ = 0;
    pdus_left_ = kSpareDataOut + (end - offset_) / kSmallestSegment;
}

}  // namespace nearline::iscsi
