// RSM with a million media: calls of the service, as their callers see them, against what SQLite
// takes to delete one row of a table as long, with the same settings, in the same run.
#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "bench/measure.h"
#include "rsm/access.h"
#include "rsm/catalogue.h"
#include "rsm/service.h"
#include "rsm/store.h"

namespace nearline::bench {
namespace {

constexpr int kRounds = 9;
constexpr int kCallsARound = 200;
const rsm::Caller kRoot{0, {}, 1};

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "bench-rsm: %s\n", why.c_str());
    std::exit(1);
}

class NoDelays final : public rsm::Delays {
public:
    void after(std::uint64_t, std::function<void()>) override {}
    std::uint64_t now_ms() const override { return 1'700'000'000'000; }
};

// --- what is there to work on

struct Ids {
    std::vector<std::string> media;  // deletable, in no order
    std::vector<std::string> small;  // the pool of a hundred media
    std::string pool;                // of all media but those
    std::string small_pool;
};

rsm::MediaPool make_pool(rsm::Store& store, const std::string& name, const rsm::Guid& type) {
    rsm::MediaPool pool;
    pool.parent = store.root_pool().id;
    pool.name = name;
    pool.pool_type = rsm::PoolType::Application;
    pool.media_type = type;
    store.insert(pool);
    store.set_descriptor(pool.id, rsm::default_descriptor(rsm::kUse));
    return pool;
}

std::string add_medium(rsm::Store& store, const rsm::MediaPool& pool, const rsm::Guid& library,
                       std::size_t number) {
    rsm::PhysicalMedium medium;
    medium.name = "B" + std::to_string(1'000'000 + number) + "L9";
    medium.bar_code = medium.name;
    medium.pool = pool.id;
    medium.library = library;
    medium.media_type = pool.media_type;
    medium.sequence_number = store.new_sequence_number();
    store.insert(medium);
    rsm::Side side;
    side.medium = medium.id;
    side.state = rsm::SideState::Available;
    side.label_type = "LTFS";
    side.label_id = "0a" + std::to_string(1'000'000'000 + number);
    store.insert(side);
    return medium.id.text();
}

// Half of the media are inside, where they can be allocated, half outside, where they can be
// deleted.
Ids fill(const std::string& path, std::size_t media) {
    auto opened = rsm::Store::open(path, 7);
    if (!opened) give_up(opened.error());
    rsm::Store& store = **opened;
    Ids ids;
    rsm::MediaPool pool;
    rsm::MediaPool small;
    rsm::Library inside;
    rsm::Guid outside;
    const auto in = [&](const std::function<void()>& work) {
        const auto error = store.transact(1'700'000'000'000, [&] {
            work();
            return rsm::Error::Success;
        });
        if (error != rsm::Error::Success) give_up("cannot fill the database");
    };
    in([&] {
        rsm::prepare_catalogue(store, "bench");
        const auto type = *store.media_type_of_code(rsm::kLtoUltrium);
        inside.name = "inside";
        inside.library_type = rsm::LibraryType::Online;
        store.insert(inside);
        store.set_descriptor(inside.id, rsm::default_descriptor(rsm::kUse));
        rsm::relate_media_type(store, inside.id, type);
        outside = store.offline_library().id;
        pool = make_pool(store, "All", type.id);
        small = make_pool(store, "Small", type.id);
    });
    ids.pool = pool.id.text();
    ids.small_pool = small.id.text();
    constexpr std::size_t kBatch = 10'000;
    for (std::size_t first = 0; first < media; first += kBatch) {
        in([&] {
            for (std::size_t at = first; at < std::min(first + kBatch, media); ++at) {
                const bool is_inside = at % 2 == 0;
                const bool is_small = at % (media / 100) == 0;
                const std::string id =
                    add_medium(store, is_small ? small : pool, is_inside ? inside.id : outside, at);
                if (!is_inside) ids.media.push_back(id);
            }
        });
    }
    return ids;
}

// --- the contestant: a row of a medium's length, keyed and written as ours are

class Rows {
public:
    Rows(const std::string& path, const std::vector<std::string>& keys) {
        if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) give_up("sqlite");
        once("PRAGMA journal_mode = WAL");
        once("PRAGMA synchronous = FULL");
        once("CREATE TABLE row (id TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID");
        begin_ = prepared("BEGIN");
        delete_ = prepared("DELETE FROM row WHERE id = ?");
        commit_ = prepared("COMMIT");
        sqlite3_stmt* insert = prepared("INSERT INTO row VALUES (?, ?)");
        const std::string content(300, 'x');  // about a physical_media row without its key
        run(begin_);
        for (const std::string& key : keys) {
            bind(insert, 1, key);
            bind(insert, 2, content);
            run(insert);
        }
        run(commit_);
        sqlite3_finalize(insert);
    }
    ~Rows() {
        for (sqlite3_stmt* statement : {begin_, delete_, commit_}) sqlite3_finalize(statement);
        sqlite3_close(database_);
    }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    void erase(const std::string& key) {
        run(begin_);
        bind(delete_, 1, key);
        run(delete_);
        run(commit_);
    }

private:
    void once(const char* sql) {
        if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up(sql);
    }
    sqlite3_stmt* prepared(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) != SQLITE_OK) give_up(sql);
        return statement;
    }
    static void bind(sqlite3_stmt* statement, int at, const std::string& text) {
        sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT);
    }
    void run(sqlite3_stmt* statement) {
        if (sqlite3_step(statement) != SQLITE_DONE) give_up(sqlite3_errmsg(database_));
        sqlite3_reset(statement);
    }

    sqlite3* database_ = nullptr;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* delete_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
};

// --- the calls

class Caller {
public:
    explicit Caller(rsm::Service& service) : service_(service) {
        const std::string answer = call("OpenSession", "{}");
        const std::string key = "\"session\":\"";
        session_ = answer.substr(answer.find(key) + key.size(), 36);
    }
    // `members` come behind the session.
    std::string operator()(const std::string& method, const std::string& members) {
        const std::string answer =
            call(method, R"({"session":")" + session_ + "\"," + members + "}");
        if (answer.find("\"error\":0") == std::string::npos) give_up(method + ": " + answer);
        return answer;
    }

private:
    std::string call(const std::string& method, const std::string& json) {
        std::string answer;
        service_.call(method, json, kRoot,
                      [&](rsm::Answer given) { answer = std::move(given.json); });
        return answer;
    }
    rsm::Service& service_;
    std::string session_;
};

void row(const char* name, double seconds, double bare) {
    std::printf("| %s | %.1f µs | %.2f |\n", name, seconds * 1e6, bare / seconds);
}

void run(const std::string& folder, std::size_t media) {
    const Ids ids = fill(folder + "/rsm.sqlite", media);
    Rows rows(folder + "/rows.sqlite", ids.media);
    NoDelays delays;
    double opening = 0;
    std::unique_ptr<rsm::Service> service;
    opening = seconds_of([&] {
        auto opened = rsm::Service::open({folder + "/rsm.sqlite", "bench", 0, 7}, delays);
        if (!opened) give_up(opened.error());
        service = std::move(*opened);
    });
    Caller call(*service);

    std::vector<std::string> victims = ids.media;
    std::uint64_t state = 88172645463325252;  // xorshift, so that runs repeat
    for (std::size_t at = victims.size() - 1; at > 0; --at) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        std::swap(victims[at], victims[state % (at + 1)]);
    }
    std::vector<double> bare;
    std::vector<double> deletions;
    std::vector<double> allocations;
    std::vector<double> lists;
    auto victim = victims.begin();
    for (int round = 0; round < kRounds; ++round) {
        const auto first = victim;
        victim += kCallsARound;
        bare.push_back(seconds_of([&] {
            for (auto at = first; at != victim; ++at) rows.erase(*at);
        }));
        deletions.push_back(seconds_of([&] {
            for (auto at = first; at != victim; ++at) {
                call("DeleteMedia", R"("mediaId":")" + *at + "\"");
            }
        }));
        allocations.push_back(seconds_of([&] {
            for (int at = 0; at < kCallsARound; ++at) {
                call("AllocateMedia", R"("poolId":")" + ids.pool + R"(","options":4)");
            }
        }));
        lists.push_back(seconds_of([&] {
            for (int at = 0; at < kCallsARound; ++at) {
                call("EnumerateObject", R"("type":15,"containerId":")" + ids.small_pool + "\"");
            }
        }));
    }
    const double whole = seconds_of(
        [&] { call("EnumerateObject", R"("type":15,"containerId":")" + ids.pool + "\""); });
    const double one = median(bare) / kCallsARound;
    std::printf(
        "%zu media\n\n| call | time | of SQLite's row deletions a second |\n| --- | --- | --- |\n",
        media);
    row("SQLite: one row, one transaction", one, one);
    row("DeleteMedia", median(deletions) / kCallsARound, one);
    row("AllocateMedia, any side", median(allocations) / kCallsARound, one);
    row("EnumerateObject of a pool of 100", median(lists) / kCallsARound, one);
    std::printf(
        "\nEnumerateObject of the pool with the rest: %.2f s; opening the service, with the check "
        "of"
        " all pages: %.2f s\n",
        whole, opening);
}

}  // namespace
}  // namespace nearline::bench

int main(int argc, char** argv) {
    if (argc < 2) nearline::bench::give_up("usage: bench-rsm FOLDER [MEDIA]");
    const std::size_t media = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    nearline::bench::run(argv[1], media);
    return 0;
}
