// For the day when every device is lost: a key that is a member of the realm and lies in a drawer.
//
// The recovery key is a key pair of its own, admitted to the ledger like a device and marked as recovery key; everyone
// sees it among the members, and can remove it. Its private half is kept nowhere but in the recovery file, encrypted
// under a code of 120 random bits that people write down. Whoever has both can admit one new device, under a new
// identity, as any member can. The file alone opens nothing, and the code alone neither.
//
//   file: {"skypod": "recovery", "version": 1, "salt", "rounds", "content"}    content: JWE, dir, A256GCM
#pragma once

#include <string>

#include "core/realm/membership.hpp"

namespace skypod::realm {

/// Longest recovery file, in octets.
inline constexpr std::size_t recovery_file_max = 256 * 1024;

/// A recovery key that was made. `admission` must be lodged in the ledger before the file is of use.
struct Recovery {
  std::string id;
  std::string admission;
  std::string file;
  std::string code;  // as people read it: groups of four letters
};

/// Makes a recovery key for the realm of `self`. `key`: the realm's key as of now.
Task<Result<Recovery, Error>> make_recovery(Host& host, TimeMs now, Identity self, std::string realm,
                                            ledger::Ledger ledger, RealmKey key);

/// Opens a file with its code, and admits `self`. Enter the realm with the answer.
Task<Result<Membership, Error>> recover(Host& host, const Identity& self, std::string file, std::string code);

}  // namespace skypod::realm
