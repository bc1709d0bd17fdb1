// What happens when the database does not do what it should: every function answers the documented
// code and leaves nothing half done, and a process killed at any write loses nothing it answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <new>

#include "rsm/record_rules.h"
#include "tests/rsm/faulty_files.h"
#include "tests/rsm/named_host.h"
#include "tests/rsm/temporary_folder.h"

namespace nearline::rsm {
namespace {

using testing::HasSubstr;

// All rows of all tables, as text.
std::string content_of(const std::string& path) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    std::string content;
    const auto each_row = [&](const std::string& sql, const auto& each) {
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) each(statement);
        sqlite3_finalize(statement);
    };
    const auto text = [](sqlite3_stmt* statement, int column) {
        const auto* found = sqlite3_column_text(statement, column);
        return std::string(found == nullptr ? "" : reinterpret_cast<const char*>(found));
    };
    std::vector<std::string> tables;
    each_row("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
             [&](sqlite3_stmt* row) { tables.push_back(text(row, 0)); });
    for (const std::string& table : tables) {
        each_row("SELECT * FROM " + table, [&](sqlite3_stmt* row) {
            content += table;
            for (int at = 0; at < sqlite3_column_count(row); ++at) content += "|" + text(row, at);
            content += "\n";
        });
    }
    sqlite3_close(database);
    return content;
}

Service::Settings settings_on(const std::string& path) {
    return {path, "vault-host", kAdministrators, 7};
}

enum class Writes { Yes, No };

// The function answers what the database does, changes nothing, and works when it is mended.
void expect_database_errors(const std::string& method, const std::string& json, Writes writes,
                            const Caller& caller = kAdministrator) {
    const TemporaryFolder folder;
    const std::string path = folder.file("rsm.db");
    const FaultyFiles files;
    NamedHost host(settings_on(path));
    const std::string request = R"({"session":"$)" +
                                std::string(caller.user == kStranger.user ? "SESSION" : "ADMIN") +
                                "\"" + std::string(json.empty() ? "" : ",") + json + "}";
    const auto error = [&] { return host.error(method, request, caller); };
    const std::string before = content_of(path);
    files.fail_locks(SQLITE_IOERR);
    EXPECT_EQ(error(), code(Error::DatabaseFailure)) << method;
    files.mend();
    if (writes == Writes::Yes) {
        files.fail_writes(1, SQLITE_FULL);
        EXPECT_EQ(error(), code(Error::DatabaseFull)) << method;
        files.fail_writes(1, SQLITE_IOERR_WRITE);
        EXPECT_EQ(error(), code(Error::DatabaseFailure)) << method;
        files.fail_writes(1, SQLITE_NOMEM);
        EXPECT_EQ(error(), code(Error::NotEnoughMemory)) << method;
        files.mend();
    }
    EXPECT_EQ(content_of(path), before) << method;
    EXPECT_EQ(error(), kOk) << method;
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(DeleteMedia, DatabaseFailureDatabaseFullAndNotEnoughMemoryLeaveTheMedium) {
    expect_database_errors("DeleteMedia", R"("mediaId":"$OFFLINE_MEDIUM")", Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(CreateMedia, DatabaseFailureDatabaseFullAndNotEnoughMemoryRecordNothing) {
    std::string request = NamedHost::record_request("OFF009", 4, "$POOL");
    constexpr std::string_view kSession = R"({"session":"$SESSION",)";
    request.erase(0, kSession.size());
    request.pop_back();
    expect_database_errors("CreateMedia", request, Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(AllocateMedia, DatabaseFailureDatabaseFullAndNotEnoughMemoryAllocateNothing) {
    expect_database_errors("AllocateMedia", R"("poolId":"$POOL","options":4)", Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(DeallocateMedia, DatabaseFailureDatabaseFullAndNotEnoughMemoryFreeNothing) {
    expect_database_errors("DeallocateMedia", R"("mediaId":"$ALLOCATED")", Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(SetMediaComplete, DatabaseFailureDatabaseFullAndNotEnoughMemoryCompleteNothing) {
    expect_database_errors("SetMediaComplete", R"("mediaId":"$ALLOCATED")", Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(DecommissionMedia, DatabaseFailureDatabaseFullAndNotEnoughMemoryRetireNothing) {
    expect_database_errors("DecommissionMedia", R"("mediaId":"$SIDE")", Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(MoveToMediaPool, DatabaseFailureDatabaseFullAndNotEnoughMemoryMoveNothing) {
    expect_database_errors("MoveToMediaPool", R"("mediaId":"$ONLINE_MEDIUM","poolId":"$FREE")",
                           Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
TEST(CreateMediaPool, DatabaseFailureAndDatabaseFullMakeNothing) {
    expect_database_errors("CreateMediaPool", R"("name":"New","action":2)", Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
TEST(GetMediaPoolName, DatabaseFailureWhenNothingCanBeRead) {
    expect_database_errors("GetMediaPoolName", R"("poolId":"$POOL")", Writes::No);
}

// returns: ERROR_DATABASE_FAILURE
TEST(OpenNotification, DatabaseFailureWhenTheRightsCannotBeRead) {
    expect_database_errors("OpenNotification", R"("type":5)", Writes::No, kStranger);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(AddMediaType, DatabaseFailureDatabaseFullAndNotEnoughMemoryRelateNothing) {
    expect_database_errors("AddMediaType", R"("libraryId":"$LIBRARY","mediaTypeId":"$OTHER_TYPE")",
                           Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(SetObjectInformation, DatabaseFailureDatabaseFullAndNotEnoughMemorySetNothing) {
    expect_database_errors(
        "SetObjectInformation",
        R"("objectId":"$OFFLINE_MEDIUM","information":{"name":"n","physicalMedia":{}})",
        Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_NOT_ENOUGH_MEMORY
TEST(SetObjectAttribute, DatabaseFailureAndNotEnoughMemorySetNothing) {
    expect_database_errors("SetObjectAttribute", R"("objectId":"$POOL","name":"a","data":"QQ==")",
                           Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
// returns: ERROR_DATABASE_FULL
TEST(SetObjectSecurity, DatabaseFailureAndDatabaseFullSetNothing) {
    expect_database_errors(
        "SetObjectSecurity",
        R"("objectId":"$POOL","information":4,"securityDescriptor":"AQAEgAAAAAAAAAAAAAAAAAAAAAA=")",
        Writes::Yes);
}

// returns: ERROR_DATABASE_FAILURE
TEST(GetObjectSecurity, DatabaseFailureWhenNothingCanBeRead) {
    expect_database_errors("GetObjectSecurity", R"("objectId":"$POOL","information":4)",
                           Writes::No);
}

TEST(Transactions, NotEnoughMemoryWhenARuleFindsNone) {
    World world;
    const auto medium =
        world.add_medium("NL0001L9", world.pool, World::Where::Outside, {SideState::Available});
    EXPECT_EQ(world.call([&](Context& context) -> Error {
        const Error error = delete_media(context, medium.id);
        EXPECT_EQ(error, Error::Success);
        throw std::bad_alloc();
    }),
              Error::NotEnoughMemory);
    EXPECT_TRUE(world.row<PhysicalMedium>(medium.id));
}

// --- files

TEST(Databases, ThatCannotBeOpenedSayWhy) {
    const TemporaryFolder folder;
    const auto missing = Store::open(folder.file("no/such/folder/rsm.db"), 7);
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error(), HasSubstr("rsm.db"));
    std::ofstream(folder.file("text.db")) << std::string(10'000, 'x');
    EXPECT_FALSE(Store::open(folder.file("text.db"), 7));
}

std::string large_database(const TemporaryFolder& folder) {
    const std::string path = folder.file("rsm.db");
    World world(path);
    world.in([&](Store& store) {  // more than SQLite keeps in memory
        for (int at = 0; at < 8'000; ++at) {
            PhysicalMedium medium;
            medium.name = "NL" + std::to_string(10'000 + at);
            medium.bar_code = medium.name;
            medium.pool = world.pool;
            medium.library = world.offline.id;
            store.insert(medium);
        }
    });
    return path;
}

// All but the first page, which says that it is a database.
void overwrite_pages(const std::string& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
    constexpr std::streamoff kPage = 4096;
    file.seekp(kPage);
    for (std::streamoff at = kPage; at < size; at += kPage) file << std::string(kPage, '\x5A');
}

TEST(Databases, ThatAreDamagedAreNotOpened) {
    const TemporaryFolder folder;
    const std::string path = large_database(folder);
    ASSERT_TRUE(Store::open(path, 7));
    overwrite_pages(path);
    const auto opened = Store::open(path, 7);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error(), testing::AnyOf(HasSubstr("damaged"), HasSubstr("malformed")));
}

// returns: ERROR_DATABASE_FAILURE
TEST(EnumerateObject, DatabaseFailureWhenNothingCanBeRead) {
    expect_database_errors("EnumerateObject", R"("type":15)", Writes::No);
}

// --- copies

// A service that exports, and a pool of the caller's in it.
class CopiedService {
public:
    explicit CopiedService(const TemporaryFolder& folder)
        : settings_(settings_on(folder.file("rsm.db"))) {
        settings_.export_file = folder.file("export.db");
        restart();
    }
    void restart() {
        service_.reset();
        auto opened = Service::open(settings_, delays_);
        ASSERT_TRUE(opened) << opened.error();
        service_ = std::move(*opened);
        session_.clear();
        session_ = field(call("OpenSession", ""), "session");
    }
    std::uint32_t error(const std::string& method, const std::string& members = "",
                        const Caller& caller = kAdministrator) {
        const std::string text = field(call(method, members, caller), "error");
        return static_cast<std::uint32_t>(std::stoul(text));
    }
    void create(const std::string& pool) {
        EXPECT_EQ(error("CreateMediaPool", R"("name":")" + pool + R"(","action":2)"), kOk);
    }
    bool has(const std::string& pool) {
        return error("CreateMediaPool", R"("name":")" + pool + R"(","action":1)") == kOk;
    }
    void use_session_of(const Caller& caller) {
        session_.clear();
        session_ = field(call("OpenSession", "", caller), "session");
    }
    const std::string& export_file() const { return settings_.export_file; }

private:
    std::string call(const std::string& method, const std::string& members,
                     const Caller& caller = kAdministrator) {
        std::string json = session_.empty() ? "" : R"("session":")" + session_ + "\"";
        if (!json.empty() && !members.empty()) json += ",";
        std::string answer;
        service_->call(method, "{" + json + members + "}", caller,
                       [&](Answer given) { answer = given.json; });
        return answer;
    }
    static std::string field(const std::string& json, const std::string& name) {
        google::protobuf::Struct parsed;
        EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &parsed).ok()) << json;
        const auto& value = parsed.fields().at(name);
        if (value.has_string_value()) return value.string_value();
        return std::to_string(static_cast<std::uint32_t>(value.number_value()));
    }
    ManualDelays delays_;
    Service::Settings settings_;
    std::unique_ptr<Service> service_;
    std::string session_;
};

// returns: ERROR_SUCCESS
TEST(ExportDatabase, SuccessWritesAConsistentCopyOverTheLastOne) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    service.create("First");
    ASSERT_EQ(service.error("ExportDatabase"), kOk);
    const std::string first = content_of(service.export_file());
    service.create("Second");
    ASSERT_EQ(service.error("ExportDatabase"), kOk);
    EXPECT_THAT(first, HasSubstr("First"));
    EXPECT_THAT(first, testing::Not(HasSubstr("Second")));
    EXPECT_EQ(content_of(service.export_file()), content_of(folder.file("rsm.db")));
}

// returns: ERROR_ACCESS_DENIED
TEST(ExportDatabase, AccessDeniedWithoutControlOfTheComputer) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    service.use_session_of(kStranger);
    EXPECT_EQ(service.error("ExportDatabase", "", kStranger), code(Error::AccessDenied));
    EXPECT_FALSE(std::filesystem::exists(service.export_file()));
}

// returns: ERROR_SHARING_VIOLATION
TEST(ExportDatabase, SharingViolationWhileSomebodyReadsTheLastOne) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    ASSERT_EQ(service.error("ExportDatabase"), kOk);
    const std::string before = content_of(service.export_file());
    sqlite3* reader = nullptr;
    ASSERT_EQ(sqlite3_open(service.export_file().c_str(), &reader), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(reader, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    service.create("Second");
    EXPECT_EQ(service.error("ExportDatabase"), code(Error::SharingViolation));
    sqlite3_close(reader);
    EXPECT_EQ(content_of(service.export_file()), before);
    EXPECT_EQ(service.error("ExportDatabase"), kOk);
}

// returns: ERROR_DATABASE_FAILURE
TEST(ExportDatabase, DatabaseFailureWhenTheFileCannotBeMade) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    std::filesystem::create_directory(service.export_file());
    EXPECT_EQ(service.error("ExportDatabase"), code(Error::DatabaseFailure));
    service.create("Pool");
}

// returns: ERROR_INVALID_HANDLE
TEST(ExportDatabase, InvalidHandleWithoutASession) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    EXPECT_EQ(service.error("ExportDatabase", "", kStranger), code(Error::InvalidHandle));
}

// returns: ERROR_SUCCESS
TEST(ImportDatabase, SuccessTakesTheExportAtTheNextStart) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    service.create("First");
    ASSERT_EQ(service.error("ExportDatabase"), kOk);
    service.create("Second");
    EXPECT_EQ(service.error("ImportDatabase"), kOk);
    EXPECT_TRUE(service.has("Second"));
    service.restart();
    EXPECT_TRUE(service.has("First"));
    EXPECT_FALSE(service.has("Second"));
    // Once.
    service.create("Third");
    service.restart();
    EXPECT_TRUE(service.has("Third"));
}

TEST(ImportDatabase, SuccessKeepsWhatThereIsWhenTheExportIsSpoiltMeanwhile) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    ASSERT_EQ(service.error("ExportDatabase"), kOk);
    service.create("Pool");
    ASSERT_EQ(service.error("ImportDatabase"), kOk);
    std::ofstream(service.export_file()) << std::string(10'000, 'x');
    service.restart();
    EXPECT_TRUE(service.has("Pool"));
}

// returns: ERROR_ACCESS_DENIED
TEST(ImportDatabase, AccessDeniedWithoutControlOfTheComputer) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    ASSERT_EQ(service.error("ExportDatabase"), kOk);
    service.use_session_of(kStranger);
    EXPECT_EQ(service.error("ImportDatabase", "", kStranger), code(Error::AccessDenied));
}

// returns: ERROR_DATABASE_FAILURE
TEST(ImportDatabase, DatabaseFailureWithoutAnExportThatIsSound) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    EXPECT_EQ(service.error("ImportDatabase"), code(Error::DatabaseFailure));
    std::ofstream(service.export_file()) << std::string(10'000, 'x');
    EXPECT_EQ(service.error("ImportDatabase"), code(Error::DatabaseFailure));
}

// returns: ERROR_INVALID_HANDLE
TEST(ImportDatabase, InvalidHandleWithoutASession) {
    const TemporaryFolder folder;
    CopiedService service(folder);
    EXPECT_EQ(service.error("ImportDatabase", "", kStranger), code(Error::InvalidHandle));
}

// --- crashes

// A run of calls that is the same every time; after each, what was answered goes into the pipe.
class Run {
public:
    explicit Run(const std::string& path) : world_(path) {}

    // The n-th call of the run.
    void step(int number) {
        const std::string label = "NL" + std::to_string(1'000 + number);
        if (number % 3 == 0) {
            NewMedium wanted;
            wanted.medium.pool = world_.pool;
            wanted.medium.bar_code = label;
            Side side;
            side.state = number % 2 == 0 ? SideState::Available : SideState::Allocated;
            side.label_id = "0a";
            side.label_type = "T";
            wanted.sides = {side};
            wanted.stated_sides = 1;
            wanted.is_given = true;
            wanted.is_well_formed = true;
            NewMedium made;
            const Error error =
                world_.call([&](Context& context) { return create_media(context, wanted, made); });
            CHECK(error == Error::Success);
            made_.push_back(made);
        } else if (number % 3 == 1) {
            const NewMedium& last = made_.back();
            const Guid logical = last.sides.front().logical_medium;
            const Error error = world_.call([&](Context& context) {
                return logical.is_null()
                           ? set_object_information(context, last.medium.id, PhysicalMedium{})
                           : deallocate_media(context, logical);
            });
            CHECK(error == Error::Success);
        } else if (number % 2 == 0) {
            const Error error = world_.call(
                [&](Context& context) { return delete_media(context, made_.back().medium.id); });
            CHECK(error == Error::Success);
        } else {
            static_cast<void>(world_.create_pool("Pool " + label, world_.lto.id));
        }
    }

private:
    World world_;
    std::vector<NewMedium> made_;
};

constexpr int kSteps = 12;

[[noreturn]] void run_until_killed(const std::string& path, std::uint64_t at_write, int pipe) {
    const FaultyFiles files;
    Run run(path);
    files.kill_at_write(at_write);
    for (int number = 0; number < kSteps; ++number) {
        run.step(number);
        const char told = static_cast<char>(number);
        if (write(pipe, &told, 1) != 1) _exit(1);
    }
    _exit(0);
}

// The database after each call of a run that nothing disturbs, and before the first.
std::vector<std::string> undisturbed(const std::string& path) {
    const FaultyFiles files;
    std::vector<std::string> contents;
    Run run(path);
    contents.push_back(content_of(path));
    for (int number = 0; number < kSteps; ++number) {
        run.step(number);
        contents.push_back(content_of(path));
    }
    return contents;
}

TEST(Crashes, AtAnyWriteLoseNothingAnsweredAndLeaveNothingHalfDone) {
    const TemporaryFolder whole;
    const std::vector<std::string> expected = undisturbed(whole.file("rsm.db"));
    bool has_ended = false;
    std::uint64_t deaths = 0;
    for (std::uint64_t at_write = 1; !has_ended && at_write < 1'000; ++at_write) {
        const TemporaryFolder folder;
        const std::string path = folder.file("rsm.db");
        int ends[2];
        ASSERT_EQ(pipe(ends), 0);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) run_until_killed(path, at_write, ends[1]);
        close(ends[1]);
        std::size_t told = 0;
        for (char number = 0; read(ends[0], &number, 1) == 1;) ++told;
        close(ends[0]);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        has_ended = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        const bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        ASSERT_TRUE(has_ended || was_killed) << status;
        if (was_killed) ++deaths;
        const bool opens = Store::open(path, 7).has_value();
        ASSERT_TRUE(opens) << at_write;
        // The call it died in is done or not.
        const std::string content = content_of(path);
        const bool is_next = told + 1 < expected.size() && content == expected.at(told + 1);
        EXPECT_TRUE(content == expected.at(told) || is_next)
            << "killed at write " << at_write << ", after " << told << " answers";
    }
    EXPECT_TRUE(has_ended);
    EXPECT_GT(deaths, 50U);
}

}  // namespace
}  // namespace nearline::rsm
