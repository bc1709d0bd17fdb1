// Notifications: what every function tells of, and the channels that carry it to callers.
#include "rsm/notifications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/rsm/fake_library.h"
#include "tests/rsm/service_host.h"

namespace nearline::rsm {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;
using Op = NotificationOperation;
using Where = World::Where;

// --- what is told (by rule)

// Keeps what the store tells.
class Recorder final : public StoreObserver {
public:
    explicit Recorder(World& world) : world_(world) { world_.store->observe(this); }
    ~Recorder() override { world_.store->observe(nullptr); }

    bool is_listening() const override { return true; }
    void request_ended(Store&, const LibRequest& request) override { ended.push_back(request.id); }
    void committed(std::vector<Change> changes) override {
        told.insert(told.end(), changes.begin(), changes.end());
    }
    std::vector<Change> take() { return std::exchange(told, {}); }

    std::vector<Change> told;
    std::vector<Guid> ended;

private:
    World& world_;
};

TEST(Changes, OfADeletedMediumAreItsSidesAndWhoCountedIt) {
    World world;
    const auto medium = world.add_medium("NL0001L9", world.pool, Where::Outside,
                                         {SideState::Available, SideState::Import});
    Recorder recorder(world);
    ASSERT_EQ(world.call([&](Context& context) { return delete_media(context, medium.id); }),
              Error::Success);
    EXPECT_THAT(recorder.take(),
                UnorderedElementsAre(Change{ObjectType::PhysicalMedia, Op::Delete, medium.id},
                                     Change{ObjectType::Partition, Op::Delete, medium.sides[0]},
                                     Change{ObjectType::Partition, Op::Delete, medium.sides[1]},
                                     Change{ObjectType::MediaPool, Op::Update, world.pool},
                                     Change{ObjectType::Library, Op::Update, world.offline.id}));
}

TEST(Changes, OfARefusedCallAreNone) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Allocated});
    Recorder recorder(world);
    EXPECT_EQ(world.call([&](Context& context) { return delete_media(context, medium.id); }),
              Error::InvalidState);
    EXPECT_THAT(recorder.take(), IsEmpty());
}

TEST(Changes, OfAnAllocationAreTheLogicalMediumTheSideAndBothPools) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.free.id, Where::Inside, {SideState::Available});
    world.in([&](Store& store) {
        auto pool = store.find<MediaPool>(world.pool);
        pool->allocation_policy = kAllocateFromFree;
        store.update(*pool);
    });
    Recorder recorder(world);
    Allocated allocated;
    ASSERT_EQ(world.call([&](Context& context) {
        return allocate_media(context, {world.pool, {}, {}, 0}, allocated);
    }),
              Error::Success);
    const Guid logical = allocated.logical_medium;
    EXPECT_THAT(recorder.take(),
                UnorderedElementsAre(Change{ObjectType::LogicalMedia, Op::Insert, logical},
                                     Change{ObjectType::Partition, Op::Update, medium.sides[0]},
                                     Change{ObjectType::PhysicalMedia, Op::Update, medium.id},
                                     Change{ObjectType::MediaPool, Op::Update, world.pool},
                                     Change{ObjectType::MediaPool, Op::Update, world.free.id},
                                     Change{ObjectType::Library, Op::Update, world.library.id},
                                     Change{ObjectType::LogicalMedia, Op::Complete, logical}));

    ASSERT_EQ(world.call([&](Context& context) { return deallocate_media(context, logical); }),
              Error::Success);
    EXPECT_THAT(recorder.take(),
                UnorderedElementsAre(Change{ObjectType::LogicalMedia, Op::Delete, logical},
                                     Change{ObjectType::Partition, Op::Update, medium.sides[0]},
                                     Change{ObjectType::MediaPool, Op::Update, world.pool}));
}

TEST(Changes, OfPoolsReachTheirParent) {
    World world;
    Recorder recorder(world);
    const Guid parent = world.create_pool("App", std::nullopt);
    EXPECT_THAT(recorder.take(), Contains(Change{ObjectType::MediaPool, Op::Insert, parent}));
    const Guid child = world.create_pool("App\\Daily", world.lto.id);
    EXPECT_THAT(recorder.take(),
                UnorderedElementsAre(Change{ObjectType::MediaPool, Op::Insert, child},
                                     Change{ObjectType::MediaPool, Op::Update, parent}));
    ASSERT_EQ(world.call([&](Context& context) { return delete_media_pool(context, child); }),
              Error::Success);
    EXPECT_THAT(recorder.take(),
                UnorderedElementsAre(Change{ObjectType::MediaPool, Op::Delete, child},
                                     Change{ObjectType::MediaPool, Op::Update, parent}));
}

TEST(Changes, OfRequestsThatArePurgedAreTheirDeletion) {
    World world;
    LibRequest request;
    request.library = world.library.id;
    request.state = RequestState::Passed;
    request.completed = world.now;
    OpRequest asked;
    asked.state = OpState::Complete;
    world.in([&](Store& store) {
        store.insert(request);
        store.insert(asked);
    });
    Recorder recorder(world);
    world.now += 300'000'000;
    world.in([](Store& store) { store.purge_requests(); });
    EXPECT_THAT(recorder.take(),
                UnorderedElementsAre(Change{ObjectType::LibRequest, Op::Delete, request.id},
                                     Change{ObjectType::OpRequest, Op::Delete, asked.id}));
}

TEST(Changes, OfARequestTellWhenItIsAtItsEndAndOnlyThen) {
    World world;
    LibRequest request;
    request.library = world.library.id;
    world.in([&](Store& store) { store.insert(request); });
    Recorder recorder(world);
    const auto put_in = [&](RequestState state) {
        world.in([&](Store& store) {
            request.state = state;
            store.update(request);
        });
    };
    put_in(RequestState::InProcess);
    put_in(RequestState::Waiting);
    EXPECT_THAT(recorder.ended, IsEmpty());
    put_in(RequestState::Failed);
    EXPECT_THAT(recorder.ended, ElementsAre(request.id));
    put_in(RequestState::Failed);
    EXPECT_THAT(recorder.ended, ElementsAre(request.id));
}

// --- the channels

using Waiting = std::shared_ptr<std::optional<Answer>>;

class ListeningHost : public ServiceHost<ManualDelays> {
public:
    ListeningHost() {
        library.put(library.slot(0), "NL0001L9");
        library.put(library.slot(1), "NL0002L9");
        service->manage(library.managed("vault"));
        delays.pass(100);
    }

    v1::OpenNotificationAnswer listen(ObjectType type, const std::string& of_session,
                                      const Caller& caller = kAdministrator) {
        v1::OpenNotificationRequest request;
        request.set_session(of_session);
        request.set_type(number(type));
        return call<v1::OpenNotificationAnswer>("OpenNotification", request, caller);
    }
    std::string listen(ObjectType type) {
        const auto reply = listen(type, session);
        EXPECT_EQ(reply.error(), kOk);
        return reply.notification();
    }

    Waiting start_wait(const std::string& handle, std::uint32_t timeout_ms,
                       const Caller& caller = kAdministrator) {
        return start("WaitForNotification",
                     R"({"notification":")" + handle + R"(","timeoutMs":)" +
                         std::to_string(timeout_ms) + "}",
                     caller);
    }
    static v1::WaitForNotificationAnswer answer(const Waiting& waiting) {
        v1::WaitForNotificationAnswer reply;
        EXPECT_TRUE(waiting->has_value());
        if (!waiting->has_value()) return reply;
        EXPECT_TRUE(google::protobuf::util::JsonStringToMessage((*waiting)->json, &reply).ok());
        return reply;
    }
    v1::WaitForNotificationAnswer wait(const std::string& handle, std::uint32_t timeout_ms = 0) {
        return answer(start_wait(handle, timeout_ms));
    }
    std::uint32_t close(const std::string& handle) {
        v1::CloseNotificationRequest request;
        request.set_notification(handle);
        return call<v1::CloseNotificationAnswer>("CloseNotification", request).error();
    }
    // Everything there is to hear now, as "operation id".
    std::vector<std::string> heard(const std::string& handle) {
        std::vector<std::string> events;
        for (auto reply = wait(handle); reply.error() == kOk; reply = wait(handle)) {
            events.push_back(std::to_string(reply.operation()) + " " + reply.object_id());
        }
        return events;
    }
    static std::string told(Op operation, const std::string& id) {
        return std::to_string(static_cast<std::uint32_t>(operation)) + " " + id;
    }

    std::string medium(const std::string& label) { return named(ObjectType::PhysicalMedia, label); }
    std::string vault() { return named(ObjectType::Library, "vault"); }

    FakeLibrary library{4, 2, 1};
};

// returns: ERROR_SUCCESS
TEST(OpenNotification, SuccessHearsOfItsOwnTypeOnly) {
    ListeningHost host;
    const std::string pools = host.listen(ObjectType::MediaPool);
    const std::string drives = host.listen(ObjectType::Drive);
    const std::string pool = host.create_pool("App", "").pool_id();
    EXPECT_THAT(host.heard(pools), Contains(ListeningHost::told(Op::Insert, pool)));
    EXPECT_THAT(host.heard(drives), IsEmpty());
}

// returns: ERROR_SUCCESS
TEST(OpenNotification, SuccessEvenForTypesThatNothingIsOfButNothingIsHeard) {
    ListeningHost host;
    for (const std::uint32_t type : {0U, 1U, 18U, 4'000'000'000U}) {
        const std::string handle = host.listen(ObjectType{type});
        static_cast<void>(host.create_pool("App " + std::to_string(type), ""));
        EXPECT_THAT(host.heard(handle), IsEmpty()) << type;
    }
}

// returns: ERROR_INVALID_HANDLE
TEST(OpenNotification, InvalidHandleWithoutASessionOfTheCaller) {
    ListeningHost host;
    for (const std::string& session : {std::string(), std::string("nonsense")}) {
        EXPECT_EQ(host.listen(ObjectType::Drive, session).error(), code(Error::InvalidHandle));
    }
    EXPECT_EQ(host.listen(ObjectType::Drive, host.session, kStranger).error(),
              code(Error::InvalidHandle));
}

// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(OpenNotification, NotEnoughMemoryBeyondTheLimitOfASession) {
    ListeningHost host;
    for (int at = 0; at < 64; ++at) static_cast<void>(host.listen(ObjectType::Drive));
    EXPECT_EQ(host.listen(ObjectType::Drive, host.session).error(), code(Error::NotEnoughMemory));
    EXPECT_EQ(host.listen(ObjectType::Drive, host.open(kStranger), kStranger).error(), kOk);
}

// returns: ERROR_SUCCESS
TEST(WaitForNotification, SuccessAtOnceWhenSomethingHappenedBefore) {
    ListeningHost host;
    const std::string handle = host.listen(ObjectType::MediaPool);
    const std::string pool = host.create_pool("App", "").pool_id();
    const auto reply = host.wait(handle);
    EXPECT_EQ(reply.error(), kOk);
    EXPECT_EQ(reply.operation(), static_cast<std::uint32_t>(Op::Insert));
    EXPECT_EQ(reply.object_id(), pool);
}

// returns: ERROR_SUCCESS
TEST(WaitForNotification, SuccessWhenSomethingHappensWhileItWaits) {
    ListeningHost host;
    const std::string handle = host.listen(ObjectType::MediaPool);
    const Waiting first = host.start_wait(handle, kForever);
    const Waiting second = host.start_wait(handle, 60'000);
    EXPECT_FALSE(first->has_value());
    const std::string pool = host.create_pool("App", "").pool_id();
    host.delays.pass(0);
    // One event each, in the order they came; the second is the change of the root pool.
    EXPECT_EQ(ListeningHost::answer(first).object_id(), pool);
    EXPECT_EQ(ListeningHost::answer(second).operation(), static_cast<std::uint32_t>(Op::Update));
}

// returns: ERROR_TIMEOUT
TEST(WaitForNotification, TimeoutWhenNothingHappensInTime) {
    ListeningHost host;
    const std::string handle = host.listen(ObjectType::MediaPool);
    EXPECT_EQ(host.wait(handle).error(), code(Error::Timeout));
    const Waiting late = host.start_wait(handle, 5'000);
    const Waiting soon = host.start_wait(handle, 1'000);
    host.delays.pass(999);
    EXPECT_FALSE(soon->has_value());
    host.delays.pass(1);
    EXPECT_EQ(ListeningHost::answer(soon).error(), code(Error::Timeout));
    EXPECT_FALSE(late->has_value());
    host.delays.pass(4'000);
    EXPECT_EQ(ListeningHost::answer(late).error(), code(Error::Timeout));
    EXPECT_TRUE(host.delays.is_idle());
}

TEST(WaitForNotification, LeavesNoTimerBehindForEachThatWasAnswered) {
    ListeningHost host;
    const std::string handle = host.listen(ObjectType::MediaPool);
    for (int at = 0; at < 100; ++at) {
        const Waiting waiting = host.start_wait(handle, 600'000);
        static_cast<void>(host.create_pool("App " + std::to_string(at), ""));
        host.delays.pass(1);
        EXPECT_TRUE(waiting->has_value());
        EXPECT_FALSE(host.heard(handle).empty());
    }
    EXPECT_LE(host.delays.size(), 1U);
}

// returns: ERROR_INVALID_HANDLE
TEST(WaitForNotification, InvalidHandleWhenThereIsNoSuchChannelOfTheCaller) {
    ListeningHost host;
    const std::string handle = host.listen(ObjectType::MediaPool);
    EXPECT_EQ(host.wait("").error(), code(Error::InvalidHandle));
    EXPECT_EQ(host.wait("6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e").error(),
              code(Error::InvalidHandle));
    EXPECT_EQ(ListeningHost::answer(host.start_wait(handle, 0, kStranger)).error(),
              code(Error::InvalidHandle));
}

// returns: ERROR_NO_DATA
TEST(WaitForNotification, NoDataWhenNobodyReadAndTheChannelIsFull) {
    ListeningHost host;
    const std::string full = host.listen(ObjectType::MediaPool);
    const std::string read = host.listen(ObjectType::MediaPool);
    // Each makes two events: the pool's and its parent's.
    for (int at = 0; at < 500; ++at) static_cast<void>(host.create_pool(std::to_string(at), ""));
    EXPECT_THAT(host.heard(read), testing::SizeIs(1'000));
    static_cast<void>(host.create_pool("one more", ""));
    EXPECT_EQ(host.wait(full).error(), code(Error::NoData));
    EXPECT_EQ(host.wait(full, kForever).error(), code(Error::NoData));
    EXPECT_EQ(host.close(full), kOk);
    EXPECT_EQ(host.wait(read).error(), kOk);
}

// returns: ERROR_NO_DATA
TEST(WaitForNotification, NoDataWhenTheSessionEndsMeanwhile) {
    ListeningHost host;
    const std::string handle = host.listen(ObjectType::MediaPool);
    const Waiting waiting = host.start_wait(handle, kForever);
    host.service->connection_closed(kAdministrator.connection);
    EXPECT_EQ(ListeningHost::answer(waiting).error(), code(Error::NoData));
    EXPECT_EQ(host.wait(handle).error(), code(Error::InvalidHandle));
}

// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(WaitForNotification, NotEnoughMemoryWhenTooManyWait) {
    ListeningHost host;
    const std::string handle = host.listen(ObjectType::MediaPool);
    std::vector<Waiting> waiting;
    for (int at = 0; at < 1'000; ++at) waiting.push_back(host.start_wait(handle, kForever));
    EXPECT_EQ(host.wait(handle, kForever).error(), code(Error::NotEnoughMemory));
}

// returns: ERROR_SUCCESS
// returns: ERROR_INVALID_HANDLE
TEST(CloseNotification, SuccessOnceThenInvalidHandle) {
    ListeningHost host;
    const std::string handle = host.listen(ObjectType::MediaPool);
    EXPECT_EQ(host.close(handle), kOk);
    EXPECT_EQ(host.close(handle), code(Error::InvalidHandle));
    EXPECT_EQ(host.close("no handle at all"), code(Error::InvalidHandle));
}

// returns: ERROR_INVALID_PARAMETER
TEST(CloseNotification, InvalidParameterWithoutAHandle) {
    ListeningHost host;
    EXPECT_EQ(host.close(""), code(Error::InvalidParameter));
}

// returns: ERROR_BUSY
TEST(CloseNotification, BusyWhileSomebodyWaitsAndTheChannelStaysOpen) {
    ListeningHost host;
    const std::string handle = host.listen(ObjectType::MediaPool);
    const Waiting waiting = host.start_wait(handle, kForever);
    EXPECT_EQ(host.close(handle), code(Error::Busy));
    static_cast<void>(host.create_pool("App", ""));
    host.delays.pass(0);
    EXPECT_EQ(ListeningHost::answer(waiting).error(), kOk);
    EXPECT_EQ(host.close(handle), kOk);
}

// --- completions

TEST(CompletedOperations, AreToldByTheIdentifierOfTheirFunction) {
    ListeningHost host;
    const std::string libraries = host.listen(ObjectType::Library);
    ASSERT_EQ(host.inventory(host.vault(), InventoryMethod::Fast), kOk);
    host.delays.pass(60'000);
    EXPECT_THAT(host.heard(libraries),
                Contains(ListeningHost::told(Op::Complete, host.vault())).Times(1));

    // To the free pool: when the label is written. Elsewhere: at once.
    const std::string pools = host.listen(ObjectType::MediaPool);
    ASSERT_EQ(host.move(host.medium("NL0001L9"), host.free_pool()), kOk);
    const std::string moved = ListeningHost::told(Op::Complete, host.free_pool());
    EXPECT_THAT(host.heard(pools), Not(Contains(moved)));
    host.delays.pass(60'000);
    EXPECT_THAT(host.heard(pools), Contains(moved).Times(1));
    const std::string app =
        host.create_pool("App", host.get(host.medium("NL0001L9")).physical_media().media_type())
            .pool_id();
    ASSERT_EQ(host.move(host.medium("NL0001L9"), app), kOk);
    EXPECT_THAT(host.heard(pools), Contains(ListeningHost::told(Op::Complete, app)).Times(1));
}

TEST(CompletedOperations, OfAnEjectionIsToldWhenTheLastOfItsCartridgesIsGone) {
    ListeningHost host;
    const std::string requests = host.listen(ObjectType::LibRequest);
    ASSERT_EQ(host.eject(host.medium("NL0001L9"), EjectAction::Queue).error(), kOk);
    const auto ejected = host.eject(host.medium("NL0002L9"), EjectAction::Start);
    ASSERT_EQ(ejected.error(), kOk);
    host.delays.pass(10'000);
    const std::string done = ListeningHost::told(Op::Complete, ejected.eject_operation());
    EXPECT_THAT(host.heard(requests), Not(Contains(done)));
    host.library.take("NL0001L9");
    host.delays.pass(20'000);
    EXPECT_THAT(host.heard(requests), Not(Contains(done)));
    host.library.take("NL0002L9");
    host.delays.pass(60'000);
    EXPECT_THAT(host.heard(requests), Contains(done).Times(1));
}

TEST(CompletedOperations, LetAListenerWaitForACartridgeToBeDeletable) {
    ListeningHost host;
    const std::string media = host.listen(ObjectType::PhysicalMedia);
    const std::string medium = host.medium("NL0001L9");
    ASSERT_EQ(host.eject(medium, EjectAction::Start).error(), kOk);
    host.delays.pass(10'000);
    EXPECT_THAT(host.heard(media), Contains(ListeningHost::told(Op::Update, medium)));
    host.library.take("NL0001L9");
    host.delays.pass(60'000);
    // Unrecognized media are not kept when they leave.
    EXPECT_THAT(host.heard(media), Contains(ListeningHost::told(Op::Delete, medium)));
}

}  // namespace
}  // namespace nearline::rsm
