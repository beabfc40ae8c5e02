#include "core/realm/statements.hpp"

#include "core/wire/messages.hpp"

namespace skypod::realm {
namespace {

constexpr TimeMs genesis_lifetime_ms = 24 * 60 * 60 * 1000;

bool is_true(const core::Answer& answer) {
  return answer && answer->is_boolean() && answer->get<bool>();
}

bool is_text(const core::Answer& answer, const std::string& expected) {
  return answer && answer->is_string() && *answer->get_ptr<const std::string*>() == expected;
}

Task<bool> holds(Host& host, ledger::Check check) {
  const core::Answer genuine = co_await host.ask(core::ask::Verify{check.token, check.key, check.signer});
  if (!is_true(genuine) || check.subject_key.is_null()) {
    co_return is_true(genuine);
  }
  const core::Answer subject = co_await host.ask(core::ask::Thumbprint{check.subject_key});
  co_return is_text(subject, check.subject);
}

Json statement_payload(Host& host, TimeMs now, std::string_view msg, const std::string& realm,
                       const std::string& signer, const std::string& subject, const Json& pubkey, TimeMs lifetime_ms) {
  return wire::claims_to_payload({.iss = signer,
                                  .aud = realm,
                                  .sub = subject,
                                  .nonce = "",
                                  .jti = host.fresh_id(),
                                  .issued_ms = now,
                                  .expires_ms = now + lifetime_ms,
                                  .message = wire::event(msg, wire::KeyStatement{pubkey, ""}.write())});
}

}  // namespace

Task<std::size_t> learn_statements(Host& host, ledger::Ledger& ledger, std::vector<std::string> statements) {
  std::size_t added = 0;
  for (bool progress = true; progress;) {
    progress = false;
    for (std::string& statement : statements) {
      const auto check = statement.empty() ? std::nullopt : ledger.check(statement);
      if (!check) {
        continue;
      }
      const bool held = co_await holds(host, *check);
      if (held) {
        ledger.add(statement);
        ++added;
        progress = true;
      }
      statement.clear();  // settled either way
    }
  }
  co_return added;
}

Json genesis_payload(Host& host, const std::string& realm, const std::string& founder, const Json& pubkey) {
  return statement_payload(host, host.now(), wire::msg::genesis, realm, founder, founder, pubkey, genesis_lifetime_ms);
}

Json admission_payload(Host& host, TimeMs now, const std::string& realm, const std::string& inviter,
                       const std::string& invitee, const Json& pubkey, TimeMs lifetime_ms) {
  return statement_payload(host, now, wire::msg::admission, realm, inviter, invitee, pubkey, lifetime_ms);
}

}  // namespace skypod::realm
