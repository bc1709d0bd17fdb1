// The cartridge memory, as hosts read and write it (scsi-tape sheet 1.17).
#include <gmock/gmock.h>

#include "base/text.h"
#include "drives/cartridge_memory.h"
#include "drives/tape_sense.h"
#include "tests/drives/a_drive.h"

namespace nearline::drives {
namespace {

using namespace std::chrono_literals;

using base::Bytes;
using scsi::check_condition;
using scsi::good;

ReadAttribute values_from(std::uint16_t first, std::uint8_t partition = 0) {
    ReadAttribute command;
    command.first_attribute = first;
    command.partition = partition;
    command.allocation_length = 65536;
    return command;
}

class Attributes : public DriveTest {
protected:
    Attributes() { power_on(); }

    // Its whole entry: identifier, format, length, value; empty: there is none.
    std::string entry(std::uint16_t identifier, std::uint8_t partition = 0) {
        const Bytes data = host.send(values_from(identifier, partition))->data;
        if (data.empty()) return {};
        base::ByteReader in(data);
        in.skip(7);
        const std::size_t length = in.u16();
        return base::to_hex(Bytes(data.begin() + 4, data.begin() + 9 + length));
    }
    std::string value(std::uint16_t identifier, std::uint8_t partition = 0) {
        const std::string whole = entry(identifier, partition);
        return whole.empty() ? whole : whole.substr(10);
    }
    scsi::Outcome write_list(const Bytes& list, std::uint8_t partition = 0) {
        WriteAttribute command;
        command.partition = partition;
        command.list_length = static_cast<std::uint32_t>(list.size());
        return host.send(command, list)->outcome;
    }
    // A list of one attribute.
    static Bytes list_of(std::uint16_t identifier, std::uint8_t format, const Bytes& value) {
        Bytes list;
        base::ByteWriter out(list);
        out.u32(5 + value.size()).u16(identifier).u8(format).u16(value.size()).bytes(value);
        return list;
    }
    scsi::Outcome write(std::uint16_t identifier, std::uint8_t format, const Bytes& value,
                        std::uint8_t partition = 0) {
        return write_list(list_of(identifier, format, value), partition);
    }
    void record(std::size_t length = 10) {
        Write6 command;
        command.transfer_length = static_cast<std::uint32_t>(length);
        ended(host.send(command, Bytes(length)));
    }
    Answer ended(const std::shared_ptr<Answer>& answer) {
        while (!answer->has_come && simulation.run_next()) {
        }
        EXPECT_TRUE(answer->has_come);
        return *answer;
    }
    void take_out() {
        present();
        while (!presented && simulation.run_next()) {
        }
        drive.remove();
    }
};

// Golden bytes from the table: identifier, 80h for read only, length, value.
TEST_F(Attributes, TheDrivesOwnAreThoseOfAnLto9Cartridge) {
    load();
    EXPECT_EQ(entry(0x0000),
              "0000"
              "80"
              "0008"
              "000000000105ef39");  // 17166137 MiB, as captured
    EXPECT_EQ(entry(0x0001),
              "0001"
              "80"
              "0008"
              "000000000105ef39");
    EXPECT_EQ(entry(0x0003),
              "0003"
              "80"
              "0008"
              "0000000000000001");
    EXPECT_EQ(entry(0x0005),
              "0005"
              "81"
              "0008"
              "4c544f2d43564520");  // "LTO-CVE "
    EXPECT_EQ(entry(0x0006),
              "0006"
              "80"
              "0001"
              "60");
    EXPECT_EQ(entry(0x0007),
              "0007"
              "80"
              "0002"
              "0001");
    EXPECT_EQ(value(0x0008).substr(0, 16), "4142433030314c39");  // "ABC001L9"
    EXPECT_EQ(entry(0x0402),
              "0402"
              "80"
              "0004"
              "0000040b");  // 1035 m
    EXPECT_EQ(entry(0x0403),
              "0403"
              "80"
              "0004"
              "0000007f");
    EXPECT_EQ(entry(0x0405),
              "0405"
              "80"
              "0001"
              "60");
    EXPECT_EQ(entry(0x0407),
              "0407"
              "80"
              "0008"
              "0000000000008000");
    EXPECT_EQ(entry(0x0408),
              "0408"
              "80"
              "0001"
              "00");
    EXPECT_EQ(entry(0x0409),
              "0409"
              "80"
              "0002"
              "0000");
}

TEST_F(Attributes, TheListNamesWhatIsThereAscending) {
    load();
    ReadAttribute command = values_from(0x0400);
    command.list = static_cast<std::uint8_t>(AttributeList::Identifiers);
    EXPECT_EQ(base::to_hex(host.send(command)->data),
              "00000018"
              "0400040104020403040404050406040704080409"
              "10001001");
    EXPECT_EQ(write(0x0805, 0, {0x81}), good());
    command.first_attribute = 0x0409;
    EXPECT_EQ(base::to_hex(host.send(command)->data),
              "00000008"
              "0409080510001001");
}

TEST_F(Attributes, TheOtherListsTellPartitionsVolumesAndWhatCouldBe) {
    load();
    ReadAttribute command = values_from(0);
    command.list = static_cast<std::uint8_t>(AttributeList::Partitions);
    EXPECT_EQ(base::to_hex(host.send(command)->data), "00020001");
    command.list = static_cast<std::uint8_t>(AttributeList::LogicalVolumes);
    EXPECT_EQ(base::to_hex(host.send(command)->data), "00020001");
    command.list = static_cast<std::uint8_t>(AttributeList::Supported);
    command.first_attribute = 0x080B;
    EXPECT_EQ(base::to_hex(host.send(command)->data),
              "0000000e"
              "080b080c082008211000"
              "10011623");
    command.list = 4;
    EXPECT_EQ(host.send(command)->outcome, check_condition(scsi::kInvalidFieldInCdb));
}

// LTFS probes and expects to be refused (scsi-tape sheet 1.17).
TEST_F(Attributes, AFirstAttributeThatIsNotThereIsRefused) {
    load();
    EXPECT_EQ(host.send(values_from(0x080C))->outcome, check_condition(scsi::kInvalidFieldInCdb));
    EXPECT_EQ(host.send(values_from(0x1623))->outcome, check_condition(scsi::kInvalidFieldInCdb));
    EXPECT_EQ(host.send(values_from(0, 1))->outcome, check_condition(scsi::kInvalidFieldInCdb));
    ReadAttribute command = values_from(0);
    command.logical_volume = 1;
    EXPECT_EQ(host.send(command)->outcome, check_condition(scsi::kInvalidFieldInCdb));
}

TEST_F(Attributes, TheAnswerIsCutToTheAllocationLengthAndSaysHowLongItIs) {
    load();
    const std::size_t whole = host.send(values_from(0))->data.size();
    ReadAttribute command = values_from(0);
    command.allocation_length = 4;
    Bytes length;
    base::ByteWriter(length).u32(whole - 4);
    EXPECT_EQ(host.send(command)->data, length);
}

// LTFS writes 70 bytes of coherency and reads an entry of 75 (scsi-tape sheet 4.3).
TEST_F(Attributes, AHostsAttributesComeBackFromTheirPartition) {
    ASSERT_TRUE(recorded.format({1'000'000, 2'000'000}));
    load();
    EXPECT_EQ(write(0x080C, 0, Bytes(70, 0x11), 0), good());
    EXPECT_EQ(write(0x080C, 0, Bytes(70, 0x22), 1), good());
    EXPECT_EQ(entry(0x080C, 0).size(), 2U * 75);
    EXPECT_EQ(value(0x080C, 0).substr(0, 2), "11");
    EXPECT_EQ(value(0x080C, 1).substr(0, 2), "22");
    EXPECT_EQ(value(0x0001, 1), "0000000000000001");
    take_out();
    load();
    EXPECT_EQ(value(0x080C, 1).substr(0, 2), "22");
}

TEST_F(Attributes, LengthZeroDeletes) {
    load();
    EXPECT_EQ(write(0x0806, 1, Bytes(32, 'A')), good());
    EXPECT_NE(entry(0x0806), "");
    EXPECT_EQ(write(0x0806, 1, {}), good());
    EXPECT_EQ(entry(0x0806), "");
}

TEST_F(Attributes, WhatHostsMayNotWriteIsRefusedAtItsPlace) {
    load();
    const media::CartridgeDescription description = a_cartridge().description();
    const auto where = [&](const Bytes& list) {
        const MemoryFacts facts{description, recorded, nullptr, 0, "", ""};
        const auto result = memory_written(facts, 0, base::BytesView(list).subspan(4));
        EXPECT_FALSE(result);
        EXPECT_TRUE(result.error().is(scsi::kInvalidFieldInParameterList));
        return result.error().field->byte;
    };
    EXPECT_EQ(where(list_of(0x0009, 0, Bytes(4))), 4);    // the drive's
    EXPECT_EQ(where(list_of(0x0999, 0, Bytes(4))), 4);    // nobody's
    EXPECT_EQ(where(list_of(0x0805, 1, Bytes(1))), 6);    // another format
    EXPECT_EQ(where(list_of(0x0805, 0, Bytes(2))), 7);    // another length
    EXPECT_EQ(where(list_of(0x080C, 0, Bytes(257))), 7);  // too long
    Bytes twice = list_of(0x0805, 0, Bytes(1));
    const Bytes again = list_of(0x0805, 0, Bytes(1));
    twice.insert(twice.end(), again.begin() + 4, again.end());
    EXPECT_EQ(where(twice), 10);  // not ascending
    EXPECT_EQ(write(0x0003, 0, Bytes(8)), check_condition(scsi::kInvalidFieldInParameterList));
}

TEST_F(Attributes, AListThatIsCutIsRefusedAndNothingWritten) {
    load();
    Bytes list = list_of(0x0805, 0, {0x81});
    list.push_back(0x08);  // and the beginning of another one
    list[3] = static_cast<std::uint8_t>(list.size() - 4);
    EXPECT_EQ(write_list(list), check_condition(scsi::kParameterListLengthError));
    list = list_of(0x0805, 0, {0x81});
    list[3] += 1;
    EXPECT_EQ(write_list(list), check_condition(scsi::kParameterListLengthError));
    EXPECT_EQ(write_list({0, 0}), check_condition(scsi::kParameterListLengthError));
    EXPECT_EQ(write_list({}), good());
    EXPECT_EQ(entry(0x0805), "");
    WriteAttribute endless;
    endless.list_length = 0xFFFFFFFF;
    EXPECT_EQ(host.send(endless)->outcome, check_condition(scsi::kInvalidFieldInCdb));
}

// An LTO-2 has 1014 bytes for hosts, an LTO-9 in proportion 8182 (scsi-tape sheet 1.17).
TEST_F(Attributes, TheSpaceForHostsIsCountedAndEnds) {
    load();
    EXPECT_EQ(value(0x0004), "0000000000001ff6");
    EXPECT_EQ(write(0x0803, 2, Bytes(160)), good());
    EXPECT_EQ(value(0x0004), "0000000000001f51");  // 165 less
    EXPECT_EQ(write(0x0803, 2, {}), good());
    EXPECT_EQ(value(0x0004), "0000000000001ff6");
}

TEST_F(Attributes, AFullMemoryRefusesWhole) {
    ASSERT_TRUE(recorded.format(std::vector<std::uint64_t>(4, 1'000'000)));
    const media::CartridgeDescription old = a_cartridge(Generation::Lto1).description();
    media::CartridgeMemory memory;
    for (std::uint8_t partition = 0; partition < 3; ++partition) {
        memory[{partition, 0x080C}] = Bytes(256);
    }
    (void)recorded.keep_memory(memory);
    const MemoryFacts facts{old, recorded, nullptr, 0, "", ""};
    const auto list = [](std::size_t length) {
        Bytes whole = list_of(0x080C, 0, Bytes(length));
        return Bytes(whole.begin() + 4, whole.end());
    };
    EXPECT_TRUE(memory_written(facts, 3, list(226)));  // 3 * 261 + 231 = 1014
    const auto refused = memory_written(facts, 3, list(227));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(kMemoryIsFull));
}

TEST_F(Attributes, UsageIsWrittenAtUnloadAndCountsOn) {
    load();
    record(3 << 20);
    EXPECT_EQ(value(0x0220), "0000000000000003");
    EXPECT_EQ(value(0x0222), "0000000000000003");
    EXPECT_EQ(value(0x0000), "000000000105ef36");
    take_out();
    load();
    EXPECT_EQ(value(0x0003), "0000000000000002");
    EXPECT_EQ(value(0x0220), "0000000000000003");
    EXPECT_EQ(value(0x0222), "0000000000000000");
    const std::string history = value(0x0340);
    EXPECT_EQ(history.size(), 2U * 90);
    EXPECT_EQ(history.substr(0, 12), "000000000000");       // written in this load
    EXPECT_EQ(history.substr(2 * 24, 12), "000000000003");  // in the one before
    EXPECT_EQ(history.substr(2 * 48, 12), "000000000003");  // in all
    EXPECT_EQ(history.substr(2 * 72, 12), "000000000002");  // loads
    EXPECT_EQ(value(0x0341).size(), 2U * 60);
    EXPECT_EQ(value(0x0341).substr(2 * 16, 8), "00000003");
}

TEST_F(Attributes, TheLastFourDrivesAreKnown) {
    load();
    const std::string name = value(0x020A);
    EXPECT_EQ(name.substr(0, 36),
              "4e4541524c494e45"
              "44525630303030303031");
    EXPECT_EQ(name.size(), 2U * 40);
    EXPECT_EQ(entry(0x020B), "");
    for (int loads = 0; loads < 4; ++loads) {
        take_out();
        load();
    }
    EXPECT_EQ(value(0x020D), name);
}

// Once per load, at the first thing recorded; 0 says that nothing is known (scsi-tape sheet 4.3).
TEST_F(Attributes, TheVolumeChangeReferenceChangesWithTheFirstRecordingOfALoad) {
    load();
    EXPECT_EQ(value(0x0009), "00000000");
    record();
    EXPECT_EQ(value(0x0009), "00000001");
    record();
    ended(host.send(WriteFilemarks6{.count = 1}));
    EXPECT_EQ(value(0x0009), "00000001");
    take_out();
    load();
    EXPECT_EQ(value(0x0009), "00000001");
    ended(host.send(WriteFilemarks6{}));  // synchronizes, and records nothing
    EXPECT_EQ(value(0x0009), "00000001");
    ended(host.send(Erase6{}));
    EXPECT_EQ(value(0x0009), "00000002");
}

TEST(CartridgeMemory, TheVolumeChangeReferenceNeverSaysThatNothingIsKnown) {
    media::CartridgeMemory memory;
    memory[{0, 0x0009}] = {0xFF, 0xFF, 0xFF, 0xFE};
    memory = memory_with_change(std::move(memory));
    EXPECT_EQ((memory[{0, 0x0009}]), (Bytes{0, 0, 0, 1}));
}

TEST_F(Attributes, PowerLossKeepsWhatWasWrittenAndForgetsTheLoad) {
    load();
    record();
    EXPECT_EQ(write(0x0805, 0, {0x81}), good());
    drive.power_off();
    power_on();
    pass(15s);
    host.clear_attentions();
    EXPECT_EQ(value(0x0805), "81");
    EXPECT_EQ(value(0x0009), "00000001");
    EXPECT_EQ(value(0x0003), "0000000000000001");
}

// Also while the tape moves, which it does not wait for (scsi-tape sheet 6, 18).
TEST_F(Attributes, TheMemoryIsReadWhileTheTapeMovesAndLeavesItsPositionAlone) {
    load();
    record();
    const auto rewind = host.send(Rewind{});
    EXPECT_FALSE(rewind->has_come);
    EXPECT_EQ(value(0x0003), "0000000000000001");
    EXPECT_EQ(write(0x0805, 0, {0x00}), good());
    ended(rewind);
    record();
    EXPECT_EQ(write(0x0805, 0, {0x81}), good());
    const auto position = scsi::decode_fields<ShortPosition>(ended(host.send(ReadPosition{})).data);
    EXPECT_EQ(position.first_object, 1U);
}

TEST_F(Attributes, TheHoldPositionHasTheMemoryAndTheMouthHasNot) {
    EXPECT_EQ(host.send(values_from(0))->outcome, check_condition(scsi::kMediumNotPresent));
    load();
    ended(host.send(LoadUnload{.hold = true}));
    ASSERT_EQ(drive.state(), "held");
    EXPECT_EQ(value(0x0003), "0000000000000001");
    EXPECT_EQ(write(0x0805, 0, {0x81}), good());
    ended(host.send(LoadUnload{.load = true}));
    host.clear_attentions();
    EXPECT_EQ(value(0x0805), "81");
    EXPECT_EQ(value(0x0003), "0000000000000002");
    ended(host.send(LoadUnload{}));
    EXPECT_EQ(host.send(values_from(0))->outcome, check_condition(scsi::kMediumNotPresent));
}

TEST_F(Attributes, AForeignCartridgesMemoryIsOutOfReach) {
    load(a_cartridge(Generation::Lto7));
    EXPECT_EQ(host.send(values_from(0))->outcome, check_condition(kMemoryNotAccessible));
}

TEST_F(Attributes, AWornCartridgeRaisesItsFlags) {
    media::CartridgeMemory memory;
    Bytes history(90);
    base::store_big_endian(history, 72, 6, 15'998);
    memory[{0, 0x0340}] = history;
    (void)recorded.keep_memory(memory);
    const auto flags = [&] {
        scsi::LogSense command;
        command.page_control = scsi::LogPageControl::Cumulative;
        command.page_code = 0x12;
        command.allocation_length = 100;
        return base::to_hex(host.send(command)->data).substr(16, 16);
    };
    load();
    EXPECT_EQ(flags(), "0000000000000000");
    take_out();
    load();
    EXPECT_EQ(flags(), "0000200000000000");  // 19
    base::store_big_endian(history, 72, 6, 19'999);
    take_out();
    memory[{0, 0x0340}] = history;
    (void)recorded.keep_memory(memory);
    load();
    EXPECT_EQ(flags(), "0200000000000000");  // 7
}

// Byte 1 service action, 5 volume, 7 partition, 8 first attribute, 10 length (scsi-tape
// sheet 1.17).
TEST(AttributeCommands, AreAsTheSheetHasThem) {
    const Bytes read = *base::from_hex("8c010000000000010806000000ff0100");
    const auto command = scsi::decode_fields<ReadAttribute>(read);
    EXPECT_EQ(command.list, 1);
    EXPECT_EQ(command.partition, 1);
    EXPECT_EQ(command.first_attribute, 0x0806);
    EXPECT_EQ(command.allocation_length, 255U);
    EXPECT_TRUE(command.cache);
    EXPECT_EQ(scsi::encode_cdb(command), read);
    const Bytes write = *base::from_hex("8d0100000000000100000000004f0000");
    const auto written = scsi::decode_fields<WriteAttribute>(write);
    EXPECT_TRUE(written.wtc);
    EXPECT_EQ(written.partition, 1);
    EXPECT_EQ(written.data_out_length(), 79U);
    EXPECT_EQ(scsi::encode_cdb(written), write);
}

}  // namespace
}  // namespace nearline::drives
