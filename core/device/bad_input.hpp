// The refusal of a command whose arguments are wrong.
#pragma once

#include <string>
#include <utility>

#include "core/wire/error.hpp"

namespace skypod::device {

/// `detail`: a sentence for people that says what is wrong. `reason`: the same as a code, where people can come to it.
inline wire::Error bad_input(std::string detail, std::string reason = "") {
  return {wire::ErrorCode::bad_input, std::move(detail), std::move(reason)};
}

/// That of a device which would have to have no realm.
inline wire::Error in_realm() {
  return bad_input("This device belongs to a realm already.", "in_realm");
}

}  // namespace skypod::device
