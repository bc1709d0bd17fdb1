// Persistent reservations (SPC-4 5.12): who has registered with which key, and who holds the unit.
// A plain model of one logical unit's: it knows ports by name, no nexus of the moment, so that what
// it holds outlives sessions and, once written down, power.
//
// Each service action of PERSISTENT RESERVE OUT is one function. It changes all or nothing, and
// says what the others must be told. Cost: linear in the registrations, of which there are few.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scsi/command.h"
#include "scsi/outcome.h"
#include "scsi/types.h"

namespace nearline::scsi {

enum class ReservationType : std::uint8_t {  // SPC-4 table 69
    WriteExclusive = 1,
    ExclusiveAccess = 3,
    WriteExclusiveRegistrantsOnly = 5,
    ExclusiveAccessRegistrantsOnly = 6,
    WriteExclusiveAllRegistrants = 7,
    ExclusiveAccessAllRegistrants = 8,
};
std::optional<ReservationType> reservation_type_of(std::uint8_t code);

enum class TargetPorts : std::uint8_t { One, All };  // ALL_TG_PT

struct Registration {
    NexusNames nexus;
    std::uint64_t key = 0;  // never 0
    TargetPorts ports = TargetPorts::One;
    bool is_holder = false;  // of a type that one nexus holds
    bool covers(const NexusNames& names) const;
    bool operator==(const Registration&) const = default;
};

// What APTPL keeps through a loss of power.
struct ReservationState {
    std::vector<Registration> registrations;  // in the order they came
    std::optional<ReservationType> type;      // of the reservation, if there is one
    bool operator==(const ReservationState&) const = default;
};

class PersistentReservations {
public:
    static constexpr std::size_t kMaximumRegistrations = 128;
    // The longest name of a port: an iSCSI name and ",i,0x" with an ISID.
    static constexpr std::size_t kMaximumNameLength = 240;

    // What has happened to other nexuses. Their registrations are gone or changed by now.
    struct Attention {
        Registration to;
        Sense condition;
    };
    struct Effects {
        std::vector<Attention> attentions;
        std::vector<Registration> preempted;  // whose tasks PREEMPT AND ABORT aborts
    };
    using Done = Result<Effects, Outcome>;

    struct Register {
        std::uint64_t key = 0;      // RESERVATION KEY; without a value it is ignored
        std::uint64_t new_key = 0;  // 0 unregisters
        bool ignores_existing_key = false;
        TargetPorts ports = TargetPorts::One;
        bool outlives_power = false;                          // APTPL
        std::optional<std::vector<std::string>> others = {};  // SPEC_I_PT: initiator ports
    };
    struct Move {
        std::uint64_t key = 0;
        std::uint64_t new_key = 0;
        NexusNames destination;
        bool unregisters = false;
        bool outlives_power = false;
    };

    Done register_nexus(const NexusNames& nexus, const Register& request);
    Done reserve(const NexusNames& nexus, std::uint64_t key, ReservationType type);
    // `type` is what the command names: nothing when it is none we know, or not of this unit.
    Done release(const NexusNames& nexus, std::uint64_t key, std::optional<ReservationType> type);
    Done clear(const NexusNames& nexus, std::uint64_t key);
    // A wrong `type` fails with its sense, where it matters: when a reservation is to be made.
    Done preempt(const NexusNames& nexus, std::uint64_t key, std::uint64_t victims,
                 Result<ReservationType, Sense> type);
    Done move(const NexusNames& nexus, const Move& request);

    const ReservationState& state() const { return state_; }
    std::uint32_t generation() const { return generation_; }
    bool outlives_power() const { return outlives_power_; }
    bool is_registered(const NexusNames& nexus) const;
    bool is_holder(const NexusNames& nexus) const;
    bool is_held_by(const Registration& registration) const;
    // READ RESERVATION's key: 0 when all registrants hold it.
    std::uint64_t holders_key() const;

    // Whether the reservation keeps `nexus` from a command with this rule.
    bool conflicts(const NexusNames& nexus, const ReservationRule& rule) const;
    // Whether RESERVE and RELEASE from `nexus` do nothing and are good (CRH); else they conflict
    // as soon as anybody has registered.
    bool tolerates_reserve(const NexusNames& nexus) const;

    // What must be written down now: empty unless APTPL was asked for.
    ReservationState kept_state() const;
    // Power is back: what was not kept is gone. A reset changes nothing.
    void power_lost();
    // Takes up what was kept, leaving out what cannot be.
    void restore(const ReservationState& kept);

private:
    Registration* find(const NexusNames& nexus);
    const Registration* find(const NexusNames& nexus) const;
    bool has_key(const NexusNames& nexus, std::uint64_t key) const;
    Done add_registrations(const NexusNames& nexus, const Register& request);
    Done change_registration(Registration& registration, const Register& request);
    Done unregister(const NexusNames& nexus);
    Done remove_registrations(const NexusNames& nexus, std::uint64_t victims);
    Done take_over(const NexusNames& nexus, std::uint64_t victims, ReservationType type);
    void hold(const NexusNames& nexus, ReservationType type);
    void end_reservation();
    void drop_orphaned_reservation();
    void tell_others(const NexusNames& nexus, const Sense& condition, Effects& effects) const;
    template <typename Matches>
    void remove(const NexusNames& cause, Matches matches, Effects& effects);

    ReservationState state_;
    std::uint32_t generation_ = 0;
    bool outlives_power_ = false;
};

}  // namespace nearline::scsi
