#include "apps/rsm/rsm_finding.h"

#include "apps/changer/json_writer.h"
#include "base/text.h"
#include "ntmsapi/values.h"

namespace nearline::apps {

using base::Failure;
using Command = RsmCommand;

RsmRefusal wrong_usage(const std::string& sentence) {
    return {kRsmWrongUsage, sentence};
}

RsmResult<void> outcome_of(DWORD error) {
    if (error != ERROR_SUCCESS) return Failure{RsmRefusal{error, ""}};
    return {};
}

bool is_bare(const Command& command) {
    return command.switches.has("b");
}

bool wants_json(const Command& command) {
    return command.switches.has("json");
}

// --- Objects by their switches.

RsmResult<std::optional<GUID>> find_object(const Command& command, const std::string& letter,
                                           DWORD type, const GUID* container) {
    const bool by_id = command.switches.has(letter + "g");
    const bool by_name = command.switches.has(letter + "f");
    if (by_id && by_name) {
        return Failure{wrong_usage("/" + letter + "g and /" + letter + "f name the same object")};
    }
    if (!by_id && !by_name) return std::optional<GUID>();
    const auto found =
        by_id ? command.rsm.with_id(type, command.switches.value(letter + "g"))
              : command.rsm.named(type, command.switches.value(letter + "f"), container);
    if (!found) return Failure{found.error()};
    return std::optional<GUID>(*found);
}

RsmResult<GUID> find_needed(const Command& command, const std::string& letter, DWORD type) {
    const auto found = find_object(command, letter, type);
    if (!found) return Failure{found.error()};
    return **found;
}

RsmResult<GUID> find_pool(const Command& command) {
    return command.rsm.pool(command.switches.value("m"));
}

RsmResult<GUID> find_logical_media(const Command& command) {
    const auto logical = find_object(command, "l", NTMS_LOGICAL_MEDIA);
    if (!logical) return Failure{logical.error()};
    const auto side = find_object(command, "p", NTMS_PARTITION);
    if (!side) return Failure{side.error()};
    if (logical->has_value() == side->has_value()) {
        return Failure{wrong_usage("either /l or /p must name the medium")};
    }
    if (*logical) return **logical;
    const auto information = command.rsm.information(**side, NTMS_PARTITION);
    if (!information) return Failure{information.error()};
    const GUID& id = information->Info.Partition.LogicalMedia;
    if (NTMS_IS_NULLGUID(id)) {
        return Failure{RsmRefusal{ERROR_INVALID_MEDIA, "the side is not allocated"}};
    }
    return id;
}

RsmResult<DWORD> timeout_of(const Command& command) {
    if (!command.switches.has("t")) return DWORD{INFINITE};
    const auto seconds = base::parse_unsigned(command.switches.value("t"));
    if (!seconds) return Failure{wrong_usage("/t takes a number of seconds")};
    constexpr std::uint64_t kMost = (INFINITE - 1) / 1000;
    return *seconds > kMost ? DWORD{INFINITE} : static_cast<DWORD>(*seconds * 1000);
}

RsmResult<void> describe(const Command& command, const GUID& id, DWORD type,
                         const std::string& name, const std::string& description) {
    if (!command.switches.has(name) && !command.switches.has(description)) return {};
    auto information = command.rsm.information(id, type);
    if (!information) return Failure{information.error()};
    if (command.switches.has(name)) {
        ntmsapi::copy_text(command.switches.value(name), information->szName);
    }
    if (command.switches.has(description)) {
        ntmsapi::copy_text(command.switches.value(description), information->szDescription);
    }
    return command.rsm.set(*information);
}

RsmResult<GUID> find_medium_in(const Command& command, const GUID& library, const GUID* place) {
    const auto ids = command.rsm.list(&library, NTMS_PHYSICAL_MEDIA);
    if (!ids) return Failure{ids.error()};
    for (const GUID& id : *ids) {
        if (place == nullptr && ids->size() == 1) return id;
        const auto medium = command.rsm.information(id, NTMS_PHYSICAL_MEDIA);
        if (place != nullptr && medium && medium->Info.PhysicalMedia.Location == *place) return id;
    }
    const bool is_choice = place == nullptr && ids->size() > 1;
    return Failure{is_choice ? wrong_usage("/p, /s or /d must say which medium of the library")
                             : RsmRefusal{ERROR_EMPTY, "there is no medium"}};
}

namespace {

// The library of the changer or the drive that is named beside a slot.
RsmResult<std::optional<GUID>> find_library_around(const Command& command) {
    const auto changer = find_object(command, "c", NTMS_CHANGER);
    if (!changer) return Failure{changer.error()};
    const auto drive = find_object(command, "d", NTMS_DRIVE);
    if (!drive) return Failure{drive.error()};
    if (!*changer && !*drive) return std::optional<GUID>();
    const auto information = *changer ? command.rsm.information(**changer, NTMS_CHANGER)
                                      : command.rsm.information(**drive, NTMS_DRIVE);
    if (!information) return Failure{information.error()};
    return std::optional<GUID>(*changer ? information->Info.Changer.Library
                                        : information->Info.Drive.Library);
}

}  // namespace

RsmResult<GUID> find_mountable(const Command& command) {
    const auto logical = find_object(command, "l", NTMS_LOGICAL_MEDIA);
    if (!logical) return Failure{logical.error()};
    const auto side = find_object(command, "p", NTMS_PARTITION);
    if (!side) return Failure{side.error()};
    const auto medium = find_medium_in_slot(command);
    if (!medium) return Failure{medium.error()};
    const int given = (*logical ? 1 : 0) + (*side ? 1 : 0) + (*medium ? 1 : 0);
    if (given != 1) return Failure{wrong_usage("one switch must name the medium")};
    if (*medium) return first_side_of(command, **medium);
    return *logical ? **logical : **side;
}

RsmResult<std::optional<GUID>> find_medium_in_slot(const Command& command) {
    if (!command.switches.has("sg") && !command.switches.has("sf")) return std::optional<GUID>();
    const auto library = find_library_around(command);
    if (!library) return Failure{library.error()};
    const auto slot = find_object(command, "s", NTMS_STORAGESLOT, *library ? &**library : nullptr);
    if (!slot) return Failure{slot.error()};
    const auto information = command.rsm.information(**slot, NTMS_STORAGESLOT);
    if (!information) return Failure{information.error()};
    const auto medium = find_medium_in(command, information->Info.StorageSlot.Library, &**slot);
    if (!medium) return Failure{medium.error()};
    return std::optional<GUID>(*medium);
}

RsmResult<GUID> first_side_of(const Command& command, const GUID& medium) {
    const auto sides = command.rsm.list(&medium, NTMS_PARTITION);
    if (!sides) return Failure{sides.error()};
    if (sides->empty()) return Failure{RsmRefusal{ERROR_INVALID_MEDIA, "it has no side"}};
    return sides->front();
}

void print_id(const Command& command, const std::string& word, const GUID& id) {
    if (wants_json(command)) {
        JsonWriter json;
        json.begin_object().member(word, ntmsapi::to_text(id)).end_object();
        command.out << json.text() << "\n";
        return;
    }
    command.out << (is_bare(command) ? "" : word + " ") << to_digits(id) << "\n";
}

}  // namespace nearline::apps
