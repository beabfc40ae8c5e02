// `skypod article`.
#include "reader/article.hpp"

#include <cstdio>
#include <memory>

#include "cli/command.hpp"
#include "cli/source.hpp"
#include "native/charset.hpp"

namespace skypod::cli {
namespace {

int print_article(const Source& source) {
  const auto loaded = load(source);
  if (!loaded) return fail(failed, loaded.error().message);
  const std::string page = to_utf8(loaded->document, charset_of(loaded->content_type));
  std::puts(wire::to_json(reader::to_json(reader::read_article(page, loaded->url))).c_str());
  return done;
}

}  // namespace

void add_article(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("article", "Print the article of a web page, without what is around it");
  const auto source = std::make_shared<Source>();
  add_source(*command, *source);
  command->footer(
      "Examples:\n  skypod article https://example.org/news/1\n  skypod article saved.html --base "
      "https://example.org/news/1");
  command->callback([&action, source] { action = [source] { return print_article(*source); }; });
}

}  // namespace skypod::cli
