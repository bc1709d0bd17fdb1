// How the checkout is laid out: READMEs, headers, widths, words that mark the unfinished, links.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>

#include "tests/house/tree.h"

namespace nearline::house {
namespace {

using testing::IsEmpty;

TEST(Folders, HaveAReadme) {
    std::set<std::string> folders;
    for (const SourceFile& file : Tree::here().files()) {
        if (!file.folder.empty()) folders.insert(file.folder);
    }
    for (const std::string& folder : folders) {
        EXPECT_TRUE(Tree::here().has(folder + "/README.md")) << folder;
    }
}

TEST(Folders, WithCodeHaveTests) {
    std::set<std::string> with_code;
    for (const SourceFile* file : Tree::here().with_extension(".cc"))
        with_code.insert(file->folder);
    for (const auto& [layer, uses] : layers()) {
        if (!with_code.contains(layer)) continue;
        EXPECT_TRUE(Tree::here().has("tests/" + layer + "/CMakeLists.txt")) << layer;
    }
}

TEST(TestFolders, MirrorAFolder) {
    // Those that look at the whole instead.
    const std::set<std::string> wholes = {"house",      "interop", "surface",
                                          "robustness", "disk",    "tape_model"};
    std::set<std::string> strangers;
    for (const SourceFile& file : Tree::here().files()) {
        if (file.folder != "tests" || std::count(file.path.begin(), file.path.end(), '/') < 2)
            continue;
        const std::string name = file.path.substr(6, file.path.find('/', 6) - 6);
        if (!Tree::here().folders().contains(name) && !wholes.contains(name))
            strangers.insert(name);
    }
    EXPECT_THAT(strangers, IsEmpty());
}

TEST(Headers, AreIncludedOnce) {
    for (const SourceFile* file : Tree::here().headers()) {
        const bool has_pragma =
            std::find(file->code.begin(), file->code.end(), "#pragma once") != file->code.end();
        // ntmsapi.h is a C header with the guard its users know.
        const bool has_guard =
            file->folder == "ntmsapi" &&
            std::any_of(file->code.begin(), file->code.end(),
                        [](const auto& line) { return line.starts_with("#ifndef "); });
        EXPECT_TRUE(has_pragma || has_guard) << file->path;
    }
}

TEST(Headers, OpenWithWhatTheyAre) {
    for (const SourceFile* file : Tree::here().headers()) {
        ASSERT_FALSE(file->lines.empty()) << file->path;
        EXPECT_TRUE(file->lines.front().starts_with("//") || file->lines.front().starts_with("/*"))
            << file->path << ":1: a header opens with what it is";
    }
}

// A .cc includes its own header before all others, which is what shows that it stands alone.
TEST(Headers, AreIncludedFirstByTheirSource) {
    std::vector<Finding> findings;
    for (const SourceFile* header : Tree::here().headers()) {
        const std::string stem = header->path.substr(0, header->path.size() - 2);
        const SourceFile* source = Tree::here().find(stem + ".cc");
        if (source == nullptr || header->folder == "tests") continue;
        for (std::size_t at = 0; at < source->code.size(); ++at) {
            char quote = 0;
            const std::string path = included(source->code[at], quote);
            if (path.empty()) continue;
            if (path != header->path) findings.push_back({source->path, at + 1, "its own first"});
            break;
        }
    }
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Headers, UseNoNamespaceOfOthers) {
    std::vector<Finding> findings;
    for (const SourceFile* file : Tree::here().headers()) {
        for (std::size_t at = 0; at < file->code.size(); ++at) {
            if (file->code[at].starts_with("using namespace")) {
                findings.push_back({file->path, at + 1, "using namespace in a header"});
            }
        }
    }
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

// Characters, not bytes: a continuation byte of UTF-8 has no width.
std::size_t width_of(const std::string& line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

bool is_code(const SourceFile& file) {
    const std::string extension = std::filesystem::path(file.path).extension().string();
    return !file.code.empty() || extension == ".cmake" || extension == ".proto" ||
           extension == ".sh" || extension == ".py" || file.path.ends_with("CMakeLists.txt") ||
           file.path == "dev";
}

TEST(Lines, AreAtMostAHundredColumnsWithoutTabsAndTrailingBlanks) {
    std::vector<Finding> findings;
    for (const SourceFile& file : Tree::here().files()) {
        if (!is_code(file)) continue;
        for (std::size_t at = 0; at < file.lines.size(); ++at) {
            const std::string& line = file.lines[at];
            if (width_of(line) > 100) findings.push_back({file.path, at + 1, "over 100 columns"});
            if (line.ends_with(' ')) findings.push_back({file.path, at + 1, "trailing blank"});
            if (line.find('\t') != std::string::npos)
                findings.push_back({file.path, at + 1, "tab"});
        }
    }
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Words, OfUnfinishedWorkAreNotLeftBehind) {
    // Put together, so that this file does not find itself.
    const std::regex words(std::string(R"(\b()") + "TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK" +
                           R"()\b)");
    std::vector<Finding> findings;
    for (const SourceFile& file : Tree::here().files()) {
        for (std::size_t at = 0; at < file.lines.size(); ++at) {
            if (std::regex_search(file.lines[at], words)) {
                findings.push_back({file.path, at + 1, file.lines[at]});
            }
        }
    }
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Tests, DoNotSleep) {
    const std::regex sleep(R"(\b(sleep_for|sleep_until|usleep|nanosleep)\s*\()");
    std::vector<Finding> findings;
    for (const SourceFile* file : Tree::here().cpp()) {
        if (file->folder != "tests") continue;
        for (std::size_t at = 0; at < file->code.size(); ++at) {
            if (std::regex_search(file->code[at], sleep)) {
                findings.push_back({file->path, at + 1, "a test that sleeps"});
            }
        }
    }
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Documents, LinkToWhatIsThere) {
    const std::regex link(R"(\]\(([^)#\s]+)(#[^)]*)?\))");
    std::vector<Finding> findings;
    for (const SourceFile* file : Tree::here().with_extension(".md")) {
        const std::filesystem::path from = std::filesystem::path(file->path).parent_path();
        for (std::size_t at = 0; at < file->lines.size(); ++at) {
            const std::string& line = file->lines[at];
            for (std::sregex_iterator match(line.begin(), line.end(), link), end; match != end;
                 ++match) {
                const std::string target = (*match)[1].str();
                if (target.find("://") != std::string::npos || target.starts_with("mailto:"))
                    continue;
                if (!Tree::here().has((from / target).lexically_normal().generic_string())) {
                    findings.push_back({file->path, at + 1, "no such file: " + target});
                }
            }
        }
    }
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Documents, EveryDecisionPageIsInTheIndex) {
    const SourceFile* index = Tree::here().find("docs/decisions.md");
    ASSERT_NE(index, nullptr);
    for (const SourceFile* page : Tree::here().with_extension(".md")) {
        if (!page->path.starts_with("docs/decisions.d/")) continue;
        const std::string link = "(" + page->path.substr(5) + ")";
        EXPECT_TRUE(std::any_of(index->lines.begin(), index->lines.end(), [&](const auto& line) {
            return line.find(link) != std::string::npos;
        })) << page->path;
    }
}

}  // namespace
}  // namespace nearline::house
