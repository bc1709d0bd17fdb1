// MODE SENSE and MODE SELECT: primary_device_server.h, mode_parameters.h.
#include "scsi/mode_parameters.h"

#include <gtest/gtest.h>

#include "tests/scsi/test_unit.h"

namespace nearline::scsi {
namespace {

constexpr auto kTestUnitReady = "00 00 00 00 00 00";
constexpr auto kModesChanged = "CHECK CONDITION 6/2A/01 MODE PARAMETERS CHANGED";
constexpr auto kLengthError = "CHECK CONDITION 5/1A/00 PARAMETER LIST LENGTH ERROR";
constexpr auto kNotSaved = "CHECK CONDITION 5/39/00 SAVING PARAMETERS NOT SUPPORTED";

std::string invalid_field(const std::string& where) {
    return "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB " + where;
}

std::string invalid_parameter(const std::string& where) {
    return "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST, parameter " + where;
}

class Modes : public testing::Test {
protected:
    explicit Modes(UnitProfile profile) : unit(std::move(profile)) {
        device.add(simple_lun(0), unit);
        host.settle();
        other.settle();
    }

    TestUnit unit;
    TargetDevice device;
    Host host{device, "host"};
    Host other{device, "other"};
};

// Element address assignment of an HPE MSL3040 with 40 slots and 2 drives, as captured.
UnitProfile library() {
    UnitProfile profile;
    profile.has_block_descriptor = true;
    profile.mode_pages = {
        {.code = 0x1D,
         .is_savable = true,
         .values = bytes("0000 0001 03E9 0028 0065 0000 0001 0002 0000"),
         .changeable = Bytes(18)},
        {.code = 0x1C, .values = bytes("09 00 00000000 00000000"), .changeable = Bytes(10)}};
    return profile;
}

class LibraryModes : public Modes {
protected:
    LibraryModes() : Modes(library()) {}
};

TEST_F(LibraryModes, AreSentAsTheLibrarySendsThem) {
    EXPECT_EQ(host.ask("1A 08 1D 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(),
              "17 00 00 00 | 9D 12 00 00 00 01 03 E9 00 28 00 65 00 00 00 01 00 02 00 00"_hex);
    EXPECT_EQ(host.ask("5A 00 1D 00 00 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(),
              "00 22 00 00 00 00 00 08 | 00 00 00 00 00 00 00 00 | "
              "9D 12 00 00 00 01 03 E9 00 28 00 65 00 00 00 01 00 02 00 00"_hex);
}

TEST_F(LibraryModes, ComeAllTogetherInAscendingOrder) {
    EXPECT_EQ(host.ask("1A 08 3F 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(),
              "23 00 00 00 | 1C 0A 09 00 00 00 00 00 00 00 00 00 | "
              "9D 12 00 00 00 01 03 E9 00 28 00 65 00 00 00 01 00 02 00 00"_hex);
    EXPECT_EQ(host.ask("1A 08 3F FF FF 00"), "GOOD");
    EXPECT_EQ(host.response.data_in.size(), 36u);
}

TEST_F(LibraryModes, AreCutToTheAllocationLengthWithTheirLengthWhole) {
    EXPECT_EQ(host.ask("1A 08 1D 00 04 00"), "GOOD");
    EXPECT_EQ(host.data(), "17 00 00 00");
    EXPECT_EQ(host.ask("1A 08 1D 00 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "");
}

// What the Linux tape driver asks a drive at every open.
TEST_F(LibraryModes, ArePrecededByWhatPageZeroAsksForAlone) {
    EXPECT_EQ(host.ask("1A 00 00 00 0C 00"), "GOOD");
    EXPECT_EQ(host.data(), "0B 00 00 08 | 00 00 00 00 00 00 00 00"_hex);
}

TEST_F(LibraryModes, AreRefusedByTheFieldThatNamesThem) {
    EXPECT_EQ(host.ask("1A 08 0A 00 FF 00"), invalid_field("byte 2 bit 5"));
    EXPECT_EQ(host.ask("1A 08 1D 41 FF 00"), invalid_field("byte 3 bit 7"));
    EXPECT_EQ(host.ask("1A 08 3F 01 FF 00"), invalid_field("byte 3 bit 7"));
    EXPECT_EQ(host.ask("1A 08 00 00 FF 00"), invalid_field("byte 2 bit 5"));
}

TEST_F(LibraryModes, HaveNothingToChangeButDefaultsAndSavedValues) {
    EXPECT_EQ(host.ask("1A 08 5C 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 1C 0A 00 00 00 00 00 00 00 00 00 00"_hex);
    EXPECT_EQ(host.ask("1A 08 9C 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 1C 0A 09 00 00 00 00 00 00 00 00 00"_hex);
    EXPECT_EQ(host.ask("1A 08 DC 00 FF 00"), kNotSaved) << "page 1Ch has PS 0";
    EXPECT_EQ(host.ask("1A 08 DD 00 FF 00"), "GOOD");
    EXPECT_EQ(host.response.data_in.size(), 24u);
}

TEST_F(LibraryModes, AcceptWhatTheyAreAndRefuseAnythingElse) {
    constexpr auto kAsItIs =
        "00 00 00 00 | 9D 12 00 00 00 01 03 E9 00 28 00 65 00 00 00 01 00 02 00 00";
    EXPECT_EQ(host.ask("15 10 00 00 18 00", kAsItIs), "GOOD");
    EXPECT_TRUE(unit.changed.empty());
    EXPECT_EQ(other.ask(kTestUnitReady), "GOOD") << "nothing has changed";
    constexpr auto kOtherSlots =
        "00 00 00 00 | 1D 12 00 00 00 01 03 E9 00 29 00 65 00 00 00 01 00 02 00 00";
    EXPECT_EQ(host.ask("15 10 00 00 18 00", kOtherSlots), invalid_parameter("byte 13 bit 0"));
    EXPECT_EQ(host.ask("15 10 00 00 06 00", "00 00 00 00 | 0A 00"),
              invalid_parameter("byte 4 bit 5"));
}

TEST_F(LibraryModes, AcceptTheBlockDescriptorTheySend) {
    EXPECT_EQ(host.ask("15 10 00 00 0C 00", "00 00 00 08 | 00 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(host.ask("15 10 00 00 0C 00", "00 00 00 08 | 00 00 00 00 00 00 02 00"),
              invalid_parameter("byte 4"));
    EXPECT_EQ(host.ask("15 10 00 00 08 00", "00 00 00 04 | 00 00 00 00"),
              invalid_parameter("byte 3"));
    EXPECT_EQ(host.ask("55 10 00 00 00 00 00 00 0C 00", "00 00 00 00 00 00 00 04 | 00 00 00 00"),
              invalid_parameter("byte 6"));
}

TEST_F(LibraryModes, AreNotSelectedFromAListThatIsCutOff) {
    EXPECT_EQ(host.ask("15 10 00 00 00 00"), "GOOD") << "no list is no error";
    EXPECT_EQ(host.ask("15 10 00 00 03 00", "00 00 00"), kLengthError);
    EXPECT_EQ(host.ask("15 10 00 00 05 00", "00 00 00 00 1D"), kLengthError);
    EXPECT_EQ(host.ask("15 10 00 00 08 00", "00 00 00 00 | 1D 12 00 00"), kLengthError);
    EXPECT_EQ(host.ask("15 10 00 00 06 00", "00 00 00 08 | 00 00"), kLengthError);
    EXPECT_EQ(host.ask("55 10 00 00 00 00 00 00 07 00", "00 00 00 00 00 00 00"), kLengthError);
    EXPECT_EQ(host.ask("15 10 00 00 18 00", "00 00"), kLengthError)
        << "less came than the command said";
}

TEST_F(LibraryModes, NeedThePageFormatBit) {
    EXPECT_EQ(host.ask("15 00 00 00 04 00", "00 00 00 00"), "GOOD");
    EXPECT_EQ(host.ask("15 00 00 00 10 00", "00 00 00 00 | 1C 0A 09 00 00 00 00 00 00 00 00 00"),
              invalid_field("byte 1 bit 4"));
}

// A control page with D_SENSE and one more bit to change, a page with a subpage, a live one.
UnitProfile disk() {
    UnitProfile profile;
    profile.mode_pages = {
        {.code = 0x0A,
         .is_savable = true,
         .values = bytes("00 10 00 00 00 00 00 00 00 00"),
         .changeable = bytes("04 F0 00 00 00 00 00 00 00 00")},
        {.code = 0x0A, .subpage = 1, .values = bytes("11 22"), .changeable = bytes("0F 00")},
        {.code = 0x00, .values = {}}};
    return profile;
}

class DiskModes : public Modes {
protected:
    DiskModes() : Modes(disk()) {}
};

constexpr auto kDescriptorSense = "00 00 00 00 | 0A 0A 04 10 00 00 00 00 00 00 00 00";
constexpr auto kOtherAlgorithm = "00 00 00 00 | 0A 0A 00 20 00 00 00 00 00 00 00 00";
constexpr auto kSelect = "15 10 00 00 10 00";
constexpr auto kSelectAndSave = "15 11 00 00 10 00";

TEST_F(DiskModes, WithSubpagesHaveTheLongHeader) {
    EXPECT_EQ(host.ask("1A 08 0A 01 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "09 00 00 00 | 4A 01 00 02 11 22"_hex);
    EXPECT_EQ(host.ask("1A 08 0A FF FF 00"), "GOOD");
    EXPECT_EQ(host.data(),
              "15 00 00 00 | 8A 0A 00 10 00 00 00 00 00 00 00 00 | 4A 01 00 02 11 22"_hex);
    EXPECT_EQ(host.ask("1A 08 3F 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 8A 0A 00 10 00 00 00 00 00 00 00 00"_hex);
    EXPECT_EQ(host.ask("15 10 00 00 0A 00", "00 00 00 00 | 4A 01 00 02 1E 22"), "GOOD");
    EXPECT_EQ(host.ask("1A 08 0A 01 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "09 00 00 00 | 4A 01 00 02 1E 22"_hex);
    EXPECT_EQ(host.ask("15 10 00 00 0A 00", "00 00 00 00 | 4A 01 00 02 1E 23"),
              invalid_parameter("byte 9 bit 0"));
    EXPECT_EQ(host.ask("15 10 00 00 09 00", "00 00 00 00 | 4A 01 00 01 1E"),
              invalid_parameter("byte 6"));
}

// What the tape driver of Linux asks at every open: header and descriptor alone.
TEST_F(DiskModes, OfPageZeroAreTheHeaderAlone) {
    EXPECT_EQ(host.ask("1A 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "03 00 00 00");
}

TEST_F(DiskModes, ChangeWhatIsChangeable) {
    EXPECT_EQ(host.ask("1A 08 4A 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 8A 0A 04 F0 00 00 00 00 00 00 00 00"_hex);
    EXPECT_EQ(host.ask(kSelect, kOtherAlgorithm), "GOOD");
    ASSERT_EQ(unit.changed.size(), 1u);
    EXPECT_EQ(hex(unit.changed.front().values), "00 20 00 00 00 00 00 00 00 00");
    EXPECT_EQ(host.ask("1A 08 0A 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 8A 0A 00 20 00 00 00 00 00 00 00 00"_hex);
    EXPECT_EQ(host.ask("1A 08 8A 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 8A 0A 00 10 00 00 00 00 00 00 00 00"_hex);
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
    EXPECT_EQ(other.ask(kTestUnitReady), kModesChanged);
}

TEST_F(DiskModes, TakeEffectAllOrNone) {
    constexpr auto kGoodThenBad =
        "00 00 00 00 | 0A 0A 00 20 00 00 00 00 00 00 00 00 | 4A 01 00 02 11 FF";
    EXPECT_EQ(host.ask("15 10 00 00 16 00", kGoodThenBad), invalid_parameter("byte 21 bit 7"));
    EXPECT_TRUE(unit.changed.empty());
    EXPECT_EQ(other.ask(kTestUnitReady), "GOOD");
    unit.forbidden_change = kParameterValueInvalid.at_parameter_byte(1, 7);
    EXPECT_EQ(host.ask(kSelect, kOtherAlgorithm),
              "CHECK CONDITION 5/26/02 PARAMETER VALUE INVALID, parameter byte 7 bit 7")
        << "the unit's own reason, moved to where the values stand";
    EXPECT_TRUE(unit.changed.empty());
}

TEST_F(DiskModes, IgnoreTheSavableBitOfAList) {
    EXPECT_EQ(host.ask(kSelect, "00 00 00 00 | 8A 0A 00 20 00 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(unit.changed.size(), 1u);
}

TEST_F(DiskModes, SetTheFormatOfSenseData) {
    EXPECT_EQ(host.ask(kSelect, kDescriptorSense), "GOOD");
    std::string sense;
    device.submit(std::make_unique<Task>(
        Task::Address{host.initiator.nexus(), simple_lun(0), TaskTag{999}}, Cdb(bytes("FF 00")),
        Bytes{}, [&](const TaskResult& result) { sense = hex(result.sense); }));
    EXPECT_EQ(sense, "72 05 20 00 00 00 00 08 02 06 00 00 C0 00 00 00");
    EXPECT_EQ(host.ask("03 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.response.data_in.size(), 18u) << "REQUEST SENSE goes by its own DESC";
}

TEST_F(DiskModes, FallBackAtResetToWhatWasSaved) {
    EXPECT_EQ(host.ask(kSelectAndSave, kOtherAlgorithm), "GOOD");
    EXPECT_EQ(host.ask(kSelect, kDescriptorSense), "GOOD");
    EXPECT_EQ(host.ask("1A 08 CA 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 8A 0A 00 20 00 00 00 00 00 00 00 00"_hex);
    unit.changed.clear();
    unit.reset(kLogicalUnitReset);
    ASSERT_EQ(unit.changed.size(), 1u) << "the unit is told";
    host.settle();
    EXPECT_EQ(host.ask("1A 08 0A 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 8A 0A 00 20 00 00 00 00 00 00 00 00"_hex);
    EXPECT_EQ(host.ask("1A 08 8A 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 8A 0A 00 10 00 00 00 00 00 00 00 00"_hex);
}

TEST_F(DiskModes, FallBackAtResetToTheirDefaultsOtherwise) {
    EXPECT_EQ(host.ask(kSelect, kOtherAlgorithm), "GOOD");
    unit.reset(kLogicalUnitReset);
    host.settle();
    EXPECT_EQ(host.ask("1A 08 0A 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 8A 0A 00 10 00 00 00 00 00 00 00 00"_hex);
}

TEST_F(DiskModes, AreKeptOverPowerByWhoeverAsksForThem) {
    EXPECT_EQ(host.ask(kSelectAndSave, kOtherAlgorithm), "GOOD");
    TestUnit reborn(disk());
    auto saved = unit.saved_mode_pages();
    EXPECT_EQ(saved.size(), 1u) << "page 0Ah/01h has PS 0";
    saved[{0x33, 0}] = Bytes(4);
    reborn.restore_saved_mode_pages(saved);
    EXPECT_EQ(reborn.saved_mode_pages().size(), 1u) << "a page it does not have is forgotten";
    device.add(simple_lun(1), reborn);
    host.ask(kTestUnitReady, "", simple_lun(1));
    EXPECT_EQ(host.ask("1A 08 0A 00 FF 00", "", simple_lun(1)), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 8A 0A 00 20 00 00 00 00 00 00 00 00"_hex);
    device.remove(simple_lun(1));
}

class ChangerModes : public Modes {
protected:
    ChangerModes() : Modes({.mode_pages = {{.code = 0x1C, .values = Bytes(10)}}}) {}
};

TEST_F(ChangerModes, CannotBeSavedWhenNoPageCan) {
    EXPECT_EQ(host.ask("15 11 00 00 10 00", "00 00 00 00 | 1C 0A 00 00 00 00 00 00 00 00 00 00"),
              invalid_field("byte 1 bit 0"));
    EXPECT_EQ(host.ask("1A 08 FF 00 FF 00"), kNotSaved);
}

TEST_F(ChangerModes, RefuseABlockDescriptorTheyDoNotHave) {
    EXPECT_EQ(host.ask("15 10 00 00 0C 00", "00 00 00 08 | 00 00 00 00 00 00 00 00"),
              invalid_parameter("byte 3"));
    EXPECT_EQ(host.ask("1A 00 1C 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "0F 00 00 00 | 1C 0A 00 00 00 00 00 00 00 00 00 00"_hex);
}

class LongModes : public Modes {
protected:
    LongModes()
        : Modes({.mode_pages = {{.code = 0x20, .values = Bytes(200)},
                                {.code = 0x21, .values = Bytes(100)}}}) {}
};

TEST_F(LongModes, ThatDoNotFitTheShortLengthNeedTheLongCommand) {
    EXPECT_EQ(host.ask("1A 08 3F 00 FF 00"), invalid_field("byte 2"));
    EXPECT_EQ(host.ask("5A 08 3F 00 00 00 00 01 FF 00"), "GOOD");
    EXPECT_EQ(hex(BytesView(host.response.data_in).first(8)), "01 36 00 00 00 00 00 00");
}

TEST(ModeParameters, KeepLiveBitsOutsideTheChangeableOnes) {
    EXPECT_EQ(hex(merge_bits(bytes("FF FF"), bytes("0F"), bytes("12 34"))), "1F 34");
}

}  // namespace
}  // namespace nearline::scsi
