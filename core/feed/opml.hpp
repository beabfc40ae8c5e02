// Lists of subscriptions as readers exchange them (OPML 1.0 and 2.0, http://opml.org/spec2.opml): outlines inside
// outlines, where one with an address is a feed and one without is a folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/feed/xml_sink.hpp"

namespace skypod::feed {

/// Limits of a list; what passes them is left out, and the list is marked `truncated`.
inline constexpr std::size_t subscriptions_max = 10'000;
inline constexpr std::size_t folder_depth_max = 16;
inline constexpr std::size_t unusable_max = 100;

/// One feed of a list.
struct Subscription {
  std::string title;                 // empty if the list has none
  std::string feed_url;              // http or https
  std::string home_page_url;         // the same, or empty
  std::vector<std::string> folders;  // names, outermost first

  friend bool operator==(const Subscription&, const Subscription&) = default;
};

/// An outline that is meant as a feed but has no http or https address.
struct Unusable {
  std::string title;
  std::string address;  // as the list has it

  friend bool operator==(const Unusable&, const Unusable&) = default;
};

struct SubscriptionList {
  std::string title;
  std::vector<Subscription> subscriptions;
  bool truncated = false;
  std::vector<Unusable> unusable = {};  // the first unusable_max
  std::size_t unusable_count = 0;       // of all

  friend bool operator==(const SubscriptionList&, const SubscriptionList&) = default;
};

/// Reads a list. Outlines that are neither folder nor feed (links, notes) are passed over; of those that are
/// meant as feeds and have no usable address it is said which; "feed:" addresses count.
class OpmlParser : public XmlSink {
 public:
  void start_element(std::string_view namespace_uri, std::string_view local_name,
                     std::span<const Attribute> attributes) override;
  void text(std::string_view chars) override;
  void end_element() override;
  bool stopped() const override { return stopped_; }

  /// The list; nothing if the document was no OPML.
  std::optional<SubscriptionList> finish();

 private:
  enum class Kind : std::uint8_t { other, title, folder, feed };

  Kind begin_outline(std::span<const Attribute> attributes);

  std::vector<Kind> open_;
  std::vector<std::string> folders_;
  SubscriptionList list_;
  bool is_opml_ = false;
  bool stopped_ = false;
};

/// The list as OPML 2.0. Feeds of one folder stand together, in the order of the first of them.
std::string to_opml(const SubscriptionList& list);

}  // namespace skypod::feed
