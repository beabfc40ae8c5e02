#include "peer/service.hpp"

#include <array>
#include <utility>
#include <vector>

#include "peer/lines.hpp"

namespace skypod::peer {
namespace {

/// The events that say a whole state, in the order in which a new watcher gets them.
constexpr std::array<const char*, 4> states{"host.ready", "device", "peers", "host.link"};

}  // namespace

Service::Service(boost::asio::io_context& io, Parts parts, Json ready)
    : host_(io, std::move(parts), [this](const std::string& event, const Json& dat) { tell(event, dat); }) {
  last_.emplace("host.ready", std::move(ready));
}

void Service::start() {
  host_.start();
}

void Service::watch(const std::shared_ptr<Program>& program) {
  watchers_.insert(program);
  for (const char* state : states) {
    const auto known = last_.find(state);
    if (known != last_.end()) program->event(state, known->second);
  }
}

void Service::request(std::string_view line, const std::shared_ptr<Program>& from) {
  auto request = read_request(line);
  if (!request) {
    return from->reply(refusal_line(request.error()));
  }
  if (request->name == "host.watch") {
    from->reply(reply_line(request->id, Json::object()));
    return watch(from);
  }
  if (request->name == "host.status") {
    return from->reply(reply_line(request->id, status()));
  }
  const auto answered = [id = request->id, to = std::weak_ptr(from)](const Answer& answer) {
    if (const auto program = to.lock()) program->reply(reply_line(id, answer));
  };
  if (request->name == "host.check") {
    return host_.check_server(answered);
  }
  host_.command(std::move(request->name), std::move(request->args), answered);
}

void Service::tell(const std::string& event, const Json& dat) {
  for (const char* state : states) {
    if (event == state) last_[event] = dat;
  }
  const std::vector<std::weak_ptr<Program>> watchers(watchers_.begin(), watchers_.end());
  for (const auto& watcher : watchers) {
    const auto program = watcher.lock();
    program ? program->event(event, dat) : static_cast<void>(watchers_.erase(watcher));
  }
}

Json Service::status() const {
  Json status = last("host.ready");
  status["device"] = last("device");
  status["peers"] = last("peers").value("peers", Json::array());
  status["problem"] = last("host.link").value("problem", "");
  return status;
}

const Json& Service::last(const std::string& event) const {
  static const Json none = Json::object();
  const auto known = last_.find(event);
  return known == last_.end() ? none : known->second;
}

}  // namespace skypod::peer
