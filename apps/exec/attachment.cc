#include "apps/exec/attachment.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "initiator/changer_client.h"
#include "initiator/discovery.h"

namespace nearline::apps {
namespace {

using base::Failure;
using base::Result;
using initiator::ChangerClient;
using initiator::CommandFailure;
using initiator::IscsiInitiator;
using initiator::IscsiUrl;
using initiator::RawResponse;

// Each command has its own time limit; this is only for a loop that has nothing to wait for.
constexpr std::chrono::minutes kLimit{10};

// Starts something with a Reply<T> and runs the loop until it is answered.
template <typename T, typename Start>
Result<T, std::string> wait_for(initiator::PollLoop& loop, Start start) {
    std::optional<Result<T, CommandFailure>> answer;
    start(initiator::Reply<T>([&answer](auto result) { answer.emplace(std::move(result)); }));
    loop.run_until([&answer] { return answer.has_value(); }, kLimit);
    if (!answer) return Failure{std::string("no answer")};
    if (!*answer) return Failure{to_text(answer->error())};
    return std::move(**answer);
}

// The number of a single-level LUN; programs see the low bits of any other.
int number_of(scsi::Lun lun) {
    return static_cast<int>(static_cast<std::uint64_t>(lun) >> 48 & 0x3FFF);
}

}  // namespace

class Attachment::Unit final : public GenericUnit {
public:
    Unit(IscsiInitiator& session, scsi::Lun lun) : session_(session), lun_(lun) {}

    void execute(scsi::Request request, std::chrono::milliseconds timeout,
                 std::function<void(RawResponse)> done) override {
        request.lun = lun_;
        session_.execute(std::move(request), timeout, std::move(done));
    }

    void reset(Reset reset, std::function<void(bool)> done) override {
        const auto function = reset == Reset::Unit ? scsi::TaskManagementFunction::LogicalUnitReset
                                                   : scsi::TaskManagementFunction::TargetWarmReset;
        session_.manage(function, lun_, [done = std::move(done)](const auto& response) {
            done(response && response.value() == scsi::TaskManagementResponse::FunctionComplete);
        });
    }

private:
    IscsiInitiator& session_;
    scsi::Lun lun_;
};

Attachment::Attachment(initiator::PollLoop& loop, const IscsiUrl& url,
                       const initiator::IscsiOptions& options, int index)
    : loop_(loop), index_(index), session_(loop, url, options) {}
Attachment::~Attachment() = default;

Result<void, std::string> Attachment::find_devices(int first) {
    ChangerClient client(session_, scsi::simple_lun(0));
    const auto luns = wait_for<std::vector<scsi::Lun>>(
        loop_, [&](auto reply) { client.report_luns(std::move(reply)); });
    if (!luns) return Failure{luns.error()};
    for (const scsi::Lun lun : *luns) {
        const auto added = add_device(lun, first + static_cast<int>(devices_.size()));
        if (!added) return added;
    }
    return {};
}

Result<void, std::string> Attachment::add_device(scsi::Lun lun, int number) {
    ChangerClient client(session_, lun);
    const auto inquiry = wait_for<initiator::InquiryData>(
        loop_, [&](auto reply) { client.inquiry(std::move(reply)); });
    if (!inquiry) return Failure{inquiry.error()};
    if (inquiry->qualifier != 0) return {};  // no unit there
    settle(lun);
    units_.push_back(std::make_unique<Unit>(session_, lun));
    GenericIdentity identity;
    identity.number = number;
    identity.target = index_;
    identity.lun = number_of(lun);
    identity.device_type = inquiry->device_type;
    identity.host_name = "iSCSI session with " + session_.url().target;
    if (inquiry->device_type == initiator::InquiryData::kSequentialAccess) {
        tapes_.push_back(std::make_unique<TapeDevice>(
            *units_.back(), identity,
            [this](auto time, auto action) { pause(time, std::move(action)); }));
    }
    devices_.push_back(std::make_unique<GenericDevice>(*units_.back(), std::move(identity)));
    return {};
}

void Attachment::pause(std::chrono::milliseconds time, std::function<void()> action) {
    const std::uint64_t id = next_pause_++;
    pauses_[id] = loop_.after(time, [this, id, action = std::move(action)] {
        const auto over = std::move(pauses_.at(id));  // this very call's
        pauses_.erase(id);
        action();
    });
}

// TEST UNIT READY until it tells nothing new. A library that has just been started takes its first
// inventory; that it is ready then is one more unit attention.
void Attachment::settle(scsi::Lun lun) {
    constexpr std::chrono::milliseconds kLongestPause{1000};
    constexpr std::chrono::seconds kPatience{60};
    constexpr int kMostAttentions = 8;
    const auto until = std::chrono::steady_clock::now() + kPatience;
    std::chrono::milliseconds pause{10};
    for (int attentions = 0; attentions < kMostAttentions;) {
        std::optional<scsi::Response> answer;
        session_.execute({lun, scsi::Bytes(6), {}, 0},
                         [&](scsi::Response response) { answer.emplace(std::move(response)); });
        loop_.run_until([&] { return answer.has_value(); }, kLimit);
        if (!answer || answer->status != scsi::Status::CheckCondition) return;
        if (answer->sense.key == scsi::SenseKey::UnitAttention) {
            ++attentions;
        } else if (answer->sense.is(scsi::kBecomingReady) &&
                   std::chrono::steady_clock::now() < until) {
            wait(pause);
            pause = std::min(pause * 2, kLongestPause);
        } else {
            return;
        }
    }
}

void Attachment::wait(std::chrono::milliseconds pause) {
    bool is_over = false;
    const auto delayed = loop_.after(pause, [&] { is_over = true; });
    loop_.run_until([&] { return is_over; }, kLimit);
}

Result<std::vector<IscsiUrl>, std::string> targets_of(initiator::PollLoop& loop,
                                                      const initiator::Portal& portal,
                                                      const initiator::IscsiOptions& options) {
    std::optional<initiator::Discovery::Targets> found;
    initiator::Discovery discovery(loop, portal, options,
                                   [&](auto targets) { found.emplace(std::move(targets)); });
    loop.run_until([&] { return found.has_value(); }, kLimit);
    if (!found) return Failure{std::string("no answer to the discovery")};
    if (!*found) return Failure{found->error()};
    std::vector<IscsiUrl> urls;
    for (const initiator::DiscoveredTarget& target : **found) {
        urls.push_back({portal, target.name, scsi::simple_lun(0)});
    }
    return urls;
}

}  // namespace nearline::apps
