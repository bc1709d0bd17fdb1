// Reading the journal: whatever has happened to the bytes, every record that is whole counts, and
// what is missing is said.
#include <algorithm>
#include <utility>

#include "base/crc32c.h"
#include "library/journal.h"
#include "library/state_format.h"

namespace nearline::library {
namespace {

using base::ByteReader;
using base::BytesView;
using changer::ElementType;

struct Record {
    std::uint64_t sequence = 0;
    RecordKind kind{};
    BytesView payload;
    std::size_t size = 0;  // with head and tail
};

// The whole record that begins at `at`, if there is one.
std::optional<Record> record_at(BytesView bytes, std::size_t at) {
    ByteReader head(bytes.subspan(at));
    const std::uint32_t marker = head.u32();
    Record record;
    record.sequence = head.u64();
    record.kind = static_cast<RecordKind>(head.u8());
    const std::uint32_t length = head.u32();
    if (!head.ok() || marker != kMarker || length > kMaximumPayload) return std::nullopt;
    record.payload = head.bytes(length);
    const std::size_t checked_from = at + sizeof kMarker;
    const std::size_t checked_size = kHeadSize - sizeof kMarker + length;
    const std::uint32_t crc = head.u32();
    if (!head.ok()) return std::nullopt;
    if (crc != base::crc32c(bytes.subspan(checked_from, checked_size))) return std::nullopt;
    record.size = kHeadSize + length + kTailSize;
    return record;
}

// Whether what begins at `at` is the beginning of a record that the file's end cuts off.
bool is_cut_off(BytesView bytes, std::size_t at) {
    if (bytes.size() - at < kHeadSize) return true;
    ByteReader head(bytes.subspan(at));
    const std::uint32_t marker = head.u32();
    head.skip(sizeof(std::uint64_t) + 1);
    const std::uint32_t length = head.u32();
    return marker == kMarker && length <= kMaximumPayload &&
           bytes.size() - at < kHeadSize + length + kTailSize;
}

std::optional<Placement> read_placement(ByteReader& in) {
    const std::uint8_t type = in.u8();
    const std::uint16_t place = in.u16();
    if (type == kOutside) return std::nullopt;
    return Placement{static_cast<ElementType>(type), place};
}

scsi::Registration read_registration(ByteReader& in) {
    scsi::Registration one;
    const unsigned flags = in.u8();
    one.is_holder = (flags & kHolderFlag) != 0;
    if ((flags & kAllTargetPortsFlag) != 0) one.ports = scsi::TargetPorts::All;
    one.key = in.u64();
    one.nexus.relative_target_port = in.u16();
    one.nexus.initiator_port = in.text(in.u8());
    one.nexus.target_port = in.text(in.u8());
    return one;
}

std::string name_of(const CartridgeFact& fact) {
    const auto number = std::to_string(static_cast<std::uint32_t>(fact.description.id));
    return "cartridge #" + number +
           (fact.description.label.empty() ? "" : " (" + fact.description.label + ")");
}

std::string text_of(const Placement& place) {
    return std::string(to_text(place.type)) + " " + std::to_string(place.place);
}

class Reader {
public:
    explicit Reader(BytesView bytes) : bytes_(bytes) {}

    JournalContent read() {
        std::size_t at = 0;
        while (at < bytes_.size()) {
            if (const auto record = record_at(bytes_, at)) {
                take(*record);
                at += record->size;
            } else {
                at = skip_from(at);
            }
        }
        settle_places();
        settle_unknown();
        if (has_identity_ || !facts_.cartridges.empty()) content_.facts = std::move(facts_);
        if (content_.facts && !has_identity_) lose("to which library it belongs is lost");
        return std::move(content_);
    }

private:
    void lose(std::string sentence) {
        content_.losses.push_back(std::move(sentence));
        content_.is_damaged = true;
    }

    // Nothing whole begins at `at`: looks for the next record that is.
    std::size_t skip_from(std::size_t at) {
        std::size_t next = at + 1;
        while (next < bytes_.size() && !record_at(bytes_, next)) ++next;
        const auto count = std::to_string(next - at);
        const auto where = std::to_string(at);
        if (next == bytes_.size() && is_cut_off(bytes_, at)) {
            content_.losses.push_back("the last change (" + count + " bytes at offset " + where +
                                      ") was not finished and counts as not made");
        } else {
            lose(count + " bytes at offset " + where + " cannot be read");
        }
        return next;
    }

    void take(const Record& record) {
        if (record.sequence <= last_sequence_) {
            return lose("record " + std::to_string(record.sequence) +
                        " stands where it should not");
        }
        if (record.sequence != last_sequence_ + 1 && last_sequence_ != 0) {
            lose("records " + std::to_string(last_sequence_ + 1) + " to " +
                 std::to_string(record.sequence - 1) + " are lost");
        }
        last_sequence_ = record.sequence;
        ByteReader in(record.payload);
        switch (record.kind) {
            case RecordKind::Identity:
                return take_identity(in);
            case RecordKind::Cartridge:
                return take_cartridge(in);
            case RecordKind::Stands:
                return take_stands(in);
            case RecordKind::Imported:
                return take_imported(in);
            case RecordKind::SavedPage:
                return take_saved_page(in);
            case RecordKind::Reservations:
                return take_reservations(in);
        }
        lose("record " + std::to_string(record.sequence) + " is of a kind that is not known here");
    }

    void take_identity(ByteReader& in) {
        const std::uint8_t version = in.u8();
        if (version != kFormatVersion) {
            content_.later_version = version;
            return;
        }
        Identity identity;
        identity.robots = in.u16();
        identity.slots = in.u16();
        identity.stations = in.u16();
        identity.drives = in.u16();
        identity.cartridges = in.u32();
        identity.name = in.text(in.u8());
        facts_.identity = identity;
        has_identity_ = true;
    }

    void take_cartridge(ByteReader& in) {
        media::CartridgeDescription cartridge;
        cartridge.id = static_cast<media::CartridgeId>(in.u32());
        cartridge.type = static_cast<media::CartridgeType>(in.u8());
        cartridge.generation = static_cast<media::Generation>(in.u8());
        cartridge.is_label_readable = in.u8() != 0;
        cartridge.is_write_protected = in.u8() != 0;
        cartridge.cleanings_left = in.u16();
        cartridge.label = in.text(in.u8());
        if (in.remaining() > 0) {
            cartridge.capacity_mb = in.u64();
            cartridge.is_discarding = in.u8() != 0;
        }
        described_.insert(cartridge.id);
        facts_.cartridges[cartridge.id].description = cartridge;
    }

    void take_stands(ByteReader& in) {
        const auto id = static_cast<media::CartridgeId>(in.u32());
        CartridgeFact& fact = facts_.cartridges[id];
        fact.description.id = id;
        fact.at = read_placement(in);
        fact.source = read_placement(in);
        stood_[id] = last_sequence_;
    }

    void take_imported(ByteReader& in) {
        const std::uint16_t station = in.u16();
        if (in.u8() != 0) {
            facts_.imported.insert(station);
        } else {
            facts_.imported.erase(station);
        }
    }

    void take_saved_page(ByteReader& in) {
        SavedPageKey key;
        key.unit = in.u16();
        key.page = in.u8();
        key.subpage = in.u8();
        const BytesView values = in.bytes(in.u16());
        facts_.saved_pages[key] = base::Bytes(values.begin(), values.end());
    }

    void take_reservations(ByteReader& in) {
        const std::uint16_t unit = in.u16();
        scsi::ReservationState state;
        state.type = scsi::reservation_type_of(in.u8());
        const std::uint16_t count = in.u16();
        for (std::uint16_t at = 0; at < count && in.ok(); ++at) {
            state.registrations.push_back(read_registration(in));
        }
        facts_.reservations.erase(unit);
        if (!in.ok()) return lose("who has reserved unit " + std::to_string(unit) + " is lost");
        if (count != 0) facts_.reservations[unit] = std::move(state);
    }

    // Where a lost record leaves two cartridges in one place, the one that came last is there.
    void settle_places() {
        std::map<Placement, media::CartridgeId> there;
        for (auto& [id, fact] : facts_.cartridges) {
            if (!fact.at) continue;
            const auto [other, is_first] = there.emplace(*fact.at, id);
            if (is_first) continue;
            const bool is_later = stood_[id] > stood_[other->second];
            CartridgeFact& loser = is_later ? facts_.cartridges[other->second] : fact;
            if (is_later) other->second = id;
            lose("where " + name_of(loser) + " stands is lost (" + text_of(*loser.at) +
                 " has another since): it is outside, with the operator");
            loser.at.reset();
        }
    }

    void settle_unknown() {
        for (auto& [id, fact] : facts_.cartridges) {
            if (!stood_.contains(id)) {
                lose("where " + name_of(fact) +
                     " stands is lost: it is outside, with the operator");
            }
            if (described_.contains(id)) continue;
            lose("what " + name_of(fact) + " is is lost: it counts as one without a label");
            fact.description.is_label_readable = false;
        }
    }

    BytesView bytes_;
    JournalContent content_;
    Facts facts_;
    bool has_identity_ = false;
    std::uint64_t last_sequence_ = 0;
    std::set<media::CartridgeId> described_;
    std::map<media::CartridgeId, std::uint64_t> stood_;  // by the record that said so last
};

}  // namespace

JournalContent read_journal(BytesView bytes) {
    return Reader(bytes).read();
}

}  // namespace nearline::library
