// The parameter data of REPORT SUPPORTED OPERATION CODES (SPC-4 6.35), made from the table that
// the gate works by.
#pragma once

#include <map>
#include <vector>

#include "scsi/command.h"
#include "scsi/primary_commands.h"
#include "scsi/sense.h"
#include "scsi/unit_profile.h"

namespace nearline::scsi {

using SupportedCommands = std::vector<const CommandDescriptor*>;
using CommandTimeouts = std::map<Opcode, CommandTimeout>;

// A refusal when the reporting option does not fit the command asked about.
Result<Bytes, Sense> supported_commands_data(const ReportSupportedOperationCodes& request,
                                             const SupportedCommands& commands,
                                             const CommandTimeouts& timeouts);

}  // namespace nearline::scsi
