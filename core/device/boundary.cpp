#include "core/device/boundary.hpp"

#include "core/device/codec.hpp"

namespace skypod::device {
namespace {

Bytes refuse(const char* why) {
  return wire::to_cbor({{"error", why}});
}

}  // namespace

Bytes Boundary::handle(BytesView input) {
  auto object = wire::parse_cbor(input);
  const auto now = object && object->is_object() ? read_now(*object) : std::nullopt;
  if (!now) {
    return refuse("The input is not a CBOR map with its time in \"now\".");
  }
  if (const auto start = read_start(*object)) {
    device_ = std::make_unique<Device>(start->entropy, start->identity, *now, start->traits);
  } else if (!device_) {
    return refuse("The first input must be a start.");
  } else if (auto known = read_input(std::move(*object))) {
    device_->handle(std::move(*known), *now);
  } else {
    return refuse("The input is malformed.");
  }
  return wire::to_cbor(write_outputs(device_->drain(), device_->next_deadline()));
}

}  // namespace skypod::device
