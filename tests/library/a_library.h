// One library as a test says it, built when it is first used, on and ready, with one host whose
// unit attentions have been read away. What it does runs until nothing more happens.
//
//     auto library = a_library().with_slots(2).with_cartridge("ABC001L8", slot(1));
//     EXPECT_EQ(library.move(slot(1), slot(2)), good());
//     EXPECT_EQ(library.cartridge_in(slot(2)), "ABC001L8");
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "changer/changer_commands.h"
#include "drives/stream_commands.h"
#include "library/library.h"
#include "tests/drives/host.h"
#include "tests/library/plain_profiles.h"

namespace nearline::library {

using drives::Answer;
using drives::Host;
using scsi::check_condition;
using scsi::good;

// Places as people count them: from 1.
inline Placement slot(std::uint16_t number) {
    return {ElementType::Storage, static_cast<std::uint16_t>(number - 1)};
}
inline Placement station(std::uint16_t number) {
    return {ElementType::ImportExport, static_cast<std::uint16_t>(number - 1)};
}
inline Placement drive(std::uint16_t number) {
    return {ElementType::DataTransfer, static_cast<std::uint16_t>(number - 1)};
}
inline Placement robot() {
    return {ElementType::MediumTransport, 0};
}

class ALibrary {
public:
    ALibrary() : description_(plain_description(2, 1, 1)) {}

    ALibrary&& with_slots(std::uint16_t count) && {
        description_.slots = count;
        return std::move(*this);
    }
    ALibrary&& with_stations(std::uint16_t count) && {
        description_.stations = count;
        return std::move(*this);
    }
    ALibrary&& with_drives(std::size_t count) && {
        description_.drives = plain_description(0, 0, count).drives;
        return std::move(*this);
    }
    ALibrary&& with_layout(DeviceLayout layout) && {
        description_.layout = layout;
        return std::move(*this);
    }
    // An empty label: a cartridge without one, of the drives' generation.
    ALibrary&& with_cartridge(const std::string& label, std::optional<Placement> at) && {
        media::CartridgeDescription cartridge;
        cartridge.id = static_cast<media::CartridgeId>(description_.cartridges.size() + 1);
        cartridge.label = label;
        const media::LabelMeaning meaning = media::meaning_of(label);
        cartridge.type = meaning.type;
        cartridge.generation = label.empty() ? media::Generation::Lto9 : meaning.generation;
        description_.cartridges.push_back({cartridge, at});
        return std::move(*this);
    }
    // Whatever else differs: `change` is given the description.
    template <typename Change>
    ALibrary&& with(Change change) && {
        change(description_);
        return std::move(*this);
    }
    ALibrary&& with_state(base::FileSystem& files, std::string directory = "state") && {
        state_files_ = &files;
        state_directory_ = std::move(directory);
        return std::move(*this);
    }

    // What hosts do. Each runs until the command has ended and everything rests.
    scsi::Outcome move(Placement from, Placement to) {
        return run(changer::MoveMedium{{}, address_of(from), address_of(to)});
    }
    scsi::Outcome exchange(Placement from, Placement to, Placement then) {
        return run(changer::ExchangeMedium{{}, address_of(from), address_of(to), address_of(then)});
    }
    scsi::Outcome unload(Placement drive) { return run(drives::LoadUnload{}, lun_of(drive)); }
    scsi::Outcome load(Placement drive) {
        return run(drives::LoadUnload{.load = true}, lun_of(drive));
    }
    scsi::Outcome prevent(bool is_prevented, scsi::Lun lun = {}) {
        scsi::PreventAllowMediumRemoval command;
        command.prevent = is_prevented ? 1 : 0;
        return run(command, lun);
    }
    scsi::Outcome test_unit_ready(scsi::Lun lun = {}) { return run(scsi::TestUnitReady{}, lun); }
    template <typename Command>
    scsi::Outcome run(const Command& command, scsi::Lun lun = {}, scsi::Bytes data_out = {}) {
        const auto answer = world().host->send(command, std::move(data_out), lun);
        settle();
        EXPECT_TRUE(answer->has_come);
        return answer->outcome;
    }

    // Until nothing more happens.
    void settle() {
        while (world().simulation.run_next()) {
        }
    }

    // "" when it is empty.
    std::string cartridge_in(Placement place) {
        const auto cartridge = description_in(place);
        return cartridge ? cartridge->label : "";
    }
    std::optional<media::CartridgeDescription> description_in(Placement place) {
        for (const PlaceView& view : hands().view().places) {
            if (view.type == place.type && view.place == place.place) return view.cartridge;
        }
        ADD_FAILURE() << "there is no such place";
        return std::nullopt;
    }
    std::vector<std::string> outside() {
        std::vector<std::string> labels;
        for (const auto& cartridge : hands().view().outside) labels.push_back(cartridge.label);
        return labels;
    }

    Library& library() { return *world().library; }
    Operator& hands() { return library().library_operator(); }
    Host& host() { return *world().host; }
    sim::Simulation& simulation() { return world().simulation; }
    sim::TextTrace& trace() { return world().trace; }
    const LibraryDescription& description() const { return description_; }

    ElementAddress address_of(Placement place) {
        const auto& range = library().changer().elements().of(place.type);
        return static_cast<ElementAddress>(static_cast<std::uint16_t>(range.first) + place.place);
    }
    scsi::Lun lun_of(Placement drive) {
        return scsi::simple_lun(static_cast<std::uint16_t>(drive.place + 1));
    }
    void clear_attentions() {
        for (const scsi::Lun lun : library().targets().front().device->luns()) {
            host().clear_attentions(lun);
        }
    }

    // The process ends here and begins anew; with a state the library goes on from it.
    void restart() {
        world_.reset();
        world();
    }
    // Everything is gone, as with `kill -9`, and nothing begins anew yet.
    void kill() { world_.reset(); }

private:
    struct World {
        sim::Simulation simulation;
        sim::TextTrace trace;
        std::unique_ptr<Library> library;
        std::unique_ptr<Host> host;
    };

    World& world() {
        if (world_) return *world_;
        world_ = std::make_unique<World>();
        std::optional<Library::State> state;
        if (state_files_ != nullptr) state.emplace(Library::State{*state_files_, state_directory_});
        auto opened = Library::open(world_->simulation, world_->trace, description_, state);
        CHECK(opened.has_value());
        world_->library = std::move(opened).value();
        world_->host = std::make_unique<Host>(*world_->library->targets().front().device, "host");
        world_->library->power_on();
        settle();
        clear_attentions();
        return *world_;
    }

    LibraryDescription description_;
    base::FileSystem* state_files_ = nullptr;
    std::string state_directory_;
    std::unique_ptr<World> world_;
};

inline ALibrary a_library() {
    return {};
}

}  // namespace nearline::library
