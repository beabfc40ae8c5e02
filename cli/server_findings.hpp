// Whether the server serves: its address, certificate, links and clock; and the STUN and TURN servers.
#pragma once

#include "cli/finding.hpp"
#include "core/wire/json.hpp"
#include "peer/server_check.hpp"
#include "rtc/probe.hpp"

namespace skypod::cli {

/// A certificate that expires within this time is a warning.
inline constexpr int certificate_days_min = 14;
/// A clock that is further off is a warning; further than the second, other devices hold back what this one writes.
inline constexpr wire::TimeMs clock_error_min_ms = 10'000;
inline constexpr wire::TimeMs clock_error_max_ms = 5 * 60'000;

/// What follows from what was seen of a server.
Findings server_findings(const std::string& url, const peer::ServerCheck& seen);

/// The same of STUN and TURN servers. None is a warning.
Findings ice_findings(const std::vector<rtc::Probed>& probed);

}  // namespace skypod::cli
