#include "peer/settings.hpp"

#include <fstream>
#include <sstream>
#include <system_error>

#include "core/wire/fields.hpp"

namespace skypod::peer {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t path_max = 4096;
constexpr std::size_t address_max = 512;
constexpr std::size_t name_max = 256;

std::string spoilt(const fs::path& file, const std::string& why) {
  return "the settings " + file.string() + " cannot be read: " + why + "; remove the file and name the server again " +
         "with --server";
}

}  // namespace

Result<std::optional<Settings>, std::string> load_settings(const fs::path& directory) {
  const fs::path file = directory / settings_name;
  std::error_code error;
  if (!fs::exists(file, error)) {
    return std::nullopt;
  }
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  const auto json = wire::parse_json(text.view());
  if (!json) {
    return unexpected(spoilt(file, "it is no JSON"));
  }
  wire::Fields fields(*json);
  const std::string server = fields.text("server", address_max);
  const std::string ca_file = fields.optional_text("caFile", path_max);
  const std::string name = fields.optional_text("name", name_max);
  if (!fields.ok()) {
    return unexpected(spoilt(file, fields.problem()));
  }
  auto address = ServerAddress::parse(server);
  if (!address) {
    return unexpected(spoilt(file, address.error()));
  }
  return Settings{std::move(*address), ca_file.empty() ? std::nullopt : std::optional<fs::path>(ca_file), name};
}

std::string store_settings(const fs::path& directory, const Settings& settings) {
  const fs::path file = directory / settings_name;
  const fs::path fresh = file.string() + ".new";
  wire::Json json = {{"server", settings.server.url()}};
  if (settings.ca_file) json["caFile"] = settings.ca_file->string();
  if (!settings.name.empty()) json["name"] = settings.name;
  std::ofstream stream(fresh, std::ios::trunc);
  stream << wire::to_json(json) << "\n";
  stream.close();
  std::error_code error = stream ? std::error_code() : std::make_error_code(std::errc::io_error);
  if (!error) fs::rename(fresh, file, error);
  return error ? "the settings " + file.string() + " cannot be written: " + error.message() +
                     "; make room or choose another directory with --data"
               : "";
}

}  // namespace skypod::peer
