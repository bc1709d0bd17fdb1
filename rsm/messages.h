// RSM's rows as the messages callers see, and back. Like json.h, for those who know protobuf.
#pragma once

#include <string>

#include "nearline/v1/rsm.pb.h"
#include "rsm/rules.h"

namespace nearline::rsm {

// Empty text is a NULL pointer. Text that is no GUID names nothing, as a GUID nobody has does.
Id id_of(const std::string& text);

void write(const Information& information, v1::ObjectInformation& message);
// The settable members; monostate when the message names no type, or one whose members are missing.
AnyObject settable_of(const v1::ObjectInformation& message);

}  // namespace nearline::rsm
