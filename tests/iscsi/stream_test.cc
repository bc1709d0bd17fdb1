// The two ends of the byte stream: PDUs cut from it, and PDUs put into it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "iscsi/pdu_reader.h"
#include "iscsi/sender.h"
#include "tests/iscsi/test_initiator.h"

namespace nearline::iscsi {
namespace {

using Event = PduReader::Event;

// RFC 7143 appendix A.4.
TEST(Digests, AreThoseOfTheRfc) {
    const auto digest = [](BytesView of) {
        Bytes word(4);
        store_digest(word, base::crc32c(of));
        return base::to_hex(word);
    };
    EXPECT_EQ(digest(Bytes(32, 0x00)), "aa36918a");
    EXPECT_EQ(digest(Bytes(32, 0xFF)), "43aba862");
    EXPECT_EQ(digest(base::as_bytes("123456789")), "839206e3");
    EXPECT_EQ(digest(bytes("01c0000000000000000000000000000014000000000004000000001400000018"
                           "28000000000000000200000000000000")),
              "563a96d9");
}

// Feeds all of `stream` in pieces and returns the events with what they found.
struct Fed {
    std::vector<Event> events;
    Bytes data;
};
Fed feed(PduReader& reader, BytesView stream, std::size_t piece, std::size_t kept = SIZE_MAX) {
    Fed fed;
    while (!stream.empty()) {
        const MutableBytes place = reader.place();
        CHECK(!place.empty());
        const std::size_t count = std::min({piece, place.size(), stream.size()});
        std::copy_n(stream.begin(), count, place.begin());
        stream = stream.subspan(count);
        Event event = reader.received(count);
        if (event == Event::NeedsMore) continue;
        fed.events.push_back(event);
        if (event == Event::HeaderDigest) return fed;
        if (event != Event::Header) continue;
        fed.data.resize(std::min(kept, reader.data_length()));
        event = reader.take_data(fed.data);
        if (event != Event::NeedsMore) fed.events.push_back(event);
    }
    return fed;
}

BasicHeader header_of(std::size_t data, std::size_t words) {
    BasicHeader header{};
    base::store_big_endian(header, 4, 1, words);
    base::store_big_endian(header, 5, 3, data);
    return header;
}

TEST(PduReader, FindsPdusHoweverTheStreamIsCut) {
    const World unused;
    for (const bool digests : {false, true}) {
        for (const std::size_t length : {0, 1, 3, 4, 5, 48, 1000}) {
            for (const std::size_t words : {0, 2, 255}) {
                World world;
                TestInitiator wire(world);
                wire.header_digest = wire.data_digest = digests;
                const Bytes data = pattern(length);
                const Bytes stream = wire.wire(header_of(0, 0), data, Bytes(words * 4, 0xAA));
                for (const std::size_t piece : {1, 2, 7, 48, 4096}) {
                    PduReader reader;
                    reader.use_digests(digests, digests);
                    const Fed fed = feed(reader, stream, piece);
                    EXPECT_EQ(fed.events, (std::vector{Event::Header, Event::Pdu}));
                    EXPECT_EQ(fed.data, data);
                    EXPECT_TRUE(reader.is_data_digest_right());
                    EXPECT_EQ(reader.additional_segments().size(), words * 4);
                }
            }
        }
    }
}

TEST(PduReader, ForgetsWhatNobodyWants) {
    World world;
    TestInitiator wire(world);
    wire.data_digest = true;
    PduReader reader;
    reader.use_digests(false, true);
    const Fed fed = feed(reader, wire.wire(header_of(0, 0), pattern(10000)), 999, 100);
    EXPECT_EQ(fed.data, pattern(100));
    EXPECT_TRUE(reader.is_data_digest_right());  // of all of it
}

TEST(PduReader, SeesEveryFlippedBit) {
    World world;
    TestInitiator wire(world);
    wire.header_digest = wire.data_digest = true;
    const Bytes good = wire.wire(header_of(0, 0), pattern(30));
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        const std::size_t byte = bit / 8;
        // Longer or shorter ones make the digest be looked for elsewhere: it is not there either.
        if (byte >= 4 && byte < 8) continue;
        Bytes bad = good;
        bad[byte] = static_cast<std::uint8_t>(bad[byte] ^ 1U << bit % 8);
        PduReader reader;
        reader.use_digests(true, true);
        const Fed fed = feed(reader, bad, SIZE_MAX);
        if (byte < 52) {
            EXPECT_EQ(fed.events.front(), Event::HeaderDigest) << bit;
        } else {
            EXPECT_FALSE(reader.is_data_digest_right()) << bit;
        }
    }
}

class SenderTest : public testing::Test {
protected:
    Bytes all(std::size_t piece = SIZE_MAX) {
        Bytes out;
        while (!sender.is_empty()) {
            std::size_t count = 0;
            for (const BytesView span : sender.to_send()) {
                const std::size_t part = std::min(span.size(), piece - count);
                out.insert(out.end(), span.begin(), span.begin() + static_cast<long>(part));
                count += part;
                if (count == piece) break;
            }
            sender.sent(count);
        }
        EXPECT_EQ(sender.queued_bytes(), 0U);
        return out;
    }
    int changes = 0;
    Sender sender{[this] { ++changes; }};
};

TEST_F(SenderTest, CountsStatSnForStatusOnly) {
    CommandWindow window(7, 4);
    sender.follow(&window);
    sender.send(ScsiResponse{}, StatSn::Consumes);
    sender.send(ReadyToTransfer{}, StatSn::Shows);
    sender.send(DataIn{}, StatSn::Absent);
    sender.send(ScsiResponse{}, StatSn::Consumes);
    const Bytes sent = all();
    std::vector<std::uint32_t> numbers;
    for (std::size_t at = 0; at < sent.size(); at += kBasicHeaderLength) {
        const auto pdu = scsi::decode_fields<SequenceNumbers>(BytesView(sent).subspan(at));
        numbers.push_back(pdu.stat_sn);
        EXPECT_EQ(pdu.exp_cmd_sn, 7U);
        EXPECT_EQ(pdu.max_cmd_sn, 10U);
    }
    EXPECT_EQ(numbers, (std::vector<std::uint32_t>{0, 1, 0, 1}));
    EXPECT_EQ(changes, 4);
}

TEST_F(SenderTest, SendsTheSameInAnyPieces) {
    const auto fill = [this] {
        Bytes whole = pattern(1000);
        const BytesView view(whole);
        sender.send_part(DataIn{}, StatSn::Absent, view.first(501));
        sender.send_last_part(DataIn{}, StatSn::Absent, view.subspan(501), std::move(whole));
        for (int count = 0; count < 100; ++count) sender.send(NopIn{}, StatSn::Absent, Bytes(5));
    };
    sender.use_digests(true, true);
    fill();
    const Bytes expected = all();
    EXPECT_EQ(expected.size(), (52 + 504 + 4) + (52 + 500 + 4) + 100U * (52 + 8 + 4));
    for (const std::size_t piece : {1, 3, 52, 1000}) {
        fill();
        EXPECT_EQ(all(piece), expected) << piece;
    }
}

TEST_F(SenderTest, RejectCarriesTheHeaderAndItsSegments) {
    sender.reject(RejectReason::ProtocolError, pattern(56));
    const Bytes sent = all();
    EXPECT_EQ(sent.at(0), 0x3F);
    EXPECT_EQ(sent.at(2), 0x04);
    EXPECT_EQ(Bytes(sent.begin() + 48, sent.end()), pattern(56));
    EXPECT_EQ(scsi::decode_fields<Reject>(sent).initiator_task_tag, kNoTag);
}

}  // namespace
}  // namespace nearline::iscsi
