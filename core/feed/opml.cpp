#include "core/feed/opml.hpp"

#include <algorithm>

#include "core/feed/feed.hpp"
#include "core/feed/html_entities.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"

namespace skypod::feed {
namespace {

/// Attribute names come in every case: "xmlUrl", "xmlurl", "XMLURL".
std::string_view find(std::span<const Attribute> attributes, std::string_view name) {
  for (const Attribute& each : attributes) {
    if (each.namespace_uri.empty() && to_lower(each.name) == name) return each.value;
  }
  return {};
}

/// "feed:https://…" and "feed://…" are web addresses in disguise.
std::string feed_address(std::string_view text) {
  text = trim(text);
  if (to_lower(text.substr(0, 7)) == "feed://") return resolve_url("", "http://" + std::string(text.substr(7)));
  if (to_lower(text.substr(0, 5)) == "feed:") text.remove_prefix(5);
  return resolve_url("", text);
}

std::string line(std::string_view text) {
  std::string collapsed = collapse_space(text);
  return collapsed.size() > line_max ? "" : collapsed;
}

void put(std::string& out, std::string_view name, std::string_view value) {
  out += ' ';
  out += name;
  out += "=\"";
  append_escaped(out, value);
  out += '"';
}

/// A folder while it is written: feeds and folders in the order they came.
struct Folder {
  std::string name;
  std::vector<const Subscription*> feeds;
  std::vector<Folder> folders;
};

Folder& folder_in(Folder& parent, const std::string& name) {
  const auto found = std::ranges::find(parent.folders, name, &Folder::name);
  if (found != parent.folders.end()) return *found;
  return parent.folders.emplace_back(Folder{name, {}, {}});
}

void write_feed(std::string& out, const Subscription& subscription, const std::string& indent) {
  out += indent + "<outline type=\"rss\"";
  put(out, "text", subscription.title);
  if (!subscription.title.empty()) put(out, "title", subscription.title);
  put(out, "xmlUrl", subscription.feed_url);
  if (!subscription.home_page_url.empty()) put(out, "htmlUrl", subscription.home_page_url);
  out += "/>\n";
}

void write_folder(std::string& out, const Folder& folder, const std::string& indent) {
  for (const Subscription* feed : folder.feeds) write_feed(out, *feed, indent);
  for (const Folder& inner : folder.folders) {
    out += indent + "<outline";
    put(out, "text", inner.name);
    put(out, "title", inner.name);
    out += ">\n";
    write_folder(out, inner, indent + "  ");
    out += indent + "</outline>\n";
  }
}

}  // namespace

void OpmlParser::start_element(std::string_view, std::string_view local_name, std::span<const Attribute> attributes) {
  const std::string name = to_lower(local_name);
  if (open_.empty()) {
    is_opml_ = name == "opml";
    stopped_ = !is_opml_;
  }
  Kind kind = Kind::other;
  if (open_.size() == 2 && name == "title") kind = Kind::title;
  if (name == "outline") kind = begin_outline(attributes);
  open_.push_back(kind);
  if (open_.size() > depth_max) stopped_ = list_.truncated = true;
}

OpmlParser::Kind OpmlParser::begin_outline(std::span<const Attribute> attributes) {
  const std::string_view text = find(attributes, "text");
  const std::string_view title = find(attributes, "title");
  const std::string type = to_lower(find(attributes, "type"));
  std::string_view written = trim(find(attributes, "xmlurl"));
  if (written.empty() && (type == "rss" || type == "atom")) written = trim(find(attributes, "url"));
  std::string address = feed_address(written);
  std::string name = line(trim(title).empty() ? text : title);
  if (!address.empty()) {
    if (list_.subscriptions.size() >= subscriptions_max) {
      list_.truncated = true;
    } else {
      list_.subscriptions.push_back(
          {std::move(name), std::move(address), resolve_url("", find(attributes, "htmlurl")), folders_});
    }
    return Kind::feed;
  }
  if (!written.empty()) {
    const bool has_room = ++list_.unusable_count <= unusable_max;
    if (has_room) list_.unusable.push_back({std::move(name), line(written)});
    return Kind::other;
  }
  if (name.empty() || folders_.size() >= folder_depth_max) return Kind::other;
  folders_.push_back(std::move(name));
  return Kind::folder;
}

void OpmlParser::text(std::string_view chars) {
  if (!open_.empty() && open_.back() == Kind::title && list_.title.size() < line_max) list_.title += chars;
}

void OpmlParser::end_element() {
  if (open_.empty()) return;
  if (open_.back() == Kind::folder) folders_.pop_back();
  open_.pop_back();
}

std::optional<SubscriptionList> OpmlParser::finish() {
  if (!is_opml_) return std::nullopt;
  list_.title = line(list_.title);
  return std::move(list_);
}

std::string to_opml(const SubscriptionList& list) {
  Folder root;
  for (const Subscription& subscription : list.subscriptions) {
    Folder* folder = &root;
    for (const std::string& name : subscription.folders) folder = &folder_in(*folder, name);
    folder->feeds.push_back(&subscription);
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n  <head>\n    <title>";
  append_escaped(out, list.title);
  out += "</title>\n  </head>\n  <body>\n";
  write_folder(out, root, "    ");
  return out + "  </body>\n</opml>\n";
}

}  // namespace skypod::feed
