// Libraries that talk to each other directly, each over its own SQLite: for tests of what merges how.
#pragma once

#include <string>
#include <vector>

#include "core/library/library.hpp"
#include "core/sync/exchange.hpp"
#include "test/sync/local_host.hpp"

namespace skypod::test {

using wire::Json;
using wire::TimeMs;

/// An identity as base64url of 32 octets, made from a number.
inline std::string identity(std::uint64_t number) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  Random random(number);
  std::string text;
  for (int i = 0; i < 42; ++i) text += digits[random.below(64)];
  return text + "A";
}

/// One device's library with its side of the conversation.
class Side {
 public:
  explicit Side(std::uint64_t number, const std::string& path = ":memory:", std::uint64_t life = 0)
      : id(identity(number)),
        local(number * 1'000 + life, path),
        library(local.host(), id),
        exchange(library.replica()) {
    const auto opened = local.run(library.open());
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
  }

  /// The value of a query, or the section of a write, that must succeed.
  template <class T>
  T get(Task<Result<T, wire::Error>> task) {
    auto result = local.run(std::move(task));
    EXPECT_TRUE(result) << (result ? "" : result.error().detail);
    return result ? std::move(*result) : T{};
  }

  /// All registers, in an order and spelling that does not depend on how they came here.
  std::string state() {
    const auto rows = run_database(
        local.database(),
        {{{"SELECT hex(a.author), hex(stamp), hex(key), collection, s.scope, name, field, value FROM registers r JOIN "
           "sync_authors a ON a.id = r.author JOIN sync_scopes s ON s.id = r.scope ORDER BY key"}}});
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().detail);
    return rows ? wire::to_json(*rows) : "";
  }
  /// What is derived from them, but for what feeds said to this device alone.
  std::string derived() {
    const auto rows = run_database(local.database(), {{{"SELECT * FROM subscriptions ORDER BY feed"},
                                                       {"SELECT * FROM queue ORDER BY feed, episode"},
                                                       {"SELECT * FROM aliases ORDER BY feed, episode"},
                                                       {"SELECT * FROM devices ORDER BY id"},
                                                       {"SELECT * FROM settings ORDER BY scope, name"}}});
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().detail);
    return rows ? wire::to_json(*rows) : "";
  }

  std::string id;
  LocalHost local;
  library::Library library;
  sync::Exchange exchange;
};

/// What was said until both sides were silent.
struct Traffic {
  std::size_t messages = 0;
  std::size_t octets = 0;
};

/// Delivers messages in turn until there are none, through CBOR as a data channel does.
inline Traffic talk(Side& a, Side& b, std::vector<wire::Envelope> to_a, std::vector<wire::Envelope> to_b) {
  Traffic traffic;
  while ((!to_a.empty() || !to_b.empty()) && traffic.messages < 100'000) {
    const bool here = !to_b.empty();
    std::vector<wire::Envelope>& queue = here ? to_b : to_a;
    const Bytes octets = wire::to_octets(queue.front());
    queue.erase(queue.begin());
    traffic.octets += octets.size();
    ++traffic.messages;
    const auto message = wire::parse_octets(octets);
    Side& side = here ? b : a;
    const auto outcome = side.local.run(side.exchange.receive(here ? "a" : "b", message->msg, message->dat));
    std::vector<wire::Envelope>& back = here ? to_a : to_b;
    back.insert(back.end(), outcome.replies.begin(), outcome.replies.end());
  }
  return traffic;
}

/// Two devices meet and tell each other everything.
inline Traffic meet(Side& a, Side& b) {
  return talk(a, b, {b.local.run(b.exchange.connected("a"))}, {a.local.run(a.exchange.connected("b"))});
}

}  // namespace skypod::test
