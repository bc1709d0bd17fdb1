// WRITESCRATCH: the free label on a medium, in a drive, and back to its place.
#include "base/bytes.h"
#include "base/text.h"
#include "rsm/library_job.h"
#include "rsm/media_label.h"

namespace nearline::rsm {
namespace {

using base::Result;
using scsi::Bytes;

class LabelJob final : public LibraryJob {
public:
    using LibraryJob::LibraryJob;

    void start() override {
        const Error error = transact([&](Store& store) { return find_places(store); });
        // Drives that have no WRITE at all: the bar code is all the identity there can be.
        if (cannot_write_) {
            label_ = {};
            return written(Error::Success);
        }
        if (tape_ == nullptr) {
            return failed(error == Error::Success ? Error::ResourceNotAvailable : error);
        }
        if (is_in_drive_) return write();
        at_.move(*home_, drive_, Device::OnChange::Repeat, [this](Result<Bytes, Trouble> answer) {
            if (answer) return write();
            written(error_of(answer.error(), Error::UnableToLoadMedium));
        });
    }

private:
    // The drive that holds the medium, else the first that is free.
    Error find_places(Store& store) {
        const auto medium = store.find<PhysicalMedium>(request_.medium);
        const auto from = medium ? element_of(store, *medium) : std::nullopt;
        if (!from || medium->library != at_.library()) return Error::MediaOffline;
        label_ = store.new_id();
        home_ = *from;
        for (const Drive& drive : store.drives_of(at_.library())) {
            const bool holds_it = medium->location == drive.id;
            const bool is_free = drive.state == DriveState::Dismounted && drive.is_enabled;
            TapeDevice* tape = at_.tape_of(drive);
            if (tape != nullptr && !tape->can_write()) cannot_write_ = true;
            if (!holds_it && (!is_free || tape_ != nullptr)) continue;
            tape_ = tape;
            drive_ = static_cast<std::uint16_t>(drive.element);
            is_in_drive_ = holds_it;
            if (!holds_it) continue;
            home_.reset();
            const auto slot = store.find<StorageSlot>(medium->home_slot);
            if (slot && slot->state == SlotState::Empty) {
                home_ = static_cast<std::uint16_t>(slot->element);
            }
            break;
        }
        return Error::Success;
    }

    void write() {
        tape_->write_label(free_label(label_), [this](Result<Bytes, Trouble> answer) {
            bring_back(answer ? Error::Success
                              : error_of(answer.error(), Error::MediumNotAccessible));
        });
    }

    void bring_back(Error outcome) {
        if (!home_) return written(outcome);
        tape_->unload([this, outcome](const Result<Bytes, Trouble>&) {
            at_.move(drive_, *home_, Device::OnChange::Repeat,
                     [this, outcome](Result<Bytes, Trouble>) {
                         // Wherever it ended up, the reading that follows finds it.
                         written(outcome);
                     });
        });
    }

    void written(Error outcome) {
        at_.read([this, outcome](Error) {
            if (outcome != Error::Success) return failed(outcome);
            static_cast<void>(transact([&](Store& store) {
                keep_label(store);
                return Error::Success;
            }));
            passed();
        });
    }

    void keep_label(Store& store) {
        auto side = store.find<Side>(request_.side);
        if (!side) return;
        if (side->state == SideState::Unprepared) side->state = SideState::Available;
        side->label_info.clear();
        if (!label_.is_null()) {
            side->label_type = kFreeLabelType;
            side->label_id = base::to_hex(base::as_bytes(label_.text()));
            ++side->mount_count;
        }
        store.update(*side);
    }

    std::optional<std::uint16_t> home_;  // elements; without a home it stays in the drive
    std::uint16_t drive_ = 0;
    bool is_in_drive_ = false;
    bool cannot_write_ = false;
    TapeDevice* tape_ = nullptr;
    Guid label_;
};

}  // namespace

std::unique_ptr<LibraryJob> label_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<LabelJob>(at, request);
}

}  // namespace nearline::rsm
