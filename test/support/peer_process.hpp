// The real `skypod peer --json`, as a child process that a test gives commands to. What it speaks is peer/lines.hpp.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/wire/json.hpp"
#include "test/support/child_process.hpp"

namespace skypod::test {

using wire::Json;

/// A peer that has said that it is ready. Killed when the object goes. Throws where something does not come in time.
class PeerProcess {
 public:
  /// Starts `program peer --json --data <data> <more>`, e.g. with --server. Its errors are appended to `<data>.log`.
  PeerProcess(const std::string& program, const std::filesystem::path& data, const std::vector<std::string>& more = {});

  /// Its identity.
  const std::string& id() const { return id_; }

  ChildProcess& process() { return process_; }

  /// Carries out a command, and gives its answer; throws with the error's sentence if it is refused.
  Json command(const std::string& name, const Json& args = Json::object());
  /// The error of a command that must be refused; throws if it is not.
  Json refused_command(const std::string& name, const Json& args = Json::object());

  /// The first event of that name for which `is_meant` holds, also among those that were told already. Of "device",
  /// "peers" and "host.link" only the last that was told counts: they say how things are.
  Json event(const std::string& name, const std::function<bool(const Json&)>& is_meant = {});

  /// Waits until the server has let it in.
  void await_online();
  /// Waits until it shows the member in that state ("connected", …).
  void await_peer(const std::string& id, const std::string& state);
  /// Waits until that rung carries the stream with the member ("relay", "direct", …).
  void await_rung(const std::string& id, const std::string& rung);

  /// SIGTERM; gives the exit code.
  int stop();

 private:
  Json reply(const std::string& name, const Json& args);
  Json read();
  void note(Json line);

  ChildProcess process_;
  std::string id_;
  std::int64_t last_id_ = 0;
  std::vector<std::pair<std::string, Json>> events_;
};

/// Lets `guest` into the realm of `host` by their commands, and waits until both know.
void pair(PeerProcess& host, PeerProcess& guest);

}  // namespace skypod::test
