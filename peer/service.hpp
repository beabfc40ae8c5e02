// A host as programs see it: takes their command lines, answers them, and tells those that watch what happens.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "peer/host.hpp"

namespace skypod::peer {

/// Somebody who talks to the peer: a program on its socket, or whatever is behind its standard input and output.
class Program {
 public:
  virtual ~Program() = default;
  /// Something has happened. Only while it watches.
  virtual void event(const std::string& name, const Json& dat) = 0;
  /// A line of lines.hpp for it.
  virtual void reply(std::string line) = 0;
};

/// Stands between programs and the host. Belongs to the event loop's thread.
class Service {
 public:
  /// `ready`: what "host.ready" says.
  Service(boost::asio::io_context& io, Parts parts, Json ready);

  /// Starts the device.
  void start();

  /// Sends the present state, then events from now on, as long as the program lives.
  void watch(const std::shared_ptr<Program>& program);

  /// Carries out one line of the program; the answer goes to it if it is still there then.
  void request(std::string_view line, const std::shared_ptr<Program>& from);

  /// The network may be back, or the process was asleep.
  void nudge() { host_.nudge(); }

  /// Says goodbye to server and peers. Afterwards nothing is told or answered any more.
  void stop() { host_.stop(); }

 private:
  void tell(const std::string& event, const Json& dat);
  Json status() const;
  const Json& last(const std::string& event) const;

  std::map<std::string, Json> last_;  // of the events that say a state
  std::set<std::weak_ptr<Program>, std::owner_less<>> watchers_;
  Host host_;
};

}  // namespace skypod::peer
