// A small logical unit and hosts that speak to it, for the tests of this folder.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "scsi/local_initiator.h"
#include "scsi/primary_device_server.h"
#include "scsi/target_device.h"

namespace nearline::scsi {

// Bytes as manuals print them: "1A 08 1D 00 FF 00"; blanks and bars mean nothing.
inline Bytes bytes(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c != ' ' && c != '|') digits += c;
    }
    const auto parsed = base::from_hex(digits);
    CHECK(parsed.has_value());
    return *parsed;
}

inline std::string hex(BytesView bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        if (at > 0) text += ' ';
        text += base::to_upper(base::to_hex(bytes.subspan(at, 1)));
    }
    return text;
}

// The same with the bars and line breaks of an expectation taken out.
inline std::string operator""_hex(const char* text, std::size_t size) {
    return hex(bytes({text, size}));
}

// A command that takes as long as a test wants.
struct Dawdle {
    static constexpr Opcode opcode{0xC0};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "DAWDLE";
    static constexpr Gate gate = {.readiness = Readiness::Required};
    static constexpr auto fields() { return std::tuple{}; }
};

class TestUnit final : public PrimaryDeviceServer {
public:
    using PrimaryDeviceServer::on;
    using PrimaryDeviceServer::PrimaryDeviceServer;
    void on(const Dawdle&, Task& task) { dawdling.push_back(&task); }

    using Commands = Concatenate<PrimaryCommands, CommandList<Dawdle>>::type;
    std::span<const CommandDescriptor> commands() const override {
        return CommandTable<TestUnit, Commands>::rows;
    }
    std::optional<Sense> not_ready() const override { return reason_not_ready; }

    void finish(std::size_t index, const Outcome& outcome = {}) {
        Task* task = dawdling.at(index);
        dawdling.erase(dawdling.begin() + static_cast<std::ptrdiff_t>(index));
        task->complete(outcome);
    }

    std::optional<Sense> reason_not_ready;
    std::vector<Task*> dawdling;  // in the order they began
    std::vector<ModePage> changed;
    std::optional<Sense> forbidden_change;
    std::vector<std::uint8_t> read_log_pages;
    int log_resets = 0;
    int prevention_changes = 0;
    std::optional<Sense> self_test_result;

protected:
    void log_page_read(NexusId, std::uint8_t page) override { read_log_pages.push_back(page); }
    void log_pages_reset(std::uint8_t) override { ++log_resets; }
    void mode_page_changed(const ModePage& page) override { changed.push_back(page); }
    std::optional<Sense> why_not_change(const ModePage&) const override { return forbidden_change; }
    std::optional<Sense> self_test() override { return self_test_result; }
    void removal_prevention_changed() override { ++prevention_changes; }
};

inline NexusNames names_of_host(const std::string& host) {
    return {"iqn.1994-05.com.example:" + host + ",i,0x00023d000001",
            "iqn.2026-11.test.nearline:vault,t,0x0001", 1};
}

// One initiator port. `response` is that of the last command answered.
class Host {
public:
    Host(TargetDevice& device, const std::string& name) : initiator(device, names_of_host(name)) {}

    void send(const Bytes& cdb, const Bytes& data_out = {}, Lun lun = {}) {
        is_answered = false;
        initiator.execute({lun, cdb, data_out, 0x10000}, [this](Response answer) {
            response = std::move(answer);
            is_answered = true;
            ++answers;
        });
    }
    // Status and sense of a command that is answered at once: "GOOD", "CHECK CONDITION 6/29/01 …".
    std::string ask(const Bytes& cdb, const Bytes& data_out = {}, Lun lun = {}) {
        send(cdb, data_out, lun);
        if (!is_answered) return "no answer";
        return to_text(Outcome{response.status, response.sense});
    }
    std::string ask(std::string_view cdb, std::string_view data_out = "", Lun lun = {}) {
        return ask(bytes(cdb), bytes(data_out), lun);
    }
    template <typename Command>
    requires requires { Command::opcode; }
    std::string ask(const Command& command, const Bytes& data_out = {}) {
        return ask(encode_cdb(command), data_out);
    }
    std::string data() const { return hex(response.data_in); }
    // Takes the unit attention every nexus begins with.
    Host& settle() {
        ask(TestUnitReady{});
        return *this;
    }

    LocalInitiator initiator;
    Response response;
    bool is_answered = false;
    int answers = 0;
};

}  // namespace nearline::scsi
