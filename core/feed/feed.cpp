#include "core/feed/feed.hpp"

namespace skypod::feed {

std::string_view sentence_of(FeedError error) {
  switch (error) {
    case FeedError::not_a_feed:
      return "The document is neither RSS, RDF, Atom nor JSON Feed. Give the address of the feed itself; a web page "
             "often links to it.";
    case FeedError::too_deep:
      return "The feed nests elements more than 64 deep, which no real feed does. Tell its publisher that it is "
             "broken.";
    case FeedError::too_many_items:
      return "The feed has more than 20,000 items. Ask its publisher for a shorter one, such as a feed of recent "
             "items.";
    case FeedError::too_much_text:
      return "The feed holds more than 32 MiB of text. Ask its publisher for a shorter one, such as a feed of recent "
             "items.";
  }
  return "";
}

}  // namespace skypod::feed
