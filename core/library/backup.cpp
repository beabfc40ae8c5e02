#include "core/library/backup.hpp"

#include <optional>

#include "base/base64url.hpp"
#include "core/wire/fields.hpp"

namespace skypod::library {
namespace {

using core::Host;
using core::SecretKey;
using sync::Section;
using wire::Error;
using wire::ErrorCode;
using wire::Json;

constexpr std::int64_t version = 1;
constexpr std::size_t salt_octets = 16;
constexpr std::uint32_t rounds = 600'000;
constexpr std::uint32_t rounds_max = 1U << 22U;
constexpr std::int64_t parts_max = 100'000;
constexpr std::size_t head_max = 512;
constexpr std::string_view part_kid = "backup";

Error refusal(std::string sentence) {
  return {ErrorCode::bad_input, std::move(sentence)};
}

Error foreign() {
  return refusal("This is not a backup file of skypod. Choose the file that a backup was saved as.");
}

Error damaged() {
  return refusal("The backup file is damaged or a part of it is missing. Copy it again, or use another one.");
}

std::string digest_text(std::string_view parts) {
  return base64url_encode(sync::Stamp{sync::digest_of(parts)}.octets());
}

/// The line before the parts.
struct Head {
  Bytes salt;
  std::uint32_t rounds = 0;
  std::int64_t parts = 0;
};

std::string write_head(const Bytes& salt, std::size_t parts, std::string_view lines) {
  return wire::to_json({{"skypod", "backup"},
                        {"version", version},
                        {"salt", base64url_encode(salt)},
                        {"rounds", rounds},
                        {"parts", parts},
                        {"digest", digest_text(lines)}});
}

Result<Head, Error> read_head(std::string_view line, std::string_view lines) {
  const Json json = line.size() <= head_max ? wire::parse_json(line).value_or(nullptr) : Json();
  wire::Fields kind(json);
  const std::string what = kind.text("skypod", 16);
  const std::int64_t made_as = kind.integer("version", 1, INT64_MAX);
  if (!kind.ok() || what != "backup") {
    return unexpected(foreign());
  }
  if (made_as > version) {
    return unexpected(refusal("The backup was made by a newer skypod; update this one."));
  }
  wire::Fields fields(json);
  const auto salt = base64url_decode(fields.text("salt", 64));
  const Head head{.salt = salt.value_or(""),
                  .rounds = static_cast<std::uint32_t>(fields.integer("rounds", 1, rounds_max)),
                  .parts = fields.integer("parts", 1, parts_max)};
  const bool whole = fields.text("digest", 16) == digest_text(lines);
  return fields.ok() && salt && whole ? Result<Head, Error>(head) : unexpected(damaged());
}

Task<Result<SecretKey, Error>> stretch(Host& host, Redacted<Bytes> passphrase, Bytes salt, std::uint32_t times) {
  const core::Answer key = co_await host.ask(core::ask::Stretch{std::move(passphrase), std::move(salt), times});
  if (!key) {
    co_return unexpected(key.error());
  }
  co_return SecretKey(wire::binary_bytes(*key));
}

/// Everything, in packs.
Task<Result<std::vector<Bytes>, Error>> pack_all(sync::Replica& replica, std::uint64_t& changes) {
  std::vector<Bytes> packs;
  sync::Versions seen;
  for (bool complete = false; !complete;) {
    const auto batch = co_await replica.next_batch(seen);
    if (!batch) co_return unexpected(batch.error());
    packs.push_back(sync::pack(batch->sections));
    for (const Section& section : batch->sections) changes += section.changes.size();
    complete = batch->complete;
  }
  co_return packs;
}

/// The sections of a part in its place; nothing if it is none.
std::optional<std::vector<Section>> read_part(const core::Answer& plaintext, std::int64_t part, std::int64_t parts) {
  const Json content = plaintext ? wire::parse_cbor(wire::binary_bytes(*plaintext)).value_or(nullptr) : Json();
  wire::Fields fields(content);
  const bool in_place = fields.integer("part", 0, parts_max) == part && fields.integer("parts", 0, parts_max) == parts;
  const Bytes packed = fields.octets("p", sync::unpack_octets_max);
  return fields.ok() && in_place ? sync::unpack(packed) : std::nullopt;
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), end + 1));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Task<Result<Backup, Error>> make_backup(Host& host, sync::Replica& replica, Redacted<Bytes> passphrase) {
  if (passphrase.reveal().size() < passphrase_min) {
    co_return unexpected(refusal("A passphrase needs at least 8 letters. Several words are best."));
  }
  Backup backup;
  const auto packs = co_await pack_all(replica, backup.changes);
  if (!packs) {
    co_return unexpected(packs.error());
  }
  const core::Answer salt_answer = co_await host.ask(core::ask::Entropy{salt_octets});
  const Bytes salt = salt_answer ? wire::binary_bytes(*salt_answer) : "";
  const auto key = co_await stretch(host, std::move(passphrase), salt, rounds);
  if (salt.size() != salt_octets || !key) {
    co_return unexpected(key ? Error{ErrorCode::internal, "There is no randomness."} : key.error());
  }
  std::string lines;
  for (std::size_t i = 0; i < packs->size(); ++i) {
    const Json content = {{"part", i}, {"parts", packs->size()}, {"p", wire::binary((*packs)[i])}};
    const core::Answer sealed =
        co_await host.ask(core::ask::Encrypt{*key, std::string(part_kid), wire::to_cbor(content)});
    if (!sealed || !sealed->is_string()) {
      co_return unexpected(sealed ? Error{ErrorCode::internal, ""} : sealed.error());
    }
    lines += *sealed->get_ptr<const std::string*>() + "\n";
  }
  backup.file = write_head(salt, packs->size(), lines) + "\n" + lines;
  if (backup.file.size() > backup_file_max) {
    co_return unexpected(refusal("The library is too large for a backup file of 24 MiB."));
  }
  co_return backup;
}

Task<Result<BackupParts, Error>> open_backup(Host& host, std::string file, Redacted<Bytes> passphrase) {
  std::string_view rest = file;
  const std::string_view first = take_line(rest);
  const auto head = read_head(first, rest);
  if (!head) {
    co_return unexpected(head.error());
  }
  const auto key = co_await stretch(host, std::move(passphrase), head->salt, head->rounds);
  if (!key) {
    co_return unexpected(key.error());
  }
  BackupParts parts;
  for (std::int64_t i = 0; i < head->parts; ++i) {
    const core::Answer plaintext = co_await host.ask(core::ask::Decrypt{*key, std::string(take_line(rest))});
    if (!plaintext && i == 0) {
      co_return unexpected(refusal("The passphrase is not the one that the backup was made with."));
    }
    auto sections = read_part(plaintext, i, head->parts);
    if (!sections) {
      co_return unexpected(damaged());
    }
    parts.push_back(std::move(*sections));
  }
  if (!rest.empty()) {
    co_return unexpected(damaged());
  }
  co_return parts;
}

Task<Result<Merged, Error>> merge_backup(sync::Replica& replica, BackupParts parts) {
  Merged merged;
  for (std::vector<Section>& sections : parts) {
    for (const Section& section : sections) merged.changes += section.changes.size();
    const auto applied = co_await replica.apply(std::move(sections));
    if (!applied) {
      co_return unexpected(applied.error());
    }
    merged.news += applied->won;
    merged.collections.insert(applied->collections.begin(), applied->collections.end());
  }
  co_return merged;
}

}  // namespace skypod::library
