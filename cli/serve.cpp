// `skypod serve`.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "cli/command.hpp"
#include "cli/ice_options.hpp"
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
  IceOptions ice;
  std::string metrics_token;
  std::string metrics_token_file;
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

/// From wherever it is.
Redacted<std::string> metrics_token_of(const Choices& choices) {
  if (choices.metrics_token_file.empty()) return Redacted(choices.metrics_token);
  auto read = server::read_secret(choices.metrics_token_file);
  if (!read) throw Failure{failed, read.error()};
  return std::move(*read);
}

int serve(const Choices& choices) {
  server::Options options = choices.options;
  options.data = choices.data;
  options.web = choices.web.empty() ? web_beside_program() : std::optional<fs::path>(choices.web);
  options.pictures = own_directory() / "skypod-pictures";
  options.allow_fetch = networks_of(choices.cidrs);
  options.stun = choices.ice.stun;
  options.turn = choices.ice.turn;
  options.turn_secret = choices.ice.secret();
  options.metrics_token = metrics_token_of(choices);
  const auto served = server::run(options, [](const std::string& url) {
    std::printf("listening on %s\n", url.c_str());
    std::fflush(stdout);
  });
  return served ? done : fail(failed, served.error());
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
  choices->ice.add_to(*command);
  command->add_option(
      "--public-url", choices->options.public_url,
      "Where others reach this server, such as https://pod.example: lets hubs tell when a feed changes");
  CLI::Option* token =
      command->add_option("--metrics-token", choices->metrics_token, "Serve /metrics to whoever sends this token")
          ->envname("SKYPOD_METRICS_TOKEN");
  command->add_option("--metrics-token-file", choices->metrics_token_file, "A file that holds it")->excludes(token);
  command->callback([&action, choices] { action = [choices] { return serve(*choices); }; });
}

}  // namespace skypod::cli
