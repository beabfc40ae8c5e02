#include "server/pages.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <vector>

namespace skypod::server {
namespace {

constexpr std::size_t least = Pages::least_octets;

Pages::Body body_of(std::size_t octets, char of = 'x') {
  return std::make_shared<const std::string>(octets, of);
}

std::string octets_in(const Pages::File& file) {
  std::string octets(Pages::most_octets + 1, '\0');
  const ssize_t got = ::pread(file->get(), octets.data(), octets.size(), 0);
  octets.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return octets;
}

auto open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

TEST(Pages, HaveAFileOfWhatIsSentAgain) {
  Pages pages(4);
  const auto body = body_of(least);
  EXPECT_EQ(pages.of(body), nullptr);
  const auto file = pages.of(body);
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(octets_in(file), *body);
  EXPECT_EQ(pages.of(body), file) << "one file for all";
}

TEST(Pages, HaveNoneOfWhatIsTooShortOrTooLong) {
  Pages pages(1'000);
  for (const auto& body : {body_of(least - 1), body_of(Pages::most_octets + 1), Pages::Body()}) {
    pages.of(body);
    EXPECT_EQ(pages.of(body), nullptr);
  }
}

TEST(Pages, DoNotTakeABodyForAnotherThatWasAtItsPlace) {
  Pages pages(4);
  std::string place;
  for (const char of : {'a', 'b', 'c'}) {
    place.assign(least, of);
    const Pages::Body body(&place, [](const std::string*) {});
    EXPECT_EQ(pages.of(body), nullptr) << "it is new, wherever it is";
    EXPECT_EQ(octets_in(pages.of(body)), place);
  }
}

TEST(Pages, KeepNoMoreFilesThanTheyMay) {
  Pages pages(4);
  const auto before = open_files();
  std::vector<Pages::Body> bodies;
  for (int i = 0; i < 50; ++i) {
    bodies.push_back(body_of(least));
    pages.of(bodies.back());
    pages.of(bodies.back());
  }
  EXPECT_LE(open_files(), before + 4);
  const auto held = pages.of(bodies.back());
  for (int i = 0; i < 2 * 20; ++i) pages.of(bodies[static_cast<std::size_t>(i / 2)]);
  EXPECT_EQ(octets_in(held), *bodies.back()) << "who sends it keeps it";
}

}  // namespace
}  // namespace skypod::server
