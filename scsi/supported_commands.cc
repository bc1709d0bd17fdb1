#include "scsi/supported_commands.h"

#include <algorithm>

namespace nearline::scsi {
namespace {

// REPORTING OPTIONS (SPC-4 table 287).
enum ReportingOptions : std::uint8_t {
    kAllCommands = 0,
    kOneOpcode = 1,         // which must not have service actions
    kOneServiceAction = 2,  // of an opcode that must have them
    kOneOpcodeWhicheverKind = 3,
};

// SUPPORT of the one-command data (SPC-4 table 291).
constexpr unsigned kNotSupported = 0x01;
constexpr unsigned kAsInTheStandard = 0x03;

constexpr unsigned kTimeoutsPresentInList = 0x02;
constexpr unsigned kServiceActionValid = 0x01;
constexpr unsigned kTimeoutsPresentInOne = 0x80;

void write_timeouts(base::ByteWriter& out, Opcode opcode, const CommandTimeouts& timeouts) {
    const auto found = timeouts.find(opcode);
    const CommandTimeout timeout = found == timeouts.end() ? CommandTimeout{} : found->second;
    out.u16(0x0A).u8(0).u8(timeout.command_specific);
    out.u32(timeout.nominal_seconds).u32(timeout.recommended_seconds);
}

Bytes all_commands(const SupportedCommands& commands, const CommandTimeouts& timeouts,
                   bool with_timeouts) {
    Bytes data;
    base::ByteWriter out(data);
    out.u32(0);
    for (const CommandDescriptor* command : commands) {
        const bool has_action = command->service_action.has_value();
        out.u8(static_cast<unsigned>(command->opcode)).u8(0);
        out.u16(has_action ? static_cast<unsigned>(*command->service_action) : 0U).u8(0);
        out.u8((with_timeouts ? kTimeoutsPresentInList : 0U) |
               (has_action ? kServiceActionValid : 0U));
        out.u16(command->usage.size());
        if (with_timeouts) write_timeouts(out, command->opcode, timeouts);
    }
    out.patch(0, data.size() - 4, 4);
    return data;
}

Bytes one_command(const CommandDescriptor* command, const CommandTimeouts& timeouts,
                  bool with_timeouts) {
    Bytes data;
    base::ByteWriter out(data);
    out.u8(0);
    if (command == nullptr) {
        out.u8(kNotSupported).u16(0);
        return data;
    }
    out.u8(kAsInTheStandard | (with_timeouts ? kTimeoutsPresentInOne : 0U));
    out.u16(command->usage.size()).bytes(command->usage);
    if (with_timeouts) write_timeouts(out, command->opcode, timeouts);
    return data;
}

}  // namespace

Result<Bytes, Sense> supported_commands_data(const ReportSupportedOperationCodes& request,
                                             const SupportedCommands& commands,
                                             const CommandTimeouts& timeouts) {
    const auto wrong_option = [] {
        return Failure{invalid_field<ReportSupportedOperationCodes>("REPORTING OPTIONS")};
    };
    if (request.reporting_options == kAllCommands) {
        return all_commands(commands, timeouts, request.rctd);
    }
    if (request.reporting_options > kOneOpcodeWhicheverKind) return wrong_option();

    const Opcode opcode{request.requested_opcode};
    const auto same_opcode = std::find_if(commands.begin(), commands.end(),
                                          [&](const auto* row) { return row->opcode == opcode; });
    if (same_opcode == commands.end()) return one_command(nullptr, timeouts, request.rctd);

    const bool has_actions = (*same_opcode)->service_action.has_value();
    if (request.reporting_options == kOneOpcode && has_actions) return wrong_option();
    if (request.reporting_options == kOneServiceAction && !has_actions) return wrong_option();
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const auto* row) {
        const unsigned action =
            row->service_action ? static_cast<unsigned>(*row->service_action) : 0U;
        return row->opcode == opcode && (request.reporting_options == kOneOpcode ||
                                         action == request.requested_service_action);
    });
    return one_command(found == commands.end() ? nullptr : *found, timeouts, request.rctd);
}

}  // namespace nearline::scsi
