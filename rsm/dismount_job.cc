// DISMOUNT: the medium out of its drive, back to its slot.
#include "rsm/library_job.h"
#include "rsm/queue_rules.h"

namespace nearline::rsm {
namespace {

using base::Result;
using scsi::Bytes;

constexpr std::uint32_t kAttempts = 3;  // when things change meanwhile

class DismountJob final : public LibraryJob {
public:
    using LibraryJob::LibraryJob;

    void start() override {
        if (at_.reading() != nullptr) return begin();
        at_.read([this](Error error) {
            if (error != Error::Success) return keep(error);
            begin();
        });
    }

private:
    void begin() {
        const Error error = transact([&](Store& store) { return find_places(store); });
        if (!is_there_) return passed();
        if (is_stand_alone_) return leave_to_hands();
        if (error != Error::Success) return keep(error);
        if (tape_ == nullptr) return bring_back();
        tape_->unload([this](const Result<Bytes, Trouble>& answer) {
            const bool is_prevented = !answer && answer.error().kind == Trouble::Kind::Refused &&
                                      answer.error().sense.is(scsi::kMediumRemovalPrevented);
            if (is_prevented) return keep(Error::UnableToEjectMountedMedia);
            // A drive that will not let go for another reason is seen by the move.
            bring_back();
        });
    }

    Error find_places(Store& store) {
        const auto medium = store.find<PhysicalMedium>(request_.medium);
        const auto drive = store.find<Drive>(request_.drive);
        is_there_ = medium && drive && medium->location == drive->id;
        if (!is_there_) return Error::Success;
        const auto library = store.find<Library>(at_.library());
        is_stand_alone_ = library && library->library_type == LibraryType::StandAlone;
        if (is_stand_alone_) return Error::Success;
        tape_ = at_.tape_of(*drive);
        drive_ = static_cast<std::uint16_t>(drive->element);
        return find_slot(store, *medium);
    }

    // Its own, else any that is empty.
    Error find_slot(Store& store, const PhysicalMedium& medium) {
        std::optional<StorageSlot> found = store.find<StorageSlot>(medium.home_slot);
        if (found && found->state != SlotState::Empty) found.reset();
        for (const StorageSlot& slot : store.slots_of(at_.library())) {
            if (found) break;
            if (slot.state == SlotState::Empty) found = slot;
        }
        if (!found) return Error::ResourceNotAvailable;
        slot_ = static_cast<std::uint16_t>(found->element);
        return Error::Success;
    }

    // No robot takes it: the drive may be opened, and is free for the next mount.
    void leave_to_hands() {
        set_drive(DriveState::Dismountable);
        passed();
    }

    void bring_back() {
        set_drive(DriveState::Unloaded);
        at_.move(drive_, slot_, Device::OnChange::GiveUp, [this](Result<Bytes, Trouble> answer) {
            if (answer) return at_.read([this](Error) { passed(); });
            if (tells_of_change(answer.error()) && ++attempts_ <= kAttempts) return start();
            const Error error = error_of(answer.error(), Error::MediumNotAccessible);
            at_.read([this, error](Error) { failed(error); });
        });
    }

    // It stays where it is, and is not tried again until somebody asks.
    void keep(Error error) {
        set_drive(DriveState::Loaded);
        failed(error);
    }

    void set_drive(DriveState state) {
        static_cast<void>(transact([&](Store& store) {
            auto drive = store.find<Drive>(request_.drive);
            if (!drive || drive->state == DriveState::Dismounted) return Error::Success;
            drive->state = state;
            store.update(*drive);
            settle_medium(store, request_.medium);
            return Error::Success;
        }));
    }

    std::uint32_t attempts_ = 0;
    std::uint16_t drive_ = 0;  // elements
    std::uint16_t slot_ = 0;
    bool is_there_ = false;
    bool is_stand_alone_ = false;
    TapeDevice* tape_ = nullptr;
};

}  // namespace

std::unique_ptr<LibraryJob> dismount_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<DismountJob>(at, request);
}

}  // namespace nearline::rsm
