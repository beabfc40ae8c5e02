// StreamParty's C ABI, for stream_party.mjs.
#include <cstdlib>

#include "test/interop/stream_party.hpp"

namespace {

using skypod::interop::Large;
using skypod::interop::StreamParty;

std::optional<Large> arrived;
skypod::Bytes frame;

}  // namespace

extern "C" {

[[clang::export_name("stream_alloc")]] char* stream_alloc(std::size_t size) {
  return static_cast<char*>(std::malloc(size));
}

[[clang::export_name("stream_open")]] StreamParty* stream_open(unsigned session) {
  return new StreamParty(std::to_string(session));
}

[[clang::export_name("stream_close")]] void stream_close(StreamParty* party) {
  delete party;
}

[[clang::export_name("stream_send")]] bool stream_send(StreamParty* party, std::size_t size, unsigned seed) {
  return party->send(size, seed);
}

/// The size of the next frame, which stands at stream_frame(); 0 if there is none.
[[clang::export_name("stream_next")]] std::size_t stream_next(StreamParty* party) {
  frame = party->next().value_or(skypod::Bytes());
  return frame.size();
}

[[clang::export_name("stream_frame")]] const char* stream_frame() {
  return frame.data();
}

/// Takes a frame at `octets`, from stream_alloc, and gives the room back. 0: well; 1: it completes a message, which
/// stream_size() and stream_hash() are of; 2: it breaks the protocol.
[[clang::export_name("stream_take")]] int stream_take(StreamParty* party, char* octets, std::size_t size) {
  arrived = party->take({octets, size});
  std::free(octets);
  return party->broken() ? 2 : arrived.has_value();
}

[[clang::export_name("stream_size")]] std::size_t stream_size() {
  return arrived->size;
}

[[clang::export_name("stream_hash")]] std::uint32_t stream_hash() {
  return arrived->hash;
}
}
