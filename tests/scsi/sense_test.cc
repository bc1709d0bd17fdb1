#include "scsi/sense.h"

#include <gtest/gtest.h>

#include "tests/scsi/test_unit.h"

namespace nearline::scsi {
namespace {

std::string fixed(const Sense& sense) {
    return hex(encode_sense(sense, SenseFormat::Fixed));
}

std::string descriptor(const Sense& sense) {
    return hex(encode_sense(sense, SenseFormat::Descriptor));
}

// The bytes a library sent (HPE MSL3040 captures), and those of the manuals.
TEST(FixedSense, HasTheBytesOfRealLibraries) {
    EXPECT_EQ(fixed(kMediumSourceElementEmpty),
              "70 00 05 00 00 00 00 0A 00 00 00 00 3B 0E 00 00 00 00");
    EXPECT_EQ(fixed(kPowerOnOccurred), "70 00 06 00 00 00 00 0A 00 00 00 00 29 01 00 00 00 00");
    // A reserved bit: byte 6, bit 4.
    EXPECT_EQ(fixed(kInvalidFieldInCdb.at_byte(6, 4)),
              "70 00 05 00 00 00 00 0A 00 00 00 00 24 00 00 CC 00 06");
    EXPECT_EQ(fixed(kInvalidElementAddress.at_byte(6)),
              "70 00 05 00 00 00 00 0A 00 00 00 00 21 01 00 C0 00 06");
    EXPECT_EQ(fixed(kBecomingReady.with_progress(0x8000)),
              "70 00 02 00 00 00 00 0A 00 00 00 00 04 01 00 80 80 00");
}

TEST(FixedSense, PointsIntoParameterDataWithoutTheCdbBit) {
    EXPECT_EQ(fixed(kInvalidFieldInParameterList.at_parameter_byte(0x0123)),
              "70 00 05 00 00 00 00 0A 00 00 00 00 26 00 00 80 01 23");
    EXPECT_EQ(fixed(kInvalidFieldInParameterList.at_parameter_byte(2, 0)),
              "70 00 05 00 00 00 00 0A 00 00 00 00 26 00 00 88 00 02");
}

// SSC-4: a short block in fixed format: ILI, VALID, and the difference in INFORMATION.
TEST(FixedSense, CarriesInformationAndTheStreamBits) {
    Sense sense = kNoSense.with_information(0xFFFFFE00);
    sense.has_incorrect_length = true;
    EXPECT_EQ(fixed(sense), "F0 00 20 FF FF FE 00 0A 00 00 00 00 00 00 00 00 00 00");
    sense.has_filemark = true;
    sense.has_end_of_medium = true;
    sense.is_deferred = true;
    EXPECT_EQ(fixed(sense), "F1 00 E0 FF FF FE 00 0A 00 00 00 00 00 00 00 00 00 00");
}

TEST(DescriptorSense, IsEightBytesWithoutDescriptors) {
    EXPECT_EQ(descriptor(kPowerOnOccurred), "72 06 29 01 00 00 00 00");
    Sense deferred = kInternalTargetFailure;
    deferred.is_deferred = true;
    EXPECT_EQ(descriptor(deferred), "73 04 44 00 00 00 00 00");
}

TEST(DescriptorSense, HasADescriptorForEachThingItSays) {
    EXPECT_EQ(descriptor(kInvalidFieldInCdb.at_byte(6, 4)),
              "72 05 24 00 00 00 00 08 02 06 00 00 CC 00 06 00");
    EXPECT_EQ(descriptor(kNoSense.with_information(5)),
              "72 00 00 00 00 00 00 0C 00 0A 80 00 00 00 00 00 00 00 00 05");
    Sense sense = kNoSense;
    sense.has_filemark = true;
    sense.field_replaceable_unit = 7;
    sense.command_specific = 1;
    EXPECT_EQ(descriptor(sense),
              "72 00 00 00 00 00 00 14 01 0A 00 00 00 00 00 00 00 00 00 01 "
              "03 02 00 07 04 02 00 80");
}

TEST(Sense, ComesBackFromBothFormats) {
    Sense everything = kInvalidFieldInParameterList.at_parameter_byte(0x1234, 7);
    everything.information = 0x89ABCDEF;
    everything.command_specific = 0x01020304;
    everything.field_replaceable_unit = 0x55;
    everything.is_deferred = true;
    everything.has_filemark = true;
    everything.has_end_of_medium = true;
    everything.has_incorrect_length = true;
    for (const Sense& sense : {everything, kNoSense, kBecomingReady.with_progress(1),
                               kNoSense.with_progress(0xFFFF), kInvalidFieldInCdb.at_byte(0, 0)}) {
        for (const SenseFormat format : {SenseFormat::Fixed, SenseFormat::Descriptor}) {
            EXPECT_EQ(decode_sense(encode_sense(sense, format)), sense) << to_text(sense);
        }
    }
}

TEST(Sense, IsReadFromWhatIsTooShortOrForeign) {
    EXPECT_EQ(decode_sense({}), std::nullopt);
    EXPECT_EQ(decode_sense(bytes("70 00 05 00")), std::nullopt);
    EXPECT_EQ(decode_sense(bytes("72 05 24")), std::nullopt);
    EXPECT_EQ(decode_sense(bytes("00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")),
              std::nullopt);
    // 14 bytes are enough to name the refusal.
    EXPECT_EQ(decode_sense(bytes("70 00 05 00 00 00 00 0A 00 00 00 00 3B 0E")),
              kMediumSourceElementEmpty);
    // A descriptor that is cut off, and one of a type nobody knows.
    EXPECT_EQ(decode_sense(bytes("72 06 29 01 00 00 00 04 00 0A 80 00")), kPowerOnOccurred);
    EXPECT_EQ(decode_sense(bytes("72 06 29 01 00 00 00 04 80 02 12 34")), kPowerOnOccurred);
}

TEST(Sense, IsToldInWords) {
    EXPECT_EQ(to_text(kInvalidElementAddress.at_byte(6)),
              "5/21/01 INVALID ELEMENT ADDRESS, CDB byte 6");
    EXPECT_EQ(to_text(kInvalidFieldInParameterList.at_parameter_byte(3, 2)),
              "5/26/00 INVALID FIELD IN PARAMETER LIST, parameter byte 3 bit 2");
    EXPECT_EQ(additional_sense_text(0x83, 0x04), "ASC/ASCQ 83/04");
    EXPECT_EQ(to_text(SenseKey::UnitAttention), "UNIT ATTENTION");
}

}  // namespace
}  // namespace nearline::scsi
