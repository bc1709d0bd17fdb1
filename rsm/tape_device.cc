#include "rsm/tape_device.h"

#include <utility>

#include "rsm/media_label.h"

namespace nearline::rsm {
namespace {

using base::Failure;
using base::Result;
using scsi::Bytes;

constexpr std::uint32_t kLoadSeconds = 900;  // threading and calibrating, at the slowest

Bytes rewind() {
    return {0x01, 0, 0, 0, 0, 0};
}

// WRITE (6), FIXED 0: one block of the transfer length.
Bytes write_block(std::size_t length) {
    Bytes cdb;
    base::ByteWriter(cdb).u8(0x0A).u8(0).u24(length).u8(0);
    return cdb;
}

// READ (6), SILI 1, FIXED 0: one block, or as much of it as fits.
Bytes read_block(std::size_t length) {
    Bytes cdb;
    base::ByteWriter(cdb).u8(0x08).u8(2).u24(length).u8(0);
    return cdb;
}

// What a READ is told where there is no block: the end of data, a filemark (key 0 with 00h/01h), or
// a place that cannot be read.
bool tells_of_no_block(const Trouble& trouble) {
    if (trouble.kind != Trouble::Kind::Refused) return false;
    switch (trouble.sense.key) {
        case scsi::SenseKey::BlankCheck:
        case scsi::SenseKey::NoSense:
            return true;
        case scsi::SenseKey::MediumError:
            return trouble.sense.asc != 0x30;
        default:
            return false;
    }
}

// One filemark, IMMED 0: returns when everything is on the medium.
Bytes write_filemark() {
    return {0x10, 0, 0, 0, 1, 0};
}

Bytes unload_command() {
    return {0x1B, 0, 0, 0, 0, 0};
}

Bytes load_command() {
    return {0x1B, 0, 0, 0, 1, 0};
}

// REPORT SUPPORTED OPERATION CODES (SPC-4 6.35) of WRITE (6) alone.
Bytes report_write_support(std::uint32_t length) {
    Bytes cdb;
    base::ByteWriter(cdb).u8(0xA3).u8(0x0C).u8(1).u8(0x0A).u16(0).u32(length).u16(0);
    return cdb;
}

// Runs `next` when the step before went well.
template <typename Next>
Reply<Bytes> then(Reply<Bytes> done, Next next) {
    return [done = std::move(done), next = std::move(next)](Result<Bytes, Trouble> answer) {
        if (!answer) return done(Failure{answer.error()});
        next(done);
    };
}

}  // namespace

TapeDevice::TapeDevice(scsi::Initiator& initiator, scsi::Lun lun, Delays& delays)
    : device_(initiator, lun, delays), delays_(delays) {
    device_.be_patient_for(kLoadSeconds);
}

void TapeDevice::write_label(Bytes label, Reply<Bytes> done) {
    device_.test_unit_ready(then(done, [this, label](const Reply<Bytes>& ready) {
        device_.execute(rewind(), {}, 0, then(ready, [this, label](const Reply<Bytes>& rewound) {
                            device_.execute(write_block(label.size()), label, 0,
                                            then(rewound, [this](const Reply<Bytes>& written) {
                                                device_.execute(write_filemark(), {}, 0, written);
                                            }));
                        }));
    }));
}

void TapeDevice::read_label(Reply<Bytes> done) {
    const auto label = [done](Result<Bytes, Trouble> answer) {
        if (answer || !tells_of_no_block(answer.error())) return done(std::move(answer));
        done(Bytes());
    };
    device_.test_unit_ready(then(done, [this, label](const Reply<Bytes>& ready) {
        device_.execute(rewind(), {}, 0, then(ready, [this, label](const Reply<Bytes>&) {
                            device_.execute(read_block(kLongestLabel), {}, kLongestLabel, label);
                        }));
    }));
}

void TapeDevice::learn_whether_it_writes(std::function<void()> done) {
    constexpr std::uint32_t kLength = 64;
    device_.execute(report_write_support(kLength), {}, kLength,
                    [this, done = std::move(done)](Result<Bytes, Trouble> answer) {
                        constexpr std::uint8_t kNotSupported = 1;
                        base::ByteReader in(answer ? base::BytesView(*answer) : base::BytesView());
                        in.skip(1);
                        const std::uint8_t support = in.u8() & 0x07;
                        can_write_ = !in.ok() || support != kNotSupported;
                        done();
                    });
}

void TapeDevice::load(Reply<Bytes> done) {
    device_.test_unit_ready([this, done](Result<Bytes, Trouble> answer) {
        const bool is_not_loaded = !answer && answer.error().kind == Trouble::Kind::Refused &&
                                   answer.error().sense.key == scsi::SenseKey::NotReady;
        if (!is_not_loaded) return done(std::move(answer));
        device_.execute(load_command(), {}, 0, then(done, [this](const Reply<Bytes>& loaded) {
                            device_.test_unit_ready(loaded);
                        }));
    });
}

void TapeDevice::wait_while_cleaning(Reply<Bytes> done) {
    wait_while_cleaning(0, std::move(done));
}

void TapeDevice::wait_while_cleaning(std::uint64_t waited_ms, Reply<Bytes> done) {
    constexpr std::uint64_t kWait = 10'000;
    constexpr std::uint64_t kLongest = 3'600'000;
    device_.test_unit_ready([this, waited_ms, done](Result<Bytes, Trouble> answer) {
        // Cleaning cartridge installed.
        const bool is_cleaning = !answer && answer.error().kind == Trouble::Kind::Refused &&
                                 answer.error().sense.key == scsi::SenseKey::NotReady &&
                                 answer.error().sense.asc == 0x30;
        if (!is_cleaning || waited_ms >= kLongest) return done(std::move(answer));
        delays_.after(kWait, [this, waited_ms, done, alive = std::weak_ptr<char>(alive_)] {
            if (!alive.expired()) wait_while_cleaning(waited_ms + kWait, done);
        });
    });
}

void TapeDevice::unload(Reply<Bytes> done) {
    device_.execute(unload_command(), {}, 0, std::move(done));
}

}  // namespace nearline::rsm
