// Why there is no map.
#pragma once

#include <string>

namespace skypod::media {

/// A code for programs and a sentence for people: what, why and the mend.
struct Failure {
  std::string code;
  std::string message;
};

}  // namespace skypod::media
