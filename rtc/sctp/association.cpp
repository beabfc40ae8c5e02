#include "rtc/sctp/association.hpp"

#include <arpa/inet.h>
#include <usrsctp.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "rtc/sctp/packet.hpp"

namespace skypod::rtc::sctp {
namespace {

constexpr std::size_t read_max = 256 * 1024 + 1;  // in one go; a longer message comes in parts
constexpr std::size_t checksum_at = 8;            // RFC 9260 section 3.1

// What is long, and how many acknowledgements one may stand for; each is for two packets.
constexpr std::size_t burst_min = 32;
constexpr std::size_t held_max = 4;

template <class T>
void set(Socket* socket, int level, int option, const T& value) {
  if (usrsctp_setsockopt(socket, level, option, &value, sizeof value) != 0) {
    std::abort();  // an option that this usrsctp does not have
  }
}

void subscribe(Socket* socket, std::uint16_t type) {
  sctp_event event = {};
  event.se_assoc_id = SCTP_ALL_ASSOC;
  event.se_type = type;
  event.se_on = 1;
  set(socket, IPPROTO_SCTP, SCTP_EVENT, event);
}

sockaddr_conn address_of(void* name, std::uint16_t port) {
  sockaddr_conn out = {};
  out.sconn_family = AF_CONN;
  out.sconn_port = htons(port);
  out.sconn_addr = name;
  return out;
}

}  // namespace

Association::Association(Loop& loop, Stack& stack, const Settings& settings, AssociationOwner& owner)
    : stack_(stack),
      owner_(owner),
      message_max_(settings.message_max),
      name_(stack.add(*this)),
      socket_(usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr)),
      turn_(loop, [this] {
        burst_ = 0;
        release();
      }) {
  if (socket_ == nullptr) {
    std::abort();  // out of memory
  }
  usrsctp_register_address(name_);
  configure(settings);
  connect(settings);
}

Association::~Association() {
  usrsctp_set_upcall(socket_, nullptr, nullptr);
  usrsctp_close(socket_);
  usrsctp_deregister_address(name_);
  stack_.remove(name_);
}

void Association::configure(const Settings& settings) {
  usrsctp_set_non_blocking(socket_, 1);
  const auto upcall = [](Socket*, void* self, int) { static_cast<Association*>(self)->pending_ = true; };
  usrsctp_set_upcall(socket_, upcall, this);
  set(socket_, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});  // close() aborts
  set(socket_, SOL_SOCKET, SO_SNDBUF, window);
  set(socket_, SOL_SOCKET, SO_RCVBUF, window);
  set(socket_, IPPROTO_SCTP, SCTP_NODELAY, int{1});
  set(socket_, IPPROTO_SCTP, SCTP_RECVRCVINFO, int{1});
  set(socket_, IPPROTO_SCTP, SCTP_FRAGMENT_INTERLEAVE, int{0});  // a message's parts come one after another
  sctp_assoc_value resets = {};
  resets.assoc_id = SCTP_ALL_ASSOC;
  resets.assoc_value = SCTP_ENABLE_RESET_STREAM_REQ;
  set(socket_, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, resets);
  sctp_initmsg init = {};
  init.sinit_num_ostreams = streams;
  init.sinit_max_instreams = streams;
  set(socket_, IPPROTO_SCTP, SCTP_INITMSG, init);
  sctp_paddrparams path = {};
  path.spp_flags = SPP_PMTUD_DISABLE | SPP_HB_ENABLE;
  path.spp_hbinterval = 2500;
  path.spp_pathmtu = static_cast<std::uint32_t>(settings.packet_max);
  set(socket_, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
  subscribe(socket_, SCTP_ASSOC_CHANGE);
  subscribe(socket_, SCTP_STREAM_RESET_EVENT);
}

void Association::connect(const Settings& settings) {
  sockaddr_conn local = address_of(name_, settings.local_port);
  sockaddr_conn remote = address_of(name_, settings.remote_port);
  const bool begun =
      usrsctp_bind(socket_, reinterpret_cast<sockaddr*>(&local), sizeof local) == 0 &&
      (usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&remote), sizeof remote) == 0 || errno == EINPROGRESS);
  if (!begun) {
    std::abort();  // the name is new and the socket ours
  }
}

void Association::receive(BytesView packet) {
  if (burst_++ == 0) {
    turn_.start_next_turn();
  }
  if (is_heartbeat(packet)) {
    stack_.advance();  // so that a connection that is idle does not keep the process awake
  } else {
    stack_.touch();
  }
  usrsctp_conninput(name_, packet.data(), packet.size(), 0);
  service();
}

Association::Sent Association::send(std::uint16_t stream, std::uint32_t ppid, BytesView octets) {
  if (!up_ || down_) {
    return down_ ? Sent::failed : Sent::no_room;
  }
  stack_.touch();
  sctp_sndinfo info = {};
  info.snd_sid = stream;
  info.snd_ppid = htonl(ppid);
  const auto sent =
      usrsctp_sendv(socket_, octets.data(), octets.size(), nullptr, 0, &info, sizeof info, SCTP_SENDV_SNDINFO, 0);
  if (sent >= 0) {
    return Sent::whole;
  }
  return errno == EWOULDBLOCK || errno == EAGAIN ? Sent::no_room : Sent::failed;
}

void Association::reset(std::uint16_t stream) {
  struct alignas(sctp_reset_streams) Request {
    std::array<char, sizeof(sctp_reset_streams) + sizeof(std::uint16_t)> octets = {};
  } request;
  auto* head = reinterpret_cast<sctp_reset_streams*>(request.octets.data());
  head->srs_assoc_id = SCTP_ALL_ASSOC;
  head->srs_flags = SCTP_STREAM_RESET_OUTGOING;
  head->srs_number_streams = 1;
  std::memcpy(head->srs_stream_list, &stream, sizeof stream);
  stack_.touch();
  usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, request.octets.data(), sizeof request.octets);
}

void Association::service() {
  if (std::exchange(servicing_, true)) {
    return;
  }
  while (std::exchange(pending_, false)) {
    const int events = usrsctp_get_events(socket_);
    while ((events & SCTP_EVENT_READ) != 0 && read_one()) {
    }
    if ((usrsctp_get_events(socket_) & SCTP_EVENT_WRITE) != 0 && up_ && !down_) {
      owner_.sctp_writable();
    }
  }
  servicing_ = false;
}

void Association::transmit(char* packet, std::size_t size) {
  if (size >= common_header) {
    std::memset(packet + checksum_at, 0, sizeof(std::uint32_t));
    const std::uint32_t checksum = usrsctp_crc32c(packet, size);
    std::memcpy(packet + checksum_at, &checksum, sizeof checksum);
  }
  if (!hold_back(BytesView(packet, size))) {
    release();
    owner_.sctp_send(BytesView(packet, size));
  }
}

/// True if the packet is an acknowledgement that may wait for the next one.
bool Association::hold_back(BytesView packet) {
  if (burst_ < burst_min || !is_plain_acknowledgement(packet)) {
    return false;
  }
  acknowledgement_ = packet;
  if (++held_ == held_max) {
    release();
  }
  return true;
}

void Association::release() {
  if (std::exchange(held_, 0) != 0) {
    owner_.sctp_send(acknowledgement_);
  }
}

/// Reads one message, or as much of one as there is. False if there is nothing.
bool Association::read_one() {
  static std::vector<char> buffer(read_max);  // one thread, and nothing below here reads
  sctp_rcvinfo info = {};
  socklen_t from_size = 0;
  socklen_t info_size = sizeof info;
  unsigned info_type = 0;
  int flags = 0;
  const auto size =
      usrsctp_recvv(socket_, buffer.data(), buffer.size(), nullptr, &from_size, &info, &info_size, &info_type, &flags);
  if (size <= 0) {
    return false;
  }
  const BytesView part(buffer.data(), static_cast<std::size_t>(size));
  const bool whole = (flags & MSG_EOR) != 0;
  if ((flags & MSG_NOTIFICATION) != 0) {
    notified(part, whole);
  } else {
    take(info.rcv_sid, ntohl(info.rcv_ppid), part, whole);
  }
  return !down_;
}

void Association::take(std::uint16_t stream, std::uint32_t ppid, BytesView part, bool whole) {
  if (message_.size() + part.size() > message_max_) {
    down_ = true;
    return owner_.sctp_too_long();
  }
  message_ += part;
  if (whole) {
    owner_.sctp_message(stream, ppid, std::exchange(message_, {}));
  }
}

void Association::notified(BytesView part, bool whole) {
  notification_ += part;
  if (whole) {
    read_notification();
    notification_.clear();
  }
}

void Association::read_notification() {
  sctp_notification notice = {};
  std::memcpy(&notice, notification_.data(), std::min(notification_.size(), sizeof notice));
  if (notice.sn_header.sn_type == SCTP_ASSOC_CHANGE) {
    const bool begun = notice.sn_assoc_change.sac_state == SCTP_COMM_UP;
    if (begun && !std::exchange(up_, true)) {
      owner_.sctp_up();
    } else if (!begun && !std::exchange(down_, true)) {
      owner_.sctp_down();  // COMM_LOST, SHUTDOWN_COMP, CANT_STR_ASSOC, and RESTART, which DTLS makes impossible
    }
  } else if (notice.sn_header.sn_type == SCTP_STREAM_RESET_EVENT &&
             (notice.sn_strreset_event.strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0) {
    for (std::size_t at = sizeof(sctp_stream_reset_event); at + 2 <= notification_.size(); at += 2) {
      std::uint16_t stream = 0;
      std::memcpy(&stream, notification_.data() + at, sizeof stream);
      owner_.sctp_reset(stream);
    }
  }
}

}  // namespace skypod::rtc::sctp
