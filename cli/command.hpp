// The subcommands of `skypod`, one function each: it adds its options to the parser, and says what is to be run if it
// is chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/failure.hpp"
#include "native/address.hpp"

namespace skypod::cli {

/// What the chosen subcommand does; gives the exit code, or throws a Failure.
using Action = std::function<int()>;

/// `skypod serve`.
void add_serve(CLI::App& app, Action& action);

/// `skypod article`.
void add_article(CLI::App& app, Action& action);

/// `skypod audio`.
void add_audio(CLI::App& app, Action& action);

/// `skypod feed parse` and `skypod feed discover`.
void add_feed(CLI::App& app, Action& action);

/// `skypod peer`.
void add_peer(CLI::App& app, Action& action);

/// `skypod realm …`.
void add_realm(CLI::App& app, Action& action);

/// `skypod doctor`.
void add_doctor(CLI::App& app, Action& action);

/// `skypod send` and `skypod watch`.
void add_messages(CLI::App& app, Action& action);

/// `skypod add`, `list`, `episodes`, `search`, `refresh`, `played` and `compact`.
void add_library(CLI::App& app, Action& action);

/// `skypod queue …`.
void add_queue(CLI::App& app, Action& action);

/// `skypod opml …`, `backup` and `restore`.
void add_transfer(CLI::App& app, Action& action);

/// The command line with a blank before every id, or beginning of one, that starts as an option does: an identity is
/// base64url, so one in 64 begins with "-". There are no options of one letter but -h, and none of 43.
std::vector<std::string> protect_ids(std::vector<std::string> arguments);

/// Prints "skypod: …" as one line to stderr; gives the code.
int fail(int code, const std::string& what_why_and_mend);

/// Adds `--allow-fetch CIDR`, which may be repeated and must name networks.
void add_allow_fetch(CLI::App& command, std::vector<std::string>& cidrs);

/// The networks that --allow-fetch named.
CidrSet networks_of(const std::vector<std::string>& cidrs);

}  // namespace skypod::cli
