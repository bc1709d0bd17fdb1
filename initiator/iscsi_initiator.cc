#include "initiator/iscsi_initiator.h"

#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace nearline::initiator {
namespace {

using base::Failure;
using base::Result;
using scsi::Delivery;
using scsi::TaskManagementFunction;
using scsi::TaskManagementResponse;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{500};
constexpr std::chrono::milliseconds kManagementTimeout{30'000};
constexpr int kRedirectLimit = 3;
constexpr std::uint32_t kNoTaskTag = 0xFFFFFFFF;  // RFC 7143 11.5.6: not about one task
constexpr std::size_t kSenseLengthBytes = 2;      // RFC 7143 11.4.7: before the sense data

struct FreeContext {
    void operator()(iscsi_context* context) const { iscsi_destroy_context(context); }
};
struct FreeTask {
    void operator()(scsi_task* task) const { scsi_free_scsi_task(task); }
};
using Context = std::unique_ptr<iscsi_context, FreeContext>;
using LibraryTask = std::unique_ptr<scsi_task, FreeTask>;

// libiscsi takes a number and encodes it as SAM-5 4.7 wants; only single-level LUNs have one.
std::optional<int> lun_number(scsi::Lun lun) {
    const auto bytes = static_cast<std::uint64_t>(lun);
    const auto first_level = static_cast<std::uint16_t>(bytes >> 48);
    if ((bytes & 0xFFFFFFFFFFFF) != 0) return std::nullopt;
    if (first_level < 256) return first_level;
    if (first_level >> 14 == 1) return first_level & 0x3FFF;
    return std::nullopt;
}

iscsi_header_digest to_library(HeaderDigest digest) {
    switch (digest) {
        case HeaderDigest::None:
            return ISCSI_HEADER_DIGEST_NONE;
        case HeaderDigest::Preferred:
            return ISCSI_HEADER_DIGEST_CRC32C_NONE;
        case HeaderDigest::Required:
            return ISCSI_HEADER_DIGEST_CRC32C;
    }
    return ISCSI_HEADER_DIGEST_NONE;
}

std::optional<iscsi_task_mgmt_funcs> to_library(TaskManagementFunction function) {
    switch (function) {
        case TaskManagementFunction::AbortTaskSet:
            return ISCSI_TM_ABORT_TASK_SET;
        case TaskManagementFunction::ClearAca:
            return ISCSI_TM_CLEAR_ACA;
        case TaskManagementFunction::ClearTaskSet:
            return ISCSI_TM_CLEAR_TASK_SET;
        case TaskManagementFunction::LogicalUnitReset:
            return ISCSI_TM_LUN_RESET;
        case TaskManagementFunction::TargetWarmReset:
            return ISCSI_TM_TARGET_WARM_RESET;
        case TaskManagementFunction::TargetColdReset:
            return ISCSI_TM_TARGET_COLD_RESET;
        case TaskManagementFunction::AbortTask:
        case TaskManagementFunction::QueryTask:
        case TaskManagementFunction::QueryTaskSet:
        case TaskManagementFunction::NexusReset:
            return std::nullopt;
    }
    return std::nullopt;
}

TaskManagementResponse from_library(std::uint32_t response) {
    switch (response) {
        case ISCSI_TMR_FUNC_COMPLETE:
            return TaskManagementResponse::FunctionComplete;
        case ISCSI_TMR_TASK_DOES_NOT_EXIST:
            return TaskManagementResponse::TaskDoesNotExist;
        case ISCSI_TMR_LUN_DOES_NOT_EXIST:
            return TaskManagementResponse::LunDoesNotExist;
        case ISCSI_TMR_TMF_NOT_SUPPORTED:
            return TaskManagementResponse::NotSupported;
        default:
            return TaskManagementResponse::FunctionRejected;
    }
}

bool is_of_whole_target(TaskManagementFunction function) {
    return function == TaskManagementFunction::TargetWarmReset ||
           function == TaskManagementFunction::TargetColdReset;
}

RawResponse transport_failed(std::string why) {
    RawResponse raw;
    raw.response.delivery = Delivery::TransportFailed;
    raw.response.failure = std::move(why);
    return raw;
}

std::string in_seconds(std::chrono::milliseconds span) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(span).count()) + " s";
}

}  // namespace

std::chrono::milliseconds usual_command_timeout(scsi::BytesView cdb) {
    using std::chrono::minutes;
    switch (base::ByteReader(cdb).u8()) {  // 0, TEST UNIT READY, when there is none
        case 0x07:                         // INITIALIZE ELEMENT STATUS
        case 0x37:
        case 0xE7:  // … WITH RANGE
            return minutes(60);
        case 0x19:
        case 0x93:  // ERASE
        case 0x04:  // FORMAT MEDIUM
            return minutes(240);
        case 0x01:
        case 0x2B:
        case 0x92:  // REWIND, LOCATE; POSITION TO ELEMENT on a changer
        case 0x08:
        case 0x0A:
        case 0x10:
        case 0x11:
        case 0x91:  // READ, WRITE, WRITE FILEMARKS, SPACE
        case 0x1B:  // LOAD UNLOAD
        case 0x1D:  // SEND DIAGNOSTIC
            return minutes(20);
        case 0xA5:
        case 0xA6:
        case 0xA7:  // MOVE MEDIUM, EXCHANGE MEDIUM
        case 0xB8:  // READ ELEMENT STATUS may move the robot without CURDATA
            return minutes(5);
        default:
            return minutes(1);
    }
}

// libiscsi calls back from within its own functions, where neither its context may be destroyed
// nor a caller's code may run. So call-backs only note what happened; settle() acts on it once
// libiscsi has returned.
class IscsiInitiator::Session {
public:
    using Answered = std::function<void(RawResponse)>;

    Session(Loop& loop, IscsiUrl url, IscsiOptions options)
        : loop_(loop), url_(std::move(url)), options_(std::move(options)) {
        std::random_device random;
        isid_random_ = random() & 0xFFFFFF;
        isid_qualifier_ = random() & 0xFFFF;
    }

    ~Session() {
        if (was_destroyed_ != nullptr) *was_destroyed_ = true;
        if (state_ == State::LoggedIn && running_.empty()) {
            is_inside_ = true;
            iscsi_logout_async(context_.get(), ignore, nullptr);
            iscsi_service(context_.get(), POLLOUT);
        }
        take_down();
    }

    void connect(Connected done) {
        if (state_ == State::LoggedIn) {
            deliver([done = std::move(done)] { done({}); });
        } else {
            connecting_.push_back(std::move(done));
            if (state_ == State::Disconnected) start_connecting();
        }
        settle();
    }

    void execute(scsi::Request request, std::chrono::milliseconds timeout, Answered done) {
        waiting_.push_back({std::move(request), timeout, std::move(done)});
        if (state_ == State::Disconnected) start_connecting();
        settle();
    }

    void manage(TaskManagementFunction function, scsi::Lun lun, Managed done) {
        const auto library_function = to_library(function);
        const auto number = lun_number(lun);
        if (state_ != State::LoggedIn) {
            deliver([done] { done(Failure{std::string("not connected")}); });
        } else if (!library_function || !number) {
            deliver([done] { done(TaskManagementResponse::NotSupported); });
        } else {
            send_waiting();
            start_managing({this, function, lun, std::move(done), {}}, *library_function, *number);
        }
        settle();
    }

    void close(std::function<void()> done) {
        closing_.push_back(std::move(done));
        if (state_ == State::LoggedIn) {
            state_ = State::LoggingOut;
            deadline_ = Clock::now() + kManagementTimeout;
            is_inside_ = true;
            const bool is_sent = iscsi_logout_async(context_.get(), on_logout, this) == 0;
            is_inside_ = false;
            if (!is_sent) lose("the session was closed");
        } else if (state_ != State::LoggingOut) {
            lose("the session was closed");
        }
        settle();
    }

    std::chrono::milliseconds usual_timeout(scsi::BytesView cdb) const {
        return options_.command_timeout(cdb);
    }
    bool is_connected() const { return state_ == State::LoggedIn; }
    const IscsiUrl& url() const { return url_; }

private:
    enum class State { Disconnected, Connecting, LoggedIn, LoggingOut };

    struct Waiting {
        scsi::Request request;
        std::chrono::milliseconds timeout;
        Answered done;
    };
    // A command libiscsi has. It points here, so the address stays until libiscsi is through.
    struct Running {
        Session* session = nullptr;  // nullptr: nobody wants to hear of it any more
        std::uint64_t id = 0;
        scsi::Request request;
        std::chrono::milliseconds timeout{0};
        Answered done;
        scsi::Bytes data_in;
        LibraryTask task;
        Clock::time_point deadline;
        bool has_timed_out = false;
        std::string cut_short;  // why it will be cancelled, when we do it
    };
    struct Managing {
        Session* session = nullptr;
        TaskManagementFunction function{};
        scsi::Lun lun{};
        Managed done;
        Clock::time_point deadline;
    };

    // --- The connection.

    void start_connecting() {
        state_ = State::Connecting;
        redirects_ = 0;
        deadline_ = Clock::now() + options_.login_timeout;
        open(url_.portal.address);
    }

    void open(const std::string& address) {
        context_.reset(iscsi_create_context(options_.initiator_name.c_str()));
        if (context_ == nullptr) return lose("out of memory");
        iscsi_context* context = context_.get();
        const Portal& portal = url_.portal;
        // Otherwise libiscsi would send commands again after a reconnect: a move would run twice.
        iscsi_set_noautoreconnect(context, 1);
        iscsi_set_session_type(context, ISCSI_SESSION_NORMAL);
        iscsi_set_isid_random(context, isid_random_, isid_qualifier_);
        iscsi_set_targetname(context, url_.target.c_str());
        iscsi_set_header_digest(context, to_library(options_.header_digest));
        if (!portal.user.empty()) {
            iscsi_set_initiator_username_pwd(context, portal.user.c_str(), portal.password.c_str());
        }
        if (!portal.target_user.empty()) {
            iscsi_set_target_username_pwd(context, portal.target_user.c_str(),
                                          portal.target_password.c_str());
        }
        is_inside_ = true;
        const bool is_begun =
            iscsi_connect_async(context, address.c_str(), on_connected, this) == 0;
        is_inside_ = false;
        if (!is_begun) lose("cannot connect to " + address + ": " + library_error());
    }

    static void on_connected(iscsi_context* context, int status, void*, void* self) {
        auto& session = *static_cast<Session*>(self);
        if (session.state_ != State::Connecting) return;
        if (status != SCSI_STATUS_GOOD) {
            return session.lose("cannot connect to " + session.url_.portal.address + ": " +
                                session.library_error());
        }
        // Not iscsi_full_connect_async: that sends TEST UNIT READY and eats a unit attention.
        if (iscsi_login_async(context, on_login, self) != 0) {
            session.lose("cannot log in: " + session.library_error());
        }
    }

    static void on_login(iscsi_context*, int status, void*, void* self) {
        auto& session = *static_cast<Session*>(self);
        if (session.state_ != State::Connecting) return;
        if (status == SCSI_STATUS_REDIRECT && session.redirects_ < kRedirectLimit) {
            session.is_redirected_ = true;
        } else if (status != SCSI_STATUS_GOOD) {
            session.lose("login to " + session.url_.target + " failed: " + session.library_error());
        } else {
            session.state_ = State::LoggedIn;
        }
    }

    static void on_logout(iscsi_context*, int, void*, void* self) {
        static_cast<Session*>(self)->lose("the session was closed");
    }

    static void ignore(iscsi_context*, int, void*, void*) {}

    std::string library_error() const {
        const std::string text = context_ ? iscsi_get_error(context_.get()) : "";
        return text.empty() ? "no reason given" : text;
    }

    // Notes that the connection is of no more use; the first reason counts.
    void lose(const std::string& why) {
        if (loss_.empty()) loss_ = why;
    }

    void take_down() {
        is_inside_ = true;  // destroying the context cancels, and that calls back
        state_ = State::Disconnected;
        for (auto& [id, running] : running_) running->session = nullptr;
        for (auto& managing : managing_) managing->session = nullptr;
        watch_.reset();
        watched_descriptor_ = -1;
        context_.reset();
        is_inside_ = false;
    }

    void fail_everything() {
        const std::string why = std::exchange(loss_, {});
        take_down();
        for (auto& [id, running] : running_) {
            deliver([done = std::move(running->done), why] { done(transport_failed(why)); });
        }
        running_.clear();
        for (Waiting& waiting : waiting_) {
            deliver([done = std::move(waiting.done), why] { done(transport_failed(why)); });
        }
        waiting_.clear();
        for (auto& managing : managing_) {
            deliver([done = std::move(managing->done), why] { done(Failure{why}); });
        }
        managing_.clear();
        for (Connected& done : std::exchange(connecting_, {})) {
            deliver([done = std::move(done), why] { done(Failure{why}); });
        }
        for (auto& done : std::exchange(closing_, {})) deliver(std::move(done));
    }

    void follow_redirection() {
        is_redirected_ = false;
        ++redirects_;
        const char* given = iscsi_get_target_address(context_.get());
        std::string address = given != nullptr ? given : "";
        // "ADDRESS:PORT[,TPGT]" (RFC 7143 13.8).
        address = address.substr(0, address.find(','));
        take_down();
        state_ = State::Connecting;
        if (address.empty()) return lose("login redirected to nowhere");
        open(address);
    }

    // --- Commands.

    void send_waiting() {
        while (!waiting_.empty()) {
            Waiting next = std::move(waiting_.front());
            waiting_.pop_front();
            send(std::move(next));
        }
    }

    void send(Waiting command) {
        const std::string refusal = reason_not_to_send(command.request);
        if (!refusal.empty()) {
            return deliver(
                [done = std::move(command.done), refusal] { done(transport_failed(refusal)); });
        }
        auto running = std::make_unique<Running>();
        running->session = this;
        running->id = next_id_++;
        running->request = std::move(command.request);
        running->timeout = command.timeout;
        running->done = std::move(command.done);
        running->deadline = Clock::now() + running->timeout;
        Running& placed = *running_.emplace(running->id, std::move(running)).first->second;
        if (!give_to_library(placed)) {
            finish(placed, transport_failed("cannot send: " + library_error()));
        }
    }

    static std::string reason_not_to_send(const scsi::Request& request) {
        if (request.cdb.empty() || request.cdb.size() > SCSI_CDB_MAX_SIZE) {
            return "libiscsi sends CDBs of 1 to 16 bytes only";
        }
        if (!request.data_out.empty() && request.data_in_length > 0) {
            return "a command that both sends and receives data is not supported";
        }
        constexpr std::uint32_t kMost = 0x7FFFFFFF;
        if (request.data_out.size() > kMost || request.data_in_length > kMost) {
            return "more than 2 GiB in one command";
        }
        if (!lun_number(request.lun)) {
            return "LUN " + scsi::to_text(request.lun) + " is not a single-level LUN";
        }
        return {};
    }

    bool give_to_library(Running& running) {
        scsi::Request& request = running.request;
        const bool sends = !request.data_out.empty();
        const bool receives = request.data_in_length > 0;
        const int direction = sends ? SCSI_XFER_WRITE : receives ? SCSI_XFER_READ : SCSI_XFER_NONE;
        const std::size_t length = sends ? request.data_out.size() : request.data_in_length;
        running.task.reset(scsi_create_task(static_cast<int>(request.cdb.size()),
                                            request.cdb.data(), direction,
                                            static_cast<int>(length)));
        if (running.task == nullptr) return false;
        if (receives) {
            // Our own buffer: libiscsi would drop what came before a CHECK CONDITION.
            running.data_in.resize(length);
            if (scsi_task_add_data_in_buffer(running.task.get(), static_cast<int>(length),
                                             running.data_in.data()) != 0) {
                return false;
            }
        }
        iscsi_data data_out{request.data_out.size(), request.data_out.data()};
        is_inside_ = true;
        const int result =
            iscsi_scsi_command_async(context_.get(), *lun_number(request.lun), running.task.get(),
                                     on_command, sends ? &data_out : nullptr, &running);
        is_inside_ = false;
        return result == 0;
    }

    static void on_command(iscsi_context*, int status, void*, void* pointer) {
        auto& running = *static_cast<Running*>(pointer);
        if (running.session == nullptr) return;
        Session& session = *running.session;
        session.finish(running, session.response_of(running, status));
    }

    RawResponse response_of(Running& running, int status) {
        if (!running.cut_short.empty()) {
            RawResponse failed = transport_failed(running.cut_short);
            failed.has_timed_out = running.has_timed_out;
            return failed;
        }
        if (status == SCSI_STATUS_CANCELLED || status == SCSI_STATUS_ERROR ||
            status == SCSI_STATUS_TIMEOUT || status < 0 || status > 0xFF) {
            // libiscsi has noticed a loss, or a target that breaks the protocol.
            const std::string why = "the connection was lost: " + library_error();
            if (status == SCSI_STATUS_CANCELLED) lose(why);
            return transport_failed(why);
        }
        RawResponse raw;
        raw.response.status = static_cast<scsi::Status>(status);
        if (raw.response.status == scsi::Status::CheckCondition) {
            raw.sense = sense_of(running);
            raw.response.sense = scsi::decode_sense(raw.sense).value_or(scsi::Sense{});
        }
        raw.response.data_in = data_in_of(running);
        if (running.task->residual_status == SCSI_RESIDUAL_UNDERFLOW) {
            raw.residual = running.task->residual;
        }
        return raw;
    }

    static scsi::Bytes sense_of(const Running& running) {
        const scsi_data& segment = running.task->datain;
        if (segment.data == nullptr || segment.size < static_cast<int>(kSenseLengthBytes)) {
            return {};
        }
        const scsi::BytesView all(segment.data, static_cast<std::size_t>(segment.size));
        const auto length = base::load_big_endian(all, 0, kSenseLengthBytes);
        const scsi::BytesView sense = all.subspan(kSenseLengthBytes);
        const scsi::BytesView sent = sense.first(std::min<std::size_t>(length, sense.size()));
        return {sent.begin(), sent.end()};
    }

    // What came: all that was asked for less the residual (RFC 7143 11.4.5).
    static scsi::Bytes data_in_of(Running& running) {
        scsi::Bytes data = std::move(running.data_in);
        if (running.task->residual_status == SCSI_RESIDUAL_UNDERFLOW) {
            data.resize(data.size() - std::min<std::size_t>(data.size(), running.task->residual));
        }
        return data;
    }

    void finish(Running& running, RawResponse response) {
        deliver([done = std::move(running.done), response = std::move(response)]() mutable {
            done(std::move(response));
        });
        running.session = nullptr;
        const auto found = running_.find(running.id);
        // libiscsi may still look at the task it is just reporting.
        finished_.push_back(std::move(found->second));
        running_.erase(found);
    }

    void cut_short(Running& running, std::string why) {
        running.cut_short = std::move(why);
        is_inside_ = true;
        if (iscsi_scsi_cancel_task(context_.get(), running.task.get()) != 0) {
            lose(running.cut_short);  // libiscsi does not know it: let nothing hang on it
        }
        is_inside_ = false;
    }

    // --- Task management.

    void start_managing(Managing order, iscsi_task_mgmt_funcs function, int lun) {
        order.deadline = Clock::now() + kManagementTimeout;
        managing_.push_back(std::make_unique<Managing>(std::move(order)));
        is_inside_ = true;
        const int result = iscsi_task_mgmt_async(context_.get(), lun, function, kNoTaskTag, 0,
                                                 on_managed, managing_.back().get());
        is_inside_ = false;
        if (result != 0) lose("cannot send a task management request: " + library_error());
    }

    void abort_timed_out(Running& running) {
        const std::string why =
            "no answer within " + in_seconds(running.timeout) + "; the command was aborted";
        running.cut_short = why;
        running.has_timed_out = true;
        auto order = std::make_unique<Managing>();
        order->session = this;
        order->function = TaskManagementFunction::AbortTask;
        order->lun = running.request.lun;
        order->done = [](const auto&) {};
        order->deadline = Clock::now() + kManagementTimeout;
        managing_.push_back(std::move(order));
        is_inside_ = true;
        // Cancels the task here first: on_command runs from within.
        const int result = iscsi_task_mgmt_abort_task_async(context_.get(), running.task.get(),
                                                            on_managed, managing_.back().get());
        is_inside_ = false;
        if (result != 0) lose(why);
    }

    static void on_managed(iscsi_context*, int status, void* data, void* pointer) {
        auto& order = *static_cast<Managing*>(pointer);
        if (order.session == nullptr) return;
        Session& session = *order.session;
        if (status != SCSI_STATUS_GOOD || data == nullptr) {
            return session.lose("task management failed: " + session.library_error());
        }
        session.managed(order, from_library(*static_cast<std::uint32_t*>(data)));
    }

    void managed(Managing& order, TaskManagementResponse response) {
        if (response == TaskManagementResponse::FunctionComplete) silence_aborted_by(order);
        deliver([done = std::move(order.done), response] { done(response); });
        order.session = nullptr;
        const auto found = std::find_if(managing_.begin(), managing_.end(),
                                        [&](const auto& other) { return other.get() == &order; });
        managed_.push_back(std::move(*found));
        managing_.erase(found);
    }

    // The target will not answer them any more (SAM-5 7.1).
    void silence_aborted_by(const Managing& order) {
        if (order.function == TaskManagementFunction::AbortTask ||
            order.function == TaskManagementFunction::ClearAca) {
            return;
        }
        for (auto& [id, running] : running_) {
            if (is_of_whole_target(order.function) || running->request.lun == order.lun) {
                silenced_.push_back(id);
            }
        }
    }

    // --- The loop.

    void on_ready(Loop::Readiness ready) {
        service((ready.can_read ? POLLIN : 0) | (ready.can_write ? POLLOUT : 0));
        settle();
    }

    void service(int events) {
        if (context_ == nullptr) return;
        is_inside_ = true;
        const bool is_fine = iscsi_service(context_.get(), events) == 0;
        is_inside_ = false;
        if (!is_fine) lose("the connection was lost: " + library_error());
    }

    void on_tick() {
        tick_.reset();
        const Clock::time_point now = Clock::now();
        if (state_ == State::Connecting && now >= deadline_) {
            lose("no answer to the login within " + in_seconds(options_.login_timeout));
        }
        if (state_ == State::LoggingOut && now >= deadline_) lose("no answer to the logout");
        for (const auto& managing : managing_) {
            if (now >= managing->deadline) lose("no answer to a task management request");
        }
        std::vector<Running*> late;
        for (auto& [id, running] : running_) {
            if (now >= running->deadline) late.push_back(running.get());
        }
        if (loss_.empty()) {
            for (Running* running : late) abort_timed_out(*running);
        }
        if (context_ != nullptr && loss_.empty()) service(0);
        settle();
    }

    // Acts on what the call-backs noted, then runs the callers' functions. Nothing of this object
    // may be touched after it: one of them may have destroyed it.
    void settle() {
        if (is_inside_) return;
        advance();
        if (is_delivering_) return;  // an outer settle() is at it and will see what is new
        is_delivering_ = true;
        bool was_destroyed = false;
        was_destroyed_ = &was_destroyed;
        while (!deliveries_.empty()) {
            const auto next = std::move(deliveries_.front());
            deliveries_.pop_front();
            next();
            if (was_destroyed) return;
        }
        was_destroyed_ = nullptr;
        is_delivering_ = false;
    }

    void advance() {
        if (is_redirected_ && loss_.empty()) follow_redirection();
        if (state_ == State::LoggedIn && loss_.empty()) {
            for (Connected& done : std::exchange(connecting_, {})) {
                deliver([done = std::move(done)] { done({}); });
            }
            for (const std::uint64_t id : std::exchange(silenced_, {})) {
                const auto found = running_.find(id);
                if (found != running_.end()) {
                    cut_short(*found->second, "the command was aborted by a reset");
                }
            }
            send_waiting();
            // Most writes go out at once, without waiting for the loop to say that they may.
            if (iscsi_out_queue_length(context_.get()) > 0) service(POLLOUT);
        }
        if (!loss_.empty()) fail_everything();
        finished_.clear();
        managed_.clear();
        follow_descriptor();
        const bool is_waiting = context_ != nullptr && (state_ != State::LoggedIn ||
                                                        !running_.empty() || !managing_.empty());
        if (is_waiting && tick_ == nullptr) tick_ = loop_.after(kTick, [this] { on_tick(); });
    }

    // libiscsi's descriptor changes when it tries the next address of a host.
    void follow_descriptor() {
        const int descriptor = context_ != nullptr ? iscsi_get_fd(context_.get()) : -1;
        if (descriptor != watched_descriptor_) {
            watch_.reset();
            watched_descriptor_ = descriptor;
            if (descriptor >= 0) {
                watch_ =
                    loop_.watch(descriptor, [this](Loop::Readiness ready) { on_ready(ready); });
            }
            wanted_ = {};
        }
        if (watch_ == nullptr) return;
        const int events = iscsi_which_events(context_.get());
        const Loop::Readiness wanted{(events & POLLIN) != 0, (events & POLLOUT) != 0};
        if (wanted != wanted_) watch_->want(wanted);
        wanted_ = wanted;
    }

    void deliver(std::function<void()> delivery) { deliveries_.push_back(std::move(delivery)); }

    Loop& loop_;
    IscsiUrl url_;
    IscsiOptions options_;
    std::uint32_t isid_random_ = 0;
    std::uint32_t isid_qualifier_ = 0;

    State state_ = State::Disconnected;
    std::string loss_;  // why the connection is to be taken down, when it is
    bool is_redirected_ = false;
    int redirects_ = 0;
    Clock::time_point deadline_;  // of the login or the logout
    std::uint64_t next_id_ = 1;
    std::vector<Connected> connecting_;
    std::vector<std::function<void()>> closing_;
    std::deque<Waiting> waiting_;
    std::map<std::uint64_t, std::unique_ptr<Running>> running_;  // in order of sending
    std::vector<std::unique_ptr<Running>> finished_;
    std::vector<std::unique_ptr<Managing>> managing_;
    std::vector<std::unique_ptr<Managing>> managed_;
    std::vector<std::uint64_t> silenced_;
    std::deque<std::function<void()>> deliveries_;
    bool is_inside_ = false;  // libiscsi is running
    bool is_delivering_ = false;
    bool* was_destroyed_ = nullptr;

    Context context_;
    Loop::Readiness wanted_;
    int watched_descriptor_ = -1;
    std::unique_ptr<Loop::Watch> watch_;
    std::unique_ptr<Loop::Delayed> tick_;
};

IscsiInitiator::IscsiInitiator(Loop& loop, IscsiUrl url, IscsiOptions options)
    : session_(std::make_unique<Session>(loop, std::move(url), std::move(options))) {}
IscsiInitiator::~IscsiInitiator() = default;

void IscsiInitiator::connect(Connected done) {
    session_->connect(std::move(done));
}

void IscsiInitiator::execute(scsi::Request request, std::function<void(scsi::Response)> done) {
    const auto timeout = session_->usual_timeout(request.cdb);
    execute(std::move(request), timeout,
            [done = std::move(done)](RawResponse raw) { done(std::move(raw.response)); });
}

void IscsiInitiator::execute(scsi::Request request, std::chrono::milliseconds timeout,
                             std::function<void(RawResponse)> done) {
    session_->execute(std::move(request), timeout, std::move(done));
}

void IscsiInitiator::manage(TaskManagementFunction function, scsi::Lun lun, Managed done) {
    session_->manage(function, lun, std::move(done));
}

void IscsiInitiator::close(std::function<void()> done) {
    session_->close(std::move(done));
}

bool IscsiInitiator::is_connected() const {
    return session_->is_connected();
}
const IscsiUrl& IscsiInitiator::url() const {
    return session_->url();
}

}  // namespace nearline::initiator
