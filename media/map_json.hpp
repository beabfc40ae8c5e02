// The map as JSON, as docs/PROTOCOL.md describes it.
#pragma once

#include <nlohmann/json.hpp>

#include "media/analysis.hpp"

namespace skypod::media {

/// Times in seconds to the millisecond, levels to a hundredth of a decibel.
nlohmann::json to_json(const Map& map);

}  // namespace skypod::media
