// Many threads in many sessions at once, watched by ThreadSanitizer where it is to be had: calls,
// waits, handles that are closed while others use them, and a service that dies under all of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

#include "tests/ntmsapi/api.h"

namespace nearline::ntmsapi {
namespace {

using testing::AnyOf;

constexpr int kThreads = 8;
constexpr int kRounds = 25;

class ManyThreads : public testing::Test {
protected:
    ManyThreads() {
        service_.answer("DeleteMedia", "{}");
        service_.answer("MountMedia", R"({"driveIds":[")" + kOtherText + R"("]})");
        service_.answer("EnumerateObject", R"({"ids":[")" + kText + R"("],"count":1})");
        service_.answer("OpenNotification", R"({"notification":"n1"})");
        service_.answer("WaitForNotification", R"({"operation":1,"objectId":")" + kText + R"("})");
        service_.answer("CloseNotification", "{}");
        service_.answer("GetMediaPoolName", R"({"name":"\\Pool"})");
    }

    HANDLE open() { return OpenNtmsSessionA(service_.server().c_str(), "thread", 0); }

    // Runs `work` in many threads, each with its number.
    template <typename Work>
    static void run(Work work) {
        std::vector<std::thread> threads;
        for (int number = 0; number < kThreads; ++number) {
            threads.emplace_back([work, number] { work(number); });
        }
        for (std::thread& thread : threads) thread.join();
    }

    // One call of each kind; the errors that were answered.
    static std::vector<DWORD> call_all(HANDLE session) {
        GUID id = id_of(kText);
        GUID drive = {};
        GUID list = {};
        DWORD count = 1;
        std::array<WCHAR, 16> name = {};
        DWORD size = name.size();
        std::vector<DWORD> errors = {
            DeleteNtmsMedia(session, &id),
            MountNtmsMedia(session, &id, &drive, 1, 0, 0, 1000, nullptr),
            EnumerateNtmsObject(session, nullptr, &list, &count, NTMS_DRIVE, 0),
            GetNtmsMediaPoolNameW(session, &id, name.data(), &size),
        };
        const HANDLE channel = OpenNtmsNotification(session, NTMS_DRIVE);
        if (channel == INVALID_HANDLE_VALUE) {
            errors.push_back(GetLastError());
            return errors;
        }
        NTMS_NOTIFICATIONINFORMATION change = {};
        errors.push_back(WaitForNtmsNotification(channel, &change, 1000));
        errors.push_back(CloseNtmsNotification(channel));
        return errors;
    }

    FakeService service_;
};

TEST_F(ManyThreads, ShareASession) {
    const HANDLE session = open();
    run([session](int) {
        for (int round = 0; round < kRounds; ++round) {
            for (const DWORD error : call_all(session)) EXPECT_EQ(error, ERROR_SUCCESS);
        }
    });
    EXPECT_EQ(CloseNtmsSession(session), ERROR_SUCCESS);
}

TEST_F(ManyThreads, HaveSessionsOfTheirOwn) {
    run([this](int) {
        for (int round = 0; round < kRounds; ++round) {
            const HANDLE session = open();
            for (const DWORD error : call_all(session)) EXPECT_EQ(error, ERROR_SUCCESS);
            EXPECT_EQ(CloseNtmsSession(session), ERROR_SUCCESS);
        }
    });
}

TEST_F(ManyThreads, CloseSessionsThatOthersUse) {
    std::array<HANDLE, kThreads> sessions = {};
    for (HANDLE& session : sessions) session = open();
    run([&sessions](int number) {
        for (int round = 0; round < kThreads; ++round) {
            const HANDLE session = sessions.at((number + round) % kThreads);
            if (round == kThreads / 2) CloseNtmsSession(session);
            for (const DWORD error : call_all(session)) {
                EXPECT_THAT(error, AnyOf(ERROR_SUCCESS, ERROR_INVALID_HANDLE, ERROR_CANCELLED,
                                         ERROR_NO_DATA));
            }
        }
    });
    for (const HANDLE session : sessions) {
        EXPECT_EQ(CloseNtmsSession(session), ERROR_INVALID_HANDLE);
    }
}

TEST_F(ManyThreads, AllHearOfAServiceThatDies) {
    std::array<HANDLE, 4> sessions = {};
    for (HANDLE& session : sessions) session = open();
    run([this, &sessions](int number) {
        if (number == kThreads - 1) return service_.stop();
        for (int round = 0; round < kRounds; ++round) {
            for (const DWORD error : call_all(sessions.at(number % sessions.size()))) {
                EXPECT_THAT(error, AnyOf(ERROR_SUCCESS, ERROR_NOT_CONNECTED, ERROR_NO_DATA));
            }
        }
    });
    for (const HANDLE session : sessions) {
        EXPECT_EQ(CloseNtmsSession(session), ERROR_CONNECTION_UNAVAIL);
    }
}

TEST_F(ManyThreads, WakeEachOtherInTurn) {
    std::array<HANDLE, kThreads> events = {};
    for (HANDLE& event : events) event = CreateEventA(nullptr, FALSE, FALSE, nullptr);
    SetEvent(events.front());  // It goes round from here.
    run([&events](int number) {
        for (int round = 0; round < kRounds; ++round) {
            EXPECT_EQ(WaitForSingleObject(events.at(number), INFINITE), WAIT_OBJECT_0);
            EXPECT_TRUE(SetEvent(events.at((number + 1) % kThreads)));
        }
    });
    for (const HANDLE event : events) EXPECT_TRUE(CloseHandle(event));
}

}  // namespace
}  // namespace nearline::ntmsapi
