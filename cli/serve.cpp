// `skypod serve`.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "cli/command.hpp"
#include "server/ice_servers.hpp"
#include "server/run.hpp"

namespace skypod::cli {
namespace {

namespace fs = std::filesystem;

struct Choices {
  server::Options options;
  std::string data;
  std::string web;
  std::vector<std::string> cidrs;
  std::string turn_secret;
  std::string turn_secret_file;
};

/// Where this program is.
fs::path own_directory() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

/// The web app beside this program: in the build tree, or as installed.
std::optional<fs::path> web_beside_program() {
  std::error_code error;
  const fs::path directory = own_directory();
  for (const char* relative : {"../../web", "../share/skypod/web"}) {
    const fs::path candidate = (directory / relative).lexically_normal();
    if (fs::is_regular_file(candidate / "index.html", error)) return candidate;
  }
  return std::nullopt;
}

int serve(const Choices& choices) {
  server::Options options = choices.options;
  options.data = choices.data;
  options.web = choices.web.empty() ? web_beside_program() : std::optional<fs::path>(choices.web);
  options.pictures = own_directory() / "skypod-pictures";
  options.allow_fetch = networks_of(choices.cidrs);
  options.turn_secret = Redacted(choices.turn_secret);
  if (!choices.turn_secret_file.empty()) {
    auto secret = server::read_turn_secret(choices.turn_secret_file);
    if (!secret) return fail(failed, secret.error());
    options.turn_secret = std::move(*secret);
  }
  const auto served = server::run(options, [](const std::string& url) {
    std::printf("listening on %s\n", url.c_str());
    std::fflush(stdout);
  });
  return served ? done : fail(failed, served.error());
}

/// STUN and TURN servers for the devices.
void add_ice(CLI::App& command, Choices& choices) {
  command.add_option("--stun", choices.options.stun, "STUN server for the devices, stun:HOST:PORT; may be repeated")
      ->allow_extra_args(false);
  command
      .add_option("--turn", choices.options.turn,
                  "TURN server for the devices, turn:HOST:PORT[?transport=tcp] or turns:HOST:PORT; may be repeated")
      ->allow_extra_args(false);
  CLI::Option* secret =
      command
          .add_option("--turn-secret", choices.turn_secret,
                      "The secret it shares with this server (coturn: static-auth-secret); others on this machine see "
                      "arguments, so better use the environment's SKYPOD_TURN_SECRET or a file")
          ->envname("SKYPOD_TURN_SECRET");
  command.add_option("--turn-secret-file", choices.turn_secret_file, "A file that holds the secret")->excludes(secret);
}

}  // namespace

void add_serve(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("serve", "Serve realms, feeds and the web app");
  const auto choices = std::make_shared<Choices>();
  choices->data = server::default_data_directory().string();
  command->add_option("--listen", choices->options.listen, "Address and port; port 0 takes a free one")
      ->capture_default_str();
  command->add_option("--data", choices->data, "Directory for the registry; made if it is not there")
      ->capture_default_str();
  command->add_option("--web", choices->web, "Directory of the built web app (default: found beside the program)");
  add_allow_fetch(*command, choices->cidrs);
  command->add_flag("--open-proxy", choices->options.open_proxy,
                    "Let anybody fetch through this server, not only members of its realms");
  command->add_option("--tls-cert", choices->options.tls_certificate,
                      "Certificate chain, PEM: serve https and wss only");
  command->add_option("--tls-key", choices->options.tls_key, "Its private key, PEM; SIGHUP reads both again");
  add_ice(*command, *choices);
  command->callback([&action, choices] { action = [choices] { return serve(*choices); }; });
}

}  // namespace skypod::cli
