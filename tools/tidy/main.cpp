// tidy --root DIR: checks the tree below DIR against the project's rules. One line per finding on standard output and a
// total last; exit 0 clean, 1 findings, 2 usage or a tree that cannot be read.
#include <exception>
#include <iostream>
#include <span>

#include "tools/tidy/tree.hpp"

namespace {

int fail(const std::string& sentence) {
  std::cerr << "tidy: " << sentence << "\n";
  return 2;
}

int run(std::span<char*> arguments) {
  if (arguments.size() != 3 || std::string_view(arguments[1]) != "--root") {
    return fail("it takes one option and nothing else; call it as: tidy --root DIR");
  }
  const auto files = skypod::tidy::read_tree(arguments[2]);
  if (!files) {
    return fail(files.error());
  }
  const auto findings = skypod::tidy::check_tree(*files);
  for (const auto& finding : findings) {
    std::cout << skypod::tidy::to_text(finding) << "\n";
  }
  std::cout << "tidy: " << files->size() << " files, " << findings.size() << " findings\n";
  return findings.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run({arguments, static_cast<std::size_t>(count)});
  } catch (const std::exception& problem) {
    return fail(std::string("cannot read the tree: ") + problem.what());
  }
}
