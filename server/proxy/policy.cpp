#include "server/proxy/policy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "server/proxy/http_date.hpp"

namespace skypod::server {
namespace {

constexpr std::int64_t heuristic_share = 10;                 // a tenth of the time since it was last changed
constexpr std::int64_t heuristic_most_s = 7 * 24 * 60 * 60;  // but no longer than a week
constexpr std::array heuristic_statuses{200, 203, 204, 300, 301, 308,
                                        404, 405, 410, 414, 501};  // RFC 9110 section 15.1

bool is_heuristic(int status) {
  return std::ranges::find(heuristic_statuses, status) != heuristic_statuses.end();
}

bool has(const Directives& directives, std::string_view name) {
  return directives.contains(name);
}

std::optional<std::int64_t> date_field(const HttpFields& fields, std::string_view name) {
  const auto text = field(fields, name);
  return text ? http_date(*text) : std::nullopt;
}

/// Age: the first of its numbers; 0 if it is none.
std::int64_t age_field(const HttpFields& fields) {
  const auto elements = list_of(field(fields, "Age").value_or(""));
  if (elements.empty()) return 0;
  return seconds_of(Directives{{"age", elements.front()}}, "age").value_or(0);
}

std::int64_t date_of(const Stored& stored) {
  return date_field(stored.fields, "Date").value_or(stored.received_s);
}

/// An answer's directives that count for us.
Directives orders_of(const HttpFields& answer) {
  auto targeted = targeted_directives_of(answer);
  return targeted ? std::move(*targeted) : directives_of(answer);
}

/// A request's directives, where Pragma stands in for an absent Cache-Control (section 5.4).
Directives wishes_of(const HttpFields& request) {
  Directives wishes = directives_of(request);
  if (!field(request, "Cache-Control") && lower(field(request, "Pragma").value_or("")) == "no-cache") {
    wishes.emplace("no-cache", "");
  }
  return wishes;
}

/// Whether it must never be served stale.
bool is_strict(const Directives& directives) {
  return has(directives, "must-revalidate") || has(directives, "proxy-revalidate") || has(directives, "s-maxage") ||
         has(directives, "no-cache");
}

/// White space in a Vary-named field does not matter.
std::string normalised(std::string_view value) {
  std::string joined;
  for (const std::string& element : list_of(value)) joined += (joined.empty() ? "" : ",") + element;
  return joined;
}

}  // namespace

bool may_store(const HttpFields& request, int status, const HttpFields& answer) {
  const Directives directives = orders_of(answer);
  const bool is_final = status >= 200 && status <= 599 && status != 206 && status != 304;
  const bool must_understand = has(directives, "must-understand");
  const bool is_understood = is_heuristic(status) || status == 302 || status == 307;
  const bool is_forbidden = must_understand ? !is_understood : has(directives, "no-store");
  if (!is_final || is_forbidden || has(directives, "private") || has(directives_of(request), "no-store")) {
    return false;
  }
  const auto elements = list_of(field(answer, "Vary").value_or(""));
  if (std::ranges::find(elements, "*") != elements.end()) {
    return false;
  }
  const bool is_shared = has(directives, "public") || has(directives, "must-revalidate") || has(directives, "s-maxage");
  if (field(request, "Authorization") && !is_shared) {
    return false;
  }
  const bool is_explicit = has(directives, "public") || has(directives, "max-age") || has(directives, "s-maxage") ||
                           field(answer, "Expires").has_value();
  const bool has_validators = field(answer, "ETag") || field(answer, "Last-Modified");
  return is_explicit || status == 200 || (is_heuristic(status) && has_validators);
}

HttpFields vary_of(const HttpFields& request, const HttpFields& answer) {
  HttpFields vary;
  const std::string packed = field(answer, "Content-Encoding") ? ", Accept-Encoding" : "";
  for (const std::string& name : list_of(field(answer, "Vary").value_or("") + packed)) {
    vary.emplace_back(lower(name), normalised(field(request, name).value_or("")));
  }
  return vary;
}

bool is_selected(const Stored& stored, const HttpFields& request) {
  return std::ranges::all_of(
      stored.vary, [&](const auto& one) { return normalised(field(request, one.first).value_or("")) == one.second; });
}

std::int64_t age_of(const Stored& stored, std::int64_t now_s) {
  const std::int64_t apparent = std::max<std::int64_t>(0, stored.received_s - date_of(stored));
  const std::int64_t corrected = age_field(stored.fields) + (stored.received_s - stored.requested_s);
  return std::max(apparent, corrected) + std::max<std::int64_t>(0, now_s - stored.received_s);
}

std::int64_t lifetime_of(const Stored& stored) {
  const Directives directives = orders_of(stored.fields);
  if (const auto seconds = seconds_of(directives, "s-maxage")) return *seconds;
  if (const auto seconds = seconds_of(directives, "max-age")) return *seconds;
  if (field(stored.fields, "Expires") && !targeted_directives_of(stored.fields)) {
    const auto expires = date_field(stored.fields, "Expires");
    return expires ? std::max<std::int64_t>(0, *expires - date_of(stored)) : 0;
  }
  const auto changed = date_field(stored.fields, "Last-Modified");
  if (!changed || !(is_heuristic(stored.status) || has(directives, "public"))) return 0;
  return std::clamp<std::int64_t>((date_of(stored) - *changed) / heuristic_share, 0, heuristic_most_s);
}

Use use_of(const Stored& stored, const HttpFields& request, std::int64_t now_s) {
  const Directives directives = orders_of(stored.fields);
  const Directives wishes = wishes_of(request);
  if (has(directives, "no-cache") || has(wishes, "no-cache")) return Use::validate;
  const std::int64_t age = age_of(stored, now_s);
  const std::int64_t left = lifetime_of(stored) - age;
  if (const auto most = seconds_of(wishes, "max-age"); most && age > *most) return Use::validate;
  if (const auto least = seconds_of(wishes, "min-fresh"); least && left < *least) return Use::validate;
  if (left > 0) return Use::serve;
  if (is_strict(directives)) return Use::validate;
  const auto max_stale = wishes.find("max-stale");
  if (max_stale != wishes.end() && (max_stale->second.empty() || -left <= *seconds_of(wishes, "max-stale"))) {
    return Use::serve;
  }
  const auto renewing = seconds_of(directives, "stale-while-revalidate");
  return renewing && -left <= *renewing ? Use::serve_and_renew : Use::validate;
}

bool may_serve_after_failure(const Stored& stored, const HttpFields& request, int status, std::int64_t now_s) {
  const Directives directives = orders_of(stored.fields);
  if (is_strict(directives) || has(wishes_of(request), "no-cache")) return false;
  if (status == 0) return true;  // section 4.2.4: disconnected
  const auto allowed = seconds_of(directives, "stale-if-error");
  const bool is_failure = status == 500 || status == 502 || status == 503 || status == 504;
  return is_failure && allowed && age_of(stored, now_s) - lifetime_of(stored) <= *allowed;
}

bool has_validator(const Stored& stored) {
  return field(stored.fields, "ETag") || field(stored.fields, "Last-Modified");
}

void add_condition(HttpFields& request, const Stored& stored) {
  for (const char* name :
       {"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range"}) {
    remove_field(request, name);
  }
  if (const auto tag = field(stored.fields, "ETag")) request.emplace_back("If-None-Match", *tag);
  if (const auto changed = field(stored.fields, "Last-Modified")) request.emplace_back("If-Modified-Since", *changed);
}

bool is_confirmed(const Stored& stored, const HttpFields& answer) {
  const auto tag = field(answer, "ETag");
  const auto ours = field(stored.fields, "ETag");
  return !tag || (ours && is_same_tag(*tag, *ours));
}

HttpFields lasting(const HttpFields& answer) {
  HttpFields fields = end_to_end(answer);
  for (const char* name : {"Set-Cookie", "Set-Cookie2"}) remove_field(fields, name);
  return fields;
}

void freshen(Stored& stored, const HttpFields& answer, std::int64_t requested_s, std::int64_t received_s) {
  // What describes the body that we have stays as it is.
  constexpr std::array<std::string_view, 4> kept{"content-length", "content-encoding", "content-range", "content-type"};
  std::vector<std::string> replaced;
  for (const auto& [name, value] : lasting(answer)) {
    const std::string small = lower(name);
    if (std::ranges::find(kept, small) != kept.end()) continue;
    if (std::ranges::find(replaced, small) == replaced.end()) {
      remove_field(stored.fields, small);
      replaced.push_back(small);
    }
    stored.fields.emplace_back(name, value);
  }
  if (!field(answer, "Age")) remove_field(stored.fields, "Age");
  stored.requested_s = requested_s;
  stored.received_s = received_s;
}

bool is_known_to_client(const Stored& stored, const HttpFields& request) {
  if (stored.status != 200) return false;
  if (const auto tags = field(request, "If-None-Match")) {
    const auto ours = field(stored.fields, "ETag");
    return std::ranges::any_of(list_of(*tags),
                               [&](const std::string& tag) { return tag == "*" || (ours && is_same_tag(tag, *ours)); });
  }
  const auto since = date_field(request, "If-Modified-Since");
  if (!since) return false;
  const auto changed = date_field(stored.fields, "Last-Modified");
  return changed.value_or(date_of(stored)) <= *since;
}

bool wants_only_stored(const HttpFields& request) {
  return has(directives_of(request), "only-if-cached");
}

}  // namespace skypod::server
