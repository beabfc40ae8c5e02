// This device's identity: a P-256 key pair made on first run, whose private half cannot be taken out of the browser.
// Where a passkey protects it, what is stored is encrypted, and opens only with what that passkey's PRF answers.

import { calculateJwkThumbprint } from "jose";
import type { OpenedPasskey, Passkey } from "../protocol";
import type { PublicKey } from "./boundary";
import * as records from "./records";
import { generateKey, importKeys, type LockedKey, lockKey, type PrivateKeys, unlockKeys } from "./key_lock";

interface About {
  id: string; // RFC 7638 thumbprint of the public key
  publicKey: PublicKey;
  used?: boolean; // it has been in a realm; missing in what versions before 0.2 stored
}

type Open = About & PrivateKeys;
type Locked = About & { passkey: Passkey; locked: LockedKey };

/** An identity that can act. */
export type Identity = Open & { passkey: Passkey | null };
/** An identity that waits for its passkey. */
export type LockedIdentity = Locked;

/** The stored identity, or a new one that is stored before this resolves. */
export async function loadIdentity(): Promise<Identity | LockedIdentity> {
  const known = await records.read<Open | Locked>("self");
  if (!known) return renewIdentity(null);
  return "locked" in known ? known : { ...known, passkey: null };
}

/** Makes and stores a new identity in the place of the old one, locked if there is a passkey. */
export async function renewIdentity(passkey: OpenedPasskey | null): Promise<Identity> {
  const pair = await generateKey();
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const publicKey = { kty, crv, x, y } as PublicKey;
  const about = { id: await calculateJwkThumbprint(publicKey), publicKey, used: false };
  if (!passkey) {
    const fresh = { ...about, ...(await importKeys(pair)) };
    await records.write("self", fresh);
    return { ...fresh, passkey: null };
  }
  const { id, salt, secret } = passkey;
  const locked = { ...about, passkey: { id, salt }, locked: await lockKey(pair, about.id, secret) };
  await records.write("self", locked);
  return unlockIdentity(locked, secret);
}

/** Rejects if this is not the passkey's secret. */
export async function unlockIdentity(
  { locked, ...about }: LockedIdentity,
  secret: Uint8Array<ArrayBuffer>,
): Promise<Identity> {
  return { ...about, ...(await unlockKeys(locked, about.id, secret)) };
}

/** Remembers that the stored identity has been in a realm. */
export async function markUsed(): Promise<void> {
  const known = await records.read<Open | Locked>("self");
  if (known && !known.used) await records.write("self", { ...known, used: true });
}
