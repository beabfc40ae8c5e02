#include "server/pictures/pictures.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace skypod::server {
namespace {

using pictures::Type;

std::string fixture(const std::string& name) {
  std::ifstream file(std::string(SKYPOD_SOURCE_DIR "/server/pictures/fixtures/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Size {
  int width = 0;
  int height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

unsigned octet(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text.at(at));
}

/// Of a JPEG: its first frame header (ITU-T T.81, B.2.2).
Size jpeg_size(std::string_view jpeg) {
  for (std::size_t at = 2; at + 9 < jpeg.size(); at += 2 + octet(jpeg, at + 2) * 256 + octet(jpeg, at + 3)) {
    const unsigned marker = octet(jpeg, at + 1);
    if (marker < 0xc0 || marker > 0xc2) continue;
    return {static_cast<int>(octet(jpeg, at + 7) * 256 + octet(jpeg, at + 8)),
            static_cast<int>(octet(jpeg, at + 5) * 256 + octet(jpeg, at + 6))};
  }
  return {};
}

class PicturesTest : public ::testing::Test {
 protected:
  std::string shrink(const std::string& picture, int width = 64, Type type = Type::jpeg) {
    const auto made = small.shrink({picture.substr(0, 64), width, type}, picture);
    return made ? **made : made.error().code;
  }

  Pictures small{SKYPOD_PICTURES};
};

TEST_F(PicturesTest, MakesEveryKindSmall) {
  for (const char* name : {"plain.jpg", "half-clear.png", "plain.webp"}) {
    EXPECT_EQ(jpeg_size(shrink(fixture(name))), (Size{64, 43})) << name;
    EXPECT_TRUE(shrink(fixture(name), 64, Type::webp).starts_with("RIFF")) << name;
  }
  EXPECT_EQ(jpeg_size(shrink(fixture("plain.gif"), 64)), (Size{40, 20}));  // never larger
}

TEST_F(PicturesTest, RefusesWhatIsNoneOfThem) {
  for (const char* other :
       {"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "%PDF-1.7", "", "hello",
        "\x89PNG\r\n", "push graphic-context\nviewbox 0 0 1 1\nimage over 0,0 0,0 'https://x/'"}) {
    EXPECT_EQ(shrink(other), "not_a_picture") << other;
  }
}

TEST_F(PicturesTest, RefusesWhatWouldBeHugeBeforeItIsDecoded) {
  EXPECT_EQ(shrink(fixture("30000-square.png")), "picture_too_large");
  EXPECT_EQ(shrink(fixture("plain.jpg") + std::string(pictures::octets_max, '\0')), "picture_too_large");
}

/// The processes that this thread has started.
std::vector<pid_t> children() {
  std::ifstream file("/proc/thread-self/children");
  return {std::istream_iterator<pid_t>(file), std::istream_iterator<pid_t>()};
}

TEST_F(PicturesTest, AWorkerThatHasEndedIsNoFaultOfTheNextPicture) {
  shrink(fixture("plain.jpg"));
  const std::vector<pid_t> workers = children();
  ASSERT_EQ(workers.size(), 1U);
  kill(workers[0], SIGKILL);
  EXPECT_EQ(jpeg_size(shrink(fixture("plain.webp"))), (Size{64, 43}));
  EXPECT_NE(children(), workers);
}

TEST_F(PicturesTest, TheWorkerHasNoneOfOurDescriptors) {
  const int own = open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as a library may open one
  shrink(fixture("plain.jpg"));
  const auto files = std::filesystem::directory_iterator("/proc/" + std::to_string(children().at(0)) + "/fd");
  EXPECT_EQ(std::distance(begin(files), end(files)), 3);
  close(own);
}

TEST_F(PicturesTest, ADamagedOneCostsOnlyItself) {
  const std::string whole = fixture("half-clear.png");
  EXPECT_EQ(shrink(whole.substr(0, 30)), "bad_picture");
  for (std::size_t at = 8; at < whole.size(); at += 37) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const auto made = small.shrink({std::to_string(at), 64, Type::webp}, damaged);
    if (!made) EXPECT_TRUE(made.error().code == "bad_picture" || made.error().code == "picture_too_large");
  }
  EXPECT_EQ(jpeg_size(shrink(whole)), (Size{64, 43}));
}

TEST_F(PicturesTest, KeepsWhatItHasMade) {
  const Pictures::Wanted wanted{"one", 64, Type::webp};
  const auto made = small.shrink(wanted, fixture("plain.jpg"));
  ASSERT_TRUE(made);
  EXPECT_EQ(*small.shrink(wanted, fixture("plain.jpg")), *made);  // the same octets, not the like
  EXPECT_NE(*small.shrink({"one", 128, Type::webp}, fixture("plain.jpg")), *made);
}

TEST_F(PicturesTest, SaysSoWithoutItsProgram) {
  Pictures none{"/nonexistent/skypod-pictures"};
  EXPECT_EQ(none.shrink({"one", 64, Type::jpeg}, fixture("plain.jpg")).error().code, "no_pictures");
}

}  // namespace
}  // namespace skypod::server
