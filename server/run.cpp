#include "server/run.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <thread>
#include <utility>

#include "native/directory_lock.hpp"
#include "server/door.hpp"
#include "server/hub.hpp"
#include "server/ice_servers.hpp"
#include "server/listener.hpp"
#include "server/loop.hpp"
#include "server/priority.hpp"
#include "server/routes.hpp"
#include "server/tls.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr auto grace = std::chrono::seconds(2);  // for connections to close when the server stops

std::string no_registry(const fs::path& data, const std::string& why) {
  return "the data directory " + data.string() + " has no usable registry: " + why +
         "; choose a writable one with --data";
}

/// Logs to stderr, where a service manager keeps it. What is logged names no realm, identity, token or feed.
void start_log() {
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
}

/// The certificate that the options name; nothing if they name none.
Result<std::optional<Tls>, std::string> load_tls(const Options& options) {
  if (!options.tls_certificate && !options.tls_key) {
    return std::nullopt;
  }
  if (!options.tls_certificate || !options.tls_key) {
    return unexpected("TLS needs both a certificate and its key, and one is missing; give --tls-cert and --tls-key");
  }
  auto tls = Tls::load(*options.tls_certificate, *options.tls_key);
  if (!tls) return unexpected(tls.error());
  return std::move(*tls);
}

/// The feed proxy's cache, and who may use it.
Result<Proxy, std::string> open_proxy(const Options& options) {
  Proxy proxy;
  proxy.fetching.allowed = options.allow_fetch;
  proxy.options.fetches_max = places().fetches;
  proxy.pictures_program = options.pictures;
  auto shelf = Shelf::open(options.data / "cache");
  if (!shelf) return unexpected(shelf.error());
  proxy.shelf = std::move(*shelf);
  auto feeds = FeedStore::open(options.data / "cache" / "feeds.sqlite");
  if (!feeds) return unexpected(feeds.error());
  proxy.feed_store = std::move(*feeds);
  proxy.feeds.public_url = options.public_url;
  auto audio = AudioStore::open(options.data / "audio", audio_octets_max);
  if (!audio) return unexpected(audio.error());
  proxy.audio = std::move(*audio);
  if (options.open_proxy) return proxy;
  auto access = Access::open(options.data / "registry.sqlite");
  if (!access) return unexpected(no_registry(options.data, access.error()));
  proxy.access = std::move(*access);
  return proxy;
}

/// Everything that runs while the server does.
class Process {
 public:
  Process(Registry registry, Site site, std::optional<Tls> tls, Proxy proxy, IceServers ice, const Options& options)
      : options_(options),
        ice_servers_(std::move(ice)),
        tls_(std::move(tls)),
        hub_(members_, door_, std::move(registry), signal_options()),
        routes_(std::move(site), std::move(proxy), options.metrics_token, hub_),
        signals_(members_.io, SIGINT, SIGTERM, SIGHUP) {}

  Result<std::string, std::string> start(const asio::ip::tcp::endpoint& endpoint) {
    auto acceptor = listen(front_.io, endpoint);
    if (!acceptor) return unexpected(acceptor.error());
    acceptor_.emplace(std::move(*acceptor));
    asio::co_spawn(front_.io, accept_all(*acceptor_, tls_, shared_), asio::detached);
    expect_signal();
    routes_.start(front_.io.get_executor());
    front_.watch_lobby();
    members_.watch_lobby();
    return url_of(acceptor_->local_endpoint(), tls_.has_value());
  }

  /// Serves until stop(), then gives connections a moment to close.
  void run() {
    std::thread front([this] {
      give_way_to_members();
      serve(front_);
    });
    serve_promptly();
    serve(members_);
    front.join();
  }

 private:
  static void serve(Loop& loop) {
    loop.lanes.run();
    loop.io.restart();
    loop.lanes.run_for(grace);
  }

  signal::Options signal_options() const {
    signal::Options chosen;
    chosen.ice_servers = ice_servers_;
    chosen.sockets_max = places_.sockets;
    chosen.strangers_max = places_.strangers;
    return chosen;
  }

  void expect_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      if (number != SIGHUP) return stop();
      front_.post([this] { reload(); });
      expect_signal();
    });
  }

  /// Takes a renewed certificate for the connections to come.
  void reload() {
    auto tls = load_tls(options_);
    if (!tls) {
      return spdlog::error("SIGHUP: {}; the certificate in use stays", tls.error());
    }
    tls_ = std::move(*tls);
    spdlog::info("SIGHUP: {}", tls_ ? "the certificate was read again" : "there is no certificate to read again");
  }

  void stop() {
    spdlog::info("stopping: {} sockets are told", hub_.sockets());
    signals_.clear();  // a second signal ends the process at once
    hub_.shut_down();
    front_.post([this] {
      acceptor_->close();
      front_.io.stop();
    });
    members_.io.stop();
  }

  const Options& options_;
  const IceServers ice_servers_;
  const Places places_ = places();
  Loop front_{places_.waiting, true};  // the front's thread runs it
  Loop members_{places_.waiting};      // main does
  std::optional<Tls> tls_;             // the front's
  Door door_{front_, members_, hub_};
  Hub hub_;
  Routes routes_;
  Pages pages_{places_.pages};  // the front's
  const Shared shared_{routes_, door_, front_, pages_};
  std::optional<asio::ip::tcp::acceptor> acceptor_;  // the front's
  asio::signal_set signals_;
};

}  // namespace

fs::path default_data_directory() {
  const char* data_home = std::getenv("XDG_DATA_HOME");
  if (data_home != nullptr && *data_home == '/') {  // relative ones are to be ignored (XDG Base Directory 0.8)
    return fs::path(data_home) / "skypod";
  }
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "." : home) / ".local" / "share" / "skypod";
}

Result<void, std::string> run(const Options& options, const std::function<void(const std::string&)>& listening) {
  start_log();
  const auto endpoint = parse_endpoint(options.listen);
  if (!endpoint) return unexpected(endpoint.error());
  auto ice = IceServers::of(options.stun, options.turn, options.turn_secret);
  if (!ice) return unexpected(ice.error());
  const auto lock = DirectoryLock::take(options.data, "lock");
  if (!lock) return unexpected(lock.error().message);
  auto registry = Registry::open(options.data / "registry.sqlite");
  if (!registry) return unexpected(no_registry(options.data, registry.error().message));
  auto site = options.web ? Site::load(*options.web, {}) : Site();
  if (!site) return unexpected(site.error());

  auto tls = load_tls(options);
  if (!tls) return unexpected(tls.error());
  auto proxy = open_proxy(options);
  if (!proxy) return unexpected(proxy.error());
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL and sendfile() write to sockets that a peer may have closed

  Process process(std::move(*registry), std::move(*site), std::move(*tls), std::move(*proxy), std::move(*ice), options);
  const auto url = process.start(*endpoint);
  if (!url) return unexpected(url.error());
  listening(*url);
  process.run();
  spdlog::info("stopped");
  return {};
}

}  // namespace skypod::server
