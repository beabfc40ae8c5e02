#include "server/reply.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "native/http_field.hpp"
#include "server/proxy/fields.hpp"
#include "server/proxy/http_date.hpp"

namespace skypod::server {
namespace {

/// The page may load code from us only (WebAssembly included), sound and pictures from anywhere (pictures come by
/// /api/image, but those of private feeds from where they are), and connect to feeds that allow it.
constexpr std::string_view security_headers =
    "Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: https: http:; "
    "media-src 'self' https: http:; connect-src 'self' ws: wss: https: http:; worker-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Permissions-Policy: camera=(self)\r\n";

/// For what others have made. It shows and runs nothing, whatever it says of itself.
constexpr std::string_view foreign_headers =
    "Content-Security-Policy: default-src 'none'; sandbox\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

std::string_view reason_of(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 23> reasons{{{200, "OK"},
                                                                      {202, "Accepted"},
                                                                      {206, "Partial Content"},
                                                                      {304, "Not Modified"},
                                                                      {400, "Bad Request"},
                                                                      {401, "Unauthorized"},
                                                                      {403, "Forbidden"},
                                                                      {404, "Not Found"},
                                                                      {405, "Method Not Allowed"},
                                                                      {408, "Request Timeout"},
                                                                      {410, "Gone"},
                                                                      {413, "Content Too Large"},
                                                                      {415, "Unsupported Media Type"},
                                                                      {416, "Range Not Satisfiable"},
                                                                      {422, "Unprocessable Content"},
                                                                      {426, "Upgrade Required"},
                                                                      {429, "Too Many Requests"},
                                                                      {431, "Request Header Fields Too Large"},
                                                                      {500, "Internal Server Error"},
                                                                      {502, "Bad Gateway"},
                                                                      {503, "Service Unavailable"},
                                                                      {504, "Gateway Timeout"},
                                                                      {507, "Insufficient Storage"}}};
  for (const auto& [known, reason] : reasons) {
    if (known == status) return reason;
  }
  return "";
}

/// Whether parameters give a weight of nothing: "; q=0", "; q=0.00".
bool is_refused(std::string_view parameters) {
  const std::size_t equals = parameters.find('=');
  const std::string_view name = trim(parameters.substr(0, equals).substr(std::min<std::size_t>(1, parameters.size())));
  return equals != std::string_view::npos && is_named(name, "q") &&
         trim(parameters.substr(equals + 1)).find_first_not_of("0.") == std::string_view::npos;
}

/// The time of day, written once a second.
const std::string& date_now() {
  thread_local std::time_t written = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != written) text = http_date_of(now);
  written = now;
  return text;
}

void add(std::string& head, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  head.append(name).append(": ");
  const std::size_t begin = head.size();
  head.append(value);
  blank_controls(head, begin);  // another's may have been stored before its lines were read strictly
  head.append("\r\n");
}

}  // namespace

Reply json_reply(int status, const wire::Json& body) {
  return {.status = status,
          .content_type = "application/json",
          .cache_control = "no-store",
          .etag = "",
          .allow = "",
          .fields = {},
          .is_foreign = false,
          .content_length = {},
          .body = std::make_shared<const std::string>(wire::to_json(body))};
}

Reply error_reply(int status, std::string_view code, std::string_view message) {
  return json_reply(status, {{"status", status}, {"code", code}, {"message", message}});
}

bool matches(std::string_view if_none_match, std::string_view etag) {
  if (etag.empty()) {
    return false;
  }
  while (!if_none_match.empty()) {
    const std::size_t comma = if_none_match.find(',');
    const std::string_view candidate = trim(if_none_match.substr(0, comma));
    if (candidate == "*" || is_same_tag(candidate, etag)) {
      return true;
    }
    if_none_match = comma == std::string_view::npos ? "" : if_none_match.substr(comma + 1);
  }
  return false;
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  bool takes_any = false;
  while (!accept_encoding.empty()) {
    const std::size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view one = accept_encoding.substr(0, comma);
    const std::size_t parameter = std::min(one.find(';'), one.size());
    const std::string_view name = trim(one.substr(0, parameter));
    if (is_named(name, coding)) return !is_refused(one.substr(parameter));
    if (name == "*") takes_any = !is_refused(one.substr(parameter));
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
  }
  return takes_any;
}

Reply in_coding(Reply reply, std::shared_ptr<const std::string> packed, std::string_view accept_encoding) {
  if (!packed) return reply;
  reply.fields.emplace_back("Vary", "Accept-Encoding");
  if (!accepts_coding(accept_encoding, "gzip")) return reply;
  reply.fields.emplace_back("Content-Encoding", "gzip");
  if (reply.etag.starts_with('"')) reply.etag.insert(reply.etag.size() - 1, "-gzip");
  reply.body = std::move(packed);
  return reply;
}

Reply unless_known(Reply reply, std::string_view if_none_match) {
  if (reply.status == 200 && matches(if_none_match, reply.etag)) {
    reply.status = 304;
    reply.body = nullptr;
    reply.flow = nullptr;
    std::erase_if(reply.fields, [](const auto& one) { return one.first == "Content-Encoding"; });
  }
  return reply;
}

std::string head_of(const Reply& reply, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  head.reserve(1024);
  head.append(reason_of(reply.status)).append("\r\n");
  if (!field(reply.fields, "Date")) add(head, "Date", date_now());
  add(head, "Content-Type", reply.content_type);
  add(head, "Cache-Control", reply.cache_control);
  add(head, "ETag", reply.etag);
  add(head, "Allow", reply.allow);
  for (const auto& [name, value] : reply.fields) {
    if (is_token(name)) add(head, name, value);
  }
  const bool has_length = reply.has_length && reply.status != 304 && reply.status != 204;
  if (reply.is_chunked) {
    add(head, "Transfer-Encoding", "chunked");
  } else if (reply.flow == nullptr ? has_length : reply.content_length.has_value()) {
    add(head, "Content-Length", std::to_string(reply.content_length.value_or(reply.body ? reply.body->size() : 0)));
  }
  add(head, "Connection", keep_alive ? "keep-alive" : "close");
  head.append(reply.is_foreign ? foreign_headers : security_headers).append("\r\n");
  return head;
}

}  // namespace skypod::server
