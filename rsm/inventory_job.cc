// INVENTORY: one fresh reading of every element. A full one then marks all slots that hold a
// medium, and leaves a request for each to have its label read.
#include "rsm/library_job.h"

namespace nearline::rsm {
namespace {

class InventoryJob final : public LibraryJob {
public:
    using LibraryJob::LibraryJob;

    void start() override {
        at_.read([this](Error error) {
            if (error != Error::Success) return failed(error);
            at_.queue_missing_labels();
            if (request_.option == kFullInventory) mark_slots();
            passed();
        });
    }

private:
    void mark_slots() {
        static_cast<void>(transact([&](Store& store) {
            for (const PhysicalMedium& medium : store.media_in(at_.library())) {
                auto slot = store.find<StorageSlot>(medium.location);
                if (!slot || medium.media_state != MediaState::Idle) continue;
                if (slot->state != SlotState::Full && slot->state != SlotState::NeedsInventory) {
                    continue;
                }
                slot->state = SlotState::NeedsInventory;
                store.update(*slot);
                queue_identification(store, medium, *slot);
            }
            return Error::Success;
        }));
    }

    // As many sides as it has have a label each; a tape has one.
    void queue_identification(Store& store, const PhysicalMedium& medium, const StorageSlot& slot) {
        LibRequest request;
        request.operation = Operation::ProcessOmid;
        request.library = at_.library();
        request.medium = medium.id;
        request.slot = slot.id;
        request.work_item = request_.id;
        request.queued = at_.now();
        request.application = request_.application;
        request.user = request_.user;
        request.computer = request_.computer;
        store.insert(request);
    }
};

}  // namespace

std::unique_ptr<LibraryJob> inventory_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<InventoryJob>(at, request);
}

}  // namespace nearline::rsm
