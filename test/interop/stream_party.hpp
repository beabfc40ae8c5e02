// One side of the core's own stream (core/realm/stream.hpp), for messages that are larger than a data channel takes.
// The same code in the native peer and, as WebAssembly (stream_module.cpp), in pages and in node.
#pragma once

#include <optional>
#include <utility>

#include "core/realm/manager.hpp"
#include "core/realm/stream.hpp"
#include "test/interop/pattern.hpp"

namespace skypod::interop {

/// What has arrived whole.
struct Large {
  std::size_t size = 0;  // octets
  std::uint32_t hash = 0;
};

class StreamParty {
 public:
  /// `session`: another one than the other side's.
  explicit StreamParty(std::string session) : stream_(std::move(session)) {
    stream_.opened(realm::Manager::channel_window);
  }

  /// Takes a message of a known pattern to send. False if the stream refuses it.
  bool send(std::size_t size, unsigned seed) {
    return stream_.send(wire::event("interop.large", {{"octets", wire::binary(pattern(size, seed))}})).has_value();
  }

  /// The next frame for the data channel; nothing while there is none.
  std::optional<Bytes> next() {
    const auto frame = stream_.next();
    return frame ? std::optional(wire::to_octets(*frame)) : std::nullopt;
  }

  /// A frame from the data channel. Answers the message that it completes. A frame that breaks the protocol sets
  /// broken().
  std::optional<Large> take(BytesView octets) {
    const auto frame = wire::parse_octets(octets);
    const auto progress = frame ? stream_.receive(*frame) : std::nullopt;
    broken_ = broken_ || !progress;
    if (!progress || progress->messages.empty()) {
      return std::nullopt;
    }
    const auto& message = progress->messages.front().dat.at("octets").get_binary();
    return Large{message.size(), hash_of(BytesView(reinterpret_cast<const char*>(message.data()), message.size()))};
  }

  bool broken() const { return broken_; }

 private:
  realm::Stream stream_;
  bool broken_ = false;
};

}  // namespace skypod::interop
