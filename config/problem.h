// What is wrong with a text file, and where: `library.textproto:12:7: slots: 70000 exceeds …`.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace nearline::config {

// Both from 1; a problem of the file as a whole stands at 1:1.
struct Position {
    int line = 1;
    int column = 1;
    auto operator<=>(const Position&) const = default;
};

struct Problem {
    std::string file;
    Position at;
    std::string message;  // a sentence without capital and full stop
    bool operator==(const Problem&) const = default;
};

std::string to_text(const Problem& problem);  // "FILE:LINE:COLUMN: MESSAGE"

// All that is wrong, in the order of the text within each file.
using Problems = std::vector<Problem>;

}  // namespace nearline::config
