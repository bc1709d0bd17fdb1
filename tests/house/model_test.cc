// What the code of the model must not say: it knows only virtual time, one thread, the File seam,
// and wire formats that are declared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/house/tree.h"

namespace nearline::house {
namespace {

struct Rule {
    std::regex words;
    const char* what;
};

std::vector<Finding> broken(const std::vector<Rule>& rules,
                            const std::function<bool(const SourceFile&)>& applies) {
    std::vector<Finding> findings;
    for (const SourceFile* file : Tree::here().cpp()) {
        if (!applies(*file)) continue;
        for (std::size_t at = 0; at < file->code.size(); ++at) {
            for (const Rule& rule : rules) {
                if (std::regex_search(file->code[at], rule.words)) {
                    findings.push_back({file->path, at + 1, rule.what});
                }
            }
        }
    }
    return findings;
}

bool is_in_model(const SourceFile& file) {
    return is_model(file.folder);
}

TEST(Model, KnowsOnlyVirtualTime) {
    const std::vector<Rule> rules = {
        {std::regex(R"(\b(steady_clock|system_clock|high_resolution_clock|utc_clock)\b)"),
         "a real clock"},
        {std::regex(R"(\b(clock_gettime|gettimeofday|localtime(_r)?|gmtime(_r)?|mktime)\s*\()"),
         "a real clock"},
        {std::regex(R"((\bstd::|::|[^\w.>:]\s*)time\s*\(\s*(NULL|nullptr|0|&\w+)\s*\))"),
         "a real clock"},
        {std::regex(R"(\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\()"), "sleep"},
        {std::regex(R"(\b(random_device|srand|mt19937(_64)?|default_random_engine)\b)"),
         "random numbers that no seed names"},
    };
    const auto findings = broken(rules, is_in_model);
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Model, IsOneThread) {
    const std::vector<Rule> rules = {
        {std::regex(
             R"(\bstd::(jthread|thread|async|mutex|shared_mutex|recursive_mutex|atomic\w*|)"
             R"(condition_variable|future|promise|once_flag|call_once|counting_semaphore)\b)"),
         "threads and locks belong to apps"},
        {std::regex(R"(#\s*include\s*<(thread|mutex|atomic|condition_variable|shared_mutex|future|)"
                    R"(semaphore|barrier|latch|pthread\.h)>)"),
         "threads and locks belong to apps"},
        {std::regex(R"(\bpthread_\w+\s*\(|\bthread_local\b)"), "threads and locks belong to apps"},
    };
    const auto findings = broken(rules, is_in_model);
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Model, HasNoSocketAndAsksTheHostNothing) {
    const std::vector<Rule> rules = {
        {std::regex(
             R"(#\s*include\s*<(sys/(socket|un|epoll|select|ioctl|wait)\.h|poll\.h|netdb\.h|)"
             R"(netinet/.*|arpa/.*|signal\.h|csignal))"),
         "sockets and signals belong to apps"},
        {std::regex(R"((^|[^\w>])::\s*(socket|bind|listen|accept4?|connect|recv\w*|send\w*|)"
                    R"(poll|fork|exec\w*)\s*\()"),
         "sockets and processes belong to apps"},
        {std::regex(R"(\b(getenv|setenv|gethostname|getpid|popen|system)\s*\()"),
         "the host's state belongs to apps"},
    };
    const auto findings = broken(rules, is_in_model);
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Model, ReachesFilesOnlyThroughTheSeam) {
    const std::vector<Rule> rules = {
        {std::regex(
             R"(#\s*include\s*<(fstream|filesystem|fcntl\.h|sys/stat\.h|dirent\.h|sys/mman\.h)>)"),
         "files only through base::FileSystem"},
        {std::regex(R"(\b(fopen|freopen|tmpfile|mkstemp|mkdtemp)\s*\(|(^|[^\w>])::\s*open\s*\()"),
         "files only through base::FileSystem"},
    };
    const auto findings = broken(rules, [](const SourceFile& file) {
        const bool is_seam =
            file.path.starts_with("base/") && file.path.find("file_system") != std::string::npos;
        return is_model(file.folder) && !is_seam;
    });
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Model, KeepsAnOrder) {
    // The order of a hash table differs between machines, and order is behaviour.
    const std::vector<Rule> rules = {
        {std::regex(R"(\bstd::unordered_(map|set|multimap|multiset)\b)"), "no order to repeat"}};
    const auto findings = broken(rules, is_in_model);
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Model, DoesNotThrow) {
    const std::vector<Rule> rules = {
        {std::regex(R"(\bthrow\b)"), "work that fails returns a Result"}};
    const auto findings = broken(rules, is_in_model);
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Model, OwnsWithoutNakedNew) {
    const std::vector<Rule> rules = {
        {std::regex(R"((^|[^\w:])(new\s+[A-Za-z_:]|delete(\[\])?\s+[A-Za-z_*(]))"),
         "std::make_unique owns; no naked new or delete"}};
    const auto findings = broken(rules, is_in_model);
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

// A literal subscript that is not a declaration: `cdb[4]`, `data_out()[0]`, `(*bytes)[12]`, but not
// `std::uint8_t bytes[8]` and not `kNames[0]` (a table of ours is no wire buffer).
bool subscripts_by_literal(const std::string& code) {
    static const std::regex use(
        R"((\b[A-Za-z_]\w*(?:\(\s*\))?|\))\s*\[\s*(?:0[xX][0-9A-Fa-f]+|\d+)U?\s*\])");
    static const std::regex declared_before(R"([\w>\]&*]\s+$)");
    static const std::regex keyword_before(R"(\b(return|case|else|co_return|co_yield)\s+$)");
    for (std::sregex_iterator match(code.begin(), code.end(), use), end; match != end; ++match) {
        const std::string name = (*match)[1].str();
        if (name.size() > 1 && name[0] == 'k' &&
            std::isupper(static_cast<unsigned char>(name[1]))) {
            continue;
        }
        const std::string before = code.substr(0, static_cast<std::size_t>(match->position(1)));
        const bool is_declaration = std::regex_search(before, declared_before) &&
                                    !std::regex_search(before, keyword_before);
        if (!is_declaration) return true;
    }
    return false;
}

TEST(LiteralSubscripts, AreToldFromDeclarations) {
    for (const char* use : {"x = cdb[4];", "if (task.data_out()[0] == 1)", "return bytes[0x0C];",
                            "(*bytes)[12] = 1;", "f(a, cdb[1]);", "usage[0] = 3;", "cdb[0U]"}) {
        EXPECT_TRUE(subscripts_by_literal(use)) << use;
    }
    for (const char* other : {"std::uint8_t bytes[8];", "const char name[16] = {};", "cdb[i]",
                              "kNames[0]", "[4]", "std::array<int, 4> a;", "page[kLength]"}) {
        EXPECT_FALSE(subscripts_by_literal(other)) << other;
    }
}

// Where a literal is right, the line or the one above says so: `// Subscript: REASON`.
bool is_explained(const SourceFile& file, std::size_t at) {
    static const std::regex reason(R"(//.*\bSubscript: \S+ \S+)");
    return std::regex_search(file.lines[at], reason) ||
           (at > 0 && std::regex_search(file.lines[at - 1], reason));
}

TEST(WireFormats, AreDeclaredNeverSubscripted) {
    // It defines where opcode and service action are, for all others.
    const std::set<std::string> definitions = {"scsi/command.h"};
    std::vector<Finding> findings;
    for (const SourceFile* file : Tree::here().cpp()) {
        const bool has_wire = file->folder == "scsi" || file->folder == "changer" ||
                              file->folder == "drives" || file->folder == "iscsi" ||
                              file->folder == "library" || file->folder == "initiator";
        if (!has_wire || definitions.contains(file->path)) continue;
        for (std::size_t at = 0; at < file->code.size(); ++at) {
            if (subscripts_by_literal(file->code[at]) && !is_explained(*file, at)) {
                findings.push_back({file->path, at + 1,
                                    "a literal subscript; declare a Field, or "
                                    "say // Subscript: why"});
            }
        }
    }
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

}  // namespace
}  // namespace nearline::house
