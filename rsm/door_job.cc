// DOORACCESS: unlocks the door, and waits until somebody has opened and closed it. A library whose
// door has no lock that a host could open is the same to the caller.
#include "rsm/library_job.h"

namespace nearline::rsm {
namespace {

class DoorJob final : public LibraryJob {
public:
    using LibraryJob::LibraryJob;

    void start() override {
        at_.prevent_removal(Removal::Allowed, [this] {
            at_.expect_door();
            at_.finish(request_.id, RequestState::Waiting, Error::Success);
            at_.watch_ports();
        });
    }
};

}  // namespace

std::unique_ptr<LibraryJob> door_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<DoorJob>(at, request);
}

}  // namespace nearline::rsm
