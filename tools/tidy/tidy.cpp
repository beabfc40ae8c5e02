#include "tools/tidy/tidy.hpp"

#include <algorithm>
#include <tuple>

#include "tools/tidy/forbidden.hpp"
#include "tools/tidy/layers.hpp"
#include "tools/tidy/ratchet.hpp"
#include "tools/tidy/sans_io.hpp"
#include "tools/tidy/shape.hpp"
#include "tools/tidy/style.hpp"

namespace skypod::tidy {

Findings check_tree(const std::vector<File>& files) {
  Findings found = check_table(layers());
  const auto add = [&found](Findings more) { std::ranges::move(more, std::back_inserter(found)); };
  for (const File& file : files) {
    add(check_layering(file));
    add(check_sans_io(file));
    add(check_style(file));
    add(check_forbidden_text(file));
    add(check_sleeps(file));
  }
  add(check_shape(files));
  add(check_function_lengths(files));
  std::ranges::sort(found, {}, [](const Finding& f) { return std::tie(f.path, f.line, f.rule, f.text); });
  return found;
}

std::string to_text(const Finding& finding) {
  return finding.path + ":" + std::to_string(finding.line) + ": " + finding.rule + ": " + finding.text;
}

}  // namespace skypod::tidy
