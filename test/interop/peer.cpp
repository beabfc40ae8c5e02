// The native endpoint as a program for interop tests and benchmarks: commands come as lines of JSON on standard input,
// events leave as lines on standard output. datachannel_peer.mjs and browser_peer.mjs speak the same language.
//
//   {"do":"open","id":1} · offer {restart} · remote {isOffer,sdp} · candidate {candidate,mid,line} · close
//   send {size,seed}      one message of a known pattern
//   stream {session}      "streaming" says that messages are frames of the core's stream from now on
//   large {size,seed}     one message through it
//   flood {size,count}    as many as fit, as fast as they go
//   count {octets}        "counting" says that messages are counted now; "counted" tells how long that many took
//
// Usage: interop_peer [--bind ADDRESS]
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "rtc/endpoint.hpp"
#include "test/interop/pattern.hpp"
#include "test/interop/stream_party.hpp"

namespace skypod {
namespace {

using wire::Json;
using Clock = std::chrono::steady_clock;

/// Writes whole lines, from both threads.
class Lines {
 public:
  void write(const Json& value) {
    const std::lock_guard lock(mutex_);
    std::cout << wire::to_json(value) << '\n' << std::flush;
  }

 private:
  std::mutex mutex_;
};

/// What is being received, and how long it has taken. On the rtc thread, but for expect().
class Counter {
 public:
  void expect(std::size_t octets) {
    const std::lock_guard lock(mutex_);
    wanted_ = octets;
    got_ = 0;
  }

  /// False if messages are not being counted.
  bool take(std::size_t octets, Lines& out, rtc::Id id) {
    const std::lock_guard lock(mutex_);
    if (wanted_ == 0) {
      return false;
    }
    if (got_ == 0) {
      begun_ = Clock::now();
    }
    got_ += octets;
    if (got_ >= wanted_) {
      const std::chrono::duration<double, std::milli> took = Clock::now() - begun_;
      out.write({{"on", "counted"}, {"id", id}, {"octets", got_}, {"ms", took.count()}});
      wanted_ = 0;
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::size_t wanted_ = 0;
  std::size_t got_ = 0;
  Clock::time_point begun_;
};

/// Work for the main thread, from the others; an empty one ends it.
class Inbox {
 public:
  using Work = std::function<void()>;

  void post(Work work) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
    posted_.notify_one();
  }
  Work take() {
    std::unique_lock lock(mutex_);
    posted_.wait(lock, [this] { return !waiting_.empty(); });
    Work work = std::move(waiting_.front());
    waiting_.pop_front();
    return work;
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Work> waiting_;
};

/// Says what has happened, on the rtc thread; a message that is not counted is for `received`.
class Reporter {
 public:
  using Received = std::function<void(rtc::Id, Bytes)>;

  Reporter(Lines& lines, Counter& counter, Received received)
      : lines_(lines), counter_(counter), received_(std::move(received)) {}

  void operator()(rtc::Event event) {
    std::visit([&](auto& what) { on(what); }, event);
  }

 private:
  void tell(const char* name, rtc::Id id, Json more = Json::object()) {
    more["on"] = name;
    more["id"] = id;
    lines_.write(more);
  }
  void on(const rtc::event::Local& e) { tell("local", e.id, {{"isOffer", e.is_offer}, {"sdp", e.sdp}}); }
  void on(const rtc::event::Candidate& e) {
    tell("candidate", e.id, {{"candidate", e.candidate}, {"mid", e.mid}, {"line", e.line}});
  }
  void on(const rtc::event::Opened& e) { tell("opened", e.id); }
  void on(rtc::event::Message& e) {
    if (!counter_.take(e.octets.size(), lines_, e.id)) {
      received_(e.id, std::move(e.octets));
    }
  }
  void on(const rtc::event::Drained& e) { tell("drained", e.id); }
  void on(const rtc::event::Doubtful& e) { tell("doubtful", e.id); }
  void on(const rtc::event::Failed& e) { tell("failed", e.id, {{"fault", rtc::describe(e.fault)}}); }
  void on(const rtc::event::Path& e) {
    const bool relayed = e.kind == rtc::event::Path::Kind::relayed;
    tell("path", e.id, {{"kind", relayed ? "relayed" : "direct"}, {"local", e.local}, {"remote", e.remote}});
  }

  Lines& lines_;
  Counter& counter_;
  Received received_;
};

/// Carries out commands and takes messages, on the main thread. Unknown commands end the program: the test is wrong.
class Commands {
 public:
  Commands(rtc::Endpoint& endpoint, Counter& counter, Lines& lines)
      : endpoint_(endpoint), counter_(counter), lines_(lines) {}

  void received(rtc::Id id, BytesView octets) {
    const auto stream = streams_.find(id);
    if (stream == streams_.end()) {
      return tell_message(id, {octets.size(), interop::hash_of(octets)});
    }
    if (const auto whole = stream->second.take(octets)) {
      tell_message(id, *whole);
    }
    pump(id);
  }

  void carry_out(const Json& line) {
    const auto& what = line.at("do").get_ref<const std::string&>();
    const auto id = line.at("id").get<rtc::Id>();
    if (what == "open") {
      endpoint_.open(id, line.value("iceServers", Json::array()));
    } else if (what == "offer") {
      endpoint_.offer(id, line.value("restart", false));
    } else if (what == "remote") {
      endpoint_.remote(id, line.at("isOffer").get<bool>(), line.at("sdp").get<std::string>());
    } else if (what == "candidate") {
      endpoint_.candidate(id, line.at("candidate").get<std::string>(), line.value("mid", "0"),
                          line.value("line", std::int64_t{0}));
    } else if (what == "send") {
      endpoint_.send(id, interop::pattern(line.at("size").get<std::size_t>(), line.at("seed").get<unsigned>()));
    } else if (what == "stream") {
      streams_.emplace(id, std::to_string(line.at("session").get<int>()));
      lines_.write({{"on", "streaming"}, {"id", id}});
    } else if (what == "large") {
      streams_.at(id).send(line.at("size").get<std::size_t>(), line.at("seed").get<unsigned>());
      pump(id);
    } else if (what == "flood") {
      flood(id, line.at("size").get<std::size_t>(), line.at("count").get<int>());
    } else if (what == "count") {
      counter_.expect(line.at("octets").get<std::size_t>());
      lines_.write({{"on", "counting"}, {"id", id}});
    } else {
      streams_.erase(id);
      endpoint_.close(id);
    }
  }

 private:
  void tell_message(rtc::Id id, const interop::Large& message) {
    lines_.write({{"on", "message"}, {"id", id}, {"size", message.size}, {"hash", message.hash}});
  }
  /// Gives the channel what the stream has for it.
  void pump(rtc::Id id) {
    while (auto frame = streams_.at(id).next()) {
      endpoint_.send(id, std::move(*frame));
    }
  }
  void flood(rtc::Id id, std::size_t size, int count) {
    const Bytes message = interop::pattern(size, 0);
    for (int i = 0; i < count; ++i) {
      endpoint_.send(id, message);
    }
  }

  rtc::Endpoint& endpoint_;
  Counter& counter_;
  Lines& lines_;
  std::map<rtc::Id, interop::StreamParty> streams_;
};

/// Reads commands until standard input ends.
void read_commands(Inbox& inbox, Commands& commands) {
  for (std::string text; std::getline(std::cin, text);) {
    const auto line = wire::parse_json(text);
    if (!line) {
      std::cerr << "interop_peer: not JSON: " << text << '\n';
      std::exit(2);
    }
    inbox.post([&commands, command = *line] { commands.carry_out(command); });
  }
  inbox.post(nullptr);
}

int run(const rtc::Options& options) {
  Lines lines;
  Counter counter;
  Inbox inbox;
  Commands* commands = nullptr;
  const auto received = [&](rtc::Id id, Bytes octets) {
    inbox.post([&commands, id, octets = std::move(octets)] { commands->received(id, octets); });
  };
  rtc::Endpoint endpoint(Reporter(lines, counter, received), options);
  Commands carrying(endpoint, counter, lines);
  commands = &carrying;
  std::thread reader([&] { read_commands(inbox, carrying); });
  while (const Inbox::Work work = inbox.take()) {
    work();
  }
  reader.join();
  return 0;
}

}  // namespace
}  // namespace skypod

int main(int argc, char** argv) {
  skypod::rtc::Options options;
  options.buffer_max = std::size_t{1} << 32;  // the floods of benchmarks
  options.bind_address = argc == 3 && std::string(argv[1]) == "--bind" ? argv[2] : "";
  return skypod::run(options);
}
