// The log pages of a drive against what was captured from IBM-built ones (scsi-tape sheet 1.19).
#include <gmock/gmock.h>

#include "base/text.h"
#include "drives/log_pages.h"
#include "drives/tape_sense.h"
#include "tests/drives/a_drive.h"

namespace nearline::drives {
namespace {

using namespace std::chrono_literals;

using base::Bytes;
using scsi::check_condition;
using scsi::good;

class LogPages : public DriveTest {
protected:
    LogPages() { power_on(); }
    explicit LogPages(DriveProfile profile) : DriveTest(std::move(profile)) { power_on(); }

    Bytes page(std::uint8_t code) {
        scsi::LogSense command;
        command.page_control = scsi::LogPageControl::Cumulative;
        command.page_code = code;
        command.allocation_length = 4096;
        return host.send(command)->data;
    }
    std::size_t length(std::uint8_t code) {
        const Bytes data = page(code);
        return data.size() < 4 ? 0 : base::load_big_endian(data, 2, 2);
    }
    // Code and control of each parameter, and its width: "0000 40 4".
    std::vector<std::string> shape(std::uint8_t code) {
        std::vector<std::string> parameters;
        for_each(code, [&](std::uint16_t parameter, std::uint8_t control, base::BytesView value) {
            Bytes head;
            base::ByteWriter(head).u16(parameter).u8(control);
            const std::string text = base::to_hex(head);
            parameters.push_back(text.substr(0, 4) + " " + text.substr(4) + " " +
                                 std::to_string(value.size()));
        });
        return parameters;
    }
    std::string parameter(std::uint8_t code, std::uint16_t wanted) {
        std::string found = "absent";
        for_each(code, [&](std::uint16_t parameter, std::uint8_t, base::BytesView value) {
            if (parameter == wanted) found = base::to_hex(Bytes(value.begin(), value.end()));
        });
        return found;
    }
    template <typename Act>
    void for_each(std::uint8_t code, Act act) {
        const Bytes data = page(code);
        base::ByteReader in(data);
        in.skip(4);
        while (in.remaining() > 0 && in.ok()) {
            const std::uint16_t parameter = in.u16();
            const std::uint8_t control = in.u8();
            const std::size_t width = in.u8();
            act(parameter, control, in.bytes(width));
        }
        EXPECT_TRUE(in.ok());
    }
    Answer ended(const std::shared_ptr<Answer>& answer) {
        while (!answer->has_come && simulation.run_next()) {
        }
        EXPECT_TRUE(answer->has_come);
        return *answer;
    }
    void record(std::size_t length) {
        Write6 command;
        command.transfer_length = static_cast<std::uint32_t>(length);
        EXPECT_EQ(ended(host.send(command, Bytes(length))).outcome, good());
    }
    scsi::Outcome read(std::uint32_t length) {
        Read6 command;
        command.transfer_length = length;
        return ended(host.send(command)).outcome;
    }
    scsi::Outcome clear(std::uint8_t code) {
        scsi::LogSelect command;
        command.pcr = true;
        command.page_control = scsi::LogPageControl::DefaultCumulative;
        command.page_code = code;
        return host.at_once(command);
    }
};

// 37h to 3Dh, 18h and 0Dh/01h have no content that is public.
TEST_F(LogPages, TheListIsTheCapturedOneAsFarAsItsContentIsKnown) {
    EXPECT_EQ(base::to_hex(page(0x00)),
              "00000013"
              "000203060c111213"
              "1416171a1b2e3031"
              "323334");
}

TEST_F(LogPages, LengthsAreTheCapturedOnes) {
    load();
    EXPECT_EQ(length(0x02), 0x4EU);
    EXPECT_EQ(length(0x03), 0x46U);
    EXPECT_EQ(length(0x12), 0x0CU);
    EXPECT_EQ(length(0x17), 0x192U);
    EXPECT_EQ(length(0x2E), 0x140U);
    EXPECT_EQ(length(0x30), 0x54U);
    EXPECT_EQ(length(0x31), 0x20U);
}

TEST_F(LogPages, LengthsAreTheSameWithNothingLoaded) {
    for (const std::uint8_t code : {0x17, 0x30, 0x31, 0x0C}) {
        const std::size_t empty = length(code);
        load();
        EXPECT_EQ(length(code), empty);
        present();
        pass(100s);
        drive.remove();
    }
    EXPECT_EQ(parameter(0x17, 0x0000), "00");
}

TEST_F(LogPages, ErrorCountersComeInTheirOrder) {
    EXPECT_THAT(shape(0x02), testing::ElementsAre("0000 40 4", "0001 40 4", "0002 40 4",
                                                  "0003 40 4", "0004 40 4", "0005 40 6",
                                                  "0006 40 4", "8000 40 8", "8001 40 4"));
    EXPECT_THAT(shape(0x30),
                testing::ElementsAre("0001 c0 4", "0002 c0 8", "0003 c0 4", "0004 c0 2",
                                     "0005 c0 2", "0006 c0 2", "0007 c0 8", "0008 c0 4",
                                     "0009 c0 2", "000a c0 2", "000b c0 2"));
    EXPECT_THAT(shape(0x32), testing::ElementsAre(
                                 "0000 40 2", "0001 40 2", "0002 40 4", "0003 40 4", "0004 40 4",
                                 "0005 40 4", "0006 40 4", "0007 40 4", "0008 40 4", "0009 40 4"));
}

// With no medium FFFFFFFFh, and the bytes of the last load (scsi-tape sheet 1.19).
TEST_F(LogPages, Page0CCountsTheBytesOfALoad) {
    EXPECT_EQ(parameter(0x0C, 0x0004), "ffffffff");
    load();
    record(3'000'000);
    EXPECT_EQ(parameter(0x0C, 0x0000), "00000000002dc6c0");
    EXPECT_EQ(parameter(0x0C, 0x0001), "00000000002dc6c0");
    EXPECT_EQ(parameter(0x0C, 0x0004), "00000003");
    EXPECT_EQ(parameter(0x0C, 0x0005), "0112a880");  // 18,000,000 MB
    EXPECT_EQ(parameter(0x0C, 0x0006), "00000031");  // 49 MB, as captured
    EXPECT_EQ(parameter(0x0C, 0x0007), "ffffffff");
    EXPECT_EQ(parameter(0x02, 0x0005), "000000000b71");  // KiB
    ended(host.send(LoadUnload{}));
    EXPECT_EQ(parameter(0x0C, 0x0004), "ffffffff");
    EXPECT_EQ(parameter(0x0C, 0x0000), "00000000002dc6c0");
    ended(host.send(LoadUnload{.load = true}));
    host.clear_attentions();
    EXPECT_EQ(parameter(0x0C, 0x0000), "0000000000000000");
}

TEST_F(LogPages, Page17TellsOfTheVolumeAndItsLife) {
    load();
    record(6'000'000);
    record(6'000'000);
    ended(host.send(LoadUnload{}));
    ended(host.send(LoadUnload{.load = true}));
    host.clear_attentions();
    EXPECT_EQ(read(6'000'000), good());
    EXPECT_EQ(read(6'000'000), good());
    EXPECT_EQ(parameter(0x17, 0x0000), "01");
    EXPECT_EQ(parameter(0x17, 0x0001), "00000002");
    EXPECT_EQ(parameter(0x17, 0x0002), "0000000000000002");  // data sets of 9.805 MB
    EXPECT_EQ(parameter(0x17, 0x0007), "0000000000000002");
    EXPECT_EQ(parameter(0x17, 0x000E), "00000000");
    EXPECT_EQ(parameter(0x17, 0x000F), "0000000c");
    EXPECT_EQ(parameter(0x17, 0x0010), "000000000000000c");
    EXPECT_EQ(parameter(0x17, 0x0016), "0112a880");
    EXPECT_EQ(parameter(0x17, 0x0017), "0000000c");
    EXPECT_EQ(parameter(0x17, 0x0019), "63");
    EXPECT_EQ(parameter(0x17, 0x0044), "30393039");            // "0909"
    EXPECT_EQ(parameter(0x17, 0x0045), "4c544f4c3947392020");  // "LTOL9G9"
    EXPECT_EQ(parameter(0x17, 0x0202), "070000000112a880");
    EXPECT_EQ(parameter(0x17, 0x0203), "070000000000000c");
    EXPECT_EQ(parameter(0x17, 0x0204), "070000000112a874");
    EXPECT_EQ(parameter(0x17, 0x0200), "09000000ffffffffffff");
}

TEST_F(LogPages, Page17And31HaveARecordForEachPartition) {
    ASSERT_TRUE(recorded.format({40'000'000, 20'000'000}));
    load();
    EXPECT_EQ(parameter(0x17, 0x0202),
              "0700000000000028"
              "0700000100000014");
    EXPECT_EQ(base::to_hex(page(0x31)).substr(8),
              "0001c00400000026"
              "0002c00400000013"
              "0003c00400000026"
              "0004c00400000013");
}

TEST_F(LogPages, CompressionIsCountedInMebibytesAndTheRest) {
    load();
    record((2 << 20) + 5);
    EXPECT_EQ(parameter(0x32, 0x0001), "0064");
    EXPECT_EQ(parameter(0x32, 0x0006), "00000002");
    EXPECT_EQ(parameter(0x32, 0x0007), "00000005");
    EXPECT_EQ(parameter(0x1B, 0x0100), "01");
    EXPECT_EQ(parameter(0x32, 0x0100), "absent");
}

// CTA clears page 32h so (scsi-tape sheet 1.19).
TEST_F(LogPages, LogSelectWithPcrClearsThePageThatIsNamed) {
    load();
    record(2 << 20);
    EXPECT_EQ(clear(0x32), good());
    EXPECT_EQ(parameter(0x32, 0x0006), "00000000");
    EXPECT_EQ(parameter(0x1B, 0x0006), "00000002");
    EXPECT_EQ(parameter(0x02, 0x0005), "000000000800");
    EXPECT_EQ(other.test_unit_ready(), check_condition(scsi::kLogParametersChanged));
    EXPECT_EQ(clear(0x00), good());
    EXPECT_EQ(parameter(0x02, 0x0005), "000000000000");
    EXPECT_EQ(parameter(0x0C, 0x0000), "0000000000200000");
    EXPECT_EQ(parameter(0x14, 0x0000), "00000001");
    EXPECT_EQ(clear(0x3F), check_condition(scsi::kInvalidFieldInCdb));
}

// Density at byte 6, key, ASC and ASCQ from 13, operation code at 28, medium at 32.
TEST_F(LogPages, Page16KeepsFailuresTheNewestFirst) {
    load();
    EXPECT_EQ(length(0x16), 0U);
    record(10);
    record(10);
    ended(host.send(Rewind{}));
    recorded.damage({0, 0});
    EXPECT_EQ(read(10).sense.asc, 0x11);
    const Bytes data = page(0x16);
    ASSERT_EQ(data.size(), 4U + 72U);
    const std::string entry = base::to_hex(data).substr(8);
    EXPECT_EQ(entry.substr(0, 8), "00004344");
    EXPECT_EQ(entry.substr(2 * 6, 4), "6098");
    EXPECT_EQ(entry.substr(2 * 13, 6), "031100");
    EXPECT_EQ(entry.substr(2 * 20, 8), "30303031");
    EXPECT_EQ(entry.substr(2 * 28, 4), "0800");
    EXPECT_EQ(entry.substr(2 * 32, 20), "4e4c3030303030303031");
    EXPECT_EQ(parameter(0x03, 0x0006), "00000001");
    EXPECT_EQ(parameter(0x14, 0x000F), "00000001");
    ended(host.send(Rewind{}));
    EXPECT_EQ(read(10).sense.asc, 0x11);
    EXPECT_EQ(base::to_hex(page(0x16)).substr(8 + 2 * 13, 2), "83");  // the same again
    EXPECT_EQ(length(0x16), 72U);
}

DriveProfile slow_profile() {
    DriveProfile profile = plain_profile();
    profile.streaming.speeds = {3'000};
    profile.streaming.buffer = 10'000;
    return profile;
}

class SlowDrive : public LogPages {
protected:
    SlowDrive() : LogPages(slow_profile()) {}
};

TEST_F(SlowDrive, Page14CountsMotionAndHowTheTimeWasSpent) {
    load();
    for (int minutes = 0; minutes < 90; ++minutes) record(180'000);
    ended(host.send(WriteFilemarks6{}));
    EXPECT_EQ(parameter(0x14, 0x0003), "00000001");
    EXPECT_EQ(parameter(0x14, 0x0008), "00000001");
    EXPECT_EQ(parameter(0x14, 0x0012), "63");  // 99 % of the time writing
    EXPECT_EQ(parameter(0x14, 0x0011), "00");
    EXPECT_EQ(parameter(0x14, 0x0015), "63");
    EXPECT_EQ(parameter(0x14, 0x1000), "0000609800000001");
}

// 33 GB are half a wrap and a little more: the second partition begins 499 m from the load point.
TEST_F(LogPages, MetresAndPassesAreCounted) {
    ASSERT_TRUE(recorded.format({33'000'000'000, 1'000'000'000}));
    load();
    Locate16 command;
    command.cp = true;
    command.partition = 1;
    EXPECT_EQ(ended(host.send(command)).outcome, good());
    EXPECT_EQ(parameter(0x14, 0x0004), "000001f3");
    EXPECT_EQ(parameter(0x17, 0x0101), "00000001");
    EXPECT_EQ(parameter(0x17, 0x0102), "00000001");
}

TEST_F(LogPages, Page13AsksForHelpWhenTheDriveIsStuck) {
    EXPECT_EQ(parameter(0x13, 0x0000), "00");
    load(a_cartridge(Generation::Lto7));
    EXPECT_EQ(parameter(0x13, 0x0000), "04");
}

TEST_F(LogPages, TheLabelIsInPage11) {
    load();
    EXPECT_EQ(parameter(0x11, 0x8000), "4142433030314c39");
}

DriveProfile without_volume_statistics() {
    DriveProfile profile = plain_profile();
    profile.absent_log_pages = {0x17};
    return profile;
}

class OlderDrive : public LogPages {
protected:
    OlderDrive() : LogPages(without_volume_statistics()) {}
};

TEST_F(OlderDrive, HasNotEveryPage) {
    EXPECT_EQ(base::to_hex(page(0x00)),
              "00000012"
              "000203060c111213"
              "14161a1b2e303132"
              "3334");
    EXPECT_EQ(page(0x17), Bytes{});
}

}  // namespace
}  // namespace nearline::drives
