// Failure as a value. The core is built without exceptions, so whatever can fail says so in its return type.
#pragma once

#include <expected>

namespace skypod {

/// A value of T, or the reason E why there is none.
template <class T, class E>
using Result = std::expected<T, E>;

using std::unexpected;

}  // namespace skypod
