#include "native/network_watch.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <utility>

#include "native/descriptor.hpp"

namespace skypod {
namespace {

constexpr std::size_t message_max = 8192;  // rtnetlink's own are below a page

Descriptor open_socket() {
  Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  const auto* const plain = reinterpret_cast<const sockaddr*>(&address);
  const bool is_bound = socket && ::bind(socket.get(), plain, sizeof address) == 0;
  return is_bound ? std::move(socket) : Descriptor();
}

}  // namespace

NetworkWatch::NetworkWatch(boost::asio::io_context& io, std::function<void()> changed)
    : changed_(std::move(changed)), socket_(io), timer_(io) {
  Descriptor socket = open_socket();
  if (!socket) return;
  socket_.assign(socket.release());
  listen();
}

void NetworkWatch::stop() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
}

void NetworkWatch::listen() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;
    drain();
    tell_later();
    listen();
  });
}

/// What exactly has changed does not matter; that messages were lost (ENOBUFS) says that something has.
void NetworkWatch::drain() {
  std::array<char, message_max> message;
  while (::recv(socket_.native_handle(), message.data(), message.size(), 0) > 0) {
  }
}

void NetworkWatch::tell_later() {
  timer_.expires_after(settle);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) changed_();
  });
}

}  // namespace skypod
