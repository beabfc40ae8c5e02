// The core's cryptographic questions, answered with npm `jose` over WebCrypto. The algorithms are fixed here: a
// token's or message's own header never chooses one.

import {
  calculateJwkThumbprint,
  CompactEncrypt,
  CompactSign,
  compactDecrypt,
  compactVerify,
  importJWK,
} from "jose";
import type { Ask } from "./boundary";
import type { Identity } from "./identity";

const ES256 = "ES256";
const ECDH_ES_A256KW = "ECDH-ES+A256KW";
const A256GCM = "A256GCM";
const DIR = "dir";

export type JoseAsk = Extract<
  Ask,
  { ask: "sign" | "verify" | "thumbprint" | "seal" | "unseal" | "encrypt" | "decrypt" }
>;

/** Answers as core/ports.hpp says. Rejects where there is no answer: a forged token, a message for another key. */
export async function answerJose(ask: JoseAsk, self: Identity): Promise<unknown> {
  switch (ask.ask) {
    case "sign":
      return new CompactSign(new TextEncoder().encode(ask.payload))
        .setProtectedHeader({ alg: ES256 })
        .sign(self.signing);
    case "verify": {
      if ((await calculateJwkThumbprint(ask.jwk)) !== ask.identity) return false;
      const key = await importJWK(ask.jwk, ES256);
      return compactVerify(ask.token, key, { algorithms: [ES256] }).then(
        () => true,
        () => false,
      );
    }
    case "thumbprint":
      return calculateJwkThumbprint(ask.jwk);
    case "seal":
      return new CompactEncrypt(ask.plaintext)
        .setProtectedHeader({ alg: ECDH_ES_A256KW, enc: A256GCM })
        .encrypt(await importJWK(ask.jwk, ECDH_ES_A256KW));
    case "unseal":
      return open(ask.jwe, self.opening, ECDH_ES_A256KW);
    case "encrypt":
      return new CompactEncrypt(ask.plaintext)
        .setProtectedHeader({ alg: DIR, enc: A256GCM, kid: ask.kid })
        .encrypt(ask.key);
    case "decrypt":
      return open(ask.jwe, ask.key, DIR);
  }
}

async function open(jwe: string, key: CryptoKey | Uint8Array, algorithm: string): Promise<Uint8Array> {
  const options = { keyManagementAlgorithms: [algorithm], contentEncryptionAlgorithms: [A256GCM] };
  return (await compactDecrypt(jwe, key, options)).plaintext;
}
