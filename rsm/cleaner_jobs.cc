// INJECTCLEANER, EJECTCLEANER and CLEANDRIVE: the cleaning cartridge in, out, and into a drive and
// back. It has no record of its own; the library knows its slot and the uses that remain.
#include <algorithm>

#include "rsm/hands.h"
#include "rsm/library_job.h"

namespace nearline::rsm {
namespace {

using base::Result;
using scsi::Bytes;

// What all three know of the library.
class CleanerJob : public LibraryJob {
public:
    using LibraryJob::LibraryJob;

    void start() override {
        at_.read([this](Error error) {
            if (error != Error::Success) return failed(error);
            if (at_.reading() == nullptr) return failed(Error::NotReady);
            static_cast<void>(transact([&](Store& store) {
                load(store);
                return Error::Success;
            }));
            work();
        });
    }

protected:
    virtual void work() = 0;

    void load(Store& store) {
        library_ = store.find<Library>(at_.library()).value_or(Library{});
        slot_ = store.find<StorageSlot>(library_.cleaner_slot);
        has_ports_ = store.count(Store::Counted::PortsOfLibrary, at_.library()) != 0;
        ports_ = ports_to_empty(store, at_.library(), *at_.reading());
    }

    bool is_slot_full() const {
        if (!slot_) return false;
        const SeenElement* element = at_.reading()->find(slot_address());
        return element != nullptr && element->is_full;
    }
    std::uint16_t slot_address() const { return static_cast<std::uint16_t>(slot_->element); }

    void wait() {
        at_.finish(request_.id, RequestState::Waiting, Error::Success);
        at_.watch_ports();
    }

    void ask(ObjectType type, const Guid& object, const std::string& message) {
        static_cast<void>(transact([&](Store& store) {
            ask_operator(store, OpCommand::Cleaner, type, object, message, at_.now());
            return Error::Success;
        }));
    }

    Library library_;
    std::optional<StorageSlot> slot_;  // the reserved one
    bool has_ports_ = false;
    std::vector<std::uint16_t> ports_;
};

// Through the port, or by hand through the door, into the reserved slot.
class InjectCleanerJob final : public CleanerJob {
public:
    using CleanerJob::CleanerJob;

private:
    void work() override {
        if (!slot_) return failed(Error::CleanerSlotNotSet);
        if (is_slot_full()) return arrived();
        if (ports_.empty()) {
            if (!has_ports_) {
                ask(ObjectType::StorageSlot, slot_->id,
                    "Put a cleaning cartridge into " + slot_->name + " of " + library_.name + ".");
            }
            return at_.prevent_removal(Removal::Allowed, [this] { wait(); });
        }
        at_.prevent_removal(Removal::Prevented, [this] {
            at_.move(ports_.front(), slot_address(), Device::OnChange::Repeat,
                     [this](const Result<Bytes, Trouble>& answer) { moved(answer); });
        });
    }

    void moved(const Result<Bytes, Trouble>& answer) {
        const Error error =
            answer ? Error::Success : error_of(answer.error(), Error::ControllingIEPort);
        at_.prevent_removal(Removal::Allowed, [this, error] {
            at_.read([this, error](Error) {
                if (error != Error::Success) return failed(error);
                arrived();
            });
        });
    }

    void arrived() {
        static_cast<void>(transact([&](Store& store) {
            auto library = store.find<Library>(at_.library());
            if (!library) return Error::Success;
            library->cleaner_uses_remaining = request_.option;
            library->flags &= ~kIgnoreCleanerUsesRemaining;
            if (request_.option == kForever) library->flags |= kIgnoreCleanerUsesRemaining;
            store.update(*library);
            store.end_operator_requests(library->id, OpState::Complete);
            if (slot_) store.end_operator_requests(slot_->id, OpState::Complete);
            return Error::Success;
        }));
        passed();
    }
};

class EjectCleanerJob final : public CleanerJob {
public:
    using CleanerJob::CleanerJob;

private:
    void work() override {
        if (!slot_) return failed(Error::CleanerSlotNotSet);
        if (!is_slot_full()) return failed(Error::Empty);
        if (!has_ports_) {
            ask(ObjectType::StorageSlot, slot_->id,
                "Take the cleaning cartridge out of " + slot_->name + " of " + library_.name + ".");
            return at_.prevent_removal(Removal::Allowed, [this] { wait(); });
        }
        const auto port = free_port(*at_.reading());
        if (!port) return failed(Error::IEPortFull);
        at_.move(slot_address(), *port, Device::OnChange::Repeat,
                 [this](const Result<Bytes, Trouble>& answer) {
                     const Error error = answer
                                             ? Error::Success
                                             : error_of(answer.error(), Error::ControllingIEPort);
                     at_.read([this, error](Error) {
                         if (error != Error::Success) return failed(error);
                         wait();
                     });
                 });
    }
};

class CleanDriveJob final : public CleanerJob {
public:
    using CleanerJob::CleanerJob;

private:
    void work() override {
        const bool is_found = find();
        if (drive_.id.is_null()) return failed(Error::InvalidDrive);
        if (drive_.state != DriveState::Dismounted) return failed(Error::Busy);
        if (!is_found) {
            ask(ObjectType::Library, library_.id,
                "A cleaning cartridge is needed in " + library_.name + " for " + drive_.name + ".");
            return wait();
        }
        tape_ = at_.tape_of(drive_);
        if (tape_ == nullptr) return failed(Error::DeviceNotAvailable);
        at_.move(home_, drive_address(), Device::OnChange::Repeat,
                 [this](const Result<Bytes, Trouble>& answer) {
                     if (answer) return clean();
                     cleaned(error_of(answer.error(), Error::UnableToLoadMedium));
                 });
    }

    // The one in the reserved slot while it has uses left, else any the library shows: those are
    // not counted.
    bool find() {
        static_cast<void>(transact([&](Store& store) {
            drive_ = store.find<Drive>(request_.drive).value_or(Drive{});
            return Error::Success;
        }));
        if (is_slot_full()) {
            const bool counts = (library_.flags & kIgnoreCleanerUsesRemaining) == 0;
            is_counted_ = counts;
            home_ = slot_address();
            return !counts || library_.cleaner_uses_remaining > 0;
        }
        for (const SeenElement& element : at_.reading()->elements) {
            const bool is_there = element.kind == ElementKind::Slot && element.is_full &&
                                  element.is_accessible && looks_like_cleaner(library_, element);
            if (!is_there) continue;
            home_ = element.address;
            return true;
        }
        return false;
    }

    std::uint16_t drive_address() const { return static_cast<std::uint16_t>(drive_.element); }

    void clean() {
        static_cast<void>(transact([&](Store& store) {
            drive_.state = DriveState::BeingCleaned;
            store.update(drive_);
            return Error::Success;
        }));
        tape_->wait_while_cleaning([this](const Result<Bytes, Trouble>& answer) {
            // When it is over the drive has given the cartridge back: nothing is in it.
            const bool is_over = answer || answer.error().sense.asc == scsi::kMediumNotPresent.asc;
            const Error error =
                is_over ? Error::Success : error_of(answer.error(), Error::MediumNotAccessible);
            at_.move(drive_address(), home_, Device::OnChange::Repeat,
                     [this, error](const Result<Bytes, Trouble>&) { cleaned(error); });
        });
    }

    void cleaned(Error error) {
        at_.read([this, error](Error) {
            if (error != Error::Success) return failed(error);
            static_cast<void>(transact([&](Store& store) {
                keep(store);
                return Error::Success;
            }));
            passed();
        });
    }

    void keep(Store& store) {
        if (auto drive = store.find<Drive>(drive_.id)) {
            drive->last_cleaned = at_.now();
            store.update(*drive);
        }
        auto library = store.find<Library>(at_.library());
        if (!library || !is_counted_) return;
        --library->cleaner_uses_remaining;
        store.update(*library);
        if (library->cleaner_uses_remaining > 0) return;
        ask_operator(store, OpCommand::Cleaner, ObjectType::Library, library->id,
                     "The cleaning cartridge in " + slot_->name + " of " + library->name +
                         " is used up: replace it.",
                     at_.now());
    }

    Drive drive_;
    std::uint16_t home_ = 0;
    bool is_counted_ = false;
    TapeDevice* tape_ = nullptr;
};

}  // namespace

std::unique_ptr<LibraryJob> inject_cleaner_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<InjectCleanerJob>(at, request);
}

std::unique_ptr<LibraryJob> eject_cleaner_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<EjectCleanerJob>(at, request);
}

std::unique_ptr<LibraryJob> clean_drive_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<CleanDriveJob>(at, request);
}

}  // namespace nearline::rsm
