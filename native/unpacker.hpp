// Undoes content codings (RFC 9110 section 8.4.1) of a body that comes in pieces, and tells whether its end was there:
// libcurl takes half a gzip stream for a whole one.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace skypod {

/// One body.
class Unpacker {
 public:
  /// What becomes of unpacked octets; false: no more of them.
  using Take = std::function<bool(std::string_view)>;

  /// The codings that can be undone, for Accept-Encoding.
  static constexpr const char* codings = "gzip, br";
  static constexpr std::size_t stages_max = 3;

  /// `content_encoding`: the field's value, "" for none. What is no coding at all ("utf-8") counts as none.
  explicit Unpacker(std::string_view content_encoding);

  /// Unpacks a piece. False if the octets are not in that coding, the coding is unknown, or `take` wants no more.
  bool take(std::string_view piece, const Take& take);

  /// Whether the coding's own end has come; true where there is none.
  bool is_whole() const;

  /// One coding.
  class Stage {
   public:
    virtual ~Stage() = default;
    virtual bool take(std::string_view piece, const Take& take) = 0;
    virtual bool is_whole() const = 0;
  };

 private:
  bool pass(std::size_t stage, std::string_view piece, const Take& take);

  bool is_known_ = true;
  std::vector<std::unique_ptr<Stage>> stages_;  // in the order of undoing
};

}  // namespace skypod
