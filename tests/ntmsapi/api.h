// An open session with a service whose answers the test chooses.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "ntmsapi/include/ntmsapi.h"
#include "ntmsapi/session.h"
#include "ntmsapi/values.h"
#include "tests/ntmsapi/fake_service.h"

namespace nearline::ntmsapi {

inline const std::string kText = "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e";
inline const std::string kOtherText = "00000000-0000-0000-0000-000000000002";

inline GUID id_of(const std::string& text) {
    return parse_guid(text).value();
}

class Api : public testing::Test {
protected:
    void SetUp() override {
        session_ = OpenNtmsSessionA(service_.server().c_str(), "test", 0);
        ASSERT_NE(session_, INVALID_HANDLE_VALUE);
    }
    void TearDown() override { CloseNtmsSession(session_); }

    // A service that does not answer is given up at once.
    void be_impatient() { be_patient_for(std::chrono::milliseconds(1)); }
    void be_patient_for(std::chrono::milliseconds time) {
        handles().find(session_, HandleKind::Session).session->set_patience(time);
    }

    FakeService service_;
    HANDLE session_ = nullptr;
    GUID id_ = id_of(kText);
    GUID other_id_ = id_of(kOtherText);
};

}  // namespace nearline::ntmsapi
