#include "cli/peer_client.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <thread>

#include "cli/failure.hpp"
#include "peer/lines.hpp"
#include "peer/process.hpp"

namespace skypod::cli {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t events_max = 10'000;  // that nobody asks for; a state is kept in any case
constexpr std::chrono::seconds directory_patience{5};
constexpr std::chrono::milliseconds directory_pause{50};

Descriptor connect_to(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  if (name.size() >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, name.data(), name.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* to = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(socket.get(), to, sizeof address) == 0 ? std::move(socket) : Descriptor();
}

}  // namespace

void print_json(const Json& value) {
  std::puts(wire::to_json(value).c_str());
}

/// A peer on a thread of this process.
class PeerClient::Own {
 public:
  Own(std::unique_ptr<peer::Process> process, Descriptor socket) : process_(std::move(process)) {
    process_->control().adopt(socket.release());
    thread_ = std::jthread([this] { process_->run(); });
  }
  ~Own() {
    boost::asio::post(process_->io(), [this] { process_->stop(); });
    thread_.join();
  }
  Own(const Own&) = delete;
  Own& operator=(const Own&) = delete;

 private:
  std::unique_ptr<peer::Process> process_;
  std::jthread thread_;
};

PeerClient::PeerClient(const DataOptions& options, bool lasting) {
  peer::Options wanted = options.peer_options();
  wanted.has_rtc = lasting;
  if (!find(wanted)) start(wanted);
  ask("host.watch");
  if (!wait(command_patience, [this] { return last_.contains("device"); })) {
    throw Failure{failed, "the peer does not answer; stop skypod peer and start it again"};
  }
  ask("host.status");  // whatever else was told comes before its answer
  check_server(options);
}

PeerClient::~PeerClient() {
  socket_.reset();
}

/// True if a peer runs on the directory.
bool PeerClient::find(const peer::Options& options) {
  Descriptor socket = connect_to(options.data / peer::control_socket_name);
  if (socket) socket_.emplace(std::move(socket));
  return socket_.has_value();
}

/// Starts a peer in this process. Another command may have the directory for a moment: then its turn is waited for.
void PeerClient::start(const peer::Options& options) {
  const auto deadline = steady_clock::now() + directory_patience;
  auto opened = peer::Process::open(options);
  while (!opened && opened.error().kind == peer::Refusal::Kind::taken && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(directory_pause);
    if (find(options)) return;
    opened = peer::Process::open(options);
  }
  if (!opened) {
    const bool is_misuse = opened.error().kind == peer::Refusal::Kind::no_server;
    throw Failure{is_misuse ? misused : failed, std::move(opened.error().message)};
  }
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw Failure{failed, std::string("no socket can be made: ") + std::strerror(errno) + "; close some programs"};
  }
  socket_.emplace(Descriptor(ends[0]));
  own_ = std::make_unique<Own>(std::move(*opened), Descriptor(ends[1]));
}

/// A peer that runs already keeps its server, whatever the command line says.
void PeerClient::check_server(const DataOptions& options) {
  const auto named = ServerAddress::parse(options.server);
  const std::string used = last("host.ready").value("server", "");
  if (named && named->url() != used) {
    throw Failure{misused, "the skypod peer that runs on " + options.data + " uses " + used +
                               "; leave --server out, or stop it first"};
  }
}

Json PeerClient::ask(const std::string& name, Json args, const Progress& progress) {
  const std::int64_t id = ++last_id_;
  const Json request = {{"id", id}, {"name", name}, {"args", std::move(args)}};
  bool is_there = socket_->write(wire::to_json(request) + "\n");
  auto deadline = steady_clock::now() + command_patience;
  while (is_there) {
    auto line = read(deadline);
    if (!line) break;
    if (line->value("reply", Json()) != id) {
      const bool is_progress = line->value("event", Json()) == "feeds.progress";
      note(*line);
      if (is_progress) deadline = steady_clock::now() + command_patience;
      if (is_progress && progress) progress(last("feeds.progress"));
    } else if (line->contains("error")) {
      throw Failure{failed, (*line)["error"].value("message", "it failed for a reason that was not said")};
    } else {
      return line->value("ok", Json::object());
    }
  }
  throw Failure{failed, std::string(socket_->is_over() || !is_there ? "the peer has stopped" : "the peer is too slow") +
                            " before it answered; try again"};
}

const Json& PeerClient::last(const std::string& event) const {
  static const Json none = Json::object();
  const auto known = last_.find(event);
  return known == last_.end() ? none : known->second;
}

const Json& PeerClient::members() const {
  static const Json none = Json::array();
  const Json& told = last("peers");
  return told.contains("peers") ? told["peers"] : none;
}

std::string PeerClient::problem() const {
  const std::string refused = last("device").value("reason", "");
  return refused.empty() ? last("host.link").value("problem", "") : refused;
}

void PeerClient::require_realm() const {
  if (!has_realm()) {
    throw Failure{failed, "this device belongs to no realm; run skypod realm create or skypod realm join first"};
  }
}

bool PeerClient::wait_for_link() {
  wait(link_patience, [this] { return is_online() || !problem().empty(); });
  ask("host.status");  // whatever is told along with it comes before the answer
  return is_online();
}

bool PeerClient::wait(std::chrono::seconds patience, const std::function<bool()>& is_met) {
  const auto deadline = steady_clock::now() + patience;
  while (!is_met()) {
    auto line = read(deadline);
    if (!line) return false;
    note(*line);
  }
  return true;
}

std::optional<Event> PeerClient::next(Deadline deadline) {
  while (events_.empty()) {
    auto line = read(deadline);
    if (!line) return std::nullopt;
    note(*line);
  }
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::optional<Json> PeerClient::read(Deadline deadline) {
  const auto line = socket_->read(deadline);
  return line ? wire::parse_json(*line) : std::nullopt;
}

void PeerClient::note(Json& line) {
  if (!line.contains("event") || !line["event"].is_string() || !line.contains("dat")) return;
  const auto name = line["event"].get<std::string>();
  last_[name] = line["dat"];
  events_.emplace_back(name, std::move(line["dat"]));
  if (events_.size() > events_max) events_.pop_front();
}

}  // namespace skypod::cli
