// What every state machine's test checks: its page in docs/machines is the one its reaction lists
// give, and a walk has taken every row of it and no other.
//
// The test's CMakeLists.txt defines NEARLINE_SOURCE_DIR. NEARLINE_REWRITE=1 in the environment
// writes the pages anew.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "sim/machine_diagram.h"

namespace nearline::sim {

// `name`: "robot" for docs/machines/robot.md.
inline void expect_page(const std::string& name, const std::string& text) {
    const std::string path = std::string(NEARLINE_SOURCE_DIR) + "/docs/machines/" + name + ".md";
    if (std::getenv("NEARLINE_REWRITE") != nullptr) std::ofstream(path) << text;
    std::ostringstream there;
    there << std::ifstream(path).rdbuf();
    EXPECT_EQ(there.str(), text) << path << ": run this test with NEARLINE_REWRITE=1";
}

// Rows as they are taken: `machine.observe(std::ref(rows))`.
class TakenRows {
public:
    void operator()(const TransitionRow& row) { taken_.insert(to_text(row)); }

    void expect_all_of(const MachineDiagram& diagram) const {
        std::set<std::string> rows;
        for (const TransitionRow& row : diagram.rows) rows.insert(to_text(row));
        EXPECT_EQ(rows.size(), diagram.rows.size()) << "a row stands twice";
        for (const std::string& row : rows) {
            EXPECT_TRUE(taken_.contains(row)) << "never taken: " << row;
        }
        for (const std::string& row : taken_) {
            EXPECT_TRUE(rows.contains(row)) << "not in the diagram: " << row;
        }
    }

private:
    std::set<std::string> taken_;
};

}  // namespace nearline::sim
