#include "native/unpacker.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "native/gzip.hpp"

namespace skypod {
namespace {

struct Unpacked {
  std::string octets;
  bool is_whole = false;

  friend bool operator==(const Unpacked&, const Unpacked&) = default;
};

/// In pieces of so many octets; nothing if it was refused.
std::optional<Unpacked> unpack(std::string_view coding, std::string_view packed, std::size_t piece = SIZE_MAX) {
  Unpacker unpacker(coding);
  Unpacked result;
  for (; !packed.empty(); packed.remove_prefix(std::min(piece, packed.size()))) {
    const auto take = [&](std::string_view octets) {
      result.octets += octets;
      return true;
    };
    if (!unpacker.take(packed.substr(0, piece), take)) return std::nullopt;
  }
  result.is_whole = unpacker.is_whole();
  return result;
}

std::string text() {
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "line " + std::to_string(i) + "\n";
  return lines;
}

// "skypod skypod skypod\n", by the command-line tools of these codings.
constexpr std::string_view short_text = "skypod skypod skypod\n";
constexpr std::string_view in_brotli(
    "\x1b\x14\x00\xf8\xc5\x63\xec\x3b\xcb\x1f\x9e\x41\x59\x4a\x91\x78\x22\x81\xcf\x6f\x44\x00", 22);
constexpr std::string_view in_zlib("\x78\x9c\x2b\xce\xae\x2c\xc8\x4f\x51\x28\x46\xa6\xb8\x00\x5d\x2c\x08\x19", 18);

TEST(Unpacker, UndoesGzipInWhateverPieces) {
  const std::string packed = *gzip_if_worth(text());
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4'096}, packed.size()}) {
    EXPECT_EQ(unpack("gzip", packed, piece), (Unpacked{text(), true})) << piece;
  }
  EXPECT_EQ(unpack("X-GZip", packed), (Unpacked{text(), true}));
  EXPECT_EQ(unpack("gzip", packed + packed), (Unpacked{text() + text(), true}));
  EXPECT_EQ(unpack("gzip", packed + std::string(8, '\0')), (Unpacked{text(), true}));
}

TEST(Unpacker, UndoesTheOthers) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}}) {
    EXPECT_EQ(unpack("br", in_brotli, piece), (Unpacked{std::string(short_text), true})) << piece;
    EXPECT_EQ(unpack("deflate", in_zlib, piece), (Unpacked{std::string(short_text), true})) << piece;
  }
  EXPECT_EQ(unpack("deflate", in_zlib.substr(2, in_zlib.size() - 6)), (Unpacked{std::string(short_text), true}));
}

TEST(Unpacker, KnowsThatTheEndIsMissing) {
  const std::string packed = *gzip_if_worth(text());
  for (const std::size_t size : {packed.size() / 2, packed.size() - 1, packed.size() - 8, std::size_t{5}}) {
    const auto half = unpack("gzip", packed.substr(0, size));
    ASSERT_TRUE(half);
    EXPECT_FALSE(half->is_whole) << size;
  }
  EXPECT_FALSE(unpack("br", in_brotli.substr(0, 18))->is_whole);
}

TEST(Unpacker, RefusesWhatIsNotInTheCoding) {
  EXPECT_EQ(unpack("gzip", "<rss></rss>"), std::nullopt);
  EXPECT_EQ(unpack("br", "\xff\xff\xff\xff"), std::nullopt);
  EXPECT_EQ(unpack("zstd", "anything"), std::nullopt);
  EXPECT_EQ(unpack("gzip, gzip, gzip, gzip", *gzip_if_worth(text())), std::nullopt);
  std::string damaged = *gzip_if_worth(text());
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
  EXPECT_EQ(unpack("gzip", damaged), std::nullopt);
}

TEST(Unpacker, PassesOnWhatIsNotPacked) {
  for (const char* none : {"", "identity", "utf-8", " , "}) {
    EXPECT_EQ(unpack(none, "as it is"), (Unpacked{"as it is", true})) << none;
  }
}

TEST(Unpacker, EndsWhenNoMoreIsWanted) {
  Unpacker unpacker("gzip");
  std::size_t got = 0;
  const std::string packed = *gzip_if_worth(std::string(10'000'000, 'x'));
  EXPECT_FALSE(unpacker.take(packed, [&](std::string_view octets) { return (got += octets.size()) < 100'000; }));
  EXPECT_LT(got, 200'000U);
}

}  // namespace
}  // namespace skypod
