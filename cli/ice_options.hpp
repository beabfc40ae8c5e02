// The options that name STUN and TURN servers: of `skypod serve`, for its devices, and of `skypod doctor`.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/redacted.hpp"
#include "core/wire/json.hpp"

namespace skypod::cli {

/// --stun, --turn, --turn-secret and --turn-secret-file.
struct IceOptions {
  std::vector<std::string> stun;
  std::vector<std::string> turn;
  std::string turn_secret;
  std::string turn_secret_file;

  /// Adds the options to a command.
  void add_to(CLI::App& command);

  /// The secret, from wherever it is. Throws Failure if its file cannot be read.
  Redacted<std::string> secret() const;

  /// The servers as a member is told of them; nothing if none is named. Throws Failure if they cannot be.
  std::optional<wire::Json> servers() const;
};

}  // namespace skypod::cli
