// PROCESSOMID and CLASSIFY: the medium to a drive, its label read, and what that says of it.
#include "rsm/classification.h"
#include "rsm/drive_errand.h"
#include "rsm/library_job.h"

namespace nearline::rsm {
namespace {

using base::Result;
using scsi::Bytes;

constexpr std::uint32_t kDeferredDismount = 1;  // OperationOption: it stays in the drive

class IdentifyJob final : public LibraryJob {
public:
    IdentifyJob(Workplace& at, const LibRequest& request)
        : LibraryJob(at, request),
          errand_(at, request.medium,
                  request.option == kDeferredDismount ? DriveErrand::Return::StayInDrive
                                                      : DriveErrand::Return::Home) {}

    void start() override {
        errand_.run(
            [this](TapeDevice& tape, std::function<void()> back) {
                tape.read_label([this, back](Result<Bytes, Trouble> block) {
                    take(block);
                    back();
                });
            },
            [this](Error error) {
                if (errand_.is_refused_by_drive()) {
                    finding_ = Finding{Finding::Kind::Unusable, {}};
                    error = Error::Success;
                }
                end(error == Error::Success ? error_ : error);
            });
    }

private:
    void take(const Result<Bytes, Trouble>& block) {
        if (block) {
            const auto label = recognize_label(*block);
            finding_ = label ? Finding{Finding::Kind::Labelled, *label} : Finding{};
            return;
        }
        if (!tells_of_wrong_medium(block.error())) {
            error_ = error_of(block.error(), Error::MediumNotAccessible);
            return;
        }
        // 30h/03h and 30h/07h: a cleaning cartridge, and the drive's cleaning with it.
        const std::uint8_t ascq = block.error().sense.ascq;
        const bool is_cleaner = ascq == 0x03 || ascq == 0x07;
        finding_ = Finding{is_cleaner ? Finding::Kind::Cleaner : Finding::Kind::Unusable, {}};
    }

    void end(Error error) {
        if (error == Error::Success && finding_) {
            static_cast<void>(transact([&](Store& store) {
                pass(store);
                settle_slot(store);
                classify(store, request_.medium, *finding_, at_.now());
                return Error::Success;
            }));
        }
        if (error != Error::Success) return failed(error);
        passed();
    }

    // The record it was about may be gone after classification, and its open requests with it.
    void pass(Store& store) {
        auto request = store.find<LibRequest>(request_.id);
        if (!request || request->state != RequestState::InProcess) return;
        request->state = RequestState::Passed;
        request->completed = at_.now();
        store.update(*request);
    }

    void settle_slot(Store& store) {
        auto slot = store.find<StorageSlot>(request_.slot);
        if (!slot || slot->state != SlotState::NeedsInventory) return;
        slot->state = SlotState::Full;
        store.update(*slot);
    }

    DriveErrand errand_;
    std::optional<Finding> finding_;
    Error error_ = Error::Success;
};

}  // namespace

std::unique_ptr<LibraryJob> identify_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<IdentifyJob>(at, request);
}

}  // namespace nearline::rsm
