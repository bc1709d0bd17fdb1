// What a test sets up in the place of the RSM service: HTTP on a Unix socket in a directory of its
// own, with the answers that the test chose.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace nearline::ntmsapi {

class FakeService {
public:
    // OpenSession and CloseSession succeed; other methods are unknown (404) until answered.
    FakeService();
    ~FakeService();

    const std::string& path() const { return path_; }
    std::string server() const { return "unix:" + path_; }

    void answer(const std::string& method, std::string json, unsigned status = 200);
    // Answers each call with what `make` makes of its JSON. It runs on threads of the service.
    using Make = std::function<std::string(const std::string& json)>;
    void answer_by(const std::string& method, Make make);
    // Calls of the method wait for release().
    void hold(const std::string& method);
    void release();
    // Closes every connection and the socket.
    void stop();

    // The JSON of the calls so far.
    std::vector<std::string> requests(const std::string& method) const;
    // Of the only call so far.
    std::string request(const std::string& method) const;
    void wait_for_request(const std::string& method);
    std::size_t connections() const;  // that were ever made

private:
    struct Scripted {
        unsigned status = 200;
        std::string json;
        Make make;  // instead of `json`, if any
    };

    void accept_all();
    void serve(int socket);
    Scripted respond(const std::string& method, const std::string& json);

    std::string directory_;
    std::string path_;
    int listener_ = -1;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Scripted> answers_;
    std::map<std::string, std::vector<std::string>> requests_;
    std::set<std::string> held_;
    std::vector<int> open_;
    std::size_t connections_ = 0;
    bool is_stopped_ = false;
    std::list<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace nearline::ntmsapi
