// `nearline tape` before a drive of ours, in process.
#include "apps/tape/tape_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/drives/a_drive.h"

namespace nearline::apps {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kUrl = "iscsi://127.0.0.1:1/iqn.2026-11.test.nearline:vault/0";

// Lets the drive's time pass until it has answered.
class PassingInitiator final : public scsi::Initiator {
public:
    PassingInitiator(scsi::TargetDevice& device, sim::Simulation& simulation)
        : simulation_(simulation), inner_(device, {"nearline tape", "target"}) {}

    // A command sent by an answer is carried out when that answer has been taken.
    void execute(scsi::Request request, std::function<void(scsi::Response)> done) override {
        ++waiting_;
        const bool is_nested = std::exchange(is_passing_, true);
        inner_.execute(std::move(request), [this, done](scsi::Response response) {
            --waiting_;
            done(std::move(response));
        });
        if (is_nested) return;
        while (waiting_ > 0 && simulation_.run_next()) {
        }
        is_passing_ = false;
        EXPECT_EQ(waiting_, 0);
    }

private:
    sim::Simulation& simulation_;
    int waiting_ = 0;
    bool is_passing_ = false;
    scsi::LocalInitiator inner_;
};

class TapeCommanding : public drives::DriveTest {
protected:
    TapeCommanding() {
        power_on();
        load();
    }

    int run(std::vector<std::string> words) {
        words.insert(words.begin(), kUrl);
        std::ostringstream out_stream;
        std::ostringstream err_stream;
        const int status = run_tape(
            words, out_stream, err_stream,
            [this](initiator::Loop&, const initiator::IscsiUrl&, const initiator::IscsiOptions&) {
                return std::make_unique<PassingInitiator>(device, simulation);
            });
        out = out_stream.str();
        err = err_stream.str();
        return status;
    }
    std::string where() {
        EXPECT_EQ(run({"status"}), 0);
        return out.substr(out.rfind("partition"));
    }
    // A file with these contents, until the end of the test.
    std::string file(const std::string& contents) {
        const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
        const std::string path = testing::TempDir() + "tape_command_" + test->name();
        FILE* stream = std::fopen(path.c_str(), "w");
        std::fwrite(contents.data(), 1, contents.size(), stream);
        std::fclose(stream);
        return path;
    }

    std::string out;
    std::string err;
};

TEST_F(TapeCommanding, WritesAFileAndReadsItBack) {
    const std::string contents(2500, 'x');
    EXPECT_EQ(run({"write", "--block-size", "1000", file(contents)}), 0) << err;
    EXPECT_THAT(err, HasSubstr("2500 bytes in 3 blocks"));
    EXPECT_EQ(where(), "partition 0, object 4, file 1\n");
    EXPECT_EQ(run({"rewind"}), 0);
    EXPECT_EQ(run({"read"}), 0);
    EXPECT_EQ(out, contents);
    EXPECT_EQ(run({"read"}), 1);
    EXPECT_THAT(err, HasSubstr("end of the data"));
}

TEST_F(TapeCommanding, GoesOnWhereAWriteWithoutAFilemarkEnded) {
    EXPECT_EQ(run({"write", "--no-filemark", file("one")}), 0);
    EXPECT_EQ(run({"write", file("two")}), 0);
    EXPECT_EQ(run({"rewind"}), 0);
    EXPECT_EQ(run({"read"}), 0);
    EXPECT_EQ(out, "onetwo");
}

TEST_F(TapeCommanding, MovesTheTape) {
    for (const char* contents : {"a", "b", "c"}) EXPECT_EQ(run({"write", file(contents)}), 0);
    EXPECT_EQ(run({"locate", "2", "--file"}), 0);
    EXPECT_EQ(where(), "partition 0, object 4, file 2\n");
    EXPECT_EQ(run({"space", "filemarks", "-1"}), 0);
    EXPECT_EQ(where(), "partition 0, object 3, file 1\n");
    EXPECT_EQ(run({"space", "blocks", "2"}), 1);
    EXPECT_THAT(err, HasSubstr("FILEMARK DETECTED"));
    EXPECT_EQ(run({"locate", "1"}), 0);
    EXPECT_EQ(where(), "partition 0, object 1, file 0\n");
    EXPECT_EQ(run({"locate", "--end"}), 0);
    EXPECT_EQ(where(), "partition 0, object 6, file 3\n");
    EXPECT_EQ(run({"locate", "99"}), 1);
    EXPECT_THAT(err, HasSubstr("LOCATE: 8/00/05"));
    EXPECT_EQ(run({"locate", "3"}), 0);
    EXPECT_EQ(run({"weof", "2"}), 0);
    EXPECT_EQ(run({"rewind"}), 0);
    EXPECT_EQ(run({"space", "end"}), 0);
    EXPECT_EQ(where(), "partition 0, object 5, file 3\n");
    EXPECT_EQ(run({"locate", "1"}), 0);
    EXPECT_EQ(run({"erase"}), 0);
    EXPECT_EQ(run({"space", "end"}), 0);
    EXPECT_EQ(where(), "partition 0, object 1, file 0\n");
}

TEST_F(TapeCommanding, StatusTellsWithoutATapeToo) {
    EXPECT_EQ(run({"status", "--json"}), 0);
    EXPECT_THAT(out, HasSubstr("\"density\": 96"));
    EXPECT_THAT(out, HasSubstr("\"at_beginning\": true"));
    EXPECT_EQ(run({"unload"}), 0);
    EXPECT_EQ(run({"status", "--json"}), 0);
    EXPECT_THAT(out, HasSubstr("\"ready\": false"));
    EXPECT_EQ(run({"write", file("x")}), 1);
    EXPECT_EQ(run({"load"}), 0);
    EXPECT_EQ(where(), "partition 0, object 0, file 0, at the beginning\n");
}

TEST_F(TapeCommanding, AFullTapeIsARefusal) {
    recorded = media::ListMedium(50'000'000);
    EXPECT_EQ(run({"unload"}), 0);
    EXPECT_EQ(run({"load"}), 0);
    EXPECT_EQ(run({"write", "--block-size", "1000000", file(std::string(60'000'000, 'x'))}), 1);
    EXPECT_THAT(err, HasSubstr("note: the end of the tape is near"));
    EXPECT_THAT(err, HasSubstr("the tape is full"));
}

TEST_F(TapeCommanding, TellsWhatADriveReadsAndWrites) {
    EXPECT_EQ(run({"density"}), 0) << err;
    EXPECT_THAT(out, HasSubstr("0x5e  U-832 "));
    EXPECT_THAT(out, HasSubstr("Ultrium 8/32T, read only\n"));
    EXPECT_THAT(out, HasSubstr("Ultrium 9/32T, read and written, default\n"));
    EXPECT_EQ(run({"density", "--medium", "--json"}), 0) << err;
    EXPECT_THAT(out, HasSubstr("\"code\": 96"));
    EXPECT_THAT(out, testing::Not(HasSubstr("\"code\": 94")));
    EXPECT_EQ(run({"unload"}), 0);
    EXPECT_EQ(run({"density"}), 0) << err;
    EXPECT_EQ(run({"density", "--medium"}), 1);
    EXPECT_THAT(err, HasSubstr("2/3A/00"));
}

TEST_F(TapeCommanding, EncryptsWithAKeyFromAFile) {
    EXPECT_EQ(run({"write", file("plain"), "--no-filemark"}), 0);
    const std::string key = file(std::string(64, 'a') + "\n");
    EXPECT_EQ(run({"encryption", "on", "--key-file", key, "--kad", "spring"}), 0) << err;
    EXPECT_EQ(run({"encryption"}), 0) << err;
    EXPECT_EQ(out,
              "encryption on, decryption on, set for all initiators\n"
              "AES-256-GCM, key instance 1, raw reads of what is written disabled\n"
              "  key-associated data: spring\n"
              "object 1: no block\n");
    EXPECT_EQ(run({"write", file("hidden")}), 0);
    EXPECT_EQ(run({"locate", "1"}), 0);
    EXPECT_EQ(run({"read"}), 0) << err;
    EXPECT_EQ(out, "hidden");
    // With another key, and with none.
    EXPECT_EQ(run({"encryption", "on", "--raw-read", "--key-file", file(std::string(32, 'b'))}), 0);
    EXPECT_EQ(run({"locate", "1"}), 0);
    EXPECT_EQ(run({"encryption", "--json"}), 0);
    EXPECT_THAT(out, HasSubstr("\"encryption\": \"encrypted with another key\""));
    EXPECT_THAT(out, HasSubstr("\"kad\": \"spring\""));
    EXPECT_EQ(run({"read"}), 1);
    EXPECT_THAT(err, HasSubstr("7/74/03"));
    EXPECT_EQ(run({"encryption", "off"}), 0);
    EXPECT_EQ(run({"read"}), 1);
    EXPECT_THAT(err, HasSubstr("7/74/01"));
    EXPECT_EQ(run({"rewind"}), 0);
    EXPECT_EQ(run({"encryption", "status"}), 0);
    EXPECT_EQ(out,
              "encryption off, decryption off, set for all initiators\n"
              "object 0: not encrypted\n");
}

TEST_F(TapeCommanding, SetsKeysWithoutATapeToo) {
    EXPECT_EQ(run({"unload"}), 0);
    EXPECT_EQ(run({"encryption", "on", "--raw-read", "--key-file", file(std::string(64, '0'))}), 0)
        << err;
    EXPECT_EQ(run({"encryption"}), 0);
    EXPECT_THAT(out, HasSubstr("raw reads of what is written enabled\n"));
    EXPECT_THAT(out, testing::Not(HasSubstr("object")));
}

TEST_F(TapeCommanding, ABadKeyIsBadUsageAndIsNotShown) {
    EXPECT_EQ(run({"encryption", "on"}), 2);
    EXPECT_THAT(err, HasSubstr("--key-file"));
    EXPECT_EQ(run({"encryption", "off", "--kad", "x"}), 2);
    EXPECT_EQ(run({"encryption", "on", "--key-file", "/no/such/file"}), 2);
    EXPECT_EQ(run({"encryption", "on", "--key-file", file("secret")}), 2);
    EXPECT_THAT(err, HasSubstr("64 hexadecimal digits"));
    EXPECT_THAT(err, testing::Not(HasSubstr("secret")));
    EXPECT_EQ(run({"encryption", "on", "--kad", std::string(33, 'x'), "--key-file",
                   file(std::string(64, '0'))}),
              2);
    EXPECT_THAT(err, HasSubstr("32 bytes"));
    EXPECT_EQ(run({"encryption"}), 0);
    EXPECT_THAT(out, StartsWith("encryption off"));
}

TEST_F(TapeCommanding, BadUsageIsTwo) {
    EXPECT_EQ(run({"juggle"}), 2);
    EXPECT_EQ(run({"space", "setmarks"}), 2);
    EXPECT_EQ(run({"write", "/no/such/file"}), 2);
    EXPECT_THAT(err, HasSubstr("No such file"));
    EXPECT_EQ(run({"--help"}), 0);
}

}  // namespace
}  // namespace nearline::apps
