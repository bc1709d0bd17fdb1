// Does what RSM asks of one managed library, one thing after another: looks, inventories, ejects,
// free labels. Requests stand in the store; whoever queues one wakes the worker.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "rsm/changer_device.h"
#include "rsm/inventory.h"
#include "rsm/store.h"
#include "rsm/tape_device.h"

namespace nearline::rsm {

class LibraryWorker {
public:
    // All must outlive it. `changed` runs after records have changed.
    LibraryWorker(Store& store, Delays& delays, const ManagedLibrary& library,
                  std::function<void()> changed);
    LibraryWorker(const LibraryWorker&) = delete;
    LibraryWorker& operator=(const LibraryWorker&) = delete;

    // Finds or makes the library's objects and takes the first inventory.
    void start();
    void wake();

    enum class Seen { Everything, Nothing };
    // One fresh reading of every element, begun after this call, then in the records. Nothing when
    // the changer could not be read in bounded time.
    void look(std::function<void(Seen)> done);

private:
    struct Unit {
        Identity identity;
        std::unique_ptr<TapeDevice> tape;
    };
    struct LabelJob;
    using Finished = std::function<void(Error)>;

    std::uint64_t now() const { return delays_.now_ms(); }
    void next();
    void next_later();
    void work_on(LibRequest request);
    void finish(const Guid& request, RequestState state, Error error);

    void queue_missing_labels();

    void adopt(Finished done);
    void identify_units(std::size_t index, Finished done);
    void keep_library(const Identity& changer);
    void library_unreachable();
    void read(Finished done);
    Error apply(Reading reading);

    void eject(const LibRequest& request, std::uint32_t attempt);
    void eject_from(const LibRequest& request, std::uint16_t from, std::uint32_t attempt);
    void moved_to_port(const LibRequest& request);
    void offered_in_port(const Guid& request);
    void watch_ports(std::uint64_t wait_ms);

    void write_free_label(const LibRequest& request);
    void label_in_drive(std::shared_ptr<LabelJob> job);
    void bring_back(std::shared_ptr<LabelJob> job, Error outcome);
    void label_written(const std::shared_ptr<LabelJob>& job, Error outcome);

    // Where a medium is: its element's address, and of drives the unit.
    std::optional<std::uint16_t> element_of(const PhysicalMedium& medium);
    TapeDevice* tape_of(const Drive& drive);

    Store& store_;
    Delays& delays_;
    ManagedLibrary managed_;
    std::function<void()> changed_;
    ChangerDevice changer_;
    std::vector<Unit> units_;
    Guid library_;
    bool is_adopted_ = false;
    bool is_busy_ = false;
    bool is_watching_ = false;
    std::uint32_t start_attempts_ = 0;
    std::optional<Reading> last_;  // as the records have it; nothing while they may differ
    std::vector<std::function<void(Seen)>> looks_;
    std::shared_ptr<char> alive_ = std::make_shared<char>();  // watched by late callbacks
};

}  // namespace nearline::rsm
