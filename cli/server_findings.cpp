#include "cli/server_findings.hpp"

#include <cstdlib>

namespace skypod::cli {
namespace {

Finding certificate_finding(int days) {
  const std::string found = "it expires in " + std::to_string(days) + (days == 1 ? " day" : " days");
  if (days >= certificate_days_min) return {"certificate", Health::good, found};
  return {"certificate", Health::warning, found, "renew it, and send skypod serve a SIGHUP"};
}

Finding clock_finding(wire::TimeMs ahead_ms) {
  const wire::TimeMs error_ms = std::abs(ahead_ms);
  const std::string found = "this device's is " + std::to_string((error_ms + 500) / 1000) + " s " +
                            (ahead_ms < 0 ? "behind" : "ahead of") + " the server's";
  const std::string mend = "set both by the network: timedatectl set-ntp true";
  if (error_ms > clock_error_max_ms) return {"clock", Health::bad, found, mend};
  if (error_ms > clock_error_min_ms) return {"clock", Health::warning, found, mend};
  return {"clock", Health::good, "within " + std::to_string(error_ms / 1000 + 1) + " s of the server's"};
}

}  // namespace

Findings server_findings(const std::string& url, const peer::ServerCheck& seen) {
  if (!seen.problem.empty()) {
    return {bad_finding("server", seen.problem)};
  }
  Findings findings{{"server", Health::good, url + " answers, skypod " + seen.version}};
  if (seen.certificate_days) findings.push_back(certificate_finding(*seen.certificate_days));
  if (seen.link_problem.empty()) {
    findings.push_back({"link", Health::good, "the server takes realm links"});
  } else {
    findings.push_back(bad_finding("link", seen.link_problem));
  }
  if (seen.clock_ahead_ms) findings.push_back(clock_finding(*seen.clock_ahead_ms));
  return findings;
}

Findings ice_findings(const std::vector<rtc::Probed>& probed) {
  if (probed.empty()) {
    return {{"STUN and TURN", Health::warning, "the server names none, so devices in different networks may only relay",
             "give skypod serve --stun and --turn; docs/OPERATIONS.md says how"}};
  }
  Findings findings;
  for (const rtc::Probed& one : probed) {
    const bool works = !one.address.empty();
    if (works && one.is_turn) {
      findings.push_back({"TURN", Health::good, one.url + " allocates " + one.address});
    } else if (works) {
      findings.push_back({"STUN", Health::good, one.url + " sees this device as " + one.address});
    } else if (one.is_turn) {
      findings.push_back({"TURN", Health::bad, one.url + " allocates nothing",
                          "check that it runs, that its ports are open from here, that it has the same secret as "
                          "skypod serve, and that its clock is right"});
    } else {
      findings.push_back({"STUN", Health::bad, one.url + " does not answer",
                          "check that it runs, and that UDP passes from here; where it does not, TURN by TCP helps"});
    }
  }
  return findings;
}

}  // namespace skypod::cli
