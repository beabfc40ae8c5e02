#include "tools/tidy/forbidden.hpp"

#include <gtest/gtest.h>

namespace skypod::tidy {
namespace {

// Put together here, so that this file does not hold what it plants.
const std::string slash = "/";
const std::string work = slash + "work/";
const std::string root = slash + "root/";
const std::string home = slash + "home/";

Findings text(std::string line, std::string path = "docs/a.md") {
  return check_forbidden_text({std::move(path), "first\n" + std::move(line) + "\n"});
}

TEST(ForbiddenText, PathsOfAMachineAreFound) {
  for (const std::string& line :
       {work + "main", "cd " + root + ".cache", "\"" + home + "ann/x\"", "file://" + work + "a"}) {
    const Findings found = text(line);
    ASSERT_EQ(found.size(), 1U) << line;
    EXPECT_EQ(found[0].line, 2U);
    EXPECT_EQ(found[0].rule, "forbidden-text");
  }
  EXPECT_EQ(text(work + "x", "LICENSE").size(), 1U);
}

TEST(ForbiddenText, AddressesAndRelativePathsAreClean) {
  for (const std::string& line : {"https://example.org" + work + "x", "../" + work.substr(1) + "x", "." + home + "ann",
                                  "${dir}" + root + "x", slash + "homework/x", home + "<user>/x"}) {
    EXPECT_EQ(text(line), Findings{}) << line;
  }
}

TEST(ForbiddenText, PackageRegistriesAreFound) {
  const std::string dot = ".";
  for (const std::string& host : {"registry" + dot + "npmjs" + dot + "org", "pypi" + dot + "org",
                                  "static" + dot + "crates" + dot + "io", "deb.debian" + dot + "org"}) {
    EXPECT_EQ(text("https://" + host + "/x").size(), 1U) << host;
  }
  EXPECT_EQ(text("mypypi" + dot + "org and pypi" + dot + "organic"), Findings{});
}

TEST(ForbiddenText, BinaryFilesAreSkipped) {
  EXPECT_EQ(check_forbidden_text({"web/icon.png", std::string(1, '\0') + work}), Findings{});
}

Findings sleeps(std::string line, std::string path) {
  return check_sleeps({std::move(path), "first\n" + std::move(line) + "\n"});
}

TEST(Sleeps, AreFoundInTests) {
  for (const std::string& line :
       {"std::this_thread::sleep_for(1s);", "sleep(1);", "usleep (5);", "nanosleep(&t, 0);"}) {
    const Findings found = sleeps(line, "server/a_test.cpp");
    ASSERT_EQ(found.size(), 1U) << line;
    EXPECT_EQ(found[0].line, 2U);
    EXPECT_EQ(found[0].rule, "sleep");
    EXPECT_EQ(sleeps(line, "test/e2e/a.cpp").size(), 1U) << line;
  }
  EXPECT_EQ(sleeps("sleep 5", "test/nat/run.sh").size(), 1U);
}

TEST(Sleeps, TimersThatResolveAPromiseAreFound) {
  for (const std::string& line :
       {"await new Promise((resolve) => setTimeout(resolve, 100));", "await new Promise(r => setTimeout(r, 100));",
        "const nap = () => new Promise<void>((done) => {\n  setTimeout(() => done(), 5);\n});",
        "await setTimeout(100);", "await page.waitForTimeout(100);"}) {
    EXPECT_EQ(sleeps(line, "test/e2e/a.ts").size(), 1U) << line;
    EXPECT_EQ(sleeps(line, "web/src/a.test.ts").size(), 1U) << line;
  }
}

TEST(Sleeps, DeadlinesAndWordsAreClean) {
  for (const std::string& line :
       {"const late = new Promise((_, reject) => setTimeout(() => reject(new Error(\"late\")), 100));",
        "const timer = setTimeout(() => fail(), 100);",
        "await new Promise((resolve) => socket.once(\"open\", resolve));", "// sleep(1)", "log(\"sleep(1)\");",
        "const sleepless = asleep(1);"}) {
    EXPECT_EQ(sleeps(line, "test/e2e/a.ts"), Findings{}) << line;
  }
  EXPECT_EQ(sleeps("# sleep 5", "test/nat/run.sh"), Findings{});
}

TEST(Sleeps, ProductionCodeMayWait) {
  EXPECT_EQ(sleeps("await new Promise((r) => setTimeout(r, 100));", "web/src/a.ts"), Findings{});
  EXPECT_EQ(sleeps("sleep_for(1s);", "server/a.cpp"), Findings{});
}

}  // namespace
}  // namespace skypod::tidy
