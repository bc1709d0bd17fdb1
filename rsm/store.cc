#include "rsm/store.h"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <deque>
#include <limits>
#include <map>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/text.h"
#include "rsm/store_columns.h"
#include "rsm/store_copy.h"
#include "rsm/store_schema.h"
#include "sim/random.h"

namespace nearline::rsm {
namespace {

using base::Failure;
using base::Result;

// One column of one row on its way to or from the database.
struct Cell {
    enum class Kind { Text, Number };
    Kind kind = Kind::Text;
    std::string text;
    long long number = 0;
};

template <typename Member>
constexpr bool kIsText = std::is_same_v<std::remove_const_t<Member>, Guid> ||
                         std::is_same_v<std::remove_const_t<Member>, std::string>;

// The visitors of Columns<Row>.
struct NameColumns {
    std::vector<std::pair<std::string, Cell::Kind>> columns;
    template <typename Member>
    void operator()(const char* name, const Member&) {
        columns.emplace_back(name, kIsText<Member> ? Cell::Kind::Text : Cell::Kind::Number);
    }
};

struct Put {
    std::deque<Cell>::iterator cell;
    void operator()(const char*, const Guid& value) { (cell++)->text = value.text(); }
    void operator()(const char*, const std::string& value) { (cell++)->text = value; }
    template <typename Member>
    void operator()(const char*, const Member& value) {
        (cell++)->number = static_cast<long long>(value);
    }
};

struct Take {
    std::deque<Cell>::const_iterator cell;
    void operator()(const char*, Guid& value) { value = Guid::from_canonical((cell++)->text); }
    void operator()(const char*, std::string& value) { value = (cell++)->text; }
    template <typename Member>
    void operator()(const char*, Member& value) {
        value = static_cast<Member>((cell++)->number);
    }
};

template <typename Row>
NameColumns columns_of() {
    NameColumns names;
    Row row;
    Columns<Row>::visit(row, names);
    return names;
}

template <typename Row>
std::string column_list() {
    std::string list;
    for (const auto& [name, kind] : columns_of<Row>().columns) {
        list += (list.empty() ? "" : ", ") + name;
    }
    return list;
}

template <typename Row>
std::string insert_statement() {
    std::string values;
    for (const auto& [name, kind] : columns_of<Row>().columns) {
        values += (values.empty() ? ":" : ", :") + name;
    }
    return std::string("INSERT INTO ") + Columns<Row>::table + " (" + column_list<Row>() +
           ") VALUES (" + values + ")";
}

// The key comes last, behind the columns in their order.
template <typename Row>
std::string update_statement() {
    std::string assignments;
    for (const auto& [name, kind] : columns_of<Row>().columns) {
        assignments += (assignments.empty() ? "" : ", ") + name + " = :" + name;
    }
    return std::string("UPDATE ") + Columns<Row>::table + " SET " + assignments +
           " WHERE id = :key";
}

// A prepared statement with the places its values come from and go to.
struct Statement {
    Statement(soci::session& session, const std::string& sql, std::vector<Cell::Kind> inputs,
              std::vector<Cell::Kind> outputs)
        : statement(session) {
        for (const Cell::Kind kind : inputs) {
            in.push_back({kind, {}, 0});
            exchange_in(in.back());
        }
        for (const Cell::Kind kind : outputs) {
            out.push_back({kind, {}, 0});
            exchange_out(out.back());
        }
        statement.alloc();
        statement.prepare(sql);
        statement.define_and_bind();
    }

    void exchange_in(Cell& cell) {
        if (cell.kind == Cell::Kind::Text) {
            statement.exchange(soci::use(cell.text));
        } else {
            statement.exchange(soci::use(cell.number));
        }
    }
    void exchange_out(Cell& cell) {
        if (cell.kind == Cell::Kind::Text) {
            statement.exchange(soci::into(cell.text));
        } else {
            statement.exchange(soci::into(cell.number));
        }
    }

    // Reads to the end: a statement left in the middle would keep its snapshot open, and the
    // write-ahead log could never be folded back.
    template <typename Each>
    void run(Each&& each) {
        const bool has_rows = statement.execute(true);
        if (out.empty()) return;
        for (bool more = has_rows; more; more = statement.fetch()) each();
    }

    soci::statement statement;
    std::deque<Cell> in;
    std::deque<Cell> out;
};

using Parameter = std::variant<std::string, long long>;

template <typename Enum>
Parameter number(Enum value) {
    return static_cast<long long>(value);
}

Error error_of(const std::exception& problem) {
    constexpr int kNoMemory = 7;  // SQLITE_NOMEM
    constexpr int kFull = 13;     // SQLITE_FULL
    if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&problem)) {
        if (sqlite->result() == kFull) return Error::DatabaseFull;
        if (sqlite->result() == kNoMemory) return Error::NotEnoughMemory;
    }
    if (dynamic_cast<const std::bad_alloc*>(&problem) != nullptr) return Error::NotEnoughMemory;
    return Error::DatabaseFailure;
}

// The tables with the type of what is in them.
constexpr std::array<std::pair<const char*, ObjectType>, 16> kTables = {{
    {"physical_media", ObjectType::PhysicalMedia},
    {"side", ObjectType::Partition},
    {"logical_media", ObjectType::LogicalMedia},
    {"media_pool", ObjectType::MediaPool},
    {"library", ObjectType::Library},
    {"computer", ObjectType::Computer},
    {"changer", ObjectType::Changer},
    {"changer_type", ObjectType::ChangerType},
    {"drive", ObjectType::Drive},
    {"drive_type", ObjectType::DriveType},
    {"storage_slot", ObjectType::StorageSlot},
    {"door", ObjectType::IEDoor},
    {"port", ObjectType::IEPort},
    {"media_type", ObjectType::MediaType},
    {"lib_request", ObjectType::LibRequest},
    {"op_request", ObjectType::OpRequest},
}};

// What is listed under what (the documents' table of containers), and how it is asked for. Unknown
// is no container.
struct Listing {
    ObjectType wanted;
    ObjectType container;
    const char* sql;
};
constexpr std::array kListings = std::to_array<Listing>({
    {ObjectType::Changer, ObjectType::Unknown, "SELECT id FROM changer ORDER BY library, number"},
    {ObjectType::Changer, ObjectType::Library,
     "SELECT id FROM changer WHERE library = :c ORDER BY number"},
    {ObjectType::ChangerType, ObjectType::Unknown,
     "SELECT id FROM changer_type ORDER BY vendor, product"},
    {ObjectType::Computer, ObjectType::Unknown, "SELECT id FROM computer"},
    {ObjectType::Drive, ObjectType::Unknown, "SELECT id FROM drive ORDER BY library, number"},
    {ObjectType::Drive, ObjectType::Library,
     "SELECT id FROM drive WHERE library = :c ORDER BY number"},
    {ObjectType::DriveType, ObjectType::Unknown,
     "SELECT id FROM drive_type ORDER BY vendor, product"},
    {ObjectType::IEDoor, ObjectType::Unknown, "SELECT id FROM door ORDER BY library, number"},
    {ObjectType::IEDoor, ObjectType::Library,
     "SELECT id FROM door WHERE library = :c ORDER BY number"},
    {ObjectType::IEPort, ObjectType::Unknown, "SELECT id FROM port ORDER BY library, number"},
    {ObjectType::IEPort, ObjectType::Library,
     "SELECT id FROM port WHERE library = :c ORDER BY number"},
    {ObjectType::Library, ObjectType::Unknown, "SELECT id FROM library ORDER BY created, name"},
    {ObjectType::LibRequest, ObjectType::Unknown, "SELECT id FROM lib_request ORDER BY queued, id"},
    {ObjectType::LibRequest, ObjectType::Library,
     "SELECT id FROM lib_request WHERE library = :c ORDER BY queued, id"},
    {ObjectType::LogicalMedia, ObjectType::Unknown,
     "SELECT id FROM logical_media ORDER BY created, id"},
    {ObjectType::LogicalMedia, ObjectType::MediaPool,
     "SELECT id FROM logical_media WHERE pool = :c ORDER BY created, id"},
    {ObjectType::LogicalMedia, ObjectType::Partition,
     "SELECT logical_medium FROM side WHERE id = :c AND logical_medium <> ''"},
    {ObjectType::MediaPool, ObjectType::Unknown,
     "SELECT id FROM media_pool WHERE parent IN (SELECT id FROM media_pool WHERE parent = '') "
     "ORDER BY pool_type, name"},
    {ObjectType::MediaPool, ObjectType::MediaPool,
     "SELECT id FROM media_pool WHERE parent = :c ORDER BY name"},
    {ObjectType::MediaType, ObjectType::Unknown, "SELECT id FROM media_type ORDER BY code"},
    {ObjectType::MediaType, ObjectType::Library,
     "SELECT t.id FROM media_type t JOIN library_media_type l ON l.media_type = t.id "
     "WHERE l.library = :c ORDER BY t.code"},
    {ObjectType::Partition, ObjectType::Unknown,
     "SELECT s.id FROM side s JOIN physical_media m ON m.id = s.medium "
     "ORDER BY m.sequence_number, s.number"},
    {ObjectType::Partition, ObjectType::LogicalMedia,
     "SELECT id FROM side WHERE logical_medium = :c"},
    {ObjectType::Partition, ObjectType::PhysicalMedia,
     "SELECT id FROM side WHERE medium = :c ORDER BY number"},
    {ObjectType::Partition, ObjectType::MediaPool,
     "SELECT s.id FROM side s JOIN physical_media m ON m.id = s.medium WHERE m.pool = :c "
     "ORDER BY m.sequence_number, s.number"},
    {ObjectType::PhysicalMedia, ObjectType::Unknown,
     "SELECT id FROM physical_media ORDER BY sequence_number"},
    {ObjectType::PhysicalMedia, ObjectType::MediaPool,
     "SELECT id FROM physical_media WHERE pool = :c ORDER BY sequence_number"},
    {ObjectType::PhysicalMedia, ObjectType::Library,
     "SELECT id FROM physical_media WHERE library = :c ORDER BY sequence_number"},
    {ObjectType::StorageSlot, ObjectType::Unknown,
     "SELECT id FROM storage_slot ORDER BY library, number"},
    {ObjectType::StorageSlot, ObjectType::Library,
     "SELECT id FROM storage_slot WHERE library = :c ORDER BY number"},
    {ObjectType::OpRequest, ObjectType::Unknown,
     "SELECT id FROM op_request ORDER BY submitted, id"},
});

bool is_open(RequestState state) {
    return state == RequestState::Queued || state == RequestState::InProcess ||
           state == RequestState::Waiting || state == RequestState::Deferred;
}

const char* counting_statement(Store::Counted what) {
    switch (what) {
        case Store::Counted::MediaOfLibrary:
            return "SELECT COUNT(*) FROM physical_media WHERE library = :c";
        case Store::Counted::MediaTypesOfLibrary:
            return "SELECT COUNT(*) FROM library_media_type WHERE library = :c";
        case Store::Counted::OpenRequestsOfLibrary:
            // Queued, in process, waiting, deferred.
            return "SELECT COUNT(*) FROM lib_request WHERE library = :c AND state IN (0, 1, 5, 6)";
        case Store::Counted::DrivesOfLibrary:
            return "SELECT COUNT(*) FROM drive WHERE library = :c";
        case Store::Counted::SlotsOfLibrary:
            return "SELECT COUNT(*) FROM storage_slot WHERE library = :c";
        case Store::Counted::DoorsOfLibrary:
            return "SELECT COUNT(*) FROM door WHERE library = :c";
        case Store::Counted::PortsOfLibrary:
            return "SELECT COUNT(*) FROM port WHERE library = :c";
        case Store::Counted::ChangersOfLibrary:
            return "SELECT COUNT(*) FROM changer WHERE library = :c";
        case Store::Counted::MediaOfPool:
            return "SELECT COUNT(*) FROM physical_media WHERE pool = :c";
        case Store::Counted::LogicalMediaOfPool:
            return "SELECT COUNT(*) FROM logical_media WHERE pool = :c";
        case Store::Counted::PoolsOfPool:
            return "SELECT COUNT(*) FROM media_pool WHERE parent = :c";
    }
    return "";
}

}  // namespace

struct Store::Database {
    soci::session session;
    std::map<std::string, std::unique_ptr<Statement>, std::less<>> statements;
    sim::RandomSource random;
    bool is_in_transaction = false;
    Error failure = Error::Success;
    std::uint64_t now = 0;
    std::uint64_t revision = 0;
    std::string export_path;
    StoreObserver* observer = nullptr;
    ChangeLog changes;
    long long identifiers = 0;  // drawn so far
    long long sequence_numbers = 0;
    long long kept_identifiers = 0;  // as the database has them
    long long kept_sequence_numbers = 0;

    explicit Database(std::uint64_t seed) : random(seed) {}

    // Does `work` unless something failed before; what it throws is latched.
    template <typename Work>
    void guarded(Work&& work) {
        CHECK(is_in_transaction);
        if (failure != Error::Success) return;
        try {
            work();
        } catch (const std::exception& problem) {
            failure = error_of(problem);
        }
    }

    // Sides know where their medium is, so that one index finds those that are available.
    void place_sides(const PhysicalMedium& medium) {
        execute(
            "UPDATE side SET pool = :pool, library = :library, sequence_number = :sequence "
            "WHERE medium = :medium AND (pool <> :old OR library <> :there)",
            {medium.pool.text(), medium.library.text(), medium.sequence_number, medium.id.text(),
             medium.pool.text(), medium.library.text()});
    }

    bool is_observed() const { return observer != nullptr && observer->is_listening(); }

    void note(ObjectType type, NotificationOperation operation, const Guid& id) {
        if (is_observed()) changes.note({type, operation, id});
    }

    // The objects of `ids` before a statement changes them all at once.
    void note_all(ObjectType type, NotificationOperation operation, const std::string& ids,
                  const std::vector<Parameter>& parameters) {
        if (!is_observed()) return;
        for (const Guid& id : guids(ids, parameters)) changes.note({type, operation, id});
    }

    // Those whose counters tell of a row change with it (the sheet of events by method).
    template <typename Row>
    void note_owners(const Row& row) {
        constexpr auto kChanged = NotificationOperation::Update;
        if constexpr (requires { row.pool; }) note(ObjectType::MediaPool, kChanged, row.pool);
        if constexpr (requires { row.parent; }) note(ObjectType::MediaPool, kChanged, row.parent);
        if constexpr (requires { row.library; } && !std::is_same_v<Row, LibRequest>) {
            note(ObjectType::Library, kChanged, row.library);
        }
    }

    template <typename Row>
    void note_moved(const Row& before, const Row& after) {
        bool has_moved = false;
        if constexpr (requires { before.pool; }) has_moved = before.pool != after.pool;
        if constexpr (requires { before.library; }) {
            has_moved = has_moved || before.library != after.library;
        }
        if (!has_moved) return;
        note_owners(before);
        note_owners(after);
    }

    Statement& prepared(const std::string& sql, const std::vector<Cell::Kind>& inputs,
                        const std::vector<Cell::Kind>& outputs) {
        auto found = statements.find(sql);
        if (found == statements.end()) {
            auto statement = std::make_unique<Statement>(session, sql, inputs, outputs);
            found = statements.emplace(sql, std::move(statement)).first;
        }
        return *found->second;
    }

    Statement& bound(const std::string& sql, const std::vector<Parameter>& parameters,
                     const std::vector<Cell::Kind>& outputs) {
        std::vector<Cell::Kind> kinds;
        for (const Parameter& parameter : parameters) {
            kinds.push_back(parameter.index() == 0 ? Cell::Kind::Text : Cell::Kind::Number);
        }
        Statement& statement = prepared(sql, kinds, outputs);
        auto cell = statement.in.begin();
        for (const Parameter& parameter : parameters) {
            if (const auto* text = std::get_if<std::string>(&parameter)) {
                cell->text = *text;
            } else {
                cell->number = std::get<long long>(parameter);
            }
            ++cell;
        }
        return statement;
    }

    void execute(const std::string& sql, const std::vector<Parameter>& parameters) {
        ++revision;
        guarded([&] { bound(sql, parameters, {}).run([] {}); });
    }

    // The first column of every row, as text.
    std::vector<Guid> guids(const std::string& sql, const std::vector<Parameter>& parameters) {
        std::vector<Guid> found;
        guarded([&] {
            Statement& statement = bound(sql, parameters, {Cell::Kind::Text});
            statement.run(
                [&] { found.push_back(Guid::from_canonical(statement.out.front().text)); });
        });
        return found;
    }

    std::optional<long long> integer(const std::string& sql,
                                     const std::vector<Parameter>& parameters) {
        std::optional<long long> found;
        guarded([&] {
            Statement& statement = bound(sql, parameters, {Cell::Kind::Number});
            statement.run([&] { found = statement.out.front().number; });
        });
        return found;
    }

    // Rows where `condition` holds: "WHERE medium = :medium ORDER BY number".
    template <typename Row>
    std::vector<Row> rows(const std::string& condition, const std::vector<Parameter>& parameters) {
        std::vector<Row> found;
        guarded([&] {
            const std::string sql =
                "SELECT " + kColumnList<Row> + " FROM " + Columns<Row>::table + " " + condition;
            Statement& statement = bound(sql, parameters, kOutputs<Row>);
            statement.run([&] {
                Take take{statement.out.cbegin()};
                Columns<Row>::visit(found.emplace_back(), take);
            });
        });
        return found;
    }

    template <typename Row>
    std::optional<Row> row(const std::string& condition, const std::vector<Parameter>& parameters) {
        std::vector<Row> found = rows<Row>(condition, parameters);
        if (found.empty()) return std::nullopt;
        return std::move(found.front());
    }

    template <typename Row>
    Row required(const std::string& condition, const std::vector<Parameter>& parameters) {
        return row<Row>(condition, parameters).value_or(Row{});
    }

    template <typename Row>
    static std::vector<Cell::Kind> kinds_of() {
        std::vector<Cell::Kind> kinds;
        for (const auto& [name, kind] : columns_of<Row>().columns) kinds.push_back(kind);
        return kinds;
    }

    template <typename Row>
    static inline const std::string kColumnList = column_list<Row>();
    template <typename Row>
    static inline const std::vector<Cell::Kind> kOutputs = kinds_of<Row>();
    template <typename Row>
    static inline const std::string kInsert = insert_statement<Row>();
    template <typename Row>
    static inline const std::string kUpdate = update_statement<Row>();

    void once(const std::string& sql);
    long long ask_once(const std::string& sql);
    // SQLite's own, which SOCI has no words for copying. Its library keeps the backend's type to
    // itself, so that no sanitizer can look it up.
    __attribute__((no_sanitize("vptr"))) void* handle() {
        return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
    }
    // True when an export was marked to be taken, and is.
    bool take_import();
    // Whether all its pages hang together.
    bool is_sound();
    // False when a later version of this program has made the database.
    bool migrate();
    void load_counters();
    void keep_counters();
};

// SOCI's `session << sql` would do, but its temporaries hide their type from the sanitizers.
void Store::Database::once(const std::string& sql) {
    Statement(session, sql, {}, {}).run([] {});
}

long long Store::Database::ask_once(const std::string& sql) {
    Statement statement(session, sql, {}, {Cell::Kind::Number});
    long long found = 0;
    statement.run([&] { found = statement.out.front().number; });
    return found;
}

bool Store::Database::take_import() {
    const bool is_marked = ask_once("SELECT value FROM meta WHERE name = 'import'") != 0;
    if (!is_marked) return false;
    // One that has been spoilt meanwhile is left where it is.
    return is_database(export_path) && copy_from(export_path, handle()) == Error::Success;
}

bool Store::Database::is_sound() {
    Statement statement(session, "PRAGMA quick_check(1)", {}, {Cell::Kind::Text});
    std::string found;
    statement.run([&] { found = statement.out.front().text; });
    return found == "ok";
}

bool Store::Database::migrate() {
    once("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
    const long long version = ask_once("SELECT COALESCE(MAX(version), 0) FROM schema_version");
    const auto migrations = schema_migrations();
    if (version > static_cast<long long>(migrations.size())) return false;
    for (std::size_t at = static_cast<std::size_t>(version); at < migrations.size(); ++at) {
        soci::transaction transaction(session);
        for (const std::string_view statement : base::split(migrations[at], ';')) {
            if (!base::trim(statement).empty()) once(std::string(statement));
        }
        once("DELETE FROM schema_version");
        once("INSERT INTO schema_version VALUES (" + std::to_string(at + 1) + ")");
        transaction.commit();
    }
    return true;
}

void Store::Database::load_counters() {
    kept_identifiers = ask_once("SELECT value FROM meta WHERE name = 'identifiers'");
    kept_sequence_numbers = ask_once("SELECT value FROM meta WHERE name = 'sequence_numbers'");
    identifiers = kept_identifiers;
    sequence_numbers = kept_sequence_numbers;
}

void Store::Database::keep_counters() {
    if (identifiers != kept_identifiers) {
        execute("UPDATE meta SET value = :v WHERE name = 'identifiers'", {identifiers});
    }
    if (sequence_numbers != kept_sequence_numbers) {
        execute("UPDATE meta SET value = :v WHERE name = 'sequence_numbers'", {sequence_numbers});
    }
}

Store::Store(std::unique_ptr<Database> database) : database_(std::move(database)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>, std::string> Store::open(const std::string& path, std::uint64_t seed,
                                                        const std::string& export_path) {
    try {
        auto database = std::make_unique<Database>(seed);
        database->session.open(soci::sqlite3, "db=\"" + path + "\" timeout=5");
        if (!database->is_sound()) return Failure{path + ": the database is damaged"};
        database->once("PRAGMA journal_mode = WAL");
        // What was answered survives a power failure, not only the death of the process.
        database->once("PRAGMA synchronous = FULL");
        database->export_path = export_path;
        if (!database->migrate() || (database->take_import() && !database->migrate())) {
            return Failure{path + ": made by a later version of Nearline"};
        }
        database->once("UPDATE meta SET value = 0 WHERE name = 'import'");
        database->load_counters();
        return std::make_unique<Store>(std::move(database));
    } catch (const std::exception& problem) {
        return Failure{path + ": " + problem.what()};
    }
}

Error Store::transact(std::uint64_t now_ms, const std::function<Error()>& work) {
    Database& database = *database_;
    CHECK(!database.is_in_transaction);
    database.is_in_transaction = true;
    database.failure = Error::Success;
    database.now = now_ms;
    static_cast<void>(database.changes.take());
    database.guarded([&] { database.session.begin(); });
    Error outcome = Error::NotEnoughMemory;
    try {
        outcome = work();
    } catch (const std::bad_alloc&) {
        // As when the database itself finds none.
    }
    if (outcome == Error::Success) database.keep_counters();
    if (outcome == Error::Success) database.guarded([&] { database.session.commit(); });
    if (database.failure != Error::Success) outcome = database.failure;
    if (outcome == Error::Success) {
        database.kept_identifiers = database.identifiers;
        database.kept_sequence_numbers = database.sequence_numbers;
    } else {
        try {
            database.session.rollback();
        } catch (const std::exception&) {
            // A full disk has rolled back already; there is nothing left to undo.
        }
        database.identifiers = database.kept_identifiers;
        database.sequence_numbers = database.kept_sequence_numbers;
    }
    database.is_in_transaction = false;
    std::vector<Change> changes = database.changes.take();
    const bool tells = outcome == Error::Success && !changes.empty() && database.is_observed();
    if (tells) database.observer->committed(std::move(changes));
    return outcome;
}

void Store::observe(StoreObserver* observer) {
    database_->observer = observer;
}

std::uint64_t Store::revision() const {
    return database_->revision;
}

void Store::announce(const Change& change) {
    database_->note(change.type, change.operation, change.id);
}

Guid Store::new_id() {
    ++database_->identifiers;
    sim::RandomStream stream =
        database_->random.stream("rsm identifier " + std::to_string(database_->identifiers));
    const std::uint64_t high = stream.next();
    return {high, stream.next()};
}

std::uint64_t Store::now_ms() const {
    return database_->now;
}

std::string Store::new_sequence_number() {
    constexpr std::size_t kDigits = 6;
    std::string digits = std::to_string(++database_->sequence_numbers);
    if (digits.size() < kDigits) digits.insert(0, kDigits - digits.size(), '0');
    return digits;
}

template <typename Row>
std::optional<Row> Store::find(const Guid& id) {
    if (id.is_null()) return std::nullopt;
    return database_->row<Row>("WHERE id = :id", {id.text()});
}

template <typename Row>
void Store::insert(Row& row) {
    if (row.id.is_null()) row.id = new_id();
    row.created = database_->now;
    row.modified = database_->now;
    ++database_->revision;
    database_->guarded([&] {
        Statement& statement =
            database_->prepared(Database::kInsert<Row>, Database::kOutputs<Row>, {});
        Put put{statement.in.begin()};
        Columns<Row>::visit(std::as_const(row), put);
        statement.run([] {});
    });
    if constexpr (std::is_same_v<Row, Side>) {
        const auto medium = find<PhysicalMedium>(row.medium);
        if (medium) database_->place_sides(*medium);
    }
    if (!database_->is_observed()) return;
    database_->note(Row::type, NotificationOperation::Insert, row.id);
    database_->note_owners(row);
}

template <typename Row>
void Store::note_update(const Row& before, const Row& after) {
    database_->note(Row::type, NotificationOperation::Update, after.id);
    database_->note_moved(before, after);
    if constexpr (std::is_same_v<Row, LibRequest>) {
        const bool has_ended = is_open(before.state) && !is_open(after.state);
        if (has_ended) database_->observer->request_ended(*this, after);
    }
}

template <typename Row>
void Store::update(Row& row) {
    row.modified = database_->now;
    ++database_->revision;
    const auto before = database_->is_observed() ? find<Row>(row.id) : std::nullopt;
    database_->guarded([&] {
        std::vector<Cell::Kind> kinds = Database::kOutputs<Row>;
        kinds.push_back(Cell::Kind::Text);
        Statement& statement = database_->prepared(Database::kUpdate<Row>, kinds, {});
        Put put{statement.in.begin()};
        Columns<Row>::visit(std::as_const(row), put);
        statement.in.back().text = row.id.text();
        statement.run([] {});
    });
    if constexpr (std::is_same_v<Row, PhysicalMedium>) database_->place_sides(row);
    if (before) note_update(*before, row);
}

template <typename Row>
void Store::erase(const Guid& id) {
    static const std::string sql =
        std::string("DELETE FROM ") + Columns<Row>::table + " WHERE id = :id";
    const auto before = database_->is_observed() ? find<Row>(id) : std::nullopt;
    if (before) {
        database_->note(Row::type, NotificationOperation::Delete, id);
        database_->note_owners(*before);
    }
    database_->execute(sql, {id.text()});
    if constexpr (std::is_same_v<Row, Library>) {
        database_->execute("DELETE FROM ui_destination WHERE object = :id", {id.text()});
    }
    if constexpr (std::is_same_v<Row, Library> || std::is_same_v<Row, MediaPool>) {
        database_->execute("DELETE FROM security WHERE object = :id", {id.text()});
    }
}

#define NEARLINE_RSM_ROW(Row)                                  \
    template std::optional<Row> Store::find<Row>(const Guid&); \
    template void Store::insert<Row>(Row&);                    \
    template void Store::update<Row>(Row&);                    \
    template void Store::erase<Row>(const Guid&);
NEARLINE_RSM_ROW(Computer)
NEARLINE_RSM_ROW(Library)
NEARLINE_RSM_ROW(Changer)
NEARLINE_RSM_ROW(ChangerType)
NEARLINE_RSM_ROW(Drive)
NEARLINE_RSM_ROW(DriveType)
NEARLINE_RSM_ROW(StorageSlot)
NEARLINE_RSM_ROW(IEDoor)
NEARLINE_RSM_ROW(IEPort)
NEARLINE_RSM_ROW(MediaType)
NEARLINE_RSM_ROW(MediaPool)
NEARLINE_RSM_ROW(PhysicalMedium)
NEARLINE_RSM_ROW(Side)
NEARLINE_RSM_ROW(LogicalMedium)
NEARLINE_RSM_ROW(LibRequest)
NEARLINE_RSM_ROW(OpRequest)
#undef NEARLINE_RSM_ROW

std::optional<ObjectType> Store::type_of(const Guid& id) {
    if (id.is_null()) return std::nullopt;
    static const std::string sql = [] {
        std::string text;
        for (const auto& [table, type] : kTables) {
            text += text.empty() ? "" : " UNION ALL ";
            text += "SELECT " + std::to_string(static_cast<std::uint32_t>(type)) + " FROM " +
                    table + " WHERE id = :id";
        }
        return text;
    }();
    const auto found = database_->integer(sql, {id.text()});  // the same parameter everywhere
    if (!found) return std::nullopt;
    return static_cast<ObjectType>(*found);
}

std::optional<std::vector<Guid>> Store::ids(ObjectType wanted, ObjectType container_type,
                                            const Guid& container) {
    for (const Listing& listing : kListings) {
        if (listing.wanted != wanted || listing.container != container_type) continue;
        std::vector<Parameter> parameters;
        if (container_type != ObjectType::Unknown) parameters.emplace_back(container.text());
        return database_->guids(listing.sql, parameters);
    }
    return std::nullopt;
}

Computer Store::computer() {
    return database_->required<Computer>("LIMIT 1", {});
}

Library Store::offline_library() {
    return database_->required<Library>("WHERE library_type = 1 AND (flags & 1) = 1", {});
}

std::optional<Library> Store::library_managed_as(std::string_view managed_name) {
    return database_->row<Library>("WHERE managed_name = :name", {std::string(managed_name)});
}

MediaPool Store::root_pool() {
    return database_->required<MediaPool>("WHERE parent = ''", {});
}

std::optional<MediaPool> Store::pool_named(const Guid& parent, std::string_view name) {
    return database_->row<MediaPool>("WHERE parent = :parent AND name = :name",
                                     {parent.text(), std::string(name)});
}

std::optional<MediaPool> Store::system_pool(PoolType type, const Guid& media_type) {
    return database_->row<MediaPool>("WHERE pool_type = :type AND media_type = :media",
                                     {number(type), media_type.text()});
}

std::optional<MediaType> Store::media_type_of_code(std::uint32_t code) {
    return database_->row<MediaType>("WHERE code = :code", {number(code)});
}

std::optional<ChangerType> Store::changer_type_of(std::string_view vendor,
                                                  std::string_view product) {
    return database_->row<ChangerType>("WHERE vendor = :vendor AND product = :product",
                                       {std::string(vendor), std::string(product)});
}

std::optional<DriveType> Store::drive_type_of(std::string_view vendor, std::string_view product) {
    return database_->row<DriveType>("WHERE vendor = :vendor AND product = :product",
                                     {std::string(vendor), std::string(product)});
}

std::vector<Changer> Store::changers_of(const Guid& library) {
    return database_->rows<Changer>("WHERE library = :library ORDER BY number", {library.text()});
}

std::vector<Drive> Store::drives_of(const Guid& library) {
    return database_->rows<Drive>("WHERE library = :library ORDER BY number", {library.text()});
}

std::vector<StorageSlot> Store::slots_of(const Guid& library) {
    return database_->rows<StorageSlot>("WHERE library = :library ORDER BY number",
                                        {library.text()});
}

std::vector<IEPort> Store::ports_of(const Guid& library) {
    return database_->rows<IEPort>("WHERE library = :library ORDER BY number", {library.text()});
}

std::vector<IEDoor> Store::doors_of(const Guid& library) {
    return database_->rows<IEDoor>("WHERE library = :library ORDER BY number", {library.text()});
}

std::vector<PhysicalMedium> Store::media_in(const Guid& library) {
    return database_->rows<PhysicalMedium>("WHERE library = :library ORDER BY sequence_number",
                                           {library.text()});
}

std::optional<PhysicalMedium> Store::medium_of_bar_code(std::string_view bar_code) {
    if (bar_code.empty()) return std::nullopt;
    return database_->row<PhysicalMedium>("WHERE bar_code = :code AND bar_code <> ''",
                                          {std::string(bar_code)});
}

std::vector<Side> Store::sides_of(const Guid& medium) {
    return database_->rows<Side>("WHERE medium = :medium ORDER BY number", {medium.text()});
}

bool Store::knows_label(const std::string& type, const std::string& id) {
    return database_
        ->integer(
            "SELECT 1 FROM side WHERE label_id = :id AND label_id <> '' "
            "AND label_type = :type LIMIT 1",
            {id, type})
        .has_value();
}

std::vector<Side> Store::sides_labelled(std::string_view type, std::string_view id) {
    return database_->rows<Side>("WHERE label_type = :type AND label_id = :id ORDER BY created, id",
                                 {std::string(type), std::string(id)});
}

std::optional<Side> Store::side_of_logical(const Guid& logical_medium) {
    if (logical_medium.is_null()) return std::nullopt;
    return database_->row<Side>("WHERE logical_medium = :id AND logical_medium <> ''",
                                {logical_medium.text()});
}

// The best of each library that is ready, by its index, and of these the best: however many media
// are somewhere else, nobody reads them.
std::optional<Side> Store::available_side(const Guid& pool) {
    const auto libraries = database_->guids(
        "SELECT id FROM library WHERE library_type <> 1 AND operational_state = 0 "
        "AND enabled = 1",
        {});
    std::optional<Side> best;
    std::string best_sequence;
    for (const Guid& library : libraries) {
        auto side = database_->row<Side>(
            "WHERE pool = :pool AND library = :library AND state = 4 AND enabled = 1 "
            "ORDER BY allocate_count, sequence_number, number LIMIT 1",
            {pool.text(), library.text()});
        const auto medium = side ? find<PhysicalMedium>(side->medium) : std::nullopt;
        if (!medium || !medium->is_enabled) continue;
        const bool is_better = !best || std::pair(side->allocate_count, medium->sequence_number) <
                                            std::pair(best->allocate_count, best_sequence);
        if (!is_better) continue;
        best = std::move(side);
        best_sequence = medium->sequence_number;
    }
    return best;
}

bool Store::supports(const Guid& library, const Guid& media_type) {
    return database_
        ->integer("SELECT 1 FROM library_media_type WHERE library = :l AND media_type = :t",
                  {library.text(), media_type.text()})
        .has_value();
}

void Store::forget_media_types(const Guid& library) {
    database_->execute("DELETE FROM library_media_type WHERE library = :l", {library.text()});
}

void Store::add_media_type(const Guid& library, const Guid& media_type) {
    database_->execute("INSERT OR IGNORE INTO library_media_type VALUES (:l, :t)",
                       {library.text(), media_type.text()});
    database_->note(ObjectType::Library, NotificationOperation::Update, library);
}

void Store::remove_media_type(const Guid& library, const Guid& media_type) {
    database_->execute("DELETE FROM library_media_type WHERE library = :l AND media_type = :t",
                       {library.text(), media_type.text()});
    database_->note(ObjectType::Library, NotificationOperation::Update, library);
}

bool Store::is_supported(const Guid& media_type) {
    return database_
        ->integer("SELECT 1 FROM library_media_type WHERE media_type = :t LIMIT 1",
                  {media_type.text()})
        .has_value();
}

// By the pools of the type: a medium is in a pool of its own type, and pools have an index.
bool Store::has_media_of(const Guid& media_type, const Guid& library) {
    static const std::string sql =
        "SELECT 1 FROM media_pool p JOIN physical_media m ON m.pool = p.id "
        "WHERE p.media_type = :t ";
    if (library.is_null()) {
        return database_->integer(sql + "LIMIT 1", {media_type.text()}).has_value();
    }
    return database_
        ->integer(sql + "AND m.library = :l LIMIT 1", {media_type.text(), library.text()})
        .has_value();
}

std::uint32_t Store::count(Counted what, const Guid& container) {
    const auto found = database_->integer(counting_statement(what), {container.text()});
    return static_cast<std::uint32_t>(found.value_or(0));
}

std::optional<SecurityDescriptor> Store::descriptor(const Guid& object) {
    std::optional<SecurityDescriptor> found;
    database_->guarded([&] {
        Statement& statement =
            database_->bound("SELECT descriptor FROM security WHERE object = :object",
                             {object.text()}, {Cell::Kind::Text});
        statement.run([&] {
            const auto bytes = base::from_hex(statement.out.front().text);
            const auto parsed = parse_descriptor(bytes.value_or(base::Bytes{}));
            if (parsed) found = *parsed;
        });
    });
    return found;
}

void Store::set_descriptor(const Guid& object, const SecurityDescriptor& descriptor) {
    database_->execute("DELETE FROM security WHERE object = :object", {object.text()});
    database_->execute("INSERT INTO security VALUES (:object, :descriptor)",
                       {object.text(), base::to_hex(to_bytes(descriptor))});
}

std::vector<Guid> Store::unsecured() {
    return database_->guids(
        "SELECT id FROM computer UNION ALL SELECT id FROM library UNION ALL "
        "SELECT id FROM media_pool EXCEPT SELECT object FROM security",
        {});
}

Error Store::export_database() {
    Error outcome = Error::DatabaseFailure;
    database_->guarded([&] { outcome = copy_to(database_->handle(), database_->export_path); });
    return outcome;
}

Error Store::mark_import() {
    if (!is_database(database_->export_path)) return Error::DatabaseFailure;
    database_->execute("UPDATE meta SET value = 1 WHERE name = 'import'", {});
    return Error::Success;
}

std::optional<std::string> Store::attribute(const Guid& object, const std::string& name) {
    std::optional<std::string> data;
    database_->guarded([&] {
        Statement& statement =
            database_->bound("SELECT data FROM attribute WHERE object = :object AND name = :name",
                             {object.text(), name}, {Cell::Kind::Text});
        statement.run([&] {
            const auto bytes = base::from_hex(statement.out.front().text);
            data = std::string(base::as_text(bytes.value_or(base::Bytes{})));
        });
    });
    return data;
}

void Store::set_attribute(const Guid& object, const std::string& name, const std::string& data) {
    database_->execute("DELETE FROM attribute WHERE object = :object AND name = :name",
                       {object.text(), name});
    if (data.empty()) return;
    database_->execute("INSERT INTO attribute VALUES (:object, :name, :data)",
                       {object.text(), name, base::to_hex(base::as_bytes(data))});
}

std::vector<std::string> Store::ui_destinations(const Guid& object, std::uint32_t type) {
    std::vector<std::string> names;
    database_->guarded([&] {
        Statement& statement = database_->bound(
            "SELECT name FROM ui_destination WHERE object = :object AND type = :type "
            "ORDER BY place",
            {object.text(), number(type)}, {Cell::Kind::Text});
        statement.run([&] { names.push_back(statement.out.front().text); });
    });
    return names;
}

void Store::set_ui_destinations(const Guid& object, std::uint32_t type,
                                const std::vector<std::string>& names) {
    database_->execute("DELETE FROM ui_destination WHERE object = :object AND type = :type",
                       {object.text(), number(type)});
    std::uint64_t place = 0;
    for (const std::string& name : names) {
        database_->execute("INSERT INTO ui_destination VALUES (:object, :type, :place, :name)",
                           {object.text(), number(type), number(place++), name});
    }
}

void Store::erase_attributes(const Guid& object) {
    database_->execute("DELETE FROM attribute WHERE object = :object", {object.text()});
}

bool Store::is_operator_asked(OpCommand command, const Guid& argument) {
    return database_
        ->integer(
            "SELECT 1 FROM op_request WHERE argument1 = :argument AND argument1 <> '' "
            "AND state IN (1, 2, 3) AND command = :command LIMIT 1",
            {argument.text(), number(command)})
        .has_value();
}

void Store::end_operator_requests(const Guid& argument, OpState state) {
    // Submitted, active or in progress.
    database_->note_all(ObjectType::OpRequest, NotificationOperation::Update,
                        "SELECT id FROM op_request WHERE argument1 = :argument "
                        "AND argument1 <> '' AND state IN (1, 2, 3)",
                        {argument.text()});
    database_->execute(
        "UPDATE op_request SET state = :state, modified = :now "
        "WHERE argument1 = :argument AND argument1 <> '' AND state IN (1, 2, 3)",
        {number(state), number(database_->now), argument.text()});
}

std::vector<LibRequest> Store::open_requests_of(const Guid& library) {
    return database_->rows<LibRequest>(
        "WHERE library = :library AND state IN (0, 1, 5, 6) "
        "ORDER BY operation, queue_order, queued, created, id",
        {library.text()});
}

std::vector<LibRequest> Store::requests_of_work(const Guid& work) {
    return database_->rows<LibRequest>(
        "WHERE id = :work OR (work_item = :item AND work_item <> '') ORDER BY queued, created, id",
        {work.text(), work.text()});
}

std::vector<OpRequest> Store::open_operator_requests(OpCommand command, const Guid& argument) {
    return database_->rows<OpRequest>(
        "WHERE argument1 = :argument AND argument1 <> '' AND command = :command "
        "AND state IN (1, 2, 3) ORDER BY submitted, id",
        {argument.text(), number(command)});
}

std::vector<LibRequest> Store::open_requests_for(const Guid& medium) {
    return database_->rows<LibRequest>(
        "WHERE medium = :medium AND medium <> '' AND state IN (0, 1, 5, 6) ORDER BY queued, id",
        {medium.text()});
}

void Store::cancel_unfinished_requests() {
    database_->execute(
        "UPDATE physical_media SET media_state = 0 WHERE media_state IN (1, 6) AND id IN "
        "(SELECT medium FROM lib_request WHERE state IN (0, 1, 5, 6))",
        {});
    // What nobody waits for any more: new media, and media to be brought for a mount.
    database_->execute("DELETE FROM op_request WHERE command = 1 AND state IN (1, 2, 3)", {});
    database_->execute(
        "DELETE FROM op_request WHERE command = 4 AND state IN (1, 2, 3) "
        "AND application = 'Removable Storage' AND argument2 <> :offline",
        {offline_library().id.text()});
    database_->execute(
        "UPDATE lib_request SET state = 7, completed = :now, modified = :later "
        "WHERE state IN (0, 1, 5, 6)",
        {number(database_->now), number(database_->now)});
}

void Store::purge_requests() {
    constexpr std::uint32_t kNoAutoPurge = 1;
    constexpr std::uint32_t kNoFailedPurge = 2;
    const Computer policies = computer();
    const auto purge = [&](ObjectType type, const std::string& old, std::uint32_t seconds) {
        const std::uint64_t age = std::uint64_t{seconds} * 1000;
        const Parameter limit = number(database_->now > age ? database_->now - age : 0);
        database_->note_all(type, NotificationOperation::Delete, "SELECT id " + old, {limit});
        database_->execute("DELETE " + old, {limit});
    };
    if ((policies.lib_request_flags & kNoAutoPurge) == 0) {
        const bool keeps_failed = (policies.lib_request_flags & kNoFailedPurge) != 0;
        const std::string old =
            std::string("FROM lib_request WHERE completed > 0 AND completed < :limit ") +
            (keeps_failed ? "AND state <> 3" : "");
        purge(ObjectType::LibRequest, old, policies.lib_request_purge_time);
    }
    if ((policies.op_request_flags & kNoAutoPurge) == 0) {
        const bool keeps_refused = (policies.op_request_flags & kNoFailedPurge) != 0;
        const std::string old = std::string("FROM op_request WHERE modified < :limit AND state ") +
                                (keeps_refused ? "= 5" : "IN (4, 5)");
        purge(ObjectType::OpRequest, old, policies.op_request_purge_time);
    }
}

}  // namespace nearline::rsm
