// An HTTP answer as the routes give it, before it becomes octets; knows nothing of the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/json.hpp"
#include "native/fetch.hpp"

namespace skypod::server {

/// What the routes need of a request. Borrowed from the connection until the answer is there.
struct Request {
  std::string_view method;
  std::string_view target;
  std::string_view if_none_match;
  std::string_view accept_encoding;
  HttpFields fields;  // all of them, where the path is one of those below /api/, and Authorization everywhere
  std::string_view body{};
  std::string member{};  // the identity of who asks, once that is known
};

/// A body that is sent while it comes.
class Flow {
 public:
  virtual ~Flow() = default;

  /// The next octets; none at its end; nothing if it broke off.
  virtual boost::asio::awaitable<std::optional<std::string>> next() = 0;
};

/// An answer. Bodies are shared, so that a file is in memory once however many read it.
struct Reply {
  int status = 200;
  std::string content_type;
  std::string cache_control = "no-store";
  std::string etag;                             // with its quotes; "" for none
  std::string allow;                            // with status 405
  HttpFields fields;                            // more, e.g. those of another's answer
  bool is_foreign = false;                      // another's document: it may do nothing in our name
  std::optional<std::size_t> content_length{};  // if the body is not given
  bool has_length = true;                       // false: it is not known, in an answer to HEAD
  std::shared_ptr<const std::string> body;
  std::shared_ptr<Flow> flow{};  // instead of a body
  bool is_chunked = false;       // the flow, because nobody knows its length (RFC 9112 section 7.1)
};

/// An answer with a JSON body.
Reply json_reply(int status, const wire::Json& body);

/// An error in the shape that all errors have: {status, code, message}.
Reply error_reply(int status, std::string_view code, std::string_view message);

/// True if the If-None-Match header's list names the etag or is "*" (RFC 9110 section 13.1.2, weak comparison).
bool matches(std::string_view if_none_match, std::string_view etag);

/// Whether Accept-Encoding names this content coding, or any, without refusing it (RFC 9110 section 12.5.3).
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

/// The answer in gzip, `packed`, if the client takes it; with the tag of that representation, where the answer has a
/// strong one. `packed`: null if there is none.
Reply in_coding(Reply reply, std::shared_ptr<const std::string> packed, std::string_view accept_encoding);

/// The answer; 304 without a body if the client has this version already.
Reply unless_known(Reply reply, std::string_view if_none_match);

/// The status line and all header fields, up to the empty line. The security headers stand in every answer.
std::string head_of(const Reply& reply, bool keep_alive);

}  // namespace skypod::server
