#include "core/feed/content_base.hpp"

namespace skypod::feed {
namespace {

std::string text_member(const wire::Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::string content_base(const wire::Json& item, const wire::Json& feed) {
  const auto ours = item.find("_skypod");
  const std::string stated = ours == item.end() ? "" : text_member(*ours, "base");
  for (const std::string& base : {stated, text_member(item, "url"), text_member(feed, "home_page_url")}) {
    if (!base.empty()) return base;
  }
  return text_member(feed, "feed_url");
}

}  // namespace skypod::feed
