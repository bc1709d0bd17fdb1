// What a command would have the robot do, or why it may not: the checks of the changer sheet 8.8
// from addresses on, in that order. Pure questions: planning moves nothing.
#pragma once

#include <optional>
#include <vector>

#include "changer/changer_commands.h"
#include "changer/element_table.h"
#include "changer/robot.h"

namespace nearline::changer {

// What the tables do not know.
struct Surroundings {
    bool is_station_open = false;  // or closed and not yet looked at
    bool is_removal_prevented = false;
};

struct Plan {
    std::uint16_t robot = 0;       // whose hand it is
    std::vector<RobotStep> steps;  // none: there is nothing to do
};

class MovePlanner {
public:
    MovePlanner(const ElementTable& table, const ChangerProfile& profile)
        : table_(table), profile_(profile) {}

    Result<Plan, Sense> plan(const MoveMedium& move, const Surroundings& around) const;
    Result<Plan, Sense> plan(const ExchangeMedium& exchange, const Surroundings& around) const;
    Result<Plan, Sense> plan(const PositionToElement& position) const;

    // Which places a command names; the field pointer of a bad one is its field's.
    Result<Place, Sense> find(ElementAddress address, std::uint16_t field_at) const;
    Result<std::uint16_t, Sense> find_robot(ElementAddress address, std::uint16_t field_at) const;

private:
    bool may_move(ElementType from, ElementType to) const;
    bool may_exchange(ElementType from, ElementType to) const;
    std::optional<Sense> why_no_source(Place from, const Surroundings& around) const;
    std::optional<Sense> why_no_destination(Place to, const Surroundings& around) const;
    std::optional<Sense> why_not_reach(Place at) const;
    std::optional<Sense> why_not_give(Place from) const;
    std::optional<Sense> why_not_take(Place to, const media::Cartridge& cartridge) const;
    std::optional<Place> parking_place() const;

    const ElementTable& table_;
    const ChangerProfile& profile_;
};

// A mask byte of mode page 1Fh: bit 0 robots, 1 slots, 2 stations, 3 drives.
std::uint8_t capability_bit(ElementType type);
std::size_t capability_index(ElementType type);
// Without the bits of kinds the library does not have.
std::uint8_t possible_capabilities(const ElementMap& map, std::uint8_t mask);

}  // namespace nearline::changer
