// The ways to a file that a private feed refers to (sound, a picture, a transcript): this device itself, else another
// one of the realm; never the server. It is fetched piece by piece, so that a player gets what it needs and a message
// between devices has room for it.
//
// Between devices (helpers.hpp): file.fetch {url, from, count} is answered by {url, from, type, total, octets}.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/task.hpp"
#include "core/device/helpers.hpp"

namespace skypod::device {

/// Most octets of a piece, and of a whole file.
inline constexpr std::int64_t piece_max = 4 * 1024 * 1024;
inline constexpr std::int64_t file_octets_max = std::int64_t{1} << 40;
/// Pieces that this device fetches for each other device: their octets fit into a stream together (16 MiB), and the
/// sound of a day's listening passes.
inline constexpr Allowance pieces_served{.at_once = 3, .rate = {.refill_ms = 500, .burst = 500}};
/// For how long a host that did not let this device read, while another one did, is not asked again.
inline constexpr TimeMs file_pause_ms = 3'600'000;

/// What is wanted of a file: `count` octets beginning at `from`, or as many as there are.
struct PieceErrand {
  std::string url;
  Redacted<std::string> login{};  // core/feed/login.hpp; told to the address's origin and to devices of the realm
  std::int64_t from = 0;
  std::int64_t count = 0;
};

/// An http or https address that can be read in one way only (without a name in front of the host, backslashes or
/// blanks), with its host in small letters; nothing for any other text.
std::optional<std::string> file_address(std::string_view url);

/// Whether a login that belongs to `feed` may be sent to a file_address(): it is of the very same origin.
bool shares_login(const std::string& address, std::string_view feed);

/// One device's ladder.
class FileLadder {
 public:
  /// Takes requests for pieces of `helpers`.
  FileLadder(core::Host& host, Helpers& helpers);

  /// {type, total, octets}: its Content-Type ("" if none was told), the octets of the whole file, and those of the
  /// piece, which are none at the end only. Fails with login_refused if the host wants a login, or another one;
  /// file_closed if this device may not read it and there is no other one to ask; else file_failed.
  Task<Result<Json, Error>> fetch(PieceErrand errand);

 private:
  using Outcome = Result<Json, Error>;

  Task<Outcome> fetch_here(PieceErrand errand);
  Task<Outcome> fetch_by_peers(PieceErrand errand);
  Task<Outcome> serve(Json dat);
  bool is_closed(const std::string& origin) const;
  void note_closed(const std::string& origin);

  core::Host& host_;
  Helpers& helpers_;
  std::map<std::string, TimeMs> closed_;  // origins that only others could read, and since when
};

}  // namespace skypod::device
