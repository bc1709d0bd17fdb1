// MOUNT: a medium into its drive, until the drive is ready.
#include "rsm/inventory.h"
#include "rsm/library_job.h"
#include "rsm/queue_rules.h"

namespace nearline::rsm {
namespace {

using base::Result;
using scsi::Bytes;

constexpr std::uint32_t kAttempts = 3;  // when things change meanwhile

class MountJob final : public LibraryJob {
public:
    using LibraryJob::LibraryJob;

    void start() override {
        if (at_.reading() != nullptr) return begin();
        at_.read([this](Error error) {
            if (error != Error::Success) return fail(error);
            begin();
        });
    }

private:
    void begin() {
        const Error missing = transact([&](Store& store) { return find_places(store); });
        if (missing != Error::Success) return fail(missing);
        if (tape_ == nullptr) return fail(Error::DeviceNotAvailable);
        if (is_in_drive_) return load();
        at_.move(from_, drive_, Device::OnChange::GiveUp, [this](Result<Bytes, Trouble> answer) {
            if (answer) return moved();
            if (tells_of_change(answer.error()) && ++attempts_ <= kAttempts) return start();
            const Error error = error_of(answer.error(), Error::UnableToLoadMedium);
            at_.read([this, error](Error) { fail(error); });
        });
    }

    Error find_places(Store& store) {
        const auto medium = store.find<PhysicalMedium>(request_.medium);
        const auto from = medium ? element_of(store, *medium) : std::nullopt;
        const auto drive = store.find<Drive>(request_.drive);
        if (!from || medium->library != at_.library()) return Error::MediaOffline;
        if (!drive) return Error::ResourceNotAvailable;
        tape_ = at_.tape_of(*drive);
        from_ = *from;
        drive_ = static_cast<std::uint16_t>(drive->element);
        is_in_drive_ = medium->location == drive->id;
        // Somebody has put another one there.
        const bool is_free = is_in_drive_ || drive->state == DriveState::Dismounted;
        return is_free ? Error::Success : Error::InvalidState;
    }

    // In the drive, not ready yet: so the reading that follows finds it.
    void moved() {
        static_cast<void>(transact([&](Store& store) {
            auto drive = store.find<Drive>(request_.drive);
            if (!drive) return Error::Success;
            drive->state = DriveState::Mounted;
            drive->saved_side = request_.side;
            store.update(*drive);
            return Error::Success;
        }));
        at_.read([this](Error error) {
            if (error != Error::Success) return fail(error);
            const Error settled = transact([&](Store& store) { return settle(store); });
            if (settled != Error::Success) return fail(settled);
            load();
        });
    }

    Error settle(Store& store) {
        auto medium = store.find<PhysicalMedium>(request_.medium);
        if (!medium || medium->location != request_.drive) return Error::InvalidState;
        medium->mounted_side = request_.side;
        store.update(*medium);
        settle_medium(store, medium->id);
        return Error::Success;
    }

    void load() {
        tape_->load([this](Result<Bytes, Trouble> answer) {
            if (answer) return loaded();
            const bool is_broken = answer.error().kind != Trouble::Kind::Refused ||
                                   answer.error().sense.key == scsi::SenseKey::HardwareError;
            if (is_broken) ask_for_service();
            fail(error_of(answer.error(), Error::UnableToLoadMedium));
        });
    }

    // The caller may have gone meanwhile: then nobody holds it.
    void loaded() {
        static_cast<void>(transact([&](Store& store) {
            const auto request = store.find<LibRequest>(request_.id);
            if (request && request->state == RequestState::InProcess) {
                hold(store);
            } else {
                give_back(store);
            }
            return Error::Success;
        }));
        passed();
    }

    void hold(Store& store) {
        auto drive = store.find<Drive>(request_.drive);
        auto side = store.find<Side>(request_.side);
        auto medium = store.find<PhysicalMedium>(request_.medium);
        if (!drive || !side || !medium) return;
        drive->state = DriveState::Loaded;
        drive->saved_side = side->id;
        ++drive->mount_count;
        store.update(*drive);
        ++side->mount_count;
        store.update(*side);
        medium->mounted_side = side->id;
        store.update(*medium);
    }

    void give_back(Store& store) {
        const auto drive = store.find<Drive>(request_.drive);
        const auto medium = store.find<PhysicalMedium>(request_.medium);
        if (!drive || !medium || medium->location != drive->id) return;
        queue_dismount(store, *drive,
                       system_request(Operation::Dismount, at_.library(), at_.now()));
    }

    // None of the call's media is mounted when one cannot be.
    void fail(Error error) {
        static_cast<void>(transact([&](Store& store) {
            end_work(store, work_of(request_), RequestState::Failed, error, at_.now());
            give_back(store);
            return Error::Success;
        }));
        failed(error);
    }

    void ask_for_service() {
        static_cast<void>(transact([&](Store& store) {
            const auto drive = store.find<Drive>(request_.drive);
            if (!drive) return Error::Success;
            if (!store.open_operator_requests(OpCommand::DeviceService, drive->id).empty()) {
                return Error::Success;
            }
            OpRequest asked;
            asked.command = OpCommand::DeviceService;
            asked.submitted = at_.now();
            asked.message = drive->name + " does not load media.";
            asked.argument1_type = ObjectType::Drive;
            asked.argument1 = drive->id;
            asked.application = "Removable Storage";
            asked.user = request_.user;
            asked.computer = request_.computer;
            store.insert(asked);
            return Error::Success;
        }));
    }

    std::uint32_t attempts_ = 0;
    std::uint16_t from_ = 0;  // elements
    std::uint16_t drive_ = 0;
    bool is_in_drive_ = false;
    TapeDevice* tape_ = nullptr;
};

}  // namespace

std::unique_ptr<LibraryJob> mount_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<MountJob>(at, request);
}

}  // namespace nearline::rsm
