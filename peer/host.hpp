// The core's home in a native process: runs one device::Device and carries out what it asks, with SQLite, OpenSSL, the
// WebSocket and the timer right here, on the one thread that runs the io_context. The browser's counterpart is
// web/src/host/worker.ts.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/device/device.hpp"
#include "native/dial.hpp"
#include "native/fetcher.hpp"
#include "native/http_get.hpp"
#include "native/network_watch.hpp"
#include "native/p256.hpp"
#include "native/sqlite.hpp"
#include "native/websocket_client.hpp"
#include "peer/rtc_port.hpp"

namespace skypod::peer {

using core::Answer;
using wire::Json;
using wire::TimeMs;

/// What a host is made of.
struct Parts {
  P256Key key;
  std::string name;  // of this device until it is renamed
  sqlite::Database database;
  Dialer server;
  FetchOptions fetching;  // for feeds
  /// Makes the WebRTC side; it reports to what it is given.
  std::function<std::unique_ptr<RtcPort>(RtcPort::Report)> make_rtc;
};

/// Runs a device.
class Host {
 public:
  /// Events of the core (web/src/protocol.ts lists them) and of the host: "host.link" {problem}, why there is no link
  /// to the server, "" once there is one again.
  using Tell = std::function<void(const std::string& event, const Json& dat)>;
  using Replied = std::function<void(Answer)>;

  Host(boost::asio::io_context& io, Parts parts, Tell tell);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Tells the device's first events. Call once.
  void start() { nudge(); }

  /// Gives the device a command; `replied` is called once, later, or never if the host goes first.
  void command(std::string name, Json args, Replied replied);

  /// Asks the server whether it is there and what it claims to be: {"version"} or {"problem": what, why and the mend}.
  void check_server(Replied replied);

  /// The network may be back, or the process was asleep.
  void nudge() { handle(device::in::Nudge{}); }

  /// Says goodbye to the server and the peers; afterwards nothing is done or told any more.
  void stop();

 private:
  void handle(device::Input input);
  void handle_one(device::Input input);
  void wake_at(std::optional<TimeMs> deadline);
  void carry_out(core::Output& output);
  void answer(std::uint64_t id, const core::Ask& ask);
  void fetch(std::uint64_t id, HttpTarget target);
  void fetch_feed(std::uint64_t id, const core::ask::Direct& wanted);
  void fetch_piece(std::uint64_t id, const core::ask::File& wanted);
  void get(HttpTarget target, std::function<void(const Result<HttpAnswer, std::string>&)> got);
  void on_socket(WebSocketEvent event);
  void network_changed();
  void tell_problem(std::string problem);
  void carry_out_rtc(const core::Output& output);

  boost::asio::io_context& io_;
  P256Key key_;
  sqlite::Database database_;
  Dialer server_;
  Tell tell_;
  WebSocketClient link_;
  std::unique_ptr<RtcPort> rtc_;
  boost::asio::steady_timer timer_;
  NetworkWatch network_;
  std::optional<device::Device> device_;
  std::deque<device::Input> inputs_;
  bool handling_ = false;
  bool stopped_ = false;
  std::string problem_;
  std::uint64_t last_command_ = 0;
  std::map<std::uint64_t, Replied> waiting_;  // for the answer to a command
  std::shared_ptr<Host*> alive_;              // for what comes back when this is gone
  boost::asio::thread_pool reader_{1};        // reads what has been fetched
  Fetcher fetcher_;                           // last: hands to the reader
};

}  // namespace skypod::peer
