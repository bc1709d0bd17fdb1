#include "drives/drive.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "base/check.h"
#include "drives/drive_device_server.h"
#include "drives/drive_machine.h"
#include "drives/tape_sense.h"
#include "media/format.h"

namespace nearline::drives {

std::string_view to_text(DriveState state) {
    switch (state) {
        case DriveState::PoweredOff:
            return "powered off";
        case DriveState::SelfTest:
            return "self-test";
        case DriveState::Empty:
            return "empty";
        case DriveState::Loading:
            return "loading";
        case DriveState::Ready:
            return "ready";
        case DriveState::FailedToLoad:
            return "failed to load";
        case DriveState::Cleaning:
            return "cleaning";
        case DriveState::Unloading:
            return "unloading";
        case DriveState::Held:
            return "held";
        case DriveState::Unloaded:
            break;
    }
    return "unloaded";
}

namespace {

// Small tapes must still have room for labels and an index behind the warning.
constexpr std::uint64_t kSmallestEndZone = 2'000'000;

// In proportion to what of the format's capacity the cartridge has.
std::uint64_t end_zone_of(const media::Format& format, std::uint64_t capacity,
                          std::uint64_t native) {
    const std::uint64_t nominal = std::uint64_t{format.end_zone_mb} * 1'000'000;
    if (capacity >= native) return nominal;
    return std::clamp(capacity / 100, kSmallestEndZone, nominal);
}

}  // namespace

std::string_view to_text(Activity activity) {
    switch (activity) {
        case Activity::AtRest:
            return "at rest";
        case Activity::Reading:
            return "reading";
        case Activity::Writing:
            return "writing";
        case Activity::Locating:
            return "locating";
        case Activity::Spacing:
            return "spacing";
        case Activity::Rewinding:
            return "rewinding";
        case Activity::Erasing:
            return "erasing";
        case Activity::Formatting:
            break;
    }
    return "formatting";
}

class Drive::World final : public Mechanism, public DriveControl {
public:
    World(sim::Simulation& simulation, sim::TraceSink& trace, std::string name,
          DriveProfile profile)
        : simulation_(simulation),
          profile_(std::move(profile)),
          streaming_(profile_.streaming),
          transfer_(simulation, [this] { std::exchange(transferred_, {})(); }),
          server_(*this),
          machine_(simulation, trace, std::move(name), *this) {
        machine_.start();
        effects_.clear();
    }

    // Mechanism: what the machine asks and tells.
    Seat seat() const override { return seat_; }
    Finding finding() const override;
    LoadTo load_target() const override { return load_target_; }
    UnloadTo unload_target() const override { return unload_target_; }
    sim::Duration self_test_time() const override { return profile_.power_on; }
    sim::Duration load_time() const override { return profile_.load; }
    sim::Duration unload_time() const override;
    sim::Duration cleaning_time() const override { return profile_.cleaning; }
    Activity wanted() const override { return wanted_; }
    sim::Duration motion_time() const override { return motion_time_; }
    sim::Duration streaming_time() const override;
    void entered(DriveState state) override;
    void began(Activity activity) override;
    void cleaned() override;
    void settled() override;

    // DriveControl: what the device server asks and wants.
    const DriveProfile& profile() const override { return profile_; }
    DriveState state() const override { return state_; }
    const media::Cartridge* cartridge() const override {
        return cartridge_ ? &*cartridge_ : nullptr;
    }
    bool is_claimed() const override { return is_claimed_; }
    Odometer odometer() const override;
    TapeAlerts& alerts() override { return alerts_; }
    const TapeAlerts& alerts() const override { return alerts_; }
    void load(LoadTo to, DriveControl::Done done) override;
    void unload(UnloadTo to, DriveControl::Done done) override;
    Sense load_failure() const override { return load_failure_; }
    Tape& tape() override;
    const Tape& tape() const override;
    media::Medium* medium() override;
    MemoryFacts memory_facts() const override;
    media::MediumResult<void> note_change() override;
    TapeGeometry geometry() const override;
    TapeSpot spot_of(media::Position position) const override;
    TapeStream& streaming() override { return streaming_; }
    TapeStatistics& statistics() override { return statistics_; }
    const TapeStatistics& statistics() const override { return statistics_; }
    Activity activity() const override { return activity_; }
    sim::Time now() const override { return simulation_.now(); }
    void stream(Activity activity, sim::Duration time, Continuation done) override;
    void move(Activity activity, media::Position from, Continuation done) override;
    void move_for(Activity activity, sim::Duration time, Continuation done) override;
    std::uint16_t motion_progress() const override;

    void read_media_from(MediumSource source) { source_ = std::move(source); }

    // The mouth.
    bool is_accessible() const;
    std::optional<Sense> why_not_accept(const media::Cartridge& cartridge) const;
    std::optional<Sense> why_not_release() const;
    void insert(media::Cartridge cartridge, DriveControl::Done loaded);
    void present(DriveControl::Done done);
    media::Cartridge remove();
    void put_initially(media::Cartridge cartridge);

    void power_on();
    void power_off();
    void press_eject();
    void on_cleaned(std::function<void(const media::Cartridge&)> listener) {
        cleaned_ = std::move(listener);
    }
    DriveDeviceServer& server() { return server_; }

private:
    using Waiting = std::vector<DriveControl::Done>;

    void take_effect(DriveState state);
    void open_tape();
    // Everything on the tape, and the tape closed; why not, if it could not be.
    void close_tape();
    // The load ends: what it has done goes to the cartridge memory.
    void keep_usage();
    void lose_tape();
    void loaded();
    void note_age();
    // The time since the last call goes to the odometer, as it was spent.
    void account();
    MediumCode medium_code() const;
    std::uint64_t millimetres_of_load() const;
    void note_passes(TapeSpot from, TapeSpot to);
    void at_rest_inside();
    void at_the_mouth();
    void give_out();
    void answer(Waiting& waiting, const Result<void, Sense>& result);
    bool is_powered() const { return state_ != DriveState::PoweredOff; }

    sim::Simulation& simulation_;
    DriveProfile profile_;

    std::optional<media::Cartridge> cartridge_;
    Seat seat_ = Seat::Nowhere;
    DriveState state_ = DriveState::PoweredOff;
    LoadTo load_target_ = LoadTo::Tape;
    UnloadTo unload_target_ = UnloadTo::Mouth;
    bool is_wanted_out_ = false;  // as soon as what moves now has come to rest
    bool is_claimed_ = false;     // the robot has been told to come for what is at the mouth
    TapeAlerts alerts_;
    Odometer odometer_;
    sim::Time accounted_until_{};  // all time before is in the odometer

    MediumSource source_;
    std::optional<Tape> tape_;         // while the cartridge is inside and can be read
    bool is_mounted_ = false;          // from readiness until it is unloaded
    bool has_noted_change_ = false;    // something has been recorded since the load
    bool has_lost_directory_ = false;  // of what was recorded then: the power went before it
    Sense load_failure_ = kIncompatibleMedium;
    TapeStream streaming_;
    TapeStatistics statistics_;
    Activity activity_ = Activity::AtRest;
    Activity wanted_ = Activity::AtRest;
    sim::Duration motion_time_{};
    sim::Time motion_began_{};
    Continuation moved_;        // when the motion is over
    Continuation transferred_;  // when the data has passed
    sim::Timer transfer_;
    std::optional<Sense> close_failure_;  // the last unload left something unwritten

    Waiting loading_;     // until the drive has loaded, or failed to
    Waiting unloading_;   // until the cartridge is where it was to go
    Waiting presenting_;  // the robot's, until the cartridge is at the mouth
    std::function<void(const media::Cartridge&)> cleaned_;
    std::deque<DriveState> effects_;  // states entered whose effects have yet to come
    bool is_settling_ = false;

    DriveDeviceServer server_;
    DriveMachine machine_;  // last: its states' timers go first
};

// What a label promised does not matter any more: this is what is in the plastic.
Finding Drive::World::finding() const {
    CHECK(cartridge_.has_value());
    const media::CartridgeDescription& found = cartridge_->description();
    if (found.type == media::CartridgeType::Cleaning) {
        return found.cleanings_left > 0 ? Finding::Cleaner : Finding::SpentCleaner;
    }
    if (found.type == media::CartridgeType::Diagnostic) return Finding::Unsuitable;
    if (!profile_.reads.contains(found.generation)) return Finding::Unsuitable;
    return tape_ ? Finding::Readable : Finding::Damaged;
}

// From the tape path what is in the buffer is written and the tape wound back first; from elsewhere
// only the cartridge moves.
sim::Duration Drive::World::unload_time() const {
    if (state_ != DriveState::Ready) return profile_.eject;
    return streaming_.flush(now()) + rewind_time(geometry(), spot_of(tape_->position())) +
           profile_.unload;
}

sim::Duration Drive::World::streaming_time() const {
    return std::max(streaming_.rests_at() - now(), sim::Duration{});
}

// The machine is in the middle of a reaction, and what follows may call back into the drive: it
// comes when the machine has come to rest.
void Drive::World::entered(DriveState state) {
    account();
    const bool is_spent_cleaner = state_ == DriveState::Loading && state == DriveState::Unloading;
    if (is_spent_cleaner) alerts_.raise(TapeAlert::ExpiredCleaningMedia);
    state_ = state;
    if (state == DriveState::Loading) {
        seat_ = Seat::Inside;
        unload_target_ = UnloadTo::Mouth;  // until somebody wants it held
        statistics_.inserted = now();
        // What a loss of power with it inside has done is told until it has gone.
        alerts_.clear_of_volume({TapeAlert::LostStatistics, TapeAlert::DirectoryCorruptedOnLoad});
        open_tape();
    }
    if (state == DriveState::Unloading) close_tape();
    if (state == DriveState::Held && !tape_) open_tape();  // its memory can be read
    if (state == DriveState::Unloaded) seat_ = Seat::Mouth;
    effects_.push_back(state);
}

void Drive::World::began(Activity activity) {
    account();
    activity_ = activity;
    if (activity == Activity::AtRest) streaming_.stop();
}

void Drive::World::open_tape() {
    close_failure_.reset();
    const media::CartridgeDescription& found = cartridge_->description();
    const bool is_data =
        found.type == media::CartridgeType::Data || found.type == media::CartridgeType::Worm;
    load_failure_ = kIncompatibleMedium;
    if (!is_data || !profile_.reads.contains(found.generation)) return;
    CHECK(source_ != nullptr);
    tape_.reset();
    auto medium = source_(found);
    if (!medium) {
        load_failure_ = kMediumFormatCorrupted;
        return;
    }
    const media::Format* format = media::format_of(found.generation);
    CHECK(format != nullptr);
    const std::uint64_t native = format->native_bytes();
    std::uint64_t capacity = 0;
    for (std::uint8_t each = 0; each < medium.value()->partition_count(); ++each) {
        capacity += medium.value()->partition_size(each);
    }
    StreamingProfile streaming = profile_.streaming;
    if (const auto own = profile_.speeds.find(found.generation); own != profile_.speeds.end()) {
        streaming.speeds = own->second;
    }
    streaming_ = TapeStream(std::move(streaming));
    tape_.emplace(std::move(medium).value(), end_zone_of(*format, capacity, native));
}

void Drive::World::close_tape() {
    if (!tape_) return;
    if (const TapeReport synced = tape_->sync(); !synced.outcome.is_good()) {
        close_failure_ = synced.outcome.sense;
        alerts_.raise(TapeAlert::DirectoryInvalidAtUnload);
    }
    if (is_mounted_) {
        keep_usage();
        server_.demounted();
    }
    server_.tape_unloaded();
    streaming_.stop();
    tape_.reset();
}

void Drive::World::keep_usage() {
    odometer_.millimetres += millimetres_of_load();
    const MemoryFacts facts = memory_facts();
    if (!tape_->medium().keep_memory(memory_at_unload(facts))) {
        alerts_.raise(TapeAlert::SystemAreaWriteFailure);
    }
    is_mounted_ = false;
}

media::Medium* Drive::World::medium() {
    const bool is_in_reach = state_ == DriveState::Ready || state_ == DriveState::Held;
    return is_in_reach && tape_ ? &tape_->medium() : nullptr;
}

MemoryFacts Drive::World::memory_facts() const {
    CHECK(tape_.has_value());
    return {cartridge_->description(), tape_->medium(),      is_mounted_ ? &statistics_ : nullptr,
            alerts_.as_bits(),         profile_.unit.vendor, profile_.unit.serial};
}

media::MediumResult<void> Drive::World::note_change() {
    if (has_noted_change_) return {};
    auto kept = tape().medium().keep_memory(memory_with_change(tape().medium().memory()));
    has_noted_change_ = kept.has_value();
    return kept;
}

// The power has gone: what was in the buffer never reached the tape.
void Drive::World::lose_tape() {
    if (!tape_) return;
    const std::uint64_t lost = streaming_.buffered_objects(now());
    media::Position kept = tape_->position();
    kept.object -= std::min(lost, kept.object);
    if (lost > 0) tape_->lose_after(kept);
    (void)tape_->sync();
    streaming_.stop();
    if (is_mounted_) odometer_.millimetres += millimetres_of_load();
    is_mounted_ = false;
    tape_.reset();
}

Tape& Drive::World::tape() {
    CHECK(tape_.has_value());
    return *tape_;
}

const Tape& Drive::World::tape() const {
    CHECK(tape_.has_value());
    return *tape_;
}

TapeGeometry Drive::World::geometry() const {
    const media::Format* format = media::format_of(cartridge_->description().generation);
    CHECK(format != nullptr);
    // 94 % of a tape is recorded on (physics sheet 2.3).
    const std::int64_t recorded_mm = std::int64_t{format->length_m} * 940;
    return {recorded_mm, format->wraps, format->native_bytes(), profile_.search};
}

TapeSpot Drive::World::spot_of(media::Position position) const {
    std::uint64_t stored = tape_->medium().stored_before(position);
    for (std::uint8_t each = 0; each < position.partition; ++each) {
        stored += tape_->medium().partition_size(each);
    }
    return drives::spot_of(geometry(), stored);
}

// Continuations may begin the next thing at once: nothing of this one may be needed after them.
void Drive::World::stream(Activity activity, sim::Duration time, Continuation done) {
    wanted_ = activity;
    machine_.tell(DataRequested{});
    if (time <= sim::Duration{}) return done();
    transferred_ = std::move(done);
    transfer_.start(time);
}

void Drive::World::move(Activity activity, media::Position from, Continuation done) {
    const media::Position to = tape_->position();
    const bool is_rewind = activity == Activity::Rewinding;
    const TapeSpot from_spot = spot_of(from);
    const TapeSpot to_spot = spot_of(to);
    odometer_.millimetres +=
        static_cast<std::uint64_t>(std::abs(to_spot.distance_mm - from_spot.distance_mm));
    note_passes(from_spot, to_spot);
    const sim::Duration way = is_rewind ? rewind_time(geometry(), from_spot)
                                        : locate_time(geometry(), from_spot, to_spot);
    move_for(activity, streaming_.flush(now()) + way, std::move(done));
}

void Drive::World::move_for(Activity activity, sim::Duration time, Continuation done) {
    streaming_.stop();
    if (time <= sim::Duration{}) return done();
    wanted_ = activity;
    motion_time_ = time;
    motion_began_ = now();
    moved_ = std::move(done);
    machine_.tell(MotionRequested{});
}

std::uint16_t Drive::World::motion_progress() const {
    if (motion_time_ <= sim::Duration{}) return 0;
    constexpr std::int64_t kWhole = 65536;
    const std::int64_t share =
        (now() - motion_began_) / std::max(motion_time_ / kWhole, sim::Duration(1));
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(share, 0, kWhole - 1));
}

void Drive::World::cleaned() {
    const DataCount& life = statistics_.of_life;
    constexpr std::uint64_t kMegabyte = 1'000'000;
    odometer_.cleaned((life.to_tape + life.from_tape) / kMegabyte);
    cartridge_->use_for_cleaning();
    if (cleaned_) cleaned_(*cartridge_);
    alerts_.clear({TapeAlert::CleanNow, TapeAlert::CleanPeriodic, TapeAlert::ExpiredCleaningMedia,
                   TapeAlert::InvalidCleaningTape});
}

void Drive::World::settled() {
    if (std::exchange(is_settling_, true)) return;
    while (!effects_.empty()) {
        const DriveState entered = effects_.front();
        effects_.pop_front();
        take_effect(entered);
    }
    is_settling_ = false;
    if (state_ != DriveState::Ready || activity_ != Activity::AtRest) return;
    if (moved_) std::exchange(moved_, {})();
    const bool is_at_rest = state_ == DriveState::Ready && activity_ == Activity::AtRest;
    if (is_at_rest && is_wanted_out_) give_out();
}

void Drive::World::take_effect(DriveState state) {
    switch (state) {
        case DriveState::Ready:
            loaded();
            return at_rest_inside();
        case DriveState::Held:
            answer(loading_, {});
            if (close_failure_) answer(unloading_, base::Failure{*close_failure_});
            answer(unloading_, {});
            return at_rest_inside();
        case DriveState::FailedToLoad:
            alerts_.raise(tape_ || load_failure_.is(kIncompatibleMedium)
                              ? TapeAlert::UnsupportedFormat
                              : TapeAlert::Media);
            answer(loading_, base::Failure{scsi::kIncompatibleMediumInstalled});
            return at_rest_inside();
        case DriveState::Cleaning:
            alerts_.raise(TapeAlert::CleaningMedia);
            return answer(loading_, {});
        case DriveState::Unloading:
            return answer(loading_, {});  // of a cleaning cartridge that is given back at once
        case DriveState::Unloaded:
            return at_the_mouth();
        case DriveState::PoweredOff:
            is_wanted_out_ = false;
            answer(loading_, base::Failure{scsi::kMediaLoadOrEjectFailed});
            answer(unloading_, base::Failure{scsi::kUnloadTapeFailure});
            return answer(presenting_, base::Failure{scsi::kUnloadTapeFailure});
        case DriveState::SelfTest:
        case DriveState::Empty:
        case DriveState::Loading:
            return;
    }
}

void Drive::World::at_rest_inside() {
    if (is_wanted_out_) give_out();
}

void Drive::World::at_the_mouth() {
    is_wanted_out_ = false;
    // What befell the volume on its way out is told until the next one comes.
    alerts_.clear_of_volume(
        {TapeAlert::DirectoryInvalidAtUnload, TapeAlert::SystemAreaWriteFailure});
    if (close_failure_) {
        alerts_.raise(TapeAlert::HardError);
        alerts_.raise(TapeAlert::WriteFailure);
        answer(unloading_, base::Failure{*close_failure_});
    } else {
        answer(unloading_, {});
    }
    is_claimed_ = !presenting_.empty();
    answer(presenting_, {});
}

// Now, or when what moves has come to rest.
void Drive::World::give_out() {
    is_wanted_out_ = true;
    unload_target_ = UnloadTo::Mouth;
    machine_.tell(UnloadRequested{});
}

void Drive::World::loaded() {
    ++odometer_.loads;
    ++odometer_.loads_since_power_on;
    statistics_.begin_load(now());
    is_mounted_ = true;
    has_noted_change_ = false;
    note_age();
    if (std::exchange(has_lost_directory_, false)) {
        alerts_.raise(TapeAlert::DirectoryCorruptedOnLoad);
    }
    activity_ = Activity::AtRest;
    if (!profile_.writes.contains(cartridge_->description().generation)) {
        alerts_.raise(TapeAlert::ReadOnlyFormat);
    }
    server_.tape_loaded();
    server_.unit_attentions().establish_for_all(scsi::kMediumMayHaveChanged);
    answer(loading_, {});
}

// A cartridge wears with every load (physics sheet 5): 19 from four fifths of its life, 7 at its
// end.
void Drive::World::note_age() {
    const std::uint64_t loads = load_count(memory_facts());
    const std::uint64_t life = load_cycles(cartridge_->description().generation);
    if (loads >= life) return alerts_.raise(TapeAlert::MediaLife);
    if (loads >= life / 5 * 4) alerts_.raise(TapeAlert::NearingMediaLife);
}

void Drive::World::answer(Waiting& waiting, const Result<void, Sense>& result) {
    for (const auto& done : std::exchange(waiting, {})) done(result);
}

Odometer Drive::World::odometer() const {
    Odometer told = odometer_;
    told.pass(now() - accounted_until_, state_, activity_, medium_code());
    if (is_mounted_) told.millimetres += millimetres_of_load();
    return told;
}

MediumCode Drive::World::medium_code() const {
    if (!cartridge_) return {};
    const media::CartridgeDescription& medium = cartridge_->description();
    return {density_code(medium.generation),
            medium_type(profile_.medium_types, medium.generation, medium.type)};
}

void Drive::World::account() {
    odometer_.pass(now() - accounted_until_, state_, activity_, medium_code());
    accounted_until_ = now();
}

// Of tape that passed the head with data on it: a wrap is as long as what is recorded on.
std::uint64_t Drive::World::millimetres_of_load() const {
    const TapeGeometry tape = geometry();
    const std::uint64_t wrap = std::max<std::uint64_t>(tape.native_bytes / tape.wraps, 1);
    const DataCount& load = statistics_.of_load;
    const std::uint64_t bytes = load.to_tape + load.from_tape;
    const auto length = static_cast<std::uint64_t>(tape.length_mm);
    return bytes / wrap * length + bytes % wrap * length / wrap;
}

// Page 17h counts how often the beginning and the middle of the tape pass the head.
void Drive::World::note_passes(TapeSpot from, TapeSpot to) {
    const std::int64_t middle = geometry().length_mm / 2;
    if ((from.distance_mm < middle) != (to.distance_mm < middle)) ++statistics_.middle_passes;
    if (to == TapeSpot{} && from != to) ++statistics_.beginning_passes;
}

void Drive::World::load(LoadTo to, DriveControl::Done done) {
    if (state_ == DriveState::Held && to == LoadTo::Hold) return done({});
    if (state_ == DriveState::Ready) return done({});
    load_target_ = to;
    loading_.push_back(std::move(done));
    machine_.tell(LoadRequested{});
}

void Drive::World::unload(UnloadTo to, DriveControl::Done done) {
    const bool is_there =
        state_ == DriveState::Unloaded || (state_ == DriveState::Held && to == UnloadTo::Hold);
    if (is_there) return done({});
    unload_target_ = to;
    unloading_.push_back(std::move(done));
    machine_.tell(UnloadRequested{});
}

bool Drive::World::is_accessible() const {
    return seat_ == Seat::Mouth || state_ == DriveState::Empty;
}

std::optional<Sense> Drive::World::why_not_accept(const media::Cartridge& cartridge) const {
    const media::CartridgeDescription& offered = cartridge.description();
    switch (offered.type) {
        case media::CartridgeType::Cleaning:
            return std::nullopt;
        case media::CartridgeType::Diagnostic:
            return scsi::kIncompatibleMediumInstalled;
        case media::CartridgeType::Data:
        case media::CartridgeType::Worm:
            break;
    }
    // What the label does not tell, the drive will find out.
    if (offered.generation == media::Generation::Unknown) return std::nullopt;
    if (profile_.reads.contains(offered.generation)) return std::nullopt;
    return scsi::kIncompatibleMediumInstalled;
}

std::optional<Sense> Drive::World::why_not_release() const {
    if (seat_ == Seat::Mouth) return std::nullopt;
    if (!is_powered()) return scsi::kUnloadTapeFailure;
    if (server_.is_removal_prevented()) return scsi::kMediumRemovalPrevented;
    return std::nullopt;
}

void Drive::World::insert(media::Cartridge cartridge, DriveControl::Done loaded) {
    CHECK(!cartridge_.has_value());
    cartridge_.emplace(std::move(cartridge));
    seat_ = Seat::Mouth;
    if (state_ != DriveState::Empty) {  // without power, or not yet up: it stays at the mouth
        return loaded(base::Failure{scsi::kMediaLoadOrEjectFailed});
    }
    load_target_ = LoadTo::Tape;
    loading_.push_back(std::move(loaded));
    machine_.tell(CartridgeInserted{});
}

void Drive::World::present(DriveControl::Done done) {
    if (seat_ == Seat::Mouth) {
        is_claimed_ = true;
        return done({});
    }
    if (!cartridge_) return done(base::Failure{scsi::kUnloadTapeFailure});
    if (const auto reason = why_not_release()) return done(base::Failure{*reason});
    presenting_.push_back(std::move(done));
    give_out();
}

media::Cartridge Drive::World::remove() {
    CHECK(seat_ == Seat::Mouth);
    media::Cartridge taken = std::move(*cartridge_);
    cartridge_.reset();
    seat_ = Seat::Nowhere;
    is_claimed_ = false;
    machine_.tell(CartridgeTaken{});
    return taken;
}

void Drive::World::put_initially(media::Cartridge cartridge) {
    CHECK(!is_powered());
    CHECK(!cartridge_.has_value());
    // A cleaning cartridge has been given back before anybody could switch the drive off.
    const bool is_cleaner = cartridge.description().type == media::CartridgeType::Cleaning;
    cartridge_.emplace(std::move(cartridge));
    seat_ = is_cleaner ? Seat::Mouth : Seat::Inside;
}

void Drive::World::power_on() {
    if (is_powered()) return;
    account();
    odometer_.duty = {};
    ++odometer_.power_cycles;
    odometer_.loads_since_power_on = 0;
    load_target_ = LoadTo::Tape;
    unload_target_ = UnloadTo::Mouth;
    machine_.tell(PowerApplied{});
}

void Drive::World::power_off() {
    if (!is_powered()) return;
    account();
    is_claimed_ = false;
    alerts_.clear_all();
    // Mounted statistics are written at unload, and there was none.
    if (state_ == DriveState::Ready) {
        alerts_.raise(TapeAlert::LostStatistics);
        has_lost_directory_ = has_noted_change_;
    }
    lose_tape();
    transfer_.stop();
    transferred_ = {};
    moved_ = {};
    server_.power_lost();
    machine_.tell(PowerRemoved{});
}

void Drive::World::press_eject() {
    if (!is_powered() || !cartridge_ || server_.is_removal_prevented()) return;
    if (seat_ == Seat::Inside) give_out();
}

Drive::Drive(sim::Simulation& simulation, sim::TraceSink& trace, std::string name,
             DriveProfile profile)
    : world_(std::make_unique<World>(simulation, trace, std::move(name), std::move(profile))) {}

Drive::~Drive() = default;

scsi::LogicalUnit& Drive::unit() {
    return world_->server();
}
const DriveProfile& Drive::profile() const {
    return world_->profile();
}
const media::Cartridge* Drive::cartridge() const {
    return world_->cartridge();
}
bool Drive::is_accessible() const {
    return world_->is_accessible();
}
bool Drive::is_powered() const {
    return world_->state() != DriveState::PoweredOff;
}
std::optional<Sense> Drive::why_not_accept(const media::Cartridge& cartridge) const {
    return world_->why_not_accept(cartridge);
}
std::optional<Sense> Drive::why_not_release() const {
    return world_->why_not_release();
}
void Drive::insert(media::Cartridge cartridge, Done loaded) {
    world_->insert(std::move(cartridge), std::move(loaded));
}
void Drive::present(Done done) {
    world_->present(std::move(done));
}
media::Cartridge Drive::remove() {
    return world_->remove();
}
void Drive::put_initially(media::Cartridge cartridge) {
    world_->put_initially(std::move(cartridge));
}
void Drive::power_on() {
    world_->power_on();
}
void Drive::power_off() {
    world_->power_off();
}
void Drive::read_media_from(MediumSource source) {
    world_->read_media_from(std::move(source));
}
void Drive::on_cleaned(std::function<void(const media::Cartridge&)> listener) {
    world_->on_cleaned(std::move(listener));
}
void Drive::press_eject() {
    world_->press_eject();
}
std::string Drive::state() const {
    const bool is_busy =
        world_->state() == DriveState::Ready && world_->activity() != Activity::AtRest;
    return std::string(is_busy ? to_text(world_->activity()) : to_text(world_->state()));
}

}  // namespace nearline::drives
