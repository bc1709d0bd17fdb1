#include "library/operator_hands.h"

#include <algorithm>
#include <utility>

#include "library/cartridge_format.h"
#include "library/world.h"

namespace nearline::library {
namespace {

using base::Failure;
using changer::ElementView;
using media::Cartridge;
using media::CartridgeId;

std::string number_of(CartridgeId id) {
    return "#" + std::to_string(static_cast<std::uint32_t>(id));
}

// Whether an operator who says `name` means this cartridge: "#12" is a number, all else a label.
bool is_called(const Cartridge& cartridge, const std::string& name) {
    return name.starts_with('#') ? name == number_of(cartridge.id()) : name == cartridge.label();
}

std::string text_of(const Placement& place) {
    return std::string(to_text(place.type)) + " " + std::to_string(place.place);
}

OperatorRefusal ambiguous(const std::string& name, const std::vector<CartridgeId>& ids) {
    std::string numbers;
    for (const CartridgeId id : ids) numbers += (numbers.empty() ? "" : ", ") + number_of(id);
    return {std::to_string(ids.size()) + " cartridges are called \"" + name +
            "\": say which by number (" + numbers + ")"};
}

// Where hands may put a cartridge in at all.
bool is_for_hands(ElementType type) {
    return type == ElementType::Storage || type == ElementType::ImportExport;
}

}  // namespace

Operator::Done OperatorHands::noted(Done done, const std::string& act) {
    world_.note(done ? act : act + ": refused, " + done.error().reason);
    return done;
}

Operator::Done OperatorHands::open_door() {
    return noted(world_.changer().open_door(), "open door");
}
Operator::Done OperatorHands::close_door() {
    return noted(world_.changer().close_door(), "close door");
}
Operator::Done OperatorHands::open_station() {
    return noted(world_.changer().open_station(), "open station");
}
Operator::Done OperatorHands::close_station() {
    return noted(world_.changer().close_station(), "close station");
}
Operator::Done OperatorHands::pull_magazine(std::uint16_t number) {
    return noted(world_.changer().pull_magazine(number), "pull magazine " + std::to_string(number));
}
Operator::Done OperatorHands::push_magazine(std::uint16_t number) {
    return noted(world_.changer().push_magazine(number), "push magazine " + std::to_string(number));
}
Operator::Done OperatorHands::set_online(bool is_online) {
    return noted(world_.changer().set_online(is_online), is_online ? "go online" : "go offline");
}

Operator::Done OperatorHands::take(const std::string& cartridge) {
    const std::string act = "take " + cartridge;
    const auto from = find(cartridge);
    if (!from) return noted(Failure{from.error()}, act);
    auto taken = world_.changer().take(from.value());
    if (!taken) return noted(Failure{taken.error()}, act);
    const CartridgeId id = taken->id();
    world_.outside().emplace(id, std::move(taken).value());
    return noted({}, act + " from " + text_of(world_.placement_of(from.value())));
}

Result<ElementAddress, OperatorRefusal> OperatorHands::find(const std::string& cartridge) const {
    std::vector<CartridgeId> ids;
    ElementView found;
    world_.changer().for_each_element([&](const ElementView& element) {
        if (element.cartridge == nullptr || !is_called(*element.cartridge, cartridge)) return;
        ids.push_back(element.cartridge->id());
        found = element;
    });
    if (ids.size() > 1) return Failure{ambiguous(cartridge, ids)};
    if (ids.empty()) {
        const bool is_outside =
            std::any_of(world_.outside().begin(), world_.outside().end(),
                        [&](const auto& held) { return is_called(held.second, cartridge); });
        return Failure{OperatorRefusal{is_outside ? cartridge + " is outside already"
                                                  : "there is no cartridge " + cartridge}};
    }
    return found.address;
}

Operator::Done OperatorHands::insert(const std::string& cartridge, std::optional<Placement> where) {
    const std::string act = "insert " + cartridge;
    const auto to = place_for(where);
    if (!to) return noted(Failure{to.error()}, act);
    auto in_hand = pick_up(cartridge);
    if (!in_hand) return noted(Failure{in_hand.error()}, act);
    const CartridgeId id = in_hand->cartridge.id();
    auto inserted = world_.changer().insert(std::move(in_hand->cartridge), to.value());
    if (inserted) return noted({}, act + " into " + text_of(world_.placement_of(to.value())));
    auto refusal = std::move(inserted).error();
    if (in_hand->is_new) {
        world_.never_came(id);
    } else {
        world_.outside().emplace(id, std::move(refusal.cartridge));
        world_.stayed_outside(id);
    }
    return noted(Failure{refusal.why}, act);
}

Result<ElementAddress, OperatorRefusal> OperatorHands::place_for(
    const std::optional<Placement>& where) const {
    if (where) {
        if (!is_for_hands(where->type)) {
            return Failure{
                OperatorRefusal{"hands do not reach a " + std::string(to_text(where->type))}};
        }
        if (where->place >= world_.changer().elements().of(where->type).count) {
            return Failure{OperatorRefusal{"there is no " + text_of(*where)}};
        }
        return world_.address_of(*where);
    }
    std::optional<ElementAddress> free;
    world_.changer().for_each_element([&](const ElementView& element) {
        const bool is_free =
            element.type == ElementType::ImportExport && element.cartridge == nullptr;
        if (is_free && !free) free = element.address;
    });
    if (!free) return Failure{OperatorRefusal{"no station element is free"}};
    return *free;
}

Result<OperatorHands::InHand, OperatorRefusal> OperatorHands::pick_up(
    const std::string& cartridge) {
    auto& outside = world_.outside();
    std::vector<CartridgeId> ids;
    for (const auto& [id, held] : outside) {
        if (is_called(held, cartridge)) ids.push_back(id);
    }
    if (ids.size() > 1) return Failure{ambiguous(cartridge, ids)};
    if (!ids.empty()) {
        auto held = outside.extract(ids.front());
        return InHand{std::move(held.mapped()), false};
    }
    if (cartridge.starts_with('#')) {
        return Failure{OperatorRefusal{"cartridge " + cartridge + " is not outside"}};
    }
    if (!cartridge.empty() && !media::is_valid_label(cartridge)) {
        return Failure{OperatorRefusal{"\"" + cartridge + "\" is no label: up to 32 of A-Z, 0-9, " +
                                       "- . $ / + % and blank"}};
    }
    media::LabelMeaning meaning = media::meaning_of(cartridge);
    const auto& drives = world_.description().drives;
    // A label that does not say: somebody who buys for this library buys what its drives take.
    if (meaning.generation == media::Generation::Unknown && !drives.empty()) {
        meaning.generation = drives.front().profile.generation;
    }
    media::CartridgeDescription made;
    made.id = world_.next_id();
    made.label = cartridge;
    made.type = meaning.type;
    made.generation = format_in(drives, meaning.generation);
    return InHand{Cartridge(std::move(made)), true};
}

Operator::Done OperatorHands::power_off() {
    if (!world_.is_powered()) return noted(Failure{OperatorRefusal{"it is off"}}, "power off");
    world_.note("power off");
    world_.power_off();
    return {};
}

Operator::Done OperatorHands::power_on() {
    if (world_.is_powered()) return noted(Failure{OperatorRefusal{"it is on"}}, "power on");
    world_.note("power on");
    world_.power_on();
    return {};
}

std::optional<OperatorRefusal> OperatorHands::why_no_drive(std::uint16_t drive) const {
    if (drive < world_.drive_count()) return std::nullopt;
    return OperatorRefusal{"there is no drive " + std::to_string(drive)};
}

Operator::Done OperatorHands::press_eject(std::uint16_t drive) {
    const std::string act = "press eject of drive " + std::to_string(drive);
    if (const auto reason = why_no_drive(drive)) return noted(Failure{*reason}, act);
    world_.note(act);
    world_.drive(drive).press_eject();
    return {};
}

Operator::Done OperatorHands::set_drive_power(std::uint16_t drive, bool is_on) {
    const std::string act =
        (is_on ? "power on drive " : "power off drive ") + std::to_string(drive);
    if (const auto reason = why_no_drive(drive)) return noted(Failure{*reason}, act);
    if (world_.drive(drive).is_powered() == is_on) {
        return noted(Failure{OperatorRefusal{is_on ? "it is on" : "it is off"}}, act);
    }
    if (is_on && !world_.is_powered()) {
        return noted(Failure{OperatorRefusal{"the library has no power"}}, act);
    }
    world_.note(act);
    world_.set_drive_power(drive, is_on);
    return {};
}

LibraryView OperatorHands::view() const {
    LibraryView view;
    view.name = world_.description().name;
    view.personality = world_.description().personality;
    view.is_powered = world_.is_powered();
    view.is_ready = world_.changer().is_ready();
    world_.changer().for_each_element([&](const ElementView& element) {
        PlaceView place{element.type,
                        world_.placement_of(element.address).place,
                        element.address,
                        element.is_accessible,
                        {}};
        if (element.cartridge != nullptr) place.cartridge = element.cartridge->description();
        view.places.push_back(std::move(place));
    });
    std::stable_sort(view.places.begin(), view.places.end(),
                     [](const PlaceView& a, const PlaceView& b) { return a.type < b.type; });
    for (std::size_t at = 0; at < world_.drive_count(); ++at) {
        view.drive_states.push_back(world_.drive(at).state());
    }
    for (const auto& [id, held] : world_.outside()) view.outside.push_back(held.description());
    return view;
}

}  // namespace nearline::library
