#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "cli/serve_findings.hpp"
#include "cli/server_findings.hpp"
#include "cli/storage_findings.hpp"
#include "native/identity_file.hpp"
#include "native/test_server.hpp"

namespace skypod::cli {
namespace {

namespace fs = std::filesystem;

Health health_of(const Findings& findings, const std::string& name) {
  for (const Finding& one : findings) {
    if (one.name == name) return one.health;
  }
  return Health::skipped;
}

class Storage : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "doctor-XXXXXX";  // tests run beside each other
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    data = pattern;
  }
  void TearDown() override { fs::remove_all(data); }

  fs::path data;
};

TEST_F(Storage, IsGoodWhereAllIsThere) {
  ASSERT_TRUE(create_identity(data / "identity.json"));
  std::ofstream(data / "library.sqlite").close();
  const Findings findings = storage_findings(data);
  ASSERT_EQ(findings.size(), 4U);
  for (const Finding& one : findings) {
    if (one.name != "free space") EXPECT_EQ(one.health, Health::good) << one.name << ": " << one.found;
  }
}

TEST_F(Storage, WarnsOfADirectoryThatIsNotThereAndMakesNone) {
  const Findings findings = storage_findings(data / "new" / "one");
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].health, Health::warning);
  EXPECT_EQ(findings[1].name, "free space");
  EXPECT_TRUE(fs::is_empty(data));
}

TEST_F(Storage, IsBadWhereAFileIsInItsPlace) {
  std::ofstream(data / "file").close();
  EXPECT_EQ(health_of(storage_findings(data / "file"), "directory"), Health::bad);
}

TEST_F(Storage, IsBadWhereNothingCanBeWritten) {
  for (const char* directory : {"/proc/self", "/proc/self/new", "/dev/null/new"}) {  // not even by root
    const Findings findings = storage_findings(directory);
    ASSERT_EQ(findings.size(), 1U) << directory;
    EXPECT_EQ(findings[0].health, Health::bad) << directory;
    EXPECT_NE(findings[0].mend.find("the user that runs skypod"), std::string::npos);
  }
}

TEST_F(Storage, IsAWarningWhereRoomIsScarceAndBadWhereThereIsNone) {
  const std::uintmax_t available = fs::space(data).available;
  EXPECT_EQ(health_of(place_findings(data, 1), "free space"), Health::good);
  EXPECT_EQ(health_of(place_findings(data, available * 5), "free space"), Health::warning);
  EXPECT_EQ(health_of(place_findings(data, available * 20), "free space"), Health::bad);
}

/// Where skypod serve is to run.
class Serving : public Storage {
 protected:
  Finding port(const std::string& listen) {
    for (const Finding& one : serve_findings({.listen = listen, .data = data, .tls_certificate = {}, .tls_key = {}})) {
      if (one.name == "port") return one;
    }
    return {};
  }
};

TEST_F(Serving, IsGoodWhereThePortIsFree) {
  EXPECT_EQ(port("127.0.0.1:0").health, Health::good);
}

TEST_F(Serving, IsBadWhereAnotherProgramHasThePort) {
  test::Server other([](const std::string&, const test::Server::Send& send) {
    send(test::Server::answer("200 OK", "Content-Type: text/html\r\n", "<html></html>"));
  });
  const Finding found = port("127.0.0.1:" + std::to_string(other.port()));
  EXPECT_EQ(found.health, Health::bad);
  EXPECT_NE(found.found.find("in use"), std::string::npos) << found.found;
  EXPECT_NE(found.mend.find("ss -ltnp"), std::string::npos) << found.mend;
}

TEST_F(Serving, IsBadWhereTheAddressIsNoneOrAnotherMachines) {
  EXPECT_EQ(port("pod.example").health, Health::bad);
  const Finding found = port("192.0.2.1:7890");
  EXPECT_EQ(found.health, Health::bad);
  EXPECT_NE(found.mend.find("ip address"), std::string::npos) << found.mend;
}

TEST_F(Serving, IsBadWithoutAKeyToTheCertificate) {
  std::ofstream(data / "cert.pem") << "no certificate";
  const Findings findings =
      serve_findings({.listen = "127.0.0.1:0", .data = data, .tls_certificate = data / "cert.pem", .tls_key = {}});
  EXPECT_EQ(health_of(findings, "certificate"), Health::bad);
}

TEST_F(Serving, IsBadWhereTheRegistryIsDamaged) {
  std::ofstream(data / "registry.sqlite") << std::string(8192, 'x');
  const Findings findings =
      serve_findings({.listen = "127.0.0.1:0", .data = data, .tls_certificate = {}, .tls_key = {}});
  EXPECT_EQ(health_of(findings, "registry"), Health::bad);
}

TEST_F(Serving, WarnsOfAClockThatNothingKeepsRight) {
  EXPECT_EQ(synchrony_finding(true).health, Health::good);
  EXPECT_EQ(synchrony_finding(false).health, Health::warning);
  EXPECT_FALSE(synchrony_finding(false).mend.empty());
}

TEST_F(Storage, IsBadWhereOthersCanReadTheIdentity) {
  ASSERT_TRUE(create_identity(data / "identity.json"));
  ASSERT_EQ(::chmod((data / "identity.json").c_str(), 0644), 0);
  EXPECT_EQ(health_of(storage_findings(data), "identity"), Health::bad);
}

TEST_F(Storage, IsBadWhereTheLibraryIsDamaged) {
  std::ofstream(data / "library.sqlite") << std::string(8192, 'x');
  EXPECT_EQ(health_of(storage_findings(data), "library"), Health::bad);
}

TEST(ServerFindings, SayWhatIsWrongAndTheMend) {
  peer::ServerCheck seen;
  seen.problem = "https://a cannot be reached: no; try again";
  const Findings findings = server_findings("https://a", seen);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].health, Health::bad);
  EXPECT_EQ(findings[0].found, "https://a cannot be reached: no");
  EXPECT_EQ(findings[0].mend, "try again");
}

TEST(ServerFindings, JudgeCertificateAndClock) {
  const auto judge = [](int days, wire::TimeMs ahead_ms) {
    peer::ServerCheck seen;
    seen.certificate_days = days;
    seen.clock_ahead_ms = ahead_ms;
    const Findings findings = server_findings("https://a", seen);
    return std::pair(health_of(findings, "certificate"), health_of(findings, "clock"));
  };
  EXPECT_EQ(judge(14, 10'000), std::pair(Health::good, Health::good));
  EXPECT_EQ(judge(13, -10'001), std::pair(Health::warning, Health::warning));
  EXPECT_EQ(judge(0, -300'001), std::pair(Health::warning, Health::bad));
}

TEST(IceFindings, AreBadForWhatGaveNoAddress) {
  EXPECT_EQ(ice_findings({}).front().health, Health::warning);
  const Findings findings = ice_findings(
      {{.url = "stun:a", .is_turn = false, .address = "192.0.2.1"}, {.url = "turn:a", .is_turn = true, .address = ""}});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].health, Health::good);
  EXPECT_EQ(findings[1].health, Health::bad);
  EXPECT_FALSE(findings[1].mend.empty());
}

}  // namespace
}  // namespace skypod::cli
