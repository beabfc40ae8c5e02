#include "core/feed/xml_sink.hpp"

namespace skypod::feed {

std::string_view attribute(std::span<const Attribute> attributes, std::string_view name) {
  for (const Attribute& each : attributes) {
    if (each.name == name && each.namespace_uri.empty()) return each.value;
  }
  return {};
}

}  // namespace skypod::feed
