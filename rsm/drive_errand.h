// A way to a drive and back: a medium of the library is put into a free drive, something is done to
// the tape, and it goes home. One that stands in a drive already is used there. The place it comes
// from is kept free for it: the worker does one thing at a time.
#pragma once

#include <functional>
#include <optional>

#include "rsm/library_job.h"

namespace nearline::rsm {

class DriveErrand {
public:
    enum class Return {
        Home,      // to where it was
        HomeSlot,  // the same; one that was in the drive goes to its own slot, if that is empty
        StayInDrive,
    };
    // What is done to the tape in the drive; it calls `back` once.
    using Task = std::function<void(TapeDevice& tape, std::function<void()> back)>;

    DriveErrand(Workplace& at, const Guid& medium, Return back);
    DriveErrand(const DriveErrand&) = delete;
    DriveErrand& operator=(const DriveErrand&) = delete;

    // Ends with `done`, after a reading of where everything stands. The error is of the way there:
    // then `task` has not run.
    void run(Task task, std::function<void(Error)> done);
    // Where the way there failed with a sense that says the drive cannot use the medium.
    bool is_refused_by_drive() const { return is_refused_by_drive_; }
    const Guid& drive() const { return drive_id_; }

private:
    Error find_places(Store& store);
    void in_drive();
    void bring_back();
    void ended(Error error);

    Workplace& at_;
    const Guid medium_;
    const Return back_;
    Task task_;
    std::function<void(Error)> done_;
    std::optional<std::uint16_t> home_;  // elements; without a home it stays in the drive
    std::uint16_t drive_ = 0;
    Guid drive_id_;
    bool is_in_drive_ = false;
    bool is_refused_by_drive_ = false;
    TapeDevice* tape_ = nullptr;
};

}  // namespace nearline::rsm
