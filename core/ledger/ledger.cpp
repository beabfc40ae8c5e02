#include "core/ledger/ledger.hpp"

#include <algorithm>
#include <tuple>

#include "core/wire/fields.hpp"
#include "core/wire/messages.hpp"

namespace skypod::ledger {
namespace {

constexpr std::size_t stands_max = 256;
constexpr int rounds_max = 8;

}  // namespace

Result<RemovalStatement, wire::Error> RemovalStatement::read(const Json& dat) {
  wire::Fields fields(dat);
  RemovalStatement removal;
  for (const Json& id : fields.array("stands", stands_max)) {
    const auto* text = id.get_ptr<const std::string*>();
    if (text == nullptr || text->size() > 64) {
      return unexpected(wire::Error{wire::ErrorCode::bad_message, "\"stands\" must be a list of statement ids."});
    }
    removal.stands.push_back(*text);
  }
  if (!fields.ok()) {
    return unexpected(wire::Error{wire::ErrorCode::bad_message, fields.problem()});
  }
  return removal;
}

Json RemovalStatement::write() const {
  return {{"stands", stands}};
}

std::optional<Ledger::Statement> Ledger::read(std::string_view token) const {
  auto claims = wire::peek_token(token);
  if (!claims || claims->aud != realm_ || claims->sub.empty() || claims->message.typ != wire::Typ::evt) {
    return std::nullopt;
  }
  Statement statement{.kind = Kind::admission,
                      .token = std::string(token),
                      .signer = claims->iss,
                      .subject = claims->sub,
                      .id = claims->jti,
                      .at_ms = claims->issued_ms,
                      .subject_key = nullptr,
                      .recovery = false,
                      .stands = {}};
  if (claims->message.msg == wire::msg::removal) {
    auto removal = RemovalStatement::read(claims->message.dat);
    if (!removal) return std::nullopt;
    statement.kind = Kind::removal;
    statement.stands.insert(removal->stands.begin(), removal->stands.end());
    return statement;
  }
  const bool founding = claims->message.msg == wire::msg::genesis;
  auto subject = wire::KeyStatement::read(claims->message.dat);
  if (!subject || (!founding && claims->message.msg != wire::msg::admission)) {
    return std::nullopt;
  }
  statement.kind = founding ? Kind::genesis : Kind::admission;
  statement.subject_key = std::move(subject->pubkey);
  statement.recovery = subject->recovery;
  return statement;
}

Ledger::Key Ledger::name_of(const Statement& statement) {
  return {statement.signer, statement.token.substr(0, statement.token.rfind('.'))};
}

std::optional<Check> Ledger::check(std::string_view token) const {
  auto statement = statements_.size() < statements_max ? read(token) : std::nullopt;
  if (!statement || statements_.contains(name_of(*statement)) ||
      (statement->kind == Kind::admission && statements_.size() >= admissions_max)) {
    return std::nullopt;
  }
  Check check{.token = statement->token,
              .key = nullptr,
              .signer = statement->signer,
              .subject_key = statement->subject_key,
              .subject = statement->subject};
  if (statement->kind == Kind::genesis) {
    const bool by_founder = founder_.empty() || statement->signer == founder_;
    if (!by_founder || statement->signer != statement->subject) return std::nullopt;
    check.key = statement->subject_key;
    return check;
  }
  const auto key = keys_.find(statement->signer);
  const bool known_subject = statement->kind == Kind::admission || keys_.contains(statement->subject);
  if (key == keys_.end() || !known_subject) {
    return std::nullopt;
  }
  check.key = key->second;
  return check;
}

void Ledger::add(std::string_view token) {
  put(token);
  resolve();
}

void Ledger::add_all(const std::vector<std::string>& tokens) {
  for (const std::string& token : tokens) put(token);
  resolve();
}

bool Ledger::knows(std::string_view token) const {
  const auto statement = read(token);
  return statement && statements_.contains(name_of(*statement));
}

void Ledger::put(std::string_view token) {
  auto statement = read(token);
  if (!statement) {
    return;
  }
  if (statement->kind == Kind::genesis) founder_ = statement->signer;
  if (statement->kind != Kind::removal) keys_.emplace(statement->subject, statement->subject_key);
  const Key key = name_of(*statement);
  statements_.emplace(key, std::move(*statement));
}

/// Whether no removal of its signer voids the statement.
bool Ledger::stands(const Statement& statement, const Removals& effective) {
  return std::ranges::none_of(effective, [&](const Statement* removal) {
    return removal->subject == statement.signer && !removal->stands.contains(statement.id) && removal != &statement;
  });
}

/// Everyone with an unbroken chain of standing admissions from the founder, removed or not, and the first (in rank,
/// then id order) admission that counts.
std::map<std::string, const Ledger::Statement*> Ledger::admitted(const Removals& effective) const {
  std::map<std::string, const Statement*> found;
  std::vector<std::string> layer;
  for (const auto& [key, statement] : statements_) {
    if (statement.kind == Kind::genesis) {
      found.emplace(statement.subject, &statement);
      layer.push_back(statement.subject);
    }
  }
  while (!layer.empty()) {
    std::map<std::string, const Statement*> next;
    for (const std::string& inviter : layer) {
      for (auto at = statements_.lower_bound({inviter, ""}); at != statements_.end() && at->first.first == inviter;
           ++at) {
        const Statement& statement = at->second;
        const bool counts = statement.kind == Kind::admission && stands(statement, effective);
        if (counts && !found.contains(statement.subject)) next.emplace(statement.subject, &statement);
      }
    }
    layer.clear();
    for (const auto& [id, statement] : next) {
      found.emplace(id, statement);
      layer.push_back(id);
    }
  }
  return found;
}

/// The removals that count: seniors' first, so that theirs can void a junior's but not the other way round. Which
/// removals count decides who was admitted, and who was admitted decides which removals count; a fixed number of rounds
/// makes the answer the same everywhere even where it does not settle.
Ledger::Removals Ledger::effective_removals() const {
  Removals removals;
  for (const auto& [key, statement] : statements_) {
    if (statement.kind == Kind::removal) removals.push_back(&statement);
  }
  const auto seniority = [this](const Statement* removal) {
    const auto rank = rank_.find(removal->signer);
    return std::tuple(rank == rank_.end() ? statements_max : rank->second, name_of(*removal));
  };
  std::ranges::sort(removals, [&](const auto* a, const auto* b) { return seniority(a) < seniority(b); });
  Removals effective;
  for (int round = 0; round < rounds_max; ++round) {
    const auto chained = admitted(effective);
    Removals next;
    for (const Statement* removal : removals) {
      if (chained.contains(removal->signer) && stands(*removal, next)) next.push_back(removal);
    }
    if (next == effective) break;
    effective = std::move(next);
  }
  return effective;
}

void Ledger::resolve() {
  rank_.clear();
  const auto everyone = admitted({});
  for (const auto& [id, statement] : everyone) {
    std::size_t steps = 0;
    for (const Statement* at = statement; at->kind != Kind::genesis; at = everyone.at(at->signer)) ++steps;
    rank_[id] = steps;
  }
  const Removals effective = effective_removals();
  members_.clear();
  removed_.clear();
  for (const auto& [id, statement] : admitted(effective)) {
    members_.emplace(id, Member{.id = id,
                                .pubkey = statement->subject_key,
                                .inviter = statement->kind == Kind::genesis ? "" : statement->signer,
                                .joined_ms = statement->at_ms,
                                .statement = statement->token,
                                .recovery = statement->recovery});
  }
  for (const Statement* removal : effective) {
    const auto gone = members_.extract(removal->subject);
    const bool recovery = !gone.empty() && gone.mapped().recovery;
    removed_.emplace(removal->subject, Removal{removal->signer, removal->at_ms, removal->token, recovery});
  }
}

const Member* Ledger::find(const std::string& id) const {
  const auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second;
}

const Json* Ledger::key_of(const std::string& id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : &found->second;
}

const Removal* Ledger::removal_of(const std::string& id) const {
  const auto found = removed_.find(id);
  return found == removed_.end() ? nullptr : &found->second;
}

bool Ledger::is_contested(const std::string& id) const {
  return std::ranges::any_of(statements_, [&id](const auto& entry) {
    return entry.second.kind == Kind::removal && entry.second.subject == id;
  });
}

std::vector<std::string> Ledger::statements() const {
  std::map<std::tuple<Kind, std::size_t, Key>, std::string> ordered;  // the kinds are declared in this order
  for (const auto& [key, statement] : statements_) {
    const auto rank = rank_.find(statement.signer);
    const std::size_t steps = rank == rank_.end() ? statements_max : rank->second;
    ordered.emplace(std::tuple(statement.kind, steps, key), statement.token);
  }
  std::vector<std::string> tokens;
  for (const auto& [place, token] : ordered) tokens.push_back(token);
  return tokens;
}

std::vector<std::string> Ledger::chain_of(const std::string& id) const {
  const auto everyone = admitted(effective_removals());
  std::vector<std::string> chain;
  for (auto at = everyone.find(id); at != everyone.end(); at = everyone.find(at->second->signer)) {
    chain.insert(chain.begin(), at->second->token);
    if (at->second->kind == Kind::genesis) return chain;
  }
  return {};
}

std::vector<std::string> Ledger::proof_of_removal(const std::string& id) const {
  const Removal* removal = removal_of(id);
  if (removal == nullptr) {
    return {};
  }
  std::vector<std::string> proof = chain_of(removal->remover);
  proof.push_back(removal->statement);
  return proof;
}

std::vector<std::string> Ledger::standing_of(const std::string& id) const {
  const Removals effective = effective_removals();
  std::vector<std::string> ids;
  for (const auto& [key, statement] : statements_) {
    if (statement.signer == id && stands(statement, effective)) ids.push_back(statement.id);
  }
  return ids;
}

}  // namespace skypod::ledger
