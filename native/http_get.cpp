#include "native/http_get.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace skypod {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto token = asio::as_tuple(asio::use_awaitable);

using Outcome = Result<HttpAnswer, std::string>;

Outcome failure(const Dialer& dialer, const boost::system::error_code& error) {
  return unexpected(dialer.server().url() + " did not answer: " + error.message() +
                    "; check the address, and that the server runs");
}

template <class Stream>
asio::awaitable<Outcome> get_over(Stream stream, const Dialer& dialer, const HttpTarget& target) {
  std::string problem = co_await dialer.connect(stream);
  if (!problem.empty()) {
    co_return unexpected(std::move(problem));
  }
  beast::get_lowest_layer(stream).expires_after(http_wait_max);
  http::request<http::empty_body> request(http::verb::get, target.path, 11);
  request.set(http::field::host, dialer.server().authority());
  request.set(http::field::connection, "close");
  if (!target.token.empty()) request.set(http::field::authorization, "Bearer " + target.token);
  const auto [not_sent, sent] = co_await http::async_write(stream, request, token);
  if (not_sent) {
    co_return failure(dialer, not_sent);
  }
  http::response_parser<http::string_body> parser;
  parser.body_limit(http_body_max);
  beast::flat_buffer buffer;
  const auto [not_read, read] = co_await http::async_read(stream, buffer, parser, token);
  if (not_read) {
    co_return failure(dialer, not_read);
  }
  co_return HttpAnswer{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

}  // namespace

asio::awaitable<Outcome> http_get(Dialer dialer, HttpTarget target) {
  const auto executor = co_await asio::this_coro::executor;
  if (dialer.server().is_secure) {
    co_return co_await get_over(dialer.new_tls_stream(executor), dialer, target);
  }
  co_return co_await get_over(PlainStream(executor), dialer, target);
}

}  // namespace skypod
