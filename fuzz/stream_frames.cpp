// Frames of a peer's stream, as a relayed batch brings them: whatever they are, no message is delivered that no item
// brought, nothing counts as acknowledged that was never sent, and what is left to say comes to an end.
#include <cstdint>
#include <cstdlib>

#include "core/realm/stream.hpp"

using namespace skypod;

namespace {

constexpr std::size_t window = 64 * 1024;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const auto frames = wire::parse_cbor(BytesView(reinterpret_cast<const char*>(octets), size));
  if (!frames || !frames->is_array()) {
    return 0;
  }
  realm::Stream stream("a");
  stream.opened(window);
  const std::int64_t sent = *stream.send(wire::event("test", {{"text", std::string(3 * realm::part_max, 'x')}}));
  std::size_t items = 0;
  std::size_t messages = 0;
  for (const wire::Json& object : *frames) {
    const auto frame = wire::read_envelope(object);
    const auto progress = frame ? stream.receive(*frame) : std::nullopt;
    if (!progress) break;
    items += frame->msg == "stream.item" ? 1 : 0;
    messages += progress->messages.size();
    for (std::size_t left = 2 + stream.unacknowledged(); stream.next(); --left) require(left > 0);
  }
  require(messages <= items);
  require(stream.acknowledged() <= sent);
  return 0;
}
