#include "scsi/persistent_reservations.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "scsi/reservation_commands.h"

namespace nearline::scsi {
namespace {

bool is_all_registrants(ReservationType type) {
    return type == ReservationType::WriteExclusiveAllRegistrants ||
           type == ReservationType::ExclusiveAccessAllRegistrants;
}

bool is_registrants_only(ReservationType type) {
    return type == ReservationType::WriteExclusiveRegistrantsOnly ||
           type == ReservationType::ExclusiveAccessRegistrantsOnly;
}

// Registrants may do what holders may.
bool is_shared(ReservationType type) {
    return is_all_registrants(type) || is_registrants_only(type);
}

bool is_write_exclusive(ReservationType type) {
    return type == ReservationType::WriteExclusive ||
           type == ReservationType::WriteExclusiveRegistrantsOnly ||
           type == ReservationType::WriteExclusiveAllRegistrants;
}

// Names that can be kept: somebody's, and no longer than names are.
bool has_proper_names(const NexusNames& nexus) {
    constexpr std::size_t kMost = PersistentReservations::kMaximumNameLength;
    if (nexus.initiator_port.empty()) return false;
    return nexus.initiator_port.size() <= kMost && nexus.target_port.size() <= kMost;
}

Failure<Outcome> conflict() {
    return Failure{reservation_conflict()};
}

template <typename List>
Failure<Outcome> invalid(std::string_view field) {
    const BitPosition at = position_of<List>(field);
    return Failure{
        check_condition(kInvalidFieldInParameterList.at_parameter_byte(at.byte, at.bit))};
}

}  // namespace

std::optional<ReservationType> reservation_type_of(std::uint8_t code) {
    switch (const auto type = static_cast<ReservationType>(code)) {
        case ReservationType::WriteExclusive:
        case ReservationType::ExclusiveAccess:
        case ReservationType::WriteExclusiveRegistrantsOnly:
        case ReservationType::ExclusiveAccessRegistrantsOnly:
        case ReservationType::WriteExclusiveAllRegistrants:
        case ReservationType::ExclusiveAccessAllRegistrants:
            return type;
    }
    return std::nullopt;
}

bool Registration::covers(const NexusNames& names) const {
    if (nexus.initiator_port != names.initiator_port) return false;
    return ports == TargetPorts::All || nexus.target_port == names.target_port;
}

Registration* PersistentReservations::find(const NexusNames& nexus) {
    for (Registration& one : state_.registrations) {
        if (one.covers(nexus)) return &one;
    }
    return nullptr;
}

const Registration* PersistentReservations::find(const NexusNames& nexus) const {
    for (const Registration& one : state_.registrations) {
        if (one.covers(nexus)) return &one;
    }
    return nullptr;
}

bool PersistentReservations::is_registered(const NexusNames& nexus) const {
    return find(nexus) != nullptr;
}

bool PersistentReservations::has_key(const NexusNames& nexus, std::uint64_t key) const {
    const Registration* registration = find(nexus);
    return registration != nullptr && registration->key == key;
}

bool PersistentReservations::is_held_by(const Registration& registration) const {
    return state_.type && (is_all_registrants(*state_.type) || registration.is_holder);
}

bool PersistentReservations::is_holder(const NexusNames& nexus) const {
    const Registration* registration = find(nexus);
    return registration != nullptr && is_held_by(*registration);
}

std::uint64_t PersistentReservations::holders_key() const {
    for (const Registration& one : state_.registrations) {
        if (one.is_holder) return one.key;
    }
    return 0;
}

bool PersistentReservations::conflicts(const NexusNames& nexus, const ReservationRule& rule) const {
    if (!state_.type || is_holder(nexus)) return false;
    if (is_shared(*state_.type) && is_registered(nexus)) return false;
    const WhenReserved column =
        is_write_exclusive(*state_.type) ? rule.write_exclusive : rule.exclusive_access;
    return column == WhenReserved::Conflicts;
}

bool PersistentReservations::tolerates_reserve(const NexusNames& nexus) const {
    if (is_holder(nexus)) return true;
    return state_.type && is_shared(*state_.type) && is_registered(nexus);
}

// SPC-4 5.12.7. Where nothing is asked for, nothing has happened, and nothing is counted.
PersistentReservations::Done PersistentReservations::register_nexus(const NexusNames& nexus,
                                                                    const Register& request) {
    Registration* registration = find(nexus);
    const bool is_right_key =
        request.ignores_existing_key ||
        request.key == (registration != nullptr ? registration->key : std::uint64_t{0});
    if (!is_right_key) return conflict();
    if (registration != nullptr && request.others) {
        return invalid<PersistentReserveOutParameters>("SPEC_I_PT");
    }
    if (registration == nullptr && request.new_key == 0) return Effects{};
    Done done = registration == nullptr ? add_registrations(nexus, request)
                : request.new_key == 0  ? unregister(nexus)
                                        : change_registration(*registration, request);
    if (!done) return done;
    outlives_power_ = request.outlives_power;
    ++generation_;
    return done;
}

PersistentReservations::Done PersistentReservations::add_registrations(const NexusNames& nexus,
                                                                       const Register& request) {
    std::vector<NexusNames> added{nexus};
    for (const std::string& port : request.others.value_or(std::vector<std::string>{})) {
        const NexusNames other{port, nexus.target_port, nexus.relative_target_port};
        if (std::find(added.begin(), added.end(), other) == added.end()) added.push_back(other);
    }
    std::vector<Registration> registrations = state_.registrations;
    for (const NexusNames& each : added) {
        const bool is_known =
            std::any_of(registrations.begin(), registrations.end(), [&](const Registration& one) {
                const bool is_same_port = one.nexus.initiator_port == each.initiator_port;
                return one.covers(each) || (request.ports == TargetPorts::All && is_same_port);
            });
        if (is_known) return conflict();
        if (registrations.size() == kMaximumRegistrations || !has_proper_names(each)) {
            return Failure{check_condition(kInsufficientRegistrationResources)};
        }
        registrations.push_back({each, request.new_key, request.ports, false});
    }
    state_.registrations = std::move(registrations);
    return Effects{};
}

PersistentReservations::Done PersistentReservations::change_registration(Registration& registration,
                                                                         const Register& request) {
    if (request.ports == TargetPorts::All && registration.ports == TargetPorts::One) {
        const auto is_elsewhere = [&](const Registration& one) {
            return &one != &registration &&
                   one.nexus.initiator_port == registration.nexus.initiator_port;
        };
        if (std::any_of(state_.registrations.begin(), state_.registrations.end(), is_elsewhere)) {
            return conflict();
        }
        registration.ports = TargetPorts::All;
    }
    registration.key = request.new_key;
    return Effects{};
}

// SPC-4 5.12.11.3. With the holder the reservation goes; those who shared it hear of it.
PersistentReservations::Done PersistentReservations::unregister(const NexusNames& nexus) {
    Effects effects;
    const bool releases = is_holder(nexus) && is_registrants_only(*state_.type);
    if (releases) tell_others(nexus, kReservationsReleased, effects);
    std::erase_if(state_.registrations, [&](const Registration& one) { return one.covers(nexus); });
    drop_orphaned_reservation();
    return effects;
}

// SPC-4 5.12.9.
PersistentReservations::Done PersistentReservations::reserve(const NexusNames& nexus,
                                                             std::uint64_t key,
                                                             ReservationType type) {
    if (!has_key(nexus, key)) return conflict();
    if (state_.type) {
        if (*state_.type != type || !is_holder(nexus)) return conflict();
        return Effects{};
    }
    hold(nexus, type);
    return Effects{};
}

// SPC-4 5.12.11.2.
PersistentReservations::Done PersistentReservations::release(const NexusNames& nexus,
                                                             std::uint64_t key,
                                                             std::optional<ReservationType> type) {
    if (!has_key(nexus, key)) return conflict();
    if (!is_holder(nexus)) return Effects{};
    if (type != state_.type) {
        return Failure{check_condition(kInvalidReleaseOfPersistentReservation)};
    }
    Effects effects;
    if (is_shared(*type)) tell_others(nexus, kReservationsReleased, effects);
    end_reservation();
    return effects;
}

// SPC-4 5.12.11.6.
PersistentReservations::Done PersistentReservations::clear(const NexusNames& nexus,
                                                           std::uint64_t key) {
    if (!has_key(nexus, key)) return conflict();
    Effects effects;
    tell_others(nexus, kReservationsPreempted, effects);
    state_ = {};
    ++generation_;
    return effects;
}

// SPC-4 5.12.11.4, its figure of what PREEMPT does.
PersistentReservations::Done PersistentReservations::preempt(const NexusNames& nexus,
                                                             std::uint64_t key,
                                                             std::uint64_t victims,
                                                             Result<ReservationType, Sense> type) {
    if (!has_key(nexus, key)) return conflict();
    const bool takes_over = state_.type && victims == holders_key();
    if (!takes_over && victims == 0) {
        return invalid<PersistentReserveOutParameters>("SERVICE ACTION RESERVATION KEY");
    }
    if (takes_over && !type) return Failure{check_condition(type.error())};
    Done done =
        takes_over ? take_over(nexus, victims, *type) : remove_registrations(nexus, victims);
    if (done) ++generation_;
    return done;
}

// Nobody's reservation is in the way, so registrations go and no other is made. A nexus may name
// its own key and lose its registration with the others.
PersistentReservations::Done PersistentReservations::remove_registrations(const NexusNames& nexus,
                                                                          std::uint64_t victims) {
    Effects effects;
    remove(
        nexus, [&](const Registration& one) { return one.key == victims; }, effects);
    if (effects.preempted.empty()) return conflict();
    drop_orphaned_reservation();
    return effects;
}

PersistentReservations::Done PersistentReservations::take_over(const NexusNames& nexus,
                                                               std::uint64_t victims,
                                                               ReservationType type) {
    Effects effects;
    const ReservationType before = *state_.type;
    const bool takes_all = is_all_registrants(before);
    end_reservation();
    remove(
        nexus,
        [&](const Registration& one) {
            return !one.covers(nexus) && (takes_all || one.key == victims);
        },
        effects);
    hold(nexus, type);
    if (before != type) tell_others(nexus, kReservationsReleased, effects);
    return effects;
}

// SPC-4 5.12.8.
PersistentReservations::Done PersistentReservations::move(const NexusNames& nexus,
                                                          const Move& request) {
    if (!has_key(nexus, request.key)) return conflict();
    if (!state_.type || is_all_registrants(*state_.type) || !is_holder(nexus)) return conflict();
    if (request.new_key == 0) {
        return invalid<RegisterAndMoveParameters>("SERVICE ACTION RESERVATION KEY");
    }
    if (find(nexus)->covers(request.destination)) {
        constexpr std::uint16_t kTransportId = RegisterAndMoveParameters::length;
        return Failure{
            check_condition(kInvalidFieldInParameterList.at_parameter_byte(kTransportId))};
    }
    const bool is_full = state_.registrations.size() == kMaximumRegistrations;
    if (!is_registered(request.destination)) {
        if (is_full || !has_proper_names(request.destination)) {
            return Failure{check_condition(kInsufficientRegistrationResources)};
        }
        state_.registrations.push_back({request.destination, request.new_key, {}, false});
    }
    const ReservationType type = *state_.type;
    end_reservation();
    if (request.unregisters) {
        std::erase_if(state_.registrations,
                      [&](const Registration& one) { return one.covers(nexus); });
    }
    find(request.destination)->key = request.new_key;
    hold(request.destination, type);
    outlives_power_ = request.outlives_power;
    ++generation_;
    return Effects{};
}

void PersistentReservations::hold(const NexusNames& nexus, ReservationType type) {
    state_.type = type;
    find(nexus)->is_holder = !is_all_registrants(type);
}

void PersistentReservations::end_reservation() {
    state_.type.reset();
    for (Registration& one : state_.registrations) one.is_holder = false;
}

void PersistentReservations::drop_orphaned_reservation() {
    const auto& registrations = state_.registrations;
    const bool is_held = std::any_of(registrations.begin(), registrations.end(),
                                     [this](const Registration& one) { return is_held_by(one); });
    if (!is_held) state_.type.reset();
}

void PersistentReservations::tell_others(const NexusNames& nexus, const Sense& condition,
                                         Effects& effects) const {
    for (const Registration& one : state_.registrations) {
        if (!one.covers(nexus)) effects.attentions.push_back({one, condition});
    }
}

// Those who lose their registration hear of it, but for the one who asked for that.
template <typename Matches>
void PersistentReservations::remove(const NexusNames& cause, Matches matches, Effects& effects) {
    for (const Registration& one : state_.registrations) {
        if (!matches(one)) continue;
        effects.preempted.push_back(one);
        if (!one.covers(cause)) effects.attentions.push_back({one, kRegistrationsPreempted});
    }
    std::erase_if(state_.registrations, matches);
}

ReservationState PersistentReservations::kept_state() const {
    return outlives_power_ ? state_ : ReservationState{};
}

void PersistentReservations::power_lost() {
    state_ = kept_state();
    generation_ = 0;
}

void PersistentReservations::restore(const ReservationState& kept) {
    state_ = {};
    generation_ = 0;
    for (const Registration& one : kept.registrations) {
        if (one.key == 0 || !has_proper_names(one.nexus) || is_registered(one.nexus)) continue;
        if (state_.registrations.size() < kMaximumRegistrations)
            state_.registrations.push_back(one);
    }
    state_.type = kept.type;
    drop_orphaned_reservation();
    outlives_power_ = !state_.registrations.empty();
}

}  // namespace nearline::scsi
