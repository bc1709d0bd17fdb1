// All commands of SSC-4 that a drive has.
#pragma once

#include "drives/attribute_commands.h"
#include "drives/data_commands.h"
#include "drives/diagnostic_commands.h"
#include "drives/medium_commands.h"
#include "drives/order_commands.h"
#include "drives/position_commands.h"
#include "drives/security_commands.h"

namespace nearline::drives {

using StreamCommands =
    scsi::Concatenate<DataCommands, PositionCommands, MediumCommands, AttributeCommands,
                      SecurityCommands, DiagnosticCommands, OrderCommands>::type;

}  // namespace nearline::drives
