#include "cli/ice_options.hpp"

#include <chrono>
#include <utility>

#include "cli/failure.hpp"
#include "server/hub.hpp"
#include "server/ice_servers.hpp"

namespace skypod::cli {

void IceOptions::add_to(CLI::App& command) {
  command.add_option("--stun", stun, "STUN server for the devices, stun:HOST:PORT; may be repeated")
      ->allow_extra_args(false);
  command
      .add_option("--turn", turn,
                  "TURN server for the devices, turn:HOST:PORT[?transport=tcp] or turns:HOST:PORT; may be repeated")
      ->allow_extra_args(false);
  CLI::Option* given =
      command
          .add_option("--turn-secret", turn_secret,
                      "The secret that it shares with skypod serve (coturn: static-auth-secret); other users of this "
                      "machine see arguments, so better use the environment or a file")
          ->envname("SKYPOD_TURN_SECRET");
  command.add_option("--turn-secret-file", turn_secret_file, "A file that holds the secret")->excludes(given);
}

Redacted<std::string> IceOptions::secret() const {
  if (turn_secret_file.empty()) {
    return Redacted(turn_secret);
  }
  auto read = server::read_secret(turn_secret_file);
  if (!read) throw Failure{failed, read.error()};
  return std::move(*read);
}

std::optional<wire::Json> IceOptions::servers() const {
  if (stun.empty() && turn.empty()) {
    return std::nullopt;
  }
  const auto named = server::IceServers::of(stun, turn, secret());
  if (!named) throw Failure{misused, named.error()};
  return (*named)("", server::wall_clock()).list;
}

}  // namespace skypod::cli
