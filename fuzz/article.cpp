// Any page: an article comes out in bounded time, its HTML is as the sanitiser leaves it, and its feeds are web
// addresses.
#include "reader/article.hpp"

#include <cstdint>
#include <cstdlib>

#include "base/utf8.hpp"
#include "reader/discovery.hpp"
#include "reader/sanitiser.hpp"

using namespace skypod;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view html(reinterpret_cast<const char*>(octets), size);
  if (!is_utf8(html)) return 0;
  const reader::Article article = reader::read_article(html, "https://base.example/dir/");
  if (reader::sanitise(article.html, "https://base.example/dir/") != article.html) std::abort();
  for (const reader::FeedLink& feed : reader::feeds_in_page(html, "https://base.example/dir/")) {
    if (!feed.url.starts_with("http")) std::abort();
  }
  return 0;
}
