// `skypod feed parse`.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include "cli/command.hpp"
#include "native/feed_loader.hpp"
#include "reader/feed_content.hpp"

namespace skypod::cli {
namespace {

struct Choices {
  std::string source;
  std::string base;
  std::vector<std::string> cidrs;
};

Result<wire::Json, ServiceError> load_url(const Choices& choices) {
  FetchOptions options;
  options.allowed = networks_of(choices.cidrs);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return fetch_feed(choices.source, options, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

Result<wire::Json, ServiceError> load_file(const Choices& choices) {
  const std::string& path = choices.source;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream document;
  document << file.rdbuf();
  if (!file || document.bad()) {
    return unexpected(ServiceError{400, "unreadable", path + " cannot be read: check its name and permissions"});
  }
  return parse_feed(document.view(), "", choices.base);
}

int parse(const Choices& choices) {
  const bool is_url = choices.source.starts_with("http://") || choices.source.starts_with("https://");
  auto feed = is_url ? load_url(choices) : load_file(choices);
  if (!feed) {
    return fail(failed, feed.error().message);
  }
  reader::finish_feed(*feed);
  std::puts(wire::to_json(*feed).c_str());
  return done;
}

}  // namespace

void add_feed(CLI::App& app, Action& action) {
  CLI::App* feed = app.add_subcommand("feed", "Read feeds");
  feed->require_subcommand(1);
  CLI::App* command = feed->add_subcommand("parse", "Print a feed as JSON Feed 1.1");
  const auto choices = std::make_shared<Choices>();
  command->add_option("source", choices->source, "A file, or an http or https address")->required();
  command->add_option("--base", choices->base, "Where a file came from, for its relative addresses");
  add_allow_fetch(*command, choices->cidrs);
  command->callback([&action, choices] { action = [choices] { return parse(*choices); }; });
}

}  // namespace skypod::cli
