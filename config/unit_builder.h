// From the `unit` part of a personality file to scsi::UnitProfile: checks it, and fills it in for
// one unit's identity.
#pragma once

#include "config/identity.h"
#include "config/proto_text.h"
#include "scsi/unit_profile.h"

namespace nearline::v1 {
class Unit;
}

namespace nearline::config {

// All that is wrong with it; build_unit needs a unit that passed.
void check_unit(const v1::Unit& unit, const Where& where, ProblemList& problems);

scsi::UnitProfile build_unit(const v1::Unit& unit, const Identity& identity,
                             std::uint8_t device_type);

// Whether `digits` are whole bytes in hexadecimal; blanks between them are for the eye.
bool is_hex(const std::string& digits);

}  // namespace nearline::config
