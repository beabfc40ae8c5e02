// Through a real TURN server (coturn) on loopback, by UDP, TCP and TLS.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "rtc/dtls/certificate.hpp"
#include "rtc/ice/tls_tunnel.hpp"
#include "rtc/loop/loop.hpp"
#include "rtc/probe.hpp"
#include "rtc/testing.hpp"

namespace skypod::rtc {
namespace {

using testing::Couple;

constexpr const char* program = "/usr/bin/turnserver";

/// A port that was free a moment ago.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

/// coturn with one user, from construction to destruction. Its certificate is its own authority.
class TurnServer {
 public:
  TurnServer() : folder_(std::filesystem::path(::testing::TempDir()) / ("turn" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    write_certificate();
    start();
  }
  ~TurnServer() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(output_);
    std::filesystem::remove_all(folder_);
  }
  TurnServer(const TurnServer&) = delete;
  TurnServer& operator=(const TurnServer&) = delete;

  std::string authorities() const { return folder_ / "certificate.pem"; }
  std::uint16_t port() const { return port_; }
  std::uint16_t tls_port() const { return tls_port_; }

  /// Waits until it says that it listens. False if it does not.
  bool ready() {
    std::string said;
    const std::string wanted = "TLS/TCP listener opened on : 127.0.0.1:" + std::to_string(tls_port_);
    char buffer[4096];
    for (pollfd waiting{.fd = output_, .events = POLLIN, .revents = 0}; ::poll(&waiting, 1, 20'000) > 0;) {
      const auto size = ::read(output_, buffer, sizeof buffer);
      if (size <= 0) {
        return false;
      }
      said.append(buffer, static_cast<std::size_t>(size));
      if (said.find(wanted) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

 private:
  void write_certificate() {
    const dtls::KeyPtr key(EVP_EC_gen("P-256"));
    const dtls::CertificatePtr certificate(X509_new());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_issuer_name(certificate.get(), name);
    X509_set_pubkey(certificate.get(), key.get());
    const dtls::ExtensionPtr alias(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost"));
    X509_add_ext(certificate.get(), alias.get(), -1);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    std::FILE* file = std::fopen((folder_ / "certificate.pem").c_str(), "w");
    PEM_write_X509(file, certificate.get());
    std::fclose(file);
    file = std::fopen((folder_ / "key.pem").c_str(), "w");
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }

  void start() {
    std::vector<std::string> words = {program,
                                      "-n",
                                      "--listening-ip=127.0.0.1",
                                      "--relay-ip=127.0.0.1",
                                      "--listening-port=" + std::to_string(port_),
                                      "--tls-listening-port=" + std::to_string(tls_port_),
                                      "--cert=" + (folder_ / "certificate.pem").string(),
                                      "--pkey=" + (folder_ / "key.pem").string(),
                                      "--lt-cred-mech",
                                      "--user=user:secret",
                                      "--realm=skypod",
                                      "--allow-loopback-peers",
                                      "--no-dtls",
                                      "--verbose",  // says when it listens
                                      "--no-cli",
                                      "--log-file=stdout",
                                      "--userdb=" + (folder_ / "users").string(),
                                      "--pidfile=" + (folder_ / "pid").string()};
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    ASSERT_EQ(::posix_spawn(&child_, program, &actions, nullptr, arguments.data(), nullptr), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
  }

  std::filesystem::path folder_;
  std::uint16_t port_ = free_port();
  std::uint16_t tls_port_ = free_port();
  pid_t child_ = 0;
  int output_ = -1;
};

class Relay : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(program)) {
      GTEST_SKIP() << "no " << program << "; the Debian package coturn has it";
    }
    server.emplace();
    ASSERT_TRUE(server->ready());
    options = testing::loopback();
    options.relay_only = true;
    options.authorities = server->authorities();
  }

  wire::Json servers(const std::string& url, const std::string& credential = "secret") const {
    return wire::Json::array({{{"urls", url}, {"username", "user"}, {"credential", credential}}});
  }

  void expect_relayed(const std::string& url) {
    Couple couple(options, servers(url));
    ASSERT_TRUE(couple.connect());
    for (const int from : {0, 1}) {
      ASSERT_TRUE(couple.sides[from].path);
      EXPECT_EQ(couple.sides[from].path->kind, event::Path::Kind::relayed);
      couple.endpoint(from).send(Couple::id, Bytes(200'000, 'x'));
      ASSERT_TRUE(couple.run([&] { return couple.sides[1 - from].messages.size() == 1; }));
      EXPECT_EQ(couple.sides[1 - from].messages[0].size(), 200'000u);
    }
  }

  std::optional<TurnServer> server;
  Options options;
};

TEST_F(Relay, ByUdp) {
  expect_relayed("turn:127.0.0.1:" + std::to_string(server->port()));
}

TEST_F(Relay, ByTcp) {
  expect_relayed("turn:127.0.0.1:" + std::to_string(server->port()) + "?transport=tcp");
}

TEST_F(Relay, ByTls) {
  expect_relayed("turns:localhost:" + std::to_string(server->tls_port()));
}

TEST_F(Relay, NotWithAWrongCredential) {
  Couple couple(options, servers("turn:127.0.0.1:" + std::to_string(server->port()), "wrong"));
  couple.offer(0);
  auto& candidates = couple.sides[0].candidates;
  ASSERT_TRUE(couple.run([&] { return !candidates.empty() && candidates.back().empty(); }));
  EXPECT_EQ(candidates.size(), 1u);
}

TEST_F(Relay, IsProbed) {
  const std::string place = "127.0.0.1:" + std::to_string(server->port());
  wire::Json list = servers("turn:" + place);
  list.push_back({{"urls", {"stun:" + place, "turn:no address", "https://" + place}}});
  const auto found = probe(list, std::chrono::seconds(20), options);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].url, "turn:" + place);
  EXPECT_TRUE(found[0].is_turn);
  EXPECT_EQ(found[0].address, "127.0.0.1");
  EXPECT_EQ(found[1].url, "stun:" + place);
  EXPECT_FALSE(found[1].is_turn);
  EXPECT_EQ(found[1].address, "127.0.0.1");
  EXPECT_EQ(probe(servers("turn:" + place, "wrong"), std::chrono::seconds(20), options)[0].address, "");
}

/// Asks the server for our own address through a tunnel; true if it answers before the tunnel closes.
bool answers(const std::string& host, std::uint16_t port, const std::string& authorities) {
  Loop loop;
  std::unique_ptr<ice::TlsTunnel> tunnel;
  loop.run([&] { tunnel = std::make_unique<ice::TlsTunnel>(host, port, authorities); });
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(tunnel->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const Bytes binding("\x00\x01\x00\x00\x21\x12\xa4\x42skypodskypod", 20);  // RFC 8489 section 5
  ::send(socket, binding.data(), binding.size(), MSG_NOSIGNAL);
  pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
  char buffer[1024];
  const bool answered = ::poll(&waiting, 1, 20'000) == 1 && ::recv(socket, buffer, sizeof buffer, 0) > 0;
  ::close(socket);
  loop.run([&] { tunnel.reset(); });
  return answered;
}

TEST_F(Relay, ByTlsOnlyToWhomTheAuthoritiesVouchFor) {
  const std::uint16_t port = server->tls_port();
  EXPECT_TRUE(answers("localhost", port, server->authorities()));
  EXPECT_FALSE(answers("localhost", port, ""));
  EXPECT_FALSE(answers("127.0.0.1", port, server->authorities()));  // not the certificate's name
  EXPECT_FALSE(answers("localhost", server->port(), server->authorities() + ".gone"));
  EXPECT_FALSE(answers("localhost", 1, server->authorities()));
}

}  // namespace
}  // namespace skypod::rtc
