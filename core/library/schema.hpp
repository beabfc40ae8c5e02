// The database's tables, version by version. A migration is never changed once released; a new one is appended.
#pragma once

#include <vector>

#include "core/ports.hpp"

namespace skypod::library {

/// The statements that lead from version `from` (0 for an empty database) to the newest, each version's in order.
std::vector<core::ask::Statement> migrations_since(std::int64_t from);

/// The version that this code reads and writes.
std::int64_t schema_version();

}  // namespace skypod::library
