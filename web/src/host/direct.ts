// Fetches a feed at its own address, past the server. A browser lets a page read only what the feed's host shares with
// pages of other sites (CORS); the core then takes another way. What the core gets is the document's events, because a
// worker has no parser of its own for XML.

import type { SaxesAttributeNS } from "saxes";
import type { DirectAnswer, FeedEvent } from "./boundary";

const PATIENCE_MS = 30_000;
const OCTETS_MAX = 20 * 1024 * 1024;
const EVENTS_MAX = 500_000;
const XMLNS = "http://www.w3.org/2000/xmlns/";

/**
 * Rejects if this page may not read it, or if it is neither well-formed XML nor JSON. With an `authorization` no
 * redirect is followed: browsers differ in whom they would send it to.
 */
export async function fetchDirect(url: string, authorization = ""): Promise<DirectAnswer> {
  const response = await request(url, authorization);
  const answer = { status: response.status, url: response.url };
  if (!response.ok) return { ...answer, events: [] };
  const text = decode(await bounded(response), response.headers.get("content-type") ?? "");
  if (text.trimStart().startsWith("{")) return { ...answer, json: JSON.parse(text) as unknown };
  return { ...answer, events: await eventsOf(text) };
}

/** What a page asks of a stranger's host, and lets it know; see fetchDirect. */
export function request(url: string, authorization: string, headers: Record<string, string> = {}): Promise<Response> {
  const login: RequestInit =
    authorization === "" ? { headers } : { headers: { ...headers, authorization }, redirect: "error" };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  return fetch(url, { ...login, credentials: "omit", referrerPolicy: "no-referrer", signal });
}

/** The events of a well-formed document in order. Entities that only its own DTD declares are errors. */
export async function eventsOf(xml: string): Promise<FeedEvent[]> {
  const { SaxesParser } = await import("saxes");
  const parser = new SaxesParser({ xmlns: true, position: false });
  const events: FeedEvent[] = [];
  const add = (event: FeedEvent) => {
    if (events.push(event) > EVENTS_MAX) throw new Error("The document has too many parts.");
  };
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ uri, local, attributes }) => add([uri, local, Object.values(attributes).flatMap(plain)]));
  parser.on("closetag", () => add(null));
  parser.on("text", add);
  parser.on("cdata", add);
  parser.write(xml).close();
  return events;
}

/** Declarations of namespaces are no attributes to the core. */
function plain({ uri, local, value }: SaxesAttributeNS): [string, string, string][] {
  return uri === XMLNS ? [] : [[uri, local, value]];
}

async function bounded(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let octets = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    octets += read.value.length;
    if (octets > OCTETS_MAX) {
      await reader?.cancel();
      throw new Error("The document is too large.");
    }
    parts.push(read.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** By what HTTP says of the charset, else the XML declaration, else UTF-8. */
export function decode(octets: Uint8Array, contentType: string): string {
  const head = new TextDecoder("latin1").decode(octets.subarray(0, 200));
  const said = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1];
  const label = said ?? /^<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1];
  const utf16 = octets[0] === 0xfe && octets[1] === 0xff ? "utf-16be" : octets[0] === 0xff && octets[1] === 0xfe;
  const charset = utf16 === true ? "utf-16le" : utf16 || label || "utf-8";
  return new TextDecoder(charset).decode(octets);
}
