// A changer with drives that a test owns: it answers the commands RSM sends, from a map of what
// stands where. The operator's hands are calls; what they do raises the unit attention it would.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rsm/service.h"
#include "scsi/initiator.h"

namespace nearline::rsm {

class FakeLibrary final : public scsi::Initiator {
public:
    static constexpr std::uint16_t kFirstDrive = 0x01;
    static constexpr std::uint16_t kFirstPort = 0x65;
    static constexpr std::uint16_t kFirstSlot = 0x3E9;

    FakeLibrary(std::uint16_t slots, std::uint16_t ports, std::uint16_t drives);

    void execute(scsi::Request request, std::function<void(scsi::Response)> done) override;
    ManagedLibrary managed(const std::string& name);

    // The operator. Places are counted from 0.
    void put(std::uint16_t element, const std::string& label);
    void take(const std::string& label);
    std::uint16_t slot(std::uint16_t place) const {
        return static_cast<std::uint16_t>(kFirstSlot + place);
    }
    std::uint16_t port(std::uint16_t place) const {
        return static_cast<std::uint16_t>(kFirstPort + place);
    }
    std::uint16_t drive(std::uint16_t place) const {
        return static_cast<std::uint16_t>(kFirstDrive + place);
    }
    // The element a label stands in; 0 when it is outside.
    std::uint16_t where(const std::string& label) const;
    const std::vector<scsi::Bytes>& written(std::uint16_t drive) { return tapes_[drive]; }

    bool is_reachable = true;
    bool drives_write = true;
    bool is_removal_prevented = false;        // by whoever uses the drives
    std::optional<scsi::Sense> tape_trouble;  // what drives with a cartridge say
    std::string refused_move_of;              // a label that the robot cannot grip
    std::uint32_t not_ready = 0;              // changer commands refused with 2/04/01 from now on
    std::vector<scsi::Bytes> commands;        // every CDB the changer got

private:
    scsi::Response changer(const scsi::Request& request);
    scsi::Response tape(std::uint16_t drive, const scsi::Request& request);
    scsi::Response inquiry(const scsi::Request& request, const std::string& product,
                           const std::string& serial, std::uint8_t device_type);
    scsi::Response element_status(const scsi::Request& request);
    scsi::Response move(const scsi::Request& request);

    std::uint16_t slots_;
    std::uint16_t ports_;
    std::uint16_t drives_;
    std::map<std::uint16_t, std::string> labels_;  // of full elements
    std::map<std::uint16_t, std::vector<scsi::Bytes>> tapes_;
    std::map<std::uint16_t, std::uint32_t> loading_;  // answers "becoming ready" so often
    std::deque<scsi::Sense> attentions_;
};

}  // namespace nearline::rsm
