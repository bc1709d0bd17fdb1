// What the first block of a tape says the tape is: RSM's media label libraries, as one list of
// recognisers. A label that one of them claims has a type and an id, the on-media identifier; a
// tape whose first block nobody claims is unrecognized, and one without a block is blank.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "rsm/guid.h"

namespace nearline::rsm {

// As a side keeps it (PARTITION: OmidLabelType, OmidLabelId, OmidLabelInfo).
struct MediaLabel {
    std::string type;  // at most 63 characters
    std::string id;    // at most 255 bytes, as hexadecimal digits
    std::string info;  // at most 255 characters; may be empty
    bool operator==(const MediaLabel&) const = default;
};

// How much of the first block the recognisers want to see (MaxMediaLabel).
inline constexpr std::size_t kLongestLabel = 4096;

inline constexpr std::string_view kFreeLabelType = "Removable Storage free label";
inline constexpr std::string_view kAnsiLabelType = "ANSI VOL1";
inline constexpr std::string_view kTapeFormatLabelType = "MTF";
inline constexpr std::string_view kSimpleLabelType = "Simple Tape Label (STL)";

// The label of a tape whose first block begins with these bytes; nothing when no recogniser claims
// it, as for a blank tape, which has no block.
std::optional<MediaLabel> recognize_label(base::BytesView first_block);

// NTMS_OMID_TYPE_FILESYSTEM_INFO: what an application says of the file system it has made is the
// identifier itself. Nothing when the buffer is too short or names no file system.
std::optional<MediaLabel> file_system_label(base::BytesView information);

// The free label: one block of text that no other program takes for its own.
base::Bytes free_label(const Guid& identifier);

}  // namespace nearline::rsm
