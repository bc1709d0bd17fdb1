#include "apps/host/rsm_host.h"

#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "apps/host/asio_loop.h"
#include "apps/host/control_service.h"
#include "apps/host/http_server.h"
#include "apps/host/target_units.h"
#include "initiator/iscsi_initiator.h"
#include "rsm/service.h"

namespace nearline::apps {
namespace {

constexpr std::string_view kPrefix = "/nearline.v1.RsmService/";

// Real waits. When virtual time is instant, the library is never busy for long, so long waits of
// the model's making are cut to a breath.
class RealDelays final : public rsm::Delays {
public:
    RealDelays(boost::asio::io_context& loop, bool is_instant)
        : loop_(loop), is_instant_(is_instant) {}

    void after(std::uint64_t milliseconds, std::function<void()> action) override {
        constexpr std::uint64_t kBreath = 10;
        in_full(is_instant_ ? std::min(milliseconds, kBreath) : milliseconds, std::move(action));
    }

    void in_full(std::uint64_t milliseconds, std::function<void()> action) override {
        const std::uint64_t number = next_++;
        const auto timer = timers_.emplace(
            number, boost::asio::steady_timer(loop_, std::chrono::milliseconds(milliseconds)));
        timer.first->second.async_wait([this, number, alive = std::weak_ptr<bool>(alive_),
                                        action = std::move(action)](const auto& error) {
            if (error || alive.expired()) return;
            timers_.erase(number);
            action();
        });
    }

    std::uint64_t now_ms() const override {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
    }

private:
    boost::asio::io_context& loop_;
    bool is_instant_;
    std::uint64_t next_ = 0;
    std::map<std::uint64_t, boost::asio::steady_timer> timers_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the waits watch it
};

std::string computer_name() {
    std::string name(256, '\0');
    if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    name.resize(name.find('\0'));
    return name;
}

std::uint64_t seed_of_the_system() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

class Hosting final : public RsmHost {
public:
    Hosting(boost::asio::io_context& loop, const Settings& settings)
        : asio_(loop), delays_(loop, settings.is_instant), settings_(settings) {
        HttpServer::Handlers handlers;
        handlers.answer = [this](HttpRequest request, auto done) {
            answer(std::move(request), std::move(done));
        };
        handlers.closed = [this](std::uint64_t connection) {
            if (service_) service_->connection_closed(connection);
        };
        http_ = std::make_unique<HttpServer>(loop, handlers, settings_.token);
    }
    ~Hosting() override {
        http_.reset();
        waits_.clear();
        initiators_.clear();  // what they still owe is dropped before its taker goes
        service_.reset();
    }

    base::Result<void, std::string> start() {
        rsm::Service::Settings settings;
        settings.database = settings_.database;
        settings.computer_name = computer_name();
        settings.administrator_group = settings_.administrator_group;
        if (settings_.database != ":memory:") {
            const auto folder = std::filesystem::path(settings_.database).parent_path() / "Export";
            std::error_code failed;
            std::filesystem::create_directories(folder, failed);
            settings.export_file = (folder / "rsm.sqlite").string();
        }
        settings.identifier_seed = seed_of_the_system();
        auto opened = rsm::Service::open(settings, delays_);
        if (!opened) return base::Failure{opened.error()};
        service_ = *std::move(opened);

        std::error_code ignored;
        const std::filesystem::path folder =
            std::filesystem::path(settings_.endpoint.path).parent_path();
        if (!folder.empty() && std::filesystem::create_directories(folder, ignored)) {
            std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
        }
        auto bound = http_->listen(settings_.endpoint);
        if (!bound) return base::Failure{bound.error()};
        settings_.endpoint = *bound;
        for (const Library& library : settings_.libraries) reach(library, 0);
        return {};
    }

    Endpoint endpoint() const override { return settings_.endpoint; }

private:
    void answer(HttpRequest request, std::function<void(HttpAnswer)> done) {
        if (!request.path.starts_with(kPrefix)) {
            return done(error_answer("unimplemented", "no such path"));
        }
        const rsm::Caller caller{request.peer.user, request.peer.groups, request.connection};
        service_->call(request.path.substr(kPrefix.size()), request.body, caller,
                       [done = std::move(done)](rsm::Answer answer) {
                           done({answer.http_status, std::move(answer.json)});
                       });
    }

    // Until its target answers once; from then on it is the service's.
    void reach(const Library& library, std::uint32_t attempt) {
        scsi::Initiator& initiator = initiator_of(library.changer);
        find_units(initiator, [this, library,
                               attempt](base::Result<TargetUnits, std::string> found) {
            if (found && !found->changers.empty()) return manage(library, *found);
            settings_.log("rsm: " + to_text(library.changer) + ": " +
                          (found ? "no medium changer there" : found.error()));
            const std::chrono::seconds wait(std::min(kLongestWait, 1U << std::min(attempt, 8U)));
            waits_.push_back(
                asio_.after(wait, [this, library, attempt] { reach(library, attempt + 1); }));
        });
    }

    void manage(const Library& library, const TargetUnits& units) {
        rsm::ManagedLibrary managed;
        managed.name = library.name;
        managed.changer = &initiator_of(library.changer);
        const auto& changers = units.changers;
        const bool is_named =
            std::find(changers.begin(), changers.end(), library.changer.lun) != changers.end();
        managed.changer_lun = is_named ? library.changer.lun : changers.front();
        for (const scsi::Lun lun : units.drives) managed.drives.push_back({managed.changer, lun});
        for (const initiator::IscsiUrl& drive : library.drives) {
            managed.drives.push_back({&initiator_of(drive), drive.lun});
        }
        service_->manage(managed);
    }

    // One session for each target.
    initiator::IscsiInitiator& initiator_of(const initiator::IscsiUrl& url) {
        auto& known = initiators_[{url.portal.address, url.target}];
        if (!known) {
            initiator::IscsiOptions options;
            options.initiator_name = kInitiatorName;
            known = std::make_unique<initiator::IscsiInitiator>(asio_, url, options);
        }
        return *known;
    }

    static constexpr std::uint32_t kLongestWait = 30;  // seconds

    AsioLoop asio_;
    RealDelays delays_;
    Settings settings_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<initiator::IscsiInitiator>>
        initiators_;  // by portal and target
    std::vector<std::unique_ptr<initiator::Loop::Delayed>> waits_;
    std::unique_ptr<rsm::Service> service_;
    std::unique_ptr<HttpServer> http_;
};

}  // namespace

base::Result<std::unique_ptr<RsmHost>, std::string> RsmHost::start(boost::asio::io_context& loop,
                                                                   const Settings& settings) {
    auto hosting = std::make_unique<Hosting>(loop, settings);
    if (auto started = hosting->start(); !started) return base::Failure{started.error()};
    return std::unique_ptr<RsmHost>(std::move(hosting));
}

Endpoint default_rsm_endpoint() {
    Endpoint endpoint;
    const char* named = std::getenv("NEARLINE_RSM");
    const std::string text = named == nullptr ? "" : named;
    // HOST:PORT is for clients of another computer's service.
    const bool is_path = text.starts_with("unix:") || text.find('/') != std::string::npos ||
                         text.find(':') == std::string::npos;
    if (!text.empty() && is_path) {
        endpoint.path = text.starts_with("unix:") ? text.substr(5) : text;
    } else if (const char* runtime = std::getenv("XDG_RUNTIME_DIR");
               runtime != nullptr && *runtime != '\0') {
        endpoint.path = std::string(runtime) + "/nearline/rsm.sock";
    } else {
        endpoint.path = "/tmp/nearline-" + std::to_string(::getuid()) + "/rsm.sock";
    }
    return endpoint;
}

}  // namespace nearline::apps
