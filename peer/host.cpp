#include "peer/host.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "native/database.hpp"
#include "native/digest.hpp"
#include "native/feed_loader.hpp"
#include "native/jose_port.hpp"
#include "peer/server_check.hpp"
#include "reader/feed_content.hpp"

namespace skypod::peer {
namespace {

namespace asio = boost::asio;
namespace in = device::in;
namespace out = core::out;

constexpr std::size_t seed_octets = 32;
constexpr TimeMs timer_max_ms = 60'000;  // an early tick does no harm, and clocks may be set meanwhile
constexpr TimeMs asleep_min_ms = 5'000;  // later than this, the process or the machine has slept

TimeMs now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

/// The answer to ask::Fetch.
Answer fetched(const Result<HttpAnswer, std::string>& answer) {
  if (!answer) {
    return unexpected(core::Error{core::ErrorCode::offline, ""});
  }
  return Json{{"status", answer->status}, {"body", wire::parse_json(answer->body).value_or(nullptr)}};
}

using FeedAnswer = Result<Json, ServiceError>;

FeedAnswer read(const Result<FetchResult, FetchError>& answer) {
  if (!answer) return unexpected(service_error(answer.error()));
  FeedAnswer feed = read_feed(*answer, now_ms());
  if (feed) reader::finish_feed(*feed);
  return feed;
}

/// The answer to ask::Direct.
Answer direct(FeedAnswer feed) {
  if (!feed && feed.error().code == upstream_error(401).code) return Json{{"status", 401}};
  if (!feed) return unexpected(core::Error{core::ErrorCode::feed_failed, feed.error().message, feed.error().code});
  return Json{{"status", 200}, {"body", std::move(*feed)}};
}

/// The answer to ask::File.
Answer piece(Result<FetchResult, FetchError> answer, std::int64_t count) {
  if (!answer) {
    const ServiceError error = service_error(answer.error());
    return unexpected(core::Error{core::ErrorCode::file_failed, error.message, error.code});
  }
  const auto total = static_cast<std::int64_t>(answer->body.size());
  const bool is_whole = answer->status == 200;
  if (std::cmp_greater(answer->body.size(), count)) answer->body.resize(static_cast<std::size_t>(count));
  return Json{{"status", answer->status},
              {"type", answer->content_type},
              {"range", answer->content_range},
              {"total", is_whole ? Json(total) : Json()},
              {"octets", wire::binary(answer->body)}};
}

}  // namespace

Host::Host(asio::io_context& io, Parts parts, Tell tell)
    : io_(io),
      key_(std::move(parts.key)),
      database_(std::move(parts.database)),
      server_(std::move(parts.server)),
      tell_(std::move(tell)),
      link_(io_, server_, realm_path, [this](WebSocketEvent event) { on_socket(std::move(event)); }),
      rtc_(parts.make_rtc([this](device::Input input) { handle(std::move(input)); })),
      timer_(io_),
      network_(io_, [this] { network_changed(); }),
      alive_(std::make_shared<Host*>(this)),
      fetcher_(std::move(parts.fetching)) {
  device_.emplace(random_octets(seed_octets),
                  realm::Identity{.id = key_.identity(), .pubkey = key_.public_jwk(), .name = std::move(parts.name)},
                  now_ms(), device::HostTraits{.server = server_.server().url(), .serves_feeds = true});
}

Host::~Host() {
  *alive_ = nullptr;
}

void Host::command(std::string name, Json args, Replied replied) {
  const std::uint64_t id = ++last_command_;
  waiting_.emplace(id, std::move(replied));
  handle(in::Command{id, std::move(name), std::move(args)});
}

void Host::network_changed() {
  link_.network_changed();
  nudge();
}

void Host::stop() {
  stopped_ = true;
  timer_.cancel();
  network_.stop();
  inputs_.clear();
  waiting_.clear();
  device_.reset();  // its outputs on the way out are not needed: the ports close all they have
  rtc_.reset();
  link_.close();
}

/// Gives the core an input. Outputs are carried out in order; what they cause at once waits its turn.
void Host::handle(device::Input input) {
  if (stopped_) return;
  inputs_.push_back(std::move(input));
  if (std::exchange(handling_, true)) return;
  while (!inputs_.empty()) {
    device::Input next = std::move(inputs_.front());
    inputs_.pop_front();
    handle_one(std::move(next));
  }
  handling_ = false;
  if (!stopped_) wake_at(device_->next_deadline());
}

void Host::handle_one(device::Input input) {
  device_->handle(std::move(input), now_ms());
  for (core::Output& output : device_->drain()) {
    if (!stopped_) carry_out(output);  // whoever is told something may stop this
  }
}

void Host::wake_at(std::optional<TimeMs> deadline) {
  const TimeMs delay_ms = deadline ? std::clamp<TimeMs>(*deadline - now_ms(), 0, timer_max_ms) : timer_max_ms;
  timer_.expires_after(std::chrono::milliseconds(delay_ms));
  timer_.async_wait([this, due_ms = now_ms() + delay_ms](const boost::system::error_code& error) {
    if (error) return;
    if (now_ms() - due_ms > asleep_min_ms) nudge();
    handle(in::Tick{});
  });
}

void Host::carry_out(core::Output& output) {
  if (auto* asked = std::get_if<out::Asked>(&output)) {
    answer(asked->id, asked->ask);
  } else if (std::holds_alternative<out::LinkOpen>(output)) {
    link_.open();
  } else if (auto* frame = std::get_if<out::LinkSend>(&output)) {
    link_.send(std::move(frame->text));
  } else if (std::holds_alternative<out::LinkClose>(output)) {
    link_.close();
  } else if (auto* told = std::get_if<out::Told>(&output)) {
    tell_(told->name, told->dat);
  } else if (auto* replied = std::get_if<out::Replied>(&output)) {
    auto waiting = waiting_.extract(replied->id);
    if (waiting) waiting.mapped()(std::move(replied->answer));
  } else {
    carry_out_rtc(output);
  }
}

void Host::carry_out_rtc(const core::Output& output) {
  if (const auto* open = std::get_if<out::RtcOpen>(&output)) rtc_->open(*open);
  if (const auto* offer = std::get_if<out::RtcOffer>(&output)) rtc_->offer(*offer);
  if (const auto* remote = std::get_if<out::RtcRemote>(&output)) rtc_->remote(*remote);
  if (const auto* candidate = std::get_if<out::RtcCandidate>(&output)) rtc_->candidate(*candidate);
  if (const auto* send = std::get_if<out::RtcSend>(&output)) rtc_->send(*send);
  if (const auto* close = std::get_if<out::RtcClose>(&output)) rtc_->close(*close);
}

void Host::answer(std::uint64_t id, const core::Ask& ask) {
  if (const auto* statements = std::get_if<core::ask::Database>(&ask)) {
    handle(in::Answered{id, run_database(database_, *statements)});
  } else if (const auto* wanted = std::get_if<core::ask::Fetch>(&ask)) {
    fetch(id, {wanted->path, wanted->token});
  } else if (const auto* direct = std::get_if<core::ask::Direct>(&ask)) {
    fetch_feed(id, *direct);
  } else if (const auto* file = std::get_if<core::ask::File>(&ask)) {
    fetch_piece(id, *file);
  } else if (auto done = answer_jose(ask, key_)) {
    handle(in::Answered{id, std::move(*done)});
  }
}

void Host::fetch(std::uint64_t id, HttpTarget target) {
  get(std::move(target), [this, id](const auto& answer) { handle(in::Answered{id, fetched(answer)}); });
}

/// Fetches a feed at its own address, under the guard that keeps strangers' names from leading inside (fetch.hpp).
void Host::fetch_feed(std::uint64_t id, const core::ask::Direct& wanted) {
  const auto tell = [this, id, alive = alive_](FeedAnswer feed) {
    asio::post(io_, [this, id, alive, feed = std::move(feed)]() mutable {
      if (*alive != nullptr) handle(in::Answered{id, direct(std::move(feed))});
    });
  };
  fetcher_.get({wanted.url, wanted.authorization}, [this, tell](Result<FetchResult, FetchError> answer) {
    asio::post(reader_, [tell, answer = std::move(answer)] { tell(read(answer)); });
  });
}

/// Fetches a piece of a file, under the same guard.
void Host::fetch_piece(std::uint64_t id, const core::ask::File& wanted) {
  auto done = [this, id, count = wanted.count, alive = alive_](Result<FetchResult, FetchError> answer) {
    asio::post(io_, [this, id, count, alive, answer = std::move(answer)]() mutable {
      if (*alive != nullptr) handle(in::Answered{id, piece(std::move(answer), count)});
    });
  };
  fetcher_.get({wanted.url, wanted.authorization, OctetRange{wanted.from, wanted.count}}, std::move(done));
}

void Host::check_server(Replied replied) {
  get({health_path}, [this, to = std::move(replied)](const auto& answer) {
    const auto version = judge_health(server_.server(), answer);
    to(version ? Json{{"version", *version}} : Json{{"problem", version.error()}});
  });
}

/// Gets a path of the server. `got` is called later, unless this is gone by then.
void Host::get(HttpTarget target, std::function<void(const Result<HttpAnswer, std::string>&)> got) {
  const auto work = [](auto alive, Dialer server, HttpTarget wanted, auto then) -> asio::awaitable<void> {
    const auto answer = co_await http_get(std::move(server), std::move(wanted));
    if (*alive != nullptr) then(answer);
  };
  asio::co_spawn(io_, work(alive_, server_, std::move(target), std::move(got)), asio::detached);
}

void Host::on_socket(WebSocketEvent event) {
  if (std::holds_alternative<websocket_event::Opened>(event)) {
    tell_problem("");
    handle(in::LinkOpened{});
  } else if (auto* frame = std::get_if<websocket_event::Frame>(&event)) {
    handle(in::LinkFrame{std::move(frame->text)});
  } else {
    tell_problem(std::get<websocket_event::Closed>(event).why);
    handle(in::LinkClosed{});
  }
}

void Host::tell_problem(std::string problem) {
  if (stopped_ || problem == problem_) return;
  problem_ = std::move(problem);
  tell_("host.link", {{"problem", problem_}});
}

}  // namespace skypod::peer
