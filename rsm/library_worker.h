// Does what RSM asks of one managed library, one thing after another: looks, and the jobs of
// library requests. Requests stand in the store; whoever queues one wakes the worker. A managed
// library without a changer is a drive that stands alone: a library with one port and no slots.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "rsm/inventory.h"
#include "rsm/library_job.h"

namespace nearline::rsm {

class LibraryWorker final : public Workplace {
public:
    // All must outlive it. `changed` runs after records have changed.
    LibraryWorker(Store& store, Delays& delays, const ManagedLibrary& library,
                  std::function<void()> changed);
    LibraryWorker(const LibraryWorker&) = delete;
    LibraryWorker& operator=(const LibraryWorker&) = delete;

    // Finds or makes the library's objects and takes the first inventory.
    void start();
    void wake();

    enum class Seen { Everything, Nothing, Unreachable };
    // One fresh reading of every element, begun after this call, then in the records. Nothing when
    // the changer could not be read in bounded time, or does not know itself what is inside;
    // Unreachable when nobody answered.
    void look(std::function<void(Seen)> done);

    // Whether a cartridge without a bar code is inside that could be any, until its label is read.
    bool has_unidentified();

    Store& store() override { return store_; }
    Guid library() const override { return library_; }
    std::uint64_t now() const override { return delays_.now_ms(); }
    const Reading* reading() const override { return last_ ? &*last_ : nullptr; }
    void read(std::function<void(Error)> done) override;
    void move(std::uint16_t from, std::uint16_t to, Device::OnChange on_change,
              Reply<scsi::Bytes> done) override;
    TapeDevice* tape_of(const Drive& drive) override;
    void finish(const Guid& request, RequestState state, Error error) override;
    void prevent_removal(Removal removal, std::function<void()> done) override;
    void expect_door() override;
    void watch_ports() override;
    void queue_missing_labels() override;

private:
    struct Unit {
        Identity identity;
        std::unique_ptr<TapeDevice> tape;
    };
    using Finished = std::function<void(Error)>;

    void next();
    void next_later();
    Seen what_was_seen(Error error);
    bool is_on_record();
    bool take();
    bool is_wanted(const LibRequest& request);
    void set_alarm();
    void work_on(const LibRequest& request);

    void empty_drives_left_behind();

    void adopt(Finished done);
    void identify_units(std::size_t index, Finished done);
    void keep_library(const Identity& changer);
    void library_unreachable();
    bool is_stand_alone() const { return managed_.changer == nullptr; }
    void read_drive(Finished done);
    Error apply(Reading reading);
    void look_at_waiting();
    std::uint64_t watched_until();
    bool is_anything_waiting();
    void watch_ports_after(std::uint64_t wait_ms);

    Store& store_;
    Delays& delays_;
    ManagedLibrary managed_;
    std::function<void()> changed_;
    ChangerDevice changer_;
    std::vector<Unit> units_;
    Guid library_;
    bool is_adopted_ = false;
    bool is_busy_ = false;
    bool is_next_due_ = false;
    std::unique_ptr<LibraryJob> job_;
    std::deque<LibRequest> begun_;  // in process, and next
    std::uint64_t alarm_ = 0;       // when a deferred dismount is due; 0: none
    bool waits_for_operator_ = false;
    std::uint64_t loads_seen_ = 0;       // of a stand-alone drive
    std::uint64_t watch_ = 0;            // the row of looks that goes on
    std::uint64_t openings_before_ = 0;  // of the door, when it was last unlocked
    bool was_door_open_ = false;         // since then
    std::uint32_t start_attempts_ = 0;
    std::optional<Reading> last_;  // as the records have it; nothing while they may differ
    std::vector<std::function<void(Seen)>> looks_;
    std::shared_ptr<char> alive_ = std::make_shared<char>();  // watched by late callbacks
};

}  // namespace nearline::rsm
