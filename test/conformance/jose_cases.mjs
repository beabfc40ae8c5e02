// Questions with the one right answer, for both hosts: {name, self, ask, expected}, where REFUSED stands for any error
// and, to "verify", for false.
import {
  base64url,
  encryptedWith,
  flippedBits,
  macWith,
  newKey,
  octetsOf,
  otherEncodings,
  publicOf,
  SHARED_KEY,
  sealedFor,
  sealedForAll,
  sealedHeader,
  signedWith,
  thumbprint,
} from "./jose_texts.mjs";

export const REFUSED = "refused";

const self = newKey();
const other = newKey();
const OUR_TOKEN = '{"alg":"ES256"}';
const OUR_MESSAGE = '{"alg":"dir","enc":"A256GCM","kid":"k"}';
const TEXT = base64url("text");
const ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"; // FIPS 186-4 D.1.2.3

const verifying = (token, expected, key = publicOf(self)) => ({
  name: `verify ${token.slice(0, 200)}`,
  self,
  ask: { ask: "verify", token, jwk: key, identity: thumbprint(key) },
  expected,
});

const unsealing = (jwe, expected) => ({
  name: `unseal ${jwe.slice(0, 200)}`,
  self,
  ask: { ask: "unseal", jwe },
  expected,
});

const decrypting = (jwe, expected, key = SHARED_KEY) => ({
  name: `decrypt ${jwe.slice(0, 200)}`,
  self,
  ask: { ask: "decrypt", key: base64url(key), jwe },
  expected,
});

/** Members that a header must not have besides its own. */
const strangers = [
  '"zip":"DEF"',
  '"crit":[]',
  '"crit":["b64"],"b64":false',
  '"b64":true',
  `"jwk":${JSON.stringify(publicOf(other))}`,
  `"jwk":${JSON.stringify(publicOf(self))}`,
  '"jku":"http://127.0.0.1:9/keys"',
  '"x5u":"http://127.0.0.1:9/x"',
  '"x5c":[]',
  '"cty":"JWT"',
  '"apu":"QWxpY2U"',
  '"apv":"Qm9i"',
  '"p2c":2000000000,"p2s":"AAAA"',
  '"__proto__":{}',
  `"pad":"${"x".repeat(1200)}"`,
];

/** The header with a member more, before and after its own. */
const withMember = (header, member) => [`${header.slice(0, -1)},${member}}`, `{${member},${header.slice(1)}`];

/** Texts that mean the header to some reader, though they are not one JSON object at their beginning. */
const disguises = (header) => [
  ` ${header}`,
  `\ufeff${header}`,
  `${header}x`,
  `${header}{}`,
  `[${header}]`,
  header.slice(0, -1),
  JSON.stringify(header),
  `${header}\0`,
  `/**/${header}`,
  header.replaceAll('"', "'"),
  Buffer.concat([Buffer.from(header.slice(0, -1)), Buffer.from([0xff]), Buffer.from("}")]),
  "",
  "{}",
  "[]",
  "null",
  "[".repeat(700) + "]".repeat(700),
];

/** The header with a member said twice, under one spelling or two. */
const doubled = (header) =>
  Object.entries(JSON.parse(header)).flatMap(([name, value]) => {
    const escaped = `"\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}"`;
    const text = JSON.stringify(value);
    return [`"${name}":${text}`, `${escaped}:${text}`, `"${name}":null`].flatMap((more) => withMember(header, more));
  });

const refusedHeaders = (header) => [
  ...strangers.flatMap((member) => withMember(header, member)),
  ...disguises(header),
  ...doubled(header),
];

function* tokens() {
  for (const good of [OUR_TOKEN, '{"typ":"JWT","alg":"ES256"}', '{ "\\u0061lg" : "ES256" }\n']) {
    yield verifying(signedWith(self, good), true);
    yield verifying(signedWith(other, good), REFUSED);
  }
  const algorithms = ["none", "None", "nOnE", "NONE", "HS256", "es256", "ES384", "ES256K", "RS256", "EdDSA", ""];
  for (const alg of algorithms) {
    const header = JSON.stringify({ alg });
    yield verifying(signedWith(self, header), REFUSED);
    yield verifying(`${base64url(header)}.${base64url("{}")}.`, REFUSED);
    yield verifying(`${base64url(header)}.${base64url("{}")}`, REFUSED);
  }
  for (const header of [...refusedHeaders(OUR_TOKEN), '{"alg":["ES256"]}', '{"alg":"ES256","kid":"../../dev/null"}']) {
    yield verifying(signedWith(self, header), REFUSED);
  }
  yield verifying(signedWith(other, JSON.stringify({ alg: "ES256", jwk: publicOf(other) })), REFUSED);
  yield verifying(signedWith(self, OUR_TOKEN, "x".repeat(60_000)), true);
  yield verifying(signedWith(self, OUR_TOKEN, "x".repeat(80_000)), REFUSED);
  yield verifying(signedWith(self, OUR_TOKEN, `${"[".repeat(20_000)}${"]".repeat(20_000)}`), true); // the core refuses
  for (const text of otherEncodings(signedWith(self, OUR_TOKEN, '{"n":12345}'))) yield verifying(text, REFUSED);
  for (const text of flippedBits(signedWith(self, OUR_TOKEN))) yield verifying(text, REFUSED);
}

/** A MAC keyed with what everyone knows: the public key in each of its spellings. */
function* confusedKeys() {
  const key = publicOf(self);
  const point = Buffer.concat([octetsOf(key.x), octetsOf(key.y)]);
  for (const secret of [JSON.stringify(key), point, Buffer.concat([Buffer.from([4]), point])]) {
    yield verifying(macWith(secret, '{"alg":"HS256"}'), REFUSED);
    yield verifying(macWith(secret, OUR_TOKEN), REFUSED);
  }
}

function* signatures() {
  const input = signedWith(self, OUR_TOKEN).split(".").slice(0, 2).join(".");
  const good = octetsOf(signedWith(self, OUR_TOKEN).split(".")[2]);
  const zero = Buffer.alloc(32);
  const one = Buffer.concat([zero.subarray(1), Buffer.of(1)]);
  const numbers = [zero, one, Buffer.from(ORDER, "hex"), Buffer.alloc(32, 255)];
  const wrong = numbers.flatMap((r) => numbers.map((s) => Buffer.concat([r, s])));
  wrong.push(good.subarray(1), good.subarray(0, 63), good.subarray(0, 32), Buffer.alloc(0));
  wrong.push(...[[good, Buffer.of(0)], [Buffer.of(0), good], [good, good]].map((parts) => Buffer.concat(parts)));
  for (const signature of wrong) yield verifying(`${input}.${base64url(signature)}`, REFUSED);
  for (let i = 0; i < 16; i++) yield verifying(signedWith(self, OUR_TOKEN, "{}", "der"), REFUSED);
  for (let high = 0; high < 8; ) {
    const token = signedWith(self, OUR_TOKEN);
    const octets = octetsOf(token.split(".")[2]);
    if (octets[0] < 128 || octets[32] < 128) continue; // in DER these need an octet more, or they are negative
    yield verifying(token, true);
    octets[32] &= 0x7f;
    yield verifying(`${token.slice(0, token.lastIndexOf("."))}.${base64url(octets)}`, REFUSED);
    high++;
  }
}

/** Keys that are none, as they may stand in an ask or in an epk. */
const wrongKeys = (key) => [
  { ...key, x: key.y, y: key.x },
  { ...key, x: base64url(Buffer.alloc(32)), y: base64url(Buffer.alloc(32)) },
  { ...key, x: base64url(Buffer.alloc(32, 255)) },
  { ...key, x: `${key.x}=` },
  { ...key, x: base64url(octetsOf(key.x).subarray(1)) },
  { ...key, x: base64url(Buffer.concat([Buffer.alloc(1), octetsOf(key.x)])) },
  { ...key, crv: "P-384" },
  { ...key, kty: "OKP" },
  { ...key, kid: "k" },
  { ...key, use: "sig" },
  { kty: "EC", crv: "P-256", x: key.x },
  "key",
  null,
  [],
];

function* keys() {
  const token = signedWith(self, OUR_TOKEN);
  const key = publicOf(self);
  for (const jwk of [...wrongKeys(key), self]) {
    const off = jwk && typeof jwk === "object" && jwk.x ? thumbprint(jwk) : thumbprint(key);
    yield { name: "verify", self, ask: { ask: "verify", token, jwk, identity: off }, expected: REFUSED };
    yield { name: "seal", self, ask: { ask: "seal", jwk, plaintext: TEXT }, expected: REFUSED };
  }
  const malformed = [{ ...key, crv: "P-384" }, self, { ...key, kid: "k" }, null, "key"];
  for (const jwk of malformed) yield { name: "thumbprint", self, ask: { ask: "thumbprint", jwk }, expected: REFUSED };
  yield { name: "thumbprint", self, ask: { ask: "thumbprint", jwk: key }, expected: thumbprint(key) };
  const identity = thumbprint(other);
  yield { name: "identity", self, ask: { ask: "verify", token, jwk: key, identity }, expected: REFUSED };
  yield { name: "identity", self, ask: { ask: "verify", token, jwk: key, identity: "" }, expected: REFUSED };
}

function* sealed() {
  yield unsealing(sealedFor(self), TEXT);
  yield unsealing(sealedFor(self, sealedHeader, ""), "");
  yield unsealing(sealedFor(other), REFUSED);
  for (const change of refusedHeaders(sealedHeader(publicOf(other))).keys()) {
    const header = (epk) => refusedHeaders(sealedHeader(epk))[change];
    yield unsealing(sealedFor(self, header), REFUSED);
  }
  const algorithms = ["ECDH-ES", "ECDH-ES+A128KW", "A256KW", "dir", "RSA-OAEP", "RSA1_5", "PBES2-HS512+A256KW", ""];
  for (const alg of algorithms) yield unsealing(sealedFor(self, (epk) => sealedHeader(epk, { alg })), REFUSED);
  for (const enc of ["A128GCM", "A256CBC-HS512", ""]) {
    yield unsealing(sealedFor(self, (epk) => sealedHeader(epk, { enc })), REFUSED);
  }
  for (const change of wrongKeys(publicOf(other)).keys()) {
    yield unsealing(sealedFor(self, (epk) => sealedHeader(wrongKeys(epk)[change])), REFUSED);
  }
  yield unsealing(sealedFor(self, () => sealedHeader(other), "text", other), REFUSED); // an epk with its private number
  yield unsealing(sealedFor(self, (epk) => JSON.stringify({ enc: "A256GCM", epk, alg: "ECDH-ES+A256KW" })), TEXT);
  yield unsealing(encryptedWith(OUR_MESSAGE), REFUSED);
  for (const text of otherEncodings(sealedFor(self, sealedHeader, "12345"))) yield unsealing(text, REFUSED);
  for (const text of flippedBits(sealedFor(self))) yield unsealing(text, REFUSED);
}

/** Messages for several devices, each wrong in one way; `self` is the second recipient. */
const groupChanges = [
  (it) => delete it.tag,
  (it) => (it.aad = "AA"),
  (it) => (it.unprotected = { zip: "DEF" }),
  (it) => (it.recipients = []),
  (it) => (it.recipients = "x"),
  (it) => (it.recipients[0] = 1),
  (it) => (it.recipients[0] = null),
  (it) => delete it.recipients[0].encrypted_key,
  (it) => (it.recipients[0].header = "x"),
  (it) => (it.recipients[1].header.alg = "dir"),
  (it) => (it.recipients[1].header.apu = "AA"),
  (it) => (it.recipients[1].header.kid = "x"),
  (it) => (it.recipients[1].header.epk.d = "AA"),
  (it) => (it.recipients[1].header.epk.y = it.recipients[1].header.epk.x),
  (it) => (it.recipients[1].encrypted_key += "AA"),
  (it) => (it.recipients[1].encrypted_key = it.recipients[0].encrypted_key),
  (it) => ([it.recipients[0].header.kid, it.recipients[1].header.kid] = [thumbprint(self), thumbprint(other)]),
  (it) => (it.recipients = Array(65).fill(it.recipients[1])),
  (it) => (it.protected = base64url('{"alg":"ECDH-ES+A256KW","enc":"A256GCM","zip":"DEF"}')),
  (it) => (it.protected = base64url('{"alg":"RSA1_5","enc":"A256GCM"}')),
  (it) => (it.protected = base64url('{"enc":"A256GCM","alg":"ECDH-ES+A256KW"}')),
  (it) => (it.protected += "="),
  (it) => (it.iv = "AAAA"),
  (it) => (it.iv = [it.iv]),
  (it) => (it.tag = it.tag.slice(0, 16)),
  (it) => (it.ciphertext = `${it.ciphertext}=`),
];

function* grouped() {
  yield unsealing(JSON.stringify(sealedForAll([other, self])), TEXT);
  yield unsealing(JSON.stringify(sealedForAll([self])), TEXT);
  yield unsealing(JSON.stringify(sealedForAll([self], "")), "");
  yield unsealing(JSON.stringify(sealedForAll([other])), REFUSED);
  for (const change of groupChanges) {
    const message = sealedForAll([other, self]);
    change(message);
    yield unsealing(JSON.stringify(message), REFUSED);
  }
  const text = JSON.stringify(sealedForAll([other, self]));
  for (const spoilt of [text.slice(0, -1), `${text.slice(0, -1)},"tag":"AAAA"}`, `${text}{}`, "{}", "{", `[${text}]`]) {
    yield unsealing(spoilt, REFUSED);
  }
}

function* encrypted() {
  for (const good of [OUR_MESSAGE, '{"kid":"~!","enc":"A256GCM", "alg":"dir"}\n']) {
    yield decrypting(encryptedWith(good), TEXT);
    yield decrypting(encryptedWith(good), REFUSED, Buffer.alloc(32, "l"));
    yield decrypting(encryptedWith(good), REFUSED, SHARED_KEY.subarray(0, 16));
  }
  for (const header of refusedHeaders(OUR_MESSAGE)) yield decrypting(encryptedWith(header), REFUSED);
  for (const kid of ["", "a b", "ä", "\n", 7, null, ["k"], "k".repeat(257), undefined]) {
    yield decrypting(encryptedWith(JSON.stringify({ alg: "dir", enc: "A256GCM", kid })), REFUSED);
  }
  for (const alg of ["DIR", "none", "A256KW", "A256GCMKW", "ECDH-ES", "PBES2-HS512+A256KW", "RSA1_5"]) {
    yield decrypting(encryptedWith(JSON.stringify({ alg, enc: "A256GCM", kid: "k" })), REFUSED);
  }
  yield decrypting(sealedFor(self), REFUSED);
  yield decrypting(encryptedWith(OUR_MESSAGE).replace("..", `.${base64url(Buffer.alloc(40))}.`), REFUSED);
  for (const text of ["", "....", ".".repeat(600_000), "x".repeat(600_000)]) yield decrypting(text, REFUSED);
  yield decrypting(encryptedWith(OUR_MESSAGE, Buffer.alloc(395_000)), REFUSED); // its JWE is longer than 512 KiB
  for (const text of otherEncodings(encryptedWith(OUR_MESSAGE, "12345"))) yield decrypting(text, REFUSED);
  for (const text of flippedBits(encryptedWith(OUR_MESSAGE))) yield decrypting(text, REFUSED);
}

function* limits() {
  const key = base64url(SHARED_KEY);
  const long = base64url(Buffer.alloc(380 * 1024 + 1));
  yield { name: "seal long", self, ask: { ask: "seal", jwk: publicOf(other), plaintext: long }, expected: REFUSED };
  yield { name: "encrypt long", self, ask: { ask: "encrypt", key, kid: "k", plaintext: long }, expected: REFUSED };
  for (const kid of ["", "a b", "ä", "k".repeat(257)]) {
    yield { name: `kid ${kid}`, self, ask: { ask: "encrypt", key, kid, plaintext: TEXT }, expected: REFUSED };
  }
  const short = base64url(SHARED_KEY.subarray(1));
  yield { name: "short key", self, ask: { ask: "encrypt", key: short, kid: "k", plaintext: TEXT }, expected: REFUSED };
}

/** All of them, by subject. */
export const hostileCases = { tokens, confusedKeys, signatures, keys, sealed, grouped, encrypted, limits };
