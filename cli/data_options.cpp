#include "cli/data_options.hpp"

#include "native/server_address.hpp"
#include "peer/process.hpp"
#include "server/run.hpp"

namespace skypod::cli {

void DataOptions::add_to(CLI::App& command) {
  data = server::default_data_directory().string();
  const CLI::Validator is_address(
      [](const std::string& text) {
        const auto address = ServerAddress::parse(text);
        return address ? std::string() : address.error();
      },
      "URL");
  command.add_option("--data", data, "Directory of this device's identity and library; made if it is not there")
      ->capture_default_str();
  command.add_option("--server", server, "The skypod server (default: the one used before)")->check(is_address);
  command.add_option("--ca-file", ca_file, "Certificate authorities, PEM, to trust besides the system's");
  command.add_option("--name", name, "What a new device is called (default: this machine's name)");
}

peer::Options DataOptions::peer_options() const {
  peer::Options options;
  options.data = data;
  options.name = name;
  if (const auto address = ServerAddress::parse(server)) options.server = *address;
  if (!ca_file.empty()) options.ca_file = ca_file;
  return options;
}

}  // namespace skypod::cli
