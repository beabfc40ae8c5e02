// Everything that a running peer is: the locked data directory, the identity, the library, the host and the socket for
// other commands. `skypod peer` runs one until it is told to stop, other commands run one while they need it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "native/directory_lock.hpp"
#include "peer/control_socket.hpp"
#include "peer/service.hpp"

namespace skypod::peer {

/// How a peer is started.
struct Options {
  std::filesystem::path data;
  std::optional<ServerAddress> server;           // nothing: the one that the directory remembers
  std::optional<std::filesystem::path> ca_file;  // PEM; nothing: the one remembered for this server
  std::string name;                              // of the device until it is renamed; "": as remembered
  CidrSet allow_fetch;                           // networks of feeds that may be fetched although they are not public
  bool has_rtc = true;                           // direct connections to other devices
  std::string rtc_address;                       // the only one they use; "": all but loopback
};

/// Why there is no peer.
struct Refusal {
  enum class Kind : std::uint8_t { failed, taken, no_server };  // taken: another process has the directory
  Kind kind = Kind::failed;
  std::string message;  // what, why and the mend
};

/// One peer. All calls belong to the thread that runs io().
class Process {
 public:
  /// Takes the data directory; makes it, an identity and a library where there are none.
  static Result<std::unique_ptr<Process>, Refusal> open(const Options& options);

  boost::asio::io_context& io() { return *io_; }
  Service& service() { return *service_; }
  ControlSocket& control() { return *control_; }

  /// Lets other commands in by the socket. "" or why it cannot.
  std::string listen();

  /// Runs the event loop until stop().
  void run();

  /// Says goodbye; run() comes back once that is said or has taken too long.
  void stop();

 private:
  Process(const Options& options, DirectoryLock lock);

  std::filesystem::path data_;
  DirectoryLock lock_;
  std::unique_ptr<boost::asio::io_context> io_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<ControlSocket> control_;
};

}  // namespace skypod::peer
