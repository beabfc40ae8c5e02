// This device's identity: a P-256 key pair made on first run, whose private half cannot be taken out of the browser.
//
// WebCrypto binds a key to one algorithm, so the same private key is kept twice: once for signing (ES256), once for
// opening what was encrypted for this device (ECDH-ES). It exists outside those two only while they are made from it.

import { calculateJwkThumbprint } from "jose";
import type { PublicKey } from "./boundary";

export interface Identity {
  id: string; // RFC 7638 thumbprint of the public key
  publicKey: PublicKey;
  signing: CryptoKey;
  opening: CryptoKey;
}

const DATABASE = "skypod-identity";
const STORE = "identity";
const KEY = "self";

/** The stored identity, or a new one that is stored before this resolves. */
export async function loadIdentity(): Promise<Identity> {
  const database = await openDatabase();
  try {
    const known = await read(database);
    if (known) return known;
    const fresh = await makeIdentity();
    await write(database, fresh);
    return fresh;
  } finally {
    database.close();
  }
}

async function makeIdentity(): Promise<Identity> {
  const ecdsa = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(ecdsa, true, ["sign", "verify"]);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const publicKey = { kty, crv, x, y } as PublicKey;
  const secret = { kty, crv, x, y, d } as JsonWebKey;
  const ecdh = { name: "ECDH", namedCurve: "P-256" };
  return {
    id: await calculateJwkThumbprint(publicKey),
    publicKey,
    signing: await crypto.subtle.importKey("jwk", secret, ecdsa, false, ["sign"]),
    opening: await crypto.subtle.importKey("jwk", secret, ecdh, false, ["deriveBits", "deriveKey"]),
  };
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

function read(database: IDBDatabase): Promise<Identity | undefined> {
  return settled(database.transaction(STORE).objectStore(STORE).get(KEY));
}

function write(database: IDBDatabase, identity: Identity): Promise<void> {
  const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
  transaction.objectStore(STORE).put(identity, KEY);
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
