// Changes as octets: columns of small differences instead of records. What repeats is said once (authors, scopes,
// fields), what grows is said as a difference (stamps), what begins alike is said as a length (names), and what is
// random (a UUID in a guid) costs its 16 octets. From a few changes on an adaptive range coder goes over it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/sync/document.hpp"

namespace skypod::sync {

/// One author's changes, ascending by stamp. With `upto`, they are all that is left of what this author wrote after
/// `since` up to `upto`. Without (`upto` is 0), they say nothing about what else there may be.
struct Section {
  Author author;
  Stamp since, upto;
  std::vector<Change> changes;
};

/// Limits of one pack: sections, changes, octets before coding (a message must stay below stream_message_max), and
/// octets that a stranger's pack may unfold to.
inline constexpr std::size_t sections_max = 256;
inline constexpr std::size_t changes_max = 16'384;
inline constexpr std::size_t pack_octets_max = 150 * 1024;
inline constexpr std::size_t unpack_octets_max = 1024 * 1024;
/// Octets of all names and texts of a pack, unfolded.
inline constexpr std::size_t unpack_texts_max = 4 * 1024 * 1024;

/// Tells how many changes fit into one pack.
class Meter {
 public:
  Meter();
  Meter(Meter&&) noexcept;
  ~Meter();
  /// False, and the change does not count, if the pack is full.
  bool take(const Change& change);
  /// About how many more fit, if they are like those that were taken; 0 if none was.
  std::size_t room() const;
  /// Whether nothing was taken yet.
  bool empty() const { return taken_ == 0; }

 private:
  std::unique_ptr<class Packer> packer_;
  std::size_t taken_ = 0;
};

/// Packs sections. The caller keeps to the limits.
Bytes pack(const std::vector<Section>& sections);

/// Unpacks; nothing if the octets are malformed or beyond a limit. Stamps within a section never fall and lie within
/// its bounds; every change is without fault_of.
std::optional<std::vector<Section>> unpack(BytesView octets);

}  // namespace skypod::sync
