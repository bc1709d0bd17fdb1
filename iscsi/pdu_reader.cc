#include "iscsi/pdu_reader.h"

#include <algorithm>

#include "base/check.h"
#include "base/crc32c.h"

namespace nearline::iscsi {

MutableBytes PduReader::place() {
    switch (part_) {
        case Part::Header:
            return MutableBytes(header_).first(header_wanted()).subspan(got_);
        case Part::Trailer:
            return MutableBytes(trailer_).first(trailer_length()).subspan(got_);
        case Part::Data:
            break;
    }
    if (got_ < destination_.size()) {
        return destination_.first(std::min(destination_.size(), data_length_)).subspan(got_);
    }
    return MutableBytes(forgotten_).first(std::min(forgotten_.size(), data_length_ - got_));
}

PduReader::Event PduReader::received(std::size_t count) {
    const MutableBytes filled = place().first(count);
    if (part_ == Part::Data && data_digest_) crc_ = base::crc32c(filled, crc_);
    got_ += count;
    switch (part_) {
        case Part::Header:
            return header_grown();
        case Part::Data:
            return data_grown();
        case Part::Trailer:
            return trailer_grown();
    }
    return Event::NeedsMore;
}

PduReader::Event PduReader::take_data(MutableBytes place) {
    destination_ = place;
    part_ = Part::Data;
    got_ = 0;
    crc_ = 0;
    is_data_digest_right_ = true;
    return data_length_ == 0 ? finish() : Event::NeedsMore;
}

// Until the basic header is there its own length is not known; with header digests four bytes
// more belong to it in any case, be they digest or segment.
std::size_t PduReader::header_wanted() const {
    const std::size_t digest = header_digest_ ? kDigestLength : 0;
    if (got_ < kBasicHeaderLength) return kBasicHeaderLength + digest;
    return header_length() + digest;
}

std::size_t PduReader::header_length() const {
    constexpr std::size_t kTotalAhsLength = 4;  // its byte; it counts words
    return kBasicHeaderLength + std::size_t{header_[kTotalAhsLength]} * 4;
}

std::size_t PduReader::trailer_length() const {
    return padding_of(data_length_) + (data_digest_ ? kDigestLength : 0);
}

PduReader::Event PduReader::header_grown() {
    if (got_ < header_wanted()) return Event::NeedsMore;
    if (header_digest_) {
        const BytesView word = BytesView(header_).subspan(header_length(), kDigestLength);
        if (!is_digest(word, base::crc32c(header()))) return Event::HeaderDigest;
    }
    constexpr std::size_t kDataSegmentLength = 5;
    data_length_ = base::load_big_endian(header_, kDataSegmentLength, 3);
    return Event::Header;
}

PduReader::Event PduReader::data_grown() {
    if (got_ < data_length_) return Event::NeedsMore;
    part_ = Part::Trailer;
    got_ = 0;
    return trailer_length() == 0 ? finish() : Event::NeedsMore;
}

PduReader::Event PduReader::trailer_grown() {
    if (got_ < trailer_length()) return Event::NeedsMore;
    if (data_digest_) {
        const std::size_t padding = padding_of(data_length_);
        const BytesView trailer(trailer_);
        const std::uint32_t crc = base::crc32c(trailer.first(padding), crc_);
        is_data_digest_right_ = is_digest(trailer.subspan(padding), crc);
    }
    return finish();
}

PduReader::Event PduReader::finish() {
    part_ = Part::Header;
    got_ = 0;
    return Event::Pdu;
}

}  // namespace nearline::iscsi
