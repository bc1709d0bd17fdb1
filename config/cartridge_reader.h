// The `cartridges` part of a library file: which there are, and where each stands at first.
#pragma once

#include <cstdint>
#include <vector>

#include "config/proto_text.h"
#include "library/library_description.h"
#include "nearline/v1/library.pb.h"

namespace nearline::config {

// How many places of each kind there are.
struct Places {
    std::uint32_t slots = 0;
    std::uint32_t stations = 0;
    std::uint32_t drives = 0;
};

// In the order of the text, numbered from 1. Whoever names a place gets it; the others fill what
// is left, in order.
std::vector<library::CartridgePlacement> read_cartridges(
    const v1::Library& message, const Where& where, const Places& places,
    const std::vector<library::DriveDescription>& drives, ProblemList& problems);

}  // namespace nearline::config
