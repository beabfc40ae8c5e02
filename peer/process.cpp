#include "peer/process.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/utf8.hpp"
#include "core/wire/messages.hpp"
#include "native/identity_file.hpp"
#include "peer/endpoint_rtc.hpp"
#include "peer/no_rtc.hpp"
#include "peer/settings.hpp"

namespace skypod::peer {
namespace {

namespace fs = std::filesystem;

constexpr const char* lock_name = "peer.lock";  // not "lock": `skypod serve` may use the same directory
constexpr const char* identity_name = "identity.json";
constexpr const char* library_name = "library.sqlite";
constexpr mode_t others = 0077;
constexpr std::size_t drained_octets = 64 * 1024;  // as core::out::RtcSend has it
constexpr auto grace = std::chrono::seconds(1);    // for the goodbye

Refusal failed(std::string message) {
  return {Refusal::Kind::failed, std::move(message)};
}

/// What was named now or before, remembered from now on.
Result<Settings, Refusal> choose_settings(const Options& options) {
  auto known = load_settings(options.data);
  if (!known && !options.server) {
    return unexpected(failed(known.error()));
  }
  if (!options.server && !*known) {
    return unexpected(
        Refusal{Refusal::Kind::no_server, "no server is known in " + options.data.string() +
                                              "; name one with --server, e.g. --server https://pod.example"});
  }
  Settings chosen = known && *known ? **known : Settings();
  if (options.server && chosen.server != *options.server) {
    chosen.server = *options.server;
    chosen.ca_file.reset();  // it was for the other one
  }
  if (!options.name.empty()) chosen.name = utf8_prefix(options.name, wire::limit::name_max);
  if (options.ca_file) chosen.ca_file = fs::absolute(*options.ca_file);
  if (!known || *known != chosen) {
    if (std::string problem = store_settings(options.data, chosen); !problem.empty()) {
      return unexpected(failed(std::move(problem)));
    }
  }
  return chosen;
}

/// The identity, made on first use. A library without its identity is a mishap, not a first use.
Result<P256Key, Refusal> open_identity(const fs::path& data) {
  const fs::path file = data / identity_name;
  std::error_code error;
  const bool is_new = fs::symlink_status(file, error).type() == fs::file_type::not_found;
  if (is_new && fs::exists(data / library_name, error)) {
    return unexpected(failed("the identity file " + file.string() +
                             " is missing although there is a library; restore " + "it from a backup, or move " +
                             (data / library_name).string() + " away to start anew"));
  }
  auto key = is_new ? create_identity(file) : load_identity(file);
  if (!key) return unexpected(failed(std::move(key.error())));
  return std::move(*key);
}

Result<sqlite::Database, Refusal> open_library(const fs::path& data) {
  const fs::path file = data / library_name;
  auto database = sqlite::Database::open(file);
  if (!database) {
    return unexpected(failed("the library " + file.string() + " cannot be opened: " + database.error().message +
                             "; check its permissions and the disk, or restore it from a backup"));
  }
  if (chmod(file.c_str(), 0600) != 0) {
    return unexpected(failed("the library " + file.string() + " belongs to another user; run skypod as that user, or " +
                             "choose another directory with --data"));
  }
  return std::move(*database);
}

std::function<std::unique_ptr<RtcPort>(RtcPort::Report)> rtc_maker(boost::asio::io_context& io,
                                                                   const Options& options) {
  return [&io, has_rtc = options.has_rtc, address = options.rtc_address](RtcPort::Report report) {
    std::unique_ptr<RtcPort> port;
    if (has_rtc) {
      port = std::make_unique<EndpointRtc>(io, std::move(report),
                                           rtc::Options{.bind_address = address, .low_water = drained_octets});
    } else {
      port = std::make_unique<NoRtc>(io, std::move(report));
    }
    return port;
  };
}

std::string machine_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return std::string(utf8_prefix(name.data(), wire::limit::name_max));
}

}  // namespace

Process::Process(const Options& options, DirectoryLock lock)
    : data_(options.data), lock_(std::move(lock)), io_(std::make_unique<boost::asio::io_context>(1)) {}

Result<std::unique_ptr<Process>, Refusal> Process::open(const Options& options) {
  umask(others);  // what is written from now on is this user's alone
  auto lock = DirectoryLock::take(options.data, lock_name);
  if (!lock) {
    return unexpected(
        Refusal{lock.error().is_taken ? Refusal::Kind::taken : Refusal::Kind::failed, std::move(lock.error().message)});
  }
  auto settings = choose_settings(options);
  if (!settings) return unexpected(std::move(settings.error()));
  auto dialer = Dialer::make(settings->server, settings->ca_file);
  if (!dialer) return unexpected(failed(std::move(dialer.error())));
  auto key = open_identity(options.data);
  if (!key) return unexpected(std::move(key.error()));
  auto database = open_library(options.data);
  if (!database) return unexpected(std::move(database.error()));

  std::unique_ptr<Process> process(new Process(options, std::move(*lock)));
  const Json ready = {{"id", key->identity()},
                      {"server", settings->server.url()},
                      {"data", fs::absolute(options.data).string()},
                      {"process", getpid()}};
  Parts parts{.key = std::move(*key),
              .name = settings->name.empty() ? machine_name() : settings->name,
              .database = std::move(*database),
              .server = std::move(*dialer),
              .fetching = {.allowed = options.allow_fetch},
              .make_rtc = rtc_maker(*process->io_, options)};
  process->service_ = std::make_unique<Service>(*process->io_, std::move(parts), ready);
  process->control_ = std::make_unique<ControlSocket>(*process->io_, *process->service_);
  return process;
}

std::string Process::listen() {
  return control_->listen(data_ / control_socket_name);
}

void Process::run() {
  service_->start();
  io_->run();
  io_->restart();
  io_->run_for(grace);
}

void Process::stop() {
  if (!control_) return;  // it is stopping already
  control_.reset();
  service_->stop();
  io_->stop();
}

}  // namespace skypod::peer
