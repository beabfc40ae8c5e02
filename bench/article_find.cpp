// How fast articles are found, beside the floor: the HTML parser alone, as it comes.
//
//   bench_article_find FOLDER [SECONDS]     pages in UTF-8; prints JSON: pages a second of each
#include <gumbo.h>

#include <cstdio>
#include <cstdlib>

#include "bench/work.hpp"
#include "reader/article.hpp"

namespace skypod::bench {
namespace {

void parse_only(const std::string& page) {
  gumbo_destroy_output(&kGumboDefaultOptions,
                       gumbo_parse_with_options(&kGumboDefaultOptions, page.data(), page.size()));
}

int measure(const char* folder, double seconds) {
  const std::vector<std::string> pages = documents_in(folder);
  std::vector<Contender> contenders{
      {"floor", parse_only},
      {"article", [](const std::string& page) { (void)reader::read_article(page, "https://example.org/"); }},
  };
  const int rounds = run(contenders, pages, seconds);
  std::printf("{\"pages\":%zu", pages.size());
  for (const Contender& each : contenders) {
    std::printf(",\"%s\":%.1f", each.name, rounds * static_cast<double>(pages.size()) / each.seconds);
  }
  std::printf("}\n");
  return 0;
}

}  // namespace
}  // namespace skypod::bench

int main(int count, char** arguments) {
  if (count < 2) return std::fprintf(stderr, "usage: bench_article_find FOLDER [SECONDS]\n"), 2;
  return skypod::bench::measure(arguments[1], count > 2 ? std::atof(arguments[2]) : 5);
}
