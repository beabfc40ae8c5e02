// A device behind octets: one CBOR input in, one CBOR outcome out. What wasm/ exports and what recorded runs are
// replayed through, so that both builds are compared on exactly what a host sees.
#pragma once

#include <memory>

#include "core/device/device.hpp"

namespace skypod::device {

/// Holds the one device of a module or process.
class Boundary {
 public:
  /// Handles one input, the first being a "start". Answers {"outputs": […], "deadline": …}; for a malformed input
  /// {"error": sentence}, and nothing changes.
  Bytes handle(BytesView input);

 private:
  std::unique_ptr<Device> device_;
};

}  // namespace skypod::device
