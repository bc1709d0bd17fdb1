// The operator's hands on one library: finds what is meant by a name, and says why something
// cannot be done.
#pragma once

#include <string>

#include "library/library.h"

namespace nearline::library {

class World;

class OperatorHands final : public Operator {
public:
    explicit OperatorHands(World& world) : world_(world) {}

    Done open_door() override;
    Done close_door() override;
    Done open_station() override;
    Done close_station() override;
    Done take(const std::string& cartridge) override;
    Done insert(const std::string& cartridge, std::optional<Placement> where) override;
    Done pull_magazine(std::uint16_t number) override;
    Done push_magazine(std::uint16_t number) override;
    Done set_online(bool is_online) override;
    Done power_off() override;
    Done power_on() override;
    Done press_eject(std::uint16_t drive) override;
    Done set_drive_power(std::uint16_t drive, bool is_on) override;
    LibraryView view() const override;

private:
    // A cartridge in the operator's hands, new or held.
    struct InHand {
        media::Cartridge cartridge;
        bool is_new = false;
    };

    Result<ElementAddress, OperatorRefusal> find(const std::string& cartridge) const;
    Result<ElementAddress, OperatorRefusal> place_for(const std::optional<Placement>& where) const;
    Result<InHand, OperatorRefusal> pick_up(const std::string& cartridge);
    Done noted(Done done, const std::string& act);
    std::optional<OperatorRefusal> why_no_drive(std::uint16_t drive) const;

    World& world_;
};

}  // namespace nearline::library
