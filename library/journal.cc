#include "library/journal.h"

#include <algorithm>
#include <utility>

#include "base/crc32c.h"
#include "library/state_format.h"

namespace nearline::library {
namespace {

using base::Bytes;
using base::BytesView;
using base::ByteWriter;
using base::Failure;
using base::Result;

// One record appended to `out`; `fill` writes the payload.
template <typename Fill>
void write_record(Bytes& out, std::uint64_t& sequence, RecordKind kind, Fill fill) {
    const std::size_t begin = out.size();
    ByteWriter writer(out);
    writer.u32(kMarker).u64(++sequence).u8(static_cast<std::uint8_t>(kind)).u32(0);
    fill(writer);
    const std::size_t length = out.size() - begin - kHeadSize;
    CHECK(length <= kMaximumPayload);
    writer.patch(begin + kHeadSize - sizeof(std::uint32_t), length, sizeof(std::uint32_t));
    writer.u32(base::crc32c(BytesView(out).subspan(begin + sizeof kMarker)));
}

void write_identity(Bytes& out, std::uint64_t& sequence, const Identity& identity) {
    write_record(out, sequence, RecordKind::Identity, [&](ByteWriter& writer) {
        writer.u8(kFormatVersion)
            .u16(identity.robots)
            .u16(identity.slots)
            .u16(identity.stations)
            .u16(identity.drives)
            .u32(identity.cartridges)
            .u8(identity.name.size())
            .text(identity.name);
    });
}

void write_cartridge(Bytes& out, std::uint64_t& sequence,
                     const media::CartridgeDescription& cartridge) {
    write_record(out, sequence, RecordKind::Cartridge, [&](ByteWriter& writer) {
        writer.u32(static_cast<std::uint32_t>(cartridge.id))
            .u8(static_cast<std::uint8_t>(cartridge.type))
            .u8(static_cast<std::uint8_t>(cartridge.generation))
            .u8(cartridge.is_label_readable ? 1 : 0)
            .u8(cartridge.is_write_protected ? 1 : 0)
            .u16(cartridge.cleanings_left)
            .u8(cartridge.label.size())
            .text(cartridge.label);
        const bool is_plain = cartridge.capacity_mb == 0 && !cartridge.is_discarding;
        if (!is_plain) writer.u64(cartridge.capacity_mb).u8(cartridge.is_discarding ? 1 : 0);
    });
}

void write_placement(ByteWriter& writer, const std::optional<Placement>& place) {
    writer.u8(place ? static_cast<std::uint8_t>(place->type) : kOutside)
        .u16(place ? place->place : 0);
}

void write_stands(Bytes& out, std::uint64_t& sequence, const CartridgeFact& fact) {
    write_record(out, sequence, RecordKind::Stands, [&](ByteWriter& writer) {
        writer.u32(static_cast<std::uint32_t>(fact.description.id));
        write_placement(writer, fact.at);
        write_placement(writer, fact.source);
    });
}

void write_imported(Bytes& out, std::uint64_t& sequence, std::uint16_t station, bool by_operator) {
    write_record(out, sequence, RecordKind::Imported,
                 [&](ByteWriter& writer) { writer.u16(station).u8(by_operator ? 1 : 0); });
}

void write_saved_page(Bytes& out, std::uint64_t& sequence, const SavedPageKey& key,
                      BytesView values) {
    write_record(out, sequence, RecordKind::SavedPage, [&](ByteWriter& writer) {
        writer.u16(key.unit).u8(key.page).u8(key.subpage).u16(values.size()).bytes(values);
    });
}

void write_registration(ByteWriter& writer, const scsi::Registration& one) {
    const bool is_for_all = one.ports == scsi::TargetPorts::All;
    writer.u8((one.is_holder ? kHolderFlag : 0U) | (is_for_all ? kAllTargetPortsFlag : 0U))
        .u64(one.key)
        .u16(one.nexus.relative_target_port)
        .u8(one.nexus.initiator_port.size())
        .text(one.nexus.initiator_port)
        .u8(one.nexus.target_port.size())
        .text(one.nexus.target_port);
}

void write_reservations(Bytes& out, std::uint64_t& sequence, std::uint16_t unit,
                        const scsi::ReservationState& state) {
    write_record(out, sequence, RecordKind::Reservations, [&](ByteWriter& writer) {
        writer.u16(unit)
            .u8(state.type ? static_cast<unsigned>(*state.type) : 0U)
            .u16(state.registrations.size());
        for (const scsi::Registration& one : state.registrations) write_registration(writer, one);
    });
}

// All facts, between two records that say whose they are: one flipped bit cannot take both.
Bytes snapshot_of(const Facts& facts, std::uint64_t& sequence) {
    Bytes out;
    write_identity(out, sequence, facts.identity);
    for (const auto& [id, fact] : facts.cartridges) {
        write_cartridge(out, sequence, fact.description);
        write_stands(out, sequence, fact);
    }
    for (const std::uint16_t station : facts.imported) {
        write_imported(out, sequence, station, true);
    }
    for (const auto& [key, values] : facts.saved_pages) {
        write_saved_page(out, sequence, key, values);
    }
    for (const auto& [unit, state] : facts.reservations) {
        write_reservations(out, sequence, unit, state);
    }
    write_identity(out, sequence, facts.identity);
    return out;
}

std::string text_of(const Identity& identity) {
    const auto count = [](std::uint64_t number, const char* what) {
        return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
    };
    return "library \"" + identity.name + "\" (" + count(identity.robots, "robot") + ", " +
           count(identity.slots, "slot") + ", " + count(identity.stations, "station element") +
           ", " + count(identity.drives, "drive") + ", begun with " +
           count(identity.cartridges, "cartridge") + ")";
}

std::uint16_t count_of(const Identity& identity, changer::ElementType type) {
    switch (type) {
        case changer::ElementType::MediumTransport:
            return identity.robots;
        case changer::ElementType::Storage:
            return identity.slots;
        case changer::ElementType::ImportExport:
            return identity.stations;
        case changer::ElementType::DataTransfer:
            return identity.drives;
    }
    return 0;
}

bool has_place(const Identity& identity, const Placement& place) {
    return place.place < count_of(identity, place.type);
}

// Cartridges of the description of which damage has left no record: nobody knows where they are.
void add_missing(Facts& facts, const LibraryDescription& description,
                 std::vector<std::string>& losses) {
    for (const CartridgePlacement& placed : description.cartridges) {
        const auto [entry, is_missing] = facts.cartridges.try_emplace(
            placed.cartridge.id, CartridgeFact{placed.cartridge, {}, {}});
        if (!is_missing) continue;
        losses.push_back("where cartridge " + placed.cartridge.label +
                         " stands is lost: it is outside, with the operator");
    }
}

// Places that the library does not have, which only damage that the checksums missed can name.
void drop_unknown_places(Facts& facts, std::vector<std::string>& losses) {
    for (auto& [id, fact] : facts.cartridges) {
        if (fact.at && !has_place(facts.identity, *fact.at)) {
            fact.at.reset();
            losses.push_back("cartridge " + fact.description.label +
                             " stood where nothing is: it is outside, with the operator");
        }
        if (fact.source && !has_place(facts.identity, *fact.source)) fact.source.reset();
    }
}

}  // namespace

Journal::Journal(base::FileSystem& files, std::string directory)
    : files_(files), directory_(std::move(directory)), path_(directory_ + "/" + kJournalName) {}

Result<std::unique_ptr<Journal>, std::string> Journal::open(base::FileSystem& files,
                                                            const std::string& directory,
                                                            const LibraryDescription& description) {
    auto journal = std::make_unique<Journal>(files, directory);
    if (auto made = files.create_directories(directory); !made) {
        return Failure{made.error().message};
    }
    if (auto taken = journal->take_up(description); !taken) return Failure{taken.error()};
    if (!journal->rewrite()) return Failure{"cannot write " + journal->path_};
    return journal;
}

Result<void, std::string> Journal::take_up(const LibraryDescription& description) {
    const Identity wanted = identity_of(description);
    const auto bytes = base::read_whole_file(files_, path_);
    if (!bytes) {
        if (bytes.error().kind != base::FileErrorKind::NotFound) {
            return Failure{bytes.error().message};
        }
        facts_ = initial_facts(description);
        return {};
    }
    JournalContent content = read_journal(bytes.value());
    if (content.later_version) {
        return Failure{path_ + " has format " + std::to_string(*content.later_version) +
                       ", which is later than this program"};
    }
    losses_ = std::move(content.losses);
    if (content.is_damaged) {
        // What could not be read is kept aside: somebody may read more out of it.
        const std::string aside = directory_ + "/" + kDamagedName;
        if (auto kept = base::replace_file(files_, aside, bytes.value()); !kept) {
            return Failure{kept.error().message};
        }
    }
    if (!content.facts) {
        if (!bytes->empty()) losses_.push_back("nothing could be read: the library begins anew");
        facts_ = initial_facts(description);
        return {};
    }
    facts_ = std::move(*content.facts);
    const bool has_identity = !facts_.identity.name.empty();
    if (has_identity && facts_.identity != wanted) {
        return Failure{"the state in " + directory_ + " belongs to " + text_of(facts_.identity) +
                       ", not to " + text_of(wanted)};
    }
    facts_.identity = wanted;
    add_missing(facts_, description, losses_);
    drop_unknown_places(facts_, losses_);
    return {};
}

bool Journal::stands(media::CartridgeId id, std::optional<Placement> at,
                     std::optional<Placement> source) {
    const auto found = facts_.cartridges.find(id);
    CHECK(found != facts_.cartridges.end());
    CartridgeFact& fact = found->second;
    if (fact.at == at && fact.source == source && file_) return true;
    fact.at = at;
    fact.source = source;
    Bytes records;
    write_stands(records, sequence_, fact);
    return append(records);
}

bool Journal::left(media::CartridgeId id) {
    const CartridgeFact before = facts_.cartridges.at(id);
    if (stands(id, {}, {})) return true;
    facts_.cartridges.at(id) = before;
    return false;
}

bool Journal::changed(const media::CartridgeDescription& cartridge) {
    facts_.cartridges.at(cartridge.id).description = cartridge;
    Bytes records;
    write_cartridge(records, sequence_, cartridge);
    return append(records);
}

bool Journal::never_came(media::CartridgeId id) {
    if (facts_.cartridges.erase(id) == 0) return true;
    return rewrite();
}

bool Journal::came(const media::CartridgeDescription& cartridge, std::optional<Placement> at) {
    CartridgeFact& fact = facts_.cartridges[cartridge.id];
    fact = {cartridge, at, {}};
    Bytes records;
    write_cartridge(records, sequence_, cartridge);
    write_stands(records, sequence_, fact);
    // An operator brings it, so in the station it is imported: in one write, since half of it
    // would be a cartridge that came although its operator was refused.
    if (at && at->type == changer::ElementType::ImportExport) {
        facts_.imported.insert(at->place);
        write_imported(records, sequence_, at->place, true);
    }
    return append(records);
}

bool Journal::imported(std::uint16_t station, bool by_operator) {
    if (facts_.imported.contains(station) == by_operator && file_) return true;
    if (by_operator) {
        facts_.imported.insert(station);
    } else {
        facts_.imported.erase(station);
    }
    Bytes records;
    write_imported(records, sequence_, station, by_operator);
    return append(records);
}

bool Journal::saved(std::uint16_t unit, const std::map<SavedPageKey, Bytes>& pages) {
    Bytes records;
    for (const auto& [key, values] : pages) {
        CHECK(key.unit == unit);
        const auto found = facts_.saved_pages.find(key);
        if (found != facts_.saved_pages.end() && found->second == values) continue;
        facts_.saved_pages[key] = values;
        write_saved_page(records, sequence_, key, values);
    }
    if (records.empty() && file_) return true;
    return append(records);
}

bool Journal::reserved(std::uint16_t unit, const scsi::ReservationState& state) {
    const auto before = facts_.reservations;
    if (state.registrations.empty()) {
        facts_.reservations.erase(unit);
    } else {
        facts_.reservations[unit] = state;
    }
    Bytes records;
    write_reservations(records, sequence_, unit, state);
    if (append(records)) return true;
    facts_.reservations = before;
    return false;
}

bool Journal::append(const Bytes& records) {
    constexpr std::uint64_t kRoomToGrow = 1024 * 1024;
    const bool has_grown = end_ + records.size() > snapshot_size_ * 2 + kRoomToGrow;
    if (!file_ || has_grown) return rewrite();
    if (!file_->write_at(end_, records) || !file_->sync()) {
        file_.reset();
        return false;
    }
    end_ += records.size();
    return true;
}

bool Journal::rewrite() {
    file_.reset();
    sequence_ = 0;
    const Bytes snapshot = snapshot_of(facts_, sequence_);
    if (!base::replace_file(files_, path_, snapshot)) return false;
    snapshot_size_ = snapshot.size();
    end_ = snapshot.size();
    // Should it not open, the next record rewrites the file: this snapshot is durable as it is.
    if (auto opened = files_.open(path_, base::OpenMode::ReadWrite)) {
        file_ = std::move(opened).value();
    }
    return true;
}

}  // namespace nearline::library
