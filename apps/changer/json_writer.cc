#include "apps/changer/json_writer.h"

#include "base/check.h"

namespace nearline::apps {

JsonWriter& JsonWriter::key(std::string_view name) {
    before_value();
    quote(name);
    text_ += ": ";
    is_after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    before_value();
    quote(text);
    return *this;
}

JsonWriter& JsonWriter::value(std::uint64_t number) {
    before_value();
    text_ += std::to_string(number);
    return *this;
}

JsonWriter& JsonWriter::value(bool truth) {
    before_value();
    text_ += truth ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::null() {
    before_value();
    text_ += "null";
    return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
    before_value();
    text_ += bracket;
    has_content_.push_back(false);
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    CHECK(!has_content_.empty());
    const bool had_content = has_content_.back();
    has_content_.pop_back();
    if (had_content) text_.append("\n").append(has_content_.size() * 2, ' ');
    text_ += bracket;
    return *this;
}

// Each member and element stands on a line of its own, after what was before it.
void JsonWriter::before_value() {
    if (is_after_key_) {
        is_after_key_ = false;
        return;
    }
    if (has_content_.empty()) return;
    if (has_content_.back()) text_ += ',';
    has_content_.back() = true;
    text_.append("\n").append(has_content_.size() * 2, ' ');
}

void JsonWriter::quote(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    text_ += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text_ += '\\';
            text_ += c;
        } else if (byte < 0x20) {
            text_.append("\\u00").append(1, kHex[byte >> 4]).append(1, kHex[byte & 0xF]);
        } else {
            text_ += c;
        }
    }
    text_ += '"';
}

}  // namespace nearline::apps
