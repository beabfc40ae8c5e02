// The transport ladder: what carries the stream with one peer. It stands on the encrypted relay as soon as the server
// says that the peer is there, moves up to the data channel once a pong has come back on it, and back down the moment
// that the channel is in doubt. Only the decision lives here; the manager carries it out.
#pragma once

#include <string_view>

namespace skypod::realm {

/// From the lowest to the best.
enum class Rung {
  none,    // nothing reaches the peer now
  relay,   // realm.broadcast with one recipient, encrypted for the realm
  turn,    // a data channel by way of a TURN server
  direct,  // a data channel between the two devices
};

/// What is known of the ways to one peer.
struct Ways {
  bool online = false;   // the server reaches it, and this device the server
  bool open = false;     // there is an open data channel
  bool proven = false;   // which has brought a pong since it was last in doubt
  bool by_turn = false;  // and runs over a TURN server
};

/// The best rung that holds. An unproven channel is used only where there is no relay.
constexpr Rung best_rung(const Ways& ways) {
  const Rung channel = ways.by_turn ? Rung::turn : Rung::direct;
  if (ways.open && (ways.proven || !ways.online)) return channel;
  return ways.online ? Rung::relay : Rung::none;
}

/// Whether a data channel carries it.
constexpr bool by_channel(Rung rung) {
  return rung == Rung::turn || rung == Rung::direct;
}

/// As people and programs read it: "none", "relay", "turn" or "direct".
constexpr std::string_view name_of(Rung rung) {
  switch (rung) {
    case Rung::none:
      return "none";
    case Rung::relay:
      return "relay";
    case Rung::turn:
      return "turn";
    case Rung::direct:
      return "direct";
  }
  return "";
}

}  // namespace skypod::realm
