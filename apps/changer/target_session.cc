#include "apps/changer/target_session.h"

#include <utility>

namespace nearline::apps {

using base::Failure;
using base::Result;
using initiator::ChangerClient;
using initiator::InquiryData;

TargetSession::TargetSession(const Settings& settings, const MakeInitiator& make_initiator,
                             std::ostream& notes)
    : notes_(notes),
      url_(settings.url),
      transport_(make_initiator(loop_, settings.url, settings.options)) {
    initiator::PatientInitiator::Patience patience;
    patience.wait = settings.wait;
    initiator_ = std::make_unique<initiator::PatientInitiator>(
        *transport_, loop_, patience, [this](const std::string& note) {
            notes_ << "note: " << note << "\n" << std::flush;
        });
    client_ = std::make_unique<ChangerClient>(*initiator_, url_.lun);
}

Result<InquiryData, Stop> TargetSession::find_changer() {
    return find(InquiryData::kMediumChanger, "medium changer");
}

Result<InquiryData, Stop> TargetSession::find_drive() {
    return find(InquiryData::kSequentialAccess, "tape drive");
}

Result<InquiryData, Stop> TargetSession::find(std::uint8_t device_type, const std::string& name) {
    const auto is_wanted = [device_type](const InquiryData& unit) {
        return unit.qualifier == 0 && unit.device_type == device_type;
    };
    auto first = look_at(url_.lun);
    if (!first || is_wanted(*first)) return first;
    const auto luns = wait_for<std::vector<scsi::Lun>>(
        [&](auto reply) { client_->report_luns(std::move(reply)); });
    if (!luns) return Failure{luns.error()};
    for (const scsi::Lun lun : *luns) {
        auto found = look_at(lun);
        if (!found) return found;
        if (!is_wanted(*found)) continue;
        notes_ << "note: the " << name.substr(name.find(' ') + 1) << " is LUN "
               << scsi::to_text(lun) << "\n";
        *client_ = ChangerClient(*initiator_, lun);
        return found;
    }
    return Failure{Stop{ExitStatus::Environment, "no " + name + " behind " + to_text(url_)}};
}

Result<InquiryData, Stop> TargetSession::look_at(scsi::Lun lun) {
    ChangerClient unit = client_->at(lun);
    return wait_for<InquiryData>([&](auto reply) { unit.inquiry(std::move(reply)); });
}

Stop TargetSession::stop_of(const initiator::CommandFailure& failure) {
    const bool is_refusal = !failure.is_transport_failure() && failure.nonsense.empty();
    return {is_refusal ? ExitStatus::Refused : ExitStatus::Environment, to_text(failure)};
}

// Each command has its own time limit; this is only for a loop that has nothing to wait for.
void TargetSession::run_until(const std::function<bool()>& is_done) {
    constexpr std::chrono::hours kLimit{24};
    loop_.run_until(is_done, kLimit);
}

}  // namespace nearline::apps
