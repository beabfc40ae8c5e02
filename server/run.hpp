// `skypod serve`: everything put together, from the options to the last connection.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/redacted.hpp"
#include "base/result.hpp"
#include "native/address.hpp"

namespace skypod::server {

/// What the operator chose.
struct Options {
  std::string listen = "127.0.0.1:7890";     // address:port; IPv6 in brackets; port 0 takes a free one
  std::filesystem::path data;                // created with mode 0700 if it is not there
  std::optional<std::filesystem::path> web;  // of the built web app; nothing serves a hint instead
  std::filesystem::path pictures;            // the program that makes thumbnails, skypod-pictures
  bool open_proxy = false;                   // let anybody use the proxy, not only members of realms
  CidrSet allow_fetch;                       // networks that feeds may be fetched from although they are not public
  std::optional<std::filesystem::path> tls_certificate;  // PEM; with tls_key: https and wss only
  std::optional<std::filesystem::path> tls_key;          // PEM; read again on SIGHUP, with the certificate
  std::vector<std::string> stun;                         // URLs for the clients, e.g. "stun:stun.example.org:3478"
  std::vector<std::string> turn;                         // the same, e.g. "turn:turn.example.org:3478"
  Redacted<std::string> turn_secret;                     // that the TURN servers and this one share
  Redacted<std::string> metrics_token;                   // who has it may read /metrics; "": nobody may
  std::string public_url;  // where others reach this server, for hubs that tell of news; "": none is asked
};

/// Serves until SIGINT or SIGTERM. Calls `listening` once with the address taken, e.g. "http://127.0.0.1:7890", when
/// connections are accepted. An error says what, why and the mend in one line; nothing was served then.
Result<void, std::string> run(const Options& options, const std::function<void(const std::string&)>& listening);

/// $XDG_DATA_HOME/skypod, or ~/.local/share/skypod.
std::filesystem::path default_data_directory();

}  // namespace skypod::server
