// What goes wrong around a peer, each with the sentence that says how to mend it.
#include <sys/stat.h>

#include "native/identity_file.hpp"
#include "test/peer/household.hpp"
#include "test/support/member.hpp"
#include "test/support/tls_client.hpp"

namespace skypod::test {
namespace {

class Refusals : public Household {
 protected:
  static std::string code_in(const std::string& link) { return link.substr(link.find("#join=") + 6); }
};

TEST_F(Refusals, ServersThatAreNone) {
  const std::string nowhere = "http://127.0.0.1:1";
  expect_failure(run("desk", {"realm", "create", "--server", nowhere}), 1, nowhere + " cannot be reached");
  expect_failure(run("desk", {"realm", "create", "--server", "http://nowhere.invalid"}), 1, "there is no such host");
  const Finished other = run("desk", {"realm", "create", "--server", "https://127.0.0.1:" + std::to_string(port)});
  expect_failure(other, 1, "it does not speak TLS as expected");
  // Nothing was made, so the right address is enough.
  found("desk");
}

TEST_F(Refusals, APeerSaysWhyItHasNoLink) {
  found("desk");
  server.reset();
  const auto desk = start_peer("desk");
  const Json link = desk->event("host.link", [](const Json& dat) { return !dat.value("problem", "").empty(); });
  EXPECT_NE(link.value("problem", "").find("cannot be reached: Connection refused"), std::string::npos);
  expect_failure(run("desk", {"send", "--relay", "x"}), 1, "the message was not sent");
}

TEST_F(Refusals, CertificatesOfNobody) {
  server.reset();
  write_certificate(data("cert.pem"), data("key.pem"), "home");
  server = std::make_unique<ServerProcess>(
      SKYPOD_PROGRAM, data("server"),
      std::vector<std::string>{"--tls-cert", data("cert.pem"), "--tls-key", data("key.pem")});
  const std::string secure = "https://127.0.0.1:" + std::to_string(server->port());
  const std::vector<std::string> create{"realm", "create", "--server", secure};
  expect_failure(run("desk", create), 1, "its certificate is not trusted");
  std::vector<std::string> trusting = create;
  trusting.insert(trusting.end(), {"--ca-file", data("nothing.pem")});
  expect_failure(run("desk", trusting), 1, "name a readable PEM file with --ca-file");
  trusting.back() = data("cert.pem");
  EXPECT_EQ(run("desk", trusting).errors, "");
  trusting[3] = "https://localhost:" + std::to_string(server->port());
  expect_failure(run("kitchen", trusting), 1, "use the name that the certificate is for");

  PeerProcess desk(SKYPOD_PROGRAM, data("desk"));  // server and authority are remembered
  desk.await_online();
}

TEST_F(Refusals, IdentitiesThatOthersCanRead) {
  found("desk");
  const std::string identity = data("desk") / "identity.json";
  ASSERT_EQ(chmod(identity.c_str(), 0644), 0);
  expect_failure(run("desk", {"peer"}), 1, "run: chmod 600 " + identity);
  ASSERT_EQ(chmod(identity.c_str(), 0600), 0);
  EXPECT_EQ(run("desk", {"realm", "members"}).code, 0);
}

TEST_F(Refusals, DirectoriesThatAreSpoilt) {
  found("desk");
  std::filesystem::rename(data("desk") / "identity.json", data("kept.json"));
  expect_failure(run("desk", {"peer"}), 1, "is missing although there is a library");
  std::filesystem::rename(data("kept.json"), data("desk") / "identity.json");

  directory.write("desk/peer.json", "{");
  expect_failure(run("desk", {"peer"}), 1, "remove the file and name the server again");
  EXPECT_EQ(run("desk", {"realm", "members", "--server", url()}).code, 0);

  directory.write("file", "");
  expect_failure(run("file", {"peer", "--server", url()}), 1, "choose a writable one with --data");
  directory.write("kitchen/library.sqlite", std::string(8192, 'x'));
  expect_failure(run("kitchen", {"peer", "--server", url()}), 1, "identity file");
}

TEST_F(Refusals, InvitationsForOthers) {
  found("desk");
  const std::string invitation = invitation_of("desk", "kitchen");
  expect_failure(run("thief", {"realm", "join", invitation}), 1, "The invitation is for another device");
  EXPECT_EQ(run("kitchen", {"realm", "join", invitation}).code, 0);
}

/// The token as its signer would have made it an hour earlier.
std::string an_hour_older(const P256Key& signer, wire::Claims claims) {
  constexpr wire::TimeMs hour_ms = 3'600'000;
  claims.issued_ms -= hour_ms;
  claims.expires_ms -= hour_ms;
  return sign(signer, claims);
}

TEST_F(Refusals, InvitationsThatAreTooOld) {
  found("desk");
  const std::string link = invitation_of("desk", "kitchen");
  const std::string code = code_in(link);
  const std::string prefix = code.substr(0, code.find('~') + 1);
  const auto key = load_identity(data("desk") / "identity.json");
  auto claims = wire::peek_token(code.substr(prefix.size()));
  ASSERT_TRUE(key && claims);
  auto statement = wire::InvitationStatement::read(claims->message.dat);
  ASSERT_TRUE(statement);
  statement->admission = an_hour_older(*key, wire::peek_token(statement->admission).value());
  claims->message.dat = statement->write();
  const std::string expired = prefix + an_hour_older(*key, *claims);
  expect_failure(run("kitchen", {"realm", "join", expired}), 1, "The invitation has expired. Ask for a new one");
  EXPECT_EQ(run("kitchen", {"realm", "join", link}).code, 0);
}

}  // namespace
}  // namespace skypod::test
