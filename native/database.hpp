// The core's Database port on Linux: what the browser's worker does with SQLite's WebAssembly build, with the same SQL
// and the same rows.
#pragma once

#include "core/ports.hpp"
#include "native/sqlite.hpp"

namespace skypod {

/// Runs the statements in one transaction, durably, or none of them. Answers a list of rows per statement, each row a
/// list of columns; storage_failed with SQLite's words if it fails.
core::Answer run_database(sqlite::Database& database, const core::ask::Database& ask);

}  // namespace skypod
