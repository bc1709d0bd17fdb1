// What a cartridge is: inventories by the labels on the tapes, slots that are identified, and the
// labels applications write.
#include <gtest/gtest.h>

#include "drives/data_commands.h"
#include "rsm/classification.h"
#include "rsm/intake_rules.h"
#include "tests/rsm/over_a_library.h"

namespace nearline::rsm {
namespace {

using Where = World::Where;

std::string ansi_label(const std::string& volume) {
    return "VOL1" + volume + std::string(69, ' ') + "4";
}

class Identification : public RsmOverALibrary {
protected:
    Identification() = default;
    explicit Identification(library::ALibrary library) : RsmOverALibrary(std::move(library)) {}

    // Some other host writes it, in the drive.
    void write(library::Placement at, const std::string& label) {
        EXPECT_EQ(library_.move(at, library::drive(1)), library::good());
        library_.clear_attentions();
        const drives::Write6 command{.transfer_length = static_cast<std::uint32_t>(label.size())};
        const auto bytes = base::as_bytes(label);
        EXPECT_EQ(
            library_.run(command, library_.lun_of(library::drive(1)), {bytes.begin(), bytes.end()}),
            library::good());
        EXPECT_EQ(library_.unload(library::drive(1)), library::good());
        EXPECT_EQ(library_.move(library::drive(1), at), library::good());
        EXPECT_EQ(host_.inventory(vault(), InventoryMethod::Fast), kOk);
        host_.delays.pass(60'000);
    }
    std::uint32_t identify(const std::string& slot, std::uint32_t option = 0,
                           const std::string& session = "") {
        v1::IdentifySlotRequest request;
        request.set_session(session.empty() ? host_.session : session);
        request.set_slot_id(slot);
        request.set_option(option);
        return host_.call<v1::IdentifySlotAnswer>("IdentifySlot", request).error();
    }
    std::string slot(const std::string& name) {
        return host_.named(ObjectType::StorageSlot, name, vault());
    }
    std::string pool_of(const std::string& id) {
        const auto pool = host_.get(host_.get(id).physical_media().media_pool()).media_pool();
        return host_.get(pool.parent()).name();
    }
    v1::PartitionInformation side_of(const std::string& id) {
        return host_.get(host_.list(ObjectType::Partition, id).front()).partition();
    }
};

// returns: IdentifyNtmsSlot ERROR_SUCCESS
TEST_F(Identification, PutsAKnownTypeOfLabelIntoTheImportPool) {
    const std::string id = medium("NL0001L9");
    write(library::slot(1), ansi_label("VOL042"));
    EXPECT_EQ(state_of(id), SideState::Foreign);  // nobody has read it
    EXPECT_EQ(identify(slot("Slot 1")), kOk);
    EXPECT_EQ(medium("NL0001L9"), id);
    EXPECT_EQ(state_of(id), SideState::Import);
    EXPECT_EQ(pool_of(id), "Import");
    EXPECT_EQ(side_of(id).omid_label_type(), "ANSI VOL1");
    EXPECT_EQ(side_of(id).omid_label_id(), "VOL042");
    EXPECT_EQ(host_.location_name(id), "Slot 1");  // and back
}

TEST_F(Identification, LeavesABlankTapeUnrecognized) {
    const std::string id = medium("NL0001L9");
    EXPECT_EQ(identify(slot("Slot 1")), kOk);
    EXPECT_EQ(state_of(id), SideState::Foreign);
    EXPECT_EQ(pool_of(id), "Unrecognized");
    EXPECT_EQ(side_of(id).omid_label_type(), "");
}

TEST_F(Identification, OfAnEmptySlotSucceedsAndLeavesNothing) {
    EXPECT_EQ(identify(slot("Slot 4")), kOk);
    EXPECT_TRUE(host_.list(ObjectType::LibRequest, vault()).size() <= 1);
    EXPECT_EQ(host_.list(ObjectType::PhysicalMedia, vault()).size(), 2U);
}

TEST_F(Identification, LeavesTheMediumInTheDriveWhenAskedTo) {
    EXPECT_EQ(identify(slot("Slot 1"), 1), kOk);
    EXPECT_EQ(host_.location_name(medium("NL0001L9")), "Drive 1");
}

TEST_F(Identification, ByAllLabelsReadsEveryMediumAndMarksItsSlotUntilThen) {
    write(library::slot(2), ansi_label("VOL043"));
    EXPECT_EQ(host_.inventory(vault(), InventoryMethod::Omid), kOk);
    host_.delays.pass(2'000);
    EXPECT_EQ(host_.get(slot("Slot 2")).storage_slot().state(), 4U);  // NEEDSINVENTORY
    host_.delays.pass(1'200'000);
    EXPECT_EQ(host_.get(slot("Slot 2")).storage_slot().state(), 1U);
    EXPECT_EQ(state_of(medium("NL0001L9")), SideState::Foreign);
    EXPECT_EQ(state_of(medium("NL0002L9")), SideState::Import);
}

TEST_F(Identification, StopsWhenTheInventoryIsStopped) {
    write(library::slot(2), ansi_label("VOL043"));
    write(library::slot(1), ansi_label("VOL042"));
    EXPECT_EQ(host_.inventory(vault(), InventoryMethod::Omid), kOk);
    host_.delays.pass(2'000);
    EXPECT_EQ(host_.inventory(vault(), InventoryMethod::Stop), kOk);
    host_.delays.pass(1'200'000);
    const bool is_first = state_of(medium("NL0001L9")) == SideState::Import;
    const bool is_second = state_of(medium("NL0002L9")) == SideState::Import;
    EXPECT_NE(is_first, is_second);  // the one that was under way
    EXPECT_EQ(host_.get(slot("Slot 1")).storage_slot().state(), 1U);
    EXPECT_EQ(host_.get(slot("Slot 2")).storage_slot().state(), 1U);
    EXPECT_EQ(host_.inventory(vault(), InventoryMethod::Stop), kOk);  // nothing runs
}

// Without bar codes only the labels tell: both are inside, wherever hands have put them.
class WithoutBarCodes : public Identification {
protected:
    WithoutBarCodes()
        : Identification(
              library::a_library().with_slots(4).with_stations(1).with_drives(1).with_cartridge(
                  "", library::slot(1))) {}
    std::string only_medium() {
        const auto media = host_.list(ObjectType::PhysicalMedia, vault());
        EXPECT_EQ(media.size(), 1U);
        return media.empty() ? "" : media.front();
    }
};

TEST_F(WithoutBarCodes, ANewCartridgeIsMountedAndRead) {
    const std::string id = only_medium();
    host_.delays.pass(600'000);
    EXPECT_EQ(host_.location_name(id), "Slot 1");
    EXPECT_EQ(side_of(id).state(), static_cast<std::uint32_t>(SideState::Foreign));
    const auto requests = host_.list(ObjectType::LibRequest, vault());
    bool has_classified = false;
    for (const std::string& request : requests) {
        const auto seen = host_.get(request).lib_request();
        if (seen.operation_code() == 19 && seen.state() == 2) has_classified = true;
    }
    EXPECT_TRUE(has_classified);
}

TEST_F(WithoutBarCodes, AMovedCartridgeComesBackByItsLabelAndCannotBeDeletedMeanwhile) {
    host_.delays.pass(600'000);
    const std::string id = only_medium();
    EXPECT_EQ(host_.move(id, host_.free_pool()), kOk);
    host_.delays.pass(600'000);
    EXPECT_EQ(side_of(id).state(), static_cast<std::uint32_t>(SideState::Available));
    EXPECT_TRUE(library_.hands().open_door());
    EXPECT_TRUE(library_.hands().take("#1"));
    EXPECT_TRUE(library_.hands().insert("#1", library::slot(3)));
    EXPECT_TRUE(library_.hands().close_door());
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    host_.delays.pass(600'000);
    EXPECT_EQ(only_medium(), id);
    EXPECT_EQ(host_.location_name(id), "Slot 3");
    EXPECT_EQ(side_of(id).state(), static_cast<std::uint32_t>(SideState::Available));
}

// --- the rules alone

struct Slots : World {
    Error identify(const Id& id, std::uint32_t option, const Caller& caller = kAdministrator) {
        return call(caller,
                    [&](Context& context) { return identify_slot(context, id, option, request); });
    }
    Guid request;
};

// returns: ERROR_INVALID_PARAMETER
TEST(IdentifySlot, AnswersInvalidParameterWithoutAnIdOrWithAnotherOption) {
    Slots world;
    EXPECT_EQ(world.identify(std::nullopt, 0), Error::InvalidParameter);
    EXPECT_EQ(world.identify(world.slot.id, 3), Error::InvalidParameter);
}

// returns: ERROR_OBJECT_NOT_FOUND
TEST(IdentifySlot, AnswersObjectNotFoundForAnythingElse) {
    Slots world;
    EXPECT_EQ(world.identify(world.library.id, 0), Error::ObjectNotFound);
}

// returns: ERROR_ACCESS_DENIED
// returns: ERROR_LIBRARY_OFFLINE
// returns: ERROR_SUCCESS
TEST(IdentifySlot, AnswersAccessDeniedAndLibraryOfflineInTheirOrder) {
    Slots world;
    EXPECT_EQ(world.identify(world.slot.id, 0), Error::Success);
    EXPECT_TRUE(world.request.is_null());  // it is empty
    world.in([&](Store& rows) {
        auto library = *rows.find<Library>(world.library.id);
        library.operational_state = OperationalState::NotPresent;
        rows.update(library);
    });
    EXPECT_EQ(world.identify(world.slot.id, 0), Error::LibraryOffline);
    EXPECT_EQ(world.identify(world.slot.id, 0, kStranger), Error::AccessDenied);
}

Error update(World& world, const Id& id, std::uint32_t type, const std::string& label,
             const Caller& caller = kAdministrator) {
    return world.call(caller,
                      [&](Context& context) { return update_omid_info(context, id, type, label); });
}

// returns: ERROR_SUCCESS
TEST(UpdateOmidInfo, KeepsTheLabelWithTheSide) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    const Guid logical = world.logical_on(medium.sides.front());
    EXPECT_EQ(update(world, logical, 1, ansi_label("VOL042")), Error::Success);
    EXPECT_EQ(world.row<Side>(medium.sides.front())->label_type, "ANSI VOL1");
    std::string information(644, '\0');
    information.replace(0, 2, std::string("F\0", 2));
    EXPECT_EQ(update(world, logical, 2, information), Error::Success);
    EXPECT_EQ(world.row<Side>(medium.sides.front())->label_type, "F");
}

// returns: ERROR_INVALID_PARAMETER
TEST(UpdateOmidInfo, AnswersInvalidParameterWithoutIdLabelOrKnownType) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    const Guid logical = world.logical_on(medium.sides.front());
    EXPECT_EQ(update(world, std::nullopt, 1, "x"), Error::InvalidParameter);
    EXPECT_EQ(update(world, logical, 3, "x"), Error::InvalidParameter);
    EXPECT_EQ(update(world, logical, 1, ""), Error::InvalidParameter);
}

// returns: ERROR_INVALID_MEDIA
// returns: ERROR_ACCESS_DENIED
// returns: ERROR_BAD_FORMAT
TEST(UpdateOmidInfo, AnswersForTheWrongMediumCallerAndLabelInTheirOrder) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    const Guid logical = world.logical_on(medium.sides.front());
    EXPECT_EQ(update(world, medium.id, 1, "x", kStranger), Error::InvalidMedia);
    EXPECT_EQ(update(world, logical, 1, "x", kStranger), Error::AccessDenied);
    EXPECT_EQ(update(world, logical, 1, "no label of anybody"), Error::BadFormat);
}

// --- classification

struct Found : World {
    void classify_as(const Guid& id, const Finding& finding) {
        in([&](Store& rows) { classify(rows, id, finding, now); });
    }
    Finding labelled(const std::string& id) {
        return {Finding::Kind::Labelled, {"ANSI VOL1", id, "info"}};
    }
    void set(const Guid& medium, const std::string& bar_code, const Guid& side,
             const std::string& label) {
        in([&](Store& rows) {
            auto row = *rows.find<PhysicalMedium>(medium);
            row.bar_code = bar_code;
            rows.update(row);
            auto kept = *rows.find<Side>(side);
            kept.label_type = label.empty() ? "" : "ANSI VOL1";
            kept.label_id = label;
            rows.update(kept);
        });
    }
};

TEST(Classification, PutsWhatTheDriveCannotUseAmongTheIncompatible) {
    Found world;
    const auto medium =
        world.add_medium("NL0001L9", world.unrecognized.id, Where::Inside, {SideState::Foreign});
    world.classify_as(medium.id, {Finding::Kind::Unusable, {}});
    EXPECT_EQ(world.state_of(medium.sides.front()), SideState::Incompatible);
    EXPECT_EQ(world.row<PhysicalMedium>(medium.id)->pool, world.unrecognized.id);
}

TEST(Classification, ForgetsACleaner) {
    Found world;
    const auto medium =
        world.add_medium("NL0001L9", world.unrecognized.id, Where::Inside, {SideState::Foreign});
    world.classify_as(medium.id, {Finding::Kind::Cleaner, {}});
    EXPECT_FALSE(world.row<PhysicalMedium>(medium.id));
}

TEST(Classification, BringsAnOfflineMediumBackByItsLabel) {
    Found world;
    const auto kept =
        world.add_medium("KEPT01L9", world.pool, Where::Outside, {SideState::Allocated});
    world.set(kept.id, "", kept.sides.front(), "aa");
    const auto stranger =
        world.add_medium("NL0001L9", world.unrecognized.id, Where::Inside, {SideState::Foreign});
    world.set(stranger.id, "", stranger.sides.front(), "");
    world.classify_as(stranger.id, world.labelled("aa"));
    EXPECT_FALSE(world.row<PhysicalMedium>(stranger.id));
    EXPECT_EQ(world.row<PhysicalMedium>(kept.id)->library, world.library.id);
    EXPECT_EQ(world.row<PhysicalMedium>(kept.id)->location, world.slot.id);
    EXPECT_EQ(world.state_of(kept.sides.front()), SideState::Allocated);
}

TEST(Classification, TrustsABarCodeMoreThanALabel) {
    Found world;
    const auto owned =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    world.set(owned.id, "NL0001L9", owned.sides.front(), "aa");
    world.classify_as(owned.id, world.labelled("bb"));
    EXPECT_EQ(world.row<PhysicalMedium>(owned.id)->library, world.library.id);
    EXPECT_EQ(world.row<Side>(owned.sides.front())->label_id, "aa");
}

TEST(Classification, MeetsAnotherMediumWhenALabelDiffersAndNoBarCodeTells) {
    Found world;
    const auto owned =
        world.add_medium("NL0001L9", world.pool, Where::Inside, {SideState::Allocated});
    world.set(owned.id, "", owned.sides.front(), "aa");
    world.classify_as(owned.id, world.labelled("bb"));
    EXPECT_EQ(world.row<PhysicalMedium>(owned.id)->library, world.offline.id);
    world.in([&](Store& rows) {
        const auto media = rows.media_in(world.library.id);
        ASSERT_EQ(media.size(), 1U);
        EXPECT_EQ(media.front().pool, world.import.id);
        EXPECT_EQ(rows.sides_of(media.front().id).front().state, SideState::Import);
    });
}

TEST(Classification, ExchangesTwoMediaThatHaveChangedPlaces) {
    Found world;
    StorageSlot second;
    world.in([&](Store& rows) {
        second.library = world.library.id;
        second.number = 2;
        rows.insert(second);
    });
    const auto one = world.add_medium("A", world.pool, Where::Inside, {SideState::Available});
    const auto two = world.add_medium("B", world.pool, Where::Inside, {SideState::Available});
    world.set(one.id, "", one.sides.front(), "aa");
    world.set(two.id, "", two.sides.front(), "bb");
    world.in([&](Store& rows) {
        auto row = *rows.find<PhysicalMedium>(two.id);
        row.location = second.id;
        rows.update(row);
    });
    world.classify_as(one.id, world.labelled("bb"));  // at the first slot stands the second
    EXPECT_EQ(world.row<PhysicalMedium>(one.id)->location, second.id);
    EXPECT_EQ(world.row<PhysicalMedium>(two.id)->location, world.slot.id);
    EXPECT_EQ(world.row<PhysicalMedium>(one.id)->library, world.library.id);
    world.in([&](Store& rows) {  // what stands at the other place is read next
        ASSERT_EQ(rows.open_requests_for(one.id).size(), 1U);
        EXPECT_EQ(rows.open_requests_for(one.id).front().operation, Operation::Classify);
    });
}

}  // namespace
}  // namespace nearline::rsm
