// The host's parts that need no network: endpoints, the pace of virtual time, and the services'
// HTTP over a Unix socket in a folder of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <thread>

#include "apps/host/driver.h"
#include "apps/host/endpoint.h"
#include "apps/host/http_client.h"
#include "apps/host/http_server.h"

namespace nearline::apps {
namespace {

using testing::HasSubstr;

TEST(Endpoint, IsReadFromText) {
    EXPECT_EQ(to_text(*parse_endpoint("127.0.0.1:3260")), "127.0.0.1:3260");
    EXPECT_EQ(to_text(*parse_endpoint("[::1]:0")), "[::1]:0");
    EXPECT_EQ(to_text(*parse_endpoint("unix:/run/x")), "unix:/run/x");
    EXPECT_EQ(parse_endpoint("[::1]:0")->host, "::1");
    EXPECT_TRUE(parse_endpoint("unix:/run/x")->is_unix());
}

TEST(Endpoint, RefusesWhatIsNone) {
    for (const char* text :
         {"", ":1", "host", "host:", "host:x", "host:65536", "host:-1", "unix:"}) {
        EXPECT_FALSE(parse_endpoint(text)) << text;
    }
    EXPECT_FALSE(parse_endpoint("unix:/" + std::string(200, 'x')));
}

TEST(Pace, IsInstantOrAWholeFactor) {
    EXPECT_TRUE(parse_pace("instant")->is_instant());
    EXPECT_EQ(parse_pace("1x")->factor, 1U);
    EXPECT_EQ(parse_pace("1000000x")->factor, 1'000'000U);
    for (const char* text : {"", "x", "0x", "1", "1.5x", "-1x", "1000001x", "fast"}) {
        EXPECT_FALSE(parse_pace(text)) << text;
    }
}

TEST(Driver, JumpsToTheNextEventWhenNoInputWaits) {
    boost::asio::io_context loop;
    sim::Simulation simulation;
    Driver driver(loop, simulation, Pace{});
    std::vector<std::string> order;
    sim::Timer first(simulation, [&] {
        order.emplace_back("first");
        boost::asio::post(loop, [&] { order.emplace_back("input"); });
    });
    sim::Timer last(simulation, [&] {
        order.emplace_back("last");
        driver.stop();
    });
    first.start(std::chrono::hours(1));
    last.start(std::chrono::hours(2));
    driver.run();
    EXPECT_THAT(order, testing::ElementsAre("first", "input", "last"));
    EXPECT_EQ(simulation.now(), sim::kPowerOn + std::chrono::hours(2));
}

TEST(Driver, PacedRunsEventsInOrderAtTheirVirtualTimes) {
    boost::asio::io_context loop;
    sim::Simulation simulation;
    Driver driver(loop, simulation, *parse_pace("1000000x"));
    std::vector<sim::Time> times;
    sim::Timer last(simulation, [&] {
        times.push_back(simulation.now());
        driver.stop();
    });
    sim::Timer first(simulation, [&] {
        times.push_back(simulation.now());
        last.start(std::chrono::seconds(3600));
    });
    first.start(std::chrono::seconds(60));
    driver.run();
    EXPECT_THAT(times, testing::ElementsAre(sim::kPowerOn + std::chrono::seconds(60),
                                            sim::kPowerOn + std::chrono::seconds(3660)));
}

// A server on a thread of its own, so that the blocking client can ask it.
class HttpOnAUnixSocket : public testing::Test {
protected:
    HttpOnAUnixSocket() {
        std::string pattern = "/tmp/nearline-http-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
        HttpServer::Handlers handlers;
        handlers.answer = [this](HttpRequest request, auto done) { answer(request, done); };
        server_ = std::make_unique<HttpServer>(loop_, handlers);
        const auto bound = server_->listen(endpoint());
        EXPECT_TRUE(bound);
        thread_ = std::thread([this] {
            const auto work = boost::asio::make_work_guard(loop_);
            loop_.run();
        });
    }
    ~HttpOnAUnixSocket() override {
        boost::asio::post(loop_, [this] {
            server_.reset();
            loop_.stop();
        });
        thread_.join();
        std::filesystem::remove_all(folder_);
    }

    Endpoint endpoint() const { return *parse_endpoint("unix:" + folder_ + "/socket"); }

    void answer(const HttpRequest& request, const std::function<void(HttpAnswer)>& done) {
        if (request.path == "/later") {
            boost::asio::post(loop_, [done] { done({200, R"("later")"}); });
        } else {
            done({request.path == "/lost" ? 404U : 200U,
                  request.path + " " + request.body + " " + std::to_string(request.peer.user)});
        }
    }

    std::string folder_;
    boost::asio::io_context loop_;
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
};

TEST_F(HttpOnAUnixSocket, CarriesPathBodyAndPeer) {
    const auto reply = http_post(endpoint(), "/here", "{}", "");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200U);
    EXPECT_EQ(reply->body, "/here {} " + std::to_string(::getuid()));
    EXPECT_EQ(http_post(endpoint(), "/lost", "", "")->status, 404U);
    EXPECT_EQ(http_post(endpoint(), "/later", "", "")->body, R"("later")");
}

TEST_F(HttpOnAUnixSocket, IsForItsOwnerAlone) {
    struct stat status {};
    ASSERT_EQ(::stat((folder_ + "/socket").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(HttpOnAUnixSocket, RefusesABodyWithoutEnd) {
    const auto reply =
        http_post(endpoint(), "/here", std::string(HttpServer::kMaximumBody + 1, ' '), "");
    // The server may close before the client has sent it all.
    if (reply) {
        EXPECT_EQ(reply->status, 413U);
    }
}

TEST_F(HttpOnAUnixSocket, DoesNotTakeTheSocketOfALivingServer) {
    boost::asio::io_context loop;
    HttpServer other(loop, {});
    const auto bound = other.listen(endpoint());
    ASSERT_FALSE(bound);
    EXPECT_THAT(bound.error(), HasSubstr("socket"));
}

TEST(HttpClient, SaysWhyThereIsNoAnswer) {
    const auto reply = http_post(*parse_endpoint("unix:/nonexistent/socket"), "/", "", "");
    ASSERT_FALSE(reply);
    EXPECT_THAT(reply.error(), HasSubstr("/nonexistent/socket"));
}

}  // namespace
}  // namespace nearline::apps
