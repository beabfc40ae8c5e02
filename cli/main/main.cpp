// `skypod`: finds the subcommand, and turns whatever happens into one of three exit codes.
#include <algorithm>
#include <clocale>
#include <utility>

#include "cli/command.hpp"
#include "server/version.hpp"

namespace skypod::cli {
namespace {

constexpr const char* examples = R"(Examples:
  skypod serve                                     serve on http://127.0.0.1:7890
  skypod serve --listen 0.0.0.0:7890 --data /srv/skypod
  skypod serve --allow-fetch 192.168.0.0/16        let feeds come from the local network too
  skypod peer --server https://pod.example         be a device of your realm that is always on
  skypod realm create --server https://pod.example found a realm with this device
  skypod realm join --server https://pod.example   join the realm of another device
  skypod send "dinner is ready"                    say something to your other devices
  skypod add https://example.org/feed.xml          subscribe, on all your devices
  skypod search lanterns                           find episodes
  skypod queue                                     what is to be heard next
  skypod backup skypod.backup                      the library in an encrypted file
  skypod feed parse https://example.org/feed.xml   print a feed as JSON
  skypod feed discover example.org                 find the feeds of a site
  skypod article https://example.org/news/1        print an article as JSON
  skypod doctor                                    say what is wrong, and what to do about it
  skypod audio episode.mp3                         print where an episode is silent, and how loud it is
)";

int parse_and_run(int count, char** arguments) {
  CLI::App app("A self-hosted, offline-first podcast and feed reader whose devices sync directly.", "skypod");
  app.set_version_flag("--version", "skypod " + std::string(server::version));
  app.footer(examples);
  app.require_subcommand(1);
  Action action;
  add_serve(app, action);
  add_peer(app, action);
  add_realm(app, action);
  add_messages(app, action);
  add_library(app, action);
  add_queue(app, action);
  add_transfer(app, action);
  add_feed(app, action);
  add_article(app, action);
  add_doctor(app, action);
  add_audio(app, action);
  try {
    std::vector<std::string> words = protect_ids({arguments + 1, arguments + count});
    std::ranges::reverse(words);  // as CLI11 wants them
    app.parse(std::move(words));
  } catch (const CLI::Success& asked) {  // --help and --version
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return fail(misused, std::string(error.what()) + "; see skypod --help");
  }
  try {
    return action();
  } catch (const Failure& failure) {
    return fail(failure.code, failure.message);
  }
}

}  // namespace

}  // namespace skypod::cli

int main(int count, char** arguments) {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // libcurl reads the letters of host names by it (RFC 5891)
  return skypod::cli::parse_and_run(count, arguments);
}
