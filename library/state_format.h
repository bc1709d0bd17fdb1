// The library's state on disk, as its reader and its writer share it; docs/formats/library-state.md
// has the grammar and a worked example.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nearline::library {

inline constexpr char kJournalName[] = "library.journal";
inline constexpr char kDamagedName[] = "library.journal.damaged";

// record = marker(4) sequence(8) kind(1) length(4) payload(length) crc(4), all big-endian. The CRC
// is CRC32C of everything from the sequence to the end of the payload.
inline constexpr std::uint32_t kMarker = 0x4E4C524A;  // "NLRJ"
inline constexpr std::size_t kHeadSize = 17;
inline constexpr std::size_t kTailSize = 4;
inline constexpr std::size_t kMaximumPayload = 65'536 + 16;

enum class RecordKind : std::uint8_t {
    Identity = 1,      // first and last of a snapshot
    Cartridge = 2,     // there is such a cartridge
    Stands = 3,        // where it stands
    Imported = 4,      // who put the cartridge into a station element
    SavedPage = 5,     // a mode page saved by MODE SELECT
    Reservations = 6,  // all persistent reservations of a unit that outlive power
};

inline constexpr std::uint8_t kFormatVersion = 1;
// Of a registration in Reservations.
inline constexpr unsigned kHolderFlag = 0x01;
inline constexpr unsigned kAllTargetPortsFlag = 0x02;
inline constexpr std::uint8_t kOutside = 0;  // as the element type in Stands; else SMC-3 table 7

}  // namespace nearline::library
