#include "core/wire/messages.hpp"

#include "core/wire/fields.hpp"

namespace skypod::wire {
namespace {

/// The value, if every member was as it must be.
template <class T>
Result<T, Error> checked(const Fields& fields, T value) {
  if (!fields.ok()) {
    return unexpected(Error{ErrorCode::bad_message, fields.problem()});
  }
  return value;
}

Error bad(std::string detail) {
  return {ErrorCode::bad_message, std::move(detail)};
}

/// Strings of at most `each` octets that all satisfy `is_valid`; nothing if one does not.
template <class Predicate>
std::optional<std::vector<std::string>> read_texts(const Json& array, Predicate is_valid) {
  std::vector<std::string> texts;
  texts.reserve(array.size());
  for (const Json& member : array) {
    const auto* text = member.get_ptr<const std::string*>();
    if (text == nullptr || !is_valid(*text)) {
      return std::nullopt;
    }
    texts.push_back(*text);
  }
  return texts;
}

Result<std::vector<std::string>, Error> read_identities(const Json& array) {
  auto identities = read_texts(array, is_identity);
  if (!identities) {
    return unexpected(bad("A list of identities holds something else."));
  }
  return std::move(*identities);
}

bool is_statement(const std::string& text) {
  return text.size() <= limit::removal_max && looks_like_token(text);
}

constexpr std::int64_t epoch_number_max = 1'000'000'000;

}  // namespace

Result<Challenge, Error> Challenge::read(const Json& dat) {
  Fields fields(dat);
  Challenge challenge{.nonce = fields.text("nonce", 64), .time_ms = fields.integer("time", 0, INT64_MAX)};
  return checked(fields, std::move(challenge));
}

Json Challenge::write() const {
  return {{"nonce", nonce}, {"time", time_ms}};
}

Result<Register, Error> Register::read(const Json& dat) {
  Fields fields(dat);
  const auto pubkey = read_public_key(fields.object("pubkey"));
  Register message{
      .pubkey = pubkey.value_or(nullptr), .genesis = fields.text("genesis", limit::statement_max), .chain = {}};
  if (fields.ok() && !pubkey) return unexpected(bad("\"pubkey\" must be a P-256 public key as a JWK."));
  if (fields.ok() && dat.contains("chain")) {
    auto chain = read_texts(fields.array("chain", limit::members_max), is_statement);
    if (!chain) return unexpected(bad("\"chain\" must be a list of ledger statements."));
    message.chain = std::move(*chain);
  }
  return checked(fields, std::move(message));
}

Json Register::write() const {
  Json dat = {{"pubkey", pubkey}, {"genesis", genesis}};
  if (!chain.empty()) dat["chain"] = chain;
  return dat;
}

Result<Exchange, Error> Exchange::read(const Json& dat) {
  Fields fields(dat);
  const auto pubkey = read_public_key(fields.object("pubkey"));
  Exchange message{.pubkey = pubkey.value_or(nullptr), .invitation = fields.text("invitation", limit::statement_max)};
  if (fields.ok() && !pubkey) return unexpected(bad("\"pubkey\" must be a P-256 public key as a JWK."));
  return checked(fields, std::move(message));
}

Json Exchange::write() const {
  return {{"pubkey", pubkey}, {"invitation", invitation}};
}

Result<Welcome, Error> Welcome::read(const Json& dat) {
  Fields fields(dat);
  auto peers = read_identities(fields.array("peers", limit::members_max));
  auto ledger = read_texts(fields.array("ledger", limit::statements_max), is_statement);
  const Json& identities = fields.object("identities");
  if (!peers) return unexpected(peers.error());
  if (!ledger || identities.size() > limit::members_max) return unexpected(bad("The ledger cannot be read."));
  Welcome welcome{.peers = std::move(*peers), .identities = {}, .ledger = std::move(*ledger)};
  for (const auto& [id, jwk] : identities.items()) {
    const auto pubkey = read_public_key(jwk);
    if (!is_identity(id) || !pubkey) return unexpected(bad("\"identities\" must map ids to public keys."));
    welcome.identities.emplace(id, *pubkey);
  }
  return checked(fields, std::move(welcome));
}

Json Welcome::write() const {
  return {{"peers", peers}, {"identities", identities.empty() ? Json::object() : Json(identities)}, {"ledger", ledger}};
}

Result<Status, Error> Status::read(const Json& dat) {
  Fields fields(dat);
  auto members = read_identities(fields.array("members", limit::members_max));
  auto peers = read_identities(fields.array("peers", limit::members_max));
  if (!members) return unexpected(members.error());
  if (!peers) return unexpected(peers.error());
  Fields limits(fields.object("limits"));
  Status status{.members = std::move(*members),
                .peers = std::move(*peers),
                .frame_max = static_cast<std::size_t>(limits.integer("frameOctets", 1024, INT32_MAX)),
                .ice_servers = fields.array("iceServers", 16)};
  if (!limits.ok()) return unexpected(bad(limits.problem()));
  return checked(fields, std::move(status));
}

Json Status::write() const {
  return {{"members", members},
          {"peers", peers},
          {"limits", {{"frameOctets", frame_max}, {"members", limit::members_max}}},
          {"iceServers", ice_servers.is_array() ? ice_servers : Json::array()}};
}

Result<Statements, Error> Statements::read(const Json& dat) {
  Fields fields(dat);
  auto statements = read_texts(fields.array("statements", limit::statements_at_once), is_statement);
  if (!fields.ok()) return unexpected(bad(fields.problem()));
  if (!statements) return unexpected(bad("\"statements\" must be a list of ledger statements."));
  return Statements{std::move(*statements)};
}

Json Statements::write() const {
  return {{"statements", statements}};
}

Result<CancelInvitation, Error> CancelInvitation::read(const Json& dat) {
  Fields fields(dat);
  CancelInvitation message{.jti = fields.text("jti", 64), .expires_ms = fields.integer("expires", 0, INT64_MAX)};
  return checked(fields, std::move(message));
}

Json CancelInvitation::write() const {
  return {{"jti", jti}, {"expires", expires_ms}};
}

Result<Epoch, Error> Epoch::read(const Json& dat) {
  Fields fields(dat);
  Epoch epoch{.number = fields.integer("epoch", 0, epoch_number_max),
              .by = fields.text("by", 43),
              .key_id = fields.text("keyId", 64),
              .sealed = fields.text("sealed", token_max)};
  if (fields.ok() && !is_identity(epoch.by)) return unexpected(bad("\"by\" must be an identity."));
  return checked(fields, std::move(epoch));
}

Json Epoch::write() const {
  return {{"epoch", number}, {"by", by}, {"keyId", key_id}, {"sealed", sealed}};
}

Result<EpochHave, Error> EpochHave::read(const Json& dat) {
  Fields fields(dat);
  EpochHave have{.number = fields.integer("epoch", 0, epoch_number_max),
                 .by = fields.optional_text("by", 43),
                 .key_id = fields.optional_text("keyId", 64)};
  return checked(fields, std::move(have));
}

Json EpochHave::write() const {
  return {{"epoch", number}, {"by", by}, {"keyId", key_id}};
}

Result<PeerJoined, Error> PeerJoined::read(const Json& dat) {
  Fields fields(dat);
  const auto pubkey = read_public_key(fields.object("pubkey"));
  auto peers = read_identities(fields.array("peers", limit::members_max));
  PeerJoined joined{.identity = fields.text("identity", 43),
                    .pubkey = pubkey.value_or(nullptr),
                    .statement = fields.text("statement", limit::statement_max),
                    .peers = {}};
  if (fields.ok() && (!pubkey || !is_identity(joined.identity))) {
    return unexpected(bad("\"identity\" and \"pubkey\" must be an identity and its key."));
  }
  if (!peers) return unexpected(peers.error());
  joined.peers = std::move(*peers);
  return checked(fields, std::move(joined));
}

Json PeerJoined::write() const {
  return {{"identity", identity}, {"pubkey", pubkey}, {"statement", statement}, {"peers", peers}};
}

Result<PeerLeft, Error> PeerLeft::read(const Json& dat) {
  Fields fields(dat);
  PeerLeft left{.identity = fields.text("identity", 43)};
  if (fields.ok() && !is_identity(left.identity)) return unexpected(bad("\"identity\" must be an identity."));
  return checked(fields, std::move(left));
}

Json PeerLeft::write() const {
  return {{"identity", identity}};
}

Result<Signal, Error> Signal::read(const Json& dat) {
  Fields fields(dat);
  Signal signal{.token = fields.text("signed", token_max),
                .localid = fields.text("localid", 43),
                .remoteid = fields.text("remoteid", 43)};
  if (fields.ok() && (!is_identity(signal.localid) || !is_identity(signal.remoteid))) {
    return unexpected(bad("\"localid\" and \"remoteid\" must be identities."));
  }
  return checked(fields, std::move(signal));
}

Json Signal::write() const {
  return {{"signed", token}, {"localid", localid}, {"remoteid", remoteid}};
}

Result<Broadcast, Error> Broadcast::read(const Json& dat) {
  Fields fields(dat);
  Broadcast message{.payload = fields.text("payload", limit::frame_max),
                    .recipients = {},
                    .skip_self = fields.boolean("skipSelf", true)};
  if (fields.ok() && dat.contains("recipients")) {
    auto recipients = read_identities(fields.array("recipients", limit::members_max));
    if (!recipients) return unexpected(recipients.error());
    if (recipients->empty()) return unexpected(bad("\"recipients\" names nobody; leave it out to reach everybody."));
    message.recipients = std::move(*recipients);
  }
  return checked(fields, std::move(message));
}

Json Broadcast::write() const {
  Json dat = {{"payload", payload}, {"skipSelf", skip_self}};
  if (!recipients.empty()) dat["recipients"] = recipients;
  return dat;
}

Result<Delivered, Error> Delivered::read(const Json& dat) {
  Fields fields(dat);
  Delivered message{.payload = fields.text("payload", limit::frame_max), .sender = fields.text("sender", 43)};
  return checked(fields, std::move(message));
}

Json Delivered::write() const {
  return {{"payload", payload}, {"sender", sender}};
}

Result<KeyStatement, Error> KeyStatement::read(const Json& dat) {
  Fields fields(dat);
  const auto pubkey = read_public_key(fields.object("pubkey"));
  KeyStatement statement{.pubkey = pubkey.value_or(nullptr),
                         .name = fields.optional_text("name", limit::name_max),
                         .recovery = fields.boolean("recovery", false)};
  if (fields.ok() && !pubkey) return unexpected(bad("\"pubkey\" must be a P-256 public key as a JWK."));
  return checked(fields, std::move(statement));
}

Json KeyStatement::write() const {
  Json dat = {{"pubkey", pubkey}};
  if (!name.empty()) dat["name"] = name;
  if (recovery) dat["recovery"] = true;
  return dat;
}

Result<InvitationStatement, Error> InvitationStatement::read(const Json& dat) {
  Fields fields(dat);
  const auto pubkey = read_public_key(fields.object("pubkey"));
  InvitationStatement statement{.pubkey = pubkey.value_or(nullptr),
                                .name = fields.optional_text("name", limit::name_max),
                                .founder = fields.text("founder", 43),
                                .admission = fields.text("admission", limit::statement_max),
                                .sealed = fields.text("sealed", limit::statement_max)};
  if (fields.ok() && (!pubkey || !is_identity(statement.founder))) {
    return unexpected(bad("\"pubkey\" and \"founder\" must be a key and an identity."));
  }
  return checked(fields, std::move(statement));
}

Json InvitationStatement::write() const {
  Json dat = {{"pubkey", pubkey}, {"founder", founder}, {"admission", admission}, {"sealed", sealed}};
  if (!name.empty()) dat["name"] = name;
  return dat;
}

Result<Description, Error> Description::read(const Json& dat) {
  Fields fields(dat);
  Description description{.connection_id = fields.text("connectionId", limit::connection_id_max),
                          .sdp = fields.text("sdp", limit::sdp_max)};
  return checked(fields, std::move(description));
}

Json Description::write() const {
  return {{"connectionId", connection_id}, {"sdp", sdp}};
}

Result<Candidate, Error> Candidate::read(const Json& dat) {
  Fields fields(dat);
  Candidate candidate{.connection_id = fields.text("connectionId", limit::connection_id_max),
                      .candidate = fields.optional_text("candidate", 1024),
                      .mid = fields.optional_text("sdpMid", 32),
                      .line = fields.optional_integer("sdpMLineIndex", 0, 255).value_or(0)};
  return checked(fields, std::move(candidate));
}

Json Candidate::write() const {
  return {{"connectionId", connection_id}, {"candidate", candidate}, {"sdpMid", mid}, {"sdpMLineIndex", line}};
}

Result<PeerState, Error> PeerState::read(const Json& dat) {
  Fields fields(dat);
  PeerState state{.connection_id = fields.text("connectionId", limit::connection_id_max),
                  .state = fields.text("state", 32)};
  return checked(fields, std::move(state));
}

Json PeerState::write() const {
  return {{"connectionId", connection_id}, {"state", state}};
}

Result<RequestConnection, Error> RequestConnection::read(const Json& dat) {
  Fields fields(dat);
  const RequestConnection message{.polite = fields.boolean("polite", true)};
  return checked(fields, message);
}

Json RequestConnection::write() const {
  return {{"polite", polite}};
}

}  // namespace skypod::wire
