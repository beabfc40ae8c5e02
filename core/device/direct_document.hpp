// A document that the host has fetched itself (core/ports.hpp, ask::Direct), as a JSON Feed.
#pragma once

#include <optional>

#include "core/wire/json.hpp"

namespace skypod::device {

/// Most XML events of a document that a host brings.
inline constexpr std::size_t direct_events_max = 500'000;

/// Whether a document from elsewhere has what a JSON Feed must have. Its members may be anything still.
bool is_feed(const wire::Json& document);

/// Whether a host wants a login, or another one, before it answers.
bool wants_login(const wire::Json& answer);

/// The JSON Feed; nothing if the answer has none: another status, another kind of document, or what no feed is.
std::optional<wire::Json> feed_of(const wire::Json& answer);

}  // namespace skypod::device
