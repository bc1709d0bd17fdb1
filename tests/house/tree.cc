#include "tests/house/tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace nearline::house {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

bool is_cpp(const std::string& path) {
    return path.ends_with(".h") || path.ends_with(".cc");
}

bool is_ours(const std::string& name) {
    return !name.starts_with('.') && name != "build";
}

// What is read line by line; corpora and other data are not.
bool is_text(const fs::path& path) {
    static const std::set<std::string> kExtensions = {".h",  ".cc",    ".txt",       ".cmake",
                                                      ".md", ".proto", ".textproto", ".sh",
                                                      ".py", ".json",  ".sql"};
    return kExtensions.contains(path.extension().string()) || path.filename() == "dev";
}

// Walks over C++ text and blanks what is not code.
class Blanker {
public:
    explicit Blanker(std::string_view text) : text_(text), out_(text) {}

    std::string run() {
        while (at_ < text_.size()) {
            if (is_include()) {
                keep_line();
            } else if (starts("//")) {
                blank_until("\n", 0);
            } else if (starts("/*")) {
                blank_until("*/", 2);
            } else if (starts("R\"")) {
                blank_raw();
            } else if (text_[at_] == '"' || (text_[at_] == '\'' && !is_digit_separator())) {
                blank_literal(text_[at_]);
            } else {
                ++at_;
            }
        }
        return out_;
    }

private:
    bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

    bool is_include() const {
        return text_[at_] == '#' && (at_ == 0 || text_[at_ - 1] == '\n') &&
               text_.substr(at_, text_.find('\n', at_) - at_).find("include") !=
                   std::string_view::npos;
    }

    // 1'000: between two characters of a number.
    bool is_digit_separator() const {
        return at_ > 0 && std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0;
    }

    void keep_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }

    void blank_to(std::size_t end) {
        for (; at_ < end; ++at_) {
            if (text_[at_] != '\n') out_[at_] = ' ';
        }
    }

    void blank_until(std::string_view end, std::size_t included) {
        const std::size_t found = text_.find(end, at_ + included);
        blank_to(found == std::string_view::npos ? text_.size() : found + included);
    }

    void blank_raw() {
        const std::size_t open = text_.find('(', at_);
        if (open == std::string_view::npos) return blank_to(text_.size());
        const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
        blank_until(close, close.size());
    }

    void blank_literal(char quote) {
        const std::size_t first = ++at_;
        std::size_t end = first;
        while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
            end += text_[end] == '\\' ? 2 : 1;
        }
        blank_to(std::min(end, text_.size()));
        ++at_;
    }

    std::string_view text_;
    std::string out_;
    std::size_t at_ = 0;
};

}  // namespace

std::string to_text(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        text += finding.path + ":" + std::to_string(finding.line) + ": " + finding.what + "\n";
    }
    return text;
}

const Tree& Tree::here() {
    static const Tree tree(NEARLINE_SOURCE_DIR);
    return tree;
}

Tree::Tree(const std::string& root) : root_(root) {
    for (const auto& top : fs::directory_iterator(root)) {
        if (top.is_directory() && is_ours(top.path().filename().string())) {
            folders_.insert(top.path().filename().string());
        }
    }
    for (fs::recursive_directory_iterator entry(root), end; entry != end; ++entry) {
        if (entry->is_directory()) {
            if (!is_ours(entry->path().filename().string())) entry.disable_recursion_pending();
            continue;
        }
        if (!is_text(entry->path())) continue;
        SourceFile file;
        file.path = fs::relative(entry->path(), root).generic_string();
        const std::size_t slash = file.path.find('/');
        file.folder = slash == std::string::npos ? "" : file.path.substr(0, slash);
        const std::string text = read(entry->path());
        file.lines = lines_of(text);
        if (is_cpp(file.path)) file.code = lines_of(code_only(text));
        files_.push_back(std::move(file));
    }
    std::sort(files_.begin(), files_.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
}

std::vector<const SourceFile*> Tree::with_extension(std::string_view extension) const {
    std::vector<const SourceFile*> found;
    for (const SourceFile& file : files_) {
        if (file.path.ends_with(extension)) found.push_back(&file);
    }
    return found;
}

std::vector<const SourceFile*> Tree::headers() const {
    return with_extension(".h");
}

std::vector<const SourceFile*> Tree::cpp() const {
    std::vector<const SourceFile*> found = headers();
    for (const SourceFile* file : with_extension(".cc")) found.push_back(file);
    return found;
}

const SourceFile* Tree::find(std::string_view path) const {
    for (const SourceFile& file : files_) {
        if (file.path == path) return &file;
    }
    return nullptr;
}

bool Tree::has(std::string_view path) const {
    return fs::exists(fs::path(root_) / path);
}

std::string code_only(std::string_view text) {
    return Blanker(text).run();
}

LayerGraph closure_of(const std::map<std::string, std::set<std::string>>& edges) {
    LayerGraph graph = edges;
    for (auto& [layer, uses] : graph) uses.insert(layer);
    for (bool grew = true; grew;) {
        grew = false;
        for (auto& [layer, uses] : graph) {
            const std::set<std::string> before = uses;
            for (const std::string& used : before) {
                const auto found = graph.find(used);
                if (found != graph.end()) uses.insert(found->second.begin(), found->second.end());
            }
            grew |= uses.size() != before.size();
        }
    }
    return graph;
}

const LayerGraph& layers() {
    static const LayerGraph graph = [] {
        std::map<std::string, std::set<std::string>> edges;
        for (const std::string& line : lines_of(read(NEARLINE_LAYERS_FILE))) {
            const std::size_t colon = line.find(':');
            if (colon == std::string::npos) continue;
            std::set<std::string>& uses = edges[line.substr(0, colon)];
            std::istringstream words(line.substr(colon + 1));
            for (std::string word; words >> word;) uses.insert(word);
        }
        return closure_of(edges);
    }();
    return graph;
}

std::string included(std::string_view line, char& quote) {
    const std::size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string_view::npos || line[hash] != '#') return "";
    const std::size_t word = line.find_first_not_of(" \t", hash + 1);
    if (word == std::string_view::npos || !line.substr(word).starts_with("include")) return "";
    const std::size_t open = line.find_first_of("\"<", word);
    if (open == std::string_view::npos) return "";
    quote = line[open];
    const std::size_t close = line.find(quote == '"' ? '"' : '>', open + 1);
    if (close == std::string_view::npos) return "";
    return std::string(line.substr(open + 1, close - open - 1));
}

bool is_model(std::string_view folder) {
    static const std::set<std::string, std::less<>> kModel = {
        "base",    "sim",   "scsi",   "media",         "drives", "changer",
        "library", "iscsi", "config", "personalities", "rsm",    "scenarios"};
    return kModel.contains(folder);
}

}  // namespace nearline::house
