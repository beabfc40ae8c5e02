// One request to a stranger's server and its answer, as libcurl carries it out: every bound of fetch.hpp is set here,
// and the address is checked at the moment of connecting. Blocking (fetch.cpp) or with a thousand others (fetcher.cpp).
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "native/fetch.hpp"
#include "native/unpacker.hpp"

namespace skypod {

/// Checks what can be checked before connecting. libcurl's own parser reads the URL, so there is no second opinion of
/// what the host is.
std::optional<FetchFailure> refusal_of(const std::string& url);

/// Whether both addresses have the same scheme, host and port (RFC 6454), as libcurl reads them. False for what it
/// cannot read.
bool is_same_origin(const std::string& one, const std::string& other);

/// A request under way. Its address stays the same: libcurl calls back with `this`.
class Transfer {
 public:
  /// The URL must have passed refusal_of(); the options must outlive the transfer.
  Transfer(const OriginRequest& request, const FetchOptions& options, std::chrono::milliseconds time_left);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// What became of a piece of the body.
  enum class Taken : std::uint8_t { yes, later, never };
  /// later: the transfer pauses, and the same piece comes again after curl_easy_pause().
  using Take = std::function<Taken(std::string_view piece)>;

  /// Gives the body away piece by piece instead of gathering it.
  void give_body_to(Take take) { take_ = std::move(take); }
  /// Asks before a piece is gathered; never: 503 crowded.
  void ask_before_gathering(Take ask) { ask_ = std::move(ask); }

  /// To be performed, once. Null is no handle: finish() says why.
  CURL* handle() const { return easy_.get(); }

  /// The status and fields, as soon as the body begins; without the body.
  OriginAnswer head() const;

  /// What came of it, given how libcurl ended it.
  Result<OriginAnswer, FetchError> finish(CURLcode code);

  std::size_t gathered() const { return answer_.body.size(); }

 private:
  struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }
  void set_request(const OriginRequest& request);
  void set_bounds(std::chrono::milliseconds time_left);
  void set_callbacks();
  static curl_socket_t open_socket(void* user, curlsocktype purpose, curl_sockaddr* to);
  static std::size_t write(char* data, std::size_t unit, std::size_t size, void* user);
  static std::size_t header(char* data, std::size_t unit, std::size_t size, void* user);
  std::size_t unpack(std::string_view piece);
  std::size_t gather(std::string_view piece);
  std::size_t refuse(FetchFailure failure);
  bool note_header(std::string_view line);
  void forget_packing();
  FetchFailure failure_of(CURLcode code) const;

  const FetchOptions& options_;
  bool is_unpacked_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::unique_ptr<CURL, FreeEasy> easy_;
  Take take_;
  std::optional<Unpacker> unpacker_;  // from the body's first piece on
  Take ask_;
  OriginAnswer answer_;
  std::size_t header_octets_ = 0;
  bool is_head_over_ = true;             // what comes is no header field
  std::optional<std::string> length_;    // Content-Length, as it stands there
  std::optional<FetchFailure> failure_;  // what a callback refused
};

}  // namespace skypod
