// Which rights each function wants, on the media pool, the library and the computer: the documents'
// two tables, of Server 2003 and later and of Windows 2000 and XP. Nothing else in RSM says so.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rsm/constants.h"

namespace nearline::rsm {

enum class Edition { Xp, Server2003 };

struct Wanted {
    std::uint32_t pool = 0;
    std::uint32_t library = 0;
    std::uint32_t computer = 0;
};

// A function, or the part of it that concerns another object: "AllocateMedia: free pool".
struct FunctionRights {
    std::string_view name;
    Wanted server_2003;
    Wanted xp;
};
std::span<const FunctionRights> function_rights();

// The object that holds the list for objects of a type.
enum class Holder { Pool, Library, Computer };

// What functions that take any object want on the holder of one of this type.
struct TypeRights {
    ObjectType type;
    Holder holder;
    std::uint32_t set_information;     // Server 2003
    std::uint32_t set_information_xp;  // Windows XP
};
std::span<const TypeRights> type_rights();

// The functions that want the same of every type.
struct AnyTypeRights {
    std::string_view name;
    std::uint32_t server_2003;
    std::uint32_t xp;
};
std::span<const AnyTypeRights> any_type_rights();

// By name; the name is one of the table's.
Wanted wanted_by(std::string_view function, Edition edition);
// What a function wants on the holder of an object of `type`.
std::uint32_t wanted_on(std::string_view function, ObjectType type, Edition edition);

}  // namespace nearline::rsm
