// What all functions have in common: the handle is looked at before anything else.
#include <gtest/gtest.h>

#include "tests/rsm/named_host.h"

namespace nearline::rsm {
namespace {

struct Method {
    std::string name;
    bool has_session = false;
};

// Of the service, as its .proto file has them.
std::vector<Method> methods() {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        "nearline.v1.RsmService");
    std::vector<Method> all;
    // The pool knows a file once one of its messages has been asked for its descriptor.
    static_cast<void>(v1::OpenSessionRequest::descriptor());
    for (int at = 0; service != nullptr && at < service->method_count(); ++at) {
        const auto* method = service->method(at);
        all.push_back(
            {method->name(), method->input_type()->FindFieldByName("session") != nullptr});
    }
    return all;
}

std::string asked(const Method& method, const std::string& handle) {
    return std::string(method.has_session ? R"({"session":")" : R"({"notification":")") + handle +
           "\"}";
}

// returns: every ERROR_INVALID_HANDLE
TEST(EveryFunction, WantsASessionOfItsCaller) {
    NamedHost host({":memory:", "vault-host", kAdministrators, 7});
    EXPECT_EQ(methods().size(), 60U);  // all but GetVolumesFromDrive, which asks nobody
    for (const Method& method : methods()) {
        if (method.name == "OpenSession" || method.name == "EjectDiskFromSADrive") continue;
        for (const std::string handle :
             {"b3a5f5c2-1111-4222-8333-944455556666", "no handle", "$ADMIN"}) {
            EXPECT_EQ(host.error(method.name, asked(method, handle)), code(Error::InvalidHandle))
                << method.name << " " << handle;
        }
    }
}

}  // namespace
}  // namespace nearline::rsm
