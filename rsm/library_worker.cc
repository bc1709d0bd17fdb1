#include "rsm/library_worker.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "rsm/rules.h"

namespace nearline::rsm {
namespace {

using base::Result;
using scsi::Bytes;

constexpr std::uint32_t kAttempts = 3;            // of an ejection, when things change meanwhile
constexpr std::uint32_t kStartAttempts = 8;       // to reach a library at first
constexpr std::uint64_t kFirstWait = 1'000;       // milliseconds
constexpr std::uint64_t kWatchedAtMost = 64'000;  // how long a port with a cartridge is watched

Error error_of(const Trouble& trouble, Error otherwise) {
    switch (trouble.kind) {
        case Trouble::Kind::Unreachable:
            return Error::ResourceNotPresent;
        case Trouble::Kind::NotReady:
            return Error::NotReady;
        case Trouble::Kind::Nonsense:
            return otherwise;
        case Trouble::Kind::Refused:
            break;
    }
    if (trouble.sense.is(scsi::kMediumSourceElementEmpty)) return Error::MediumNotAccessible;
    if (trouble.sense.is(scsi::kMediumDestinationElementFull)) return Error::IEPortFull;
    if (trouble.sense.is(scsi::kMediumRemovalPrevented)) return Error::UnableToEjectMountedMedia;
    return otherwise;
}

bool tells_of_change(const Trouble& trouble) {
    return trouble.kind == Trouble::Kind::Refused &&
           trouble.sense.key == scsi::SenseKey::UnitAttention;
}

std::optional<std::uint16_t> free_port(const Reading& reading) {
    for (const SeenElement& element : reading.elements) {
        const bool is_free = element.kind == ElementKind::Port && !element.is_full;
        if (is_free && element.is_accessible && element.can_export) return element.address;
    }
    return std::nullopt;
}

std::uint32_t number_of(scsi::Lun lun) {
    constexpr int kFirstLevel = 48;  // a LUN's first two bytes
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(lun) >> kFirstLevel);
}

// The free label: one block of text that no other program takes for its own.
Bytes free_label(const Guid& identifier) {
    constexpr std::size_t kBlock = 512;
    Bytes block;
    base::ByteWriter(block).padded_text("Removable Storage free label\n" + identifier.text() + "\n",
                                        kBlock);
    return block;
}

constexpr std::string_view kFreeLabelType = "Removable Storage free label";

}  // namespace

// One WRITESCRATCH: from its place into a drive, labelled, and back.
struct LibraryWorker::LabelJob {
    LibRequest request;
    std::optional<std::uint16_t> home;  // elements; without a home it stays in the drive
    std::uint16_t drive = 0;
    bool is_in_drive = false;
    TapeDevice* tape = nullptr;
    Guid label;
};

LibraryWorker::LibraryWorker(Store& store, Delays& delays, const ManagedLibrary& library,
                             std::function<void()> changed)
    : store_(store),
      delays_(delays),
      managed_(library),
      changed_(std::move(changed)),
      changer_(*library.changer, library.changer_lun, delays) {
    for (const ManagedLibrary::Drive& drive : managed_.drives) {
        units_.push_back({{}, std::make_unique<TapeDevice>(*drive.initiator, drive.lun, delays)});
    }
}

void LibraryWorker::start() {
    look([this](Seen seen) {
        if (seen == Seen::Everything) return queue_missing_labels();
        if (++start_attempts_ >= kStartAttempts) return;
        delays_.after(kFirstWait << start_attempts_, [this, alive = std::weak_ptr<char>(alive_)] {
            if (!alive.expired() && !is_adopted_) start();
        });
    });
}

void LibraryWorker::wake() {
    next();
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
            const Seen seen = error == Error::Success ? Seen::Everything : Seen::Nothing;
            for (const auto& done : *waiting) done(seen);
            next_later();
        });
    }
    if (!is_adopted_) return;
    std::optional<LibRequest> request;
    const Error error = store_.transact(now(), [&] {
        for (LibRequest& open : store_.open_requests_of(library_)) {
            if (open.state != RequestState::Queued) continue;
            open.state = RequestState::InProcess;
            store_.update(open);
            request = std::move(open);
            break;
        }
        return Error::Success;
    });
    if (error != Error::Success || !request) return;
    is_busy_ = true;
    work_on(std::move(*request));
}

// From a fresh stack: answers may come at once, and a long queue must not become a deep one.
void LibraryWorker::next_later() {
    delays_.after(0, [this, alive = std::weak_ptr<char>(alive_)] {
        if (!alive.expired()) next();
    });
}

void LibraryWorker::work_on(LibRequest request) {
    switch (request.operation) {
        case Operation::Inventory:
            return read([this, id = request.id](Error error) {
                if (error == Error::Success) queue_missing_labels();
                finish(id, error == Error::Success ? RequestState::Passed : RequestState::Failed,
                       error);
            });
        case Operation::Eject:
            return eject(request, 0);
        case Operation::WriteFreeLabel:
            return write_free_label(request);
    }
    finish(request.id, RequestState::Invalid, Error::CallNotImplemented);
}

// Ends a request that is still in process; whoever has ended it otherwise had his reason.
void LibraryWorker::finish(const Guid& id, RequestState state, Error error) {
    static_cast<void>(store_.transact(now(), [&] {
        auto request = store_.find<LibRequest>(id);
        if (!request) return Error::Success;
        auto medium = store_.find<PhysicalMedium>(request->medium);
        if (medium && medium->media_state == MediaState::InUse) {
            const bool is_in_drive = medium->location_type == ObjectType::Drive;
            medium->media_state = is_in_drive ? MediaState::Loaded : MediaState::Idle;
            store_.update(*medium);
        }
        if (request->state != RequestState::InProcess) return Error::Success;
        request->state = state;
        request->error = error;
        if (state != RequestState::Waiting) request->completed = now();
        store_.update(*request);
        return Error::Success;
    }));
    is_busy_ = false;
    changed_();
    next_later();
}

// Media whose free label could not be written get another chance with every inventory.
void LibraryWorker::queue_missing_labels() {
    static_cast<void>(store_.transact(now(), [&] {
        for (PhysicalMedium& medium : store_.media_in(library_)) {
            // One that a former service left in the drive is labelled there.
            const bool is_waiting_for_nothing =
                medium.media_state == MediaState::Idle || medium.media_state == MediaState::Loaded;
            if (!is_waiting_for_nothing) continue;
            queue_free_label(store_, medium,
                             system_request(Operation::WriteFreeLabel, library_, now()));
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
            library.library_type = LibraryType::Online;
            library.flags = kRecognizeCleanerBarCode;
            library.operational_state = OperationalState::Initializing;
            store_.insert(library);
            store_.grant({.object = library.id, .rights = kUse});
        }
        library_ = library.id;

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
    if (!is_adopted_) {
        return adopt([this, done](Error error) {
            if (error != Error::Success) return done(error);
            read(done);
        });
    }
    changer_.read([this, done](Result<Reading, Trouble> reading) {
        if (reading) return done(apply(std::move(*reading)));
        if (reading.error().kind == Trouble::Kind::Unreachable) library_unreachable();
        done(error_of(reading.error(), Error::DeviceNotAvailable));
    });
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

// --- ejecting

std::optional<std::uint16_t> LibraryWorker::element_of(const PhysicalMedium& medium) {
    std::optional<std::uint32_t> element;
    if (medium.location_type == ObjectType::StorageSlot) {
        if (const auto slot = store_.find<StorageSlot>(medium.location)) element = slot->element;
    } else if (medium.location_type == ObjectType::IEPort) {
        if (const auto port = store_.find<IEPort>(medium.location)) element = port->element;
    } else if (const auto drive = store_.find<Drive>(medium.location)) {
        element = drive->element;
    }
    if (!element) return std::nullopt;
    return static_cast<std::uint16_t>(*element);
}

TapeDevice* LibraryWorker::tape_of(const Drive& drive) {
    for (const Unit& unit : units_) {
        const bool is_it =
            !drive.serial_number.empty() && unit.identity.serial == drive.serial_number;
        if (is_it) return unit.tape.get();
    }
    return nullptr;
}

void LibraryWorker::eject(const LibRequest& request, std::uint32_t attempt) {
    if (!last_) {
        return read([this, request, attempt](Error error) {
            if (error != Error::Success) return finish(request.id, RequestState::Failed, error);
            if (!last_) return finish(request.id, RequestState::Failed, Error::NotReady);
            eject(request, attempt);
        });
    }
    std::optional<std::uint16_t> from;
    bool is_in_port = false;
    TapeDevice* tape = nullptr;
    static_cast<void>(store_.transact(now(), [&] {
        const auto medium = store_.find<PhysicalMedium>(request.medium);
        if (!medium || medium->library != library_) return Error::Success;
        from = element_of(*medium);
        is_in_port = medium->location_type == ObjectType::IEPort;
        const auto drive = store_.find<Drive>(medium->location);
        if (drive) tape = tape_of(*drive);
        return Error::Success;
    }));
    if (!from) return finish(request.id, RequestState::Failed, Error::MediaOffline);
    if (is_in_port) return offered_in_port(request.id);
    if (tape == nullptr) return eject_from(request, *from, attempt);
    tape->unload([this, request, from = *from, attempt](const Result<Bytes, Trouble>&) {
        // A drive that will not let go is seen by the move, which says why.
        eject_from(request, from, attempt);
    });
}

void LibraryWorker::eject_from(const LibRequest& request, std::uint16_t from,
                               std::uint32_t attempt) {
    const auto port = last_ ? free_port(*last_) : std::nullopt;
    if (!port) return finish(request.id, RequestState::Failed, Error::IEPortFull);
    last_.reset();
    changer_.move(from, *port, Device::OnChange::GiveUp,
                  [this, request, attempt](Result<Bytes, Trouble> answer) {
                      if (answer) return moved_to_port(request);
                      if (tells_of_change(answer.error()) && attempt < kAttempts) {
                          return eject(request, attempt + 1);
                      }
                      const Error error = error_of(answer.error(), Error::ControllingIEPort);
                      read([this, id = request.id, error](Error) {
                          finish(id, RequestState::Failed, error);
                      });
                  });
}

void LibraryWorker::moved_to_port(const LibRequest& request) {
    read([this, id = request.id](Error) { offered_in_port(id); });
}

// The cartridge stands in the port, which is still inside: the request waits for the operator, who
// is asked to take it.
void LibraryWorker::offered_in_port(const Guid& id) {
    static_cast<void>(store_.transact(now(), [&] {
        const auto request = store_.find<LibRequest>(id);
        const auto medium = request ? store_.find<PhysicalMedium>(request->medium) : std::nullopt;
        if (!medium || request->state != RequestState::InProcess) return Error::Success;
        OpRequest asked;
        asked.command = OpCommand::MoveMedia;
        asked.submitted = now();
        asked.message = "Take " + medium->name + " out of the port.";
        asked.argument1_type = ObjectType::PhysicalMedia;
        asked.argument1 = medium->id;
        asked.argument2_type = ObjectType::Library;
        asked.argument2 = store_.offline_library().id;
        asked.application = "Removable Storage";
        asked.user = request->user;
        asked.computer = request->computer;
        store_.insert(asked);
        return Error::Success;
    }));
    finish(id, RequestState::Waiting, Error::Success);
    if (!is_watching_) watch_ports(kFirstWait);
}

// Looks again after a while, at growing distances, and then no more: whoever needs to know whether
// a cartridge is gone has a look of his own.
void LibraryWorker::watch_ports(std::uint64_t wait_ms) {
    is_watching_ = wait_ms <= kWatchedAtMost;
    if (!is_watching_) return;
    delays_.after(wait_ms, [this, wait_ms, alive = std::weak_ptr<char>(alive_)] {
        if (alive.expired()) return;
        look([this, wait_ms](Seen) {
            bool is_waiting = false;
            static_cast<void>(store_.transact(now(), [&] {
                for (const LibRequest& request : store_.open_requests_of(library_)) {
                    if (request.state == RequestState::Waiting) is_waiting = true;
                }
                return Error::Success;
            }));
            is_watching_ = false;
            if (is_waiting) watch_ports(wait_ms * 2);
        });
    });
}

// --- the free label

void LibraryWorker::write_free_label(const LibRequest& request) {
    auto job = std::make_shared<LabelJob>();
    job->request = request;
    Error error = Error::ResourceNotAvailable;
    bool cannot_write = false;
    static_cast<void>(store_.transact(now(), [&] {
        const auto medium = store_.find<PhysicalMedium>(request.medium);
        const auto from = medium ? element_of(*medium) : std::nullopt;
        if (!from || medium->library != library_) {
            error = Error::MediaOffline;
            return Error::Success;
        }
        job->label = store_.new_id();
        job->home = *from;
        for (const Drive& drive : store_.drives_of(library_)) {
            const bool holds_it = medium->location == drive.id;
            const bool is_free = drive.state == DriveState::Dismounted && drive.is_enabled;
            TapeDevice* tape = tape_of(drive);
            if (tape != nullptr && !tape->can_write()) cannot_write = true;
            if (!holds_it && (!is_free || job->tape != nullptr)) continue;
            job->tape = tape;
            job->drive = static_cast<std::uint16_t>(drive.element);
            job->is_in_drive = holds_it;
            if (!holds_it) continue;
            job->home.reset();
            const auto slot = store_.find<StorageSlot>(medium->home_slot);
            if (slot && slot->state == SlotState::Empty) {
                job->home = static_cast<std::uint16_t>(slot->element);
            }
            break;
        }
        return Error::Success;
    }));
    // Drives that have no WRITE at all: the bar code is all the identity there can be.
    if (cannot_write) {
        job->label = {};
        return label_written(job, Error::Success);
    }
    if (job->tape == nullptr) return finish(request.id, RequestState::Failed, error);
    if (job->is_in_drive) return label_in_drive(job);
    last_.reset();
    changer_.move(*job->home, job->drive, Device::OnChange::Repeat,
                  [this, job](Result<Bytes, Trouble> answer) {
                      if (answer) return label_in_drive(job);
                      label_written(job, error_of(answer.error(), Error::UnableToLoadMedium));
                  });
}

void LibraryWorker::label_in_drive(std::shared_ptr<LabelJob> job) {
    job->tape->write_label(free_label(job->label), [this, job](Result<Bytes, Trouble> answer) {
        bring_back(job,
                   answer ? Error::Success : error_of(answer.error(), Error::MediumNotAccessible));
    });
}

void LibraryWorker::bring_back(std::shared_ptr<LabelJob> job, Error outcome) {
    if (!job->home) return label_written(job, outcome);
    job->tape->unload([this, job, outcome](const Result<Bytes, Trouble>&) {
        changer_.move(job->drive, *job->home, Device::OnChange::Repeat,
                      [this, job, outcome](Result<Bytes, Trouble>) {
                          // Wherever it ended up, the reading that follows finds it.
                          label_written(job, outcome);
                      });
    });
}

void LibraryWorker::label_written(const std::shared_ptr<LabelJob>& job, Error outcome) {
    last_.reset();
    read([this, job, outcome](Error) {
        static_cast<void>(store_.transact(now(), [&] {
            auto side = store_.find<Side>(job->request.side);
            if (!side || outcome != Error::Success) return Error::Success;
            if (side->state == SideState::Unprepared) side->state = SideState::Available;
            side->label_info.clear();
            if (!job->label.is_null()) {
                side->label_type = kFreeLabelType;
                side->label_id = base::to_hex(base::as_bytes(job->label.text()));
                ++side->mount_count;
            }
            store_.update(*side);
            return Error::Success;
        }));
        finish(job->request.id,
               outcome == Error::Success ? RequestState::Passed : RequestState::Failed, outcome);
    });
}

}  // namespace nearline::rsm
