#include "rtc/connection/connection.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace skypod::rtc {
namespace {

// What fits into the smallest IPv6 path, 1280 octets (RFC 8200 section 5), less IPv6 and UDP headers, and the 4 octets
// of a TURN channel (RFC 8656 section 12.4). usrsctp wants a multiple of four.
constexpr std::size_t datagram_max = 1280 - 40 - 8 - 4;
constexpr std::size_t packet_max = (datagram_max - dtls::record_overhead) / 4 * 4;

// Twice the other side has not answered a heartbeat (sctp::Stack sends one every 2.5 s or so).
constexpr std::int64_t silence_max_ms = 7000;

// RFC 7675 section 5.1: how long one may go on sending without a sign that the other side wants it. The sign is a
// packet that DTLS has accepted, a stronger one than that RFC's.
constexpr std::int64_t consent_ms = 30'000;

constexpr std::size_t early_max = 4;  // datagrams; a ClientHello is one or two, and comes again

std::uint64_t random_session() {
  std::array<unsigned char, sizeof(std::uint64_t)> octets;
  if (RAND_bytes(octets.data(), octets.size()) != 1) {
    std::abort();
  }
  std::uint64_t value = 0;
  for (const unsigned char octet : octets) {
    value = value << 8 | octet;
  }
  return value >> 2;  // RFC 9429 section 5.2.1
}

std::string_view name_of(sdp::Candidate::Type type) {
  constexpr std::array<std::string_view, 4> names = {"host", "srflx", "prflx", "relay"};
  return names[static_cast<std::size_t>(type)];
}

}  // namespace

Connection::Connection(Loop& loop, sctp::Stack& stack, Id id, ConnectionSettings settings, channel::Buffered buffered,
                       std::function<void(Event)> report)
    : loop_(loop),
      stack_(stack),
      id_(id),
      settings_(std::move(settings)),
      report_(std::move(report)),
      session_id_(random_session()),
      silence_(loop, [this] { check_silence(); }),
      outbox_(std::move(buffered), settings_.low_water),
      paths_(loop, settings_.ice, settings_.connect_max_ms, *this) {}

void Connection::offer(bool restart) {
  if (!ended_) {
    offered_ = true;
    describe(paths_.for_offer(restart), true);
  }
}

void Connection::remote(bool is_offer, const std::string& text) {
  if (ended_) {
    return;
  }
  if (!is_offer && !offered_) {
    return fail(Fault::wrong_state);
  }
  auto description = sdp::parse_description(text);
  if (!description) {
    const bool weak = description.error() == sdp::Refusal::no_fingerprint;
    return fail(weak ? Fault::wrong_identity : Fault::bad_description);
  }
  offered_ = false;
  const ice::Credentials credentials{description->ufrag, description->password};
  if (!adopt(std::move(*description), is_offer)) {
    return;
  }
  if (is_offer) {
    answer(credentials);
  } else {
    paths_.accept(credentials);
  }
  for (const std::string& candidate : remote_->candidates) {
    paths_.candidate(candidate);
  }
  begin_session();
}

void Connection::answer(const ice::Credentials& remote) {
  ice::Agent& agent = paths_.for_answer(remote);
  paths_.accept(remote);
  describe(agent, false);
}

/// Takes in all but the ICE part. False if it is unacceptable, which has been reported.
bool Connection::adopt(sdp::Description description, bool is_offer) {
  using sdp::Setup;
  if (!is_offer && description.setup == Setup::actpass) {
    fail(Fault::bad_description);  // an answer decides (RFC 8842 section 5.3)
    return false;
  }
  if (session_ && !session_->promise(description.fingerprints)) {
    fail(Fault::wrong_identity);
    return false;
  }
  if (!role_) {
    role_ = description.setup == Setup::active ? dtls::Role::server : dtls::Role::client;
  }
  mid_ = description.mid;
  bundled_ = is_offer ? description.bundled : bundled_;
  remote_ = std::move(description);
  return true;
}

void Connection::describe(ice::Agent& agent, bool is_offer) {
  using sdp::Setup;
  const Setup chosen = role_ == dtls::Role::client ? Setup::active : Setup::passive;
  const sdp::Description description{.session = session_id_,
                                     .version = ++version_,
                                     .mid = mid_,
                                     .bundled = is_offer || bundled_,
                                     .ufrag = agent.local().ufrag,
                                     .password = agent.local().password,
                                     .setup = is_offer ? Setup::actpass : chosen,
                                     .fingerprints = {certificate_.fingerprint()},
                                     .sctp_port = 5000,
                                     .message_max = message_max,
                                     .candidates = agent.candidates(),
                                     .complete = agent.gathered()};
  report_(event::Local{id_, is_offer, sdp::write_description(description)});
  paths_.gather();
}

void Connection::candidate(const std::string& candidate) {
  if (!ended_) {
    paths_.candidate(candidate);
  }
}

void Connection::send(Bytes octets, bool report_drained) {
  if (ended_) {
    return;
  }
  const std::size_t theirs = remote_ && remote_->message_max != 0 ? remote_->message_max : message_max;
  if (octets.size() > message_max || octets.size() > theirs) {
    return fail(Fault::message_too_long);
  }
  outbox_.push(std::move(octets));
  if (report_drained) outbox_.expect_drained();
  if (outbox_.waiting() > settings_.buffer_max) {
    return fail(Fault::buffer_full);
  }
  if (channels_) {
    channels_->flush();
  }
}

void Connection::fail(Fault why) {
  if (!std::exchange(ended_, true)) {
    silence_.stop();
    report_(event::Failed{id_, why});
  }
}

/// Once there is a path, and a description that says who may be at its end.
void Connection::begin_session() {
  if (ended_ || session_ || !remote_ || !paths_.up()) {
    return;
  }
  session_ = std::make_unique<dtls::Session>(loop_, certificate_, *role_, remote_->fingerprints, datagram_max, *this);
  session_->start();
  for (const Bytes& datagram : std::exchange(early_, {})) {
    session_->receive(datagram);
  }
}

void Connection::check_silence() {
  const std::int64_t silent_ms = monotonic_ms() - heard_ms_;
  if (silent_ms < silence_max_ms) {
    return silence_.start(silence_max_ms - silent_ms);
  }
  if (!std::exchange(doubted_, true)) {
    report_(event::Doubtful{id_});
  }
  if (silent_ms >= consent_ms) {
    return fail(Fault::ice_failed);
  }
  silence_.start(consent_ms - silent_ms);
}

void Connection::heard() {
  heard_ms_ = monotonic_ms();
  if (std::exchange(doubted_, false)) {
    silence_.start(silence_max_ms);
  }
}

void Connection::path_candidate(const std::string& candidate) {
  if (!ended_) {
    report_(event::Candidate{id_, candidate, mid_, 0});
  }
}

void Connection::path_up() {
  begin_session();
}

void Connection::path_changed(const ice::Pair& pair) {
  using Type = sdp::Candidate::Type;
  using Kind = event::Path::Kind;
  if (!ended_) {
    const bool relayed = pair.local == Type::relayed || pair.remote == Type::relayed;
    report_(event::Path{id_, relayed ? Kind::relayed : Kind::direct, std::string(name_of(pair.local)),
                        std::string(name_of(pair.remote))});
  }
}

void Connection::path_datagram(BytesView datagram) {
  if (ended_) {
    return;
  }
  if (!session_) {
    if (early_.size() < early_max && datagram.size() <= datagram_max) {
      early_.emplace_back(datagram);
    }
    return;
  }
  session_->receive(datagram);
}

void Connection::dtls_up() {
  const sctp::Association::Settings settings{
      .local_port = 5000, .remote_port = remote_->sctp_port, .packet_max = packet_max, .message_max = message_max};
  channels_ = std::make_unique<channel::Channels>(loop_, stack_, settings, outbox_, *this);
}

void Connection::dtls_received(BytesView octets) {
  if (channels_ && !ended_) {
    heard();
    channels_->receive(octets);
  }
}

void Connection::channels_packet(BytesView packet) {
  session_->send(packet);
}

void Connection::channels_opened() {
  heard_ms_ = monotonic_ms();
  silence_.start(silence_max_ms);
  report_(event::Opened{id_});
}

void Connection::channels_message(Bytes octets) {
  if (!ended_) {
    report_(event::Message{id_, std::move(octets)});
  }
}

}  // namespace skypod::rtc
