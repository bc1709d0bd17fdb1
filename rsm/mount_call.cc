// MountNtmsMedia: queues the mounts and waits until all are done, or takes all of them back.
#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/mount_rules.h"
#include "rsm/queue_rules.h"

namespace nearline::rsm {
namespace {

std::vector<Guid> ids_of(const google::protobuf::RepeatedPtrField<std::string>& texts) {
    std::vector<Guid> ids;
    for (const std::string& text : texts) ids.push_back(id_of(text).value_or(Guid()));
    return ids;
}

class MountCall final : public WaitingCall {
public:
    explicit MountCall(v1::MountMediaRequest request)
        : request_(std::move(request)),
          wanted_{ids_of(request_.media_ids()), ids_of(request_.drive_ids()), request_.options(),
                  request_.priority()} {}

    std::string session() const override { return request_.session(); }
    std::uint32_t timeout_ms() const override { return request_.timeout_ms(); }

    std::optional<Error> attempt(const Transact& transact) override {
        if (mounts_.empty()) {
            const Error refusal =
                transact([&](Context& context) { return queue_mounts(context, wanted_, mounts_); });
            if (refusal != Error::Success) return refusal;
        }
        std::optional<Error> outcome;
        const Error error = transact([&](Context& context) {
            outcome = outcome_of_mounts(context.store, mounts_, drives_);
            return Error::Success;
        });
        if (error != Error::Success) return error;
        const bool is_left_alone = (wanted_.options & kMountNoWait) != 0;
        return !outcome && is_left_alone ? Error::Success : outcome;
    }

    // A time-out of 0 does not wait for resources; the mount itself takes its time.
    std::optional<Error> expire(const Transact& transact) override {
        bool is_in_process = false;
        static_cast<void>(transact([&](Context& context) {
            is_in_process = are_mounts_in_process(context.store, mounts_);
            return Error::Success;
        }));
        if (timeout_ms() == 0 && is_in_process) return std::nullopt;
        take_back(transact, Error::Timeout);
        return Error::Timeout;
    }

    void give_up(const Transact& transact) override { take_back(transact, Error::Cancelled); }

    Answer answer(Error error) override {
        v1::MountMediaAnswer reply;
        if (error == Error::Success) {
            for (const Guid& drive : drives_) reply.add_drive_ids(drive.text());
        }
        return answer_of(reply, error);
    }

private:
    void take_back(const Transact& transact, Error error) {
        static_cast<void>(transact([&](Context& context) {
            end_work(context.store, mounts_.front(), RequestState::Cancelled, error, context.now);
            return Error::Success;
        }));
    }

    const v1::MountMediaRequest request_;
    const Mount wanted_;
    std::vector<Guid> mounts_;  // library requests
    std::vector<Guid> drives_;
};

}  // namespace

std::unique_ptr<WaitingCall> begin_mount_media(std::string_view json, Answer& refusal) {
    return begin_call<MountCall, v1::MountMediaRequest>(json, refusal);
}

}  // namespace nearline::rsm
