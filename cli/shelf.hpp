// Feeds and episodes as people name and read them at the command line.
#pragma once

#include <string>

#include "cli/peer_client.hpp"

namespace skypod::cli {

/// A member of an object that can be printed; "" if it is no text.
std::string text_of(const Json& object, const char* name);

Json subscriptions_of(PeerClient& peer);

/// The feed that is named by its number in `skypod list`, its address or its title. Throws Failure.
std::string find_feed(PeerClient& peer, const std::string& text);

/// The episode with this id, in the feed that is named so ("": in any). Throws Failure if it is none or several.
Json find_episode(PeerClient& peer, const std::string& id, const std::string& feed);

/// An episode in two lines; with the feed's title in front where `feed_too`.
void print_episode(const Json& episode, bool feed_too);

/// Where it is, and the episode itself, for commands that take both.
Json entry_of(const Json& episode);

}  // namespace skypod::cli
