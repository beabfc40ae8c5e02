#include "cli/command.hpp"

#include <cstdio>

namespace skypod::cli {

int fail(int code, const std::string& what_why_and_mend) {
  std::string line = what_why_and_mend;
  for (char& letter : line) {
    if (letter == '\n') letter = ' ';
  }
  std::fprintf(stderr, "skypod: %s\n", line.c_str());
  return code;
}

void add_allow_fetch(CLI::App& command, std::vector<std::string>& cidrs) {
  const CLI::Validator is_network(
      [](const std::string& text) { return CidrSet().add(text) ? "" : text + " is no network such as 10.0.0.0/8"; },
      "CIDR");
  command.add_option("--allow-fetch", cidrs, "Fetch from this network although it is not public; may be repeated")
      ->check(is_network)
      ->allow_extra_args(false);
}

CidrSet networks_of(const std::vector<std::string>& cidrs) {
  CidrSet networks;
  for (const std::string& cidr : cidrs) networks.add(cidr);
  return networks;
}

}  // namespace skypod::cli
