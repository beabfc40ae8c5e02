// Documents that converge. A document is `collection/id` with fields; a field is a last-writer-wins register, stamped
// by a hybrid logical clock and its author. Only the winning version of a field is kept.
//
// Who has what is said with a version vector: per author, the stamp up to which everything is known. `sync.have`
// carries it; `sync.changes` answers with what the other lacks, in sections that each cover one author's changes
// without a gap, so that a vector only ever claims what is stored. Every change is durable before it is told to
// anybody.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "core/ports.hpp"
#include "core/sync/clock.hpp"
#include "core/wire/envelope.hpp"

namespace skypod::sync {

using core::Host;
using core::ask::Statement;
using wire::Error;
using wire::ErrorCode;
using wire::Json;

/// First 8 octets of the author's identity (decoded): enough to tell a household's devices apart.
inline constexpr std::size_t author_octets = 8;

/// Limits of one field, in octets.
inline constexpr std::size_t collection_max = 32;
inline constexpr std::size_t document_max = 4096;
inline constexpr std::size_t field_max = 32;
inline constexpr std::size_t value_max = 16 * 1024;
/// Changes in one message; together with value_max it stays below a data channel's largest message.
inline constexpr std::size_t batch_max = 256;
inline constexpr std::size_t batch_octets_max = 96 * 1024;

/// One field to write. The value is null, a boolean, a number or a text.
struct Write {
  std::string collection, document, field;
  Json value;
};

/// A document's name.
struct DocumentId {
  std::string collection, document;
  friend auto operator<=>(const DocumentId&, const DocumentId&) = default;
};

/// Per author, the stamp up to which everything is known.
using Versions = std::map<Bytes, Stamp>;

/// Turns changed documents into statements that run in the same transaction, after the change: derived tables stay
/// exact.
using Projection = std::function<std::vector<Statement>(const std::set<DocumentId>&)>;

/// This device's copy of all documents. Operations must not overlap: the owner holds one mutex around them.
class Replica {
 public:
  /// `author`: author_octets of this device's identity.
  Replica(Host& host, Bytes author, Projection projection);

  /// The tables it needs, to be created before load().
  static std::vector<Statement> schema();

  /// Reads the version vector and sets the clock behind every known stamp.
  Task<Result<void, Error>> load();

  /// Writes fields of this device, durably. Answers the message that tells the peers.
  Task<Result<wire::Envelope, Error>> write(std::vector<Write> writes);

  /// What this device has: sync.have.
  wire::Envelope have() const;

  /// Whether a sync.have names something that is not here.
  bool lacks(const Versions& theirs) const;

  /// The messages with everything that the holder of `theirs` lacks, oldest first.
  Task<Result<std::vector<wire::Envelope>, Error>> changes_since(Versions theirs);

  /// Applies a sync.changes message, durably. Answers the documents that changed; empty if all was known or held back.
  Task<Result<std::set<DocumentId>, Error>> apply(Json dat);

  /// Reads a sync.have payload.
  static Result<Versions, Error> read_versions(const Json& dat);

 private:
  struct Section {
    Bytes author;
    Stamp since, upto;
    Json changes;  // a list of [collection, document, field, value, stamp]
  };
  enum class Origin { here, elsewhere };
  static std::optional<Section> read_section(const Json& object);
  Json section_object(const Section& section) const;
  /// Adds the statements for a section's changes; false if one is malformed. Stops at a stamp from the future and
  /// lowers `upto` to what stands before it.
  bool stage(Section& section, Origin origin, std::vector<Statement>& statements, std::set<DocumentId>& touched);
  Task<Result<void, Error>> commit(std::vector<Statement> statements, const std::set<DocumentId>& touched);

  Host& host_;
  Bytes author_;
  Projection projection_;
  HybridClock clock_;
  Versions versions_;
};

}  // namespace skypod::sync
