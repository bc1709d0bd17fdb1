// What the changer counts of itself: log pages 14h and 15h (changer sheet 6).
#pragma once

#include <cstdint>
#include <map>

#include "changer/changer_profile.h"

namespace nearline::changer {

struct ElementStatistics {
    std::uint32_t places = 0;
    std::uint32_t place_retries = 0;
    std::uint32_t picks = 0;
    std::uint32_t pick_retries = 0;
    std::uint32_t determined_volume_ids = 0;
    std::uint32_t unreadable_volume_ids = 0;
};

struct ChangerStatistics {
    std::uint32_t moves = 0;
    std::uint32_t picks = 0;
    std::uint32_t pick_retries = 0;
    std::uint32_t places = 0;
    std::uint32_t place_retries = 0;
    std::uint32_t volume_tags_read = 0;
    std::uint32_t invalid_volume_tags = 0;
    std::uint32_t door_opens = 0;
    std::uint32_t station_opens = 0;
    std::uint32_t inventory_scans = 0;
    std::uint32_t unrecovered_robot_errors = 0;
    std::uint32_t recovered_robot_errors = 0;
    std::map<ElementAddress, ElementStatistics> elements;  // those that were ever used
};

}  // namespace nearline::changer
