#include "library/cartridge_format.h"

#include <gtest/gtest.h>

namespace nearline::library {
namespace {

using media::Generation;

DriveDescription drive(std::set<Generation> reads, std::set<Generation> writes) {
    DriveDescription drive;
    drive.profile.reads = std::move(reads);
    drive.profile.writes = std::move(writes);
    return drive;
}

TEST(CartridgeFormat, IsTheNewestThatADriveWrites) {
    const DriveDescription elder = drive({Generation::JcE07}, {Generation::JcE07});
    const DriveDescription younger =
        drive({Generation::JcE08, Generation::JcE07}, {Generation::JcE08, Generation::JcE07});
    EXPECT_EQ(format_in({elder}, Generation::JcE08), Generation::JcE07);
    EXPECT_EQ(format_in({younger}, Generation::JcE08), Generation::JcE08);
    EXPECT_EQ(format_in({elder, younger}, Generation::JcE08), Generation::JcE08);
}

TEST(CartridgeFormat, IsOneThatIsReadWhereNoneIsWritten) {
    const DriveDescription reader =
        drive({Generation::T1T10000A, Generation::T2T10000C}, {Generation::T2T10000C});
    EXPECT_EQ(format_in({reader}, Generation::T1T10000B), Generation::T1T10000A);
    // What is written goes before what is only read, be it newer.
    const DriveDescription mixed =
        drive({Generation::JaE06, Generation::JaE05}, {Generation::JaE05});
    EXPECT_EQ(format_in({mixed}, Generation::JaE06), Generation::JaE05);
}

TEST(CartridgeFormat, OfACartridgeForNoDriveIsTheNewest) {
    EXPECT_EQ(format_in({}, Generation::JbE07), Generation::JbE07);
    EXPECT_EQ(format_in({drive({Generation::Lto9}, {})}, Generation::JbE07), Generation::JbE07);
    EXPECT_EQ(format_in({drive({Generation::Lto9}, {})}, Generation::Lto7), Generation::Lto7);
    EXPECT_EQ(format_in({drive({Generation::Lto9}, {})}, Generation::Unknown), Generation::Unknown);
}

}  // namespace
}  // namespace nearline::library
