#include "rsm/hands.h"

#include <algorithm>
#include <set>

#include "rsm/intake_rules.h"

namespace nearline::rsm {
namespace {

constexpr std::uint64_t kSecond = 1'000;  // milliseconds

class WaitingRequests {
public:
    WaitingRequests(Store& store, Library library, const Sight& sight, std::uint64_t now_ms)
        : store_(store), library_(std::move(library)), sight_(sight), now_(now_ms) {}

    void look() {
        ask_about_open_door();
        for (LibRequest& request : store_.open_requests_of(library_.id)) {
            if (request.state == RequestState::Waiting) look_at(request);
        }
    }

private:
    void look_at(LibRequest& request) {
        switch (request.operation) {
            case Operation::Eject:
                return ask_about_ports(request);
            case Operation::Inject:
                ask_about_ports(request);
                if (has_something_to_inject() || is_last_round(request)) {
                    return queue_again(request);
                }
                if (is_too_late(request)) give_up(request);
                return;
            case Operation::InjectCleaner:
                ask_about_ports(request);
                if (has_something_to_inject() || is_reserved_slot_full()) {
                    return queue_again(request);
                }
                if (is_too_late(request)) give_up(request);
                return;
            case Operation::EjectCleaner:
                ask_about_ports(request);
                if (is_cleaner_gone()) end_cleaner(request);
                return;
            case Operation::CleanDrive:
                if (has_usable_cleaner()) queue_again(request);
                return;
            case Operation::DoorAccess:
                if (sight_.reading == nullptr || sight_.reading->is_door_open) return;
                if (sight_.was_door_open) end_door_access(request);
                return;
            default:
                return;
        }
    }

    bool is_too_late(const LibRequest& request) {
        const std::uint64_t limit = port_time_limit(store_, library_.id);
        return limit != 0 && now_ >= request.modified + limit;
    }

    // Stopped while the port was open: what is in it comes in when it is closed.
    bool is_last_round(const LibRequest& request) const {
        return request.option == kInjectLast && sight_.reading != nullptr &&
               are_ports_closed(*sight_.reading);
    }

    void queue_again(LibRequest& request) {
        request.state = RequestState::Queued;
        store_.update(request);
    }

    void end(LibRequest& request, RequestState state = RequestState::Passed,
             Error error = Error::Success) {
        request.state = state;
        request.error = error;
        request.completed = now_;
        store_.update(request);
    }

    // Nobody has put anything in; who wanted many has perhaps had some.
    void give_up(LibRequest& request) {
        const bool is_injection = request.operation == Operation::Inject;
        if (is_injection && request.option == kInjectMany) return end(request);
        if (is_injection && request.option == kInjectLast) {
            return end(request, RequestState::Stopped);
        }
        end(request, RequestState::Failed, Error::Timeout);
    }

    // Closed again: the inventory that was asked for follows, as a request of its own.
    void end_door_access(LibRequest& request) {
        end(request);
        auto method = static_cast<InventoryMethod>(request.option);
        if (method == InventoryMethod::Default) method = library_.inventory_method;
        const bool is_none = method == InventoryMethod::None || method == InventoryMethod::Stop;
        if (is_none) return;
        LibRequest inventory;
        inventory.operation = Operation::Inventory;
        inventory.library = library_.id;
        inventory.option = method == InventoryMethod::Omid ? kFullInventory : kSlotsOnly;
        inventory.queued = now_;
        inventory.application = request.application;
        inventory.user = request.user;
        inventory.computer = request.computer;
        store_.insert(inventory);
    }

    // The operator has taken it: it is not kept on record outside.
    void end_cleaner(LibRequest& request) {
        end(request);
        library_.cleaner_uses_remaining = 0;
        store_.update(library_);
    }

    bool has_something_to_inject() {
        return sight_.reading != nullptr &&
               !ports_to_empty(store_, library_.id, *sight_.reading).empty();
    }

    // In its slot with uses left, or in another: those are not counted.
    bool has_usable_cleaner() const {
        if (is_reserved_slot_full()) {
            return (library_.flags & kIgnoreCleanerUsesRemaining) != 0 ||
                   library_.cleaner_uses_remaining > 0;
        }
        if (sight_.reading == nullptr) return false;
        const auto& elements = sight_.reading->elements;
        return std::any_of(elements.begin(), elements.end(), [&](const SeenElement& element) {
            return element.kind == ElementKind::Slot && element.is_full &&
                   looks_like_cleaner(library_, element);
        });
    }

    // Its slot is empty, and every cartridge in a port is one on record.
    bool is_cleaner_gone() const {
        if (sight_.reading == nullptr || is_reserved_slot_full()) return false;
        for (const IEPort& port : store_.ports_of(library_.id)) {
            const auto* element = sight_.reading->find(static_cast<std::uint16_t>(port.element));
            if (element == nullptr || !element->is_full) continue;
            const bool is_on_record = store_.medium_of_bar_code(element->label).has_value() &&
                                      !looks_like_cleaner(library_, *element);
            if (!is_on_record) return false;
        }
        return true;
    }

    bool is_reserved_slot_full() const {
        const auto slot = store_.find<StorageSlot>(library_.cleaner_slot);
        if (!slot || sight_.reading == nullptr) return false;
        const auto* element = sight_.reading->find(static_cast<std::uint16_t>(slot->element));
        return element != nullptr && element->is_full;
    }

    // A port that stays open too long, or keeps what it offers too long, wants its operator.
    void ask_about_ports(const LibRequest& request) {
        if (!is_too_late(request)) return;
        for (const IEPort& port : store_.ports_of(library_.id)) {
            const bool is_unattended =
                port.position == PortPosition::Extended || port.content == PortContent::Full;
            if (!is_unattended) continue;
            const bool is_open = port.position == PortPosition::Extended;
            ask_operator(store_, OpCommand::DeviceService, ObjectType::IEPort, port.id,
                         is_open ? port.name + " has been open too long: close it."
                                 : port.name + " still holds a cartridge: empty it.",
                         now_);
        }
    }

    void ask_about_open_door() {
        for (const IEDoor& door : store_.doors_of(library_.id)) {
            const std::uint64_t limit = door.max_open_seconds * kSecond;
            const bool is_late = limit != 0 && now_ >= door.modified + limit;
            if (door.state != DoorState::Open || !is_late) continue;
            ask_operator(store_, OpCommand::DeviceService, ObjectType::IEDoor, door.id,
                         door.name + " has been open too long: close it.", now_);
        }
    }

    Store& store_;
    Library library_;
    const Sight& sight_;
    std::uint64_t now_;
};

}  // namespace

void look_at_waiting_requests(Store& store, const Guid& library_id, const Sight& sight,
                              std::uint64_t now_ms) {
    auto library = store.find<Library>(library_id);
    if (library) WaitingRequests(store, std::move(*library), sight, now_ms).look();
}

std::uint64_t port_time_limit(Store& store, const Guid& library) {
    std::uint64_t longest = 0;
    for (const IEPort& port : store.ports_of(library)) {
        longest = std::max(longest, port.max_extend_seconds * kSecond);
    }
    return longest;
}

std::uint64_t last_time_limit(Store& store, const Guid& library) {
    const std::uint64_t ports = port_time_limit(store, library);
    std::uint64_t last = 0;
    for (const LibRequest& request : store.open_requests_of(library)) {
        if (request.state != RequestState::Waiting) continue;
        if (ports != 0) last = std::max(last, request.modified + ports);
    }
    for (const IEDoor& door : store.doors_of(library)) {
        if (door.state != DoorState::Open) continue;
        last = std::max(last, door.modified + door.max_open_seconds * kSecond);
    }
    return last;
}

void ask_operator(Store& store, OpCommand command, ObjectType type, const Guid& object,
                  const std::string& message, std::uint64_t now_ms) {
    if (store.is_operator_asked(command, object)) return;
    OpRequest asked;
    asked.command = command;
    asked.submitted = now_ms;
    asked.message = message;
    asked.argument1_type = type;
    asked.argument1 = object;
    asked.application = "Removable Storage";
    store.insert(asked);
}

std::vector<std::uint16_t> ports_to_empty(Store& store, const Guid& library,
                                          const Reading& reading) {
    std::set<std::uint32_t> offered;
    for (const LibRequest& request : store.open_requests_of(library)) {
        if (request.operation == Operation::EjectCleaner) return {};  // the cleaner is in one
        if (request.operation != Operation::Eject) continue;
        const auto medium = store.find<PhysicalMedium>(request.medium);
        const auto port = medium ? store.find<IEPort>(medium->location) : std::nullopt;
        if (port) offered.insert(port->element);
    }
    std::vector<std::uint16_t> found;
    for (const SeenElement& element : reading.elements) {
        const bool is_there = element.kind == ElementKind::Port && element.is_full;
        if (!is_there || !element.is_accessible || offered.contains(element.address)) continue;
        found.push_back(element.address);
    }
    return found;
}

bool are_ports_closed(const Reading& reading) {
    return std::all_of(reading.elements.begin(), reading.elements.end(),
                       [](const SeenElement& element) {
                           return element.kind != ElementKind::Port || element.is_accessible;
                       });
}

bool looks_like_cleaner(const Library& library, const SeenElement& element) {
    constexpr std::string_view kCleanerPrefix = "CLN";
    const bool by_label = (library.flags & kRecognizeCleanerBarCode) != 0 &&
                          element.label.starts_with(kCleanerPrefix);
    return element.is_cleaning || by_label;
}

}  // namespace nearline::rsm
