#include "native/transfer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/feed/html_text.hpp"
#include "native/http_field.hpp"

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
  HttpFields fields = request.fields;
  if (is_unpacked_) fields.emplace_back("Accept-Encoding", Unpacker::codings);
  for (const auto& [name, value] : fields) {
    headers_.reset(curl_slist_append(headers_.release(), (name + (value.empty() ? ";" : ": " + value)).c_str()));
  }
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_HTTPHEADER, headers_.get());
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
  if (unpacker_ && !unpacker_->is_whole()) return unexpected(FetchError{FetchFailure::bad_answer});
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
  if (!transfer.take_) return transfer.unpack(piece);
  switch (transfer.take_(piece)) {
    case Taken::yes:
      return size;
    case Taken::later:
      return CURL_WRITEFUNC_PAUSE;
    default:
      return transfer.refuse(FetchFailure::body_too_large);
  }
}

std::size_t Transfer::unpack(std::string_view piece) {
  if (!is_unpacked_) return gather(piece);
  if (!unpacker_) {
    const auto coding = std::ranges::find_if(
        answer_.fields, [](const auto& one) { return feed::to_lower(one.first) == "content-encoding"; });
    unpacker_.emplace(coding == answer_.fields.end() ? "" : coding->second);
  }
  const auto take = [this](std::string_view octets) { return gather(octets) == octets.size(); };
  if (unpacker_->take(piece, take)) return piece.size();
  return refuse(failure_.value_or(FetchFailure::bad_answer));
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
  return transfer.note_header(std::string_view(data, size)) ? size : transfer.refuse(FetchFailure::bad_answer);
}

/// False if it makes the answer one that has no meaning.
bool Transfer::note_header(std::string_view line) {
  if (is_head_over_) {
    if (!line.starts_with("HTTP/")) return true;  // a trailer, which must not count as a header (section 6.5.1)
    is_head_over_ = false;
    length_.reset();
    answer_.fields.clear();  // of an interim answer (RFC 9110 section 15.2)
  }
  is_head_over_ = feed::trim(line).empty();
  if (is_folded(line) && !answer_.fields.empty()) {
    answer_.fields.back().second += " " + field_value(line);
    return true;
  }
  auto field = read_field(line);
  if (!field) return true;
  if (feed::to_lower(field->first) == "content-length") {
    if (length_ && *length_ != field->second) return false;  // RFC 9112 section 6.3
    length_ = field->second;
  }
  answer_.fields.push_back(std::move(*field));
  return true;
}

/// What was said of the packed octets is not true of these: their tag is a weak one from now on.
void Transfer::forget_packing() {
  constexpr std::array<std::string_view, 7> of_octets{"content-encoding", "content-length", "accept-ranges", "digest",
                                                      "content-md5",      "repr-digest",    "content-digest"};
  const auto is_named = [](std::string_view name) {
    return [name](const auto& one) { return feed::to_lower(one.first) == name; };
  };
  if (std::ranges::none_of(answer_.fields, is_named("content-encoding"))) return;
  for (auto& field : answer_.fields) {
    if (is_named("etag")(field) && field.second.starts_with('"')) field.second.insert(0, "W/");
  }
  for (const std::string_view name : of_octets) std::erase_if(answer_.fields, is_named(name));
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
