// The C ABI of the core module. A host allocates a buffer with core_alloc, writes one CBOR input into it, calls
// core_handle, and reads the CBOR answer at core_out(); the answer stays valid until the next call. A malformed input
// is answered with
// {"error": …} and changes nothing. There are no callbacks, so there is no re-entrancy.
#include <cstddef>
#include <cstdlib>
#include <memory>

#include "core/device/codec.hpp"

namespace {

using skypod::wire::Json;

/// One device per module, as a worker has one.
struct Module {
  std::unique_ptr<skypod::device::Device> device;
  skypod::Bytes answer;
};

Module& module() {
  static Module instance;
  return instance;
}

Json refuse(const char* why) {
  return {{"error", why}};
}

Json handle(skypod::BytesView octets) {
  using namespace skypod::device;
  const auto object = skypod::wire::parse_cbor(octets);
  const auto now = object && object->is_object() ? read_now(*object) : std::nullopt;
  if (!now) {
    return refuse("The input is not a CBOR map with its time in \"now\".");
  }
  auto& device = module().device;
  if (const auto start = read_start(*object)) {
    device = std::make_unique<Device>(start->entropy, start->identity, *now);
  } else {
    auto input = device ? read_input(*object) : std::nullopt;
    if (!input) {
      return refuse(device ? "The input is malformed." : "The first input must be a start.");
    }
    device->handle(std::move(*input), *now);
  }
  return write_outputs(device->drain(), device->next_deadline());
}

}  // namespace

extern "C" {

/// A buffer of `size` octets for the next input.
[[clang::export_name("core_alloc")]] char* core_alloc(std::size_t size) {
  return static_cast<char*>(std::malloc(size));
}

/// Gives a buffer back.
[[clang::export_name("core_free")]] void core_free(char* buffer) {
  std::free(buffer);
}

/// Handles one input of `size` octets; answers the size of what stands at core_out().
[[clang::export_name("core_handle")]] std::size_t core_handle(const char* input, std::size_t size) {
  module().answer = skypod::wire::to_cbor(handle({input, size}));
  return module().answer.size();
}

/// The answer to the last core_handle.
[[clang::export_name("core_out")]] const char* core_out() {
  return module().answer.data();
}
}
