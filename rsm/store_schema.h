// The database's tables, as a list of migrations: the database of version n has run the first n.
// What has been released is never changed; a change is one more entry.
#pragma once

#include <span>
#include <string_view>

namespace nearline::rsm {

// Each is a list of statements separated by semicolons.
std::span<const std::string_view> schema_migrations();

}  // namespace nearline::rsm
