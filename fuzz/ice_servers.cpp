// Lists of STUN and TURN servers, from JSON on: what is used is whole.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/wire/json.hpp"
#include "rtc/ice/servers.hpp"

using namespace skypod;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto json = wire::parse_json({reinterpret_cast<const char*>(octets), size});
  if (!json) {
    return 0;
  }
  const auto servers = rtc::ice::read_servers(*json);
  bool whole = servers.size() <= rtc::ice::servers_max;
  for (const auto& server : servers) {
    const bool anonymous = server.username.empty() && server.credential.reveal().empty();
    whole =
        whole && !server.host.empty() && server.port != 0 && (server.kind == rtc::ice::Server::Kind::stun) == anonymous;
  }
  if (!whole) {
    std::abort();
  }
  return 0;
}
