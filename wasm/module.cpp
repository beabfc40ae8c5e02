// The C ABI of the core module. A host allocates a buffer with core_alloc, writes one CBOR input into it, calls
// core_handle, and reads the CBOR outcome at core_out(); the outcome stays valid until the next call. There are no
// callbacks, so there is no re-entrancy.
#include <cstddef>
#include <cstdlib>

#include "core/device/boundary.hpp"

namespace {

/// One device per module, as a worker has one.
struct Module {
  skypod::device::Boundary boundary;
  skypod::Bytes outcome;
};

Module& module() {
  static Module instance;
  return instance;
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
  module().outcome = module().boundary.handle({input, size});
  return module().outcome.size();
}

/// The outcome of the last core_handle.
[[clang::export_name("core_out")]] const char* core_out() {
  return module().outcome.data();
}
}
