#include "drives/tape.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "drives/tape_sense.h"

namespace nearline::drives {
namespace {

using base::Bytes;
using base::BytesView;
using base::MutableBytes;
using media::BlockForm;
using media::MediumFault;
using media::ObjectKind;

TapeReport told(const Sense& sense) {
    return {scsi::check_condition(sense), {}, {}};
}

// How far from what was asked a block is: positive when it was too short, else negative, in 32
// bits as the fixed format has room for (SSC-4 4.2.12).
std::uint64_t length_difference(std::uint32_t asked, std::uint32_t length) {
    return static_cast<std::uint32_t>(asked - length);
}

std::uint64_t magnitude(std::int64_t count) {
    return count < 0 ? static_cast<std::uint64_t>(-(count + 1)) + 1
                     : static_cast<std::uint64_t>(count);
}

// A full disk of the host is an error of the medium, never its end: nothing was recorded, and no
// host shall take it for a tape that is full (scsi-tape sheet 5.4, 10).
TapeReport write_failed(const MediumFault& fault) {
    const bool is_full = fault.kind == MediumFault::Kind::NoSpace;
    return {scsi::check_condition(is_full ? kWriteError : kInternalFailure), {}, fault};
}

TapeReport read_failed(const MediumFault& fault) {
    const bool is_lost = fault.kind == MediumFault::Kind::Unreadable;
    return {scsi::check_condition(is_lost ? kUnrecoveredReadError : kInternalFailure), {}, fault};
}

}  // namespace

Tape::Tape(std::unique_ptr<media::Medium> medium, std::uint64_t end_zone)
    : medium_(std::move(medium)), end_zone_(end_zone) {
    CHECK(medium_ != nullptr);
}

bool Tape::is_in_end_zone() const {
    return medium_->stored_before(position_) > medium_->partition_size(position_.partition);
}

bool Tape::is_in_programmable_zone() const {
    const std::uint64_t size = medium_->partition_size(position_.partition);
    return programmable_zone_ > 0 &&
           medium_->stored_before(position_) > size - std::min(size, programmable_zone_);
}

bool Tape::is_where_worm_appends() const {
    const std::uint64_t marks =
        medium_->filemark_count(position_.partition) - medium_->filemarks_before(position_);
    const bool is_behind_data = position_.object + marks == end_of_data();
    return is_behind_data && (marks == 0 || medium_->filemarks_before(position_) > 0);
}

std::optional<std::uint64_t> Tape::behind_filemark(std::uint64_t count) const {
    const std::uint64_t index = medium_->filemarks_before(position_);
    if (count == 0) return position_.object;
    if (count > medium_->filemark_count(position_.partition) - index) return std::nullopt;
    return medium_->filemark(position_.partition, index + count - 1) + 1;
}

TapeReport Tape::read(const TransferLength& length, IncorrectLength rule, BlockCodec& codec,
                      Bytes& data) {
    data.clear();
    return length.is_fixed ? read_fixed(length, codec, data)
                           : read_variable(length, rule, codec, data);
}

TapeReport Tape::read_variable(const TransferLength& length, IncorrectLength rule,
                               BlockCodec& codec, Bytes& data) {
    if (medium_->kind(position_) != ObjectKind::Block) {
        return told(not_a_block().with_information(length.count));
    }
    const auto form = medium_->form(position_);
    if (!form) {
        ++position_.object;  // a host that goes on gets what lies behind it
        TapeReport report = read_failed(form.error());
        report.outcome.sense = report.outcome.sense.with_information(length.count);
        return report;
    }
    const std::uint32_t given = codec.host_length(*form) + codec.appended_length();
    data.resize(given);
    if (auto failure = take_whole(*form, codec, data)) {
        data.clear();
        failure->outcome.sense = failure->outcome.sense.with_information(length.count);
        return *failure;
    }
    ++position_.object;
    if (data.size() > length.count) data.resize(length.count);

    TapeReport report{{}, {data.size(), form->stored, 1}, {}};
    const bool is_longer = given > length.count;
    const bool is_suppressed =
        rule == IncorrectLength::Suppresses && (!is_longer || length.block_length == 0);
    if (given != length.count && !is_suppressed) {
        report.outcome = scsi::check_condition(
            kIncorrectBlockLength.with_information(length_difference(length.count, given)));
    }
    return report;
}

TapeReport Tape::read_fixed(const TransferLength& length, BlockCodec& codec, Bytes& data) {
    TapeReport report;
    for (std::uint32_t read = 0; read < length.count; ++read) {
        const std::uint64_t residue = length.count - read;
        const auto stop = [&](TapeReport reason) {
            reason.outcome.sense = reason.outcome.sense.with_information(residue);
            reason.passed = report.passed;
            return reason;
        };
        if (medium_->kind(position_) != ObjectKind::Block) return stop(told(not_a_block()));
        const auto form = medium_->form(position_);
        if (!form) {
            ++position_.object;
            return stop(read_failed(form.error()));
        }
        const std::uint32_t given = codec.host_length(*form) + codec.appended_length();
        if (given != length.block_length) {  // and none of its bytes are given
            ++position_.object;
            return stop(told(kIncorrectBlockLength));
        }
        const std::size_t begin = data.size();
        data.resize(begin + given);
        if (auto failure = take_whole(*form, codec, MutableBytes(data).subspan(begin))) {
            data.resize(begin);
            return stop(*failure);
        }
        ++position_.object;
        report.passed.host += given;
        report.passed.stored += form->stored;
        ++report.passed.objects;
    }
    return report;
}

std::optional<TapeReport> Tape::take_whole(const BlockForm& form, BlockCodec& codec,
                                           MutableBytes given) {
    const std::uint32_t length = codec.host_length(form);
    const MutableBytes block = given.first(length);
    if (auto failure = take_block(form, codec, block)) return failure;
    codec.append(block, given.subspan(length));
    return std::nullopt;
}

// What the drive may not decipher stays ahead of the position; what cannot be read is passed.
std::optional<TapeReport> Tape::take_block(const BlockForm& form, BlockCodec& codec,
                                           MutableBytes block) {
    if (const auto reason = codec.why_not_decode(form)) return told(*reason);
    const bool is_as_given = form.compression == media::Compression::None && !form.encryption;
    Bytes stored;
    if (!is_as_given) stored.resize(form.stored);
    if (auto read = medium_->read(position_, is_as_given ? block : MutableBytes(stored)); !read) {
        ++position_.object;
        return read_failed(read.error());
    }
    if (is_as_given) return std::nullopt;
    if (const auto decoded = codec.decode(form, stored, block); !decoded) {
        const bool is_protected = decoded.error().key == SenseKey::DataProtect;
        if (!is_protected) ++position_.object;
        return told(decoded.error());
    }
    return std::nullopt;
}

Sense Tape::not_a_block() {
    if (medium_->kind(position_) == ObjectKind::EndOfData) return kEndOfData;
    ++position_.object;
    return kFilemarkDetected;
}

TapeReport Tape::verify(const TransferLength& length) {
    Passed passed;
    const std::uint32_t blocks = length.is_fixed ? length.count : 1;
    const std::uint32_t wanted = length.is_fixed ? length.block_length : length.count;
    for (std::uint32_t verified = 0; verified < blocks; ++verified) {
        std::uint64_t information = length.is_fixed ? length.count - verified : length.count;
        TapeReport report;
        if (medium_->kind(position_) == ObjectKind::Block) {
            std::uint32_t found = wanted;
            report = verify_block(found);
            if (report.outcome.is_good() && found != wanted) {
                report.outcome = scsi::check_condition(kIncorrectBlockLength);
                if (!length.is_fixed) information = length_difference(wanted, found);
            }
        } else {
            report = told(not_a_block());
        }
        passed.stored += report.passed.stored;
        passed.objects += report.passed.objects;
        report.passed = passed;
        if (!report.outcome.is_good()) {
            report.outcome.sense = report.outcome.sense.with_information(information);
            return report;
        }
    }
    return {{}, passed, {}};
}

TapeReport Tape::verify_towards(std::uint64_t end) {
    TapeReport report;
    for (std::uint64_t step = 0; step < kVerifyStep && position_.object < end; ++step) {
        if (medium_->kind(position_) != ObjectKind::Block) {
            ++position_.object;
            continue;
        }
        std::uint32_t length = 0;
        const TapeReport block = verify_block(length);
        report.passed.stored += block.passed.stored;
        report.passed.objects += block.passed.objects;
        report.outcome = block.outcome;
        report.fault = block.fault;
        if (!report.outcome.is_good()) break;
    }
    return report;
}

// The block at the position is passed, readable or not.
TapeReport Tape::verify_block(std::uint32_t& length) {
    const media::Position at = position_;
    ++position_.object;
    const auto form = medium_->form(at);
    if (!form) return read_failed(form.error());
    length = form->length;
    Bytes stored(form->stored);
    if (auto read = medium_->read(at, stored); !read) return read_failed(read.error());
    return {{}, {0, form->stored, 1}, {}};
}

TapeReport Tape::write(const TransferLength& length, BlockCodec& codec, BytesView data) {
    CHECK(data.size() == length.bytes());
    if (!length.is_fixed) {
        TapeReport report = write_block(codec, data);
        if (!report.outcome.is_good()) {
            report.outcome.sense = report.outcome.sense.with_information(length.count);
            return report;
        }
        TapeReport warning = written();
        warning.passed = report.passed;
        return warning;
    }
    Passed passed;
    for (std::uint32_t done = 0; done < length.count; ++done) {
        const BytesView block =
            data.subspan(std::size_t{done} * length.block_length, length.block_length);
        TapeReport report = write_block(codec, block);
        if (!report.outcome.is_good()) {
            report.outcome.sense = report.outcome.sense.with_information(length.count - done);
            report.passed = passed;
            return report;
        }
        passed.host += report.passed.host;
        passed.stored += report.passed.stored;
        ++passed.objects;
    }
    TapeReport warning = written();
    warning.passed = passed;
    return warning;
}

TapeReport Tape::write_block(BlockCodec& codec, BytesView block) {
    const auto encoded = codec.encode(block);
    if (!encoded) return told(encoded.error());
    if (encoded->form.stored > room()) return told(kVolumeOverflow);
    const auto recorded = medium_->write_block(position_, encoded->form, encoded->stored());
    if (!recorded) return write_failed(recorded.error());
    ++position_.object;
    return {{}, {block.size(), encoded->form.stored, 1}, {}};
}

// What WRITE and WRITE FILEMARKS tell of where they have come to: the work itself was done.
TapeReport Tape::written() const {
    if (is_in_end_zone()) return told(kEarlyWarning.with_information(0));
    if (is_in_programmable_zone()) return told(kProgrammableEarlyWarning.with_information(0));
    return {};
}

TapeReport Tape::write_filemarks(std::uint64_t count) {
    if (count == 0) return {};
    const std::uint64_t fitting = std::min(count, room() / media::Medium::kFilemarkSize);
    if (fitting > 0) {
        if (auto recorded = medium_->write_filemarks(position_, fitting); !recorded) {
            TapeReport report = write_failed(recorded.error());
            report.outcome.sense = report.outcome.sense.with_information(count);
            return report;
        }
        position_.object += fitting;
    }
    TapeReport report =
        fitting < count ? told(kVolumeOverflow.with_information(count - fitting)) : written();
    report.passed = {0, fitting * media::Medium::kFilemarkSize, fitting};
    return report;
}

TapeReport Tape::format(const std::vector<std::uint64_t>& sizes) {
    if (auto formatted = medium_->format(sizes); !formatted) {
        return write_failed(formatted.error());
    }
    position_ = {};
    return {};
}

TapeReport Tape::erase_from_here() {
    if (auto erased = medium_->erase_from(position_); !erased) return write_failed(erased.error());
    return {};
}

TapeReport Tape::sync() {
    if (auto synced = medium_->sync(); !synced) return write_failed(synced.error());
    return {};
}

std::uint64_t Tape::room() const {
    const std::uint64_t end = medium_->partition_size(position_.partition) + end_zone_;
    return end - std::min(end, medium_->stored_before(position_));
}

TapeReport Tape::space_blocks(std::int64_t count) {
    return count < 0 ? space_blocks_backward(magnitude(count))
                     : space_blocks_forward(magnitude(count));
}

TapeReport Tape::space_filemarks(std::int64_t count) {
    return count < 0 ? space_filemarks_backward(magnitude(count))
                     : space_filemarks_forward(magnitude(count));
}

TapeReport Tape::space_blocks_forward(std::uint64_t count) {
    const std::uint8_t partition = position_.partition;
    const std::uint64_t index = medium_->filemarks_before(position_);
    const bool has_mark = index < medium_->filemark_count(partition);
    const std::uint64_t limit = has_mark ? medium_->filemark(partition, index) : end_of_data();
    const std::uint64_t blocks = limit - position_.object;
    if (count <= blocks) {
        position_.object += count;
        return {};
    }
    position_.object = has_mark ? limit + 1 : limit;
    const Sense& met = has_mark ? kFilemarkDetected : kEndOfData;
    return told(met.with_information(count - blocks));
}

TapeReport Tape::space_blocks_backward(std::uint64_t count) {
    const std::uint64_t index = medium_->filemarks_before(position_);
    const bool has_mark = index > 0;
    const std::uint64_t mark = has_mark ? medium_->filemark(position_.partition, index - 1) : 0;
    const std::uint64_t blocks = position_.object - (has_mark ? mark + 1 : 0);
    if (count <= blocks) {
        position_.object -= count;
        return {};
    }
    position_.object = mark;  // its side towards the beginning
    const Sense& met = has_mark ? kFilemarkDetected : kBeginningOfPartition;
    return told(met.with_information(count - blocks));
}

TapeReport Tape::space_filemarks_forward(std::uint64_t count) {
    if (count == 0) return {};
    const std::uint64_t index = medium_->filemarks_before(position_);
    const std::uint64_t marks = medium_->filemark_count(position_.partition) - index;
    if (count <= marks) {
        position_.object = medium_->filemark(position_.partition, index + count - 1) + 1;
        return {};
    }
    position_.object = end_of_data();
    return told(kEndOfData.with_information(count - marks));
}

TapeReport Tape::space_filemarks_backward(std::uint64_t count) {
    const std::uint64_t marks = medium_->filemarks_before(position_);
    if (count <= marks) {
        position_.object = medium_->filemark(position_.partition, marks - count);
        return {};
    }
    position_.object = 0;
    return told(kBeginningOfPartition.with_information(count - marks));
}

TapeReport Tape::space_to_end_of_data() {
    position_.object = end_of_data();
    return {};
}

TapeReport Tape::locate(media::Position to) {
    CHECK(to.partition < medium_->partition_count());
    const std::uint64_t end = medium_->end_of_data(to.partition);
    position_ = {to.partition, std::min(to.object, end)};
    return to.object > end ? told(kEndOfData) : TapeReport{};
}

// File N begins behind filemark N: file 0 at the beginning of the partition.
TapeReport Tape::locate_file(std::uint8_t partition, std::uint64_t file) {
    CHECK(partition < medium_->partition_count());
    if (file == 0) return locate({partition, 0});
    if (file > medium_->filemark_count(partition)) {
        position_ = {partition, medium_->end_of_data(partition)};
        return told(kEndOfData);
    }
    return locate({partition, medium_->filemark(partition, file - 1) + 1});
}

TapeReport Tape::locate_end_of_data(std::uint8_t partition) {
    CHECK(partition < medium_->partition_count());
    return locate({partition, medium_->end_of_data(partition)});
}

void Tape::lose_after(media::Position kept) {
    if (medium_->end_of_data(kept.partition) <= kept.object) return;
    // A medium that fails now has lost it all the same.
    (void)medium_->erase_from(kept).has_value();
}

}  // namespace nearline::drives
