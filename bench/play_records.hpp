// Play records like those of bench/sync_peers.mjs, for every benchmark of syncing.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "test/sync/sides.hpp"

namespace skypod::bench {

inline constexpr int records = 50'000;
inline constexpr int per_feed = 500;
inline constexpr int changes_each = 1'000;

/// A feed, a random UUID, a position of up to two hours, mostly done.
inline sync::Write record(Random& random, int number, const std::string& device) {
  const std::string hex = to_hex(random.bytes(16));
  const std::string uuid = hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
                           hex.substr(16, 4) + "-" + hex.substr(20);
  const std::string feed = "https://feeds.example/" + std::to_string(number / per_feed) + "/rss.xml";
  const double seconds = static_cast<double>(random.below(72'000)) / 10;
  return {library::play_address(library::short_device(device), feed, "guid:" + uuid),
          library::pack_play({seconds, random.chance(80), true})};
}

/// So many, each written for itself.
inline void fill(test::Side& side, Random& random, int count) {
  for (int i = 0; i < count; ++i) {
    side.local.pass(static_cast<wire::TimeMs>(1 + random.below(20'000)));
    side.get(side.library.replica().write({record(random, i, side.id)}));
  }
}

}  // namespace skypod::bench
