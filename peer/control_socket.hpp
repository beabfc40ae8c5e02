// Where other processes of this user talk to a running peer: a Unix socket in its data directory, mode 0600.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "base/result.hpp"
#include "peer/service.hpp"

namespace skypod::peer {

/// Most programs at a time; more are hung up on.
inline constexpr std::size_t programs_max = 64;
/// Most octets that wait for one program to read them; then it is hung up on.
inline constexpr std::size_t program_queue_max = 32U << 20U;
/// The socket's name in the data directory.
inline constexpr const char* control_socket_name = "peer.sock";

/// Listens, and runs the conversations of lines.hpp. Belongs to the event loop's thread.
class ControlSocket {
 public:
  ControlSocket(boost::asio::io_context& io, Service& service) : io_(io), service_(service), acceptor_(io) {}
  ~ControlSocket();

  /// Listens at the path, where a socket of a process that is gone may still be. "" or why it cannot.
  std::string listen(const std::filesystem::path& path);

  /// Talks over this socket too, which is connected already; takes it over.
  void adopt(int descriptor);

 private:
  class Conversation;

  void accept();
  void begin(boost::asio::local::stream_protocol::socket socket);

  boost::asio::io_context& io_;
  Service& service_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  std::filesystem::path path_;
  std::set<std::weak_ptr<Conversation>, std::owner_less<>> conversations_;
};

}  // namespace skypod::peer
