// `skypod add`, `remove`, `list`, `episodes`, `search`, `refresh`, `played` and `compact`: the library that all devices
// of the realm share.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/percent.hpp"
#include "cli/command.hpp"
#include "cli/files.hpp"
#include "cli/people.hpp"
#include "cli/shelf.hpp"
#include "core/feed/login.hpp"

namespace skypod::cli {
namespace {

constexpr std::int64_t page = 500;  // episodes asked for at a time
constexpr const char* episodes_help = R"(Examples:
  skypod episodes 1                                the first feed of skypod list, newest first
  skypod episodes "The Show" --limit 20            its 20 newest
  skypod episodes 1 --limit 20 --offset 20         the 20 after them
  skypod episodes 1 --only unplayed --json         for programs
)";
constexpr const char* add_help = R"(Examples:
  skypod add https://example.org/feed.xml
  skypod add https://members.example/feed --login ann         asks for the password, and keeps it on your devices
  skypod add https://members.example/feed --login ann < file  reads it
)";
constexpr const char* search_help =
    R"(Every word must occur in the title or the description; the last may be the beginning of one.
Examples:
  skypod search rust compil
  skypod search lanterns --limit 5 --json
)";
constexpr const char* played_help = R"(Examples:
  skypod played "episode-guid-42"                  it is finished, on all your devices
  skypod played "episode-guid-42" --position 95    it was left after 95 seconds
  skypod played 42 --feed "The Show"               where two feeds have an episode 42
)";

struct Choices {
  DataOptions data;
  bool json = false;
  std::string text;  // a feed or an episode
  std::string feed;
  std::string login;
  std::string only = "all";
  bool is_private = false;
  std::vector<std::string> words;
  std::int64_t offset = 0;
  std::optional<std::int64_t> limit;
  std::optional<double> position_s;
};

/// The address to add, with the name and the password that is asked for.
std::string address_to_add(const Choices& choices) {
  if (choices.login.empty()) return choices.text;
  const std::string password = read_secret("password of " + choices.login, false);
  return feed::put_login(choices.text, percent_encode(choices.login) + ":" + percent_encode(password));
}

int add(const Choices& choices) {
  const std::string url = address_to_add(choices);
  PeerClient peer(choices.data);
  const Json answer = peer.ask("library.add", {{"url", url}, {"reach", choices.is_private ? "realm" : ""}});
  if (choices.json) {
    print_json(answer);
  } else {
    const char* said = answer.value("known", false) ? "already subscribed to" : "subscribed to";
    std::printf("%s %s\n", said, text_of(answer, "title").c_str());
  }
  return done;
}

int unsubscribe(const Choices& choices) {
  PeerClient peer(choices.data);
  const std::string feed = find_feed(peer, choices.text);
  peer.ask("library.remove", {{"feed", feed}});
  if (choices.json) {
    print_json({{"feed", feed}});
  } else {
    std::printf("unsubscribed on all your devices; what was played is known again after: skypod add %s\n",
                printable(feed).c_str());
  }
  return done;
}

int list(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json subscriptions = subscriptions_of(peer);
  if (choices.json) {
    print_json({{"subscriptions", subscriptions}});
    return done;
  }
  int number = 0;
  for (const Json& subscription : subscriptions) {
    std::printf("%3d  %s (%lld of %lld played)\n     %s\n", ++number, text_of(subscription, "title").c_str(),
                static_cast<long long>(subscription.value("played", std::int64_t{0})),
                static_cast<long long>(subscription.value("episodes", std::int64_t{0})),
                text_of(subscription, "feed").c_str());
    const std::string problem = text_of(subscription, "problem");
    if (!problem.empty()) std::printf("     %s\n", problem.c_str());
  }
  if (subscriptions.empty()) std::puts("no subscriptions yet; add one with: skypod add URL");
  return done;
}

/// A list's part that was asked for, page by page: {episodes, total}.
Json read_pages(PeerClient& peer, const Choices& choices, const std::string& command, Json args) {
  Json all = Json::array();
  std::int64_t total = choices.offset + 1;
  const auto wanted = [&] {
    const std::int64_t rest = std::max<std::int64_t>(0, total - choices.offset);
    return choices.limit ? std::min(*choices.limit, rest) : rest;
  };
  while (static_cast<std::int64_t>(all.size()) < wanted()) {
    const auto count = static_cast<std::int64_t>(all.size());
    args["offset"] = choices.offset + count;
    args["limit"] = std::min(page, choices.limit ? *choices.limit - count : page);
    const Json answer = peer.ask(command, args);
    total = answer.value("total", std::int64_t{0});
    const Json episodes = answer.value("episodes", Json::array());
    if (episodes.empty()) break;
    all.insert(all.end(), episodes.begin(), episodes.end());
  }
  return {{"episodes", std::move(all)}, {"total", total}};
}

/// Prints what read_pages gave, and how to see more.
int print_list(const Choices& choices, const Json& list, bool feed_too) {
  if (choices.json) {
    print_json(list);
    return done;
  }
  const Json& episodes = list["episodes"];
  for (const Json& episode : episodes) print_episode(episode, feed_too);
  const std::int64_t end = choices.offset + static_cast<std::int64_t>(episodes.size());
  const auto total = list.value("total", std::int64_t{0});
  if (!episodes.empty() && end < total) {
    std::printf("%lld of %lld; see more with --offset %lld\n", static_cast<long long>(episodes.size()),
                static_cast<long long>(total), static_cast<long long>(end));
  }
  return done;
}

int episodes(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json args = {{"feed", find_feed(peer, choices.text)}, {"filter", choices.only}};
  return print_list(choices, read_pages(peer, choices, "library.episodes", args), false);
}

int search(const Choices& choices) {
  PeerClient peer(choices.data);
  std::string words;
  for (const std::string& word : choices.words) words += words.empty() ? word : " " + word;
  const Json found = read_pages(peer, choices, "library.search", {{"words", words}});
  if (found["episodes"].empty() && !choices.json) std::puts("nothing was found; try fewer or shorter words");
  return print_list(choices, found, true);
}

/// Shows how many feeds have been fetched, on one line that goes when they are.
void show_progress(const Json& progress) {
  const auto fetched = progress.value("done", 0LL);
  const auto left = progress.value("left", 0LL);
  if (left > 0) std::fprintf(stderr, "\r%lld of %lld feeds", fetched, fetched + left);
  if (left == 0) std::fputs("\r\x1b[K", stderr);
}

int refresh(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json feed = choices.text.empty() ? Json() : Json(find_feed(peer, choices.text));
  const bool is_watched = isatty(STDERR_FILENO) != 0;
  const Json answer =
      peer.ask("library.refresh", {{"feed", feed}}, is_watched ? PeerClient::Progress(show_progress) : nullptr);
  if (choices.json) print_json(answer);
  return done;
}

int played(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json episode = find_episode(peer, choices.text, choices.feed);
  const Json duration = episode.value("durationS", Json());
  const double end_s = duration.is_number() ? duration.get<double>() : 0;
  Json args = entry_of(episode);
  args["positionS"] = choices.position_s.value_or(end_s);
  args["durationS"] = duration;
  args["completed"] = !choices.position_s.has_value();
  const Json answer = peer.ask("play.progress", args);
  if (choices.json) print_json(answer);
  return done;
}

/// Octets of the library's files.
std::uintmax_t size_of(const std::filesystem::path& data) {
  std::uintmax_t size = 0;
  for (const char* name : {"library.sqlite", "library.sqlite-wal"}) {
    std::error_code error;
    const std::uintmax_t octets = std::filesystem::file_size(data / name, error);
    if (!error) size += octets;
  }
  return size;
}

int compact(const Choices& choices) {
  PeerClient peer(choices.data);
  const std::filesystem::path data = peer.last("host.ready").value("data", "");
  const std::uintmax_t before = size_of(data);
  peer.ask("library.compact");
  const std::uintmax_t after = size_of(data);
  if (choices.json) {
    print_json({{"before", before}, {"after", after}});
  } else {
    std::printf("the library took %.1f MB and takes %.1f MB\n", static_cast<double>(before) / 1e6,
                static_cast<double>(after) / 1e6);
  }
  return done;
}

void add_paging(CLI::App& command, Choices& choices, const char* limit_help) {
  command.add_option("--limit", choices.limit, limit_help)->check(CLI::Range(1, 1'000'000));
  command.add_option("--offset", choices.offset, "Leave out so many at the beginning")
      ->check(CLI::Range(0, 10'000'000));
}

}  // namespace

void add_library(CLI::App& app, Action& action) {
  const auto choices = std::make_shared<Choices>();
  CLI::App* adding = add_command(app, action, choices, "add", "Subscribe to a feed", add);
  adding->add_option("url", choices->text, "The feed's address")->required();
  adding->footer(add_help);
  adding->add_option("--login", choices->login, "The name that its host wants, for a feed with a password");
  adding->add_flag("--private", choices->is_private, "Only devices of the realm fetch it; the server is never told");
  add_command(app, action, choices, "remove", "Unsubscribe from a feed", unsubscribe)
      ->add_option("feed", choices->text, "Its number in the list, its address or its title")
      ->required();
  add_command(app, action, choices, "list", "List the subscriptions", list);

  CLI::App* listing = add_command(app, action, choices, "episodes", "List a feed's episodes, newest first", episodes);
  listing->footer(episodes_help);
  listing->add_option("feed", choices->text, "Its number in the list, its address or its title")->required();
  listing->add_option("--only", choices->only, "unplayed, started or played")
      ->check(CLI::IsMember({"all", "unplayed", "started", "played"}));
  add_paging(*listing, *choices, "So many at most (default: all)");

  CLI::App* searching = add_command(app, action, choices, "search", "Find episodes by words, best match first", search);
  searching->footer(search_help);
  searching->add_option("words", choices->words, "What to look for")->required();
  add_paging(*searching, *choices, "So many at most (default: all)");

  add_command(app, action, choices, "refresh", "Look for new episodes", refresh)
      ->add_option("feed", choices->text, "One feed only: its number, address or title");

  CLI::App* playing = add_command(app, action, choices, "played", "Say how far an episode was played", played);
  playing->footer(played_help);
  playing->add_option("episode", choices->text, "The episode's id, as skypod episodes prints it")->required();
  playing->add_option("--feed", choices->feed, "The feed, where several have such an episode");
  playing->add_option("--position", choices->position_s, "Seconds from its beginning (default: it is finished)")
      ->check(CLI::NonNegativeNumber);

  add_command(app, action, choices, "compact", "Give back the room of what was deleted from the library", compact);
}

}  // namespace skypod::cli
