#include "server/access.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/base64url.hpp"
#include "core/ledger/ledger.hpp"
#include "core/wire/messages.hpp"
#include "native/digest.hpp"

namespace skypod::server {
namespace {

constexpr wire::TimeMs rounding_ms = 2'000;  // whole seconds, away from the present
constexpr wire::TimeMs remembered_ms = 60'000;
constexpr std::size_t remembered_max = 10'000;

ServiceError refusal(int status, const char* code, const char* message) {
  return {status, code, message};
}

std::string key_of(const Pass& pass) {
  return pass.token + " " + pass.url;
}

/// What is wrong with the claims, apart from the signature.
std::optional<ServiceError> problem_of(const wire::Claims& claims, const Pass& pass, wire::TimeMs now) {
  const bool is_for_us = claims.message.msg == wire::msg::proxy_use && claims.message.typ == wire::Typ::evt;
  const std::string document = pass.is_in_url ? base64url_encode(sha256(pass.url)) : "";
  if (!is_for_us || claims.sub != document) {
    return refusal(401, "bad_token", "The token was not made for this. Sign one for the proxy, and for this document.");
  }
  if (!wire::is_current(claims, now)) {
    return refusal(401, "token_expired", "The token is not valid now. Check the device's clock, and sign a new one.");
  }
  const wire::TimeMs most = pass.is_in_url ? wire::limit::proxy_url_life_ms : wire::limit::proxy_token_life_ms;
  if (claims.expires_ms - claims.issued_ms > most + rounding_ms) {
    return refusal(401, "bad_token", "The token is valid for too long. Sign one for 15 minutes at most.");
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Access>, std::string> Access::open(const std::filesystem::path& registry) {
  auto database = sqlite::Database::open(registry);
  if (!database) return unexpected(database.error().message);
  return std::unique_ptr<Access>(new Access(std::move(*database)));
}

Result<std::string, ServiceError> Access::check(const Pass& pass, wire::TimeMs now) {
  if (pass.token.empty()) {
    return unexpected(
        refusal(401, "token_missing",
                "Only members of a realm on this server may fetch through it. Send a token as Authorization: Bearer."));
  }
  const auto claims = wire::peek_token(pass.token);
  if (!claims) return unexpected(refusal(401, "bad_token", "This is not a token."));
  if (auto problem = problem_of(*claims, pass, now)) return unexpected(*problem);
  const auto key = key_of(claims->aud, claims->iss);
  if (!key) {
    return unexpected(refusal(403, "not_a_member", "The token's device is not a member of its realm on this server."));
  }
  if (!verifier_.verify(pass.token, *key, claims->iss)) {
    return unexpected(refusal(401, "bad_token", "The token was not signed by the device that it names."));
  }
  remember(pass, {claims->iss, std::min(claims->expires_ms, now + remembered_ms)}, now);
  return claims->iss;
}

std::optional<std::string> Access::known(const Pass& pass, wire::TimeMs now) {
  const std::lock_guard lock(mutex_);
  const auto found = let_in_.find(server::key_of(pass));
  if (found == let_in_.end() || now >= found->second.until) return std::nullopt;
  return found->second.member;
}

void Access::remember(const Pass& pass, LetIn one, wire::TimeMs now) {
  const std::lock_guard lock(mutex_);
  if (let_in_.size() >= remembered_max) {
    std::erase_if(let_in_, [now](const auto& old) { return old.second.until <= now; });
  }
  if (let_in_.size() < remembered_max) let_in_[server::key_of(pass)] = std::move(one);
}

/// The key of a present member.
std::optional<wire::Json> Access::key_of(const std::string& realm, const std::string& identity) {
  const std::lock_guard lock(mutex_);
  auto query = database_.prepare("SELECT token FROM statement WHERE realm = ? ORDER BY position");
  if (!query) return std::nullopt;
  std::vector<std::string> statements;
  query->bind(1, realm);
  for (auto row = query->step(); row && *row; row = query->step()) statements.emplace_back(query->text(0));
  ledger::Ledger ledger(realm, "");
  ledger.add_all(statements);  // the registry has verified them
  const ledger::Member* member = ledger.find(identity);
  return member == nullptr ? std::nullopt : std::optional(member->pubkey);
}

}  // namespace skypod::server
