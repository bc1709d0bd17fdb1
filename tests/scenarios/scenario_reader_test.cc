#include "scenarios/scenario_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/memory_file_system.h"

namespace nearline::scenarios {
namespace {

using testing::ElementsAre;

std::vector<std::string> problems_in(const std::string& text) {
    base::MemoryFileSystem files;
    const auto read = read_scenario(text, "s", files);
    std::vector<std::string> lines;
    if (read) return lines;
    for (const auto& problem : read.error()) lines.push_back(to_text(problem));
    return lines;
}

TEST(ScenarioFile, TellsWhoTakesPart) {
    base::MemoryFileSystem files;
    const auto read = read_scenario(R"(name: 'a'
        step { command { name: 'INQUIRY' } }
        step { command { name: 'INQUIRY' from: 'other' } }
        step { connect: 'late' } step { command { name: 'INQUIRY' from: 'late' } })",
                                    "s", files);
    ASSERT_TRUE(read);
    EXPECT_THAT(read->initiators, ElementsAre("host", "other"));
    EXPECT_EQ(read->steps.size(), 4U);
    EXPECT_EQ(read->library.slots, 24) << "the built-in library";
}

TEST(ScenarioFile, TakesItsLibraryFromBesideIt) {
    base::MemoryFileSystem files;
    ASSERT_TRUE(
        base::replace_file(files, "l.textproto", base::as_bytes("name: 'b' storage { count: 3 }")));
    const auto read = read_scenario("name: 'a' library_file: 'l.textproto' step {}", "s", files);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->library.slots, 3);
}

struct Refusal {
    const char* text;
    std::vector<std::string> problems;
};

TEST(ScenarioFile, RefusesWithThePlace) {
    const std::string head = "name: 'a'\n";
    const Refusal refusals[] = {
        {"", {"s:1:1: a scenario needs steps"}},
        {"step { command {} }", {"s:2:8: command: say one of name and cdb"}},
        {"step { command { name: 'MOVE' } }", {"s:2:18: name: there is no command \"MOVE\""}},
        {"step { command { name: 'INQUIRY' field { name: 'PAGE' } } }",
         {"s:2:42: field: INQUIRY has none called \"PAGE\"; it has \"EVPD\" \"PAGE CODE\" "
          "\"ALLOCATION LENGTH\""}},
        {"step { command { name: 'INQUIRY' field { name: 'EVPD' value: 2 } } }",
         {"s:2:55: value: 2 does not fit into the 1 bits of \"EVPD\""}},
        {"step { command { name: 'INQUIRY' source: 'slot 1' } }",
         {"s:2:34: source: INQUIRY has no such field"}},
        {"step { command { name: 'MOVE MEDIUM' source: 'cell 1' } }",
         {"s:2:38: \"cell 1\" is no element: slot 1, station 1, drive 1, robot 1, 0x1000"}},
        {"step { command { cdb: '00' } }", {"s:2:18: cdb: 1 bytes are not from 6 to 260"}},
        {"step { command { cdb: '0' } }",
         {"s:2:18: cdb: \"0\" is not whole bytes in hexadecimal",
          "s:2:18: cdb: 0 bytes are not from 6 to 260"}},
        {"step { command { name: 'INQUIRY' to: 'robot 1' } }",
         {"s:2:34: \"robot 1\" is no unit: changer, drive 1"}},
        {"step { command { name: 'INQUIRY' to: 'drive 3' } }", {"s:2:1: to: there is no drive 3"}},
        {"step { advance: '5' }", {"s:2:8: \"5\" is no duration: 500ms, 10s, 1min 30s, 2h"}},
        {"step { await: 'x' }", {"s:2:1: await: no command was sent as \"x\""}},
        {"step { operator {} }", {"s:2:8: operator: say act"}},
        {"step { operator { act: TAKE } }", {"s:2:8: operator: say cartridge"}},
        {"step { operator { act: PRESS_EJECT } }",
         {"s:2:8: operator: say number, which is from 1 on"}},
        {"step { rsm { method: 'M' } }",
         {"s:2:1: rsm: this scenario has none; say rsm {} before its steps"}},
        {"step { run_until {} }",
         {"s:2:8: run_until: say one of ready, idle, time, and drive with state"}},
        {"step { manage {} }", {"s:2:8: manage: say function"}},
        {"step { expect { sense: '5/3B/0D' } }",
         {"s:2:8: expect: there is no command's answer here"}},
        {"step { command { name: 'INQUIRY' } expect { sense: 'OOPS' } }",
         {"s:2:45: \"OOPS\" is no sense: 5/3B/0D, or the standard's words for an additional sense "
          "code"}},
        {"step { command { name: 'INQUIRY' } expect { status: 'FINE' } }",
         {"s:2:45: status: there is no \"FINE\""}},
        {"step { command { name: 'INQUIRY' } expect { data_in: '0' } }",
         {"s:2:45: data_in: not whole bytes in hexadecimal, with ?? and a last ..."}},
        {"step { command { name: 'INQUIRY' } expect { field_pointer: '6' } }",
         {"s:2:45: field_pointer: \"6\" is neither \"byte 6\" nor \"byte 6 bit 4\""}},
        {"step { command { name: 'INQUIRY' } expect { refused: 'x' } }",
         {"s:2:45: refused: the operator does nothing here"}},
        {"step { expect { error: 1 } }", {"s:2:8: expect: Removable Storage is not called here"}},
        {"library_file: 'none' step {}", {"none:1:1: none: no such file"}},
    };
    for (const Refusal& refusal : refusals) {
        EXPECT_EQ(problems_in(head + refusal.text), refusal.problems) << refusal.text;
    }
}

}  // namespace
}  // namespace nearline::scenarios
