// What changes a cartridge as a whole, and what a drive says of cartridges: FORMAT MEDIUM, SET
// CAPACITY, REPORT DENSITY SUPPORT.
#include <gtest/gtest.h>

#include "drives/partitions.h"
#include "drives/tape_sense.h"
#include "tests/drives/paged_drive.h"

namespace nearline::drives {
namespace {

using namespace std::chrono_literals;

using base::Bytes;
using scsi::check_condition;
using scsi::good;

// Nominal LTO-9: 280 wraps of 64 GB and a bit.
constexpr std::uint64_t kCapacity = 18'000'000'000'000;
constexpr std::uint64_t kWrap = kCapacity / 280;

class Formatting : public PagedDriveTest {
protected:
    Formatting() {
        power_on();
        load();
    }
    std::vector<std::uint64_t> sizes() {
        std::vector<std::uint64_t> sizes;
        for (std::uint8_t each = 0; each < recorded.partition_count(); ++each) {
            sizes.push_back(recorded.partition_size(each));
        }
        return sizes;
    }
    scsi::Outcome format(FormatKind kind) {
        return settled(host.send(FormatMedium{.format = static_cast<std::uint8_t>(kind)})).outcome;
    }
    std::string densities(const ReportDensitySupport& command) {
        ReportDensitySupport asked = command;
        asked.allocation_length = 4096;
        return base::to_hex(settled(host.send(asked)).data);
    }
};

// mkltfs: a gigabyte for the index, the rest for data (scsi-tape sheet 4.3).
TEST_F(Formatting, MakesThePartitionsOfLtfs) {
    write(Bytes(10, 1));
    settled(host.send(Rewind{}));
    EXPECT_EQ(select("110a 0301 3c03 0900 0001ffff"), good());
    EXPECT_EQ(recorded.end_of_data(0), 1U);  // nothing yet
    EXPECT_EQ(format(FormatKind::Partition), good());
    EXPECT_EQ(sizes(), (std::vector<std::uint64_t>{2 * kWrap, 276 * kWrap}));
    EXPECT_EQ(recorded.end_of_data(0), 0U);
    EXPECT_EQ(page(0x11),
              "110a03011c031900"
              "0080454e");  // 128 and 17742 GB
    // Each has a tape of its own.
    write(Bytes(10, 1));
    EXPECT_EQ(settled(host.send(Locate16{.cp = true, .partition = 1})).outcome, good());
    write(Bytes(20, 2));
    write(Bytes(20, 2));
    EXPECT_EQ(recorded.end_of_data(0), 1U);
    EXPECT_EQ(recorded.end_of_data(1), 2U);
    EXPECT_EQ(settled(host.send(Locate10{.cp = true, .object = 0, .partition = 0})).outcome,
              good());
    EXPECT_EQ(read(10).data, Bytes(10, 1));
    reload();
    EXPECT_EQ(page(0x11).substr(4, 4), "0301");
    EXPECT_EQ(format(FormatKind::Default), good());
    EXPECT_EQ(sizes(), std::vector<std::uint64_t>{kCapacity});
}

TEST_F(Formatting, DividesUpToFourWays) {
    EXPECT_EQ(select("110a 0303 4003 1900 00000000"), good());  // SDP
    EXPECT_EQ(format(FormatKind::DefaultThenPartition), good());
    EXPECT_EQ(sizes(),
              (std::vector<std::uint64_t>{70 * kWrap, 68 * kWrap, 68 * kWrap, 68 * kWrap}));
    EXPECT_EQ(page(0x11).substr(0, 8), "110e0303");
    EXPECT_EQ(select("110a 0301 8003 1900 00000000"), good());  // FDP
    EXPECT_EQ(format(FormatKind::Partition), good());
    EXPECT_EQ(sizes(), (std::vector<std::uint64_t>{276 * kWrap, 2 * kWrap}));
    EXPECT_EQ(select("110c 0302 3c03 1900 0400ffff0c80"), good());  // 1024 GB, rest, 3200 GB
    EXPECT_EQ(format(FormatKind::Partition), good());
    EXPECT_EQ(sizes(), (std::vector<std::uint64_t>{16 * kWrap, 210 * kWrap, 50 * kWrap}));
}

TEST_F(Formatting, OfASmallCartridgeKeepsTheProportions) {
    media::CartridgeDescription description = a_cartridge().description();
    description.capacity_mb = 280;
    eject();
    recorded = media::ListMedium{280'000'000};
    load(media::Cartridge(description));
    EXPECT_EQ(select("110a 0301 3c03 0900 0001ffff"), good());
    EXPECT_EQ(format(FormatKind::Partition), good());
    EXPECT_EQ(sizes(), (std::vector<std::uint64_t>{2'000'000, 276'000'000}));
}

TEST_F(Formatting, RefusesLayoutsThatCannotBe) {
    const auto pointer = [this](const std::string& pages) {
        const Bytes list = *base::from_hex("0000000000000000" + pages);
        scsi::ModeSelect10 command;
        command.pf = true;
        command.parameter_list_length = static_cast<std::uint16_t>(list.size());
        scsi::LocalInitiator initiator{device, {"third", "target,t,0x0001", 1}};
        scsi::Response heard;
        for (int each = 0; each < 2; ++each) {  // past its unit attention
            initiator.execute({{}, scsi::encode_cdb(command), list, 0},
                              [&](scsi::Response response) { heard = std::move(response); });
        }
        EXPECT_TRUE(heard.sense.is(scsi::kInvalidFieldInParameterList));
        return heard.sense.field ? heard.sense.field->byte : 0;
    };
    EXPECT_EQ(pointer("110a03043c0319000001ffff"), 11);  // more than there can be
    EXPECT_EQ(pointer("110a0301fc0319000001ffff"), 12);  // two ways at once
    EXPECT_EQ(pointer("110a03013e0319000001ffff"), 12);  // CLEAR
    EXPECT_EQ(pointer("110a03013c0339000001ffff"), 14);  // lengthwise
    EXPECT_EQ(pointer("110a03013c031900ffffffff"), 18);  // two rests
    EXPECT_EQ(pointer("110a03013c03190000000001"), 16);  // nothing
    EXPECT_EQ(pointer("110a03023c0319000001ffff"), 11);  // a size is missing
    EXPECT_EQ(pointer("110a03013c0319004600ffff"), 16);  // too much
}

TEST_F(Formatting, HappensOnlyAtTheBeginning) {
    write(Bytes(10, 1));
    EXPECT_EQ(format(FormatKind::Default), check_condition(kPositionPastBeginning));
    EXPECT_EQ(settled(host.send(SetCapacity{.proportion = 0xFFFF})).outcome,
              check_condition(kPositionPastBeginning));
    settled(host.send(Rewind{}));
    EXPECT_EQ(settled(host.send(FormatMedium{.format = 3})).outcome,
              check_condition(scsi::kInvalidFieldInCdb));
    EXPECT_EQ(settled(host.send(FormatMedium{.transfer_length = 1})).outcome,
              check_condition(scsi::kInvalidFieldInCdb));
    EXPECT_EQ(recorded.end_of_data(0), 1U);
}

TEST_F(Formatting, GoesOnWithoutAHostThatDoesNotWait) {
    EXPECT_EQ(host.at_once(FormatMedium{.immed = true}), good());
    EXPECT_EQ(drive.state(), "formatting");
    EXPECT_EQ(host.test_unit_ready(), check_condition(kFormatInProgress));
    pass(60s);
    EXPECT_EQ(host.test_unit_ready(), check_condition(kFormatInProgress));
    pass(60s);
    EXPECT_EQ(host.test_unit_ready(), good());
}

TEST_F(Formatting, NeedsLeaveInAppendOnlyMode) {
    EXPECT_EQ(select_extension(0x12, 0), good());
    EXPECT_EQ(format(FormatKind::Default), check_condition(kAppendOnly));
    EXPECT_EQ(settled(host.send(AllowOverwrite{.kind = 2})).outcome, good());
    EXPECT_EQ(format(FormatKind::Default), good());
    EXPECT_EQ(format(FormatKind::Default), check_condition(kAppendOnly));
}

TEST_F(Formatting, LeavesWormAndProtectedCartridgesAlone) {
    eject();
    load(a_cartridge(Generation::Lto9, CartridgeType::Worm));
    EXPECT_EQ(format(FormatKind::Default), check_condition(kWormOverwriteAttempted));
    EXPECT_EQ(settled(host.send(SetCapacity{.proportion = 1})).outcome,
              check_condition(kWormOverwriteAttempted));
    eject();
    media::CartridgeDescription description = a_cartridge().description();
    description.is_write_protected = true;
    load(media::Cartridge(description));
    EXPECT_EQ(format(FormatKind::Default), check_condition(kWriteProtected));
}

TEST_F(Formatting, DropsWhatHostsKeptOfTheFilesThatAreGone) {
    const Bytes value{1, 2, 3};
    ASSERT_TRUE(
        recorded.keep_memory({{{0, 0x080C}, value}, {{1, 0x080C}, value}, {{0, 0x0801}, value}}));
    EXPECT_EQ(format(FormatKind::Default), good());
    EXPECT_EQ(recorded.memory().count({0, 0x080C}), 0U);
    EXPECT_EQ(recorded.memory().count({1, 0x080C}), 0U);
    EXPECT_EQ(recorded.memory().count({0, 0x0801}), 1U);
}

TEST_F(Formatting, SetsAndRestoresTheCapacity) {
    EXPECT_EQ(settled(host.send(SetCapacity{.proportion = 0x3333})).outcome, good());
    EXPECT_EQ(sizes(), std::vector<std::uint64_t>{kCapacity / 5});
    reload();
    EXPECT_EQ(settled(host.send(SetCapacity{.proportion = 0})).outcome, good());
    EXPECT_EQ(sizes(), std::vector<std::uint64_t>{2 * kWrap});
    EXPECT_EQ(settled(host.send(SetCapacity{.proportion = 0xFFFF})).outcome, good());
    EXPECT_EQ(sizes(), std::vector<std::uint64_t>{kCapacity});
}

// scsi-tape sheet 1.16: LTO-8 and LTO-9, ascending; "LTO-CVE", "U-832", "Ultrium 8/32T".
TEST_F(Formatting, ReportsTheDensitiesOfTheDrive) {
    const std::string lto8 =
        "5e5e000000"
        "0050bd007f1a0000b71b00"
        "4c544f2d43564520552d383332202020"
        "556c747269756d20382f33325420202020202020";
    const std::string lto9 =
        "6060a00000"
        "0053d0007f23000112a880"
        "4c544f2d43564520552d393332202020"
        "556c747269756d20392f33325420202020202020";
    EXPECT_EQ(densities({}), "006a0000" + lto8 + lto9);
    EXPECT_EQ(densities({.media = true}), "00360000" + lto9);
}

TEST_F(Formatting, ReportsTheKindsOfMedia) {
    const std::string lto9 =
        "98000034"
        "01600000000000000000"
        "007f040b0000"
        "4c544f2d43564520552d393332202020"
        "556c747269756d20392044617461202020202020";
    EXPECT_EQ(densities({.medium_type = true, .media = true}), "003a0000" + lto9);
    const std::string all = densities({.medium_type = true});
    // 88h, 8Ch, 98h, 9Ch.
    constexpr std::size_t kDescriptor = 2 * 56;
    ASSERT_EQ(all.size(), 8 + 4 * kDescriptor);
    std::string types;
    for (std::size_t each = 0; each < 4; ++each) types += all.substr(8 + each * kDescriptor, 2);
    EXPECT_EQ(types, "888c989c");
}

TEST_F(Formatting, CannotReportOfAMediumThatIsNotThere) {
    eject();
    EXPECT_EQ(host.at_once(ReportDensitySupport{.media = true}),
              check_condition(scsi::kMediumNotPresent));
    EXPECT_EQ(host.at_once(ReportDensitySupport{}), good());
}

}  // namespace
}  // namespace nearline::drives
