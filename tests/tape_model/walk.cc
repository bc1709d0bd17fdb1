#include "tests/tape_model/walk.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace nearline::tape_model {
namespace {

using base::Bytes;

// CDBs are put together by hand here: what the drive takes them for is part of the question.
Bytes cdb(std::initializer_list<unsigned> bytes) {
    Bytes made;
    for (const unsigned byte : bytes) made.push_back(static_cast<std::uint8_t>(byte));
    return made;
}

void put(Bytes& bytes, std::size_t at, std::size_t size, std::uint64_t value) {
    base::store_big_endian(bytes, at, size, value);
}

std::uint64_t taken(base::BytesView bytes, std::size_t at, std::size_t size) {
    return base::load_big_endian(bytes, at, size);
}

// What hosts can tell apart: not the byte of the CDB that a drive blames.
scsi::Outcome outcome_of(const scsi::Response& response) {
    scsi::Outcome outcome{response.status, response.sense};
    outcome.sense.field.reset();
    return outcome;
}

std::string difference(const Expected& expected, const scsi::Response& response) {
    if (response.delivery != scsi::Delivery::Answered) return "no answer: " + response.failure;
    const scsi::Outcome seen = outcome_of(response);
    const auto words = [](const scsi::Outcome& outcome) {
        std::string text = to_text(outcome);
        if (outcome.sense.information) {
            text += " information " + std::to_string(*outcome.sense.information);
        }
        if (outcome.sense.has_filemark) text += " FILEMARK";
        if (outcome.sense.has_end_of_medium) text += " EOM";
        if (outcome.sense.has_incorrect_length) text += " ILI";
        return text;
    };
    if (!(seen == expected.outcome)) {
        return "expected " + words(expected.outcome) + ", seen " + words(seen);
    }
    if (response.data_in == expected.data) return {};
    return "expected " + std::to_string(expected.data.size()) + " bytes " +
           base::to_hex(base::BytesView(expected.data)
                            .first(std::min<std::size_t>(8, expected.data.size()))) +
           ", seen " + std::to_string(response.data_in.size()) + " others";
}

}  // namespace

Walk::Walk(Drive drive, std::uint64_t seed, std::size_t depth)
    : drive_(std::move(drive)),
      depth_(depth),
      random_(sim::RandomSource(seed).stream("tape")),
      model_(kMegabyteOfLto9),
      writes_long_blocks_(seed % 4 == 0) {}

std::optional<std::string> Walk::run(std::uint64_t steps) {
    begin();
    for (step_ = 0; step_ < steps && !difference_; ++step_) {
        step();
        drain(depth_ - 1);
    }
    drain(0);
    return difference_;
}

// --- What it does.

void Walk::begin() {
    become_ready();
    order({"LOCATE to the beginning",
           cdb({0x92, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
           {},
           0});
    order({"FORMAT MEDIUM", cdb({0x04, 0, 0, 0, 0, 0}), {}, 0});
    order({"MODE SELECT", cdb({0x15, 0x10, 0, 0, 12, 0}),
           Bytes{0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, 0, 0}, 0});
    model_.format({kMegabyteOfLto9.size});
    model_.set_block_length(0);
}

void Walk::step() {
    const std::uint64_t choice = random_.below(1000);
    if (choice < 280) return write();
    if (choice < 360) return write_filemarks();
    if (choice < 600) return read();
    if (choice < 640) return verify();
    if (choice < 790) return space();
    if (choice < 880) return locate();
    if (choice < 900) {
        return expect({"REWIND", cdb({0x01, 0, 0, 0, 0, 0}), {}, 0}, model_.rewind());
    }
    if (choice < 905) {
        return expect({"ERASE long", cdb({0x19, 0x01, 0, 0, 0, 0}), {}, 0}, model_.erase());
    }
    if (choice < 980) return read_position();
    if (choice < 995) return set_block_length();
    if (choice < 997) return divide();
    unload_and_load();
}

std::uint32_t Walk::any_length() {
    if (random_.chance(1, 40)) return 0;
    if (writes_long_blocks_ && random_.chance(1, 4)) {
        return static_cast<std::uint32_t>(random_.between(1, 400'000));
    }
    if (model_.block_length() != 0 && random_.chance(1, 2)) return model_.block_length();
    // Few lengths, so that blocks are often as long as what is asked for.
    constexpr std::array<std::uint32_t, 6> kUsual = {1, 64, 512, 1000, 2048, 10'240};
    if (random_.chance(3, 4)) return kUsual.at(random_.below(kUsual.size()));
    return static_cast<std::uint32_t>(random_.between(1, 3000));
}

// Nothing that a drive could make smaller.
Bytes Walk::noise(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
        const std::uint64_t word = random_.next();
        for (std::size_t each = at; each < std::min(size, at + sizeof word); ++each) {
            bytes[each] = static_cast<std::uint8_t>(word >> 8 * (each - at));
        }
    }
    return bytes;
}

void Walk::write() {
    const bool is_fixed = random_.chance(1, 4);
    const std::uint32_t count =
        is_fixed ? static_cast<std::uint32_t>(random_.below(6)) : any_length();
    const Bytes data = noise(is_fixed ? std::size_t{count} * model_.block_length() : count);
    Command command{is_fixed ? "WRITE fixed" : "WRITE", cdb({0x0A, is_fixed, 0, 0, 0, 0}), data, 0};
    put(command.cdb, 2, 3, count);
    expect(std::move(command), model_.write(is_fixed, count, data));
}

void Walk::write_filemarks() {
    const bool is_many = random_.chance(1, 60);
    const auto count = static_cast<std::uint32_t>(random_.below(is_many ? 900 : 4));
    Command command{"WRITE FILEMARKS", cdb({0x10, random_.chance(1, 2), 0, 0, 0, 0}), {}, 0};
    put(command.cdb, 2, 3, count);
    expect(std::move(command), model_.write_filemarks(count));
}

void Walk::read() {
    const bool is_fixed = random_.chance(1, 4);
    const bool suppresses = random_.chance(1, 3);
    const std::uint32_t count =
        is_fixed ? static_cast<std::uint32_t>(random_.below(8)) : any_length();
    const unsigned flags = (suppresses ? 2U : 0U) | (is_fixed ? 1U : 0U);
    Command command{is_fixed ? "READ fixed" : "READ", cdb({0x08, flags, 0, 0, 0, 0}), {}, 0};
    put(command.cdb, 2, 3, count);
    command.data_in_length = is_fixed ? count * model_.block_length() : count;
    expect(std::move(command), model_.read(is_fixed, suppresses, count));
}

void Walk::verify() {
    const bool is_fixed = random_.chance(1, 2);
    const std::uint32_t count =
        is_fixed ? static_cast<std::uint32_t>(random_.below(8)) : any_length();
    Command command{"VERIFY", cdb({0x13, is_fixed, 0, 0, 0, 0}), {}, 0};
    put(command.cdb, 2, 3, count);
    expect(std::move(command), model_.verify(is_fixed, count));
}

void Walk::space() {
    std::int64_t count = random_.between(-5, 5);
    if (random_.chance(1, 10)) count = random_.between(-3000, 3000);
    if (random_.chance(1, 50)) count = random_.chance(1, 2) ? 0x7FFFFF : -0x800000;
    const std::uint64_t choice = random_.below(10);
    const unsigned code = choice < 5 ? 0 : choice < 9 ? 1 : 3;
    Command command{"SPACE " + std::to_string(code) + " " + std::to_string(count), {}, {}, 0};
    if (random_.chance(1, 2)) {
        command.cdb = cdb({0x11, code, 0, 0, 0, 0});
        put(command.cdb, 2, 3, static_cast<std::uint64_t>(count) & 0xFFFFFFU);
    } else {
        command.cdb = cdb({0x91, code, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        put(command.cdb, 4, 8, static_cast<std::uint64_t>(count));
    }
    expect(std::move(command), code == 0   ? model_.space_blocks(count)
                               : code == 1 ? model_.space_filemarks(count)
                                           : model_.space_to_end());
}

void Walk::locate() {
    std::optional<std::uint8_t> partition;
    if (random_.chance(1, 2)) partition = static_cast<std::uint8_t>(random_.below(3));
    const std::uint64_t number = random_.below(model_.objects() + 2);
    const auto cp = static_cast<unsigned>(partition.has_value());
    if (random_.chance(1, 3)) {
        Command command{"LOCATE(10)", cdb({0x2B, cp << 1U, 0, 0, 0, 0, 0, 0, 0, 0}), {}, 0};
        put(command.cdb, 3, 4, number);
        command.cdb[8] = partition.value_or(0);
        return expect(std::move(command), model_.locate(partition, number));
    }
    const std::uint64_t choice = random_.below(6);
    const unsigned kind = choice < 3 ? 0 : choice < 5 ? 1 : 3;
    const std::uint64_t identifier = kind == 1 ? random_.below(8) : number;
    Command command{"LOCATE(16)",
                    cdb({0x92, kind << 3U | cp << 1U, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
                    {},
                    0};
    command.cdb[3] = partition.value_or(0);
    put(command.cdb, 4, 8, identifier);
    expect(std::move(command), kind == 0   ? model_.locate(partition, identifier)
                               : kind == 1 ? model_.locate_file(partition, identifier)
                                           : model_.locate_end(partition));
}

// SSC-4 7.7: the short, the long and the extended form. What still stands in the buffer depends on
// time, which the model has not.
void Walk::read_position() {
    constexpr std::array<unsigned, 4> kForms = {0, 1, 6, 8};
    const unsigned form = kForms.at(random_.below(kForms.size()));
    Command command{"READ POSITION", cdb({0x34, form, 0, 0, 0, 0, 0, 0, 0, 0}), {}, 32};
    if (form == 8) command.cdb[8] = 32;
    const Whereabouts expected = model_.whereabouts();
    send(std::move(command), [form, expected](const scsi::Response& response) -> std::string {
        if (!response.is_good()) return difference({}, response);
        const Bytes& data = response.data_in;
        if (data.size() != (form < 2 ? 20U : 32U)) return "another length";
        Whereabouts seen;
        seen.is_at_beginning = (data[0] & 0x80U) != 0;
        seen.is_in_end_zone = (data[0] & 0x40U) != 0;
        seen.partition = form == 6 ? data[7] : data[1];
        seen.object = form < 2 ? taken(data, 4, 4) : taken(data, 8, 8);
        seen.file = form == 6 ? taken(data, 16, 8) : expected.file;
        const bool is_same = seen.partition == expected.partition &&
                             seen.object == expected.object && seen.file == expected.file &&
                             seen.is_at_beginning == expected.is_at_beginning &&
                             seen.is_in_end_zone == expected.is_in_end_zone;
        if (is_same) return {};
        const auto words = [](const Whereabouts& where) {
            return std::to_string(where.partition) + "/" + std::to_string(where.object) + " file " +
                   std::to_string(where.file) + (where.is_at_beginning ? " BOP" : "") +
                   (where.is_in_end_zone ? " EOP" : "");
        };
        return "expected " + words(expected) + ", seen " + words(seen);
    });
}

void Walk::set_block_length() {
    constexpr std::array<std::uint32_t, 4> kLengths = {0, 64, 512, 1000};
    const std::uint32_t length = kLengths.at(random_.below(kLengths.size()));
    Command command{"MODE SELECT", cdb({0x15, 0x10, 0, 0, 12, 0}),
                    Bytes{0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, 0, 0}, 0};
    put(command.data_out, 9, 3, length);
    model_.set_block_length(length);
    expect(std::move(command), {});
}

// Into two partitions as the drive likes, or one.
void Walk::divide() {
    order({"LOCATE to the beginning",
           cdb({0x92, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
           {},
           0});
    if (model_.partitions() > 1) {
        order({"FORMAT MEDIUM", cdb({0x04, 0, 0, 0, 0, 0}), {}, 0});
        return model_.format({kMegabyteOfLto9.size});
    }
    const auto sensed = order({"MODE SENSE", cdb({0x1A, 0x08, 0x11, 0, 255, 0}), {}, 255});
    constexpr std::size_t kHeader = 4;
    Bytes page = sensed.data_in;
    if (page.size() < kHeader + 10) return differ("MODE SENSE: no medium partition page");
    std::fill_n(page.begin(), kHeader, std::uint8_t{0});
    page[2] = 0x10;                                           // buffered
    page[kHeader] &= 0x7FU;                                   // PS
    page[kHeader + 3] = 1;                                    // additional partitions
    page[kHeader + 4] = 0x40U | (page[kHeader + 4] & 0x18U);  // SDP
    Command select{"MODE SELECT", cdb({0x15, 0x10, 0, 0, 0, 0}), page, 0};
    select.cdb[4] = static_cast<std::uint8_t>(page.size());
    order(std::move(select));
    order({"FORMAT MEDIUM", cdb({0x04, 0, 0x01, 0, 0, 0}), {}, 0});
    model_.format({140 * kWrap, 138 * kWrap});
}

void Walk::unload_and_load() {
    order({"LOAD UNLOAD", cdb({0x1B, 0, 0, 0, 0, 0}), {}, 0});
    order({"LOAD UNLOAD", cdb({0x1B, 0, 0, 0, 1, 0}), {}, 0});
    become_ready();
    model_.load();
}

// --- How it does it.

void Walk::become_ready() {
    drain(0);
    constexpr int kMostAttentions = 20;
    for (int attempt = 0; attempt < kMostAttentions; ++attempt) {
        bool is_ready = false;
        send({"TEST UNIT READY", cdb({0, 0, 0, 0, 0, 0}), {}, 0},
             [&](const scsi::Response& response) {
                 is_ready = response.is_good();
                 return std::string{};
             });
        drain(0);
        if (is_ready || difference_) return;
    }
    differ("never ready");
}

scsi::Response Walk::order(Command command) {
    drain(0);
    scsi::Response answer;
    send(std::move(command), [&](const scsi::Response& response) {
        answer = response;
        return response.is_good() ? std::string{} : difference({}, response);
    });
    drain(0);
    return answer;
}

void Walk::expect(Command command, const Expected& expected) {
    send(std::move(command),
         [expected](const scsi::Response& response) { return difference(expected, response); });
}

void Walk::send(Command command, Check check) {
    if (difference_) return;
    ++under_way_;
    const std::string what = "step " + std::to_string(step_) + ", " + command.text + " " +
                             base::to_hex(command.cdb) + ": ";
    drive_.initiator.execute(
        {drive_.lun, std::move(command.cdb), std::move(command.data_out), command.data_in_length},
        [this, what, check = std::move(check)](const scsi::Response& response) {
            --under_way_;
            const std::string found = check(response);
            if (!found.empty()) differ(what + found);
        });
}

void Walk::drain(std::size_t left) {
    if (drive_.wait([&] { return under_way_ <= left; })) return;
    differ("step " + std::to_string(step_) + ": a command never ends");
}

void Walk::differ(const std::string& what) {
    if (!difference_) difference_ = what;
}

}  // namespace nearline::tape_model
