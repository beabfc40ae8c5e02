// What one idle, authenticated connection costs the server's memory: `bench_idle PROGRAM [CONNECTIONS]`, where PROGRAM
// is a skypod. Members of full realms connect one after another; the kernel's own buffers are not in the figure.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/wire/messages.hpp"
#include "test/support/crowd.hpp"
#include "test/support/directory.hpp"
#include "test/support/member.hpp"
#include "test/support/server_process.hpp"

namespace skypod::test {
namespace {

/// One realm with as many members as it may have, or fewer if fewer are wanted.
void fill_realm(std::uint16_t port, std::size_t wanted, std::vector<Entrance>& members) {
  const std::string realm = random_realm();
  const P256Key founder = P256Key::generate();
  members.push_back(enter(port, founder, realm, register_request(founder, genesis_of(founder, realm))));
  for (std::size_t i = 1; i < wire::limit::members_max && members.size() < wanted; ++i) {
    const P256Key guest = P256Key::generate();
    const std::string invitation = invitation_of(founder, guest, realm, std::to_string(i));
    members.push_back(enter(port, guest, realm, exchange_request(guest, invitation)));
  }
}

int run(const std::string& program, std::size_t wanted) {
  raise_open_files();
  const Directory directory;
  const ServerProcess server(program, directory.path() / "data");
  std::vector<Entrance> members;
  members.reserve(wanted);
  fill_realm(server.port(), wire::limit::members_max, members);  // what is only needed once is there now
  const std::size_t first = members.size();
  const std::size_t before = resident(server.id());
  while (members.size() < wanted) fill_realm(server.port(), wanted, members);
  for (const Entrance& member : members) {
    if (!member.admitted()) {
      std::fprintf(stderr, "bench_idle: the server refused a member: %s\n", member.refusal().c_str());
      return 1;
    }
  }
  const std::size_t after = resident(server.id());
  const auto each = static_cast<double>(after - before) / static_cast<double>(members.size() - first) / 1024;
  std::printf("%zu connections: resident %zu KiB, then %zu KiB: %.1f KiB for each idle authenticated connection\n",
              members.size(), before / 1024, after / 1024, each);
  return 0;
}

}  // namespace
}  // namespace skypod::test

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: bench_idle PROGRAM [CONNECTIONS]\n");
    return 2;
  }
  return skypod::test::run(arguments[1], count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 2'000);
}
