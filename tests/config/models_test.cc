// Every drive personality as a drive: which media it loads, reads and writes, held against tables
// of its own (scsi-tape sheet 3.2 and 3.4), and what it says of itself (1.5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "config/personalities.h"
#include "config/personality_reader.h"
#include "drives/data_commands.h"
#include "drives/drive.h"
#include "drives/medium_codes.h"
#include "drives/medium_commands.h"
#include "drives/position_commands.h"
#include "drives/tape_sense.h"
#include "media/format.h"
#include "tests/drives/host.h"
#include "tests/drives/list_medium.h"

namespace nearline::config {
namespace {

using base::Bytes;
using drives::DriveProfile;
using media::CartridgeType;
using media::Generation;
using scsi::check_condition;
using scsi::good;

using Generations = std::vector<Generation>;

struct Compatibility {
    std::string model;  // what its name has behind the maker's
    Generations both;   // read and written
    Generations only_read;
};

using enum Generation;
const std::vector<Compatibility>& compatibilities() {
    static const std::vector<Compatibility> kAll = {
        {"lto1", {Lto1}, {}},
        {"lto2", {Lto1, Lto2}, {}},
        {"lto3", {Lto2, Lto3}, {Lto1}},
        {"lto4", {Lto3, Lto4}, {Lto2}},
        {"lto5", {Lto4, Lto5}, {Lto3}},
        {"lto6", {Lto5, Lto6}, {Lto4}},
        {"lto7", {Lto6, Lto7}, {Lto5}},
        {"lto8", {Lto7, LtoM8, Lto8}, {}},
        {"lto9", {Lto8, Lto9}, {}},
        {"lto10", {Lto10, Lto10P}, {}},
        {"3592-j1a", {JaJ1a}, {}},
        {"3592-e05", {JaJ1a, JaE05, JbE05}, {}},
        {"3592-e06", {JaE05, JaE06, JbE05, JbE06}, {JaJ1a}},
        {"3592-e07", {JbE06, JbE07, JcE07}, {JaJ1a, JaE05, JaE06, JbE05}},
        {"3592-e08", {JcE07, JcE08, JdE08}, {}},
        {"3592-55f", {JcE08, JdE08, Jd55}, {JcE07}},
        {"3592-60f", {JcE08, JdE08, Jd55, Je60}, {JcE07}},
        {"t10000a", {T1T10000A}, {}},
        {"t10000b", {T1T10000B}, {T1T10000A}},
        {"t10000c", {T2T10000C}, {T1T10000A, T1T10000B}},
        {"t10000d", {T2T10000D}, {T1T10000A, T1T10000B, T2T10000C}},
        {"dlt7000", {DltIv4000, DltIv7000}, {}},
        {"dlt8000", {DltIv4000, DltIv7000, DltIv8000}, {}},
        {"sdlt220", {SdltI220}, {DltIv4000, DltIv7000, DltIv8000}},
        {"sdlt320", {SdltI220, SdltI320}, {DltIv4000, DltIv7000, DltIv8000}},
        {"sdlt600", {SdltIi600}, {SdltI220, SdltI320}},
        {"dlt-s4", {DltS4}, {SdltI320, SdltIi600}},
    };
    return kAll;
}

bool contains(const Generations& generations, Generation generation) {
    return std::find(generations.begin(), generations.end(), generation) != generations.end();
}

// "ibm-lto9-hh" is an lto9.
std::string model_in(std::string name) {
    name.erase(0, name.find('-') + 1);
    for (const char* height : {"-fh", "-hh"}) {
        if (name.ends_with(height)) name.resize(name.size() - 3);
    }
    return name;
}

const Compatibility* compatibility_of(const std::string& name) {
    const auto& all = compatibilities();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Compatibility& each) {
        return each.model == model_in(name);
    });
    return found == all.end() ? nullptr : &*found;
}

std::vector<Generation> all_generations() {
    std::vector<Generation> all;
    for (int value = v1::GENERATION_UNSPECIFIED + 1; value < v1::Generation_ARRAYSIZE; ++value) {
        all.push_back(generation_of(static_cast<v1::Generation>(value)));
    }
    return all;
}

std::vector<std::string> drive_names() {
    std::vector<std::string> names;
    for (const auto& personality : built_in_personalities()) {
        ProblemList problems("p");
        const auto model = read_personality(personality.text, problems);
        if (model && model->has_drive()) names.emplace_back(personality.name);
    }
    return names;
}

DriveProfile profile_of(const std::string& name) {
    ProblemList problems("p");
    const auto text = find_personality(name);
    EXPECT_TRUE(text) << name;
    const auto model = read_personality(text.value_or(""), problems);
    EXPECT_TRUE(model) << name;
    if (!model) return {};
    return build_drive(*model, identity_of(model->unit(), 1));
}

// One drive that has been on for a while, and one cartridge.
class Model {
public:
    explicit Model(const std::string& name)
        : drive(simulation_, trace_, "drive", profile_of(name)) {
        device_.add(scsi::Lun{}, drive.unit());
        drive.read_media_from([this](const media::CartridgeDescription&) {
            return media::MediumResult<std::unique_ptr<media::Medium>>(
                std::make_unique<media::BorrowedMedium>(recorded));
        });
        drive.power_on();
        device_.power_on();
        pass();
        host.clear_attentions();
    }

    void insert(Generation generation, CartridgeType type = CartridgeType::Data) {
        drive.insert(cartridge(generation, type), [](base::Result<void, scsi::Sense>) {});
        pass();
        host.clear_attentions();
    }
    void take_out() {
        drive.present([](base::Result<void, scsi::Sense>) {});
        pass();
        (void)drive.remove();
        pass();
    }
    static media::Cartridge cartridge(Generation generation, CartridgeType type) {
        media::CartridgeDescription description;
        description.id = media::CartridgeId{1};
        description.generation = generation;
        description.type = type;
        return media::Cartridge(description);
    }
    // What a command ends with, however long that takes.
    template <typename Command>
    drives::Answer ask(const Command& command, Bytes data = {}) {
        const auto answer = host.send(command, std::move(data));
        pass();
        EXPECT_TRUE(answer->has_come);
        return *answer;
    }
    Bytes write_and_read_back() {
        const Bytes block = {1, 2, 3};
        EXPECT_EQ(ask(drives::Write6{.transfer_length = 3}, block).outcome, good());
        EXPECT_EQ(ask(drives::Rewind{}).outcome, good());
        return ask(drives::Read6{.transfer_length = 3}).data;
    }

private:
    void pass() { simulation_.run_until(simulation_.now() + std::chrono::minutes(10)); }

    sim::Simulation simulation_;
    sim::NullTrace trace_;

public:
    media::ListMedium recorded{1'000'000'000};
    drives::Drive drive;

private:
    scsi::TargetDevice device_;

public:
    drives::Host host{device_, "host"};
};

TEST(Generations, HaveTheirNumbersAndNamesInFiles) {
    for (int value = 1; value < v1::Generation_ARRAYSIZE; ++value) {
        const auto generation = static_cast<v1::Generation>(value);
        std::string name(media::to_text(generation_of(generation)));
        std::replace(name.begin(), name.end(), '-', '_');
        EXPECT_EQ(name, v1::Generation_Name(generation));
        EXPECT_NE(media::format_of(generation_of(generation)), nullptr) << name;
    }
    EXPECT_EQ(generation_of(static_cast<v1::Generation>(v1::Generation_ARRAYSIZE)),
              Generation::Unknown);
}

TEST(Models, AreAllThatThePromiseNames) {
    const auto names = drive_names();
    for (const std::string& name : names) EXPECT_NE(compatibility_of(name), nullptr) << name;
    std::vector<std::string> expected;
    for (const char* maker : {"ibm", "hpe", "quantum"}) {
        for (int generation = 1; generation <= 10; ++generation) {
            const std::string model = std::string(maker) + "-lto" + std::to_string(generation);
            expected.push_back(model + "-fh");
            if (generation >= 3) expected.push_back(model + "-hh");
        }
    }
    for (const Compatibility& each : compatibilities()) {
        const bool is_there = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return model_in(name) == each.model;
        });
        EXPECT_TRUE(is_there) << each.model;
    }
    EXPECT_THAT(names, testing::IsSupersetOf(expected));
}

// 5/30/00 for the robot that offers it, 3/30/00 when it is inside all the same, 7/30/05 for a
// WRITE on what it only reads (scsi-tape sheet 3.2).
TEST(EveryModel, TakesTheMediaOfItsTable) {
    for (const std::string& name : drive_names()) {
        SCOPED_TRACE(name);
        const Compatibility* table = compatibility_of(name);
        ASSERT_NE(table, nullptr);
        Model model(name);
        for (const Generation generation : all_generations()) {
            SCOPED_TRACE(media::to_text(generation));
            const bool writes = contains(table->both, generation);
            const bool reads = writes || contains(table->only_read, generation);
            const auto why_not =
                model.drive.why_not_accept(Model::cartridge(generation, CartridgeType::Data));
            EXPECT_EQ(why_not.has_value(), !reads);
            EXPECT_EQ(why_not.value_or(scsi::kIncompatibleMediumInstalled),
                      scsi::kIncompatibleMediumInstalled);
            model.recorded = media::ListMedium{1'000'000'000};
            ASSERT_TRUE(model.recorded.write_block({}, {.length = 2, .stored = 2}, Bytes{8, 9}));
            model.insert(generation);
            if (!reads) {
                EXPECT_EQ(model.host.test_unit_ready(),
                          check_condition(drives::kIncompatibleMedium));
                model.take_out();
                continue;
            }
            EXPECT_EQ(model.host.test_unit_ready(), good());
            EXPECT_EQ(model.ask(drives::Read6{.transfer_length = 2}).data, (Bytes{8, 9}));
            EXPECT_EQ(model.ask(drives::Rewind{}).outcome, good());
            if (writes) {
                EXPECT_EQ(model.write_and_read_back(), (Bytes{1, 2, 3}));
            } else {
                EXPECT_EQ(model.ask(drives::Write6{.transfer_length = 3}, {1, 2, 3}).outcome,
                          check_condition(drives::kCannotWriteFormat));
            }
            model.take_out();
        }
    }
}

// Byte 0 the density, bit 7 of byte 2 WRTOK, 6 DUP, 5 DEFLT (SSC-4 7.8.3; scsi-tape sheet 1.16).
TEST(EveryModel, ReportsItsDensities) {
    for (const std::string& name : drive_names()) {
        SCOPED_TRACE(name);
        constexpr std::size_t kHeader = 4;
        constexpr std::size_t kLength = 52;
        const Compatibility& table = *compatibility_of(name);
        Model model(name);
        drives::ReportDensitySupport command;
        command.allocation_length = 4096;
        const Bytes data = model.ask(command).data;
        ASSERT_EQ(data.size(), kHeader + kLength * (table.both.size() + table.only_read.size()));
        std::size_t writable = 0;
        std::size_t by_default = 0;
        std::uint8_t before = 0;
        for (std::size_t at = kHeader; at < data.size(); at += kLength) {
            EXPECT_GE(data[at], before);
            EXPECT_EQ((data[at + 2] & 0x40) != 0, data[at] == before);
            EXPECT_NE(base::ByteReader(base::BytesView(data).subspan(at + 5, 3)).u24(), 0U);
            before = data[at];
            writable += data[at + 2] >> 7;
            by_default += data[at + 2] >> 5 & 1;
        }
        EXPECT_EQ(writable, table.both.size());
        EXPECT_EQ(by_default, 1U);
    }
}

// The mode parameter header names the medium by type, the block descriptor by density.
TEST(EveryModel, TellsTheMediumInIt) {
    for (const std::string& name : drive_names()) {
        SCOPED_TRACE(name);
        const DriveProfile profile = profile_of(name);
        Model model(name);
        for (const Generation generation : profile.reads) {
            SCOPED_TRACE(media::to_text(generation));
            const media::Format& format = *media::format_of(generation);
            for (const auto type : {CartridgeType::Data, CartridgeType::Worm}) {
                if (type == CartridgeType::Worm && !format.has_worm()) continue;
                model.insert(generation, type);
                const Bytes data = model.host.send(Bytes{0x1A, 0, 0, 0, 255, 0})->data;
                ASSERT_EQ(data.size(), 12U);
                EXPECT_EQ(data[1], drives::medium_type(profile.medium_types, generation, type));
                EXPECT_EQ(data[4], format.density);
                model.take_out();
            }
        }
    }
}

TEST(EveryModel, HasSpeedsForWhatItReads) {
    for (const std::string& name : drive_names()) {
        SCOPED_TRACE(name);
        const DriveProfile profile = profile_of(name);
        EXPECT_TRUE(profile.speeds.contains(profile.generation));
        for (const auto& [generation, rates] : profile.speeds) {
            EXPECT_TRUE(profile.reads.contains(generation)) << media::to_text(generation);
            EXPECT_FALSE(rates.empty());
        }
        EXPECT_TRUE(profile.writes.contains(profile.generation));
    }
}

struct Strings {
    const char* name;
    const char* vendor;
    const char* product;
};

// Scsi-tape sheet 1.5, the table of strings.
TEST(Models, CallThemselvesWhatHostsLookFor) {
    const Strings all[] = {
        {"ibm-lto1-fh", "IBM", "ULT3580-TD1"},
        {"ibm-lto9-fh", "IBM", "ULT3580-TD9"},
        {"ibm-lto10-fh", "IBM", "ULT3580-TDA"},
        {"ibm-lto4-hh", "IBM", "ULT3580-HH4"},
        {"ibm-lto10-hh", "IBM", "ULT3580-HHA"},
        {"hpe-lto1-fh", "HP", "Ultrium 1-SCSI"},
        {"hpe-lto6-hh", "HP", "Ultrium 6-SCSI"},
        {"hpe-lto7-fh", "HP", "Ultrium 7-SCSI"},
        {"hpe-lto8-fh", "HPE", "Ultrium 8-SCSI"},
        {"hpe-lto9-hh", "HPE", "Ultrium 9-SCSI"},
        {"quantum-lto2-fh", "CERTANCE", "ULTRIUM 2"},
        {"quantum-lto3-hh", "QUANTUM", "ULTRIUM 3"},
        {"quantum-lto5-fh", "QUANTUM", "ULTRIUM 5"},
        {"quantum-lto6-hh", "QUANTUM", "ULTRIUM-HH6"},
        {"quantum-lto9-hh", "QUANTUM", "ULTRIUM-HH9"},
        {"ibm-3592-e05", "IBM", "03592E05"},
        {"ibm-3592-e07", "IBM", "03592E07"},
        {"ibm-3592-55f", "IBM", "0359255F"},
        {"ibm-3592-60f", "IBM", "0359260F"},
        {"stk-t10000a", "STK", "T10000A"},
        {"stk-t10000d", "STK", "T10000D"},
        {"quantum-dlt7000", "QUANTUM", "DLT7000"},
        {"quantum-dlt8000", "QUANTUM", "DLT8000"},
        {"quantum-sdlt320", "QUANTUM", "SDLT320"},
        {"quantum-sdlt600", "QUANTUM", "SDLT600"},
        {"quantum-dlt-s4", "QUANTUM", "DLT-S4"},
    };
    for (const Strings& each : all) {
        const DriveProfile profile = profile_of(each.name);
        EXPECT_EQ(profile.unit.vendor, each.vendor) << each.name;
        EXPECT_EQ(profile.unit.product, each.product) << each.name;
    }
}

// Scsi-tape sheet 1.5 (CAP): an LTO-7 half height sold by HP.
TEST(HpeLto7, IsTheCapturedOne) {
    Model model("hpe-lto7-hh");
    const Bytes inquiry = model.host.send(Bytes{0x12, 0, 0, 0, 255, 0})->data;
    const base::BytesView data(inquiry);
    ASSERT_EQ(data.size(), 70U);
    EXPECT_EQ(base::to_hex(data.subspan(0, 8)), "0180061241011002");
    EXPECT_EQ(base::as_text(data.subspan(8, 28)), "HP      Ultrium 7-SCSI  Q387");
    EXPECT_EQ(base::to_hex(data.subspan(58)), "00a20c28046005200a280502");
    EXPECT_EQ(base::to_hex(model.host.send(Bytes{0x12, 1, 0xC0, 0, 255, 0})->data).substr(0, 32),
              "01c00027" + base::to_hex(base::as_bytes(std::string_view("LTO7_Q387   "))));
}

// Scsi-tape sheet 1.18.
TEST(MediumTypes, AreThoseOfTheirMakers) {
    const auto type = [](const char* name, Generation generation, CartridgeType kind) {
        return drives::medium_type(profile_of(name).medium_types, generation, kind);
    };
    EXPECT_EQ(type("ibm-lto1-fh", Lto1, CartridgeType::Data), 0x18);
    EXPECT_EQ(type("ibm-lto10-fh", Lto10, CartridgeType::Worm), 0xAC);
    EXPECT_EQ(type("ibm-lto10-fh", Lto10P, CartridgeType::Data), 0xA9);
    EXPECT_EQ(type("hpe-lto6-fh", Lto6, CartridgeType::Data), 0x00);
    EXPECT_EQ(type("hpe-lto6-hh", Lto6, CartridgeType::Worm), 0x01);
    EXPECT_EQ(type("hpe-lto6-hh", Unknown, CartridgeType::Cleaning), 0x80);
    EXPECT_EQ(type("hpe-lto7-fh", Lto7, CartridgeType::Worm), 0x7C);
    EXPECT_EQ(type("quantum-lto4-hh", Lto4, CartridgeType::Worm), 0x80);
    EXPECT_EQ(type("quantum-lto4-hh", Unknown, CartridgeType::Cleaning), 0x01);
    EXPECT_EQ(type("ibm-3592-e07", JcE07, CartridgeType::Data), 0x93);
    EXPECT_EQ(type("ibm-3592-e07", JbE07, CartridgeType::Worm), 0xA2);
    EXPECT_EQ(type("ibm-3592-60f", Je60, CartridgeType::Worm), 0xA5);
    EXPECT_EQ(type("quantum-dlt8000", DltIv8000, CartridgeType::Data), 0x85);
    EXPECT_EQ(type("quantum-sdlt600", SdltIi600, CartridgeType::Data), 0x87);
    EXPECT_EQ(type("quantum-dlt-s4", DltS4, CartridgeType::Data), 0x91);
}

// Scsi-tape sheet 1.6; DLT's is the most that three bytes hold.
TEST(BlockLimits, AreThoseOfTheModel) {
    const std::map<std::string, std::string> limits = {{"ibm-lto9-hh", "008000000001"},
                                                       {"hpe-lto4-fh", "00ffffff0001"},
                                                       {"ibm-3592-e07", "002000000001"},
                                                       {"quantum-dlt8000", "00ffffff0001"}};
    for (const auto& [name, expected] : limits) {
        Model model(name);
        EXPECT_EQ(base::to_hex(model.host.send(Bytes{5, 0, 0, 0, 0, 0})->data), expected) << name;
    }
}

// HP's own LTO-6 gives its density otherwise than IBM's (scsi-tape sheet 1.16).
TEST(Densities, AreToldAsTheMakerDoes) {
    const auto bits_of_lto6 = [](const char* name) {
        Model model(name);
        drives::ReportDensitySupport command;
        command.allocation_length = 4096;
        const Bytes data = model.ask(command).data;
        const base::BytesView last = base::BytesView(data).last(52);
        EXPECT_EQ(last.front(), 0x5A);
        return base::ByteReader(last.subspan(5)).u24();
    };
    EXPECT_EQ(bits_of_lto6("hpe-lto6-hh"), 18441U);
    EXPECT_EQ(bits_of_lto6("ibm-lto6-hh"), 15142U);
}

// Scsi-tape sheet 1.3: HP's own drives want a LOAD, IBM's have no medium.
TEST(ACartridgeAtTheMouth, IsToldAsTheMakerDoes) {
    const auto sense_of = [](const char* name, Generation generation) {
        Model model(name);
        model.insert(generation);
        EXPECT_EQ(model.ask(drives::LoadUnload{}).outcome, good());
        return model.host.test_unit_ready().sense;
    };
    EXPECT_EQ(sense_of("hpe-lto6-fh", Lto6), (scsi::Sense{scsi::SenseKey::NotReady, 0x04, 0x02}));
    EXPECT_EQ(sense_of("ibm-lto6-fh", Lto6), (scsi::Sense{scsi::SenseKey::NotReady, 0x3A, 0x00}));
}

// What an elder drive lacks is an unknown command to it (scsi-tape sheet 1.1).
TEST(Commands, OfYoungerModelsAreUnknownToElderOnes) {
    struct Row {
        const char* name;
        std::uint8_t opcode;
        bool is_there;
    };
    const Row rows[] = {{"ibm-lto5-hh", 0x91, true},  {"ibm-lto4-hh", 0x91, false},
                        {"ibm-lto4-hh", 0xA2, true},  {"ibm-lto3-hh", 0xA2, false},
                        {"ibm-lto3-fh", 0x0B, true},  {"ibm-lto2-fh", 0x0B, false},
                        {"hpe-lto1-fh", 0x0B, true},  {"ibm-lto2-fh", 0x5E, true},
                        {"ibm-lto1-fh", 0x5E, false}, {"quantum-dlt8000", 0x8C, false},
                        {"stk-t10000c", 0xB5, false}, {"ibm-3592-e07", 0x04, true},
                        {"ibm-3592-e06", 0x04, false}};
    for (const Row& row : rows) {
        EXPECT_EQ(profile_of(row.name).unit.unsupported.contains(scsi::Opcode{row.opcode}),
                  !row.is_there)
            << row.name << " " << int{row.opcode};
    }
}

}  // namespace
}  // namespace nearline::config
