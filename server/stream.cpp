#include "server/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

namespace skypod::server {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t record_octets = 16 * 1024;  // of plain text (RFC 8446 section 5.1); fewer records, fewer octets

Stream::Moved moved(const boost::system::error_code& error, std::size_t octets, Stream::State blocked) {
  if (!error && octets > 0) return {Stream::State::done, octets};
  return {error == asio::error::would_block ? blocked : Stream::State::ended, 0};
}

}  // namespace

Stream::Stream(tcp::socket socket, TlsSession tls) : socket_(std::move(socket)), tls_(std::move(tls)) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
}

Stream::Moved Stream::read(std::span<char> into) {
  if (tls_) {
    ERR_clear_error();
    std::size_t octets = 0;
    const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &octets);
    return outcome_of(result, octets);
  }
  boost::system::error_code error;
  const std::size_t octets = socket_.read_some(asio::buffer(into.data(), into.size()), error);
  return moved(error, octets, State::wants_read);
}

Stream::Moved Stream::write(std::span<const asio::const_buffer> buffers, bool goes_on) {
  if (tls_) {
    std::array<char, record_octets> record;
    const std::size_t size = asio::buffer_copy(asio::buffer(record), buffers);
    ERR_clear_error();
    std::size_t octets = 0;
    const int result = SSL_write_ex(tls_.get(), record.data(), size, &octets);
    return outcome_of(result, octets);
  }
  boost::system::error_code error;
  const std::size_t octets = socket_.send(buffers, goes_on ? MSG_MORE : 0, error);
  return moved(error, octets, State::wants_write);
}

Stream::Moved Stream::send(const Descriptor& file, std::size_t begin, std::size_t octets) {
  auto place = static_cast<off_t>(begin);
  const ssize_t sent = ::sendfile(socket_.native_handle(), file.get(), &place, octets);
  if (sent > 0) return {State::done, static_cast<std::size_t>(sent)};
  return {sent < 0 && (errno == EAGAIN || errno == EINTR) ? State::wants_write : State::ended, 0};
}

Stream::Moved Stream::outcome_of(int result, std::size_t octets) {
  if (result > 0) return {State::done, octets};
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {State::wants_read, 0};
    case SSL_ERROR_WANT_WRITE:
      return {State::wants_write, 0};
    default:
      return {State::ended, 0};
  }
}

bool Stream::has_more() const {
  return tls_ && SSL_has_pending(tls_.get()) == 1;
}

tcp::socket::wait_type Stream::kind_of(State state) {
  return state == State::wants_write ? tcp::socket::wait_write : tcp::socket::wait_read;
}

asio::awaitable<bool> Stream::wait(State state) {
  const auto [error] = co_await socket_.async_wait(kind_of(state), asio::as_tuple(asio::use_awaitable));
  co_return !error;
}

void Stream::cancel() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Stream::shut_down() {
  boost::system::error_code ignored;
  if (tls_) SSL_shutdown(tls_.get());  // close_notify (RFC 8446 section 6.1), if it goes out at once
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Stream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

Stream::Parts Stream::release() {
  boost::system::error_code error;
  const int descriptor = socket_.release(error);
  return {error ? -1 : descriptor, std::move(tls_)};
}

}  // namespace skypod::server
