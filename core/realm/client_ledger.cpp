// What members tell the server and each other about who belongs to the realm. The server may lose, hold back or make up
// any of it. So every member brings what it knows to the server and to each peer that it meets, believes signatures
// only, and tells people where the server's story does not fit.
#include <algorithm>

#include "core/realm/client.hpp"

namespace skypod::realm {
namespace {

/// The signed part: the same statement under whichever of its possible signatures.
std::string signed_part(const std::string& token) {
  return token.substr(0, token.rfind('.'));
}

std::vector<std::vector<std::string>> in_messages(const std::vector<std::string>& statements) {
  std::vector<std::vector<std::string>> parts;
  for (std::size_t at = 0; at < statements.size(); at += wire::limit::statements_at_once) {
    const std::size_t end = std::min(statements.size(), at + wire::limit::statements_at_once);
    parts.emplace_back(statements.begin() + static_cast<std::ptrdiff_t>(at),
                       statements.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return parts;
}

}  // namespace

Task<Learned> Client::learn(std::vector<std::string> statements) {
  const auto ledger = ledger_;
  const Learned learned = co_await learn_statements(host_, *ledger, std::move(statements));
  if (ledger == ledger_ && membership_ && learned.added > 0) {
    ledger_changed();
  }
  co_return learned;
}

void Client::ledger_changed() {
  if (const ledger::Removal* own = ledger_->removal_of(self_.id)) {
    events_.emplace_back(event::Removed{own->remover, own->at_ms});
    forget();
    return;
  }
  for (const std::string& peer : mesh_.peers()) {
    if (ledger_->find(peer) == nullptr) mesh_.drop(peer);
  }
  membership_->statements = ledger_->statements();
  events_.emplace_back(event::PeersChanged{});
  events_.emplace_back(event::MembershipChanged{});
  if (introduced_) tell_members();
  seek_clean_key();
}

/// Reports who came and went since the last time; nobody while the members are still being learnt for the first time.
void Client::tell_members() {
  if (!membership_) {
    return;
  }
  std::map<std::string, std::string> now;
  for (const auto& [id, member] : ledger_->members()) now.emplace(id, member.inviter);
  for (const auto& [id, inviter] : known_members_.empty() ? decltype(now){} : now) {
    if (!known_members_.contains(id) && id != self_.id) events_.emplace_back(event::MemberAdded{id, inviter});
  }
  for (const auto& [id, inviter] : known_members_) {
    const ledger::Removal* removal = ledger_->removal_of(id);
    if (!now.contains(id) && removal != nullptr) events_.emplace_back(event::MemberRemoved{id, removal->remover});
  }
  known_members_ = std::move(now);
}

/// Whether a member has signed for it, be that void by now: an honest server may not know yet why.
bool Client::ever_admitted(const std::string& id) const {
  return ledger_->key_of(id) != nullptr;
}

/// Compares what the server says with what the signatures prove.
void Client::check_welcome(const wire::Welcome& message) {
  for (const auto& [id, pubkey] : message.identities) {
    const ledger::Member* member = ledger_->find(id);
    if (!ever_admitted(id)) suspect(Lie::unproven_member);
    if (member != nullptr && member->pubkey != pubkey) suspect(Lie::swapped_key);
  }
  for (const std::string& id : message.peers) {
    if (!ever_admitted(id)) suspect(Lie::unproven_member);
  }
}

/// The server spoke of a device that is no member: a lie, unless it may not know yet that it was removed.
void Client::suspect_stranger(const std::string& id) {
  const ledger::Removal* removal = ledger_->removal_of(id);
  if (!ever_admitted(id)) {
    suspect(Lie::unproven_member);
  } else if (removal != nullptr && lodged_.contains(signed_part(removal->statement))) {
    suspect(Lie::withheld);
  }
}

/// The server has shown these, so from now on it has no excuse for lacking one.
void Client::note_shown(const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) {
    if (ledger_->knows(statement)) lodged_.insert(signed_part(statement));
  }
}

/// Lodges what the server lacks. If it had confirmed or shown that before, its disk may have died, once; not twice.
void Client::publish_missing(const std::vector<std::string>& known) {
  std::set<std::string> theirs;
  for (const std::string& statement : known) theirs.insert(signed_part(statement));
  std::vector<std::string> missing;
  bool lost = false;
  for (std::string& statement : ledger_->statements()) {
    if (theirs.contains(signed_part(statement))) continue;
    lost = lodged_.erase(signed_part(statement)) > 0 || lost;
    missing.push_back(std::move(statement));
  }
  if (lost && ++losses_ > losses_max) suspect(Lie::withheld);
  note_shown(known);
  for (std::vector<std::string>& part : in_messages(missing)) {
    lodging_.post([this, generation = generation_, part = std::move(part)] { return publish(generation, part); });
  }
}

Task<void> Client::publish(std::uint64_t generation, std::vector<std::string> statements) {
  if (generation != generation_ || link_ != LinkState::online) {
    co_return;
  }
  const auto reply = std::make_shared<OneShot<Reply>>();
  call(wire::msg::statement, wire::Statements{statements}.write(), reply);
  const Reply answer = co_await *reply;
  if (answer) {
    for (const std::string& statement : statements) lodged_.insert(signed_part(statement));
  } else if (generation == generation_ && answer.error().code == ErrorCode::offline) {
    suspect(Lie::withheld);  // the link is there, but no answer came
  }
}

/// Tells the peers on their streams, whatever the server keeps.
void Client::pass_on(const std::vector<std::string>& statements, const std::string& except) {
  for (const std::string& peer : mesh_.connected_peers()) {
    if (peer == except) continue;
    for (std::vector<std::string>& part : in_messages(statements)) {
      mesh_.send(peer, wire::event(wire::msg::statement, wire::Statements{std::move(part)}.write()));
    }
  }
}

/// Statements from a peer, or from the server ("").
Task<void> Client::on_statements(std::string peer, Json dat) {
  const auto read = wire::Statements::read(dat);
  if (!read) {
    co_return;
  }
  const Learned learned = co_await learn(read->statements);
  if (!membership_) {
    co_return;
  }
  if (peer.empty() && learned.refused > 0) suspect(Lie::foreign_statement);
  if (peer.empty()) note_shown(read->statements);
  if (learned.added == 0) {
    co_return;
  }
  pass_on(read->statements, peer);
  if (!peer.empty() && link_ == LinkState::online) {
    lodging_.post(
        [this, generation = generation_, statements = read->statements] { return publish(generation, statements); });
  }
}

/// What two members tell each other first.
void Client::introduce(const std::string& peer) {
  if (!membership_) {
    return;
  }
  for (std::vector<std::string>& part : in_messages(ledger_->statements())) {
    mesh_.send(peer, wire::event(wire::msg::statement, wire::Statements{std::move(part)}.write()));
  }
  mesh_.send(peer, have());
}

Task<Result<std::string, Error>> Client::sign_removal(std::string id) {
  const core::Answer token = co_await host_.ask(core::ask::Sign{
      removal_payload(host_, network_now(), membership_->realm, self_.id, id, ledger_->standing_of(id))});
  if (text_of(token).empty()) {
    co_return unexpected(error_of(token));
  }
  co_return text_of(token);
}

void Client::lodge(std::string statement) {
  ledger_->add(statement);
  pass_on({statement}, "");  // also to whom it removes: so it hears of it even without a server
  ledger_changed();
  lodging_.post(
      [this, generation = generation_, statement = std::move(statement)] { return publish(generation, {statement}); });
}

Task<Result<void, Error>> Client::remove(std::string id) {
  if (!membership_ || ledger_->find(id) == nullptr) {
    const char* const why =
        membership_ ? "This realm has no such device; it may have left, or not be known here yet." : "";
    co_return unexpected(Error{ErrorCode::not_a_member, why});
  }
  const Result<std::string, Error> statement = co_await sign_removal(id);
  if (!statement) {
    co_return unexpected(statement.error());
  }
  if (!membership_) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  lodge(*statement);
  if (!membership_ || ledger_->find(id) != nullptr) {
    co_return unexpected(Error{ErrorCode::internal, "The removal has no effect."});
  }
  const Result<std::int64_t, Error> rotated = co_await rotate();
  if (!rotated) {
    co_return unexpected(rotated.error());
  }
  co_return Result<void, Error>{};
}

Task<Result<bool, Error>> Client::leave() {
  if (!membership_) {
    co_return unexpected(Error{ErrorCode::not_a_member, ""});
  }
  const Result<std::string, Error> statement = co_await sign_removal(self_.id);
  if (!statement) {
    co_return unexpected(statement.error());
  }
  bool told =
      std::ranges::any_of(mesh_.connected_peers(), [this](const auto& peer) { return mesh_.has_channel(peer); });
  pass_on({*statement}, "");
  if (link_ == LinkState::online) {
    const auto reply = std::make_shared<OneShot<Reply>>();
    call(wire::msg::statement, wire::Statements{{*statement}}.write(), reply);
    const Reply answer = co_await *reply;
    told = told || answer;
  }
  if (membership_) forget();  // unless the server's answer has brought it about already
  co_return told;
}

Task<Result<void, Error>> Client::cancel_invitation(std::string jti, TimeMs expires_ms) {
  const auto reply = std::make_shared<OneShot<Reply>>();
  call(wire::msg::cancel_invitation, wire::CancelInvitation{std::move(jti), expires_ms}.write(), reply);
  const Reply answer = co_await *reply;
  if (!answer) {
    co_return unexpected(answer.error());
  }
  co_return Result<void, Error>{};
}

}  // namespace skypod::realm
