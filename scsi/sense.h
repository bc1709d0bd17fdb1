// Sense data (SPC-4 4.5): why a command could not be carried out. A refusal is a named constant
// from here, given a field pointer or progress where the standard wants one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "scsi/types.h"

namespace nearline::scsi {

using base::Failure;
using base::Result;

enum class SenseKey : std::uint8_t {
    NoSense = 0x0,
    RecoveredError = 0x1,
    NotReady = 0x2,
    MediumError = 0x3,
    HardwareError = 0x4,
    IllegalRequest = 0x5,
    UnitAttention = 0x6,
    DataProtect = 0x7,
    BlankCheck = 0x8,
    VendorSpecific = 0x9,
    CopyAborted = 0xA,
    AbortedCommand = 0xB,
    VolumeOverflow = 0xD,
    Miscompare = 0xE,
    Completed = 0xF,
};

enum class SenseFormat { Fixed, Descriptor };
enum class FieldIn { Cdb, ParameterData };

// SPC-4 4.5.2.4.2: which field of a CDB or of parameter data is wrong.
struct FieldPointer {
    FieldIn in = FieldIn::Cdb;
    std::uint16_t byte = 0;
    std::optional<std::uint8_t> bit;  // of that byte; the leftmost of the field
    bool operator==(const FieldPointer&) const = default;
};

struct Sense {
    SenseKey key = SenseKey::NoSense;
    std::uint8_t asc = 0;
    std::uint8_t ascq = 0;
    std::optional<FieldPointer> field{};
    std::optional<std::uint16_t> progress{};     // of 65536 (SPC-4 4.5.2.4.4)
    std::optional<std::uint64_t> information{};  // bytes 3-6 of the fixed format, with VALID
    std::uint64_t command_specific = 0;
    std::uint8_t field_replaceable_unit = 0;
    bool is_deferred = false;
    bool has_filemark = false;
    bool has_end_of_medium = false;
    bool has_incorrect_length = false;

    Sense at_byte(std::uint16_t byte, std::optional<std::uint8_t> bit = {},
                  FieldIn in = FieldIn::Cdb) const;
    Sense at_parameter_byte(std::uint16_t byte, std::optional<std::uint8_t> bit = {}) const;
    Sense with_progress(std::uint16_t of_65536) const;
    Sense with_information(std::uint64_t value) const;

    // Same key, ASC and ASCQ: what hosts tell refusals apart by.
    bool is(const Sense& other) const {
        return key == other.key && asc == other.asc && ascq == other.ascq;
    }
    bool operator==(const Sense&) const = default;
};

// Fixed: 18 bytes. Descriptor: 8 bytes and the descriptors needed.
Bytes encode_sense(const Sense& sense, SenseFormat format);
// Reads either format (response codes 70h to 73h); a short or foreign block is a failure.
std::optional<Sense> decode_sense(BytesView bytes);

// "5/21/01 INVALID ELEMENT ADDRESS, CDB byte 6".
std::string to_text(const Sense& sense);
// The standard's name of an ASC/ASCQ pair, or "ASC/ASCQ 83/04".
std::string additional_sense_text(std::uint8_t asc, std::uint8_t ascq);
std::string_view to_text(SenseKey key);

inline constexpr Sense kNoSense{SenseKey::NoSense, 0x00, 0x00};

inline constexpr Sense kCauseNotReportable{SenseKey::NotReady, 0x04, 0x00};
inline constexpr Sense kBecomingReady{SenseKey::NotReady, 0x04, 0x01};
inline constexpr Sense kInitializingCommandRequired{SenseKey::NotReady, 0x04, 0x02};
inline constexpr Sense kManualInterventionRequired{SenseKey::NotReady, 0x04, 0x03};
inline constexpr Sense kOperationInProgress{SenseKey::NotReady, 0x04, 0x07};
inline constexpr Sense kLogicalUnitOffline{SenseKey::NotReady, 0x04, 0x12};
inline constexpr Sense kDoorOpen{SenseKey::NotReady, 0x04, 0x18};
inline constexpr Sense kMediumNotPresent{SenseKey::NotReady, 0x3A, 0x00};
inline constexpr Sense kImportExportElementOpen{SenseKey::NotReady, 0x3A, 0x02};
inline constexpr Sense kMagazineRemovedNotReady{SenseKey::NotReady, 0x3B, 0x12};

inline constexpr Sense kMechanicalPositioningError{SenseKey::HardwareError, 0x15, 0x01};
inline constexpr Sense kInternalTargetFailure{SenseKey::HardwareError, 0x44, 0x00};
inline constexpr Sense kMediaLoadOrEjectFailed{SenseKey::HardwareError, 0x53, 0x00};
inline constexpr Sense kUnloadTapeFailure{SenseKey::HardwareError, 0x53, 0x01};

inline constexpr Sense kParameterListLengthError{SenseKey::IllegalRequest, 0x1A, 0x00};
inline constexpr Sense kInvalidCommandOperationCode{SenseKey::IllegalRequest, 0x20, 0x00};
inline constexpr Sense kLogicalBlockAddressOutOfRange{SenseKey::IllegalRequest, 0x21, 0x00};
inline constexpr Sense kInvalidElementAddress{SenseKey::IllegalRequest, 0x21, 0x01};
inline constexpr Sense kInvalidFieldInCdb{SenseKey::IllegalRequest, 0x24, 0x00};
inline constexpr Sense kLogicalUnitNotSupported{SenseKey::IllegalRequest, 0x25, 0x00};
inline constexpr Sense kInvalidFieldInParameterList{SenseKey::IllegalRequest, 0x26, 0x00};
inline constexpr Sense kParameterNotSupported{SenseKey::IllegalRequest, 0x26, 0x01};
inline constexpr Sense kParameterValueInvalid{SenseKey::IllegalRequest, 0x26, 0x02};
inline constexpr Sense kInvalidReleaseOfPersistentReservation{SenseKey::IllegalRequest, 0x26, 0x04};
inline constexpr Sense kCommandSequenceError{SenseKey::IllegalRequest, 0x2C, 0x00};
inline constexpr Sense kIncompatibleMediumInstalled{SenseKey::IllegalRequest, 0x30, 0x00};
inline constexpr Sense kSavingParametersNotSupported{SenseKey::IllegalRequest, 0x39, 0x00};
inline constexpr Sense kMediumNotPresentIllegalRequest{SenseKey::IllegalRequest, 0x3A, 0x00};
inline constexpr Sense kMediumDestinationElementFull{SenseKey::IllegalRequest, 0x3B, 0x0D};
inline constexpr Sense kMediumSourceElementEmpty{SenseKey::IllegalRequest, 0x3B, 0x0E};
inline constexpr Sense kMediumMagazineNotAccessible{SenseKey::IllegalRequest, 0x3B, 0x11};
inline constexpr Sense kMediumMagazineRemoved{SenseKey::IllegalRequest, 0x3B, 0x12};
inline constexpr Sense kElementDisabled{SenseKey::IllegalRequest, 0x3B, 0x18};
inline constexpr Sense kDataTransferDeviceRemoved{SenseKey::IllegalRequest, 0x3B, 0x1A};
inline constexpr Sense kMediumRemovalPrevented{SenseKey::IllegalRequest, 0x53, 0x02};
inline constexpr Sense kInsufficientResources{SenseKey::IllegalRequest, 0x55, 0x03};
inline constexpr Sense kInsufficientRegistrationResources{SenseKey::IllegalRequest, 0x55, 0x04};

inline constexpr Sense kMediumMayHaveChanged{SenseKey::UnitAttention, 0x28, 0x00};
inline constexpr Sense kImportExportElementAccessed{SenseKey::UnitAttention, 0x28, 0x01};
inline constexpr Sense kPowerOnOrReset{SenseKey::UnitAttention, 0x29, 0x00};
inline constexpr Sense kPowerOnOccurred{SenseKey::UnitAttention, 0x29, 0x01};
inline constexpr Sense kBusResetOccurred{SenseKey::UnitAttention, 0x29, 0x02};
inline constexpr Sense kLogicalUnitReset{SenseKey::UnitAttention, 0x29, 0x03};
inline constexpr Sense kNexusLossOccurred{SenseKey::UnitAttention, 0x29, 0x07};
inline constexpr Sense kModeParametersChanged{SenseKey::UnitAttention, 0x2A, 0x01};
inline constexpr Sense kLogParametersChanged{SenseKey::UnitAttention, 0x2A, 0x02};
inline constexpr Sense kReservationsPreempted{SenseKey::UnitAttention, 0x2A, 0x03};
inline constexpr Sense kReservationsReleased{SenseKey::UnitAttention, 0x2A, 0x04};
inline constexpr Sense kRegistrationsPreempted{SenseKey::UnitAttention, 0x2A, 0x05};
inline constexpr Sense kRemovalPreventionPreempted{SenseKey::UnitAttention, 0x2A, 0x15};
inline constexpr Sense kCommandsClearedByAnotherInitiator{SenseKey::UnitAttention, 0x2F, 0x00};
inline constexpr Sense kMagazineRemoved{SenseKey::UnitAttention, 0x3B, 0x12};
inline constexpr Sense kMagazineInserted{SenseKey::UnitAttention, 0x3B, 0x13};
inline constexpr Sense kReportLunsDataChanged{SenseKey::UnitAttention, 0x3F, 0x0E};

inline constexpr Sense kInitiatorDetectedError{SenseKey::AbortedCommand, 0x48, 0x00};
inline constexpr Sense kUnexpectedUnsolicitedData{SenseKey::AbortedCommand, 0x0C, 0x0C};
inline constexpr Sense kIncorrectAmountOfData{SenseKey::AbortedCommand, 0x0C, 0x0D};
inline constexpr Sense kProtocolServiceCrcError{SenseKey::AbortedCommand, 0x47, 0x05};
inline constexpr Sense kOverlappedCommandsAttempted{SenseKey::AbortedCommand, 0x4E, 0x00};

}  // namespace nearline::scsi
