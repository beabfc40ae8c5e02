// The analysis in a process of its own: `skypod audio`, which can do nothing but compute (media/jail/jail.hpp).
// Whatever a hostile file makes of it, this process goes on, and takes its word for nothing but the map.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "core/wire/json.hpp"
#include "native/feed_loader.hpp"

namespace skypod::server {

/// How long an analysis may take; 24 hours of audio take five minutes on a small machine.
inline constexpr std::chrono::minutes analysis_time_max{30};

/// Octets of one line that the analysis prints: 200,000 silences are 5 MB.
inline constexpr std::size_t analysis_line_octets_max = 8U << 20U;

/// Runs `program audio --lines -` on an open file at a low priority; ends it with the coroutine. `progress` is called
/// with 0 to 1. 422 not_audio and what else the analysis says; audio_refused if it ends without a word.
boost::asio::awaitable<Result<wire::Json, ServiceError>> analyse_apart(std::string program, int file,
                                                                       std::function<void(double)> progress);

}  // namespace skypod::server
