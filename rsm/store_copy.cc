#include "rsm/store_copy.h"

#include <sqlite3.h>

#include <string_view>

namespace nearline::rsm {
namespace {

class Database {
public:
    // SQLITE_OPEN_…
    Database(const std::string& path, int flags) {
        const bool is_open =
            !path.empty() && sqlite3_open_v2(path.c_str(), &database_, flags, nullptr) == SQLITE_OK;
        if (!is_open) close();
    }
    ~Database() { close(); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    sqlite3* handle() const { return database_; }  // null when it could not be opened

    // Whether the first column of the first row is that.
    bool answers(const char* sql, std::string_view expected) const {
        sqlite3_stmt* statement = nullptr;
        if (database_ == nullptr) return false;
        if (sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) != SQLITE_OK) return false;
        bool does = false;
        if (sqlite3_step(statement) == SQLITE_ROW) {
            const void* found = sqlite3_column_text(statement, 0);
            does = found != nullptr && static_cast<const char*>(found) == expected;
        }
        sqlite3_finalize(statement);
        return does;
    }

private:
    void close() {
        sqlite3_close(database_);
        database_ = nullptr;
    }
    sqlite3* database_ = nullptr;
};

Error error_of(int code) {
    constexpr int kPrimary = 0xFF;  // of an extended code
    switch (code & kPrimary) {
        case SQLITE_OK:
            return Error::Success;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Error::SharingViolation;
        case SQLITE_FULL:
            return Error::DatabaseFull;
        default:
            return Error::DatabaseFailure;
    }
}

Error copy(sqlite3* from, sqlite3* to) {
    if (from == nullptr || to == nullptr) return Error::DatabaseFailure;
    sqlite3_backup* backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == nullptr) return error_of(sqlite3_errcode(to));
    const int code = sqlite3_backup_step(backup, -1);
    const int end = sqlite3_backup_finish(backup);
    return error_of(code == SQLITE_DONE ? end : code);
}

}  // namespace

bool is_database(const std::string& path) {
    const Database database(path, SQLITE_OPEN_READONLY);
    return database.answers("PRAGMA quick_check(1)", "ok") &&
           database.answers("SELECT name FROM meta WHERE name = 'identifiers'", "identifiers");
}

Error copy_to(void* from, const std::string& path) {
    const Database target(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    return copy(static_cast<sqlite3*>(from), target.handle());
}

Error copy_from(const std::string& path, void* to) {
    const Database source(path, SQLITE_OPEN_READONLY);
    return copy(source.handle(), static_cast<sqlite3*>(to));
}

}  // namespace nearline::rsm
