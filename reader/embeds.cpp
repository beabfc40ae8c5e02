#include "reader/embeds.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/feed/html_text.hpp"
#include "reader/measure.hpp"

namespace skypod::reader {
namespace {

constexpr std::size_t id_chars_max = 64;

struct Player {
  std::string_view address;  // of the frame, without scheme and "www."
  std::string_view page;     // of the video, before its id
  std::string_view name;
};

constexpr auto players = std::to_array<Player>({
    {"youtube.com/embed/", "https://www.youtube.com/watch?v=", "youtube.com"},
    {"youtube-nocookie.com/embed/", "https://www.youtube.com/watch?v=", "youtube.com"},
    {"player.vimeo.com/video/", "https://vimeo.com/", "vimeo.com"},
    {"dailymotion.com/embed/video/", "https://www.dailymotion.com/video/", "dailymotion.com"},
});

struct Video {
  const Player* player = nullptr;
  std::string_view id;
};

/// The id that the text begins with, empty if it begins with none.
std::string_view id_in(std::string_view text) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  const std::string_view id = text.substr(0, text.find_first_not_of(allowed));
  return id.size() > id_chars_max || id == "videoseries" ? std::string_view() : id;
}

Video video_at(std::string_view address) {
  for (const std::string_view start : {"https:", "http:", "//", "www."}) {
    if (address.starts_with(start)) address.remove_prefix(start.size());
  }
  const auto player =
      std::ranges::find_if(players, [&](const Player& each) { return address.starts_with(each.address); });
  if (player == players.end()) return {};
  return {&*player, id_in(address.substr(player->address.size()))};
}

Video video_of(const Node& node) {
  if (node.is("lite-youtube")) return {players.data(), id_in(node.attribute("videoid"))};
  if (node.is("amp-youtube")) return {players.data(), id_in(node.attribute("data-videoid"))};
  if (!node.is("iframe")) return {};
  for (const std::string_view name : {"src", "data-src", "data-lazy-src"}) {
    const Video video = video_at(feed::trim(node.attribute(name)));
    if (!video.id.empty()) return video;
  }
  return {};
}

/// The outermost box that holds nothing else.
Node* box_of(Node* node) {
  constexpr auto boxes = std::to_array<std::string_view>({"div", "p", "span", "center", "section"});
  while (node->parent != nullptr && std::ranges::find(boxes, node->parent->name) != boxes.end() && is_alone(*node)) {
    node = node->parent;
  }
  return node;
}

Node* link_to(Document& document, const Video& video) {
  Node* link = document.make_element("a");
  link->attributes = document.make_attributes(1);
  link->attributes[0] = {"href", document.keep(std::string(video.player->page) + std::string(video.id))};
  link->append(document.make_text(document.keep("Video on " + std::string(video.player->name))));
  Node* caption = document.make_element("figcaption");
  caption->append(link);
  Node* figure = document.make_element("figure");
  figure->append(caption);
  return figure;
}

}  // namespace

bool may_have_embeds(std::string_view html) {
  return std::ranges::any_of(std::to_array<std::string_view>({"youtube", "vimeo.com", "dailymotion.com"}),
                             [&](std::string_view word) { return html.find(word) != std::string_view::npos; });
}

void replace_embeds(Document& document) {
  std::vector<Node*> found;
  for (Node* node = document.root(); node != nullptr; node = following(node, document.root())) {
    if (!node->is_text() && !video_of(*node).id.empty()) found.push_back(node);
  }
  for (Node* node : found) {
    const Video video = video_of(*node);
    box_of(node)->replace_with(link_to(document, video));
  }
}

}  // namespace skypod::reader
