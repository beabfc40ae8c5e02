#include "server/websocket.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "core/wire/messages.hpp"
#include "server/frames.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

constexpr auto close_timeout = std::chrono::seconds(5);  // for a peer that neither reads nor hangs up
constexpr std::size_t drained_max = 16U << 20U;          // octets that are passed over while it closes
constexpr int kernel_octets = 256 * 1024;                // for what is on its way; the rest waits in the queue, counted
constexpr std::size_t buffers_at_once = 64;              // in one write

/// A frame on its way out. Several receivers share one payload.
struct Outgoing {
  std::optional<FrameHeader> header;  // nothing: the octets are whole frames already
  std::shared_ptr<const std::string> octets;

  std::size_t size() const { return (header ? header->octets().size() : 0) + octets->size(); }
};

/// The connection. It owns its stream; waits that are under way keep it alive.
class WebSocket final : public Link, public Lobby::Guest, public std::enable_shared_from_this<WebSocket> {
 public:
  WebSocket(std::unique_ptr<Stream> stream, const Shared& shared) : stream_(std::move(stream)), shared_(shared) {}
  ~WebSocket() override { count_queued(0); }

  void start(Beginning beginning);
  void send(std::shared_ptr<const std::string> frame) override;
  void close(std::uint16_t code, std::string reason) override;
  void dismiss(Lobby::Why why) override;

 private:
  enum class Phase : std::uint8_t { open, closing, draining, ended };  // draining: all is written, the peer may hang up

  void wait_for_input(Stream::State state);
  void in_turn();
  void read();
  void take(std::span<char> octets);
  void on(const MessageIn& message);
  void on(const PingIn& ping);
  void on(const CloseIn& close);
  void on(const TooLongIn& message);
  void on(const BrokenIn& broken);
  void part(std::uint16_t code, std::string_view reason);

  void queue(Outgoing frame);
  bool is_slow() const;
  void count_queued(std::size_t octets);
  void give_up_on_slow_reader();
  void pump();
  bool write_some();
  void written(std::size_t octets);
  void shut_down();
  void end();

  std::unique_ptr<Stream> stream_;
  const Shared& shared_;
  signal::SocketId socket_ = 0;
  FrameReader reader_;
  std::vector<Outgoing> queue_;
  std::size_t queued_octets_ = 0;
  std::size_t head_written_ = 0;  // octets of the first in the queue that are written
  std::size_t drained_ = 0;
  Phase phase_ = Phase::open;
  bool is_member_ = false;   // as far as has been looked
  bool is_pumping_ = false;  // a pump is due, or waits for the socket
};

void WebSocket::start(Beginning beginning) {
  boost::system::error_code ignored;
  stream_->socket().set_option(asio::socket_base::send_buffer_size(kernel_octets), ignored);
  queue({std::nullopt, std::make_shared<const std::string>(std::move(beginning.handshake))});
  socket_ = shared_.hub.open(*this, std::move(beginning.household));
  take(beginning.input);
  in_turn();
}

void WebSocket::wait_for_input(Stream::State state) {
  stream_->wait(state, [self = shared_from_this()](const boost::system::error_code& error) {
    error ? self->end() : self->in_turn();
  });
}

/// Reads at once for a member, and in turn for everybody else.
void WebSocket::in_turn() {
  is_member_ = phase_ == Phase::open && (is_member_ || shared_.hub.is_member(socket_));
  if (is_member_) {
    return read();
  }
  shared_.lanes.later([self = shared_from_this()] { self->read(); });
}

/// Reads what is there, once, so that others get on.
void WebSocket::read() {
  if (phase_ == Phase::ended) {
    return;
  }
  const auto moved = stream_->read(shared_.scratch);
  if (moved.state == Stream::State::ended) {
    return end();
  }
  take(std::span(shared_.scratch).first(moved.octets));
  if (phase_ == Phase::ended) {
    return;
  }
  if (moved.state == Stream::State::done && stream_->has_more()) {
    shared_.lanes.later([self = shared_from_this()] { self->read(); });
  } else {
    wait_for_input(moved.state == Stream::State::done ? Stream::State::wants_read : moved.state);
  }
}

/// Acts on what the octets complete.
void WebSocket::take(std::span<char> octets) {
  if (phase_ != Phase::open) {
    drained_ += octets.size();
    if (drained_ > drained_max) return end();
  }
  const auto longest = [this] {
    return shared_.hub.is_member(socket_) ? wire::limit::frame_max : wire::limit::frame_max_preauth;
  };
  while (phase_ != Phase::ended) {
    const auto event = reader_.next(octets, longest());
    if (!event) return;
    std::visit([this](const auto& one) { on(one); }, *event);
  }
}

void WebSocket::on(const MessageIn& message) {
  if (phase_ == Phase::open) shared_.hub.frame(socket_, message.is_text ? message.payload() : "");
}

void WebSocket::on(const PingIn& ping) {
  if (phase_ != Phase::open) return;
  queue({std::nullopt, std::make_shared<const std::string>(control_frame(FrameHeader::Opcode::pong, ping.payload))});
}

void WebSocket::on(const CloseIn& closing) {
  if (phase_ == Phase::open) {
    return part(closing.code, "");
  }
  if (phase_ == Phase::draining) end();  // both have said it (RFC 6455 section 7.1.1)
}

void WebSocket::on(const TooLongIn&) {
  if (phase_ == Phase::open) shared_.hub.too_large(socket_);
}

void WebSocket::on(const BrokenIn& broken) {
  if (phase_ == Phase::open) part(broken.code, broken.reason);
}

/// Leaves the realm and closes.
void WebSocket::part(std::uint16_t code, std::string_view reason) {
  shared_.hub.closed(socket_);
  close(code, std::string(reason));
}

void WebSocket::send(std::shared_ptr<const std::string> frame) {
  if (phase_ != Phase::open) {
    return;
  }
  const FrameHeader header(FrameHeader::Opcode::text, frame->size());
  queue({header, std::move(frame)});
}

/// Adds a frame; what is added during one piece of work is written together after it.
void WebSocket::queue(Outgoing frame) {
  count_queued(queued_octets_ + frame.size());
  queue_.push_back(std::move(frame));
  if (phase_ == Phase::open && is_slow()) {
    return give_up_on_slow_reader();
  }
  if (!std::exchange(is_pumping_, true)) {
    shared_.lanes.soon([self = shared_from_this()] { self->pump(); });
  }
}

/// Whether more waits for this reader than may.
bool WebSocket::is_slow() const {
  const bool is_tight = shared_.backlog.octets > backlog_octets_max;
  return queued_octets_ > (is_tight ? backlog_share : queue_octets_max);
}

/// Says how much waits for this reader now.
void WebSocket::count_queued(std::size_t octets) {
  shared_.backlog.octets += octets - queued_octets_;
  queued_octets_ = octets;
}

/// Forgets what the reader did not take, and tells it why, should it read on.
void WebSocket::give_up_on_slow_reader() {
  queue_.resize(head_written_ > 0 ? 1 : 0);
  count_queued(queue_.empty() ? 0 : queue_.front().size());
  const wire::Error error{wire::ErrorCode::slow_consumer, ""};
  send(std::make_shared<const std::string>(wire::to_text(wire::refusal(wire::msg::error, std::nullopt, error))));
  shared_.lanes.soon([self = shared_from_this()] { self->shared_.hub.closed(self->socket_); });
  close(static_cast<std::uint16_t>(4000 + wire::status_of(error.code)), std::string(wire::name_of(error.code)));
}

/// Closes after what is queued. What still comes is passed over for a while, for else the peer would lose the end of
/// what it was sent (RFC 9112 section 9.6 has the reason).
void WebSocket::close(std::uint16_t code, std::string reason) {
  if (phase_ != Phase::open) {
    return;
  }
  phase_ = Phase::closing;
  wait_in(shared_.lobby, std::chrono::steady_clock::now() + close_timeout);
  queue({std::nullopt, std::make_shared<const std::string>(close_frame(code, reason))});
}

void WebSocket::dismiss(Lobby::Why) {
  end();
}

/// Writes as much of the queue as goes now, and goes on when more goes.
void WebSocket::pump() {
  while (phase_ != Phase::ended && !queue_.empty()) {
    if (!write_some()) return;
  }
  is_pumping_ = false;
  queue_.shrink_to_fit();
  if (phase_ == Phase::closing) shut_down();
}

/// One write of many frames. False if there is nothing to go on with now.
bool WebSocket::write_some() {
  std::array<asio::const_buffer, buffers_at_once> buffers;
  std::size_t count = 0;
  for (auto frame = queue_.begin(); frame != queue_.end() && count + 2 <= buffers.size(); ++frame) {
    if (frame->header) buffers[count++] = asio::buffer(frame->header->octets());
    buffers[count++] = asio::buffer(*frame->octets);
  }
  std::size_t skip = head_written_;
  for (std::size_t i = 0; i < 2 && i < count; ++i) {
    const std::size_t part = std::min(skip, buffers[i].size());
    buffers[i] += part;
    skip -= part;
  }
  const auto moved = stream_->write(std::span(buffers).first(count));
  if (moved.state == Stream::State::ended) {
    end();
  } else if (moved.state == Stream::State::done) {
    written(moved.octets);
    return true;
  } else {
    stream_->wait(moved.state, [self = shared_from_this()](const boost::system::error_code& error) {
      error ? self->end() : self->pump();
    });
  }
  return false;
}

/// Takes what is written from the queue.
void WebSocket::written(std::size_t octets) {
  head_written_ += octets;
  std::size_t left = queued_octets_;
  auto first = queue_.begin();
  while (first != queue_.end() && head_written_ >= first->size()) {
    head_written_ -= first->size();
    left -= first->size();
    ++first;
  }
  count_queued(left);
  queue_.erase(queue_.begin(), first);
}

/// All is said.
void WebSocket::shut_down() {
  phase_ = Phase::draining;
  stream_->shut_down();
}

/// The connection is over, on whichever side. Waits that are under way end with an error, and with them this object.
void WebSocket::end() {
  if (phase_ == Phase::ended) {
    return;
  }
  const bool is_known = phase_ == Phase::open;
  phase_ = Phase::ended;
  leave();
  stream_->close();
  if (is_known) shared_.hub.closed(socket_);
}

}  // namespace

void start_websocket(std::unique_ptr<Stream> stream, const Shared& shared, Beginning beginning) {
  std::make_shared<WebSocket>(std::move(stream), shared)->start(std::move(beginning));
}

}  // namespace skypod::server
