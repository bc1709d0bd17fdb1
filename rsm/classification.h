// What a cartridge is once its label has been read: the record it had, one that comes back, or a
// new one in the import or the unrecognized pool.
#pragma once

#include <cstdint>

#include "rsm/media_label.h"
#include "rsm/store.h"

namespace nearline::rsm {

struct Finding {
    enum class Kind {
        Labelled,    // a recogniser claims the label
        Unlabelled,  // blank, or nobody's
        Unusable,    // the drive cannot use the medium
        Cleaner,     // a cleaning cartridge: it has no record
    };
    Kind kind = Kind::Unlabelled;
    MediaLabel label;
};

// Inside a transaction. `medium` is the record of the cartridge that was read, as far as its place
// or its bar code told.
void classify(Store& store, const Guid& medium, const Finding& finding, std::uint64_t now_ms);

}  // namespace nearline::rsm
