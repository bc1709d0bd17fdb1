// A service with short words for its calls, over whatever lets time pass: `delays.pass(ms)`.
#pragma once

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nearline/v1/rsm.pb.h"
#include "rsm/service.h"
#include "tests/rsm/world.h"

namespace nearline::rsm {

inline constexpr std::uint32_t kOk = 0;
constexpr std::uint32_t code(Error error) {
    return static_cast<std::uint32_t>(error);
}
constexpr std::uint32_t number(ObjectType type) {
    return static_cast<std::uint32_t>(type);
}

template <typename TheDelays>
class ServiceHost {
public:
    // `arguments` make the delays.
    template <typename... Arguments>
    explicit ServiceHost(Arguments&... arguments) : delays(arguments...) {
        auto opened = Service::open({":memory:", "vault-host", kAdministrators, 7}, delays);
        CHECK(opened.has_value());
        service = std::move(*opened);
        session = open(kAdministrator);
    }

    // The raw answer; nothing while the service still waits.
    std::shared_ptr<std::optional<Answer>> start(const std::string& method, const std::string& json,
                                                 const Caller& caller = kAdministrator) {
        auto answer = std::make_shared<std::optional<Answer>>();
        service->call(method, json, caller, [answer](Answer given) {
            EXPECT_FALSE(answer->has_value()) << "answered twice";
            *answer = std::move(given);
        });
        return answer;
    }
    Answer raw(const std::string& method, const std::string& json,
               const Caller& caller = kAdministrator) {
        const auto answer = start(method, json, caller);
        for (int at = 0; at < 200 && !answer->has_value(); ++at) delays.pass(500);
        EXPECT_TRUE(answer->has_value()) << method;
        return answer->value_or(Answer{});
    }

    template <typename Reply, typename Request>
    Reply call(const std::string& method, const Request& request,
               const Caller& caller = kAdministrator) {
        std::string json;
        EXPECT_TRUE(google::protobuf::util::MessageToJsonString(request, &json).ok());
        const Answer answer = raw(method, json, caller);
        EXPECT_EQ(answer.http_status, 200) << answer.json;
        Reply reply;
        EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(answer.json, &reply).ok())
            << answer.json;
        return reply;
    }

    std::string open(const Caller& caller) {
        v1::OpenSessionRequest request;
        request.set_application("a test");
        const auto reply = call<v1::OpenSessionAnswer>("OpenSession", request, caller);
        EXPECT_EQ(reply.error(), kOk);
        return reply.session();
    }

    std::vector<std::string> list(ObjectType type, const std::string& container = "") {
        v1::EnumerateObjectRequest request;
        request.set_session(session);
        request.set_type(number(type));
        request.set_container_id(container);
        const auto reply = call<v1::EnumerateObjectAnswer>("EnumerateObject", request);
        EXPECT_EQ(reply.error(), kOk);
        return {reply.ids().begin(), reply.ids().end()};
    }

    v1::ObjectInformation get(const std::string& id) {
        v1::GetObjectInformationRequest request;
        request.set_session(session);
        request.set_object_id(id);
        const auto reply = call<v1::GetObjectInformationAnswer>("GetObjectInformation", request);
        EXPECT_EQ(reply.error(), kOk) << id;
        return reply.information();
    }

    // The id of the object of that type and name; empty when there is none.
    std::string named(ObjectType type, const std::string& name, const std::string& container = "") {
        for (const std::string& id : list(type, container)) {
            if (get(id).name() == name) return id;
        }
        return {};
    }

    std::string free_pool() {
        return named(ObjectType::MediaPool, "LTO_Ultrium", named(ObjectType::MediaPool, "Free"));
    }

    std::uint32_t remove(const std::string& medium) {
        v1::DeleteMediaRequest request;
        request.set_session(session);
        request.set_media_id(medium);
        return call<v1::DeleteMediaAnswer>("DeleteMedia", request).error();
    }

    v1::EjectMediaAnswer eject(const std::string& medium, EjectAction action,
                               const std::string& operation = "") {
        v1::EjectMediaRequest request;
        request.set_session(session);
        request.set_media_id(medium);
        request.set_action(static_cast<std::uint32_t>(action));
        request.set_eject_operation(operation);
        return call<v1::EjectMediaAnswer>("EjectMedia", request);
    }

    std::uint32_t move(const std::string& medium, const std::string& pool) {
        v1::MoveToMediaPoolRequest request;
        request.set_session(session);
        request.set_media_id(medium);
        request.set_pool_id(pool);
        return call<v1::MoveToMediaPoolAnswer>("MoveToMediaPool", request).error();
    }

    std::uint32_t inventory(const std::string& library, InventoryMethod method) {
        v1::InventoryLibraryRequest request;
        request.set_session(session);
        request.set_library_id(library);
        request.set_action(static_cast<std::uint32_t>(method));
        return call<v1::InventoryLibraryAnswer>("InventoryLibrary", request).error();
    }

    v1::CreateMediaPoolAnswer create_pool(const std::string& name, const std::string& type) {
        v1::CreateMediaPoolRequest request;
        request.set_session(session);
        request.set_name(name);
        request.set_media_type(type);
        request.set_action(kOpenAlways);
        return call<v1::CreateMediaPoolAnswer>("CreateMediaPool", request);
    }

    std::string location_name(const std::string& medium) {
        const std::string location = get(medium).physical_media().location();
        return location.empty() ? "outside" : get(location).name();
    }

    TheDelays delays;
    std::unique_ptr<Service> service;
    std::string session;
};

}  // namespace nearline::rsm
