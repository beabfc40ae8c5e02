// Words that must not stand in certain places: this machine's paths and package registries anywhere, sleeping in tests.
#pragma once

#include "tools/tidy/tidy.hpp"

namespace skypod::tidy {

/// Absolute paths of a developer's machine and host names of package registries, in any text file. A file with a zero
/// octet is taken for binary and skipped.
Findings check_forbidden_text(const File& file);

/// Sleeps in unit tests and below test/: a test waits for an event with a deadline, never for time to pass. A promise
/// that rejects on a timer is a deadline and allowed; one that a timer resolves is a sleep.
Findings check_sleeps(const File& file);

}  // namespace skypod::tidy
