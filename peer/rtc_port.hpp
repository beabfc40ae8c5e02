// What the host needs for WebRTC: it carries out the core's rtc outputs and reports what comes of them as inputs. A
// peer may do without (`--no-rtc`): then every connection fails at once, and what can be relayed is relayed.
#pragma once

#include <functional>

#include "core/device/device.hpp"

namespace skypod::peer {

/// WebRTC as core/ports.hpp wants it. Belongs to the event loop's thread; reports only from turns of its own, never
/// from within a call.
class RtcPort {
 public:
  using Report = std::function<void(device::Input)>;

  virtual ~RtcPort() = default;

  virtual void open(const core::out::RtcOpen& output) = 0;
  virtual void offer(const core::out::RtcOffer& output) = 0;
  virtual void remote(const core::out::RtcRemote& output) = 0;
  virtual void candidate(const core::out::RtcCandidate& output) = 0;
  virtual void send(const core::out::RtcSend& output) = 0;
  virtual void close(const core::out::RtcClose& output) = 0;
};

}  // namespace skypod::peer
