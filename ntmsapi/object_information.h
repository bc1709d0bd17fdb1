// NTMS_OBJECTINFORMATION, in both its forms, from and to the service's message.
#pragma once

#include "ntmsapi/include/ntmsapi.h"

namespace nearline::v1 {
class ObjectInformation;
}

namespace nearline::ntmsapi {

// Fills all of `out` but dwSize; dwType becomes the object's. Text that is too long is cut.
void fill(NTMS_OBJECTINFORMATIONA& out, const v1::ObjectInformation& in);
void fill(NTMS_OBJECTINFORMATIONW& out, const v1::ObjectInformation& in);

// The members that SetNtmsObjectInformation may set, of the type that dwType says. False: some text
// is not well-formed.
[[nodiscard]] bool read(const NTMS_OBJECTINFORMATIONA& in, v1::ObjectInformation& out);
[[nodiscard]] bool read(const NTMS_OBJECTINFORMATIONW& in, v1::ObjectInformation& out);

// The members of a medium or a side that CreateNtmsMedia takes. False: some text is not
// well-formed, or the label's id is longer than it may be.
[[nodiscard]] bool read_for_creation(const NTMS_OBJECTINFORMATIONA& in, v1::ObjectInformation& out);
[[nodiscard]] bool read_for_creation(const NTMS_OBJECTINFORMATIONW& in, v1::ObjectInformation& out);

}  // namespace nearline::ntmsapi
