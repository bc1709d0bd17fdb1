// A portal with a small logical unit behind it: for the tests of this folder, of tests/robustness,
// and for fuzzers. No socket, no clock.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "iscsi/pdu.h"
#include "iscsi/portal.h"
#include "iscsi/text.h"
#include "scsi/primary_device_server.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::iscsi {

inline constexpr const char* kTargetName = "iqn.2026-11.test.nearline:vault";
inline constexpr const char* kInitiatorName = "iqn.1994-05.com.example:host";

// Bytes as captures print them: "43 87 00 00"; blanks and line ends mean nothing.
inline Bytes bytes(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c != ' ' && c != '\n') digits += c;
    }
    const auto parsed = base::from_hex(digits);
    CHECK(parsed.has_value());
    return *parsed;
}

inline Bytes pattern(std::size_t length, std::uint8_t seed = 1) {
    Bytes out(length);
    for (std::size_t at = 0; at < length; ++at) out[at] = static_cast<std::uint8_t>(seed + at * 7);
    return out;
}

// --- The unit: commands that give data, take data, and take as long as a test wants.

struct Dawdle {
    static constexpr scsi::Opcode opcode{0xC0};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "DAWDLE";
    static constexpr auto fields() { return std::tuple{}; }
};

struct Fetch {  // pattern(length)
    static constexpr scsi::Opcode opcode{0xC1};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "FETCH";
    std::uint32_t transfer_length = 0;
    bool is_short = false;  // ends with CHECK CONDITION after the data
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"SHORT", &Fetch::is_short, 1, 0, 1},
                          scsi::Field{"LENGTH", &Fetch::transfer_length, 2, 7, 32}};
    }
};

struct Store {
    static constexpr scsi::Opcode opcode{0xC2};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "STORE";
    std::uint32_t transfer_length = 0;
    std::uint64_t data_out_length() const { return transfer_length; }
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"LENGTH", &Store::transfer_length, 2, 7, 32}};
    }
};

struct LongStore : Store {  // 20 bytes: its length stands in an extended CDB as well
    static constexpr scsi::Opcode opcode{0xC3};
    static constexpr std::size_t length = 20;
    static constexpr std::string_view name = "LONG STORE";
    std::uint32_t mark = 0;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"MARK", &LongStore::mark, 16, 7, 32}};
    }
};

class TestUnit final : public scsi::PrimaryDeviceServer {
public:
    using PrimaryDeviceServer::on;
    using PrimaryDeviceServer::PrimaryDeviceServer;
    void on(const Dawdle&, scsi::Task& task) { dawdling.push_back(&task); }
    void on(const Fetch& command, scsi::Task& task) {
        task.respond(pattern(std::min(command.transfer_length, most_fetched)),
                     command.transfer_length);
        if (command.is_short) return task.refuse(scsi::kNoSense);
        task.good();
    }
    void on(const Store&, scsi::Task& task) {
        stored.emplace_back(task.data_out().begin(), task.data_out().end());
        task.good();
    }
    void on(const LongStore& command, scsi::Task& task) {
        marks.push_back(command.mark);
        task.good();
    }

    using Commands = scsi::Concatenate<scsi::PrimaryCommands,
                                       scsi::CommandList<Dawdle, Fetch, Store, LongStore>>::type;
    std::span<const scsi::CommandDescriptor> commands() const override {
        return scsi::CommandTable<TestUnit, Commands>::rows;
    }
    std::optional<scsi::Sense> not_ready() const override { return std::nullopt; }

    void finish(std::size_t index = 0) {
        scsi::Task* task = dawdling.at(index);
        dawdling.erase(dawdling.begin() + static_cast<std::ptrdiff_t>(index));
        task->good();
    }

    std::uint32_t most_fetched = 4U << 20;
    std::vector<scsi::Task*> dawdling;
    std::vector<Bytes> stored;
    std::vector<std::uint32_t> marks;
};

struct World {
    explicit World(Portal::Settings settings = {}, TargetAccess access = {},
                   LengthMismatch mismatch = LengthMismatch::Refused)
        : portal(simulation, trace, with_address(std::move(settings)),
                 [this](base::MutableBytes out) {
                     for (std::uint8_t& byte : out) byte = random_byte++;
                 }) {
        device.add(scsi::simple_lun(0), unit);
        device.add(scsi::simple_lun(1), other_unit);
        portal.add_target({.name = kTargetName,
                           .alias = "",
                           .device = &device,
                           .access = std::move(access),
                           .on_mismatch = mismatch});
    }
    static Portal::Settings with_address(Portal::Settings settings) {
        if (settings.address.empty()) settings.address = "127.0.0.1:3260";
        return settings;
    }

    static scsi::UnitProfile a_profile() {
        scsi::UnitProfile profile;
        profile.device_type = scsi::kMediumChanger;
        profile.vendor = "NEARLINE";
        profile.product = "TEST";
        return profile;
    }

    sim::Simulation simulation;
    sim::TextTrace trace;
    TestUnit unit{a_profile()};
    TestUnit other_unit{a_profile()};
    scsi::TargetDevice device;
    std::uint8_t random_byte = 0;
    Portal portal;
};

}  // namespace nearline::iscsi
