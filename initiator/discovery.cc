#include "initiator/discovery.h"

#include <iscsi/iscsi.h>
#include <poll.h>

#include <optional>
#include <utility>

namespace nearline::initiator {
namespace {

using base::Failure;

struct FreeContext {
    void operator()(iscsi_context* context) const { iscsi_destroy_context(context); }
};

std::vector<DiscoveredTarget> from_library(const iscsi_discovery_address* address) {
    std::vector<DiscoveredTarget> targets;
    for (; address != nullptr; address = address->next) {
        DiscoveredTarget target{address->target_name, {}};
        for (const iscsi_target_portal* portal = address->portals; portal != nullptr;
             portal = portal->next) {
            target.portals.emplace_back(portal->portal);
        }
        targets.push_back(std::move(target));
    }
    return targets;
}

}  // namespace

// As in IscsiInitiator: call-backs from within libiscsi only note the outcome.
class Discovery::Session {
public:
    Session(Loop& loop, Portal portal, IscsiOptions options, std::function<void(Targets)> done)
        : loop_(loop), portal_(std::move(portal)), done_(std::move(done)) {
        timeout_ = loop_.after(options.login_timeout, [this] {
            outcome_ = Failure{"no answer from " + portal_.address};
            settle();
        });
        context_.reset(iscsi_create_context(options.initiator_name.c_str()));
        if (context_ == nullptr) {
            fail("out of memory");
            return;
        }
        iscsi_set_noautoreconnect(context_.get(), 1);
        iscsi_set_session_type(context_.get(), ISCSI_SESSION_DISCOVERY);
        set_secrets();
        if (iscsi_connect_async(context_.get(), portal_.address.c_str(), on_connected, this) != 0) {
            fail("cannot connect to " + portal_.address);
        }
        follow_descriptor();
    }

    ~Session() {
        is_going_ = true;  // destroying the context calls back
        watch_.reset();
        context_.reset();
    }

private:
    void set_secrets() {
        if (!portal_.user.empty()) {
            iscsi_set_initiator_username_pwd(context_.get(), portal_.user.c_str(),
                                             portal_.password.c_str());
        }
        if (!portal_.target_user.empty()) {
            iscsi_set_target_username_pwd(context_.get(), portal_.target_user.c_str(),
                                          portal_.target_password.c_str());
        }
    }

    static void on_connected(iscsi_context* context, int status, void*, void* self) {
        auto& session = *static_cast<Session*>(self);
        if (session.is_going_) return;
        if (status != SCSI_STATUS_GOOD || iscsi_login_async(context, on_login, self) != 0) {
            session.fail("cannot connect to " + session.portal_.address);
        }
    }

    static void on_login(iscsi_context* context, int status, void*, void* self) {
        auto& session = *static_cast<Session*>(self);
        if (session.is_going_) return;
        if (status != SCSI_STATUS_GOOD || iscsi_discovery_async(context, on_targets, self) != 0) {
            session.fail("discovery login to " + session.portal_.address + " failed");
        }
    }

    static void on_targets(iscsi_context* context, int status, void* data, void* self) {
        auto& session = *static_cast<Session*>(self);
        if (session.is_going_) return;
        if (status != SCSI_STATUS_GOOD) return session.fail("SendTargets failed");
        session.outcome_ = from_library(static_cast<iscsi_discovery_address*>(data));
        iscsi_logout_async(
            context, [](iscsi_context*, int, void*, void*) {}, nullptr);
    }

    void fail(const std::string& what) {
        if (outcome_) return;
        const std::string why = context_ ? iscsi_get_error(context_.get()) : "";
        outcome_ = Failure{why.empty() ? what : what + ": " + why};
        // Answered from the loop even when it fails in the constructor.
        answer_ = loop_.after(std::chrono::milliseconds(0), [this] { settle(); });
    }

    void on_ready(Loop::Readiness ready) {
        service((ready.can_read ? POLLIN : 0) | (ready.can_write ? POLLOUT : 0));
        if (outcome_ && outcome_->has_value()) service(POLLOUT);  // the logout
        settle();
    }

    void service(int events) {
        if (iscsi_service(context_.get(), events) != 0) {
            fail("the connection to " + portal_.address + " was lost");
        }
    }

    // Last: `done_` may destroy this.
    void settle() {
        if (!outcome_) return follow_descriptor();
        watch_.reset();
        timeout_.reset();
        answer_.reset();
        const auto done = std::move(done_);
        done(std::move(*outcome_));
    }

    void follow_descriptor() {
        if (context_ == nullptr) return;
        const int descriptor = iscsi_get_fd(context_.get());
        if (descriptor != watched_descriptor_) {
            watch_.reset();
            watched_descriptor_ = descriptor;
            if (descriptor >= 0) {
                watch_ =
                    loop_.watch(descriptor, [this](Loop::Readiness ready) { on_ready(ready); });
            }
        }
        if (watch_ == nullptr) return;
        const int events = iscsi_which_events(context_.get());
        watch_->want({(events & POLLIN) != 0, (events & POLLOUT) != 0});
    }

    Loop& loop_;
    Portal portal_;
    std::function<void(Targets)> done_;
    std::optional<Targets> outcome_;
    bool is_going_ = false;
    std::unique_ptr<iscsi_context, FreeContext> context_;
    int watched_descriptor_ = -1;
    std::unique_ptr<Loop::Watch> watch_;
    std::unique_ptr<Loop::Delayed> timeout_;
    std::unique_ptr<Loop::Delayed> answer_;
};

Discovery::Discovery(Loop& loop, Portal portal, IscsiOptions options,
                     std::function<void(Targets)> done)
    : session_(std::make_unique<Session>(loop, std::move(portal), std::move(options),
                                         std::move(done))) {}
Discovery::~Discovery() = default;

}  // namespace nearline::initiator
