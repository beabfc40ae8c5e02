// A connection's octets, plain or through TLS, without buffers of its own: one asks whether it can be read or written,
// does so at once, and otherwise waits. So an idle connection holds no memory for what may come, and who reads decides
// when: whatever is not read stays with the kernel and slows the sender down.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <span>
#include <utility>

#include "native/descriptor.hpp"
#include "server/tls.hpp"

namespace skypod::server {

/// A connected socket, for one thread.
class Stream {
 public:
  /// How an attempt ended: something was moved; nothing could be until the socket is readable or writable; or nothing
  /// ever will be, because the peer or the network ended it.
  enum class State { done, wants_read, wants_write, ended };

  struct Moved {
    State state = State::ended;
    std::size_t octets = 0;  // more than 0 if done
  };

  /// `tls` is null for a plain connection.
  Stream(boost::asio::ip::tcp::socket socket, TlsSession tls);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Reads what is there, at most `into`.
  Moved read(std::span<char> into);

  /// Writes as much as goes now, from the first buffer on. There must be something to write. What was tried and not
  /// done must come first when it is tried again. `goes_on`: more follows at once, and may go out together with it.
  Moved write(std::span<const boost::asio::const_buffer> buffers, bool goes_on = false);

  /// Whether send() can be used: the octets go out as they are, and not through TLS.
  bool sends_files() const { return !tls_; }

  /// Sends as much of a file as goes now, from the `begin`th octet on, at most `octets`.
  Moved send(const Descriptor& file, std::size_t begin, std::size_t octets);

  /// Whether octets have left the socket and wait to be read, so that its readiness does not tell of them.
  bool has_more() const;

  /// Calls `then(error)` when the socket is readable or writable, as `state` wants it.
  template <class Then>
  void wait(State state, Then then) {
    socket_.async_wait(kind_of(state), std::move(then));
  }

  /// The same for a coroutine; false if the wait was cancelled or the socket closed.
  boost::asio::awaitable<bool> wait(State state);

  /// Ends all waits.
  void cancel();

  /// Says that nothing more will be written.
  void shut_down();

  void close();

  /// What a connection is without a thread: its descriptor and its TLS session. Whoever has them closes the descriptor.
  struct Parts {
    int descriptor = -1;
    TlsSession tls{nullptr, nullptr};
  };

  /// Gives the connection up, for a Stream of another thread; all waits end.
  Parts release();

  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  static boost::asio::ip::tcp::socket::wait_type kind_of(State state);
  Moved outcome_of(int result, std::size_t octets);

  boost::asio::ip::tcp::socket socket_;
  TlsSession tls_;
};

}  // namespace skypod::server
