#include "changer/mechanics.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace nearline::changer {
namespace {

constexpr std::uint8_t kMagazineRemovedAsc = 0x3B;  // 3B/12, and 3B/11 until it has been scanned
constexpr std::uint8_t kMagazineRemovedAscq = 0x12;
constexpr std::uint8_t kMagazineInaccessibleAscq = 0x11;
constexpr std::uint8_t kElementDisabledAscq = 0x18;
constexpr std::uint32_t kWholeProgress = 65536;

bool is_readable(const media::Cartridge& cartridge) {
    return !cartridge.label().empty() && cartridge.description().is_label_readable;
}

std::string name_of(const media::Cartridge& cartridge) {
    if (!cartridge.label().empty()) return cartridge.label();
    return "#" + std::to_string(static_cast<std::uint32_t>(cartridge.id()));
}

Failure<OperatorRefusal> refusal(std::string why) {
    return Failure<OperatorRefusal>{{std::move(why)}};
}

}  // namespace

Mechanics::Mechanics(sim::Simulation& simulation, sim::TraceSink& trace,
                     const ChangerProfile& profile, const ElementMap& map,
                     std::vector<DriveBay*> drive_bays, FactSink& facts,
                     MechanicsObserver& observer)
    : simulation_(simulation),
      trace_(trace),
      profile_(profile),
      facts_(facts),
      observer_(observer),
      table_(map, profile.slots_per_magazine, std::move(drive_bays)),
      planner_(table_, profile),
      station_(simulation, trace),
      condition_(simulation, trace, "library", *this, profile.kinematics.power_on),
      robot_(simulation, trace, "robot", *this,
             {profile.kinematics.pick, profile.kinematics.place}),
      alive_(std::make_shared<Mechanics*>(this)) {}

Mechanics::~Mechanics() = default;

ElementCondition Mechanics::condition_of(Place place) const {
    ElementCondition condition;
    condition.is_accessible = !is_door_open_;
    if (const auto magazine = table_.magazine_of(place)) {
        const auto state = table_.magazine(*magazine);
        if (state != ElementTable::Magazine::In) {
            const bool is_out = state == ElementTable::Magazine::Out;
            return {.is_accessible = false,
                    .is_content_known = false,
                    .asc = kMagazineRemovedAsc,
                    .ascq = is_out ? kMagazineRemovedAscq : kMagazineInaccessibleAscq};
        }
    }
    if (place.type == ElementType::ImportExport && surroundings().is_station_open) {
        condition.is_accessible = false;
    }
    if (place.type == ElementType::MediumTransport && robot_.is_stuck()) {
        condition.asc = scsi::kManualInterventionRequired.asc;
        condition.ascq = scsi::kManualInterventionRequired.ascq;
        return condition;
    }
    if (place.type == ElementType::DataTransfer) {
        const DriveBay& drive = table_.drive(place.index);
        if (!drive.is_powered()) {
            return {.is_accessible = false,
                    .is_disabled = true,
                    .asc = kMagazineRemovedAsc,
                    .ascq = kElementDisabledAscq};
        }
        if (!drive.is_accessible() && !profile_.loaded_drive_is_accessible) {
            condition.is_accessible = false;
        }
    }
    const media::Cartridge* cartridge = table_.cartridge(place);
    if (cartridge != nullptr && !is_readable(*cartridge)) {
        condition.asc = profile_.unreadable_label_asc;
        condition.ascq = profile_.unreadable_label_ascq;
    }
    return condition;
}

std::optional<Sense> Mechanics::not_ready() const {
    switch (condition_.condition()) {
        case Condition::Ready:
            return std::nullopt;
        case Condition::Off:
            return scsi::kCauseNotReportable;
        case Condition::DoorOpen:
            return profile_.door_open;
        case Condition::Offline:
            return scsi::kLogicalUnitOffline;
        case Condition::MagazineOut:
            return scsi::kMagazineRemovedNotReady;
        case Condition::NeedsOperator:
            return scsi::kManualInterventionRequired;
        case Condition::BecomingReady:
            break;
    }
    const auto elapsed = (simulation_.now() - becoming_ready_since_).count();
    const auto whole = becoming_ready_for_.count();
    // Both are divided first, so that the product fits; the result is rounded down.
    const auto step = std::max<std::int64_t>(whole / kWholeProgress, 1);
    const auto progress = std::min<std::int64_t>(elapsed / step, kWholeProgress - 1);
    return scsi::kBecomingReady.with_progress(static_cast<std::uint16_t>(progress));
}

Surroundings Mechanics::surroundings() const {
    return {station_.is_open() || station_.is_checking(), station_.is_removal_prevented()};
}

// What hosts order.

void Mechanics::move(const MoveMedium& command, Order order) {
    const bool extends = command.station_option == StationOption::Extend;
    if (command.station_option == StationOption::Retract && station_.is_open()) {
        host_closes_station();  // the robot looks into it before the move's turn comes
    }
    Job job;
    job.plan = [this, command, extends]() -> Result<Plan, Sense> {
        auto plan = planner_.plan(command, surroundings());
        if (plan && extends && station_.is_removal_prevented()) {
            return Failure{scsi::kMediumRemovalPrevented};
        }
        return plan;
    };
    job.accomplished = [this, extends] {
        ++statistics_.moves;
        if (extends && !station_.is_open()) host_opens_station();
    };
    job.order = std::move(order);
    enqueue(std::move(job));
}

void Mechanics::exchange(const ExchangeMedium& command, Order order) {
    Job job;
    job.plan = [this, command] { return planner_.plan(command, surroundings()); };
    job.accomplished = [this] { ++statistics_.moves; };
    job.order = std::move(order);
    enqueue(std::move(job));
}

void Mechanics::position(const PositionToElement& command, Order order) {
    Job job;
    job.plan = [this, command] { return planner_.plan(command); };
    job.order = std::move(order);
    enqueue(std::move(job));
}

void Mechanics::take_inventory(Order order) {
    Job job;
    job.plan = [this]() -> Result<Plan, Sense> {
        is_host_scanning_ = true;
        condition_.inventory_begun();
        return inventory_plan();
    };
    job.accomplished = [this] { look_at_everything(); };
    job.order = std::move(order);
    enqueue(std::move(job));
}

void Mechanics::scan(ElementRange range, Order order) {
    Job job;
    job.plan = [this, range]() -> Result<Plan, Sense> { return scan_plan(range); };
    job.accomplished = [this, range] { read_labels(range); };
    job.order = std::move(order);
    enqueue(std::move(job));
}

std::optional<Sense> Mechanics::host_opens_station() {
    if (station_.is_open()) return std::nullopt;
    if (station_.is_removal_prevented()) return scsi::kMediumRemovalPrevented;
    if (is_robot_at_station()) return scsi::kOperationInProgress;
    did_host_open_station_ = true;
    is_content_changed_ = false;
    ++statistics_.station_opens;
    station_.pull();
    return std::nullopt;
}

std::optional<Sense> Mechanics::host_closes_station() {
    if (!station_.is_open()) return std::nullopt;
    station_.push();
    check_station();
    return std::nullopt;
}

// The queue.

void Mechanics::enqueue(Job job) {
    waiting_.push_back(std::move(job));
    start_next();
}

void Mechanics::start_next() {
    while (robot_.is_free() && !waiting_.empty()) {
        Job job = std::move(waiting_.front());
        waiting_.pop_front();
        if (!job.order.is_wanted()) {
            job.order.done({});
            continue;
        }
        const auto why = job.origin == Origin::Host ? not_ready() : std::nullopt;
        if (why) {
            job.order.done(Failure{*why});
            continue;
        }
        auto plan = job.plan();
        if (!plan) {
            job.order.done(Failure{plan.error()});
            continue;
        }
        begin(std::move(job), std::move(plan).value());
    }
}

void Mechanics::begin(Job job, Plan plan) {
    const JobId id{next_job_++};
    running_.emplace(id, Running{std::move(job), plan.steps.empty(), 0, {}});
    if (plan.steps.empty()) {
        settle(id);
        return;
    }
    at_robot_ = id;
    active_robot_ = plan.robot;
    robot_.begin(std::move(plan.steps));
}

void Mechanics::finished(const std::optional<Sense>& failure) {
    CHECK(at_robot_.has_value());
    const JobId id = *at_robot_;
    Running& running = running_.at(id);
    running.is_robot_done = true;
    if (failure) running.failure = interruption_ ? interruption_ : failure;
    if (is_hand_full()) {
        if (failure) observer_.raise(TapeAlert::StrayCartridge);
        came_to_rest(hand());
    }
    at_robot_.reset();
    settle(id);
    start_next();
}

void Mechanics::settle(JobId id) {
    const auto found = running_.find(id);
    if (!found->second.is_robot_done || found->second.loads > 0) return;
    Running over = std::move(found->second);
    running_.erase(found);
    if (over.failure) {
        over.job.order.done(Failure{*over.failure});
        return;
    }
    if (over.job.accomplished) over.job.accomplished();
    over.job.order.done({});
}

// Those that have not begun hear why they will not. New orders that come of it are refused at their
// own turn.
void Mechanics::refuse_waiting(const Sense& why) {
    std::deque<Job> waiting = std::exchange(waiting_, {});
    for (Job& job : waiting) job.order.done(Failure{why});
}

void Mechanics::stop_robot(const Sense& why, const std::function<void()>& stop) {
    interruption_ = why;
    stop();
    interruption_.reset();
    refuse_waiting(why);
}

// What the robot does to the world.

sim::Duration Mechanics::travel_time(Place to) const {
    if (to.type == ElementType::MediumTransport) return {};
    return changer::travel_time(profile_.kinematics, position_,
                                position_of(profile_.kinematics, table_.map(), to.type, to.index));
}

void Mechanics::arrived(Place at) {
    if (at.type == ElementType::MediumTransport) return;
    position_ = position_of(profile_.kinematics, table_.map(), at.type, at.index);
}

// What has gone since the plan was made is a place the robot does not find.
std::optional<Sense> Mechanics::why_not_reach(Place at) const {
    if (const auto magazine = table_.magazine_of(at)) {
        if (table_.magazine(*magazine) == ElementTable::Magazine::Out) {
            return scsi::kMechanicalPositioningError;
        }
    }
    if (at.type == ElementType::DataTransfer && !table_.drive(at.index).is_powered()) {
        return scsi::kMechanicalPositioningError;
    }
    return std::nullopt;
}

void Mechanics::present(std::uint16_t drive, std::function<void(Result<void, Sense>)> done) {
    table_.drive(drive).present(
        [alive = std::weak_ptr(alive_), done = std::move(done)](const Result<void, Sense>& result) {
            if (!alive.expired()) done(result);
        });
}

std::optional<Sense> Mechanics::pick(const RobotStep& step) {
    if (const auto why = why_not_reach(step.at)) return why;
    if (!table_.is_full(step.at)) return scsi::kMechanicalPositioningError;
    Bay& gripper = table_.bay(hand());
    if (step.at.type == ElementType::DataTransfer) {
        gripper.source = table_.source(step.at);
        gripper.cartridge = table_.drive(step.at.index).remove();
        table_.set_source(step.at, std::nullopt);
    } else {
        Bay& bay = table_.bay(step.at);
        gripper.source = step.is_parking ? bay.source : table_.address_of(step.at);
        gripper.cartridge = std::exchange(bay.cartridge, std::nullopt);
        bay = {};
    }
    ++statistics_.picks;
    ++statistics_.elements[table_.address_of(step.at)].picks;
    note_moved("robot", *gripper.cartridge, to_text(hand()));
    return std::nullopt;
}

std::optional<Sense> Mechanics::place(const RobotStep& step) {
    if (const auto why = why_not_reach(step.at)) return why;
    if (table_.is_full(step.at)) return scsi::kMechanicalPositioningError;
    Bay& gripper = table_.bay(hand());
    media::Cartridge cartridge = std::move(*gripper.cartridge);
    const auto source = gripper.source;
    gripper = {};
    note_moved("robot", cartridge, to_text(step.at));
    observer_.lower(TapeAlert::StrayCartridge);
    ++statistics_.places;
    ++statistics_.elements[table_.address_of(step.at)].places;
    table_.set_source(step.at, source);
    if (step.at.type == ElementType::DataTransfer) {
        load(step.at.index, std::move(cartridge));
    } else {
        table_.bay(step.at).cartridge = std::move(cartridge);
        came_to_rest(step.at);
    }
    return std::nullopt;
}

void Mechanics::load(std::uint16_t drive, media::Cartridge cartridge) {
    const JobId id = *at_robot_;
    keep(facts_.cartridge_moved(cartridge.id(),
                                table_.address_of({ElementType::DataTransfer, drive}),
                                table_.source({ElementType::DataTransfer, drive})));
    ++running_.at(id).loads;
    table_.drive(drive).insert(std::move(cartridge), [this, alive = std::weak_ptr(alive_),
                                                      id](const Result<void, Sense>& loaded) {
        if (alive.expired()) return;
        const auto found = running_.find(id);
        if (found == running_.end()) return;  // power went meanwhile
        --found->second.loads;
        if (!loaded) {
            observer_.raise(TapeAlert::DriveLoadRetries);
            found->second.failure = loaded.error();
        }
        settle(id);
    });
}

bool Mechanics::is_hand_full() const {
    return table_.is_full(hand());
}

void Mechanics::retried(RobotAction action) {
    ++statistics_.recovered_robot_errors;
    const auto target = robot_.target();
    ElementStatistics& element = statistics_.elements[table_.address_of(*target)];
    if (action == RobotAction::Pick) {
        ++statistics_.pick_retries;
        ++element.pick_retries;
        observer_.raise(TapeAlert::PickingRetries);
    } else if (action == RobotAction::Place) {
        ++statistics_.place_retries;
        ++element.place_retries;
        observer_.raise(TapeAlert::PlacingRetries);
    }
}

void Mechanics::jammed() {
    ++statistics_.unrecovered_robot_errors;
    observer_.raise(TapeAlert::HardwareC);
    condition_.robot_jammed();
    refuse_waiting(scsi::kManualInterventionRequired);
}

void Mechanics::came_to_rest(Place at) {
    const media::Cartridge& cartridge = *table_.cartridge(at);
    keep(facts_.cartridge_moved(cartridge.id(), table_.address_of(at), table_.source(at)));
    if (at.type == ElementType::ImportExport) {
        keep(facts_.imported(table_.address_of(at), false));
    }
}

// The cartridge is where it is; the order that brought it there fails, and operators are told that
// memory and iron differ.
void Mechanics::keep(FactSink::Kept kept) {
    if (kept == FactSink::Kept::Yes) return;
    observer_.raise(TapeAlert::InconsistentInventory);
    if (!at_robot_) return;
    auto& failure = running_.at(*at_robot_).failure;
    if (!failure) failure = scsi::kInternalTargetFailure;
}

void Mechanics::note_moved(std::string_view who, const media::Cartridge& cartridge,
                           std::string_view to) {
    trace_.record(
        {simulation_.now(), who, "cartridge", name_of(cartridge) + " to " + std::string(to)});
}

// Scans.

Plan Mechanics::scan_plan(ElementRange range) const {
    const auto first = table_.find(range.first);
    if (range.count == 0 || !first || first->type == ElementType::MediumTransport) return {};
    return {active_robot_,
            {{.action = RobotAction::Scan,
              .at = *first,
              .scan = profile_.kinematics.scan_per_slot * range.count}}};
}

Plan Mechanics::inventory_plan() const {
    const ElementMap& map = table_.map();
    Plan plan{active_robot_, {}};
    for (const ElementRange& range : {map.stations, map.slots}) {
        for (const RobotStep& step : scan_plan(range).steps) plan.steps.push_back(step);
    }
    return plan;
}

sim::Duration Mechanics::inventory_time() const {
    return profile_.kinematics.scan_per_slot *
           (std::int64_t{table_.map().slots.count} + table_.map().stations.count);
}

void Mechanics::read_labels(ElementRange range) {
    const auto first = table_.find(range.first);
    for (std::uint16_t at = 0; first && at < range.count; ++at) {
        const Place place{first->type, static_cast<std::uint16_t>(first->index + at)};
        const media::Cartridge* cartridge = table_.cartridge(place);
        if (cartridge == nullptr) continue;
        ElementStatistics& element = statistics_.elements[table_.address_of(place)];
        if (is_readable(*cartridge)) {
            ++statistics_.volume_tags_read;
            ++element.determined_volume_ids;
        } else {
            ++statistics_.invalid_volume_tags;
            ++element.unreadable_volume_ids;
            observer_.raise(TapeAlert::UnreadableBarCode);
        }
    }
}

// The end of an inventory.
void Mechanics::look_at_everything() {
    ++statistics_.inventory_scans;
    read_labels(table_.map().stations);
    read_labels(table_.map().slots);
    has_inventory_ = true;
    for (std::uint16_t number = 0; number < table_.magazine_count(); ++number) {
        if (table_.magazine(number) == ElementTable::Magazine::NotScanned) {
            table_.set_magazine(number, ElementTable::Magazine::In);
        }
    }
    if (station_.is_checking()) station_was_checked();
    condition_.inventory_taken();
    is_host_scanning_ = false;
}

bool Mechanics::is_stopped_by_magazine() const {
    return profile_.magazine == MagazineRule::WholeLibrary && table_.is_any_magazine_out();
}

void Mechanics::take_inventory() {
    if (is_host_scanning_) {
        becoming_ready_since_ = simulation_.now();
        becoming_ready_for_ = inventory_time();
        return;
    }
    if (has_inventory_) {
        becoming_ready_since_ = simulation_.now();
        becoming_ready_for_ = inventory_time();
    }
    Job job;
    job.origin = Origin::Library;
    job.plan = [this]() -> Result<Plan, Sense> { return inventory_plan(); };
    job.accomplished = [this] { look_at_everything(); };
    job.order = {[] { return true; }, [](const Result<void, Sense>&) {}};
    waiting_.push_front(std::move(job));
    start_next();
}

// An inventory that a host ordered changes nothing another would have to hear of.
void Mechanics::became_ready() {
    if (!is_host_scanning_) observer_.unit_attention(scsi::kMediumMayHaveChanged);
}

void Mechanics::check_station() {
    Job job;
    job.origin = Origin::Library;
    job.plan = [this]() -> Result<Plan, Sense> { return scan_plan(table_.map().stations); };
    job.accomplished = [this] {
        read_labels(table_.map().stations);
        if (station_.is_checking()) station_was_checked();
    };
    job.order = {[] { return true; }, [](const Result<void, Sense>&) {}};
    enqueue(std::move(job));
}

// A host that opened and closed the station by itself, with no hand in it, accessed nothing.
void Mechanics::station_was_checked() {
    station_.scanned();
    if (!did_host_open_station_ || is_content_changed_) {
        observer_.unit_attention(scsi::kImportExportElementAccessed);
    }
    did_host_open_station_ = false;
    is_content_changed_ = false;
}

bool Mechanics::is_robot_at_station() const {
    const auto target = robot_.target();
    return target && target->type == ElementType::ImportExport;
}

// The operator's hands.

void Mechanics::put_initially(media::Cartridge cartridge, ElementAddress at,
                              std::optional<ElementAddress> source, bool is_imported) {
    const auto place = table_.find(at);
    CHECK(place.has_value());
    CHECK(place->type != ElementType::DataTransfer);
    CHECK(!table_.is_full(*place));
    table_.bay(*place) = {std::move(cartridge), source, is_imported};
}

void Mechanics::remember_source(ElementAddress drive, ElementAddress source) {
    const auto place = table_.find(drive);
    CHECK(place.has_value());
    table_.set_source(*place, source);
}

void Mechanics::power_on() {
    if (is_powered()) return;
    has_inventory_ = false;
    becoming_ready_since_ = simulation_.now();
    becoming_ready_for_ = profile_.kinematics.power_on + inventory_time();
    for (std::uint16_t robot = 0; robot < table_.map().robots.count; ++robot) {
        if (table_.is_full({ElementType::MediumTransport, robot})) {
            active_robot_ = robot;
            observer_.raise(TapeAlert::StrayCartridge);
        }
    }
    robot_.switch_on();
    if (is_door_open_) robot_.halt();
    condition_.switched_on();
}

void Mechanics::power_off() {
    if (!is_powered()) return;
    condition_.switched_off();
    is_host_scanning_ = false;
    stop_robot(scsi::kCauseNotReportable, [this] { robot_.switch_off(); });
    // Drives that still load answer nobody.
    std::map<JobId, Running> loading = std::exchange(running_, {});
    for (auto& [id, running] : loading) {
        running.job.order.done(Failure{scsi::kCauseNotReportable});
    }
}

Mechanics::Hands Mechanics::open_door() {
    if (is_door_open_) return refusal("the door is open already");
    is_door_open_ = true;
    ++statistics_.door_opens;
    if (!is_powered()) return {};
    condition_.door_opened();
    is_host_scanning_ = false;
    observer_.raise(TapeAlert::DoorOpen);
    observer_.raise(TapeAlert::SecurityBreached);
    stop_robot(profile_.door_open, [this] { robot_.halt(); });
    return {};
}

Mechanics::Hands Mechanics::close_door() {
    if (!is_door_open_) return refusal("the door is closed");
    is_door_open_ = false;
    if (!is_powered()) return {};
    observer_.lower(TapeAlert::DoorOpen);
    observer_.lower(TapeAlert::HardwareC);  // whoever opened it has freed the robot
    robot_.release();
    condition_.door_closed();
    return {};
}

Mechanics::Hands Mechanics::open_station() {
    if (table_.map().stations.count == 0) return refusal("this library has no station");
    if (station_.is_open()) return refusal("the station is open already");
    if (!is_powered()) return refusal("the station's lock has no power");
    if (station_.is_removal_prevented()) {
        return refusal("a host prevents the removal of media: the station is locked");
    }
    if (is_robot_at_station()) return refusal("the robot is at the station");
    did_host_open_station_ = false;
    ++statistics_.station_opens;
    station_.pull();
    return {};
}

Mechanics::Hands Mechanics::close_station() {
    if (!station_.is_open()) return refusal("the station is closed");
    station_.push();
    if (is_powered()) check_station();
    return {};
}

Mechanics::Hands Mechanics::pull_magazine(std::uint16_t number) {
    if (number >= table_.magazine_count()) {
        return refusal("there is no magazine " + std::to_string(number));
    }
    if (table_.magazine(number) == ElementTable::Magazine::Out) {
        return refusal("magazine " + std::to_string(number) + " is out already");
    }
    table_.set_magazine(number, ElementTable::Magazine::Out);
    if (!is_powered()) return {};
    observer_.raise(TapeAlert::MagazineInaccessible);
    observer_.unit_attention(scsi::kMagazineRemoved);
    condition_.magazine_pulled();
    return {};
}

Mechanics::Hands Mechanics::push_magazine(std::uint16_t number) {
    if (number >= table_.magazine_count()) {
        return refusal("there is no magazine " + std::to_string(number));
    }
    if (table_.magazine(number) != ElementTable::Magazine::Out) {
        return refusal("magazine " + std::to_string(number) + " is in its place");
    }
    table_.set_magazine(number, ElementTable::Magazine::NotScanned);
    if (!is_powered()) return {};
    if (!table_.is_any_magazine_out()) observer_.lower(TapeAlert::MagazineInaccessible);
    observer_.unit_attention(scsi::kMagazineInserted);
    condition_.magazine_pushed();
    if (profile_.magazine == MagazineRule::WholeLibrary) return {};
    const ElementRange slots = table_.slots_of_magazine(number);
    Job job;
    job.origin = Origin::Library;
    job.plan = [this, slots]() -> Result<Plan, Sense> { return scan_plan(slots); };
    job.accomplished = [this, slots, number] {
        if (table_.magazine(number) != ElementTable::Magazine::NotScanned) return;
        table_.set_magazine(number, ElementTable::Magazine::In);
        read_labels(slots);
        observer_.unit_attention(scsi::kMediumMayHaveChanged);
    };
    job.order = {[] { return true; }, [](const Result<void, Sense>&) {}};
    enqueue(std::move(job));
    return {};
}

Mechanics::Hands Mechanics::set_online(bool is_online) {
    if (is_online == is_online_) {
        return refusal(is_online ? "the library is online" : "the library is offline already");
    }
    is_online_ = is_online;
    if (!is_powered()) return {};
    if (is_online) {
        observer_.lower(TapeAlert::LibraryOffline);
        condition_.turned_online();
    } else {
        observer_.raise(TapeAlert::LibraryOffline);
        condition_.turned_offline();
    }
    start_next();
    return {};
}

// Nothing when they do.
std::optional<std::string> Mechanics::why_hands_do_not_reach(Place at) const {
    switch (at.type) {
        case ElementType::DataTransfer:
            return "hands do not reach into a drive";
        case ElementType::MediumTransport:
            if (is_door_open_) return std::nullopt;
            return "the door is closed";
        case ElementType::ImportExport:
            if (is_door_open_ || station_.is_open()) return std::nullopt;
            return "the station is closed";
        case ElementType::Storage:
            break;
    }
    const auto magazine = table_.magazine_of(at);
    const bool is_out = magazine && table_.magazine(*magazine) == ElementTable::Magazine::Out;
    if (is_door_open_ || is_out) return std::nullopt;
    return "the door is closed";
}

Result<media::Cartridge, OperatorRefusal> Mechanics::take(ElementAddress from) {
    const auto place = table_.find(from);
    if (!place) return refusal("there is no such element");
    if (place->type == ElementType::DataTransfer) return refusal(*why_hands_do_not_reach(*place));
    if (!table_.is_full(*place)) return refusal(to_text(*place) + " is empty");
    if (const auto why = why_hands_do_not_reach(*place)) {
        if (place->type != ElementType::ImportExport) return refusal(*why);
        if (auto opened = open_station(); !opened) return Failure{opened.error()};
        auto taken = take(from);
        CHECK(close_station().has_value());
        return taken;
    }
    Bay& bay = table_.bay(*place);
    if (facts_.cartridge_left(bay.cartridge->id()) == FactSink::Kept::No) {
        return refusal("the library cannot keep record of it");
    }
    if (place->type == ElementType::ImportExport) is_content_changed_ = true;
    media::Cartridge taken = std::move(*bay.cartridge);
    bay = {};
    note_moved("operator", taken, "outside");
    return taken;
}

Result<void, InsertRefusal> Mechanics::insert(media::Cartridge cartridge, ElementAddress to) {
    const auto refuse = [&](std::string why) {
        return Failure<InsertRefusal>{{{std::move(why)}, std::move(cartridge)}};
    };
    const auto place = table_.find(to);
    if (!place) return refuse("there is no such element");
    if (place->type == ElementType::DataTransfer) return refuse(*why_hands_do_not_reach(*place));
    if (place->type == ElementType::MediumTransport)
        return refuse("the robot takes nothing from hands");
    if (table_.is_full(*place)) return refuse(to_text(*place) + " is full");
    if (const auto why = why_hands_do_not_reach(*place)) {
        if (place->type != ElementType::ImportExport) return refuse(*why);
        if (auto opened = open_station(); !opened) return refuse(opened.error().reason);
        auto inserted = insert(std::move(cartridge), to);
        CHECK(close_station().has_value());
        return inserted;
    }
    const bool is_import = place->type == ElementType::ImportExport;
    const bool is_kept =
        facts_.cartridge_came(cartridge.description(), to) == FactSink::Kept::Yes &&
        (!is_import || facts_.imported(to, true) == FactSink::Kept::Yes);
    if (!is_kept) return refuse("the library cannot keep record of it");
    if (is_import) is_content_changed_ = true;
    note_moved("operator", cartridge, to_text(*place));
    table_.bay(*place) = {std::move(cartridge), std::nullopt, is_import};
    return {};
}

void Mechanics::drive_changed() {
    if (is_powered()) observer_.unit_attention(scsi::kMediumMayHaveChanged);
}

}  // namespace nearline::changer
