#include "apps/changer/changer_session.h"

#include <utility>

namespace nearline::apps {

using base::Failure;
using base::Result;
using initiator::ChangerClient;
using initiator::InquiryData;

ChangerSession::ChangerSession(const Settings& settings, const MakeInitiator& make_initiator,
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

Result<InquiryData, Stop> ChangerSession::find_changer() {
    auto first = look_at(url_.lun);
    if (!first || first->is_medium_changer()) return first;
    const auto luns = wait_for<std::vector<scsi::Lun>>(
        [&](auto reply) { client_->report_luns(std::move(reply)); });
    if (!luns) return Failure{luns.error()};
    for (const scsi::Lun lun : *luns) {
        auto found = look_at(lun);
        if (!found) return found;
        if (!found->is_medium_changer()) continue;
        notes_ << "note: the changer is LUN " << scsi::to_text(lun) << "\n";
        *client_ = ChangerClient(*initiator_, lun);
        return found;
    }
    return Failure{Stop{ExitStatus::Environment, "no medium changer behind " + to_text(url_)}};
}

Result<InquiryData, Stop> ChangerSession::look_at(scsi::Lun lun) {
    ChangerClient unit = client_->at(lun);
    return wait_for<InquiryData>([&](auto reply) { unit.inquiry(std::move(reply)); });
}

Stop ChangerSession::stop_of(const initiator::CommandFailure& failure) {
    const bool is_refusal = !failure.is_transport_failure() && failure.nonsense.empty();
    return {is_refusal ? ExitStatus::Refused : ExitStatus::Environment, to_text(failure)};
}

// Each command has its own time limit; this is only for a loop that has nothing to wait for.
void ChangerSession::run_until(const std::function<bool()>& is_done) {
    constexpr std::chrono::hours kLimit{24};
    loop_.run_until(is_done, kLimit);
}

}  // namespace nearline::apps
