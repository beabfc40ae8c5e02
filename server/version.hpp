// The release, as the build names it.
#pragma once

#include <string_view>

namespace skypod::server {

/// E.g. "0.1.0".
inline constexpr std::string_view version = SKYPOD_VERSION;

}  // namespace skypod::server
