#include "core/feed/person.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

TEST(Person, SplitsNameAndAddress) {
  const auto expect = [](const char* text, const char* name, const char* email) {
    const Person person = parse_person(text);
    EXPECT_EQ(person.name, name) << text;
    EXPECT_EQ(person.email, email) << text;
  };
  expect("ann@example.com (Ann Lee)", "Ann Lee", "ann@example.com");
  expect("Ann Lee <ann@example.com>", "Ann Lee", "ann@example.com");
  expect("Ann Lee (ann@example.com)", "Ann Lee", "ann@example.com");
  expect("mailto:ann@example.com", "", "ann@example.com");
  expect(" Ann\n Lee ", "Ann Lee", "");
  expect("Ann (the host)", "Ann (the host)", "");
  expect("@ann", "@ann", "");
  expect("", "", "");
  expect(")", ")", "");
}

}  // namespace
}  // namespace skypod::feed
