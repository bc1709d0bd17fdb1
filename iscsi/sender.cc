#include "iscsi/sender.h"

#include <algorithm>
#include <utility>

#include "base/crc32c.h"

namespace nearline::iscsi {
namespace {

// One gathering write takes this many; the rest goes with the next.
constexpr std::size_t kMaximumSpans = 64;

}  // namespace

void Sender::reject(RejectReason reason, BytesView header) {
    Reject pdu;
    pdu.reason = reason;
    send(pdu, StatSn::Consumes, Bytes(header.begin(), header.end()));
}

void Sender::use_digests(bool header, bool data) {
    header_digest_ = header;
    data_digest_ = data;
}

void Sender::put(const BasicHeader& header, StatSn stat_sn, BytesView payload, Bytes owned) {
    Pdu& pdu = queue_.emplace_back();
    BasicHeader numbered = header;
    number(numbered, stat_sn, payload.size());
    std::copy(numbered.begin(), numbered.end(), pdu.header.begin());
    if (header_digest_) {
        store_digest(MutableBytes(pdu.header).subspan(kBasicHeaderLength), base::crc32c(numbered));
        pdu.header_length = kBasicHeaderLength + kDigestLength;
    }
    pdu.owned = std::move(owned);
    pdu.payload = payload;
    close_data_segment(pdu);
    queued_ += pdu.size();
    changed_();
}

void Sender::number(BasicHeader& header, StatSn stat_sn, std::size_t data_length) {
    SequenceNumbers numbers;
    numbers.data_length = static_cast<std::uint32_t>(data_length);
    if (stat_sn != StatSn::Absent) numbers.stat_sn = stat_sn_;
    if (stat_sn == StatSn::Consumes) ++stat_sn_;
    if (window_ != nullptr) {
        numbers.exp_cmd_sn = window_->expected();
        numbers.max_cmd_sn = window_->maximum();
    }
    scsi::encode_fields(numbers, MutableBytes(header));
}

// The data digest covers the padding (RFC 7143 13.1), although DataSegmentLength does not count it.
void Sender::close_data_segment(Pdu& pdu) const {
    if (pdu.payload.empty()) return;
    pdu.trailer.fill(0);
    const std::size_t padding = padding_of(pdu.payload.size());
    pdu.trailer_length = static_cast<std::uint8_t>(padding);
    if (!data_digest_) return;
    const MutableBytes trailer(pdu.trailer);
    const std::uint32_t crc = base::crc32c(trailer.first(padding), base::crc32c(pdu.payload));
    store_digest(trailer.subspan(padding), crc);
    pdu.trailer_length = static_cast<std::uint8_t>(padding + kDigestLength);
}

std::span<const BytesView> Sender::to_send() {
    spans_.clear();
    std::size_t skip = front_sent_;
    const auto add = [&](BytesView bytes) {
        const std::size_t gone = std::min(skip, bytes.size());
        skip -= gone;
        if (gone < bytes.size()) spans_.push_back(bytes.subspan(gone));
    };
    for (const Pdu& pdu : queue_) {
        if (spans_.size() + 3 > kMaximumSpans) break;
        add(BytesView(pdu.header).first(pdu.header_length));
        add(pdu.payload);
        add(BytesView(pdu.trailer).first(pdu.trailer_length));
    }
    return spans_;
}

void Sender::sent(std::size_t count) {
    CHECK(count <= queued_);
    queued_ -= count;
    front_sent_ += count;
    while (!queue_.empty() && front_sent_ >= queue_.front().size()) {
        front_sent_ -= queue_.front().size();
        queue_.pop_front();
    }
}

}  // namespace nearline::iscsi
