#include "cli/finding.hpp"

namespace skypod::cli {

std::string name_of(Health health) {
  switch (health) {
    case Health::good:
      return "good";
    case Health::warning:
      return "warning";
    case Health::bad:
      return "bad";
    case Health::skipped:
      return "skipped";
  }
  return "";
}

Finding bad_finding(std::string name, const std::string& sentence) {
  const std::size_t end = sentence.rfind("; ");
  return {std::move(name), Health::bad, sentence.substr(0, end),
          end == std::string::npos ? "" : sentence.substr(end + 2)};
}

}  // namespace skypod::cli
