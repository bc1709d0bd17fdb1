// A host as tests have it: sends commands over one nexus and keeps what comes back.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "scsi/local_initiator.h"
#include "scsi/outcome.h"
#include "scsi/primary_commands.h"
#include "scsi/target_device.h"

namespace nearline::scsi {

// What a failed expectation shows.
inline void PrintTo(const Outcome& outcome, std::ostream* out) {
    *out << to_text(outcome);
}

}  // namespace nearline::scsi

namespace nearline::drives {

// Status with sense, without its field pointer, and data.
struct Answer {
    scsi::Outcome outcome;
    scsi::Bytes data;
    bool has_come = false;
};

class Host {
public:
    Host(scsi::TargetDevice& device, const std::string& name)
        : initiator_(device, {name, "target,t,0x0001", 1}) {}

    // Sends `cdb`; the answer is there when the command has ended.
    std::shared_ptr<Answer> send(scsi::Bytes cdb, scsi::Bytes data_out = {}, scsi::Lun lun = {}) {
        auto answer = std::make_shared<Answer>();
        initiator_.execute({lun, std::move(cdb), std::move(data_out), 65536},
                           [answer](scsi::Response response) {
                               answer->outcome = {response.status, response.sense};
                               answer->outcome.sense.field.reset();
                               answer->outcome.sense.progress.reset();
                               answer->data = std::move(response.data_in);
                               answer->has_come = true;
                           });
        return answer;
    }
    template <typename Command>
    std::shared_ptr<Answer> send(const Command& command, scsi::Bytes data_out = {},
                                 scsi::Lun lun = {}) {
        return send(scsi::encode_cdb(command), std::move(data_out), lun);
    }
    template <typename Command>
    scsi::Outcome at_once(const Command& command, scsi::Lun lun = {}) {
        const auto answer = send(command, {}, lun);
        EXPECT_TRUE(answer->has_come);
        return answer->outcome;
    }
    scsi::Outcome test_unit_ready(scsi::Lun lun = {}) {
        return at_once(scsi::TestUnitReady{}, lun);
    }
    // Reads away what is pending.
    void clear_attentions(scsi::Lun lun = {}) {
        while (test_unit_ready(lun).sense.key == scsi::SenseKey::UnitAttention) {
        }
    }
    void reconnect() { initiator_.reconnect(); }
    scsi::NexusId nexus() const { return initiator_.nexus(); }

private:
    scsi::LocalInitiator initiator_;
};

}  // namespace nearline::drives
