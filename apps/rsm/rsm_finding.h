// What the verbs of `nearline rsm` have in common: objects by their switches, words with numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/rsm/rsm_verbs.h"
#include "base/text.h"

namespace nearline::apps {

RsmRefusal wrong_usage(const std::string& sentence);
RsmResult<void> outcome_of(DWORD error);

bool is_bare(const RsmCommand& command);
bool wants_json(const RsmCommand& command);

// What /Xg or /Xf names: nullopt when neither is given.
RsmResult<std::optional<GUID>> find_object(const RsmCommand& command, const std::string& letter,
                                           DWORD type, const GUID* container = nullptr);
// The same where the switch is known to be there.
RsmResult<GUID> find_needed(const RsmCommand& command, const std::string& letter, DWORD type);
RsmResult<GUID> find_pool(const RsmCommand& command);
// The logical medium that /l names, or that occupies the side that /p names.
RsmResult<GUID> find_logical_media(const RsmCommand& command);
// The logical medium or the side that /l or /p names, as mounts take them.
RsmResult<GUID> find_mountable(const RsmCommand& command);
// The medium in a place of a library, or in a library that has no more than one.
RsmResult<GUID> find_medium_in(const RsmCommand& command, const GUID& library, const GUID* place);
// The medium in the slot that /s names; nullopt when /s is not given.
RsmResult<std::optional<GUID>> find_medium_in_slot(const RsmCommand& command);
// The first side of a physical medium.
RsmResult<GUID> first_side_of(const RsmCommand& command, const GUID& medium);

// Milliseconds from the seconds of /t. Without it for ever; more than there are is for ever, too.
RsmResult<DWORD> timeout_of(const RsmCommand& command);

// Gives an object the name and description of two switches, where they are given.
RsmResult<void> describe(const RsmCommand& command, const GUID& id, DWORD type,
                         const std::string& name, const std::string& description);

// Prints the id of what a verb has made: bare, as JSON, or behind a word.
void print_id(const RsmCommand& command, const std::string& word, const GUID& id);

template <typename Number>
struct Word {
    std::string_view word;
    Number number;
};

// One of a switch's words.
template <std::size_t Size>
RsmResult<DWORD> number_of(const std::string& name, const std::string& text,
                           const Word<DWORD> (&words)[Size]) {
    const std::string lower = base::to_lower(text);
    std::string all;
    for (const auto& [word, number] : words) {
        if (word == lower) return number;
        all.append(all.empty() ? "" : ", ").append(word);
    }
    return base::Failure{wrong_usage("/" + name + " is one of " + all)};
}

}  // namespace nearline::apps
