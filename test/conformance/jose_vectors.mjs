// Others' vectors: Wycheproof (primitives, tokens, messages) and the JOSE cookbook, as questions with the answers that
// their authors give. What a vector's algorithm or header is refused for by policy is counted by that reason.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { REFUSED } from "./jose_cases.mjs";
import {
  base64url,
  newKey,
  octetsOf,
  publicOf,
  SHARED_KEY,
  sealedAround,
  sealedHeader,
  thumbprint,
} from "./jose_texts.mjs";

const corpora = new URL("../../../shared/corpora/", import.meta.url);
const self = newKey();

export const haveCorpora = () => ["wycheproof/", "jose-cookbook/"].every((name) => existsSync(new URL(name, corpora)));

function* casesOf(name) {
  const suite = JSON.parse(readFileSync(new URL(`wycheproof/${name}_test.json`, corpora)));
  for (const group of suite.testGroups) {
    for (const test of group.tests) yield { group, test, name: `${name} ${test.tcId} ${test.comment}` };
  }
}

const fromHex = (hex) => base64url(Buffer.from(hex, "hex"));

/** The members of a JWK that our keys have; vectors carry labels beside them. */
const bare = ({ crv, d, kty, x, y }) => ({ crv, d, kty, x, y });

/** Jobs for the browser's verifySignature. */
export function* signatureJobs() {
  for (const { group, test, name } of casesOf("ecdsa_secp256r1_sha256_p1363")) {
    const point = Buffer.from(group.publicKey.uncompressed, "hex");
    const jwk = { kty: "EC", crv: "P-256", x: base64url(point.subarray(1, 33)), y: base64url(point.subarray(33)) };
    const job = { jwk, message: fromHex(test.msg), signature: fromHex(test.sig) };
    yield { name, job, expected: test.result === "valid" ? true : REFUSED };
  }
}

/** The same for the ES256 signatures of tokens that are refused for naming their key. */
export function* tokenSignatureJobs() {
  for (const { group, test, name } of casesOf("json_web_signature")) {
    const key = group.public ?? group.private;
    const parts = typeof test.jws === "string" ? test.jws.split(".") : [];
    if (key.alg !== "ES256" || key.use !== "sig" || parts.length !== 3) continue;
    const job = { jwk: publicOf(key), message: base64url(`${parts[0]}.${parts[1]}`), signature: parts[2] };
    yield { name, job, expected: test.result === "valid" ? true : REFUSED };
  }
}

/** Jobs for the browser's unwrapKey; what is "acceptable" (8 octets) is left out. */
export function* keyWrapJobs() {
  for (const { group, test, name } of casesOf("aes_wrap")) {
    if (group.keySize !== 256 || test.result === "acceptable") continue;
    const expected = test.result === "valid" ? fromHex(test.msg) : REFUSED;
    yield { name, job: { kek: fromHex(test.key), wrapped: fromHex(test.ct) }, expected };
  }
}

/** Jobs for the browser's openGcm. */
export function* gcmJobs() {
  for (const { group, test, name } of casesOf("aes_gcm")) {
    if (group.keySize !== 256 || group.ivSize !== 96 || group.tagSize !== 128) continue;
    const [key, nonce, aad] = [test.key, test.iv, test.aad].map(fromHex);
    const expected = test.result === "valid" ? fromHex(test.msg) : REFUSED;
    yield { name, job: { key, nonce, aad, sealed: fromHex(test.ct + test.tag) }, expected };
  }
}

/** Key agreement, as messages that only open with the vector's shared secret. */
export function* agreements() {
  for (const { test, name } of casesOf("ecdh_secp256r1_webcrypto")) {
    const { kid, ...epk } = test.public; // the suite's label
    const secret = test.shared ? Buffer.from(test.shared, "hex") : Buffer.alloc(32);
    const jwe = sealedAround(secret, sealedHeader(epk));
    const expected = test.result === "valid" ? base64url("text") : REFUSED;
    yield { name, self: bare(test.private), ask: { ask: "unseal", jwe }, expected };
  }
}

const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** Every token, with the key as the suite has it and with the members that ours have. None has one of our headers. */
export function* tokens() {
  for (const suite of ["json_web_signature", "json_web_key", "json_web_crypto"]) {
    for (const { group, test, name } of casesOf(suite)) {
      if (test.jws === undefined) continue;
      const key = group.public ?? group.private;
      for (const jwk of [key, publicOf(key)]) {
        const ask = { ask: "verify", token: asText(test.jws), jwk, identity: key.x ? thumbprint(key) : "" };
        yield { name, self, ask, expected: REFUSED };
      }
    }
  }
}

/** Why a message that others accept is none of ours; "" if it is one. */
function policyAgainst(jwe) {
  const header = JSON.parse(octetsOf(jwe.split(".")[0]));
  const kind = `${header.alg}/${header.enc}`;
  const ours = kind === "ECDH-ES+A256KW/A256GCM" || kind === "dir/A256GCM";
  return ours && Object.keys(header).length === 3 ? "" : kind;
}

function opening(key, jwe) {
  if (key?.kty === "EC" && key.crv === "P-256") return { self: bare(key), ask: { ask: "unseal", jwe } };
  const shared = key?.k ?? base64url(SHARED_KEY);
  return { self, ask: { ask: "decrypt", key: shared, jwe } };
}

export function* messages() {
  for (const suite of ["json_web_encryption", "json_web_crypto"]) {
    for (const { group, test, name } of casesOf(suite)) {
      if (test.jwe === undefined) continue;
      const jwe = asText(test.jwe);
      const accepted = test.result === "valid" && policyAgainst(jwe) === "";
      yield { name, ...opening(group.private, jwe), expected: accepted ? fromHex(test.pt) : REFUSED };
    }
  }
}

/** RFC 7520, 7797 and 8037: every combination of algorithms but ours. */
export function* cookbook() {
  const folder = new URL("jose-cookbook/", corpora);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  for (const name of files) {
    const { input, output } = JSON.parse(readFileSync(new URL(name, folder)));
    const text = output?.compact;
    if (text === undefined) continue;
    const jwk = publicOf(self);
    yield { name, self, ask: { ask: "verify", token: text, jwk, identity: thumbprint(jwk) }, expected: REFUSED };
    yield { name, self, ask: { ask: "unseal", jwe: text }, expected: REFUSED };
    yield { name, ...opening(input.key, text), expected: REFUSED };
  }
}
