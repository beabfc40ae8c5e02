// A web server for tests that never has enough: it takes any number of connections on all loopback addresses, and sends
// each an octet a second for ever.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace skypod::test {

/// Lets this process have as many descriptors as it may.
inline void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Serves until it is destroyed.
class SlowServer {
 public:
  SlowServer() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_ANY);
    socklen_t size = sizeof at;
    auto* generic = reinterpret_cast<sockaddr*>(&at);
    if (bind(listener_, generic, size) != 0 || listen(listener_, 4096) != 0 ||
        getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  SlowServer(const SlowServer&) = delete;
  SlowServer& operator=(const SlowServer&) = delete;
  ~SlowServer() {
    stopping_ = true;
    thread_.join();
    for (const int client : clients_) close(client);
    close(listener_);
  }

  /// An address of it on a host of its own, one for each number below 60,000.
  std::string url(int number) const {
    return "http://127.1." + std::to_string(number / 250) + "." + std::to_string(1 + number % 250) + ":" +
           std::to_string(port_) + "/" + std::to_string(number);
  }

  /// Connections that are open.
  int open_now() const { return open_; }

 private:
  void run() {
    while (!stopping_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (poll(&waiting, 1, 1'000) == 1) {
        accept_all();
      } else {
        drip();
      }
    }
  }

  void accept_all() {
    for (;;) {
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client < 0) return;
      say(client, "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 100000\r\n\r\n");
      clients_.push_back(client);
      open_ = static_cast<int>(clients_.size());
    }
  }

  void drip() {
    std::erase_if(clients_, [](int client) {
      char head[4096];
      const ssize_t count = recv(client, head, sizeof head, MSG_DONTWAIT);
      const bool is_gone = count == 0 || !say(client, "x");
      if (is_gone) close(client);
      return is_gone;
    });
    open_ = static_cast<int>(clients_.size());
  }

  static bool say(int client, const std::string& text) {
    return send(client, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
  }

  int listener_ = -1;
  int port_ = 0;
  std::vector<int> clients_;
  std::atomic<int> open_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace skypod::test
