// What came of a command, as a value: a status, and for CHECK CONDITION the sense.
#pragma once

#include <string>

#include "scsi/sense.h"

namespace nearline::scsi {

struct Outcome {
    Status status = Status::Good;
    Sense sense{};
    bool is_good() const { return status == Status::Good; }
    bool operator==(const Outcome&) const = default;
};

inline Outcome good() {
    return {};
}
inline Outcome check_condition(const Sense& sense) {
    return {Status::CheckCondition, sense};
}
inline Outcome reservation_conflict() {
    return {Status::ReservationConflict, {}};
}

std::string to_text(const Outcome& outcome);  // "GOOD"; "CHECK CONDITION 5/3B/0D MEDIUM …"

}  // namespace nearline::scsi
