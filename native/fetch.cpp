#include "native/fetch.hpp"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "core/feed/html_text.hpp"

namespace skypod {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* user_agent = "skypod/0.1 (+feed reader)";
constexpr long low_speed_octets = 100;
constexpr long low_speed_seconds = 10;

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
     "The address contains a user name or password, which this server must not learn. Fetch the feed with a device of "
     "your own."},
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
    {FetchFailure::bad_answer, 502, "bad_answer",
     "The host did not answer as a web server does. Check the address, or try again later."},
});

const Row& row_of(FetchFailure failure) {
  return *std::ranges::find(rows, failure, &Row::failure);
}

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// A part of a parsed URL, or nothing where it is absent.
std::optional<std::string> part_of(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return std::nullopt;
  std::string copy(text);
  curl_free(text);
  return copy;
}

/// Checks what can be checked before connecting. libcurl's own parser reads the URL, so there is no second opinion of
/// what the host is.
std::optional<FetchFailure> refusal_of(const std::string& text) {
  const auto is_plain = [](char octet) { return static_cast<unsigned char>(octet) > 0x20 && octet != 0x7f; };
  if (text.size() > fetch_url_octets_max || !std::ranges::all_of(text, is_plain)) return FetchFailure::bad_url;
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  const CURLUcode parsed = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (parsed != CURLUE_OK) return FetchFailure::bad_url;
  const auto scheme = part_of(url.get(), CURLUPART_SCHEME, 0);
  if (scheme != "http" && scheme != "https") return FetchFailure::scheme_refused;
  if (part_of(url.get(), CURLUPART_USER, 0) || part_of(url.get(), CURLUPART_PASSWORD, 0)) {
    return FetchFailure::userinfo_refused;
  }
  const auto port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!port || !is_port_allowed(static_cast<unsigned>(std::stoul(*port)))) return FetchFailure::port_refused;
  return part_of(url.get(), CURLUPART_HOST, 0).value_or("").empty() ? std::optional(FetchFailure::bad_url)
                                                                    : std::nullopt;
}

/// One request and its answer; libcurl calls back with `this`.
class Hop {
 public:
  explicit Hop(const FetchOptions& options) : options_(options), easy_(curl_easy_init()) {}

  /// Sends a GET, and unpacks the answer. A redirect is an answer like any other.
  Result<FetchResult, FetchError> get(const std::string& url, std::chrono::milliseconds time_left) {
    const auto answer = perform({.url = url, .is_unpacked = true, .fields = {{"Accept", options_.accept}}}, time_left);
    if (!answer) return unexpected(answer.error());
    FetchResult result;
    result.status = answer->status;
    result.final_url = url;
    result.body = answer->body;
    for (const auto& [name, value] : answer->fields) note(result, feed::to_lower(name), value);
    return result;
  }

  /// Sends the request.
  Result<OriginAnswer, FetchError> perform(const OriginRequest& request, std::chrono::milliseconds time_left) {
    if (easy_ == nullptr) return unexpected(FetchError{FetchFailure::connect_failed});
    std::unique_ptr<curl_slist, FreeList> headers;
    for (const auto& [name, value] : request.fields) {
      headers.reset(curl_slist_append(headers.release(), (name + (value.empty() ? ";" : ": " + value)).c_str()));
    }
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_HTTPHEADER, headers.get());
    if (request.is_unpacked) set(CURLOPT_ACCEPT_ENCODING, "gzip, br");
    set(CURLOPT_NOBODY, request.is_head ? 1L : 0L);
    set_bounds(time_left);
    set_callbacks();
    const CURLcode code = curl_easy_perform(easy_.get());
    if (code != CURLE_OK) return unexpected(FetchError{failure_of(code)});
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    answer_.status = static_cast<int>(status);
    if (request.is_unpacked) forget_packing();
    return std::move(answer_);
  }

  /// The absolute address the answer redirects to, or empty. Valid after perform().
  std::string redirect() const {
    const char* url = nullptr;
    curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &url);
    return url == nullptr ? "" : url;
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  void set_bounds(std::chrono::milliseconds time_left) {
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);  // each hop is checked by us
    set(CURLOPT_PROXY, "");           // the environment is not asked
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(time_left.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, low_speed_octets);
    set(CURLOPT_LOW_SPEED_TIME, low_speed_seconds);
    set(CURLOPT_USERAGENT, user_agent);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_HTTP09_ALLOWED, 0L);
  }

  void set_callbacks() {
    set(CURLOPT_OPENSOCKETFUNCTION, &Hop::open_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &Hop::write);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(CURLOPT_HEADERFUNCTION, &Hop::header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  }

  /// The guard: called with each address just before libcurl connects to it.
  static curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* to) {
    Hop& hop = *static_cast<Hop*>(user);
    const auto address = address_of(&to->addr);
    if (!address || !(is_public(*address) || hop.options_.allowed.contains(*address))) {
      hop.failure_ = FetchFailure::address_refused;
      return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
  }

  static std::size_t write(char* data, std::size_t, std::size_t size, void* user) {
    Hop& hop = *static_cast<Hop*>(user);
    if (hop.answer_.body.size() + size > hop.options_.body_octets_max) {
      hop.failure_ = FetchFailure::body_too_large;
      return 0;
    }
    hop.answer_.body.append(data, size);
    return size;
  }

  static std::size_t header(char* data, std::size_t, std::size_t size, void* user) {
    Hop& hop = *static_cast<Hop*>(user);
    hop.header_octets_ += size;
    if (hop.header_octets_ > fetch_header_octets_max) {
      hop.failure_ = FetchFailure::headers_too_large;
      return 0;
    }
    hop.note_header(std::string_view(data, size));
    return size;
  }

  void note_header(std::string_view line) {
    if (line.starts_with("HTTP/")) answer_.fields.clear();  // of an interim answer (RFC 9110 section 15.2)
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    answer_.fields.emplace_back(line.substr(0, colon), feed::trim(line.substr(colon + 1)));
  }

  void forget_packing() {
    std::erase_if(answer_.fields, [](const auto& one) {
      const std::string name = feed::to_lower(one.first);
      return name == "content-encoding" || name == "content-length";
    });
  }

  static void note(FetchResult& result, const std::string& name, const std::string& value) {
    if (name == "content-type") result.content_type = value;
    if (name == "etag") result.etag = value;
    if (name == "last-modified") result.last_modified = value;
  }

  FetchFailure failure_of(CURLcode code) const {
    switch (code) {
      case CURLE_WRITE_ERROR:
        return failure_.value_or(FetchFailure::bad_answer);
      case CURLE_COULDNT_CONNECT:
        return failure_.value_or(FetchFailure::connect_failed);
      case CURLE_COULDNT_RESOLVE_HOST:
        return FetchFailure::name_not_found;
      case CURLE_OPERATION_TIMEDOUT:
        return FetchFailure::timed_out;
      case CURLE_URL_MALFORMAT:
        return FetchFailure::bad_url;
      case CURLE_UNSUPPORTED_PROTOCOL:
        return FetchFailure::scheme_refused;
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CERTPROBLEM:
      case CURLE_SSL_CIPHER:
      case CURLE_SSL_CACERT_BADFILE:
        return FetchFailure::tls_failed;
      case CURLE_SEND_ERROR:
      case CURLE_RECV_ERROR:
        return FetchFailure::connect_failed;
      default:
        return failure_.value_or(FetchFailure::bad_answer);
    }
  }

  const FetchOptions& options_;
  std::unique_ptr<CURL, FreeEasy> easy_;
  OriginAnswer answer_;
  std::size_t header_octets_ = 0;
  std::optional<FetchFailure> failure_;  // what a callback refused
};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void prepare_library() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(done);
}

}  // namespace

int FetchError::status() const {
  return row_of(failure).status;
}

std::string_view FetchError::code() const {
  return row_of(failure).code;
}

std::string_view FetchError::sentence() const {
  return row_of(failure).sentence;
}

Result<FetchResult, FetchError> fetch(const std::string& url, const FetchOptions& options) {
  prepare_library();
  const auto deadline = Clock::now() + options.total_timeout;
  std::string next = url;
  for (int hops = 0; hops <= fetch_redirects_max; ++hops) {
    if (const auto refused = refusal_of(next)) return unexpected(FetchError{*refused});
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return unexpected(FetchError{FetchFailure::timed_out});
    Hop hop(options);
    auto result = hop.get(next, left);
    if (!result) return result;
    const std::string target = hop.redirect();
    if (!is_redirect(result->status) || target.empty()) return result;
    next = target;
  }
  return unexpected(FetchError{FetchFailure::too_many_redirects});
}

Result<OriginAnswer, FetchError> send_request(const OriginRequest& request, const FetchOptions& options) {
  prepare_library();
  if (const auto refused = refusal_of(request.url)) return unexpected(FetchError{*refused});
  return Hop(options).perform(request, options.total_timeout);
}

bool is_port_allowed(unsigned port) {
  constexpr std::array<unsigned, 18> other_protocols{1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
                                                     6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697};
  const bool web = port == 80 || port == 443 || (port >= 1024 && port <= 65'535);
  return web && port != 10'080 && std::ranges::find(other_protocols, port) == other_protocols.end();
}

}  // namespace skypod
