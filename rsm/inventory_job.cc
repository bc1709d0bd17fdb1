// INVENTORY: one fresh reading of every element.
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
            passed();
        });
    }
};

}  // namespace

std::unique_ptr<LibraryJob> inventory_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<InventoryJob>(at, request);
}

}  // namespace nearline::rsm
