// Ledger statements from the server's side: what a realm's ledger takes in, signatures checked at once.
#pragma once

#include <string>
#include <vector>

#include "core/ledger/ledger.hpp"
#include "core/signal/verifier.hpp"

namespace skypod::signal {

/// What came of a list of statements.
struct Learned {
  std::vector<std::string> added;
  std::size_t refused = 0;  // neither added nor known before: not of this realm, forged, without a chain, or too many
};

/// Adds those that hold to the ledger. A statement must stand after those that it builds on.
Learned learn(ledger::Ledger& ledger, const std::vector<std::string>& statements, const Verifier& verifier);

}  // namespace skypod::signal
