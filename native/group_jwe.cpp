#include "native/group_jwe.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "base/base64url.hpp"
#include "core/wire/token.hpp"
#include "native/aes.hpp"
#include "native/compact.hpp"
#include "native/digest.hpp"
#include "native/ecdh_es.hpp"

namespace skypod {
namespace {

using wire::Error;
using wire::ErrorCode;
using wire::Json;

constexpr std::string_view a256gcm = "A256GCM";

unexpected<Error> not_ours() {
  return unexpected(Error{ErrorCode::bad_token, "This is not a message of the kind expected; update both devices."});
}

unexpected<Error> not_for_us() {
  return unexpected(Error{ErrorCode::bad_token, "The message was not made for this device or has been altered."});
}

/// A member that is a text, decoded from base64url to so many octets (any number for 0).
std::optional<Bytes> octets_of(const Json& object, const char* name, std::size_t size) {
  const auto member = object.find(name);
  const auto* text = member == object.end() ? nullptr : member->get_ptr<const std::string*>();
  auto octets = text == nullptr ? std::nullopt : base64url_decode(*text);
  return octets && (size == 0 || octets->size() == size) ? octets : std::nullopt;
}

bool has_exactly(const Json& object, std::initializer_list<const char*> names) {
  return object.is_object() && object.size() == names.size() &&
         std::ranges::all_of(names, [&](const char* name) { return object.contains(name); });
}

/// This device's entry among the recipients, with the ephemeral key that belongs to it.
struct Ours {
  Json epk;
  Bytes encrypted_key;
};

std::optional<Ours> ours_of(const Json& recipient, const Json& protected_header) {
  const bool epk_above = protected_header.contains("epk");
  const Json& header = recipient["header"];
  if (!(epk_above ? has_exactly(header, {"kid"}) : has_exactly(header, {"kid", "epk"}))) {
    return std::nullopt;
  }
  auto encrypted_key = octets_of(recipient, "encrypted_key", aes::key_octets + 8);
  if (!encrypted_key) {
    return std::nullopt;
  }
  return Ours{epk_above ? protected_header["epk"] : header["epk"], std::move(*encrypted_key)};
}

/// The protected header, if it is one of ours for so many recipients.
std::optional<Json> header_of(const Json& message, std::size_t recipients) {
  const auto* part = message["protected"].get_ptr<const std::string*>();
  auto header = part == nullptr ? std::nullopt : read_protected(*part);
  if (!header || header->value("alg", Json()) != ecdh_es::name || header->value("enc", Json()) != a256gcm) {
    return std::nullopt;
  }
  const bool single = recipients == 1 && has_exactly(*header, {"alg", "enc", "epk"});
  return single || has_exactly(*header, {"alg", "enc"}) ? header : std::nullopt;
}

std::optional<Ours> find_ours(const Json& recipients, const Json& header, const std::string& identity) {
  const bool regular = std::ranges::all_of(recipients, [](const Json& recipient) {
    return has_exactly(recipient, {"header", "encrypted_key"}) && recipient["header"].is_object();
  });
  const auto ours = std::ranges::find_if(recipients, [&](const Json& recipient) {
    return regular && recipient["header"].value("kid", Json()) == identity;
  });
  return ours == recipients.end() ? std::nullopt : ours_of(*ours, header);
}

}  // namespace

JweResult<std::string> jwe_seal_all(const std::vector<core::ask::SealAll::Recipient>& recipients, BytesView plaintext) {
  if (recipients.empty() || recipients.size() > recipients_max || plaintext.size() > jwe_plaintext_max) {
    return unexpected(Error{ErrorCode::bad_input, "A message has 1 to 64 recipients and at most 389120 octets."});
  }
  const Bytes content_key = random_octets(aes::key_octets);
  Json list = Json::array();
  for (const auto& [identity, jwk] : recipients) {
    const auto wrapped = ecdh_es::wrap(jwk, content_key);
    if (!wrapped) {
      return unexpected(Error{ErrorCode::bad_input, "A recipient's key is not a P-256 public key."});
    }
    list.push_back({{"header", {{"kid", identity}, {"epk", wrapped->epk}}},
                    {"encrypted_key", base64url_encode(wrapped->encrypted_key)}});
  }
  const std::string protected_part = base64url_encode(wire::to_json({{"alg", ecdh_es::name}, {"enc", a256gcm}}));
  const Bytes nonce = random_octets(aes::nonce_octets);
  const aes::Sealed sealed = aes::gcm_seal(content_key, nonce, protected_part, plaintext);
  return wire::to_json({{"protected", protected_part},
                        {"recipients", std::move(list)},
                        {"iv", base64url_encode(nonce)},
                        {"ciphertext", base64url_encode(sealed.ciphertext)},
                        {"tag", base64url_encode(sealed.tag)}});
}

JweResult<Bytes> jwe_unseal_ours(std::string_view jwe, const P256Key& self) {
  const Json message = jwe.size() <= jwe_max ? wire::parse_json(jwe).value_or(nullptr) : Json();
  if (!has_exactly(message, {"protected", "recipients", "iv", "ciphertext", "tag"}) ||
      !message["recipients"].is_array() || message["recipients"].size() > recipients_max) {
    return not_ours();
  }
  const auto header = header_of(message, message["recipients"].size());
  const auto nonce = octets_of(message, "iv", aes::nonce_octets);
  auto ciphertext = octets_of(message, "ciphertext", 0);
  auto tag = octets_of(message, "tag", aes::tag_octets);
  if (!header || !nonce || !ciphertext || !tag) {
    return not_ours();
  }
  const auto ours = find_ours(message["recipients"], *header, self.identity());
  const auto wrapping_key = ours ? ecdh_es::wrapping_key(self, ours->epk) : std::nullopt;
  const auto content_key = wrapping_key ? aes::unwrap_key(*wrapping_key, ours->encrypted_key) : std::nullopt;
  const auto& protected_part = message["protected"].get_ref<const std::string&>();
  auto plaintext = content_key
                       ? aes::gcm_open(*content_key, *nonce, protected_part, {std::move(*ciphertext), std::move(*tag)})
                       : std::nullopt;
  if (!plaintext) {
    return not_for_us();
  }
  return std::move(*plaintext);
}

}  // namespace skypod
