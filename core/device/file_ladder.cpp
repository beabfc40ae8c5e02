#include "core/device/file_ladder.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include "core/feed/login.hpp"
#include "core/feed/url.hpp"
#include "core/library/library.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

using wire::ErrorCode;

constexpr std::string_view fetch_msg = "file.fetch";
constexpr std::size_t type_max = 256;
constexpr std::size_t range_max = 128;
constexpr std::size_t closed_max = 1'000;  // origins that are remembered

Error failed(std::string_view reason, std::string why) {
  return {ErrorCode::file_failed, std::move(why), std::string(reason)};
}

Error bad_answer() {
  return failed("bad_answer", "The file's host did not answer as a web server does.");
}

/// A Content-Range (RFC 9110 section 14.4) of octets: where it begins, and how many the whole has if that is known.
struct Range {
  std::int64_t first = 0;
  std::optional<std::int64_t> total;
};

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_good = problem == std::errc() && end == text.data() + text.size() && number >= 0;
  return is_good && number <= file_octets_max ? std::optional(number) : std::nullopt;
}

std::optional<Range> range_in(std::string_view text) {
  constexpr std::string_view unit = "bytes ";
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (!text.starts_with(unit) || dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) {
    return std::nullopt;
  }
  const auto first = number_in(text.substr(unit.size(), dash - unit.size()));
  if (!first) return std::nullopt;
  return Range{*first, number_in(text.substr(slash + 1))};
}

Error error_of_status(std::int64_t status) {
  if (status == 401) return {ErrorCode::login_refused, ""};
  if (status == 404 || status == 410) return failed("upstream_not_found", "The host says that there is no such file.");
  return failed("upstream_status", "The host answered with status " + std::to_string(status) + " instead of the file.");
}

/// What the host of this device brought (core/ports.hpp, ask::File), as a piece.
Result<Json, Error> piece_of(const Json& answer, std::int64_t from, std::int64_t count) {
  wire::Fields fields(answer);
  const std::int64_t status = fields.integer("status", 100, 599);
  if (!fields.ok()) return unexpected(bad_answer());
  if (status != 200 && status != 206) return unexpected(error_of_status(status));
  if (status == 200 && from > 0) {
    return unexpected(
        failed("no_ranges", "The file's host gives it away only as a whole. Get it from the publisher's page."));
  }
  const std::string type = fields.optional_text("type", type_max);
  const std::string told = fields.optional_text("range", range_max);
  std::optional<std::int64_t> total = fields.optional_integer("total", 0, file_octets_max);
  Bytes octets = fields.octets("octets", static_cast<std::size_t>(count));
  if (!fields.ok()) return unexpected(bad_answer());
  if (status == 206 && !told.empty()) {
    const auto range = range_in(told);
    if (!range || range->first != from) return unexpected(bad_answer());
    total = range->total;
  }
  const auto end = from + static_cast<std::int64_t>(octets.size());
  if (!total && std::cmp_less(octets.size(), count)) total = end;
  if (!total || *total < end || (octets.empty() && *total != end)) return unexpected(bad_answer());
  return Json{{"type", type}, {"total", *total}, {"octets", wire::binary(octets)}};
}

/// Whether another device's answer is what was asked for.
bool is_piece(const Json& dat, std::int64_t from, std::int64_t count) {
  wire::Fields fields(dat);
  fields.optional_text("type", type_max);
  const bool is_asked_for = fields.integer("from", 0, file_octets_max) == from;
  const std::int64_t total = fields.integer("total", 0, file_octets_max);
  const auto size = static_cast<std::int64_t>(fields.octets("octets", static_cast<std::size_t>(count)).size());
  return fields.ok() && is_asked_for && from + size <= total && (size > 0 || from == total);
}

}  // namespace

std::optional<std::string> file_address(std::string_view url) {
  auto address = library::feed_address(url);
  return address && address->size() == url.size() ? address : std::nullopt;
}

bool shares_login(const std::string& address, std::string_view feed) {
  return feed::origin_of(address) == feed::origin_of(feed);
}

FileLadder::FileLadder(core::Host& host, Helpers& helpers) : host_(host), helpers_(helpers) {
  helpers_.offer(fetch_msg, pieces_served, [this](Json dat) { return serve(std::move(dat)); });
}

Task<Result<Json, Error>> FileLadder::fetch(PieceErrand errand) {
  const std::string origin = feed::origin_of(errand.url);
  const bool has_helper = helpers_.has(fetch_msg);
  const bool passes_by = has_helper && is_closed(origin);
  Outcome here = unexpected(Error{ErrorCode::file_closed, ""});
  if (!passes_by) here = co_await fetch_here(errand);
  if (here || here.error().code != ErrorCode::file_closed || !has_helper) co_return here;
  Outcome by_peer = co_await fetch_by_peers(errand);
  if (by_peer) note_closed(origin);
  if (by_peer || !passes_by) co_return by_peer;
  closed_.erase(origin);
  Outcome after_all = co_await fetch_here(std::move(errand));
  co_return after_all ? after_all : by_peer;
}

/// file_closed: this device may not read it, or cannot reach it.
Task<FileLadder::Outcome> FileLadder::fetch_here(PieceErrand errand) {
  core::ask::File ask{.url = std::move(errand.url), .from = errand.from, .count = errand.count};
  const std::string& login = errand.login.reveal();
  if (!login.empty()) ask.authorization = Redacted(feed::basic_authorization(login));
  const core::Answer answer = co_await host_.ask(std::move(ask));
  if (answer) co_return piece_of(*answer, errand.from, errand.count);
  const Error& error = answer.error();
  if (!helpers_.serves()) co_return unexpected(Error{ErrorCode::file_closed, ""});
  co_return unexpected(failed(error.reason, error.detail));
}

Task<FileLadder::Outcome> FileLadder::fetch_by_peers(PieceErrand errand) {
  Json dat = {
      {"url", feed::put_login(errand.url, errand.login.reveal())}, {"from", errand.from}, {"count", errand.count}};
  const auto is_good = [from = errand.from, count = errand.count](const Json& it) { return is_piece(it, from, count); };
  Outcome answer = co_await helpers_.ask(fetch_msg, std::move(dat), is_good);
  if (answer) {
    co_return Json{{"type", answer->value("type", "")},
                   {"total", std::move((*answer)["total"])},
                   {"octets", std::move((*answer)["octets"])}};
  }
  Error& error = answer.error();
  if (error.code == ErrorCode::login_refused) co_return unexpected(Error{error.code, ""});
  co_return unexpected(failed(error.reason, std::move(error.detail)));
}

/// What another device of the realm asks for.
Task<FileLadder::Outcome> FileLadder::serve(Json dat) {
  wire::Fields fields(dat);
  feed::Located located = feed::take_login(fields.text("url", library::url_max));
  const std::int64_t from = fields.integer("from", 0, file_octets_max);
  const std::int64_t count = fields.integer("count", 1, piece_max);
  const bool is_address = file_address(located.url).has_value();
  const bool is_good = fields.ok() && is_address && (located.login.empty() || feed::is_login(located.login));
  if (!is_good) co_return unexpected(failed("bad_url", "That is no piece of a file on the web."));
  Outcome piece = co_await fetch_here(
      {.url = std::move(located.url), .login = Redacted(std::move(located.login)), .from = from, .count = count});
  if (piece) (*piece)["from"] = from;
  co_return piece;
}

bool FileLadder::is_closed(const std::string& origin) const {
  const auto since = closed_.find(origin);
  if (since == closed_.end()) return false;
  const TimeMs passed_ms = host_.now() - since->second;
  return passed_ms >= 0 && passed_ms < file_pause_ms;
}

void FileLadder::note_closed(const std::string& origin) {
  if (closed_.size() >= closed_max) closed_.clear();
  closed_.try_emplace(origin, host_.now());
}

}  // namespace skypod::device
