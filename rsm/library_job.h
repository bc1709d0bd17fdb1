// One thing RSM does in a library: a library request in process. Each operation is a job in a file
// of its own; the worker starts one after another, owns it while it runs, and is what it works
// with.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "rsm/changer_device.h"
#include "rsm/store.h"
#include "rsm/tape_device.h"

namespace nearline::rsm {

using Removal = ChangerDevice::Removal;

// What a job may use of the worker.
class Workplace {
public:
    virtual ~Workplace() = default;

    virtual Store& store() = 0;
    virtual Guid library() const = 0;
    virtual std::uint64_t now() const = 0;
    // Every element as the records have it; nullptr while they may differ, so read first.
    virtual const Reading* reading() const = 0;
    // Reads every element and brings the records in line.
    virtual void read(std::function<void(Error)> done) = 0;
    // MOVE MEDIUM. From here on the records may differ, until the next read.
    virtual void move(std::uint16_t from, std::uint16_t to, Device::OnChange on_change,
                      Reply<scsi::Bytes> done) = 0;
    // The drive's own logical unit; nullptr when none answers with its serial number.
    virtual TapeDevice* tape_of(const Drive& drive) = 0;
    // Ends the request, once: in this state, with this error. The job is gone soon after.
    virtual void finish(const Guid& request, RequestState state, Error error) = 0;

    // PREVENT ALLOW MEDIUM REMOVAL; a changer that has no lock is as good as unlocked.
    virtual void prevent_removal(Removal removal, std::function<void()> done) = 0;
    // Somebody is about to open the door: what is seen of it counts from here on.
    virtual void expect_door() = 0;
    // Looks again after a while, a few times, while a request waits for the operator's hands.
    virtual void watch_ports() = 0;
    // Media whose free label could not be written get another chance. Not inside a transaction.
    virtual void queue_missing_labels() = 0;
};

// The worker keeps it until it has called finish.
class LibraryJob {
public:
    LibraryJob(Workplace& at, LibRequest request) : at_(at), request_(std::move(request)) {}
    virtual ~LibraryJob() = default;
    LibraryJob(const LibraryJob&) = delete;
    LibraryJob& operator=(const LibraryJob&) = delete;

    virtual void start() = 0;

protected:
    // One transaction over the store.
    Error transact(const std::function<Error(Store&)>& work);
    void passed() { at_.finish(request_.id, RequestState::Passed, Error::Success); }
    void failed(Error error) { at_.finish(request_.id, RequestState::Failed, error); }

    Workplace& at_;
    const LibRequest request_;
};

// The job of a request's operation; nullptr for one that no library does.
std::unique_ptr<LibraryJob> job_for(Workplace& at, const LibRequest& request);

std::unique_ptr<LibraryJob> door_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> inject_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> inject_cleaner_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> eject_cleaner_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> clean_drive_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> inventory_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> identify_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> eject_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> dismount_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> mount_job(Workplace& at, const LibRequest& request);
std::unique_ptr<LibraryJob> label_job(Workplace& at, const LibRequest& request);

// The first port that is empty, closed and good for exports.
std::optional<std::uint16_t> free_port(const Reading& reading);

// Inside a transaction: the address of the element a medium stands in.
std::optional<std::uint16_t> element_of(Store& store, const PhysicalMedium& medium);

// What a device's trouble is to the caller of a function.
Error error_of(const Trouble& trouble, Error otherwise);
// Incompatible medium (30h): this drive can do nothing with it, or it cleans.
bool tells_of_wrong_medium(const Trouble& trouble);
// Something moved meanwhile: worth a new reading and another attempt.
bool tells_of_change(const Trouble& trouble);

}  // namespace nearline::rsm
