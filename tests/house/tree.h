// The checkout as the house tests read it: files, their lines, and their C++ code without comments
// and the inside of literals.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nearline::house {

struct SourceFile {
    std::string path;                // from the root: "scsi/sense.h"
    std::string folder;              // top-level: "scsi"; empty for a file at the root
    std::vector<std::string> lines;  // as they stand
    std::vector<std::string> code;   // C++ only: comments and the inside of literals are blanks
};

// A place in a file and what is wrong there.
struct Finding {
    std::string path;
    std::size_t line = 0;  // from 1
    std::string what;
};
// One finding a line, as an editor can jump to.
std::string to_text(const std::vector<Finding>& findings);

class Tree {
public:
    // The checkout this program was built from; read once.
    static const Tree& here();

    const std::vector<SourceFile>& files() const { return files_; }
    std::vector<const SourceFile*> cpp() const;      // .h and .cc
    std::vector<const SourceFile*> headers() const;  // .h
    std::vector<const SourceFile*> with_extension(std::string_view extension) const;
    const SourceFile* find(std::string_view path) const;
    bool has(std::string_view path) const;  // a file or a directory
    const std::set<std::string>& folders() const { return folders_; }

private:
    explicit Tree(const std::string& root);

    std::string root_;
    std::vector<SourceFile> files_;  // by path
    std::set<std::string> folders_;  // top-level, but hidden ones and build
};

// Comments and the inside of string and character literals become blanks; lines stay. #include
// lines keep their path.
std::string code_only(std::string_view text);

// Each layer with all it may use, itself too, as the build states it (layers.txt).
using LayerGraph = std::map<std::string, std::set<std::string>>;
const LayerGraph& layers();

// "a: b c" lines to a graph closed under "may use".
LayerGraph closure_of(const std::map<std::string, std::set<std::string>>& edges);

// The file an #include line names, or "" when it is none. `quote` gets '"' or '<'.
std::string included(std::string_view line, char& quote);

// Layers under the rule that the model knows only virtual time and no host.
bool is_model(std::string_view folder);

}  // namespace nearline::house
