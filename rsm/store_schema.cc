#include "rsm/store_schema.h"

#include <array>

namespace nearline::rsm {
namespace {

// The null GUID is the empty text, so that no column is ever NULL. Ids in requests are plain
// values without foreign keys: stale ones are documented behaviour. Tables are keyed by their
// GUID alone (WITHOUT ROWID), which makes finding and deleting one lookup.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('identifiers', 0), ('sequence_numbers', 0);

CREATE TABLE computer (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    lib_request_purge_time INTEGER NOT NULL, op_request_purge_time INTEGER NOT NULL,
    lib_request_flags INTEGER NOT NULL, op_request_flags INTEGER NOT NULL,
    media_pool_policy INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE library (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    library_type INTEGER NOT NULL, managed_name TEXT NOT NULL,
    cleaner_slot TEXT NOT NULL, cleaner_slot_default TEXT NOT NULL,
    has_bar_code_reader INTEGER NOT NULL, inventory_method INTEGER NOT NULL,
    cleaner_uses_remaining INTEGER NOT NULL, auto_recovery INTEGER NOT NULL,
    flags INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE changer (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    library TEXT NOT NULL, number INTEGER NOT NULL, changer_type TEXT NOT NULL,
    serial_number TEXT NOT NULL, revision TEXT NOT NULL, device_name TEXT NOT NULL,
    lun INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX changer_by_library ON changer (library, number);

CREATE TABLE changer_type (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    vendor TEXT NOT NULL, product TEXT NOT NULL, UNIQUE (vendor, product)) WITHOUT ROWID;

CREATE TABLE drive (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    library TEXT NOT NULL, number INTEGER NOT NULL, element INTEGER NOT NULL,
    state INTEGER NOT NULL, drive_type TEXT NOT NULL, device_name TEXT NOT NULL,
    serial_number TEXT NOT NULL, revision TEXT NOT NULL, lun INTEGER NOT NULL,
    mount_count INTEGER NOT NULL, last_cleaned INTEGER NOT NULL, saved_side TEXT NOT NULL,
    defer_dismount_delay INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX drive_by_library ON drive (library, number);

CREATE TABLE drive_type (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    vendor TEXT NOT NULL, product TEXT NOT NULL, device_type INTEGER NOT NULL,
    UNIQUE (vendor, product)) WITHOUT ROWID;

CREATE TABLE storage_slot (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    library TEXT NOT NULL, number INTEGER NOT NULL, element INTEGER NOT NULL,
    state INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX storage_slot_by_library ON storage_slot (library, number);

CREATE TABLE door (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    library TEXT NOT NULL, number INTEGER NOT NULL, state INTEGER NOT NULL,
    max_open_seconds INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX door_by_library ON door (library, number);

CREATE TABLE port (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    library TEXT NOT NULL, number INTEGER NOT NULL, element INTEGER NOT NULL,
    content INTEGER NOT NULL, position INTEGER NOT NULL,
    max_extend_seconds INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX port_by_library ON port (library, number);

CREATE TABLE media_type (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    code INTEGER NOT NULL UNIQUE, sides INTEGER NOT NULL, read_write INTEGER NOT NULL,
    device_type INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE library_media_type (
    library TEXT NOT NULL, media_type TEXT NOT NULL,
    PRIMARY KEY (library, media_type)) WITHOUT ROWID;

CREATE TABLE media_pool (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    pool_type INTEGER NOT NULL, media_type TEXT NOT NULL, parent TEXT NOT NULL,
    allocation_policy INTEGER NOT NULL, deallocation_policy INTEGER NOT NULL,
    max_allocates INTEGER NOT NULL, UNIQUE (parent, name)) WITHOUT ROWID;

CREATE TABLE physical_media (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    library TEXT NOT NULL, pool TEXT NOT NULL, location TEXT NOT NULL,
    location_type INTEGER NOT NULL, media_type TEXT NOT NULL, home_slot TEXT NOT NULL,
    bar_code TEXT NOT NULL, sequence_number TEXT NOT NULL, media_state INTEGER NOT NULL,
    media_type_code INTEGER NOT NULL, density_code INTEGER NOT NULL,
    mounted_side TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX physical_media_by_pool ON physical_media (pool);
CREATE INDEX physical_media_by_library ON physical_media (library);
CREATE UNIQUE INDEX physical_media_by_bar_code ON physical_media (bar_code) WHERE bar_code <> '';

CREATE TABLE side (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    medium TEXT NOT NULL, logical_medium TEXT NOT NULL, state INTEGER NOT NULL,
    number INTEGER NOT NULL, label_id TEXT NOT NULL, label_type TEXT NOT NULL,
    label_info TEXT NOT NULL, mount_count INTEGER NOT NULL, allocate_count INTEGER NOT NULL,
    capacity INTEGER NOT NULL, UNIQUE (medium, number)) WITHOUT ROWID;
CREATE UNIQUE INDEX side_by_logical_medium ON side (logical_medium) WHERE logical_medium <> '';

CREATE TABLE logical_media (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL, pool TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX logical_media_by_pool ON logical_media (pool);

CREATE TABLE lib_request (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    operation INTEGER NOT NULL, option INTEGER NOT NULL, state INTEGER NOT NULL,
    side TEXT NOT NULL, drive TEXT NOT NULL, medium TEXT NOT NULL, library TEXT NOT NULL,
    slot TEXT NOT NULL, queued INTEGER NOT NULL, completed INTEGER NOT NULL,
    application TEXT NOT NULL, user TEXT NOT NULL, computer TEXT NOT NULL,
    error INTEGER NOT NULL, work_item TEXT NOT NULL, priority INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX lib_request_by_library ON lib_request (library, state);
CREATE INDEX lib_request_by_medium ON lib_request (medium, state) WHERE medium <> '';

CREATE TABLE op_request (
    id TEXT PRIMARY KEY, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    enabled INTEGER NOT NULL, operational_state INTEGER NOT NULL,
    name TEXT NOT NULL, description TEXT NOT NULL,
    command INTEGER NOT NULL, submitted INTEGER NOT NULL, state INTEGER NOT NULL,
    message TEXT NOT NULL, argument1_type INTEGER NOT NULL, argument1 TEXT NOT NULL,
    argument2_type INTEGER NOT NULL, argument2 TEXT NOT NULL, application TEXT NOT NULL,
    user TEXT NOT NULL, computer TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX op_request_by_argument ON op_request (argument1, state) WHERE argument1 <> '';

CREATE TABLE access (
    object TEXT NOT NULL, kind INTEGER NOT NULL, principal INTEGER NOT NULL,
    rights INTEGER NOT NULL, PRIMARY KEY (object, kind, principal)) WITHOUT ROWID;
CREATE TABLE attribute (
    object TEXT NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (object, name)) WITHOUT ROWID
)sql";

// Attributes are kept as hexadecimal digits.
constexpr std::string_view kVersion2 = R"sql(
CREATE TABLE ui_destination (
    object TEXT NOT NULL, type INTEGER NOT NULL, place INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (object, type, place)) WITHOUT ROWID;
CREATE INDEX side_by_label ON side (label_id) WHERE label_id <> ''
)sql";

constexpr std::string_view kVersion3 = R"sql(
ALTER TABLE lib_request ADD COLUMN queue_order INTEGER NOT NULL DEFAULT 0;
CREATE INDEX lib_request_by_work ON lib_request (work_item) WHERE work_item <> ''
)sql";

// Security descriptors are self-relative bytes, as hexadecimal digits. The lists there were before
// had no owners and no denials; what they were of gets its default.
constexpr std::string_view kVersion4 = R"sql(
DROP TABLE access;
CREATE TABLE security (object TEXT PRIMARY KEY, descriptor TEXT NOT NULL) WITHOUT ROWID
)sql";

// Where a side's medium is stands in the side, too: the next one to allocate is the first of an
// index. Requests that are purged are found by their age.
constexpr std::string_view kVersion5 = R"sql(
INSERT INTO meta VALUES ('import', 0);
ALTER TABLE side ADD COLUMN pool TEXT NOT NULL DEFAULT '';
ALTER TABLE side ADD COLUMN library TEXT NOT NULL DEFAULT '';
ALTER TABLE side ADD COLUMN sequence_number TEXT NOT NULL DEFAULT '';
UPDATE side SET
    pool = COALESCE((SELECT m.pool FROM physical_media m WHERE m.id = side.medium), ''),
    library = COALESCE((SELECT m.library FROM physical_media m WHERE m.id = side.medium), ''),
    sequence_number =
        COALESCE((SELECT m.sequence_number FROM physical_media m WHERE m.id = side.medium), '');
CREATE INDEX side_available ON side (pool, library, allocate_count, sequence_number, number)
    WHERE state = 4 AND enabled = 1;
CREATE INDEX lib_request_by_completion ON lib_request (completed) WHERE completed > 0
)sql";

constexpr std::array kMigrations = {kVersion1, kVersion2, kVersion3, kVersion4, kVersion5};

}  // namespace

std::span<const std::string_view> schema_migrations() {
    return kMigrations;
}

}  // namespace nearline::rsm
