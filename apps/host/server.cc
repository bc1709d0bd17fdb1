#include "apps/host/server.h"

#include <fcntl.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>

#include "apps/changer/json_writer.h"
#include "apps/host/control_service.h"
#include "apps/host/http_server.h"
#include "apps/host/iscsi_server.h"
#include "apps/host/rsm_host.h"
#include "apps/host/trace_file.h"
#include "base/posix_file_system.h"
#include "library/library.h"

namespace nearline::apps {
namespace {

using Error = boost::system::error_code;

// How long commands under way may take to end once SIGTERM has come.
constexpr std::chrono::seconds kPatience{5};

void fill_from_the_system(base::MutableBytes bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t count = ::getrandom(bytes.data() + done, bytes.size() - done, 0);
        if (count > 0) done += static_cast<std::size_t>(count);
    }
}

iscsi::TargetAccess access_of(const library::Access& access, bool is_managed_by_us) {
    iscsi::TargetAccess result;
    for (const auto& secret : access.initiators_secrets) {
        result.chap.initiators.push_back({secret.user, secret.secret});
    }
    if (access.target_secret) {
        result.chap.target = {access.target_secret->user, access.target_secret->secret};
    }
    result.initiators = access.initiators;
    // The list is of others: RSM of this process may always log in.
    if (is_managed_by_us && !result.initiators.empty()) {
        result.initiators.emplace_back(RsmHost::kInitiatorName);
    }
    return result;
}

class Serving final : public Server {
public:
    explicit Serving(ServeSettings settings)
        : settings_(std::move(settings)),
          log_("nearline", std::make_shared<spdlog::sinks::stderr_sink_st>()),
          driver_(loop_, simulation_, settings_.pace),
          portal_(simulation_, trace_, {}, fill_from_the_system),
          iscsi_server_(loop_, driver_, portal_),
          signals_(loop_, SIGTERM, SIGINT),
          drain_timer_(loop_) {
        log_.set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    }

    base::Result<void, std::string> set_up() {
        if (settings_.trace_file) {
            auto file = TraceFile::create(*settings_.trace_file);
            if (!file) return base::Failure{file.error()};
            trace_file_ = *std::move(file);
            trace_.add(*trace_file_);
        }
        if (auto opened = open_library(); !opened) return opened;
        for (const library::Target& target : library_->targets()) {
            portal_.add_target(
                {target.name, library_->description().name, target.device,
                 access_of(library_->description().access, settings_.rsm.has_value())});
        }
        auto bound = iscsi_server_.listen(settings_.portal);
        if (!bound) return base::Failure{bound.error()};
        settings_.portal = *bound;
        library_->power_on();
        if (auto started = start_control(); !started) return started;
        return start_rsm();
    }

    int run(std::ostream& out) override {
        wait_for_signals();
        if (auto written = write_ready_file(); !written) {
            log_.error("{}", written.error());
            return 3;
        }
        out << "ready " << url_of(library_->targets().front()) << std::endl;
        log_.info("library {} ({}): {} drives, {} slots, {} import/export", name(),
                  library_->description().personality, library_->description().drives.size(),
                  library_->description().slots, library_->description().stations);
        driver_.run();
        rsm_.reset();
        control_.reset();
        return 0;
    }

private:
    const std::string& name() const { return library_->description().name; }

    std::string url_of(const library::Target& target) const {
        return "iscsi://" + to_text(settings_.portal) + "/" + target.name + "/0";
    }

    // Two processes must not keep one library: the lock ends with the process, however it ends.
    base::Result<void, std::string> lock_state(const std::string& directory) {
        if (auto made = files_.create_directories(directory); !made) {
            return base::Failure{made.error().message};
        }
        const std::string path = directory + "/lock";
        lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (lock_ < 0) return base::Failure{path + ": " + std::generic_category().message(errno)};
        if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return {};
        return base::Failure{directory + ": another process keeps its state there"};
    }

    base::Result<void, std::string> open_library() {
        std::optional<library::Library::State> state;
        if (settings_.state_directory) {
            if (auto locked = lock_state(*settings_.state_directory); !locked) return locked;
            state.emplace(library::Library::State{files_, *settings_.state_directory});
        }
        auto opened = library::Library::open(simulation_, trace_, settings_.library, state);
        if (!opened) return base::Failure{opened.error()};
        library_ = *std::move(opened);
        for (const std::string& loss : library_->losses()) log_.warn("state: {}", loss);
        return {};
    }

    base::Result<void, std::string> start_control() {
        if (!settings_.control) return {};
        control_service_.emplace(*library_, [this] { driver_.before_input(); });
        HttpServer::Handlers handlers;
        handlers.answer = [this](HttpRequest request, auto done) {
            if (!request.path.starts_with(ControlService::kPrefix)) {
                return done(error_answer("unimplemented", "no such path"));
            }
            done(control_service_->answer(request));
        };
        control_ = std::make_unique<HttpServer>(loop_, handlers, settings_.control_token);
        auto bound = control_->listen(*settings_.control);
        if (!bound) return base::Failure{bound.error()};
        settings_.control = *bound;
        return {};
    }

    base::Result<void, std::string> start_rsm() {
        if (!settings_.rsm) return {};
        RsmHost::Settings rsm;
        rsm.endpoint = *settings_.rsm;
        if (settings_.state_directory) rsm.database = *settings_.state_directory + "/rsm.sqlite";
        rsm.administrator_group = ::getegid();
        rsm.libraries = {managed_library()};
        rsm.is_instant = settings_.pace.is_instant();
        rsm.log = [this](const std::string& line) { log_.info("{}", line); };
        auto started = RsmHost::start(loop_, rsm);
        if (!started) return base::Failure{started.error()};
        rsm_ = *std::move(started);
        return {};
    }

    // Our own, as its initiators see it. With a target for each device the first is the changer's.
    RsmHost::Library managed_library() const {
        const library::Access& access = library_->description().access;
        RsmHost::Library managed;
        managed.name = library_->description().name;
        for (const library::Target& target : library_->targets()) {
            initiator::IscsiUrl url;
            url.portal.address = to_text(settings_.portal);
            if (!access.initiators_secrets.empty()) {
                url.portal.user = access.initiators_secrets.front().user;
                url.portal.password = access.initiators_secrets.front().secret;
                if (access.target_secret) {
                    url.portal.target_user = access.target_secret->user;
                    url.portal.target_password = access.target_secret->secret;
                }
            }
            url.target = target.name;
            if (managed.changer.target.empty()) {
                managed.changer = url;
                continue;
            }
            for (const scsi::Lun lun : target.device->luns()) {
                url.lun = lun;
                managed.drives.push_back(url);
            }
        }
        return managed;
    }

    base::Result<void, std::string> write_ready_file() {
        if (!settings_.ready_file) return {};
        std::error_code ignored;
        const auto status = std::filesystem::status(*settings_.ready_file, ignored);
        if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
            return base::Failure{*settings_.ready_file + ": not a regular file"};
        }
        JsonWriter json;
        json.begin_object().member("portal", to_text(settings_.portal));
        json.member("pid", static_cast<std::uint64_t>(::getpid()));
        json.key("targets").begin_array();
        for (const library::Target& target : library_->targets()) {
            json.begin_object().member("name", target.name).member("url", url_of(target));
            json.key("luns").begin_array();
            for (const scsi::Lun lun : target.device->luns()) json.value(scsi::to_text(lun));
            json.end_array().end_object();
        }
        json.end_array();
        if (settings_.control) json.member("control", to_text(*settings_.control));
        if (settings_.rsm) json.member("rsm", to_text(*settings_.rsm));
        json.end_object();
        auto written =
            base::replace_file(files_, *settings_.ready_file, base::as_bytes(json.text() + "\n"));
        if (!written) return base::Failure{written.error().message};
        return {};
    }

    void wait_for_signals() {
        signals_.async_wait([this](const Error& error, int) {
            if (error) return;
            if (is_ending_) ::_exit(0);  // the second one: at once
            is_ending_ = true;
            wait_for_signals();
            log_.info("ending: {} commands under way", portal_.task_count());
            iscsi_server_.stop_listening();
            portal_.request_logout();
            drain(std::chrono::steady_clock::now() + kPatience);
        });
    }

    void drain(std::chrono::steady_clock::time_point until) {
        if (portal_.task_count() == 0 || std::chrono::steady_clock::now() >= until) {
            iscsi_server_.close_all();
            driver_.stop();
            return;
        }
        drain_timer_.expires_after(std::chrono::milliseconds(10));
        drain_timer_.async_wait([this, until](const Error& error) {
            if (!error) drain(until);
        });
    }

    // In the order in which each may use those above it.
    ServeSettings settings_;
    spdlog::logger log_;
    base::PosixFileSystem files_;
    boost::asio::io_context loop_{1};
    sim::TraceFan trace_;
    std::unique_ptr<TraceFile> trace_file_;
    sim::Simulation simulation_;
    Driver driver_;
    std::unique_ptr<library::Library> library_;
    iscsi::Portal portal_;
    IscsiServer iscsi_server_;
    std::optional<ControlService> control_service_;
    std::unique_ptr<HttpServer> control_;
    std::unique_ptr<RsmHost> rsm_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer drain_timer_;
    bool is_ending_ = false;
    int lock_ = -1;  // of the state directory; the system closes it with the process
};

}  // namespace

base::Result<std::unique_ptr<Server>, std::string> Server::start(ServeSettings settings) {
    auto serving = std::make_unique<Serving>(std::move(settings));
    if (auto done = serving->set_up(); !done) return base::Failure{done.error()};
    return std::unique_ptr<Server>(std::move(serving));
}

}  // namespace nearline::apps
