#include "cli/shelf.hpp"

#include <cstdio>

#include "cli/people.hpp"

namespace skypod::cli {

std::string text_of(const Json& object, const char* name) {
  const Json value = object.value(name, Json());
  return value.is_string() ? printable(value.get<std::string>()) : "";
}

Json subscriptions_of(PeerClient& peer) {
  return peer.ask("library.subscriptions").value("subscriptions", Json::array());
}

std::string find_feed(PeerClient& peer, const std::string& text) {
  const Json subscriptions = subscriptions_of(peer);
  std::size_t number = 0;
  for (const Json& subscription : subscriptions) {
    const std::string feed = subscription.value("feed", "");
    if (text == std::to_string(++number) || text == feed || text == subscription.value("title", "")) return feed;
  }
  throw Failure{failed, "\"" + printable(text) +
                            "\" is no feed of the library; see the numbers, titles and addresses of skypod list"};
}

Json find_episode(PeerClient& peer, const std::string& id, const std::string& feed) {
  const Json where = feed.empty() ? Json() : Json(find_feed(peer, feed));
  const Json found = peer.ask("library.find", {{"feed", where}, {"episode", id}}).value("episodes", Json::array());
  if (found.empty()) {
    throw Failure{failed,
                  "\"" + printable(id) + "\" is no episode of the library; see the ids of skypod episodes FEED"};
  }
  if (found.size() > 1) {
    throw Failure{failed, std::to_string(found.size()) + " feeds have an episode \"" + printable(id) +
                              "\"; say which one with --feed"};
  }
  return found[0];
}

void print_episode(const Json& episode, bool feed_too) {
  const Json published = episode.value("publishedMs", Json());
  const Json play = episode.value("play", Json());
  std::string state;
  if (play.is_object()) {
    const auto position_s = static_cast<long long>(play.value("positionS", 0.0));
    state = play.value("completed", false) ? "  [played]" : "  [at " + std::to_string(position_s) + " s]";
  }
  const std::string feed = feed_too ? text_of(episode, "feedTitle") + ": " : "";
  std::printf("%-16s  %s%s%s\n                  %s\n",
              published.is_number() ? local_time(published.get<std::int64_t>()).c_str() : "", feed.c_str(),
              text_of(episode, "title").c_str(), state.c_str(), text_of(episode, "id").c_str());
}

Json entry_of(const Json& episode) {
  return {{"feed", episode.value("feed", "")}, {"episode", episode.value("id", "")}};
}

}  // namespace skypod::cli
