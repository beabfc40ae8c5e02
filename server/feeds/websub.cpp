#include "server/feeds/websub.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/base64url.hpp"
#include "base/percent.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"
#include "native/digest.hpp"
#include "server/secret.hpp"

namespace skypod::server {
namespace {

constexpr std::int64_t hour_ms = 60 * 60 * 1'000;
constexpr std::int64_t day_ms = 24 * hour_ms;
constexpr std::int64_t lease_most_s = 30 * 24 * 60 * 60;
constexpr const char* lease_wanted_s = "864000";
constexpr std::size_t secret_octets = 32;

/// Whether a link's parameters have rel with this among its words.
bool has_relation(std::string_view parameters, std::string_view relation) {
  const std::string lower = feed::to_lower(parameters);
  const std::size_t rel = lower.find("rel=");
  if (rel == std::string::npos) return false;
  std::string_view value = std::string_view(lower).substr(rel + 4);
  const bool is_quoted = value.starts_with('"');
  value = is_quoted ? value.substr(1, value.find('"', 1) - 1) : value.substr(0, value.find_first_of(",; \t"));
  const std::string words = " " + std::string(value) + " ";
  return words.find(" " + std::string(relation) + " ") != std::string::npos;
}

/// The address of the first link with this relation, or empty.
std::string link_of(const HttpFields& fields, std::string_view relation, const std::string& base) {
  for (const auto& [name, value] : fields) {
    if (feed::to_lower(name) != "link") continue;
    std::string_view rest = value;
    for (std::size_t open = rest.find('<'); open != std::string_view::npos; open = rest.find('<')) {
      const std::size_t close = rest.find('>', open);
      if (close == std::string_view::npos) break;
      const std::string_view target = rest.substr(open + 1, close - open - 1);
      rest.remove_prefix(close + 1);
      if (has_relation(rest.substr(0, rest.find('<')), relation)) return feed::resolve_url(base, target);
    }
  }
  return "";
}

/// The address of the first hub that a JSON Feed names, or empty.
std::string first_hub(const wire::Json& feed) {
  const auto hubs = feed.find("hubs");
  return hubs == feed.end() || hubs->empty() ? "" : hubs->front()["url"].get<std::string>();
}

}  // namespace

std::optional<HubLink> hub_of(const HttpFields& fields, const wire::Json& feed, const std::string& url) {
  std::string hub = link_of(fields, "hub", url);
  if (hub.empty()) hub = first_hub(feed);
  if (hub.empty()) return std::nullopt;
  std::string topic = link_of(fields, "self", url);
  if (topic.empty()) topic = feed.value("feed_url", url);
  return HubLink{std::move(hub), std::move(topic)};
}

Subscription subscription_to(HubLink link) {
  return {.link = std::move(link),
          .id = base64url_encode(random_octets(secret_octets)),
          .secret = base64url_encode(random_octets(secret_octets))};
}

std::string form_of(const Subscription& subscription, std::string_view callback) {
  return "hub.mode=subscribe&hub.topic=" + percent_encode(subscription.link.topic) +
         "&hub.callback=" + percent_encode(callback) + "&hub.secret=" + subscription.secret +
         "&hub.lease_seconds=" + lease_wanted_s;
}

bool confirm(Subscription& subscription, const HubQuestion& question, std::int64_t now_ms) {
  if (question.topic != subscription.link.topic) return false;
  if (question.mode == "denied") {
    subscription.until_ms = 0;
    return true;
  }
  std::int64_t seconds = 0;
  const std::string& text = question.lease_seconds;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_lease = read.ec == std::errc() && read.ptr == text.data() + text.size() && seconds > 0;
  if (question.mode != "subscribe" || !is_lease) return false;
  subscription.lease_ms = std::min(seconds, lease_most_s) * 1'000;
  subscription.until_ms = now_ms + subscription.lease_ms;
  return true;
}

bool is_genuine(const Subscription& subscription, std::string_view signature, std::string_view body) {
  const std::string expected = "sha256=" + to_hex(hmac_sha256(subscription.secret, body));
  const std::string said = feed::to_lower(signature);
  return is_same_secret(said, expected);
}

std::int64_t renewal_ms(const Subscription& subscription) {
  if (subscription.until_ms == 0) return subscription.asked_ms + day_ms;
  return std::max(subscription.until_ms - subscription.lease_ms / 4, subscription.asked_ms + hour_ms);
}

}  // namespace skypod::server
