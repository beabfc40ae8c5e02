// The sans-I/O contract of base/ and core/, word by word: code there may not reach a clock, a thread, a file, the
// environment or a source of randomness, even where a header it is allowed to include would offer one.
#pragma once

#include "tools/tidy/tidy.hpp"

namespace skypod::tidy {

/// Findings for C++ files in base/ and core/, tests included; none for other files.
Findings check_sans_io(const File& file);

}  // namespace skypod::tidy
