// The database's tables, and what leads to them from earlier versions. What is released is never changed; a new version
// is appended.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ports.hpp"

namespace skypod::library {

/// The version that this code reads and writes, in PRAGMA user_version.
std::int64_t schema_version();
core::ask::Statement set_version();

/// All tables of this version but `state`, for a database that has none of them.
std::vector<core::ask::Statement> create_tables();

/// Version 2 did not keep what feeds say at length; the next refresh brings it.
std::vector<core::ask::Statement> leave_version_2();

/// Version 3 did not know how a feed was reached.
std::vector<core::ask::Statement> leave_version_3();

/// Version 1 had registers as `fields`: they are read and named anew in between (see migration.cpp). The first part
/// moves what stands in the way, the second brings what feeds said into the new tables.
std::vector<core::ask::Statement> leave_version_1();
std::vector<core::ask::Statement> carry_over_version_1();

}  // namespace skypod::library
