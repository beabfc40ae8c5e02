// RFC 6455 against the running server, case by case, as the Autobahn suite has them: frames of every length, control
// frames between fragments, reserved bits and opcodes, text that is not UTF-8 wherever it is cut, close codes. A member
// sends them; a realm.rtc.ping that is answered shows that a message was understood.
#include "test/server/running_server.hpp"
#include "test/support/raw_websocket.hpp"

namespace skypod::test {
namespace {

constexpr int fin = 0x80;
constexpr int more = 0;
constexpr int text = 1;
constexpr int binary = 2;
constexpr int close_opcode = 8;
constexpr int ping_opcode = 9;
constexpr int pong_opcode = 10;

using Seen = std::vector<std::string>;

/// What is sent and what comes back; if it does not end with a close, the connection must still be good.
struct Case {
  std::string name;
  std::string octets;
  Seen expected;
};

/// A request that is answered "pong 7", with white space so that it is that long.
std::string request_of(std::size_t length) {
  std::string request = wire::to_text(wire::request(wire::msg::ping, 7));
  if (request.size() < length) request.insert(1, length - request.size(), ' ');
  return request;
}

std::string message(std::string_view payload) {
  return raw_frame(fin | text, payload);
}

std::string ping(std::string_view payload) {
  return raw_frame(fin | ping_opcode, payload);
}

std::string close_payload(int code, std::string_view reason = "") {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 255)}.append(reason);
}

std::string closing(std::string_view payload) {
  return raw_frame(fin | close_opcode, payload);
}

/// The request in frames of that many octets, each followed by `between`.
std::string fragments(std::string_view payload, std::size_t size, std::string_view between = "") {
  std::string octets;
  for (std::size_t at = 0; at < payload.size(); at += size) {
    const int is_last = at + size >= payload.size() ? fin : 0;
    octets += raw_frame(is_last | (at == 0 ? text : more), payload.substr(at, size));
    octets += between;
  }
  return octets;
}

std::string describe(const RawFrame& frame) {
  if (frame.opcode == pong_opcode) return "PONG " + frame.payload;
  if (frame.opcode == close_opcode) {
    if (frame.payload.size() < 2) return "CLOSE";
    const auto* const octets = reinterpret_cast<const unsigned char*>(frame.payload.data());
    return "CLOSE " + std::to_string(octets[0] << 8 | octets[1]);
  }
  const auto heard = wire::parse_text(frame.payload);
  if (!heard) return "not a message";
  if (heard->typ == wire::Typ::err) return heard->dat["code"].get<std::string>();
  return heard->msg == wire::msg::pong ? "pong " + std::to_string(heard->seq.value_or(0)) : heard->msg;
}

class Conformance : public RunningServer {
 protected:
  void SetUp() override { start(); }

  /// A founder of a new realm, who has heard everything that a newcomer is told.
  std::unique_ptr<RawWebSocket> member() const {
    const P256Key key = P256Key::generate();
    const std::string realm = random_realm();
    auto socket = std::make_unique<RawWebSocket>(port());
    const auto challenge = wire::parse_text(socket->receive()->payload);
    const std::string nonce = wire::Challenge::read(challenge->dat)->nonce;
    socket->send(message(sign(key, claims_of(key, realm, register_request(key, genesis_of(key, realm)), nonce))));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(socket->receive());
    return socket;
  }

  /// Sends a case's octets in pieces of that size.
  void run(const Case& one, std::size_t piece) const {
    SCOPED_TRACE(one.name + " in pieces of " + std::to_string(piece));
    const auto socket = member();
    socket->send(one.octets, piece);
    const bool ends = one.expected.back().starts_with("CLOSE");
    if (!ends) socket->send(message(wire::to_text(wire::request(wire::msg::ping, 99))));
    Seen expected = one.expected;
    if (!ends) expected.emplace_back("pong 99");
    Seen seen;
    while (seen.size() < expected.size()) {
      const auto frame = socket->receive();
      if (!frame) break;
      seen.push_back(describe(*frame));
    }
    EXPECT_EQ(seen, expected);
    if (ends) EXPECT_FALSE(socket->receive()) << "said more after its close";
  }
  void run(const std::vector<Case>& cases) const {
    for (const Case& one : cases) {
      run(one, SIZE_MAX);
      if (one.octets.size() < 1'000) run(one, 1);
    }
  }
};

TEST_F(Conformance, MessagesOfEveryLength) {
  std::vector<Case> cases;
  for (const std::size_t length : {0U, 125U, 126U, 127U, 128U, 65'535U, 65'536U, 65'537U, 262'144U}) {
    cases.push_back({"text of " + std::to_string(length), message(request_of(length)), {"pong 7"}});
  }
  cases.push_back({"an empty text", message(""), {"bad_frame"}});
  cases.push_back({"binary", raw_frame(fin | binary, request_of(0)), {"bad_frame"}});
  cases.push_back({"longer than allowed", message(request_of(262'145)), {"frame_too_large", "CLOSE 1009"}});
  run(cases);
}

TEST_F(Conformance, PingsAndPongs) {
  std::string ten;
  Seen ten_pongs;
  for (int i = 0; i < 10; ++i) {
    ten += ping(std::to_string(i));
    ten_pongs.push_back("PONG " + std::to_string(i));
  }
  const std::string longest(125, '\xfe');
  run(std::vector<Case>{{"without payload", ping(""), {"PONG "}},
                        {"with text", ping("Hello"), {"PONG Hello"}},
                        {"with octets", ping(std::string("\x00\xff\xfe", 3)), {std::string("PONG \x00\xff\xfe", 8)}},
                        {"of 125 octets", ping(longest), {"PONG " + longest}},
                        {"of 126 octets", ping(longest + "x"), {"CLOSE 1002"}},
                        {"ten", ten, ten_pongs},
                        {"an unasked pong", raw_frame(fin | pong_opcode, "x") + ping("y"), {"PONG y"}},
                        {"in two fragments", raw_frame(ping_opcode, "x") + raw_frame(fin, "y"), {"CLOSE 1002"}}});
}

TEST_F(Conformance, ReservedBitsAndOpcodes) {
  std::vector<Case> cases;
  for (int bits = 1; bits <= 7; ++bits) {
    const int reserved = bits << 4;
    cases.push_back({"bits " + std::to_string(bits),
                     message(request_of(0)) + raw_frame(fin | reserved | text, "x"),
                     {"pong 7", "CLOSE 1002"}});
    cases.push_back({"bits of a ping", raw_frame(fin | reserved | ping_opcode, ""), {"CLOSE 1002"}});
  }
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    for (const std::string_view payload : {"", "hello"}) {
      cases.push_back({"opcode " + std::to_string(opcode), raw_frame(fin | opcode, payload), {"CLOSE 1002"}});
    }
  }
  cases.push_back({"not masked", raw_frame(fin | text, request_of(0), false), {"CLOSE 1002"}});
  cases.push_back({"an unmasked ping", raw_frame(fin | ping_opcode, "", false), {"CLOSE 1002"}});
  run(cases);
}

TEST_F(Conformance, Fragments) {
  const std::string request = request_of(0);
  const std::string half = request.substr(0, 10);
  const std::string rest = request.substr(10);
  std::vector<Case> cases{
      {"two", fragments(request, 20), {"pong 7"}},
      {"of one octet", fragments(request, 1), {"pong 7"}},
      {"of nothing", raw_frame(text, "") + raw_frame(more, "") + raw_frame(fin, request), {"pong 7"}},
      {"the last of nothing", raw_frame(text, request) + raw_frame(fin, ""), {"pong 7"}},
      {"with a ping in between", raw_frame(text, half) + ping("p") + raw_frame(fin, rest), {"PONG p", "pong 7"}},
      {"with a pong in between",
       raw_frame(text, half) + raw_frame(fin | pong_opcode, "") + raw_frame(fin, rest),
       {"pong 7"}},
      {"a continuation of nothing", raw_frame(fin, "x"), {"CLOSE 1002"}},
      {"a continuation after the end", message(request) + raw_frame(more, "x"), {"pong 7", "CLOSE 1002"}},
      {"a new message within", raw_frame(text, half) + message(request), {"CLOSE 1002"}},
      {"binary within text", raw_frame(text, half) + raw_frame(binary, "x"), {"CLOSE 1002"}},
      {"a close within", raw_frame(text, half) + closing(close_payload(1000)), {"CLOSE 1000"}},
      {"together too long", fragments(request_of(300'000), 100'000), {"frame_too_large", "CLOSE 1009"}}};
  run(cases);
}

TEST_F(Conformance, TextIsUtf8) {
  const auto say = [](std::string_view word) {
    return R"({"typ":"req","msg":")" + std::string(word) + R"(","seq":7})";
  };
  std::vector<Case> cases;
  for (const std::string_view good :
       {"κόσμε", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"}) {
    cases.push_back({"good", message(say(good)), {"unknown_message"}});
    for (const std::size_t size : {1U, 2U, 3U}) {
      cases.push_back({"good, cut", fragments(say(good), size), {"unknown_message"}});
    }
  }
  for (const std::string_view bad :
       {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xce", "\xe1\xbd", "\xf0\x90\x80",
        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"}) {
    cases.push_back({"bad", message(say(bad)), {"CLOSE 1007"}});
    for (const std::size_t size : {1U, 2U, 3U})
      cases.push_back({"bad, cut", fragments(say(bad), size), {"CLOSE 1007"}});
    cases.push_back({"bad, with pings", fragments(say(bad), 200, ping("")), {"CLOSE 1007"}});
  }
  cases.push_back({"ends within a character", message("\xf0\x90\x80"), {"CLOSE 1007"}});
  cases.push_back({"cut within a character for good", raw_frame(text, "\xce") + raw_frame(fin, ""), {"CLOSE 1007"}});
  cases.push_back({"binary need not be", raw_frame(fin | binary, "\xff"), {"bad_frame"}});
  run(cases);
}

TEST_F(Conformance, Closing) {
  std::vector<Case> cases{
      {"without a code", closing(""), {"CLOSE"}},
      {"of one octet", closing("x"), {"CLOSE 1002"}},
      {"with a reason", closing(close_payload(1000, "bye")), {"CLOSE 1000"}},
      {"with the longest reason", closing(close_payload(1000, std::string(123, 'x'))), {"CLOSE 1000"}},
      {"with a reason too long", closing(close_payload(1000, std::string(124, 'x'))), {"CLOSE 1002"}},
      {"with a reason that is not UTF-8", closing(close_payload(1000, "\xce")), {"CLOSE 1007"}},
      {"in fragments", raw_frame(close_opcode, close_payload(1000)), {"CLOSE 1002"}},
      {"then a ping", closing(close_payload(1000)) + ping("x"), {"CLOSE 1000"}},
      {"then a message", closing(close_payload(1000)) + message(request_of(0)), {"CLOSE 1000"}},
      {"twice", closing(close_payload(1000)) + closing(close_payload(1001)), {"CLOSE 1000"}}};
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
    cases.push_back({"code " + std::to_string(code), closing(close_payload(code)), {"CLOSE " + std::to_string(code)}});
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65'535}) {
    cases.push_back({"code " + std::to_string(code), closing(close_payload(code)), {"CLOSE 1002"}});
  }
  run(cases);
}

TEST_F(Conformance, LengthsThatNobodyHas) {
  std::vector<Case> cases;
  const auto claims = [](std::uint64_t length) {
    std::string octets{static_cast<char>(fin | text), static_cast<char>(255)};
    for (int shift = 56; shift >= 0; shift -= 8) octets += static_cast<char>(length >> shift & 255);
    return octets + "mask" + std::string(1'000, 'x');
  };
  for (const int bits : {19, 31, 32, 33, 40, 53, 62}) {
    cases.push_back({"2^" + std::to_string(bits), claims(std::uint64_t{1} << bits), {"frame_too_large", "CLOSE 1009"}});
  }
  cases.push_back({"2^63 - 1", claims((std::uint64_t{1} << 63) - 1), {"frame_too_large", "CLOSE 1009"}});
  cases.push_back({"2^63", claims(std::uint64_t{1} << 63), {"CLOSE 1002"}});
  cases.push_back({"2^64 - 1", claims(UINT64_MAX), {"CLOSE 1002"}});
  for (const Case& one : cases) run(one, SIZE_MAX);
}

}  // namespace
}  // namespace skypod::test
