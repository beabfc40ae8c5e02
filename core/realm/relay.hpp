// What members say by way of the server: signed by the sender, encrypted under the realm's key, and taken once only.
//
// The payload of a realm.broadcast is a JWE under a realm key (core/realm/keyring.hpp) around a token of the sender. So
// the server reads nothing; a removed device that still has an old key can sign for nobody; and a message is known by
// the sender's session, one life of its process, and its number in it. A session counts from 1 upwards; a new one
// begins later than all that was heard before. Whatever does not go on from there has been heard or held back.
#pragma once

#include <map>
#include <string>

#include "base/task.hpp"
#include "core/realm/keyring.hpp"

namespace skypod::realm {

using core::Host;
using wire::Error;
using wire::TimeMs;

/// Up to where each sender has been heard. Kept across restarts, so that an old message stays old.
class RelayLog {
 public:
  /// Takes note of message `number`, sent at `sent_ms`, of a sender's session. False if it does not go on from what was
  /// heard: a repetition.
  bool note(const std::string& sender, const std::string& session, std::int64_t number, TimeMs sent_ms);

  /// The same for a message that came in its turn but could not be read until now, so that later ones were heard
  /// before it. Only the `overtaking_max` numbers before the newest can still be told from repetitions.
  bool note_overtaken(const std::string& sender, const std::string& session, std::int64_t number, TimeMs sent_ms);

  static constexpr std::int64_t overtaking_max = 32;

  void forget(const std::string& sender) { heard_.erase(sender); }

  Json to_json() const;
  /// Leaves out what it cannot read.
  static RelayLog from_json(const Json& value);

 private:
  struct Heard {
    std::string session;
    std::int64_t number = 0;
    TimeMs sent_ms = 0;        // of the newest
    std::uint32_t before = 0;  // bit i: number - 1 - i was heard too
  };
  std::map<std::string, Heard> heard_;
};

/// Who says what, where and when.
struct Relayed {
  std::string realm, sender, session;
  std::int64_t number = 0;
  TimeMs sent_ms = 0;
  wire::Envelope message;
};

/// Why a payload was not taken.
enum class RelayFault {
  unknown_key,  // encrypted under a key that this device does not have (yet)
  forged,       // altered, or not the sender's
  repeated,     // heard before, or too old
};

/// How long a message may be under way, by the server's time.
inline constexpr TimeMs relay_age_max_ms = 5 * 60'000;

/// The payload that carries this.
Task<Result<std::string, Error>> wrap(Host& host, RealmKey key, Relayed what);

/// The reverse: decrypts, checks signature, realm and age (`now` by the server's time). The sender must be a member.
Task<Result<Relayed, RelayFault>> unwrap(Host& host, const Keyring& keys, ledger::Member sender, std::string realm,
                                         TimeMs now, std::string payload);

}  // namespace skypod::realm
