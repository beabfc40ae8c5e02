// `skypod add`, `list`, `episodes`, `refresh` and `played`: the library that all devices of the realm share.
#include <cstdio>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/peer_client.hpp"
#include "cli/people.hpp"

namespace skypod::cli {
namespace {

constexpr std::int64_t page = 500;  // episodes asked for at a time
constexpr const char* played_help = R"(Examples:
  skypod played "episode-guid-42"                  it is finished, on all your devices
  skypod played "episode-guid-42" --position 95    it was left after 95 seconds
)";

struct Choices {
  DataOptions data;
  bool json = false;
  std::string text;  // a feed or an episode
  std::optional<double> position_s;
};

std::string text_of(const Json& object, const char* name) {
  const Json value = object.value(name, Json());
  return value.is_string() ? printable(value.get<std::string>()) : "";
}

Json subscriptions_of(PeerClient& peer) {
  return peer.ask("library.subscriptions").value("subscriptions", Json::array());
}

/// The feed that is named by its number in the list, its address or its title.
std::string find_feed(PeerClient& peer, const std::string& text) {
  const Json subscriptions = subscriptions_of(peer);
  std::size_t number = 0;
  for (const Json& subscription : subscriptions) {
    const std::string feed = subscription.value("feed", "");
    if (text == std::to_string(++number) || text == feed || text == subscription.value("title", "")) return feed;
  }
  throw Failure{failed, "\"" + printable(text) +
                            "\" is no feed of the library; see the numbers, titles and addresses " + "of skypod list"};
}

/// All episodes of a feed, or those until one is enough.
template <class IsEnough>
Json episodes_of(PeerClient& peer, const std::string& feed, IsEnough is_enough) {
  Json all = Json::array();
  for (std::int64_t total = 1; static_cast<std::int64_t>(all.size()) < total;) {
    const Json args = {{"feed", feed}, {"offset", all.size()}, {"limit", page}};
    const Json answer = peer.ask("library.episodes", args);
    total = answer.value("total", std::int64_t{0});
    const Json episodes = answer.value("episodes", Json::array());
    if (episodes.empty()) break;
    for (const Json& episode : episodes) {
      all.push_back(episode);
      if (is_enough(episode)) return all;
    }
  }
  return all;
}

int add(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json answer = peer.ask("library.add", {{"url", choices.text}});
  if (choices.json) {
    print_json(answer);
  } else {
    std::printf("subscribed to %s\n", text_of(answer, "title").c_str());
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

void print_episode(const Json& episode) {
  const Json published = episode.value("publishedMs", Json());
  const Json play = episode.value("play", Json());
  std::string state;
  if (play.is_object()) {
    const auto position_s = static_cast<long long>(play.value("positionS", 0.0));
    state = play.value("completed", false) ? "  [played]" : "  [at " + std::to_string(position_s) + " s]";
  }
  std::printf("%-16s  %s%s\n                  %s\n",
              published.is_number() ? local_time(published.get<std::int64_t>()).c_str() : "",
              text_of(episode, "title").c_str(), state.c_str(), text_of(episode, "id").c_str());
}

int episodes(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json all = episodes_of(peer, find_feed(peer, choices.text), [](const Json&) { return false; });
  if (choices.json) {
    print_json({{"episodes", all}});
    return done;
  }
  for (const Json& episode : all) print_episode(episode);
  return done;
}

int refresh(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json feed = choices.text.empty() ? Json() : Json(find_feed(peer, choices.text));
  const Json answer = peer.ask("library.refresh", {{"feed", feed}});
  if (choices.json) print_json(answer);
  return done;
}

/// The episode that has this id, whichever feed it is of.
Json find_episode(PeerClient& peer, const std::string& id) {
  for (const Json& subscription : subscriptions_of(peer)) {
    const auto is_meant = [&id](const Json& episode) { return episode.value("id", "") == id; };
    const Json found = episodes_of(peer, subscription.value("feed", ""), is_meant);
    if (!found.empty() && is_meant(found.back())) return found.back();
  }
  throw Failure{failed, "\"" + printable(id) + "\" is no episode of the library; see the ids of skypod episodes FEED"};
}

int played(const Choices& choices) {
  PeerClient peer(choices.data);
  const Json episode = find_episode(peer, choices.text);
  const Json duration = episode.value("durationS", Json());
  const double end_s = duration.is_number() ? duration.get<double>() : 0;
  const Json answer = peer.ask("play.progress", {{"feed", episode.value("feed", "")},
                                                 {"episode", choices.text},
                                                 {"positionS", choices.position_s.value_or(end_s)},
                                                 {"durationS", duration},
                                                 {"completed", !choices.position_s.has_value()}});
  if (choices.json) print_json(answer);
  return done;
}

}  // namespace

void add_library(CLI::App& app, Action& action) {
  const auto choices = std::make_shared<Choices>();
  add_command(app, action, choices, "add", "Subscribe to a feed", add)
      ->add_option("url", choices->text, "The feed's address")
      ->required();
  add_command(app, action, choices, "list", "List the subscriptions", list);
  add_command(app, action, choices, "episodes", "List a feed's episodes, newest first", episodes)
      ->add_option("feed", choices->text, "Its number in the list, its address or its title")
      ->required();
  add_command(app, action, choices, "refresh", "Look for new episodes", refresh)
      ->add_option("feed", choices->text, "One feed only: its number, address or title");
  CLI::App* playing = add_command(app, action, choices, "played", "Say how far an episode was played", played);
  playing->footer(played_help);
  playing->add_option("episode", choices->text, "The episode's id, as skypod episodes prints it")->required();
  playing->add_option("--position", choices->position_s, "Seconds from its beginning (default: it is finished)")
      ->check(CLI::NonNegativeNumber);
}

}  // namespace skypod::cli
