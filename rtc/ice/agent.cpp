#include "rtc/ice/agent.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace skypod::rtc::ice {
namespace {

using Type = sdp::Candidate::Type;

constexpr unsigned component = 1;               // RTCP would be 2
constexpr int socket_buffer = 4 * 1024 * 1024;  // octets asked for; the kernel gives up to net.core.[rw]mem_max

constexpr guint pacing_ms = 5;  // between checks; the least that RFC 8445 section 14.2 allows, as few are made

// Aggressive nomination: the first pair that works carries traffic, a better one takes over. Waiting for the best
// (REGULAR_NOMINATION) costs seconds behind a symmetric NAT.
//
// Not NICE_AGENT_OPTION_CONSENT_FRESHNESS: it gives a path up after 10 s without an answer, and asks twice in that
// time, so where a fifth of the packets is lost a path that works would fail about every minute. "keepalive-conncheck"
// asks as often (RFC 7675: every 5 s) and is patient for 50 s; Connection gives up after 30 s in which it heard
// nothing.
constexpr auto agent_options = static_cast<NiceAgentOption>(NICE_AGENT_OPTION_ICE_TRICKLE);

constexpr std::array<NiceCandidateType, 4> nice_types = {
    NICE_CANDIDATE_TYPE_HOST, NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE, NICE_CANDIDATE_TYPE_PEER_REFLEXIVE,
    NICE_CANDIDATE_TYPE_RELAYED};  // in the order of sdp::Candidate::Type

NiceCandidateType to_nice(Type type) {
  return nice_types[static_cast<std::size_t>(type)];
}

Type from_nice(NiceCandidateType type) {
  return static_cast<Type>(std::ranges::find(nice_types, type) - nice_types.begin());
}

struct GFree {
  void operator()(gpointer memory) const { g_free(memory); }
};
using GText = std::unique_ptr<gchar, GFree>;

bool set_address(NiceAddress& out, const std::string& digits, unsigned port) {
  nice_address_init(&out);
  if (!nice_address_set_from_string(&out, digits.c_str())) {
    return false;
  }
  nice_address_set_port(&out, port);
  return true;
}

/// No host answers there: unspecified, multicast and broadcast addresses.
bool is_nobody(const NiceAddress& address) {
  if (address.s.addr.sa_family == AF_INET) {
    const auto first = g_ntohl(address.s.ip4.sin_addr.s_addr) >> 24;
    return first == 0 || first >= 224;
  }
  const auto& octets = address.s.ip6.sin6_addr.s6_addr;
  return octets[0] == 0xff || std::ranges::all_of(octets, [](auto octet) { return octet == 0; });
}

struct FreeCandidate {
  void operator()(NiceCandidate* candidate) const { nice_candidate_free(candidate); }
};
using CandidatePtr = std::unique_ptr<NiceCandidate, FreeCandidate>;

/// Nothing for what libnice cannot use or should not: names (a browser's mDNS ones; its checks reveal the address),
/// TCP, other components.
CandidatePtr make_candidate(const sdp::Candidate& from, unsigned stream) {
  NiceAddress address;
  const bool udp = from.transport == sdp::Candidate::Transport::udp;
  if (!udp || from.component != component || from.port == 0 || !set_address(address, from.address, from.port) ||
      is_nobody(address)) {
    return nullptr;
  }
  CandidatePtr out(nice_candidate_new(to_nice(from.type)));
  out->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  out->addr = address;
  out->priority = from.priority;
  out->stream_id = stream;
  out->component_id = component;
  g_strlcpy(out->foundation, from.foundation.c_str(), sizeof out->foundation);
  if (!from.related_address.empty() && !set_address(out->base_addr, from.related_address, from.related_port)) {
    nice_address_init(&out->base_addr);
  }
  return out;
}

/// Room for a burst of packets; without it a fast sender loses them on the way into this process.
void widen_buffers(NiceAgent* agent, unsigned stream) {
  GPtrArray* sockets = nice_agent_get_sockets(agent, stream, component);
  for (guint i = 0; sockets != nullptr && i < sockets->len; ++i) {
    auto* socket = static_cast<GSocket*>(g_ptr_array_index(sockets, i));
    g_socket_set_option(socket, SOL_SOCKET, SO_RCVBUF, socket_buffer, nullptr);
    g_socket_set_option(socket, SOL_SOCKET, SO_SNDBUF, socket_buffer, nullptr);
  }
  if (sockets != nullptr) {
    g_ptr_array_unref(sockets);
  }
}

}  // namespace

Agent::Agent(Loop& loop, const Settings& settings, bool controlling, AgentOwner& owner)
    : loop_(loop),
      owner_(owner),
      agent_(nice_agent_new_full(loop.context(), NICE_COMPATIBILITY_RFC5245, agent_options)),
      flush_(loop, [this] {
        if (burst_) {
          burst_->flush();
        }
      }) {
  configure(settings, controlling);
  stream_ = nice_agent_add_stream(agent_, 1);
  for (const Server& server : settings.servers) {
    add_relay(server, settings.authorities);
  }
  gchar* ufrag = nullptr;
  gchar* password = nullptr;
  nice_agent_get_local_credentials(agent_, stream_, &ufrag, &password);
  local_ = {GText(ufrag).get(), GText(password).get()};
  watch();
}

Agent::~Agent() {
  close_burst();
  nice_agent_attach_recv(agent_, stream_, component, loop_.context(), nullptr, nullptr);
  g_signal_handlers_disconnect_by_data(agent_, this);
  nice_agent_remove_stream(agent_, stream_);
  // Gives the TURN servers their addresses back, which takes a round trip.
  loop_.hold();
  const auto closed = [](GObject* agent, GAsyncResult*, gpointer loop) {
    g_object_unref(agent);
    static_cast<Loop*>(loop)->release();
  };
  nice_agent_close_async(agent_, closed, &loop_);
}

void Agent::configure(const Settings& settings, bool controlling) {
  g_object_set(agent_, "controlling-mode", gboolean{controlling}, "stun-pacing-timer", pacing_ms, "ice-tcp", FALSE,
               "upnp", FALSE, "keepalive-conncheck", TRUE, "force-relay", gboolean{settings.relay_only}, nullptr);
  const auto stun = std::ranges::find(settings.servers, Server::Kind::stun, &Server::kind);
  if (stun != settings.servers.end()) {
    g_object_set(agent_, "stun-server", stun->host.c_str(), "stun-server-port", guint{stun->port}, nullptr);
  }
  NiceAddress address;
  if (!settings.bind_address.empty() && set_address(address, settings.bind_address, 0)) {
    nice_agent_add_local_address(agent_, &address);
  }
}

void Agent::add_relay(const Server& server, const std::string& authorities) {
  const auto add = [&](const std::string& host, unsigned port, NiceRelayType type) {
    nice_agent_set_relay_info(agent_, stream_, component, host.c_str(), port, server.username.c_str(),
                              server.credential.reveal().c_str(), type);
  };
  switch (server.kind) {
    case Server::Kind::stun:
      return;
    case Server::Kind::turn_udp:
      return add(server.host, server.port, NICE_RELAY_TYPE_TURN_UDP);
    case Server::Kind::turn_tcp:
      return add(server.host, server.port, NICE_RELAY_TYPE_TURN_TCP);
    case Server::Kind::turn_tls:
      tunnels_.push_back(std::make_unique<TlsTunnel>(server.host, server.port, authorities));
      if (tunnels_.back()->port() != 0) {
        add("127.0.0.1", tunnels_.back()->port(), NICE_RELAY_TYPE_TURN_TCP);
      }
  }
}

void Agent::watch() {
  const auto state = [](NiceAgent*, guint, guint, guint now, gpointer self) {
    static_cast<Agent*>(self)->state_changed(now);
  };
  const auto found = [](NiceAgent*, NiceCandidate* candidate, gpointer self) {
    static_cast<Agent*>(self)->found_candidate(candidate);
  };
  const auto done = [](NiceAgent*, guint, gpointer self) { static_cast<Agent*>(self)->gathering_done(); };
  const auto selected = [](NiceAgent*, guint, guint, NiceCandidate* local, NiceCandidate* remote, gpointer self) {
    static_cast<Agent*>(self)->pair_selected(local, remote);
  };
  const auto received = [](NiceAgent*, guint, guint, guint size, gchar* octets, gpointer data) {
    auto* self = static_cast<Agent*>(data);
    self->owner_.ice_datagram(*self, BytesView(octets, size));
  };
  g_signal_connect(agent_, "component-state-changed", G_CALLBACK(+state), this);
  g_signal_connect(agent_, "new-candidate-full", G_CALLBACK(+found), this);
  g_signal_connect(agent_, "candidate-gathering-done", G_CALLBACK(+done), this);
  g_signal_connect(agent_, "new-selected-pair-full", G_CALLBACK(+selected), this);
  nice_agent_attach_recv(agent_, stream_, component, loop_.context(), +received, this);
}

void Agent::gather() {
  if (std::exchange(gathering_, true)) {
    return;
  }
  if (!nice_agent_gather_candidates(agent_, stream_)) {
    return gathering_done();  // no address at all; the other side may still be told so
  }
  widen_buffers(agent_, stream_);
}

void Agent::become_controlled() {
  g_object_set(agent_, "controlling-mode", FALSE, nullptr);
}

void Agent::set_remote(const Credentials& remote) {
  remote_ = remote;
  nice_agent_set_remote_credentials(agent_, stream_, remote.ufrag.c_str(), remote.password.c_str());
}

void Agent::add_remote(const sdp::Candidate& candidate) {
  const CandidatePtr made = remote_count_ < remote_max ? make_candidate(candidate, stream_) : nullptr;
  if (made) {
    ++remote_count_;
    GSList list = {made.get(), nullptr};
    nice_agent_set_remote_candidates(agent_, stream_, component, &list);
  }
}

void Agent::end_of_remote() {
  nice_agent_peer_candidate_gathering_done(agent_, stream_);
}

void Agent::send(BytesView datagram) {
  if (burst_) {
    if (connected_ && burst_->add(datagram)) {
      flush_.start_next_turn();
    }
    return;
  }
  nice_agent_send(agent_, stream_, component, static_cast<guint>(datagram.size()), datagram.data());
}

/// The state goes back and forth between CONNECTED and READY while better pairs are tried; both carry traffic.
void Agent::state_changed(unsigned state) {
  if (state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY) {
    connected_ = true;
    owner_.ice_connected(*this);
  } else if (state == NICE_COMPONENT_STATE_FAILED) {
    connected_ = false;
    owner_.ice_failed(*this);
  }
}

void Agent::found_candidate(NiceCandidate* candidate) {
  const GText text(nice_agent_generate_local_candidate_sdp(agent_, candidate));
  std::string attribute(text.get());
  attribute = attribute.substr(attribute.starts_with("a=") ? 2 : 0) + " ufrag " + local_.ufrag;
  candidates_.push_back(attribute);
  owner_.ice_candidate(*this, attribute);
}

void Agent::gathering_done() {
  if (!std::exchange(gathered_, true)) {
    owner_.ice_candidate(*this, {});
  }
}

void Agent::pair_selected(NiceCandidate* local, NiceCandidate* remote) {
  pair_ = Pair{from_nice(local->type), from_nice(remote->type)};
  close_burst();
  open_burst(remote);
  owner_.ice_selected(*this);
}

/// Straight to the network, past libnice, unless a TURN server is in between.
void Agent::open_burst(const NiceCandidate* remote) {
  socket_ = nice_agent_get_selected_socket(agent_, stream_, component);
  if (socket_ != nullptr) {
    Destination to{.socket = g_socket_get_fd(socket_), .address = {}, .address_size = 0};
    nice_address_copy_to_sockaddr(&remote->addr, reinterpret_cast<sockaddr*>(&to.address));
    to.address_size = to.address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    burst_.emplace(to);
  }
}

void Agent::close_burst() {
  if (burst_) {
    burst_->flush();
    burst_.reset();
  }
  g_clear_object(&socket_);
}

}  // namespace skypod::rtc::ice
