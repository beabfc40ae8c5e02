// The socket by which other programs of this user talk to a peer: who may, how much, and what becomes of those who
// misbehave.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>

#include "peer/control_socket.hpp"
#include "peer/lines.hpp"
#include "test/peer/household.hpp"

namespace skypod::test {
namespace {

class Control : public Household {
 protected:
  void SetUp() override {
    Household::SetUp();
    desk = start_peer("desk");
  }

  void TearDown() override {
    desk.reset();
    Household::TearDown();
  }

  std::filesystem::path path() const { return data("desk") / peer::control_socket_name; }

  cli::LineSocket connect() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
    return cli::LineSocket(std::move(socket));
  }

  static std::optional<std::string> read(cli::LineSocket& lines) {
    return lines.read(std::chrono::steady_clock::now() + patience);
  }

  /// True once the peer has hung up.
  static bool ends(cli::LineSocket& lines) {
    while (read(lines)) {
    }
    return lines.is_over();
  }

  void expect_alive() {
    cli::LineSocket another = connect();
    another.write(R"({"id":5,"name":"host.status"})"
                  "\n");
    const auto line = read(another);
    EXPECT_TRUE(line && line->contains("\"reply\":5"));
  }

  std::unique_ptr<PeerProcess> desk;
};

TEST_F(Control, IsForThisUserOnly) {
  struct stat status{};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777, 0600);
  EXPECT_EQ(desk->stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(Control, OutlivesAKilledPeer) {
  desk->process().kill();
  EXPECT_TRUE(std::filesystem::exists(path()));
  EXPECT_THROW(connect(), std::runtime_error);
  EXPECT_EQ(run("desk", {"list"}).code, 0);  // a command of its own takes the directory
  desk = start_peer("desk");
  expect_alive();
}

TEST_F(Control, TellsTheStateThenWhatHappens) {
  cli::LineSocket lines = connect();
  lines.write(R"({"id":1,"name":"host.watch","args":{}})"
              "\n");
  for (const char* expected : {"\"reply\":1", "\"host.ready\"", "\"device\"", "\"peers\""}) {
    const auto line = read(lines);
    ASSERT_TRUE(line);
    EXPECT_NE(line->find(expected), std::string::npos) << *line;
  }
  desk->command("realm.create");
  std::optional<std::string> line;
  do line = read(lines);
  while (line && !line->contains("\"link\":\"online\""));
  EXPECT_TRUE(line);
}

TEST_F(Control, HangsUpOnEndlessLines) {
  cli::LineSocket lines = connect();
  lines.write(std::string(peer::request_max + 1, 'x'));
  EXPECT_TRUE(ends(lines));
  expect_alive();
}

TEST_F(Control, HangsUpOnThoseWhoDoNotRead) {
  cli::LineSocket lines = connect();
  std::string commands;
  for (int i = 0; i < 1'000; ++i) commands += "{}\n";
  std::size_t written = 0;
  while (written < 4 * peer::program_queue_max && lines.write(commands)) written += commands.size();
  EXPECT_LT(written, 4 * peer::program_queue_max);
  expect_alive();
}

TEST_F(Control, HasRoomForSoMany) {
  std::vector<cli::LineSocket> crowd;
  for (std::size_t i = 0; i < peer::programs_max; ++i) {
    crowd.push_back(connect());
    crowd.back().write("{}\n");
    EXPECT_TRUE(read(crowd.back())) << i;
  }
  cli::LineSocket late = connect();
  EXPECT_TRUE(ends(late));
  crowd.pop_back();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool is_served = false;
  while (!is_served && std::chrono::steady_clock::now() < deadline) {
    cli::LineSocket again = connect();
    again.write("{}\n");
    is_served = read(again).has_value();
  }
  EXPECT_TRUE(is_served);
}

}  // namespace
}  // namespace skypod::test
