// The parts of a library and how they are put together: what Library promises, kept.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "library/drive_mouth.h"
#include "library/journal.h"
#include "library/library.h"
#include "library/operator_hands.h"
#include "library/recordings.h"
#include "library/task_trace.h"

namespace nearline::library {

class World final : public Library, public changer::FactSink {
public:
    // Without a journal nothing is kept.
    World(sim::Simulation& simulation, sim::TraceSink& trace, LibraryDescription description,
          const Facts& facts, std::unique_ptr<Journal> journal,
          std::unique_ptr<Recordings> recordings);
    ~World() override;

    const LibraryDescription& description() const override { return description_; }
    std::vector<Target> targets() override;
    Operator& library_operator() override { return hands_; }
    changer::Changer& changer() override { return *changer_; }
    drives::Drive& drive(std::size_t index) override;
    void power_on() override;
    std::size_t cartridge_count() const override;
    std::vector<std::string> losses() const override;

    bool is_powered() const { return changer_->is_powered(); }
    void power_off();
    void set_drive_power(std::size_t index, bool is_on);
    std::size_t drive_count() const { return drives_.size(); }
    const drives::Drive& drive(std::size_t index) const { return *drives_[index]; }
    const changer::Changer& changer() const { return *changer_; }
    // The cartridges in the operator's hands.
    std::map<media::CartridgeId, media::Cartridge>& outside() { return outside_; }
    const std::map<media::CartridgeId, media::Cartridge>& outside() const { return outside_; }
    // One more cartridge than there has ever been.
    media::CartridgeId next_id() const;
    // A cartridge the changer gave back stays outside, whatever had been written down.
    void stayed_outside(media::CartridgeId id);
    // One that had only just been made, and was given back, never was.
    void never_came(media::CartridgeId id);

    ElementAddress address_of(const Placement& place) const;
    Placement placement_of(ElementAddress address) const;
    // Something the operator did, for the trace.
    void note(const std::string& act);

    // changer::FactSink
    Kept cartridge_moved(media::CartridgeId id, ElementAddress to,
                         std::optional<ElementAddress> source_slot) override;
    Kept cartridge_left(media::CartridgeId id) override;
    Kept cartridge_came(const media::CartridgeDescription& cartridge, ElementAddress to) override;
    Kept imported(ElementAddress station, bool by_operator) override;

private:
    // A logical unit and where hosts find it while it has power.
    struct UnitPlace {
        scsi::LogicalUnit* unit = nullptr;
        scsi::TargetDevice* device = nullptr;
        scsi::Lun lun{};
        bool is_attached = false;
        void attach();
        void detach();
    };
    struct TargetPlace {
        std::string name;
        std::unique_ptr<TaskTrace> trace;
        std::unique_ptr<scsi::TargetDevice> device;
    };

    void build_targets();
    void place_unit(TargetPlace& target, std::uint16_t lun, scsi::LogicalUnit& unit,
                    const std::string& name);
    TargetPlace& add_target(const std::string& name);
    // Saved mode pages: restores them, and keeps what comes to be saved.
    void keep_modes(const Facts& facts);
    // The same for persistent reservations.
    void keep_reservations(const Facts& facts);
    void keep_cleanings();
    void put(const CartridgeFact& fact, const std::set<std::uint16_t>& imported);
    UnitPlace& unit_of_drive(std::size_t index) { return units_[1 + index]; }

    sim::Simulation& simulation_;
    sim::TraceSink& trace_;
    LibraryDescription description_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<Recordings> recordings_;
    std::set<media::CartridgeId> known_;  // all that belong to the library, outside or in it

    std::map<media::CartridgeId, media::Cartridge> outside_;
    std::vector<std::unique_ptr<drives::Drive>> drives_;
    std::vector<std::unique_ptr<DriveMouth>> mouths_;
    std::unique_ptr<changer::Changer> changer_;
    std::vector<TargetPlace> target_places_;  // after the units, which must outlive them
    std::vector<UnitPlace> units_;            // the changer's, then the drives'
    OperatorHands hands_;
};

}  // namespace nearline::library
