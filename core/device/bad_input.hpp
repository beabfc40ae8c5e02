// The refusal of a command whose arguments are wrong.
#pragma once

#include <string>
#include <utility>

#include "core/wire/error.hpp"

namespace skypod::device {

/// `detail`: a sentence for people that says what is wrong.
inline wire::Error bad_input(std::string detail) {
  return {wire::ErrorCode::bad_input, std::move(detail)};
}

}  // namespace skypod::device
