#include "native/fetch.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <utility>

#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"
#include "native/fetcher.hpp"
#include "native/transfer.hpp"

namespace skypod {
namespace {

struct Row {
  FetchFailure failure;
  int status;
  std::string_view code;
  std::string_view sentence;
};

constexpr std::array rows = std::to_array<Row>({
    {FetchFailure::bad_url, 400, "bad_url",
     "This is not a web address, or it is longer than 2,048 characters. Check it, or copy it again."},
    {FetchFailure::scheme_refused, 400, "scheme_refused",
     "Only http and https addresses can be fetched. Look for such an address of the feed."},
    {FetchFailure::userinfo_refused, 400, "userinfo_refused",
     "The address contains a user name or password, which this server must not learn. Add it as a feed, and a device "
     "of your own fetches it."},
    {FetchFailure::port_refused, 403, "port_refused",
     "The address names a port that is not used for the web. Use 80, 443 or one above 1023."},
    {FetchFailure::address_refused, 403, "address_refused",
     "The host is not on the public internet. The operator can allow its network with --allow-fetch."},
    {FetchFailure::name_not_found, 502, "name_not_found",
     "No such host. Check the address for a slip, or try again later."},
    {FetchFailure::connect_failed, 502, "connect_failed",
     "The host did not take the connection, or broke it off. Try again later."},
    {FetchFailure::tls_failed, 502, "tls_failed",
     "The host could not prove that it is itself (TLS). Its operator has to mend its certificate."},
    {FetchFailure::timed_out, 504, "timed_out", "The host was too slow to answer. Try again later."},
    {FetchFailure::body_too_large, 502, "body_too_large",
     "The document is larger than this server takes (20 MiB unless its operator chose otherwise). Ask its publisher "
     "for a shorter one."},
    {FetchFailure::headers_too_large, 502, "headers_too_large",
     "The host sent more than 64 KiB of headers. Its operator has to mend that."},
    {FetchFailure::too_many_redirects, 502, "too_many_redirects",
     "The host redirected more than 5 times. Look for the feed's present address."},
    {FetchFailure::crowded, 503, "busy", "Too much is being fetched at once. Try again in a few seconds."},
    {FetchFailure::bad_answer, 502, "bad_answer",
     "The host did not answer as a web server does. Check the address, or try again later."},
});

const Row& row_of(FetchFailure failure) {
  return *std::ranges::find(rows, failure, &Row::failure);
}

}  // namespace

Result<std::string, FetchError> redirect_of(int status, const HttpFields& fields, const std::string& url) {
  constexpr std::array redirects{301, 302, 303, 307, 308};
  const bool is_redirect = std::ranges::find(redirects, status) != redirects.end();
  const auto is_location = [](const auto& one) { return feed::to_lower(one.first) == "location"; };
  const auto location = std::ranges::find_if(fields, is_location);
  if (!is_redirect || location == fields.end()) return "";
  std::string target = feed::resolve_url(url, location->second);
  if (!target.empty()) return target;
  return unexpected(FetchError{refusal_of(location->second).value_or(FetchFailure::bad_url)});
}

FetchResult result_of(OriginAnswer answer, const std::string& url) {
  FetchResult result;
  result.status = answer.status;
  result.final_url = url;
  result.body = std::move(answer.body);
  for (auto& [name, value] : answer.fields) {
    const std::string small = feed::to_lower(name);
    if (small == "content-type") result.content_type = std::move(value);
    if (small == "etag") result.etag = std::move(value);
    if (small == "last-modified") result.last_modified = std::move(value);
    if (small == "content-range") result.content_range = std::move(value);
  }
  return result;
}

int FetchError::status() const {
  return row_of(failure).status;
}

std::string_view FetchError::code() const {
  return row_of(failure).code;
}

std::string_view FetchError::sentence() const {
  return row_of(failure).sentence;
}

Result<FetchResult, FetchError> fetch(const std::string& url, const FetchOptions& options,
                                      const Redacted<std::string>& authorization) {
  std::promise<Result<FetchResult, FetchError>> result;
  Fetcher fetcher(options);
  fetcher.get({url, authorization}, [&result](auto answer) { result.set_value(std::move(answer)); });
  return result.get_future().get();
}

bool is_port_allowed(unsigned port) {
  constexpr std::array<unsigned, 18> other_protocols{1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
                                                     6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697};
  const bool web = port == 80 || port == 443 || (port >= 1024 && port <= 65'535);
  return web && port != 10'080 && std::ranges::find(other_protocols, port) == other_protocols.end();
}

}  // namespace skypod
