// INJECT: unlocks the port and waits for cartridges; then locks it, takes each to a free slot and
// has those identified that nobody knows. What finds no slot stays in the port.
#include <algorithm>

#include "rsm/hands.h"
#include "rsm/intake_rules.h"
#include "rsm/library_job.h"

namespace nearline::rsm {
namespace {

using base::Result;
using scsi::Bytes;

class InjectJob final : public LibraryJob {
public:
    using LibraryJob::LibraryJob;

    void start() override {
        at_.read([this](Error error) {
            if (error != Error::Success) return failed(error);
            if (at_.reading() == nullptr) return failed(Error::NotReady);
            plan();
        });
    }

private:
    struct Move {
        std::uint16_t from = 0;
        std::uint16_t to = 0;
    };

    void plan() {
        static_cast<void>(transact([&](Store& store) {
            const auto library = store.find<Library>(at_.library());
            const auto request = store.find<LibRequest>(request_.id);
            if (!library || !request) return Error::Success;
            option_ = request->option;
            const auto ports = ports_to_empty(store, at_.library(), *at_.reading());
            auto slots = free_slots(store, *library);
            for (const std::uint16_t port : ports) {
                if (slots.empty()) {
                    ++left_over_;
                    continue;
                }
                moves_.push_back({port, slots.front()});
                slots.erase(slots.begin());
            }
            return Error::Success;
        }));
        if (moves_.empty()) {
            if (left_over_ > 0) ask_for_room();
            return at_.prevent_removal(Removal::Allowed, [this] { settle(); });
        }
        at_.prevent_removal(Removal::Prevented, [this] { move_next(); });
    }

    // A cleaning cartridge goes to its own slot by InjectNtmsCleaner; the slot stays free for it.
    std::vector<std::uint16_t> free_slots(Store& store, const Library& library) {
        const auto reserved = store.find<StorageSlot>(library.cleaner_slot);
        std::vector<std::uint16_t> found;
        for (const SeenElement& element : at_.reading()->elements) {
            const bool is_free = element.kind == ElementKind::Slot && !element.is_full &&
                                 element.is_accessible && !element.is_removed && !element.is_hidden;
            const bool is_reserved = reserved && reserved->element == element.address;
            if (is_free && !is_reserved) found.push_back(element.address);
        }
        return found;
    }

    void move_next() {
        if (next_ == moves_.size()) return lock_off();
        const Move move = moves_.at(next_++);
        at_.move(move.from, move.to, Device::OnChange::Repeat,
                 [this, move](const Result<Bytes, Trouble>& answer) {
                     if (answer) {
                         filled_.push_back(move.to);
                     } else {
                         error_ = error_of(answer.error(), Error::ControllingIEPort);
                     }
                     move_next();
                 });
    }

    void lock_off() {
        at_.prevent_removal(Removal::Allowed, [this] {
            at_.read([this](Error) {
                static_cast<void>(transact([&](Store& store) {
                    for (const std::uint16_t slot : filled_) identify(store, slot);
                    return Error::Success;
                }));
                if (left_over_ > 0) ask_for_room();
                settle();
            });
        });
    }

    // One whose bar code is on record is known. Any other is new, and its label tells its pool;
    // without a bar code the inventory has asked for that already.
    void identify(Store& store, std::uint16_t address) {
        for (const StorageSlot& slot : store.slots_of(at_.library())) {
            if (slot.element != address) continue;
            for (const PhysicalMedium& medium : store.media_in(at_.library())) {
                if (medium.location == slot.id) queue_identification(store, medium, slot.id);
            }
        }
    }

    void queue_identification(Store& store, const PhysicalMedium& medium, const Guid& slot) {
        const auto sides = store.sides_of(medium.id);
        const bool is_unread = !sides.empty() && sides.front().state == SideState::Foreign &&
                               sides.front().label_id.empty() && sides.front().mount_count == 0;
        if (medium.bar_code.empty() || !is_unread) return;
        LibRequest request;
        request.operation = Operation::ProcessOmid;
        request.library = at_.library();
        request.medium = medium.id;
        request.slot = slot;
        request.queued = at_.now();
        request.application = request_.application;
        request.user = request_.user;
        request.computer = request_.computer;
        store.insert(request);
    }

    void ask_for_room() {
        static_cast<void>(transact([&](Store& store) {
            ask_operator(store, OpCommand::DeviceService, ObjectType::Library, at_.library(),
                         "The library is full: take media out of it, and " +
                             std::to_string(left_over_) + " out of the port.",
                         at_.now());
            return Error::Success;
        }));
    }

    void settle() {
        const Reading* reading = at_.reading();
        const bool is_closed = reading == nullptr || are_ports_closed(*reading);
        if (option_ == kInjectLast && is_closed) {
            return at_.finish(request_.id, RequestState::Stopped, Error::Success);
        }
        if (error_ != Error::Success) return failed(error_);
        const bool is_done = option_ == kInjectOnce && !filled_.empty();
        if (is_done) return passed();
        if (left_over_ > 0) return failed(Error::LibraryFull);
        at_.finish(request_.id, RequestState::Waiting, Error::Success);
        at_.watch_ports();
    }

    std::vector<Move> moves_;
    std::size_t next_ = 0;
    std::vector<std::uint16_t> filled_;  // slots
    std::size_t left_over_ = 0;
    std::uint32_t option_ = kInjectOnce;
    Error error_ = Error::Success;
};

}  // namespace

std::unique_ptr<LibraryJob> inject_job(Workplace& at, const LibRequest& request) {
    return std::make_unique<InjectJob>(at, request);
}

}  // namespace nearline::rsm
