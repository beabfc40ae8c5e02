#include "core/realm/recovery.hpp"

#include <optional>

#include "base/base64url.hpp"
#include "core/realm/statements.hpp"
#include "core/wire/fields.hpp"

namespace skypod::realm {
namespace {

// Crockford's base 32: no I, L, O and U, which are misread.
constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t code_octets = 15;  // 120 bits
constexpr std::size_t code_letters = code_octets * 8 / 5;
constexpr std::size_t group_letters = 4;
constexpr std::size_t salt_octets = 16;
constexpr std::uint32_t rounds = 1U << 18U;
constexpr std::uint32_t rounds_max = 1U << 22U;
constexpr std::int64_t version = 1;
constexpr std::string_view file_kid = "recovery";
constexpr TimeMs admission_lifetime_ms = 10 * 60 * 1000;

Error invalid(std::string detail) {
  return {ErrorCode::recovery_invalid, std::move(detail)};
}

std::string write_code(BytesView octets) {
  std::string code;
  unsigned bits = 0;
  int held = 0;
  for (const char octet : octets) {
    bits = (bits << 8U) | static_cast<unsigned char>(octet);
    for (held += 8; held >= 5; held -= 5) code += letters[(bits >> static_cast<unsigned>(held - 5)) & 31U];
  }
  for (std::size_t at = group_letters; at < code.size(); at += group_letters + 1) code.insert(at, "-");
  return code;
}

/// The letters alone, as people may have typed them: in lower case, with other spaces, with O for 0 and I or L for 1.
std::optional<std::string> read_code(std::string_view typed) {
  std::string code;
  for (char letter : typed) {
    if (letter == '-' || letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n') continue;
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    if (letter == 'O') letter = '0';
    if (letter == 'I' || letter == 'L') letter = '1';
    if (letters.find(letter) == std::string_view::npos) return std::nullopt;
    code += letter;
  }
  return code.size() == code_letters ? std::optional(code) : std::nullopt;
}

Task<Bytes> entropy(Host& host, std::size_t count) {
  const core::Answer answer = co_await host.ask(core::ask::Entropy{count});
  const Bytes octets = answer ? wire::binary_bytes(*answer) : "";
  co_return octets.size() == count ? octets : "";
}

Task<SecretKey> key_of_code(Host& host, std::string code, Bytes salt, std::uint32_t times) {
  const std::string plain = read_code(code).value_or("");
  const core::Answer key = co_await host.ask(core::ask::Stretch{Redacted<Bytes>(plain), std::move(salt), times});
  co_return SecretKey(key ? wire::binary_bytes(*key) : "");
}

Json public_part(Json jwk) {
  jwk.erase("d");
  return jwk;
}

Json file_of(const Bytes& salt, std::string content) {
  return {{"skypod", "recovery"},
          {"version", version},
          {"salt", base64url_encode(salt)},
          {"rounds", rounds},
          {"content", std::move(content)}};
}

/// The parts of a file that can be read without the code.
struct Closed {
  Bytes salt;
  std::uint32_t rounds = 0;
  std::string content;
};

std::optional<Closed> read_file(const std::string& text) {
  const Json file = text.size() <= recovery_file_max ? wire::parse_json(text).value_or(nullptr) : Json();
  wire::Fields fields(file);
  const bool ours = fields.text("skypod", 16) == "recovery" && fields.integer("version", version, version) == version;
  const auto salt = base64url_decode(fields.text("salt", 64));
  Closed closed{.salt = salt.value_or(""),
                .rounds = static_cast<std::uint32_t>(fields.integer("rounds", 1, rounds_max)),
                .content = fields.text("content", recovery_file_max)};
  return fields.ok() && ours && salt ? std::optional(std::move(closed)) : std::nullopt;
}

/// What the file holds.
struct Opened {
  std::string id;
  Json jwk;  // the private key
  Membership membership;
};

Task<Result<Opened, Error>> open(Host& host, Closed file, std::string code) {
  const SecretKey key = co_await key_of_code(host, std::move(code), file.salt, file.rounds);
  const core::Answer plaintext = co_await host.ask(core::ask::Decrypt{key, file.content});
  const Json content = plaintext ? wire::parse_json(wire::binary_bytes(*plaintext)).value_or(nullptr) : Json();
  wire::Fields fields(content);
  Opened opened{.id = fields.text("id", 43), .jwk = fields.object("jwk"), .membership = {}};
  auto membership = Membership::from_json(fields.object("membership"));
  if (!fields.ok() || !membership) {
    co_return unexpected(invalid(""));
  }
  opened.membership = std::move(*membership);
  co_return opened;
}

}  // namespace

Task<Result<Recovery, Error>> make_recovery(Host& host, TimeMs now, Identity self, std::string realm,
                                            ledger::Ledger ledger, RealmKey key) {
  const core::Answer jwk = co_await host.ask(core::ask::MakeKey{});
  if (!jwk || !jwk->is_object()) {
    co_return unexpected(error_of(jwk));
  }
  const core::Answer id = co_await host.ask(core::ask::Thumbprint{public_part(*jwk)});
  Recovery recovery{.id = text_of(id), .admission = "", .file = "", .code = ""};
  const core::Answer admission =
      co_await host.ask(core::ask::Sign{admission_payload(now, {.realm = realm,
                                                                .inviter = self.id,
                                                                .invitee = recovery.id,
                                                                .pubkey = public_part(*jwk),
                                                                .recovery = true,
                                                                .jti = host.fresh_id(),
                                                                .lifetime_ms = admission_lifetime_ms})});
  recovery.admission = text_of(admission);
  const Bytes secrets = co_await entropy(host, code_octets + salt_octets);
  if (recovery.id.empty() || recovery.admission.empty() || secrets.empty()) {
    co_return unexpected(error_of(admission));
  }
  recovery.code = write_code(BytesView(secrets).substr(0, code_octets));
  const Bytes salt = secrets.substr(code_octets);

  Membership membership{.realm = realm, .founder = ledger.founder(), .statements = ledger.chain_of(self.id)};
  membership.statements.push_back(recovery.admission);
  membership.keys.add(std::move(key));
  const Json content = {{"id", recovery.id}, {"jwk", *jwk}, {"membership", membership.to_json()}};
  const SecretKey code_key = co_await key_of_code(host, recovery.code, salt, rounds);
  const core::Answer sealed =
      co_await host.ask(core::ask::Encrypt{code_key, std::string(file_kid), wire::to_json(content)});
  if (text_of(sealed).empty()) {
    co_return unexpected(error_of(sealed));
  }
  recovery.file = wire::to_json(file_of(salt, text_of(sealed)));
  co_return recovery;
}

Task<Result<Membership, Error>> recover(Host& host, const Identity& self, std::string file, std::string code) {
  const auto closed = read_file(file);
  if (!closed) {
    co_return unexpected(invalid("This is not a recovery file of skypod, or a part of it is missing."));
  }
  if (!read_code(code)) {
    co_return unexpected(invalid("A recovery code has 24 letters and digits."));
  }
  const Result<Opened, Error> opened = co_await open(host, *closed, std::move(code));
  if (!opened) {
    co_return unexpected(opened.error());
  }
  Membership membership = opened->membership;
  const Json payload = admission_payload(host.now(), {.realm = membership.realm,
                                                      .inviter = opened->id,
                                                      .invitee = self.id,
                                                      .pubkey = self.pubkey,
                                                      .jti = host.fresh_id(),
                                                      .lifetime_ms = admission_lifetime_ms});
  const core::Answer admission = co_await host.ask(core::ask::SignAs{Redacted<Json>(opened->jwk), payload});
  if (text_of(admission).empty()) {
    co_return unexpected(error_of(admission));
  }
  membership.token = text_of(admission);
  membership.statements.push_back(membership.token);
  membership.entry = Entry::invitation;
  co_return membership;
}

}  // namespace skypod::realm
