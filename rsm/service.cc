#include "rsm/service.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "rsm/catalogue.h"
#include "rsm/functions.h"
#include "rsm/json.h"
#include "rsm/library_worker.h"
#include "rsm/messages.h"
#include "rsm/notifications.h"
#include "rsm/request_rules.h"
#include "rsm/rules.h"
#include "rsm/waiting_calls.h"
#include "sim/random.h"

namespace nearline::rsm {
namespace {

using base::Failure;
using base::Result;
using Done = std::function<void(Answer)>;

constexpr std::size_t kSessionLimit = 10'000;
constexpr std::size_t kApplicationLength = 63;

// Functions of ntmsapi.h that are not served here yet: their answer is
// ERROR_CALL_NOT_IMPLEMENTED.
constexpr std::array kNotImplemented = std::to_array<std::string_view>({
    "EjectDiskFromSADrive",
});

// The functions that are rules and nothing else, by area.
constexpr std::array kAreas = std::to_array<std::span<const Function> (*)()>({
    media_functions,
    pool_functions,
    object_functions,
    library_functions,
    detail_functions,
    record_functions,
    security_functions,
    removal_functions,
    cleaner_functions,
    mount_functions,
    request_functions,
    operator_functions,
    intake_functions,
});

// Letters, digits, hyphens, dots; two backslashes may lead.
bool is_computer_name(std::string_view name) {
    constexpr std::size_t kLongest = 255;
    if (name.starts_with("\\\\")) name.remove_prefix(2);
    return name.size() <= kLongest && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '-' || c == '.' || c == '_';
           });
}

class RsmService final : public Service {
public:
    RsmService(std::unique_ptr<Store> store, const Settings& settings, Delays& delays)
        : store_(std::move(store)),
          settings_(settings),
          policy_{settings.administrator_group, settings.backup_operator_group, settings.edition},
          delays_(delays),
          random_(settings.identifier_seed ^ delays.now_ms()),
          notifications_(*store_, delays, random_.stream("notifications")),
          calls_(delays, [this] { after_change(); }) {}

    Error prepare() {
        return store_->transact(now(), [&] {
            prepare_catalogue(*store_, settings_.computer_name, settings_.edition);
            store_->cancel_unfinished_requests();
            store_->purge_requests();
            return Error::Success;
        });
    }

    void manage(const ManagedLibrary& library) override {
        workers_.push_back(
            std::make_unique<LibraryWorker>(*store_, delays_, library, [this] { calls_.retry(); }));
        workers_.back()->start();
    }

    void call(std::string_view method, std::string_view json, const Caller& caller,
              Done done) override;

    void connection_closed(std::uint64_t connection) override {
        std::vector<Guid> ended;
        for (const auto& [id, session] : sessions_) {
            if (session.connection == connection) ended.push_back(id);
        }
        for (const Guid& id : ended) end_session(id);
    }

private:
    std::uint64_t now() const { return delays_.now_ms(); }

    // --- one function of the API

    void run(const Function& function, std::string_view json, const Caller& caller,
             const Done& done) {
        const std::uint64_t revision = store_->revision();
        const Served served = function.serve(json, in_session_of(caller));
        done(served.answer);
        if (store_->revision() != revision) after_change();
        // Whoever asks for an inventory of a library that was not there has RSM look again.
        if (served.error == Error::DeviceNotAvailable) look_at(0, [](Sight) {});
        const bool is_satisfied = function.method == "SatisfyOperatorRequest";
        if (served.error == Error::Success && is_satisfied) look_what_is_there();
    }

    // The operator says it is done: what he has brought is seen, or he is asked again.
    void look_what_is_there() {
        look_at(0, [this](Sight) {
            static_cast<void>(store_->transact(now(), [&] {
                ask_again_for_media(*store_, now());
                return Error::Success;
            }));
            after_change();
        });
    }

    // While `caller` lives.
    InSession in_session_of(const Caller& caller) {
        return [this, &caller](const std::string& id, const std::function<Error(Context&)>& rule) {
            Session* session = session_of(id, caller);
            if (session == nullptr) return Error::InvalidHandle;
            return in_transaction(*session, caller, rule);
        };
    }

    template <typename Request>
    std::optional<Request> parsed(std::string_view json, const Done& done) {
        Request request;
        auto refused = read_json(json, request);
        if (!refused) return request;
        done(*refused);
        return std::nullopt;
    }

    template <typename Work>
    Error in_transaction(Session& session, const Caller& caller, Work&& work) {
        const Rights rights(*store_, caller, policy_);
        return store_->transact(now(), [&] {
            Context context{*store_, session, rights, now()};
            return work(context);
        });
    }

    void after_change() {
        for (const auto& worker : workers_) worker->wake();
        calls_.retry();
    }

    void wait(const WaitingFunction& function, std::string_view json, const Caller& caller,
              const Done& done);

    // --- sessions

    Session* session_of(const std::string& text, const Caller& caller) {
        const auto id = Guid::parse(text);
        const auto found = id ? sessions_.find(*id) : sessions_.end();
        if (found == sessions_.end() || found->second.user != caller.user) return nullptr;
        return &found->second;
    }

    void open_session(std::string_view json, const Caller& caller, const Done& done);
    void close_session(std::string_view json, const Caller& caller, const Done& done);
    void end_session(const Guid& id);

    // --- deletion: the physical fact first

    enum class Sight { Clear, Hidden };
    void delete_medium(std::string_view json, const Caller& caller, const Done& done);
    void delete_after_look(Session session, const Caller& caller, const Id& medium, Sight sight,
                           const Done& done);
    bool is_anything_unidentified();
    // At every managed library from `index` on. Hidden: one is there, and what it holds is not
    // seen.
    void look_at(std::size_t index, std::function<void(Sight)> done);

    std::unique_ptr<Store> store_;
    Settings settings_;
    Policy policy_;
    Delays& delays_;
    sim::RandomSource random_;
    Notifications notifications_;
    std::map<Guid, Session> sessions_;
    std::uint64_t sessions_opened_ = 0;
    WaitingCalls calls_;
    std::vector<std::unique_ptr<LibraryWorker>> workers_;
};

void RsmService::call(std::string_view method, std::string_view json, const Caller& caller,
                      Done done) {
    if (method == "DeleteMedia") return delete_medium(json, caller, done);
    if (method == "OpenSession") return open_session(json, caller, done);
    if (method == "CloseSession") return close_session(json, caller, done);
    if (notifications_.call(method, json, caller, in_session_of(caller), done)) return;
    for (const auto area : kAreas) {
        for (const Function& function : area()) {
            if (function.method == method) return run(function, json, caller, done);
        }
    }
    for (const WaitingFunction& function : waiting_functions()) {
        if (function.method == method) return wait(function, json, caller, done);
    }
    v1::CloseSessionAnswer code;  // any answer: a code and nothing else
    if (std::find(kNotImplemented.begin(), kNotImplemented.end(), method) !=
        kNotImplemented.end()) {
        return done(answer_of(code, Error::CallNotImplemented));
    }
    done(refusal(404, "not_found", "There is no function " + std::string(method) + "."));
}

// --- sessions

void RsmService::open_session(std::string_view json, const Caller& caller, const Done& done) {
    const auto request = parsed<v1::OpenSessionRequest>(json, done);
    if (!request) return;
    v1::OpenSessionAnswer reply;
    if (!is_computer_name(request->server()) || !is_computer_name(request->client_name())) {
        return done(answer_of(reply, Error::InvalidComputerName));
    }
    if (sessions_.size() >= kSessionLimit) return done(answer_of(reply, Error::NotEnoughMemory));
    Session session;
    session.user = caller.user;
    session.connection = caller.connection;
    session.application = request->application().substr(0, kApplicationLength);
    if (session.application.empty()) session.application = "RSM";
    session.user_name = request->user_name().substr(0, kApplicationLength);
    if (session.user_name.empty()) session.user_name = std::to_string(caller.user);
    session.computer = request->client_name().substr(0, kApplicationLength);
    if (session.computer.empty()) session.computer = settings_.computer_name;
    const Error error = in_transaction(session, caller, [&](Context& context) {
        const bool may_use = context.rights.may("OpenSession", {});
        if (may_use) context.store.purge_requests();
        return may_use ? Error::Success : Error::AccessDenied;
    });
    if (error != Error::Success) return done(answer_of(reply, error));
    sim::RandomStream stream = random_.stream("session " + std::to_string(++sessions_opened_));
    const std::uint64_t high = stream.next();
    session.id = Guid(high, stream.next());
    reply.set_session(session.id.text());
    sessions_.emplace(session.id, session);
    done(answer_of(reply, Error::Success));
}

void RsmService::close_session(std::string_view json, const Caller& caller, const Done& done) {
    const auto request = parsed<v1::CloseSessionRequest>(json, done);
    if (!request) return;
    v1::CloseSessionAnswer reply;
    const Session* session = session_of(request->session(), caller);
    if (session == nullptr) return done(answer_of(reply, Error::InvalidHandle));
    end_session(Guid(session->id));
    done(answer_of(reply, Error::Success));
}

// What waits in the session is unwound; what is queued in a library goes on.
void RsmService::end_session(const Guid& id) {
    sessions_.erase(id);
    notifications_.session_ended(id);
    calls_.end_session(id);
}

// --- deletion

void RsmService::look_at(std::size_t index, std::function<void(Sight)> done) {
    if (index == workers_.size()) return done(Sight::Clear);
    workers_.at(index)->look([this, index, done](LibraryWorker::Seen seen) {
        if (seen == LibraryWorker::Seen::Nothing) return done(Sight::Hidden);
        look_at(index + 1, done);
    });
}

// Whether a cartridge inside may yet turn out to be any of those that are recorded offline.
bool RsmService::is_anything_unidentified() {
    return std::any_of(workers_.begin(), workers_.end(),
                       [](const auto& worker) { return worker->has_unidentified(); });
}

void RsmService::delete_medium(std::string_view json, const Caller& caller, const Done& done) {
    const auto request = parsed<v1::DeleteMediaRequest>(json, done);
    if (!request) return;
    v1::DeleteMediaAnswer reply;
    Session* session = session_of(request->session(), caller);
    if (session == nullptr) return done(answer_of(reply, Error::InvalidHandle));
    const Id id = id_of(request->media_id());
    if (workers_.empty()) {
        const Error error = in_transaction(
            *session, caller, [&](Context& context) { return delete_media(context, id); });
        done(answer_of(reply, error));
        return after_change();
    }
    const Error refused = in_transaction(
        *session, caller, [&](Context& context) { return check_deletion(context, id); });
    if (refused != Error::Success) return done(answer_of(reply, refused));
    look_at(0, [this, session = *session, caller, id, done](Sight sight) {
        delete_after_look(session, caller, id, sight, done);
    });
}

// The records are now as fresh as they can be, and of a library that nobody can ask the old ones
// decide. One that is there and does not say yet what it holds may hold anything.
void RsmService::delete_after_look(Session session, const Caller& caller, const Id& id, Sight sight,
                                   const Done& done) {
    v1::DeleteMediaAnswer reply;
    if (sight == Sight::Hidden || is_anything_unidentified()) {
        return done(answer_of(reply, Error::InvalidState));
    }
    const Error error = in_transaction(session, caller, [&](Context& context) {
        // The look itself forgot it: it was gone, and of a kind that is not kept.
        if (!context.store.find<PhysicalMedium>(*id)) return Error::Success;
        return delete_media(context, id);
    });
    done(answer_of(reply, error));
    after_change();  // whoever waits for it hears that it is gone
}

// --- calls that wait

void RsmService::wait(const WaitingFunction& function, std::string_view json, const Caller& caller,
                      const Done& done) {
    Answer refusal;
    std::unique_ptr<WaitingCall> call = function.begin(json, refusal);
    if (call == nullptr) return done(refusal);
    const Session* session = session_of(call->session(), caller);
    if (session == nullptr) return done(call->answer(Error::InvalidHandle));
    // The call may outlive its session by the moment it takes to unwind it.
    auto kept = std::make_shared<Session>(*session);
    calls_.begin(
        session->id, std::move(call),
        [this, kept, caller](const std::function<Error(Context&)>& rule) {
            return in_transaction(*kept, caller, rule);
        },
        done);
}

}  // namespace

Result<std::unique_ptr<Service>, std::string> Service::open(const Settings& settings,
                                                            Delays& delays) {
    auto store = Store::open(settings.database, settings.identifier_seed, settings.export_file);
    if (!store) return Failure{store.error()};
    auto service = std::make_unique<RsmService>(std::move(*store), settings, delays);
    if (service->prepare() != Error::Success) {
        return Failure{settings.database + ": the database cannot be written"};
    }
    return std::unique_ptr<Service>(std::move(service));
}

}  // namespace nearline::rsm
