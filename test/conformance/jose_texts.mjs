// Tokens and messages made with Node's own cryptography: right ones, and ones that are wrong in a single way.
import * as nodeCrypto from "node:crypto";

export const base64url = (octets) => Buffer.from(octets).toString("base64url");
export const octetsOf = (text) => Buffer.from(text, "base64url");
export const SHARED_KEY = Buffer.alloc(32, "k");

const KEY_WRAP_IV = Buffer.alloc(8, 0xa6); // RFC 3394 section 2.2.3.1

/** A new private JWK of exactly five members. */
export function newKey() {
  const { privateKey } = nodeCrypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { crv, d, kty, x, y } = privateKey.export({ format: "jwk" });
  return { crv, d, kty, x, y };
}

export function publicOf({ crv, kty, x, y }) {
  return { crv, kty, x, y };
}

/** RFC 7638. */
export function thumbprint({ crv, kty, x, y }) {
  return nodeCrypto.createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}

/** A compact JWS with that very header text, correctly signed. */
export function signedWith(key, header, payload = "{}", encoding = "ieee-p1363") {
  const input = `${base64url(header)}.${base64url(payload)}`;
  const privateKey = nodeCrypto.createPrivateKey({ key, format: "jwk" });
  const signature = nodeCrypto.sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: encoding });
  return `${input}.${base64url(signature)}`;
}

/** A compact JWS with that header text and a MAC. */
export function macWith(secret, header, payload = "{}") {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${nodeCrypto.createHmac("sha256", secret).update(input).digest("base64url")}`;
}

function gcm(header, wrapped, key, plaintext) {
  const nonce = nodeCrypto.randomBytes(12);
  const cipher = nodeCrypto.createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(base64url(header)));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return [header, wrapped, nonce, ciphertext, cipher.getAuthTag()].map(base64url).join(".");
}

/** A compact JWE with that very header text, correctly encrypted under SHARED_KEY. */
export function encryptedWith(header, plaintext = "text") {
  return gcm(header, "", SHARED_KEY, plaintext);
}

/** A compact JWE for whoever has the shared secret, by RFC 7518 section 4.6, with that header text. */
export function sealedAround(sharedSecret, header, plaintext = "text", contentKey = nodeCrypto.randomBytes(32)) {
  const word = (value) => Buffer.from(Uint32Array.of(value).buffer).swap32();
  const name = Buffer.from("ECDH-ES+A256KW");
  const info = Buffer.concat([word(1), sharedSecret, word(name.length), name, word(0), word(0), word(256)]);
  const kek = nodeCrypto.createHash("sha256").update(info).digest();
  const wrap = nodeCrypto.createCipheriv("id-aes256-wrap", kek, KEY_WRAP_IV);
  return gcm(header, Buffer.concat([wrap.update(contentKey), wrap.final()]), contentKey, plaintext);
}

/** The header that sealedAround is meant to have. */
export function sealedHeader(epk, more = {}) {
  return JSON.stringify({ alg: "ECDH-ES+A256KW", enc: "A256GCM", epk, ...more });
}

/** A compact JWE for a key, with a header made of the ephemeral public key. */
export function sealedFor(key, header = sealedHeader, plaintext = "text", ephemeral = newKey(), contentKey) {
  const privateKey = nodeCrypto.createPrivateKey({ key: ephemeral, format: "jwk" });
  const publicKey = nodeCrypto.createPublicKey({ key: publicOf(key), format: "jwk" });
  const secret = nodeCrypto.diffieHellman({ privateKey, publicKey });
  return sealedAround(secret, header(publicOf(ephemeral)), plaintext, contentKey);
}

/** A JWE for several keys (RFC 7516 section 7.2.1), as an object that a test may still change. */
export function sealedForAll(keys, plaintext = "text") {
  const [header, , iv, ciphertext, tag] = sealedParts(plaintext);
  const recipients = keys.map((key) => {
    const ephemeral = newKey();
    const wrapped = sealedFor(key, sealedHeader, plaintext, ephemeral, contentKey).split(".")[1];
    return { header: { kid: thumbprint(key), epk: publicOf(ephemeral) }, encrypted_key: wrapped };
  });
  return { protected: header, recipients, iv, ciphertext, tag };
}

const contentKey = Buffer.alloc(32, "c");
const sealedParts = (plaintext) =>
  gcm(JSON.stringify({ alg: "ECDH-ES+A256KW", enc: "A256GCM" }), "", contentKey, plaintext).split(".");

/** Every text that differs from this one in a single bit of the octets behind its parts. */
export function* flippedBits(text) {
  const parts = text.split(".");
  for (const [index, part] of parts.entries()) {
    const octets = octetsOf(part);
    for (let bit = 0; bit < octets.length * 8; bit++) {
      octets[bit >> 3] ^= 1 << (bit & 7);
      yield parts.with(index, base64url(octets)).join(".");
      octets[bit >> 3] ^= 1 << (bit & 7);
    }
  }
}

/** Every text that says the same octets in another way than strict base64url (RFC 4648 section 3.5). */
export function otherEncodings(text) {
  const parts = text.split(".");
  const all = parts.flatMap((part, index) => {
    const others = ["=", "==", " ", "\n", "\t"].flatMap((more) => [part + more, more + part]);
    if (part.length % 4 > 0) others.push(nextLetter(part)); // sets a spare bit
    return others.map((other) => parts.with(index, other).join("."));
  });
  return [...all, `${text}.`, `.${text}`, `${text}\0`, text.replace(".", "..")].filter((other) => other !== text);
}

function nextLetter(part) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return part.slice(0, -1) + letters[(letters.indexOf(part.at(-1)) + 1) % 64];
}
