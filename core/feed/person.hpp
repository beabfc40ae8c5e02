// Authors as RSS writes them, in one string: "ann@example.com (Ann Lee)", "Ann Lee <ann@example.com>", or only one of
// both.
#pragma once

#include <string_view>

#include "core/feed/feed.hpp"

namespace skypod::feed {

/// Splits such a string into name and email; whatever is no address is the name.
Person parse_person(std::string_view text);

}  // namespace skypod::feed
