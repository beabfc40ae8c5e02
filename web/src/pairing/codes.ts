// A pairing code travels as a QR code, as a link, or as pasted text. Whichever it was, this file gets the code out of
// it, and says when a person has taken the wrong one of the two.

import { TEXT_CHARS_MAX } from "./frames";

/** `device`: a registration, shown by the device that wants to join. `join`: the invitation made for it. */
export type CodeKind = "device" | "join";

/** The code, or why there is none: nothing there, the other kind, too long to be one, or something else altogether. */
export type ReadCode =
  | { code: string; problem: null }
  | { code: null; problem: "empty" | "other-kind" | "too-long" | "not-a-code" };

const CODE = /^[A-Za-z0-9_.~-]+$/;
const TAGGED = /^(?:[^#]*#)?(device|join)=([A-Za-z0-9_.~-]+)$/;

/** What the QR frames carry: the fragment of the link, which says the kind. */
export function tag(kind: CodeKind, code: string): string {
  return `${kind}=${code}`;
}

/** The link that opens the code in the app at `appUrl`, whose own query and fragment are dropped. */
export function link(kind: CodeKind, code: string, appUrl: string): string {
  const url = new URL(appUrl);
  url.search = "";
  url.hash = tag(kind, code);
  return url.href;
}

/** Reads a link, a tagged code or a bare code; spaces and line breaks that messengers put in are dropped. */
export function readCode(kind: CodeKind, text: string): ReadCode {
  const compact = text.replace(/\s+/g, "");
  if (compact === "") return { code: null, problem: "empty" };
  if (compact.length > TEXT_CHARS_MAX) return { code: null, problem: "too-long" };
  const tagged = TAGGED.exec(compact);
  if (tagged) return tagged[1] === kind ? { code: tagged[2]!, problem: null } : { code: null, problem: "other-kind" };
  return CODE.test(compact) ? { code: compact, problem: null } : { code: null, problem: "not-a-code" };
}

/** An identity's id as people compare it on two screens: its first eight characters. */
export function shortId(id: string): string {
  return `${id.slice(0, 4)} ${id.slice(4, 8)}`.trim();
}
