// What `skypod doctor` says: one finding for each thing that it has looked at.
#pragma once

#include <string>
#include <vector>

namespace skypod::cli {

/// How a thing is. skipped: it could not be looked at, because of something that another finding tells.
enum class Health { good, warning, bad, skipped };

/// One thing, as it was found.
struct Finding {
  std::string name;  // of the thing, in a word or two
  Health health = Health::good;
  std::string found;   // what is so
  std::string mend{};  // what to do about it; "" if nothing needs to be done
};

using Findings = std::vector<Finding>;

/// "good", "warning", "bad" or "skipped".
std::string name_of(Health health);

/// A sentence of what and why, "; " and the mend, as a finding.
Finding bad_finding(std::string name, const std::string& sentence);

}  // namespace skypod::cli
