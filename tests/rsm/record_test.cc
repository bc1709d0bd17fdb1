// Records that callers make: CreateNtmsMedia, and the types of media a library takes.
#include "rsm/record_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rsm/catalogue.h"
#include "tests/rsm/service_host.h"

namespace nearline::rsm {
namespace {

using Where = World::Where;
const Guid kNobody(1, 2);
const Guid kChosen(3, 4);
const Guid kChosenSide(5, 6);
const Guid kChosenLogical(7, 8);
// Of two sides.
constexpr std::uint32_t kMagnetoOptical = 0x3A;  // MO_5_WO

class Records : public World {
public:
    // A medium that the pool takes, with one side.
    NewMedium medium(const std::string& bar_code = "NL0001L9",
                     SideState state = SideState::Available) {
        NewMedium wanted;
        wanted.medium.pool = pool;
        wanted.medium.bar_code = bar_code;
        Side side;
        side.state = state;
        side.label_id = "0a0b";
        side.label_type = "LTFS";
        wanted.sides = {side};
        wanted.stated_sides = 1;
        wanted.is_given = true;
        wanted.is_well_formed = true;
        return wanted;
    }
    Error create(const NewMedium& wanted, const Caller& caller = kAdministrator) {
        made = {};
        return call(caller, [&](Context& context) { return create_media(context, wanted, made); });
    }
    Error remove(const Guid& id) {
        return call([&](Context& context) { return delete_media(context, id); });
    }
    MediaType type_of_code(std::uint32_t media_code) {
        MediaType type;
        in([&](Store& store) { type = *store.media_type_of_code(media_code); });
        return type;
    }
    std::size_t system_pools(const Guid& type) {
        std::size_t found = 0;
        in([&](Store& store) {
            for (const PoolType kind : {PoolType::Free, PoolType::Unrecognized, PoolType::Import}) {
                if (store.system_pool(kind, type)) ++found;
            }
        });
        return found;
    }
    Error add(const Id& type, const Id& to, const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) { return add_media_type(context, type, to); });
    }
    Error drop(const Id& type, const Id& from, const Caller& caller = kAdministrator) {
        return call(caller,
                    [&](Context& context) { return delete_media_type(context, type, from); });
    }
    NewMedium made;
};

// returns: ERROR_SUCCESS
TEST(CreateMedia, SuccessRecordsAMediumThatIsOfflineAndIsWhatDeleteMediaRemoves) {
    Records world;
    ASSERT_EQ(world.create(world.medium()), Error::Success);
    const auto medium = world.row<PhysicalMedium>(world.made.medium.id);
    ASSERT_TRUE(medium);
    EXPECT_EQ(medium->library, world.offline.id);
    EXPECT_TRUE(medium->location.is_null());
    EXPECT_TRUE(medium->home_slot.is_null());
    EXPECT_EQ(medium->location_type, ObjectType::StorageSlot);
    EXPECT_EQ(medium->media_type, world.lto.id);
    EXPECT_EQ(medium->bar_code_state(), BarCodeState::Ok);
    EXPECT_EQ(medium->media_state, MediaState::Idle);
    EXPECT_FALSE(medium->sequence_number.empty());
    EXPECT_EQ(medium->created, world.now);
    EXPECT_EQ(medium->name, "NL0001L9");
    const auto side = world.row<Side>(world.made.sides.front().id);
    ASSERT_TRUE(side);
    EXPECT_EQ(side->medium, medium->id);
    EXPECT_EQ(side->number, 0U);
    EXPECT_TRUE(side->logical_medium.is_null());
    EXPECT_EQ(world.remove(medium->id), Error::Success);
    EXPECT_EQ(world.create(world.medium()), Error::Success);
}

TEST(CreateMedia, SuccessTakesTheIdsOfTheCaller) {
    Records world;
    NewMedium wanted = world.medium("NL0001L9", SideState::Allocated);
    wanted.medium.id = kChosen;
    wanted.sides.front().id = kChosenSide;
    wanted.sides.front().logical_medium = kChosenLogical;
    ASSERT_EQ(world.create(wanted), Error::Success);
    EXPECT_TRUE(world.row<PhysicalMedium>(kChosen));
    EXPECT_EQ(world.row<Side>(kChosenSide)->logical_medium, kChosenLogical);
    EXPECT_EQ(world.row<LogicalMedium>(kChosenLogical)->pool, world.pool);
    EXPECT_EQ(world.remove(kChosen), Error::InvalidState);
}

TEST(CreateMedia, SuccessMakesALogicalMediumForASideThatMustHaveOne) {
    Records world;
    ASSERT_EQ(world.create(world.medium("NL0001L9", SideState::Complete)), Error::Success);
    EXPECT_FALSE(world.made.sides.front().logical_medium.is_null());
    // And for one that need not, when the caller names it: DeleteNtmsMedia takes it along.
    NewMedium wanted = world.medium("NL0002L9");
    wanted.sides.front().logical_medium = kChosenLogical;
    ASSERT_EQ(world.create(wanted), Error::Success);
    EXPECT_EQ(world.remove(world.made.medium.id), Error::Success);
    EXPECT_FALSE(world.row<LogicalMedium>(kChosenLogical));
}

TEST(CreateMedia, SuccessInEveryStateASideCanHave) {
    Records world;
    for (std::uint32_t state = 0; state <= 9; ++state) {
        const auto side_state = static_cast<SideState>(state);
        ASSERT_EQ(world.create(world.medium("NL000" + std::to_string(state), side_state)),
                  Error::Success);
        EXPECT_EQ(world.state_of(world.made.sides.front().id), side_state);
    }
}

TEST(CreateMedia, SuccessNamesTheMediumByWhatThereIs) {
    Records world;
    ASSERT_EQ(world.create(world.medium("  NL1")), Error::Success);
    NewMedium no_bar_code = world.medium("");
    no_bar_code.sides.front().label_info = "Monday";
    ASSERT_EQ(world.create(no_bar_code), Error::Success);
    EXPECT_EQ(world.made.medium.name, "Monday");
    EXPECT_EQ(world.made.sides.front().name, "Monday");
    EXPECT_EQ(world.made.medium.bar_code_state(), BarCodeState::Unreadable);
    ASSERT_EQ(world.create(world.medium("")), Error::Success);
    EXPECT_EQ(world.made.medium.name, world.made.medium.sequence_number);
    NewMedium named = world.medium("");
    named.medium.name = "the third";
    ASSERT_EQ(world.create(named), Error::Success);
    EXPECT_EQ(world.made.medium.name, "the third");
}

TEST(CreateMedia, SuccessNumbersTheSidesOfMediaThatAreFlipped) {
    Records world;
    const MediaType disc = world.type_of_code(kMagnetoOptical);
    const Guid discs = world.create_pool("Discs", disc.id);
    NewMedium wanted = world.medium("");
    wanted.medium.pool = discs;
    wanted.sides.push_back(wanted.sides.front());
    wanted.sides.front().label_info = "only of one side";
    wanted.stated_sides = 2;
    ASSERT_EQ(world.create(wanted), Error::Success);
    EXPECT_EQ(world.made.sides.back().number, 1U);
    EXPECT_EQ(world.made.medium.name, world.made.medium.sequence_number);
}

// returns: ERROR_ACCESS_DENIED
TEST(CreateMedia, AccessDeniedWithoutModifyOnPoolAndComputer) {
    Records world;
    EXPECT_EQ(world.create(world.medium(), kStranger), Error::AccessDenied);
    world.in([&](Store& store) { grant(store, world.pool, kEveryone, kUse | kModify | kControl); });
    EXPECT_EQ(world.create(world.medium(), kStranger), Error::AccessDenied);
    world.in([&](Store& store) { grant(store, store.computer().id, kEveryone, kUse | kModify); });
    EXPECT_EQ(world.create(world.medium(), kStranger), Error::Success);
}

// returns: ERROR_INVALID_MEDIA
TEST(CreateMedia, InvalidMediaWhenTheBarCodeIsTaken) {
    Records world;
    world.add_medium("NL0001L9", world.pool, Where::Inside, {});
    EXPECT_EQ(world.create(world.medium()), Error::InvalidMedia);
}

TEST(CreateMedia, InvalidMediaWhenTheLabelIsKnownAndTheCallerMinds) {
    Records world;
    ASSERT_EQ(world.create(world.medium("NL0001L9")), Error::Success);
    ASSERT_EQ(world.create(world.medium("NL0002L9")), Error::Success);
    NewMedium minding = world.medium("NL0003L9");
    minding.options = 1;
    EXPECT_EQ(world.create(minding), Error::InvalidMedia);
    // Before the rights, as the protocol has it.
    EXPECT_EQ(world.create(minding, kStranger), Error::InvalidMedia);
    minding.sides.front().label_type = "another";
    EXPECT_EQ(world.create(minding), Error::Success);
}

TEST(CreateMedia, InvalidMediaWhenAnIdIsSomebodysOrTwice) {
    Records world;
    NewMedium taken = world.medium();
    taken.medium.id = world.slot.id;
    EXPECT_EQ(world.create(taken), Error::InvalidMedia);
    taken = world.medium();
    taken.sides.front().id = world.pool;
    EXPECT_EQ(world.create(taken), Error::InvalidMedia);
    taken = world.medium("NL0001L9", SideState::Allocated);
    taken.sides.front().logical_medium = world.library.id;
    EXPECT_EQ(world.create(taken), Error::InvalidMedia);
    taken = world.medium();
    taken.medium.id = kChosen;
    taken.sides.front().id = kChosen;
    EXPECT_EQ(world.create(taken), Error::InvalidMedia);
}

// returns: ERROR_INVALID_MEDIA_POOL
TEST(CreateMedia, InvalidMediaPoolForAllButImportAndApplicationPools) {
    Records world;
    NewMedium wanted = world.medium();
    const Guid holds_pools = world.create_pool("App", std::nullopt);
    for (const Guid& pool :
         {kNobody, Guid(), world.free.id, world.unrecognized.id, holds_pools, world.slot.id}) {
        wanted.medium.pool = pool;
        EXPECT_EQ(world.create(wanted), Error::InvalidMediaPool);
    }
    wanted.medium.pool = world.import.id;
    EXPECT_EQ(world.create(wanted), Error::Success);
}

// returns: ERROR_INVALID_PARAMETER
TEST(CreateMedia, InvalidParameterForWhatIsMissingOrOutOfRange) {
    Records world;
    const auto refused = [&](const auto& spoil) {
        NewMedium wanted = world.medium();
        spoil(wanted);
        EXPECT_EQ(world.create(wanted), Error::InvalidParameter);
    };
    refused([](NewMedium& wanted) { wanted.is_given = false; });
    refused([](NewMedium& wanted) { wanted.is_well_formed = false; });
    refused([](NewMedium& wanted) { wanted.options = 2; });
    refused([](NewMedium& wanted) { wanted.stated_sides = 2; });
    refused([&](NewMedium& wanted) { wanted.medium.library = world.library.id; });
    refused([](NewMedium& wanted) { wanted.medium.name = std::string(64, 'n'); });
    refused([](NewMedium& wanted) { wanted.medium.bar_code = std::string(64, 'n'); });
    refused([](NewMedium& wanted) { wanted.sides.front().state = SideState{10}; });
    refused([](NewMedium& wanted) { wanted.sides.front().label_id = ""; });
    refused([](NewMedium& wanted) { wanted.sides.front().label_id = std::string(512, '0'); });
    refused([](NewMedium& wanted) { wanted.sides.front().label_type = ""; });
    refused([](NewMedium& wanted) { wanted.sides.front().label_info = std::string(256, 'i'); });
}

// returns: ERROR_MEDIA_INCOMPATIBLE
TEST(CreateMedia, MediaIncompatibleWhenTheTypeHasOtherSides) {
    Records world;
    NewMedium wanted = world.medium();
    wanted.sides.push_back(wanted.sides.front());
    wanted.stated_sides = 2;
    EXPECT_EQ(world.create(wanted), Error::MediaIncompatible);
}

TEST(CreateMedia, CarriesItsStructuresThroughTheService) {
    ServiceHost<ManualDelays> host;
    std::string lto;
    for (const std::string& id : host.list(ObjectType::MediaType)) {
        if (host.get(id).name() == "LTO_Ultrium") lto = id;
    }
    const std::string pool = host.create_pool("Backup", lto).pool_id();
    v1::CreateMediaRequest request;
    request.set_session(host.session);
    auto& media = *request.mutable_media();
    media.set_type(number(ObjectType::PhysicalMedia));
    media.set_enabled(true);
    media.mutable_physical_media()->set_media_pool(pool);
    media.mutable_physical_media()->set_bar_code("NL0001L9  ");
    media.mutable_physical_media()->set_number_of_partitions(1);
    auto& side = *request.add_partitions();
    side.set_type(number(ObjectType::Partition));
    side.set_enabled(true);
    side.mutable_partition()->set_state(4);
    side.mutable_partition()->set_omid_label_id("an id");
    side.mutable_partition()->set_omid_label_type("LTFS");
    side.mutable_partition()->set_capacity(12'000);
    const auto reply = host.call<v1::CreateMediaAnswer>("CreateMedia", request);
    ASSERT_EQ(reply.error(), kOk);
    EXPECT_EQ(reply.media().physical_media().bar_code(), "NL0001L9");
    EXPECT_EQ(host.get(reply.media().object_guid()).SerializeAsString(),
              reply.media().SerializeAsString());
    ASSERT_EQ(reply.partitions_size(), 1);
    EXPECT_EQ(host.get(reply.partitions(0).object_guid()).SerializeAsString(),
              reply.partitions(0).SerializeAsString());
    EXPECT_EQ(reply.partitions(0).partition().omid_label_id(), "an id");
    // A wrong type or id is a wrong structure.
    request.mutable_media()->mutable_physical_media()->set_bar_code("NL0002L9");
    request.mutable_media()->set_type(number(ObjectType::Partition));
    EXPECT_EQ(host.call<v1::CreateMediaAnswer>("CreateMedia", request).error(),
              code(Error::InvalidParameter));
    request.mutable_media()->set_type(number(ObjectType::PhysicalMedia));
    request.mutable_partitions(0)->set_object_guid("no id");
    EXPECT_EQ(host.call<v1::CreateMediaAnswer>("CreateMedia", request).error(),
              code(Error::InvalidParameter));
    EXPECT_EQ(host.remove(reply.media().object_guid()), kOk);
}

// returns: ERROR_INVALID_HANDLE
TEST(CreateMedia, InvalidHandleWithoutASession) {
    ServiceHost<ManualDelays> host;
    EXPECT_EQ(host.call<v1::CreateMediaAnswer>("CreateMedia", v1::CreateMediaRequest()).error(),
              code(Error::InvalidHandle));
}

// --- types of media

// returns: ERROR_SUCCESS
TEST(AddMediaType, SuccessRelatesTheTypeAndMakesItsSystemPools) {
    Records world;
    const MediaType dlt = world.type_of_code(0x27);
    EXPECT_EQ(world.system_pools(dlt.id), 0U);
    EXPECT_EQ(world.add(dlt.id, world.library.id), Error::Success);
    EXPECT_EQ(world.system_pools(dlt.id), 3U);
    EXPECT_EQ(world.add(dlt.id, world.library.id), Error::Success);  // already related
    world.in([&](Store& store) { EXPECT_TRUE(store.supports(world.library.id, dlt.id)); });
}

// returns: ERROR_ACCESS_DENIED
TEST(AddMediaType, AccessDeniedWithoutModifyOnTheLibrary) {
    Records world;
    EXPECT_EQ(world.add(world.lto.id, world.library.id, kStranger), Error::AccessDenied);
}

// returns: ERROR_INVALID_LIBRARY
TEST(AddMediaType, InvalidLibraryForAnIdThatIsNoLibrary) {
    Records world;
    EXPECT_EQ(world.add(world.lto.id, kNobody), Error::InvalidLibrary);
    EXPECT_EQ(world.add(world.lto.id, world.pool), Error::InvalidLibrary);
}

// returns: ERROR_INVALID_MEDIA
TEST(AddMediaType, InvalidMediaForAnIdThatIsNoType) {
    Records world;
    EXPECT_EQ(world.add(kNobody, world.library.id), Error::InvalidMedia);
}

// returns: ERROR_INVALID_PARAMETER
TEST(AddMediaType, InvalidParameterWithoutAnId) {
    Records world;
    EXPECT_EQ(world.add(std::nullopt, world.library.id), Error::InvalidParameter);
    EXPECT_EQ(world.add(world.lto.id, std::nullopt), Error::InvalidParameter);
}

// returns: ERROR_LIBRARY_OFFLINE
TEST(AddMediaType, LibraryOfflineForTheOfflineLibrary) {
    Records world;
    EXPECT_EQ(world.add(world.lto.id, world.offline.id), Error::LibraryOffline);
}

// returns: ERROR_SUCCESS
TEST(DeleteMediaType, SuccessTakesTheSystemPoolsWithTheLastLibraryAndMedium) {
    Records world;
    Library second;
    world.in([&](Store& store) {
        store.insert(second);
        relate_media_type(store, second.id, world.lto);
    });
    const auto outside =
        world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Available});
    EXPECT_EQ(world.drop(world.lto.id, second.id), Error::Success);
    EXPECT_EQ(world.system_pools(world.lto.id), 3U);  // another library takes it
    EXPECT_EQ(world.drop(world.lto.id, world.library.id), Error::Success);
    EXPECT_EQ(world.system_pools(world.lto.id), 3U);  // there is a medium of it, if outside
    ASSERT_EQ(world.remove(outside.id), Error::Success);
    EXPECT_EQ(world.drop(world.lto.id, world.library.id), Error::Success);  // not related any more
    EXPECT_EQ(world.system_pools(world.lto.id), 0U);
}

// returns: ERROR_NOT_EMPTY
TEST(DeleteMediaType, NotEmptyWhileTheLibraryHoldsMediaOfTheType) {
    Records world;
    world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Available});
    EXPECT_EQ(world.drop(world.lto.id, world.library.id), Error::NotEmpty);
    world.in([&](Store& store) { EXPECT_TRUE(store.supports(world.library.id, world.lto.id)); });
}

// returns: ERROR_ACCESS_DENIED
TEST(DeleteMediaType, AccessDeniedWithoutModifyOnTheLibrary) {
    Records world;
    EXPECT_EQ(world.drop(world.lto.id, world.library.id, kStranger), Error::AccessDenied);
}

// returns: ERROR_INVALID_LIBRARY
TEST(DeleteMediaType, InvalidLibraryForAnIdThatIsNoLibrary) {
    Records world;
    EXPECT_EQ(world.drop(world.lto.id, kNobody), Error::InvalidLibrary);
}

// returns: ERROR_INVALID_MEDIA
TEST(DeleteMediaType, InvalidMediaForAnIdThatIsNoType) {
    Records world;
    EXPECT_EQ(world.drop(kNobody, world.library.id), Error::InvalidMedia);
}

// returns: ERROR_INVALID_PARAMETER
TEST(DeleteMediaType, InvalidParameterWithoutAnId) {
    Records world;
    EXPECT_EQ(world.drop(std::nullopt, world.library.id), Error::InvalidParameter);
    EXPECT_EQ(world.drop(world.lto.id, std::nullopt), Error::InvalidParameter);
}

// --- ChangeNtmsMediaType

class Retyped : public Records {
public:
    Retyped() : dlt(type_of_code(0x27)) {
        in([&](Store& store) {
            relate_media_type(store, library.id, dlt);
            dlt_free = store.system_pool(PoolType::Free, dlt.id)->id;
        });
        dlts = create_pool("DLTs", dlt.id);
    }
    Error change(const Id& id, const Id& to, const Caller& caller = kAdministrator) {
        return call(caller, [&](Context& context) { return change_media_type(context, id, to); });
    }
    MediaType dlt;
    Guid dlt_free;
    Guid dlts;
};

// returns: ERROR_SUCCESS
TEST(ChangeMediaType, SuccessMovesTheMediumAndMakesItOfThePoolsType) {
    Retyped world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Available});
    ASSERT_EQ(world.change(medium.id, world.dlts), Error::Success);
    EXPECT_EQ(world.row<PhysicalMedium>(medium.id)->pool, world.dlts);
    EXPECT_EQ(world.row<PhysicalMedium>(medium.id)->media_type, world.dlt.id);
    // To the free pool its label is written.
    ASSERT_EQ(world.change(medium.id, world.dlt_free), Error::Success);
    EXPECT_EQ(world.state_of(medium.sides.front()), SideState::Unprepared);
    world.in([&](Store& store) {
        ASSERT_EQ(store.open_requests_for(medium.id).size(), 1U);
        EXPECT_EQ(store.open_requests_for(medium.id).front().work_item, medium.id);
    });
}

// returns: ERROR_ACCESS_DENIED
TEST(ChangeMediaType, AccessDeniedWithoutModifyOnPoolAndComputer) {
    Retyped world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Available});
    EXPECT_EQ(world.change(medium.id, world.dlts, kStranger), Error::AccessDenied);
    world.in([&](Store& store) { grant(store, world.pool, kEveryone, kModify); });
    EXPECT_EQ(world.change(medium.id, world.dlts, kStranger), Error::AccessDenied);
    world.in([&](Store& store) { grant(store, store.computer().id, kEveryone, kModify); });
    EXPECT_EQ(world.change(medium.id, world.dlts, kStranger), Error::Success);
}

// returns: ERROR_INVALID_MEDIA
TEST(ChangeMediaType, InvalidMediaForAnIdThatIsNoMedium) {
    Retyped world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Available});
    EXPECT_EQ(world.change(kNobody, world.dlts), Error::InvalidMedia);
    EXPECT_EQ(world.change(medium.sides.front(), world.dlts), Error::InvalidMedia);
}

// returns: ERROR_INVALID_MEDIA_POOL
TEST(ChangeMediaType, InvalidMediaPoolForNoPoolAndForMovesThatAreForbidden) {
    Retyped world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    EXPECT_EQ(world.change(medium.id, kNobody), Error::InvalidMediaPool);
    EXPECT_EQ(world.change(medium.id, world.dlt_free), Error::InvalidMediaPool);
    const auto foreign =
        world.add_medium("NL0002L9", world.unrecognized.id, Where::Inside, {SideState::Foreign});
    EXPECT_EQ(world.change(foreign.id, world.dlts), Error::InvalidMediaPool);
    // A tape has no second side.
    const MediaType disc = world.type_of_code(kMagnetoOptical);
    const Guid discs = world.create_pool("Discs", disc.id);
    EXPECT_EQ(world.change(medium.id, discs), Error::InvalidMediaPool);
    EXPECT_EQ(world.row<PhysicalMedium>(medium.id)->media_type, world.lto.id);
}

// returns: ERROR_INVALID_PARAMETER
TEST(ChangeMediaType, InvalidParameterWithoutAnId) {
    Retyped world;
    EXPECT_EQ(world.change(std::nullopt, world.dlts), Error::InvalidParameter);
    EXPECT_EQ(world.change(kNobody, std::nullopt), Error::InvalidParameter);
}

// returns: ERROR_LIBRARY_OFFLINE
TEST(ChangeMediaType, LibraryOfflineForAMediumThatIsOutside) {
    Retyped world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Outside, {SideState::Available});
    EXPECT_EQ(world.change(medium.id, world.dlts), Error::LibraryOffline);
}

}  // namespace
}  // namespace nearline::rsm
