// `skypod doctor`: looks at everything that a device needs, and says what to do about what is wrong.
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/command.hpp"
#include "cli/data_options.hpp"
#include "cli/ice_options.hpp"
#include "cli/peer_client.hpp"
#include "cli/people.hpp"
#include "cli/serve_findings.hpp"
#include "cli/server_findings.hpp"
#include "cli/storage_findings.hpp"
#include "peer/process.hpp"
#include "peer/settings.hpp"
#include "server/run.hpp"

namespace skypod::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* help = R"(Looks at the data directory, the server, its certificate, this device's clock, and the
STUN and TURN servers, and prints what to do about what is wrong. A device without a realm is not told of those two;
name them to look at them all the same. Exits with 1 if something is bad.

With --serve it looks at what `skypod serve` needs on this machine instead: the port, the directory and its room, the
registry, the certificate, the clock.
Examples:
  skypod doctor
  skypod doctor --server https://pod.example --json
  skypod doctor --turn turn:turn.example:3478 --turn-secret-file /etc/skypod/turn-secret
  skypod doctor --serve --listen 0.0.0.0:7890 --serve-data /var/lib/skypod
)";

constexpr std::chrono::seconds turn_patience{15};

struct Choices {
  DataOptions data;
  IceOptions ice;
  bool json = false;
  bool serve = false;
  server::Options server;  // as skypod serve has them
  std::string server_data = server::default_data_directory().string();
};

/// The server and the authorities that were named now or before.
std::optional<peer::Settings> settings_of(const Choices& choices) {
  const peer::Options named = choices.data.peer_options();
  auto known = peer::load_settings(named.data);
  peer::Settings settings = known && *known ? **known : peer::Settings();
  if (named.server && settings.server != *named.server) settings = {.server = *named.server, .ca_file = {}, .name = ""};
  if (named.ca_file) settings.ca_file = named.ca_file;
  return settings.server.host.empty() ? std::nullopt : std::optional(settings);
}

Findings look_at_serving(const Choices& choices) {
  return serve_findings({.listen = choices.server.listen,
                         .data = choices.server_data,
                         .tls_certificate = choices.server.tls_certificate,
                         .tls_key = choices.server.tls_key});
}

Findings look_at_server(const std::optional<peer::Settings>& settings) {
  if (!settings) {
    return {{"server", Health::bad, "none is known here", "name one with --server https://pod.example"}};
  }
  const auto dialer = Dialer::make(settings->server, settings->ca_file);
  if (!dialer) return {{"server", Health::bad, dialer.error(), ""}};
  return server_findings(settings->server.url(), peer::check_server(*dialer));
}

/// The STUN and TURN servers that this device was told of; nothing if it is in no realm, or not online.
std::optional<Json> told_servers(const Choices& choices) {
  std::error_code error;
  if (!fs::exists(fs::path(choices.data.data) / "library.sqlite", error)) {
    return std::nullopt;
  }
  PeerClient peer(choices.data);
  if (!peer.has_realm() || !peer.wait_for_link()) {
    return std::nullopt;
  }
  std::optional<Json> told;
  peer.wait(link_patience, [&] {  // they are told right after this device was let in
    Json servers = peer.ask("network.servers").value("iceServers", Json());
    if (servers.is_array()) told = std::move(servers);
    return told.has_value();
  });
  return told;
}

Findings look_at_ice(const Choices& choices) {
  std::optional<Json> servers = choices.ice.servers();
  try {
    if (!servers) servers = told_servers(choices);
  } catch (const Failure& failure) {
    return {{"STUN and TURN", Health::skipped, "not known: " + failure.message}};
  }
  if (!servers) {
    return {{"STUN and TURN", Health::skipped,
             "not known, as the server tells only members that are online; name them "
             "with --stun and --turn"}};
  }
  return ice_findings(rtc::probe(*servers, turn_patience));
}

void append(Findings& findings, Findings more) {
  findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Findings look_at_device(const Choices& choices) {
  Findings findings = storage_findings(choices.data.data);
  append(findings, look_at_server(settings_of(choices)));
  append(findings, look_at_ice(choices));
  return findings;
}

bool is_bad(const Finding& finding) {
  return finding.health == Health::bad;
}

void print_as_json(const Findings& findings, bool all_good) {
  Json list = Json::array();
  for (const Finding& one : findings) {
    list.push_back({{"name", one.name}, {"health", name_of(one.health)}, {"found", one.found}, {"mend", one.mend}});
  }
  print_json({{"ok", all_good}, {"findings", std::move(list)}});
}

void print_for_people(const Findings& findings) {
  for (const Finding& one : findings) {
    std::printf("%-8s %-14s %s\n", name_of(one.health).c_str(), one.name.c_str(), printable(one.found).c_str());
    if (!one.mend.empty()) std::printf("%23s → %s\n", "", printable(one.mend).c_str());
  }
}

int doctor(const Choices& choices) {
  Findings findings = choices.serve ? look_at_serving(choices) : look_at_device(choices);
  const bool all_good = std::ranges::none_of(findings, is_bad);
  choices.json ? print_as_json(findings, all_good) : print_for_people(findings);
  return all_good ? done : failed;
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
  const auto choices = std::make_shared<Choices>();
  CLI::App* command = add_command(app, action, choices, "doctor", "Say what is wrong, and what to do about it", doctor);
  choices->ice.add_to(*command);
  CLI::Option* serving = command->add_flag("--serve", choices->serve, "Look at what skypod serve needs here");
  command->add_option("--listen", choices->server.listen, "Its address and port")
      ->capture_default_str()
      ->needs(serving);
  command->add_option("--serve-data", choices->server_data, "Its directory")->capture_default_str()->needs(serving);
  command->add_option("--tls-cert", choices->server.tls_certificate, "Its certificate chain, PEM")->needs(serving);
  command->add_option("--tls-key", choices->server.tls_key, "Its private key, PEM")->needs(serving);
  command->footer(help);
}

}  // namespace skypod::cli
