// Protobuf text with a place for everything in it, so that whoever checks a value can say where it
// stands. Parsing goes on after an error: all of them are found, not just the first.
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.h"

namespace nearline::config {

// Collects problems of one file.
class ProblemList {
public:
    explicit ProblemList(std::string file) : file_(std::move(file)) {}

    void add(Position at, std::string message) {
        problems_.push_back({file_, at, std::move(message)});
    }
    void add_all(const Problems& others);  // of another file
    // Something is not there: says so only while the text could be parsed to its end, since what
    // was skipped may have been just that.
    void add_missing(Position at, std::string message) {
        if (is_whole_) add(at, std::move(message));
    }
    void text_was_skipped() { is_whole_ = false; }

    const std::string& file() const { return file_; }
    bool is_empty() const { return problems_.empty(); }
    Problems take();

private:
    std::string file_;
    Problems problems_;
    bool is_whole_ = true;
};

// Where a message and its fields stand. Fields are told by number: `where.of(L::kNameFieldNumber)`.
class Where {
public:
    using Tree = google::protobuf::TextFormat::ParseInfoTree;
    Where(const google::protobuf::Descriptor* message, const Tree* tree, Position own)
        : message_(message), tree_(tree), own_(own) {}

    Position own() const { return own_; }  // where the message begins
    // A field's place; the message's own when the field is absent. `index` of a repeated one.
    Position of(int field, int index = 0) const;
    // The message in a field.
    Where into(int field, int index = 0) const;

private:
    const google::protobuf::Descriptor* message_;
    const Tree* tree_;  // nullptr: nothing is known below
    Position own_;
};

// A message with the places of its parts.
template <typename Message>
struct Located {
    Message message;
    std::unique_ptr<Where::Tree> tree;

    Where where() const { return {Message::descriptor(), tree.get(), Position{}}; }
};

// What could be read stands in `message` even when there are problems.
void parse_text(std::string_view text, google::protobuf::Message& message,
                std::unique_ptr<Where::Tree>& tree, ProblemList& problems);

// The names of the fields at the top level, in order, each as often as it stands there.
std::vector<std::string> top_level_names(std::string_view text);

template <typename Message>
Located<Message> parse_located(std::string_view text, ProblemList& problems) {
    Located<Message> located;
    parse_text(text, located.message, located.tree, problems);
    return located;
}

}  // namespace nearline::config
