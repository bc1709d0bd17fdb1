#include "config/proto_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace nearline::config {
namespace {

namespace pb = google::protobuf;
using Token = pb::io::Tokenizer::Token;

// Protobuf counts lines and columns from 0, we from 1; -1 is "somewhere".
Position position_of(int line, int column) {
    return {std::max(line, 0) + 1, std::max(column, 0) + 1};
}

class SilentCollector final : public pb::io::ErrorCollector {
public:
    void AddError(int, int, const std::string&) override {}
};

// The text as tokens; up to its first broken one.
std::vector<Token> tokens_of(const std::string& text) {
    pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    SilentCollector silence;
    pb::io::Tokenizer tokenizer(&stream, &silence);
    tokenizer.set_comment_style(pb::io::Tokenizer::SH_COMMENT_STYLE);
    tokenizer.set_allow_f_after_float(true);
    tokenizer.set_require_space_after_number(false);
    std::vector<Token> tokens;
    while (tokenizer.Next()) tokens.push_back(tokenizer.current());
    return tokens;
}

struct ParseError {
    Position at;
    std::string message;
};

// Unknown fields come as warnings, since the parser can go on after them; for us they are errors.
class Collector final : public pb::io::ErrorCollector {
public:
    void AddError(int line, int column, const std::string& message) override {
        if (!error) error = ParseError{position_of(line, column), message};
    }
    void AddWarning(int line, int column, const std::string& message) override {
        warnings.push_back({position_of(line, column), message});
    }

    std::optional<ParseError> error;
    std::vector<ParseError> warnings;
};

bool is_symbol(const std::vector<Token>& tokens, std::size_t at, std::string_view symbol) {
    return at < tokens.size() && tokens[at].type == pb::io::Tokenizer::TYPE_SYMBOL &&
           tokens[at].text == symbol;
}

Position position_of(const Token& token) {
    return position_of(token.line, token.column);
}

// The first token at or after `at`.
std::size_t find_token(const std::vector<Token>& tokens, Position at) {
    const auto found = std::find_if(tokens.begin(), tokens.end(),
                                    [&](const Token& token) { return position_of(token) >= at; });
    return static_cast<std::size_t>(found - tokens.begin());
}

// The word in the first pair of quotes of a parser's message.
std::string quoted_in(const std::string& message) {
    const auto begin = message.find('"');
    if (begin == std::string::npos) return "";
    const auto end = message.find('"', begin + 1);
    return end == std::string::npos ? "" : message.substr(begin + 1, end - begin - 1);
}

// Tokens [first, last] of a field that the parser could not take.
struct Span {
    std::size_t first = 0;
    std::size_t last = 0;
};

// The end of the value that begins at `at`: one token, or a bracket and all in it.
std::size_t end_of_value(const std::vector<Token>& tokens, std::size_t at) {
    if (is_symbol(tokens, at, "-")) ++at;
    const bool opens =
        is_symbol(tokens, at, "{") || is_symbol(tokens, at, "[") || is_symbol(tokens, at, "<");
    if (!opens) return at;
    int depth = 0;
    for (; at < tokens.size(); ++at) {
        for (const char* open : {"{", "[", "<"}) depth += is_symbol(tokens, at, open) ? 1 : 0;
        for (const char* close : {"}", "]", ">"}) depth -= is_symbol(tokens, at, close) ? 1 : 0;
        if (depth == 0) return at;
    }
    return at;
}

std::optional<Span> field_named_at(const std::vector<Token>& tokens, std::size_t name) {
    if (name >= tokens.size() || tokens[name].type != pb::io::Tokenizer::TYPE_IDENTIFIER) return {};
    const std::size_t value = name + (is_symbol(tokens, name + 1, ":") ? 2 : 1);
    const std::size_t end = end_of_value(tokens, value);
    if (end >= tokens.size()) return {};
    return Span{name, end};
}

// The field an error is about, found from where the parser stood when it noticed.
std::optional<Span> broken_field(const std::vector<Token>& tokens, const ParseError& error) {
    const std::size_t at = find_token(tokens, error.at);
    const auto word = quoted_in(error.message);
    if (error.message.starts_with("Unknown enumeration value") && at >= 3 &&
        tokens[at - 1].text == word) {
        return field_named_at(tokens, at - 3);  // it stands behind the value
    }
    if (error.message.starts_with("Non-repeated field") && at >= 1 && tokens[at - 1].text == word) {
        return field_named_at(tokens, at - 1);  // behind the name
    }
    if (at >= 2 && is_symbol(tokens, at - 1, ":")) return field_named_at(tokens, at - 2);
    return {};
}

// Where the reader should look: an error noticed behind what it is about is moved back to it.
Position place_of(const std::vector<Token>& tokens, const ParseError& error) {
    const std::size_t at = find_token(tokens, error.at);
    const bool is_behind = error.message.starts_with("Unknown enumeration value") ||
                           error.message.starts_with("Non-repeated field");
    if (is_behind && at >= 1 && tokens[at - 1].text == quoted_in(error.message)) {
        return position_of(tokens[at - 1]);
    }
    return error.at;
}

// Overwrites a field with blanks, so that everything else keeps its place.
void blank_out(std::string& text, const Token& first, const Token& last) {
    int line = 0;
    int column = 0;
    for (char& c : text) {
        const bool is_after_start =
            line > first.line || (line == first.line && column >= first.column);
        const bool is_before_end =
            line < last.line || (line == last.line && column < last.end_column);
        if (c == '\n') {
            ++line;
            column = 0;
            continue;
        }
        // Tabs reach to the next multiple of eight, as the tokenizer counts.
        column = c == '\t' ? column + 8 - column % 8 : column + 1;
        if (is_after_start && is_before_end) c = c == '\t' ? c : ' ';
    }
}

constexpr int kMostErrors = 100;

}  // namespace

std::string to_text(const Problem& problem) {
    return problem.file + ":" + std::to_string(problem.at.line) + ":" +
           std::to_string(problem.at.column) + ": " + problem.message;
}

void ProblemList::add_all(const Problems& others) {
    problems_.insert(problems_.end(), others.begin(), others.end());
}

Problems ProblemList::take() {
    const auto own = std::stable_partition(problems_.begin(), problems_.end(),
                                           [&](const Problem& p) { return p.file == file_; });
    std::stable_sort(problems_.begin(), own,
                     [](const Problem& a, const Problem& b) { return a.at < b.at; });
    return std::move(problems_);
}

Position Where::of(int field, int index) const {
    const auto* descriptor = message_->FindFieldByNumber(field);
    if (tree_ == nullptr) return own_;
    const auto location = tree_->GetLocation(descriptor, descriptor->is_repeated() ? index : -1);
    return location.line < 0 ? own_ : position_of(location.line, location.column);
}

Where Where::into(int field, int index) const {
    const auto* descriptor = message_->FindFieldByNumber(field);
    const Tree* nested = tree_ == nullptr ? nullptr
                                          : tree_->GetTreeForNested(
                                                descriptor, descriptor->is_repeated() ? index : -1);
    return {descriptor->message_type(), nested, of(field, index)};
}

void parse_text(std::string_view text, pb::Message& message, std::unique_ptr<Where::Tree>& tree,
                ProblemList& problems) {
    std::string source(text);
    for (int errors = 0; errors < kMostErrors; ++errors) {
        pb::TextFormat::Parser parser;
        Collector collector;
        tree = std::make_unique<Where::Tree>();  // places of an earlier attempt must not stay
        message.Clear();
        parser.RecordErrorsTo(&collector);
        parser.WriteLocationsTo(tree.get());
        parser.AllowUnknownField(true);
        const bool is_read = parser.ParseFromString(source, &message);
        if (!collector.error) {
            for (const auto& warning : collector.warnings) {
                problems.add(warning.at, warning.message);
                problems.text_was_skipped();
            }
            if (!is_read) problems.add({}, "not readable as protobuf text");
            return;
        }
        const auto tokens = tokens_of(source);
        problems.add(place_of(tokens, *collector.error), collector.error->message);
        problems.text_was_skipped();
        const auto broken = broken_field(tokens, *collector.error);
        if (!broken) {
            for (const auto& warning : collector.warnings)
                problems.add(warning.at, warning.message);
            return;
        }
        blank_out(source, tokens[broken->first], tokens[broken->last]);
    }
}

std::vector<std::string> top_level_names(std::string_view text) {
    std::vector<std::string> names;
    const auto tokens = tokens_of(std::string(text));
    for (std::size_t at = 0; at < tokens.size();) {
        const auto field = field_named_at(tokens, at);
        if (field) names.push_back(tokens[at].text);
        at = field ? field->last + 1 : at + 1;
    }
    return names;
}

}  // namespace nearline::config
