// The RSM service: the functions of ntmsapi.h as methods with JSON in and out, whatever carries
// them. The host serves it as HTTP: POST /nearline.v1.RsmService/METHOD.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rsm/rights_table.h"
#include "scsi/initiator.h"

namespace nearline::rsm {

// Who calls: the peer's credentials on the Unix socket.
struct Caller {
    std::uint32_t user = 0;
    std::vector<std::uint32_t> groups;
    std::uint64_t connection = 0;  // sessions opened on it end with it
};

struct Answer {
    std::uint16_t http_status = 200;
    std::string json;
};

// What RSM manages: one changer with its drives, reached through SCSI only.
struct ManagedLibrary {
    std::string name;  // the library object's name
    scsi::Initiator* changer = nullptr;
    scsi::Lun changer_lun{};
    struct Drive {
        scsi::Initiator* initiator = nullptr;
        scsi::Lun lun{};
    };
    std::vector<Drive> drives;  // in any order: they are matched by serial number
};

// How the service waits: on the caller's own time, virtual or real.
class Delays {
public:
    virtual ~Delays() = default;
    // Runs `action` once, not before `milliseconds` have passed. Destroying Delays drops it.
    virtual void after(std::uint64_t milliseconds, std::function<void()> action) = 0;
    // As `after`, for times that people have set: never shortened, as waits for a model whose time
    // runs ahead of the clock may be.
    virtual void in_full(std::uint64_t milliseconds, std::function<void()> action) {
        after(milliseconds, std::move(action));
    }
    // Milliseconds since 1970-01-01 UTC: the database's time stamps.
    virtual std::uint64_t now_ms() const = 0;
};

class Service {
public:
    struct Settings {
        std::string database;       // a file's path, or ":memory:"
        std::string computer_name;  // the computer object's name
        std::uint32_t administrator_group = 0;
        std::uint64_t identifier_seed = 0;  // GUIDs are drawn from it and what the database holds
        // The group that is BUILTIN\Backup Operators; none has to be.
        std::optional<std::uint32_t> backup_operator_group = std::nullopt;
        Edition edition = Edition::Server2003;  // whose table of rights holds
        // Where ExportDatabase writes; its folder exists. Empty: nowhere.
        std::string export_file = {};
    };
    static base::Result<std::unique_ptr<Service>, std::string> open(const Settings& settings,
                                                                    Delays& delays);
    virtual ~Service() = default;

    // Takes a library under management: finds or makes its objects, takes a fast inventory.
    virtual void manage(const ManagedLibrary& library) = 0;
    // `method` is the name after the slash: "DeleteMedia". `done` runs once, later or at once.
    virtual void call(std::string_view method, std::string_view json, const Caller& caller,
                      std::function<void(Answer)> done) = 0;
    virtual void connection_closed(std::uint64_t connection) = 0;
};

}  // namespace nearline::rsm
