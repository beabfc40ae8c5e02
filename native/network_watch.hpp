// Tells when this machine's network has changed: an interface, an address or a route came or went (rtnetlink(7)). What
// was connected before may be dead without a sign of it, and what could not be reached may be there now.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>

namespace skypod {

/// Belongs to the thread that runs the io_context. Where the kernel tells nothing, nothing is told.
class NetworkWatch {
 public:
  /// Changes come in bursts; they are told as one when there was none for this time.
  static constexpr std::chrono::milliseconds settle{200};

  NetworkWatch(boost::asio::io_context& io, std::function<void()> changed);

  /// Tells nothing any more.
  void stop();

 private:
  void listen();
  void drain();
  void tell_later();

  std::function<void()> changed_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer timer_;
};

}  // namespace skypod
