#include "scsi/primary_device_server.h"

#include <algorithm>
#include <utility>

#include "scsi/inquiry_data.h"
#include "scsi/log_parameters.h"
#include "scsi/report_luns.h"
#include "scsi/supported_commands.h"
#include "scsi/target_device.h"

namespace nearline::scsi {
PrimaryDeviceServer::PrimaryDeviceServer(UnitProfile profile) : profile_(std::move(profile)) {}

bool PrimaryDeviceServer::supports(const CommandDescriptor& command) const {
    const bool lacks_action =
        command.service_action &&
        profile_.unsupported_actions.contains({command.opcode, *command.service_action});
    return !profile_.unsupported.contains(command.opcode) && !lacks_action;
}

void PrimaryDeviceServer::on(const TestUnitReady&, Task& task) {
    task.good();  // the gate has asked
}

// A pending unit attention is told here, and gone (SPC-4 6.39); else why the unit is not ready.
void PrimaryDeviceServer::on(const RequestSense& command, Task& task) {
    const auto attention = unit_attentions().take(task.nexus());
    const Sense sense = attention ? *attention : polled_sense();
    const SenseFormat format = command.desc ? SenseFormat::Descriptor : SenseFormat::Fixed;
    task.respond(encode_sense(sense, format), command.allocation_length);
    task.good();
}

void PrimaryDeviceServer::on(const Inquiry& command, Task& task) {
    if (!command.evpd) {
        if (command.page_code != 0) return task.refuse(invalid_field<Inquiry>("PAGE CODE"));
        task.respond(standard_inquiry_data(profile_), command.allocation_length);
        return task.good();
    }
    const NexusNames* nexus =
        target_device() != nullptr ? target_device()->names_of(task.nexus()) : nullptr;
    const auto page = vital_product_data(profile_, command.page_code, nexus);
    if (!page) return task.refuse(invalid_field<Inquiry>("PAGE CODE"));
    task.respond(*page, command.allocation_length);
    task.good();
}

void PrimaryDeviceServer::on(const ReportLuns& command, Task& task) {
    report_luns(command, target_device(), task);
}

void PrimaryDeviceServer::on(const LogSense& command, Task& task) {
    if (command.sp) return task.refuse(invalid_field<LogSense>("SP"));
    // Thresholds are not kept: both current kinds are the cumulative values, defaults are refused.
    if (command.page_control == LogPageControl::DefaultThreshold ||
        command.page_control == LogPageControl::DefaultCumulative) {
        return task.refuse(invalid_field<LogSense>("PC"));
    }
    const std::vector<LogPage> pages = log_pages(task.nexus());
    const auto list = encode_log_page_list(pages, command.page_code, command.subpage_code);
    if (list && command.parameter_pointer == 0) {
        task.respond(*list, command.allocation_length);
        return task.good();
    }
    if (list) return task.refuse(invalid_field<LogSense>("PARAMETER POINTER"));
    const LogPage* page = find_log_page(pages, command.page_code, command.subpage_code);
    if (page == nullptr) {
        const bool is_page_known = find_log_page(pages, command.page_code, 0) != nullptr;
        return task.refuse(invalid_field<LogSense>(is_page_known ? "SUBPAGE CODE" : "PAGE CODE"));
    }
    const auto data = encode_log_page(*page, command.parameter_pointer);
    if (!data) return task.refuse(invalid_field<LogSense>("PARAMETER POINTER"));
    task.respond(*data, command.allocation_length);
    // A probe for the length alone has told nobody anything (changer sheet of TapeAlert readers).
    constexpr std::uint16_t kHeaderOnly = 4;
    if (command.allocation_length > kHeaderOnly) log_page_read(task.nexus(), page->code);
    task.good();
}

// Counters can be reset, values cannot be set.
void PrimaryDeviceServer::on(const LogSelect& command, Task& task) {
    if (command.sp) return task.refuse(invalid_field<LogSelect>("SP"));
    if (command.pcr && command.parameter_list_length != 0) {
        return task.refuse(invalid_field<LogSelect>("PCR"));
    }
    if (command.page_code != 0 || command.subpage_code != 0) {
        const auto pages = log_pages(task.nexus());
        if (find_log_page(pages, command.page_code, command.subpage_code) == nullptr) {
            return task.refuse(invalid_field<LogSelect>("PAGE CODE"));
        }
    }
    if (command.parameter_list_length != 0) {
        constexpr std::size_t kPageHeader = 4;
        if (task.data_out().size() < kPageHeader) return task.refuse(kParameterListLengthError);
        return task.refuse(kInvalidFieldInParameterList.at_parameter_byte(0));
    }
    if (command.pcr) {
        log_pages_reset(command.page_code);
        unit_attentions().establish_for_others(task.nexus(), kLogParametersChanged);
    }
    task.good();
}

void PrimaryDeviceServer::on(const PreventAllowMediumRemoval& command, Task& task) {
    constexpr std::uint8_t kPrevent = 1;  // 10b and 11b were for attached changers
    if (command.prevent > kPrevent) {
        return task.refuse(invalid_field<PreventAllowMediumRemoval>("PREVENT"));
    }
    const bool was_prevented = is_removal_prevented();
    if (command.prevent == kPrevent) {
        preventing_.insert(task.nexus());
    } else {
        preventing_.erase(task.nexus());
    }
    if (was_prevented != is_removal_prevented()) removal_prevention_changed();
    task.good();
}

// The default self-test, and the foreground ones by code (SPC-4 table 237); no background tests.
void PrimaryDeviceServer::on(const SendDiagnostic& command, Task& task) {
    constexpr std::uint8_t kForegroundShort = 5;
    constexpr std::uint8_t kForegroundExtended = 6;
    const bool is_foreground =
        command.self_test_code == kForegroundShort || command.self_test_code == kForegroundExtended;
    if (command.self_test_code != 0 && (command.self_test || !is_foreground)) {
        return task.refuse(invalid_field<SendDiagnostic>("SELF-TEST CODE"));
    }
    const bool tests = command.self_test || is_foreground;
    if (tests && command.parameter_list_length != 0) {
        return task.refuse(invalid_field<SendDiagnostic>("PARAMETER LIST LENGTH"));
    }
    if (command.parameter_list_length != 0) {
        const auto refusal = diagnose(task.data_out());
        return refusal ? task.refuse(*refusal) : task.good();
    }
    if (tests) {
        if (const auto fault = self_test()) return task.refuse(*fault);
    }
    task.good();
}

void PrimaryDeviceServer::on(const ReportSupportedOperationCodes& command, Task& task) {
    SupportedCommands supported;
    for (const CommandDescriptor& row : commands()) {
        if (supports(row)) supported.push_back(&row);
    }
    const auto data = supported_commands_data(command, supported, profile_.timeouts);
    if (!data) return task.refuse(data.error());
    task.respond(*data, command.allocation_length);
    task.good();
}

// SPC-4 table 293: what TargetDevice::manage carries out. The extended data is there with all
// timeouts zero, which is "not given".
void PrimaryDeviceServer::on(const ReportSupportedTaskManagementFunctions& command, Task& task) {
    constexpr std::uint32_t kLeastAllocation = 4;
    if (command.allocation_length < kLeastAllocation) {
        return task.refuse(
            invalid_field<ReportSupportedTaskManagementFunctions>("ALLOCATION LENGTH"));
    }
    constexpr unsigned kAbortsResetsAndQueryTask = 0xDE;   // ATS ATSS CTSS LURS QTS TRS
    constexpr unsigned kQueryTaskSetAndNexusReset = 0x03;  // QTSS ITNRS
    Bytes data;
    base::ByteWriter out(data);
    out.u8(kAbortsResetsAndQueryTask).u8(kQueryTaskSetAndNexusReset).u8(0);
    constexpr std::size_t kExtendedBytes = 12;
    out.u8(command.repd ? kExtendedBytes : 0).zeros(command.repd ? kExtendedBytes : 0);
    task.respond(data, command.allocation_length);
    task.good();
}

std::vector<LogPage> PrimaryDeviceServer::log_pages(NexusId) const {
    return profile_.log_pages;
}

Sense PrimaryDeviceServer::power_on_condition() const {
    Sense condition = kPowerOnOccurred;
    condition.ascq = profile_.power_on_qualifier;
    return condition;
}

void PrimaryDeviceServer::nexus_closed(NexusId nexus) {
    end_prevention(nexus);
}

void PrimaryDeviceServer::end_prevention(NexusId nexus) {
    if (preventing_.erase(nexus) != 0 && preventing_.empty()) removal_prevention_changed();
}

void PrimaryDeviceServer::was_reset() {
    const bool was_prevented = is_removal_prevented();
    preventing_.clear();
    if (was_prevented) removal_prevention_changed();
    fall_back_to_saved_modes();
}

}  // namespace nearline::scsi
