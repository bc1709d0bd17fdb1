// The robot: travels, picks, places and scans, one piece of work at a time, in virtual time. What
// it works on is behind RobotSite; its machine is in robot_machine.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "changer/element_table.h"
#include "changer/robot_action.h"
#include "scsi/sense.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::changer {

struct RobotMachine;

struct RobotStep {
    RobotAction action = RobotAction::Stop;
    Place at;
    sim::Duration scan{};     // how long reading takes
    bool is_parking = false;  // the slot is no home: the cartridge's source stays what it is
};

struct RobotTimes {
    sim::Duration pick{};
    sim::Duration place{};
};

// The world as the robot's machine sees it. Nobody may call the robot from inside these calls but
// through Robot's own functions, which wait for the reaction to end.
class RobotSite {
public:
    virtual ~RobotSite() = default;
    // From where the carriage stands now.
    virtual sim::Duration travel_time(Place to) const = 0;
    virtual void arrived(Place at) = 0;
    // Why nothing can be done there, as found on arrival.
    virtual std::optional<Sense> why_not_reach(Place at) const = 0;
    virtual void present(std::uint16_t drive, std::function<void(Result<void, Sense>)> done) = 0;
    // Into the hand, which is empty; out of the hand, which is full.
    virtual std::optional<Sense> pick(const RobotStep& step) = 0;
    virtual std::optional<Sense> place(const RobotStep& step) = 0;
    virtual bool is_hand_full() const = 0;
    virtual void retried(RobotAction action) = 0;
    // The carriage is stuck.
    virtual void jammed() = 0;
    // The work is over, and the robot at rest.
    virtual void finished(const std::optional<Sense>& failure) = 0;
};

class Robot {
public:
    Robot(sim::Simulation& simulation, sim::TraceSink& trace, std::string name, RobotSite& site,
          RobotTimes times);
    ~Robot();
    Robot(const Robot&) = delete;
    Robot& operator=(const Robot&) = delete;

    void switch_on();
    // Whatever it does ends at once; the hand keeps what it holds.
    void switch_off();
    void halt();
    void release();

    // Whether it waits for work.
    bool is_free() const;
    bool is_stuck() const;
    // The robot is free; the first step begins.
    void begin(std::vector<RobotStep> work);
    // The place it is on its way to or works at.
    std::optional<Place> target() const;

    // A fault: the next `attempts` of `action` go wrong. Stop stands for the carriage's travel.
    void obstruct(RobotAction action, int attempts);

    std::string_view state() const;
    RobotMachine& machine() { return *machine_; }  // for tests

private:
    std::unique_ptr<RobotMachine> machine_;
};

}  // namespace nearline::changer
