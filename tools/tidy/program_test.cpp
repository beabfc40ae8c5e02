// The real program over real folders: what it prints and how it exits.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace skypod::tidy {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int status;
  std::string output;
};

Outcome run(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string output;
  for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe)) {
    output += static_cast<char>(letter);
  }
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

/// A folder of its own for each test, removed at its end.
class Program : public ::testing::Test {
 protected:
  Program() {
    std::string pattern = (fs::temp_directory_path() / "tidy-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    write("base/README.md", "What.\nContract.\nStart.\n");
    write("base/a.hpp", "// Why.\n#pragma once\n");
  }
  ~Program() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  Outcome tidy() { return run(std::string(TIDY_PROGRAM) + " --root '" + root_.string() + "'"); }

  fs::path root_;
};

TEST_F(Program, FindsWhatIsPlantedAndIsContentWhenItIsGone) {
  const Outcome clean = tidy();
  EXPECT_EQ(clean.status, 0) << clean.output;
  EXPECT_EQ(clean.output, "tidy: 2 files, 0 findings\n");

  write("base/b.cpp", "// Why.\n#include <thread>\n");
  const Outcome planted = tidy();
  EXPECT_EQ(planted.status, 1);
  EXPECT_NE(planted.output.find("base/b.cpp:2: layering: base may not use <thread>"), std::string::npos)
      << planted.output;
  EXPECT_NE(planted.output.find("tidy: 3 files, 1 findings\n"), std::string::npos) << planted.output;

  fs::remove(root_ / "base/b.cpp");
  EXPECT_EQ(tidy().status, 0);
}

TEST_F(Program, RunsEveryRule) {
  write("base/b.cpp", "// TODO\nint x = rand();\n// " + std::string(120, 'x') + "\n");
  write("base/c.hpp", "int f() {" + std::string(60, '\n') + "}\n");
  write("base/d_test.cpp", "void f() { sleep_for(1); }\n");
  write("stuff/a.md", std::string("/ro") + "ot/x\n");
  const std::string output = tidy().output;
  for (const std::string rule : {"stray-mark", "sans-io", "line-length", "function-length", "opening-comment",
                                 "pragma-once", "sleep", "readme", "layering", "forbidden-text"}) {
    EXPECT_NE(output.find(": " + rule + ": "), std::string::npos) << rule << "\n" << output;
  }
}

TEST_F(Program, LeavesBuiltAndInstalledFilesAlone) {
  write("build/a.cpp", "// TODO\n");
  write("web/node_modules/b/a.ts", "// TODO\n");
  write("web/dist/a.mjs", "// TODO\n");
  const Outcome outcome = tidy();
  EXPECT_EQ(outcome.status, 0) << outcome.output;
}

TEST_F(Program, AsksGitWhatBelongsToTheTree) {
  if (run("env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE git -C '" + root_.string() + "' init -q").status != 0) {
    GTEST_SKIP() << "git is not installed, so only the walk over folders can be tested";
  }
  write(".gitignore", "/scratch/\n");
  write("scratch/a.cpp", "// TODO\n");
  EXPECT_EQ(tidy().status, 0) << tidy().output;
  write("base/new.cpp", "// TODO\n");
  const Outcome outcome = tidy();
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.output.find("base/new.cpp:1: stray-mark"), std::string::npos) << outcome.output;
}

TEST_F(Program, WrongUseExitsWithTwoAndSaysTheMend) {
  for (const std::string arguments : {"", " --root", " --root a b", " --tree .", " --root /nonexistent"}) {
    const Outcome outcome = run(TIDY_PROGRAM + arguments);
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_NE(outcome.output.find("--root DIR"), std::string::npos) << outcome.output;
  }
}

}  // namespace
}  // namespace skypod::tidy
