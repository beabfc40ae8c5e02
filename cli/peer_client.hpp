// The peer that a command talks to: the one that runs on the data directory, or else one that runs in this process for
// as long as the command takes. Both are spoken to in the lines of peer/lines.hpp, so a command does not notice.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/data_options.hpp"
#include "cli/line_socket.hpp"
#include "core/wire/json.hpp"

namespace skypod::cli {

using wire::Json;

/// How long a command may take, e.g. one that fetches a feed, or one of many feeds; and how long the server may take to
/// let a device in.
inline constexpr std::chrono::seconds command_patience{90};
inline constexpr std::chrono::seconds link_patience{20};

/// One thing that has happened, as the peer told it.
using Event = std::pair<std::string, Json>;

/// Prints a value as one line.
void print_json(const Json& value);

/// A conversation with the peer. Throws Failure where something cannot be done.
class PeerClient {
 public:
  /// Finds or starts the peer, and waits for its state. Waits a little where another command has the directory.
  /// `lasting`: a peer of this process stays a while, so direct connections are worth their making.
  explicit PeerClient(const DataOptions& options, bool lasting = false);
  ~PeerClient();
  PeerClient(const PeerClient&) = delete;
  PeerClient& operator=(const PeerClient&) = delete;

  /// Whether the peer is of this process only.
  bool is_own() const { return own_ != nullptr; }

  /// Carries out a command. `progress` is told how far feeds are that are fetched together ("feeds.progress").
  using Progress = std::function<void(const Json&)>;
  Json ask(const std::string& name, Json args = Json::object(), const Progress& progress = nullptr);

  /// What was told last under that name; {} if nothing was.
  const Json& last(const std::string& event) const;
  /// {"peers"} of last("peers").
  const Json& members() const;
  /// Whether this device belongs to a realm.
  bool has_realm() const { return last("device").value("realm", Json()).is_string(); }
  /// Whether the server has let this device in.
  bool is_online() const { return last("device").value("link", "") == "online"; }
  /// Why not, if it is known: a sentence.
  std::string problem() const;

  /// Throws Failure, with the mend, if this device belongs to no realm.
  void require_realm() const;

  /// Waits until the server has let this device in, or it is known why not. False if it is not in.
  bool wait_for_link();

  /// Takes events until the condition holds; false if it does not in time.
  bool wait(std::chrono::seconds patience, const std::function<bool()>& is_met);

  /// The next event; nothing once the deadline is over.
  std::optional<Event> next(Deadline deadline);

 private:
  class Own;

  bool find(const peer::Options& options);
  void start(const peer::Options& options);
  void check_server(const DataOptions& options);
  std::optional<Json> read(Deadline deadline);
  void note(Json& line);

  std::unique_ptr<Own> own_;
  std::optional<LineSocket> socket_;
  std::int64_t last_id_ = 0;
  std::map<std::string, Json> last_;
  std::deque<Event> events_;  // that nobody has asked for yet
};

}  // namespace skypod::cli
