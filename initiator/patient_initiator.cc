#include "initiator/patient_initiator.h"

#include <utility>

namespace nearline::initiator {
namespace {

bool is_unit_attention(const scsi::Response& response) {
    return response.status == scsi::Status::CheckCondition &&
           response.sense.key == scsi::SenseKey::UnitAttention;
}

// BUSY, TASK SET FULL, and 2/04/01 and 2/04/07: it will pass without anybody's help.
bool will_pass(const scsi::Response& response) {
    switch (response.status) {
        case scsi::Status::Busy:
        case scsi::Status::TaskSetFull:
            return true;
        case scsi::Status::CheckCondition:
            return response.sense.is(scsi::kBecomingReady) ||
                   response.sense.is(scsi::kOperationInProgress);
        default:
            return false;
    }
}

std::string why_not_now(const scsi::Response& response) {
    if (response.status != scsi::Status::CheckCondition) {
        return std::string(scsi::to_text(response.status));
    }
    std::string text = scsi::to_text(response.sense);
    if (response.sense.progress) {
        text += ", " + std::to_string(*response.sense.progress * 100 / 65536) + " % done";
    }
    return text;
}

}  // namespace

struct PatientInitiator::Attempt {
    scsi::Request request;
    std::function<void(scsi::Response)> done;
    int unit_attentions = 0;
    std::chrono::milliseconds waited{0};
    std::unique_ptr<Loop::Delayed> retry;
};

PatientInitiator::PatientInitiator(scsi::Initiator& inner, Loop& loop, Patience patience, Note note)
    : inner_(inner),
      loop_(loop),
      patience_(patience),
      note_(std::move(note)),
      self_(std::make_shared<PatientInitiator*>(this)) {}

PatientInitiator::~PatientInitiator() = default;

void PatientInitiator::execute(scsi::Request request, std::function<void(scsi::Response)> done) {
    const std::uint64_t id = next_id_++;
    attempts_[id] = std::make_unique<Attempt>();
    attempts_[id]->request = std::move(request);
    attempts_[id]->done = std::move(done);
    try_once(id);
}

void PatientInitiator::try_once(std::uint64_t id) {
    const std::weak_ptr<PatientInitiator*> weak = self_;
    inner_.execute(attempts_.at(id)->request, [weak, id](scsi::Response response) {
        if (const auto self = weak.lock()) (*self)->on_response(id, std::move(response));
    });
}

void PatientInitiator::on_response(std::uint64_t id, scsi::Response response) {
    Attempt& attempt = *attempts_.at(id);
    const bool is_answered = response.delivery == scsi::Delivery::Answered;
    if (is_answered && is_unit_attention(response) &&
        attempt.unit_attentions < patience_.unit_attentions) {
        ++attempt.unit_attentions;
        note_("unit attention: " + scsi::to_text(response.sense));
        return try_once(id);
    }
    if (is_answered && will_pass(response) && attempt.waited < patience_.wait) {
        return try_later(id, why_not_now(response));
    }
    const auto done = std::move(attempt.done);
    attempts_.erase(id);
    done(std::move(response));
}

void PatientInitiator::try_later(std::uint64_t id, const std::string& why) {
    Attempt& attempt = *attempts_.at(id);
    if (attempt.waited.count() == 0) note_("waiting: " + why);
    const auto pause = std::min(patience_.between, patience_.wait - attempt.waited);
    attempt.waited += pause;
    attempt.retry = loop_.after(pause, [this, id] { try_once(id); });
}

}  // namespace nearline::initiator
