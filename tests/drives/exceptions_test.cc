// How hosts learn of TapeAlert flags without asking (mode page 1Ch), and each flag with its cause.
#include <gtest/gtest.h>

#include "drives/tape_alerts.h"
#include "tests/drives/paged_drive.h"

namespace nearline::drives {
namespace {

using base::Bytes;
using scsi::check_condition;
using scsi::good;
using scsi::SenseKey;

class Exceptions : public PagedDriveTest {
protected:
    explicit Exceptions(DriveProfile given = paged_profile()) : PagedDriveTest(std::move(given)) {
        power_on();
        load();
    }
    scsi::Outcome except(std::string_view switches_and_method,
                         std::string_view number = "00000000") {
        return select("1c0a" + std::string(switches_and_method) + "00000000" + std::string(number));
    }
    static scsi::Outcome predicted(SenseKey key, std::uint8_t ascq = 0) {
        return check_condition({key, 0x5D, ascq});
    }
    // WRITE to a protected cartridge raises flag 9 and fails; the next command tells of it.
    void raise_write_protect() {
        media::CartridgeDescription protected_one = a_cartridge().description();
        protected_one.is_write_protected = true;
        eject();
        load(media::Cartridge(protected_one));
        EXPECT_EQ(write(Bytes(10, 1)).sense.key, SenseKey::DataProtect);
    }
    std::string response(std::uint8_t log_page) {
        scsi::LogSense command;
        command.page_control = scsi::LogPageControl::Cumulative;
        command.page_code = log_page;
        command.allocation_length = 4096;
        return base::to_hex(settled(host.send(command)).data);
    }
    std::uint64_t flags() { return base::load_big_endian(*base::from_hex(response(0x12)), 8, 8); }
    static std::uint64_t flag(unsigned number) { return std::uint64_t{1} << (64 - number); }
};

TEST_F(Exceptions, AreNotToldUnlessSomebodyWantsThem) {
    raise_write_protect();
    EXPECT_EQ(host.test_unit_ready(), good());
    EXPECT_EQ(page(0x1C), "1c0a08040000000000000000");
}

TEST_F(Exceptions, AreToldOnceToEachNexusByACommandThatSucceeds) {
    EXPECT_EQ(except("0004"), good());
    other.clear_attentions();
    raise_write_protect();
    EXPECT_EQ(settled(host.send(scsi::Inquiry{.allocation_length = 36})).outcome, good());
    const Answer read = settled(host.send(ReadBlockLimits{}));
    EXPECT_EQ(read.outcome, predicted(SenseKey::RecoveredError));
    EXPECT_EQ(read.data.size(), 6U);  // it has been done all the same
    EXPECT_EQ(host.test_unit_ready(), good());
    EXPECT_EQ(other.test_unit_ready(), predicted(SenseKey::RecoveredError));
    EXPECT_EQ(other.test_unit_ready(), good());
}

TEST_F(Exceptions, AreToldTheWayTheHostHasChosen) {
    EXPECT_EQ(except("0003"), good());
    raise_write_protect();
    EXPECT_EQ(host.test_unit_ready(), predicted(SenseKey::RecoveredError));
    EXPECT_EQ(except("0005"), good());
    raise_write_protect();
    EXPECT_EQ(host.test_unit_ready(), predicted(SenseKey::NoSense));
    EXPECT_EQ(except("0002"), good());
    raise_write_protect();
    EXPECT_EQ(host.test_unit_ready(), predicted(SenseKey::UnitAttention));
}

TEST_F(Exceptions, WaitForRequestSenseWithMethodSix) {
    EXPECT_EQ(except("0006"), good());
    const auto sense = [&] {
        const auto data = settled(host.send(scsi::RequestSense{.allocation_length = 18})).data;
        return scsi::decode_sense(data).value();
    };
    EXPECT_TRUE(sense().is(scsi::kNoSense));
    raise_write_protect();
    EXPECT_EQ(host.test_unit_ready(), good());
    EXPECT_TRUE(sense().is({SenseKey::NoSense, 0x5D, 0x00}));
    EXPECT_TRUE(sense().is({SenseKey::NoSense, 0x5D, 0x00}));  // while it lasts
    EXPECT_EQ(settled(host.send(scsi::LogSelect{.pcr = true, .page_code = 0x2E})).outcome, good());
    EXPECT_TRUE(sense().is(scsi::kNoSense));
}

TEST_F(Exceptions, AreOverWhenTheirFlagsHaveBeenRead) {
    EXPECT_EQ(except("0004"), good());
    raise_write_protect();
    EXPECT_EQ(response(0x2E).substr(8 + 8 * 10 + 8, 2), "01");
    EXPECT_EQ(host.test_unit_ready(), good());
}

TEST_F(Exceptions, CanBeTried) {
    EXPECT_EQ(except("0404"), good());
    EXPECT_EQ(host.test_unit_ready(), predicted(SenseKey::RecoveredError, 0xFF));
    EXPECT_EQ(host.test_unit_ready(), good());
    EXPECT_EQ(page(0x1C), "1c0a00040000000000000000");
}

TEST_F(Exceptions, CanBeTriedFlagByFlag) {
    EXPECT_EQ(write(Bytes(10, 1)), good());
    settled(host.send(Rewind{}));
    EXPECT_EQ(except("0004"), good());
    EXPECT_EQ(except("0404", "00000014"), good());
    EXPECT_EQ(host.test_unit_ready(), predicted(SenseKey::RecoveredError));
    EXPECT_EQ(flags(), flag(20));
    EXPECT_EQ(except("0404", "ffffffec"), good());
    EXPECT_EQ(flags(), 0U);
    EXPECT_EQ(except("0404", "00007fff"), good());
    EXPECT_EQ(host.test_unit_ready(), predicted(SenseKey::RecoveredError));
    EXPECT_EQ(flags(), UINT64_MAX);
}

TEST_F(Exceptions, RefuseTrialsThatMeanNothing) {
    EXPECT_EQ(except("0c04"), invalid_parameter());
    EXPECT_EQ(except("0404", "00000041"), invalid_parameter());
    EXPECT_EQ(except("0404", "ffffffbf"), invalid_parameter());
    EXPECT_EQ(except("0001"), invalid_parameter());
    EXPECT_EQ(except("0007"), invalid_parameter());
}

// scsi-tape sheet 2.2, for every flag whose cause there is here; the others are tried above.
class Flags : public Exceptions {
protected:
    explicit Flags(DriveProfile given = paged_profile()) : Exceptions(std::move(given)) {}
    void load_with(media::CartridgeDescription cartridge) {
        eject();
        load(media::Cartridge(std::move(cartridge)));
    }
    static media::CartridgeDescription a_description() { return a_cartridge().description(); }
    void unplug() {
        drive.power_off();
        power_on();
        pass(std::chrono::seconds(60));
        host.clear_attentions();
    }
};

TEST_F(Flags, OfWriteProtectionLastsUntilTheVolumeGoes) {
    raise_write_protect();
    EXPECT_EQ(flags(), flag(9));
    eject();
    EXPECT_EQ(flags(), 0U);
}

TEST_F(Flags, OfRemovalThatWasNotAllowed) {
    prevent(1);
    EXPECT_EQ(settled(host.send(LoadUnload{})).outcome,
              check_condition(scsi::kMediumRemovalPrevented));
    EXPECT_EQ(flags(), flag(10));
    prevent(0);
    reload();
    EXPECT_EQ(flags(), 0U);
}

TEST_F(Flags, OfCleaning) {
    eject();
    insert(a_cartridge(Generation::Unknown, CartridgeType::Cleaning));
    pass(std::chrono::seconds(20));
    EXPECT_NE(flags() & flag(11), 0U);
}

TEST_F(Flags, OfATapeThatCannotBeReadHere) {
    eject();
    insert(a_cartridge(Generation::Lto6));
    pass(std::chrono::seconds(20));
    EXPECT_EQ(flags(), flag(12));
}

TEST_F(Flags, OfATapeThatCanOnlyBeRead) {
    load_with(a_cartridge(Generation::Lto8).description());
    EXPECT_EQ(flags(), flag(17));
}

TEST_F(Flags, OfWormThatWasToBeOverwritten) {
    EXPECT_EQ(write(Bytes(10, 1)), good());
    load_with(a_cartridge(Generation::Lto9, CartridgeType::Worm).description());
    EXPECT_EQ(write(Bytes(10, 1)).sense.key, SenseKey::DataProtect);
    EXPECT_EQ(flags(), flag(60));
}

// 50 at once; 18 when the tape is loaded whose directory nobody wrote, until it is read through.
TEST_F(Flags, OfPowerLostWithATapeInside) {
    unplug();
    EXPECT_EQ(flags(), flag(50));
    EXPECT_EQ(write(Bytes(10, 1)), good());
    EXPECT_EQ(settled(host.send(WriteFilemarks6{.count = 1})).outcome, good());
    unplug();
    EXPECT_EQ(flags(), flag(18) | flag(50));
    EXPECT_EQ(read(10).outcome, good());
    EXPECT_EQ(flags(), flag(18) | flag(50));
    EXPECT_EQ(settled(host.send(Space6{.code = 3})).outcome, good());
    EXPECT_EQ(flags(), flag(50));
    reload();
    EXPECT_EQ(flags(), 0U);
}

}  // namespace
}  // namespace nearline::drives
