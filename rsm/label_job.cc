// WRITESCRATCH: the free label on a medium, in a drive, and back to its place.
#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "rsm/drive_errand.h"
#include "rsm/library_job.h"
#include "rsm/media_label.h"

namespace nearline::rsm {
namespace {

using base::Result;
using scsi::Bytes;

class LabelJob final : public LibraryJob {
public:
    LabelJob(Workplace& at, const LibRequest& request)
        : LibraryJob(at, request), errand_(at, request.medium, DriveErrand::Return::HomeSlot) {}

    void start() override {
        bool is_by_bar_code = false;
        const Error error = transact([&](Store& store) {
            is_by_bar_code = is_known_by_bar_code_alone(store);
            if (!is_by_bar_code) label_ = store.new_id();
            return Error::Success;
        });
        if (error != Error::Success) return failed(error);
        if (is_by_bar_code) return at_.read([this](Error) { labelled(); });
        errand_.run(
            [this](TapeDevice& tape, std::function<void()> back) {
                tape.write_label(free_label(label_), [this, back](Result<Bytes, Trouble> answer) {
                    if (!answer) error_ = error_of(answer.error(), Error::MediumNotAccessible);
                    back();
                });
            },
            [this](Error way) {
                const Error outcome = way == Error::Success ? error_ : way;
                if (outcome != Error::Success) return failed(outcome);
                labelled();
            });
    }

private:
    // Drives that have no WRITE at all: the bar code is all the identity there can be.
    bool is_known_by_bar_code_alone(Store& store) {
        const auto medium = store.find<PhysicalMedium>(request_.medium);
        if (!medium || medium->library != at_.library()) return false;
        const auto drives = store.drives_of(at_.library());
        return std::any_of(drives.begin(), drives.end(), [this](const Drive& drive) {
            const TapeDevice* tape = at_.tape_of(drive);
            return tape != nullptr && !tape->can_write();
        });
    }

    void labelled() {
        static_cast<void>(transact([&](Store& store) {
            keep_label(store);
            return Error::Success;
        }));
        passed();
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

    DriveErrand errand_;
    Guid label_;  // null: none is written
    Error error_ = Error::Success;
};

}  // namespace

std::unique_ptr<LibraryJob> label_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<LabelJob>(at, request);
}

}  // namespace nearline::rsm
