#include "scsi/logical_unit.h"

#include <gtest/gtest.h>

#include "tests/scsi/test_unit.h"

namespace nearline::scsi {
namespace {

constexpr auto kPrevent = "1E 00 00 00 01 00";
constexpr auto kTestUnitReady = "00 00 00 00 00 00";
constexpr auto kReserve = "16 00 00 00 00 00";
constexpr auto kRelease = "17 00 00 00 00 00";

class GateTest : public testing::Test {
protected:
    GateTest() {
        device.add(simple_lun(0), unit);
        host.settle();
        other.settle();
    }

    UnitProfile profile{.device_type = kMediumChanger, .vendor = "NEARLINE", .product = "TEST"};
    TestUnit unit{profile};
    TargetDevice device;
    Host host{device, "host"};
    Host other{device, "other"};
};

TEST_F(GateTest, RefusesAnUnknownOperationCode) {
    EXPECT_EQ(host.ask("FF 00 00 00 00 00"),
              "CHECK CONDITION 5/20/00 INVALID COMMAND OPERATION CODE, CDB byte 0");
}

TEST_F(GateTest, RefusesAnOperationCodeTheModelLacks) {
    profile.unsupported = {TestUnitReady::opcode, ReportSupportedOperationCodes::opcode};
    TestUnit lacking(profile);
    device.add(simple_lun(1), lacking);
    EXPECT_EQ(host.ask(kTestUnitReady, "", simple_lun(1)),
              "CHECK CONDITION 5/20/00 INVALID COMMAND OPERATION CODE, CDB byte 0");
    EXPECT_EQ(host.ask("A3 0C 00 00 00 00 00 00 00 FF 00 00", "", simple_lun(1)),
              "CHECK CONDITION 5/20/00 INVALID COMMAND OPERATION CODE, CDB byte 0");
    device.remove(simple_lun(1));
}

TEST_F(GateTest, RefusesAnUnknownServiceActionOfAKnownOperationCode) {
    EXPECT_EQ(host.ask("A3 1F 00 00 00 00 00 00 00 FF 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 4");
}

}  // namespace
}  // namespace nearline::scsi
