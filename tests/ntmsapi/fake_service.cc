#include "tests/ntmsapi/fake_service.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>

namespace nearline::ntmsapi {
namespace {

struct Call {
    std::string method;
    std::string json;
};

// Reads one request; `pending` holds what was read beyond it. nullopt: the peer has gone.
std::optional<Call> read_call(int socket, std::string& pending) {
    const auto read_more = [&] {
        char bytes[4096];
        const ssize_t count = ::recv(socket, bytes, sizeof(bytes), 0);
        if (count > 0) pending.append(bytes, static_cast<std::size_t>(count));
        return count > 0;
    };
    std::size_t end;
    while ((end = pending.find("\r\n\r\n")) == std::string::npos) {
        if (!read_more()) return std::nullopt;
    }
    const std::string head = pending.substr(0, end);
    const std::size_t length = head.find("Content-Length: ");
    const std::size_t size =
        length == std::string::npos ? 0 : std::strtoul(head.c_str() + length + 16, nullptr, 10);
    while (pending.size() < end + 4 + size) {
        if (!read_more()) return std::nullopt;
    }
    Call call;
    const std::string prefix = "POST /nearline.v1.RsmService/";
    EXPECT_EQ(head.substr(0, prefix.size()), prefix);
    EXPECT_NE(head.find("\r\nContent-Type: application/json"), std::string::npos);
    call.method = head.substr(prefix.size(), head.find(' ', prefix.size()) - prefix.size());
    call.json = pending.substr(end + 4, size);
    pending.erase(0, end + 4 + size);
    return call;
}

void send_text(int socket, const std::string& text) {
    ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
}

}  // namespace

FakeService::FakeService() {
    std::string name = (std::filesystem::temp_directory_path() / "ntmsapi-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    path_ = directory_ + "/rsm.sock";
    answers_["OpenSession"] = {200, R"({"session":"s1"})", {}};
    answers_["CloseSession"] = {200, "{}", {}};
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    acceptor_ = std::thread([this] { accept_all(); });
}

FakeService::~FakeService() {
    stop();
    std::filesystem::remove_all(directory_);
}

void FakeService::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (is_stopped_) return;
        is_stopped_ = true;
        held_.clear();
        for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    }
    changed_.notify_all();
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    ::unlink(path_.c_str());
    for (std::thread& thread : threads_) thread.join();
}

void FakeService::answer(const std::string& method, std::string json, unsigned status) {
    const std::lock_guard lock(mutex_);
    answers_[method] = {status, std::move(json), {}};
}

void FakeService::answer_by(const std::string& method, Make make) {
    const std::lock_guard lock(mutex_);
    answers_[method] = {200, "", std::move(make)};
}

void FakeService::hold(const std::string& method) {
    const std::lock_guard lock(mutex_);
    held_.insert(method);
}

void FakeService::release() {
    {
        const std::lock_guard lock(mutex_);
        held_.clear();
    }
    changed_.notify_all();
}

std::vector<std::string> FakeService::requests(const std::string& method) const {
    const std::lock_guard lock(mutex_);
    const auto found = requests_.find(method);
    return found == requests_.end() ? std::vector<std::string>() : found->second;
}

std::string FakeService::request(const std::string& method) const {
    const auto all = requests(method);
    return all.size() == 1 ? all.front() : std::to_string(all.size()) + " calls of " + method;
}

void FakeService::wait_for_request(const std::string& method) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !requests_[method].empty(); });
}

std::size_t FakeService::connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
}

void FakeService::accept_all() {
    for (int socket; (socket = ::accept(listener_, nullptr, nullptr)) >= 0;) {
        const std::lock_guard lock(mutex_);
        if (is_stopped_) {
            ::close(socket);
            return;
        }
        ++connections_;
        open_.push_back(socket);
        threads_.emplace_back([this, socket] { serve(socket); });
    }
}

void FakeService::serve(int socket) {
    std::string pending;
    while (const auto call = read_call(socket, pending)) {
        const Scripted answer = respond(call->method, call->json);
        if (answer.status == 0) break;
        send_text(socket, "HTTP/1.1 " + std::to_string(answer.status) +
                              " Answer\r\nContent-Type: application/json\r\nContent-Length: " +
                              std::to_string(answer.json.size()) + "\r\n\r\n" + answer.json);
    }
    const std::lock_guard lock(mutex_);
    std::erase(open_, socket);
    ::close(socket);
}

FakeService::Scripted FakeService::respond(const std::string& method, const std::string& json) {
    std::unique_lock lock(mutex_);
    requests_[method].push_back(json);
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_.contains(method); });
    const auto found = answers_.find(method);
    if (found == answers_.end()) return {404, R"({"code":"unimplemented"})", {}};
    Scripted answer = found->second;
    if (answer.make) answer.json = answer.make(json);
    return answer;
}

}  // namespace nearline::ntmsapi
