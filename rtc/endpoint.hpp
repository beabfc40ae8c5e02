// WebRTC data channels for a native host: what an RTCPeerConnection is to a browser.
//
//   endpoint   owner's calls → rtc thread → owner's sink
//     connection   one peer: negotiation and what joins the layers
//       sdp · ice (libnice) · dtls (OpenSSL) · sctp (usrsctp) · channel (DCEP)
//
// All connections of a process live on one thread, which waits in a GLib main loop; the layers hold no lock. Every call
// here only leaves a message for that thread, so none blocks and none fails: what goes wrong comes back as an event.
//
// Each connection has one ordered, reliable channel, agreed beforehand as stream 0 with the label "skypod". A channel
// that the other side opens by DCEP is accepted too; its messages are reported the same way.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/bytes.hpp"
#include "core/wire/json.hpp"
#include "rtc/event.hpp"

namespace skypod::rtc {

class Connection;
class Runtime;

/// Settings of all connections of an Endpoint. The defaults are the product's; tests and benchmarks change some.
struct Options {
  /// Only this local address is used, e.g. "127.0.0.1" or "::1"; empty: every address but loopback.
  std::string bind_address;
  /// Use TURN servers only, whatever else is possible.
  bool relay_only = false;
  /// PEM file of the authorities that turns: servers' certificates must come from; empty: the machine's.
  std::string authorities = {};
  /// Drained is reported when the octets that wait fall to this.
  std::size_t low_water = 256 * 1024;
  /// More octets than this waiting end the connection (Fault::buffer_full).
  std::size_t buffer_max = 16 * 1024 * 1024;
  /// How long a pair of addresses is looked for before Fault::ice_failed, ms.
  std::int64_t connect_max_ms = 30'000;
};

/// Connections by handle. The methods are for one thread, the owner's.
class Endpoint {
 public:
  /// Called on the rtc thread, one event at a time, in order; it must return soon and must not call the Endpoint. A
  /// host posts the event to its own loop.
  using Sink = std::function<void(Event)>;

  explicit Endpoint(Sink sink, Options options = {});
  /// Closes every connection. No event is reported once it has returned.
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  /// Makes a connection. `ice_servers` is as RTCConfiguration.iceServers has it: stun:, turn: and turns: addresses with
  /// username and credential; entries that cannot be used are left out, as nothing may be lost by a bad one. A handle
  /// that is open already is closed first.
  void open(Id id, const wire::Json& ice_servers);

  /// Makes an offer and reports it as Local. `restart`: with new ICE credentials and addresses (RTCOfferOptions
  /// .iceRestart); an open channel stays open and moves over when the new path works.
  void offer(Id id, bool restart = false);

  /// Applies the other side's description. An offer is answered (Local), and rolls an own offer back; whether to ignore
  /// a crossing offer is decided by the caller (perfect negotiation). SDP that cannot be used ends the connection.
  void remote(Id id, bool is_offer, std::string sdp);

  /// Adds one of the other side's addresses, early or late; empty: there are no more. One that cannot be used, or
  /// belongs to a description that was replaced, is ignored.
  void candidate(Id id, std::string candidate, std::string mid, std::int64_t line);

  /// Sends one message, up to message_max octets, in order. Messages sent before Opened wait. To a handle that is not
  /// open: nothing. `report_drained`: Drained is reported once the octets that wait are at Options::low_water or below,
  /// also if they are already.
  void send(Id id, Bytes octets, bool report_drained = false);

  /// Ends the connection and tells the other side. Events of it that are under way may still arrive.
  void close(Id id);

  /// Octets given to send() that SCTP has not taken yet, which itself keeps up to a mebibyte of what is under way; 0
  /// for an unknown handle.
  std::size_t buffered(Id id) const;

 private:
  class Inside;
  void with(Id id, std::function<void(Connection&)> work);

  std::shared_ptr<Runtime> runtime_;
  std::shared_ptr<Inside> inside_;  // belongs to the rtc thread
  std::unordered_map<Id, std::shared_ptr<std::atomic<std::size_t>>> buffered_;
};

}  // namespace skypod::rtc
