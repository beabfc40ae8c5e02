import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKey, importKeys, lockKey, unlockKeys } from "./key_lock";

const secretOf = (fill: number) => new Uint8Array(32).fill(fill);
const message = new TextEncoder().encode("hello");
const ES256 = { name: "ECDSA", hash: "SHA-256" };

test("what was locked opens with its secret, as the same key, and cannot be taken out", async () => {
  const pair = await generateKey();
  const keys = await unlockKeys(await lockKey(pair, "me", secretOf(1)), "me", secretOf(1));
  const signature = await crypto.subtle.sign(ES256, keys.signing, message);
  assert.ok(await crypto.subtle.verify(ES256, pair.publicKey, signature, message));
  assert.equal(keys.opening.algorithm.name, "ECDH");
  for (const key of [keys.signing, keys.opening]) {
    assert.equal(key.extractable, false);
    await assert.rejects(crypto.subtle.exportKey("pkcs8", key));
  }
});

test("another secret, another identity or another octet opens nothing", async () => {
  const locked = await lockKey(await generateKey(), "me", secretOf(1));
  await assert.rejects(unlockKeys(locked, "me", secretOf(2)));
  await assert.rejects(unlockKeys(locked, "you", secretOf(1)));
  const wrapped = new Uint8Array(locked.wrapped.slice(0));
  wrapped[0]! ^= 1;
  await assert.rejects(unlockKeys({ ...locked, wrapped: wrapped.buffer }, "me", secretOf(1)));
});

test("the same key is never locked to the same octets", async () => {
  const pair = await generateKey();
  const [one, other] = [await lockKey(pair, "me", secretOf(1)), await lockKey(pair, "me", secretOf(1))];
  assert.notDeepEqual(one.nonce, other.nonce);
  assert.notDeepEqual(new Uint8Array(one.wrapped), new Uint8Array(other.wrapped));
});

test("an unlocked key pair is used without being taken out either", async () => {
  const { signing, opening } = await importKeys(await generateKey());
  assert.deepEqual([signing.extractable, opening.extractable], [false, false]);
  assert.deepEqual(signing.usages, ["sign"]);
});
