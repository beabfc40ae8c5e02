#include "rtc/ice/burst.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace skypod::rtc::ice {
namespace {

// Few enough that acknowledgements do not wait long for each other; the kernel takes 64 (UDP_MAX_SEGMENTS).
constexpr std::size_t datagrams_max = 32;
constexpr std::size_t octets_max = 60'000;  // an IP packet holds 65,535 with its headers

}  // namespace

bool Burst::joins(BytesView datagram) const {
  return datagrams_ > 0 && !closed_ && segments_ && datagrams_ < datagrams_max && datagram.size() <= segment_ &&
         octets_.size() + datagram.size() <= octets_max;
}

bool Burst::add(BytesView datagram) {
  if (!joins(datagram)) {
    flush();
    segment_ = datagram.size();
  }
  closed_ = datagram.size() < segment_;
  octets_ += datagram;
  return ++datagrams_ == 1;
}

void Burst::flush() {
  if (datagrams_ > 1 && !send_segmented()) {
    segments_ = false;
  }
  if (datagrams_ == 1 || !segments_) {
    for (BytesView rest = octets_; !rest.empty(); rest.remove_prefix(std::min(segment_, rest.size()))) {
      ::sendto(to_.socket, rest.data(), std::min(segment_, rest.size()), MSG_DONTWAIT | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&to_.address), to_.address_size);
    }
  }
  octets_.clear();
  datagrams_ = 0;
  closed_ = false;
}

/// False if this way is not possible here.
bool Burst::send_segmented() {
  iovec part = {octets_.data(), octets_.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control = {};
  msghdr message = {};
  message.msg_name = &to_.address;
  message.msg_namelen = to_.address_size;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = IPPROTO_UDP;
  head->cmsg_type = UDP_SEGMENT;
  head->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto size = static_cast<std::uint16_t>(segment_);
  std::memcpy(CMSG_DATA(head), &size, sizeof size);
  const bool sent = ::sendmsg(to_.socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
  return sent || (errno != EINVAL && errno != EIO && errno != EMSGSIZE && errno != EOPNOTSUPP && errno != ENOPROTOOPT);
}

}  // namespace skypod::rtc::ice
