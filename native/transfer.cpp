#include "native/transfer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/feed/html_text.hpp"

namespace skypod {
namespace {

constexpr const char* user_agent = "skypod/0.1 (+feed reader)";
constexpr long low_speed_octets = 100;
constexpr long low_speed_seconds = 10;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

CURL* make_handle() {
  static const CURLcode prepared = curl_global_init(CURL_GLOBAL_DEFAULT);
  return prepared == CURLE_OK ? curl_easy_init() : nullptr;
}

/// A part of a parsed URL, or nothing where it is absent.
std::optional<std::string> part_of(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return std::nullopt;
  std::string copy(text);
  curl_free(text);
  return copy;
}

/// "" for what is no address.
std::string origin_of(const std::string& text) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return "";
  std::string origin;
  for (const CURLUPart part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
    origin += part_of(url.get(), part, CURLU_DEFAULT_PORT).value_or("") + " ";
  }
  return feed::to_lower(origin);
}

}  // namespace

bool is_same_origin(const std::string& one, const std::string& other) {
  const std::string origin = origin_of(one);
  return !origin.empty() && origin == origin_of(other);
}

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

Transfer::Transfer(const OriginRequest& request, const FetchOptions& options, std::chrono::milliseconds time_left)
    : options_(options), is_unpacked_(request.is_unpacked), easy_(make_handle()) {
  if (easy_ == nullptr) return;
  set_request(request);
  set_bounds(time_left);
  set_callbacks();
}

void Transfer::set_request(const OriginRequest& request) {
  for (const auto& [name, value] : request.fields) {
    headers_.reset(curl_slist_append(headers_.release(), (name + (value.empty() ? ";" : ": " + value)).c_str()));
  }
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_HTTPHEADER, headers_.get());
  if (is_unpacked_) set(CURLOPT_ACCEPT_ENCODING, "gzip, br");
  set(CURLOPT_NOBODY, request.is_head ? 1L : 0L);
  if (!request.form) return;
  set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form->size()));
  set(CURLOPT_COPYPOSTFIELDS, request.form->c_str());
}

void Transfer::set_bounds(std::chrono::milliseconds time_left) {
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);  // each hop is checked by us
  set(CURLOPT_PROXY, "");           // the environment is not asked
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // who gives up does not wait for the resolver
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(time_left.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, low_speed_octets);
  set(CURLOPT_LOW_SPEED_TIME, low_speed_seconds);
  set(CURLOPT_USERAGENT, user_agent);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_HTTP09_ALLOWED, 0L);
}

void Transfer::set_callbacks() {
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::write);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &Transfer::header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
}

OriginAnswer Transfer::head() const {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  return {.status = static_cast<int>(status), .fields = answer_.fields, .body = ""};
}

Result<OriginAnswer, FetchError> Transfer::finish(CURLcode code) {
  if (easy_ == nullptr) return unexpected(FetchError{FetchFailure::connect_failed});
  if (code != CURLE_OK) return unexpected(FetchError{failure_of(code)});
  answer_.status = head().status;
  if (is_unpacked_) forget_packing();
  return std::move(answer_);
}

/// The guard: called with each address just before libcurl connects to it.
curl_socket_t Transfer::open_socket(void* user, curlsocktype, curl_sockaddr* to) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const auto address = address_of(&to->addr);
  if (!address || !(is_public(*address) || transfer.options_.allowed.contains(*address))) {
    transfer.failure_ = FetchFailure::address_refused;
    return CURL_SOCKET_BAD;
  }
  return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

std::size_t Transfer::write(char* data, std::size_t, std::size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::string_view piece(data, size);
  if (!transfer.take_) return transfer.gather(piece);
  switch (transfer.take_(piece)) {
    case Taken::yes:
      return size;
    case Taken::later:
      return CURL_WRITEFUNC_PAUSE;
    default:
      return transfer.refuse(FetchFailure::body_too_large);
  }
}

std::size_t Transfer::gather(std::string_view piece) {
  if (answer_.body.size() + piece.size() > options_.body_octets_max) return refuse(FetchFailure::body_too_large);
  if (ask_ && ask_(piece) == Taken::never) return refuse(FetchFailure::crowded);
  answer_.body.append(piece);
  return piece.size();
}

/// What a callback returns to end the transfer.
std::size_t Transfer::refuse(FetchFailure failure) {
  failure_ = failure;
  return 0;
}

std::size_t Transfer::header(char* data, std::size_t, std::size_t size, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  transfer.header_octets_ += size;
  if (transfer.header_octets_ > fetch_header_octets_max) return transfer.refuse(FetchFailure::headers_too_large);
  transfer.note_header(std::string_view(data, size));
  return size;
}

void Transfer::note_header(std::string_view line) {
  if (line.starts_with("HTTP/")) answer_.fields.clear();  // of an interim answer (RFC 9110 section 15.2)
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  answer_.fields.emplace_back(line.substr(0, colon), feed::trim(line.substr(colon + 1)));
}

void Transfer::forget_packing() {
  std::erase_if(answer_.fields, [](const auto& one) {
    const std::string name = feed::to_lower(one.first);
    return name == "content-encoding" || name == "content-length";
  });
}

FetchFailure Transfer::failure_of(CURLcode code) const {
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

}  // namespace skypod
