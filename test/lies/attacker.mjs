// Keys of the lying server's own, and all that can be made with them: statements, signals and attempts to read.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createRequire } from "node:module";
import { ciphertexts } from "./tokens.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { compactDecrypt, generalDecrypt } = require("jose");

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export class Attacker {
  #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });

  constructor() {
    const { crv, kty, x, y } = this.#keys.publicKey.export({ format: "jwk" });
    this.pubkey = { crv, kty, x, y };
    this.id = createHash("sha256").update(JSON.stringify(this.pubkey)).digest("base64url");
  }

  /** A token of these claims, signed with the attacker's key whatever `iss` says. */
  sign(claims, nowMs = Date.now()) {
    const iat = Math.floor(nowMs / 1000);
    const jti = randomBytes(16).toString("base64url");
    const payload = { iss: this.id, jti, iat, exp: iat + 60, typ: "evt", ...claims };
    const content = `${encode({ alg: "ES256" })}.${encode(payload)}`;
    const key = { key: this.#keys.privateKey, dsaEncoding: "ieee-p1363" };
    return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
  }

  genesis(realm) {
    return this.sign({ aud: realm, sub: this.id, msg: "ledger.genesis", dat: { pubkey: this.pubkey } });
  }

  /** An admission of the attacker that claims to be `inviter`'s. */
  admission(realm, inviter = this.id) {
    return this.sign({ iss: inviter, aud: realm, sub: this.id, msg: "ledger.admission", dat: { pubkey: this.pubkey } });
  }

  /** A removal of `id` that claims to be `remover`'s. */
  removal(realm, remover, id) {
    return this.sign({ iss: remover, aud: realm, sub: id, msg: "ledger.removal", dat: { stands: [] } });
  }

  /** The event of a message to `to` that claims to be `from`'s. */
  signal(realm, to, msg, dat, from = this.id) {
    const signed = this.sign({ iss: from, aud: realm, sub: to, msg, dat });
    return { typ: "evt", msg: "realm.rtc.signal", dat: { localid: from, remoteid: to, signed } };
  }

  /** An offer of a connection that the attacker would answer for. */
  offer(realm, to, from = this.id) {
    const fingerprint = randomBytes(32).toString("hex").toUpperCase().match(/../g).join(":");
    const sdp = [
      "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=ice-ufrag:evil",
      "a=ice-pwd:evilevilevilevilevilevil", "a=ice-options:trickle", `a=fingerprint:sha-256 ${fingerprint}`,
      "a=setup:actpass", "a=mid:0", "a=sctp-port:5000", "a=max-message-size:262144", "",
    ].join("\r\n"); // prettier-ignore
    return this.signal(realm, to, "rtc.offer", { connectionId: randomBytes(16).toString("base64url"), sdp }, from);
  }

  /** Whether any of the ciphertexts in these frames opens with the attacker's key. */
  async canOpen(frames) {
    for (const jwe of new Set(frames.flatMap(ciphertexts))) {
      const open = jwe.startsWith("{")
        ? generalDecrypt(JSON.parse(jwe), this.#keys.privateKey)
        : compactDecrypt(jwe, this.#keys.privateKey);
      const opened = await open.catch(() => null);
      if (opened) return true;
    }
    return false;
  }

  /** Fails unless the attacker, being given this frame, could read it: the attempts above mean something. */
  async proveItCouldRead() {
    const { CompactEncrypt } = require("jose");
    const jwe = await new CompactEncrypt(Buffer.from("seen"))
      .setProtectedHeader({ alg: "ECDH-ES+A256KW", enc: "A256GCM" })
      .encrypt(this.#keys.publicKey);
    const frame = { typ: "evt", msg: "realm.broadcast", dat: { payload: jwe } };
    assert.ok(await this.canOpen([JSON.stringify(frame)]), "the attacker opens what is meant for it");
  }
}
