#include "peer/control_socket.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <utility>

#include "peer/lines.hpp"

namespace skypod::peer {

namespace asio = boost::asio;
using asio::local::stream_protocol;

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t path_max = sizeof(sockaddr_un::sun_path) - 1;

std::string cannot_listen(const std::filesystem::path& path, const std::string& why) {
  return "the socket " + path.string() + " for other commands cannot be made: " + why +
         "; choose another directory with --data";
}

}  // namespace

/// One program on the socket; lives as long as its coroutines.
class ControlSocket::Conversation final : public Program, public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(stream_protocol::socket socket, Service& service) : socket_(std::move(socket)), service_(service) {}

  void start() {
    spawn([](auto self) -> asio::awaitable<void> { co_await self->read_all(); }(shared_from_this()));
  }

  void event(const std::string& name, const Json& dat) override { send(event_line(name, dat)); }
  void reply(std::string line) override { send(std::move(line)); }

  void hang_up() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  void spawn(asio::awaitable<void> work) { asio::co_spawn(socket_.get_executor(), std::move(work), asio::detached); }

  asio::awaitable<void> read_all() {
    std::string text;
    while (true) {
      const auto [error, size] =
          co_await asio::async_read_until(socket_, asio::dynamic_buffer(text, request_max), '\n', token);
      if (error) break;
      service_.request(std::string_view(text).substr(0, size - 1), shared_from_this());
      text.erase(0, size);
    }
    hang_up();
  }

  void send(std::string line) {
    queued_octets_ += line.size();
    queue_.push_back(std::move(line));
    if (queued_octets_ > program_queue_max) return hang_up();
    if (queue_.size() == 1) {
      spawn([](auto self) -> asio::awaitable<void> { co_await self->write_all(); }(shared_from_this()));
    }
  }

  asio::awaitable<void> write_all() {
    while (!queue_.empty()) {
      const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(queue_.front()), token);
      if (error) co_return hang_up();
      queued_octets_ -= queue_.front().size();
      queue_.pop_front();
    }
  }

  stream_protocol::socket socket_;
  Service& service_;
  std::deque<std::string> queue_;  // the first is being written
  std::size_t queued_octets_ = 0;
};

ControlSocket::~ControlSocket() {
  for (const auto& weak : conversations_) {
    if (const auto conversation = weak.lock()) conversation->hang_up();
  }
  if (!path_.empty()) unlink(path_.c_str());
}

std::string ControlSocket::listen(const std::filesystem::path& path) {
  if (path.string().size() > path_max) {
    return cannot_listen(path, "its path is longer than " + std::to_string(path_max) + " octets");
  }
  unlink(path.c_str());  // the directory is locked: nobody listens there any more
  boost::system::error_code error;
  acceptor_.open(stream_protocol(), error);
  const mode_t before = umask(0177);
  if (!error) acceptor_.bind(path.string(), error);
  umask(before);
  if (!error) acceptor_.listen(stream_protocol::acceptor::max_listen_connections, error);
  if (error) {
    return cannot_listen(path, error.message());
  }
  path_ = path;
  accept();
  return "";
}

void ControlSocket::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, stream_protocol::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) begin(std::move(socket));
    accept();
  });
}

void ControlSocket::adopt(int descriptor) {
  begin(stream_protocol::socket(io_, stream_protocol(), descriptor));
}

void ControlSocket::begin(stream_protocol::socket socket) {
  std::erase_if(conversations_, [](const auto& weak) { return weak.expired(); });
  if (conversations_.size() >= programs_max) {
    return;
  }
  const auto conversation = std::make_shared<Conversation>(std::move(socket), service_);
  conversations_.insert(conversation);
  conversation->start();
}

}  // namespace skypod::peer
