// Any bytes as requests to the RSM service: every call is answered once, an answer is JSON or a
// refusal, and the service still opens sessions afterwards.
//
// Input: calls, separated by a zero byte: the method's name, a line feed, and the JSON. "$S" in it
// becomes a session that is open.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "rsm/service.h"
#include "tests/rsm/world.h"

namespace nearline::rsm {
namespace {

constexpr std::string_view kOpen = R"({"application":"fuzz"})";

class Host {
public:
    Host() {
        auto opened = Service::open({":memory:", "fuzz-host", kAdministrators, 7}, delays_);
        CHECK(opened.has_value());
        service_ = std::move(*opened);
        session_ = open_session();
    }

    void call(std::string_view text) {
        const std::size_t line = text.find('\n');
        std::string json(line == std::string_view::npos ? "" : text.substr(line + 1));
        for (std::size_t at = 0; (at = json.find("$S", at)) != std::string::npos;) {
            json.replace(at, 2, session_);
            at += session_.size();
        }
        answer_to(text.substr(0, line), json);
    }

    std::string open_session() {
        const Answer answer = answer_to("OpenSession", kOpen);
        CHECK(answer.http_status == 200);
        const google::protobuf::Struct json = parsed(answer.json);
        return json.fields().at("session").string_value();
    }

    // Ends all sessions: there is a limit to how many may be open.
    void hang_up() { service_->connection_closed(kAdministrator.connection); }

private:
    static google::protobuf::Struct parsed(const std::string& json) {
        google::protobuf::Struct out;
        CHECK(google::protobuf::util::JsonStringToMessage(json, &out).ok());
        return out;
    }

    Answer answer_to(std::string_view method, std::string_view json) {
        int answers = 0;
        Answer given;
        service_->call(method, json, kAdministrator, [&](Answer answer) {
            ++answers;
            given = std::move(answer);
        });
        for (int wait = 0; wait < 200 && answers == 0; ++wait) delays_.pass(500);
        CHECK(answers == 1);
        parsed(given.json);
        return given;
    }

    ManualDelays delays_;
    std::unique_ptr<Service> service_;
    std::string session_;
};

}  // namespace
}  // namespace nearline::rsm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kEnough = 16384;
    if (size > kEnough) return 0;
    nearline::rsm::Host host;
    std::string_view calls = nearline::base::as_text({data, size});
    while (!calls.empty()) {
        const std::size_t end = calls.find('\0');
        host.call(calls.substr(0, end));
        calls = end == std::string_view::npos ? "" : calls.substr(end + 1);
    }
    host.hang_up();
    host.open_session();
    return 0;
}
