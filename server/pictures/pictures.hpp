// Thumbnails of strangers' pictures. They are made by a program of its own (worker/), in a sandbox and under a
// deadline: a picture that breaks or stalls it costs that one picture. What was made lately is kept in memory.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "native/feed_loader.hpp"
#include "server/pictures/frames.hpp"
#include "server/recent.hpp"

namespace skypod::server {

/// The widths that may be asked for, in pixels: few, so that many share a thumbnail.
inline constexpr std::array<int, 5> picture_widths{64, 128, 256, 512, 1024};

/// The one worker and what it has made. May be used from any number of threads; they take turns.
class Pictures {
 public:
  /// `program`: skypod-pictures. It is started when it is first needed.
  explicit Pictures(std::filesystem::path program);
  ~Pictures();

  struct Wanted {
    std::string name;  // the SHA-256 of the picture's octets
    int width = 0;     // one of picture_widths
    pictures::Type type = pictures::Type::jpeg;
  };
  using Thumbnail = std::shared_ptr<const std::string>;

  /// Blocks for 10 s at most. 422 not_a_picture, picture_too_large, bad_picture; 503 no_pictures if there is no worker.
  Result<Thumbnail, ServiceError> shrink(const Wanted& wanted, std::string_view picture);

 private:
  class Worker;

  Result<std::string, ServiceError> ask(const Wanted& wanted, std::string_view picture);

  std::filesystem::path program_;
  std::mutex turn_;
  std::unique_ptr<Worker> worker_;  // guarded by turn_
  Recent<Thumbnail> kept_;          // guarded by turn_
};

}  // namespace skypod::server
