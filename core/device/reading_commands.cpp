// What a person's screen needs to show and play an episode: what the feed says of it at length, and the right to ask
// the server for the rest of it.
#include "core/device/bad_input.hpp"
#include "core/device/device.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

constexpr std::size_t digest_letters = 43;  // SHA-256 in base64url
constexpr std::size_t document_url_max = 8 * 1024;

}  // namespace

Task<Answer> Device::make_proxy_token(Json args) {
  wire::Fields fields(args);
  const std::string document = fields.optional_text("document", digest_letters);
  const std::string url = fields.text("url", document_url_max);
  const std::string feed = fields.optional_text("feed", library::url_max);
  if (!fields.ok() || (!document.empty() && document.size() != digest_letters)) {
    co_return unexpected(
        bad_input("\"document\" must be the base64url SHA-256 of an address, or empty, and "
                  "\"url\" what is to be fetched for \"feed\"."));
  }
  if (!co_await may_tell_server(url, feed)) {
    co_return unexpected(Error{ErrorCode::private_feed, ""});
  }
  std::string token = co_await client_.proxy_token(document);
  if (token.empty()) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  co_return Json{{"token", std::move(token)}};
}

Task<Answer> Device::show_content(Json args) {
  wire::Fields fields(args);
  const std::string feed = fields.text("feed", library::url_max);
  const std::string episode = fields.text("episode", library::url_max);
  if (!fields.ok()) {
    co_return unexpected(bad_input(fields.problem()));
  }
  const auto turn = co_await library_mutex_.lock();
  co_return co_await library_.content(feed, episode);
}

}  // namespace skypod::device
