#include "apps/changer/changer_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "apps/changer/json_writer.h"
#include "tests/initiator/msl3040.h"

namespace nearline::apps {
namespace {

using initiator::ScriptedInitiator;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kUrl = "iscsi://127.0.0.1:1/iqn.2026-11.test.nearline:vault/0";

struct Ran {
    int status = -1;
    std::string out;
    std::string err;
    std::vector<std::string> cdbs;
};

// Runs `nearline changer ARGUMENTS` against `script` in place of a target.
Ran run(std::vector<std::string> arguments, ScriptedInitiator::Script script = initiator::msl3040) {
    Ran ran;
    std::ostringstream out;
    std::ostringstream err;
    const auto noting = [&](const scsi::Request& request) {
        ran.cdbs.push_back(base::to_hex(request.cdb));
        return script(request);
    };
    ran.status = run_changer(
        arguments, out, err,
        [&](initiator::Loop&, const initiator::IscsiUrl&, const initiator::IscsiOptions&) {
            return std::make_unique<ScriptedInitiator>(noting);
        });
    ran.out = out.str();
    ran.err = err.str();
    return ran;
}

TEST(ChangerCommand, StatusShowsWhatIsWhere) {
    const Ran ran = run({kUrl, "status"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out,
              "HPE MSL G3 Series 3350, LUN 0, 1 robot, 2 drives, 3 slots, 0 stations\n"
              "robot 0     0x0000  empty\n"
              "drive 0     0x0001  full   S30002L9    from element 0x040a; HPE Ultrium 9-SCSI, "
              "serial 8031BDC7D1\n"
              "drive 1     0x0002  full   Z20001L9    from element 0x03ee; HPE Ultrium 9-SCSI, "
              "serial 8031BDC7DB\n"
              "slot 1      0x03e9  full   CLNU01L9    cleaning\n"
              "slot 2      0x03ea  full   S20001L9\n"
              "slot 3      0x03eb  empty\n");
}

TEST(ChangerCommand, StatusAsJsonHasTheSame) {
    const Ran ran = run({kUrl, "status", "--json"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("\"vendor\": \"HPE\""));
    EXPECT_THAT(ran.out, HasSubstr("\"label\": \"S30002L9\""));
    EXPECT_THAT(ran.out, HasSubstr("\"serial\": \"8031BDC7D1\""));
    EXPECT_THAT(ran.out, HasSubstr("\"stations\": []"));
}

TEST(ChangerCommand, LoadMovesFromTheSlotIntoTheDrive) {
    const Ran ran = run({kUrl, "load", "2", "1"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out, "S20001L9 moved from slot 2 to drive 1\n");
    EXPECT_EQ(ran.cdbs.back(), "a500000003ea000200000000");
}

TEST(ChangerCommand, UnloadGoesHomeOrElseToAFreeSlot) {
    // Its home, 040Ah, is none of this library's slots, and slot 3 is free.
    const Ran ran = run({kUrl, "unload"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.cdbs.back(), "a5000000000103eb00000000");
}

TEST(ChangerCommand, TransferAsJsonNamesBothEnds) {
    const Ran ran = run({kUrl, "--json", "transfer", "0x03ea", "slot:3"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("\"command\": \"transfer\""));
    EXPECT_THAT(ran.out, HasSubstr("\"source\": \"slot 2\""));
    EXPECT_THAT(ran.out, HasSubstr("\"destination_address\": 1003"));
}

TEST(ChangerCommand, IdentifyTellsSerialMapAndCapabilities) {
    const Ran ran = run({kUrl, "identify"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("serial:   DEC418146K_LL02"));
    EXPECT_THAT(ran.out, HasSubstr("3 slots from 0x03e9"));
    EXPECT_THAT(ran.out, HasSubstr("moves from slot to: slot, drive"));
    EXPECT_THAT(ran.out, HasSubstr("unit, NAA: 5001438031bdc7d4"));
}

TEST(ChangerCommand, ARefusalIsStatusOneInTheTargetsWords) {
    const Ran ran = run({kUrl, "load", "3"}, [](const scsi::Request& request) {
        if (base::to_hex(request.cdb).starts_with("a5")) {
            return initiator::refused(scsi::kMediumSourceElementEmpty);
        }
        return initiator::msl3040(request);
    });
    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.out, IsEmpty());
    EXPECT_THAT(ran.err, HasSubstr("nearline changer: MOVE MEDIUM: 5/3B/0E"));
}

TEST(ChangerCommand, APlaceTheLibraryLacksIsRefusedWithoutAsking) {
    const Ran ran = run({kUrl, "load", "99"});
    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, HasSubstr("no slot 99: the library has 1 to 3"));
    EXPECT_THAT(ran.cdbs.back(), Not(HasSubstr("a5")));
}

TEST(ChangerCommand, BadUsageIsStatusTwo) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{},
                                               {kUrl},
                                               {kUrl, "juggle"},
                                               {kUrl, "load"},
                                               {kUrl, "load", "slot:x"},
                                               {kUrl, "status", "more"},
                                               {"http://127.0.0.1", "status"},
                                               {kUrl, "--wait", "-1", "status"}}) {
        const Ran ran = run(arguments);
        EXPECT_EQ(ran.status, 2) << testing::PrintToString(arguments);
        EXPECT_THAT(ran.err, Not(IsEmpty()));
        EXPECT_THAT(ran.cdbs, IsEmpty());
    }
}

TEST(ChangerCommand, HelpIsNoError) {
    const Ran ran = run({"--help"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr("nearline changer"));
}

TEST(ChangerCommand, ATargetThatIsGoneIsStatusThree) {
    const Ran ran =
        run({kUrl, "status"}, [](const scsi::Request&) { return initiator::lost("nobody there"); });
    EXPECT_EQ(ran.status, 3);
    EXPECT_THAT(ran.err, HasSubstr("nobody there"));
}

TEST(ChangerCommand, ATargetWithoutAChangerIsStatusThree) {
    const Ran ran = run({kUrl, "status"}, [](const scsi::Request& request) {
        if (base::to_hex(request.cdb).starts_with("a0")) {
            return initiator::good(initiator::bytes_of("00000008 00000000 0001000000000000"));
        }
        return initiator::good(initiator::bytes_of("00 00 06 02 1F"));  // a disk
    });
    EXPECT_EQ(ran.status, 3);
    EXPECT_THAT(ran.err, HasSubstr("no medium changer"));
}

TEST(ChangerCommand, NotesAUnitAttentionAndGoesOn) {
    int asked = 0;
    const Ran ran = run({kUrl, "status"}, [&](const scsi::Request& request) {
        return ++asked == 1 ? initiator::refused(scsi::kPowerOnOccurred)
                            : initiator::msl3040(request);
    });
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.err, HasSubstr("note: unit attention: 6/29/01"));
}

TEST(JsonWriter, EscapesWhatJsonDoesNotAllow) {
    JsonWriter json;
    json.begin_object().member("a\"b", "c\\d\n\x01").key("e").begin_array();
    json.value(true).null().end_array().end_object();
    EXPECT_EQ(json.text(),
              "{\n  \"a\\\"b\": \"c\\\\d\\u000a\\u0001\",\n"
              "  \"e\": [\n    true,\n    null\n  ]\n}");
}

}  // namespace
}  // namespace nearline::apps
