// A service over a library with drives, with short words for the work queue: mounts, dismounts,
// requests.
#pragma once

#include "tests/rsm/fake_library.h"
#include "tests/rsm/service_host.h"

namespace nearline::rsm {

// A call that may still wait.
class Pending {
public:
    explicit Pending(std::shared_ptr<std::optional<Answer>> answer) : answer_(std::move(answer)) {}

    bool is_over() const { return answer_->has_value(); }
    std::uint32_t error() const { return reply().error(); }
    std::vector<std::string> drives() const {
        const v1::MountMediaAnswer given = reply();
        return {given.drive_ids().begin(), given.drive_ids().end()};
    }

private:
    // Every answer has a code, and a mount's its drives besides.
    v1::MountMediaAnswer reply() const {
        v1::MountMediaAnswer reply;
        EXPECT_TRUE(is_over());
        if (!is_over()) return reply;
        google::protobuf::util::JsonParseOptions options;
        options.ignore_unknown_fields = true;
        EXPECT_TRUE(
            google::protobuf::util::JsonStringToMessage((*answer_)->json, &reply, options).ok());
        return reply;
    }

    std::shared_ptr<std::optional<Answer>> answer_;
};

class QueueHost : public ServiceHost<ManualDelays> {
public:
    static constexpr int kCartridges = 4;

    explicit QueueHost(std::uint16_t drives = 2) : library(6, 2, drives) {
        for (int at = 0; at < kCartridges; ++at) {
            library.put(library.slot(static_cast<std::uint16_t>(at)), label(at + 1));
        }
        service->manage(library.managed("vault"));
        delays.pass(100);
        library.commands.clear();
    }

    static std::string label(int number) { return "NL000" + std::to_string(number) + "L9"; }
    std::string medium(const std::string& label) { return named(ObjectType::PhysicalMedia, label); }
    std::string side(const std::string& label) {
        return list(ObjectType::Partition, medium(label)).front();
    }
    std::string vault() { return named(ObjectType::Library, "vault"); }
    std::string drive(int number) {
        return named(ObjectType::Drive, "Drive " + std::to_string(number));
    }

    template <typename Request>
    Pending begin(const std::string& method, const Request& request,
                  const Caller& caller = kAdministrator) {
        std::string json;
        EXPECT_TRUE(google::protobuf::util::MessageToJsonString(request, &json).ok());
        return Pending(start(method, json, caller));
    }

    v1::MountMediaRequest mount_of(const std::vector<std::string>& media,
                                   std::uint32_t options = 0) {
        v1::MountMediaRequest request;
        request.set_session(session);
        for (const std::string& id : media) request.add_media_ids(id);
        request.set_options(options);
        request.set_timeout_ms(kForever);
        return request;
    }
    Pending begin_mount(const std::vector<std::string>& media, std::uint32_t options = 0) {
        return begin("MountMedia", mount_of(media, options));
    }
    v1::MountMediaAnswer run(const v1::MountMediaRequest& request,
                             const Caller& caller = kAdministrator) {
        return call<v1::MountMediaAnswer>("MountMedia", request, caller);
    }
    v1::MountMediaAnswer mount(const std::vector<std::string>& media, std::uint32_t options = 0) {
        return run(mount_of(media, options));
    }

    std::uint32_t dismount(const std::vector<std::string>& media, std::uint32_t options = 0) {
        v1::DismountMediaRequest request;
        request.set_session(session);
        for (const std::string& id : media) request.add_media_ids(id);
        request.set_options(options);
        return call<v1::DismountMediaAnswer>("DismountMedia", request).error();
    }
    std::uint32_t dismount_drive(const std::string& drive) {
        v1::DismountDriveRequest request;
        request.set_session(session);
        request.set_drive_id(drive);
        return call<v1::DismountDriveAnswer>("DismountDrive", request).error();
    }

    // Functions of one request's id and a code.
    template <typename Reply, typename Request>
    std::uint32_t on_request(const std::string& method, const std::string& id) {
        Request request;
        request.set_session(session);
        request.set_request_id(id);
        return call<Reply>(method, request).error();
    }
    std::uint32_t cancel(const std::string& request) {
        return on_request<v1::CancelLibraryRequestAnswer, v1::CancelLibraryRequestRequest>(
            "CancelLibraryRequest", request);
    }
    std::uint32_t satisfy(const std::string& request) {
        return on_request<v1::SatisfyOperatorRequestAnswer, v1::SatisfyOperatorRequestRequest>(
            "SatisfyOperatorRequest", request);
    }
    std::uint32_t refuse(const std::string& request) {
        return on_request<v1::CancelOperatorRequestAnswer, v1::CancelOperatorRequestRequest>(
            "CancelOperatorRequest", request);
    }

    std::uint32_t turn(ObjectType type, const std::string& id, bool is_on) {
        v1::EnableObjectRequest enable;
        enable.set_session(session);
        enable.set_type(number(type));
        enable.set_object_id(id);
        if (is_on) return call<v1::EnableObjectAnswer>("EnableObject", enable).error();
        v1::DisableObjectRequest disable;
        disable.set_session(session);
        disable.set_type(number(type));
        disable.set_object_id(id);
        return call<v1::DisableObjectAnswer>("DisableObject", disable).error();
    }

    MediaState media_state(const std::string& label) {
        return static_cast<MediaState>(get(medium(label)).physical_media().media_state());
    }
    SideState side_state(const std::string& label) {
        return static_cast<SideState>(get(side(label)).partition().state());
    }
    DriveState drive_state(int number) {
        return static_cast<DriveState>(get(drive(number)).drive().state());
    }
    RequestState request_state(const std::string& id) {
        return static_cast<RequestState>(get(id).lib_request().state());
    }
    // The library requests of one operation, oldest first.
    std::vector<std::string> requests(Operation operation) {
        std::vector<std::string> found;
        for (const std::string& id : list(ObjectType::LibRequest)) {
            const auto code = get(id).lib_request().operation_code();
            if (code == static_cast<std::uint32_t>(operation)) found.push_back(id);
        }
        return found;
    }

    // In the pool Backup, which is made, and allocated there.
    std::string allocated(const std::string& label) {
        EXPECT_EQ(move(medium(label), free_pool()), kOk);
        delays.pass(60'000);
        const std::string type = named(ObjectType::MediaType, "LTO_Ultrium");
        const std::string pool = create_pool("Backup", type).pool_id();
        EXPECT_EQ(move(medium(label), pool), kOk);
        v1::AllocateMediaRequest request;
        request.set_session(session);
        request.set_pool_id(pool);
        request.set_partition_id(side(label));
        const auto reply = call<v1::AllocateMediaAnswer>("AllocateMedia", request);
        EXPECT_EQ(reply.error(), kOk);
        return reply.media_id();
    }
    void take_out(const std::string& label) {
        library.take(label);
        EXPECT_EQ(inventory(vault(), InventoryMethod::Fast), kOk);
        delays.pass(1'000);
        EXPECT_EQ(location_name(medium(label)), "outside");
    }
    // A medium that stays known when it is outside.
    std::string outside(const std::string& label) {
        const std::string logical = allocated(label);
        take_out(label);
        return logical;
    }

    FakeLibrary library;
};

}  // namespace nearline::rsm
