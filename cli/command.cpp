#include "cli/command.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <string_view>

#include "cli/people.hpp"

namespace skypod::cli {
namespace {

constexpr std::size_t id_letters = 43;  // SHA-256 in base64url

bool is_id_letter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '_';
}

/// Whether an argument that begins with "-" can only be meant as an id.
bool is_id(std::string_view argument) {
  const bool is_option = argument.starts_with("--") && argument.size() != id_letters;
  return argument.starts_with('-') && !is_option && argument.size() >= id_prefix_min && argument.size() <= id_letters &&
         std::ranges::all_of(argument, is_id_letter);
}

}  // namespace

std::vector<std::string> protect_ids(std::vector<std::string> arguments) {
  for (std::string& argument : arguments) {
    if (argument == "--") break;
    if (is_id(argument)) argument.insert(0, 1, ' ');
  }
  return arguments;
}

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
