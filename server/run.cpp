#include "server/run.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <utility>

#include "native/directory_lock.hpp"
#include "server/hub.hpp"
#include "server/lanes.hpp"
#include "server/listener.hpp"
#include "server/lobby.hpp"
#include "server/routes.hpp"
#include "server/tls.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr auto lobby_interval = std::chrono::milliseconds(50);
constexpr auto grace = std::chrono::seconds(2);  // for connections to close when the server stops

std::string no_registry(const fs::path& data, const std::string& why) {
  return "the data directory " + data.string() + " has no usable registry: " + why +
         "; choose a writable one with --data";
}

/// The clients' RTCConfiguration.iceServers.
wire::Json ice_servers_of(const std::vector<std::string>& urls) {
  return urls.empty() ? wire::Json::array() : wire::Json::array({{{"urls", urls}}});
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

/// Everything that runs while the server does.
class Process {
 public:
  Process(Registry registry, Site site, std::optional<Tls> tls, const Options& options)
      : options_(options),
        tls_(std::move(tls)),
        hub_(io_, lanes_, std::move(registry), signal_options()),
        routes_(std::move(site), fetch_options(), hub_),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        lobby_timer_(io_) {}

  Result<std::string, std::string> start(const asio::ip::tcp::endpoint& endpoint) {
    auto acceptor = listen(io_, endpoint);
    if (!acceptor) return unexpected(acceptor.error());
    acceptor_.emplace(std::move(*acceptor));
    asio::co_spawn(io_, accept_all(*acceptor_, tls_, shared_), asio::detached);
    expect_signal();
    watch_lobby();
    return url_of(acceptor_->local_endpoint(), tls_.has_value());
  }

  /// Serves until stop(), then gives connections a moment to close.
  void run() {
    lanes_.run();
    io_.restart();
    lanes_.run_for(grace);
  }

 private:
  signal::Options signal_options() const {
    signal::Options chosen;
    chosen.ice_servers = ice_servers_of(options_.stun);
    chosen.sockets_max = places_.sockets;
    return chosen;
  }

  FetchOptions fetch_options() const {
    FetchOptions chosen;
    chosen.allowed = options_.allow_fetch;
    return chosen;
  }

  void expect_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      if (number != SIGHUP) return stop();
      reload();
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

  /// Looks again and again who has waited too long.
  void watch_lobby() {
    lobby_timer_.expires_after(lobby_interval);
    lobby_timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      lobby_.expire(std::chrono::steady_clock::now());
      watch_lobby();
    });
  }

  void stop() {
    spdlog::info("stopping: {} sockets are told", hub_.sockets());
    signals_.clear();  // a second signal ends the process at once
    acceptor_->close();
    hub_.shut_down();
    io_.stop();
  }

  const Options& options_;
  const Places places_ = places();
  Lobby lobby_{places_.waiting};  // before the io_context, which keeps the connections
  Backlog backlog_;               // too
  asio::io_context io_{1};
  Scratch scratch_;
  std::optional<Tls> tls_;
  Lanes lanes_{io_};
  Hub hub_;
  Routes routes_;
  const Shared shared_{routes_, hub_, lobby_, lanes_, scratch_, backlog_};
  std::optional<asio::ip::tcp::acceptor> acceptor_;
  asio::signal_set signals_;
  asio::steady_timer lobby_timer_;
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
  const auto lock = DirectoryLock::take(options.data, "lock");
  if (!lock) return unexpected(lock.error().message);
  auto registry = Registry::open(options.data / "registry.sqlite");
  if (!registry) return unexpected(no_registry(options.data, registry.error().message));
  auto site = options.web ? Site::load(*options.web, {}) : Site();
  if (!site) return unexpected(site.error());

  auto tls = load_tls(options);
  if (!tls) return unexpected(tls.error());
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that a peer may have closed

  Process process(std::move(*registry), std::move(*site), std::move(*tls), options);
  const auto url = process.start(*endpoint);
  if (!url) return unexpected(url.error());
  listening(*url);
  process.run();
  spdlog::info("stopped");
  return {};
}

}  // namespace skypod::server
