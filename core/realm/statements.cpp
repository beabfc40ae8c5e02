#include "core/realm/statements.hpp"

#include "core/wire/messages.hpp"

namespace skypod::realm {
namespace {

constexpr TimeMs genesis_lifetime_ms = 24 * 60 * 60 * 1000;
constexpr TimeMs removal_lifetime_ms = 24 * 60 * 60 * 1000;

bool is_true(const core::Answer& answer) {
  return answer && answer->is_boolean() && answer->get<bool>();
}

Task<bool> holds(Host& host, ledger::Check check) {
  const core::Answer genuine = co_await host.ask(core::ask::Verify{check.token, check.key, check.signer});
  if (!is_true(genuine) || check.subject_key.is_null()) {
    co_return is_true(genuine);
  }
  const core::Answer subject = co_await host.ask(core::ask::Thumbprint{check.subject_key});
  co_return text_of(subject) == check.subject;
}

}  // namespace

Task<Learned> learn_statements(Host& host, ledger::Ledger& ledger, std::vector<std::string> statements) {
  Learned learned;
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
        ++learned.added;
        progress = true;
      } else {
        ++learned.refused;
      }
      statement.clear();  // settled either way
    }
  }
  for (const std::string& statement : statements) {
    if (!statement.empty() && !ledger.knows(statement)) ++learned.refused;
  }
  co_return learned;
}

Json genesis_payload(Host& host, const std::string& realm, const std::string& founder, const Json& pubkey) {
  const wire::KeyStatement statement{pubkey, ""};
  return wire::claims_to_payload({.iss = founder,
                                  .aud = realm,
                                  .sub = founder,
                                  .nonce = "",
                                  .jti = host.fresh_id(),
                                  .issued_ms = host.now(),
                                  .expires_ms = host.now() + genesis_lifetime_ms,
                                  .message = wire::event(wire::msg::genesis, statement.write())});
}

Json admission_payload(TimeMs now, const Admission& admission) {
  const wire::KeyStatement statement{admission.pubkey, "", admission.recovery};
  return wire::claims_to_payload({.iss = admission.inviter,
                                  .aud = admission.realm,
                                  .sub = admission.invitee,
                                  .nonce = "",
                                  .jti = admission.jti,
                                  .issued_ms = now,
                                  .expires_ms = now + admission.lifetime_ms,
                                  .message = wire::event(wire::msg::admission, statement.write())});
}

Json removal_payload(Host& host, TimeMs now, const std::string& realm, const std::string& remover,
                     const std::string& removed, std::vector<std::string> stands) {
  const ledger::RemovalStatement statement{std::move(stands)};
  return wire::claims_to_payload({.iss = remover,
                                  .aud = realm,
                                  .sub = removed,
                                  .nonce = "",
                                  .jti = host.fresh_id(),
                                  .issued_ms = now,
                                  .expires_ms = now + removal_lifetime_ms,
                                  .message = wire::event(wire::msg::removal, statement.write())});
}

std::string text_of(const core::Answer& answer) {
  const auto* text = answer ? answer->get_ptr<const std::string*>() : nullptr;
  return text == nullptr ? "" : *text;
}

wire::Error error_of(const core::Answer& answer) {
  return answer ? wire::Error{wire::ErrorCode::internal, ""} : answer.error();
}

}  // namespace skypod::realm
