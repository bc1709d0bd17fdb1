#include "tests/rsm/fake_library.h"

#include "base/bytes.h"

namespace nearline::rsm {
namespace {

using base::ByteReader;
using base::ByteWriter;
using scsi::Bytes;
using scsi::Response;
using scsi::Sense;

Response good(Bytes data = {}) {
    Response response;
    response.data_in = std::move(data);
    return response;
}

Response check(const Sense& sense) {
    Response response;
    response.status = scsi::Status::CheckCondition;
    response.sense = sense;
    return response;
}

std::string serial_of(std::uint16_t drive) {
    return "DRIVE0000" + std::to_string(drive);
}

}  // namespace

FakeLibrary::FakeLibrary(std::uint16_t slots, std::uint16_t ports, std::uint16_t drives)
    : slots_(slots), ports_(ports), drives_(drives), attentions_{scsi::kPowerOnOrReset} {}

ManagedLibrary FakeLibrary::managed(const std::string& name) {
    ManagedLibrary library{name, this, scsi::simple_lun(0), {}};
    // In any order: RSM matches them by serial number.
    for (std::uint16_t at = drives_; at > 0; --at) {
        library.drives.push_back({this, scsi::simple_lun(at)});
    }
    return library;
}

void FakeLibrary::put(std::uint16_t element, const std::string& label) {
    labels_[element] = label;
    attentions_.push_back(element < kFirstSlot ? scsi::kImportExportElementAccessed
                                               : scsi::kMediumMayHaveChanged);
}

void FakeLibrary::take(const std::string& label) {
    const std::uint16_t element = where(label);
    labels_.erase(element);
    attentions_.push_back(element < kFirstSlot ? scsi::kImportExportElementAccessed
                                               : scsi::kMediumMayHaveChanged);
}

std::uint16_t FakeLibrary::where(const std::string& label) const {
    for (const auto& [element, standing] : labels_) {
        if (standing == label) return element;
    }
    return 0;
}

void FakeLibrary::execute(scsi::Request request, std::function<void(Response)> done) {
    if (!is_reachable) {
        Response lost;
        lost.delivery = scsi::Delivery::TransportFailed;
        return done(lost);
    }
    const auto number = static_cast<std::uint16_t>(static_cast<std::uint64_t>(request.lun) >> 48);
    done(number == 0 ? changer(request) : tape(number, request));
}

Response FakeLibrary::changer(const scsi::Request& request) {
    commands.push_back(request.cdb);
    const std::uint8_t opcode = request.cdb.front();
    if (opcode == 0x12) return inquiry(request, "FAKE CHANGER", "CHANGER001", 8);
    if (!attentions_.empty()) {
        const Sense sense = attentions_.front();
        attentions_.pop_front();
        return check(sense);
    }
    if (not_ready > 0) {
        --not_ready;
        return check(scsi::kBecomingReady);
    }
    switch (opcode) {
        case 0x00:
            return good();
        case 0x1A: {
            Bytes data;
            ByteWriter(data)
                .u8(23)
                .u8(0)
                .u8(0)
                .u8(0)
                .u8(0x1D)
                .u8(0x12)
                .u16(0)
                .u16(1)
                .u16(kFirstSlot)
                .u16(slots_)
                .u16(kFirstPort)
                .u16(ports_)
                .u16(kFirstDrive)
                .u16(drives_)
                .u16(0);
            return good(std::move(data));
        }
        case 0xB8:
            return element_status(request);
        case 0xA5:
            return move(request);
        default:
            return check(scsi::kInvalidCommandOperationCode);
    }
}

Response FakeLibrary::inquiry(const scsi::Request& request, const std::string& product,
                              const std::string& serial, std::uint8_t device_type) {
    ByteReader cdb(request.cdb);
    cdb.skip(1);
    const bool is_vital = cdb.u8() == 1;
    Bytes data;
    ByteWriter out(data);
    if (is_vital) {
        out.u8(device_type).u8(0x80).u8(0).u8(serial.size()).text(serial);
    } else {
        out.u8(device_type).u8(0x80).u8(6).u8(2).u8(31).u24(0);
        out.padded_text("NEARLINE", 8).padded_text(product, 16).padded_text("0001", 4);
    }
    return good(std::move(data));
}

Response FakeLibrary::element_status(const scsi::Request& request) {
    ByteReader cdb(request.cdb);
    cdb.skip(1);
    const std::uint8_t type = cdb.u8() & 0x0F;
    cdb.skip(4);
    const bool with_identity = (cdb.u8() & 1) != 0;
    struct Range {
        std::uint16_t first = 0;
        std::uint16_t count = 0;
    };
    const std::map<std::uint8_t, Range> ranges = {{1, {0, 1}},
                                                  {2, {kFirstSlot, slots_}},
                                                  {3, {kFirstPort, ports_}},
                                                  {4, {kFirstDrive, drives_}}};
    const Range range = ranges.at(type);
    const bool identifies = with_identity && type == 4;
    const std::size_t length = identifies ? 86 : 52;
    Bytes data;
    ByteWriter out(data);
    out.u16(range.first).u16(range.count).u8(0).u24(8 + length * range.count);
    out.u8(type).u8(0x80).u16(length).u8(0).u24(length * range.count);
    for (std::uint16_t at = 0; at < range.count; ++at) {
        const auto element = static_cast<std::uint16_t>(range.first + at);
        const auto full = labels_.find(element);
        const std::uint8_t station_flags = type == 3 ? 0x30 : 0;
        const std::uint8_t full_flag = full == labels_.end() ? 0 : 1;
        out.u16(element).u8(station_flags | 8U | full_flag).zeros(9);
        if (full == labels_.end()) {
            out.zeros(36);
        } else {
            out.padded_text(full->second, 36);
        }
        if (identifies) {
            out.u8(2).u8(1).u8(0).u8(34);
            out.padded_text("NEARLINE", 8).padded_text("FAKE ULTRIUM", 16);
            out.padded_text(serial_of(static_cast<std::uint16_t>(at + 1)), 10);
        } else {
            out.zeros(4);
        }
    }
    return good(std::move(data));
}

Response FakeLibrary::move(const scsi::Request& request) {
    ByteReader cdb(request.cdb);
    cdb.skip(4);
    const std::uint16_t from = cdb.u16();
    const std::uint16_t to = cdb.u16();
    if (!labels_.contains(from)) return check(scsi::kMediumSourceElementEmpty);
    if (labels_.contains(to)) return check(scsi::kMediumDestinationElementFull);
    if (labels_[from] == refused_move_of) return check(scsi::kMechanicalPositioningError);
    labels_[to] = labels_[from];
    labels_.erase(from);
    const bool into_drive = to >= kFirstDrive && to < kFirstDrive + drives_;
    if (into_drive) loading_[to] = 3;
    return good();
}

Response FakeLibrary::tape(std::uint16_t drive, const scsi::Request& request) {
    const std::uint8_t opcode = request.cdb.front();
    if (opcode == 0x12) return inquiry(request, "FAKE ULTRIUM", serial_of(drive), 1);
    if (opcode == 0xA3) {
        Bytes data;
        ByteWriter(data).u8(0).u8(drives_write ? 3U : 1U).u16(0);
        return good(std::move(data));
    }
    if (!labels_.contains(drive)) return check(scsi::kMediumNotPresent);
    if (loading_[drive] > 0) {
        --loading_[drive];
        return check(scsi::kBecomingReady);
    }
    if (tape_trouble) return check(*tape_trouble);
    if (opcode == 0x1B && is_removal_prevented) return check(scsi::kMediumRemovalPrevented);
    if (opcode == 0x0A && !drives_write) return check(scsi::kInvalidCommandOperationCode);
    if (opcode == 0x0A) tapes_[drive].push_back(request.data_out);
    return good();
}

}  // namespace nearline::rsm
