#include "test/device/virtual_device.hpp"

#include <gtest/gtest.h>

namespace skypod::test {
namespace {

constexpr wire::TimeMs command_max_ms = 60'000;

sqlite::Database memory() {
  auto database = sqlite::Database::open(":memory:");
  if (!database) std::abort();
  return std::move(*database);
}

bool is_write(const core::ask::Database& ask) {
  for (const auto& statement : ask.statements) {
    if (!statement.sql.starts_with("SELECT") && !statement.sql.starts_with("PRAGMA user_version")) return true;
  }
  return false;
}

}  // namespace

VirtualDevice::VirtualDevice(VirtualWorld& shared, std::size_t index, TimeMs skew_ms, bool serves_feeds)
    : shared_(shared),
      index_(index),
      skew_ms_(skew_ms),
      serves_feeds_(serves_feeds),
      key_(sim::make_key(shared.world.random())),
      database_(memory()) {
  start();
}

void VirtualDevice::start() {
  ++life_;
  handle({{"in", "start"},
          {"entropy", wire::binary(shared_.world.random().bytes(32))},
          {"id", key_.id},
          {"pubkey", key_.pubkey},
          {"name", "device " + std::to_string(index_)},
          {"server", "https://pod.example"},
          {"servesFeeds", serves_feeds_}});
}

void VirtualDevice::stop() {
  ++life_;
  close_link();
  shared_.fabric.close_all(index_);
  inputs_.clear();
  device_.reset();
}

void VirtualDevice::restart() {
  stop();
  start();
}

void VirtualDevice::later(TimeMs delay_ms, std::function<void()> what) {
  shared_.world.after(delay_ms, [this, life = life_, what = std::move(what)] {
    if (life == life_) what();
  });
}

void VirtualDevice::handle(Json input) {
  inputs_.push_back(std::move(input));
  if (handling_) return;
  handling_ = true;
  while (!inputs_.empty()) {
    const Json next = std::move(inputs_.front());
    inputs_.pop_front();
    exchange(next);
  }
  handling_ = false;
  schedule_tick();
}

void VirtualDevice::exchange(const Json& input) {
  Json timed = input;
  timed["now"] = clock();
  const Bytes octets = wire::to_cbor(timed);
  Json read = wire::parse_cbor(octets).value();
  if (const auto start = device::read_start(read)) {
    device_ = std::make_unique<device::Device>(start->entropy, start->identity, clock(), start->traits);
  } else {
    auto known = device::read_input(std::move(read));
    ASSERT_TRUE(known) << "malformed input " << wire::to_json(input["in"]);
    device_->handle(std::move(*known), clock());
  }
  std::vector<core::Output> outputs = device_->drain();
  exchanges_.push_back({octets, wire::to_cbor(device::write_outputs(outputs, device_->next_deadline()))});
  for (core::Output& output : outputs) carry_out(output);
}

void VirtualDevice::carry_out(core::Output& output) {
  sim::RtcFabric& fabric = shared_.fabric;
  if (const auto* asked = std::get_if<core::out::Asked>(&output)) {
    ask(asked->id, asked->ask);
  } else if (std::holds_alternative<core::out::LinkOpen>(output)) {
    open_link();
  } else if (const auto* send = std::get_if<core::out::LinkSend>(&output)) {
    if (link_) shared_.cloud.send(*link_, send->text);
  } else if (std::holds_alternative<core::out::LinkClose>(output)) {
    close_link();
  } else if (const auto* open = std::get_if<core::out::RtcOpen>(&output)) {
    const auto tell = [this](core::RtcId rtc, const char* what) { handle({{"in", what}, {"rtc", rtc}}); };
    fabric.open(index_, open->rtc,
                {.local =
                     [this](core::RtcId rtc, bool is_offer, const std::string& sdp) {
                       handle({{"in", "rtc.local"}, {"rtc", rtc}, {"isOffer", is_offer}, {"sdp", sdp}});
                     },
                 .candidate =
                     [this](core::RtcId rtc, const std::string& text) {
                       handle({{"in", "rtc.candidate"}, {"rtc", rtc}, {"candidate", text}, {"mid", "0"}, {"line", 0}});
                     },
                 .opened = [tell](core::RtcId rtc) { tell(rtc, "rtc.opened"); },
                 .message =
                     [this](core::RtcId rtc, const Bytes& octets) {
                       handle({{"in", "rtc.message"}, {"rtc", rtc}, {"octets", wire::binary(octets)}});
                     },
                 .drained = [tell](core::RtcId rtc) { tell(rtc, "rtc.drained"); },
                 .failed = [tell](core::RtcId rtc) { tell(rtc, "rtc.failed"); }});
  } else if (const auto* offer = std::get_if<core::out::RtcOffer>(&output)) {
    fabric.offer(index_, offer->rtc);
  } else if (const auto* remote = std::get_if<core::out::RtcRemote>(&output)) {
    fabric.remote(index_, remote->rtc, remote->is_offer, remote->sdp);
  } else if (const auto* candidate = std::get_if<core::out::RtcCandidate>(&output)) {
    fabric.candidate(index_, candidate->rtc, candidate->candidate);
  } else if (const auto* message = std::get_if<core::out::RtcSend>(&output)) {
    fabric.send(index_, message->rtc, message->octets, message->report_drained);
  } else if (const auto* close = std::get_if<core::out::RtcClose>(&output)) {
    fabric.close(index_, close->rtc);
  } else if (auto* told = std::get_if<core::out::Told>(&output)) {
    told_.emplace_back(told->name, told->dat);
  } else if (const auto* replied = std::get_if<core::out::Replied>(&output)) {
    const Json reply = device::write_output(*replied);
    replies_[static_cast<std::int64_t>(replied->id)] = reply;
  }
}

void VirtualDevice::ask(std::uint64_t id, const core::Ask& ask) {
  if (std::holds_alternative<core::ask::Database>(ask)) {
    answer_later(id, answer(ask));  // in order, right after this exchange
    return;
  }
  const auto* direct = std::get_if<core::ask::Direct>(&ask);
  const auto* file = std::get_if<core::ask::File>(&ask);
  const std::string wanted_url = direct != nullptr ? direct->url : file != nullptr ? file->url : "";
  if (serves_feeds_ && shared_.hanging.contains(wanted_url)) return;
  TimeMs thinks_ms = 0;
  if (const auto* wanted = std::get_if<core::ask::Fetch>(&ask)) {
    const auto slow = shared_.slow.find(wanted->path);
    thinks_ms = shared_.fetch_ms + (slow == shared_.slow.end() ? 0 : slow->second);
  }
  later(thinks_ms + shared_.world.between(0, 5), [this, id, result = answer(ask)] { answer_later(id, result); });
}

core::Answer VirtualDevice::answer(const core::Ask& ask) {
  if (const auto* database = std::get_if<core::ask::Database>(&ask)) {
    if (full_disk_ && is_write(*database)) {
      return unexpected(core::Error{core::ErrorCode::storage_failed, "database or disk is full"});
    }
    return run_database(database_, *database);
  }
  if (const auto* direct = std::get_if<core::ask::Direct>(&ask)) return fetch_direct(*direct);
  if (const auto* file = std::get_if<core::ask::File>(&ask)) return fetch_file(*file);
  if (const auto* wanted = std::get_if<core::ask::Fetch>(&ask)) return fetch(wanted->path);
  return *sim::answer_jose(ask, key_, shared_.world.random());
}

core::Answer VirtualDevice::fetch_direct(const core::ask::Direct& wanted) {
  fetched_.push_back(wanted.url);
  const auto guard = shared_.guarded.find(wanted.url);
  const bool is_shut = guard != shared_.guarded.end() && guard->second != wanted.authorization.reveal();
  for (const auto* reachable : {&shared_.open, serves_feeds_ ? &shared_.closed : &shared_.open}) {
    const auto found = reachable->find(wanted.url);
    if (found != reachable->end()) return is_shut ? Json{{"status", 401}} : found->second;
  }
  return unexpected(core::Error{core::ErrorCode::offline, ""});
}

core::Answer VirtualDevice::fetch_file(const core::ask::File& wanted) {
  const std::string& sent = wanted.authorization.reveal();
  fetched_.push_back(wanted.url + (sent.empty() ? "" : " " + sent));
  const auto& found = shared_.files.contains(wanted.url) || !serves_feeds_ ? shared_.files : shared_.closed_files;
  const auto file = found.find(wanted.url);
  if (file == found.end()) return unexpected(core::Error{core::ErrorCode::offline, ""});
  const auto guard = shared_.guarded.find(wanted.url);
  if (guard != shared_.guarded.end() && guard->second != sent) return Json{{"status", 401}};
  const Bytes& whole = file->second;
  const auto first = shared_.has_ranges ? static_cast<std::size_t>(wanted.from) : 0;
  const Bytes octets = whole.substr(std::min(first, whole.size()), static_cast<std::size_t>(wanted.count));
  const std::string range = "bytes " + std::to_string(first) + "-" + std::to_string(first + octets.size() - 1) + "/" +
                            std::to_string(whole.size());
  return Json{{"status", shared_.has_ranges ? 206 : 200},
              {"type", "audio/mpeg"},
              {"range", shared_.has_ranges ? range : ""},
              {"total", shared_.has_ranges ? Json() : Json(whole.size())},
              {"octets", wire::binary(octets)}};
}

core::Answer VirtualDevice::fetch(const std::string& path) {
  fetched_.push_back(path);
  ++shared_.fetched[path];
  if (!shared_.reachable) return unexpected(core::Error{core::ErrorCode::offline, ""});
  const auto found = shared_.feeds.find(path);
  const auto refused = shared_.refusals.find(path);
  if (refused != shared_.refusals.end()) return Json{{"status", refused->second["status"]}, {"body", refused->second}};
  const Json refusal = {
      {"status", 404}, {"code", "upstream_not_found"}, {"message", "There is nothing at that address."}};
  if (found == shared_.feeds.end()) return Json{{"status", 404}, {"body", refusal}};
  return Json{{"status", 200}, {"body", found->second}};
}

void VirtualDevice::answer_later(std::uint64_t id, const core::Answer& answer) {
  Json input = {{"in", "answered"}, {"id", id}};
  if (answer) {
    input["value"] = *answer;
  } else {
    input["error"] = {{"code", wire::name_of(answer.error().code)}, {"detail", answer.error().detail}};
  }
  handle(std::move(input));
}

void VirtualDevice::open_link() {
  close_link();
  const auto life = life_;
  const auto alive = [this, life] { return life == life_; };
  link_ = shared_.cloud.connect({.opened =
                                     [this, alive] {
                                       if (alive()) handle({{"in", "link.opened"}});
                                     },
                                 .frame =
                                     [this, alive](std::string text) {
                                       if (alive()) handle({{"in", "link.frame"}, {"text", text}});
                                     },
                                 .closed =
                                     [this, alive] {
                                       if (!alive()) return;
                                       link_.reset();
                                       handle({{"in", "link.closed"}});
                                     }});
}

void VirtualDevice::close_link() {
  if (link_) shared_.cloud.hang_up(*link_);
  link_.reset();
}

void VirtualDevice::schedule_tick() {
  const auto deadline = device_->next_deadline();
  if (!deadline) return;
  later(std::max<TimeMs>(0, *deadline - clock()), [this, at = *deadline] {
    if (device_->next_deadline() == at) handle({{"in", "tick"}});
  });
}

std::int64_t VirtualDevice::begin(const std::string& name, Json args) {
  const std::int64_t id = ++last_command_;
  handle({{"in", "command"}, {"id", id}, {"name", name}, {"args", std::move(args)}});
  return id;
}

Json VirtualDevice::run_command(const std::string& name, Json args) {
  const std::int64_t id = begin(name, std::move(args));
  const TimeMs deadline = shared_.world.now() + command_max_ms;
  while (!replies_.contains(id) && shared_.world.now() < deadline) {
    shared_.world.run(shared_.world.now() + 10);
  }
  EXPECT_TRUE(replies_.contains(id)) << name << " was not answered";
  return replies_[id];
}

Json VirtualDevice::command(const std::string& name, Json args) {
  const Json reply = run_command(name, std::move(args));
  EXPECT_FALSE(reply.contains("error")) << name << ": " << wire::to_json(reply);
  return reply.value("value", Json());
}

Json VirtualDevice::refused_command(const std::string& name, Json args) {
  const Json reply = run_command(name, std::move(args));
  EXPECT_TRUE(reply.contains("error")) << name << " was not refused: " << wire::to_json(reply);
  return reply.value("error", Json());
}

Json VirtualDevice::told(const std::string& name) const {
  const auto all = all_told(name);
  return all.empty() ? Json() : all.back();
}

std::vector<Json> VirtualDevice::all_told(const std::string& name) const {
  std::vector<Json> matching;
  for (const auto& [told_name, dat] : told_) {
    if (told_name == name) matching.push_back(dat);
  }
  return matching;
}

}  // namespace skypod::test
