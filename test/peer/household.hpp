// A real server and the data directories of devices that use it, by `skypod` commands and peers only.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "test/support/directory.hpp"
#include "test/support/peer_process.hpp"
#include "test/support/server_process.hpp"

namespace skypod::test {

/// Starts the server before each test, and prints the logs should it fail.
class Household : public ::testing::Test {
 protected:
  void SetUp() override { start_server(); }

  void TearDown() override {
    server.reset();
    if (!HasFailure()) return;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      const auto name = entry.path().filename();
      if (name.extension() == ".log") std::printf("%s:\n%s\n", name.c_str(), directory.read(name).c_str());
    }
  }

  /// Starts the server, the second time on the same port.
  void start_server(const std::vector<std::string>& more = {}) {
    server = std::make_unique<ServerProcess>(SKYPOD_PROGRAM, data("server"), more, port);
    port = server->port();
  }

  std::filesystem::path data(const std::string& device) const { return directory.path() / device; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port); }

  /// Runs `skypod <arguments> --data <the device's>`.
  Finished run(const std::string& device, std::vector<std::string> arguments, const std::string& input = "") const {
    arguments.insert(arguments.end(), {"--data", data(device)});
    return run_program(SKYPOD_PROGRAM, arguments, input);
  }

  /// The same for a command that must be done, with --json; gives what it printed.
  Json run_json(const std::string& device, std::vector<std::string> arguments, const std::string& input = "") const {
    arguments.emplace_back("--json");
    const Finished finished = run(device, arguments, input);
    EXPECT_EQ(finished.code, 0) << finished.errors;
    return wire::parse_json(finished.output).value_or(nullptr);
  }

  /// A command that must fail with that code, and say the words in one line on stderr.
  void expect_failure(const Finished& finished, int code, const std::string& words) const {
    EXPECT_EQ(finished.code, code) << finished.output;
    EXPECT_NE(finished.errors.find(words), std::string::npos) << finished.errors;
    EXPECT_TRUE(finished.errors.starts_with("skypod: ")) << finished.errors;
    EXPECT_EQ(std::ranges::count(finished.errors, '\n'), 1) << finished.errors;
  }

  /// A peer that uses the server.
  std::unique_ptr<PeerProcess> start_peer(const std::string& device, std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--server", url(), "--name", device});
    return std::make_unique<PeerProcess>(SKYPOD_PROGRAM, data(device), more);
  }

  /// Founds a realm with one device.
  void found(const std::string& device) const {
    run_json(device, {"realm", "create", "--server", url(), "--name", device});
  }

  /// The link of the registration that a new device shows.
  std::string registration_of(const std::string& device) const {
    const Finished finished = run(device, {"realm", "join", "--server", url(), "--name", device, "--json"});
    const auto shown = wire::parse_json(finished.output.substr(0, finished.output.find('\n')));
    return shown ? shown->value("link", "") : "";
  }

  /// The link of an invitation that one device makes for a new one.
  std::string invitation_of(const std::string& member, const std::string& guest) const {
    return run_json(member, {"realm", "invite", registration_of(guest)}).value("link", "");
  }

  /// Lets a new device in.
  void join(const std::string& guest, const std::string& member) const {
    run_json(guest, {"realm", "join", invitation_of(member, guest)});
  }

  Directory directory;
  std::uint16_t port = 0;
  std::unique_ptr<ServerProcess> server;
};

}  // namespace skypod::test
