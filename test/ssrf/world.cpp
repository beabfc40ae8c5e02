#include "test/ssrf/world.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "base/bytes.hpp"

namespace skypod::test {
namespace {

constexpr std::array ports{80, 443, 8009};

bool run_command(const char* command) {
  return std::system(command) == 0;
}

/// The names' questions go to the resolver below, and to nobody else.
bool ask_the_liar() {
  const std::string file = "/tmp/skypod-resolv-" + std::to_string(getpid());
  std::ofstream(file) << "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n";
  const bool mounted = mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                       mount(file.c_str(), "/etc/resolv.conf", nullptr, MS_BIND, nullptr) == 0;
  std::filesystem::remove(file);
  return mounted;
}

/// The address that the client meant, which is our own end of the connection.
std::string meant_by(int client) {
  sockaddr_in6 address{};
  socklen_t size = sizeof address;
  getsockname(client, reinterpret_cast<sockaddr*>(&address), &size);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
  const std::string whole = text.data();
  return whole.starts_with("::ffff:") ? whole.substr(7) : whole;
}

std::string redirect(const std::string& status, const std::string& location) {
  return "HTTP/1.1 " + status + " Moved\r\nLocation: " + location +
         "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

std::string answer_to(const std::string& head) {
  const std::size_t begin = head.find(' ') + 1;
  const std::string path = head.substr(begin, head.find(' ', begin) - begin);
  const std::size_t slash = path.find('/', 1);
  if (slash == std::string::npos) return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
  const std::string first = path.substr(1, slash - 1);
  return redirect(first == "to" ? "302" : first, path.substr(slash + 1));
}

}  // namespace

std::string enter_own_network() {
  if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) {
    return std::string("a network of its own needs more rights: ") + std::strerror(errno);
  }
  const bool is_ready = run_command("ip link set lo up") && run_command("ip route add local 0.0.0.0/0 dev lo") &&
                        run_command("ip -6 route add local ::/0 dev lo") && ask_the_liar();
  return is_ready ? "" : "the network of its own cannot be set up here";
}

Everywhere::Everywhere() {
  if (pipe2(stop_, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  for (const int port : ports) {
    const int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    constexpr int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in6 at{};
    at.sin6_family = AF_INET6;
    at.sin6_port = htons(static_cast<std::uint16_t>(port));
    if (bind(listener, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || listen(listener, 256) != 0) {
      throw std::runtime_error("cannot listen everywhere");
    }
    listeners_.push_back(listener);
  }
  thread_ = std::thread([this] { run(); });
}

Everywhere::~Everywhere() {
  close(stop_[1]);
  thread_.join();
  close(stop_[0]);
  for (const int listener : listeners_) close(listener);
}

std::set<std::string> Everywhere::take_visited() {
  const std::lock_guard lock(mutex_);
  return std::exchange(visited_, {});
}

void Everywhere::run() {
  std::vector<pollfd> waiting{{stop_[0], POLLIN, 0}};
  for (const int listener : listeners_) waiting.push_back({listener, POLLIN, 0});
  while (poll(waiting.data(), waiting.size(), -1) > 0 && waiting[0].revents == 0) {
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      if (waiting[i].revents != 0) serve(accept4(waiting[i].fd, nullptr, nullptr, SOCK_CLOEXEC));
    }
  }
}

void Everywhere::serve(int client) {
  {
    const std::lock_guard lock(mutex_);
    visited_.insert(meant_by(client));
  }
  const timeval limit{.tv_sec = 1, .tv_usec = 0};
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string head;
  std::array<char, 4096> piece;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t count = recv(client, piece.data(), piece.size(), 0);
    if (count <= 0) break;
    head.append(piece.data(), static_cast<std::size_t>(count));
  }
  const std::string answer = answer_to(head);
  send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
  close(client);
}

LyingResolver::LyingResolver() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(53);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0) throw std::runtime_error("cannot answer names");
  thread_ = std::thread([this] { run(); });
}

LyingResolver::~LyingResolver() {
  shutdown(socket_, SHUT_RDWR);
  thread_.join();
  close(socket_);
}

void LyingResolver::run() {
  std::array<char, 1500> question;
  sockaddr_in from{};
  socklen_t size = sizeof from;
  for (;;) {
    const ssize_t count =
        recvfrom(socket_, question.data(), question.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count <= 0) return;
    const std::string octets = answer(std::string(question.data(), static_cast<std::size_t>(count)));
    sendto(socket_, octets.data(), octets.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}

namespace {

constexpr int type_a = 1;
constexpr int type_cname = 5;
constexpr int type_aaaa = 28;

/// A record (RFC 1035 section 4.1.3) of the name at this offset, never to be kept.
std::string record(int offset, int type, const std::string& data) {
  std::string octets{static_cast<char>(0xc0 | offset >> 8), static_cast<char>(offset & 255)};
  octets += {0, static_cast<char>(type), 0, 1, 0, 0, 0, 0, 0, static_cast<char>(data.size())};
  return octets + data;
}

std::string unhex(const std::string& digits) {
  std::string octets;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    octets += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return octets;
}

std::string octets_of(const char* address) {
  std::array<char, 4> octets;
  inet_pton(AF_INET, address, octets.data());
  return {octets.begin(), octets.end()};
}

std::string label(const std::string& text) {
  return static_cast<char>(text.size()) + text;
}

/// "No such name" (RFC 1035 section 4.1.1).
std::string nothing_known(const std::string& question) {
  return question.substr(0, 2) + std::string("\x81\x83\0\1\0\0\0\0\0\0", 10) +
         question.substr(12, question.find('\0', 12) - 7);
}

}  // namespace

/// The question, and what is known of its first label: "<kind>-<hex>".
std::string LyingResolver::answer(const std::string& question) {
  constexpr std::size_t name_at = 12;
  const auto length = static_cast<std::size_t>(question[name_at]);
  const std::string first = question.substr(name_at + 1, length);
  const std::size_t dash = first.find('-');
  const std::string kind = first.substr(0, dash);
  const bool is_ours = question.find(label("test") + std::string(1, '\0'), name_at) != std::string::npos;
  const std::string address = is_ours && dash != std::string::npos ? unhex(first.substr(dash + 1)) : "";
  const std::size_t name_end = question.find('\0', name_at) + 1;
  const int type = static_cast<unsigned char>(question[name_end + 1]);
  const std::string asked = question.substr(name_at, name_end + 4 - name_at);
  std::vector<std::string> records;
  if (address.empty()) return nothing_known(question);
  if (kind == "aaaa" && type == type_aaaa) records.push_back(record(name_at, type_aaaa, address));
  if (kind == "a" && type == type_a) records.push_back(record(name_at, type_a, address));
  if (kind == "flip" && type == type_a) {
    const bool is_first = asked_[first]++ == 0;
    records.push_back(record(name_at, type_a, is_first ? octets_of(public_address) : address));
  }
  if (kind == "pair" && type == type_a) {
    records.push_back(record(name_at, type_a, address));
    records.push_back(record(name_at, type_a, octets_of(public_address)));
  }
  if (kind == "cname" && type == type_a) {
    const std::string alias = label("a-" + first.substr(dash + 1)) + label("test") + std::string(1, '\0');
    const int alias_at = static_cast<int>(name_at + asked.size() + 12);
    records.push_back(record(name_at, type_cname, alias));
    records.push_back(record(alias_at, type_a, address));
  }
  std::string octets = question.substr(0, 2) + std::string("\x81\x80\0\1\0", 5) + static_cast<char>(records.size());
  octets += std::string(4, '\0') + asked;
  for (const std::string& each : records) octets += each;
  return octets;
}

}  // namespace skypod::test
