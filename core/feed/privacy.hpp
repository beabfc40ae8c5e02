// Whom a feed's address may be told to. Feeds for paying members carry a key in their address: whoever sees it can
// listen. Others stand inside a home's own network, which is nobody's business outside. Neither is told to a server
// that need not know it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace skypod::feed {

/// Whom people let a feed's address be told to.
enum class Reach : std::uint8_t {
  guess,     // by what it looks like
  realm,     // private: devices of the realm only
  everyone,  // the server too
};
/// "", "realm", "everyone".
std::string_view name_of(Reach reach);
/// The one of that name; nothing for any other.
std::optional<Reach> reach_named(std::string_view name);

/// True for an address with a user name or password, with a parameter that is named like a key and has a value of 6
/// characters or more, with a path part that says "private" or the like, or with a path part or value of 24 characters
/// or more that looks drawn at random. UUIDs and parameters named like an id do not count: public feeds have them too.
/// A guess, either way.
bool looks_private(std::string_view url);

/// True unless the address names a host of the public internet: for "localhost", names without a dot or under a suffix
/// that only means something inside (.local, .lan, .internal, .home.arpa …), addresses of this machine and of private
/// networks, and IP addresses in any other notation than the usual one.
bool is_inside(std::string_view url);

/// Whether the server, itself at the address `server` ("" if it is not known), may be asked for `url`, be it a feed or
/// what a feed refers to. `feed`: whose it is, "" for an address that people have typed; `reach`: what they have chosen
/// for that feed. A server that is inside a network itself may be told of others inside. None ever learns an address
/// with a name or password in it, whatever people have chosen.
bool may_tell_server(std::string_view url, std::string_view feed, Reach reach, std::string_view server);

}  // namespace skypod::feed
