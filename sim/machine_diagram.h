// A state machine as a drawing: its states and rows, read from the reaction lists by
// sim/statechart.h. What documents show and tests compare with; no Statechart in it.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace nearline::sim {

// "In `state`, `event` leads to `target`." The names are those of the types.
struct TransitionRow {
    std::string_view state;
    std::string_view event;
    std::string_view target;  // empty: the state stays as it is
    auto operator<=>(const TransitionRow&) const = default;
};
std::string to_text(const TransitionRow& row);  // "Moving, Arrived: Placing"

struct MachineDiagram {
    struct State {
        std::string_view name;
        std::string_view outer;    // the state around it; empty: none
        std::string_view initial;  // the state in it that is entered with it; empty: none
    };
    std::string_view initial;
    std::vector<State> states;        // an outer state before its inner ones
    std::vector<TransitionRow> rows;  // in the order of the reaction lists

    bool has_state(std::string_view name) const;
};

// The machine as a page: title, introduction, Mermaid drawing, table.
std::string to_markdown(const MachineDiagram& diagram, std::string_view title,
                        std::string_view introduction);

// A state's name in words: "SelfTest" is "self test".
std::string in_words(std::string_view name);

}  // namespace nearline::sim
