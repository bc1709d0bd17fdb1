// Who may use whom: the graph the build states, held against docs/architecture.md and every
// #include; and the libraries that only certain folders may know.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <regex>
#include <sstream>

#include "tests/house/tree.h"

namespace nearline::house {
namespace {

using testing::IsEmpty;

// Generated headers of the .proto files are the layer proto. <iscsi/iscsi.h> is libiscsi's, not of
// our folder of that name.
std::string layer_of_include(const std::string& path, char quote) {
    if (path.starts_with("nearline/v1/")) return "proto";
    if (quote == '<' && !Tree::here().has(path)) return "";
    const std::size_t slash = path.find('/');
    const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
    return Tree::here().folders().contains(folder) ? folder : "";
}

TEST(LayerGraph, EveryIncludeFollowsIt) {
    std::vector<Finding> findings;
    for (const SourceFile* file : Tree::here().cpp()) {
        const auto layer = layers().find(file->folder);
        if (layer == layers().end() || file->folder == "apps") continue;
        for (std::size_t at = 0; at < file->code.size(); ++at) {
            char quote = 0;
            const std::string path = included(file->code[at], quote);
            const std::string used = layer_of_include(path, quote);
            if (used.empty() || layer->second.contains(used)) continue;
            findings.push_back({file->path, at + 1, file->folder + " may not use " + used});
        }
    }
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(LayerGraph, EveryFolderWithCodeIsALayer) {
    const std::set<std::string> programs = {"apps", "bench", "fuzz", "tests", "docs", "fixtures"};
    std::set<std::string> strangers;
    for (const SourceFile* file : Tree::here().cpp()) {
        if (!layers().contains(file->folder) && !programs.contains(file->folder)) {
            strangers.insert(file->folder);
        }
    }
    EXPECT_THAT(strangers, IsEmpty());
}

// The block of docs/architecture.md that begins with ```layers: "a, b -> c d" lines.
std::map<std::string, std::set<std::string>> documented_edges() {
    std::map<std::string, std::set<std::string>> edges;
    const SourceFile* page = Tree::here().find("docs/architecture.md");
    if (page == nullptr) return edges;
    bool inside = false;
    for (const std::string& line : page->lines) {
        if (line.starts_with("```")) inside = line == "```layers";
        const std::size_t arrow = line.find("->");
        if (!inside || arrow == std::string::npos) continue;
        std::set<std::string> uses;
        std::istringstream right(line.substr(arrow + 2));
        for (std::string word; right >> word;) {
            uses.insert(word);
            edges.try_emplace(word);
        }
        std::istringstream left(std::regex_replace(line.substr(0, arrow), std::regex(","), " "));
        for (std::string word; left >> word;) edges[word] = uses;
    }
    return edges;
}

TEST(LayerGraph, OfTheBuildIsWithinTheOneInTheArchitecturePage) {
    const LayerGraph documented = closure_of(documented_edges());
    ASSERT_FALSE(documented.empty());
    for (const auto& [layer, uses] : layers()) {
        if (layer == "apps") continue;  // everything
        const auto found = documented.find(layer);
        ASSERT_NE(found, documented.end()) << layer << " is not in docs/architecture.md";
        for (const std::string& used : uses) {
            EXPECT_TRUE(found->second.contains(used))
                << layer << " uses " << used << ", which docs/architecture.md does not allow";
        }
    }
}

TEST(LayerGraph, HasNoCircle) {
    for (const auto& [layer, uses] : layers()) {
        for (const std::string& used : uses) {
            if (used == layer || !layers().contains(used)) continue;
            EXPECT_FALSE(layers().at(used).contains(layer)) << layer << " and " << used;
        }
    }
}

struct Restriction {
    const char* library;
    std::regex header;
    std::function<bool(const SourceFile&)> allowed;
};

bool is_in(const SourceFile& file, std::initializer_list<std::string_view> folders) {
    return std::find(folders.begin(), folders.end(), file.folder) != folders.end();
}

bool is_header(const SourceFile& file) {
    return file.path.ends_with(".h");
}

// Tests, fuzzers and benches may name what they look at.
bool is_outside(const SourceFile& file) {
    return is_in(file, {"tests", "fuzz", "bench"});
}

const std::vector<Restriction>& restrictions() {
    static const std::vector<Restriction> list = {
        {"Statechart belongs to drives, changer, iscsi, library and sim/statechart.h",
         std::regex("boost/statechart/.*"),
         [](const SourceFile& file) {
             return is_outside(file) || is_in(file, {"drives", "changer", "iscsi", "library"}) ||
                    file.path == "sim/statechart.h";
         }},
        {"Statechart stays in the headers that are diagrams: *machine*.h",
         std::regex("boost/statechart/.*"),
         [](const SourceFile& file) {
             return is_outside(file) || !is_header(file) ||
                    file.path.find("machine") != std::string::npos ||
                    file.path.find("statechart") != std::string::npos;
         }},
        {"the database belongs to rsm/store*", std::regex("soci/.*|soci\\.h|sqlite3\\.h|libpq.*"),
         [](const SourceFile& file) {
             return is_outside(file) || file.path.starts_with("rsm/store");
         }},
        {"SOCI stays out of headers", std::regex("soci/.*|soci\\.h"),
         [](const SourceFile& file) { return is_outside(file) || !is_header(file); }},
        {"protobuf belongs to config, scenarios, rsm, apps and the client in ntmsapi",
         std::regex("google/protobuf/.*|.*\\.pb\\.h"),
         [](const SourceFile& file) {
             return is_outside(file) ||
                    is_in(file, {"config", "scenarios", "rsm", "apps", "proto", "ntmsapi"});
         }},
        {"Asio and Beast belong to apps/host and the client in ntmsapi",
         std::regex("boost/(asio|beast).*"),
         [](const SourceFile& file) {
             return is_outside(file) || file.path.starts_with("apps/host/") ||
                    file.folder == "ntmsapi";
         }},
        {"libiscsi belongs to initiator and fixtures",
         std::regex("iscsi/(iscsi|scsi-lowlevel)\\.h"),
         [](const SourceFile& file) {
             return is_outside(file) || is_in(file, {"initiator", "fixtures"});
         }},
        {"compression belongs to media/compression.cc", std::regex("lz4.*\\.h|zstd\\.h"),
         [](const SourceFile& file) {
             return is_outside(file) || file.path == "media/compression.cc";
         }},
        {"logging and the command line belong to apps", std::regex("spdlog/.*|CLI/.*"),
         [](const SourceFile& file) { return is_outside(file) || file.folder == "apps"; }},
    };
    return list;
}

TEST(Libraries, StayInTheirFolders) {
    std::vector<Finding> findings;
    for (const SourceFile* file : Tree::here().cpp()) {
        for (std::size_t at = 0; at < file->code.size(); ++at) {
            char quote = 0;
            const std::string path = included(file->code[at], quote);
            if (path.empty()) continue;
            for (const Restriction& restriction : restrictions()) {
                if (!std::regex_match(path, restriction.header) || restriction.allowed(*file)) {
                    continue;
                }
                findings.push_back({file->path, at + 1, restriction.library});
            }
        }
    }
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

}  // namespace
}  // namespace nearline::house
