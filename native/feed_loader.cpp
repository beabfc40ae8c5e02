#include "native/feed_loader.hpp"

#include <openssl/evp.h>

#include "core/feed/date.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/json_feed.hpp"
#include "native/charset.hpp"
#include "native/xml_events.hpp"

namespace skypod {
namespace {

constexpr std::size_t sniff_octets = 512;  // where a page says that it is one

std::string sha256_hex(std::string_view text) {
  Bytes digest(32, '\0');
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha256(), nullptr);
  return to_hex(digest);
}

std::string_view code_of(feed::FeedError error) {
  switch (error) {
    case feed::FeedError::not_a_feed:
      return "not_a_feed";
    case feed::FeedError::too_deep:
      return "too_deep";
    case feed::FeedError::too_many_items:
      return "too_many_items";
    case feed::FeedError::too_much_text:
      return "too_much_text";
  }
  return "not_a_feed";
}

ServiceError error_of(feed::FeedError error) {
  return {422, std::string(code_of(error)), std::string(feed::sentence_of(error))};
}

bool is_web_page(std::string_view document) {
  const std::string head = feed::to_lower(feed::trim(document.substr(0, sniff_octets)));
  return head.starts_with("<!doctype html") || head.starts_with("<html");
}

/// The first octet that means something once the document is UTF-8; 0 if there is none.
char first_octet(std::string_view document, std::string_view charset) {
  const std::string head = to_utf8(feed::trim(document).substr(0, sniff_octets), charset);
  const std::string_view text = feed::trim(head);
  return text.empty() ? '\0' : text[0];
}

Result<feed::Feed, ServiceError> read_json_feed(std::string_view document, std::string_view charset,
                                                std::string_view url) {
  const auto json = wire::parse_foreign_json(to_utf8(document, charset));
  if (!json) {
    return unexpected(
        ServiceError{422, "bad_json",
                     "The document begins like JSON but is not valid JSON, so no feed can be read from it. "
                     "Tell its publisher."});
  }
  auto feed = feed::from_json_feed(*json, url);
  if (!feed) return unexpected(error_of(feed.error()));
  return std::move(*feed);
}

Result<feed::Feed, ServiceError> feed_in(std::string_view document, std::string_view content_type,
                                         std::string_view url) {
  const std::string_view charset = charset_of(content_type);
  if (first_octet(document, charset) == '{') return read_json_feed(document, charset, url);
  auto feed = read_xml_feed(document, charset, url);
  if (feed) return std::move(*feed);
  if (feed.error() == feed::FeedError::not_a_feed && is_web_page(document)) {
    return unexpected(ServiceError{422, "web_page",
                                   "This is the address of a web page, not of a feed. Look on the page for its feed."});
  }
  return unexpected(error_of(feed.error()));
}

}  // namespace

ServiceError service_error(const FetchError& error) {
  return {error.status(), std::string(error.code()), std::string(error.sentence())};
}

ServiceError upstream_error(int status) {
  const std::string number = std::to_string(status);
  if (status == 404 || status == 410) {
    return {404, "upstream_not_found",
            "The host says that there is no such document (" + number + "). Look for its present address."};
  }
  if (status == 401) {
    return {502, "upstream_login",
            "The host wants a name and password, or does not take these. Put the right ones into the feed's address: "
            "https://NAME:PASSWORD@example.org/feed."};
  }
  return {
      502, "upstream_status",
      "The host answered with status " + number + " instead of the document. Try again later, or check the address."};
}

wire::Json ServiceError::to_json() const {
  return {{"status", status}, {"code", code}, {"message", message}};
}

Result<wire::Json, ServiceError> parse_feed(std::string_view document, std::string_view content_type,
                                            std::string_view url) {
  const auto feed = feed_in(document, content_type, url);
  if (!feed) return unexpected(feed.error());
  wire::Json json = feed::to_json_feed(*feed);
  json["_skypod"]["hash"] = sha256_hex(document);
  return json;
}

Result<FetchResult, ServiceError> fetch_document(const std::string& url, const FetchOptions& options,
                                                 const Redacted<std::string>& authorization) {
  auto answer = fetch(url, options, authorization);
  if (!answer) return unexpected(service_error(answer.error()));
  if (answer->status != 200) return unexpected(upstream_error(answer->status));
  return std::move(*answer);
}

Result<wire::Json, ServiceError> read_feed(const FetchResult& answer, std::int64_t now_ms) {
  if (answer.status != 200) return unexpected(upstream_error(answer.status));
  auto json = parse_feed(answer.body, answer.content_type, answer.final_url);
  if (!json) return json;
  wire::Json& ours = (*json)["_skypod"];
  ours["fetched_at"] = feed::format_date(now_ms);
  if (!answer.etag.empty()) ours["etag"] = answer.etag;
  if (!answer.last_modified.empty()) ours["last_modified"] = answer.last_modified;
  return json;
}

Result<wire::Json, ServiceError> fetch_feed(const std::string& url, const FetchOptions& options, std::int64_t now_ms,
                                            const Redacted<std::string>& authorization) {
  const auto answer = fetch_document(url, options, authorization);
  if (!answer) return unexpected(answer.error());
  return read_feed(*answer, now_ms);
}

}  // namespace skypod
