#include "rtc/sdp/description.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace skypod::rtc::sdp {
namespace {

constexpr std::string_view fingerprint =
    "sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff";

/// As a browser writes it, one line per entry.
std::vector<std::string> browser_offer() {
  return {"v=0",
          "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
          "s=-",
          "t=0 0",
          "a=group:BUNDLE 0",
          "a=extmap-allow-mixed",
          "a=msid-semantic: WMS",
          "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
          "c=IN IP4 0.0.0.0",
          "a=candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host",
          "a=ice-ufrag:uF+/",
          "a=ice-pwd:0123456789abcdefghijkl",
          "a=ice-options:trickle",
          "a=fingerprint:" + std::string(fingerprint),
          "a=setup:actpass",
          "a=mid:data",
          "a=sctp-port:5001",
          "a=max-message-size:262144"};
}

std::string join(const std::vector<std::string>& lines, std::string_view end = "\r\n") {
  std::string out;
  for (const auto& line : lines) {
    out += line;
    out += end;
  }
  return out;
}

/// The browser's offer with the line that begins like `from` replaced; an empty `to` takes it out.
std::string changed(std::string_view from, const std::string& to) {
  auto lines = browser_offer();
  const auto line = std::ranges::find_if(lines, [&](const auto& each) { return each.starts_with(from); });
  EXPECT_NE(line, lines.end()) << from;
  if (to.empty()) {
    lines.erase(line);
  } else {
    *line = to;
  }
  return join(lines);
}

std::optional<Refusal> refusal_of(const std::string& text) {
  const auto result = parse_description(text);
  return result ? std::nullopt : std::optional(result.error());
}

TEST(Description, ReadsWhatABrowserWrites) {
  const auto description = parse_description(join(browser_offer()));
  ASSERT_TRUE(description);
  EXPECT_EQ(description->session, 4611731400430051336u);
  EXPECT_EQ(description->version, 2u);
  EXPECT_EQ(description->mid, "data");
  EXPECT_TRUE(description->bundled);
  EXPECT_EQ(description->ufrag, "uF+/");
  EXPECT_EQ(description->password, "0123456789abcdefghijkl");
  EXPECT_EQ(description->setup, Setup::actpass);
  ASSERT_EQ(description->fingerprints.size(), 1u);
  EXPECT_EQ(description->fingerprints[0].digest.size(), 32u);
  EXPECT_EQ(description->fingerprints[0].digest[10], '\xaa');
  EXPECT_EQ(description->sctp_port, 5001);
  EXPECT_EQ(description->message_max, 262144u);
  EXPECT_EQ(description->candidates.size(), 1u);
  EXPECT_FALSE(description->complete);
}

TEST(Description, ReadsWhatItWrites) {
  auto description = *parse_description(join(browser_offer()));
  description.setup = Setup::active;
  description.complete = true;
  const auto again = parse_description(write_description(description));
  ASSERT_TRUE(again);
  EXPECT_EQ(write_description(*again), write_description(description));
}

TEST(Description, TakesBareLineEnds) {
  EXPECT_TRUE(parse_description(join(browser_offer(), "\n")));
}

TEST(Description, TakesAttributesOfTheSessionAndPrefersTheMediasOwn) {
  auto lines = browser_offer();
  lines.insert(lines.begin() + 5, {"a=ice-ufrag:session", "a=setup:passive"});
  lines.erase(std::ranges::find(lines, "a=setup:actpass"));
  const auto description = parse_description(join(lines));
  ASSERT_TRUE(description);
  EXPECT_EQ(description->ufrag, "uF+/");
  EXPECT_EQ(description->setup, Setup::passive);
}

TEST(Description, KnowsWhatIsMissing) {
  EXPECT_EQ(refusal_of(changed("m=", "")), Refusal::no_data);
  EXPECT_EQ(refusal_of(changed("a=ice-ufrag", "")), Refusal::no_ice);
  EXPECT_EQ(refusal_of(changed("a=ice-pwd", "")), Refusal::no_ice);
  EXPECT_EQ(refusal_of(changed("a=fingerprint", "")), Refusal::no_fingerprint);
  EXPECT_EQ(refusal_of(changed("a=setup", "")), Refusal::no_setup);
  EXPECT_EQ(refusal_of(changed("a=sctp-port", "")), Refusal::no_sctp);
  EXPECT_EQ(parse_description(changed("a=max-message-size", ""))->message_max, 65536u);
}

TEST(Description, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(refusal_of(""), Refusal::malformed);
  EXPECT_EQ(refusal_of("v=1\r\n"), Refusal::malformed);
  EXPECT_EQ(refusal_of(changed("s=-", "S=-")), Refusal::malformed);
  EXPECT_EQ(refusal_of(changed("s=-", "nonsense")), Refusal::malformed);
  EXPECT_EQ(refusal_of(changed("s=-", std::string("s=\0", 3))), Refusal::malformed);
  EXPECT_EQ(refusal_of(changed("a=mid", "a=mid:two words")), Refusal::malformed);
  EXPECT_EQ(refusal_of(changed("a=max-message", "a=max-message-size:-1")), Refusal::malformed);
  EXPECT_EQ(refusal_of(changed("a=max-message", "a=max-message-size:18446744073709551616")), Refusal::malformed);
  EXPECT_EQ(refusal_of(changed("a=ice-ufrag", "a=ice-ufrag:abc")), Refusal::no_ice);
  EXPECT_EQ(refusal_of(changed("a=ice-ufrag", "a=ice-ufrag:a b c d")), Refusal::no_ice);
  EXPECT_EQ(refusal_of(changed("a=ice-pwd", "a=ice-pwd:short")), Refusal::no_ice);
  EXPECT_EQ(refusal_of(changed("a=ice-pwd", "a=ice-pwd:" + std::string(257, 'x'))), Refusal::no_ice);
  EXPECT_EQ(refusal_of(changed("a=setup", "a=setup:holdconn")), Refusal::no_setup);
  EXPECT_EQ(refusal_of(changed("a=sctp-port", "a=sctp-port:0")), Refusal::no_sctp);
  EXPECT_EQ(refusal_of(changed("a=sctp-port", "a=sctp-port:65536")), Refusal::no_sctp);
}

TEST(Description, RefusesTwoValuesWhereOneCounts) {
  EXPECT_EQ(refusal_of(changed("a=mid", "a=ice-ufrag:other")), Refusal::no_ice);
  EXPECT_EQ(refusal_of(changed("a=mid", "a=ice-pwd:abcdefghijklmnopqrstuv")), Refusal::no_ice);
  EXPECT_EQ(refusal_of(changed("a=mid", "a=setup:passive")), Refusal::no_setup);
  EXPECT_EQ(refusal_of(changed("a=mid", "a=sctp-port:5000")), Refusal::malformed);
}

TEST(Description, RefusesWhatIsNotDataAlone) {
  const std::string audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111";
  EXPECT_EQ(refusal_of(changed("m=", audio)), Refusal::more_than_data);
  EXPECT_EQ(refusal_of(join(browser_offer()) + audio + "\r\n"), Refusal::more_than_data);
  EXPECT_EQ(refusal_of(changed("m=", "m=application 0 UDP/DTLS/SCTP webrtc-datachannel")), Refusal::no_data);
  EXPECT_EQ(refusal_of(changed("m=", "m=application 9 DTLS/SCTP 5000")), Refusal::no_data);
  EXPECT_EQ(refusal_of(changed("m=", "m=application x UDP/DTLS/SCTP webrtc-datachannel")), Refusal::malformed);
  EXPECT_EQ(refusal_of(changed("a=ice-options", "a=inactive")), Refusal::no_data);
}

TEST(Description, IsBounded) {
  const std::string line = "a=x:" + std::string(100, 'x');
  auto lines = browser_offer();
  lines.insert(lines.end(), 400, line);
  EXPECT_EQ(refusal_of(join(lines)), Refusal::too_long);
  lines = browser_offer();
  lines.insert(lines.end(), lines_max, "a=x");
  EXPECT_EQ(refusal_of(join(lines)), Refusal::too_long);
}

TEST(Description, KeepsAFewOfManyCandidates) {
  auto lines = browser_offer();
  lines.insert(lines.end(), 200, "a=candidate:1 1 udp 1 192.0.2.1 1 typ host");
  const auto description = parse_description(join(lines));
  ASSERT_TRUE(description);
  EXPECT_EQ(description->candidates.size(), candidates_max);
}

TEST(Description, TrustsOnlyStrongHashes) {
  const auto with = [](const std::string& value) { return changed("a=fingerprint", "a=fingerprint:" + value); };
  const std::string octets(fingerprint.substr(8));
  EXPECT_EQ(refusal_of(with("sha-1 " + octets.substr(0, 59))), Refusal::no_fingerprint);
  EXPECT_EQ(refusal_of(with("md5 " + octets.substr(0, 47))), Refusal::no_fingerprint);
  EXPECT_EQ(refusal_of(with("sha-256 " + octets.substr(0, 59))), Refusal::no_fingerprint);
  EXPECT_EQ(refusal_of(with("sha-256 " + octets + ":00")), Refusal::no_fingerprint);
  EXPECT_EQ(refusal_of(with("sha-256")), Refusal::no_fingerprint);
  EXPECT_EQ(refusal_of(with("sha-256 " + octets.substr(0, 93) + "XY")), Refusal::no_fingerprint);
  EXPECT_FALSE(refusal_of(with("SHA-256 " + octets)));
  EXPECT_FALSE(refusal_of(with("sha-512 " + octets + ":" + octets)));
}

TEST(Description, TakesNotEndlesslyManyFingerprints) {
  auto lines = browser_offer();
  lines.insert(lines.end(), fingerprints_max, "a=fingerprint:" + std::string(fingerprint));
  EXPECT_EQ(refusal_of(join(lines)), Refusal::too_long);
}

}  // namespace
}  // namespace skypod::rtc::sdp
