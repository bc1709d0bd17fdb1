// A changer with its drives, a host and an operator, for the tests of this folder. Everything about
// it is boring until a test says otherwise:
//
//     auto changer = a_changer().with_slots(2).with_cartridge("ABC001L9", slot(1)).on();
//     EXPECT_EQ(changer->move(slot(1), drive(0)), scsi::good());
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "changer/changer.h"
#include "changer/changer_commands.h"
#include "scsi/local_initiator.h"
#include "scsi/primary_commands.h"
#include "scsi/target_device.h"

namespace nearline::scsi {

inline void PrintTo(const Outcome& outcome, std::ostream* out) {
    *out << to_text(outcome);
}
inline void PrintTo(const Sense& sense, std::ostream* out) {
    *out << to_text(sense);
}

}  // namespace nearline::scsi

namespace nearline::changer {

using std::chrono::seconds;

inline constexpr ElementAddress kRobot{1};

// Places, counted from 0.
inline ElementAddress slot(int number) {
    return ElementAddress{static_cast<std::uint16_t>(0x1000 + number)};
}
inline ElementAddress station(int number) {
    return ElementAddress{static_cast<std::uint16_t>(0x10 + number)};
}
inline ElementAddress drive(int number) {
    return ElementAddress{static_cast<std::uint16_t>(0x100 + number)};
}

// Bytes as manuals print them: "1A 08 1D 00 FF 00"; blanks and bars mean nothing.
inline scsi::Bytes bytes(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c != ' ' && c != '|') digits += c;
    }
    const auto parsed = base::from_hex(digits);
    CHECK(parsed.has_value());
    return *parsed;
}

inline std::string hex(scsi::BytesView view) {
    std::string text;
    for (std::size_t at = 0; at < view.size(); ++at) {
        if (at > 0) text += ' ';
        text += base::to_upper(base::to_hex(view.subspan(at, 1)));
    }
    return text;
}

// A drive's mouth with nothing behind it but two durations.
class FakeDrive final : public DriveBay {
public:
    FakeDrive(sim::Simulation& simulation, int number)
        : simulation_(simulation),
          identity_{"HPE", "Ultrium 9-SCSI", "8031BDC7D" + std::to_string(number)} {}

    DriveIdentity identity() const override { return identity_; }
    bool is_powered() const override { return has_power; }
    const media::Cartridge* cartridge() const override { return held_ ? &*held_ : nullptr; }
    bool is_accessible() const override { return !held_ || !is_loaded; }
    std::optional<Sense> why_not_accept(const media::Cartridge&) const override { return refuses; }
    std::optional<Sense> why_not_release() const override { return keeps; }

    void insert(media::Cartridge cartridge, Done loaded) override {
        CHECK(is_accessible() && !held_);
        held_ = std::move(cartridge);
        is_loaded = true;
        later(load_time, [this, loaded = std::move(loaded)] {
            if (load_failure) {
                is_loaded = false;
                return loaded(Failure{*load_failure});
            }
            loaded({});
        });
    }
    void present(Done done) override {
        CHECK(held_.has_value());
        if (!is_loaded) return done({});
        later(unload_time, [this, done = std::move(done)] {
            if (unload_failure) return done(Failure{*unload_failure});
            is_loaded = false;
            done({});
        });
    }
    media::Cartridge remove() override {
        CHECK(held_ && !is_loaded);
        media::Cartridge cartridge = std::move(*held_);
        held_.reset();
        return cartridge;
    }
    void put_initially(media::Cartridge cartridge) {
        held_ = std::move(cartridge);
        is_loaded = true;
    }

    bool has_power = true;
    bool is_loaded = false;
    sim::Duration load_time = seconds(15);
    sim::Duration unload_time = seconds(20);
    std::optional<Sense> refuses;
    std::optional<Sense> keeps;
    std::optional<Sense> load_failure;
    std::optional<Sense> unload_failure;

private:
    void later(sim::Duration delay, std::function<void()> action) {
        timers_.push_back(std::make_unique<sim::Timer>(simulation_, std::move(action)));
        timers_.back()->start(delay);
    }

    sim::Simulation& simulation_;
    DriveIdentity identity_;
    std::optional<media::Cartridge> held_;
    std::vector<std::unique_ptr<sim::Timer>> timers_;
};

// Remembers what it was told, in words.
class FactMemory final : public FactSink {
public:
    Kept cartridge_moved(media::CartridgeId id, ElementAddress to,
                         std::optional<ElementAddress> source) override {
        if (!is_broken) where[id] = to;
        return note(number(id) + " to " + number(to) + (source ? " of " + number(*source) : ""));
    }
    Kept cartridge_left(media::CartridgeId id) override {
        if (!is_broken) where.erase(id);
        return note(number(id) + " left");
    }
    Kept cartridge_came(const media::CartridgeDescription& cartridge, ElementAddress to) override {
        if (!is_broken) where[cartridge.id] = to;
        return note(number(cartridge.id) + " came to " + number(to));
    }
    Kept imported(ElementAddress at, bool by_operator) override {
        return note(number(at) + (by_operator ? " imported" : " exported"));
    }

    std::vector<std::string> facts;
    std::map<media::CartridgeId, ElementAddress> where;  // of those that were ever moved
    bool is_broken = false;

private:
    template <typename Number>
    static std::string number(Number value) {
        return std::to_string(static_cast<std::uint32_t>(value));
    }
    Kept note(std::string fact) {
        if (is_broken) return Kept::No;
        facts.push_back(std::move(fact));
        return Kept::Yes;
    }
};

class AChanger;

// The world of one test.
class TestChanger {
public:
    explicit TestChanger(AChanger&& description);

    // A host's command, run to its end.
    scsi::Response run(scsi::LocalInitiator& host, scsi::Bytes cdb, std::uint32_t data_in = 0,
                       scsi::Bytes data_out = {}) {
        std::optional<scsi::Response> answer;
        host.execute({scsi::simple_lun(0), std::move(cdb), std::move(data_out), data_in},
                     [&](scsi::Response response) { answer = std::move(response); });
        while (!answer && simulation.run_next()) {
        }
        CHECK(answer.has_value());
        return *answer;
    }
    scsi::Response run(scsi::Bytes cdb, std::uint32_t data_in = 0x10000) {
        return run(*host, std::move(cdb), data_in);
    }
    template <typename Command>
    scsi::Outcome outcome(const Command& command) {
        const auto response = run(scsi::encode_cdb(command));
        return {response.status, response.sense};
    }
    scsi::Outcome move(ElementAddress from, ElementAddress to) {
        return outcome(MoveMedium{kRobot, from, to});
    }
    scsi::Outcome test_unit_ready() { return outcome(scsi::TestUnitReady{}); }
    scsi::Outcome prevent(bool is_prevented) {
        return outcome(
            scsi::PreventAllowMediumRemoval{is_prevented ? std::uint8_t{1} : std::uint8_t{0}});
    }

    // Sends it without waiting; the answer, once there is one.
    template <typename Command>
    std::shared_ptr<std::optional<scsi::Outcome>> send(const Command& command) {
        return send(*host, command);
    }
    template <typename Command>
    std::shared_ptr<std::optional<scsi::Outcome>> send(scsi::LocalInitiator& from,
                                                       const Command& command) {
        auto answer = std::make_shared<std::optional<scsi::Outcome>>();
        from.execute({scsi::simple_lun(0), scsi::encode_cdb(command), {}, 0},
                     [answer](const scsi::Response& response) {
                         *answer = scsi::Outcome{response.status, response.sense};
                     });
        return answer;
    }
    void run_for(sim::Duration duration) { simulation.run_until(simulation.now() + duration); }
    void run_until_idle() {
        while (simulation.run_next()) {
        }
    }
    // Unit attentions pending for `who`, all of them.
    std::vector<Sense> attentions(scsi::LocalInitiator& who) {
        std::vector<Sense> found;
        while (auto condition = changer->unit().unit_attentions().take(who.nexus())) {
            found.push_back(*condition);
        }
        return found;
    }
    std::vector<Sense> attentions() { return attentions(*host); }

    std::size_t unit_task_count() { return changer->unit().task_set().size(); }

    ElementView at(ElementAddress address) const {
        ElementView found;
        changer->for_each_element([&](const ElementView& view) {
            if (view.address == address) found = view;
        });
        return found;
    }
    std::string label_at(ElementAddress address) const {
        const media::Cartridge* cartridge = at(address).cartridge;
        return cartridge == nullptr ? "" : cartridge->label();
    }

    // READ ELEMENT STATUS of one element: its descriptor.
    scsi::Bytes descriptor(ElementAddress address, bool dvcid = false) {
        const auto response =
            run(scsi::encode_cdb(ReadElementStatus{.voltag = true,
                                                   .starting_element = address,
                                                   .number_of_elements = 1,
                                                   .curdata = true,
                                                   .dvcid = dvcid,
                                                   .allocation_length = 0x10000}));
        CHECK(response.is_good());
        return {response.data_in.begin() + 16, response.data_in.end()};
    }

    sim::Simulation simulation;
    sim::TextTrace trace;
    FactMemory facts;
    std::vector<std::unique_ptr<FakeDrive>> drives;
    std::unique_ptr<Changer> changer;
    scsi::TargetDevice device;
    std::unique_ptr<scsi::LocalInitiator> host;
    std::unique_ptr<scsi::LocalInitiator> other;
};

class AChanger {
public:
    AChanger() {
        profile.unit.device_type = scsi::kMediumChanger;
        profile.unit.vendor = "NEARLINE";
        profile.unit.product = "Vault";
        profile.unit.revision = "0001";
        profile.first_robot = kRobot;
        profile.first_slot = slot(0);
        profile.first_station = station(0);
        profile.first_drive = drive(0);
        profile.move_from = {0x0E, 0x0E, 0x0E, 0x0E};
        profile.exchange_from = {0x00, 0x0E, 0x0E, 0x0E};
        profile.kinematics = {.horizontal = {1000, 1000},
                              .vertical = {500, 1000},
                              .column_pitch_mm = 100,
                              .row_pitch_mm = 50,
                              .rows_per_column = 10,
                              .pick = seconds(4),
                              .place = seconds(3),
                              .scan_per_slot = seconds(1),
                              .power_on = seconds(30)};
    }

    AChanger&& with_slots(std::uint16_t count) && {
        counts.slots = count;
        return std::move(*this);
    }
    AChanger&& with_stations(std::uint16_t count) && {
        counts.stations = count;
        return std::move(*this);
    }
    AChanger&& with_drives(int count) && {
        drive_count = count;
        return std::move(*this);
    }
    AChanger&& with_magazines_of(std::uint16_t count) && {
        profile.slots_per_magazine = count;
        return std::move(*this);
    }
    AChanger&& with_cartridge(std::string label, ElementAddress where) && {
        const auto meaning = media::meaning_of(label);
        return std::move(*this).with(
            {.label = std::move(label), .type = meaning.type, .generation = meaning.generation},
            where);
    }
    AChanger&& with(media::CartridgeDescription description, ElementAddress where,
                    std::optional<ElementAddress> source = {}) && {
        description.id = media::CartridgeId{static_cast<std::uint32_t>(cartridges.size() + 1)};
        cartridges.push_back({std::move(description), where, source});
        return std::move(*this);
    }
    template <typename Change>
    AChanger&& with_profile(Change change) && {
        change(profile);
        return std::move(*this);
    }

    // Powered and ready, with nothing pending for either host.
    std::unique_ptr<TestChanger> on() && {
        auto world = std::move(*this).off();
        world->changer->power_on();
        world->run_until_idle();
        CHECK(world->changer->is_ready());
        world->attentions(*world->host);
        world->attentions(*world->other);
        return world;
    }
    // Without power; nothing pending either.
    std::unique_ptr<TestChanger> off() && {
        auto world = std::make_unique<TestChanger>(std::move(*this));
        world->attentions(*world->host);
        world->attentions(*world->other);
        return world;
    }

    struct Standing {
        media::CartridgeDescription cartridge;
        ElementAddress at;
        std::optional<ElementAddress> source;
    };
    ChangerProfile profile;
    ChangerCounts counts{.robots = 1, .slots = 10, .stations = 2};
    int drive_count = 2;
    std::vector<Standing> cartridges;
};

inline AChanger a_changer() {
    return {};
}

// The logical library of the capture: HPE MSL3040, firmware 3350 (changer sheet 4.8.8).
inline AChanger an_msl3040() {
    auto library = a_changer()
                       .with_slots(40)
                       .with_stations(0)
                       .with_drives(2)
                       .with_profile([](ChangerProfile& profile) {
                           profile.first_robot = ElementAddress{0};
                           profile.first_slot = ElementAddress{1001};
                           profile.first_station = ElementAddress{101};
                           profile.first_drive = ElementAddress{1};
                           profile.label_padding = LabelPadding::AllBlanks;
                           profile.loaded_drive_is_accessible = true;
                           profile.mode_page_1d_is_savable = true;
                           profile.storage_capability = 0x0E;
                           profile.capability_flags = 0x07;
                           profile.move_from = {0x0E, 0x0E, 0x0E, 0x0E};
                           profile.exchange_from = {0x00, 0x0E, 0x0E, 0x0E};
                       })
                       .with({.label = "S30002L9"}, ElementAddress{1}, ElementAddress{0x040A})
                       .with({.label = "Z20001L9"}, ElementAddress{2}, ElementAddress{0x03EE})
                       .with({.label = "CLNU01L9", .type = media::CartridgeType::Cleaning},
                             ElementAddress{0x03E9})
                       .with({.label = "S20001L9"}, ElementAddress{0x03EA}, ElementAddress{0x03EA});
    return library;
}

inline TestChanger::TestChanger(AChanger&& description) {
    std::vector<DriveBay*> bays;
    for (int number = 0; number < description.drive_count; ++number) {
        drives.push_back(std::make_unique<FakeDrive>(simulation, number));
        bays.push_back(drives.back().get());
    }
    const auto first_drive = static_cast<int>(description.profile.first_drive);
    changer = std::make_unique<Changer>(simulation, trace, description.profile, description.counts,
                                        bays, facts);
    for (AChanger::Standing& standing : description.cartridges) {
        media::Cartridge cartridge(standing.cartridge);
        if (changer->elements().drives.contains(standing.at)) {
            const int number = static_cast<int>(standing.at) - first_drive;
            drives[static_cast<std::size_t>(number)]->put_initially(std::move(cartridge));
            if (standing.source) changer->remember_source(standing.at, *standing.source);
        } else {
            changer->put_initially(std::move(cartridge), standing.at, standing.source);
        }
    }
    device.add(scsi::simple_lun(0), changer->unit());
    host = std::make_unique<scsi::LocalInitiator>(
        device, scsi::NexusNames{"iqn.host,i,0x1", "iqn.target,t,0x1", 1});
    other = std::make_unique<scsi::LocalInitiator>(
        device, scsi::NexusNames{"iqn.other,i,0x1", "iqn.target,t,0x1", 1});
}

}  // namespace nearline::changer
