// The options of every command that is about this device: where its data is, and which server it uses.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "peer/process.hpp"

namespace skypod::cli {

/// --data, --server, --ca-file and --name.
struct DataOptions {
  std::string data;
  std::string server;
  std::string ca_file;
  std::string name;

  /// Adds the options to a command. Their values are checked while the command line is read.
  void add_to(CLI::App& command);

  /// What they mean.
  peer::Options peer_options() const;
};

}  // namespace skypod::cli
