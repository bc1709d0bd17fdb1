#include "rsm/library_worker.h"

#include <algorithm>
#include <utility>

#include "rsm/hands.h"
#include "rsm/queue_rules.h"
#include "rsm/rules.h"

namespace nearline::rsm {
namespace {

using base::Result;

constexpr std::uint32_t kStartAttempts = 8;     // to reach a library at first
constexpr std::uint64_t kFirstWait = 1'000;     // milliseconds
constexpr std::uint64_t kLongestWait = 64'000;  // between two looks for the operator's hands

std::uint32_t number_of(scsi::Lun lun) {
    constexpr int kFirstLevel = 48;  // a LUN's first two bytes
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(lun) >> kFirstLevel);
}

// A stand-alone drive as a library: a port, by which hands come and go, and the drive.
enum class Tape { Inside, None };
Reading reading_of_drive(const Identity& identity, Tape tape) {
    SeenElement port;
    port.kind = ElementKind::Port;
    port.address = 1;
    port.is_accessible = true;
    SeenElement drive;
    drive.kind = ElementKind::Drive;
    drive.is_full = tape == Tape::Inside;
    drive.is_accessible = true;
    drive.vendor = identity.vendor;
    drive.product = identity.product;
    drive.serial = identity.serial;
    Reading reading;
    reading.elements = {port, drive};
    return reading;
}

}  // namespace

LibraryWorker::LibraryWorker(Store& store, Delays& delays, const ManagedLibrary& library,
                             std::function<void()> changed)
    : store_(store),
      delays_(delays),
      managed_(library),
      changed_(std::move(changed)),
      // A stand-alone drive answers for itself.
      changer_(library.changer != nullptr ? *library.changer : *library.drives.front().initiator,
               library.changer != nullptr ? library.changer_lun : library.drives.front().lun,
               delays) {
    for (const ManagedLibrary::Drive& drive : managed_.drives) {
        units_.push_back({{}, std::make_unique<TapeDevice>(*drive.initiator, drive.lun, delays)});
    }
}

void LibraryWorker::start() {
    look([this](Seen seen) {
        if (seen == Seen::Everything && is_adopted_) {
            empty_drives_left_behind();
            return queue_missing_labels();
        }
        if (++start_attempts_ >= kStartAttempts) return;
        delays_.after(kFirstWait << start_attempts_, [this, alive = std::weak_ptr<char>(alive_)] {
            if (!alive.expired() && !is_adopted_) start();
        });
    });
}

void LibraryWorker::wake() {
    next_later();
}

void LibraryWorker::look(std::function<void(Seen)> done) {
    looks_.push_back(std::move(done));
    next();
}

// --- one thing after another

void LibraryWorker::next() {
    if (is_busy_) return;
    if (!looks_.empty()) {
        is_busy_ = true;
        // Those who ask from now on need a reading that begins later.
        auto waiting = std::make_shared<std::vector<std::function<void(Seen)>>>();
        waiting->swap(looks_);
        return read([this, waiting](Error error) {
            is_busy_ = false;
            const Seen seen = what_was_seen(error);
            if (error == Error::Success) look_at_waiting();
            for (const auto& done : *waiting) done(seen);
            next_later();
        });
    }
    if (!is_adopted_) return;
    while (!begun_.empty() || take()) {
        const LibRequest request = std::move(begun_.front());
        begun_.pop_front();
        if (!is_wanted(request)) continue;
        is_busy_ = true;
        return work_on(request);
    }
    set_alarm();
}

bool LibraryWorker::take() {
    Taken taken;
    const Error error = store_.transact(now(), [&] {
        taken = take_next(store_, library_, now());
        return Error::Success;
    });
    if (error != Error::Success) return false;
    begun_.assign(taken.requests.begin(), taken.requests.end());
    if (taken.has_changed) changed_();
    // He may bring it without a word.
    if (taken.waits_for_operator && !waits_for_operator_) watch_ports();
    waits_for_operator_ = taken.waits_for_operator;
    return !begun_.empty();
}

// The mounts of a call are cancelled together, those that have not begun too.
bool LibraryWorker::is_wanted(const LibRequest& request) {
    bool is_wanted = false;
    static_cast<void>(store_.transact(now(), [&] {
        const auto found = store_.find<LibRequest>(request.id);
        is_wanted = found && found->state == RequestState::InProcess;
        return Error::Success;
    }));
    return is_wanted;
}

void LibraryWorker::set_alarm() {
    std::optional<std::uint64_t> due;
    static_cast<void>(store_.transact(now(), [&] {
        due = next_dismount_due(store_, library_);
        return Error::Success;
    }));
    if (!due || *due == alarm_) return;
    alarm_ = *due;
    const std::uint64_t wait = *due > now() ? *due - now() : 0;
    delays_.in_full(wait, [this, due = *due, alive = std::weak_ptr<char>(alive_)] {
        if (alive.expired()) return;
        if (alarm_ == due) alarm_ = 0;
        next_later();
    });
}

// A library that is not there and that nobody has on record, because somebody deleted it, has
// nothing to show. One with places nobody has looked into may hold anything.
LibraryWorker::Seen LibraryWorker::what_was_seen(Error error) {
    if (error == Error::Success) {
        return last_ && last_->has_hidden() ? Seen::Nothing : Seen::Everything;
    }
    if (!is_adopted_ && !is_on_record()) return Seen::Everything;
    return error == Error::ResourceNotPresent ? Seen::Unreachable : Seen::Nothing;
}

bool LibraryWorker::is_on_record() {
    bool is_known = false;
    static_cast<void>(store_.transact(now(), [&] {
        is_known = store_.library_managed_as(managed_.name).has_value();
        return Error::Success;
    }));
    return is_known;
}

bool LibraryWorker::has_unidentified() {
    bool has_any = false;
    static_cast<void>(store_.transact(now(), [&] {
        for (const LibRequest& request : store_.open_requests_of(library_)) {
            const bool is_identification = request.operation == Operation::ProcessOmid ||
                                           request.operation == Operation::Classify;
            if (!is_identification) continue;
            const auto medium = store_.find<PhysicalMedium>(request.medium);
            if (medium && medium->bar_code.empty()) has_any = true;
        }
        return Error::Success;
    }));
    return has_any;
}

// From a fresh stack: answers may come at once, and a long queue must not become a deep one.
void LibraryWorker::next_later() {
    if (is_next_due_) return;
    is_next_due_ = true;
    delays_.after(0, [this, alive = std::weak_ptr<char>(alive_)] {
        if (alive.expired()) return;
        is_next_due_ = false;
        next();
    });
}

void LibraryWorker::work_on(const LibRequest& request) {
    job_ = job_for(*this, request);
    if (job_ == nullptr) {
        return finish(request.id, RequestState::Invalid, Error::CallNotImplemented);
    }
    job_->start();
}

// Ends a request that is still in process; whoever has ended it otherwise had his reason.
void LibraryWorker::finish(const Guid& id, RequestState state, Error error) {
    static_cast<void>(store_.transact(now(), [&] {
        auto request = store_.find<LibRequest>(id);
        if (!request) return Error::Success;
        if (request->state == RequestState::InProcess) {
            request->state = state;
            request->error = error;
            if (state != RequestState::Waiting) request->completed = now();
            store_.update(*request);
        }
        settle_medium(store_, request->medium);
        return Error::Success;
    }));
    // It is still on the stack: gone from the next one on.
    delays_.after(0, [ended = std::shared_ptr<LibraryJob>(std::move(job_))] {});
    is_busy_ = false;
    next_later();
    changed_();
}

// Media whose free label could not be written get another chance with every inventory.
void LibraryWorker::queue_missing_labels() {
    static_cast<void>(store_.transact(now(), [&] {
        for (PhysicalMedium& medium : store_.media_in(library_)) {
            const bool waits_for_nothing = medium.media_state == MediaState::Idle &&
                                           store_.open_requests_for(medium.id).empty();
            if (!waits_for_nothing) continue;
            queue_free_label(store_, medium,
                             system_request(Operation::WriteFreeLabel, library_, now()));
        }
        return Error::Success;
    }));
}

// What a former service left half way, or to be put away later.
void LibraryWorker::empty_drives_left_behind() {
    if (is_stand_alone()) return;  // hands put them away
    static_cast<void>(store_.transact(now(), [&] {
        for (const Drive& drive : store_.drives_of(library_)) {
            const bool is_nobodys = drive.state == DriveState::Mounted ||
                                    drive.state == DriveState::Unloaded ||
                                    drive.state == DriveState::Dismountable;
            if (!is_nobodys || drive.saved_side.is_null()) continue;
            queue_dismount(store_, drive, system_request(Operation::Dismount, library_, now()));
        }
        return Error::Success;
    }));
}

// --- the library and its inventory

void LibraryWorker::adopt(Finished done) {
    changer_.device().identify([this, done](Result<Identity, Trouble> identity) {
        if (!identity) {
            library_unreachable();
            return done(error_of(identity.error(), Error::DeviceNotAvailable));
        }
        keep_library(*identity);
        identify_units(0, done);
    });
}

void LibraryWorker::identify_units(std::size_t index, Finished done) {
    if (index == units_.size()) {
        is_adopted_ = true;
        return done(Error::Success);
    }
    units_.at(index).tape->device().identify(
        [this, index, done](Result<Identity, Trouble> identity) {
            // A drive that does not answer is known by its place until it does.
            if (!identity) return identify_units(index + 1, done);
            units_.at(index).identity = *identity;
            units_.at(index).tape->learn_whether_it_writes(
                [this, index, done] { identify_units(index + 1, done); });
        });
}

void LibraryWorker::keep_library(const Identity& identity) {
    static_cast<void>(store_.transact(now(), [&] {
        Library library = store_.library_managed_as(managed_.name).value_or(Library{});
        if (library.id.is_null()) {
            library.name = managed_.name;
            library.managed_name = managed_.name;
            library.library_type = is_stand_alone() ? LibraryType::StandAlone : LibraryType::Online;
            library.flags = is_stand_alone() ? 0 : kRecognizeCleanerBarCode;
            library.operational_state = OperationalState::Initializing;
            store_.insert(library);
            store_.set_descriptor(library.id, default_descriptor(kUse));
        }
        library_ = library.id;
        if (is_stand_alone()) return Error::Success;

        auto type = store_.changer_type_of(identity.vendor, identity.product);
        if (!type) {
            type = ChangerType{};
            type->vendor = identity.vendor;
            type->product = identity.product;
            type->name = identity.vendor + " " + identity.product;
            store_.insert(*type);
        }
        const auto changers = store_.changers_of(library_);
        Changer changer = changers.empty() ? Changer{} : changers.front();
        changer.library = library_;
        changer.number = 1;
        changer.name = "Changer 1";
        changer.changer_type = type->id;
        changer.serial_number = identity.serial;
        changer.revision = identity.revision;
        changer.device_name = "\\\\.\\Changer0";
        changer.lun = number_of(managed_.changer_lun);
        if (changer.id.is_null()) {
            store_.insert(changer);
        } else {
            store_.update(changer);
        }
        return Error::Success;
    }));
}

void LibraryWorker::library_unreachable() {
    last_.reset();
    static_cast<void>(store_.transact(now(), [&] {
        auto library = store_.library_managed_as(managed_.name);
        if (!library || library->operational_state == OperationalState::NotPresent) {
            return Error::Success;
        }
        library->operational_state = OperationalState::NotPresent;
        store_.update(*library);
        return Error::Success;
    }));
    changed_();
}

void LibraryWorker::read(Finished done) {
    if (is_adopted_ && !is_on_record()) is_adopted_ = false;  // deleted: it may come back as new
    if (!is_adopted_) {
        return adopt([this, done](Error error) {
            if (error != Error::Success) return done(error);
            read(done);
        });
    }
    if (is_stand_alone()) return read_drive(std::move(done));
    changer_.read([this, done](Result<Reading, Trouble> reading) {
        if (reading) return done(apply(std::move(*reading)));
        if (reading.error().kind == Trouble::Kind::Unreachable) library_unreachable();
        done(error_of(reading.error(), Error::DeviceNotAvailable));
    });
}

// All there is to see of a stand-alone drive is whether it holds a tape. One that came since the
// last look, as a unit attention tells, is another until its label says otherwise.
void LibraryWorker::read_drive(Finished done) {
    units_.front().tape->device().test_unit_ready(
        [this, done](Result<scsi::Bytes, Trouble> answer) {
            const bool is_refused = !answer && answer.error().kind == Trouble::Kind::Refused;
            if (!answer && !is_refused) {
                if (answer.error().kind == Trouble::Kind::Unreachable) library_unreachable();
                return done(error_of(answer.error(), Error::DeviceNotAvailable));
            }
            const bool is_empty = is_refused && answer.error().sense.is(scsi::kMediumNotPresent);
            const std::uint64_t loads = units_.front().tape->device().openings();
            const bool is_another = !is_empty && loads != loads_seen_;
            loads_seen_ = loads;
            const Identity& identity = units_.front().identity;
            if (is_another) {
                const Error error = apply(reading_of_drive(identity, Tape::None));
                if (error != Error::Success) return done(error);
            }
            done(apply(reading_of_drive(identity, is_empty ? Tape::None : Tape::Inside)));
        });
}

// Opened and closed between two looks, a door is told by its unit attention alone.
void LibraryWorker::look_at_waiting() {
    if (!is_adopted_) return;
    const bool is_open = last_ && last_->is_door_open;
    if (is_open || changer_.device().openings() != openings_before_) was_door_open_ = true;
    static_cast<void>(store_.transact(now(), [&] {
        look_at_waiting_requests(store_, library_, {reading(), was_door_open_}, now());
        return Error::Success;
    }));
}

Error LibraryWorker::apply(Reading reading) {
    if (last_ == reading) return Error::Success;
    std::vector<DriveUnit> units;
    for (std::size_t at = 0; at < units_.size(); ++at) {
        units.push_back({units_.at(at).identity, managed_.drives.at(at).lun});
    }
    const Error error = store_.transact(now(), [&] {
        auto library = store_.find<Library>(library_);
        if (!library) return Error::InvalidLibrary;
        apply_reading(store_, *library, reading, units, now());
        return Error::Success;
    });
    last_.reset();
    if (error != Error::Success) return error;
    last_ = std::move(reading);
    changed_();
    return Error::Success;
}

// --- what jobs use

TapeDevice* LibraryWorker::tape_of(const Drive& drive) {
    for (const Unit& unit : units_) {
        const bool is_it =
            !drive.serial_number.empty() && unit.identity.serial == drive.serial_number;
        if (is_it) return unit.tape.get();
    }
    return nullptr;
}

void LibraryWorker::move(std::uint16_t from, std::uint16_t to, Device::OnChange on_change,
                         Reply<scsi::Bytes> done) {
    last_.reset();
    changer_.move(from, to, on_change, std::move(done));
}

void LibraryWorker::prevent_removal(Removal removal, std::function<void()> done) {
    changer_.set_removal(removal,
                         [done = std::move(done)](const Result<scsi::Bytes, Trouble>&) { done(); });
}

void LibraryWorker::expect_door() {
    openings_before_ = changer_.device().openings();
    was_door_open_ = false;
}

std::uint64_t LibraryWorker::watched_until() {
    std::uint64_t until = 0;
    static_cast<void>(store_.transact(now(), [&] {
        until = last_time_limit(store_, library_);
        return Error::Success;
    }));
    return until;
}

// Looks again after a while, at growing distances, while somebody is expected, and then no more:
// whoever needs to know whether a cartridge is gone has a look of his own. Whoever begins to wait
// begins the row anew.
void LibraryWorker::watch_ports() {
    ++watch_;
    watch_ports_after(kFirstWait);
}

void LibraryWorker::watch_ports_after(std::uint64_t wait_ms) {
    delays_.in_full(wait_ms, [this, wait_ms, watch = watch_, alive = std::weak_ptr<char>(alive_)] {
        if (alive.expired() || watch != watch_) return;
        look([this, wait_ms, watch](Seen) {
            if (watch != watch_) return;
            const bool goes_on = wait_ms < kLongestWait || now() < watched_until();
            if (is_anything_waiting() && goes_on) {
                watch_ports_after(std::min(wait_ms * 2, kLongestWait));
            }
        });
    });
}

bool LibraryWorker::is_anything_waiting() {
    bool is_waiting = false;
    static_cast<void>(store_.transact(now(), [&] {
        for (const LibRequest& request : store_.open_requests_of(library_)) {
            if (request.state == RequestState::Waiting) is_waiting = true;
        }
        return Error::Success;
    }));
    return is_waiting;
}

}  // namespace nearline::rsm
