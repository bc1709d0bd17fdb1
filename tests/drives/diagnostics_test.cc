// Diagnostic pages, dumps and microcode of a drive.
#include <gmock/gmock.h>

#include "tests/drives/paged_drive.h"

namespace nearline::drives {
namespace {

using base::Bytes;
using scsi::check_condition;
using scsi::good;

class Diagnostics : public PagedDriveTest {
protected:
    Diagnostics() { power_on(); }
    Answer ask(std::string_view cdb, std::string_view data = "") {
        return settled(host.send(*base::from_hex(cdb), *base::from_hex(data)));
    }
    std::string dump() {
        const Bytes data = ask("3c020100000000100000").data;
        return {data.begin(), data.end()};
    }
};

// scsi-tape sheet 1.21: as LTFS takes its dump.
TEST_F(Diagnostics, DumpWhatTheDriveHasDone) {
    load();
    EXPECT_EQ(ask("1d1000000800", "8000000401600000").outcome, good());
    EXPECT_THAT(dump(), testing::HasSubstr("NEARLINE PLAIN DRIVE 0001 DRV0000001"));
    EXPECT_THAT(dump(), testing::HasSubstr(", loads 1,"));
    const Bytes descriptor = ask("3c030100000000000400").data;
    EXPECT_EQ(base::load_big_endian(descriptor, 1, 3), dump().size());
    reload();
    EXPECT_THAT(dump(), testing::HasSubstr(", loads 1,"));  // the one that was taken
    EXPECT_EQ(ask("1d1000000800", "8000000401600000").outcome, good());
    EXPECT_THAT(dump(), testing::HasSubstr(", loads 2,"));
}

TEST_F(Diagnostics, ListTheirPages) {
    EXPECT_EQ(base::to_hex(ask("1c0100010000").data), "000000020080");
    EXPECT_EQ(ask("1d1000000400", "00000000").outcome, good());
    EXPECT_EQ(base::to_hex(ask("1c0000010000").data), "000000020080");
    EXPECT_EQ(ask("1c0180010000").outcome, check_condition(scsi::kInvalidFieldInCdb));
    EXPECT_EQ(ask("1d1000000400", "40000000").outcome, invalid_parameter());
    EXPECT_EQ(ask("1d1000000800", "8000000401610000").outcome, invalid_parameter());
    EXPECT_EQ(ask("1d1000000700", "80000004016000").outcome,
              check_condition(scsi::kParameterListLengthError));
}

// TapeAlert 34.
TEST_F(Diagnostics, TellOfMicrocodeThatDidNotArrive) {
    EXPECT_EQ(ask("3b050000000100000100", "aa").outcome, check_condition(scsi::kInvalidFieldInCdb));
    EXPECT_EQ(base::to_hex(ask("4d005200000000ffff00").data).substr(16), "0000000040000000");
    EXPECT_EQ(ask("3b050000000000000100", "aa").outcome, good());
    EXPECT_EQ(base::to_hex(ask("4d005200000000ffff00").data).substr(16), "0000000000000000");
}

}  // namespace
}  // namespace nearline::drives
