// A web server for tests: one thread, one connection at a time, on a loopback address and a free port. It counts what
// it accepts, so that a test can prove that nobody came.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace skypod::test {

/// Serves until it is destroyed.
class Server {
 public:
  /// Sends one piece of an answer; false once the client is gone.
  using Send = std::function<bool(std::string_view)>;

  /// Answers one request, given its head and, behind the empty line, its body. The connection is closed when it
  /// returns.
  using Handler = std::function<void(const std::string& head, const Send& send)>;

  explicit Server(Handler handler, const char* address = "127.0.0.1")
      : handler_(std::move(handler)), address_(address) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    inet_pton(AF_INET, address, &at.sin_addr);
    socklen_t size = sizeof at;
    auto* generic = reinterpret_cast<sockaddr*>(&at);
    if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 ||
        getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error("cannot listen on a loopback address");
    }
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { run(); });
  }

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  ~Server() {
    shutdown(listener_, SHUT_RDWR);  // wakes accept()
    thread_.join();
    close(listener_);
  }

  /// An address of this server.
  std::string url(std::string_view path) const {
    return "http://" + address_ + ":" + std::to_string(port_) + std::string(path);
  }

  int port() const { return port_; }

  /// Connections so far. Exact once a later connection has been answered.
  int accepted() const { return accepted_; }

  /// A whole answer with its length.
  static std::string answer(std::string_view status, std::string_view headers, std::string_view body) {
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
  }

 private:
  void run() {
    while (true) {
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      ++accepted_;
      handler_(read_request(client), [client](std::string_view data) { return send_all(client, data); });
      drain(client);
      close(client);
    }
  }

  /// A head, and the body if its length is said.
  static std::string read_request(int client) {
    std::string request;
    char buffer[4096];
    while (!is_whole(request)) {
      const ssize_t count = recv(client, buffer, sizeof buffer, 0);
      if (count <= 0) break;
      request.append(buffer, static_cast<std::size_t>(count));
      if (request.starts_with('\x16')) break;  // TLS, which is not spoken here
    }
    return request;
  }

  static bool is_whole(const std::string& request) {
    constexpr std::string_view field = "\r\nContent-Length: ";
    const std::size_t end = request.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::size_t length = request.find(field);
    return length >= end || request.size() - end - 4 >= std::stoul(request.substr(length + field.size()));
  }

  static bool send_all(int client, std::string_view data) {
    while (!data.empty()) {
      const ssize_t count = send(client, data.data(), data.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      data.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// Takes what has come, so that closing resets nothing. Does not wait for the client to close: it may keep the
  /// connection for its next request.
  static void drain(int client) {
    char buffer[4096];
    while (recv(client, buffer, sizeof buffer, MSG_DONTWAIT) > 0) {
    }
  }

  Handler handler_;
  std::string address_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::thread thread_;
};

}  // namespace skypod::test
