// All commands of SSC-4 that a drive has.
#pragma once

#include "drives/attribute_commands.h"
#include "drives/data_commands.h"
#include "drives/medium_commands.h"
#include "drives/position_commands.h"

namespace nearline::drives {

using StreamCommands =
    scsi::Concatenate<DataCommands, PositionCommands, MediumCommands, AttributeCommands>::type;

}  // namespace nearline::drives
