#include "rtc/probe.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <stun/usages/bind.h>
#include <sys/socket.h>

#include <array>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "rtc/ice/servers.hpp"
#include "rtc/sdp/candidate.hpp"

namespace skypod::rtc {
namespace {

using wire::Json;

std::string text_of(const sockaddr_storage& address, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  const auto* const plain = reinterpret_cast<const sockaddr*>(&address);
  const int failed = getnameinfo(plain, size, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST);
  return failed == 0 ? host.data() : "";
}

/// RFC 8489 section 5, by UDP.
std::string outer_address(const ice::Server& server) {
  addrinfo* found = nullptr;
  const addrinfo wanted{.ai_flags = AI_ADDRCONFIG,
                        .ai_family = AF_UNSPEC,
                        .ai_socktype = SOCK_DGRAM,
                        .ai_protocol = 0,
                        .ai_addrlen = 0,
                        .ai_addr = nullptr,
                        .ai_canonname = nullptr,
                        .ai_next = nullptr};
  if (getaddrinfo(server.host.c_str(), std::to_string(server.port).c_str(), &wanted, &found) != 0) {
    return "";
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const auto answer = stun_usage_bind_run(found->ai_addr, found->ai_addrlen, &address, &size);
  return answer == STUN_USAGE_BIND_RETURN_SUCCESS ? text_of(address, size) : "";
}

/// The addresses that TURN servers allocate, by handle. The sink is called on the rtc thread.
class Allocations {
 public:
  void take(const Event& event) {
    const auto* found = std::get_if<event::Candidate>(&event);
    if (found == nullptr) return;
    const std::lock_guard lock(mutex_);
    const auto candidate = sdp::parse_candidate(found->candidate);
    if (candidate && candidate->type == sdp::Candidate::Type::relayed) addresses_[found->id] = candidate->address;
    if (candidate || found->candidate.empty()) settled_[found->id] = true;
    changed_.notify_all();
  }

  /// Waits until so many have an address or are known to get none.
  void wait(std::size_t count, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return settled_.size() == count; });
  }

  std::string of(Id id) {
    const std::lock_guard lock(mutex_);
    return addresses_[id];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Id, std::string> addresses_;
  std::map<Id, bool> settled_;
};

/// The list with one address in each entry.
std::vector<Json> split(const Json& ice_servers) {
  std::vector<Json> single;
  for (const Json& entry : ice_servers) {
    const auto urls = entry.is_object() ? entry.find("urls") : entry.end();
    if (!entry.is_object() || urls == entry.end()) continue;
    for (const Json& url : urls->is_array() ? *urls : Json::array({*urls})) {
      Json one = entry;
      one["urls"] = url;
      if (ice::read_servers(Json::array({one})).size() == 1) single.push_back(std::move(one));
    }
  }
  return single;
}

}  // namespace

std::vector<Probed> probe(const Json& ice_servers, std::chrono::milliseconds patience, Options options) {
  std::vector<Probed> answers;
  Allocations allocations;
  options.relay_only = true;
  Endpoint endpoint([&](const Event& event) { allocations.take(event); }, std::move(options));
  std::size_t asked = 0;
  for (const Json& entry : split(ice_servers)) {
    const ice::Server server = ice::read_servers(Json::array({entry})).front();
    const bool is_turn = server.kind != ice::Server::Kind::stun;
    answers.push_back({entry["urls"].get<std::string>(), is_turn, is_turn ? "" : outer_address(server)});
    if (!is_turn) continue;
    const Id id = static_cast<Id>(answers.size());
    endpoint.open(id, Json::array({entry}));
    endpoint.offer(id);
    ++asked;
  }
  allocations.wait(asked, patience);
  for (std::size_t at = 0; at < answers.size(); ++at) {
    if (answers[at].is_turn) answers[at].address = allocations.of(static_cast<Id>(at + 1));
  }
  return answers;
}

}  // namespace skypod::rtc
