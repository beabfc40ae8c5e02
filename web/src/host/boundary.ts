// The core's boundary: what goes into the WebAssembly module and what comes out, as CBOR maps. core/device/codec.cpp
// is the other side. Every input also carries the time, as `now`.

import type { Passkey } from "../protocol";

export type PublicKey = { kty: "EC"; crv: "P-256"; x: string; y: string };

export type Failure = { code: string; detail: string };

export type RtcInput =
  | { in: "rtc.local"; rtc: number; isOffer: boolean; sdp: string }
  | { in: "rtc.candidate"; rtc: number; candidate: string; mid: string; line: number }
  | { in: "rtc.opened"; rtc: number }
  | { in: "rtc.message"; rtc: number; octets: Uint8Array }
  | { in: "rtc.path"; rtc: number; byTurn: boolean }
  | { in: "rtc.drained"; rtc: number }
  | { in: "rtc.doubtful"; rtc: number }
  | { in: "rtc.failed"; rtc: number };

export type Input =
  | { in: "start"; entropy: Uint8Array; id: string; pubkey: PublicKey; name: string; server: string }
  | { in: "answered"; id: number; value: unknown }
  | { in: "answered"; id: number; error: Failure }
  | { in: "command"; id: number; name: string; args: unknown }
  | { in: "link.opened" }
  | { in: "link.frame"; text: string }
  | { in: "link.closed" }
  | { in: "nudge" }
  | { in: "tick" }
  | RtcInput;

/**
 * With `many`, the parameters are a list of lists: run once with each, one list of rows for all. They may be packed
 * (packed_rows.ts), and then the rows are, too.
 */
export type Statement = { sql: string; params: unknown[] | Uint8Array; many: boolean };

export type Ask =
  | { ask: "sign"; payload: string }
  | { ask: "verify"; token: string; jwk: PublicKey; identity: string }
  | { ask: "thumbprint"; jwk: PublicKey }
  | { ask: "seal"; jwk: PublicKey; plaintext: Uint8Array }
  | { ask: "sealAll"; recipients: { identity: string; jwk: PublicKey }[]; plaintext: Uint8Array }
  | { ask: "unseal"; jwe: string }
  | { ask: "encrypt"; key: Uint8Array; kid: string; plaintext: Uint8Array }
  | { ask: "decrypt"; key: Uint8Array; jwe: string }
  | { ask: "stretch"; secret: Uint8Array; salt: Uint8Array; rounds: number }
  | { ask: "makeKey" }
  | { ask: "signAs"; jwk: PublicKey & { d: string }; payload: string }
  | { ask: "entropy"; count: number }
  | { ask: "database"; statements: Statement[] }
  | { ask: "fetch"; path: string; token: string }
  | { ask: "direct"; url: string; authorization: string }
  | { ask: "file"; url: string; authorization: string; from: number; count: number };

/** A part of an XML document: the begin of an element, a text, or an end. */
export type FeedEvent =
  | [namespace: string, name: string, attributes: [namespace: string, name: string, value: string][]]
  | string
  | null;

/** The answer to "direct"; `url` is where redirects have led. */
export type DirectAnswer = { status: number; url: string } & ({ json: unknown } | { events: FeedEvent[] });

/** The answer to "file"; null where this page may not know. */
export type FileAnswer = { status: number; type: string; range: string; total: number | null; octets: Uint8Array };

export type RtcOutput =
  | { out: "rtc.open"; rtc: number; iceServers: RTCIceServer[] }
  | { out: "rtc.offer"; rtc: number; restart: boolean }
  | { out: "rtc.remote"; rtc: number; isOffer: boolean; sdp: string }
  | { out: "rtc.candidate"; rtc: number; candidate: string; mid: string; line: number }
  | { out: "rtc.send"; rtc: number; octets: Uint8Array; reportDrained: boolean }
  | { out: "rtc.close"; rtc: number };

/** A command's answer, with the error as web/src/protocol.ts shows it. */
export type Replied = { out: "replied"; id: number; value: unknown } | { out: "replied"; id: number; error: Refusal };
export type Refusal = { status: number; code: string; message: string; reason?: string };
export type Told = { out: "told"; name: string; dat: unknown };

export type Output =
  | ({ out: "ask"; id: number } & Ask)
  | { out: "link.open" }
  | { out: "link.send"; text: string }
  | { out: "link.close" }
  | RtcOutput
  | Replied
  | Told;

/** What one call gives: outputs to carry out in order, and when to call again with a tick. */
export type Outcome = { outputs: Output[]; deadline: number | null } | { error: string };

/** From a page to the tab that leads, which may be its own or another. */
export type ToLeader =
  | { kind: "unlock"; secret: Uint8Array<ArrayBuffer> }
  | { kind: "start-over" } // while locked: deletes the library and makes a new identity
  | { kind: "input"; input: RtcInput | { in: "nudge" } } // WebRTC: of the leader's own page only
  | Asked;
export type Asked = { kind: "command"; id: number; name: string; args: unknown };

/** From a page to its worker. fresh: the page has just been loaded, so no other is of a newer build. */
export type ToWorker = { kind: "start"; fresh: boolean } | ToLeader;

/** From a worker to its page; mostly what the leader tells. */
export type FromWorker =
  | { kind: "locked"; passkey: Passkey; refused: boolean } // refused: the secret was not the right one
  | { kind: "started" } // a core answers from now on: the first one, or another one that has taken over
  | { kind: "deposed" } // another tab has taken the library; the WebRTC connections of this one are of no use any more
  | { kind: "outdated" } // another tab runs a newer build: what this page has of skypod should be loaded again
  | { kind: "failed"; message: string }
  | { kind: "output"; output: RtcOutput | Replied | Told };
