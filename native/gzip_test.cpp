#include "native/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/random.hpp"

namespace skypod {
namespace {

std::string unpacked(const std::string& octets, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
  stream.avail_in = static_cast<uInt>(octets.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

TEST(Gzip, PacksWhatIsWorthIt) {
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += "{\"id\": " + std::to_string(i) + "},\n";
  const auto packed = gzip_if_worth(text);
  ASSERT_TRUE(packed);
  EXPECT_LT(packed->size(), text.size() / 3);
  EXPECT_EQ(unpacked(*packed, text.size()), text);
}

TEST(Gzip, LeavesWhatIsNot) {
  EXPECT_FALSE(gzip_if_worth(""));
  EXPECT_FALSE(gzip_if_worth(std::string(gzip_octets_min - 1, 'x')));
  EXPECT_TRUE(gzip_if_worth(std::string(gzip_octets_min, 'x')));
  Random random(7);
  EXPECT_FALSE(gzip_if_worth(random.bytes(100'000)));
}

}  // namespace
}  // namespace skypod
