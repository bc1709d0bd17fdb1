// One command line's conversation with a target: connects, finds the LUN of its changer or its
// drive, and waits for each answer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "base/result.h"
#include "initiator/changer_client.h"
#include "initiator/iscsi_initiator.h"
#include "initiator/patient_initiator.h"
#include "initiator/poll_loop.h"
#include "initiator/tape_client.h"

namespace nearline::apps {

enum class ExitStatus { Fine = 0, Refused = 1, Usage = 2, Environment = 3 };

// Why the command ends here.
struct Stop {
    ExitStatus status = ExitStatus::Environment;
    std::string message;
};

// What leads to a target; the usual one is IscsiInitiator.
using MakeInitiator = std::function<std::unique_ptr<scsi::Initiator>(
    initiator::Loop&, const initiator::IscsiUrl&, const initiator::IscsiOptions&)>;

class TargetSession {
public:
    struct Settings {
        initiator::IscsiUrl url;
        initiator::IscsiOptions options;
        std::chrono::milliseconds wait{60'000};  // for a unit that is becoming ready
    };
    // Notes go to `notes`, which must outlive it.
    TargetSession(const Settings& settings, const MakeInitiator& make_initiator,
                  std::ostream& notes);

    // The URL's unit, or else the first medium changer of the target: what it says of itself.
    base::Result<initiator::InquiryData, Stop> find_changer();
    // The URL's unit, or else the first drive.
    base::Result<initiator::InquiryData, Stop> find_drive();
    // After one of them has succeeded.
    initiator::ChangerClient& changer() { return *client_; }
    // Without patience: a unit attention reaches the caller, to whom it may mean another tape.
    initiator::TapeClient tape() { return {*transport_, client_->lun()}; }

    // Starts something with a Reply<T> and runs the loop until it is answered.
    template <typename T, typename Start>
    base::Result<T, Stop> wait_for(Start start) {
        std::optional<base::Result<T, initiator::CommandFailure>> answer;
        start(initiator::Reply<T>([&answer](auto result) { answer.emplace(std::move(result)); }));
        run_until([&answer] { return answer.has_value(); });
        if (!answer) return base::Failure{Stop{ExitStatus::Environment, "no answer"}};
        if (!*answer) return base::Failure{stop_of(answer->error())};
        return std::move(**answer);
    }

private:
    static Stop stop_of(const initiator::CommandFailure& failure);
    void run_until(const std::function<bool()>& is_done);
    base::Result<initiator::InquiryData, Stop> find(std::uint8_t device_type,
                                                    const std::string& name);
    base::Result<initiator::InquiryData, Stop> look_at(scsi::Lun lun);

    std::ostream& notes_;
    initiator::IscsiUrl url_;
    initiator::PollLoop loop_;
    std::unique_ptr<scsi::Initiator> transport_;
    std::unique_ptr<initiator::PatientInitiator> initiator_;
    std::unique_ptr<initiator::ChangerClient> client_;
};

}  // namespace nearline::apps
