// The iron of a changer: elements, robot, station, library, and the one queue of work before the
// robot. It knows SCSI's words for what went wrong, but no tasks: whoever wants something done
// gives an Order and hears how it ended.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "changer/element_status.h"
#include "changer/element_table.h"
#include "changer/fact_sink.h"
#include "changer/kinematics.h"
#include "changer/library_condition.h"
#include "changer/move_plan.h"
#include "changer/operator_refusal.h"
#include "changer/robot.h"
#include "changer/station.h"
#include "changer/statistics.h"
#include "changer/tape_alerts.h"

namespace nearline::changer {

// Who is to hear of what the iron does by itself or by the operator's hands.
class MechanicsObserver {
public:
    virtual ~MechanicsObserver() = default;
    // For every nexus.
    virtual void unit_attention(const Sense& condition) = 0;
    virtual void raise(TapeAlert alert) = 0;
    virtual void lower(TapeAlert alert) = 0;
};

struct Order {
    using Done = std::function<void(Result<void, Sense>)>;
    std::function<bool()> is_wanted;  // asked when its turn comes: an aborted one does not begin
    Done done;                        // runs exactly once, unless everything is destroyed before
};

class Mechanics final : private RobotSite, private LibrarySite {
public:
    Mechanics(sim::Simulation& simulation, sim::TraceSink& trace, const ChangerProfile& profile,
              const ElementMap& map, std::vector<DriveBay*> drive_bays, FactSink& facts,
              MechanicsObserver& observer);
    ~Mechanics() override;

    const ElementTable& table() const { return table_; }
    const MovePlanner& planner() const { return planner_; }
    const ChangerStatistics& statistics() const { return statistics_; }
    void forget_statistics() { statistics_ = {}; }
    ElementCondition condition_of(Place place) const;

    // Why medium commands cannot be carried out now, with progress while it becomes ready.
    std::optional<Sense> not_ready() const;
    // The inventory has been taken since power on.
    bool has_inventory() const { return has_inventory_; }
    bool is_powered() const { return condition_.condition() != Condition::Off; }
    bool is_ready() const { return condition_.condition() == Condition::Ready; }

    // What hosts order. The order waits for its turn, is checked then, and carried out.
    void move(const MoveMedium& command, Order order);
    void exchange(const ExchangeMedium& command, Order order);
    void position(const PositionToElement& command, Order order);
    void take_inventory(Order order);
    // `range` of existing elements.
    void scan(ElementRange range, Order order);
    std::optional<Sense> host_opens_station();
    std::optional<Sense> host_closes_station();
    void set_removal_prevented(bool is_prevented) { station_.set_removal_prevented(is_prevented); }

    // What the operator does; see changer.h.
    using Hands = Result<void, OperatorRefusal>;
    void put_initially(media::Cartridge cartridge, ElementAddress at,
                       std::optional<ElementAddress> source, bool is_imported);
    void remember_source(ElementAddress drive, ElementAddress source);
    void power_on();
    void power_off();
    Hands open_door();
    Hands close_door();
    Hands open_station();
    Hands close_station();
    Hands pull_magazine(std::uint16_t number);
    Hands push_magazine(std::uint16_t number);
    Hands set_online(bool is_online);
    Result<media::Cartridge, OperatorRefusal> take(ElementAddress from);
    Result<void, InsertRefusal> insert(media::Cartridge cartridge, ElementAddress to);
    void drive_changed();
    void obstruct(RobotAction action, int attempts) { robot_.obstruct(action, attempts); }

    RobotMachine& robot_machine() { return robot_.machine(); }          // for tests
    LibraryMachine& library_machine() { return condition_.machine(); }  // for tests
    StationMachine& station_machine() { return station_.machine(); }    // for tests

private:
    enum class JobId : std::uint64_t {};
    enum class Origin { Host, Library };

    // Work in the queue.
    struct Job {
        Origin origin = Origin::Host;
        std::function<Result<Plan, Sense>()> plan;
        std::function<void()> accomplished;  // before `done` hears of success; may be empty
        Order order;
    };
    // Work that has begun. It is over when the robot is done and every drive has answered.
    struct Running {
        Job job;
        bool is_robot_done = false;
        int loads = 0;
        std::optional<Sense> failure;
    };

    // RobotSite
    sim::Duration travel_time(Place to) const override;
    void arrived(Place at) override;
    std::optional<Sense> why_not_reach(Place at) const override;
    void present(std::uint16_t drive, std::function<void(Result<void, Sense>)> done) override;
    std::optional<Sense> pick(const RobotStep& step) override;
    std::optional<Sense> place(const RobotStep& step) override;
    bool is_hand_full() const override;
    void retried(RobotAction action) override;
    void jammed() override;
    void finished(const std::optional<Sense>& failure) override;

    // LibrarySite
    bool is_door_open() const override { return is_door_open_; }
    bool is_online() const override { return is_online_; }
    bool is_stopped_by_magazine() const override;
    void take_inventory() override;
    void became_ready() override;

    void enqueue(Job job);
    void start_next();
    void begin(Job job, Plan plan);
    void settle(JobId id);
    void refuse_waiting(const Sense& why);
    void stop_robot(const Sense& why, const std::function<void()>& stop);

    Surroundings surroundings() const;
    Place hand() const { return {ElementType::MediumTransport, active_robot_}; }
    Plan scan_plan(ElementRange range) const;
    Plan inventory_plan() const;
    sim::Duration inventory_time() const;
    void read_labels(ElementRange range);
    void look_at_everything();
    void check_station();
    void station_was_checked();
    void came_to_rest(Place at);
    void keep(FactSink::Kept kept);
    void note_moved(std::string_view who, const media::Cartridge& cartridge, std::string_view to);
    std::optional<std::string> why_hands_do_not_reach(Place at) const;
    bool is_robot_at_station() const;
    void load(std::uint16_t drive, media::Cartridge cartridge);

    sim::Simulation& simulation_;
    sim::TraceSink& trace_;
    const ChangerProfile& profile_;
    FactSink& facts_;
    MechanicsObserver& observer_;
    ElementTable table_;
    MovePlanner planner_;
    ChangerStatistics statistics_;

    bool is_door_open_ = false;
    bool is_online_ = true;
    bool has_inventory_ = false;
    bool is_host_scanning_ = false;    // the inventory under way is one a host ordered
    bool is_content_changed_ = false;  // of the station, since it was opened
    bool did_host_open_station_ = false;
    sim::Time becoming_ready_since_{};
    sim::Duration becoming_ready_for_{};

    std::uint16_t active_robot_ = 0;
    WallPosition position_;
    std::deque<Job> waiting_;
    std::map<JobId, Running> running_;
    std::optional<JobId> at_robot_;
    std::uint64_t next_job_ = 1;
    std::optional<Sense> interruption_;  // why the robot is being stopped

    Station station_;
    LibraryCondition condition_;
    Robot robot_;
    // Drives hold a weak one: their answers may come when all this is gone.
    std::shared_ptr<Mechanics*> alive_;
};

}  // namespace nearline::changer
