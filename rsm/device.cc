#include "rsm/device.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace nearline::rsm {
namespace {

using base::ByteReader;
using base::Failure;
using scsi::Bytes;
using scsi::Sense;

constexpr std::uint32_t kAttentions = 32;  // more than any unit has to tell at once
constexpr std::uint64_t kFirstWait = 250;  // milliseconds
constexpr std::uint64_t kLongestWait = 5'000;

// Unit attentions after which a cartridge may be elsewhere, or gone (changer sheet 8.7).
bool tells_of_change(const Sense& sense) {
    if (sense.key != scsi::SenseKey::UnitAttention) return false;
    switch (sense.asc) {
        case 0x28:  // medium may have changed, import/export element accessed
        case 0x29:  // power on, reset
        case 0x3F:  // microcode, inquiry data, LUNs
            return true;
        case 0x2A:
            return sense.ascq == 0x01;  // mode parameters: the element map
        case 0x3B:
            return true;  // magazines, element information
        default:
            return false;
    }
}

// 2/04/00, 01, 02 and 07: the unit is on its way. A door or magazine that is open is not.
bool is_becoming_ready(const Sense& sense) {
    return sense.key == scsi::SenseKey::NotReady && sense.asc == 0x04 &&
           (sense.ascq <= 0x02 || sense.ascq == 0x07);
}

std::string text_of(ByteReader& in, std::size_t width) {
    std::string text = in.text(width);
    std::replace(text.begin(), text.end(), '\0', ' ');
    return std::string(base::trim(text));
}

}  // namespace

struct Device::Command {
    scsi::Request request;
    Reply<Bytes> done;
    OnChange on_change = OnChange::Repeat;
    std::uint32_t attentions = 0;
    std::uint64_t next_wait = kFirstWait;
    std::uint64_t waited = 0;
};

Device::Device(scsi::Initiator& initiator, scsi::Lun lun, Delays& delays)
    : initiator_(&initiator), lun_(lun), delays_(&delays) {}

void Device::execute(Bytes cdb, Bytes data_out, std::uint32_t data_in_length, Reply<Bytes> done,
                     OnChange on_change) {
    auto command = std::make_shared<Command>();
    command->request = {lun_, std::move(cdb), std::move(data_out), data_in_length};
    command->done = std::move(done);
    command->on_change = on_change;
    send(std::move(command));
}

void Device::send(std::shared_ptr<Command> command) {
    scsi::Request request = command->request;
    initiator_->execute(std::move(request), [this, alive = std::weak_ptr<char>(alive_),
                                             command](scsi::Response response) {
        if (!alive.expired()) answered(command, std::move(response));
    });
}

void Device::answered(std::shared_ptr<Command> command, scsi::Response response) {
    if (response.delivery == scsi::Delivery::TransportFailed) {
        return command->done(Failure{Trouble{Trouble::Kind::Unreachable}});
    }
    switch (response.status) {
        case scsi::Status::Good:
            return command->done(std::move(response.data_in));
        case scsi::Status::CheckCondition:
            return refused(std::move(command), response.sense);
        case scsi::Status::Busy:
        case scsi::Status::TaskSetFull:
            return try_later(std::move(command), {Trouble::Kind::NotReady, {}});
        default:
            return command->done(Failure{Trouble{Trouble::Kind::Refused, response.sense}});
    }
}

void Device::refused(std::shared_ptr<Command> command, const Sense& sense) {
    const Trouble refusal{Trouble::Kind::Refused, sense};
    if (sense.key == scsi::SenseKey::UnitAttention) {
        const bool is_change = tells_of_change(sense);
        if (is_change) ++changes_;
        if (sense.is(scsi::kMediumMayHaveChanged)) ++openings_;
        const bool gives_up = is_change && command->on_change == OnChange::GiveUp;
        if (gives_up || ++command->attentions > kAttentions) {
            return command->done(Failure{refusal});
        }
        return send(std::move(command));
    }
    if (is_becoming_ready(sense)) {
        return try_later(std::move(command), {Trouble::Kind::NotReady, sense});
    }
    command->done(Failure{refusal});
}

void Device::try_later(std::shared_ptr<Command> command, Trouble otherwise) {
    if (command->waited >= patience_ms_) return command->done(Failure{otherwise});
    const std::uint64_t wait = command->next_wait;
    command->waited += wait;
    command->next_wait = std::min(wait * 2, kLongestWait);
    delays_->after(wait, [this, alive = std::weak_ptr<char>(alive_), command] {
        if (!alive.expired()) send(command);
    });
}

void Device::test_unit_ready(Reply<Bytes> done) {
    execute(Bytes(6), {}, 0, std::move(done));
}

void Device::identify(Reply<Identity> done) {
    constexpr std::uint8_t kInquiry = 0x12;
    constexpr std::uint8_t kVitalProductData = 0x01;
    constexpr std::uint8_t kUnitSerialNumber = 0x80;
    constexpr std::uint8_t kLength = 0xFF;
    const Bytes standard = {kInquiry, 0, 0, 0, kLength, 0};
    const Bytes serial = {kInquiry, kVitalProductData, kUnitSerialNumber, 0, kLength, 0};
    execute(standard, {}, kLength, [this, serial, done](base::Result<Bytes, Trouble> answer) {
        if (!answer) return done(Failure{answer.error()});
        ByteReader in(*answer);
        in.skip(8);
        Identity identity;
        identity.vendor = text_of(in, 8);
        identity.product = text_of(in, 16);
        identity.revision = text_of(in, 4);
        if (!in.ok()) return done(Failure{Trouble{Trouble::Kind::Nonsense}});
        execute(serial, {}, kLength, [identity, done](base::Result<Bytes, Trouble> page) mutable {
            if (page) {
                // A unit without a serial number is told by its place alone.
                ByteReader vital(*page);
                vital.skip(3);
                const std::size_t length = vital.u8();
                identity.serial = text_of(vital, std::min(length, vital.remaining()));
            }
            done(std::move(identity));
        });
    });
}

}  // namespace nearline::rsm
