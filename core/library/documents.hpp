// How the library's documents are named and what their values mean. docs/PROTOCOL.md section 9.1 lists them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/sync/document.hpp"

namespace skypod::library {

using sync::Address;
using wire::Json;
using wire::TimeMs;

namespace collection {
inline constexpr const char* alias = "alias";
inline constexpr const char* device = "device";
inline constexpr const char* mark = "mark";
inline constexpr const char* play = "play";
inline constexpr const char* queue = "queue";
inline constexpr const char* setting = "setting";
inline constexpr const char* subscription = "subscription";
}  // namespace collection

/// A device in scopes: so many characters of its identity.
inline constexpr std::size_t device_letters = 12;
std::string short_device(std::string_view identity);

/// How far a device is in an episode. `active`: it listened, or somebody decided while seeing where the others are; not
/// so what is written in passing, as a mark on many episodes is.
struct PlayState {
  double position_s = 0;
  bool completed = false;
  bool active = true;
};

/// Longest position: a third of a year.
inline constexpr double seconds_max = 1e7;

/// As one whole number: hundredths of a second, then one bit each for active and completed.
std::int64_t pack_play(const PlayState& state);
std::optional<PlayState> unpack_play(const Json& value);

Address play_address(std::string_view device, const std::string& feed, const std::string& episode);
Address mark_address(std::string_view device, const std::string& feed);
Address alias_address(const std::string& feed, const std::string& episode);
Address queue_address(const std::string& feed, const std::string& episode);
Address subscription_address(const std::string& feed, std::string field);

/// A device and a feed, or a feed and an episode: the two sides of the first blank. A feed's address has none.
struct Joined {
  std::string first, second;
};
Joined split_name(std::string_view name);

/// A play record as a candidate for what is shown.
struct Candidate {
  PlayState state;
  sync::Stamp stamp;
  std::string device;
};

/// What is written in passing yields to listening that happened up to so long before it: who wrote it may not have
/// known.
inline constexpr TimeMs passive_handicap_ms = 60 * 60'000;

/// Whether `left` is rather shown than `right`. A total order, the same on every device.
bool outranks(const Candidate& left, const Candidate& right);

/// Why a value cannot stand in a known field, as a sentence; "" if it can, or if the field is not known here (a newer
/// device may write more than this one understands).
std::string_view schema_fault(const Address& at, const Json& value);

}  // namespace skypod::library
