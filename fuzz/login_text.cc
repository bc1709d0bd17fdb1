// Any login text, in any pieces, through both stages and CHAP: the target answers each request or
// hangs up, what it answers is text itself, and nobody gets in without the secret.
//
// Input: a byte of options (bit 0: CHAP is asked for; bit 1: the text begins with good names), then
// requests: a byte of T (bit 7), C (bit 6), CSG (bits 3 and 2), NSG (bits 1 and 0), two bytes of
// length, and the text.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "base/check.h"
#include "iscsi/chap.h"
#include "tests/iscsi/test_world.h"

namespace nearline::iscsi {
namespace {

class Login {
public:
    explicit Login(unsigned options) : has_chap_(options & 1U), begins_well_(options & 2U) {
        TargetAccess access;
        if (has_chap_) access.chap = {{{"backup", "0123456789abcdef"}}, {{"vault", "fedcba98"}}};
        Portal::Settings settings;
        settings.discovery = access;
        world_ = std::make_unique<World>(settings, access);
        connection_ = world_->portal.accept("192.0.2.1:3260", [] {});
    }

    bool goes_on() const { return !connection_->wants_close() && !connection_->is_logged_in(); }

    void request(base::ByteReader& in) {
        const unsigned flags = in.u8();
        const std::size_t length = in.u16();
        const BytesView given = in.bytes(std::min(length, in.remaining()));
        Bytes text;
        if (std::exchange(begins_well_, false)) {
            append_pair(text, "InitiatorName", kInitiatorName);
            append_pair(text, "TargetName", kTargetName);
        }
        text.insert(text.end(), given.begin(), given.end());
        LoginRequest request;
        request.opcode = Opcode::LoginRequest;
        request.is_immediate = true;
        request.is_final = flags & 0x80U;
        request.continues = flags & 0x40U;
        request.current_stage = flags >> 2 & 3U;
        request.next_stage = flags & 3U;
        request.initiator_task_tag = 1;
        request.data_length = static_cast<std::uint32_t>(text.size());
        const BasicHeader header = encode_request(request);
        send(header);
        if (!connection_->wants_close()) {
            text.resize(text.size() + padding_of(text.size()));
            send(text);
        }
        expect_answer();
    }

private:
    void send(BytesView bytes) {
        while (!bytes.empty()) {
            const MutableBytes place = connection_->place();
            const std::size_t count = std::min(place.size(), bytes.size());
            std::copy_n(bytes.begin(), count, place.begin());
            connection_->received(count);
            bytes = bytes.subspan(count);
        }
    }

    // One response to each request.
    void expect_answer() {
        Bytes heard;
        for (const BytesView span : connection_->to_send()) {
            heard.insert(heard.end(), span.begin(), span.end());
        }
        connection_->sent(heard.size());
        CHECK(heard.size() >= kBasicHeaderLength);
        const auto response = scsi::decode_fields<LoginResponse>(heard);
        const std::size_t length = scsi::decode_fields<SequenceNumbers>(heard).data_length;
        CHECK(heard.size() == kBasicHeaderLength + length + padding_of(length));
        CHECK(length <= 8192);
        CHECK((response.status == LoginStatus::Success) != connection_->wants_close());
        CHECK(!(response.is_final && response.continues));
        answer_.insert(answer_.end(), heard.begin() + kBasicHeaderLength,
                       heard.begin() + static_cast<std::ptrdiff_t>(kBasicHeaderLength + length));
        // A refusal ends what had begun to be said.
        if (response.status != LoginStatus::Success) answer_.clear();
        if (!response.continues) {
            CHECK(parse_text(answer_).has_value());
            answer_.clear();
        }
        // A challenge that nobody can predict is not met by chance.
        CHECK(!has_chap_ || !connection_->is_logged_in());
    }

    bool has_chap_;
    bool begins_well_;
    Bytes answer_;
    std::unique_ptr<World> world_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace
}  // namespace nearline::iscsi

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    nearline::base::ByteReader in(nearline::base::BytesView(data, size));
    nearline::iscsi::Login login(in.u8());
    while (in.remaining() > 0 && login.goes_on()) login.request(in);
    return 0;
}
