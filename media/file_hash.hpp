// The SHA-256 of a file that is not held in memory.
#pragma once

#include <string>

#include "base/result.hpp"
#include "media/failure.hpp"

namespace skypod::media {

/// In lower-case hexadecimal. The descriptor's position is not used.
Result<std::string, Failure> hash_file(int descriptor);

}  // namespace skypod::media
