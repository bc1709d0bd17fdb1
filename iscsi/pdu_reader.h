// Cuts the byte stream into PDUs (RFC 7143 11.2): it says where the next bytes should land, and
// when a header or a whole PDU is there. It allocates nothing: whoever reads the header says where
// the data belongs.
#pragma once

#include <array>
#include <cstdint>

#include "iscsi/digest.h"
#include "iscsi/pdu.h"

namespace nearline::iscsi {

class PduReader {
public:
    enum class Event {
        NeedsMore,
        Header,        // header() is whole: call take_data, then the data comes
        Pdu,           // the data is whole as well
        HeaderDigest,  // wrong: no length in it can be trusted
    };

    // From the next PDU on.
    void use_digests(bool header, bool data) {
        header_digest_ = header;
        data_digest_ = data;
    }

    // Never empty. After Header only once take_data was called.
    MutableBytes place();
    Event received(std::size_t count);

    // The data segment goes to `place`; what is longer than that is read and forgotten.
    // Pdu when there is no data to wait for.
    Event take_data(MutableBytes place);

    // Whether what has come of the header so far begins with `byte`.
    bool may_begin_with(std::uint8_t byte) const { return got_ == 0 || header_.front() == byte; }
    // The basic header and its additional segments, without the digest.
    BytesView header() const { return BytesView(header_).first(header_length()); }
    BytesView additional_segments() const { return header().subspan(kBasicHeaderLength); }
    std::size_t data_length() const { return data_length_; }
    bool is_data_digest_right() const { return is_data_digest_right_; }

private:
    enum class Part { Header, Data, Trailer };

    static constexpr std::size_t kMaximumSegments = std::size_t{255} * 4;

    std::size_t header_length() const;
    std::size_t header_wanted() const;
    std::size_t trailer_length() const;
    Event header_grown();
    Event data_grown();
    Event trailer_grown();
    Event finish();

    bool header_digest_ = false;
    bool data_digest_ = false;
    Part part_ = Part::Header;
    std::size_t got_ = 0;  // of the part
    std::size_t data_length_ = 0;
    std::uint32_t crc_ = 0;
    bool is_data_digest_right_ = true;
    MutableBytes destination_;
    std::array<std::uint8_t, kBasicHeaderLength + kMaximumSegments + kDigestLength> header_{};
    std::array<std::uint8_t, 3 + kDigestLength> trailer_{};
    std::array<std::uint8_t, 4096> forgotten_{};
};

}  // namespace nearline::iscsi
