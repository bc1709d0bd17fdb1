// Keys as hosts set them, and what they do to blocks (scsi-tape sheet 1.20).
#include "drives/encryption.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "drives/tape_sense.h"
#include "tests/drives/a_drive.h"

namespace nearline::drives {
namespace {

using namespace std::chrono_literals;

using base::Bytes;
using scsi::check_condition;
using scsi::good;

constexpr int kOff = 0;
constexpr int kRaw = 1;
constexpr int kOn = 2;
constexpr int kMixed = 3;

// A Set Data Encryption page; `kads` are whole descriptors.
struct KeyPage {
    int scope = 1;
    int lock = 0;
    int flags = 0;  // CEEM, RDMC, SDK, CKOD, CKORP, CKORL
    int encryption = kOn;
    int decryption = kOn;
    Bytes key = Bytes(32, 0xA5);
    Bytes kads;

    Bytes encoded() const {
        Bytes list;
        base::ByteWriter out(list);
        out.u16(0x0010).u16(16 + key.size() + kads.size());
        out.u8(static_cast<unsigned>(scope << 5 | lock)).u8(static_cast<unsigned>(flags));
        out.u8(static_cast<unsigned>(encryption)).u8(static_cast<unsigned>(decryption));
        out.u8(1).u8(0).u8(0).zeros(7).u16(key.size()).bytes(key).bytes(kads);
        return list;
    }
};

class Encrypted : public DriveTest {
protected:
    Encrypted() {
        power_on();
        load();
    }
    scsi::Outcome send_list(Host& from, const Bytes& list) {
        SecurityProtocolOut command;
        command.protocol = 0x20;
        command.page = 0x0010;
        command.list_length = static_cast<std::uint32_t>(list.size());
        return from.send(command, list)->outcome;
    }
    scsi::Outcome set(const KeyPage& page, Host& from) { return send_list(from, page.encoded()); }
    scsi::Outcome set(const KeyPage& page) { return set(page, host); }
    std::string page(int code, Host& reader, int protocol = 0x20) {
        SecurityProtocolIn command;
        command.protocol = static_cast<std::uint8_t>(protocol);
        command.page = static_cast<std::uint16_t>(code);
        command.allocation_length = 8192;
        return base::to_hex(ended(reader.send(command)).data);
    }
    std::string page(int code) { return page(code, host); }
    Answer ended(const std::shared_ptr<Answer>& answer) {
        while (!answer->has_come && simulation.run_next()) {
        }
        EXPECT_TRUE(answer->has_come);
        return *answer;
    }
    scsi::Outcome record(const Bytes& block, Host& writer) {
        Write6 command;
        command.transfer_length = static_cast<std::uint32_t>(block.size());
        return ended(writer.send(command, block)).outcome;
    }
    scsi::Outcome record(const Bytes& block) { return record(block, host); }
    Answer read(std::uint32_t length, Host& reader) {
        Read6 command;
        command.transfer_length = length;
        return ended(reader.send(command));
    }
    Answer read(std::uint32_t length) { return read(length, host); }
    void rewind() { ended(host.send(Rewind{})); }
    std::uint32_t position() {
        return scsi::decode_fields<ShortPosition>(ended(host.send(ReadPosition{})).data)
            .first_object;
    }
    Bytes on_tape(std::uint64_t object) {
        Bytes stored(recorded.form({0, object})->stored);
        EXPECT_TRUE(recorded.read({0, object}, stored));
        return stored;
    }
};

TEST_F(Encrypted, WhatIsOnTapeIsNotWhatTheHostWroteAndComesBack) {
    const Bytes block(1000, 0x42);
    EXPECT_EQ(set({}), good());
    EXPECT_EQ(record(block), good());
    EXPECT_NE(on_tape(0), block);
    EXPECT_THAT(on_tape(0), testing::Contains(testing::Ne(on_tape(0).front())));
    const media::BlockForm form = *recorded.form({0, 0});
    EXPECT_EQ(form.encryption->nonce.size(), 12U);
    EXPECT_EQ(form.encryption->tag.size(), 16U);
    rewind();
    EXPECT_EQ(read(1000).data, block);
}

TEST_F(Encrypted, TheSameBlockIsAnotherUnderAnotherKey) {
    const Bytes block(64, 0x42);
    EXPECT_EQ(set({}), good());
    EXPECT_EQ(record(block), good());
    EXPECT_EQ(record(Bytes(64, 0x43)), good());
    EXPECT_EQ(set({.key = Bytes(32, 0x5A)}), good());
    EXPECT_EQ(record(block), good());
    const auto nonce = [&](std::uint64_t object) {
        return recorded.form({0, object})->encryption->nonce;
    };
    EXPECT_NE(nonce(0), nonce(1));
    EXPECT_NE(nonce(0), nonce(2));
    EXPECT_NE(on_tape(0), on_tape(2));
}

// The position stays before the block (scsi-tape sheet 6, 27).
TEST_F(Encrypted, WithoutTheKeyTheBlockStaysAhead) {
    EXPECT_EQ(set({}), good());
    EXPECT_EQ(record(Bytes(10, 1)), good());
    rewind();
    EXPECT_EQ(set({.key = Bytes(32, 0x5A)}), good());
    EXPECT_EQ(read(10).outcome, check_condition(kIncorrectKey.with_information(10)));
    EXPECT_EQ(read(10, other).outcome, check_condition(kUnableToDecrypt.with_information(10)));
    EXPECT_EQ(position(), 0U);
    EXPECT_EQ(set({}), good());
    EXPECT_EQ(read(10).outcome, good());
}

TEST_F(Encrypted, ADriveThatDecryptsRefusesPlainBlocksUnlessMixed) {
    EXPECT_EQ(record(Bytes(10, 1)), good());
    rewind();
    EXPECT_EQ(set({}), good());
    EXPECT_EQ(read(10).outcome, check_condition(kUnencryptedData.with_information(10)));
    EXPECT_EQ(position(), 0U);
    EXPECT_EQ(set({.decryption = kMixed}), good());
    EXPECT_EQ(read(10).data, Bytes(10, 1));
}

TEST_F(Encrypted, ATamperedBlockFailsItsTag) {
    DataEncryption parameters;
    parameters.encryption = EncryptionMode::Encrypt;
    parameters.decryption = DecryptionMode::Decrypt;
    parameters.key = Bytes(32, 7);
    parameters.authenticated_kad = {1, 2, 3};
    PlainCodec plain;
    EncryptingCodec codec(plain);
    codec.use(parameters);
    const Bytes block(100, 9);
    auto encoded = codec.encode(block);
    ASSERT_TRUE(encoded);
    Bytes out(100);
    EXPECT_TRUE(codec.decode(encoded->form, encoded->stored(), out));
    EXPECT_EQ(out, block);
    Bytes stored(encoded->stored().begin(), encoded->stored().end());
    stored[50] ^= 1;
    const auto failed = codec.decode(encoded->form, stored, out);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error(), kIntegrityFailed);
    encoded->form.encryption->authenticated_kad[0] ^= 1;
    EXPECT_FALSE(codec.decode(encoded->form, encoded->stored(), out));
}

// RDMC 10b lets blocks be read raw, 11b and 00b do not.
TEST_F(Encrypted, RawReadsGiveWhatIsOnTapeWhereTheWriterAllowedIt) {
    EXPECT_EQ(set({.flags = 0x20}), good());
    EXPECT_EQ(record(Bytes(10, 1)), good());
    EXPECT_EQ(set({}), good());
    EXPECT_EQ(record(Bytes(10, 1)), good());
    rewind();
    EXPECT_EQ(set({.decryption = kRaw}), good());
    const Answer raw = read(26);
    EXPECT_EQ(raw.outcome, good());
    Bytes expected = on_tape(0);
    const Bytes tag = recorded.form({0, 0})->encryption->tag;
    expected.insert(expected.end(), tag.begin(), tag.end());
    EXPECT_EQ(raw.data, expected);
    EXPECT_EQ(read(26).outcome, check_condition(kRawReadDisabled.with_information(26)));
}

TEST_F(Encrypted, AKeyForAllHoldsForAllAndTellsThem) {
    EXPECT_EQ(set({.scope = 2}), good());
    EXPECT_EQ(other.test_unit_ready(), check_condition(kEncryptionParametersChanged));
    EXPECT_EQ(record(Bytes(10, 1)), good());
    rewind();
    EXPECT_EQ(read(10, other).data, Bytes(10, 1));
    EXPECT_EQ(set({.scope = 1, .key = Bytes(32, 1)}), good());
    EXPECT_EQ(other.test_unit_ready(), good());  // not concerned
    rewind();
    EXPECT_EQ(read(10).outcome.sense.ascq, 0x03);
    EXPECT_EQ(set({.scope = 0}), good());  // public: what holds for all
    EXPECT_EQ(read(10).data, Bytes(10, 1));
}

TEST_F(Encrypted, ALockedNexusNoticesAnotherKey) {
    EXPECT_EQ(set({.scope = 2, .lock = 1}), good());
    EXPECT_EQ(record(Bytes(10, 1)), good());
    other.clear_attentions();
    EXPECT_EQ(set({.scope = 2, .key = Bytes(32, 1)}, other), good());
    host.clear_attentions();
    EXPECT_EQ(record(Bytes(10, 1)), check_condition(kKeyInstanceChanged));
    EXPECT_EQ(read(10).outcome, check_condition(kKeyInstanceChanged));
    EXPECT_EQ(set({.scope = 0}), good());
    EXPECT_EQ(record(Bytes(10, 1)), good());
}

TEST_F(Encrypted, CkodDropsTheKeyWithTheCartridge) {
    EXPECT_EQ(set({.flags = 0x04}), good());
    EXPECT_EQ(record(Bytes(10, 1)), good());
    ended(host.send(LoadUnload{}));
    ended(host.send(LoadUnload{.load = true}));
    host.clear_attentions();
    EXPECT_EQ(read(10).outcome, check_condition(kUnableToDecrypt.with_information(10)));
    EXPECT_EQ(set({}), good());
    ended(host.send(LoadUnload{}));
    ended(host.send(LoadUnload{.load = true}));
    host.clear_attentions();
    EXPECT_EQ(read(10).outcome, good());
}

TEST_F(Encrypted, KeysGoWithAResetAndWithTheirNexus) {
    EXPECT_EQ(set({.scope = 2}), good());
    drive.unit().reset(scsi::kLogicalUnitReset);
    host.clear_attentions();
    EXPECT_EQ(page(0x20).substr(8, 8), "00000000");
    EXPECT_EQ(set({}), good());
    EXPECT_EQ(page(0x20).substr(8, 8), "21020201");
    host.reconnect();
    host.clear_attentions();
    EXPECT_EQ(page(0x20).substr(8, 8), "00000000");
}

TEST_F(Encrypted, WithoutAVolumeTheAlgorithmIsValidForNone) {
    ended(host.send(LoadUnload{}));
    EXPECT_EQ(page(0x0010).substr(2 * 24, 4), "3a18");
}

// Protocol 00h: six reserved bytes, the length, 00 and 20.
TEST_F(Encrypted, TheListsNameWhatThereIs) {
    EXPECT_EQ(page(0x0000, host, 0),
              "000000000000"
              "0002"
              "0020");
    EXPECT_EQ(page(0x0001, host, 0), "00000000");
    EXPECT_EQ(page(0x0000),
              "00000010"
              "00000001001000110012002000210030");
    EXPECT_EQ(page(0x0001),
              "00010002"
              "0010");
    EXPECT_EQ(page(0x0011),
              "00110001"
              "00");
    EXPECT_EQ(page(0x0012),
              "0012000c"
              "01040007"
              "0000000000000000");
    EXPECT_EQ(page(0x0030).size(), 2U * 36);
    EXPECT_NE(page(0x0030), page(0x0030));
}

// Descriptor length 14h, key size 32, algorithm 00010014h: what proxmox demands.
TEST_F(Encrypted, CapabilitiesAreThoseOfAes256Gcm) {
    EXPECT_EQ(page(0x0010),
              "00100028"
              "00000000000000000000000000000000"
              "01000014"
              "ba98"
              "0020"
              "000c"
              "0020"
              "19"
              "00000000000000"
              "00010014");
}

TEST_F(Encrypted, StatusTellsModesScopesAndKeyAssociatedData) {
    EXPECT_EQ(page(0x0020),
              "00200014"
              "00000000"
              "00000000"
              "1000"
              "00000000000000000000");
    KeyPage key;
    key.kads = *base::from_hex(
        "00000003"
        "616263"
        "01000002"
        "7879");
    EXPECT_EQ(set(key), good());
    EXPECT_EQ(page(0x0020),
              "00200021"
              "21020201"
              "00000001"
              "1100"
              "00000000000000000000"
              "00000003"
              "616263"
              "01000002"
              "7879");
    EXPECT_EQ(page(0x0020, other).substr(8, 8), "00000000");
}

TEST_F(Encrypted, NextBlockStatusTellsWhatComes) {
    KeyPage key;
    key.kads = *base::from_hex("00000003616263");
    EXPECT_EQ(set(key), good());
    EXPECT_EQ(record(Bytes(10, 1)), good());
    EXPECT_EQ(set({.encryption = kOff, .decryption = kMixed}), good());
    EXPECT_EQ(record(Bytes(10, 1)), good());
    rewind();
    EXPECT_EQ(page(0x0021),
              "00210013"
              "0000000000000000"
              "35"
              "01"
              "01"
              "00"
              "00010003"
              "616263");
    EXPECT_EQ(page(0x0021, other).substr(24, 2), "36");
    EXPECT_EQ(read(10).outcome, good());
    EXPECT_EQ(page(0x0021),
              "0021000c"
              "0000000000000001"
              "33"
              "00"
              "00"
              "00");
    EXPECT_EQ(read(10).outcome, good());
    EXPECT_EQ(page(0x0021),
              "0021000c"
              "0000000000000002"
              "22"
              "00"
              "00"
              "00");
}

TEST(KeyRequests, AreRefusedAtTheirPlace) {
    const auto where = [](const Bytes& list) {
        const auto request = parse_key_request(list);
        EXPECT_FALSE(request);
        if (request || !request.error().field) return -1;
        EXPECT_TRUE(request.error().is(scsi::kInvalidFieldInParameterList));
        return int{request.error().field->byte};
    };
    const auto changed = [](std::size_t byte, int value) {
        Bytes list = KeyPage{}.encoded();
        list[byte] = static_cast<std::uint8_t>(value);
        return list;
    };
    EXPECT_TRUE(parse_key_request(KeyPage{}.encoded()));
    EXPECT_EQ(where(changed(1, 0x11)), 0);
    EXPECT_EQ(where(changed(4, 0x60)), 4);  // scope 3
    EXPECT_EQ(where(changed(5, 0x10)), 5);  // RDMC 01b
    EXPECT_EQ(where(changed(5, 0x08)), 5);  // SDK
    EXPECT_EQ(where(changed(5, 0x01)), 5);  // CKORL
    EXPECT_EQ(where(changed(6, 1)), 6);     // external
    EXPECT_EQ(where(changed(7, 4)), 7);
    EXPECT_EQ(where(changed(8, 2)), 8);
    EXPECT_EQ(where(changed(9, 1)), 9);
    EXPECT_EQ(where(changed(10, 3)), 10);
    EXPECT_EQ(where(changed(12, 1)), 12);   // reserved
    EXPECT_EQ(where(changed(19, 16)), 18);  // a key of 16 bytes
    EXPECT_EQ(where(KeyPage{.key = Bytes(0)}.encoded()), 18);
    EXPECT_EQ(where(KeyPage{.key = Bytes(4000)}.encoded()), 18);
    const auto with = [](const char* kads) {
        return KeyPage{.kads = *base::from_hex(kads)}.encoded();
    };
    EXPECT_EQ(where(with("0200000c000000000000000000000000")), 52);  // a nonce
    EXPECT_EQ(where(with("03000000")), 52);                          // M-KAD
    EXPECT_EQ(where(with("010000016100000001"
                         "61")),
              57);  // descending
    EXPECT_EQ(where(with("0100000d00000000000000000000000000")), 54);
    Bytes long_kad = *base::from_hex("00000021");
    long_kad.resize(4 + 33);
    EXPECT_EQ(where(KeyPage{.kads = long_kad}.encoded()), 54);
}

TEST(KeyRequests, MaySayAnythingOfAuthentication) {
    const auto request =
        parse_key_request(KeyPage{.kads = *base::from_hex("00f1000161")}.encoded());
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(request->parameters.unauthenticated_kad, Bytes{0x61});
}

TEST(KeyRequests, ThatAreCutAreRefused) {
    const auto refusal = [](const Bytes& list) {
        const auto request = parse_key_request(list);
        return request ? scsi::kNoSense : request.error();
    };
    const Bytes whole = KeyPage{.kads = *base::from_hex("00000003616263")}.encoded();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        EXPECT_EQ(refusal(cut), scsi::kParameterListLengthError) << length;
        if (length < 20) continue;
        base::store_big_endian(cut, 2, 2, length - 4);
        const bool is_whole_without_kad = length == 52;
        EXPECT_EQ(refusal(cut),
                  is_whole_without_kad ? scsi::kNoSense : scsi::kParameterListLengthError)
            << length;
    }
}

TEST_F(Encrypted, CommandsAreRefusedWhereTheyAreWrong) {
    SecurityProtocolOut out;
    out.protocol = 0x20;
    out.page = 0x0011;
    EXPECT_EQ(host.send(out)->outcome, check_condition(scsi::kInvalidFieldInCdb));
    out.page = 0x0010;
    EXPECT_EQ(host.send(out)->outcome, check_condition(scsi::kParameterListLengthError));
    out.list_length = 0xFFFFFFFF;
    EXPECT_EQ(host.send(out)->outcome, check_condition(scsi::kInvalidFieldInCdb));
    SecurityProtocolIn in;
    in.protocol = 0xEE;
    EXPECT_EQ(host.send(in)->outcome, check_condition(scsi::kInvalidFieldInCdb));
    in.protocol = 0x20;
    in.page = 0x0031;
    EXPECT_EQ(host.send(in)->outcome, check_condition(scsi::kInvalidFieldInCdb));
    in.page = 0;
    in.counts_512 = true;
    EXPECT_EQ(host.send(in)->outcome, check_condition(scsi::kInvalidFieldInCdb));
}

// Byte 1 protocol, 2 page, 6 length.
TEST(SecurityCommands, AreAsTheSheetHasThem) {
    const Bytes in = *base::from_hex("a22000210000000020000000");
    const auto command = scsi::decode_fields<SecurityProtocolIn>(in);
    EXPECT_EQ(command.protocol, 0x20);
    EXPECT_EQ(command.page, 0x0021);
    EXPECT_EQ(command.allocation_length, 0x2000U);
    EXPECT_EQ(scsi::encode_cdb(command), in);
    const Bytes out = *base::from_hex("b52000100000000000340000");
    EXPECT_EQ(scsi::decode_fields<SecurityProtocolOut>(out).data_out_length(), 0x34U);
}

}  // namespace
}  // namespace nearline::drives
