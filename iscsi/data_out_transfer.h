// The data one command wants from the initiator: immediate, unsolicited and solicited (RFC 7143
// 4.2.5.2, 11.7, 11.8). It checks order, place and amount; it holds no bytes.
//
// At most one sequence of Data-Out is open: the unsolicited one, then that of one R2T after the
// other. An error is kept until the sequence has ended, since nothing may be answered before
// (RFC 7143 11.4.2: a status must not overtake the last Data-Out the initiator owes).
#pragma once

#include <cstdint>
#include <optional>

#include "iscsi/pdu.h"
#include "scsi/sense.h"

namespace nearline::iscsi {

class DataOutTransfer {
public:
    struct Terms {
        std::uint32_t expected_length = 0;  // EDTL
        std::uint32_t wanted = 0;           // what the unit takes: never more than EDTL
        std::uint32_t first_burst = 0;
        std::uint32_t max_burst = 0;
        bool initial_r2t = true;
        bool immediate_data = true;
    };

    DataOutTransfer() = default;
    // The command came with `immediate` bytes; `is_final`: no unsolicited Data-Out follows.
    DataOutTransfer(const Terms& terms, std::uint32_t immediate, bool is_final);

    // Ends the command with this sense once the initiator has sent what it owes.
    void spoil(const scsi::Sense& sense);
    const std::optional<scsi::Sense>& failure() const { return failure_; }

    enum class Verdict {
        Accepted,       // its data belongs at its buffer offset
        Forgotten,      // drained: the command has failed already
        InvalidField,   // Reject 09h; a transfer that it belongs to has failed
        ProtocolError,  // Reject 04h; the transfer has failed
        Unsolicited,    // nothing of the kind is expected: Reject 09h, and nothing happened
        Endless,        // more PDUs than any transfer needs: end the session
    };
    // A Data-Out of this command. Its header counts at once; say whether its data came whole
    // with arrived().
    Verdict examine(const DataOut& pdu);
    enum class Digest { Right, Wrong };
    void arrived(const DataOut& pdu, Verdict verdict, Digest digest);

    bool is_open() const { return is_open_; }
    // No sequence is open and nothing is missing: it may be carried out, or answered if it failed.
    bool is_complete() const { return !is_open_ && (failure_ || offset_ >= terms_.wanted); }
    bool needs_r2t() const { return !is_open_ && !is_complete(); }

    struct Burst {
        std::uint32_t offset = 0;
        std::uint32_t length = 0;
        std::uint32_t r2t_sn = 0;
    };
    Burst next_burst() const;
    // The R2T of next_burst() went out with this tag.
    void solicited(std::uint32_t target_transfer_tag);
    bool is_solicited() const { return is_open_ && tag_ != kNoTag; }
    std::uint32_t tag() const { return tag_; }  // of the open sequence

    // Where the open sequence ends at the latest.
    std::uint32_t sequence_end() const { return end_; }

private:
    Verdict fail(Verdict verdict, const scsi::Sense& sense);
    void open(std::uint32_t end, std::uint32_t tag);

    Terms terms_;
    std::optional<scsi::Sense> failure_;
    bool is_open_ = false;
    std::uint32_t tag_ = kNoTag;  // of the open sequence: TTT of its R2T, or none
    std::uint32_t offset_ = 0;    // all before it is there
    std::uint32_t end_ = 0;
    std::uint32_t data_sn_ = 0;  // next, in the sequence
    std::uint32_t r2t_sn_ = 0;
    std::uint64_t pdus_left_ = 0;  // in the sequence
};

}  // namespace nearline::iscsi
