// Any PDUs, in any order, from an initiator that has logged in, or has not: whatever comes, the
// numbers of the answers are right, nothing is answered twice, no more data comes than was
// expected, and afterwards another initiator is served.
//
// Input: a byte of options (see Session::Session), a byte that says how the stream is cut, and
// steps until the bytes end. A step's first byte says what it is (Session::step): a PDU made of a
// template of 48 bytes, with some fields put right as its second byte says; raw bytes; or something
// that happens besides.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/crc32c.h"
#include "iscsi/digest.h"
#include "iscsi/serial_number.h"
#include "tests/iscsi/test_world.h"

namespace nearline::iscsi {
namespace {

constexpr std::uint32_t kFirstCmdSn = 0xFFFFFFF0;  // it goes round
constexpr std::uint32_t kSmallWindow = 4;
constexpr std::size_t kImmediateLimit = 16;

Bytes login_text(const std::string& name, bool is_discovery) {
    Bytes text;
    append_pair(text, "InitiatorName", name);
    if (is_discovery) {
        append_pair(text, "SessionType", "Discovery");
    } else {
        append_pair(text, "TargetName", kTargetName);
    }
    return text;
}

// One connection, and what may be said of what comes back on it.
class Session {
public:
    struct Options {
        bool header_digest = false;
        bool data_digest = false;
        bool is_discovery = false;
        bool is_raw = false;  // no login but what the input itself makes
        bool unsolicited = false;
        bool immediate = true;
        std::uint32_t window = 0;
    };

    Session(World& world, const Options& options, std::uint64_t isid, std::size_t piece)
        : world_(world),
          options_(options),
          piece_(piece == 0 ? SIZE_MAX : piece),
          connection_(world.portal.accept("192.0.2.1:3260", [] {})) {
        if (connection_ && !options_.is_raw) log_in(isid);
    }

    bool is_over() const { return !connection_ || connection_->wants_close(); }

    void send_raw(BytesView bytes) {
        if (!connection_) return;
        while (!bytes.empty() && !connection_->is_stalled()) {
            const MutableBytes place = connection_->place();
            CHECK(!place.empty());
            const std::size_t count = std::min({bytes.size(), place.size(), piece_});
            std::copy_n(bytes.begin(), count, place.begin());
            connection_->received(count);
            bytes = bytes.subspan(count);
        }
    }

    // Bytes that are no PDU: from here on nobody knows which commands the target has read.
    void send_stray(BytesView bytes) {
        is_in_step_ = false;
        send_raw(bytes);
    }

    // `fixes`: what of the template is put right.
    void send_pdu(Opcode opcode, unsigned fixes, BytesView given, BytesView segments,
                  std::size_t data_length) {
        BasicHeader header{};
        std::copy_n(given.begin(), std::min(given.size(), header.size()), header.begin());
        auto request = scsi::decode_fields<RequestHeader>(header);
        request.opcode = opcode;
        request.ahs_words = static_cast<std::uint8_t>(segments.size() / 4);
        request.data_length = static_cast<std::uint32_t>(data_length);
        if (fixes & 1U) request.cmd_sn = cmd_sn_;
        if (fixes & 2U) request.initiator_task_tag = ++tag_;
        if (fixes & 4U) request.initiator_task_tag = tag_;
        if (fixes & 8U) request.lun = scsi::simple_lun(0);
        scsi::encode_fields(request, MutableBytes(header));
        if ((fixes & 16U) && opcode == Opcode::DataOut) put_data_out_right(header, request);
        if ((fixes & 16U) && opcode == Opcode::TextRequest) {
            auto text = scsi::decode_fields<TextRequest>(header);
            text.target_transfer_tag = text_tag_;
            scsi::encode_fields(text, MutableBytes(header));
        }
        if (opcode == Opcode::ScsiCommand) {
            const auto command = scsi::decode_fields<ScsiCommand>(header);
            Asked& asked = asked_[command.initiator_task_tag];
            ++asked.times;
            asked.expected = std::max(asked.expected, command.expected_length);
        }
        if ((fixes & 1U) && !request.is_immediate && opcode != Opcode::DataOut) ++cmd_sn_;
        send_raw(on_the_wire(header, segments, pattern(data_length)));
    }

    // Reads what the target has to say.
    void listen() {
        if (!connection_) return;
        for (auto spans = connection_->to_send(); !spans.empty(); spans = connection_->to_send()) {
            std::size_t count = 0;
            for (const BytesView span : spans) {
                heard_.insert(heard_.end(), span.begin(), span.end());
                count += span.size();
            }
            connection_->sent(count);
        }
        if (options_.is_raw) {
            heard_.clear();
            return;
        }
        std::size_t at = 0;
        while (at < heard_.size()) at += check(BytesView(heard_).subspan(at));
        heard_.clear();
        CHECK(world_.portal.task_count() <= 2 * (options_.window + kImmediateLimit));
    }

    void lose() {
        if (connection_) connection_->lost();
    }

private:
    struct Asked {
        int times = 0;
        std::uint32_t expected = 0;
    };

    void log_in(std::uint64_t isid) {
        LoginRequest request;
        request.opcode = Opcode::LoginRequest;
        request.is_immediate = request.is_final = true;
        request.current_stage = 1;
        request.next_stage = 3;
        request.isid = isid;
        request.connection_id = 1;
        request.initiator_task_tag = 1;
        request.cmd_sn = cmd_sn_;
        Bytes text = login_text("iqn.1994-05.com.example:fuzz", options_.is_discovery);
        append_pair(text, "HeaderDigest", options_.header_digest ? "CRC32C" : "None");
        append_pair(text, "DataDigest", options_.data_digest ? "CRC32C" : "None");
        append_pair(text, "MaxRecvDataSegmentLength", "1024");
        append_pair(text, "MaxBurstLength", "4096");
        append_pair(text, "FirstBurstLength", "2048");
        append_pair(text, "InitialR2T", options_.unsolicited ? "No" : "Yes");
        append_pair(text, "ImmediateData", options_.immediate ? "Yes" : "No");
        request.data_length = static_cast<std::uint32_t>(text.size());
        const BasicHeader header = encode_request(request);
        Bytes wire(header.begin(), header.end());
        wire.insert(wire.end(), text.begin(), text.end());
        wire.resize(wire.size() + padding_of(text.size()));
        send_raw(wire);
        const Options agreed = options_;
        options_.header_digest = options_.data_digest = false;  // not of the login itself
        listen();
        options_ = agreed;
        CHECK(connection_->is_logged_in());
    }

    void put_data_out_right(BasicHeader& header, const RequestHeader& request) const {
        auto pdu = scsi::decode_fields<DataOut>(header);
        const auto at = r2ts_.find(request.initiator_task_tag);
        if (at != r2ts_.end()) {
            pdu.target_transfer_tag = at->second.target_transfer_tag;
            pdu.buffer_offset = at->second.buffer_offset;
            pdu.data_sn = 0;
        }
        scsi::encode_fields(pdu, MutableBytes(header));
    }

    Bytes on_the_wire(const BasicHeader& header, BytesView segments, BytesView data) const {
        Bytes out(header.begin(), header.end());
        out.insert(out.end(), segments.begin(), segments.end());
        if (options_.header_digest) append_digest(out, 0);
        const std::size_t begin = out.size();
        out.insert(out.end(), data.begin(), data.end());
        out.resize(out.size() + padding_of(data.size()));
        if (options_.data_digest && !data.empty()) append_digest(out, begin);
        return out;
    }
    static void append_digest(Bytes& out, std::size_t begin) {
        const std::uint32_t crc = base::crc32c(BytesView(out).subspan(begin));
        out.resize(out.size() + kDigestLength);
        store_digest(MutableBytes(out).subspan(out.size() - kDigestLength), crc);
    }

    // Checks the PDU at the front and returns its length.
    std::size_t check(BytesView bytes) {
        CHECK(bytes.size() >= kBasicHeaderLength);
        const auto numbers = scsi::decode_fields<SequenceNumbers>(bytes);
        const auto opcode = static_cast<Opcode>(bytes.front());
        std::size_t length = kBasicHeaderLength + (options_.header_digest ? kDigestLength : 0);
        const std::size_t padded = numbers.data_length + padding_of(numbers.data_length);
        const bool has_digest = options_.data_digest && padded > 0;
        length += padded + (has_digest ? kDigestLength : 0);
        CHECK(bytes.size() >= length);
        CHECK(numbers.data_length <= 8192);
        if (opcode != Opcode::LoginResponse) {
            check_window(numbers);
            CHECK(numbers.data_length <= 1024 || opcode == Opcode::Reject);
        }
        check_answer(opcode, bytes, numbers);
        return length;
    }

    void check_window(const SequenceNumbers& numbers) {
        CHECK(!is_before(numbers.exp_cmd_sn, exp_cmd_sn_));
        CHECK(!is_before(numbers.max_cmd_sn, max_cmd_sn_));
        CHECK(!is_before(numbers.max_cmd_sn, numbers.exp_cmd_sn - 1));
        CHECK(numbers.max_cmd_sn - numbers.exp_cmd_sn + 1 <= options_.window);
        exp_cmd_sn_ = numbers.exp_cmd_sn;
        max_cmd_sn_ = numbers.max_cmd_sn;
    }

    void check_answer(Opcode opcode, BytesView bytes, const SequenceNumbers& numbers) {
        bool consumes = true;
        switch (opcode) {
            case Opcode::DataIn: {
                const auto pdu = scsi::decode_fields<DataIn>(bytes);
                consumes = pdu.has_status;
                const Asked& asked = asked_[pdu.initiator_task_tag];
                CHECK(!is_in_step_ ||
                      std::uint64_t{pdu.buffer_offset} + numbers.data_length <= asked.expected);
                CHECK(!pdu.has_status || pdu.is_final);
                CHECK(!(pdu.is_overflow && pdu.is_underflow));
                if (pdu.has_status) answered(pdu.initiator_task_tag);
                break;
            }
            case Opcode::ScsiResponse: {
                const auto pdu = scsi::decode_fields<ScsiResponse>(bytes);
                CHECK(!(pdu.is_overflow && pdu.is_underflow));
                CHECK((pdu.status == scsi::Status::CheckCondition) == (numbers.data_length > 0));
                answered(pdu.initiator_task_tag);
                break;
            }
            case Opcode::ReadyToTransfer: {
                const auto pdu = scsi::decode_fields<ReadyToTransfer>(bytes);
                consumes = false;
                CHECK(pdu.target_transfer_tag != kNoTag);
                CHECK(pdu.desired_length > 0);
                CHECK(pdu.desired_length <= 4096);
                r2ts_[pdu.initiator_task_tag] = pdu;
                break;
            }
            case Opcode::NopIn:
                consumes = scsi::decode_fields<NopIn>(bytes).initiator_task_tag != kNoTag;
                break;
            case Opcode::TextResponse: {
                const auto pdu = scsi::decode_fields<TextResponse>(bytes);
                CHECK(pdu.is_final == (pdu.target_transfer_tag == kNoTag));
                text_tag_ = pdu.target_transfer_tag;
                break;
            }
            case Opcode::LoginResponse:
                stat_sn_ = numbers.stat_sn;
                exp_cmd_sn_ = numbers.exp_cmd_sn;
                max_cmd_sn_ = numbers.max_cmd_sn;
                break;
            default:
                break;
        }
        if (!consumes) return;
        CHECK(numbers.stat_sn == stat_sn_);
        ++stat_sn_;
    }

    void answered(std::uint32_t tag) {
        if (!is_in_step_) return;
        Asked& asked = asked_[tag];
        CHECK(asked.times > 0);
        --asked.times;
    }

    World& world_;
    Options options_;
    std::size_t piece_;
    Bytes heard_;
    std::uint32_t cmd_sn_ = kFirstCmdSn;
    std::uint32_t tag_ = 0x10;
    std::uint32_t text_tag_ = kNoTag;
    std::uint32_t stat_sn_ = 0;
    std::uint32_t exp_cmd_sn_ = 0;
    std::uint32_t max_cmd_sn_ = 0;
    bool is_in_step_ = true;  // what was sent was whole PDUs
    std::map<std::uint32_t, Asked> asked_;
    std::map<std::uint32_t, ReadyToTransfer> r2ts_;
    std::unique_ptr<Connection> connection_;
};

class Fuzz {
public:
    Fuzz(unsigned options, std::size_t piece) : piece_(piece) {
        options_.header_digest = options & 1U;
        options_.data_digest = options & 2U;
        options_.is_discovery = options & 4U;
        options_.is_raw = options & 8U;
        options_.unsolicited = options & 16U;
        options_.immediate = !(options & 32U);
        Portal::Settings settings;
        if (options & 64U) settings.limits.command_window = kSmallWindow;
        settings.limits.outstanding_bytes = std::size_t{64} << 10;
        options_.window = settings.limits.command_window;
        if (options & 128U) settings.keep_alive = std::chrono::seconds(10);
        world_ = std::make_unique<World>(settings);
        world_->unit.most_fetched = world_->other_unit.most_fetched = 16U << 10;
        first_ = std::make_unique<Session>(*world_, options_, 1, piece_);
    }

    void step(base::ByteReader& in) {
        const unsigned what = in.u8();
        Session& session = (what & 0x80U) && second_ ? *second_ : *first_;
        switch (what & 0x0FU) {
            case 0:
                session.send_stray(in.bytes(std::min<std::size_t>(in.u8(), in.remaining())));
                break;
            case 1:
                send(session, Opcode::ScsiCommand, in);
                break;
            case 2:
                send(session, Opcode::DataOut, in);
                break;
            case 3:
                send(session, Opcode::TaskManagementRequest, in);
                break;
            case 4:
                send(session, Opcode::NopOut, in);
                break;
            case 5:
                send(session, Opcode::TextRequest, in);
                break;
            case 6:
                send(session, Opcode::LogoutRequest, in);
                break;
            case 7:
                send(session, static_cast<Opcode>(in.u8() & 0x3FU), in);
                break;
            case 8:
                if (!world_->unit.dawdling.empty()) world_->unit.finish();
                break;
            case 9:
                second_.reset();
                second_ = std::make_unique<Session>(*world_, options_, 2, piece_);
                break;
            case 10:
                world_->simulation.run_until(world_->simulation.now() +
                                             std::chrono::seconds(in.u8()));
                break;
            case 11:
                session.lose();
                break;
            case 12:
                world_->portal.announce_changed_units(kTargetName);
                break;
            // The same name and ISID again: the first session ends.
            case 13: {
                auto again = std::make_unique<Session>(*world_, options_, 1, piece_);
                std::swap(first_, again);
                break;
            }
            default:
                break;
        }
        first_->listen();
        if (second_) second_->listen();
    }

    // Another initiator is served, whatever was.
    void expect_alive() {
        options_.is_raw = options_.is_discovery = false;
        Session other(*world_, options_, 77, piece_);
        const std::array<std::uint8_t, kBasicHeaderLength> ready = {0x01, 0x81};
        other.send_pdu(Opcode::ScsiCommand, 1 | 2 | 8, ready, {}, 0);
        other.listen();
        CHECK(!other.is_over());
    }

private:
    static void send(Session& session, Opcode opcode, base::ByteReader& in) {
        const unsigned fixes = in.u8();
        const BytesView given = in.bytes(std::min(kBasicHeaderLength, in.remaining()));
        const std::size_t words = fixes & 32U ? in.u8() % 8 : 0;
        const BytesView segments = in.bytes(std::min(words * 4, in.remaining() / 4 * 4));
        session.send_pdu(opcode, fixes, given, segments, fixes & 64U ? in.u16() : 0);
    }

    Session::Options options_;
    std::size_t piece_;
    std::unique_ptr<World> world_;
    std::unique_ptr<Session> first_;
    std::unique_ptr<Session> second_;
};

}  // namespace
}  // namespace nearline::iscsi

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    nearline::base::ByteReader in(nearline::base::BytesView(data, size));
    const unsigned options = in.u8();
    nearline::iscsi::Fuzz fuzz(options, in.u8());
    while (in.remaining() > 0) fuzz.step(in);
    fuzz.expect_alive();
    return 0;
}
