// Documents that converge. A document is `collection/id` with fields; a field is a last-writer-wins register, stamped
// by a hybrid logical clock and its author. Only the winning version of a field is kept.
//
// Who has what is said with a version vector: per author, the stamp up to which everything is known. `sync.have`
// carries it and asks for what is missing; `sync.changes` answers, in sections that each cover one author's changes
// without a gap, so that a vector only ever claims what is stored. An answer is bounded; its last message says if there
// is `more`, and the receiver asks again when it has stored it. So a large difference travels at the receiver's pace
// and goes on where it was. `sync.news` carries a vector that asks for nothing: who lacks something of it asks. Every
// change is durable before it is told to anybody.
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

/// Messages in one answer.
inline constexpr std::size_t answer_max = 24;
/// Authors known at most: every device that ever wrote into the realm.
inline constexpr std::size_t authors_max = 1024;

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

/// What came of applying a message.
struct Applied {
  std::set<DocumentId> touched;
  bool advanced = false;  // the version vector grew
  bool more = false;      // the sender has more for us
  bool gap = false;       // something before it is missing here
};

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

  /// What this device has, asking for the rest: sync.have.
  wire::Envelope have() const { return vector_message("sync.have"); }
  /// The same without asking: sync.news.
  wire::Envelope news() const { return vector_message("sync.news"); }

  /// Whether a vector names something that is not here.
  bool lacks(const Versions& theirs) const;

  /// The messages with what the holder of `theirs` lacks, each author's oldest first; at most answer_max.
  Task<Result<std::vector<wire::Envelope>, Error>> changes_since(Versions theirs);

  /// Applies a sync.changes message, durably.
  Task<Result<Applied, Error>> apply(Json dat);

  /// Reads the payload of sync.have or sync.news.
  static Result<Versions, Error> read_versions(const Json& dat);

 private:
  struct Section {
    Bytes author;
    Stamp since, upto;
    Json changes;  // a list of [collection, document, field, value, stamp]
  };
  enum class Origin { here, elsewhere };
  wire::Envelope vector_message(std::string_view msg) const;
  Task<Result<Section, Error>> section_after(Bytes author, Stamp since, Stamp upto);
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
