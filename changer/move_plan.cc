#include "changer/move_plan.h"

#include "scsi/field.h"

namespace nearline::changer {
namespace {

template <typename Command>
std::uint16_t byte_of(std::string_view field) {
    return scsi::position_of<Command>(field).byte;
}

RobotStep pick(Place at) {
    return {.action = RobotAction::Pick, .at = at};
}

RobotStep place(Place at) {
    return {.action = RobotAction::Place, .at = at};
}

RobotStep parked(RobotStep step) {
    step.is_parking = true;
    return step;
}

}  // namespace

std::size_t capability_index(ElementType type) {
    return static_cast<std::size_t>(type) - 1;
}

std::uint8_t capability_bit(ElementType type) {
    return static_cast<std::uint8_t>(1U << capability_index(type));
}

std::uint8_t possible_capabilities(const ElementMap& map, std::uint8_t mask) {
    for (const ElementType type : kElementTypes) {
        if (map.of(type).count == 0) {
            mask = static_cast<std::uint8_t>(mask & ~capability_bit(type));
        }
    }
    return mask;
}

Result<Place, Sense> MovePlanner::find(ElementAddress address, std::uint16_t field_at) const {
    if (const auto found = table_.find(address)) return *found;
    return Failure{scsi::kInvalidElementAddress.at_byte(field_at)};
}

// Address 0 stands for the default robot, unless it is one's own (changer sheet 4.4).
Result<std::uint16_t, Sense> MovePlanner::find_robot(ElementAddress address,
                                                     std::uint16_t field_at) const {
    const auto found = table_.find(address);
    if (found && found->type == ElementType::MediumTransport) return found->index;
    if (address == ElementAddress{0}) return std::uint16_t{0};
    return Failure{scsi::kInvalidElementAddress.at_byte(field_at)};
}

bool MovePlanner::may_move(ElementType from, ElementType to) const {
    return (profile_.move_from[capability_index(from)] & capability_bit(to)) != 0;
}

bool MovePlanner::may_exchange(ElementType from, ElementType to) const {
    return (profile_.exchange_from[capability_index(from)] & capability_bit(to)) != 0;
}

Result<Plan, Sense> MovePlanner::plan(const MoveMedium& move, const Surroundings& around) const {
    const auto at_source = byte_of<MoveMedium>("SOURCE ELEMENT ADDRESS");
    const auto at_destination = byte_of<MoveMedium>("DESTINATION ELEMENT ADDRESS");
    const auto at_robot = byte_of<MoveMedium>("MEDIUM TRANSPORT ELEMENT ADDRESS");
    const auto robot = find_robot(move.medium_transport, at_robot);
    if (!robot) return Failure{robot.error()};
    const auto from = find(move.source, at_source);
    if (!from) return Failure{from.error()};
    const auto to = find(move.destination, at_destination);
    if (!to) return Failure{to.error()};
    // A combination that page 1Fh denies is an address of the wrong type for the field.
    if (profile_.move_from[capability_index(from->type)] == 0) {
        return Failure{scsi::kInvalidElementAddress.at_byte(at_source)};
    }
    if (!may_move(from->type, to->type)) {
        return Failure{scsi::kInvalidElementAddress.at_byte(at_destination)};
    }

    if (const auto why = why_no_source(*from, around)) return Failure{*why};
    if (*from == *to) return Plan{};  // not an error: changer sheet 4.4
    if (const auto why = why_no_destination(*to, around)) return Failure{*why};
    if (table_.is_full(*to)) return Failure{scsi::kMediumDestinationElementFull};
    const Place hand{ElementType::MediumTransport,
                     from->type == ElementType::MediumTransport ? from->index : *robot};
    if (*from != hand && table_.is_full(hand)) {
        return Failure{scsi::kMediumDestinationElementFull.at_byte(at_robot)};
    }
    if (const auto why = why_not_give(*from)) return Failure{*why};
    if (const auto why = why_not_take(*to, *table_.cartridge(*from))) return Failure{*why};

    Plan plan{hand.index, {}};
    if (*from != hand) plan.steps.push_back(pick(*from));
    if (*to != hand) plan.steps.push_back(place(*to));
    return plan;
}

Result<Plan, Sense> MovePlanner::plan(const ExchangeMedium& exchange,
                                      const Surroundings& around) const {
    const auto at_first = byte_of<ExchangeMedium>("FIRST DESTINATION ELEMENT ADDRESS");
    const auto at_second = byte_of<ExchangeMedium>("SECOND DESTINATION ELEMENT ADDRESS");
    const auto at_robot = byte_of<ExchangeMedium>("MEDIUM TRANSPORT ELEMENT ADDRESS");
    const auto robot = find_robot(exchange.medium_transport, at_robot);
    if (!robot) return Failure{robot.error()};
    const auto source = find(exchange.source, byte_of<ExchangeMedium>("SOURCE ELEMENT ADDRESS"));
    if (!source) return Failure{source.error()};
    const auto first = find(exchange.first_destination, at_first);
    if (!first) return Failure{first.error()};
    const auto second = find(exchange.second_destination, at_second);
    if (!second) return Failure{second.error()};
    if (*source == *first) return Failure{scsi::kInvalidElementAddress.at_byte(at_first)};
    if (!may_exchange(source->type, first->type)) {
        return Failure{scsi::kInvalidFieldInCdb.at_byte(at_first)};
    }
    if (!may_exchange(first->type, second->type)) {
        return Failure{scsi::kInvalidFieldInCdb.at_byte(at_second)};
    }

    if (const auto why = why_no_source(*source, around)) return Failure{*why};
    if (const auto why = why_no_source(*first, around)) return Failure{*why};
    if (const auto why = why_no_destination(*first, around)) return Failure{*why};
    if (const auto why = why_no_destination(*second, around)) return Failure{*why};
    const bool is_swap = *source == *second;
    if (!is_swap && table_.is_full(*second)) return Failure{scsi::kMediumDestinationElementFull};
    const Place hand{ElementType::MediumTransport, *robot};
    if (table_.is_full(hand)) return Failure{scsi::kMediumDestinationElementFull.at_byte(at_robot)};
    if (const auto why = why_not_give(*source)) return Failure{*why};
    if (const auto why = why_not_give(*first)) return Failure{*why};
    if (const auto why = why_not_take(*first, *table_.cartridge(*source))) return Failure{*why};
    if (const auto why = why_not_take(*second, *table_.cartridge(*first))) return Failure{*why};

    Plan plan{hand.index, {}};
    if (!is_swap) {
        plan.steps = {pick(*first), place(*second), pick(*source), place(*first)};
        return plan;
    }
    // One gripper can swap two cartridges only by way of a third place.
    const auto parking = parking_place();
    if (!parking) return Failure{scsi::kMediumDestinationElementFull.at_byte(at_second)};
    plan.steps = {pick(*first),  parked(place(*parking)), pick(*source),
                  place(*first), parked(pick(*parking)),  place(*second)};
    return plan;
}

Result<Plan, Sense> MovePlanner::plan(const PositionToElement& position) const {
    const auto robot = find_robot(position.medium_transport,
                                  byte_of<PositionToElement>("MEDIUM TRANSPORT ELEMENT ADDRESS"));
    if (!robot) return Failure{robot.error()};
    const auto at_destination = byte_of<PositionToElement>("DESTINATION ELEMENT ADDRESS");
    const auto to = find(position.destination, at_destination);
    if (!to) return Failure{to.error()};
    if (to->type == ElementType::MediumTransport) {
        return Failure{scsi::kInvalidElementAddress.at_byte(at_destination)};
    }
    return Plan{*robot, {{.action = RobotAction::Stop, .at = *to}}};
}

// A slot whose magazine is out shows nothing, so whether it is empty is not asked.
std::optional<Sense> MovePlanner::why_not_reach(Place at) const {
    const auto magazine = table_.magazine_of(at);
    if (!magazine) return std::nullopt;
    switch (table_.magazine(*magazine)) {
        case ElementTable::Magazine::In:
            return std::nullopt;
        case ElementTable::Magazine::Out:
            return scsi::kMediumMagazineRemoved;
        case ElementTable::Magazine::NotScanned:
            return scsi::kMediumMagazineNotAccessible;
    }
    return std::nullopt;
}

std::optional<Sense> MovePlanner::why_no_source(Place from, const Surroundings& around) const {
    if (const auto why = why_not_reach(from)) return why;
    if (!table_.is_full(from)) return scsi::kMediumSourceElementEmpty;
    if (from.type == ElementType::ImportExport && around.is_station_open) {
        return scsi::kImportExportElementOpen;
    }
    return std::nullopt;
}

std::optional<Sense> MovePlanner::why_no_destination(Place to, const Surroundings& around) const {
    if (const auto why = why_not_reach(to)) return why;
    if (to.type != ElementType::ImportExport) return std::nullopt;
    if (around.is_station_open) return scsi::kImportExportElementOpen;
    if (around.is_removal_prevented) return scsi::kMediumRemovalPrevented;
    return std::nullopt;
}

// Changer sheet 8.4: a cartridge the host has not unloaded.
std::optional<Sense> MovePlanner::why_not_give(Place from) const {
    if (from.type != ElementType::DataTransfer) return std::nullopt;
    const DriveBay& drive = table_.drive(from.index);
    if (!drive.is_powered()) return scsi::kElementDisabled;
    if (const auto why = drive.why_not_release()) return why;
    if (drive.is_accessible()) return std::nullopt;
    switch (profile_.loaded_drive) {
        case LoadedDriveRule::UnloadsItself:
            return std::nullopt;
        case LoadedDriveRule::RefusesUnloadFailure:
            return scsi::kUnloadTapeFailure;
        case LoadedDriveRule::RefusesMediumNotPresent:
            return scsi::kMediumNotPresentIllegalRequest;
    }
    return std::nullopt;
}

std::optional<Sense> MovePlanner::why_not_take(Place to, const media::Cartridge& cartridge) const {
    if (to.type != ElementType::DataTransfer) return std::nullopt;
    const DriveBay& drive = table_.drive(to.index);
    if (!drive.is_powered()) return scsi::kElementDisabled;
    const auto why = drive.why_not_accept(cartridge);
    if (why && why->is(scsi::kIncompatibleMediumInstalled)) return profile_.incompatible_medium;
    return why;
}

std::optional<Place> MovePlanner::parking_place() const {
    for (std::uint16_t index = 0; index < table_.map().slots.count; ++index) {
        const Place slot{ElementType::Storage, index};
        if (!table_.is_full(slot) && !why_not_reach(slot)) return slot;
    }
    return std::nullopt;
}

}  // namespace nearline::changer
