#include "tests/disk/ram_disk.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/scsi/test_unit.h"

namespace nearline::disk {
namespace {

using scsi::bytes;
using scsi::Bytes;
using scsi::hex;

constexpr auto kBeyond = "CHECK CONDITION 5/21/00 LOGICAL BLOCK ADDRESS OUT OF RANGE, CDB ";

Bytes pattern(std::size_t blocks, std::uint8_t first = 1) {
    Bytes data(blocks * kBlockSize);
    std::iota(data.begin(), data.end(), first);
    return data;
}

class DiskTest : public testing::Test {
protected:
    DiskTest() {
        device.add(scsi::simple_lun(0), disk);
        host.settle();
    }

    RamDisk disk{"NLT0001", 600};
    scsi::TargetDevice device;
    scsi::Host host{device, "host"};
};

TEST_F(DiskTest, TellsItsCapacity) {
    EXPECT_EQ(host.ask("25 00 00 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 00 02 57 00 00 02 00");
    EXPECT_EQ(host.ask("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00"), "GOOD");
    EXPECT_EQ(host.response.data_in.size(), 32u);
    EXPECT_EQ(host.ask("9E 10 00 00 00 00 00 00 00 00 00 00 00 0C 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 00 00 00 00 00 02 57 00 00 02 00");
}

TEST_F(DiskTest, ReadsWhatEveryFormOfWriteWrote) {
    const std::pair<const char*, const char*> forms[] = {
        {"0A 00 00 03 02 00", "08 00 00 03 02 00"},
        {"2A 00 00 00 00 03 00 00 02 00", "28 00 00 00 00 03 00 00 02 00"},
        {"AA 18 00 00 00 03 00 00 00 02 00 00", "A8 18 00 00 00 03 00 00 00 02 00 00"},
        {"8A 08 00 00 00 00 00 00 00 03 00 00 00 02 00 00",
         "88 08 00 00 00 00 00 00 00 03 00 00 00 02 00 00"},
        {"2E 02 00 00 00 03 00 00 02 00", "28 00 00 00 00 03 00 00 02 00"},
        {"AE 00 00 00 00 03 00 00 00 02 00 00", "A8 00 00 00 00 03 00 00 00 02 00 00"},
        {"8E 00 00 00 00 00 00 00 00 03 00 00 00 02 00 00",
         "88 00 00 00 00 00 00 00 00 03 00 00 00 02 00 00"}};
    std::uint8_t first = 7;
    for (const auto& [write, read] : forms) {
        const Bytes data = pattern(2, first++);
        EXPECT_EQ(host.ask(bytes(write), data), "GOOD") << write;
        EXPECT_EQ(host.ask(read), "GOOD") << read;
        EXPECT_EQ(host.response.data_in, data) << read;
    }
    EXPECT_EQ(disk.data()[3 * kBlockSize - 1], 0);
    EXPECT_EQ(disk.data()[5 * kBlockSize], 0);
}

TEST_F(DiskTest, ReadsTwoHundredFiftySixBlocksForAnEmptyLengthOfSix) {
    EXPECT_EQ(host.ask("08 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(host.response.data_in.size(), 0x10000u) << "as much as this host takes";
    EXPECT_EQ(disk.data_out_length(scsi::Cdb(bytes("0A 00 00 00 00 00"))), 256u * kBlockSize);
}

TEST_F(DiskTest, RefusesWhatLiesBeyondItsEnd) {
    EXPECT_EQ(host.ask("28 00 00 00 02 57 00 00 01 00"), "GOOD");
    EXPECT_EQ(host.ask("28 00 00 00 02 57 00 00 02 00"), std::string(kBeyond) + "byte 2 bit 7");
    EXPECT_EQ(host.ask("28 00 00 00 02 59 00 00 00 00"), std::string(kBeyond) + "byte 2 bit 7");
    EXPECT_EQ(host.ask("08 1F FF FF 01 00"), std::string(kBeyond) + "byte 1 bit 4");
    EXPECT_EQ(host.ask("88 00 FF FF FF FF FF FF FF FF FF FF FF FF 00 00"),
              std::string(kBeyond) + "byte 2 bit 7");
    EXPECT_EQ(host.ask(bytes("2A 00 FF FF FF FF 00 00 01 00"), pattern(1)),
              std::string(kBeyond) + "byte 2 bit 7");
    EXPECT_EQ(host.ask("35 00 00 00 02 59 00 00 00 00"), std::string(kBeyond) + "byte 2 bit 7");
    EXPECT_EQ(host.ask("91 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00"), "GOOD");
}

TEST_F(DiskTest, HasNoProtectionInformation) {
    EXPECT_EQ(host.ask("28 20 00 00 00 00 00 00 01 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 5");
}

TEST_F(DiskTest, WritesOnlyWhatCame) {
    EXPECT_EQ(host.ask(bytes("2A 00 00 00 00 00 00 00 02 00"), pattern(1)), "GOOD");
    EXPECT_EQ(disk.data()[kBlockSize], 0);
    EXPECT_EQ(host.ask(bytes("2A 00 00 00 00 04 00 00 01 00"), Bytes(200, 0xFF)),
              "CHECK CONDITION 5/0E/03 ASC/ASCQ 0E/03");
    EXPECT_EQ(disk.data()[4 * kBlockSize], 0);
    EXPECT_EQ(host.ask("2A 00 00 00 00 04 00 00 01 00"), "GOOD") << "nothing came";
    EXPECT_EQ(disk.data()[4 * kBlockSize], 0);
    EXPECT_EQ(host.ask(bytes("2A 00 00 00 00 05 00 00 01 00"), pattern(3)), "GOOD");
    EXPECT_EQ(disk.data()[6 * kBlockSize], 0) << "more came than the command says";
}

TEST_F(DiskTest, ComparesOnVerify) {
    host.ask(bytes("2A 00 00 00 00 00 00 00 02 00"), pattern(2));
    EXPECT_EQ(host.ask("2F 00 00 00 00 00 00 00 02 00"), "GOOD");
    EXPECT_EQ(host.ask(bytes("2F 02 00 00 00 00 00 00 02 00"), pattern(2)), "GOOD");
    EXPECT_EQ(host.ask(bytes("AF 02 00 00 00 00 00 00 00 02 00 00"), pattern(2, 2)),
              "CHECK CONDITION E/1D/00 ASC/ASCQ 1D/00");
    EXPECT_EQ(host.ask(bytes("8F 06 00 00 00 00 00 00 00 00 00 00 00 02 00 00"), pattern(1)),
              "GOOD")
        << "one block against all: the pattern repeats by 256";
    EXPECT_EQ(host.ask("2F 04 00 00 00 00 00 00 01 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 2");
    EXPECT_EQ(host.ask("2F 02 00 00 00 00 00 00 00 00"), "GOOD");
}

TEST_F(DiskTest, EjectsItsMediumUnlessPrevented) {
    host.ask("1E 00 00 00 01 00");
    EXPECT_EQ(host.ask("1B 00 00 00 02 00"), "CHECK CONDITION 5/53/02 MEDIUM REMOVAL PREVENTED");
    host.ask("1E 00 00 00 00 00");
    EXPECT_EQ(host.ask("1B 00 00 00 12 00"), "GOOD") << "a power condition, and no eject";
    EXPECT_EQ(host.ask("28 00 00 00 00 00 00 00 01 00"), "GOOD");
    EXPECT_EQ(host.ask("1B 00 00 00 02 00"), "GOOD");
    EXPECT_EQ(host.ask("28 00 00 00 00 00 00 00 01 00"),
              "CHECK CONDITION 2/3A/00 MEDIUM NOT PRESENT");
    EXPECT_EQ(host.ask("1B 00 00 00 03 00"), "GOOD");
    EXPECT_EQ(host.ask("00 00 00 00 00 00"), "GOOD");
}

TEST_F(DiskTest, RefusesToWriteWhileSoftwareProtectsIt) {
    EXPECT_EQ(host.ask("15 10 00 00 10 00", "00 00 00 00 | 0A 0A 00 00 08 00 00 00 00 00 00 00"),
              "GOOD");
    EXPECT_EQ(host.ask(bytes("2A 00 00 00 00 00 00 00 01 00"), pattern(1)),
              "CHECK CONDITION 7/27/00 ASC/ASCQ 27/00");
    EXPECT_EQ(host.ask("1A 08 0A 00 04 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 90 00");
}

}  // namespace
}  // namespace nearline::disk
