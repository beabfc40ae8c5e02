#include "server/frames.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.hpp"

namespace skypod::server {
namespace {

constexpr std::size_t message_max = 1000;
constexpr int text = 1;
constexpr int binary = 2;
constexpr int more = 0;
constexpr int close = 8;
constexpr int ping = 9;
constexpr int pong = 10;

/// A client's frame: masked, with the shortest length that fits.
std::string frame(int opcode, std::string payload, bool is_final = true) {
  std::string octets{static_cast<char>(opcode | (is_final ? 128 : 0))};
  if (payload.size() < 126) {
    octets += static_cast<char>(128 | payload.size());
  } else {
    octets += static_cast<char>(128 | 126);
    octets += static_cast<char>(payload.size() >> 8);
    octets += static_cast<char>(payload.size() & 255);
  }
  const std::string mask = "\x01\x80\xFFz";
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  return octets + mask + payload;
}

std::string describe(const FrameEvent& event) {
  if (const auto* in = std::get_if<MessageIn>(&event)) {
    return (in->is_text ? "text " : "binary ") + std::string(in->payload());
  }
  if (const auto* in = std::get_if<PingIn>(&event)) return "ping " + in->payload;
  if (const auto* in = std::get_if<CloseIn>(&event)) return "close " + std::to_string(in->code);
  if (const auto* in = std::get_if<BrokenIn>(&event)) return "broken " + std::to_string(in->code);
  return "too long";
}

using Events = std::vector<std::string>;

/// Everything that a reader makes of these octets, given in pieces of that size.
Events read(std::string octets, std::size_t piece = 1'000'000) {
  FrameReader reader;
  Events events;
  for (std::size_t at = 0; at < octets.size(); at += piece) {
    std::span<char> rest = std::span(octets).subspan(at, std::min(piece, octets.size() - at));
    while (const auto event = reader.next(rest, message_max)) events.push_back(describe(*event));
  }
  return events;
}

TEST(Frames, ReadsMessagesOfEveryLength) {
  for (const std::size_t length : {0U, 1U, 7U, 8U, 125U, 126U, 1000U}) {
    const std::string payload(length, 'x');
    EXPECT_EQ(read(frame(text, payload)), Events{"text " + payload});
  }
  EXPECT_EQ(read(frame(binary, "\xFF") + frame(text, "b")), (Events{"binary \xFF", "text b"}));
}

TEST(Frames, PiecesMakeNoDifference) {
  Random random(1);
  const std::string octets = frame(text, "one") + frame(ping, "p") + frame(text, "tw", false) + frame(ping, "") +
                             frame(more, "", false) + frame(more, "o") + frame(binary, std::string(900, 'z')) +
                             frame(pong, "late") + frame(text, std::string(1001, 'y')) + frame(text, "after") +
                             frame(close, "\x03\xE8 bye");
  const Events expected{"text one", "ping p",     "ping ",     "text two", "binary " + std::string(900, 'z'),
                        "too long", "text after", "close 1000"};
  EXPECT_EQ(read(octets), expected);
  for (std::size_t piece = 1; piece < 20; ++piece) EXPECT_EQ(read(octets, piece), expected) << piece;
}

TEST(Frames, WhatIsTooLongIsToldAtItsHeaderAndPassedOver) {
  EXPECT_EQ(read(frame(text, std::string(1001, 'x')).substr(0, 8)), Events{"too long"});
  EXPECT_EQ(read(frame(text, std::string(600, 'x'), false) + frame(more, std::string(401, 'x'), false) +
                 frame(more, "x") + frame(text, "next")),
            (Events{"too long", "text next"}));
  const std::string most = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
  EXPECT_EQ(read("\x82\xFF\x7F" + most + "maskdata"), Events{"too long"});
  EXPECT_EQ(read("\x82\xFF\x80" + most + "maskdata"), Events{"broken 1002"});
}

TEST(Frames, RefusesWhatIsNotTheProtocol) {
  const std::string unmasked{"\x81\x01\0\0\0\0x", 7};
  const std::string reserved_bit = "\xC1\x80mask";
  const std::string long_ping = "\x89\xFE\x01\x01mask";
  for (const std::string& octets :
       {unmasked, reserved_bit, long_ping, frame(3, ""), frame(11, ""), frame(ping, "", false), frame(more, "x"),
        frame(text, "a", false) + frame(text, "b"), frame(close, "x"), frame(close, "\x03\xEC"),
        frame(close, "\x03\xED"), frame(close, "\x03\xE7"), frame(close, "\x13\x88")}) {
    const Events events = read(octets + frame(text, "never"));
    EXPECT_EQ(events, Events{"broken 1002"});
  }
  EXPECT_EQ(read(frame(text, "\xC3\x28")), Events{"broken 1007"});
  EXPECT_EQ(read(frame(close, "\x03\xE8\xFF")), Events{"broken 1007"});
  EXPECT_EQ(read(frame(text, "\xC3", false) + frame(more, "\xA4")), Events{"text \xC3\xA4"});
}

/// So many of these one after another, then a message.
Events repeat(const std::string& octets, int count, const std::string& last) {
  std::string all;
  for (int i = 0; i < count; ++i) all += octets;
  return read(all + last);
}

TEST(Frames, EndlessFragmentsAndPingsAreCutOff) {
  const std::string begun = frame(text, "", false);
  EXPECT_EQ(read(begun + frame(more, "x")), Events{"text x"});
  EXPECT_EQ(repeat(begun, 1, "").size(), 0U);
  std::string fragments = begun;
  for (int i = 0; i < 2000; ++i) fragments += frame(more, i < 900 ? "x" : "", false);
  EXPECT_EQ(read(fragments + frame(more, "")), Events{"text " + std::string(900, 'x')});
  for (int i = 0; i < 1000; ++i) fragments += frame(more, "", false);
  EXPECT_EQ(read(fragments), Events{"broken 1008"});
  EXPECT_EQ(repeat(frame(pong, ""), 65'536, ""), Events{"broken 1008"});
  const Events pings = repeat(frame(ping, std::string(125, 'p')), 1000, "");
  EXPECT_LT(pings.size(), 140U);
  EXPECT_EQ(pings.back(), "broken 1008");
  EXPECT_EQ(repeat(frame(pong, std::string(100, 'p')) + frame(text, ""), 1000, "").size(), 1000U) << "messages pay";
}

TEST(Frames, SurvivesAnything) {
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string octets = frame(static_cast<int>(random.below(16)), random.bytes(random.below(200)), random.chance(50));
    octets += random.bytes(random.below(300));
    for (std::uint64_t i = random.below(3); i > 0; --i) octets[random.below(octets.size())] ^= 1 << random.below(8);
    EXPECT_EQ(read(octets), read(octets, 1 + random.below(9)));
  }
}

TEST(Frames, WritesHeadersOfEveryLength) {
  const auto header = [](std::uint64_t payload) {
    return std::string(FrameHeader(FrameHeader::Opcode::text, payload).octets());
  };
  EXPECT_EQ(header(0), std::string("\x81\0", 2));
  EXPECT_EQ(header(125), "\x81\x7D");
  EXPECT_EQ(header(126), std::string("\x81\x7E\0\x7E", 4));
  EXPECT_EQ(header(65'535), "\x81\x7E\xFF\xFF");
  EXPECT_EQ(header(65'536), std::string("\x81\x7F\0\0\0\0\0\x01\0\0", 10));
  EXPECT_EQ(control_frame(FrameHeader::Opcode::pong, "hi"), "\x8A\x02hi");
  EXPECT_EQ(close_frame(1000, "bye"), std::string("\x88\x05\x03\xE8") + "bye");
  EXPECT_EQ(close_frame(1000, std::string(200, 'x')).size(), 127U);
  EXPECT_EQ(close_frame(close_code::none, ""), std::string("\x88\0", 2));
}

TEST(Frames, AnswersTheKeyOfTheStandardsExample) {
  EXPECT_EQ(accept_of("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  for (const char* key : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25*ZQ=="}) {
    EXPECT_EQ(accept_of(key), std::nullopt) << key;
  }
}

}  // namespace
}  // namespace skypod::server
