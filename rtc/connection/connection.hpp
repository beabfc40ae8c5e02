// One connection to one peer: descriptions and their order (JSEP, RFC 9429, as far as one data channel needs it), and
// what joins the layers: paths carry a DTLS session, which carries an SCTP association, which carries the channels.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "rtc/channel/channels.hpp"
#include "rtc/connection/paths.hpp"
#include "rtc/dtls/session.hpp"
#include "rtc/event.hpp"
#include "rtc/sdp/description.hpp"

namespace skypod::rtc {

/// What a connection may use and must keep to.
struct ConnectionSettings {
  ice::Settings ice;
  std::int64_t connect_max_ms = 0;
  std::size_t low_water = 0;   // octets
  std::size_t buffer_max = 0;  // octets
};

/// Lives on the loop's thread. After it has reported Failed it does nothing more.
class Connection final : public PathsOwner, public dtls::SessionOwner, public channel::ChannelsOwner {
 public:
  /// `report` must not destroy the connection from within.
  Connection(Loop& loop, sctp::Stack& stack, Id id, ConnectionSettings settings, channel::Buffered buffered,
             std::function<void(Event)> report);

  /// The Endpoint's methods of the same names.
  void offer(bool restart);
  void remote(bool is_offer, const std::string& sdp);
  void candidate(const std::string& candidate);
  void send(Bytes octets, bool report_drained);

 private:
  void fail(Fault why);
  void describe(ice::Agent& agent, bool is_offer);
  void answer(const ice::Credentials& remote);
  bool adopt(sdp::Description description, bool is_offer);
  void begin_session();
  void check_silence();
  void heard();

  void path_candidate(const std::string& candidate) override;
  void path_up() override;
  void path_changed(const ice::Pair& pair) override;
  void path_lost() override { fail(Fault::ice_failed); }
  void path_datagram(BytesView datagram) override;
  void dtls_send(BytesView datagram) override { paths_.send(datagram); }
  void dtls_up() override;
  void dtls_received(BytesView octets) override;
  void dtls_ended(Fault why) override { fail(why); }
  void channels_packet(BytesView packet) override;
  void channels_opened() override;
  void channels_message(Bytes octets) override;
  void channels_drained() override { report_(event::Drained{id_}); }
  void channels_ended(Fault why) override { fail(why); }

  Loop& loop_;
  sctp::Stack& stack_;
  Id id_;
  ConnectionSettings settings_;
  std::function<void(Event)> report_;
  dtls::Certificate certificate_;
  std::uint64_t session_id_;
  std::uint64_t version_ = 0;
  std::string mid_ = "0";
  bool bundled_ = true;
  bool offered_ = false;  // have-local-offer
  bool ended_ = false;
  std::optional<dtls::Role> role_;
  std::optional<sdp::Description> remote_;
  std::deque<Bytes> early_;  // datagrams that came before the session could begin
  std::int64_t heard_ms_ = 0;
  bool doubted_ = false;
  Timer silence_;
  channel::Outbox outbox_;
  Paths paths_;  // outlives what sends through it
  std::unique_ptr<dtls::Session> session_;
  std::unique_ptr<channel::Channels> channels_;
};

}  // namespace skypod::rtc
