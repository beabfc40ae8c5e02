#include "tools/tidy/sans_io.hpp"

#include <gtest/gtest.h>

namespace skypod::tidy {
namespace {

Findings check(std::string line, std::string path = "core/realm/a.cpp") {
  return check_sans_io({std::move(path), "// why\n" + std::move(line) + "\n"});
}

TEST(SansIo, WhatReachesOutsideIsFound) {
  for (const std::string line :
       {"auto t = std::chrono::steady_clock::now();", "using Clock = std::chrono::system_clock;",
        "auto t = time(nullptr);", "auto t = std::time(nullptr);", "return ::time(nullptr);", "std::thread worker;",
        "std::mutex lock;", "std::random_device entropy;", "int r = rand();", "srand(1);",
        "const char* home = getenv(\"HOME\");", "std::getenv(\"HOME\");", "int fd = ::open(path, 0);",
        "auto* f = fopen(path, \"r\");", "system(\"ls\");", "std::this_thread::yield();", "x = a * time(nullptr);",
        "auto f = std::async(g);"}) {
    const Findings found = check(line);
    ASSERT_EQ(found.size(), 1U) << line;
    EXPECT_EQ(found[0].line, 2U) << line;
    EXPECT_EQ(found[0].rule, "sans-io");
  }
}

TEST(SansIo, NamesThatOnlyLookAlikeAreClean) {
  for (const std::string line :
       {"// time(nullptr) and std::thread", "auto s = \"getenv(x)\";", "auto t = clock.time();",
        "auto t = port->time();", "Stamp time() const;", "const Stamp& time() const;",
        "std::optional<Stamp> time() const;", "wire::time(x);", "bool open(Json value);",
        "return open(Json::object());", "Random random(0);", "int thread = 1; int mutex = 2;",
        "int time = 3; use(time);", "std::abort();", "runtime(1); time_ms(2);", "clock(now);"}) {
    EXPECT_EQ(check(line), Findings{}) << line;
  }
}

TEST(SansIo, HoldsInBaseAndTestsButNotInHosts) {
  EXPECT_EQ(check("srand(1);", "base/a.hpp").size(), 1U);
  EXPECT_EQ(check("srand(1);", "core/ports.hpp").size(), 1U);
  EXPECT_EQ(check("srand(1);", "core/sync/a_test.cpp").size(), 1U);
  EXPECT_EQ(check("srand(1);", "server/a.cpp"), Findings{});
  EXPECT_EQ(check("srand(1);", "core/README.md"), Findings{});
}

}  // namespace
}  // namespace skypod::tidy
