// An initiator that speaks to a World in bytes, and reads what the target says.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/crc32c.h"
#include "tests/iscsi/test_world.h"

namespace nearline::iscsi {

// One PDU the target sent.
struct Answer {
    BasicHeader header{};
    Bytes data;

    Opcode opcode() const { return static_cast<Opcode>(header.front() & 0x3F); }
    template <typename Response>
    Response as() const {
        return scsi::decode_fields<Response>(header);
    }
    SequenceNumbers numbers() const { return scsi::decode_fields<SequenceNumbers>(header); }
    std::string text() const {  // "key=value key=value"
        std::string out;
        for (const std::uint8_t byte : data) out += byte == 0 ? ' ' : static_cast<char>(byte);
        if (!out.empty()) out.pop_back();
        return out;
    }
    // Status and sense of a SCSI response: "GOOD", "CHECK 6/29/01".
    std::string outcome() const {
        if (opcode() == Opcode::DataIn) return std::string(scsi::to_text(as<DataIn>().status));
        if (opcode() != Opcode::ScsiResponse) return "no SCSI response";
        const auto status = as<ScsiResponse>().status;
        if (status != scsi::Status::CheckCondition) return std::string(scsi::to_text(status));
        const auto sense = scsi::decode_sense(BytesView(data).subspan(2));
        if (!sense) return "CHECK CONDITION without sense";
        const Bytes code = {static_cast<std::uint8_t>(sense->key), sense->asc, sense->ascq};
        const std::string hex = base::to_upper(base::to_hex(code));
        return "CHECK " + hex.substr(1, 1) + "/" + hex.substr(2, 2) + "/" + hex.substr(4, 2);
    }
};

inline Bytes text_of(const std::vector<KeyValue>& pairs) {
    Bytes text;
    for (const KeyValue& pair : pairs) append_pair(text, pair.key, pair.value);
    return text;
}

class TestInitiator {
public:
    explicit TestInitiator(World& world) : world_(world) {
        connection = world.portal.accept("192.0.2.7:3260", [this] { ++wakes; });
    }

    // Bytes, at the engine's pace, no more than `piece` at a time.
    void send_bytes(BytesView bytes, std::size_t piece = SIZE_MAX) {
        while (!bytes.empty()) {
            const MutableBytes place = connection->place();
            CHECK(!place.empty());
            const std::size_t count = std::min({bytes.size(), place.size(), piece});
            std::copy_n(bytes.begin(), count, place.begin());
            connection->received(count);
            bytes = bytes.subspan(count);
        }
    }
    // A PDU on the wire, with the digests agreed on.
    Bytes wire(BasicHeader header, BytesView data = {}, BytesView segments = {}) const {
        base::store_big_endian(header, 4, 1, segments.size() / 4);
        base::store_big_endian(header, 5, 3, data.size());
        Bytes out(header.begin(), header.end());
        out.insert(out.end(), segments.begin(), segments.end());
        if (header_digest) append_digest(out, 0);
        const std::size_t begin = out.size();
        out.insert(out.end(), data.begin(), data.end());
        out.resize(out.size() + padding_of(data.size()));
        if (data_digest && !data.empty()) append_digest(out, begin);
        return out;
    }
    void send(const BasicHeader& header, BytesView data = {}, BytesView segments = {}) {
        send_bytes(wire(header, data, segments), piece);
    }

    // All that the target has sent since the last call.
    std::vector<Answer> answers() {
        collect();
        std::vector<Answer> found;
        while (auto answer = next()) found.push_back(*std::move(answer));
        return found;
    }
    // Exactly one is expected.
    Answer answer() {
        auto found = answers();
        if (found.size() != 1) {
            ADD_FAILURE() << found.size() << " answers, not one";
            return found.empty() ? Answer{} : found.back();
        }
        return found.front();
    }

    // --- Login.

    LoginRequest login_request(Stage from, Stage to) const {
        LoginRequest request;
        request.opcode = Opcode::LoginRequest;
        request.is_immediate = true;
        request.is_final = true;
        request.current_stage = static_cast<std::uint8_t>(from);
        request.next_stage = static_cast<std::uint8_t>(to);
        request.isid = isid;
        request.connection_id = 1;
        request.initiator_task_tag = 0x100;
        request.cmd_sn = cmd_sn;
        request.exp_stat_sn = 1;
        return request;
    }
    std::vector<KeyValue> names() const {
        return {{"InitiatorName", name}, {"TargetName", kTargetName}, {"SessionType", "Normal"}};
    }
    // One PDU from operational stage to full feature phase, as libiscsi does.
    Answer log_in(std::vector<KeyValue> keys = {}) {
        auto pairs = names();
        if (is_discovery) pairs = {{"InitiatorName", name}, {"SessionType", "Discovery"}};
        pairs.insert(pairs.end(), keys.begin(), keys.end());
        send(encode_request(login_request(Stage::OperationalNegotiation, Stage::FullFeaturePhase)),
             text_of(pairs));
        Answer final = answer();
        const std::string text = final.text();
        header_digest = text.find("HeaderDigest=CRC32C") != std::string::npos;
        data_digest = text.find("DataDigest=CRC32C") != std::string::npos;
        return final;
    }
    // The same, and the unit attentions every nexus begins with taken.
    TestInitiator& settled(std::vector<KeyValue> keys = {}) {
        const auto status = log_in(std::move(keys)).as<LoginResponse>().status;
        if (status != LoginStatus::Success) ADD_FAILURE() << "login refused";
        for (const std::uint16_t lun : {0, 1}) {
            send(command({.lun = lun}));
            answers();
        }
        return *this;
    }

    // --- Requests; each takes the next CmdSN and a tag of its own unless told otherwise.

    struct Command {
        Bytes cdb = Bytes(6);  // TEST UNIT READY
        std::uint16_t lun = 0;
        bool reads = false;
        bool writes = false;
        std::uint32_t expected_length = 0;
        bool is_final = true;
        bool is_immediate = false;
        std::uint8_t attribute = 1;
    };
    ScsiCommand request(const Command& command) {
        ScsiCommand out;
        stamp(out, Opcode::ScsiCommand, command.is_immediate);
        out.is_final = command.is_final;
        out.reads = command.reads;
        out.writes = command.writes;
        out.attribute = command.attribute;
        out.expected_length = command.expected_length;
        out.lun = scsi::simple_lun(command.lun);
        return out;
    }
    static BasicHeader with_cdb(const ScsiCommand& request, BytesView cdb) {
        BasicHeader header = encode_request(request);
        std::copy_n(cdb.begin(), std::min<std::size_t>(cdb.size(), ScsiCommand::cdb_length),
                    header.begin() + ScsiCommand::cdb_offset);
        return header;
    }
    BasicHeader command(const Command& command) { return with_cdb(request(command), command.cdb); }
    BasicHeader fetch(std::uint32_t length, std::uint32_t expected) {
        Fetch cdb;
        cdb.transfer_length = length;
        return command({.cdb = scsi::encode_cdb(cdb), .reads = true, .expected_length = expected});
    }
    BasicHeader store(std::uint32_t length, std::uint32_t expected, bool is_final = true) {
        Store cdb;
        cdb.transfer_length = length;
        return command({.cdb = scsi::encode_cdb(cdb),
                        .writes = true,
                        .expected_length = expected,
                        .is_final = is_final});
    }
    BasicHeader dawdle(std::uint16_t lun = 0) {
        return command({.cdb = scsi::encode_cdb(Dawdle{}), .lun = lun});
    }
    struct DataOutPart {
        std::uint32_t tag = 0;
        std::uint32_t target_transfer_tag = kNoTag;
        std::uint32_t data_sn = 0;
        std::uint32_t offset = 0;
        bool is_final = true;
    };
    BasicHeader data_out(const DataOutPart& part) const {
        DataOut out;
        out.opcode = Opcode::DataOut;
        out.is_final = part.is_final;
        out.initiator_task_tag = part.tag;
        out.target_transfer_tag = part.target_transfer_tag;
        out.data_sn = part.data_sn;
        out.buffer_offset = part.offset;
        return encode_request(out);
    }
    template <typename Request>
    Request make(Opcode opcode, bool is_immediate = true) {
        Request out;
        stamp(out, opcode, is_immediate);
        out.is_final = true;
        return out;
    }
    Answer manage(std::uint8_t function, std::uint32_t referenced = kNoTag,
                  std::uint32_t ref_cmd_sn = 0, std::uint16_t lun = 0) {
        auto out = make<TaskManagementRequest>(Opcode::TaskManagementRequest);
        out.function = function;
        out.referenced_task_tag = referenced;
        out.ref_cmd_sn = ref_cmd_sn;
        out.lun = scsi::simple_lun(lun);
        send(encode_request(out));
        return answer();
    }
    Answer text_request(const std::vector<KeyValue>& keys) {
        send(encode_request(make<TextRequest>(Opcode::TextRequest)), text_of(keys));
        return answer();
    }
    // Whether the session still answers.
    bool is_alive() {
        if (connection->wants_close()) return false;
        send(encode_request(make<NopOut>(Opcode::NopOut)));
        const auto found = answers();
        return found.size() == 1 && found.front().opcode() == Opcode::NopIn;
    }

    std::uint64_t isid = 0x00023D000001;
    std::string name = kInitiatorName;
    bool is_discovery = false;
    std::uint32_t cmd_sn = 0x1000;  // next
    std::uint32_t tag = 0x200;      // last
    bool header_digest = false;
    bool data_digest = false;
    std::size_t piece = SIZE_MAX;
    int wakes = 0;
    Bytes unread;  // what the target sent and nobody looked at yet
    std::unique_ptr<Connection> connection;

    void collect() {
        for (auto spans = connection->to_send(); !spans.empty(); spans = connection->to_send()) {
            std::size_t count = 0;
            for (const BytesView span : spans) {
                unread.insert(unread.end(), span.begin(), span.end());
                count += span.size();
            }
            connection->sent(count);
        }
    }

private:
    void stamp(RequestHeader& header, Opcode opcode, bool is_immediate) {
        header.opcode = opcode;
        header.is_immediate = is_immediate;
        header.initiator_task_tag = ++tag;
        header.cmd_sn = is_immediate ? cmd_sn : cmd_sn++;
        header.exp_stat_sn = 1;
    }
    static void append_digest(Bytes& out, std::size_t begin) {
        const std::uint32_t crc = base::crc32c(BytesView(out).subspan(begin));
        for (unsigned shift = 0; shift < 32; shift += 8) {
            out.push_back(static_cast<std::uint8_t>(crc >> shift));
        }
    }
    std::optional<Answer> next() {
        if (unread.size() < kBasicHeaderLength) return std::nullopt;
        Answer found;
        std::copy_n(unread.begin(), kBasicHeaderLength, found.header.begin());
        const std::size_t length = found.numbers().data_length;
        std::size_t at = kBasicHeaderLength;
        // Login responses never have digests; answers are taken before they begin.
        if (header_digest) at += check_digest(0, at);
        const std::size_t padded = length + padding_of(length);
        CHECK(unread.size() >= at + padded);
        found.data.assign(unread.begin() + static_cast<std::ptrdiff_t>(at),
                          unread.begin() + static_cast<std::ptrdiff_t>(at + length));
        const std::size_t data_at = at;
        at += padded;
        if (data_digest && length > 0) at += check_digest(data_at, at);
        unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(at));
        return found;
    }
    std::size_t check_digest(std::size_t begin, std::size_t end) const {
        const std::uint32_t crc = base::crc32c(BytesView(unread).subspan(begin, end - begin));
        for (unsigned at = 0; at < 4; ++at) {
            EXPECT_EQ(unread.at(end + at), static_cast<std::uint8_t>(crc >> (8 * at)));
        }
        return 4;
    }

    World& world_;
};

}  // namespace nearline::iscsi
