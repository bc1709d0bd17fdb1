// The medium changer commands (SMC-3 chapter 6) as they stand in a CDB.
//
// INVERT bits are not declared: nothing here can turn a medium over, so a set one is refused as a
// reserved bit, with its field pointer.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "scsi/command.h"

namespace nearline::changer {

using scsi::ElementAddress;

namespace detail {
inline constexpr scsi::Gate kNeedsMechanics{.readiness = scsi::Readiness::Required};
}  // namespace detail

// SMC-3 6.4.
struct InitializeElementStatus {
    static constexpr scsi::Opcode opcode{0x07};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "INITIALIZE ELEMENT STATUS";
    static constexpr scsi::Gate gate = detail::kNeedsMechanics;
    static constexpr auto fields() { return std::tuple{}; }
};

// What both codes of INITIALIZE ELEMENT STATUS WITH RANGE say.
struct ElementRangeToScan {
    bool fast = false;   // only elements whose state is unknown
    bool range = false;  // 0: all elements
    ElementAddress starting_element{};
    std::uint16_t number_of_elements = 0;  // 0: to the highest address
};

// SMC-3 6.5.
struct InitializeElementStatusWithRange : ElementRangeToScan {
    static constexpr scsi::Opcode opcode{0x37};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "INITIALIZE ELEMENT STATUS WITH RANGE";
    static constexpr scsi::Gate gate = detail::kNeedsMechanics;
    static constexpr auto fields() {
        using Self = InitializeElementStatusWithRange;
        return std::tuple{scsi::Field<Self, bool>{"FAST", &Self::fast, 1, 1, 1},
                          scsi::Field<Self, bool>{"RANGE", &Self::range, 1, 0, 1},
                          scsi::Field<Self, ElementAddress>{"STARTING ELEMENT ADDRESS",
                                                            &Self::starting_element, 2, 7, 16},
                          scsi::Field<Self, std::uint16_t>{"NUMBER OF ELEMENTS",
                                                           &Self::number_of_elements, 6, 7, 16}};
    }
};

// The code older libraries have for it, with NBL (do not scan bar codes) in the control byte.
struct LegacyInitializeElementStatusWithRange : ElementRangeToScan {
    static constexpr scsi::Opcode opcode{0xE7};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "INITIALIZE ELEMENT STATUS WITH RANGE (E7h)";
    static constexpr scsi::Gate gate = detail::kNeedsMechanics;
    bool no_bar_code_label = false;
    static constexpr auto fields() {
        using Self = LegacyInitializeElementStatusWithRange;
        return std::tuple{scsi::Field<Self, bool>{"FAST", &Self::fast, 1, 1, 1},
                          scsi::Field<Self, bool>{"RANGE", &Self::range, 1, 0, 1},
                          scsi::Field<Self, ElementAddress>{"STARTING ELEMENT ADDRESS",
                                                            &Self::starting_element, 2, 7, 16},
                          scsi::Field<Self, std::uint16_t>{"NUMBER OF ELEMENTS",
                                                           &Self::number_of_elements, 6, 7, 16},
                          scsi::Field<Self, bool>{"NBL", &Self::no_bar_code_label, 9, 7, 1}};
    }
};

enum class ImportExportAction : std::uint8_t { Open = 0, Close = 1 };

// SMC-3 6.8.
struct OpenCloseImportExportElement {
    static constexpr scsi::Opcode opcode{0x1B};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "OPEN/CLOSE IMPORT/EXPORT ELEMENT";
    static constexpr scsi::Gate gate = detail::kNeedsMechanics;
    ElementAddress element{};
    ImportExportAction action = ImportExportAction::Open;
    static constexpr auto fields() {
        using Self = OpenCloseImportExportElement;
        return std::tuple{scsi::Field{"ELEMENT ADDRESS", &Self::element, 2, 7, 16},
                          scsi::Field{"ACTION CODE", &Self::action, 4, 4, 5}};
    }
};

// SMC-3 6.9.
struct PositionToElement {
    static constexpr scsi::Opcode opcode{0x2B};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "POSITION TO ELEMENT";
    static constexpr scsi::Gate gate = detail::kNeedsMechanics;
    ElementAddress medium_transport{};  // 0: the first robot, here and below
    ElementAddress destination{};
    static constexpr auto fields() {
        using Self = PositionToElement;
        return std::tuple{
            scsi::Field{"MEDIUM TRANSPORT ELEMENT ADDRESS", &Self::medium_transport, 2, 7, 16},
            scsi::Field{"DESTINATION ELEMENT ADDRESS", &Self::destination, 4, 7, 16}};
    }
};

// What MOVE MEDIUM does to the station: SCSI-2 libraries have it in the vendor bits of the control
// byte, and mtx sends it (changer sheet 4.4).
enum class StationOption : std::uint8_t { None = 0, Extend = 1, Retract = 2, Invalid = 3 };

// SMC-3 6.6.
struct MoveMedium {
    static constexpr scsi::Opcode opcode{0xA5};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "MOVE MEDIUM";
    static constexpr scsi::Gate gate = detail::kNeedsMechanics;
    ElementAddress medium_transport{};
    ElementAddress source{};
    ElementAddress destination{};
    StationOption station_option = StationOption::None;
    static constexpr auto fields() {
        using Self = MoveMedium;
        return std::tuple{
            scsi::Field{"MEDIUM TRANSPORT ELEMENT ADDRESS", &Self::medium_transport, 2, 7, 16},
            scsi::Field{"SOURCE ELEMENT ADDRESS", &Self::source, 4, 7, 16},
            scsi::Field{"DESTINATION ELEMENT ADDRESS", &Self::destination, 6, 7, 16},
            scsi::Field{"EXTEND/RETRACT", &Self::station_option, 11, 7, 2}};
    }
};

// SMC-3 6.3.
struct ExchangeMedium {
    static constexpr scsi::Opcode opcode{0xA6};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "EXCHANGE MEDIUM";
    static constexpr scsi::Gate gate = detail::kNeedsMechanics;
    ElementAddress medium_transport{};
    ElementAddress source{};
    ElementAddress first_destination{};
    ElementAddress second_destination{};
    static constexpr auto fields() {
        using Self = ExchangeMedium;
        return std::tuple{
            scsi::Field{"MEDIUM TRANSPORT ELEMENT ADDRESS", &Self::medium_transport, 2, 7, 16},
            scsi::Field{"SOURCE ELEMENT ADDRESS", &Self::source, 4, 7, 16},
            scsi::Field{"FIRST DESTINATION ELEMENT ADDRESS", &Self::first_destination, 6, 7, 16},
            scsi::Field{"SECOND DESTINATION ELEMENT ADDRESS", &Self::second_destination, 8, 7, 16}};
    }
};

// SMC-3 6.10. The obsolete LUN bits are declared so that old initiators are not refused.
struct ReadElementStatus {
    static constexpr scsi::Opcode opcode{0xB8};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "READ ELEMENT STATUS";
    std::uint8_t lun = 0;
    bool voltag = false;
    std::uint8_t element_type = 0;  // 0: all
    ElementAddress starting_element{};
    std::uint16_t number_of_elements = 0;
    bool curdata = false;
    bool dvcid = false;
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        using Self = ReadElementStatus;
        return std::tuple{
            scsi::Field{"LUN", &Self::lun, 1, 7, 3},
            scsi::Field{"VOLTAG", &Self::voltag, 1, 4, 1},
            scsi::Field{"ELEMENT TYPE CODE", &Self::element_type, 1, 3, 4},
            scsi::Field{"STARTING ELEMENT ADDRESS", &Self::starting_element, 2, 7, 16},
            scsi::Field{"NUMBER OF ELEMENTS", &Self::number_of_elements, 4, 7, 16},
            scsi::Field{"CURDATA", &Self::curdata, 6, 1, 1},
            scsi::Field{"DVCID", &Self::dvcid, 6, 0, 1},
            scsi::Field{"ALLOCATION LENGTH", &Self::allocation_length, 7, 7, 24}};
    }
    // Without CURDATA it may move the robot to look (SMC-3 table 6, note on CURDATA).
    scsi::ReservationRule reservation_rule() const {
        return curdata ? scsi::kAlwaysAllowed : scsi::ReservationRule{};
    }
};

// What SEND VOLUME TAG does with its template (SMC-3 table 49): searches, and others, which would
// give volumes another label. Ours are printed on the cartridge.
enum class VolumeTagAction : std::uint8_t {
    TranslateAll = 0x0,
    TranslatePrimary = 0x1,
    TranslateAlternate = 0x2,
    TranslateAllIgnoringSequence = 0x4,
    TranslatePrimaryIgnoringSequence = 0x5,
    TranslateAlternateIgnoringSequence = 0x6,
};

// SMC-3 6.12.
struct SendVolumeTag {
    static constexpr scsi::Opcode opcode{0xB6};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "SEND VOLUME TAG";
    static constexpr std::size_t kListLength = 40;
    std::uint8_t element_type = 0;
    ElementAddress starting_element{};
    VolumeTagAction action{};
    std::uint16_t parameter_list_length = 0;
    static constexpr auto fields() {
        using Self = SendVolumeTag;
        return std::tuple{
            scsi::Field{"ELEMENT TYPE CODE", &Self::element_type, 1, 3, 4},
            scsi::Field{"STARTING ELEMENT ADDRESS", &Self::starting_element, 2, 7, 16},
            scsi::Field{"SEND ACTION CODE", &Self::action, 5, 4, 5},
            scsi::Field{"PARAMETER LIST LENGTH", &Self::parameter_list_length, 8, 7, 16}};
    }
    std::uint64_t data_out_length() const { return parameter_list_length; }
};

// SMC-3 6.13.
struct RequestVolumeElementAddress {
    static constexpr scsi::Opcode opcode{0xB5};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "REQUEST VOLUME ELEMENT ADDRESS";
    bool voltag = false;
    std::uint8_t element_type = 0;
    ElementAddress starting_element{};
    std::uint16_t number_of_elements = 0;
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        using Self = RequestVolumeElementAddress;
        return std::tuple{
            scsi::Field{"VOLTAG", &Self::voltag, 1, 4, 1},
            scsi::Field{"ELEMENT TYPE CODE", &Self::element_type, 1, 3, 4},
            scsi::Field{"STARTING ELEMENT ADDRESS", &Self::starting_element, 2, 7, 16},
            scsi::Field{"NUMBER OF ELEMENTS", &Self::number_of_elements, 4, 7, 16},
            scsi::Field{"ALLOCATION LENGTH", &Self::allocation_length, 7, 7, 24}};
    }
};

using ChangerCommands =
    scsi::CommandList<InitializeElementStatus, OpenCloseImportExportElement, PositionToElement,
                      InitializeElementStatusWithRange, MoveMedium, ExchangeMedium,
                      RequestVolumeElementAddress, SendVolumeTag, ReadElementStatus,
                      LegacyInitializeElementStatusWithRange>;

}  // namespace nearline::changer
