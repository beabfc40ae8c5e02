// Lines from standard input for the event loop. They are read by a thread of their own, because what stands behind
// standard input (a pipe, a file, a terminal, /dev/null) is not always something that an event loop can wait for.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <thread>

#include "native/descriptor.hpp"

namespace skypod::peer {

/// Reads until the end of the input or of the object.
class StandardInput {
 public:
  /// `line` is called on the loop's thread with each line of at most request_max octets, without its end; a longer one
  /// comes in pieces.
  StandardInput(boost::asio::io_context& io, std::function<void(std::string)> line);
  ~StandardInput();
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  void read_all();

  boost::asio::io_context& io_;
  std::function<void(std::string)> line_;
  Descriptor wake_;
  std::jthread thread_;
};

}  // namespace skypod::peer
