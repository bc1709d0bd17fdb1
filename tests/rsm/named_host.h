// A service over a managed library, with an object of every kind that matters; requests name them:
// $POOL, $SIDE, $OFFLINE_MEDIUM. $ADMIN is a session of the administrator's, $SESSION one of a
// stranger's.
#pragma once

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "rsm/access.h"
#include "tests/rsm/fake_library.h"
#include "tests/rsm/service_host.h"

namespace nearline::rsm {

inline constexpr std::uint32_t kAnyRight = 0x000FFFFF;  // without the generic ones

// A managed library with a cartridge, and a pool with records of every kind; $NAME stands for ids.
class NamedHost {
public:
    explicit NamedHost(const Service::Settings& settings) {
        auto opened = Service::open(settings, delays_);
        CHECK(opened.has_value());
        service_ = std::move(*opened);
        library_.put(library_.slot(0), "NL0001L9");
        service_->manage(library_.managed("vault"));
        delays_.pass(1'000);
        ids_["SESSION"] = field("OpenSession", "{}", "session", kAdministrator);
        find_objects();
        make_records();
        ids_["SESSION"] = field("OpenSession", "{}", "session", kStranger);
    }

    // The stranger's rights on the pools, the library and the computer, and nothing for anybody
    // else but administrators.
    void grant(const Wanted& rights) {
        set_rights({"POOL", "PARENT", "ROOT", "FREE"}, rights.pool);
        set_rights({"LIBRARY", "OFFLINE"}, rights.library);
        set_rights({"COMPUTER"}, rights.computer);
    }
    void set_rights(const std::vector<std::string>& objects, std::uint32_t mask) {
        SecurityDescriptor descriptor;
        descriptor.has_dacl = true;
        descriptor.dacl = Acl{{Ace::Kind::Allowed, 0, mask, unix_user(kStranger.user)},
                              {Ace::Kind::Allowed, 0, kAllAccess, kBuiltinAdministrators}};
        const std::string bytes = base::to_base64(to_bytes(descriptor));
        for (const std::string& object : objects) {
            const std::string answer =
                call("SetObjectSecurity",
                     R"({"session":"$ADMIN","objectId":"$)" + object +
                         R"(","information":4,"securityDescriptor":")" + bytes + "\"}",
                     kAdministrator);
            ASSERT_EQ(answer, R"({"error":0})") << object;
        }
    }

    // The only available medium goes to the free pool, where the application pool may take it from.
    void draw_from_free() {
        ASSERT_EQ(call("MoveToMediaPool",
                       R"({"session":"$ADMIN","mediaId":"$ONLINE_MEDIUM","poolId":"$FREE"})",
                       kAdministrator),
                  R"({"error":0})");
        delays_.pass(60'000);
        ASSERT_EQ(call("SetObjectInformation",
                       R"({"session":"$ADMIN","objectId":"$POOL","information":{"name":"Daily",)"
                       R"("mediaPool":{"allocationPolicy":1,"mediaType":"$TYPE"}}})",
                       kAdministrator),
                  R"({"error":0})");
        const auto offline =
            call("DecommissionMedia", R"({"session":"$ADMIN","mediaId":"$SIDE"})", kAdministrator);
        ASSERT_EQ(offline, R"({"error":0})");
    }

    // What the stranger is answered; nothing while he waits, as some do who are not refused.
    std::optional<std::uint32_t> error(const std::string& method, const std::string& json,
                                       const Caller& caller = kStranger) {
        const std::string answer = call(method, json, caller);
        if (answer.empty()) return std::nullopt;
        google::protobuf::Struct parsed = parse(answer);
        return static_cast<std::uint32_t>(parsed.fields().at("error").number_value());
    }

private:
    static google::protobuf::Struct parse(const std::string& json) {
        google::protobuf::Struct parsed;
        EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &parsed).ok()) << json;
        return parsed;
    }
    std::string call(const std::string& method, const std::string& json, const Caller& caller) {
        std::string answer;
        service_->call(method, with_ids(json), caller,
                       [&answer](Answer given) { answer = given.json; });
        for (int wait = 0; wait < 20 && answer.empty(); ++wait) delays_.pass(100);
        return answer;
    }
    std::string with_ids(std::string json) {
        for (auto id = ids_.rbegin(); id != ids_.rend(); ++id) {
            const std::string name = "$" + id->first;
            for (std::size_t at = 0; (at = json.find(name)) != std::string::npos;) {
                json.replace(at, name.size(), id->second);
            }
        }
        return json;
    }
    std::string field(const std::string& method, const std::string& json, const std::string& name,
                      const Caller& caller) {
        const auto answer = parse(call(method, json, caller));
        EXPECT_EQ(answer.fields().at("error").number_value(), 0) << method << json;
        return answer.fields().at(name).string_value();
    }
    std::string first(ObjectType type, const std::string& container, const std::string& options) {
        const auto answer =
            parse(call("EnumerateObject",
                       R"({"session":"$SESSION","type":)" + std::to_string(number(type)) +
                           R"(,"containerId":")" + container + "\"" + options + "}",
                       kAdministrator));
        const auto& ids = answer.fields().at("ids").list_value();
        return ids.values_size() == 0 ? std::string() : ids.values(0).string_value();
    }

    void find_objects() {
        ids_["ADMIN"] = ids_["SESSION"];
        ids_["COMPUTER"] = first(ObjectType::Computer, "", "");
        ids_["OFFLINE"] = first(ObjectType::Library, "", "");
        ids_["ONLINE_MEDIUM"] = first(ObjectType::PhysicalMedia, "", "");
        const auto medium =
            parse(call("GetObjectInformation",
                       R"({"session":"$SESSION","objectId":"$ONLINE_MEDIUM"})", kAdministrator));
        const auto& info = medium.fields()
                               .at("information")
                               .struct_value()
                               .fields()
                               .at("physicalMedia")
                               .struct_value()
                               .fields();
        ids_["LIBRARY"] = info.at("currentLibrary").string_value();
        ids_["TYPE"] = info.at("mediaType").string_value();
        ids_["OTHER_TYPE"] = first(ObjectType::MediaType, "", "");  // DDS_4mm
        ids_["DRIVE"] = first(ObjectType::Drive, "$LIBRARY", "");
        ids_["SLOT"] = first(ObjectType::StorageSlot, "$LIBRARY", "");
        ids_["ROOT"] = first(ObjectType::MediaPool, "", R"(,"options":1)");
        ids_["FREE"] = first(ObjectType::MediaPool, first(ObjectType::MediaPool, "", ""), "");
    }

    void make_records() {
        const auto pool = [&](const std::string& name, const std::string& type) {
            return field("CreateMediaPool",
                         R"({"session":"$SESSION","name":")" + name + R"(","mediaType":")" + type +
                             R"(","action":2})",
                         "poolId", kAdministrator);
        };
        ids_["PARENT"] = pool("App", "");
        ids_["POOL"] = pool("App\\\\Daily", "$TYPE");
        ASSERT_EQ(call("MoveToMediaPool",
                       R"({"session":"$SESSION","mediaId":"$ONLINE_MEDIUM","poolId":"$FREE"})",
                       kAdministrator),
                  R"({"error":0})");
        delays_.pass(60'000);
        ASSERT_EQ(call("MoveToMediaPool",
                       R"({"session":"$SESSION","mediaId":"$ONLINE_MEDIUM","poolId":"$POOL"})",
                       kAdministrator),
                  R"({"error":0})");
        ids_["ALLOCATED"] = record("OFF001", 5);
        ids_["OFFLINE_MEDIUM"] = record("OFF002", 4);
    }

    // Offline media; the logical medium of those that have one, else the medium.
    std::string record(const std::string& bar_code, int state) {
        const auto made =
            parse(call("CreateMedia", record_request(bar_code, state, "$POOL"), kAdministrator));
        EXPECT_EQ(made.fields().at("error").number_value(), 0);
        const auto& side =
            made.fields().at("partitions").list_value().values(0).struct_value().fields();
        ids_["SIDE"] = side.at("objectGuid").string_value();
        const std::string logical =
            side.at("partition").struct_value().fields().at("logicalMedia").string_value();
        if (!logical.empty()) return logical;
        return made.fields().at("media").struct_value().fields().at("objectGuid").string_value();
    }

public:
    static std::string record_request(const std::string& bar_code, int state,
                                      const std::string& pool) {
        return R"({"session":"$SESSION","media":{"type":15,"enabled":true,"physicalMedia":)"
               R"({"mediaPool":")" +
               pool + R"(","barCode":")" + bar_code +
               R"(","numberOfPartitions":1}},"partitions":[{"type":14,"enabled":true,)"
               R"("partition":{"omidLabelId":"QUI=","omidLabelType":"T","state":)" +
               std::to_string(state) + "}}]}";
    }

private:
    ManualDelays delays_;
    FakeLibrary library_{4, 2, 1};
    std::unique_ptr<Service> service_;
    std::map<std::string, std::string> ids_;
};

}  // namespace nearline::rsm
