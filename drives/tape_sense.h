// The sense of tape commands (scsi-tape sheet 1.7 to 1.15 and 2.1; SSC-4 chapters 4 to 7), by name.
#pragma once

#include "scsi/sense.h"

namespace nearline::drives {

using scsi::Sense;
using scsi::SenseKey;

// What a tape command meets on its way. INFORMATION is added where it is known.
inline constexpr Sense kIncorrectBlockLength{
    .key = SenseKey::NoSense, .asc = 0x00, .ascq = 0x00, .has_incorrect_length = true};
inline constexpr Sense kFilemarkDetected{
    .key = SenseKey::NoSense, .asc = 0x00, .ascq = 0x01, .has_filemark = true};
inline constexpr Sense kEarlyWarning{
    .key = SenseKey::NoSense, .asc = 0x00, .ascq = 0x02, .has_end_of_medium = true};
inline constexpr Sense kBeginningOfPartition{
    .key = SenseKey::NoSense, .asc = 0x00, .ascq = 0x04, .has_end_of_medium = true};
inline constexpr Sense kProgrammableEarlyWarning{SenseKey::NoSense, 0x00, 0x07};
inline constexpr Sense kEndOfData{SenseKey::BlankCheck, 0x00, 0x05};
inline constexpr Sense kVolumeOverflow{
    .key = SenseKey::VolumeOverflow, .asc = 0x00, .ascq = 0x02, .has_end_of_medium = true};

// TEST UNIT READY while a tape is formatted without anybody waiting for it.
inline constexpr Sense kFormatInProgress{SenseKey::NotReady, 0x04, 0x04};

// REQUEST SENSE while a command that was answered at once goes on.
inline constexpr Sense kMotionInProgress{SenseKey::NoSense, 0x00, 0x16};
inline constexpr Sense kEraseInProgress{SenseKey::NoSense, 0x00, 0x18};
inline constexpr Sense kLocateInProgress{SenseKey::NoSense, 0x00, 0x19};
inline constexpr Sense kRewindInProgress{SenseKey::NoSense, 0x00, 0x1A};

// Of a TapeAlert flag, where the host has asked to hear of it so (mode page 1Ch).
inline constexpr Sense kFailurePredictedOnRequest{SenseKey::NoSense, 0x5D, 0x00};

inline constexpr Sense kMediumFormatCorrupted{SenseKey::MediumError, 0x31, 0x00};
inline constexpr Sense kIncompatibleMedium{SenseKey::MediumError, 0x30, 0x00};
inline constexpr Sense kWriteError{SenseKey::MediumError, 0x0C, 0x00};
inline constexpr Sense kUnrecoveredReadError{SenseKey::MediumError, 0x11, 0x00};
// Logical block protection, as IBM tells it; SSC-4 has key Bh.
inline constexpr Sense kBlockGuardCheckFailed{SenseKey::HardwareError, 0x10, 0x01};
inline constexpr Sense kInternalFailure{SenseKey::HardwareError, 0x44, 0x00};

inline constexpr Sense kWriteProtected{SenseKey::DataProtect, 0x27, 0x00};
inline constexpr Sense kCannotWriteFormat{SenseKey::DataProtect, 0x30, 0x05};
inline constexpr Sense kWormOverwriteAttempted{SenseKey::DataProtect, 0x30, 0x0C};
inline constexpr Sense kAppendOnly{SenseKey::DataProtect, 0x5A, 0x02};

inline constexpr Sense kPositionPastBeginning{SenseKey::IllegalRequest, 0x3B, 0x0C};
inline constexpr Sense kNotInAppendOnlyMode{SenseKey::IllegalRequest, 0x20, 0x0C};

}  // namespace nearline::drives
