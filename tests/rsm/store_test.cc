#include "rsm/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "rsm/guid.h"
#include "tests/rsm/temporary_folder.h"
#include "tests/rsm/world.h"

namespace nearline::rsm {
namespace {

TEST(Guids, AreReadInAllTheFormsPeopleWrite) {
    const std::string canonical = "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e";
    for (const char* text :
         {"6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e", "6E9A0C1E0F5B4C1D9B7E1F2A3B4C5D6E",
          "{6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e}"}) {
        ASSERT_TRUE(Guid::parse(text)) << text;
        EXPECT_EQ(Guid::parse(text)->text(), canonical);
    }
    for (const char* text : {"", "6e9a", "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6g",
                             "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e0"}) {
        EXPECT_FALSE(Guid::parse(text)) << text;
    }
}

TEST(Guids, OfAllZerosAreNull) {
    const auto zero = Guid::parse("00000000-0000-0000-0000-000000000000");
    ASSERT_TRUE(zero);
    EXPECT_TRUE(zero->is_null());
}

TEST(Guids, OfTheSameSeedAreTheSameInEveryRun) {
    std::vector<Guid> first;
    std::vector<Guid> second;
    for (auto* drawn : {&first, &second}) {
        auto store = std::move(*Store::open(":memory:", 42));
        EXPECT_EQ(store->transact(1,
                                  [&] {
                                      for (int at = 0; at < 100; ++at)
                                          drawn->push_back(store->new_id());
                                      return Error::Success;
                                  }),
                  Error::Success);
    }
    EXPECT_EQ(first, second);
    EXPECT_EQ(std::set<Guid>(first.begin(), first.end()).size(), first.size());
}

// Every table takes a row of every struct, and gives it back.
template <typename Row>
void expect_round_trip(World& world) {
    Row row;
    row.name = "a name";
    row.description = "with 'quotes' and \\";
    row.is_enabled = false;
    world.in([&](Store& store) { store.insert(row); });
    auto found = world.row<Row>(row.id);
    ASSERT_TRUE(found) << static_cast<int>(Row::type);
    EXPECT_EQ(found->name, row.name);
    EXPECT_EQ(found->description, row.description);
    EXPECT_FALSE(found->is_enabled);
    EXPECT_EQ(found->created, world.now);
    world.now += 5;
    found->name = "another";
    world.in([&](Store& store) {
        store.update(*found);
        EXPECT_EQ(store.type_of(row.id), Row::type);
    });
    EXPECT_EQ(world.row<Row>(row.id)->name, "another");
    EXPECT_EQ(world.row<Row>(row.id)->modified, world.now);
    world.in([&](Store& store) { store.template erase<Row>(row.id); });
    EXPECT_FALSE(world.row<Row>(row.id));
}

TEST(StoreRows, OfEveryTypeComeBackAsTheyWere) {
    World world;
    expect_round_trip<Computer>(world);
    expect_round_trip<Library>(world);
    expect_round_trip<Changer>(world);
    expect_round_trip<ChangerType>(world);
    expect_round_trip<Drive>(world);
    expect_round_trip<DriveType>(world);
    expect_round_trip<StorageSlot>(world);
    expect_round_trip<IEDoor>(world);
    expect_round_trip<IEPort>(world);
    expect_round_trip<MediaType>(world);
    expect_round_trip<PhysicalMedium>(world);
    expect_round_trip<Side>(world);
    expect_round_trip<LogicalMedium>(world);
    expect_round_trip<LibRequest>(world);
    expect_round_trip<OpRequest>(world);
}

TEST(Transactions, LeaveNothingBehindWhenTheRuleRefuses) {
    World world;
    PhysicalMedium medium;
    const Error error = world.store->transact(world.now, [&] {
        world.store->insert(medium);
        return Error::Busy;
    });
    EXPECT_EQ(error, Error::Busy);
    EXPECT_FALSE(world.row<PhysicalMedium>(medium.id));
}

TEST(Transactions, AnswerDatabaseFailureAndLeaveNothingWhenTheDatabaseRefuses) {
    World world;
    PhysicalMedium first;
    first.bar_code = "NL0001L9";
    PhysicalMedium second = first;
    const Error error = world.store->transact(world.now, [&] {
        world.store->insert(first);
        world.store->insert(second);  // bar codes are unique
        return Error::Success;
    });
    EXPECT_EQ(error, Error::DatabaseFailure);
    EXPECT_FALSE(world.row<PhysicalMedium>(first.id));
}

TEST(Databases, ComeBackFromTheirFile) {
    const TemporaryFolder folder;
    Guid medium;
    Guid pool;
    {
        World world(folder.file("rsm.db"));
        pool = world.pool;
        medium =
            world.add_medium("NL0001L9", world.pool, World::Where::Outside, {SideState::Available})
                .id;
    }
    auto store = std::move(*Store::open(folder.file("rsm.db"), 7));
    EXPECT_EQ(store->transact(1,
                              [&] {
                                  EXPECT_EQ(store->find<PhysicalMedium>(medium)->pool, pool);
                                  EXPECT_EQ(store->new_sequence_number(), "000002");
                                  return Error::Success;
                              }),
              Error::Success);
}

TEST(Databases, ThatAreNoDatabaseAreRefusedWithAReason) {
    const TemporaryFolder folder;
    std::ofstream(folder.file("rsm.db")) << std::string(5000, 'x');
    const auto store = Store::open(folder.file("rsm.db"), 7);
    ASSERT_FALSE(store);
    EXPECT_THAT(store.error(), testing::HasSubstr("rsm.db"));
}

TEST(Databases, OfALaterVersionAreRefused) {
    const TemporaryFolder folder;
    { World world(folder.file("rsm.db")); }
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(folder.file("rsm.db").c_str(), &database), SQLITE_OK);
    sqlite3_exec(database, "UPDATE schema_version SET version = 99", nullptr, nullptr, nullptr);
    sqlite3_close(database);
    const auto store = Store::open(folder.file("rsm.db"), 7);
    ASSERT_FALSE(store);
    EXPECT_THAT(store.error(), testing::HasSubstr("later version"));
}

// Deletes media until it is killed; writes each id it was told is gone into the pipe.
[[noreturn]] void delete_until_killed(const std::string& path, const std::vector<Guid>& media,
                                      int pipe) {
    auto opened = Store::open(path, 7);
    if (!opened) _exit(1);
    Session session;
    const Policy policy{kAdministrators, std::nullopt, Edition::Server2003};
    const Rights rights(**opened, kAdministrator, policy);
    for (const Guid& id : media) {
        const Error error = (*opened)->transact(1, [&] {
            Context context{**opened, session, rights, 1};
            return delete_media(context, id);
        });
        if (error != Error::Success) _exit(2);
        if (write(pipe, id.text().data(), id.text().size()) < 0) _exit(3);
    }
    for (;;) pause();
}

TEST(Databases, OfAProcessKilledAmidDeletionsHaveEachMediumWholeOrNotAtAll) {
    const TemporaryFolder folder;
    const std::string path = folder.file("rsm.db");
    std::vector<Guid> media;
    {
        World world(path);
        for (int at = 0; at < 400; ++at) {
            const auto label = "NL" + std::to_string(1000 + at) + "L9";
            media.push_back(world
                                .add_medium(label, world.pool, World::Where::Outside,
                                            {SideState::Available, SideState::Foreign})
                                .id);
        }
    }
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) delete_until_killed(path, media, ends[1]);
    close(ends[1]);
    // Killed wherever it is, once it has told of so many deletions.
    constexpr std::size_t kTextLength = 36;
    std::set<std::string> told;
    std::string text(kTextLength, ' ');
    while (told.size() < 57 && read(ends[0], text.data(), kTextLength) == kTextLength) {
        told.insert(text);
    }
    kill(child, SIGKILL);
    while (read(ends[0], text.data(), kTextLength) == kTextLength) told.insert(text);
    close(ends[0]);
    waitpid(child, nullptr, 0);
    ASSERT_GE(told.size(), 57U);

    auto store = std::move(*Store::open(path, 7));
    std::size_t left = 0;
    EXPECT_EQ(store->transact(1,
                              [&] {
                                  for (const Guid& id : media) {
                                      const bool is_there =
                                          store->find<PhysicalMedium>(id).has_value();
                                      EXPECT_EQ(store->sides_of(id).size(), is_there ? 2U : 0U);
                                      if (told.contains(id.text())) {
                                          EXPECT_FALSE(is_there) << "an acknowledged deletion";
                                      }
                                      if (is_there) ++left;
                                  }
                                  return Error::Success;
                              }),
              Error::Success);
    EXPECT_GE(left + told.size() + 1, media.size());
}

}  // namespace
}  // namespace nearline::rsm
