// Bodies that are sent again and again, in files of memory, from which the kernel sends without copying
// (memfd_create(2), sendfile(2)). For one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "native/descriptor.hpp"
#include "server/recent.hpp"

namespace skypod::server {

/// The files of what is sent most.
class Pages {
 public:
  using Body = std::shared_ptr<const std::string>;
  using File = std::shared_ptr<const Descriptor>;

  static constexpr std::size_t least_octets = 16 * 1024;       // of a body: less is copied as fast
  static constexpr std::size_t most_octets = 2 * 1024 * 1024;  // more would keep the thread too long
  static constexpr std::size_t octets_of_file = 128 * 1024;    // that each file counts for at the least

  /// `files_max`: how many may be open, if none is longer than `octets_of_file`; of longer ones fewer.
  explicit Pages(std::size_t files_max) : files_(files_max * octets_of_file) {}

  /// A file with the octets of a body that is being sent, from the second time on; null if there is none: the body is
  /// too short or too long, new, or the system has no room.
  File of(const Body& body);

 private:
  struct Sent {
    std::weak_ptr<const std::string> body;
    File file;  // null after the first time
  };

  Recent<Sent> files_;  // by where the body is
};

}  // namespace skypod::server
