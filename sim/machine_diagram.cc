#include "sim/machine_diagram.h"

#include <algorithm>
#include <cctype>

namespace nearline::sim {
namespace {

void draw_states_in(const MachineDiagram& diagram, std::string_view outer, std::string_view first,
                    const std::string& indent, std::string& out) {
    out += indent + "[*] --> " + std::string(first) + "\n";
    for (const MachineDiagram::State& state : diagram.states) {
        if (state.outer != outer || state.initial.empty()) continue;
        out += indent + "state " + std::string(state.name) + " {\n";
        draw_states_in(diagram, state.name, state.initial, indent + "    ", out);
        out += indent + "}\n";
    }
    for (const MachineDiagram::State& state : diagram.states) {
        if (state.outer != outer || !state.initial.empty()) continue;
        out += indent + std::string(state.name) + "\n";
    }
}

}  // namespace

std::string to_text(const TransitionRow& row) {
    std::string text = std::string(row.state) + ", " + std::string(row.event) + ": ";
    return text += row.target.empty() ? "stays" : row.target;
}

bool MachineDiagram::has_state(std::string_view name) const {
    return std::any_of(states.begin(), states.end(),
                       [&](const State& state) { return state.name == name; });
}

std::string to_markdown(const MachineDiagram& diagram, std::string_view title,
                        std::string_view introduction) {
    std::string page = "# " + std::string(title) + "\n\n" + std::string(introduction) +
                       "\n\nGenerated from the reaction lists; a test compares. An event without a "
                       "row in a state, or in\none around it, changes nothing there.\n\n"
                       "```mermaid\nstateDiagram-v2\n";
    draw_states_in(diagram, {}, diagram.initial, "    ", page);
    for (const TransitionRow& row : diagram.rows) {
        const std::string_view target = row.target.empty() ? row.state : row.target;
        page += "    " + std::string(row.state) + " --> " + std::string(target) + ": " +
                std::string(row.event) + "\n";
    }
    page += "```\n\n| state | event | next |\n| --- | --- | --- |\n";
    for (const TransitionRow& row : diagram.rows) {
        page += "| " + std::string(row.state) + " | " + std::string(row.event) + " | " +
                (row.target.empty() ? "stays" : std::string(row.target)) + " |\n";
    }
    return page;
}

std::string in_words(std::string_view name) {
    std::string words;
    for (const char c : name) {
        const auto letter = static_cast<unsigned char>(c);
        if (std::isupper(letter) != 0 && !words.empty()) words += ' ';
        words += static_cast<char>(std::tolower(letter));
    }
    return words;
}

}  // namespace nearline::sim
