// Keeps a private key under the secret that a passkey's PRF gives (WebAuthn Level 3, section 10.1.4): encrypted with
// AES-256-GCM under a key that HKDF-SHA-256 makes of the secret. WebCrypto wraps and unwraps by itself, so the private
// key never lies open in this program's memory once it is locked.

const USE = new TextEncoder().encode("skypod device key, version 1"); // HKDF's info: the secret's other uses differ
const NONCE_OCTETS = 12; // NIST SP 800-38D, section 8.2: random, and used once, as each key is locked once
const SIGNING = { name: "ECDSA", namedCurve: "P-256" };
const OPENING = { name: "ECDH", namedCurve: "P-256" };

/** WebCrypto binds a key to one algorithm, so the same private key is held twice. Neither can be taken out. */
export interface PrivateKeys {
  signing: CryptoKey; // ES256
  opening: CryptoKey; // ECDH-ES
}

export interface LockedKey {
  nonce: Uint8Array<ArrayBuffer>;
  wrapped: ArrayBuffer; // PKCS #8, encrypted
}

/** A new P-256 key pair whose private half can still be taken out, to be stored and then forgotten. */
export async function generateKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
}

/** The private half as it is used. */
export async function importKeys(pair: CryptoKeyPair): Promise<PrivateKeys> {
  const secret = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  return {
    signing: await crypto.subtle.importKey("pkcs8", secret, SIGNING, false, ["sign"]),
    opening: await crypto.subtle.importKey("pkcs8", secret, OPENING, false, ["deriveBits", "deriveKey"]),
  };
}

/** The private half as it is stored: only `secret` opens it, and only as the key of identity `id`. */
export async function lockKey(pair: CryptoKeyPair, id: string, secret: Uint8Array<ArrayBuffer>): Promise<LockedKey> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_OCTETS));
  const key = await wrappingKey(secret, "wrapKey");
  const wrapped = await crypto.subtle.wrapKey("pkcs8", pair.privateKey, key, gcm(nonce, id));
  return { nonce, wrapped };
}

/** The reverse. Rejects if `secret` or `id` is not the one it was locked with. */
export async function unlockKeys(
  { nonce, wrapped }: LockedKey,
  id: string,
  secret: Uint8Array<ArrayBuffer>,
): Promise<PrivateKeys> {
  const key = await wrappingKey(secret, "unwrapKey");
  const unwrap = (algorithm: EcKeyImportParams, uses: KeyUsage[]) =>
    crypto.subtle.unwrapKey("pkcs8", wrapped, key, gcm(nonce, id), algorithm, false, uses);
  return {
    signing: await unwrap(SIGNING, ["sign"]),
    opening: await unwrap(OPENING, ["deriveBits", "deriveKey"]),
  };
}

async function wrappingKey(secret: Uint8Array<ArrayBuffer>, use: "wrapKey" | "unwrapKey"): Promise<CryptoKey> {
  const source = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: USE };
  return crypto.subtle.deriveKey(derivation, source, { name: "AES-GCM", length: 256 }, false, [use]);
}

function gcm(iv: Uint8Array<ArrayBuffer>, id: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(id) };
}
