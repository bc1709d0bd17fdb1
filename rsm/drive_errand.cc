#include "rsm/drive_errand.h"

#include <utility>

#include "rsm/queue_rules.h"

namespace nearline::rsm {

using base::Result;
using scsi::Bytes;

namespace {

std::optional<std::uint16_t> empty_slot_of(Store& store, const PhysicalMedium& medium) {
    const auto slot = store.find<StorageSlot>(medium.home_slot);
    if (!slot || slot->state != SlotState::Empty) return std::nullopt;
    return static_cast<std::uint16_t>(slot->element);
}

}  // namespace

DriveErrand::DriveErrand(Workplace& at, const Guid& medium, Return back)
    : at_(at), medium_(medium), back_(back) {}

void DriveErrand::run(Task task, std::function<void(Error)> done) {
    task_ = std::move(task);
    done_ = std::move(done);
    Error error = Error::MediaOffline;
    static_cast<void>(at_.store().transact(at_.now(), [&] {
        error = find_places(at_.store());
        return Error::Success;
    }));
    if (error != Error::Success) return done_(error);
    if (tape_ == nullptr) return done_(Error::ResourceNotAvailable);
    if (is_in_drive_) return in_drive();
    at_.move(*home_, drive_, Device::OnChange::Repeat, [this](Result<Bytes, Trouble> answer) {
        if (answer) return in_drive();
        is_refused_by_drive_ = tells_of_wrong_medium(answer.error());
        ended(error_of(answer.error(), Error::UnableToLoadMedium));
    });
}

// The drive that holds the medium, else the first that is free.
Error DriveErrand::find_places(Store& store) {
    const auto medium = store.find<PhysicalMedium>(medium_);
    const auto from = medium ? element_of(store, *medium) : std::nullopt;
    if (!from || medium->library != at_.library()) return Error::MediaOffline;
    home_ = *from;
    for (const Drive& drive : store.drives_of(at_.library())) {
        const bool holds_it = medium->location == drive.id;
        const bool is_empty = drive.state == DriveState::Dismounted && is_usable(drive);
        if (!holds_it && (!is_empty || tape_ != nullptr)) continue;
        TapeDevice* tape = at_.tape_of(drive);
        if (tape == nullptr) continue;
        tape_ = tape;
        drive_ = static_cast<std::uint16_t>(drive.element);
        drive_id_ = drive.id;
        is_in_drive_ = holds_it;
        if (!holds_it) continue;
        home_ = back_ == Return::HomeSlot ? empty_slot_of(store, *medium) : std::nullopt;
        break;
    }
    return Error::Success;
}

void DriveErrand::in_drive() {
    task_(*tape_, [this] { bring_back(); });
}

void DriveErrand::bring_back() {
    if (!home_ || back_ == Return::StayInDrive) return ended(Error::Success);
    tape_->unload([this](const Result<Bytes, Trouble>&) {
        // Wherever it ends up, the reading that follows finds it.
        at_.move(drive_, *home_, Device::OnChange::Repeat,
                 [this](const Result<Bytes, Trouble>&) { ended(Error::Success); });
    });
}

void DriveErrand::ended(Error error) {
    at_.read([this, error](Error) { done_(error); });
}

}  // namespace nearline::rsm
