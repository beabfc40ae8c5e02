#include "test/support/peer_process.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace skypod::test {
namespace {

std::vector<std::string> arguments_of(const std::filesystem::path& data, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"peer", "--json", "--data", data};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// Whether an event says how things are, so that an older one of its name counts no more.
bool is_state(const std::string& name) {
  return name == "device" || name == "peers" || name == "host.link";
}

}  // namespace

PeerProcess::PeerProcess(const std::string& program, const std::filesystem::path& data,
                         const std::vector<std::string>& more)
    : process_(program, arguments_of(data, more), data.string() + ".log") {
  id_ = event("host.ready").value("id", "");
}

Json PeerProcess::command(const std::string& name, const Json& args) {
  const Json answer = reply(name, args);
  if (!answer.contains("ok")) throw std::runtime_error(name + ": " + wire::to_json(answer));
  return answer["ok"];
}

Json PeerProcess::refused_command(const std::string& name, const Json& args) {
  const Json answer = reply(name, args);
  if (!answer.contains("error")) throw std::runtime_error(name + " was not refused: " + wire::to_json(answer));
  return answer["error"];
}

Json PeerProcess::reply(const std::string& name, const Json& args) {
  const std::int64_t id = ++last_id_;
  process_.lines().write(wire::to_json({{"id", id}, {"name", name}, {"args", args}}) + "\n");
  while (true) {
    Json line = read();
    if (line.value("reply", Json()) == id) return line;
    note(std::move(line));
  }
}

Json PeerProcess::event(const std::string& name, const std::function<bool(const Json&)>& is_meant) {
  const auto meant = [&](const auto& told) { return told.first == name && (!is_meant || is_meant(told.second)); };
  auto found = std::ranges::find_if(events_, meant);
  while (found == events_.end()) {
    try {
      note(read());
    } catch (const std::runtime_error& error) {
      throw std::runtime_error("waiting for " + name + ": " + error.what());
    }
    found = std::ranges::find_if(events_, meant);
  }
  Json dat = found->second;
  if (!is_state(name)) events_.erase(found);
  return dat;
}

void PeerProcess::await_online() {
  event("device", [](const Json& device) { return device.value("link", "") == "online"; });
}

void PeerProcess::await_peer(const std::string& id, const std::string& state) {
  event("peers", [&](const Json& dat) {
    return std::ranges::any_of(dat["peers"],
                               [&](const Json& peer) { return peer["id"] == id && peer["state"] == state; });
  });
}

void PeerProcess::await_rung(const std::string& id, const std::string& rung) {
  event("peers", [&](const Json& dat) {
    return std::ranges::any_of(dat["peers"],
                               [&](const Json& peer) { return peer["id"] == id && peer["rung"] == rung; });
  });
}

int PeerProcess::stop() {
  process_.signal(SIGTERM);
  return process_.wait();
}

Json PeerProcess::read() {
  const std::string line = process_.line();
  auto json = wire::parse_json(line);
  if (!json || !json->is_object()) throw std::runtime_error("the peer printed no JSON but: " + line);
  return std::move(*json);
}

void PeerProcess::note(Json line) {
  const std::string name = line.value("event", "");
  if (is_state(name)) std::erase_if(events_, [&](const auto& told) { return told.first == name; });
  events_.emplace_back(name, std::move(line["dat"]));
}

void pair(PeerProcess& host, PeerProcess& guest) {
  const Json registered = guest.command("pairing.register");
  const Json invited = host.command("pairing.invite", {{"registration", registered["registration"]}});
  guest.command("pairing.join", {{"invitation", invited["invitation"]}});
  host.event("peers", [&](const Json& dat) {
    return std::ranges::any_of(dat["peers"], [&](const Json& peer) { return peer["id"] == guest.id(); });
  });
}

}  // namespace skypod::test
