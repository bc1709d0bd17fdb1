#include "tests/disk/ram_disk.h"

#include <algorithm>

namespace nearline::disk {
namespace {

using scsi::Bytes;
using scsi::BytesView;
using scsi::Sense;
using scsi::SenseKey;
using scsi::Task;

constexpr Sense kWriteProtected{SenseKey::DataProtect, 0x27, 0x00};
constexpr Sense kMiscompareDuringVerify{SenseKey::Miscompare, 0x1D, 0x00};
// iSCSI's expected length is less than one block of what the CDB says (RFC 7143 11.4.5.2).
constexpr Sense kInvalidFieldInInformationUnit{SenseKey::IllegalRequest, 0x0E, 0x03};

constexpr std::uint8_t kControlPage = 0x0A;
constexpr std::uint8_t kCachingPage = 0x08;
constexpr std::uint8_t kInformationalExceptionsPage = 0x1C;
constexpr std::size_t kSwpByte = 2;  // of the control page's values
constexpr std::uint8_t kSoftwareWriteProtect = 0x08;

Bytes filled(std::size_t size, std::initializer_list<std::uint8_t> begin) {
    Bytes bytes(begin);
    bytes.resize(size);
    return bytes;
}

std::vector<scsi::ModePage> mode_pages() {
    return {{.code = kCachingPage, .values = Bytes(18), .changeable = Bytes(18)},
            {.code = kControlPage,
             .values = Bytes(10),
             .changeable = filled(10, {0x04, 0x00, kSoftwareWriteProtect})},  // D_SENSE, SWP
            {.code = kInformationalExceptionsPage,
             .values = filled(10, {0x08}),  // DEXCPT
             .changeable = Bytes(10)}};
}

std::vector<scsi::Designator> designators(const std::string& serial) {
    const std::string t10 = "NEARLINE" + serial;
    const BytesView identifier = base::as_bytes(t10);
    Bytes naa;  // locally assigned
    base::ByteWriter(naa).u64(std::uint64_t{3} << 60 | 0x4E4541524C);
    return {{.code_set = 1, .type = 3, .identifier = naa},
            {.code_set = 2, .type = 1, .identifier = Bytes(identifier.begin(), identifier.end())}};
}

scsi::UnitProfile profile(const std::string& serial) {
    scsi::UnitProfile profile;
    profile.device_type = scsi::kDirectAccessDevice;
    profile.vendor = "NEARLINE";
    profile.product = "TEST DISK";
    profile.revision = "0001";
    // SAM-5, SPC-4, iSCSI, SBC-3.
    profile.version_descriptors = {0x00A0, 0x0460, 0x0960, 0x04C0};
    profile.serial = serial;
    profile.designators = designators(serial);
    // Block limits: nothing limited. Block device characteristics: no rotation.
    profile.pages = {{0xB0, Bytes(60)}, {0xB1, filled(60, {0x00, 0x01})}};
    profile.mode_pages = mode_pages();
    return profile;
}

template <typename Command>
Sense beyond_the_end() {
    const scsi::BitPosition at = scsi::position_of<Command>("LOGICAL BLOCK ADDRESS");
    return scsi::kLogicalBlockAddressOutOfRange.at_byte(at.byte, at.bit);
}

template <typename Command>
Sense reserved_byte_check() {
    const scsi::BitPosition at = scsi::position_of<Command>("BYTCHK");
    return scsi::kInvalidFieldInCdb.at_byte(at.byte, at.bit);
}

}  // namespace

RamDisk::RamDisk(std::string serial, std::uint64_t blocks)
    : PrimaryDeviceServer(disk::profile(serial)), data_(blocks * kBlockSize) {}

void RamDisk::on(const ReadCapacity10&, Task& task) {
    const std::uint64_t last = block_count() - 1;
    constexpr std::uint64_t kAskTheLongForm = 0xFFFFFFFF;
    Bytes data;
    base::ByteWriter(data).u32(std::min(last, kAskTheLongForm)).u32(kBlockSize);
    task.respond(data, data.size());
    task.good();
}

void RamDisk::on(const ReadCapacity16& command, Task& task) {
    Bytes data;
    base::ByteWriter(data).u64(block_count() - 1).u32(kBlockSize).zeros(20);
    task.respond(data, command.allocation_length);
    task.good();
}

std::optional<Sense> RamDisk::not_ready() const {
    if (is_ejected_) return scsi::kMediumNotPresent;
    return std::nullopt;
}

void RamDisk::on(const StartStopUnit& command, Task& task) {
    const bool moves_medium = command.start == is_ejected_;
    if (command.power_condition != 0 || !command.load_eject || !moves_medium) return task.good();
    if (is_removal_prevented()) return task.refuse(scsi::kMediumRemovalPrevented);
    if (command.start) {
        unit_attentions().establish_for_others(task.nexus(), scsi::kMediumMayHaveChanged);
    }
    is_ejected_ = !command.start;
    task.good();
}

bool RamDisk::holds(const Extent& extent) const {
    return extent.first <= block_count() && extent.count <= block_count() - extent.first;
}

scsi::MutableBytes RamDisk::bytes_of(const Extent& extent) {
    return scsi::MutableBytes(data_).subspan(extent.first * kBlockSize,
                                             std::size_t{extent.count} * kBlockSize);
}

template <typename Command>
void RamDisk::read(const Command& command, Task& task) {
    const Extent extent = command.extent();
    if (!holds(extent)) return task.refuse(beyond_the_end<Command>());
    const BytesView data = bytes_of(extent);
    task.respond(data, data.size());
    task.good();
}

// What the initiator did not announce never came: the blocks that did are written, and the
// transport reports the residual. A part of a block is no write.
std::optional<Sense> RamDisk::put(const Extent& extent, BytesView data) {
    if (is_write_protected()) return kWriteProtected;
    const scsi::MutableBytes place = bytes_of(extent);
    const bool is_part = !data.empty() && data.size() < kBlockSize;
    if (is_part && !place.empty()) return kInvalidFieldInInformationUnit;
    const std::size_t whole = std::min(place.size(), data.size() / kBlockSize * kBlockSize);
    std::copy_n(data.begin(), whole, place.begin());
    return std::nullopt;
}

template <typename Command>
void RamDisk::write(const Command& command, Task& task) {
    const Extent extent = command.extent();
    if (!holds(extent)) return task.refuse(beyond_the_end<Command>());
    if (const auto refusal = put(extent, task.data_out())) return task.refuse(*refusal);
    task.good();
}

template <typename Command>
void RamDisk::write_and_verify(const Command& command, Task& task) {
    if (command.byte_check > ByteCheck::AllBlocks) {
        return task.refuse(reserved_byte_check<Command>());
    }
    write(command, task);
}

template <typename Command>
void RamDisk::verify(const Command& command, Task& task) {
    if (command.byte_check == ByteCheck::Reserved) {
        return task.refuse(reserved_byte_check<Command>());
    }
    const Extent extent = command.extent();
    if (!holds(extent)) return task.refuse(beyond_the_end<Command>());
    if (command.byte_check == ByteCheck::None || extent.count == 0) return task.good();
    const BytesView wanted = task.data_out();
    const std::size_t step =
        command.byte_check == ByteCheck::OneBlock ? kBlockSize : bytes_of(extent).size();
    if (wanted.size() < step) return task.refuse(kInvalidFieldInInformationUnit);
    for (BytesView rest = bytes_of(extent); !rest.empty(); rest = rest.subspan(step)) {
        if (!std::equal(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(step),
                        wanted.begin())) {
            return task.refuse(kMiscompareDuringVerify);
        }
    }
    task.good();
}

// There is no cache; only the range can be wrong. A count of zero means all that follow.
template <typename Command>
void RamDisk::synchronize(const Command& command, Task& task) {
    if (!holds(command.extent())) return task.refuse(beyond_the_end<Command>());
    task.good();
}

bool RamDisk::is_write_protected() const {
    const auto control = mode_page_values(kControlPage);
    return control && (control->at(kSwpByte) & kSoftwareWriteProtect) != 0;
}

std::uint8_t RamDisk::device_specific_parameter() const {
    constexpr std::uint8_t kWriteProtect = 0x80;
    constexpr std::uint8_t kDpoFuaSupported = 0x10;
    return is_write_protected() ? kWriteProtect | kDpoFuaSupported : kDpoFuaSupported;
}

}  // namespace nearline::disk
