#include "tests/tape_model/tape_model.h"

#include <algorithm>
#include <utility>

namespace nearline::tape_model {
namespace {

using base::Bytes;
using scsi::Sense;
using scsi::SenseKey;

// Key, ASC/ASCQ and flags as SSC-4 names them for what a command meets (annex D).
constexpr Sense kMark{.key = SenseKey::NoSense, .asc = 0x00, .ascq = 0x01, .has_filemark = true};
constexpr Sense kOtherLength{
    .key = SenseKey::NoSense, .asc = 0x00, .ascq = 0x00, .has_incorrect_length = true};
constexpr Sense kWarning{
    .key = SenseKey::NoSense, .asc = 0x00, .ascq = 0x02, .has_end_of_medium = true};
constexpr Sense kBeginning{
    .key = SenseKey::NoSense, .asc = 0x00, .ascq = 0x04, .has_end_of_medium = true};
constexpr Sense kNoMoreData{.key = SenseKey::BlankCheck, .asc = 0x00, .ascq = 0x05};
constexpr Sense kFull{
    .key = SenseKey::VolumeOverflow, .asc = 0x00, .ascq = 0x02, .has_end_of_medium = true};
constexpr Sense kInvalidField{.key = SenseKey::IllegalRequest, .asc = 0x24, .ascq = 0x00};

Expected told(const Sense& sense, std::uint64_t information) {
    return {scsi::check_condition(sense.with_information(information)), {}};
}

Expected refused() {
    return {scsi::check_condition(kInvalidField), {}};
}

// Negative when the block is longer, in the four bytes of the fixed format.
std::uint64_t residue(std::uint64_t asked, std::uint64_t length) {
    return (asked - length) & 0xFFFFFFFFU;
}

}  // namespace

void TapeModel::format(const std::vector<std::uint64_t>& sizes) {
    tape_.clear();
    for (const std::uint64_t size : sizes) tape_.push_back({size, {}});
    load();
}

std::uint64_t TapeModel::taken() const {
    std::uint64_t bytes = 0;
    for (std::uint64_t each = 0; each < at_; ++each) {
        const Object& object = tape_[here_].objects[each];
        bytes += object.is_mark ? limits_.mark : object.block.size();
    }
    return bytes;
}

std::uint64_t TapeModel::room() const {
    const std::uint64_t whole = tape_[here_].size + limits_.end_zone;
    return whole - std::min(whole, taken());
}

void TapeModel::put(Object object) {
    list().resize(at_);
    list().push_back(std::move(object));
    ++at_;
}

Expected TapeModel::warned() const {
    return taken() > tape_[here_].size ? told(kWarning, 0) : Expected{};
}

Expected TapeModel::read(bool is_fixed, bool suppresses, std::uint32_t count) {
    if (is_fixed && (suppresses || block_length_ == 0)) return refused();
    if (count == 0) return {};
    Bytes data;
    const std::uint32_t blocks = is_fixed ? count : 1;
    for (std::uint32_t left = blocks; left > 0; --left) {
        const auto stop = [&](const Sense& sense) {
            Expected expected = told(sense, is_fixed ? left : count);
            expected.data = std::move(data);
            return expected;
        };
        if (is_at_end()) return stop(kNoMoreData);
        const Object& object = list()[at_++];
        if (object.is_mark) return stop(kMark);
        const std::uint64_t length = object.block.size();
        if (is_fixed) {
            if (length != block_length_) return stop(kOtherLength);
            data.insert(data.end(), object.block.begin(), object.block.end());
            continue;
        }
        const auto given = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(length, count));
        data.assign(object.block.begin(), object.block.begin() + given);
        const bool is_news = suppresses ? length > count && block_length_ != 0 : length != count;
        if (is_news) {
            Expected expected = told(kOtherLength, residue(count, length));
            expected.data = std::move(data);
            return expected;
        }
    }
    return {{}, std::move(data)};
}

Expected TapeModel::verify(bool is_fixed, std::uint32_t count) {
    if (is_fixed && block_length_ == 0) return refused();
    if (count == 0) return {};
    for (std::uint32_t left = is_fixed ? count : 1; left > 0; --left) {
        const std::uint64_t information = is_fixed ? left : count;
        if (is_at_end()) return told(kNoMoreData, information);
        const Object& object = list()[at_++];
        if (object.is_mark) return told(kMark, information);
        const std::uint64_t length = object.block.size();
        if (is_fixed && length != block_length_) return told(kOtherLength, left);
        if (!is_fixed && length != count) return told(kOtherLength, residue(count, length));
    }
    return {};
}

Expected TapeModel::write(bool is_fixed, std::uint32_t count, const Bytes& data) {
    if (is_fixed && block_length_ == 0) return refused();
    if (count == 0) return {};
    const std::uint32_t length = is_fixed ? block_length_ : count;
    for (std::uint32_t left = is_fixed ? count : 1; left > 0; --left) {
        if (length > room()) return told(kFull, is_fixed ? left : count);
        const std::size_t begin = is_fixed ? std::size_t{count - left} * length : 0;
        const auto first = data.begin() + static_cast<std::ptrdiff_t>(begin);
        put({false, Bytes(first, first + length)});
    }
    return warned();
}

Expected TapeModel::write_filemarks(std::uint32_t count) {
    for (std::uint32_t left = count; left > 0; --left) {
        if (limits_.mark > room()) return told(kFull, left);
        put({true, {}});
    }
    return count == 0 ? Expected{} : warned();
}

Expected TapeModel::space_blocks(std::int64_t count) {
    for (; count > 0; --count) {
        if (is_at_end()) return told(kNoMoreData, static_cast<std::uint64_t>(count));
        if (list()[at_++].is_mark) return told(kMark, static_cast<std::uint64_t>(count));
    }
    for (; count < 0; ++count) {
        if (at_ == 0) return told(kBeginning, static_cast<std::uint64_t>(-count));
        if (list()[--at_].is_mark) return told(kMark, static_cast<std::uint64_t>(-count));
    }
    return {};
}

Expected TapeModel::space_filemarks(std::int64_t count) {
    while (count > 0) {
        if (is_at_end()) return told(kNoMoreData, static_cast<std::uint64_t>(count));
        if (list()[at_++].is_mark) --count;
    }
    while (count < 0) {
        if (at_ == 0) return told(kBeginning, static_cast<std::uint64_t>(-count));
        if (list()[--at_].is_mark) ++count;
    }
    return {};
}

Expected TapeModel::space_to_end() {
    at_ = objects();
    return {};
}

bool TapeModel::is_refused(std::optional<std::uint8_t> partition) const {
    return partition && *partition >= partitions();
}

Expected TapeModel::locate(std::optional<std::uint8_t> partition, std::uint64_t object) {
    if (is_refused(partition)) return refused();
    here_ = partition.value_or(static_cast<std::uint8_t>(here_));
    at_ = std::min(object, objects());
    return object > objects() ? Expected{scsi::check_condition(kNoMoreData), {}} : Expected{};
}

Expected TapeModel::locate_file(std::optional<std::uint8_t> partition, std::uint64_t file) {
    if (is_refused(partition)) return refused();
    here_ = partition.value_or(static_cast<std::uint8_t>(here_));
    at_ = 0;
    while (file > 0 && !is_at_end()) file -= list()[at_++].is_mark ? 1 : 0;
    return file > 0 ? Expected{scsi::check_condition(kNoMoreData), {}} : Expected{};
}

Expected TapeModel::locate_end(std::optional<std::uint8_t> partition) {
    if (is_refused(partition)) return refused();
    here_ = partition.value_or(static_cast<std::uint8_t>(here_));
    return space_to_end();
}

Expected TapeModel::rewind() {
    at_ = 0;
    return {};
}

Expected TapeModel::erase() {
    list().resize(at_);
    return {};
}

Whereabouts TapeModel::whereabouts() const {
    const auto& objects = tape_[here_].objects;
    const auto end = objects.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto marks =
        std::count_if(objects.begin(), end, [](const Object& object) { return object.is_mark; });
    return {static_cast<std::uint8_t>(here_), at_, static_cast<std::uint64_t>(marks), at_ == 0,
            taken() > tape_[here_].size};
}

TapeModel::Contents TapeModel::contents() const {
    Contents contents;
    for (const Object& object : tape_[here_].objects) {
        contents.push_back(object.is_mark ? std::nullopt : std::optional(object.block));
    }
    return contents;
}

}  // namespace nearline::tape_model
