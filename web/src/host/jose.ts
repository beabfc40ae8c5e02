// The core's cryptographic questions, answered with npm `jose` over WebCrypto. The algorithms are fixed here: a
// token's or message's own header never chooses one.
//
// Two hosts read these texts, this one and native/ (compact.hpp, jws.hpp, jwe.hpp), and a text that means one thing to
// one of them and another, or nothing, to the other is a way to split a realm. `jose` is made for every use of the
// standards and takes more than we do, so what it is given is checked here first, by the rules of the native host:
// - base64url without padding, foreign letters, blanks or stray bits (RFC 7515 section 2, RFC 4648 section 3.5);
// - a header of at most HEADER_MAX octets, one JSON object that begins at its first octet, without duplicate members
//   (RFC 7515 section 4), with exactly the members that the algorithm of the caller's choice needs: {alg, typ?} of
//   ES256, {alg, enc, epk} of ECDH-ES+A256KW (RFC 7518 section 4.6), {alg, enc, kid} of dir (section 4.5). Whatever
//   else a header could hold (zip, crit, jwk, jku, x5u, apu, apv, p2c …) is refused before any key is touched;
// - sizes as below; keys are P-256 JWKs of exactly crv, kty, x and y;
// - a message for several recipients (RFC 7516 section 7.2.1) is exactly as native/group_jwe.hpp says.

import {
  calculateJwkThumbprint,
  CompactEncrypt,
  CompactSign,
  compactDecrypt,
  compactVerify,
  GeneralEncrypt,
  generalDecrypt,
  type GeneralJWE,
  importJWK,
} from "jose";
import type { Ask, PublicKey } from "./boundary";
import type { Identity } from "./identity";

const ES256 = "ES256";
const ECDH_ES_A256KW = "ECDH-ES+A256KW";
const A256GCM = "A256GCM";
const DIR = "dir";

const TOKEN_MAX = 96 * 1024; // letters; as core/wire/token.hpp
const JWE_MAX = 512 * 1024; // letters
const PLAINTEXT_MAX = 380 * 1024; // octets; its JWE fits into JWE_MAX with any header
const HEADER_MAX = 1024; // octets
const KEY_OCTETS = 32;
const WRAPPED_KEY_OCTETS = KEY_OCTETS + 8; // RFC 3394
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
const SIGNATURE_OCTETS = 64; // r and s, RFC 7518 section 3.4
const RECIPIENTS_MAX = 64;
const ROUNDS_MAX = 1 << 22;
const KID = /^[\x21-\x7e]{1,256}$/; // visible ASCII

export type JoseAsk = Extract<
  Ask,
  {
    ask:
      | "sign"
      | "verify"
      | "thumbprint"
      | "seal"
      | "sealAll"
      | "unseal"
      | "encrypt"
      | "decrypt"
      | "stretch"
      | "makeKey"
      | "signAs";
  }
>;

/** Answers as core/ports.hpp says. Rejects where there is no answer: a forged token, a message for another key. */
export async function answerJose(ask: JoseAsk, self: Identity): Promise<unknown> {
  switch (ask.ask) {
    case "sign":
      return new CompactSign(new TextEncoder().encode(ask.payload))
        .setProtectedHeader({ alg: ES256 })
        .sign(self.signing);
    case "verify":
      return isOurToken(ask.token) && isPublicKey(ask.jwk) && verify(ask.token, ask.jwk, ask.identity);
    case "thumbprint":
      return calculateJwkThumbprint(publicKey(ask.jwk));
    case "seal":
      return new CompactEncrypt(plaintext(ask.plaintext))
        .setProtectedHeader({ alg: ECDH_ES_A256KW, enc: A256GCM })
        .encrypt(await importJWK(publicKey(ask.jwk), ECDH_ES_A256KW));
    case "sealAll":
      return sealAll(ask.recipients, plaintext(ask.plaintext));
    case "unseal":
      return ask.jwe.startsWith("{") ? openOurs(ask.jwe, self) : open(ask.jwe, self.opening, ECDH_ES_A256KW);
    case "encrypt":
      if (!KID.test(ask.kid)) throw new Error("A key's id has 1 to 256 visible ASCII letters.");
      return new CompactEncrypt(plaintext(ask.plaintext))
        .setProtectedHeader({ alg: DIR, enc: A256GCM, kid: ask.kid })
        .encrypt(sharedKey(ask.key));
    case "decrypt":
      return open(ask.jwe, sharedKey(ask.key), DIR);
    case "stretch":
      return stretch(ask.secret, ask.salt, ask.rounds);
    case "makeKey":
      return makeKey();
    case "signAs":
      return new CompactSign(new TextEncoder().encode(ask.payload))
        .setProtectedHeader({ alg: ES256 })
        .sign(await importJWK(ask.jwk, ES256));
  }
}

async function sealAll(recipients: { identity: string; jwk: PublicKey }[], octets: Uint8Array): Promise<string> {
  if (recipients.length === 0 || recipients.length > RECIPIENTS_MAX) throw new Error("A message is for 1 to 64.");
  const message = new GeneralEncrypt(octets).setProtectedHeader({ alg: ECDH_ES_A256KW, enc: A256GCM });
  for (const { identity, jwk } of recipients) {
    message.addRecipient(await importJWK(publicKey(jwk), ECDH_ES_A256KW)).setUnprotectedHeader({ kid: identity });
  }
  return JSON.stringify(await message.encrypt());
}

async function openOurs(text: string, self: Identity): Promise<Uint8Array> {
  const message = readGroupMessage(text, self.id);
  if (!message) throw new Error("This is not a message for several devices, or not for this one.");
  const options = { keyManagementAlgorithms: [ECDH_ES_A256KW], contentEncryptionAlgorithms: [A256GCM] };
  return (await generalDecrypt(message, self.opening, options)).plaintext;
}

async function stretch(secret: Uint8Array, salt: Uint8Array, rounds: number): Promise<Uint8Array> {
  if (!(rounds >= 1 && rounds <= ROUNDS_MAX)) throw new Error("A secret is stretched by 1 to 4194304 rounds.");
  const key = await crypto.subtle.importKey("raw", secret.slice(), "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt: salt.slice(), iterations: rounds };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, KEY_OCTETS * 8));
}

async function makeKey(): Promise<object> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { kty, crv, x, y, d };
}

async function verify(token: string, jwk: PublicKey, identity: string): Promise<boolean> {
  if ((await calculateJwkThumbprint(jwk)) !== identity) return false;
  try {
    await compactVerify(token, await importJWK(jwk, ES256), { algorithms: [ES256] });
    return true;
  } catch {
    return false; // also for a point that is not on the curve
  }
}

async function open(jwe: string, key: CryptoKey | Uint8Array, algorithm: string): Promise<Uint8Array> {
  if (!isOurMessage(jwe, algorithm)) throw new Error("This is not a message of the kind expected.");
  const options = { keyManagementAlgorithms: [algorithm], contentEncryptionAlgorithms: [A256GCM] };
  return (await compactDecrypt(jwe, key, options)).plaintext;
}

function isOurToken(token: string): boolean {
  if (token.length > TOKEN_MAX) return false;
  const [head, payload, signature, ...more] = token.split(".", 4);
  const members = readHeader(head);
  if (!members || !payload || more.length > 0) return false;
  const { alg, typ } = members;
  const named = alg === ES256 && (hasExactly(members, "alg") || (typ === "JWT" && hasExactly(members, "alg", "typ")));
  return named && isBase64url(payload) && holds(signature, SIGNATURE_OCTETS);
}

function isOurMessage(jwe: string, algorithm: string): boolean {
  if (jwe.length > JWE_MAX) return false;
  const [head, wrapped, nonce, ciphertext, tag, ...more] = jwe.split(".", 6);
  const members = readHeader(head);
  if (!members || more.length > 0 || members.alg !== algorithm || members.enc !== A256GCM) return false;
  const direct = algorithm === DIR;
  const { epk, kid } = members;
  const named = direct
    ? hasExactly(members, "alg", "enc", "kid") && typeof kid === "string" && KID.test(kid)
    : hasExactly(members, "alg", "enc", "epk") && isPublicKey(epk);
  return (
    named &&
    holds(wrapped, direct ? 0 : WRAPPED_KEY_OCTETS) &&
    holds(nonce, NONCE_OCTETS) &&
    isBase64url(ciphertext) &&
    holds(tag, TAG_OCTETS)
  );
}

/** A message for several recipients with only our own entry left, or nothing if it is not exactly one of ours. */
function readGroupMessage(text: string, identity: string): GeneralJWE | undefined {
  if (text.length > JWE_MAX) return undefined;
  const message = parseObject(text);
  if (!message || !hasExactly(message, "protected", "recipients", "iv", "ciphertext", "tag")) return undefined;
  const { recipients, iv, ciphertext, tag } = message;
  const header = readHeader(message.protected as string);
  if (!header || header.alg !== ECDH_ES_A256KW || header.enc !== A256GCM) return undefined;
  if (!Array.isArray(recipients) || recipients.length > RECIPIENTS_MAX) return undefined;
  const epkAbove = recipients.length === 1 && hasExactly(header, "alg", "enc", "epk") && isPublicKey(header.epk);
  if (!epkAbove && !hasExactly(header, "alg", "enc")) return undefined;
  const regular = recipients.every((one) => hasExactly(one ?? {}, "header", "encrypted_key") && isObject(one.header));
  const ours = regular ? recipients.find(({ header: { kid } }) => kid === identity) : undefined;
  if (!ours || !holds(ours.encrypted_key, WRAPPED_KEY_OCTETS)) return undefined;
  const named = epkAbove
    ? hasExactly(ours.header, "kid")
    : hasExactly(ours.header, "kid", "epk") && isPublicKey(ours.header.epk);
  if (!named || !holds(iv, NONCE_OCTETS) || !isBase64url(ciphertext) || !holds(tag, TAG_OCTETS)) return undefined;
  return { ...message, recipients: [ours] } as unknown as GeneralJWE;
}

/** One JSON object without duplicate members, or nothing. */
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return text.startsWith("{") && isObject(value) && !hasDuplicates(text, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The members of a protected header, or nothing if it is not one JSON object without duplicates. */
function readHeader(part: string | undefined): Record<string, unknown> | undefined {
  if (!isBase64url(part) || part.length > Math.ceil((HEADER_MAX * 4) / 3)) return undefined;
  try {
    const octets = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (at) => at.charCodeAt(0));
    return parseObject(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets));
  } catch {
    return undefined;
  }
}

/**
 * JSON.parse silently keeps the last of two members with one name. Our headers and messages hold nothing but strings,
 * objects and lists, so the text of one without duplicates has as many strings as its value has names and texts.
 */
function hasDuplicates(text: string, value: object): boolean {
  const written = text.match(/"(?:[^"\\]|\\.)*"/g)?.length ?? 0;
  return written !== countStrings(value);
}

function countStrings(value: unknown): number {
  if (typeof value === "string") return 1;
  if (Array.isArray(value)) return value.reduce((sum: number, member) => sum + countStrings(member), 0);
  if (!isObject(value)) return 0;
  return Object.values(value).reduce((sum: number, member) => sum + 1 + countStrings(member), 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasExactly(value: object, ...names: string[]): boolean {
  return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
}

/** True for a P-256 public key; whether its point is on the curve, WebCrypto finds when it imports it. */
function isPublicKey(value: unknown): value is PublicKey {
  if (!isObject(value) || !hasExactly(value, "crv", "kty", "x", "y")) return false;
  const { crv, kty, x, y } = value;
  return crv === "P-256" && kty === "EC" && holds(x, KEY_OCTETS) && holds(y, KEY_OCTETS);
}

/** True for strict base64url of any number of octets, none too. */
function isBase64url(text: unknown): text is string {
  if (typeof text !== "string" || text.length % 4 === 1 || !/^[A-Za-z0-9_-]*$/.test(text)) return false;
  // The last letter's spare bits must be zero: 4 of them behind one octet, 2 behind two.
  const last = { 0: /(?:)/, 2: /[AQgw]$/, 3: /[AEIMQUYcgkosw048]$/ }[text.length % 4];
  return last !== undefined && last.test(text);
}

/** True for strict base64url of so many octets. */
function holds(text: unknown, octets: number): boolean {
  return isBase64url(text) && text.length === Math.ceil((octets * 4) / 3);
}

function publicKey(jwk: PublicKey): PublicKey {
  if (!isPublicKey(jwk)) throw new Error("The key is not a P-256 public key.");
  return jwk;
}

function sharedKey(key: Uint8Array): Uint8Array {
  if (key.length !== KEY_OCTETS) throw new Error("A shared key has 32 octets.");
  return key;
}

function plaintext(octets: Uint8Array): Uint8Array {
  if (octets.length > PLAINTEXT_MAX) throw new Error("A message has at most 389120 octets; split it.");
  return octets;
}
