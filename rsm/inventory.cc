#include "rsm/inventory.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "rsm/catalogue.h"
#include "rsm/hands.h"
#include "rsm/queue_rules.h"
#include "rsm/rules.h"

namespace nearline::rsm {
namespace {

// --- elements

std::string numbered(std::string_view noun, std::uint32_t number) {
    return std::string(noun) + " " + std::to_string(number);
}

SlotState state_of(const SeenElement& element) {
    if (element.is_removed) return SlotState::NotPresent;
    if (element.is_hidden) return SlotState::Unknown;
    return element.is_full ? SlotState::Full : SlotState::Empty;
}

std::string device_name(std::string_view kind, std::uint32_t number) {
    return "\\\\.\\" + std::string(kind) + std::to_string(number - 1);
}

// Rows of one kind, brought in line with the elements of that kind: `fill` sets what the element
// says and tells whether anything is new; `gone` is done to rows without an element.
template <typename Row, typename Fill, typename Gone>
void adopt(Store& store, const Guid& library, std::vector<Row> rows, std::string_view noun,
           const std::vector<const SeenElement*>& seen, Fill&& fill, Gone&& gone) {
    std::map<std::uint32_t, Row> known;
    for (Row& row : rows) known.emplace(row.element, std::move(row));
    std::uint32_t number = 0;
    for (const SeenElement* element : seen) {
        ++number;
        const auto found = known.find(element->address);
        Row row = found == known.end() ? Row{} : std::move(found->second);
        const bool is_new = row.id.is_null();
        if (is_new) row.name = numbered(noun, number);
        bool is_changed = is_new || row.number != number;
        row.library = library;
        row.element = element->address;
        row.number = number;
        is_changed = fill(row, *element) || is_changed;
        if (is_new) {
            store.insert(row);
        } else {
            if (is_changed) store.update(row);
            known.erase(found);
        }
    }
    for (auto& [address, row] : known) gone(row);
}

template <typename Row>
void erase_row(Store& store, const Row& row) {
    store.erase_attributes(row.id);
    store.erase<Row>(row.id);
}

template <typename Member, typename Value>
bool assign(Member& member, const Value& value) {
    if (member == value) return false;
    member = value;
    return true;
}

class Reconciliation {
public:
    Reconciliation(Store& store, Library& library, const Reading& reading,
                   const std::vector<DriveUnit>& units, std::uint64_t now_ms)
        : store_(store), library_(library), reading_(reading), units_(units), now_(now_ms) {}

    void run() {
        load_identifications();
        adopt_slots();
        adopt_ports();
        adopt_drives();
        if (library_.library_type != LibraryType::StandAlone) adopt_door();
        load_places();
        load_media();
        see_everything();
        settle_drives();
        // Where it is now it may be wanted by requests that wait for it.
        for (const Guid& medium : moved_) settle_medium(store_, medium);
        for (PhysicalMedium& medium : media_) {
            if (!seen_.contains(medium.id) && !is_out_of_sight(medium)) {
                medium_departed(store_, medium, now_);
            }
        }
        settle_library();
    }

private:
    std::vector<const SeenElement*> seen_of(ElementKind kind) const {
        std::vector<const SeenElement*> found;
        for (const SeenElement& element : reading_.elements) {
            if (element.kind == kind) found.push_back(&element);
        }
        return found;
    }

    // Slots whose medium is still to be identified say so until it is.
    void load_identifications() {
        for (const LibRequest& request : store_.open_requests_of(library_.id)) {
            const bool is_identification = request.operation == Operation::ProcessOmid ||
                                           request.operation == Operation::Classify;
            if (is_identification) to_identify_.insert(request.slot);
        }
    }

    void adopt_slots() {
        adopt(
            store_, library_.id, store_.slots_of(library_.id), "Slot", seen_of(ElementKind::Slot),
            [this](StorageSlot& slot, const SeenElement& element) {
                auto state = state_of(element);
                const bool is_due = state == SlotState::Full && to_identify_.contains(slot.id);
                if (is_due) state = SlotState::NeedsInventory;
                return assign(slot.state, state);
            },
            [this](const StorageSlot& slot) { erase_row(store_, slot); });
    }

    void adopt_ports() {
        adopt(
            store_, library_.id, store_.ports_of(library_.id), "Port", seen_of(ElementKind::Port),
            [](IEPort& port, const SeenElement& element) {
                const auto content = element.is_full ? PortContent::Full : PortContent::Empty;
                const auto position =
                    element.is_accessible ? PortPosition::Retracted : PortPosition::Extended;
                const bool is_changed = assign(port.content, content);
                return assign(port.position, position) || is_changed;
            },
            [this](const IEPort& port) { erase_row(store_, port); });
    }

    // A changer has no element for its door: it says that it is not ready while that is open.
    void adopt_door() {
        auto doors = store_.doors_of(library_.id);
        IEDoor door = doors.empty() ? IEDoor{} : doors.front();
        const bool is_new = door.id.is_null();
        const bool is_changed =
            assign(door.state, reading_.is_door_open ? DoorState::Open : DoorState::Closed);
        if (!is_new) {
            if (is_changed) store_.update(door);
            return;
        }
        door.library = library_.id;
        door.number = 1;
        door.name = "Door 1";
        store_.insert(door);
    }

    // Drives are matched with their units by serial number.
    void adopt_drives() {
        adopt(
            store_, library_.id, store_.drives_of(library_.id), "Drive",
            seen_of(ElementKind::Drive),
            [this](Drive& drive, const SeenElement& element) { return fill_drive(drive, element); },
            // It stays known until somebody deletes it, and so does what was in it.
            [this](Drive& drive) {
                absent_.insert(drive.id);
                if (assign(drive.operational_state, OperationalState::NotPresent)) {
                    store_.update(drive);
                }
            });
    }

    bool fill_drive(Drive& drive, const SeenElement& element) {
        const auto presence =
            element.is_absent ? OperationalState::NotPresent : OperationalState::Ready;
        // One that is off says nothing of itself: it is the one it was.
        if (element.is_absent && element.serial.empty()) {
            return assign(drive.operational_state, presence);
        }
        Identity identity{element.vendor, element.product, {}, element.serial};
        std::uint32_t lun = 0;
        for (const DriveUnit& unit : units_) {
            if (element.serial.empty() || unit.identity.serial != element.serial) continue;
            identity = unit.identity;
            lun = static_cast<std::uint32_t>(static_cast<std::uint64_t>(unit.lun) >> 48);
        }
        bool is_changed = assign(drive.operational_state, presence);
        is_changed = assign(drive.serial_number, identity.serial) || is_changed;
        is_changed = assign(drive.revision, identity.revision) || is_changed;
        is_changed = assign(drive.lun, lun) || is_changed;
        is_changed = assign(drive.device_name, device_name("Tape", drive.number)) || is_changed;
        return assign(drive.drive_type, drive_type(identity)) || is_changed;
    }

    Guid drive_type(const Identity& identity) {
        if (const auto known = store_.drive_type_of(identity.vendor, identity.product)) {
            return known->id;
        }
        DriveType type;
        type.vendor = identity.vendor;
        type.product = identity.product;
        type.name = identity.vendor + " " + identity.product;
        store_.insert(type);
        return type.id;
    }

    struct Place {
        Guid id;
        ObjectType type = ObjectType::StorageSlot;
    };

    void load_places() {
        for (const StorageSlot& slot : store_.slots_of(library_.id)) {
            places_[slot.element] = {slot.id, ObjectType::StorageSlot};
        }
        for (const IEPort& port : store_.ports_of(library_.id)) {
            places_[port.element] = {port.id, ObjectType::IEPort};
        }
        for (const Drive& drive : store_.drives_of(library_.id)) {
            places_[drive.element] = {drive.id, ObjectType::Drive};
            drives_[drive.id] = drive;
        }
    }

    void load_media() {
        media_ = store_.media_in(library_.id);
        for (PhysicalMedium& medium : media_) {
            if (!medium.bar_code.empty()) by_bar_code_[medium.bar_code] = &medium;
            at_place_[medium.location] = &medium;
        }
    }

    // Labels tell most; then come cartridges that only their place tells; and what robots hold is
    // settled last: it may be on its way to a place already seen.
    void see_everything() {
        std::vector<const SeenElement*> unlabelled;
        for (const SeenElement& element : reading_.elements) {
            if (element.kind != ElementKind::Robot && !see(element)) unlabelled.push_back(&element);
        }
        for (const SeenElement* element : unlabelled) {
            see_unlabelled(*element, places_.at(element->address));
        }
        for (const SeenElement& element : reading_.elements) {
            if (element.kind == ElementKind::Robot) see_in_hand(element);
        }
    }

    // False for a cartridge whose label does not tell which it is.
    bool see(const SeenElement& element) {
        const auto place = places_.find(element.address);
        if (place == places_.end() || element.is_removed) return true;
        if (element.is_hidden) hidden_.insert(place->second.id);
        if (!element.is_full || (element.is_hidden && element.label.empty())) return true;
        if (is_cleaner(element, place->second)) {
            has_cleaner_ = true;
            return true;
        }
        return !element.label.empty() && see_label(element, place->second);
    }

    // Nobody has seen it, but it may still be there: where the changer cannot look now, in a drive
    // that does not answer, in a hand that does not say what it holds.
    bool is_out_of_sight(const PhysicalMedium& medium) const {
        return is_hand_unclear_ || hidden_.contains(medium.location) ||
               absent_.contains(medium.location);
    }

    // What stands in the reserved slot is the cleaner: there it is put by hand, without a look.
    bool is_cleaner(const SeenElement& element, const Place& place) const {
        return looks_like_cleaner(library_, element) || place.id == library_.cleaner_slot;
    }

    // False when the label is a second one of its kind: then it tells nothing.
    bool see_label(const SeenElement& element, const Place& place) {
        const auto here = by_bar_code_.find(element.label);
        if (here != by_bar_code_.end()) {
            if (!seen_.insert(here->second->id).second) return false;
            put(*here->second, place);
            return true;
        }
        if (auto elsewhere = store_.medium_of_bar_code(element.label)) {
            if (!seen_.insert(elsewhere->id).second) return false;
            came_online(*elsewhere, place);
            return true;
        }
        add_medium(element, element.label, place);
        return true;
    }

    // At its place, or come from the place the changer says it came from. A label that cannot be
    // read any more, or no longer by itself, does not make another cartridge.
    void see_unlabelled(const SeenElement& element, const Place& place) {
        PhysicalMedium* medium = unseen_at(element, place.id);
        if (medium == nullptr && element.source) {
            const auto source = places_.find(*element.source);
            const SeenElement* there = reading_.find(*element.source);
            const bool is_free = there != nullptr && !there->is_full;
            if (source != places_.end() && is_free) medium = unseen_at(element, source->second.id);
        }
        if (medium == nullptr) return add_medium(element, {}, place);
        seen_.insert(medium->id);
        put(*medium, place);
    }

    PhysicalMedium* unseen_at(const SeenElement& element, const Guid& place) {
        const auto found = at_place_.find(place);
        if (found == at_place_.end() || seen_.contains(found->second->id)) return nullptr;
        const bool is_another = !element.label.empty() && !found->second->bar_code.empty();
        return is_another ? nullptr : found->second;
    }

    // Inside the library, on its way: the record stays where it is.
    void see_in_hand(const SeenElement& element) {
        if (!element.is_full) return;
        const auto here = by_bar_code_.find(element.label);
        if (here != by_bar_code_.end()) {
            seen_.insert(here->second->id);
        } else if (element.label.empty()) {
            is_hand_unclear_ = true;
        }
    }

    void put(PhysicalMedium& medium, const Place& place) {
        bool is_changed = assign(medium.location, place.id);
        is_changed = assign(medium.location_type, place.type) || is_changed;
        if (place.type == ObjectType::StorageSlot) {
            is_changed = assign(medium.home_slot, place.id) || is_changed;
        }
        is_changed = settle_state(medium, place) || is_changed;
        if (!is_changed) return;
        store_.update(medium);
        moved_.insert(medium.id);
    }

    // In a drive it is what the drive is; elsewhere idle, unless a request waits for it.
    bool settle_state(PhysicalMedium& medium, const Place& place) {
        if (place.type == ObjectType::Drive) {
            const InDrive inside = seen_in_drive(medium, drives_.at(place.id));
            in_drive_[place.id] = inside;
            const bool is_changed = assign(medium.mounted_side, inside.side);
            if (medium.media_state == MediaState::InUse) return is_changed;
            return assign(medium.media_state, media_state_in(inside.state)) || is_changed;
        }
        const bool is_changed = assign(medium.mounted_side, Guid());
        if (medium.media_state == MediaState::InUse) return is_changed;
        return assign(medium.media_state, MediaState::Idle) || is_changed;
    }

    struct InDrive {
        Guid side;
        DriveState state = DriveState::Loaded;
    };

    // One that RSM did not put there is taken to be in somebody's use, unless its label is still to
    // be written, or hands have put it into a drive that stands alone: then it is nobody's.
    InDrive seen_in_drive(const PhysicalMedium& medium, const Drive& drive) {
        const auto sides = store_.sides_of(medium.id);
        InDrive inside;
        bool is_unprepared = false;
        bool is_known_here = false;
        for (const Side& side : sides) {
            if (inside.side.is_null() || side.id == medium.mounted_side) inside.side = side.id;
            if (side.state == SideState::Unprepared) is_unprepared = true;
            if (side.id == drive.saved_side) is_known_here = true;
        }
        if (is_known_here && drive.state != DriveState::Dismounted) {
            inside.state = drive.state;
        } else if (is_unprepared || library_.library_type == LibraryType::StandAlone) {
            inside.state = DriveState::Dismountable;
        }
        return inside;
    }

    void came_online(PhysicalMedium& medium, const Place& place) {
        medium.library = library_.id;
        medium.home_slot = {};
        put(medium, place);
        store_.end_operator_requests(medium.id, OpState::Complete);
        medium_came_online(store_, medium);
        queue_free_label(store_, medium,
                         system_request(Operation::WriteFreeLabel, library_.id, now_));
    }

    // Its label has not been read, so no label library recognizes it: FOREIGN, in the unrecognized
    // pool of its type.
    void add_medium(const SeenElement& element, const std::string& bar_code, const Place& place) {
        const auto type = store_.media_type_of_code(media_type_code(element.label, reading_));
        if (!type) return;
        if (!store_.supports(library_.id, type->id)) relate_media_type(store_, library_.id, *type);
        const auto pool = store_.system_pool(PoolType::Unrecognized, type->id);
        if (!pool) return;
        PhysicalMedium medium;
        medium.id = store_.new_id();
        medium.library = library_.id;
        medium.pool = pool->id;
        medium.media_type = type->id;
        medium.bar_code = bar_code;
        medium.sequence_number = store_.new_sequence_number();
        medium.name = bar_code.empty() ? medium.sequence_number : bar_code;
        medium.location = place.id;
        medium.location_type = place.type;
        if (place.type == ObjectType::StorageSlot) medium.home_slot = place.id;
        add_sides(medium, *type);
        settle_state(medium, place);
        store_.insert(medium);
        if (bar_code.empty()) queue_identification(medium);
    }

    // Without a bar code only the label on the tape can tell which one it is.
    void queue_identification(const PhysicalMedium& medium) {
        LibRequest request = system_request(Operation::Classify, library_.id, now_);
        request.medium = medium.id;
        if (medium.location_type == ObjectType::StorageSlot) request.slot = medium.location;
        store_.insert(request);
    }

    void add_sides(const PhysicalMedium& medium, const MediaType& type) {
        for (std::uint32_t number = 0; number < type.sides; ++number) {
            Side side;
            side.medium = medium.id;
            side.number = number;
            side.state = SideState::Foreign;
            side.name = medium.name;
            store_.insert(side);
        }
    }

    void settle_drives() {
        for (Drive& drive : store_.drives_of(library_.id)) {
            const auto inside = in_drive_.find(drive.id);
            const bool is_full = inside != in_drive_.end();
            bool is_changed = assign(drive.saved_side, is_full ? inside->second.side : Guid());
            const auto state = is_full ? inside->second.state : DriveState::Dismounted;
            is_changed = assign(drive.state, state) || is_changed;
            if (is_changed) store_.update(drive);
        }
    }

    void settle_library() {
        const std::uint32_t cleaner = has_cleaner_ ? kCleanerPresent : 0;
        bool is_changed = assign(library_.flags, (library_.flags & ~kCleanerPresent) | cleaner);
        if (reading_.has_labels()) {
            is_changed = assign(library_.has_bar_code_reader, true) || is_changed;
        }
        is_changed = assign(library_.operational_state, OperationalState::Ready) || is_changed;
        if (is_changed) store_.update(library_);
    }

    Store& store_;
    Library& library_;
    const Reading& reading_;
    const std::vector<DriveUnit>& units_;
    std::uint64_t now_;
    std::map<std::uint32_t, Place> places_;  // by element address
    std::vector<PhysicalMedium> media_;      // as the records had them
    std::map<std::string, PhysicalMedium*> by_bar_code_;
    std::map<Guid, PhysicalMedium*> at_place_;
    std::map<Guid, Drive> drives_;      // as the records had them
    std::map<Guid, InDrive> in_drive_;  // what is in each full drive
    std::set<Guid> to_identify_;        // slots
    std::set<Guid> seen_;               // media
    std::set<Guid> hidden_;             // places nobody can look into now
    std::set<Guid> absent_;             // drives the changer does not have any more
    bool is_hand_unclear_ = false;
    std::set<Guid> moved_;  // media with another place or state
    bool has_cleaner_ = false;
};

// Whether the record goes with the cartridge (the documents' table of ejections).
bool is_forgotten(Store& store, const PhysicalMedium& medium) {
    const auto sides = store.sides_of(medium.id);
    const bool is_blocked = std::any_of(sides.begin(), sides.end(),
                                        [](const Side& side) { return is_blocking(side.state); });
    if (is_blocked) return false;
    const bool is_incompatible = std::any_of(sides.begin(), sides.end(), [](const Side& side) {
        return side.state == SideState::Incompatible;
    });
    if (is_incompatible) return true;
    const auto pool = store.find<MediaPool>(medium.pool);
    const std::uint32_t policy = store.computer().media_pool_policy;
    if (!pool) return false;
    switch (pool->pool_type) {
        case PoolType::Unrecognized:
            return true;
        case PoolType::Import:
            return (policy & kKeepOfflineImport) == 0;
        case PoolType::Free:
            return (policy & kPurgeOfflineFree) != 0;
        default:
            return false;
    }
}

}  // namespace

void apply_reading(Store& store, Library& library, const Reading& reading,
                   const std::vector<DriveUnit>& units, std::uint64_t now_ms) {
    Reconciliation(store, library, reading, units, now_ms).run();
}

void medium_departed(Store& store, PhysicalMedium& medium, std::uint64_t now_ms) {
    end_requests_of_departed(store, medium.id, now_ms);
    store.end_operator_requests(medium.id, OpState::Complete);
    if (is_forgotten(store, medium)) return erase_medium(store, medium);
    take_offline(store, medium);
}

void take_offline(Store& store, PhysicalMedium& medium) {
    medium.library = store.offline_library().id;
    medium.location = {};
    medium.location_type = ObjectType::StorageSlot;
    medium.home_slot = {};
    medium.media_state = MediaState::Idle;
    medium.mounted_side = {};
    store.update(medium);
}

std::uint32_t media_type_code(const std::string& label, const Reading& reading) {
    struct Family {
        std::string_view product;  // part of a drive's product identification
        std::uint32_t code;
    };
    constexpr std::array<Family, 6> kFamilies = {{{"ULT", kLtoUltrium},
                                                  {"Ultrium", kLtoUltrium},
                                                  {"DLT", 0x27},
                                                  {"03592", 0x2B},
                                                  {"T9840", 0x55},
                                                  {"T9940", 0x5C}}};
    constexpr std::size_t kLtoLabel = 8;  // six characters and the media type, "L9"
    const bool is_lto = label.size() == kLtoLabel && label.at(kLtoLabel - 2) == 'L';
    if (is_lto) return kLtoUltrium;
    for (const SeenElement& element : reading.elements) {
        for (const Family& family : kFamilies) {
            if (element.product.find(family.product) != std::string::npos) return family.code;
        }
    }
    return kLtoUltrium;
}

LibRequest system_request(Operation operation, const Guid& library, std::uint64_t now_ms) {
    LibRequest request;
    request.operation = operation;
    request.library = library;
    request.queued = now_ms;
    request.application = "Removable Storage";
    return request;
}

}  // namespace nearline::rsm
