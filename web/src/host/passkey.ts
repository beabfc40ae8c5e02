// The ceremonies with a passkey, which only a page can hold. Of the passkey we want one thing: the 32 octets that its
// PRF answers for our salt (WebAuthn Level 3, section 10.1.4). No server takes part, so nobody checks the challenge.

import type { OpenedPasskey, Passkey } from "../protocol";

const RANDOM_OCTETS = 32; // of a challenge and of the salt
const USER_OCTETS = 16; // a name for the passkey's place in the authenticator; means nothing
const TIMEOUT_MS = 120_000;
const ES256 = -7; // COSE algorithms; the signatures are not used, but an authenticator must offer one
const RS256 = -257;

/** cancelled: by the person, by the time, or as no passkey of ours is there. unsupported: the passkey has no PRF. */
export type PasskeyProblem = "cancelled" | "unsupported" | "failed";

export class PasskeyError extends Error {
  constructor(readonly problem: PasskeyProblem) {
    super(problem);
  }
}

/** True where a passkey can protect a key: a browser that says so, on a page whose host has a name. */
export async function passkeysUsable(): Promise<boolean> {
  if (!window.isSecureContext || !("PublicKeyCredential" in window)) return false;
  if (/^\[|^\d+(\.\d+){3}$/.test(location.hostname)) return false; // an address is no relying party
  const capabilities = await PublicKeyCredential.getClientCapabilities?.().catch(() => null);
  return capabilities?.["extension:prf"] === true;
}

/** Makes a passkey, shown as `name` where people manage theirs. Rejects with PasskeyError. */
export function createPasskey(name: string): Promise<OpenedPasskey> {
  const salt = random(RANDOM_OCTETS);
  return reported(async () => {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: random(RANDOM_OCTETS),
        rp: { name: "skypod" },
        user: { id: random(USER_OCTETS), name, displayName: name },
        pubKeyCredParams: [ES256, RS256].map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        timeout: TIMEOUT_MS,
        extensions: { prf: { eval: { first: salt } } },
      },
    });
    const { prf } = results(made);
    if (!prf?.enabled) throw new PasskeyError("unsupported");
    const passkey = { id: new Uint8Array((made as PublicKeyCredential).rawId), salt };
    const first = prf.results?.first; // some answer at once, others only when they are asked for
    return { ...passkey, secret: first ? octets(first) : await ask(passkey) };
  });
}

/** Asks the passkey for its secret. Rejects with PasskeyError. */
export function openPasskey(passkey: Passkey): Promise<OpenedPasskey> {
  return reported(async () => ({ ...passkey, secret: await ask(passkey) }));
}

async function ask({ id, salt }: Passkey): Promise<Uint8Array<ArrayBuffer>> {
  const used = await navigator.credentials.get({
    publicKey: {
      challenge: random(RANDOM_OCTETS),
      allowCredentials: [{ type: "public-key", id }],
      userVerification: "required", // the PRF answers differently without
      timeout: TIMEOUT_MS,
      extensions: { prf: { eval: { first: salt } } },
    },
  });
  const first = results(used).prf?.results?.first;
  if (!first) throw new PasskeyError("unsupported");
  return octets(first);
}

function results(credential: Credential | null): AuthenticationExtensionsClientOutputs {
  return (credential as PublicKeyCredential).getClientExtensionResults();
}

function octets(source: BufferSource): Uint8Array<ArrayBuffer> {
  const view = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : null;
  return new Uint8Array(view ?? (source as ArrayBuffer));
}

function random(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}

async function reported<T>(ceremony: () => Promise<T>): Promise<T> {
  try {
    return await ceremony();
  } catch (error) {
    if (error instanceof PasskeyError) throw error;
    const cancelled = error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name);
    throw new PasskeyError(cancelled ? "cancelled" : "failed");
  }
}
