#include "core/realm/ledger.hpp"

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

Task<std::size_t> Ledger::add(Host& host, std::vector<std::string> statements) {
  const std::size_t before = members_.size();
  bool progress = true;
  while (progress) {
    progress = false;
    for (std::string& statement : statements) {
      const auto claims = wire::peek_token(statement);
      if (!claims || members_.contains(claims->sub) || members_.size() >= wire::limit::members_max) {
        continue;
      }
      const bool proven = co_await consider(host, statement, *claims);
      progress = progress || proven;
    }
  }
  co_return members_.size() - before;
}

const Json* Ledger::signing_key(const wire::Claims& claims, const Json& subject_key) const {
  const bool founding = claims.message.msg == wire::msg::genesis;
  if (founding) {
    return claims.iss == founder_ && claims.sub == founder_ ? &subject_key : nullptr;
  }
  const Member* inviter = claims.message.msg == wire::msg::admission ? find(claims.iss) : nullptr;
  return inviter == nullptr ? nullptr : &inviter->pubkey;
}

Task<bool> Ledger::consider(Host& host, const std::string& statement, const wire::Claims& claims) {
  const auto subject = wire::KeyStatement::read(claims.message.dat);
  if (!subject || claims.aud != realm_ || claims.sub.empty()) {
    co_return false;
  }
  const Json* key = signing_key(claims, subject->pubkey);
  if (key == nullptr) {
    co_return false;
  }
  const core::Answer genuine = co_await host.ask(core::ask::Verify{statement, *key, claims.iss});
  if (!is_true(genuine)) {
    co_return false;
  }
  const core::Answer subject_id = co_await host.ask(core::ask::Thumbprint{subject->pubkey});
  if (!is_text(subject_id, claims.sub)) {
    co_return false;
  }
  const bool founding = claims.message.msg == wire::msg::genesis;
  members_.emplace(claims.sub, Member{.id = claims.sub,
                                      .pubkey = subject->pubkey,
                                      .inviter = founding ? "" : claims.iss,
                                      .joined_ms = claims.issued_ms,
                                      .statement = statement});
  statements_.push_back(statement);
  co_return true;
}

const Member* Ledger::find(const std::string& id) const {
  const auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second;
}

Json genesis_payload(Host& host, const std::string& realm, const std::string& founder, const Json& pubkey) {
  return statement_payload(host, host.now(), wire::msg::genesis, realm, founder, founder, pubkey, genesis_lifetime_ms);
}

Json admission_payload(Host& host, TimeMs now, const std::string& realm, const std::string& inviter,
                       const std::string& invitee, const Json& pubkey, TimeMs lifetime_ms) {
  return statement_payload(host, now, wire::msg::admission, realm, inviter, invitee, pubkey, lifetime_ms);
}

}  // namespace skypod::realm
