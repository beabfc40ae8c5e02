#include "server/websocket.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "core/wire/messages.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

constexpr auto close_timeout = std::chrono::seconds(5);  // for a peer that neither reads nor hangs up
constexpr std::size_t drained_max = 16U << 20U;          // octets that are passed over while it closes
constexpr int kernel_octets = 256 * 1024;                // for what is on its way; the rest waits in the queue, counted
constexpr std::size_t buffers_at_once = 64;              // in one write
constexpr std::size_t written_at_once = 128 * 1024;      // octets, before others get on
constexpr int messages_at_once = 8;                      // of one sender, before others get on

}  // namespace

Passage::Passage(Passage&& other) noexcept
    : parts{std::exchange(other.parts.descriptor, -1), std::move(other.parts.tls)},
      reader(std::move(other.reader)),
      input(std::move(other.input)),
      queue(std::move(other.queue)),
      head_written(other.head_written) {}

Passage::~Passage() {
  if (parts.descriptor >= 0) ::close(parts.descriptor);
}

void WebSocket::start(signal::SocketId socket, std::string handshake, std::string input) {
  boost::system::error_code ignored;
  stream_->socket().set_option(asio::socket_base::send_buffer_size(kernel_octets), ignored);
  queue({std::nullopt, std::make_shared<const std::string>(std::move(handshake))}, Haste::soon);
  input_ = std::move(input);
  begin(socket);
}

void WebSocket::start(signal::SocketId socket, Passage passage) {
  reader_ = std::move(passage.reader);
  input_ = std::move(passage.input);
  head_written_ = passage.head_written;
  for (Outgoing& frame : passage.queue) queue(std::move(frame), Haste::soon);
  begin(socket);
}

void WebSocket::begin(signal::SocketId socket) {
  socket_ = socket;
  loop_.lanes.later([self = shared_from_this()] { self->read(); });
}

std::optional<Passage> WebSocket::pass_on() {
  if (phase_ != Phase::open) {
    return std::nullopt;
  }
  Passage passage(stream_->release());
  passage.reader = std::move(reader_);
  passage.input = std::move(input_);
  passage.head_written = head_written_;
  count_queued(0);
  passage.queue = std::move(queue_);
  phase_ = Phase::ended;
  return passage;
}

void WebSocket::wait_for_input(Stream::State state) {
  stream_->wait(state, [self = shared_from_this()](const boost::system::error_code& error) {
    error ? self->end() : self->in_turn();
  });
}

void WebSocket::wait_to_be_read(std::chrono::milliseconds duration) {
  pause_ = std::make_unique<asio::steady_timer>(loop_.io, duration);
  pause_->async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    self->pause_.reset();
    if (!error) self->in_turn();
  });
}

/// Reads at once for a member that has not said much, and in turn for everybody else.
void WebSocket::in_turn() {
  if (role_ == Role::member && phase_ == Phase::open && !pace_.is_heavy(std::chrono::steady_clock::now())) {
    return read();
  }
  read_in_turn();
}

/// After strangers if it is a member: they have a thread of their own, and little to say here.
void WebSocket::read_in_turn() {
  const auto read_on = [self = shared_from_this()] { self->read(); };
  role_ == Role::member ? loop_.lanes.last(read_on) : loop_.lanes.later(read_on);
}

/// Looks at what is there, a little at a time, so that others get on.
void WebSocket::read() {
  if (phase_ == Phase::ended || is_unheard_) {
    return;
  }
  auto state = Stream::State::done;
  if (!input_.empty()) {
    std::string earlier = std::exchange(input_, {});
    take(earlier);
  } else {
    const auto moved = stream_->read(loop_.scratch);
    state = moved.state;
    if (state == Stream::State::ended) return end();
    if (role_ == Role::member) charge(moved.octets);
    take(std::span(loop_.scratch).first(moved.octets));
  }
  go_on(state);
}

/// Reads on, when there is something to read and this may be read.
void WebSocket::go_on(Stream::State state) {
  if (phase_ == Phase::ended || is_unheard_) {
    return;
  }
  const auto wait = pace_.wait(std::chrono::steady_clock::now());
  if (phase_ == Phase::open && wait.count() > 0) {
    wait_to_be_read(wait);
  } else if (!input_.empty() || (state == Stream::State::done && stream_->has_more())) {
    read_in_turn();
  } else {
    wait_for_input(state == Stream::State::done ? Stream::State::wants_read : state);
  }
}

/// Acts on what the octets complete, and keeps the rest for the next turn.
void WebSocket::take(std::span<char> octets) {
  if (phase_ != Phase::open) {
    drained_ += octets.size();
    if (drained_ > drained_max) return end();
  }
  const std::size_t longest = role_ == Role::member ? wire::limit::frame_max : wire::limit::frame_max_preauth;
  for (int i = 0; i < messages_at_once && !is_unheard_; ++i) {
    const auto event = reader_.next(octets, longest);
    if (!event) return;
    std::visit([this](const auto& one) { on(one); }, *event);
    if (phase_ == Phase::ended) return;
  }
  input_.assign(octets.begin(), octets.end());
}

void WebSocket::on(const MessageIn& message) {
  if (phase_ != Phase::open) {
    return;
  }
  is_unheard_ = role_ == Role::stranger;
  ear_.frame(socket_, message.is_text ? message.payload() : "");
}

void WebSocket::on(const PingIn& ping) {
  if (phase_ != Phase::open) return;
  queue({std::nullopt, std::make_shared<const std::string>(control_frame(FrameHeader::Opcode::pong, ping.payload))},
        Haste::soon);
}

void WebSocket::on(const CloseIn& closing) {
  if (phase_ == Phase::open) {
    return part(closing.code, "");
  }
  if (phase_ == Phase::draining) end();  // both have said it (RFC 6455 section 7.1.1)
}

void WebSocket::on(const TooLongIn&) {
  if (phase_ == Phase::open) ear_.too_large(socket_);
}

void WebSocket::on(const BrokenIn& broken) {
  if (phase_ == Phase::open) part(broken.code, broken.reason);
}

/// Leaves the realm and closes.
void WebSocket::part(std::uint16_t code, std::string_view reason) {
  ear_.closed(socket_);
  close(code, std::string(reason));
}

void WebSocket::send(std::shared_ptr<const std::string> frame, Haste haste) {
  if (phase_ != Phase::open) {
    return;
  }
  const FrameHeader header(FrameHeader::Opcode::text, frame->size());
  queue({header, std::move(frame)}, haste);
}

/// Adds a frame; what is added until it is written is written together.
void WebSocket::queue(Outgoing frame, Haste haste) {
  count_queued(queued_octets_ + frame.size());
  queue_.push_back(std::move(frame));
  if (phase_ == Phase::open && is_slow()) {
    return give_up_on_slow_reader();
  }
  if (std::exchange(is_pumping_, true)) {
    return;
  }
  const auto pump = [self = shared_from_this()] { self->pump(); };
  if (haste == Haste::soon) return loop_.lanes.soon(pump);
  haste == Haste::later ? loop_.lanes.later(pump) : loop_.lanes.last(pump);
}

/// Whether more waits for this reader than may.
bool WebSocket::is_slow() const {
  const bool is_tight = loop_.backlog.octets > backlog_octets_max;
  return queued_octets_ > (is_tight ? backlog_share : queue_octets_max);
}

/// Says how much waits for this reader now.
void WebSocket::count_queued(std::size_t octets) {
  loop_.backlog.octets += octets - queued_octets_;
  queued_octets_ = octets;
}

/// Forgets what the reader did not take, and tells it why, should it read on.
void WebSocket::give_up_on_slow_reader() {
  queue_.resize(head_written_ > 0 ? 1 : 0);
  count_queued(queue_.empty() ? 0 : queue_.front().size());
  const wire::Error error{wire::ErrorCode::slow_consumer, ""};
  send(std::make_shared<const std::string>(wire::to_text(wire::refusal(wire::msg::error, std::nullopt, error))),
       Haste::soon);
  loop_.lanes.soon([self = shared_from_this()] { self->ear_.closed(self->socket_); });
  close(static_cast<std::uint16_t>(4000 + wire::status_of(error.code)), std::string(wire::name_of(error.code)));
}

/// Closes after what is queued. What still comes is passed over for a while, for else the peer would lose the end of
/// what it was sent (RFC 9112 section 9.6 has the reason).
void WebSocket::close(std::uint16_t code, std::string reason) {
  if (phase_ != Phase::open) {
    return;
  }
  phase_ = Phase::closing;
  const bool is_resting = std::exchange(is_unheard_, false) || std::exchange(pause_, nullptr);
  wait_in(loop_.lobby, std::chrono::steady_clock::now() + close_timeout);
  queue({std::nullopt, std::make_shared<const std::string>(close_frame(code, reason))}, Haste::soon);
  if (is_resting) loop_.lanes.later([self = shared_from_this()] { self->read(); });
}

void WebSocket::dismiss(Lobby::Why) {
  end();
}

/// Writes some of the queue, and goes on when it is its turn again or when more goes.
void WebSocket::pump() {
  if (phase_ == Phase::ended) {
    return;
  }
  if (!queue_.empty() && !write_some()) {
    return;
  }
  if (!queue_.empty()) {
    return loop_.lanes.last([self = shared_from_this()] { self->pump(); });
  }
  is_pumping_ = false;
  queue_.shrink_to_fit();
  if (phase_ == Phase::closing) shut_down();
}

/// One write of many frames. False if there is nothing to go on with now.
bool WebSocket::write_some() {
  std::array<asio::const_buffer, buffers_at_once> buffers;
  std::size_t count = 0;
  std::size_t octets = 0;
  for (auto frame = queue_.begin(); frame != queue_.end() && count + 2 <= buffers.size() && octets < written_at_once;
       ++frame) {
    if (frame->header) buffers[count++] = asio::buffer(frame->header->octets());
    buffers[count++] = asio::buffer(*frame->octets);
    octets += frame->size();
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
  pause_.reset();
  leave();
  stream_->close();
  if (is_known) ear_.closed(socket_);
}

}  // namespace skypod::server
