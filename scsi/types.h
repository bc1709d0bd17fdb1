// The words of SAM-5: logical unit numbers, status codes, task attributes, nexuses.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace nearline::scsi {

using base::Bytes;
using base::BytesView;
using base::MutableBytes;

// The eight LUN bytes as a big-endian number, as they stand in a PDU (SAM-5 4.7).
enum class Lun : std::uint64_t {};

// LUN `number` (below 16384) in the form initiators expect: peripheral device addressing below
// 256, flat space addressing from there on.
Lun simple_lun(std::uint16_t number);
std::string to_text(Lun lun);  // "0", "3"; else 16 hexadecimal digits

// An element's address as hosts see it (SMC-3): never an index into anything of ours.
enum class ElementAddress : std::uint16_t {};

enum class Status : std::uint8_t {  // SAM-5 5.3.1
    Good = 0x00,
    CheckCondition = 0x02,
    ConditionMet = 0x04,
    Busy = 0x08,
    ReservationConflict = 0x18,
    TaskSetFull = 0x28,
    AcaActive = 0x30,
    TaskAborted = 0x40,
};
std::string_view to_text(Status status);  // "GOOD", "CHECK CONDITION", …

enum class TaskAttribute : std::uint8_t { Simple, Ordered, HeadOfQueue, Aca };

// A task's tag, unique within its I_T nexus while the task lives: iSCSI's Initiator Task Tag.
enum class TaskTag : std::uint64_t {};

// An I_T nexus known to a target device, from nexus_established to nexus_lost. Never reused.
enum class NexusId : std::uint32_t {};

// The names of the two ports of an I_T nexus; equal names are the same nexus come back.
struct NexusNames {
    std::string initiator_port;  // "iqn.1994-05.com.example:host,i,0x00023d000001"
    std::string target_port;     // "iqn.2026-11.test.nearline:vault,t,0x0001"
    std::uint16_t relative_target_port = 1;
    auto operator<=>(const NexusNames&) const = default;
};

// A command descriptor block: 6 to 260 bytes, of which iSCSI carries 16 in the header.
class Cdb {
public:
    static constexpr std::size_t kMaximumLength = 260;

    Cdb() = default;
    explicit Cdb(BytesView bytes);
    std::uint8_t opcode() const { return bytes_.front(); }
    std::uint8_t operator[](std::size_t at) const { return at < length_ ? bytes_[at] : 0; }
    std::size_t size() const { return length_; }
    BytesView view() const { return BytesView(bytes_).first(length_); }
    operator BytesView() const { return view(); }  // NOLINT: a CDB is its bytes

private:
    std::array<std::uint8_t, kMaximumLength> bytes_{};
    std::uint16_t length_ = 6;
};

}  // namespace nearline::scsi
