// Boost.Statechart as this house uses it: machines that trace their states, reactions that declare
// their targets, and the diagram read from the reaction lists. Include it in *machine*.h only.
//
//     struct Arrived : sim::MachineEvent<Arrived> {};
//     struct Obstructed : sim::MachineEvent<Obstructed> {};
//
//     struct Idle;
//     struct RobotMachine : sim::StateMachine<RobotMachine, Idle> {
//         using StateMachine::StateMachine;
//         ~RobotMachine() { terminate(); }
//         bool may_retry() const;
//     };
//
//     struct Moving : sim::MachineState<Moving, RobotMachine> {
//         using OnObstructed = sim::Choice<Obstructed, Retrying, Failed>;
//         using reactions = boost::mpl::list<sim::Transition<Arrived, Placing>, OnObstructed>;
//         explicit Moving(my_context context);
//         OnObstructed::Taken react(const Obstructed&);  // OnObstructed::go<Failed>(*this)
//         sim::Timer arrival_;                            // leaving the state stops it
//     };
//
// A state without a constructor of its own says `using MachineState::MachineState;`.
#pragma once

#include <boost/mpl/empty.hpp>
#include <boost/mpl/front.hpp>
#include <boost/mpl/list.hpp>
#include <boost/mpl/pop_front.hpp>
#include <boost/statechart/custom_reaction.hpp>
#include <boost/statechart/event.hpp>
#include <boost/statechart/state.hpp>
#include <boost/statechart/state_machine.hpp>
#include <boost/statechart/transition.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sim/machine_diagram.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::sim {

template <class Event>
using MachineEvent = boost::statechart::event<Event>;

// The target of a choice that leaves the machine where it is.
struct Stay {};

namespace detail {

// The last part of T's name, out of "… [with T = nearline::changer::Moving; …]".
template <class T>
constexpr std::string_view type_name() {
    const std::string_view function = __PRETTY_FUNCTION__;
    const std::size_t begin = function.find("T = ") + 4;
    const std::string_view whole =
        function.substr(begin, function.find_first_of(";]", begin) - begin);
    const std::size_t colon = whole.rfind("::");
    return colon == std::string_view::npos ? whole : whole.substr(colon + 2);
}
template <>
constexpr std::string_view type_name<Stay>() {
    return {};
}

template <class Inner>
struct InnerList {
    using type = boost::mpl::list<Inner>;
};
template <>
struct InnerList<void> {
    using type = boost::mpl::list<>;
};

template <class State, class Event, class Target>
inline constexpr TransitionRow kRow{type_name<State>(), type_name<Event>(), type_name<Target>()};

}  // namespace detail

// The base of every machine. Derived calls terminate() in its destructor: states look at it while
// they are left.
template <class Derived, class Initial>
class StateMachine : public boost::statechart::state_machine<Derived, Initial> {
public:
    using initial_state = Initial;
    using RowObserver = std::function<void(const TransitionRow&)>;

    // `name` is the source of its trace records: "robot".
    StateMachine(Simulation& simulation, TraceSink& trace, std::string name)
        : simulation_(simulation), trace_(trace), name_(std::move(name)) {}

    // Enters the initial state.
    void start() {
        is_reacting_ = true;
        this->initiate();
        is_reacting_ = false;
    }
    // Reacts to `event` now or, from inside a reaction, as soon as that one is over. The only way
    // in: whoever calls need not know where it is called from.
    template <class Event>
    void tell(const Event& event) {
        if (is_reacting_) {
            this->post_event(event);
            return;
        }
        is_reacting_ = true;
        this->process_event(event);
        is_reacting_ = false;
    }
    bool is_reacting() const { return is_reacting_; }

    // The innermost state: "Moving".
    std::string_view state() const { return state_; }
    Simulation& simulation() { return simulation_; }
    TraceSink& trace() { return trace_; }
    const std::string& name() const { return name_; }
    void record(std::string_view what, std::string_view detail) {
        trace_.record({simulation_.now(), name_, what, detail});
    }

    // Sees each row that is taken, before it is: for tests.
    void observe(RowObserver observer) { observer_ = std::move(observer); }

    // For states and reactions only.
    void entered(std::string_view state) {
        state_ = state;
        record("state", in_words(state));
    }
    void taken(const TransitionRow& row) {
        if (observer_) observer_(row);
    }

private:
    Simulation& simulation_;
    TraceSink& trace_;
    std::string name_;
    std::string_view state_;
    RowObserver observer_;
    bool is_reacting_ = false;
};

// The base of every state. `Inner` is entered together with it.
template <class Derived, class Context, class Inner = void>
class MachineState
    : public boost::statechart::state<Derived, Context, typename detail::InnerList<Inner>::type> {
    using Base =
        boost::statechart::state<Derived, Context, typename detail::InnerList<Inner>::type>;

public:
    using inner_state = Inner;
    using my_base = MachineState;
    using typename Base::my_context;

    explicit MachineState(my_context context) : Base(context) {
        if constexpr (std::is_void_v<Inner>) machine().entered(detail::type_name<Derived>());
    }
    auto& machine() { return this->outermost_context(); }
};

// `Event` always leads to `Target`.
template <class Event, class Target>
struct Transition {
    using event = Event;
    template <class F>
    static void for_each_target(F visit) {
        visit(std::type_identity<Target>{});
    }

    template <class State, class EventBase, class Id>
    static boost::statechart::detail::reaction_result react(State& state, const EventBase& event,
                                                            const Id& id) {
        if (id == Event::static_type()) {
            state.machine().taken(detail::kRow<State, Event, Target>);
        }
        return boost::statechart::transition<Event, Target>::react(state, event, id);
    }
};

// `Event` leads to one of `Targets`, which the state's `react` picks by `go`; any other target does
// not compile. Stay is the target that changes nothing: an action within the state.
template <class Event, class... Targets>
struct Choice {
    using event = Event;
    template <class F>
    static void for_each_target(F visit) {
        (visit(std::type_identity<Targets>{}), ...);
    }

    // What `react` returns; only `go` makes one.
    class Taken {
        friend Choice;
        explicit Taken(boost::statechart::result result) : result_(result) {}
        boost::statechart::result result_;
    };

    template <class Target, class State>
    static Taken go(State& state) {
        static_assert((std::is_same_v<Target, Targets> || ...),
                      "the reaction does not declare this target");
        state.machine().taken(detail::kRow<State, Event, Target>);
        if constexpr (std::is_same_v<Target, Stay>) {
            return Taken(state.discard_event());
        } else {
            return Taken(state.template transit<Target>());
        }
    }

    template <class State, class EventBase, class Id>
    static boost::statechart::detail::reaction_result react(State& state, const EventBase& event,
                                                            const Id& id) {
        if (id != Event::static_type()) return boost::statechart::detail::no_reaction;
        static_assert(std::is_same_v<decltype(state.react(std::declval<const Event&>())), Taken>,
                      "react returns what Choice::go gives");
        return boost::statechart::detail::result_utility::get_result(
            state.react(static_cast<const Event&>(event)).result_);
    }
};

namespace detail {

template <class Reactions>
struct ReactionList {
    using type = boost::mpl::list<Reactions>;  // a single one needs no list
};
template <class... R>
struct ReactionList<boost::mpl::list<R...>> {
    using type = boost::mpl::list<R...>;
};

template <class Machine, class State>
void describe(MachineDiagram& diagram);

template <class Machine, class State, class Reactions>
void describe_reactions(MachineDiagram& diagram) {
    if constexpr (!boost::mpl::empty<Reactions>::value) {
        using Reaction = typename boost::mpl::front<Reactions>::type;
        Reaction::for_each_target([&]<class Target>(std::type_identity<Target>) {
            diagram.rows.push_back(kRow<State, typename Reaction::event, Target>);
        });
        describe_reactions<Machine, State, typename boost::mpl::pop_front<Reactions>::type>(
            diagram);
    }
}

template <class Machine, class Reactions>
void describe_targets(MachineDiagram& diagram) {
    if constexpr (!boost::mpl::empty<Reactions>::value) {
        boost::mpl::front<Reactions>::type::for_each_target(
            [&]<class Target>(std::type_identity<Target>) {
                if constexpr (!std::is_same_v<Target, Stay>) describe<Machine, Target>(diagram);
            });
        describe_targets<Machine, typename boost::mpl::pop_front<Reactions>::type>(diagram);
    }
}

// Walks the types: each state once, from the initial one along inner states and targets.
template <class Machine, class State>
void describe(MachineDiagram& diagram) {
    if (diagram.has_state(type_name<State>())) return;
    MachineDiagram::State drawn{type_name<State>(), {}, {}};
    if constexpr (!std::is_same_v<typename State::context_type, Machine>) {
        describe<Machine, typename State::context_type>(diagram);
        if (diagram.has_state(drawn.name)) return;
        drawn.outer = type_name<typename State::context_type>();
    }
    if constexpr (!std::is_void_v<typename State::inner_state>) {
        drawn.initial = type_name<typename State::inner_state>();
    }
    diagram.states.push_back(drawn);
    using Reactions = typename ReactionList<typename State::reactions>::type;
    describe_reactions<Machine, State, Reactions>(diagram);
    if constexpr (!std::is_void_v<typename State::inner_state>) {
        describe<Machine, typename State::inner_state>(diagram);
    }
    describe_targets<Machine, Reactions>(diagram);
}

}  // namespace detail

// All states that can be reached, and all rows.
template <class Machine>
MachineDiagram diagram_of() {
    MachineDiagram diagram;
    diagram.initial = detail::type_name<typename Machine::initial_state>();
    detail::describe<Machine, typename Machine::initial_state>(diagram);
    return diagram;
}

}  // namespace nearline::sim
