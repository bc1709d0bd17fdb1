// A logical unit as RSM works with it: one command after another, and patience. Unit attentions are
// noted and the command repeated; a unit that is becoming ready or busy is asked again after a
// while. Both are bounded, so every command ends.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "rsm/service.h"
#include "scsi/initiator.h"

namespace nearline::rsm {

// Why a command did not do what was asked.
struct Trouble {
    enum class Kind {
        Unreachable,  // the transport failed; whether it was carried out is unknown
        NotReady,     // still becoming ready when patience was over
        Refused,      // `sense` says why
        Nonsense,     // GOOD, with data that cannot be read
    };
    Kind kind = Kind::Refused;
    scsi::Sense sense{};
};

template <typename T>
using Reply = std::function<void(base::Result<T, Trouble>)>;

struct Identity {
    std::string vendor;
    std::string product;
    std::string revision;
    std::string serial;
};

// The initiator and Delays must outlive it. Answers that come after it is gone are dropped.
class Device {
public:
    Device(scsi::Initiator& initiator, scsi::Lun lun, Delays& delays);
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    // Seconds a unit may take to become ready, in all, for one command.
    void be_patient_for(std::uint32_t seconds) { patience_ms_ = std::uint64_t{seconds} * 1000; }

    enum class OnChange { Repeat, GiveUp };
    // `on_change`: what to do when a unit attention says that cartridges may have moved.
    void execute(scsi::Bytes cdb, scsi::Bytes data_out, std::uint32_t data_in_length,
                 Reply<scsi::Bytes> done, OnChange on_change = OnChange::Repeat);
    void identify(Reply<Identity> done);  // INQUIRY and VPD page 80h
    void test_unit_ready(Reply<scsi::Bytes> done);

    // Counts the unit attentions that say that cartridges may have moved.
    std::uint64_t changes() const { return changes_; }
    // Of these, those that tell of a medium that may have changed (28h/00h): hands were inside.
    std::uint64_t openings() const { return openings_; }

private:
    struct Command;

    void send(std::shared_ptr<Command> command);
    void answered(std::shared_ptr<Command> command, scsi::Response response);
    void refused(std::shared_ptr<Command> command, const scsi::Sense& sense);
    void try_later(std::shared_ptr<Command> command, Trouble otherwise);

    scsi::Initiator* initiator_;
    scsi::Lun lun_;
    Delays* delays_;
    std::uint64_t patience_ms_ = 60'000;
    std::uint64_t changes_ = 0;
    std::uint64_t openings_ = 0;
    // Watched by callbacks that may come late: the device owns it.
    std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace nearline::rsm
