#include "config/cartridge_reader.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "config/label_pattern.h"
#include "config/personality_reader.h"
#include "library/cartridge_format.h"

namespace nearline::config {
namespace {

using L = v1::Library;
using Entry = L::Cartridges;
using changer::ElementType;

constexpr std::uint64_t kMostCartridges = 1'000'000;  // most of them outside, then

constexpr std::uint32_t kMostCleanings = 0xFFFF;

struct Room {
    ElementType type;
    std::uint32_t count;
    std::string_view name;  // of several
};

class CartridgeReader {
public:
    CartridgeReader(const L& message, const Where& where, const Places& places,
                    const std::vector<library::DriveDescription>& drives, ProblemList& problems)
        : message_(message), where_(where), places_(places), drives_(drives), problems_(problems) {}

    std::vector<library::CartridgePlacement> read();

private:
    void read_entry(int index);
    void read_pattern(const Entry& entry, const Where& where, int label);
    void add(const Entry& entry, const Where& where, Position label_at, std::string label);
    bool is_known_label(const Entry& entry, Position at, const std::string& label);
    std::uint64_t number_in(const Entry& entry) const;
    void claim_places();
    void fill_places();
    std::optional<Room> room_of(L::Where where) const;

    const L& message_;
    const Where& where_;
    Places places_;
    const std::vector<library::DriveDescription>& drives_;
    ProblemList& problems_;
    std::vector<library::CartridgePlacement> out_;
    std::vector<int> entry_of_;  // of each cartridge
    std::set<std::string> labels_;
    std::map<ElementType, std::set<std::uint32_t>> taken_;
};

std::optional<Room> CartridgeReader::room_of(L::Where where) const {
    switch (where) {
        case L::STORAGE:
            return Room{ElementType::Storage, places_.slots, "slots"};
        case L::IMPORT_EXPORT:
            return Room{ElementType::ImportExport, places_.stations, "import/export slots"};
        case L::DRIVE:
            return Room{ElementType::DataTransfer, places_.drives, "drives"};
        default:
            return std::nullopt;
    }
}

media::CartridgeType type_of(L::CartridgeType type, media::CartridgeType by_label) {
    switch (type) {
        case L::DATA:
            return media::CartridgeType::Data;
        case L::WORM:
            return media::CartridgeType::Worm;
        case L::CLEANING:
            return media::CartridgeType::Cleaning;
        case L::DIAGNOSTIC:
            return media::CartridgeType::Diagnostic;
        default:
            return by_label;
    }
}

bool holds_data(media::CartridgeType type) {
    return type == media::CartridgeType::Data || type == media::CartridgeType::Worm;
}

bool CartridgeReader::is_known_label(const Entry& entry, Position at, const std::string& label) {
    if (!media::is_valid_label(label)) {
        problems_.add(at, fmt::format("labels: \"{}\" is no bar code: up to 32 of A-Z, 0-9 and "
                                      "- . $ / + % and blank",
                                      label));
        return false;
    }
    if (!labels_.insert(label).second && !entry.is_duplicate()) {
        problems_.add(at, fmt::format("labels: \"{}\" is there twice; say is_duplicate: true if "
                                      "it shall be",
                                      label));
    }
    return true;
}

void CartridgeReader::add(const Entry& entry, const Where& where, Position label_at,
                          std::string label) {
    if (!label.empty() && !is_known_label(entry, label_at, label)) return;
    const auto meaning = label.empty() ? media::LabelMeaning{} : media::meaning_of(label);
    media::CartridgeDescription cartridge;
    cartridge.id = media::CartridgeId{static_cast<std::uint32_t>(out_.size() + 1)};
    cartridge.is_label_readable = !entry.is_label_unreadable();
    cartridge.type = type_of(entry.type(), meaning.type);
    cartridge.generation = entry.generation() == v1::GENERATION_UNSPECIFIED
                               ? library::format_in(drives_, meaning.generation)
                               : generation_of(entry.generation());
    cartridge.is_write_protected = entry.is_write_protected();
    cartridge.capacity_mb = entry.capacity_mb();
    cartridge.is_discarding = entry.data() == L::DISCARD;
    if (cartridge.generation == media::Generation::Unknown && holds_data(cartridge.type)) {
        problems_.add_missing(label.empty() ? where.own() : label_at,
                              label.empty()
                                  ? std::string("cartridges: without a label, say generation")
                                  : fmt::format("labels: \"{}\" does not tell the generation: say "
                                                "generation",
                                                label));
    }
    if (entry.has_cleanings_left()) {
        cartridge.cleanings_left = static_cast<std::uint16_t>(entry.cleanings_left());
    }
    cartridge.label = std::move(label);
    out_.push_back({std::move(cartridge), std::nullopt});
}

std::uint64_t CartridgeReader::number_in(const Entry& entry) const {
    const std::uint64_t each = entry.has_count() ? entry.count() : 1;
    return each * static_cast<std::uint64_t>(std::max(entry.labels_size(), 1));
}

void CartridgeReader::read_pattern(const Entry& entry, const Where& where, int label) {
    const auto at = where.of(Entry::kLabelsFieldNumber, label);
    const auto pattern = LabelPattern::parse(entry.labels(label));
    if (!pattern) {
        problems_.add(at, fmt::format("labels: \"{}\": {}", entry.labels(label), pattern.error()));
        return;
    }
    const std::uint32_t count = entry.has_count() ? entry.count() : 1;
    if (entry.labels(label).empty()) {
        problems_.add(at, "labels: empty; leave it out for cartridges without a label");
        return;
    }
    if (!pattern->has_number() && count > 1 && !entry.is_duplicate()) {
        problems_.add(where.of(Entry::kCountFieldNumber),
                      fmt::format("count: {} cartridges with one label; write a number into it, as "
                                  "%02d",
                                  count));
        return;
    }
    const std::uint64_t first = entry.has_first() ? entry.first() : 1;
    for (std::uint32_t i = 0; i < count; ++i) add(entry, where, at, pattern->label(first + i));
}

void CartridgeReader::read_entry(int index) {
    const Entry& entry = message_.cartridges(index);
    const auto where = where_.into(L::kCartridgesFieldNumber, index);
    if (out_.size() + number_in(entry) > kMostCartridges) {
        problems_.add(where.of(Entry::kCountFieldNumber),
                      fmt::format("cartridges: more than {} in all", kMostCartridges));
        return;
    }
    if (entry.labels().empty()) {
        const std::uint32_t count = entry.has_count() ? entry.count() : 1;
        for (std::uint32_t i = 0; i < count; ++i) add(entry, where, where.own(), "");
    }
    for (int label = 0; label < entry.labels_size(); ++label) read_pattern(entry, where, label);
    entry_of_.resize(out_.size(), index);
    if (entry.cleanings_left() > kMostCleanings) {
        problems_.add(
            where.of(Entry::kCleaningsLeftFieldNumber),
            fmt::format("cleanings_left: {} exceeds {}", entry.cleanings_left(), kMostCleanings));
    }
    if (entry.place() != 0 && entry.where() == L::OUTSIDE) {
        problems_.add(where.of(Entry::kPlaceFieldNumber), "place: there are none outside");
    }
}

// First those that name their place.
void CartridgeReader::claim_places() {
    std::map<int, std::uint32_t> next;  // by entry
    for (std::size_t i = 0; i < out_.size(); ++i) {
        const Entry& entry = message_.cartridges(entry_of_.at(i));
        const auto room = room_of(entry.where());
        if (entry.place() == 0 || !room) continue;
        const auto at =
            where_.into(L::kCartridgesFieldNumber, entry_of_.at(i)).of(Entry::kPlaceFieldNumber);
        auto& offset = next[entry_of_.at(i)];
        const std::uint64_t number = std::uint64_t{entry.place()} + offset++;
        if (number > room->count) {
            problems_.add(at, fmt::format("place: {} exceeds {}, the number of {}", number,
                                          room->count, room->name));
        } else if (!taken_[room->type].insert(static_cast<std::uint32_t>(number)).second) {
            problems_.add(
                at, fmt::format("place: two cartridges in place {} of the {}", number, room->name));
        }
        out_.at(i).at = library::Placement{room->type, static_cast<std::uint16_t>(number - 1)};
    }
}

// Then all others, where there is room.
void CartridgeReader::fill_places() {
    std::map<ElementType, std::uint32_t> next;  // number of the last one looked at
    std::map<int, std::uint32_t> left_over;     // by entry
    for (std::size_t i = 0; i < out_.size(); ++i) {
        const Entry& entry = message_.cartridges(entry_of_.at(i));
        const auto room = room_of(entry.where());
        if (entry.place() != 0 || !room) continue;
        auto& number = next[room->type];
        const auto& taken = taken_[room->type];
        do {
            ++number;
        } while (taken.contains(number));
        if (number > room->count) {
            number = room->count;
            ++left_over[entry_of_.at(i)];
            continue;
        }
        out_.at(i).at = library::Placement{room->type, static_cast<std::uint16_t>(number - 1)};
    }
    for (const auto& [index, count] : left_over) {
        const Entry& entry = message_.cartridges(index);
        const auto where = where_.into(L::kCartridgesFieldNumber, index);
        problems_.add(where.of(Entry::kCountFieldNumber),
                      fmt::format("cartridges: no free place for {} of {}: there are {} {}", count,
                                  number_in(entry), room_of(entry.where())->count,
                                  room_of(entry.where())->name));
    }
}

std::vector<library::CartridgePlacement> CartridgeReader::read() {
    for (int i = 0; i < message_.cartridges_size(); ++i) read_entry(i);
    claim_places();
    fill_places();
    return std::move(out_);
}

}  // namespace

std::vector<library::CartridgePlacement> read_cartridges(
    const L& message, const Where& where, const Places& places,
    const std::vector<library::DriveDescription>& drives, ProblemList& problems) {
    CartridgeReader reader(message, where, places, drives, problems);
    return reader.read();
}

}  // namespace nearline::config
