// TLS in the server itself: https and wss on one port, renewed without a restart, and clear words when it cannot be.
#include <openssl/ssl.h>

#include <fstream>

#include "test/server/running_server.hpp"
#include "test/support/crowd.hpp"
#include "test/support/http.hpp"
#include "test/support/tls_client.hpp"

namespace skypod::test {
namespace {

constexpr std::string_view health_request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

class TlsServer : public RunningServer {
 protected:
  TlsServer() { write_certificate(file("cert.pem"), file("key.pem"), "first"); }

  std::filesystem::path file(const std::string& name) const { return directory.path() / name; }
  void start_tls() { start({"--tls-cert", file("cert.pem"), "--tls-key", file("key.pem")}); }

  /// The program does not start, and says this in one line.
  void expect_failure(const std::vector<std::string>& more, std::string_view words) const {
    std::vector<std::string> arguments{"serve", "--listen", "127.0.0.1:0", "--data", data()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Finished finished = run_program(SKYPOD_PROGRAM, arguments);
    EXPECT_EQ(finished.code, 1);
    EXPECT_EQ(finished.output, "");
    EXPECT_NE(finished.errors.find(words), std::string::npos) << finished.errors;
    EXPECT_EQ(std::ranges::count(finished.errors, '\n'), 1) << finished.errors;
  }
};

TEST_F(TlsServer, AnswersHttps) {
  start_tls();
  EXPECT_TRUE(server->first_line().starts_with("listening on https://127.0.0.1:")) << server->first_line();
  const TlsAnswer answer = exchange_tls(port(), health_request);
  EXPECT_EQ(answer.version, "TLSv1.3");
  EXPECT_EQ(answer.protocol, "http/1.1");
  EXPECT_EQ(answer.name, "first");
  EXPECT_TRUE(answer.octets.starts_with("HTTP/1.1 200 OK\r\n")) << answer.octets;
  EXPECT_NE(answer.octets.find(R"("status":"ok")"), std::string::npos);
}

TEST_F(TlsServer, SendsLargeFilesWhole) {
  std::string content;
  for (int i = 0; content.size() < 3'000'000; ++i) content += std::to_string(i) + "\n";
  directory.write("web/index.html", content);
  start({"--tls-cert", file("cert.pem"), "--tls-key", file("key.pem"), "--web", file("web")});
  const TlsAnswer answer = exchange_tls(port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.octets.ends_with("\r\n\r\n" + content)) << answer.octets.size();
}

TEST_F(TlsServer, CarriesWebSockets) {
  start_tls();
  const TlsAnswer answer = exchange_tls(port(), upgrade_request());
  EXPECT_TRUE(answer.octets.starts_with("HTTP/1.1 101 ")) << answer.octets;
  EXPECT_NE(answer.octets.find("preauth.challenge"), std::string::npos);
  EXPECT_NE(answer.octets.find("authentication_timeout"), std::string::npos);
}

TEST_F(TlsServer, RefusesOldVersionsAndPlainText) {
  start_tls();
  EXPECT_FALSE(exchange_tls(port(), health_request, TLS1_1_VERSION).is_connected);
  EXPECT_EQ(exchange_tls(port(), health_request, TLS1_2_VERSION).version, "TLSv1.2");
  EXPECT_EQ(get(port(), "/healthz").status, 0);
  EXPECT_TRUE(exchange_tls(port(), health_request).is_connected);
}

TEST_F(TlsServer, TakesARenewedCertificateAtSighup) {
  start_tls();
  write_certificate(file("cert.pem"), file("key.pem"), "second");
  EXPECT_EQ(exchange_tls(port(), health_request).name, "first");
  server->ask_to_reload();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string name;
  while (name != "second" && std::chrono::steady_clock::now() < deadline) {
    name = exchange_tls(port(), health_request).name;
  }
  EXPECT_EQ(name, "second");

  directory.write("key.pem", "spoilt");
  server->ask_to_reload();
  while (log().find("stays") == std::string::npos && std::chrono::steady_clock::now() < deadline) {
    EXPECT_EQ(exchange_tls(port(), health_request).name, "second");
  }
  EXPECT_EQ(exchange_tls(port(), health_request).name, "second");
  EXPECT_NE(log().find("--tls-key"), std::string::npos);
}

TEST_F(TlsServer, SaysWhyItCannotStart) {
  write_certificate(file("other.pem"), file("other-key.pem"), "other");
  directory.write("text.pem", "no certificate");
  const std::string certificate = file("cert.pem");
  expect_failure({"--tls-cert", certificate}, "give --tls-cert and --tls-key");
  expect_failure({"--tls-key", file("key.pem")}, "give --tls-cert and --tls-key");
  expect_failure({"--tls-cert", "/nowhere", "--tls-key", file("key.pem")}, "/nowhere cannot be used");
  expect_failure({"--tls-cert", certificate, "--tls-key", "/nowhere"}, "with --tls-key");
  expect_failure({"--tls-cert", file("text.pem"), "--tls-key", file("key.pem")}, "with --tls-cert");
  expect_failure({"--tls-cert", certificate, "--tls-key", file("other-key.pem")}, "belongs to the certificate");
}

}  // namespace
}  // namespace skypod::test
