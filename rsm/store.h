// Where RSM's objects are kept: a database file, or memory. Rules see rows and questions, never
// SQL. Every call of the API is one transaction: all of it is durable when transact returns, or
// none of it ever was.
//
// A failure of the database is latched: after it, reads yield nothing and writes do nothing, and
// transact returns its code. So rules read and write freely and need not check.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rsm/changes.h"
#include "rsm/objects.h"
#include "rsm/security_descriptor.h"

namespace nearline::rsm {

class Store;

// Hears what transactions do to objects. Nothing is gathered while it listens to nothing.
class StoreObserver {
public:
    virtual ~StoreObserver() = default;
    virtual bool is_listening() const = 0;
    // Inside the transaction: a library request has come to its end.
    virtual void request_ended(Store& store, const LibRequest& request) = 0;
    // After the commit, outside any transaction.
    virtual void committed(std::vector<Change> changes) = 0;
};

class Store {
public:
    // `path` is a file or ":memory:". `seed` is what GUIDs are drawn from, with their number.
    // `export_path` is the file that exports go to, and imports come from; empty for none.
    static base::Result<std::unique_ptr<Store>, std::string> open(
        const std::string& path, std::uint64_t seed, const std::string& export_path = "");
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // Commits what `work` did when it returns Success, else rolls it back. `now_ms` stamps the
    // rows. Not reentrant.
    Error transact(std::uint64_t now_ms, const std::function<Error()>& work);

    // At most one; null for none. It must outlive the store, or be taken away.
    void observe(StoreObserver* observer);

    // Counts what transactions have written: while it stays, so does everything.
    std::uint64_t revision() const;

    // Inside transact only, all of the following.

    // Tells the observer, if this transaction commits. Changes of rows tell themselves.
    void announce(const Change& change);

    Guid new_id();
    std::uint64_t now_ms() const;       // of this transaction
    std::string new_sequence_number();  // "000042": what a person writes on the cartridge

    // `Row` is any of the structs of objects.h that derive from Object.
    template <typename Row>
    std::optional<Row> find(const Guid& id);
    // Gives a row without id a new one, and the times.
    template <typename Row>
    void insert(Row& row);
    template <typename Row>
    void update(Row& row);
    template <typename Row>
    void erase(const Guid& id);

    std::optional<ObjectType> type_of(const Guid& id);

    // What EnumerateNtmsObject lists. A pair that makes no sense yields nullopt.
    std::optional<std::vector<Guid>> ids(ObjectType wanted, ObjectType container_type,
                                         const Guid& container);

    Computer computer();
    Library offline_library();
    std::optional<Library> library_managed_as(std::string_view managed_name);

    MediaPool root_pool();
    std::optional<MediaPool> pool_named(const Guid& parent, std::string_view name);
    std::optional<MediaPool> system_pool(PoolType type, const Guid& media_type);
    std::optional<MediaType> media_type_of_code(std::uint32_t code);
    std::optional<ChangerType> changer_type_of(std::string_view vendor, std::string_view product);
    std::optional<DriveType> drive_type_of(std::string_view vendor, std::string_view product);

    std::vector<Changer> changers_of(const Guid& library);
    std::vector<Drive> drives_of(const Guid& library);  // by number
    std::vector<StorageSlot> slots_of(const Guid& library);
    std::vector<IEPort> ports_of(const Guid& library);
    std::vector<IEDoor> doors_of(const Guid& library);
    std::vector<PhysicalMedium> media_in(const Guid& library);

    std::optional<PhysicalMedium> medium_of_bar_code(std::string_view bar_code);
    std::vector<Side> sides_of(const Guid& medium);  // by number
    // Whether a side has this on-media identifier: hexadecimal digits, as in Side.
    bool knows_label(const std::string& type, const std::string& id);
    // Every side with this on-media identifier: duplicates are possible.
    std::vector<Side> sides_labelled(std::string_view type, std::string_view id);
    std::optional<Side> side_of_logical(const Guid& logical_medium);
    // The side AllocateNtmsMedia takes when none is named: available, enabled, in a library that is
    // ready; the one allocated least, then the oldest.
    std::optional<Side> available_side(const Guid& pool);

    bool supports(const Guid& library, const Guid& media_type);
    void forget_media_types(const Guid& library);
    void add_media_type(const Guid& library, const Guid& media_type);
    void remove_media_type(const Guid& library, const Guid& media_type);
    bool is_supported(const Guid& media_type);  // by any library
    // Media of that type in the library; in any when it is null.
    bool has_media_of(const Guid& media_type, const Guid& library);

    enum class Counted {
        MediaOfLibrary,
        MediaTypesOfLibrary,
        OpenRequestsOfLibrary,
        DrivesOfLibrary,
        SlotsOfLibrary,
        DoorsOfLibrary,
        PortsOfLibrary,
        ChangersOfLibrary,
        MediaOfPool,
        LogicalMediaOfPool,
        PoolsOfPool,
    };
    std::uint32_t count(Counted what, const Guid& container);

    // Only the computer, libraries and media pools have one; it goes with them.
    std::optional<SecurityDescriptor> descriptor(const Guid& object);
    void set_descriptor(const Guid& object, const SecurityDescriptor& descriptor);
    // A copy of the database as it is, in place of the last export. SharingViolation while
    // somebody else has that open.
    Error export_database();
    // The next open takes the export. DatabaseFailure when there is none that could be taken.
    Error mark_import();

    // Those that should have one and have not.
    std::vector<Guid> unsecured();

    std::optional<std::string> attribute(const Guid& object, const std::string& name);
    // Empty data takes it away.
    void set_attribute(const Guid& object, const std::string& name, const std::string& data);
    void erase_attributes(const Guid& object);
    // Computers of one of the NtmsUITypes, as they were added.
    std::vector<std::string> ui_destinations(const Guid& object, std::uint32_t type);
    void set_ui_destinations(const Guid& object, std::uint32_t type,
                             const std::vector<std::string>& names);
    // Operator requests about an object that nobody has answered yet.
    bool is_operator_asked(OpCommand command, const Guid& argument);
    void end_operator_requests(const Guid& argument, OpState state);
    std::vector<OpRequest> open_operator_requests(OpCommand command, const Guid& argument);
    // Library requests that are queued, in process, waiting or deferred: in the order they are
    // worked off (by operation, the documents say; mounts by their order numbers; then by age).
    std::vector<LibRequest> open_requests_of(const Guid& library);
    std::vector<LibRequest> open_requests_for(const Guid& medium);
    // The request of this id and those that name it as their work item, whatever their state.
    std::vector<LibRequest> requests_of_work(const Guid& work);
    // What was not finished when the service ended never will be: media wait for nothing then, and
    // nobody waits for new ones.
    void cancel_unfinished_requests();
    // Finished requests older than the computer's purge times, unless its flags keep them.
    void purge_requests();

private:
    struct Database;
    template <typename Row>
    void note_update(const Row& before, const Row& after);

public:
    explicit Store(std::unique_ptr<Database> database);  // open makes it

private:
    std::unique_ptr<Database> database_;
};

}  // namespace nearline::rsm
