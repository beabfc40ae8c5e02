// A server for one test, with what it has on its disk.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "native/sqlite.hpp"
#include "test/support/directory.hpp"
#include "test/support/member.hpp"
#include "test/support/server_process.hpp"

namespace skypod::test {

/// Starts `skypod serve` on an empty data directory, and prints its log should the test fail.
class RunningServer : public ::testing::Test {
 protected:
  void start(const std::vector<std::string>& more = {}) {
    server = std::make_unique<ServerProcess>(SKYPOD_PROGRAM, data(), more);
  }

  void TearDown() override {
    server.reset();
    if (HasFailure()) std::printf("the server's log:\n%s\n", log().c_str());
  }

  std::filesystem::path data() const { return directory.path() / "data"; }
  std::string log() const { return directory.read("data.log"); }
  std::uint16_t port() const { return server->port(); }

  /// Everything in the registry as text, to compare before and after.
  std::string registry() const {
    auto database = sqlite::Database::open(data() / "registry.sqlite");
    std::string all;
    for (const char* sql :
         {"SELECT id FROM realm ORDER BY id", "SELECT realm || position || token FROM statement ORDER BY 1",
          "SELECT realm || jti FROM used_invitation ORDER BY 1"}) {
      auto query = database->prepare(sql);
      for (auto row = query->step(); row && *row; row = query->step()) all.append(query->text(0)).append("\n");
    }
    return all;
  }

  Directory directory;
  std::unique_ptr<ServerProcess> server;
};

}  // namespace skypod::test
