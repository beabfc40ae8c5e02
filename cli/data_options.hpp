// The options of every command that is about this device: where its data is, and which server it uses.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/command.hpp"

namespace skypod::peer {
struct Options;
}

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

/// Adds a subcommand about this device: DataOptions and --json, both in `choices` (members `data` and `json`), and what
/// is run if it is chosen.
template <class Choices>
CLI::App* add_command(CLI::App& parent, Action& action, const std::shared_ptr<Choices>& choices, const char* name,
                      const char* help, int (*run)(const Choices&)) {
  CLI::App* command = parent.add_subcommand(name, help);
  choices->data.add_to(*command);
  command->add_flag("--json", choices->json, "Print JSON");
  command->callback([&action, choices, run] { action = [choices, run] { return run(*choices); }; });
  return command;
}

}  // namespace skypod::cli
