// The commands all device types share (SPC-4 chapter 6), as they stand in a CDB; those about
// reservations are in a file of their own. Members have the standard's names; numbers are as
// transmitted.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "scsi/command.h"
#include "scsi/reservation_commands.h"

namespace nearline::scsi {

// SPC-4 6.47. Under a persistent reservation it tells readiness to everybody.
struct TestUnitReady {
    static constexpr Opcode opcode{0x00};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "TEST UNIT READY";
    static constexpr Gate gate = {.readiness = Readiness::Required,
                                  .reservation = {.write_exclusive = WhenReserved::Allowed,
                                                  .exclusive_access = WhenReserved::Allowed}};
    static constexpr auto fields() { return std::tuple{}; }
};

// SPC-4 6.39.
struct RequestSense {
    static constexpr Opcode opcode{0x03};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "REQUEST SENSE";
    static constexpr Gate gate = {.unit_attention = UnitAttentionRule::Passes,
                                  .reservation = kAlwaysAllowed};
    bool desc = false;
    std::uint8_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"DESC", &RequestSense::desc, 1, 0, 1},
                          Field{"ALLOCATION LENGTH", &RequestSense::allocation_length, 4, 7, 8}};
    }
};

// SPC-4 6.6.
struct Inquiry {
    static constexpr Opcode opcode{0x12};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "INQUIRY";
    static constexpr Gate gate = {.unit_attention = UnitAttentionRule::Passes,
                                  .reservation = kAlwaysAllowed};
    bool evpd = false;
    std::uint8_t page_code = 0;
    std::uint16_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"EVPD", &Inquiry::evpd, 1, 0, 1},
                          Field{"PAGE CODE", &Inquiry::page_code, 2, 7, 8},
                          Field{"ALLOCATION LENGTH", &Inquiry::allocation_length, 3, 7, 16}};
    }
};

// SPC-4 6.33.
struct ReportLuns {
    static constexpr Opcode opcode{0xA0};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "REPORT LUNS";
    static constexpr Gate gate = {.unit_attention = UnitAttentionRule::Passes,
                                  .reservation = kAlwaysAllowed};
    std::uint8_t select_report = 0;
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"SELECT REPORT", &ReportLuns::select_report, 2, 7, 8},
                          Field{"ALLOCATION LENGTH", &ReportLuns::allocation_length, 6, 7, 32}};
    }
};

// The PC field of MODE SENSE (SPC-4 table 162).
enum class ModePageControl : std::uint8_t {
    Current = 0,
    Changeable = 1,
    Default = 2,
    Saved = 3,
};

// SPC-4 6.13.
struct ModeSense6 {
    static constexpr Opcode opcode{0x1A};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "MODE SENSE(6)";
    static constexpr Gate gate = {.reservation = kReadsOnly};
    bool dbd = false;
    ModePageControl page_control = ModePageControl::Current;
    std::uint8_t page_code = 0;
    std::uint8_t subpage_code = 0;
    std::uint8_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"DBD", &ModeSense6::dbd, 1, 3, 1},
                          Field{"PC", &ModeSense6::page_control, 2, 7, 2},
                          Field{"PAGE CODE", &ModeSense6::page_code, 2, 5, 6},
                          Field{"SUBPAGE CODE", &ModeSense6::subpage_code, 3, 7, 8},
                          Field{"ALLOCATION LENGTH", &ModeSense6::allocation_length, 4, 7, 8}};
    }
};

// SPC-4 6.14. LLBAA permits long block descriptors; none here needs one.
struct ModeSense10 {
    static constexpr Opcode opcode{0x5A};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "MODE SENSE(10)";
    static constexpr Gate gate = {.reservation = kReadsOnly};
    bool llbaa = false;
    bool dbd = false;
    ModePageControl page_control = ModePageControl::Current;
    std::uint8_t page_code = 0;
    std::uint8_t subpage_code = 0;
    std::uint16_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"LLBAA", &ModeSense10::llbaa, 1, 4, 1},
                          Field{"DBD", &ModeSense10::dbd, 1, 3, 1},
                          Field{"PC", &ModeSense10::page_control, 2, 7, 2},
                          Field{"PAGE CODE", &ModeSense10::page_code, 2, 5, 6},
                          Field{"SUBPAGE CODE", &ModeSense10::subpage_code, 3, 7, 8},
                          Field{"ALLOCATION LENGTH", &ModeSense10::allocation_length, 7, 7, 16}};
    }
};

// SPC-4 6.11.
struct ModeSelect6 {
    static constexpr Opcode opcode{0x15};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "MODE SELECT(6)";
    bool pf = false;
    bool sp = false;
    std::uint8_t parameter_list_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"PF", &ModeSelect6::pf, 1, 4, 1}, Field{"SP", &ModeSelect6::sp, 1, 0, 1},
            Field{"PARAMETER LIST LENGTH", &ModeSelect6::parameter_list_length, 4, 7, 8}};
    }
    std::uint64_t data_out_length() const { return parameter_list_length; }
};

// SPC-4 6.12.
struct ModeSelect10 {
    static constexpr Opcode opcode{0x55};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "MODE SELECT(10)";
    bool pf = false;
    bool sp = false;
    std::uint16_t parameter_list_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"PF", &ModeSelect10::pf, 1, 4, 1}, Field{"SP", &ModeSelect10::sp, 1, 0, 1},
            Field{"PARAMETER LIST LENGTH", &ModeSelect10::parameter_list_length, 7, 7, 16}};
    }
    std::uint64_t data_out_length() const { return parameter_list_length; }
};

// The PC field of LOG SENSE and LOG SELECT (SPC-4 table 153).
enum class LogPageControl : std::uint8_t {
    Threshold = 0,
    Cumulative = 1,
    DefaultThreshold = 2,
    DefaultCumulative = 3,
};

// SPC-4 6.8.
struct LogSense {
    static constexpr Opcode opcode{0x4D};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "LOG SENSE";
    static constexpr Gate gate = {.reservation = kAlwaysAllowed};
    bool sp = false;
    LogPageControl page_control = LogPageControl::Threshold;
    std::uint8_t page_code = 0;
    std::uint8_t subpage_code = 0;
    std::uint16_t parameter_pointer = 0;
    std::uint16_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"SP", &LogSense::sp, 1, 0, 1},
                          Field{"PC", &LogSense::page_control, 2, 7, 2},
                          Field{"PAGE CODE", &LogSense::page_code, 2, 5, 6},
                          Field{"SUBPAGE CODE", &LogSense::subpage_code, 3, 7, 8},
                          Field{"PARAMETER POINTER", &LogSense::parameter_pointer, 5, 7, 16},
                          Field{"ALLOCATION LENGTH", &LogSense::allocation_length, 7, 7, 16}};
    }
};

// SPC-4 6.7.
struct LogSelect {
    static constexpr Opcode opcode{0x4C};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "LOG SELECT";
    bool pcr = false;
    bool sp = false;
    LogPageControl page_control = LogPageControl::Threshold;
    std::uint8_t page_code = 0;
    std::uint8_t subpage_code = 0;
    std::uint16_t parameter_list_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"PCR", &LogSelect::pcr, 1, 1, 1},
            Field{"SP", &LogSelect::sp, 1, 0, 1},
            Field{"PC", &LogSelect::page_control, 2, 7, 2},
            Field{"PAGE CODE", &LogSelect::page_code, 2, 5, 6},
            Field{"SUBPAGE CODE", &LogSelect::subpage_code, 3, 7, 8},
            Field{"PARAMETER LIST LENGTH", &LogSelect::parameter_list_length, 7, 7, 16}};
    }
    std::uint64_t data_out_length() const { return parameter_list_length; }
};

// SPC-4 6.16. Allowing removal never conflicts, so that nobody's reservation locks the door.
struct PreventAllowMediumRemoval {
    static constexpr Opcode opcode{0x1E};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "PREVENT ALLOW MEDIUM REMOVAL";
    std::uint8_t prevent = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"PREVENT", &PreventAllowMediumRemoval::prevent, 4, 1, 2}};
    }
    ReservationRule reservation_rule() const {
        return prevent == 0 ? kAlwaysAllowed : ReservationRule{};
    }
};

// SPC-4 6.42.
struct SendDiagnostic {
    static constexpr Opcode opcode{0x1D};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "SEND DIAGNOSTIC";
    std::uint8_t self_test_code = 0;
    bool pf = false;
    bool self_test = false;
    bool device_offline = false;
    bool unit_offline = false;
    std::uint16_t parameter_list_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"SELF-TEST CODE", &SendDiagnostic::self_test_code, 1, 7, 3},
            Field{"PF", &SendDiagnostic::pf, 1, 4, 1},
            Field{"SELFTEST", &SendDiagnostic::self_test, 1, 2, 1},
            Field{"DEVOFFL", &SendDiagnostic::device_offline, 1, 1, 1},
            Field{"UNITOFFL", &SendDiagnostic::unit_offline, 1, 0, 1},
            Field{"PARAMETER LIST LENGTH", &SendDiagnostic::parameter_list_length, 3, 7, 16}};
    }
    std::uint64_t data_out_length() const { return parameter_list_length; }
};

// SPC-4 6.35.
struct ReportSupportedOperationCodes {
    static constexpr Opcode opcode{0xA3};
    static constexpr ServiceAction service_action{0x0C};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "REPORT SUPPORTED OPERATION CODES";
    static constexpr Gate gate = {.reservation = kReadsOnly};
    bool rctd = false;
    std::uint8_t reporting_options = 0;
    std::uint8_t requested_opcode = 0;
    std::uint16_t requested_service_action = 0;
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        using Self = ReportSupportedOperationCodes;
        return std::tuple{
            Field{"RCTD", &Self::rctd, 2, 7, 1},
            Field{"REPORTING OPTIONS", &Self::reporting_options, 2, 2, 3},
            Field{"REQUESTED OPERATION CODE", &Self::requested_opcode, 3, 7, 8},
            Field{"REQUESTED SERVICE ACTION", &Self::requested_service_action, 4, 7, 16},
            Field{"ALLOCATION LENGTH", &Self::allocation_length, 6, 7, 32}};
    }
};

// SPC-4 6.36.
struct ReportSupportedTaskManagementFunctions {
    static constexpr Opcode opcode{0xA3};
    static constexpr ServiceAction service_action{0x0D};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS";
    static constexpr Gate gate = {.reservation = kReadsOnly};
    bool repd = false;
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        using Self = ReportSupportedTaskManagementFunctions;
        return std::tuple{Field{"REPD", &Self::repd, 2, 7, 1},
                          Field{"ALLOCATION LENGTH", &Self::allocation_length, 6, 7, 32}};
    }
};

// By operation code, as REPORT SUPPORTED OPERATION CODES lists them.
using PrimaryCommands =
    Concatenate<CommandList<TestUnitReady, RequestSense, Inquiry, ModeSelect6, Reserve6, Release6,
                            ModeSense6, SendDiagnostic, PreventAllowMediumRemoval, LogSelect,
                            LogSense, ModeSelect10, Reserve10, Release10, ModeSense10>,
                PersistentReserveCommands,
                CommandList<ReportLuns, ReportSupportedOperationCodes,
                            ReportSupportedTaskManagementFunctions>>::type;

}  // namespace nearline::scsi
