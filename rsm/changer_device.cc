#include "rsm/changer_device.h"

#include <algorithm>
#include <array>
#include <utility>

namespace nearline::rsm {
namespace {

using base::Failure;
using base::Result;
using scsi::Bytes;

constexpr std::uint32_t kRepeats = 3;  // readings begun again because the library changed
constexpr std::uint32_t kLongestReport = 0xFFFFFF;  // the allocation length has 24 bits
constexpr std::array kKinds = {ElementKind::Robot, ElementKind::Slot, ElementKind::Port,
                               ElementKind::Drive};

enum class BlockDescriptor { Sent, Disabled };

Bytes mode_sense_element_map(BlockDescriptor block) {
    constexpr std::uint8_t kModeSense6 = 0x1A;
    constexpr std::uint8_t kDisableBlockDescriptors = 0x08;
    constexpr std::uint8_t kPage = 0x1D;
    const std::uint8_t dbd = block == BlockDescriptor::Disabled ? kDisableBlockDescriptors : 0;
    return {kModeSense6, dbd, kPage, 0, 0xFF, 0};
}

struct StatusQuery {
    ElementKind kind = ElementKind::Slot;
    std::uint32_t length = 0;
    bool with_labels = true;
    bool with_identity = false;
};

// SMC-3 6.11: all elements of one type, from the first on.
Bytes read_element_status(const StatusQuery& query) {
    constexpr std::uint8_t kReadElementStatus = 0xB8;
    constexpr std::uint8_t kVolTag = 0x10;
    constexpr std::uint8_t kDvcid = 0x01;
    Bytes cdb;
    base::ByteWriter(cdb)
        .u8(kReadElementStatus)
        .u8(static_cast<std::uint8_t>(query.kind) | (query.with_labels ? kVolTag : 0U))
        .u16(0)
        .u16(0xFFFF)
        .u8(query.with_identity ? kDvcid : 0U)
        .u24(query.length)
        .u16(0);
    return cdb;
}

std::uint16_t count_of(const ElementCounts& counts, ElementKind kind) {
    switch (kind) {
        case ElementKind::Robot:
            return counts.robots;
        case ElementKind::Slot:
            return counts.slots;
        case ElementKind::Port:
            return counts.ports;
        case ElementKind::Drive:
            return counts.drives;
    }
    return 0;
}

// Room for the longest descriptors known, so that one command is enough.
std::uint32_t expected_length(std::uint16_t elements) {
    constexpr std::uint32_t kHeaders = 16;
    constexpr std::uint32_t kDescriptor = 128;
    return std::min(kHeaders + kDescriptor * elements, kLongestReport);
}

// 2/04/18 is the standard's open door, 2/04/83 that of some vendors.
bool tells_of_open_door(const scsi::Sense& sense) {
    constexpr std::uint8_t kVendorsDoorOpen = 0x83;
    return sense.key == scsi::SenseKey::NotReady && sense.asc == scsi::kDoorOpen.asc &&
           (sense.ascq == scsi::kDoorOpen.ascq || sense.ascq == kVendorsDoorOpen);
}

}  // namespace

struct ChangerDevice::Progress {
    Reply<Reading> done;
    ElementCounts counts;
    std::size_t next_kind = 0;
    Reading reading;
    bool is_door_open = false;
    std::uint64_t changes_before = 0;
    std::uint32_t repeats = 0;
};

void ChangerDevice::read(Reply<Reading> done) {
    auto progress = std::make_shared<Progress>();
    progress->done = std::move(done);
    // While it takes its own inventory a changer may show anything: that is waited for. An open
    // door or a magazine that is out does not end, and what it shows then is what there is.
    device_.test_unit_ready([this, progress](Result<Bytes, Trouble> answer) {
        const bool is_deaf = !answer && answer.error().kind != Trouble::Kind::Refused;
        if (is_deaf) return progress->done(Failure{answer.error()});
        progress->is_door_open = !answer && tells_of_open_door(answer.error().sense);
        read_map(progress);
    });
}

void ChangerDevice::read_map(std::shared_ptr<Progress> progress) {
    constexpr std::uint32_t kLength = 0xFF;
    progress->reading = {};
    progress->reading.is_door_open = progress->is_door_open;
    progress->next_kind = 0;
    const auto parsed = [this, progress](const Result<Bytes, Trouble>& answer) {
        const auto counts = answer ? parse_element_map(*answer) : std::nullopt;
        if (!counts) return false;
        progress->counts = *counts;
        // The first attentions of a nexus come before anything is read; later ones make this
        // reading old.
        progress->changes_before = device_.changes();
        read_next_kind(progress);
        return true;
    };
    device_.execute(
        mode_sense_element_map(BlockDescriptor::Disabled), {}, kLength,
        [this, progress, parsed](Result<Bytes, Trouble> answer) {
            if (parsed(answer)) return;
            const bool is_deaf = !answer && answer.error().kind != Trouble::Kind::Refused;
            if (is_deaf) return progress->done(Failure{answer.error()});
            // Old changers do not know DBD.
            device_.execute(mode_sense_element_map(BlockDescriptor::Sent), {}, kLength,
                            [progress, parsed](Result<Bytes, Trouble> again) {
                                if (parsed(again)) return;
                                progress->done(Failure{again ? Trouble{Trouble::Kind::Nonsense}
                                                             : again.error()});
                            });
        });
}

void ChangerDevice::read_next_kind(std::shared_ptr<Progress> progress) {
    while (progress->next_kind < kKinds.size()) {
        const ElementKind kind = kKinds.at(progress->next_kind++);
        const std::uint16_t elements = count_of(progress->counts, kind);
        if (elements == 0) continue;
        return read_kind(progress, kind, expected_length(elements), kind == ElementKind::Drive);
    }
    finish(std::move(progress));
}

void ChangerDevice::read_kind(std::shared_ptr<Progress> progress, ElementKind kind,
                              std::uint32_t length, bool with_identity) {
    device_.execute(read_element_status({kind, length, true, with_identity}), {}, length,
                    [this, progress, kind, length, with_identity](Result<Bytes, Trouble> answer) {
                        got_kind(progress, kind, length, with_identity, std::move(answer));
                    });
}

void ChangerDevice::got_kind(std::shared_ptr<Progress> progress, ElementKind kind,
                             std::uint32_t length, bool with_identity,
                             Result<Bytes, Trouble> answer) {
    if (!answer) {
        // Some changers cannot give labels and identities in one report: then in two.
        const bool is_refusal = answer.error().kind == Trouble::Kind::Refused;
        if (with_identity && is_refusal) return read_kind(progress, kind, length, false);
        return progress->done(Failure{answer.error()});
    }
    const auto report = parse_element_report(*answer);
    if (!report) return progress->done(Failure{Trouble{Trouble::Kind::Nonsense}});
    constexpr std::uint32_t kHeader = 8;
    if (report->byte_count + kHeader > length && length < kLongestReport) {
        const std::uint32_t whole = std::min(report->byte_count + kHeader, kLongestReport);
        return read_kind(progress, kind, whole, with_identity);
    }
    for (const SeenElement& element : report->elements) {
        if (element.kind == kind) progress->reading.elements.push_back(element);
    }
    if (kind == ElementKind::Drive && !with_identity) return read_identities(progress, length);
    read_next_kind(progress);
}

void ChangerDevice::read_identities(std::shared_ptr<Progress> progress, std::uint32_t length) {
    device_.execute(read_element_status({ElementKind::Drive, length, false, true}), {}, length,
                    [this, progress](Result<Bytes, Trouble> answer) {
                        const auto report = answer ? parse_element_report(*answer) : std::nullopt;
                        if (report) {
                            for (SeenElement& element : progress->reading.elements) {
                                for (const SeenElement& identified : report->elements) {
                                    if (identified.address != element.address) continue;
                                    element.vendor = identified.vendor;
                                    element.product = identified.product;
                                    element.serial = identified.serial;
                                }
                            }
                        }
                        read_next_kind(progress);  // without identities drives go by their place
                    });
}

void ChangerDevice::finish(std::shared_ptr<Progress> progress) {
    const bool is_old = device_.changes() != progress->changes_before;
    if (is_old && ++progress->repeats <= kRepeats) return read_map(std::move(progress));
    progress->done(std::move(progress->reading));
}

void ChangerDevice::move(std::uint16_t from, std::uint16_t to, Device::OnChange on_change,
                         Reply<Bytes> done) {
    constexpr std::uint8_t kMoveMedium = 0xA5;
    constexpr std::uint16_t kDefaultRobot = 0;
    Bytes cdb;
    base::ByteWriter(cdb).u8(kMoveMedium).u8(0).u16(kDefaultRobot).u16(from).u16(to).u16(0).u16(0);
    device_.execute(std::move(cdb), {}, 0, std::move(done), on_change);
}

void ChangerDevice::set_removal(Removal removal, Reply<Bytes> done) {
    constexpr std::uint8_t kPreventAllowMediumRemoval = 0x1E;
    const std::uint8_t prevent = removal == Removal::Prevented ? 1 : 0;
    device_.execute({kPreventAllowMediumRemoval, 0, 0, 0, prevent, 0}, {}, 0, std::move(done));
}

}  // namespace nearline::rsm
