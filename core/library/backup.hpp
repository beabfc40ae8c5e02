// The whole library in a file, for the day when no device has it any more: what people did, encrypted under a
// passphrase. What the feeds say is not in it, since it can be fetched again; nor is the realm, which is the recovery
// key's part.
//
//   file: a line {"skypod": "backup", "version": 1, "salt", "rounds", "parts", "digest"}, then a line for each part
//   part: JWE, dir, A256GCM, under the stretched passphrase; in it CBOR {"part", "parts", "p": packed sections}
//
// The digest tells a damaged file from a wrong passphrase; that nobody has changed anything is for the JWEs to say. A
// restored backup is merged like the news of a peer that was away for long, so nothing newer is overwritten.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/sync/replica.hpp"

namespace skypod::library {

/// Largest backup file, in octets: about 700,000 play records.
inline constexpr std::size_t backup_file_max = 24U << 20U;
/// Octets of a passphrase.
inline constexpr std::size_t passphrase_min = 8;
inline constexpr std::size_t passphrase_max = 1'024;

/// A backup that was made.
struct Backup {
  std::string file;
  std::uint64_t changes = 0;
};

/// What a backup has brought.
struct Merged {
  std::uint64_t changes = 0;          // in the file
  std::uint64_t news = 0;             // of these, newer than what was here
  std::set<std::string> collections;  // of the news
};

/// The sections of one part after another.
using BackupParts = std::vector<std::vector<sync::Section>>;

/// Writes everything that the replica has.
Task<Result<Backup, wire::Error>> make_backup(core::Host& host, sync::Replica& replica, Redacted<Bytes> passphrase);

/// Opens a file whole, or says in a sentence why it cannot be.
Task<Result<BackupParts, wire::Error>> open_backup(core::Host& host, std::string file, Redacted<Bytes> passphrase);

/// Merges what was opened. What was merged before a failure stays, and may be merged again.
Task<Result<Merged, wire::Error>> merge_backup(sync::Replica& replica, BackupParts parts);

}  // namespace skypod::library
