// Audio through the running server: its map, the very octets that the map is of, in whole and in ranges, and nothing
// corrupt however the process ends.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/base64url.hpp"
#include "base/bytes.hpp"
#include "base/percent.hpp"
#include "media/test_sound.hpp"
#include "native/digest.hpp"
#include "native/test_server.hpp"
#include "test/server/running_server.hpp"
#include "test/support/http.hpp"

namespace skypod::test {
namespace {

class AudioTest : public RunningServer {
 protected:
  AudioTest() {
    Sound sound = speech_like(22'050, 1, 3);
    sound.samples.insert(sound.samples.end(), 22'050 * 2, 0.0F);
    const Sound more = speech_like(22'050, 1, 1, 2);
    sound.samples.insert(sound.samples.end(), more.samples.begin(), more.samples.end());
    wav = wav_of(sound);
  }

  void start_open() { start({"--allow-fetch", "127.0.0.0/8", "--open-proxy"}); }

  std::string target(const std::string& path) const { return "/api/audio?url=" + percent_encode(origin.url(path)); }

  /// Asks until the work is done; notes every state on the way.
  HttpAnswer ask(const std::string& path, const std::string& headers = "") {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
      HttpAnswer got = get(port(), target(path), headers);
      if (got.status != 202 || std::chrono::steady_clock::now() > deadline) return got;
      EXPECT_EQ(got.headers["retry-after"], "1");
      const wire::Json json = got.json();
      EXPECT_GE(json["progress"].get<double>(), 0);
      EXPECT_LE(json["progress"].get<double>(), 1);
      const std::string state = json["state"].get<std::string>();
      if (states.empty() || states.back() != state) states.push_back(state);
    }
  }

  std::string wav;
  std::vector<std::string> states;
  Server origin{[this](const std::string& head, const Server::Send& send) {
    if (head.starts_with("GET /gone")) return void(send(Server::answer("404 Not Found", "", "")));
    if (head.starts_with("GET /moved")) return void(send(Server::answer("302 Found", "Location: /1.wav\r\n", "")));
    if (head.starts_with("GET /page")) return void(send(Server::answer("200 OK", "", "<html>no</html>")));
    if (head.starts_with("GET /cut")) {
      const std::string whole = Server::answer("200 OK", "", wav);
      return void(send(std::string_view(whole).substr(0, whole.size() / 2)));
    }
    send(Server::answer("200 OK", "Content-Type: audio/x-whatever\r\n", wav));
  }};
};

TEST_F(AudioTest, AnswersAMapAndTheOctetsItIsOf) {
  start_open();
  const HttpAnswer got = ask("/1.wav");
  ASSERT_EQ(got.status, 200) << got.body;
  ASSERT_FALSE(states.empty());
  const wire::Json map = got.json();
  const std::string hash = to_hex(sha256(wav));
  EXPECT_EQ(map["sha256"], hash);
  EXPECT_EQ(map["octets"], wav.size());
  EXPECT_EQ(map["content_type"], "audio/wav");
  EXPECT_EQ(map["media"], "/api/media/" + hash);
  EXPECT_NEAR(map["duration"].get<double>(), static_cast<double>(wav.size()) / 2 / 22'050, 0.01);
  ASSERT_FALSE(map["silences"].empty());
  EXPECT_TRUE(map["loudness"]["lufs"].is_number());
  const HttpAnswer file = get(port(), map["media"].get<std::string>());
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.headers.at("content-type"), "audio/wav");
  EXPECT_TRUE(file.body == wav);
  EXPECT_EQ(ask("/1.wav").json(), map);
  EXPECT_EQ(origin.accepted(), 1);
}

TEST_F(AudioTest, AnswersRanges) {
  start_open();
  const std::string path = ask("/1.wav").json()["media"].get<std::string>();
  const std::string tag = "\"" + to_hex(sha256(wav)) + "\"";
  const std::string size = std::to_string(wav.size());
  const HttpAnswer part = get(port(), path, "Range: bytes=100-199\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_TRUE(part.body == wav.substr(100, 100));
  EXPECT_EQ(part.headers.at("content-range"), "bytes 100-199/" + size);
  EXPECT_EQ(part.headers.at("etag"), tag);
  EXPECT_EQ(part.headers.at("accept-ranges"), "bytes");
  EXPECT_TRUE(part.headers.at("cache-control").contains("immutable"));
  EXPECT_TRUE(get(port(), path, "Range: bytes=-50\r\n").body == wav.substr(wav.size() - 50));
  EXPECT_TRUE(get(port(), path, "Range: bytes=7-\r\n").body == wav.substr(7));
  const HttpAnswer outside = get(port(), path, "Range: bytes=" + size + "-\r\n");
  EXPECT_EQ(outside.status, 416);
  EXPECT_EQ(outside.headers.at("content-range"), "bytes */" + size);
  EXPECT_EQ(get(port(), path, "Range: bytes=0-9,20-29\r\n").status, 200);
  EXPECT_EQ(get(port(), path, "Range: bytes=0-9\r\nIf-Range: " + tag + "\r\n").status, 206);
  EXPECT_EQ(get(port(), path, "Range: bytes=0-9\r\nIf-Range: \"another\"\r\n").status, 200);
  EXPECT_EQ(get(port(), path, "If-None-Match: " + tag + "\r\n").status, 304);
  EXPECT_EQ(get(port(), path, "If-None-Match: " + tag + "\r\n").body, "");
  const HttpAnswer head = get(port(), path, "", "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), size);
  EXPECT_EQ(head.body, "");
}

TEST_F(AudioTest, FetchesOnceHoweverManyAsk) {
  start_open();
  std::vector<std::thread> threads;
  for (int at = 0; at < 8; ++at) threads.emplace_back([this] { get(port(), target("/1.wav")); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ask("/1.wav").status, 200);
  EXPECT_EQ(origin.accepted(), 1);
  EXPECT_EQ(ask("/2.wav").json()["sha256"], to_hex(sha256(wav)));  // the same octets of another address
  EXPECT_EQ(ask("/moved").status, 200);
}

TEST_F(AudioTest, SaysWhyThereIsNoMap) {
  start_open();
  EXPECT_EQ(ask("/gone").json()["code"], "upstream_not_found");
  EXPECT_EQ(ask("/page").json()["code"], "not_audio");
  EXPECT_EQ(ask("/cut").status, 502);
  const int asked = origin.accepted();
  EXPECT_EQ(ask("/gone").status, 404);  // remembered
  EXPECT_EQ(origin.accepted(), asked);
  EXPECT_EQ(get(port(), "/api/audio").json()["code"], "bad_request");
  EXPECT_EQ(get(port(), "/api/media/..%2f..%2fetc").json()["code"], "bad_request");
  EXPECT_EQ(get(port(), "/api/media/" + std::string(64, 'a')).json()["code"], "not_kept");
}

TEST_F(AudioTest, ServesMembersOnly) {
  start({"--allow-fetch", "127.0.0.0/8"});
  EXPECT_EQ(ask("/1.wav").json()["code"], "token_missing");
  const P256Key alice = P256Key::generate();
  const std::string realm = random_realm();
  ASSERT_TRUE(enter(port(), alice, realm, register_request(alice, genesis_of(alice, realm))).admitted());
  wire::Claims claims = claims_of(alice, realm, wire::event(wire::msg::proxy_use));
  const HttpAnswer got = ask("/1.wav", "Authorization: Bearer " + sign(alice, claims) + "\r\n");
  ASSERT_EQ(got.status, 200) << got.body;
  const std::string path = got.json()["media"].get<std::string>();
  EXPECT_EQ(get(port(), path).status, 401);
  claims.sub = base64url_encode(sha256(path));
  EXPECT_EQ(get(port(), path + "?token=" + sign(alice, claims)).status, 200);
  claims.sub = base64url_encode(sha256(path + "0"));
  EXPECT_EQ(get(port(), path + "?token=" + sign(alice, claims)).status, 401);
}

TEST_F(AudioTest, IsNeverCorruptHoweverTheProcessEnds) {
  for (int round = 0; round < 6; ++round) {
    start_open();
    // Ended at another stage each time: while it fetches, analyses, or keeps.
    for (int asked = 0; asked <= round * 3; ++asked) get(port(), target("/1.wav"));
    server->kill();
  }
  start_open();
  ASSERT_EQ(ask("/1.wav").status, 200);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(data() / "audio" / "files")) {
    ++files;
    const std::string name = entry.path().filename().string();
    EXPECT_EQ(get(port(), "/api/media/" + name).status, 200) << name;
    EXPECT_EQ(to_hex(sha256(get(port(), "/api/media/" + name).body)), name);
  }
  EXPECT_EQ(files, 1U);
}

}  // namespace
}  // namespace skypod::test
