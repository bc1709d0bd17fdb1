#include "rsm/notifications.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/queue_rules.h"

namespace nearline::rsm {
namespace {

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kEventLimit = 1'000;  // a channel
constexpr std::size_t kChannelLimit = 64;   // a session
constexpr std::size_t kWaitLimit = 1'000;   // calls that wait, of all sessions

std::uint32_t number(ObjectType type) {
    return static_cast<std::uint32_t>(type);
}

Change complete(ObjectType type, const Guid& id) {
    return {type, NotificationOperation::Complete, id};
}

// Others that belong to what this request belongs to, and are not at their end.
bool has_open_siblings(Store& store, const LibRequest& ended) {
    const auto belongs = [&](const LibRequest& other) {
        if (other.id == ended.id || other.operation != ended.operation) return false;
        if (ended.operation == Operation::WriteFreeLabel) return other.medium == ended.medium;
        return work_of(other) == work_of(ended);
    };
    const auto open = store.open_requests_of(ended.library);
    return std::any_of(open.begin(), open.end(), belongs);
}

// The identifier that the end of an operation is told by (the protocol's table of completions). Of
// the operations that are not in it nothing is told.
Change completion_of(Store& store, const LibRequest& request) {
    switch (request.operation) {
        case Operation::Inventory:
        case Operation::DoorAccess:
        case Operation::ReserveCleaner:
        case Operation::ReleaseCleaner:
            return complete(ObjectType::Library, request.library);
        case Operation::Eject:
        case Operation::EjectCleaner:
        case Operation::Inject:
        case Operation::InjectCleaner:
            return complete(ObjectType::LibRequest, work_of(request));
        case Operation::ProcessOmid:
            return complete(ObjectType::StorageSlot, request.slot);
        case Operation::CleanDrive:
            return complete(ObjectType::Drive, request.drive);
        case Operation::Dismount: {
            const auto side = store.find<Side>(request.side);
            if (!side) return complete(ObjectType::Drive, request.drive);
            if (side->logical_medium.is_null()) return complete(ObjectType::Partition, side->id);
            return complete(ObjectType::LogicalMedia, side->logical_medium);
        }
        case Operation::WriteFreeLabel: {  // a move to the free pool ends with its last label
            if (request.work_item == request.medium) {  // ChangeNtmsMediaType's
                return complete(ObjectType::PhysicalMedia, request.medium);
            }
            const auto medium = store.find<PhysicalMedium>(request.medium);
            return complete(ObjectType::MediaPool, medium ? medium->pool : Guid());
        }
        case Operation::UpdateOmid:
        case Operation::Mount:
        case Operation::Classify:
            break;
        default:  // those that enable and disable
            break;
    }
    return {};
}

}  // namespace

Notifications::Notifications(Store& store, Delays& delays, sim::RandomStream random)
    : store_(store), delays_(delays), random_(std::move(random)), alarm_(kNever) {
    store_.observe(this);
}

Notifications::~Notifications() {
    store_.observe(nullptr);
}

bool Notifications::call(std::string_view method, std::string_view json, const Caller& caller,
                         const InSession& in_session, const Done& done) {
    if (method == "OpenNotification") {
        open(json, in_session, done);
    } else if (method == "WaitForNotification") {
        wait(json, caller, done);
    } else if (method == "CloseNotification") {
        close(json, caller, done);
    } else {
        return false;
    }
    return true;
}

// --- what happens

void Notifications::request_ended(Store& store, const LibRequest& request) {
    if (!has_open_siblings(store, request)) store.announce(completion_of(store, request));
    // Whoever cancelled it asked for its end by the request's own name.
    const bool is_told_so = work_of(request) == request.id;
    if (request.state == RequestState::Cancelled && !is_told_so) {
        store.announce(complete(ObjectType::LibRequest, request.id));
    }
}

void Notifications::committed(std::vector<Change> changes) {
    for (auto& [handle, channel] : channels_) {
        for (const Change& change : changes) {
            if (number(change.type) != channel.type || channel.is_broken) continue;
            channel.events.push_back(change);
            if (channel.events.size() <= kEventLimit) continue;
            channel.events.clear();
            channel.is_broken = true;
        }
    }
    deliver_soon();
}

// From a fresh stack: nobody is told in the middle of what is told.
void Notifications::deliver_soon() {
    if (is_delivering_) return;
    is_delivering_ = true;
    delays_.after(0, [this, alive = std::weak_ptr<char>(alive_)] {
        if (!alive.expired()) deliver();
    });
}

void Notifications::deliver() {
    is_delivering_ = false;
    std::vector<std::pair<Done, Answer>> told;
    for (auto& [handle, channel] : channels_) {
        while (!channel.waits.empty() && (channel.is_broken || !channel.events.empty())) {
            v1::WaitForNotificationAnswer reply;
            Error error = Error::NoData;
            if (!channel.is_broken) {
                error = Error::Success;
                reply.set_operation(static_cast<std::uint32_t>(channel.events.front().operation));
                reply.set_object_id(channel.events.front().id.text());
                channel.events.pop_front();
            }
            told.emplace_back(std::move(channel.waits.front().done), answer_of(reply, error));
            channel.waits.pop_front();
        }
    }
    for (auto& [done, answer] : told) done(std::move(answer));
}

// --- the functions

Notifications::Channel* Notifications::channel_of(const std::string& text, const Caller& caller) {
    const auto id = Guid::parse(text);
    const auto found = id ? channels_.find(*id) : channels_.end();
    if (found == channels_.end() || found->second.user != caller.user) return nullptr;
    return &found->second;
}

void Notifications::open(std::string_view json, const InSession& in_session, const Done& done) {
    v1::OpenNotificationRequest request;
    if (auto refused = read_json(json, request)) return done(*refused);
    v1::OpenNotificationAnswer reply;
    Guid handle;
    const Error error = in_session(request.session(), [&](Context& context) {
        return open_channel(context, request.type(), handle);
    });
    reply.set_notification(handle.text());
    done(answer_of(reply, error));
}

// A type that nothing is of is taken without a word, and nothing is ever heard.
Error Notifications::open_channel(Context& context, std::uint32_t type, Guid& handle) {
    if (!context.rights.may("OpenNotification", {})) return Error::AccessDenied;
    const auto of_session = [&](const auto& entry) {
        return entry.second.session == context.session.id;
    };
    const auto opened = std::count_if(channels_.begin(), channels_.end(), of_session);
    if (static_cast<std::size_t>(opened) >= kChannelLimit) return Error::NotEnoughMemory;
    const std::uint64_t high = random_.next();
    handle = Guid(high, random_.next());
    Channel& channel = channels_[handle];
    channel.session = context.session.id;
    channel.user = context.session.user;
    channel.type = type;
    return Error::Success;
}

std::size_t Notifications::waiting() const {
    std::size_t all = 0;
    for (const auto& [handle, channel] : channels_) all += channel.waits.size();
    return all;
}

void Notifications::wait(std::string_view json, const Caller& caller, const Done& done) {
    v1::WaitForNotificationRequest request;
    if (auto refused = read_json(json, request)) return done(*refused);
    v1::WaitForNotificationAnswer reply;
    Channel* channel = channel_of(request.notification(), caller);
    if (channel == nullptr) return done(answer_of(reply, Error::InvalidHandle));
    if (waiting() >= kWaitLimit) return done(answer_of(reply, Error::NotEnoughMemory));
    const std::uint32_t timeout = request.timeout_ms();
    channel->waits.push_back({timeout == kForever ? kNever : delays_.now_ms() + timeout, done});
    deliver();
    end_waits_due();
}

void Notifications::close(std::string_view json, const Caller& caller, const Done& done) {
    v1::CloseNotificationRequest request;
    if (auto refused = read_json(json, request)) return done(*refused);
    v1::CloseNotificationAnswer reply;
    if (request.notification().empty()) return done(answer_of(reply, Error::InvalidParameter));
    const Channel* channel = channel_of(request.notification(), caller);
    if (channel == nullptr) return done(answer_of(reply, Error::InvalidHandle));
    if (!channel->waits.empty()) return done(answer_of(reply, Error::Busy));
    channels_.erase(*Guid::parse(request.notification()));
    done(answer_of(reply, Error::Success));
}

void Notifications::session_ended(const Guid& session) {
    std::vector<Done> waiting;
    for (auto at = channels_.begin(); at != channels_.end();) {
        if (at->second.session != session) {
            ++at;
            continue;
        }
        for (Wait& wait : at->second.waits) waiting.push_back(std::move(wait.done));
        at = channels_.erase(at);
    }
    v1::WaitForNotificationAnswer reply;
    for (const Done& done : waiting) done(answer_of(reply, Error::NoData));
}

// --- time-outs

// One alarm for all waits, at the first deadline: what was heard in time leaves none behind.
void Notifications::set_alarm() {
    std::uint64_t first = kNever;
    for (const auto& [handle, channel] : channels_) {
        for (const Wait& wait : channel.waits) first = std::min(first, wait.deadline);
    }
    if (first >= alarm_) return;
    alarm_ = first;
    delays_.after(first - delays_.now_ms(), [this, first, alive = std::weak_ptr<char>(alive_)] {
        if (alive.expired()) return;
        if (alarm_ == first) alarm_ = kNever;
        end_waits_due();
    });
}

void Notifications::end_waits_due() {
    const std::uint64_t now = delays_.now_ms();
    std::vector<Done> late;
    for (auto& [handle, channel] : channels_) {
        for (Wait& wait : channel.waits) {
            if (wait.deadline <= now) late.push_back(std::move(wait.done));
        }
        std::erase_if(channel.waits, [&](const Wait& wait) { return wait.deadline <= now; });
    }
    set_alarm();
    v1::WaitForNotificationAnswer reply;
    for (const Done& done : late) done(answer_of(reply, Error::Timeout));
}

}  // namespace nearline::rsm
