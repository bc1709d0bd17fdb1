// What mode pages switch: compression, protection of blocks, append-only tapes, early warning.
#include <gtest/gtest.h>

#include "base/text.h"
#include "drives/block_protection.h"
#include "drives/security_commands.h"
#include "drives/tape_sense.h"
#include "media/compression.h"
#include "tests/drives/paged_drive.h"

namespace nearline::drives {
namespace {

using base::Bytes;
using scsi::check_condition;
using scsi::good;

class Modes : public PagedDriveTest {
protected:
    Modes() {
        power_on();
        load();
    }
};

// scsi-tape sheet 4.3: LTFS takes pages of any other length for missing.
TEST_F(Modes, ArePreciselyAsLongAsLtfsWants) {
    EXPECT_EQ(mode_data(0x10, 0x01).size(), 48U);
    EXPECT_EQ(mode_data(0x0A, 0xF0).size(), 48U);
    EXPECT_EQ(mode_data(0x0F).size(), 32U);
    EXPECT_EQ(mode_data(0x11).size(), 28U);
    EXPECT_EQ(mode_data(0x1D).size(), 48U);
}

// scsi-tape sheet 1.18 (CAP): page 10h of an LTO-9.
TEST_F(Modes, ShowTheCapturedDeviceConfiguration) {
    EXPECT_EQ(page(0x10),
              "100e"
              "00000000012c4000"
              "100000000190");
}

TEST_F(Modes, CompressOnlyWhileTheyShould) {
    const Bytes block(50'000, 0x33);
    EXPECT_EQ(write(block), good());
    EXPECT_LT(recorded.stored_before({0, 1}), 2'000U);
    EXPECT_EQ(select("0f0e 4080 000000ff 000000ff 00000000"), good());
    EXPECT_EQ(other.test_unit_ready(), check_condition(scsi::kModeParametersChanged));
    EXPECT_EQ(write(block), good());
    EXPECT_GT(recorded.stored_before({0, 2}), 50'000U);
    EXPECT_EQ(settled(host.send(Rewind{})).outcome, good());
    EXPECT_EQ(read(50'000).data, block);  // either way
    EXPECT_EQ(read(50'000).data, block);
}

TEST_F(Modes, DoNotCompressWithoutAnAlgorithm) {
    EXPECT_EQ(select("100e 00000000012c4000 100000000090"), good());
    EXPECT_EQ(write(Bytes(100'000, 0x33)), good());
    EXPECT_GE(recorded.stored_before({0, 1}), 100'000U);
}

TEST_F(Modes, CannotSwitchDecompressionOff) {
    EXPECT_EQ(select("0f0e c000 000000ff 000000ff 00000000"), invalid_parameter());
}

TEST_F(Modes, RefuseToUnpackWhatIsDamaged) {
    Bytes block(1000, 0x33);
    CompressingCodec codec;
    codec.compress_with(media::Compression::Lz4);
    auto encoded = codec.encode(block);
    ASSERT_TRUE(encoded);
    ASSERT_EQ(encoded->form.compression, media::Compression::Lz4);
    Bytes stored(encoded->stored().begin(), encoded->stored().end());
    Bytes back(1000);
    EXPECT_TRUE(codec.decode(encoded->form, stored, back));
    EXPECT_EQ(back, block);
    stored.pop_back();
    EXPECT_EQ(codec.decode(encoded->form, stored, back).error(), kUnrecoveredReadError);
}

TEST_F(Modes, TellTheWarningTheHostHasAskedFor) {
    recorded = media::ListMedium{4'000'000};
    reload();
    EXPECT_EQ(select("0f0e 4080 000000ff 000000ff 00000000"), good());
    EXPECT_EQ(select_extension(0x02, 1), good());
    EXPECT_EQ(write(Bytes(2'500'000, 1)), good());
    EXPECT_EQ(write(Bytes(1'000'000, 1)),
              check_condition(kProgrammableEarlyWarning.with_information(0)));
    reload();  // it outlives the load
    EXPECT_EQ(settled(host.send(Space6{.code = 3})).outcome, good());
    EXPECT_EQ(write(Bytes(10, 1)), check_condition(kProgrammableEarlyWarning.with_information(0)));
}

TEST_F(Modes, MakeATapeOneCanOnlyAddTo) {
    EXPECT_EQ(write(Bytes(10, 1)), good());
    EXPECT_EQ(write(Bytes(10, 2)), good());
    EXPECT_EQ(select_extension(0x12, 0), good());
    EXPECT_EQ(write(Bytes(10, 3)), good());
    settled(host.send(Locate16{.identifier = 1}));
    EXPECT_EQ(write(Bytes(10, 4)), check_condition(kAppendOnly));
    EXPECT_EQ(settled(host.send(WriteFilemarks6{.count = 1})).outcome,
              check_condition(kAppendOnly));
    EXPECT_EQ(settled(host.send(Erase6{})).outcome, check_condition(kAppendOnly));
    // Once, and only here.
    EXPECT_EQ(settled(host.send(AllowOverwrite{.kind = 1, .object = 2})).outcome,
              check_condition(scsi::kInvalidFieldInCdb));
    EXPECT_EQ(settled(host.send(AllowOverwrite{.kind = 1, .object = 1})).outcome, good());
    EXPECT_EQ(write(Bytes(10, 5)), good());
    EXPECT_EQ(recorded.end_of_data(0), 2U);
    settled(host.send(Locate16{.identifier = 1}));
    EXPECT_EQ(write(Bytes(10, 6)), check_condition(kAppendOnly));
}

TEST_F(Modes, KeepAppendOnlyUntilTheTapeIsUnloaded) {
    EXPECT_EQ(settled(host.send(AllowOverwrite{.kind = 1})).outcome,
              check_condition(kNotInAppendOnlyMode));
    EXPECT_EQ(select_extension(0x12, 0), good());
    EXPECT_EQ(select_extension(0x02, 0), invalid_parameter());
    reload();
    EXPECT_EQ(page(0x10, 0x01).substr(8, 8), "00020000");
    EXPECT_EQ(select_extension(0x22, 0), invalid_parameter());
    EXPECT_EQ(select_extension(0x03, 0), invalid_parameter());
}

TEST_F(Modes, SayWhetherAShortEraseDoesAnything) {
    write(Bytes(10, 1));
    settled(host.send(Rewind{}));
    EXPECT_EQ(select_extension(0x01, 0), good());
    EXPECT_EQ(settled(host.send(Erase6{})).outcome, good());
    EXPECT_EQ(recorded.end_of_data(0), 1U);
    EXPECT_EQ(select_extension(0x02, 0), good());
    EXPECT_EQ(settled(host.send(Erase6{})).outcome, good());
    EXPECT_EQ(recorded.end_of_data(0), 0U);
}

// One SELECT with three pages; the last one alone would be refused before.
TEST_F(Modes, TakeAllPagesOfAList) {
    EXPECT_EQ(select("0f0e 4080 000000ff 000000ff 00000000"
                     "5001001c 00120005" +
                     std::string(48, '0') + "110a 0301 3c03 1900 0001ffff"),
              good());
    EXPECT_EQ(page(0x0F).substr(4, 4), "4080");
    EXPECT_EQ(page(0x10, 0x01).substr(8, 8), "00120005");
    EXPECT_EQ(page(0x11), "110a03013c0319000001ffff");
}

TEST_F(Modes, TellOfAWormCartridge) {
    eject();
    load(a_cartridge(Generation::Lto9, CartridgeType::Worm));
    EXPECT_EQ(page(0x1D).substr(0, 12), "1d1e01000102");
    eject();
    load();
    EXPECT_EQ(page(0x1D), "1d1e" + std::string(60, '0'));
}

TEST_F(Modes, ShowThePartitionTheTapeIsIn) {
    EXPECT_TRUE(recorded.format({1'000'000, 2'000'000}));
    settled(host.send(Locate16{.cp = true, .partition = 1}));
    EXPECT_EQ(page(0x10).substr(4, 4), "0001");
}

// CAP of page 10h (scsi-tape sheet 1.18).
TEST_F(Modes, TakeTheTapeToAnotherPartition) {
    EXPECT_TRUE(recorded.format({1'000'000, 2'000'000}));
    EXPECT_EQ(write(Bytes(10, 1)), good());
    const sim::Time before = simulation.now();
    EXPECT_EQ(select("100e 4001 0000 012c 4000 1000 0000 0190"), good());
    EXPECT_GT(simulation.now(), before);  // it was on its way meanwhile
    EXPECT_EQ(page(0x10).substr(4, 4), "0001");
    ReadPosition where;
    EXPECT_EQ(base::to_hex(settled(host.send(where)).data).substr(0, 4), "8001");
    EXPECT_EQ(other.test_unit_ready(), check_condition(scsi::kModeParametersChanged));
    EXPECT_EQ(select("100e 4002 0000 012c 4000 1000 0000 0190"), invalid_parameter());
    EXPECT_EQ(select("100e 0000 0000 012c 4000 1000 0000 0190"), good());  // no CAP
    EXPECT_EQ(page(0x10).substr(4, 4), "0001");
    eject();
    EXPECT_EQ(select("100e 4000 0000 012c 4000 1000 0000 0190"),
              check_condition(scsi::kMediumNotPresent));
}

TEST_F(Modes, HaveDefaultsThatDoNotDependOnTheTape) {
    EXPECT_TRUE(recorded.format({1'000'000, 2'000'000}));
    settled(host.send(Locate16{.cp = true, .partition = 1}));
    const auto defaults = [&](std::uint8_t code) {
        scsi::ModeSense6 command;
        command.dbd = true;
        command.page_control = scsi::ModePageControl::Default;
        command.page_code = code;
        command.allocation_length = 255;
        return base::to_hex(settled(host.send(command)).data).substr(8);
    };
    EXPECT_EQ(defaults(0x11), "110a03001c03190000000000");
    EXPECT_EQ(defaults(0x10), "100e00000000012c4000100000000190");
    EXPECT_NE(page(0x11), defaults(0x11));
}

class Protecting : public Modes {
protected:
    static Bytes with_check(const Bytes& block,
                            ProtectionMethod method = ProtectionMethod::Crc32c) {
        Bytes whole = block;
        const Bytes check = protection_of(method, block);
        whole.insert(whole.end(), check.begin(), check.end());
        return whole;
    }
    scsi::Outcome protect(int method, int switches, int length = 4) {
        std::string list = "4af0001c";
        for (const int byte : {method, length, switches}) {
            const auto value = static_cast<std::uint8_t>(byte);
            list += base::to_hex(scsi::BytesView(&value, 1));
        }
        return select(list + std::string(50, '0'));
    }
};

// RFC 7143 A.4: 32 zero bytes as they stand in an iSCSI digest, AA 36 91 8A.
TEST_F(Protecting, ComputesTheTwoChecks) {
    EXPECT_EQ(base::to_hex(protection_of(ProtectionMethod::Crc32c, Bytes(32))), "aa36918a");
    // A single 1 leaves the generator polynomial itself (ECMA-319), its top coefficient aside.
    EXPECT_EQ(reed_solomon_crc(Bytes{0x01}), 0x38CF3801U);
    EXPECT_EQ(reed_solomon_crc(Bytes{0x02}), 0x70837002U);
    EXPECT_EQ(reed_solomon_crc(Bytes(100)), 0U);
    // A block followed by its check leaves nothing.
    Bytes block{1, 2, 3, 4, 5, 6, 7};
    EXPECT_EQ(reed_solomon_crc(with_check(block, ProtectionMethod::ReedSolomon)), 0U);
}

TEST_F(Protecting, TakesBlocksWithTheirCheckAndGivesThemWithIt) {
    EXPECT_EQ(protect(2, 0xC0), good());
    const Bytes block(1000, 0x33);
    EXPECT_EQ(write(with_check(block)), good());
    EXPECT_EQ(recorded.form({0, 0})->length, 1000U);
    settled(host.send(Rewind{}));
    const Answer whole = read(1004);
    EXPECT_EQ(whole.outcome, good());
    EXPECT_EQ(whole.data, with_check(block));
    settled(host.send(Rewind{}));
    EXPECT_EQ(read(1000).outcome,
              check_condition(kIncorrectBlockLength.with_information(0xFFFFFFFC)));
    settled(host.send(Rewind{}));
    EXPECT_EQ(protect(2, 0x80), good());  // when writing only
    EXPECT_EQ(read(1000).data, block);
}

TEST_F(Protecting, KeepsDamagedBlocksOffTheTape) {
    EXPECT_EQ(protect(2, 0x80), good());
    Bytes damaged = with_check(Bytes(1000, 0x33));
    damaged[500] ^= 0x10;
    EXPECT_EQ(write(damaged), check_condition(kBlockGuardCheckFailed.with_information(1004)));
    EXPECT_EQ(recorded.end_of_data(0), 0U);
    EXPECT_EQ(write(Bytes(4, 0)), check_condition(scsi::kInvalidFieldInCdb));
}

// All that a drive does to a block, at once: the check is held against the host's bytes, these are
// compressed, and what that leaves is encrypted.
TEST_F(Protecting, WorksOnCompressedAndEncryptedBlocks) {
    EXPECT_EQ(protect(2, 0xC0), good());
    Bytes keys;
    base::ByteWriter(keys).u16(0x0010).u16(16 + 32).u8(1U << 5).u8(0).u8(2).u8(2);
    base::ByteWriter(keys).u8(1).u8(0).u8(0).zeros(7).u16(32).bytes(Bytes(32, 0xA5));
    SecurityProtocolOut set_key;
    set_key.protocol = 0x20;
    set_key.page = 0x0010;
    set_key.list_length = static_cast<std::uint32_t>(keys.size());
    EXPECT_EQ(settled(host.send(set_key, keys)).outcome, good());

    const Bytes block(50'000, 0x33);
    EXPECT_EQ(write(with_check(block)), good());
    const media::BlockForm form = *recorded.form({0, 0});
    EXPECT_EQ(form.length, block.size());
    EXPECT_LT(form.stored, 2'000U);
    EXPECT_NE(form.compression, media::Compression::None);
    EXPECT_TRUE(form.encryption);
    Bytes stored(form.stored);
    EXPECT_TRUE(recorded.read({0, 0}, stored));
    Bytes room;
    const auto compressed = media::compress(form.compression, block, room);
    EXPECT_FALSE(std::equal(stored.begin(), stored.end(), compressed->begin(), compressed->end()));
    settled(host.send(Rewind{}));
    EXPECT_EQ(read(50'004).data, with_check(block));
    settled(host.send(Rewind{}));
    EXPECT_EQ(protect(2, 0x80), good());  // when writing only
    EXPECT_EQ(read(50'000).data, block);

    Bytes damaged = with_check(block);
    damaged[500] ^= 0x10;
    EXPECT_EQ(write(damaged).sense.asc, kBlockGuardCheckFailed.asc);
    EXPECT_EQ(recorded.end_of_data(0), 1U);
}

TEST_F(Protecting, CountsTheCheckInFixedBlocks) {
    EXPECT_EQ(protect(2, 0xC0), good());
    scsi::ModeSelect6 command{.pf = true, .parameter_list_length = 12};
    EXPECT_EQ(host.send(command, Bytes{0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, 0, 14})->outcome, good());
    Bytes both = with_check(Bytes(10, 1));
    const Bytes second = with_check(Bytes(10, 2));
    both.insert(both.end(), second.begin(), second.end());
    EXPECT_EQ(settled(host.send(Write6{.fixed = true, .transfer_length = 2}, both)).outcome,
              good());
    settled(host.send(Rewind{}));
    EXPECT_EQ(settled(host.send(Read6{.fixed = true, .transfer_length = 2})).data, both);
}

TEST_F(Protecting, RefusesAnotherMethodOrHalfOfOne) {
    EXPECT_EQ(protect(1, 0xC0), invalid_parameter());
    EXPECT_EQ(protect(3, 0xC0), invalid_parameter());
    EXPECT_EQ(protect(2, 0xC0, 3), invalid_parameter());
    EXPECT_EQ(protect(0, 0xC0), invalid_parameter());
    EXPECT_EQ(settled(host.send(Verify6{.vlbpm = true, .verification_length = 1})).outcome,
              check_condition(scsi::kInvalidFieldInCdb));
    EXPECT_EQ(protect(2, 0x00), good());
    EXPECT_EQ(write(Bytes(10, 1)), good());  // nothing switched on
}

}  // namespace
}  // namespace nearline::drives
