// What jose.mjs runs in the browser: the app's own answers, and the three primitives beneath them, called as the app's
// library calls them, for vectors that no token or message can be built around. Octets travel as base64url.
import { base64url, calculateJwkThumbprint, importJWK } from "jose";
import { answerJose } from "../../web/src/host/jose.ts";

const identities = new Map();

/** The identity of a private JWK, with keys as web/src/host/identity.ts keeps them. */
async function identityOf(self) {
  const name = JSON.stringify(self);
  if (!identities.has(name)) {
    const { d, ...publicKey } = self;
    const imported = (algorithm, uses) =>
      crypto.subtle.importKey("jwk", self, { name: algorithm, namedCurve: "P-256" }, false, uses);
    identities.set(name, {
      id: await calculateJwkThumbprint(publicKey),
      publicKey,
      signing: await imported("ECDSA", ["sign"]),
      opening: await imported("ECDH", ["deriveBits", "deriveKey"]),
    });
  }
  return identities.get(name);
}

const octetsIn = ["key", "plaintext", "secret", "salt"];

async function answer({ self, ask }) {
  const revived = Object.entries(ask).map(([k, v]) => [k, octetsIn.includes(k) ? base64url.decode(v) : v]);
  const value = await answerJose(Object.fromEntries(revived), await identityOf(self));
  return value instanceof Uint8Array ? base64url.encode(value) : value;
}

async function verifySignature({ jwk, message, signature }) {
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const key = await importJWK(jwk, "ES256");
  return crypto.subtle.verify(algorithm, key, base64url.decode(signature), base64url.decode(message));
}

async function unwrapKey({ kek, wrapped }) {
  const by = await crypto.subtle.importKey("raw", base64url.decode(kek), "AES-KW", false, ["unwrapKey"]);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.unwrapKey("raw", base64url.decode(wrapped), by, "AES-KW", hmac, true, ["sign"]);
  return base64url.encode(new Uint8Array(await crypto.subtle.exportKey("raw", key)));
}

async function openGcm({ key, nonce, aad, sealed }) {
  const by = await crypto.subtle.importKey("raw", base64url.decode(key), "AES-GCM", false, ["decrypt"]);
  const additionalData = base64url.decode(aad);
  const how = { name: "AES-GCM", iv: base64url.decode(nonce), additionalData, tagLength: 128 };
  return base64url.encode(new Uint8Array(await crypto.subtle.decrypt(how, by, base64url.decode(sealed))));
}

const does = { answer, verifySignature, unwrapKey, openGcm };

/** Does one thing with every job; each gives {value} or {error}. */
globalThis.run = async (what, jobs) => {
  const replies = [];
  for (const job of jobs) {
    replies.push(await does[what](job).then((value) => ({ value }), (error) => ({ error: String(error) })));
  }
  return replies;
};

/** How many different nonces `count` messages under one key have. */
globalThis.countNonces = async (self, count) => {
  const ask = { ask: "encrypt", key: base64url.encode(new Uint8Array(32)), kid: "k", plaintext: "" };
  const nonces = new Set();
  for (let i = 0; i < count; i++) nonces.add((await answer({ self, ask })).split(".")[2]);
  return nonces.size;
};
