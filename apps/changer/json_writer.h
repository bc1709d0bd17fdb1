// Writes JSON (RFC 8259) to a string, in the order of the calls: objects, arrays, values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nearline::apps {

class JsonWriter {
public:
    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    // The name of what comes next; inside an object.
    JsonWriter& key(std::string_view name);

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(std::uint64_t number);
    JsonWriter& value(bool truth);
    JsonWriter& null();

    template <typename T>
    JsonWriter& member(std::string_view name, const T& content) {
        key(name);
        return value(content);
    }

    // Everything must be closed.
    const std::string& text() const { return text_; }

private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void before_value();
    void quote(std::string_view text);

    std::string text_;
    std::vector<bool> has_content_;  // of each open object or array
    bool is_after_key_ = false;
};

}  // namespace nearline::apps
