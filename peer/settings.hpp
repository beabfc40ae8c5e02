// What a data directory remembers besides the library and the identity: what was named on the command line once, so
// that it need not be named again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "native/server_address.hpp"

namespace skypod::peer {

/// The file's name in the data directory.
inline constexpr const char* settings_name = "peer.json";

/// What is remembered.
struct Settings {
  ServerAddress server;
  std::optional<std::filesystem::path> ca_file;  // absolute
  std::string name;                              // of the device until it is renamed; "" for this machine's

  friend bool operator==(const Settings&, const Settings&) = default;
};

/// Nothing if the directory remembers none; an error, with the mend, if the file is spoilt.
Result<std::optional<Settings>, std::string> load_settings(const std::filesystem::path& directory);

/// Stores them whole or not at all. "" or why they could not be.
std::string store_settings(const std::filesystem::path& directory, const Settings& settings);

}  // namespace skypod::peer
