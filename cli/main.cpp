// `skypod`: finds the subcommand, and turns whatever happens into one of three exit codes.
#include <cstdio>

#include "cli/command.hpp"
#include "server/version.hpp"

namespace skypod::cli {
namespace {

constexpr const char* examples = R"(Examples:
  skypod serve                                     serve on http://127.0.0.1:7890
  skypod serve --listen 0.0.0.0:7890 --data /srv/skypod
  skypod serve --allow-fetch 192.168.0.0/16        let feeds come from the local network too
  skypod feed parse https://example.org/feed.xml   print a feed as JSON
)";

int parse_and_run(int count, char** arguments) {
  CLI::App app("A self-hosted, offline-first podcast and feed reader whose devices sync directly.", "skypod");
  app.set_version_flag("--version", "skypod " + std::string(server::version));
  app.footer(examples);
  app.require_subcommand(1);
  Action action;
  add_serve(app, action);
  add_peer(app, action);
  add_feed(app, action);
  try {
    app.parse(count, arguments);
  } catch (const CLI::Success& asked) {  // --help and --version
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return fail(misused, std::string(error.what()) + "; see skypod --help");
  }
  return action();
}

}  // namespace

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

int main(int count, char** arguments) {
  return skypod::cli::parse_and_run(count, arguments);
}
