#include "core/signal/statements.hpp"

namespace skypod::signal {
namespace {

bool holds(const ledger::Check& check, const Verifier& verifier) {
  return verifier.verify(check.token, check.key, check.signer) &&
         (check.subject_key.is_null() || verifier.thumbprint(check.subject_key) == check.subject);
}

}  // namespace

Learned learn(ledger::Ledger& ledger, const std::vector<std::string>& statements, const Verifier& verifier) {
  Learned learned;
  for (const std::string& statement : statements) {
    const auto check = ledger.check(statement);
    if (check && holds(*check, verifier)) {
      ledger.add(statement);
      learned.added.push_back(statement);
    } else if (check || !ledger.knows(statement)) {
      ++learned.refused;
    }
  }
  return learned;
}

}  // namespace skypod::signal
