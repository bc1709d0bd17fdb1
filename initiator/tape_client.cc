#include "initiator/tape_client.h"

#include <algorithm>
#include <utility>

namespace nearline::initiator {
namespace {

using base::ByteReader;
using base::Failure;
using base::Result;
using scsi::Response;
using scsi::SenseKey;

constexpr unsigned kBeginning = 0x80;  // BOP
constexpr unsigned kEnd = 0x40;        // EOP

constexpr std::uint32_t kLongestPage = 4096;  // that is asked for, of tape data encryption

// `nonsense` is what is wrong with an answer that is GOOD.
CommandFailure failure(const char* command, Response response, const char* nonsense = "") {
    const bool is_good = response.is_good();
    return {command, std::move(response), is_good ? nonsense : ""};
}

bool is_checked(const Response& response) {
    return response.delivery == scsi::Delivery::Answered &&
           response.status == scsi::Status::CheckCondition;
}

// At the end of the medium the key tells whether it is only near (SSC-4 4.2.10).
Result<TapeWritten, CommandFailure> written(const char* command, Response response) {
    if (response.is_good()) return TapeWritten::Fine;
    if (is_checked(response) && response.sense.has_end_of_medium && !response.sense.is_deferred) {
        const SenseKey key = response.sense.key;
        if (key == SenseKey::NoSense || key == SenseKey::RecoveredError) {
            return TapeWritten::NearEnd;
        }
        if (key == SenseKey::VolumeOverflow) return TapeWritten::Full;
    }
    return Failure{failure(command, std::move(response))};
}

}  // namespace

void TapeClient::send(scsi::Bytes cdb, std::uint32_t data_in_length, Answered done) {
    initiator_->execute({lun_, std::move(cdb), {}, data_in_length}, std::move(done));
}

void TapeClient::order(std::string command, scsi::Bytes cdb, Reply<std::monostate> done) {
    send(std::move(cdb), 0,
         [command = std::move(command), done = std::move(done)](Response response) {
             if (response.is_good()) return done(std::monostate{});
             done(Failure{CommandFailure{command, std::move(response), {}}});
         });
}

void TapeClient::block_limits(Reply<BlockLimits> done) {
    constexpr std::uint32_t kLength = 6;
    send(tape::read_block_limits(), kLength, [done = std::move(done)](Response response) {
        ByteReader in(response.data_in);
        in.skip(1);
        BlockLimits limits;
        limits.longest = in.u24();
        limits.shortest = in.u16();
        if (response.is_good() && in.ok()) return done(limits);
        done(Failure{failure("READ BLOCK LIMITS", std::move(response), "short data")});
    });
}

void TapeClient::modes(Reply<DriveModes> done) {
    constexpr std::uint8_t kLength = 12;
    send(tape::mode_sense(0, tape::BlockDescriptor::Wanted, kLength), kLength,
         [done = std::move(done)](Response response) {
             ByteReader in(response.data_in);
             in.skip(1);
             DriveModes modes;
             modes.medium_type = in.u8();
             modes.is_write_protected = (in.u8() & 0x80) != 0;
             in.skip(1);
             modes.density = in.u8();
             in.skip(4);
             modes.block_length = in.u24();
             if (response.is_good() && in.ok()) return done(modes);
             done(Failure{failure("MODE SENSE", std::move(response), "short data")});
         });
}

void TapeClient::position(Reply<TapePosition> done) {
    constexpr std::uint32_t kLength = 32;
    send(tape::read_long_position(), kLength,
         [this, done = std::move(done)](const Response& response) {
             ByteReader in(response.data_in);
             TapePosition position;
             const unsigned flags = in.u8();
             in.skip(3);
             position.partition = in.u32();
             position.object = in.u64();
             position.file = in.u64();
             position.is_at_beginning = (flags & kBeginning) != 0;
             position.is_near_end = (flags & kEnd) != 0;
             if (response.is_good() && in.ok()) return done(position);
             const bool is_refused =
                 is_checked(response) && response.sense.key == SenseKey::IllegalRequest;
             if (is_refused) return short_position(done);
             done(Failure{failure("READ POSITION", response, "short data")});
         });
}

void TapeClient::short_position(Reply<TapePosition> done) {
    constexpr std::uint32_t kLength = 20;
    send(tape::read_position(tape::Address::Logical), kLength,
         [done = std::move(done)](Response response) {
             ByteReader in(response.data_in);
             TapePosition position;
             const unsigned flags = in.u8();
             position.partition = in.u8();
             in.skip(2);
             position.object = in.u32();
             position.is_at_beginning = (flags & kBeginning) != 0;
             position.is_near_end = (flags & kEnd) != 0;
             if (response.is_good() && in.ok()) return done(position);
             done(Failure{failure("READ POSITION", std::move(response), "short data")});
         });
}

void TapeClient::attributes(std::uint8_t partition, Reply<std::vector<MediumAttribute>> done) {
    constexpr std::uint32_t kMost = 65'535;
    send(tape::read_attributes(partition, 0, kMost), kMost,
         [done = std::move(done)](Response response) {
             if (!response.is_good()) {
                 return done(Failure{failure("READ ATTRIBUTE", std::move(response))});
             }
             ByteReader all(response.data_in);
             const std::uint32_t length = all.u32();
             ByteReader in(all.bytes(std::min<std::size_t>(length, all.remaining())));
             std::vector<MediumAttribute> attributes;
             while (in.ok() && in.remaining() > 0) {
                 MediumAttribute attribute;
                 attribute.id = in.u16();
                 const unsigned format = in.u8();
                 attribute.is_read_only = (format & 0x80) != 0;
                 attribute.format = static_cast<MediumAttribute::Format>(format & 0x03);
                 const auto value = in.bytes(in.u16());
                 attribute.value.assign(value.begin(), value.end());
                 if (in.ok()) attributes.push_back(std::move(attribute));
             }
             if (in.ok()) return done(std::move(attributes));
             done(Failure{failure("READ ATTRIBUTE", std::move(response), "cut attributes")});
         });
}

template <typename T>
void TapeClient::ask(const char* command, scsi::Bytes cdb, std::uint32_t data_in_length,
                     std::optional<T> (*parse)(base::BytesView), Reply<T> done) {
    send(std::move(cdb), data_in_length,
         [command, parse, done = std::move(done)](Response response) {
             auto parsed = response.is_good() ? parse(response.data_in) : std::nullopt;
             if (parsed) return done(std::move(*parsed));
             done(Failure{failure(command, std::move(response), "not the page asked for")});
         });
}

void TapeClient::densities(tape::DensitiesOf whose, Reply<std::vector<Density>> done) {
    constexpr std::uint16_t kMost = 4096;
    ask<std::vector<Density>>("REPORT DENSITY SUPPORT", tape::report_density_support(whose, kMost),
                              kMost, parse_densities, std::move(done));
}

void TapeClient::encryption(Reply<EncryptionStatus> done) {
    ask<EncryptionStatus>("SECURITY PROTOCOL IN",
                          tape::encryption_in(tape::EncryptionPage::Status, kLongestPage),
                          kLongestPage, parse_encryption_status, std::move(done));
}

void TapeClient::next_block(Reply<NextBlock> done) {
    ask<NextBlock>("SECURITY PROTOCOL IN",
                   tape::encryption_in(tape::EncryptionPage::NextBlock, kLongestPage), kLongestPage,
                   parse_next_block, std::move(done));
}

void TapeClient::encryption_algorithms(Reply<std::vector<EncryptionAlgorithm>> done) {
    ask<std::vector<EncryptionAlgorithm>>(
        "SECURITY PROTOCOL IN",
        tape::encryption_in(tape::EncryptionPage::Capabilities, kLongestPage), kLongestPage,
        parse_algorithms, std::move(done));
}

void TapeClient::set_encryption(scsi::Bytes page, Reply<std::monostate> done) {
    const auto length = static_cast<std::uint32_t>(page.size());
    initiator_->execute({lun_, tape::set_encryption(length), std::move(page), 0},
                        [done = std::move(done)](Response response) {
                            if (response.is_good()) return done(std::monostate{});
                            done(Failure{failure("SECURITY PROTOCOL OUT", std::move(response))});
                        });
}

void TapeClient::rewind(Reply<std::monostate> done) {
    order("REWIND", tape::rewind(tape::Immediate::No), std::move(done));
}

// The short command where it will do: every drive has it.
void TapeClient::locate(tape::Destination destination, std::uint64_t number,
                        std::optional<std::uint8_t> partition, Reply<std::monostate> done) {
    const bool fits = destination == tape::Destination::Object && number <= UINT32_MAX;
    scsi::Bytes cdb = fits
                          ? tape::locate(tape::Address::Logical, static_cast<std::uint32_t>(number),
                                         partition, tape::Immediate::No)
                          : tape::locate_16(destination, number, partition);
    order("LOCATE", std::move(cdb), std::move(done));
}

void TapeClient::space(tape::SpaceOver what, std::int32_t count, Reply<std::monostate> done) {
    order("SPACE", tape::space(what, count), std::move(done));
}

void TapeClient::write_filemarks(std::uint32_t count, Reply<TapeWritten> done) {
    send(tape::write_filemarks(tape::Marks::File, tape::Immediate::No, count), 0,
         [done = std::move(done)](Response response) {
             done(written("WRITE FILEMARKS", std::move(response)));
         });
}

void TapeClient::erase(bool is_long, Reply<std::monostate> done) {
    order("ERASE", tape::erase(is_long, tape::Immediate::No), std::move(done));
}

void TapeClient::load(Reply<std::monostate> done) {
    order("LOAD", tape::load_unload(tape::Load::Load, tape::Immediate::No), std::move(done));
}

void TapeClient::unload(Reply<std::monostate> done) {
    order("UNLOAD", tape::load_unload(tape::Load::Unload, tape::Immediate::No), std::move(done));
}

// A block that is shorter than asked for is told by ILI and a positive rest, and is whole.
void TapeClient::read(std::uint32_t longest, Reply<TapeRead> done) {
    send(tape::read(tape::Blocks::Variable, tape::Length::MustMatch, longest), longest,
         [done = std::move(done)](Response response) {
             if (response.is_good()) {
                 return done(TapeRead{TapeRead::Met::Block, std::move(response.data_in)});
             }
             if (is_checked(response)) {
                 const scsi::Sense& sense = response.sense;
                 const auto left = static_cast<std::int32_t>(
                     static_cast<std::uint32_t>(sense.information.value_or(0)));
                 if (sense.has_filemark) return done(TapeRead{TapeRead::Met::Filemark, {}});
                 if (sense.has_incorrect_length && sense.key == SenseKey::NoSense && left >= 0) {
                     return done(TapeRead{TapeRead::Met::Block, std::move(response.data_in)});
                 }
                 if (sense.key == SenseKey::BlankCheck) {
                     return done(TapeRead{TapeRead::Met::EndOfData, {}});
                 }
             }
             done(Failure{failure("READ", std::move(response))});
         });
}

void TapeClient::write(scsi::Bytes block, Reply<TapeWritten> done) {
    const auto length = static_cast<std::uint32_t>(block.size());
    initiator_->execute({lun_, tape::write(tape::Blocks::Variable, length), std::move(block), 0},
                        [done = std::move(done)](Response response) {
                            done(written("WRITE", std::move(response)));
                        });
}

}  // namespace nearline::initiator
