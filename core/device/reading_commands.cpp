// What a person's screen needs to show and play an episode: what the feed says of it at length, and the right to ask
// the server for the rest of it, or else that itself.
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
    const bool takes_login = !(co_await login_for(url, feed)).empty();
    co_return unexpected(Error{ErrorCode::private_feed, "", takes_login ? "login" : ""});
  }
  std::string token = co_await client_.proxy_token(document);
  if (token.empty()) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  co_return Json{{"token", std::move(token)}};
}

/// The login that is told to the host of a file that `feed` refers to: the feed's own, if they are of the same origin.
Task<std::string> Device::login_for(std::string url, std::string feed) {
  const auto address = file_address(url);
  if (!address || !shares_login(*address, feed)) {
    co_return "";
  }
  const auto turn = co_await library_mutex_.lock();
  co_return (co_await access_of(std::move(feed))).login;
}

Task<Answer> Device::fetch_piece(Json args) {
  wire::Fields fields(args);
  const auto address = file_address(fields.text("url", library::url_max));
  PieceErrand errand{.url = address.value_or(""),
                     .from = fields.integer("from", 0, file_octets_max),
                     .count = fields.integer("count", 1, piece_max)};
  const std::string feed = fields.text("feed", library::url_max);
  if (!fields.ok() || !address || !library::feed_address(feed)) {
    co_return unexpected(
        bad_input("\"url\" is a file's address, \"from\" and \"count\" say what of it is wanted, and "
                  "\"feed\" is the feed that names it."));
  }
  errand.login = Redacted(co_await login_for(*address, feed));
  co_return co_await files_.fetch(std::move(errand));
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
